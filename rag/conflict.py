"""Superseded or disputed: which reports among the evidence differ about the same thing?

Two spans are compared by what they claim (`rag/conflicts/claims.py`). A difference is
- a number in the same unit for the same measure of the same subject and period
  (`rag/conflicts/differing.py`),
- a date to come that was moved (`rag/conflicts/moved.py`),
- a plan called off, put off or taken up again, the opposite direction
  (`rag/conflicts/turned.py`),
- a plain yes against a plain no (`rag/conflicts/denied.py`).
Each is decided by points: what both claims have in common (`rag/conflicts/sameness.py`) and what speaks
for this one difference, against one threshold.
Reports of the same days from different articles that differ are *disputed*; otherwise the
later one has *superseded* the earlier. Precision comes first: what is not clearly about the
same thing is no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.names import find_names
from rag.conflicts.claims import Claim, claim
from rag.conflicts.denied import denied_by
from rag.conflicts.differing import Differing, differing_numbers
from rag.conflicts.moved import moved_date
from rag.conflicts.sameness import Similar, common, in_context, meet
from rag.conflicts.subjects import named, named_things
from rag.conflicts.turned import given_up, opposite, turned
from rag.types import Span

SAME_DAYS = 3  # reports at most so many days apart are of the same days
UNLIKE = 0.45  # cosine of two sentences with their titles under which they are about two things


@dataclass(frozen=True, slots=True)
class Clash:
    """Two reports that differ; `text` is one sentence that names both days and what differs."""

    kind: Literal["superseded", "disputed"]
    earlier: Span
    later: Span
    text: str


def differences(
    spans: Sequence[Span], question: str = "", similar: Similar | None = None
) -> tuple[Clash, ...]:
    """The pairs of `spans` that differ about the same thing, earliest first.

    A company or model that `question` names must be what both reports are about.
    `similar(a, b)` gives the cosine of two texts, if an embedding is at hand: pairs that it
    finds unlike are passed over. What would be told in the same words is told once.
    """
    found: dict[str, Clash] = {}
    for clash, _, _ in _clashes(spans, question, similar):
        found.setdefault(clash.text, clash)
    return tuple(found.values())


def outdated(
    spans: Sequence[Span], question: str = "", similar: Similar | None = None
) -> frozenset[int]:
    """Indexes of the spans that a newer one among them contradicts or replaces."""
    return frozenset(
        old for clash, old, _ in _clashes(spans, question, similar) if clash.kind == "superseded"
    )


def _clashes(
    spans: Sequence[Span], question: str, similar: Similar | None
) -> list[tuple[Clash, int, int]]:
    asked = named_things(question)
    dated = [
        (span.passage.article.published.date(), i, span)
        for i, span in enumerate(spans)
        if span.passage.article.published is not None
    ]
    dated.sort(key=lambda row: (row[0], row[1]))
    found = []
    for n, (first_day, i, one) in enumerate(dated):
        for second_day, j, two in dated[n + 1 :]:
            if _same_report(one, two):
                continue
            what = _difference(_claim(one, first_day), _claim(two, second_day), asked, similar)
            if what is not None:
                kind = _kind(first_day, second_day, what)
                text = _tell(kind, one, two, first_day, second_day, what)
                found.append((Clash(kind, one, two, text), i, j))
    return found


def _same_report(one: Span, two: Span) -> bool:
    """An article does not differ from itself, nor a copy from its source."""
    a, b = one.passage.article, two.passage.article
    return a.id == b.id or a.story == b.story


def _claim(span: Span, day: date) -> Claim:
    return claim(span.text, span.passage.article.title, day)


def _kind(first: date, second: date, what: Differing) -> Literal["superseded", "disputed"]:
    near = (second - first).days <= SAME_DAYS
    return "disputed" if near and not what.replaced else "superseded"


def _difference(
    one: Claim, two: Claim, asked: frozenset[str], similar: Similar | None
) -> Differing | None:
    if _of_others(one, two) or (asked and not asked & one.all_names & two.all_names):
        return None
    if similar is not None and similar(in_context(one), in_context(two)) < UNLIKE:
        return None
    near = (two.day - one.day).days <= SAME_DAYS
    shared = common(one, two)
    return (
        differing_numbers(one, two, near, shared)
        or moved_date(one, two, shared)
        or turned(one, two, shared)
        or given_up(one, two)
        or opposite(one, two, shared)
        or denied_by(one, two, near)
    )


def _of_others(one: Claim, two: Claim) -> bool:
    """Does each sentence name companies or models that the other report does not?"""
    mine, theirs = (named(find_names(side.text), ("model",)) for side in (one, two))
    if mine and theirs and not meet(mine, theirs):
        return True
    mine, theirs = (named(find_names(side.text), ("company", "model")) for side in (one, two))
    if not mine or not theirs or meet(mine, theirs):
        return False
    if meet(mine, two.around) and meet(theirs, one.around):
        return False
    return not (meet(one.around, two.around) and len(one.head & two.head) >= 2)


def _tell(kind: str, one: Span, two: Span, first: date, second: date, what: Differing) -> str:
    a, b = one.passage.article, two.passage.article
    when_a, when_b = _day(first), _day(second)
    if what.about == "denial":
        return f"One report says yes, the other no: {a.source} on {when_a}, {b.source} on {when_b}."
    if what.about == "way":
        return f"The reports say the opposite: {a.source} on {when_a}, {b.source} on {when_b}."
    if what.about == "state":
        said = f"“{b.title}” ({b.source}, {when_b})"
        verb = "is contradicted by" if kind == "disputed" else "has been overtaken by"
        return f"What {a.source} reported on {when_a} {verb} {said}."
    thing = "the date" if what.about == "date" else what.about
    other = "" if a.source == b.source else f"{b.source} "
    if kind == "disputed":
        return (
            f"Reports differ on {thing}: {what.earlier} ({a.source}, {when_a}),"
            f" {what.later} ({b.source}, {when_b})."
        )
    return (
        f"{a.source} gave {thing} as {what.earlier} on {when_a}, and"
        f" {other}as {what.later} on {when_b}."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
