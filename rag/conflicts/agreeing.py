"""Do two numbers fit each other, though they are not written alike?"""

from dataclasses import replace

from rag.conflicts.figures import Figure
from rag.grounding.facts import same_quantity
from rag.grounding.quantity import Quantity


def agree(a: Figure, b: Figure) -> bool:
    """Do the two numbers fit each other: same, rounded, inside a range or beyond a bound?"""
    p, q = a.quantity, b.quantity
    if same_quantity(p, q) or same_quantity(q, p):
        return True
    if p.kind != q.kind or p.unit != q.unit:
        return False
    if _bounded(p, q) or _bounded(q, p):
        return True
    return _inside(a, q) or _inside(b, p)


def same_value(a: Figure, former: Figure) -> bool:
    """Is the former value that of `a`? The "from" before it is no bound."""
    return same_quantity(a.quantity, replace(former.quantity, relation="exact"))


def _bounded(p: Quantity, q: Quantity) -> bool:
    """ "more than 50" and 53; "up to 100" and 80: near the bound and on its right side."""
    ratio = q.value / p.value if p.value else 0.0
    if p.relation == "least":
        return ratio >= 1.0
    if p.relation == "over":
        return 1.0 <= ratio <= 1.15
    if p.relation in ("under", "most", "nearly"):
        return 0.9 <= ratio <= 1.0
    return p.relation == "about" and 0.93 <= ratio <= 1.07


def _inside(figure: Figure, other: Quantity) -> bool:
    if figure.mate is None:
        return False
    low, high = sorted((figure.quantity.value, figure.mate.value))
    return low <= other.value <= high
