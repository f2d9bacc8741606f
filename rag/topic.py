"""What a topic names, and whether a text is about it.

A topic is a few words ("Honda Nissan", "Ford three-row SUV", "EU tariff"). Its names must all be
there; of its other words most; a text that only mentions the topic in passing is not about it.
"""

import re
from dataclasses import dataclass

from corpus.names import find_names
from rag.grounding.phrases import STOP, content

_WORD = re.compile(r"[^\W_]+")
# Words that ask for a timeline and words that every article has.
_EMPTY = frozenset(
    "timeline history story news event events latest update updates happened what when how did "
    "about over since electric ev evs car cars vehicle vehicles company".split()
)
_ASKS = re.compile(
    r"^\s*(?:the )?(?:timeline|history|story|news|events?) (?:of|about|on|for)\s+", re.I
)


# In news, the city or the office stands for the union.
_STANDS_FOR = {
    "Brussels": "European Union",
    "European Commission": "European Union",
    "European Parliament": "European Union",
}
_LIKE = {
    content(word): content(group.split()[0])
    for group in (
        "tariff duty duties levy",
        "layoff layoffs dismissal dismiss",
        "bankruptcy insolvency",
        "team staff department",
        "robotaxi robotaxis driverless",
    )
    for word in group.split()
}


@dataclass(frozen=True, slots=True)
class Topic:
    """The names (by their usual name) and the other words (as concepts) of a topic."""

    text: str
    names: frozenset[str]
    words: frozenset[str]

    def cover(self, text: str) -> float:
        """Share of the topic that `text` names, in [0, 1]; 0.0 when a name is missing."""
        there = named(text)
        if not self.names <= there:
            return 0.0
        if not self.words:
            return 1.0
        words = words_of(text)
        share = sum(word in words for word in self.words) / len(self.words)
        # Names weigh more than words: they say whose story it is.
        return (2 * len(self.names) + share * len(self.words)) / (
            2 * len(self.names) + len(self.words)
        )

    def heads(self, title: str, least: float) -> bool:
        """Does a title name the topic: all its names and more than half of its words?"""
        words = words_of(title)
        share = sum(word in words for word in self.words) / max(1, len(self.words))
        return self.cover(title) >= least and (not self.words or share > 0.5)


def read_topic(text: str) -> Topic:
    """The topic that a user typed."""
    plain = _ASKS.sub("", text).strip(" ?.!")
    found = find_names(plain)
    kept = [name for name in found if name.canonical not in ("EV", "BEV")]
    rest = plain
    for name in reversed(found):
        rest = rest[: name.start] + " " + rest[name.end :]
    words = frozenset(_concept(w) for w in _WORD.findall(rest) if _counts(w))
    names = frozenset(name.canonical for name in kept)
    if not names and not words:
        words = frozenset(_concept(w) for w in _WORD.findall(plain))
    return Topic(plain, names, words)


def _counts(word: str) -> bool:
    return word.casefold() not in STOP and word.casefold() not in _EMPTY


def _concept(word: str) -> str:
    key = content(word)
    return _LIKE.get(key, key)


def named(text: str) -> frozenset[str]:
    """The usual names of everything that `text` names."""
    found = frozenset(name.canonical for name in find_names(text))
    return found | {_STANDS_FOR[name] for name in found if name in _STANDS_FOR}


def words_of(text: str) -> frozenset[str]:
    """The concepts of all words of `text`."""
    return frozenset(_concept(word) for word in _WORD.findall(text))
