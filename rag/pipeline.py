"""NewsChat: the one public object. Opens a library, takes news in, answers questions.

The way of a question is a chain of LangChain Runnables, one a stage, so that it can be traced,
composed and streamed: understand | find | read | compose.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from corpus.article import Draft, Failure, Report, merge
from corpus.digest import drafts as digest_drafts
from corpus.errors import LibraryBusy, ModelError
from corpus.readers import read as read_files
from corpus.store import Store, Summary
from rag.asked import Asked, History, checked, make_asked, names, window
from rag.compose import compose
from rag.embed import Embedder, SentenceEmbedder, Vectors
from rag.feeds import Feeds
from rag.history import standalone, with_model
from rag.library import Library, Progress
from rag.model import label, open_model
from rag.reader import Reader, open_reader
from rag.rerank import open_reranker
from rag.search import Rerank, search
from rag.settings import Settings, load
from rag.stages import Found, Question, Read, Resolve, understand
from rag.timeline import timeline
from rag.types import Answer, Citation, Event, Mode, Passage, Query, Stream
from rag.written_answer import write_answer

T = TypeVar("T")
URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class NewsChat:
    """A library of dated news that answers questions with quotes.

    Open it with `NewsChat.open`, close it with `close` or as a context manager. Methods may be
    called from several threads; one process at a time may write.
    """

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        self.settings = settings
        self._embedder = embedder or SentenceEmbedder(settings.embedding, settings.precision)
        self.library = Library(settings, self._embedder)
        self._guard = threading.Lock()

    @classmethod
    def open(cls, home: Path | str | None = None, **settings: Any) -> "NewsChat":
        """Open the library in `home` (default: EVNEWS_HOME, else the user's data folder).

        Further settings are those of `rag.settings.Settings`. What a crash left unfinished is
        finished here. Raises SettingsError, StorageError, StampMismatch, ModelError.
        """
        chat = cls(load(home=Path(home) if home is not None else None, **settings))
        try:
            chat.library.index.check_stamp()
            if chat.library.pending():
                # A process that is writing will finish it; until then, what is done can be read.
                with suppress(LibraryBusy):
                    chat.library.sync()
        except BaseException:
            chat.close()
            raise
        return chat

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def __enter__(self) -> "NewsChat":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- news in -------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """The article store, for reading."""
        return self.library.store

    def ingest(self, *places: Path | str, progress: Progress | None = None) -> Report:
        """Take in files, folders, and addresses of pages, feeds or sitemaps.

        Returns the counts by outcome and what failed and why.
        """
        urls = [str(place) for place in places if URL.match(str(place))]
        paths = [Path(place) for place in places if not URL.match(str(place))]

        def items() -> Iterator[Draft | Failure]:
            for path in paths:
                yield from read_files(path)

        report = self.add(items(), progress) if paths else Report()
        return merge(report, self.feeds.ingest(urls, progress)) if urls else report

    @property
    def feeds(self) -> Feeds:
        """The feeds this library reads: add, remove, enable, update."""
        return Feeds(self.library, self.settings)

    def ingest_digest(self, progress: Progress | None = None) -> Report:
        """Put the starter library in place."""
        return self.add(digest_drafts(), progress)

    def add(self, drafts: Iterable[Draft | Failure], progress: Progress | None = None) -> Report:
        """Take in drafts made elsewhere (feeds, pages, your own code)."""
        report, _ = self.library.add(drafts, datetime.now(UTC), progress)
        return report

    def remove(self, article_id: str) -> bool:
        """Forget an article; False when there is none of that id."""
        return self.library.remove(article_id)

    def reindex(self, progress: Progress | None = None) -> int:
        """Make the index anew from the stored articles; returns how many there are."""
        return self.library.rebuild(progress)

    def summary(self) -> Summary:
        """What the library holds."""
        return self.library.store.summary()

    # -- questions -----------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        history: History = (),
        as_of: date | str | None = None,
        after: date | str | None = None,
        before: date | str | None = None,
        sources: Sequence[str] | None = None,
        *,
        id: str | None = None,
        mode: Mode | None = None,
    ) -> Answer:
        """Answer a question with quotes.

        `history` holds the earlier questions or answers. Days are `date` or `YYYY-MM-DD`, both
        ends included; `as_of` hides what was published or revised later. `sources` limits the publishers. `mode` is "written" by default where a chat model
        is set, else "quotes". Raises InputError for an impossible question.
        """
        asked = make_asked(question, history, as_of, after, before, sources, id, mode)
        answer: Answer = self.runnable.invoke(asked)
        return answer

    def stream(
        self,
        question: str,
        history: History = (),
        as_of: date | str | None = None,
        after: date | str | None = None,
        before: date | str | None = None,
        sources: Sequence[str] | None = None,
        *,
        id: str | None = None,
        mode: Mode | None = None,
    ) -> Iterator[Stream]:
        """The answer statement by statement; the last step carries the whole Answer.

        A written sentence comes when it has passed its check. Closing the iterator stops the
        chat model within a second.
        """
        asked = make_asked(question, history, as_of, after, before, sources, id, mode)
        read: Read = self._reading.invoke(asked)
        yield from self._answers(read)

    def search(
        self,
        query: str,
        limit: int = 10,
        as_of: date | str | None = None,
        after: date | str | None = None,
        before: date | str | None = None,
        sources: Sequence[str] | None = None,
    ) -> list[Passage]:
        """The best passages for a query, without reading them."""
        text = checked(query)
        period = window(after, before, as_of)
        return self._search(Query(text, text, period, names(sources)), limit)

    def changed(self, answer: Answer) -> tuple[Citation, ...]:
        """The citations of an old answer whose article has since been revised or removed."""
        current = self.store.revisions()
        return tuple(c for c in answer.citations if current.get(c.article_id) != c.revision)

    def timeline(
        self,
        topic: str,
        after: date | str | None = None,
        before: date | str | None = None,
        as_of: date | str | None = None,
        limit: int = 40,
    ) -> tuple[Event, ...]:
        """Dated events of a topic, earliest first, one quote each; repeats are merged.

        `after` and `before` are days of the events; `as_of` hides what was published later.
        """
        period = window(after, before, as_of)
        return timeline(
            lambda text, most, limits: self._search(Query(text, text, limits), most),
            self._embedder,
            checked(topic),
            after=period.after,
            before=period.before,
            as_of=period.as_of,
            today=datetime.now(UTC).date(),
            limit=limit,
            sources=lambda story: len(self.store.story_sources(story)),
        )

    @property
    def retriever(self) -> BaseRetriever:
        """This library as a LangChain retriever."""
        from rag.retriever import NewsRetriever

        return NewsRetriever(chat=self)

    @cached_property
    def runnable(self) -> Runnable[Any, Answer]:
        """The chain question -> Answer; takes a question, or a `rag.asked.Asked`."""

        def finish(read: Read) -> Answer:
            *_, last = self._answers(read)
            assert last.answer is not None, "the last step of a stream is the answer"
            return last.answer

        return (self._reading | RunnableLambda(finish, name="compose")).with_config(
            run_name="NewsChat"
        )

    @cached_property
    def _reading(self) -> Runnable[Any, Read]:
        """The first three stages: question -> what was read."""

        def begin(asked: str | Asked) -> Question:
            given = make_asked(asked) if isinstance(asked, str) else asked
            return understand(given, datetime.now(UTC).date(), self._resolve(given))

        def find(question: Question) -> Found:
            return question.find(self._search, self.settings.passages)

        def read(found: Found) -> Read:
            return found.read(self.reader)

        return (
            RunnableLambda(begin, name="understand")
            | RunnableLambda(find, name="find")
            | RunnableLambda(read, name="read")
        )

    def _mode(self, asked: Asked) -> Mode:
        return asked.mode or ("written" if self.settings.llm else "quotes")

    def _resolve(self, asked: Asked) -> Resolve:
        """How a follow-up is made to stand alone: quotes mode asks no chat model."""
        if asked.history and self._mode(asked) == "written":
            with suppress(ModelError):  # the answer will tell of it
                return partial(with_model, model=self.model)
        return standalone

    def _answers(self, read: Read) -> Iterator[Stream]:
        """The last stage, in the mode that was asked for."""
        quotes = compose(read, self.library, self.settings, self._meaning)
        if self._mode(read.found.question.asked) == "written" and quotes.answered:
            try:
                model = self.model
            except ModelError as error:
                note = f"Written answers are off: {error}."
                quotes = replace(quotes, notes=(note, *quotes.notes), text=f"{note}\n{quotes.text}")
            else:
                name = label(self.settings)
                yield from write_answer(
                    quotes, read, model, name, self.library, self.settings, self._meaning
                )
                return
        for statement in quotes.statements:
            used = tuple(c for c in quotes.citations if c.n in statement.citations)
            yield Stream(statement=statement, citations=used)
        yield Stream(answer=quotes)

    @cached_property
    def model(self) -> BaseChatModel:
        """The chat model; quotes mode needs none. Raises ModelError while there is none."""
        return self._once("model", lambda: open_model(self.settings))

    def _meaning(self, a: str, b: str) -> float:
        return float(self._vector(a) @ self._vector(b))

    @cached_property
    def _vector(self) -> Callable[[str], Vectors]:
        """One text's vector; each of a few texts is compared with all the others."""
        return lru_cache(maxsize=256)(lambda text: self._embedder.encode([text])[0])

    @cached_property
    def reader(self) -> Reader:
        """The reader that chooses sentences."""
        return self._once("reader", lambda: open_reader(self.settings, self._embedder))

    @cached_property
    def _rerank(self) -> Rerank | None:
        return self._once("_rerank", lambda: open_reranker(self.settings.reranker))

    def _once(self, name: str, opening: Callable[[], T]) -> T:
        """A cached property's value: `cached_property` alone has no lock from Python 3.12 on.

        A failure is not kept; the next question tries again.
        """
        with self._guard:
            if name not in self.__dict__:
                self.__dict__[name] = opening()
            found: T = self.__dict__[name]
            return found

    def _search(self, query: Query, limit: int) -> list[Passage]:
        settings = self.settings
        return search(
            query,
            self.library.index,
            self._embedder,
            self.library.load,
            limit=limit,
            candidates=settings.candidates,
            per_article=settings.per_article,
            half_life_days=settings.half_life_days,
            rerank=self._rerank,
        )
