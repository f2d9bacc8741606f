"""Figures that stand in no quote but follow from it: differences, shares, changes in per cent."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from rag.grounding.days import Day
from rag.grounding.quantity import Quantity

_LESS = re.compile(
    r"(?: [\w-]+){0,2}? (?:less|more|fewer|higher|lower|cheaper|dearer|shorter|longer|heavier|lighter"
    r"|worse|better|short|below|above|under|over|behind|ahead|beyond)\b"
)
# "The rest went to ...", where the whole and a part are told.
_REST = re.compile(r"\b(?:rest|remainder|remaining|others?)\b|\ball but $", re.IGNORECASE)
_BY = re.compile(r"\bby (?:about |some |another |only )?$", re.IGNORECASE)
_DOWN = re.compile(
    r"\b(?:less|fewer|lower|below|cheaper|smaller|shorter|lighter|down|f[ae]ll(?:s|en|ing)?|drop\w*"
    r"|declin\w*|cut|discount|reduc\w*|lost|los[es]\w*|decreas\w*)\b",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:more|higher|above|dearer|bigger|larger|longer|heavier|up|r[io]se\w*|rising|gr[eo]w\w*"
    r"|increas\w*|jump\w*|climb\w*|gain\w*|surg\w*|premium|over)\b",
    re.IGNORECASE,
)
# "11 %" may be 11.05 or 10.6 %, "a third" also 32 %.
_ROUNDED, _ROUGHLY = 0.05, 0.06


# Days in a month, and periods that have a word of their own.
_MONTH = 30.4
_WORDS = {
    12: r"(?:an?|one|the|this|last|next|first|per|whole) year|annual(?:ly)?|yearly",
    6: r"(?:first|second|latter) half|half[- ]year",
    3: r"quarter",
}
_APART = re.compile(
    r"\b(?:later|earlier|late|sooner|ago|after|before|past|more|longer|additional|extra|further"
    r"|since|behind|ahead|slip\w*|postpon\w*|delay\w*|time in|within|over)\b"
)
# How far from the round figure it may lie that "more than a third", "nearly two weeks" is told of.
_REACH: dict[str, tuple[float, float]] = {
    "over": (1.0, 1.25),
    "under": (0.75, 1.0),
    "nearly": (0.85, 1.0),
    "about": (0.88, 1.12),
}


def single(needed: Quantity, source: str) -> bool:
    """ "One day after" where the quotes say "a day after", "within a year" for "on the year"."""
    word = _WORDS.get(round(needed.value)) if needed.unit == "month" else None
    if word and re.search(rf"\b(?:{word})\b", source, re.IGNORECASE):
        return True
    words = re.fullmatch(r"(?:an?|one) (\w+)", needed.surface, re.IGNORECASE)
    return bool(
        words
        and needed.unit
        and re.search(rf"\b(?:an?|one|per|last|previous) {words[1]}\b", source, re.IGNORECASE)
    )


def difference(needed: Quantity, sentence: str, source: str, figures: Sequence[Quantity]) -> bool:
    """ "8,000 less" where the quotes give both prices, 12 of 41 where 29 are one part."""
    before = sentence[: needed.start]
    by = _BY.search(sentence, max(0, needed.start - 20), needed.start)
    if not (by or _LESS.match(sentence, needed.end) or _REST.search(f"{source}\n{before}")):
        return False
    values: dict[tuple[str, str], set[float]] = {}
    for q in figures:
        values.setdefault((q.kind, q.unit), set()).add(q.value)
    return any(
        any(math.isclose(value + needed.value, other) for other in group)
        for (kind, unit), group in values.items()
        if not needed.unit or (kind, unit) == (needed.kind, needed.unit)
        for value in group
    )


def _reaches(needed: Quantity, value: float, exact: float) -> bool:
    low, high = _REACH.get(needed.relation, (1 - exact, 1 + exact))
    return low <= value / needed.value <= high


def part(needed: Quantity, sentence: str, figures: Sequence[Sequence[Quantity]]) -> bool:
    """ "More than a third" where one sentence of the quotes tells 8 of 21.

    `figures` are those of each sentence of the quotes.
    """
    if needed.unit != "fraction" or _LESS.match(sentence, needed.end):
        return False
    for told in figures:
        groups: dict[tuple[str, str], set[float]] = {}
        for q in told:
            if q.kind != "date" and q.unit not in ("ordinal", "fraction") and q.value > 1:
                groups.setdefault((q.kind, q.unit), set()).add(q.value)
        for group in groups.values():
            for small, large in combinations(sorted(group), 2):
                if _reaches(needed, 100 * small / large, _ROUGHLY):
                    return True
    return False


def roughly(needed: Quantity, figures: Sequence[Quantity]) -> bool:
    """ "Over two weeks" for 16 days, "three months" for 90, "under half an hour" for 25 minutes."""
    days = {"day": 1.0, "month": _MONTH}
    for q in figures:
        if q.relation not in ("exact", "about") or q.per != needed.per:
            continue
        if needed.unit in days and q.unit in days:
            if _reaches(needed, q.value * days[q.unit] / days[needed.unit], 0.04):
                return True
        elif needed.unit == q.unit == "minute" and _reaches(needed, q.value, 0.0):
            return True
    return False


def apart(needed: Quantity, sentence: str, days: Sequence[Day]) -> bool:
    """ "Two years later" where the quotes (or the day of the report) give both years."""
    near = sentence[max(0, needed.start - 40) : needed.end + 30]
    if needed.unit != "month" or not _APART.search(near):
        return False
    months = needed.value
    if months % 12 == 0:
        years = {day.year for day in days if day.year}
        return any((b - a) * 12 == months for a, b in combinations(sorted(years), 2))
    dated = {(day.year, day.month) for day in days if day.month}
    return any(
        abs((a - c) * 12 * bool(a and c) + b - d) == months
        for (a, b), (c, d) in combinations(dated, 2)
    )


def share(needed: Quantity, figures: Sequence[Quantity]) -> bool:
    """ "Sixty buses" where the quotes speak of half of 120."""
    if needed.unit == "fraction":
        return False
    parts = {q.value / 100 for q in figures if q.unit == "fraction"}
    wholes = {q.value for q in figures if (q.kind, q.unit) == (needed.kind, needed.unit)}
    return any(math.isclose(needed.value, part * whole) for part in parts for whole in wholes)


def ratio(needed: Quantity, sentence: str, figures: Sequence[Sequence[Quantity]]) -> bool:
    """ "11 % less" or "half of it", where two figures of one sentence of the quotes make it so.

    `figures` are those of each sentence of the quotes. Only neighbours of one unit are compared.
    """
    if needed.kind != "percent":
        return False
    near = sentence[max(0, needed.start - 40) : needed.end + 25]
    down, up = bool(_DOWN.search(near)), bool(_UP.search(near))
    for one, two in _neighbours(figures):
        small, large = sorted((one.value, two.value))
        if not small or small == large:
            continue
        found = {100 * small / large}
        if down:
            found = {100 * (1 - small / large)}
        if up:
            found = {100 * (large / small - 1)} | (found if down else set())
        if any(abs(needed.value - value) <= _slack(needed) for value in found):
            return True
    return False


def _neighbours(figures: Sequence[Sequence[Quantity]]) -> Iterator[tuple[Quantity, Quantity]]:
    for sentence in figures:
        groups: dict[tuple[str, str], list[Quantity]] = {}
        for q in sentence:
            if q.kind == "money" or (q.kind == "number" and q.unit != "ordinal" and q.value >= 5):
                groups.setdefault((q.kind, q.unit), []).append(q)
        for group in groups.values():
            for one, two in pairwise(group):
                if one.noun == two.noun or not (one.noun and two.noun):
                    yield one, two


def _slack(needed: Quantity) -> float:
    if needed.unit == "fraction" or needed.relation in ("about", "nearly"):
        return _ROUGHLY * needed.value
    return 0.5 * needed.step + 1e-9
