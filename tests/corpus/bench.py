"""A library with its feeds and a clock, and what a news site serves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server import Site, page, rss

from corpus import feedstate
from corpus.article import Feed
from corpus.fetch import Fetcher
from corpus.outcome import UpdateReport
from corpus.store import Store
from corpus.update import update
from corpus.web import ingest_urls

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FILLER = "The operator said that drivers of electric cars had asked for it since the spring. "


def story(number: int | str, extra: str = "") -> str:
    """An article page whose words differ from those of other numbers."""
    words = " ".join(
        f"Charging station {number}-{n} opened beside route {n * 7}." for n in range(12)
    )
    return page(f"Charging network opens site {number}", words, f"{FILLER}{extra}")


class Bench:
    """A library, its feeds and a clock."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "library.db")
        self.now = NOW

    def add(self, *feeds: Feed) -> None:
        with self.store.database.write() as connection:
            feedstate.create_tables(connection)
            feedstate.add_feeds(connection, feeds)

    def feeds(self) -> list[Feed]:
        return feedstate.list_feeds(self.store.database.connection)

    def run(self, **more: Any) -> UpdateReport:
        with Fetcher(allow_private=True, pause=0, now=lambda: self.now, deadline=2) as fetcher:
            return update(self.store, fetcher, clock=lambda: self.now, **more)

    def ingest(self, *urls: str, **more: Any):  # type: ignore[no-untyped-def]
        with Fetcher(allow_private=True, pause=0, now=lambda: self.now) as fetcher:
            return ingest_urls(self.store, fetcher, urls, clock=lambda: self.now, **more)

    def titles(self) -> list[str]:
        return sorted(article.title for article in self.store.articles())


def publish(site: Site, *numbers: int, etag: str = '"1"') -> None:
    """Serve a feed at /feed and a page for each entry."""
    items = [(f"g{n}", f"/{n}", f"Charging network opens site {n}") for n in numbers]
    site.conditional("/feed", rss("Charge Weekly", site.url, *items), etag, "text/xml")
    for number in numbers:
        site.serve(f"/{number}", story(number))
