"""What travels between the stages of one question, and the first three stages.

Asked -understand-> Question -find-> Found -read-> Read -compose-> Answer
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from rag.asked import Asked
from rag.history import standalone
from rag.types import Passage, Query, Reading, Turn, Window
from rag.when import read_window

if TYPE_CHECKING:
    from rag.reader import Reader

Search = Callable[[Query, int], list[Passage]]
Resolve = Callable[[str, Sequence[Turn]], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood on `today` (the as-of day where one is set)."""

    asked: Asked
    query: Query
    today: date
    began: float = field(default_factory=perf_counter)

    def find(self, search: Search, limit: int) -> "Found":
        """Search in the question's period, and beyond it where that is not strict or holds nothing.

        What happened in a period may be told much later ("the 86 cases of last year") or before
        ("next year's tax"). Such passages rank as they do in a search without a period, and are
        marked; the reader trusts them less.
        """
        began = perf_counter()
        window = self.query.window
        passages = search(self.query, limit)
        outside: list[Passage] = []
        if (window.after or window.before) and not (passages and window.strict):
            anytime = replace(self.query, window=replace(window, after=None, before=None))
            told = {passage.article.story for passage in passages}
            outside = [
                replace(passage, outside=True)
                for passage in search(anytime, limit)
                if not window.holds(passage.article.published) and passage.article.story not in told
            ]
        if passages:
            passages = sorted([*passages, *outside], key=lambda p: -p.score)[:limit]
            outside = []
        return Found(self, tuple(passages), tuple(outside), _since(began))


@dataclass(frozen=True, slots=True)
class Found:
    """The passages in the period, or (`outside`) those beyond it when it holds none."""

    question: Question
    passages: tuple[Passage, ...]
    outside: tuple[Passage, ...]
    search_ms: float

    def read(self, reader: "Reader") -> "Read":
        """Read the passages for the stand-alone question."""
        began = perf_counter()
        reading = reader.read(self.question.query.text, self.passages or self.outside)
        return Read(self, reading, _since(began))


@dataclass(frozen=True, slots=True)
class Read:
    """The passages with what was read in them."""

    found: Found
    reading: Reading
    read_ms: float


def understand(asked: Asked, today: date, resolve: Resolve = standalone) -> Question:
    """Resolve a follow-up and the period; what the user set by hand wins."""
    text = resolve(asked.question, asked.history)
    given = asked.window
    read = read_window(text, given.as_of or today)
    limits = [day for day in (given.as_of, read.as_of) if day]
    as_of = min(limits) if limits else None
    stated = given.after or given.before
    window = Window(
        after=given.after if stated else read.after,
        before=given.before if stated else read.before,
        as_of=as_of,
        order=read.order,
        spans=read.spans,
        strict=bool(stated) or read.strict,
    )
    query = Query(text, asked.question, window, asked.sources)
    return Question(asked, query, as_of or today)


def _since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 2)


def elapsed_ms(question: Question) -> float:
    """Milliseconds since the question was taken up."""
    return _since(question.began)


def nearest(passages: Sequence[Passage], limit: int) -> list[Passage]:
    """The best passage of each of the first `limit` articles."""
    seen: dict[str, Passage] = {}
    for passage in passages:
        seen.setdefault(passage.article.id, passage)
    return list(seen.values())[:limit]
