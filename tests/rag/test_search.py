"""Search: fusion, aliases, one passage a story, LangChain retriever."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corpus.article import Draft
from rag import NewsChat
from rag.ledger import Hit
from rag.lexical import match_query
from rag.search import freshness, fuse, score
from rag.types import Window

Open = Callable[..., NewsChat]
Make = Callable[..., Draft]


def test_reciprocal_rank_fusion_by_hand() -> None:
    scores = fuse(["a", "b", "c"], ["c", "a"])
    assert scores["a"] == pytest.approx(1 / 61 + 1 / 62)
    assert scores["b"] == pytest.approx(1 / 62)
    assert scores["c"] == pytest.approx(1 / 63 + 1 / 61)


def test_sides_that_agree_on_the_article_lift_its_chunks() -> None:
    def hit(chunk: str, article: str) -> Hit:
        return Hit(chunk, article, 1, 0, 1, 0.0)

    dense = [hit("a1", "a"), hit("b1", "b")]
    words = [hit("c1", "c"), hit("a2", "a")]
    scores = score(dense, words)
    assert max(scores, key=scores.__getitem__) == "a1"
    assert scores["a2"] > scores["b1"]


def test_freshness_halves() -> None:
    now = datetime(2024, 6, 1, tzinfo=UTC)
    assert freshness(now, now, 100) == 1.0
    assert freshness(now - timedelta(days=100), now, 100) == pytest.approx(0.5)
    assert freshness(now + timedelta(days=9), now, 100) == 1.0


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("VW factory", "Volkswagen will close the plant in Dresden."),
        ("GM sales", "General Motors sold fewer vehicles in May."),
        ("IRA rules", "The Inflation Reduction Act limits which cars qualify."),
        ("Mercedes", "Mercedes-Benz presented its new saloon."),
    ],
)
def test_aliases_are_known_to_the_lexical_side(
    open_chat: Open, draft: Make, asked: str, written: str
) -> None:
    chat = open_chat()
    chat.add([draft(written, id="wanted"), draft("A bakery opened in Lyon.", id="other")])
    hits = chat.library.index.lexical(asked, 5, Window())
    assert [hit.article_id for hit in hits] == ["wanted"]


@pytest.mark.parametrize(
    "question",
    ['"', "NEAR(a b)", "a AND OR NOT", "col:x", "*", "(((", "'; DROP TABLE fts; --", "^a"],
)
def test_no_character_of_a_question_is_an_operator(
    open_chat: Open, draft: Make, question: str
) -> None:
    chat = open_chat()
    chat.add([draft("Volta builds cars.", id="a")])
    assert [p.article.id for p in chat.search(f"{question} Volta", limit=3)] == ["a"]


def test_a_question_of_stop_words_still_searches() -> None:
    assert match_query("what is it about") is not None
    assert match_query("?!") is None


def test_one_passage_a_story_and_few_an_article(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    long = " ".join(
        f"In part {i} Volta describes how the Toledo battery plant makes cell number {i * 3}."
        for i in range(90)
    )
    chat.add(
        [
            draft(long, id="a", source="Wire"),
            draft(long, id="b", source="Daily"),
            draft("Volta hires people for its Toledo battery plant.", id="c"),
        ]
    )
    passages = chat.search("Toledo battery plant cells", limit=12)
    ids = [p.article.id for p in passages]
    assert len({"a", "b"} & set(ids)) == 1, "copies are one story"
    assert max(ids.count(name) for name in set(ids)) <= 3
    assert "c" in ids
    assert next(p for p in passages if p.article.id in {"a", "b"}).copies == 2


def test_latest_prefers_the_new_without_hiding_the_old(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    for year in range(2019, 2026):
        chat.add(
            [
                draft(
                    f"Volta said it would build {year - 2000} thousand vans this year.",
                    id=str(year),
                    published=datetime(year, 6, 1, tzinfo=UTC),
                )
            ]
        )
    answer = chat.ask("What is the latest on Volta vans?")
    assert answer.window.order == "newest"
    assert answer.passages[0].article.id == "2025"
    assert len(answer.passages) == 7


def test_what_only_an_old_article_tells_is_found_among_much_that_is_new(
    open_chat: Open, draft: Make
) -> None:
    chat = open_chat()
    old = draft(
        "Volta builds its vans in Toledo, Ohio, where 900 people work on one line.",
        id="old",
        published=datetime(2022, 6, 1, tzinfo=UTC),
    )
    new = [
        draft(
            f"Volta sold {i + 3} vans to the town of Number{i} on Monday, the company said.",
            id=f"new{i}",
            published=datetime(2025, 6, i + 1, tzinfo=UTC),
        )
        for i in range(20)
    ]
    chat.add([old, *new])
    answer = chat.ask("Is Volta still building vans in Toledo?")
    assert answer.window.order == "newest"
    assert answer.citations[0].article_id == "old"


def test_news_is_new_beside_other_news_not_beside_today(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    text = "Volta said that it would close its plant in Toledo. It gave {} as the reason."
    for year, reason in ((2018, "weak demand for its cars"), (2019, "a dispute about wages")):
        day = datetime(year, 3, 16, tzinfo=UTC)
        chat.add([draft(text.format(reason), id=str(year), published=day)])
    old, new = (
        {p.article.id: p.score for p in chat.ask(question).passages}
        for question in ("What closed in Toledo?", "What is the latest on what closed in Toledo?")
    )
    assert set(new) == {"2018", "2019"}
    assert new["2018"] / new["2019"] < 0.95 * old["2018"] / old["2019"]


def test_the_retriever_gives_documents_with_their_place(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    chat.add([draft("Volta builds cars in Toledo.", id="a", url="https://example.com/a")])
    (document,) = chat.retriever.invoke("Where does Volta build cars?")
    article = chat.store.get("a")
    assert article is not None
    place = slice(document.metadata["start"], document.metadata["end"])
    assert document.page_content == article.text[place]
    assert document.metadata["url"] == "https://example.com/a"
    assert document.metadata["published"] == "2024-03-16"
