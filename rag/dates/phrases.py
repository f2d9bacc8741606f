"""Phrases that name a calendar period by their own form: "March 2024", "Q3 2023", "1H22".

A grammar of our own finds them, because general date finders take "Model 3", "may" or "911"
for dates.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from rag.dates.days import (
    ANY_YEAR,
    END,
    MONTH,
    MONTHS,
    NOT_MONEY,
    YEAR,
    find_days,
    month_number,
    parted,
    year_number,
    yearly,
)
from rag.dates.periods import (
    THROUGH,
    Mention,
    Period,
    half_of,
    month_of,
    months_of,
    quarter_of,
    season_of,
    year_of,
)
from rag.dates.relative import find_relative

_ORDINAL = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "last": 4,
    "final": 4,
}
_ORD = r"(?P<ord>" + "|".join(_ORDINAL) + ")"
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "nine": 9, "ten": 10}
_PART = (
    r"(?:(?:the )?(?P<part>early|mid|late|beginning of|start of|middle of|end of|close of)[ -])?"
)


_OF_YEAR = r"(?P<of> of (?:the|this|last|the current) year)"
_MONTH_YEAR = re.compile(
    rf"\b{_PART}(?P<month>{MONTH})(?:(?:,| of| in)? {ANY_YEAR}{END}|{_OF_YEAR})", re.I
)
# "Jan" alone may be a name, "Jan–Mar" is not
_JOINED = rf"\s?(?:{THROUGH}|and)\s?{MONTH}\b"
_MONTH_BARE = re.compile(
    rf"\b{_PART}(?P<month>(?:{'|'.join(MONTHS)})(?!\w|-(?!{MONTH}\b))|{MONTH}(?={_JOINED}))", re.I
)
_QUARTER = (
    re.compile(rf"\b(?P<year0>{YEAR}) ?[-/]?Q(?P<q>[1-4])\b", re.I),
    re.compile(
        rf"\b{_PART}Q(?P<q>[1-4])(?:(?: |-|/|, ?| of | in )?(?P<year>{YEAR}|'\d\d|’\d\d)"
        rf"{END}|{_OF_YEAR}|(?![\w]))",
        re.I,
    ),
    re.compile(rf"\b(?P<q>[1-4])Q(?: |-|/)?(?P<year>{YEAR}|'?\d\d){END}", re.I),
    re.compile(
        rf"\b(?:(?P<year0>{YEAR})(?:'s|’s)? )?{_ORD}[ -]quarter(?:(?:,| of| in)? {ANY_YEAR}{END}"
        rf"|{_OF_YEAR}|\b)",
        re.I,
    ),
)
_HALF = (
    re.compile(rf"\b(?P<year0>{YEAR}) ?[-/]?H(?P<q>[12])\b", re.I),
    re.compile(
        rf"\bH(?P<q>[12])(?:(?: |-|/|, ?| of | in )?(?P<year>{YEAR}|'\d\d|’\d\d){END}"
        rf"|{_OF_YEAR}|(?![\w]))",
        re.I,
    ),
    re.compile(rf"\b(?P<q>[12])H(?: |-|/)?(?P<year>{YEAR}|'?\d\d){END}", re.I),
    re.compile(rf"\b{_ORD}[ -]half(?:(?:,| of| in)? {ANY_YEAR}{END}|{_OF_YEAR}|(?! of\b)\b)", re.I),
)
_MONTHS = re.compile(
    rf"\b(?P<ord>first|last|final) (?P<n>{'|'.join(_COUNTS)}|[2-9]|1[01]) months "
    rf"(?:of|in) (?:{ANY_YEAR}{END}|(?P<of>(?:the|this|last) year))",
    re.I,
)
_MONTHS_SHORT = re.compile(rf"\b(?P<n>[69])M(?: |-|/)?(?P<year>{YEAR}|'?\d\d){END}")
_SEASON = re.compile(
    rf"\b{_PART}(?P<season>spring|summer|autumn|fall|winter)(?:,| of| in)? {ANY_YEAR}"
    rf"(?P<second>[/–-](?:20)?\d\d)?{END}",
    re.I,
)
_FISCAL = re.compile(
    rf"\b(?:FY|fiscal(?: year)?|financial year)[ -]?(?P<year>{YEAR}|'?\d\d){END}", re.I
)
_DECADE = re.compile(rf"{NOT_MONEY}(?:early |mid-?|late )?(?P<y>(?:199|20\d)0)s\b", re.I)
_YEAR_SPAN = re.compile(rf"{NOT_MONEY}(?P<a>{YEAR})\s?[-–—/]\s?(?P<b>{YEAR}|\d\d){END}(?!-)")
_PART_YEAR = re.compile(
    rf"\b(?P<part>early|mid|late|(?:beginning|start|middle|end|close) of)(?: |-)"
    rf"(?:the year )?(?P<year>{YEAR}){END}",
    re.I,
)
# The Peugeot 2008 is a car.
_YEAR_BARE = re.compile(
    rf"(?<!(?i:peugeot) (?=2008))(?<!(?i:peugeot e) (?=2008))(?:(?<=\bpre-)|(?<=\bpost-)|{NOT_MONEY})(?P<year>{YEAR}){END}"
)


def _calendar(text: str, today: date) -> Iterator[Mention]:
    """Months, quarters, halves, seasons and years."""
    for match in _MONTH_YEAR.finditer(text):
        month = month_number(match["month"])
        yield yearly(match, partial(month_of, month=month), today)
    for match in _MONTH_BARE.finditer(text):
        month = month_number(match["month"])
        yield yearly(match, partial(month_of, month=month), today, sure=False)
    for patterns, of in ((_QUARTER, quarter_of), (_HALF, half_of)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                groups = match.groupdict()
                number = int(groups["q"]) if groups.get("q") else _ORDINAL[groups["ord"].lower()]
                last = (groups.get("ord") or "").lower() in ("last", "final")
                if last and not (groups.get("year") or groups.get("of")):
                    continue  # "the last quarter" is a relative period
                if of is half_of:
                    number = 2 if last else number
                    if number > 2:
                        continue
                mention = yearly(match, partial(of, number=number), today, sure=False)
                yield _with_results(mention, today)
    for match in _MONTHS.finditer(text):
        count = _COUNTS.get(match["n"].lower()) or int(match["n"])
        first = 1 if match["ord"].lower() == "first" else 13 - count
        make = partial(months_of, first=first, count=count, grain="quarter")
        yield yearly(match, make, today)
    for match in _MONTHS_SHORT.finditer(text):
        yield yearly(
            match, partial(months_of, first=1, count=int(match["n"]), grain="quarter"), today
        )
    for match in _SEASON.finditer(text):
        year, season = year_number(match["year"]), match["season"].lower()
        period = season_of(year, season)
        if season == "winter" and match["second"]:
            period = months_of(year, 12, 3, "season")
        yield Mention(match.start(), match.end(), period)
    for match in _FISCAL.finditer(text):
        # Toyota's fiscal 2023 ends in March 2024, India's FY23 in March 2023: both are covered.
        year = year_number(match["year"])
        yield Mention(match.start(), match.end(), months_of(year - 1, 4, 24, "year"))
    for match in _DECADE.finditer(text):
        period = Period(date(int(match["y"]), 1, 1), date(int(match["y"]) + 9, 12, 31), "year")
        yield Mention(match.start(), match.end(), period)
    for match in _YEAR_SPAN.finditer(text):
        first = int(match["a"])
        second = int(match["b"]) if len(match["b"]) == 4 else first // 100 * 100 + int(match["b"])
        if first < second <= first + 30:
            period = Period(date(first, 1, 1), date(second, 12, 31), "year")
            yield Mention(match.start(), match.end(), period, sure=False)
    for match in _PART_YEAR.finditer(text):
        period = parted(year_of, match["part"])(int(match["year"]))
        yield Mention(match.start(), match.end(), period)
    for match in _YEAR_BARE.finditer(text):
        yield Mention(match.start(), match.end(), year_of(int(match["year"])), sure=False)


def _with_results(mention: Mention, today: date) -> Mention:
    """A quarter without a year that still runs has no results: that of last year counts too."""
    if mention.in_year is None or not mention.period.start <= today <= mention.period.end:
        return mention
    before = mention.in_year(today.year - 1)
    return replace(mention, period=replace(mention.period, start=before.start))


def find_periods(text: str, today: date) -> tuple[Mention, ...]:
    """All phrases of `text` that may name a period, in order and without overlap.

    Where two overlap the longer one wins. `today` places relative and year-less phrases.
    """
    found = [*find_days(text, today), *_calendar(text, today), *find_relative(text, today)]
    kept: list[Mention] = []
    for one in sorted(found, key=lambda m: (m.start - m.end, m.start, not m.sure)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda m: m.start))
