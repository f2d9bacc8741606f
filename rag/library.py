"""One library folder: the article store, its index, and the writing of both.

`home/library.db` holds the articles, `home/index.db` and `home/chroma/` the index.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from threading import Lock

from corpus.article import Article, Draft, Failure, Report, Verdict
from corpus.lock import writing
from corpus.store import Store
from rag.chunk import chunk
from rag.embed import Embedder
from rag.index import Index, embed_texts, make_stamp
from rag.settings import Settings
from rag.types import Chunk

GROUP = 512  # chunks that are embedded and made visible together
CACHED = 2000  # articles kept in memory

Progress = Callable[[str, int, int], None]


class Library:
    """Articles and index of one folder; reading is safe from several threads."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self.home: Path = settings.home
        self.embedder = embedder
        self._budget = settings.chunk_tokens
        self.store = Store(self.home / "library.db")
        stamp = make_stamp(embedder.name, embedder.dim, settings.chunk_tokens)
        self.index = Index(self.home, stamp, settings.chroma_url)
        self._cache: OrderedDict[tuple[str, int], Article] = OrderedDict()
        self._guard = Lock()

    def close(self) -> None:
        """Close the files."""
        self.index.close()
        self.store.close()

    def load(self, article_id: str, revision: int) -> Article | None:
        """That revision of an article; revisions never change, so they are cached."""
        key = (article_id, revision)
        with self._guard:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        article = self.store.get(article_id, revision)
        if article is not None:
            with self._guard:
                self._cache[key] = article
                while len(self._cache) > CACHED:
                    self._cache.popitem(last=False)
        return article

    def add(
        self,
        drafts: Iterable[Draft | Failure],
        now: datetime,
        progress: Progress | None = None,
    ) -> tuple[Report, list[Verdict]]:
        """Store drafts, then make everything that is not yet visible so.

        Failures among the drafts end up in the report. Raises LibraryBusy when another process
        is writing.
        """
        failures: list[Failure] = []

        def good() -> Iterable[Draft]:
            for item in drafts:
                if isinstance(item, Failure):
                    failures.append(item)
                else:
                    yield item

        with writing(self.home):
            self.index.check_stamp()
            report, verdicts = self.store.put(
                good(), now, (lambda done: progress("reading", done, 0)) if progress else None
            )
            self.sync(progress, locked=True)
        self.forget_cached()
        return Report(report.counts, tuple(failures), report.warnings), verdicts

    def remove(self, article_id: str) -> bool:
        """Forget an article; False when there is none of that id."""
        with writing(self.home):
            self.index.begin()
            found = self.store.remove(article_id)
            self.index.remove([article_id])
            self.index.finish()
        self.forget_cached()
        return found

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make the whole index anew from the store; returns the number of articles."""
        with writing(self.home):
            self.index.clear()
            return self.sync(progress, locked=True)

    def pending(self) -> int:
        """Number of articles that the index does not show as the store has them."""
        wanted, have = self.store.revisions(), self.index.ledger()
        missing = sum(have.get(key) != revision for key, revision in wanted.items())
        return missing + len(have.keys() - wanted.keys())

    def sync(self, progress: Progress | None = None, *, locked: bool = False) -> int:
        """Bring the index up to the store; returns the number of articles that were indexed.

        After a crash this is what finishes the work: it starts from what the ledger says.
        """
        with nullcontext() if locked else writing(self.home):
            # Under the lock: another process may have done the work in the meantime.
            wanted, have = self.store.revisions(), self.index.ledger()
            stale = [key for key, revision in wanted.items() if have.get(key) != revision]
            gone = sorted(have.keys() - wanted.keys())
            self.index.begin()
            if gone:
                self.index.remove(gone)
            group: list[tuple[Article, Sequence[Chunk]]] = []
            for done, key in enumerate(stale, start=1):
                article = self.store.get(key)
                if article is not None:
                    group.append((article, chunk(article, self._budget, self.embedder.fits)))
                if sum(len(chunks) for _, chunks in group) >= GROUP or done == len(stale):
                    self.index.put(group, self.embedder.encode(embed_texts(group)))
                    group = []
                    if progress:
                        progress("indexing", done, len(stale))
            self.index.finish()
        return len(stale)

    def forget_cached(self) -> None:
        """Drop cached articles: a story may have got another head."""
        with self._guard:
            self._cache.clear()
