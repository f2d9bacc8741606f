"""On which day did what a sentence tells happen?

The day is taken from the text where it is certain ("on Tuesday", "last week", "on 15 March",
"in January", resolved against the day of publication), else it is the day of publication. A day
that a plan names ("will vote on Tuesday", "from 1 April", "by 2030") is not the day of the
event: the plan was told on the day of publication. Nothing that happened lies after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rag.dates.periods import Mention
from rag.dates.phrases import find_periods

Grain = Literal["day", "week", "month"]
Source = Literal["text", "article"]

_WEEKDAY = re.compile(
    r"\b(?P<last>last |past )?(?P<day>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b(?!['’]s)"
)
_DAYS = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")
# Words before a date that make it a limit, a start or a span, not the day of the event.
_NOT_ON = re.compile(
    r"\b(?:by|until|till|from|since|before|after|through|to|between|and|or|next|this coming"
    r"|effective|dated?|ending|ended|for|(?:end|start|half|months?|year) of|following|begin\w*|start\w*|than|against|next month)"
    r"(?:\s+(?:the|about|around|early|late|mid|end of|start of))*\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"\b(?:on|in|late|early|last|this|of)(?:\s+(?:the|evening of))?\s*$", re.I)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|to be|is to|are to|plans?|planned|expect\w*|due|scheduled|set to|slated"
    r"|aims?|intends?|begins?|starts?|opens?|ends|takes? place|takes? effect|could|may(?! \d)|might"
    r"|should|was to|were to|going to|next|upcoming|when|if|unless)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:said|says|announced|reported|told|wrote|confirmed|revealed|showed|presented|signed|filed"
    r"|published|launched|opened|voted|approved|declared|disclosed|posted|issued|unveiled|ruled"
    r"|agreed|closed|delivered|ended|began|started|called|recalled|resigned)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[;:](?=\s)|\s[-–—]\s|,\s(?!\d{4})|\b(?:and|but|while|which|who|that|as)\b", re.I
)
_RELATIVE = re.compile(
    r"\b(?:yesterday|last (?:week|month)|last night|earlier this (?:week|month))\b", re.I
)
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b)"
)
# A sentence about earlier times without a certain day.
_LONG_AGO = re.compile(
    r"\b(?:founded|set up|established|born|started life|dates? back|since \d{4}|years? ago"
    r"|in recent years|for years|decades?|history|once)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:in|of|since|during)\s+((?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Dated:
    """The first day of what happened, how exact it is, and what said so."""

    day: date
    grain: Grain
    day_from: Source


def event_date(sentence: str, published: date) -> Dated:
    """The day of what `sentence` tells; "in January" is 1 January with the grain "month".

    Where the text names several days, or one that can't be placed, the article's day is taken.
    """
    found = list(_candidates(sentence, published))
    exact = {day for day, grain in found if grain == "day"}
    if len(exact) == 1:
        return Dated(exact.pop(), "day", "text")
    if not exact and len({day for day, _ in found}) == 1:
        day, grain = found[0]
        return Dated(day, grain, "text")
    return Dated(published, "day", "article")


def tells_of_before(sentence: str, published: date) -> bool:
    """Does the sentence tell of an earlier time that it does not place on a certain day?"""
    if event_date(sentence, published).day_from == "text":
        return False
    years = [int(year) for year in _YEAR.findall(sentence)]
    old = [year for year in years if year < published.year - 1]
    return bool(_LONG_AGO.search(sentence)) or (bool(old) and max(years) == max(old))


def _candidates(sentence: str, published: date) -> Iterator[tuple[date, Grain]]:
    taken: list[tuple[int, int]] = []
    for match in _WEEKDAY.finditer(sentence):
        taken.append(match.span())
        names_it = match.start() > 0 or sentence[match.end() : match.end() + 1] == ","
        if names_it and _happened(sentence, match.start(), match.end()):
            back = (published.weekday() - _DAYS.index(match["day"])) % 7
            if back == 0 and match["last"]:
                back = 7
            yield published - timedelta(days=back), "day"
    for match in _RELATIVE.finditer(sentence):
        taken.append(match.span())
        if _happened(sentence, match.start(), match.end()):
            yield from _relative(match.group().lower(), published)
    for mention in find_periods(sentence, published):
        if any(a < mention.end and mention.start < b for a, b in taken):
            continue
        if not _happened(sentence, mention.start, mention.end):
            continue
        yield from _placed(mention, sentence, published)


def _relative(words: str, published: date) -> Iterator[tuple[date, Grain]]:
    if words in ("yesterday", "last night"):
        yield published - timedelta(days=1), "day"
    elif words == "last week":
        yield published - timedelta(days=published.weekday() + 7), "week"
    elif words == "last month":
        yield (published.replace(day=1) - timedelta(days=1)).replace(day=1), "month"
    elif words == "earlier this month" and published.day > 1:
        yield published.replace(day=1), "month"
    elif words == "earlier this week" and published.weekday() > 0:
        yield published - timedelta(days=published.weekday()), "week"


def _placed(mention: Mention, sentence: str, published: date) -> Iterator[tuple[date, Grain]]:
    """A day or month of the calendar, if its year is certain and it is not to come."""
    period = mention.period
    words = sentence[mention.start : mention.end]
    stated = bool(re.search(r"\d{4}", words))
    if period.grain == "day" and period.start == period.end:
        # "on 15 March" in an article of 14 March is tomorrow, not almost a year ago
        if period.start <= published and (stated or (published - period.start).days < 300):
            yield period.start, "day"
    elif period.grain == "month" and _MONTH.match(words):
        recent = stated or (published - period.start).days < 330
        if recent and period.end < published:
            yield period.start, "month"


def _happened(sentence: str, start: int, end: int) -> bool:
    """Is the date that of something done: right words before it, and no plan in its clause?"""
    before = sentence[:start]
    if before.rstrip().endswith(("'s", "’s")) or _NOT_ON.search(before):
        return False
    opens = not before.strip(" \"'“‘(")
    if not (opens or _LEAD.search(before) or re.search(r"\w\s*$|,\s*$", before)):
        return False
    left = max((m.end() for m in _CUT.finditer(sentence, 0, start)), default=0)
    cut = _CUT.search(sentence, end)
    own = sentence[left:start]
    if _SAYS.search(own) and not _TO_COME.search(own[_last(own) :]):
        return True
    rest = sentence[end : cut.start() if cut else len(sentence)]
    clause = f"{own} {rest}"
    return not _TO_COME.search(clause)


def _last(text: str) -> int:
    """Where the last reporting verb of `text` ends."""
    return max((m.end() for m in _SAYS.finditer(text)), default=0)
