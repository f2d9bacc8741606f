"""Do two claims give different numbers for the same thing?

Each pair of numbers of the same unit gets points for what speaks for the same thing (measure,
owner, period, words) and for a change that the later report tells of; the sum decides. Only
what makes the two numbers plainly of different things is a veto.
"""

import re
from dataclasses import dataclass

from corpus.names import find_names
from rag.conflicts.agreeing import agree, same_value
from rag.conflicts.claims import Claim
from rag.conflicts.figures import Figure
from rag.conflicts.sameness import changed, meet
from rag.conflicts.scope import scopes_fit
from rag.conflicts.subjects import named, plain_words, sites, title_names
from rag.grounding.quantity import Quantity

ENOUGH = 3.8  # points from which two numbers are of the same thing
FAR = 12  # a number so many times another is of another thing
_VOLUMES = frozenset(("deliveries", "sales", "registrations", "production", "capacity", ""))

_RESULTS = _VOLUMES | {"revenue", "profit", "margin", "market share"}


@dataclass(frozen=True, slots=True)
class Differing:
    """What differs: the words of either side, and whether the later names the former value.

    `about` is a measure, "date", "state" (called off or taken up again), "way" (the opposite)
    or "denial"; the last three have no words of their own.
    """

    about: str
    earlier: str = ""
    later: str = ""
    replaced: bool = False


def differing_numbers(one: Claim, two: Claim, near: bool, shared: float) -> Differing | None:
    """The pair of numbers that most surely can't both hold, if one is sure enough.

    `near` is for reports of the same days, `shared` what both claims have in common.
    """
    rated = [
        (points, a, b, replaced)
        for a, b, replaced in _pairs(one, two)
        if (points := _points(a, b, one, two, near, replaced, shared)) >= ENOUGH
    ]
    if not rated:
        return None
    _, a, b, replaced = max(rated, key=lambda row: row[0])
    about = b.measure or a.measure or "the number"
    return Differing(about, a.quantity.surface, b.quantity.surface, replaced)


def _pairs(one: Claim, two: Claim) -> list[tuple[Figure, Figure, bool]]:
    """Numbers of either side that differ, and whether the later side tells the former one."""
    found = []
    for a in one.figures:
        if a.former or a.quantity.soft or a.extra:
            continue
        repeated = [b for b in two.figures if agree(a, b)]
        for b in two.figures:
            if b.former or b.quantity.soft or b.extra or agree(a, b):
                continue
            if any(agree(b, other) for other in one.figures):
                continue
            replaced = any(r.former and same_value(a, r) and _beside(r, b) for r in repeated)
            if not replaced and any(r.former and _beside(r, b) for r in two.figures):
                continue  # it replaces a value that the earlier report does not give
            if not repeated or replaced:
                found.append((a, b, replaced))
    return found


def _points(
    a: Figure, b: Figure, one: Claim, two: Claim, near: bool, replaced: bool, shared: float
) -> float:
    if not _fit(a, b, one, two, near, replaced):
        return 0.0
    points = shared + 2.5 * replaced
    points += _measured(a, b)
    owners = bool(a.owners & b.owners)
    points += 0.7 * owners
    points += 0.5 * min(2, len((a.words & b.words) - plain_words(f"{a.measure} {b.measure}")))
    points += 1.0 * _same_period(a, b)
    points += 0.5 * bool(a.places & b.places)
    if near:
        points += 0.5
    else:
        points += changed(two)
    points -= 1.0 * (_one_of_many(a, one) + (_one_of_many(b, two) and not replaced))
    return points


def _measured(a: Figure, b: Figure) -> float:
    if a.measure != b.measure:
        return 0.5  # what `_fit` lets pass: plans to make and plans to sell
    if not a.measure:
        return 0.0
    return 1.0 + 0.5 * a.near + 0.5 * b.near


def _fit(a: Figure, b: Figure, one: Claim, two: Claim, near: bool, replaced: bool) -> bool:
    """Nothing that makes the two numbers of different things?"""
    p, q = a.quantity, b.quantity
    if (p.kind, _unit(p)) != (q.kind, _unit(q)) or (p.noun and q.noun and p.noun != q.noun):
        return False
    if p.per and q.per and p.per != q.per:
        return False
    if max(p.value, q.value) > FAR * min(p.value, q.value):
        return False
    if not replaced and (a.terms != b.terms or not _same_part(a, b, one, two)):
        return False
    volumes = {a.measure, b.measure} <= _VOLUMES and _to_come(a, one) and _to_come(b, two)
    alike = len(a.words & b.words) >= 2 if not a.measure else True
    if not replaced and not volumes and (a.measure != b.measure or not alike):
        return False
    owners_a = a.owners or one.names or title_names(one.title)
    owners_b = b.owners or two.names or title_names(two.title)
    if (owners_a or owners_b) and not meet(owners_a, owners_b):
        return False
    if a.places and b.places and not a.places & b.places:
        return False
    if not _one_site(a, b):
        return False
    goals = _GOAL.search(a.clause) and _GOAL.search(b.clause) and len(a.words & b.words) >= 2
    told = goals and not (a.places and b.places) and changed(two) == 1.0
    if a.flow and a.places != b.places and not (replaced or told):
        return False
    return replaced or _periods_fit(a, b, near) or _this_year(a, b, one, two)


def _one_site(a: Figure, b: Figure) -> bool:
    """No two places? Of jobs and cars, those of a town are only a part of those of a country."""
    here, there = sites(a.clause), sites(b.clause)
    if a.flow or a.quantity.noun == "people":
        here, there = here | a.places, there | b.places
    return not (here and there) or bool(here & there)


def _same_part(a: Figure, b: Figure, one: Claim, two: Claim) -> bool:
    """Do both numbers cover the same part of the whole, and is none the result of the other?"""
    models = [named(find_names(side.text), ("model",)) for side in (one, two)]
    owners = (a.owners or one.all_names) & (b.owners or two.all_names)
    if not scopes_fit(a.scope, b.scope, a.measure or b.measure, owners, meet(*models)):
        return False
    planned = _GOAL.search(one.text if a.mate else a.clause)
    return not (planned and not _GOAL.search(b.clause) and _result(b, two))


def _result(figure: Figure, side: Claim) -> bool:
    """Is it what came of a goal: a count of a period that is over, money that was spent?"""
    over = any(m.period.end < side.day for m in figure.periods)
    return (figure.measure in _RESULTS and over) or bool(_DONE.search(figure.clause))


def _unit(quantity: Quantity) -> str:
    """A third and 33 percent can be told apart."""
    return "percent" if quantity.kind == "percent" else quantity.unit


def _this_year(a: Figure, b: Figure, one: Claim, two: Claim) -> bool:
    """Goals without a period, raised or lowered within the year that the other names?"""
    if not (_GOAL.search(one.text) and _GOAL.search(two.text)):
        return False
    spoken, day = (a.periods, two.day) if not b.periods else (b.periods, one.day)
    if a.periods and b.periods:
        return False
    return one.day.year == two.day.year and (
        not spoken or any(m.period.start <= day <= m.period.end for m in spoken)
    )


_GOAL = re.compile(
    r"\b(?:goals?|targets?|expects?|forecasts?|guidance|plans?|aims?|wants?|outlook|hopes?|will)\b",
    re.IGNORECASE,
)


_DONE = re.compile(
    r"\b(?:ha(?:s|ve) (?:already |now |so far )?(?:put|invested|spent|paid|bought|sold|built|produced"
    r"|delivered|made))\b",
    re.IGNORECASE,
)


def _to_come(figure: Figure, side: Claim) -> bool:
    return any(m.period.end > side.day for m in figure.periods)


def _one_of_many(figure: Figure, side: Claim) -> bool:
    """Is it one of several numbers of the same measure and owner, ends of a range aside?"""
    q = figure.quantity
    same = [
        f
        for f in side.figures
        if f is not figure
        and f.quantity is not figure.mate
        and (f.quantity.kind, f.quantity.unit, f.measure) == (q.kind, q.unit, figure.measure)
        and f.owners == figure.owners
        and not f.former
        and not f.extra
        and f.near >= figure.near
        and (not f.periods or not figure.periods or _periods_fit(f, figure, near=True))
    ]
    return bool(same)


def _beside(former: Figure, figure: Figure) -> bool:
    """Do "from 3 billion" and "to 5.5 billion" stand for the same thing?"""
    p, q = former.quantity, figure.quantity
    dated = former.flow or figure.flow
    return (p.kind, p.unit) == (q.kind, q.unit) and not dated


def _same_period(a: Figure, b: Figure) -> bool:
    return bool(a.periods and b.periods) and _periods_fit(a, b, near=False)


def _periods_fit(a: Figure, b: Figure, near: bool) -> bool:
    if a.periods and b.periods:
        return any(
            m.period.start <= n.period.end
            and n.period.start <= m.period.end
            and (m.period.grain == n.period.grain or not a.flow)
            for m in a.periods
            for n in b.periods
        )
    return near or not a.flow
