"""Phrases that name days: "15 March 2024", "March 15th", "2024-03-15", "5 to 10 March"."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from rag.dates.periods import THROUGH, Mention, Period, latest, month_of, part_of, safe_date

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH = r"(?:" + "|".join(MONTHS) + r"|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)"
_NUMBER = {name: n for n, name in enumerate(MONTHS, 1)}
_NUMBER |= {name[:3]: n for n, name in enumerate(MONTHS, 1)} | {"sept": 9}
YEAR = r"(?:19[89]\d|20\d\d)"
# A year stands alone: no money sign, comma, decimal, unit or hyphen grows on it.
END = r"(?![\w%$€£]|[.,]\d|-[a-z]|\s?(?:%|percent\b))"
NOT_MONEY = r"(?<![\w$€£¥#.,/&-])"
ANY_YEAR = rf"(?P<year>{YEAR}|(?:'|’)\d\d)"
_DAY_NUMBER = r"(?P<day>\d{1,2})(?P<th>st|nd|rd|th)?"
_DAY_MONTH = re.compile(
    rf"{NOT_MONEY}(?:the )?{_DAY_NUMBER}(?: of)? (?P<month>{MONTH})(?:,? {ANY_YEAR}{END})?"
    r"(?![\w])",
    re.I,
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{MONTH}) (?:the )?{_DAY_NUMBER}(?![\w%]|[.,:]\d)(?:,? {ANY_YEAR}{END})?",
    re.I,
)
_FROM = r"(?:\b(?P<from>from|between) )?"
_TO = rf"(?: ?[-–—] ?| (?:and|{THROUGH}) )(?:the )?"
_FIRST = r"(?P<first>\d{1,2})(?:st|nd|rd|th)?"
_DAYS_MONTH = re.compile(
    rf"{_FROM}{NOT_MONEY}(?:the )?{_FIRST}{_TO}{_DAY_NUMBER}(?: of)? (?P<month>{MONTH})"
    rf"(?:,? {ANY_YEAR}{END})?(?!\w)",
    re.I,
)
_MONTH_DAYS = re.compile(
    rf"{_FROM}\b(?P<month>{MONTH}) (?:the )?{_FIRST}{_TO}{_DAY_NUMBER}{END}"
    rf"(?!:\d| (?:of )?{MONTH})"
    rf"(?:,? {ANY_YEAR}{END})?",
    re.I,
)
_ISO = re.compile(rf"{NOT_MONEY}(?P<y>{YEAR})-(?P<m>\d\d)(?:-(?P<d>\d\d))?(?![\w-]|\.\d)")
_SLASHED = re.compile(
    rf"{NOT_MONEY}(?P<a>\d{{1,2}})[/.](?:(?P<b>\d{{1,2}})[/.])?(?P<y>{YEAR})(?![\w-]|\.\d)"
)


def year_number(text: str) -> int:
    """2023 for "2023", "'23" and "23"."""
    digits = text.strip("'’")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def month_number(text: str) -> int:
    """1 to 12 for the name of a month or its abbreviation."""
    return _NUMBER[text.lower().rstrip(".")]


def day_of(year: int, *, month: int, day: int) -> Period:
    """That day of the year; 29 February of a common year is the 28th."""
    found = safe_date(year, month, day) or month_of(year, month).end
    return Period(found, found, "day")


def days_of(year: int, *, month: int, first: int, last: int) -> Period:
    """The days `first` to `last` of that month."""
    start, end = day_of(year, month=month, day=first), day_of(year, month=month, day=last)
    return Period(start.start, end.end, "day")


def parted(make: Callable[[int], Period], part: str | None) -> Callable[[int], Period]:
    """The same yearly period, or its early, middle or late part."""
    if not part:
        return make
    word = part.lower().removesuffix(" of")
    return lambda year: part_of(make(year), word)


def yearly(
    match: re.Match[str], make: Callable[[int], Period], today: date, *, sure: bool = True
) -> Mention:
    """A mention in its stated year, or else the newest one that had begun.

    `sure` is about a phrase without a year; one with a year is always sure.
    """
    groups = match.groupdict()
    make = parted(make, groups.get("part"))
    stated = groups.get("year") or groups.get("year0")
    if stated:
        return Mention(match.start(), match.end(), make(year_number(stated)))
    of_year = (groups.get("of") or "").lower()
    if of_year:
        year = today.year - 1 if "last" in of_year else today.year
        return Mention(match.start(), match.end(), make(year))
    return Mention(match.start(), match.end(), latest(make, today), sure, make)


def _day_ranges(text: str, today: date) -> Iterator[Mention]:
    """From day to day of one month: "between 5 and 10 March", "March 5-10, 2024"."""
    for match in (*_DAYS_MONTH.finditer(text), *_MONTH_DAYS.finditer(text)):
        month, name = month_number(match["month"]), match["month"].lower()
        first, last = int(match["first"]), int(match["day"])
        if not first < last or not (safe_date(2024, month, first) and safe_date(2024, month, last)):
            continue
        if not match["from"] and re.search(r"[A-Z][\w-]{2,} $", text[: match.start()]):
            continue  # "Model 3 to 5 March"
        make = partial(days_of, month=month, first=first, last=last)
        sure = bool(match["year"] or match["th"] or name not in ("may", "march"))
        sure = sure or (bool(match["from"]) and match["month"] != "may")
        yield yearly(match, make, today, sure=sure)


def find_days(text: str, today: date) -> Iterator[Mention]:
    """Days: 15 March 2024, March 15th, 2024-03-15, 15/03/2024, from 5 to 10 March 2024."""
    yield from _day_ranges(text, today)
    for match in (*_DAY_MONTH.finditer(text), *_MONTH_DAY.finditer(text)):
        before = re.search(r"(\S+) $", text[: match.start()])
        named_thing = before and before[1][0].isupper() and match.start("day") == match.start()
        if named_thing and before and len(before[1]) > 2 and not match["th"]:
            continue  # "Model 3 March sales", "Polestar 2 May deliveries"
        month, day, stated = month_number(match["month"]), int(match["day"]), match["year"]
        if safe_date(2024, month, day) is None:
            continue
        make = partial(day_of, month=month, day=day)
        sure = bool(stated or match["th"] or match["month"].lower() not in ("may", "march"))
        yield yearly(match, make, today, sure=sure)
    for match in _ISO.finditer(text):
        year, month = int(match["y"]), int(match["m"])
        if not 1 <= month <= 12:
            continue
        if match["d"] is None:
            yield Mention(match.start(), match.end(), month_of(year, month))
        elif day_ := safe_date(year, month, int(match["d"])):
            yield Mention(match.start(), match.end(), Period(day_, day_, "day"))
    for match in _SLASHED.finditer(text):
        year, a = int(match["y"]), int(match["a"])
        if match["b"] is None:
            if 1 <= a <= 12 and "/" in match[0]:
                yield Mention(match.start(), match.end(), month_of(year, a))
            continue
        b = int(match["b"])
        # 03/04/2024 is read both ways: the period covers either day
        either = sorted(d for d in (safe_date(year, b, a), safe_date(year, a, b)) if d)
        if either:
            yield Mention(match.start(), match.end(), Period(either[0], either[-1], "day"))
