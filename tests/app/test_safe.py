"""Text of others never becomes markup: every payload in every place where it can turn up."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from markdown_it import MarkdownIt
from markup import Markup, foreign
from payloads import ADDRESSES, PAYLOADS

from app import cards, jobs, page_library, page_timeline, render
from app.export import to_markdown
from app.links import View, from_query, to_query
from app.safe import ago, esc, link
from app.thread import MOST_TURNS, Shown, from_json, to_json
from app.welcome import welcome
from corpus.article import Article, Failure, Feed, Report
from corpus.errors import InputError
from rag.types import Answer, Citation, Difference, Event, Statement, Window

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def article_of(payload: str) -> Article:
    return Article(
        id=f"a-{payload}",
        revision=2,
        title=payload,
        text=f"Before {payload}\nThe plan is {payload} now.\n{payload}",
        source=payload,
        url=payload,
        published=NOW,
        fetched=NOW,
        known=NOW,
        story="s",
        author=payload,
        topics=(payload,),
        reported_by=payload,
    )


def citation_of(article: Article, n: int = 1) -> Citation:
    quote = article.text.split("\n")[1]
    start = article.text.index(quote)
    return Citation(
        n=n,
        article_id=article.id,
        revision=article.revision,
        title=article.title,
        source=article.source,
        published="2026-05-04",
        url=article.url,
        quote=quote,
        start=start,
        end=start + len(quote),
        age_days=3,
        answer_start=0,
        answer_end=8,
        reported_by=article.reported_by,
    )


def answer_of(payload: str, article: Article) -> Answer:
    cited = citation_of(article)
    return Answer(
        id=payload,
        question=payload,
        standalone_question=payload + "?",
        as_of=date(2026, 5, 4),
        window=Window(as_of=date(2026, 5, 4)),
        answered=True,
        reason=payload,
        text=payload,
        statements=(Statement(" ".join(cited.quote.split()), (1,)), Statement(payload, (1,))),
        citations=(cited,),
        notes=(payload,),
        differences=(Difference("disputed", 1, 1, payload),),
        newest_evidence="2026-05-04",
        model=payload,
        left_out=(payload,),
    )


def seen(text: str) -> str:
    """A payload as a page shows it: unseen characters are gone, white space counts once."""
    return " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", text).split())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_markup(payload: str) -> None:
    article = article_of(payload)
    answer = answer_of(payload, article)
    refused = replace(answer, answered=False, statements=(), citations=(), nearest=answer.citations)
    view = View(payload, sources=(payload,))

    def load(key: str, revision: int) -> Article:
        return article

    def gone(key: str, revision: int) -> None:
        return None

    event = Event(date(2026, 5, 4), payload, citation_of(article))
    pages = {
        "answer": render.turn(
            Shown(payload, "done", view, answer), 0, load, last=True, dropped=True
        ),
        "written": render.turn(
            Shown(payload, "done", view, replace(answer, mode="written")), 1, load
        ),
        "refusal": render.turn(Shown(payload, "done", view, refused), 2, load),
        "failure": render.turn(Shown(payload, "failed", view, None, payload), 3, load),
        "gone": render.turn(Shown(payload, "stopped", view, answer), 4, gone, last=True),
        "reader": cards.reader(
            article, [replace(article, revision=1), article], [payload, "b"], 8, 30
        ),
        "timeline": page_timeline.draw([event], load),
        "welcome": welcome([payload], [payload]),
        "job": jobs.bar(payload, 1, 2),
        "report": jobs.report(Report({payload: 1}, (Failure(payload, payload),))),
        "error": jobs.failed(InputError(payload)),
        "list": page_library._list("Found", [(article, payload)]),
        "bars": page_library._bars("Sources", {payload: 3}),
    }
    for place, html in pages.items():
        assert foreign(html) == [], f"{place}: {html}"
        assert seen(payload) in seen(Markup(html).text), place


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_bad_address_becomes_a_link(address: str) -> None:
    assert link(address) is None
    article = replace(article_of("x"), url=address)
    card = cards.card(citation_of(article), lambda key, revision: article, "t0")
    assert "href" not in card
    feed = Feed(address, address, error=address)

    class Chat:
        class feeds:
            @staticmethod
            def list() -> list[Feed]:
                return [feed]

    assert foreign(page_library._feeds(Chat())) == []  # type: ignore[arg-type]


def test_a_web_address_stays_a_link() -> None:
    assert link("https://example.org/a?b=1&c=2#d") == "https://example.org/a?b=1&amp;c=2#d"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_export_is_text_too(payload: str) -> None:
    article = article_of(payload)
    shown = Shown(payload, "done", View(), answer_of(payload, article))
    text = to_markdown([shown], date(2026, 5, 4))
    # Nothing of HTML may open, and no bracket, backtick or bang of others may stand unescaped.
    assert not re.search(r"<(?!https?://[^\s<>]+>)", text)
    bare = re.sub(r"\\.", "", text)
    assert "](" not in bare
    assert "`" not in bare
    assert "![" not in bare


def test_an_address_in_the_export_leads_where_the_article_is() -> None:
    article = replace(article_of("words"), url="https://example.org/a?b=1&c=2")
    shown = Shown("a question", "done", View(), answer_of("words", article))
    page = MarkdownIt("commonmark").render(to_markdown([shown], date(2026, 5, 4)))
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page


def test_a_conversation_survives_the_browser_unchanged() -> None:
    article = article_of("plain words")
    shown = Shown("a question", "done", View(after="2024-01-01"), answer_of("words", article))
    again = from_json(f"[{to_json(shown)}]")
    assert again == (shown,)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        '[{"question": 1, "state": "done"}]',
        '[{"question": "a"}]',
        '[{"question": "a", "state": "done", "answer": {"id": 3}}]',
        "[" * 10000,
        '{"question": "a"}',
    ],
)
def test_a_damaged_conversation_is_one_plain_error(text: str) -> None:
    with pytest.raises(InputError, match="damaged"):
        from_json(text)


def test_a_conversation_that_is_too_long_is_refused_not_cut() -> None:
    row = to_json(Shown("a question", "stopped"))
    assert len(from_json(f"[{','.join([row] * MOST_TURNS)}]")) == MOST_TURNS
    with pytest.raises(InputError, match="start a new one"):
        from_json(f"[{','.join([row] * (MOST_TURNS + 1))}]")


def test_a_forged_quote_is_not_shown_as_the_librarys() -> None:
    article = article_of("words")
    forged = replace(citation_of(article), quote="Tesla is bankrupt.")
    card = cards.card(forged, lambda key, revision: article, "t0")
    assert "no longer holds this text" in card


def test_a_link_holds_the_whole_view() -> None:
    view = View(
        question="What & why? <b>",
        after="2024-01-01",
        before="2024-12-31",
        as_of="2025-02-03",
        sources=("A & B", "C"),
        mode="written",
        tab="timeline",
        topic="BYD",
        article="x/y",
    )
    assert from_query(to_query(view)) == view
    assert to_query(View()) == ""


def test_an_impossible_link_is_an_empty_view() -> None:
    assert from_query("?from=2024-02-31&to=soon&asof=1&mode=shell&tab=admin") == View()
    assert from_query("?" + "&".join(f"q={i}" for i in range(500))) == View()


def test_escaping_is_for_text_and_attributes() -> None:
    assert esc("a\"b'c<d>&\x00\u202e") == "a&quot;b&#x27;c&lt;d&gt;&amp;"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "yesterday"),
        (59, "59 days ago"),
        (61, "2 months ago"),
        (729, "24 months ago"),
        (730, "2 years ago"),
        (1090, "2 years ago"),
        (1100, "3 years ago"),
        (None, ""),
    ],
)
def test_ages(days: int | None, said: str) -> None:
    assert ago(days) == said
