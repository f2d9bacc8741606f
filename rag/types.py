"""The plain data that the stages of a question hand to each other.

`str + history -> Query -> Passages -> Reading -> Answer`. Offsets are character positions in
`Article.text`; days are `datetime.date`; scores say in their docstring what they mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from corpus.article import Article

Order = Literal["relevance", "newest"]
Mode = Literal["quotes", "written"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A slice `text[start:end]` of one revision of an article; `text` is that slice.

    `header` (title, source, date) goes before the text when it is embedded, never into a quote.
    """

    id: str
    article_id: str
    revision: int
    start: int
    end: int
    header: str
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """The period a question asks about, by publication day, both ends included.

    `as_of` hides everything that was published or revised after that day. `order` is "newest"
    for questions about the present ("latest", "still", "now"). `spans` are the character
    ranges of the question that said so, to show how it was understood. A period that is not
    `strict` is when something happened: it is mostly told then, but now and then later or before.
    """

    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    order: Order = "relevance"
    spans: tuple[tuple[int, int], ...] = ()
    strict: bool = True

    def holds(self, published: datetime | None) -> bool:
        """Whether something published then lies in the period; what has no date lies in none."""
        if not (self.after or self.before):
            return True
        day = published.date() if published else None
        return day is not None and (self.after or day) <= day <= (self.before or day)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question with the answer's text, "" if it is not known or was a refusal."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question that stands alone, with its period and sources (empty = all)."""

    text: str
    question: str
    window: Window = Window()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with the whole article it is a slice of.

    `score` is the fused score (higher is better; comparable within one search only);
    `cosine` is the dense similarity in [-1, 1], 0.0 when only the lexical side found it.
    `outside` tells that the question asks about another time than that of the article.
    """

    article: Article
    start: int
    end: int
    score: float
    cosine: float = 0.0
    copies: int = 1
    outside: bool = False

    @property
    def text(self) -> str:
        """The slice of the article."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Span:
    """One to three adjoining sentences of a passage: `article.text[start:end]`.

    `score` is how well it answers the question, in [0, 1].
    """

    passage: Passage
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The slice of the article."""
        return self.passage.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Reading:
    """Sentences of the passages, best first, and the chance in [0, 1] that any answers."""

    spans: tuple[Span, ...]
    p_answered: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote: `article.text[start:end] == quote`, checked again before it is shown.

    `answer_start`/`answer_end` mark the short answer inside `quote` (offsets in the quote).
    `age_days` counts from publication to the day of the answer (or its as-of day).
    `sources` counts the independent sources of the story (copies count once).
    """

    n: int
    article_id: str
    revision: int
    title: str
    source: str
    published: str | None
    url: str | None
    quote: str
    start: int
    end: int
    age_days: int | None = None
    sources: int = 1
    answer_start: int | None = None
    answer_end: int | None = None
    reported_by: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the numbers of the citations that carry it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two reports that differ: `superseded` (later replaces earlier) or `disputed`."""

    kind: Literal["superseded", "disputed"]
    earlier: int
    later: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `to_json` gives the public form, one object a line."""

    id: str
    question: str
    standalone_question: str
    as_of: date | None
    window: Window
    answered: bool
    reason: str | None
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    newest_evidence: str | None = None
    passages: tuple[Passage, ...] = ()
    mode: Mode = "quotes"
    model: str | None = None
    p_answered: float | None = None
    left_out: tuple[str, ...] = ()
    tokens: Mapping[str, int] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The public JSON form; keys are only ever added, never renamed."""
        from rag.wire import answer_to_json

        return answer_to_json(self)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: a day, what happened, and the quote that says so.

    `day` was resolved from the text when certain, else it is the article's own day
    (`day_from` tells which). `grain` says how exact it is: "month" means the month that begins
    on `day`. `sources` counts independent sources.
    """

    day: date
    text: str
    citation: Citation
    sources: int = 1
    day_from: Literal["text", "article"] = "article"
    grain: Literal["day", "week", "month"] = "day"


@dataclass(frozen=True, slots=True)
class Stream:
    """One step of a streamed answer: a finished statement, or the finished answer."""

    statement: Statement | None = None
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
