"""What was reported on a day can't be told as done on a later one."""

import re
from collections.abc import Sequence

from rag.grounding.days import Day, find_days
from rag.grounding.modality import DONE, PAST_TENSE, PLANNED
from rag.grounding.phrases import Clause, clauses, nearest, overlap

_AT = re.compile(
    r"\b(?:in|on|since|after|from|of)(?: (?:early|late|mid|the))?[ -]*$", re.IGNORECASE
)


def not_yet(sentence: str, quotes: Sequence[str], context: str) -> str | None:
    """In words, that something is told as done on a day after that of the report, else None.

    The last day in `context` is taken for the day of publication.
    """
    theirs = [clause for quote in quotes for clause in clauses(quote)]
    days = [day for day in find_days(context) if day.year and day.month]
    if not days:
        return None
    published = (days[-1].year, days[-1].month)
    for clause in clauses(sentence):
        if PLANNED.search(clause.text) or not PAST_TENSE.search(clause.text):
            continue
        if DONE.search(clause.text) and _only_later(clause, theirs, published):
            return "the quotes tell of a day after that of the report"
        for day in find_days(clause.text):
            after = (day.year, _last_month(day)) > published
            at = _AT.search(clause.text, 0, day.start)
            deadline = not day.day or (at and not at.group().startswith("on"))
            if deadline and after and _told_so(day, theirs):
                continue
            if day.year and after and at:
                return f"{day.surface} lies after the day of the report"
    return None


def _told_so(day: Day, theirs: Sequence[Clause]) -> bool:
    """Do the quotes tell of the day in a past tense too, as in "the deal signed ... from 2027"?"""
    same = [
        c.text
        for c in theirs
        if any(
            (d.year, d.month, d.day) == (day.year, day.month, day.day) for d in find_days(c.text)
        )
    ]
    return any(PAST_TENSE.search(text) for text in same)


def _only_later(clause: Clause, theirs: Sequence[Clause], published: tuple[int, int]) -> bool:
    """Do the quotes tell the same only of a day after the report?"""
    days = [
        [day for day in find_days(c.text) if day.year]
        for c in nearest(clause, theirs)
        if overlap(clause.words, c.words) >= 0.5 and not DONE.search(c.text)
    ]
    return bool(days) and all(
        found and all((day.year, _last_month(day)) > published for day in found) for found in days
    )


def _last_month(day: Day) -> int:
    """The month that a date certainly lies after: a bare year may be the current one."""
    if day.month:
        return day.month
    starts = {"q1": 1, "q2": 4, "q3": 7, "q4": 10, "h1": 1, "h2": 7}
    return starts.get(day.part, 1)
