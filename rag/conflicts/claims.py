"""What one report claims: figures and times with their subjects, read for comparison.

English is not parsed. What is not clear is left out, because `rag/conflict.py` would rather miss
a difference than invent one.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus.names import find_names
from rag.conflicts.figures import Figure, find_figures
from rag.conflicts.subjects import (
    THINGS,
    clause_at,
    content_words,
    is_former,
    looks_back,
    named,
    proper_words,
)
from rag.dates.periods import Mention
from rag.dates.phrases import find_periods


@dataclass(frozen=True, slots=True)
class When:
    """A time that a sentence names, and whether it is the former one or still to come."""

    mention: Mention
    clause: str
    former: bool
    to_come: bool

    def meets(self, other: "When") -> bool:
        """Do the two periods share a day?"""
        mine, theirs = self.mention.period, other.mention.period
        return mine.start <= theirs.end and theirs.start <= mine.end


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence (or a few) of a report of `day`, read for comparison.

    `names`, `places`, `proper` and `words` are of the sentence, `around` and `head` the names
    and the words of the title.
    """

    text: str
    title: str
    day: date
    names: frozenset[str]
    around: frozenset[str]
    places: frozenset[str]
    proper: frozenset[str]
    words: frozenset[str]
    head: frozenset[str]
    figures: tuple[Figure, ...]
    times: tuple[When, ...]

    @property
    def all_names(self) -> frozenset[str]:
        """Names in the sentence and in the title."""
        return self.names | self.around


@lru_cache(maxsize=2048)
def claim(text: str, title: str, day: date) -> Claim:
    """Read `text`, a sentence of an article with that title, published on `day`."""
    names = find_names(text)
    around = find_names(title)
    mentions = find_periods(text, day)
    keys = named(names, THINGS)
    return Claim(
        text=text,
        title=title,
        day=day,
        names=keys,
        around=named(around, THINGS),
        places=named(names, ("place",)),
        proper=proper_words(text, names),
        words=content_words(text, (*names, *around)),
        head=content_words(title, (*names, *around)),
        figures=find_figures(text, title, day, names, keys, mentions),
        times=tuple(_when(m, text, day) for m in mentions),
    )


def _when(mention: Mention, text: str, day: date) -> When:
    left, right = clause_at(text, mention.start, mention.end)
    clause = text[left:right]
    former = is_former(text, mention.start, mention.end) or looks_back(clause)
    # "this year" and the year that runs are not to come, "late 2025" in spring is.
    whole = (
        mention.period.grain == "year" and (mention.period.end - mention.period.start).days > 200
    )
    to_come = mention.period.start > day if whole else mention.period.end > day
    return When(mention, clause, former, to_come)
