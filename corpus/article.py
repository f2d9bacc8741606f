"""The plain data of the corpus: what is read, what is stored, what was decided.

All times are timezone-aware UTC `datetime`s. A date without a time is midnight UTC of that day.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Draft:
    """News as a reader, a feed or a page gave it, before anything is decided about it.

    `key` says what makes two drafts the same article: the input's own id, else its address,
    else the file it came from (`file:/path#row`). `id` is the input's own id where it has one.
    """

    key: str
    title: str
    text: str
    source: str
    id: str | None = None
    url: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    topics: tuple[str, ...] = ()
    reported_by: str | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One revision of one stored article; `text` is immutable within a revision.

    `known` is the moment from which this revision can be quoted: its publication for the first
    revision, the moment the change was seen for a later one. An as-of question compares with it.
    `story` is the id of the article that this one is a (near-)copy of, or its own id.
    """

    id: str
    revision: int
    title: str
    text: str
    source: str
    url: str | None
    published: datetime | None
    fetched: datetime
    known: datetime | None
    story: str
    author: str | None = None
    topics: tuple[str, ...] = ()
    reported_by: str | None = None

    @property
    def headline(self) -> str:
        """The title, or "" where it was made from the text and says nothing of its own."""
        return "" if self.text.startswith(self.title.removesuffix("…")) else self.title

    @property
    def day(self) -> str | None:
        """Publication day as `YYYY-MM-DD`, or None when unknown."""
        return self.published.date().isoformat() if self.published else None


Outcome = Literal["new", "revised", "unchanged", "copy", "near-copy"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the store should do with a draft.

    `article_id` is the article that it belongs to; `story` the article of which it is a copy
    (its own id when it is none); `why` says it in words for the report.
    """

    outcome: Outcome
    article_id: str
    revision: int
    story: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that the user reads, with the state that polite fetching needs."""

    url: str
    name: str
    enabled: bool = True
    relevance: bool = True
    etag: str | None = None
    last_modified: str | None = None
    gone: bool = False
    checked: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, before its page is read. `html` is the body the feed carries."""

    guid: str
    url: str | None
    title: str
    html: str
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be taken in: its name and one line with the remedy."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did: a count for each outcome, and what failed and why."""

    counts: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Failure, ...] = ()

    @property
    def stored(self) -> int:
        """How many drafts changed the library."""
        return sum(self.counts.get(key, 0) for key in ("new", "revised", "copy", "near-copy"))

    @property
    def seen(self) -> int:
        """How many drafts were decided on, changed or not."""
        return sum(self.counts.values())


def merge(first: Report, second: Report) -> Report:
    """Two reports as one."""
    return Report(
        dict(Counter(first.counts) + Counter(second.counts)),
        first.failures + second.failures,
        first.warnings + second.warnings,
    )


def start_of(day: date) -> datetime:
    """Midnight UTC at which `day` begins."""
    return datetime.combine(day, time.min, UTC)


def end_of(day: date) -> datetime:
    """Last microsecond of `day` in UTC."""
    return start_of(day) + timedelta(days=1) - timedelta(microseconds=1)
