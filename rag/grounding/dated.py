"""Does a date of a sentence stand in its quotes, or follow from the day of their article?"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.grounding.days import Day, blank, find_days
from rag.grounding.phrases import clauses, concepts, nearest_sentence, overlap

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AHEAD = re.compile(r"\b(?:will|next|due|is to|are to|expect\w*|until|may|must|would|set)\b")
_RELATIVE = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:today|yesterday|now|this (?:week|month|year))\b"
)


def dated(needed: Day, sentence: str, quotes: Sequence[str], context: str) -> bool:
    """Does a date of the sentence stand in the quotes, or follow from the day of the article?

    The last day in `context` is taken for the day of publication.
    """
    source = " \n".join(quotes)
    days = list(find_days(source))
    context_days = [day for day in find_days(context) if day.year]
    published = context_days[-1] if context_days else None
    if needed.part in _WEEKDAYS:
        year = published.year if published else 0
        whole = [replace(day, year=day.year or year) for day in days if day.month]
        return needed.part in {*(day.part for day in days), *map(_weekday, [published, *whole])}
    if _edge_of_year(needed, source) or _last_day(needed, days, source):
        return True
    years = _years(source, days, published)
    known = [*days, *context_days]
    if _otherwise_dated(needed, sentence, quotes):
        known, published = days, None
    for day in known:
        same_year = not needed.year or day.year == needed.year
        if needed.year and not day.year:
            same_year = needed.year in years
        if (
            same_year
            and (not needed.month or needed.month == day.month)
            and (not needed.day or needed.day == day.day)
            and (not needed.part or needed.part == day.part)
        ):
            bare_context = day in context_days and not needed.month
            if not bare_context or needed.year in years:
                return True
    if published and needed.month and not needed.day and _spoken(needed, source, published):
        return True
    if published and published.day and needed.day and _near(needed, source, published):
        return True
    return bool(needed.year) and not (needed.month or needed.part) and needed.year in years


def _otherwise_dated(needed: Day, sentence: str, quotes: Sequence[str]) -> bool:
    """Does what the quotes say of the same thing name another day, month or year for it?

    Then the article's own day is no day for it, unless a word such as "Friday" may mean that day.
    """
    days = find_days(sentence)
    wanted = concepts(blank(sentence, [(day.start, day.end) for day in days]).replace("_", " "))
    for quote in quotes:
        for clause in clauses(quote):
            same = len(wanted) > 1 and overlap(wanted, clause.words) >= 0.6
            if needed.day and same and any(day.day or day.month for day in find_days(clause.text)):
                return True
    said = nearest_sentence(sentence, quotes)
    if not said or _RELATIVE.search(said):
        return False
    days = find_days(said)
    if needed.day:
        return any(day.day or day.month for day in days)
    if needed.month:
        return any(day.month for day in days)
    return any(day.year for day in days)


def _weekday(published: Day | None) -> str:
    if not published or not published.day or not published.year:
        return ""
    try:
        return _WEEKDAYS[date(published.year, published.month, published.day).weekday()]
    except ValueError:  # 31 June
        return ""


def _edge_of_year(needed: Day, source: str) -> bool:
    """ "1 January 2027" where the quotes say "the beginning of 2027"; "the end of" likewise."""
    words = {(1, 1): "start|beginning|turn", (1, 0): "start|beginning", (12, 31): "end|close"}
    edge = words.get((needed.month, needed.day))
    if not edge or not needed.year:
        return False
    year_end = rf"|\byear[- ]end {needed.year}\b" if needed.month == 12 else ""
    return bool(re.search(rf"\b(?:{edge}) of {needed.year}\b{year_end}", source))


def _last_day(needed: Day, days: Sequence[Day], source: str) -> bool:
    """ "31 May" where the quotes say "the end of May"."""
    last = needed.day and needed.day == monthrange(needed.year or 2024, needed.month)[1]
    return bool(last) and any(
        day.month == needed.month
        and not day.day
        and needed.year in (0, day.year)
        and re.search(r"\bend (?:of )?$", source[: day.start])
        for day in days
    )


def _spoken(needed: Day, source: str, published: Day) -> bool:
    """ "Last month", "this month", "next month" as seen from the publication."""
    for words, shift in (("last month", -1), ("this month", 0), ("next month", 1)):
        months = published.year * 12 + published.month - 1 + shift
        if words in source.lower() and needed.month == months % 12 + 1:
            return needed.year in (0, months // 12)
    return False


def _near(needed: Day, source: str, published: Day) -> bool:
    """ "on Friday", "yesterday": the days just before and after the publication."""
    if not re.search(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\byesterday\b", source):
        return False
    day = date(published.year, published.month, published.day)
    names = {q.part for q in find_days(source)}
    for shift in range(-7, 8):
        other = day + timedelta(days=shift)
        if (other.month, other.day) == (needed.month, needed.day):
            return _WEEKDAYS[other.weekday()] in names or (shift == -1 and "yesterday" in source)
    return False


def _years(source: str, days: Sequence[Day], published: Day | None) -> set[int]:
    """Years that the quotes name, or mean by "last year" when the publication is known."""
    years = {day.year for day in days if day.year}
    if re.search(r"\b(?:year (?:before|earlier)|previous year)\b", source, re.IGNORECASE):
        years |= {year - 1 for year in years}
    if not published:
        return years
    now = published.year
    lower = source.lower()
    if any(day.month and not day.year for day in days):
        years |= {now} | {now - 1 for d in days if d.month > published.month and not d.year}
    if _AHEAD.search(source):
        years |= {now + 1 for day in days if 0 < day.month < published.month and not day.year}
    if re.search(
        r"\b(?:last year|year earlier|year before|year ago|previous year|last (?:autumn"
        r"|summer|winter|spring|december|november|october|september))\b",
        lower,
    ):
        years.add(now - 1)
    if re.search(r"\bnext (?:year|spring|summer)\b", lower):
        years.add(now + 1)
    if re.search(r"\b(?:this year|this month|so far|today|now|currently)\b", lower) or not years:
        years.add(now)
    return years
