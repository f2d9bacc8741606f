"""Do two claims give different numbers for the same thing?"""

import re
from dataclasses import dataclass

from rag.claims import Claim
from rag.facts import same_quantity
from rag.figures import Figure
from rag.quantity import Quantity
from rag.subjects import plain_words


@dataclass(frozen=True, slots=True)
class Differing:
    """What differs: the words of either side, and whether the later names the former value.

    `about` is a measure, "date", "state" (called off or taken up again) or "denial".
    """

    about: str
    earlier: str
    later: str
    replaced: bool = False


def elsewhere(one: Claim, two: Claim) -> bool:
    """Do both sentences name things of their own, and none that the other report names?"""
    if not one.proper or not two.proper:
        return False
    mine = one.proper | set(_CAPITAL.findall(one.title))
    theirs = two.proper | set(_CAPITAL.findall(two.title))
    return not (mine & two.proper or theirs & one.proper)


_CAPITAL = re.compile(r"[A-Z][\w-]*[a-z0-9]")


def differing_numbers(one: Claim, two: Claim, near: bool) -> Differing | None:
    """The first pair of numbers that can't both hold; `near` for reports of the same days.

    The measure, unit, owner, place and period must fit, and the clauses share words. Where the
    later report names the former value itself ("from 3 billion to 5.5"), less is asked for.
    """
    for a in one.figures:
        if a.former or a.quantity.soft or a.extra or _one_of_many(a, one):
            continue
        repeated = [b for b in two.figures if _agree(a, b)]
        for b in two.figures:
            if b.former or b.quantity.soft or b.extra or _agree(a, b):
                continue
            if any(_agree(b, other) for other in one.figures):
                continue
            replaced = any(r.former and _beside(r, b) for r in repeated)
            if repeated and not replaced:
                continue
            if not _comparable(one, two, a, b, near, replaced):
                continue
            if _alike(a, b, one, two, near, replaced) and (replaced or not _one_of_many(b, two)):
                return Differing(
                    b.measure or a.measure, a.quantity.surface, b.quantity.surface, replaced
                )
    return None


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


def _alike(a: Figure, b: Figure, one: Claim, two: Claim, near: bool, replaced: bool) -> bool:
    """Do the clauses around both numbers speak of the same?"""
    # The word for the measure itself ("invest") says little.
    shared = len((a.words & b.words) - plain_words(f"{a.measure} {b.measure} {_COMMON}"))
    if replaced:
        return bool((a.words | one.head) & (b.words | two.head))
    same_head = len(one.head & two.head) >= 2 and a.near and b.near and a.measure in _OF_A_SITE
    return shared >= (1 if near or same_head else 2)


_COMMON = "invest spend spending put create build dollars money job cost price sell deliver produce"
_OF_A_SITE = ("jobs", "capacity")


def _agree(a: Figure, b: Figure) -> bool:
    """Do the two numbers fit each other: same, rounded, inside a range or beyond a bound?"""
    p, q = a.quantity, b.quantity
    if same_quantity(p, q) or same_quantity(q, p):
        return True
    if p.kind != q.kind or p.unit != q.unit:
        return False
    if _bounded(p, q) or _bounded(q, p):
        return True
    return _inside(a, q) or _inside(b, p)


def _bounded(p: Quantity, q: Quantity) -> bool:
    """ "more than 50" and 53; "up to 100" and 80: near the bound and on its right side."""
    ratio = q.value / p.value if p.value else 0.0
    if p.relation in ("over", "least"):
        return 1.0 <= ratio <= 1.15
    if p.relation in ("under", "most", "nearly"):
        return 0.9 <= ratio <= 1.0
    return p.relation == "about" and 0.93 <= ratio <= 1.07


def _inside(figure: Figure, other: Quantity) -> bool:
    if figure.mate is None:
        return False
    low, high = sorted((figure.quantity.value, figure.mate.value))
    return low <= other.value <= high


def _comparable(one: Claim, two: Claim, a: Figure, b: Figure, near: bool, replaced: bool) -> bool:
    p, q = a.quantity, b.quantity
    if (p.kind, p.unit) != (q.kind, q.unit) or (p.noun and q.noun and p.noun != q.noun):
        return False
    if p.per and q.per and p.per != q.per:
        return False
    if not replaced and (a.measure != b.measure or not a.measure or a.terms != b.terms):
        return False
    owners_a = a.owners or one.all_names
    owners_b = b.owners or two.all_names
    if (owners_a or owners_b) and not owners_a & owners_b:
        return False
    if a.places != b.places and (a.flow or (a.places and b.places and not a.places & b.places)):
        return False
    if not replaced and not a.flow and elsewhere(one, two):
        return False
    return replaced or _periods_fit(a, b, near)


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
