"""Phrases that are one period together: "from Q1 to Q3 2023", "the year ended 31 March 2024"."""

import re
from collections.abc import Iterable
from datetime import timedelta

from rag.dates.leads import leads
from rag.dates.periods import THROUGH, Grain, Mention, Period, shift_months

_COUNTS = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "3": 3, "6": 6, "9": 9, "12": 12}
_UNITS = {"quarter": 3, "half": 6, "half-year": 6, "half year": 6, "year": 12}
_GRAINS: dict[int, Grain] = {3: "quarter", 6: "half", 9: "quarter", 12: "year"}
_ENDED = re.compile(
    rf"\b(?:(?P<n>{'|'.join(_COUNTS)})[ -]months?(?: period)?|(?:(?:fiscal|financial|business|full)"
    r"[ -])?(?P<unit>half[ -]year|quarter|half|year)) (?P<word>ended|ending|to|through)"
    r"(?: in| on)? (?:the )?(?:end of )?$",
    re.I,
)


def with_years(question: str, mentions: tuple[Mention, ...]) -> list[Mention]:
    """Give "March" in "between March and May 2024" the year of its neighbour."""
    out = list(mentions)
    for i in range(len(out) - 2, -1, -1):
        one, following = out[i], out[i + 1]
        gap = question[one.end : following.start]
        joined = re.fullmatch(rf"\s*(?:{THROUGH}|or|,|,? and)(?: the)?\s*", gap, re.I)
        if one.in_year and following.in_year is None and following.sure and joined:
            period = one.in_year(following.period.start.year)
            out[i] = Mention(one.start, one.end, period)
    # "Why was the 2024 plan cut in October?": of which year, can't be told
    years = {m.period.start.year for m in out if m.in_year is None and m.period.grain == "year"}
    return [m for m in out if not years or m.in_year is None or m.period.start.year in years]


def whole(question: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Give "the year ended 31 March 2024" its twelve months; the day is only their end."""
    out: list[Mention] = []
    for one in mentions:
        begin = out[-1].end if out else 0  # "last year to March": that year is taken
        ended = _ENDED.search(question[begin : one.start])
        if ended is None or one.period.grain not in ("day", "month"):
            out.append(one)
            continue
        if not one.sure and ended["word"].lower() == "to" and question[one.start].islower():
            out.append(one)  # "a year to march for"
            continue
        months = _COUNTS[ended["n"].lower()] if ended["n"] else _UNITS[ended["unit"].lower()]
        end = one.period.end
        period = Period(shift_months(end + timedelta(days=1), -months), end, _GRAINS[months])
        out.append(Mention(begin + ended.start(), one.end, period))
    return out


def range_of(question: str, first: Mention, second: Mention) -> Mention | None:
    """The whole of "between/from A and/to B" or "A through B", None if they are no such pair."""
    gap = question[first.end : second.start].strip().lower().removesuffix(" the")
    lead = re.search(r"\b(between|from)\s+(?:the )?$", question[: first.start], re.I)
    between = lead is not None and lead[1].lower() == "between"
    joined = gap == "and" if between else re.fullmatch(THROUGH, gap)
    if not joined or second.period.end < first.period.start:
        return None
    if lead is None and not _is_pair(question, first, second):
        return None
    period = Period(first.period.start, second.period.end, second.period.grain)
    if lead is None:
        return Mention(first.start, second.end, period, second.sure)
    return Mention(lead.start(), second.end, period)


def _is_pair(question: str, first: Mention, second: Mention) -> bool:
    """Is "A through B" a period without "from": "January through May 2024", "in 2021 to 2023"?"""
    if first.period.grain != second.period.grain:
        return False
    # "Did workers march through May 2024?"
    verb = question[first.start].islower() and question[second.start].isupper()
    if leads(question, first.start).kind or first.period.grain == "year":
        return True
    return second.sure and not verb
