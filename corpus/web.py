"""Addresses given by hand: a page, a feed or a sitemap, told apart by what arrives."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from corpus.article import Draft, Entry, Failure, Feed, Report
from corpus.discover import kind_of
from corpus.errors import NewsError, ParseError, unforeseen
from corpus.extract import extract
from corpus.feeds import parse_feed
from corpus.feedstate import Queued
from corpus.fetch import Fetcher
from corpus.intake import from_page
from corpus.reply import Reply
from corpus.sitemap import parse_sitemap
from corpus.store import Store
from corpus.visit import visit

MAX_PAGES = 100  # pages of one sitemap; more must be asked for
MAX_MAPS = 10  # sitemaps followed from one index
Progress = Callable[[str, int, int], None]


def ingest_urls(
    store: Store,
    fetcher: Fetcher,
    urls: Sequence[str],
    *,
    clock: Callable[[], datetime],
    since: int | None = None,
    limit: int = MAX_PAGES,
    progress: Progress | None = None,
) -> Report:
    """Take in what is at the addresses: an article, a feed's articles, a sitemap's pages.

    A page without an article that announces a feed leads to that feed. Everything asked for by
    hand counts as relevant. Nothing is subscribed to.

    Args:
        since: days; older pages of feeds and sitemaps are left out.
        limit: pages taken from one feed or sitemap, newest first.

    Returns the outcomes counted, and what failed with the reason. Never raises for an address.
    """
    counts: Counter[str] = Counter()
    failures: list[Failure] = []
    notes: list[Failure] = []
    step = progress or (lambda label, done, total: None)
    oldest = None if since is None else clock() - timedelta(days=since)
    for url in dict.fromkeys(urls):
        try:
            title, entries = _read(store, fetcher, url, clock(), oldest, counts, notes)
        except NewsError as error:
            failures.append(Failure(url, str(error).removeprefix(f"{url}: ")))
            continue
        except Exception as error:  # one bad address must not stop the others
            failures.append(Failure(url, unforeseen(error)))
            continue
        if len(entries) > limit:
            notes.append(Failure(url, f"{len(entries)} pages; the newest {limit} were read"))
        for done, entry in enumerate(entries[:limit], 1):
            made = visit(fetcher, Queued(url, entry), Feed(url, title, relevance=False), clock())
            if made.draft:
                _store(store, made.draft, clock(), counts)
            elif made.why:
                name = entry.url or entry.title
                failures.append(Failure(name, made.why.removeprefix(f"{name}: ")))
            step("pages", done, min(len(entries), limit))
    return Report(dict(counts), tuple(failures), tuple(notes))


def _read(
    store: Store,
    fetcher: Fetcher,
    url: str,
    now: datetime,
    oldest: datetime | None,
    counts: Counter[str],
    notes: list[Failure],
) -> tuple[str, list[Entry]]:
    """Store the article at `url`, or give the entries of the feed or sitemap that it is.

    They come newest first, with the feed's title; a sitemap has none.
    """
    reply = fetcher.get(url, robots=True)
    kind = kind_of(reply.body, reply.content_type, url)
    if kind == "page":
        page = extract(reply.body, reply.url, reply.content_type)
        made = from_page(page, reply.url, now=now)
        if isinstance(made, Draft):
            _store(store, made, now, counts)
            return "", []
        if not page.feeds or made.kind == "paywalled":
            raise ParseError(f"{url}: {made.why}")
        notes.append(Failure(url, f"no article; its feed {page.feeds[0]} was read"))
        reply = fetcher.get(page.feeds[0])
        kind = kind_of(reply.body, reply.content_type, page.feeds[0])
    if kind == "feed":
        feed = parse_feed(reply.body, reply.url, reply.content_type, now=now)
        entries = sorted(feed.entries, key=lambda e: _stamp(e.published), reverse=True)
        return feed.title, [
            e for e in entries if not oldest or not e.published or e.published >= oldest
        ]
    return "", _sitemap(fetcher, reply, oldest, notes)


def _sitemap(
    fetcher: Fetcher, reply: Reply, oldest: datetime | None, notes: list[Failure]
) -> list[Entry]:
    """The pages of a sitemap, or of the newest sitemaps of an index, newest first."""
    found = parse_sitemap(reply.body, reply.url)
    pages = list(found.pages)
    for url, _ in found.maps[:MAX_MAPS]:
        try:
            below = fetcher.get(url, robots=True)
            pages += parse_sitemap(below.body, below.url).pages
        except NewsError as error:
            notes.append(Failure(url, str(error)))
    if len(found.maps) > MAX_MAPS:
        notes.append(
            Failure(reply.url, f"{len(found.maps)} sitemaps; the newest {MAX_MAPS} were read")
        )
    pages.sort(key=lambda page: _stamp(page[1]), reverse=True)
    # The date is that of some change, perhaps of the layout: the page itself says when it is from.
    wanted = [url for url, moment in pages if not oldest or not moment or moment >= oldest]
    return [Entry(url, url, "", "") for url in wanted]


def _store(store: Store, draft: Draft, now: datetime, counts: Counter[str]) -> None:
    _, (verdict,) = store.put([draft], now)
    counts[verdict.outcome] += 1


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
