"""The library: what it holds, search, reading and removing an article, bringing news in."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import gradio as gr

from app import cards, jobs, sources
from app.safe import ago, count, day, esc
from app.wiring import Actions, Private, block, read_packet
from corpus.article import Article, Report
from corpus.errors import NewsError
from corpus.store import Summary
from rag import NewsChat

FILE_TYPES = [".txt", ".md", ".html", ".htm", ".pdf", ".jsonl", ".json", ".csv"]
MOST_FOUND = 30
MOST_BARS = 12
MOST_COLUMNS = 132


@dataclass(frozen=True, slots=True)
class Holdings:
    """The parts of the page that show what the library holds; they are drawn together."""

    facts: gr.HTML
    bars: gr.HTML
    found: gr.HTML
    feeds: gr.HTML

    @property
    def all(self) -> list[Any]:
        """In the order in which `drawn` gives their values."""
        return [self.facts, self.bars, self.found, self.feeds]


def library_page(chat: NewsChat, actions: Actions) -> Holdings:
    """Draw the tab and wire it."""
    with gr.Column(elem_classes="ev-page ev-wide"):
        block('<h2 class="ev-title">Library</h2>')
        facts = block("", elem_id="ev-facts")
        with gr.Row(elem_classes="ev-two", equal_height=False):
            with gr.Column(min_width=0, elem_classes="ev-find"):
                block("<h3>Find an article</h3>")
                with gr.Row(elem_classes="ev-form", equal_height=False):
                    query = gr.Textbox(
                        label="Search", placeholder="solid-state batteries", max_lines=1,
                        max_length=400, elem_id="ev-search", scale=1, min_width=160,
                    )  # fmt: skip
                    find = gr.Button("Search", scale=0, min_width=96, elem_id="ev-search-go")
                found = block("", elem_id="ev-found")
            with gr.Column(min_width=0, elem_classes="ev-add"):
                block("<h3>Add news</h3>")
                with gr.Row(elem_classes="ev-form", equal_height=False):
                    address = gr.Textbox(
                        label="Address of a page, feed or sitemap", placeholder="https://",
                        max_lines=1, max_length=2000, elem_id="ev-url", scale=1, min_width=160,
                    )  # fmt: skip
                    add_page = gr.Button("Add", scale=0, min_width=72, elem_id="ev-url-go")
                    follow = gr.Button("Follow feed", scale=0, min_width=108, elem_id="ev-feed-go")
                block(f'<p class="ev-sum">Or files: {" ".join(FILE_TYPES)}</p>')
                upload = gr.File(
                    label="Files to add", show_label=False, file_count="multiple",
                    file_types=FILE_TYPES, elem_id="ev-upload", height=150,
                )  # fmt: skip
                job = block("", elem_id="ev-job")
                block("<h3>Feeds</h3>")
                feeds = block("", elem_id="ev-feeds")
                with gr.Row(elem_classes="ev-form"):
                    update = gr.Button(
                        "Update now", variant="primary", elem_id="ev-update", min_width=0
                    )
                    defaults = gr.Button(
                        "Turn on the default feeds", elem_id="ev-defaults", min_width=0
                    )
                bars = block("")
    holdings = Holdings(facts, bars, found, feeds)
    outputs = [job, *holdings.all]

    def with_files(paths: list[str] | None) -> Iterator[tuple[Any, ...]]:
        yield from _work(chat, lambda show: sources.add_files(chat, paths or [], show))

    def with_address(url: str) -> Iterator[tuple[Any, ...]]:
        yield from _work(chat, lambda show: sources.add_address(chat, url, show))

    def with_feeds() -> Iterator[tuple[Any, ...]]:
        yield from _work(chat, lambda show: sources.update(chat, show))

    busy = {"concurrency_limit": 4, "concurrency_id": "write", **Private}
    upload.upload(with_files, upload, outputs, **busy).then(lambda: None, None, upload, **Private)
    gr.on([add_page.click, address.submit], with_address, address, outputs, **busy)
    update.click(with_feeds, None, outputs, **busy)

    def changed(do: Any) -> tuple[str, str]:
        try:
            said = do()
        except Exception as error:
            return jobs.failed(error), _feeds(chat)
        return f'<div class="ev-job" role="status"><p>{esc(said)}</p></div>', _feeds(chat)

    follow.click(
        lambda url: changed(lambda: sources.follow(chat, url)), address, [job, feeds], **busy
    )
    defaults.click(
        lambda: changed(lambda: sources.follow_defaults(chat)), None, [job, feeds], **busy
    )

    def switch(packet: str) -> tuple[str, str]:
        given = read_packet(packet)
        url, on = str(given.get("url", "")), given.get("on") == "1"
        return changed(lambda: sources.switch(chat, url, on))

    actions.add("feed", switch, [job, feeds])
    gr.on([find.click, query.submit], lambda text: _search(chat, text), query, found, **Private)
    return holdings


def reading(chat: NewsChat, actions: Actions, holdings: Holdings) -> None:
    """The dialog with an article's text, and removing the article."""
    shown = block("", elem_id="ev-reader")

    def read(packet: str) -> str:
        given = read_packet(packet)
        key = str(given.get("id", ""))
        revision = _whole(given.get("revision"))
        article = chat.store.get(key, revision) if revision else chat.store.get(key)
        if article is None:
            return '<dialog class="ev-reader"><div class="ev-reader-bar"><button type="button" data-do="close" class="ev-quiet">Close</button></div><article><h2 tabindex="-1">This article is no longer in the library.</h2></article></dialog>'
        return cards.reader(
            article,
            chat.store.history(key),
            chat.store.story_sources(article.story),
            _whole(given.get("start")),
            _whole(given.get("end")),
        )

    actions.add("read", read, [shown]).then(
        None, None, None, js="() => { window.evnews.openReader(); }", **Private
    )

    def forget(packet: str) -> tuple[Any, ...]:
        try:
            chat.remove(str(read_packet(packet).get("id", "")))
        except NewsError as error:
            raise gr.Error(esc(error), print_exception=False) from error
        return "", *drawn(chat)

    actions.add("forget", forget, [shown, *holdings.all])


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _work(chat: NewsChat, do: Any) -> Iterator[tuple[Any, ...]]:
    """Progress while it goes on, then the report and the library as it now is."""
    stay = [gr.skip()] * 4
    work: jobs.Work[Report] = jobs.Work(do)
    yield jobs.bar("starting", 0, 0), *stay
    for stage, done, total in work.steps():
        yield jobs.bar(stage, done, total), *stay
    try:
        said = jobs.report(work.result)
    except Exception as error:
        said = jobs.failed(error)
    yield said, *drawn(chat)


def drawn(chat: NewsChat) -> tuple[Any, ...]:
    """The values of `Holdings.all` as the library is now."""
    summary = chat.summary()
    return facts(summary) + months(summary.months), bars(summary), _search(chat, ""), _feeds(chat)


def facts(summary: Summary) -> str:
    """The library in four numbers; the page's script tells the line at the top as well."""
    line = f'data-line="{esc(dateline(summary, date.today()))}"'
    if not summary.articles:
        return (
            f'<p class="ev-note" {line}>Nothing here yet. Add a page, a file or the default '
            "feeds below.</p>"
        )
    rows = [
        (f"{summary.articles:,}", "article" if summary.articles == 1 else "articles"),
        (f"{len(summary.sources):,}", "source" if len(summary.sources) == 1 else "sources"),
        (day(summary.newest), "newest"),
        (day(summary.oldest), "oldest"),
    ]
    extra = []
    if summary.revisions > summary.articles:
        extra.append(f"{count(summary.revisions - summary.articles, 'later revision')}")
    if summary.stories < summary.articles:
        extra.append(
            f"{count(summary.articles - summary.stories, 'copy', 'copies')} of the same story"
        )
    if summary.undated:
        extra.append(f"{summary.undated:,} without a date")
    items = "".join(f"<div><dd>{value}</dd><dt>{label}</dt></div>" for value, label in rows)
    more = f'<p class="ev-sum">Among them {", ".join(extra)}.</p>' if extra else ""
    return f'<dl class="ev-numbers" {line}>{items}</dl>{more}'


def dateline(summary: Summary, today: date) -> str:
    """The line under the title: how much there is, and how new."""
    if not summary.articles:
        return "The library is empty"
    parts = [count(summary.articles, "article")]
    if summary.newest:
        age = ago((today - date.fromisoformat(summary.newest)).days)
        parts.append(f"newest {day(summary.newest)}{f' ({age})' if age else ''}")
    return " · ".join(parts)


def months(counts: Mapping[str, int]) -> str:
    """Articles a month as columns; a year a column when there are very many months."""
    if len(counts) < 2:
        return ""
    spans, title = _every_month(counts), "Articles a month"
    if len(spans) > MOST_COLUMNS:
        years: Counter[str] = Counter()
        for month, number in spans.items():
            years[month[:4]] += number
        spans, title = dict(years), "Articles a year"
    most = max(spans.values())
    columns = []
    shown = ""
    for span, number in spans.items():
        year = span[:4] if span[:4] != shown else ""
        shown = span[:4]
        label = f"<b>{year}</b>" if year else ""
        name = f"{date.fromisoformat(span + '-01'):%B %Y}" if len(span) == 7 else span
        columns.append(
            f'<li title="{name}: {count(number, "article")}">'
            f'<i style="height:{100 * number / most:.1f}%"></i>{label}</li>'
        )
    summed = f"{title}, from {day(min(counts) + '-01')} on; most in one: {most:,}"
    return (
        f'<h3 class="ev-months-title">{title} <span class="ev-by">at most {most:,}</span></h3>'
        f'<ol class="ev-months" role="img" aria-label="{esc(summed)}">{"".join(columns)}</ol>'
    )


def _every_month(counts: Mapping[str, int]) -> dict[str, int]:
    """The months from the first to the last, also those without articles."""
    year, month = map(int, min(counts).split("-"))
    spans = {}
    while (key := f"{year:04}-{month:02}") <= max(counts):
        spans[key] = counts.get(key, 0)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return spans


def bars(summary: Summary) -> str:
    """Sources and topics by how many articles they have."""
    parts = []
    if len(summary.sources) > 1:
        parts.append(_bars("Sources", summary.sources))
    if summary.topics:
        parts.append(_bars("Topics", summary.topics))
    return f'<div class="ev-barlists">{"".join(parts)}</div>' if parts else ""


def _bars(title: str, counts: dict[str, int]) -> str:
    most = max(counts.values())
    shown = list(counts.items())[:MOST_BARS]
    items = "".join(
        f'<li><span class="ev-bar-name">{esc(name)}</span><span class="ev-bar" aria-hidden="true">'
        f'<i style="width:{100 * n / most:.1f}%"></i></span><span class="ev-bar-n">{n:,}</span></li>'
        for name, n in shown
    )
    rest = len(counts) - len(shown)
    more = f'<p class="ev-sum">and {rest:,} more</p>' if rest else ""
    return f"<section><h3>{title}</h3><ul>{items}</ul>{more}</section>"


def _search(chat: NewsChat, query: str) -> str:
    """Articles for a query, or the newest when there is none."""
    if not (query or "").strip():
        newest = sorted(chat.store.articles(), key=lambda a: a.day or "", reverse=True)[:10]
        return _list("The newest", [(article, "") for article in newest])
    try:
        passages = chat.search(query, MOST_FOUND)
    except Exception as error:
        return jobs.failed(error)
    seen: dict[str, tuple[Article, str]] = {}
    for passage in passages:
        seen.setdefault(passage.article.id, (passage.article, " ".join(passage.text.split())))
    title = f"{count(len(seen), 'article')} for “{esc(query.strip())}”"
    return (
        _list(title, list(seen.values()))
        if seen
        else f'<p class="ev-note">Nothing for “{esc(query.strip())}”.</p>'
    )


def _list(title: str, rows: Sequence[tuple[Article, str]]) -> str:
    items = []
    for article, text in rows:
        teaser = f'<span class="ev-teaser">{esc(text[:180])}{"…" if len(text) > 180 else ""}</span>'
        items.append(
            f'<li><button type="button" data-do="read" data-id="{esc(article.id)}">'
            f'<span class="ev-card-by"><b>{esc(article.source)}</b> {day(article.day)}</span>'
            f'<span class="ev-card-title">{esc(article.title)}</span>{teaser if text else ""}</button></li>'
        )
    return (
        f'<p class="ev-sum">{title}</p><ul class="ev-articles">{"".join(items)}</ul>'
        if items
        else ""
    )


def _feeds(chat: NewsChat) -> str:
    feeds = chat.feeds.list()
    if not feeds:
        return '<p class="ev-sum">You follow no feed yet.</p>'
    items = []
    for feed in feeds:
        state = "gone" if feed.gone else ("on" if feed.enabled else "off")
        said = feed.error or (
            f"last read {ago((datetime.now(UTC) - feed.checked).days)}"
            if feed.checked
            else "not read yet"
        )
        items.append(
            f'<li><button type="button" role="switch" aria-checked="{"true" if feed.enabled else "false"}"'
            f' data-do="feed" data-url="{esc(feed.url)}" data-on="{0 if feed.enabled else 1}">'
            f'<span class="ev-switch" aria-hidden="true"></span><span><b>{esc(feed.name)}</b>'
            f'<span class="ev-by">{esc(said)}</span></span><span class="ev-sr">{state}</span></button></li>'
        )
    return f'<ul class="ev-feedlist">{"".join(items)}</ul>'
