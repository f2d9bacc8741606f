"""Which figure belongs to whom: are two of them swapped?"""

import re
from collections.abc import Sequence

from corpus.names import find_names
from rag.grounding.facts import same_quantity
from rag.grounding.phrases import concepts
from rag.grounding.quantity import Quantity, find_quantities

_CUT = re.compile(
    r"[;.!?](?=\s|$)|,(?!\d)|\b(?:and|while|whereas|but|against|(?<!-)after)\b", re.IGNORECASE
)
# Share of what stands around a figure of the sentence that a quote must have around another
# figure, and by how much that must exceed what it has around the same one.
_OTHERS, _FARTHER = 0.7, 0.4


def swapped_figures(sentence: str, quotes: Sequence[str]) -> str | None:
    """Two figures of the sentence that the quotes give to each other's neighbours, in words."""
    source = " ".join(quotes)
    ours = [(q, _around(sentence, q)) for q in find_quantities(sentence) if not q.soft]
    theirs = [(q, _around(source, q)) for q in find_quantities(source) if not q.soft]
    known = [(q, near, [n for t, n in theirs if _same(q, t)]) for q, near in ours]
    known = [(q, near, places) for q, near, places in known if len(places) == 1]
    for i, (one, near_one, first) in enumerate(known):
        for other, near_other, second in known[i + 1 :]:
            if (one.kind, one.unit) != (other.kind, other.unit) or near_one == near_other:
                continue
            if sentence[one.end : other.start] in (" and ", " or "):
                continue  # the same is said of both
            if first == second:
                continue
            kept = _shared(near_one, first[0]) + _shared(near_other, second[0])
            crosses = (_shared(near_one, second[0]), _shared(near_other, first[0]))
            if sum(crosses) > kept and (min(crosses) > 0 or sum(crosses) - kept >= 3):
                return f"{one.surface} and {other.surface} belong to other things in the quotes"
    return None


def _same(one: Quantity, other: Quantity) -> bool:
    if one.date and other.date:
        return (one.date.year, one.date.month, one.date.day, one.date.part) == (
            other.date.year,
            other.date.month,
            other.date.day,
            other.date.part,
        )
    return same_quantity(one, other)


def _around(text: str, quantity: Quantity) -> frozenset[str]:
    """What stands in the same piece of the sentence as a figure: concepts and usual names."""
    left = max(
        (m.end() for m in _CUT.finditer(text, max(0, quantity.start - 300), quantity.start)),
        default=max(0, quantity.start - 300),
    )
    after = _CUT.search(text, quantity.end)
    right = after.start() if after else len(text)
    piece = text[left : quantity.start] + " " + text[quantity.end : right]
    named = frozenset(name.canonical for name in find_names(piece))
    return named | {word for word in concepts(piece) if not word.isdigit()}


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    return len(one & other)


def other_figure(sentence: str, quotes: Sequence[str]) -> str | None:
    """In words, that the quotes give what is told here another figure of the kind, else None."""
    theirs = [(q, _around(quote, q)) for quote in quotes for q in find_quantities(quote)]
    for ours in find_quantities(sentence):
        words = _around(sentence, ours)
        if ours.soft or len(words) < 3:
            continue
        mine, others = 0.0, 0.0
        surface = ""
        for q, near in theirs:
            share = _shared(words, near) / len(words)
            if _same(ours, q):
                mine = max(mine, share)
            elif _alike(ours, q) and share > others:
                others, surface = share, q.surface
        if mine and others >= _OTHERS and others - mine >= _FARTHER:
            return f"the quotes say {surface} of it, not {ours.surface}"
    return None


def _alike(one: Quantity, other: Quantity) -> bool:
    if one.date and other.date:
        return bool(one.date.day) == bool(other.date.day)
    return (one.kind, one.unit, one.noun) == (other.kind, other.unit, other.noun)
