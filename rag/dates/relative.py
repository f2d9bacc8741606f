"""Phrases that name a period by its distance from today: "last month", "three years ago"."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.dates.periods import (
    Grain,
    Mention,
    Period,
    half_of,
    months_of,
    part_of,
    quarter_of,
    season_of,
    shift_months,
    year_of,
)

_WORDS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}
# A vague count is read generously: a filter that is too wide hides nothing.
_VAGUE = {"a": 1, "an": 1, "couple": 3, "few": 6, "several": 8, "half": 0}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNT = (
    r"(?P<n>\d{1,2}|a couple(?: of)?|couple(?: of)?|a few|few|several|half an?|an?|"
    + "|".join(_NUMBERS)
    + ")"
)
_UNIT = r"(?P<unit>day|week|month|quarter|year|decade)s?"
_PART = (
    r"(?:(?P<part>early|mid|late|earlier|later|(?:the )?(?:beginning|start|middle|end|close) of)"
    r"[ -])?"
)

_AGO = re.compile(rf"\b{_COUNT} {_UNIT} (?:ago|back|earlier than today)\b", re.I)
_PAST = re.compile(
    rf"\b(?:the )?(?:last|past|previous|latest) {_COUNT}[ -]"
    rf"(?:(?P<hours>hours?)|{_UNIT})\b",
    re.I,
)
_NAMED = re.compile(
    rf"\b{_PART}(?:the )?(?P<which>last|past|this|current|previous|the whole|all|(?:over|at|on) the(?= weekend)) "
    r"(?P<unit>week|weekend|month|quarter|half|half[ -]year|year|decade|"
    r"spring|summer|autumn|fall|winter)\b"
    # "last year's model" and "this week's Autocar" name a thing, not a period
    r"(?!'s (?:model|version|edition|car)|[ -](?:long|model|end)|\s+of\b| of)",
    re.I,
)
_DAY = re.compile(
    r"\b(?P<word>yesterday|the day before yesterday|last night|this morning|this afternoon|"
    r"tonight)\b|"
    r"\b(?:on|last|since|this|this past|past|until|before)\s+(?P<weekday>"
    + "|".join(_DAYS)
    + r")\b|(?P<today>\btoday's news\b|\b(?:news|headlines|announced|happened|happening|"
    r"reported|published|released)(?: from| of)? today\b)",
    re.I,
)
_OF_THE = re.compile(
    r"\b(?:the )?(?P<part>beginning|start|middle|end) of the (?P<unit>year|quarter|month)\b(?! \d)",
    re.I,
)
_BEFORE_LAST = re.compile(
    r"\b(?:the )?(?P<unit>week|month|quarter|year) before last\b"
    r"(?! (?:week|month|quarter|year|spring|summer|autumn|fall|winter)\b)",
    re.I,
)
_TO_DATE = re.compile(r"\b(?:year[ -]to[ -]date|ytd|(?:the )?year so far)\b", re.I)


def _back(today: date, number: int, unit: str) -> date:
    """The day `number` units before today."""
    if unit in ("day", "week"):
        return today - timedelta(days=number * (7 if unit == "week" else 1))
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    return shift_months(today, -number * months)


def _count(words: str) -> int:
    word = words.lower().split()
    if word[0].isdigit():
        return int(word[0])
    if word[0] in _NUMBERS:
        return _NUMBERS[word[0]]
    return _VAGUE[word[1] if len(word) > 1 and word[1] in _VAGUE else word[0]]


def _around(today: date, number: int, unit: str) -> Period:
    """What "three years ago" may mean: that calendar year, or the year around that very day."""
    if unit == "decade":
        number, unit = number * 10, "year"
    day = _back(today, number, unit)
    slack = {"day": 1, "week": 7, "month": 16, "quarter": 46, "year": 183}[unit]
    start, end = day - timedelta(days=slack), day + timedelta(days=slack)
    if unit == "year":
        whole = year_of(day.year)
        start, end = min(start, whole.start), max(end, whole.end)
    grain: Grain = "day" if unit == "day" else "year" if unit == "year" else "month"
    return Period(start, min(end, today), grain)


def _named(today: date, which: str, unit: str) -> Period | None:
    """The calendar unit that holds today ("this"), or the one before it ("last")."""
    steps = 0 if which in ("this", "current", "all", "the whole") else 1
    if which == "past" and unit in ("week", "month", "quarter", "year", "decade"):
        return Period(_back(today, 1, unit), today, "span")
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() + 7 * steps)
        first = 5 if unit == "weekend" else 0
        start = monday + timedelta(days=first)
        if start > today:
            start -= timedelta(days=7)
        return Period(start, start + timedelta(days=6 - first), "week")
    if unit == "month":
        return months_of(today.year, today.month - steps, 1, "month")
    if unit == "quarter":
        number = (today.month - 1) // 3 + 1 - steps
        return quarter_of(today.year, number)
    if unit.startswith("half"):
        return half_of(today.year, (today.month > 6) + 1 - steps)
    if unit == "year":
        return year_of(today.year - steps)
    if unit == "decade":
        return Period(date(today.year // 10 * 10 - 10 * steps, 1, 1), today, "span")
    season = season_of(today.year, unit)
    if unit == "winter":
        # the winter of a northern year ends in February
        first = today.year if today.month >= 12 else today.year - 1
        season = months_of(first, 12, 3, "season")
        if which == "this":
            return season if season.end >= today else None
        return season if season.end < today else months_of(first - 1, 12, 3, "season")
    if which in ("this", "current", "all"):
        return season
    return season if season.end < today else season_of(today.year - 1, unit)


def _day(match: re.Match[str], today: date) -> Period:
    word = (match["word"] or "").lower()
    if match["weekday"]:
        back = (today.weekday() - _DAYS.index(match["weekday"].lower())) % 7
        if back == 0 and "last" in match[0].lower():
            back = 7
        day = today - timedelta(days=back)
    elif word.startswith("the day"):
        day = today - timedelta(days=2)
    else:
        day = today - timedelta(days=1 if word in ("yesterday", "last night") else 0)
    return Period(day, day, "day")


def find_relative(text: str, today: date) -> Iterator[Mention]:
    """Yield the relative periods in `text`, in no order; they may overlap with other phrases."""
    for match in _AGO.finditer(text):
        number = _count(match["n"])
        if match["n"].lower().startswith(("a few", "few", "several", "couple", "a couple")):
            # "a few years ago" has no known distance: from the generous one until now
            if match["unit"].lower() in ("year", "decade"):
                continue
            start = _back(today, number, match["unit"].lower())
            yield Mention(match.start(), match.end(), Period(start, today, "span"))
        elif number:
            period = _around(today, number, match["unit"].lower())
            yield Mention(match.start(), match.end(), period)
    for match in _PAST.finditer(text):
        number, unit = _count(match["n"]), (match["unit"] or "").lower()
        if match["hours"]:
            number, unit = -(-number // 24), "day"
        start = _back(today, number, unit) if number else shift_months(today, -6)
        yield Mention(match.start(), match.end(), Period(start, today, "span"))
    for match in _NAMED.finditer(text):
        named = _named(today, match["which"].lower(), match["unit"].lower())
        if named is None:
            continue
        part = (match["part"] or "").lower().removeprefix("the ").removesuffix(" of")
        if part in ("early", "mid", "late", "beginning", "start", "middle", "end", "close"):
            named = part_of(named, part)
        yield Mention(match.start(), match.end(), named)
    for match in _OF_THE.finditer(text):
        named = _named(today, "this", match["unit"].lower())
        if named is not None:
            yield Mention(match.start(), match.end(), part_of(named, match["part"].lower()))
    for match in _BEFORE_LAST.finditer(text):
        newest = _named(today, "last", match["unit"].lower())
        before = newest and _named(newest.start, "last", match["unit"].lower())
        if before:
            yield Mention(match.start(), match.end(), before)
    for match in _DAY.finditer(text):
        if re.match(r"\s+(?:night|morning)?\s*football", text[match.end() :]):
            continue
        group = "weekday" if match["weekday"] else 0
        yield Mention(match.start(group), match.end(), _day(match, today))
    for match in _TO_DATE.finditer(text):
        yield Mention(match.start(), match.end(), year_of(today.year))


def future_phrase(text: str) -> re.Match[str] | None:
    """The first phrase about a time still to come ("next year", "upcoming"), if any."""
    return re.search(
        r"\b(?:next|coming|upcoming) (?:week|month|quarter|year|spring|summer|autumn|fall|winter)"
        r"s?\b",
        text,
        re.I,
    )
