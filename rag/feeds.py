"""The feeds of a library, for programs: `chat.feeds.add(url)`, `chat.feeds.update()`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from sqlite3 import Connection

from corpus import feedstate
from corpus.article import Feed, Report
from corpus.discover import find_feed
from corpus.errors import InputError
from corpus.feeds import feed_defaults
from corpus.fetch import Fetcher
from corpus.lock import writing
from corpus.opml import read_opml, write_opml
from corpus.outcome import UpdateReport
from corpus.update import update
from corpus.web import ingest_urls
from rag.library import Library, Progress
from rag.settings import Settings


class Feeds:
    """The feeds that a library reads. Nothing is fetched unless a method here is called."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._settings = settings

    def list(self) -> list[Feed]:
        """All feeds, in the order in which they were added."""
        with self._library.store.database.errors():
            return feedstate.list_feeds(self._library.store.database.connection)

    def add(self, url: str, *, relevance: bool = True) -> Feed:
        """Subscribe to a feed, or to the feed that a page announces.

        `relevance=False` takes all its entries, not only those about electric vehicles. Raises
        FetchError, RefusedAddress or ParseError.
        """
        with self._fetcher() as fetcher:
            feed, _ = find_feed(fetcher, url, now=_now())
        feed = Feed(feed.url, feed.name, relevance=relevance)
        self._change(lambda connection: feedstate.add_feeds(connection, [feed]))
        return feed

    def remove(self, name: str) -> Feed:
        """Forget a feed, by name or address; its articles stay."""
        feed = self._named(name)
        self._change(lambda connection: feedstate.remove_feed(connection, feed.url))
        return feed

    def enable(self, name: str, on: bool = True) -> Feed:
        """Switch a feed on or off, by name or address."""
        feed = self._named(name)
        self._change(lambda connection: feedstate.enable_feed(connection, feed.url, on))
        return feed

    def enable_defaults(self) -> int:
        """Add the feeds that come with this project and switch them on.

        Returns how many were not on before.
        """
        on = {feed.url for feed in self.list() if feed.enabled}
        wanted = [replace(feed, enabled=True) for feed in feed_defaults() if feed.url not in on]

        def change(connection: Connection) -> int:
            feedstate.add_feeds(connection, wanted)
            for feed in wanted:  # those that were there, but off
                feedstate.enable_feed(connection, feed.url, True)
            return len(wanted)

        return self._change(change)

    def import_opml(self, data: bytes, name: str) -> int:
        """Add the feeds of an OPML file; returns how many are new. Raises ParseError."""
        feeds = read_opml(data, name)
        added: int = self._change(lambda connection: feedstate.add_feeds(connection, feeds))
        return added

    def export_opml(self) -> bytes:
        """All feeds as an OPML 2.0 file."""
        return write_opml(self.list())

    def update(
        self,
        only: Sequence[str] = (),
        since_days: int | None = None,
        progress: Progress | None = None,
    ) -> UpdateReport:
        """Read the enabled feeds (or `only` these) and take in what is new.

        Raises InputError for an unknown feed, LibraryBusy when another process is writing.
        """
        with writing(self._library.home), self._fetcher() as fetcher:
            self._library.index.check_stamp()
            try:
                return update(
                    self._library.store,
                    fetcher,
                    clock=_now,
                    only=only,
                    since=since_days,
                    progress=progress,
                )
            finally:
                # What was stored before an error becomes visible all the same.
                self._library.sync(progress, locked=True)
                self._library.forget_cached()

    def ingest(self, urls: Sequence[str], progress: Progress | None = None) -> Report:
        """Take in pages, feeds or sitemaps by address, without subscribing to anything."""
        with writing(self._library.home), self._fetcher() as fetcher:
            self._library.index.check_stamp()
            report = ingest_urls(self._library.store, fetcher, urls, clock=_now, progress=progress)
            self._library.sync(progress, locked=True)
        self._library.forget_cached()
        return report

    def _fetcher(self) -> Fetcher:
        return Fetcher(
            allow_private=self._settings.allow_private,
            contact=self._settings.contact or None,
            pause=self._settings.pause_seconds,
        )

    def _named(self, name: str) -> Feed:
        with self._library.store.database.errors():
            found = feedstate.find_feed(self._library.store.database.connection, name)
        if found is None:
            raise InputError(f"{name}: no such feed; `evnews feeds list` shows them all")
        return found

    def _change(self, change: Callable[..., int | bool]) -> int:
        with writing(self._library.home), self._library.store.database.write() as connection:
            return int(change(connection))


def _now() -> datetime:
    return datetime.now(UTC)
