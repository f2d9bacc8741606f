"""Quarters, halves and first months of a year in all their spellings, as months from and to.

"Q3", "the third quarter", "the September quarter", "July to September" and "the three months to
September 30" are one period; so are "the latter half" and "the second half".
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.dates.days import month_number
from rag.grounding.units import WORDS

_MONTH = (
    r"(?-i:(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\b|Feb\b|Mar\b|Apr\b|Jun\b|Jul\b|Aug\b|Sept?\b|Oct\b|Nov\b|Dec\b)\.?)"
)
_COUNT = "two|three|four|five|six|seven|eight|nine|ten|eleven"
_PATTERN = re.compile(
    rf"\b(?P<first>{_MONTH})(?: ?[-–] ?| to | through | and | until )(?P<last>{_MONTH})"
    rf"|\b(?P<count>{_COUNT}|\d{{1,2}}) months (?:to|through|ended|ending|until)"
    rf"(?: (?:the )?end of| on| in| late)? (?:\d{{1,2}} )?(?P<to>{_MONTH})(?: \d{{1,2}}\b)?"
    rf"|\bfirst (?P<months>{_COUNT}|\d{{1,2}}) months\b"
    r"|\b(?P<rank>first|second|third|fourth|last|final|closing|opening|latter|other|1st|2nd|3rd|4th)"
    r"[ -](?P<part>quarter|half)\b"
    rf"|\b(?P<named>{_MONTH})[ -](?P<span>quarter|half)\b"
    r"|\b(?P<short>[QH][1-4])\b",
    re.IGNORECASE,
)
_RANKS = {"first": 1, "opening": 1, "1st": 1, "second": 2, "latter": 2, "2nd": 2}
_RANKS |= {"third": 3, "3rd": 3, "fourth": 4, "4th": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """`text[start:end]` names the months `first` to `last` (1 to 12) of some year."""

    start: int
    end: int
    first: int
    last: int


@lru_cache(maxsize=4096)
def find_periods(text: str) -> tuple[Period, ...]:
    """The periods of `text` in order."""
    found = ((match.span(), _months(match)) for match in _PATTERN.finditer(text))
    return tuple(Period(*span, *months) for span, months in found if months)


def _months(match: re.Match[str]) -> tuple[int, int] | None:
    if match["first"]:
        first, last = month_number(match["first"]), month_number(match["last"])
        return (first, last) if first < last else None
    if match["count"]:
        last = month_number(match["to"])
        return _ending(last, _number(match["count"]))
    if match["months"]:
        return 1, min(12, _number(match["months"]))
    if match["named"]:
        return _ending(month_number(match["named"]), 3 if match["span"].lower() == "quarter" else 6)
    if match["short"]:
        size, rank = (3 if match["short"][0] in "Qq" else 6), int(match["short"][1])
    else:
        size = 3 if match["part"].lower() == "quarter" else 6
        rank = _RANKS.get(match["rank"].lower(), 12 // size)
    return _ending(size * rank, size)


def _ending(last: int, count: int) -> tuple[int, int] | None:
    return (last - count + 1, last) if last - count + 1 > 0 and last <= 12 else None


def _number(word: str) -> int:
    return int(WORDS.get(word.lower()) or word)
