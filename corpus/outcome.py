"""What an update did, as plain data that a table or JSON can be made of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.article import Failure

Status = Literal["read", "not modified", "failed", "waiting", "gone"]
OUTCOMES = ("new", "revised", "unchanged", "copy", "near-copy", "irrelevant", "paywalled", "empty",
            "skipped", "waiting", "failed")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One feed's part of an update.

    `entries` is how many the feed held; `counts` says what became of those that were due, by
    outcome; `notes` counts oddities of the feed (no date, repeated guid, ...); `failures` has one
    line for each entry that is not in the library, with the reason; `reason` is the feed's own.
    """

    name: str
    url: str
    status: Status
    entries: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    reason: str | None = None

    @property
    def changed(self) -> int:
        """How many articles are new or have a new revision."""
        return sum(self.counts.get(key, 0) for key in ("new", "revised", "copy", "near-copy"))


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did, feed by feed."""

    feeds: tuple[FeedReport, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """The feeds' counts added up, in the order of `OUTCOMES`."""
        total: Counter[str] = Counter()
        for feed in self.feeds:
            total.update(feed.counts)
        return {key: total[key] for key in OUTCOMES if total[key]}

    @property
    def all_failed(self) -> bool:
        """Whether there were feeds and none of them answered."""
        answered = ("read", "not modified")
        return bool(self.feeds) and not any(feed.status in answered for feed in self.feeds)

    def as_dict(self) -> dict[str, Any]:
        """The same for `--json`."""
        return {
            "counts": self.counts,
            "all_failed": self.all_failed,
            "feeds": [
                {
                    "name": feed.name,
                    "url": feed.url,
                    "status": feed.status,
                    "reason": feed.reason,
                    "entries": feed.entries,
                    "counts": dict(feed.counts),
                    "notes": dict(feed.notes),
                    "failures": [{"name": f.name, "reason": f.reason} for f in feed.failures],
                }
                for feed in self.feeds
            ],
        }
