"""Who did what to whom, and which figure belongs to whom: are they swapped?"""

import re
from collections.abc import Sequence

from corpus.names import find_names
from rag.grounding.facts import same_quantity
from rag.grounding.phrases import concepts, content
from rag.grounding.quantity import Quantity, find_quantities

# Verbs between two that can be turned round.
_VERBS = frozenset(
    content(word)
    for word in "sell buy overtake accuse sue replace beat supply own back join invest pay deliver "
    "lead leave support oppose reject outdo recruit claim win lose acquire merge owe urge criticise "
    "license lend hand transfer impose tax ban banned".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_ACTORS = ("company", "person", "place")
_ATTRIBUTION = re.compile(
    r"\baccording to(?: [A-Z][\w.-]*)+"
    r"|^[A-Z][\w.-]*(?: [A-Z][\w.-]*)* (?:says?|said|reports?|reported)(?: that)?\b"
    r"|,? [A-Z][\w.-]*(?: [A-Z][\w.-]*)* (?:says?|said|reported)(?=[.,])"
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\b[^.;]*\bby\b", re.IGNORECASE)


def swapped_figures(sentence: str, quotes: Sequence[str]) -> str | None:
    """Two figures of the sentence that the quotes give to each other's neighbours, in words."""
    source = " ".join(quotes)
    ours = [(q, _around(sentence, q)) for q in find_quantities(sentence) if not q.soft]
    theirs = [(q, _around(source, q)) for q in find_quantities(source) if not q.soft]
    for i, (one, near_one) in enumerate(ours):
        for other, near_other in ours[i + 1 :]:
            if (one.kind, one.unit) != (other.kind, other.unit) or near_one == near_other:
                continue
            first = [near for q, near in theirs if _same(one, q)]
            second = [near for q, near in theirs if _same(other, q)]
            if len(first) != 1 or len(second) != 1 or first == second:
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
        (m.end() for m in _CUT.finditer(text, 0, quantity.start)),
        default=0,
    )
    after = _CUT.search(text, quantity.end)
    right = after.start() if after else len(text)
    piece = text[left : quantity.start] + " " + text[quantity.end : right]
    named = frozenset(name.canonical for name in find_names(piece))
    return named | {word for word in concepts(piece) if not word.isdigit()}


_CUT = re.compile(
    r"[;.!?](?=\s|$)|,(?!\d)|\b(?:and|while|whereas|but|against|(?<!-)after)\b", re.IGNORECASE
)


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    return len(one & other)


def swapped_names(sentence: str, quotes: Sequence[str]) -> str | None:
    """Two names that stand on the other side of the same verb in the quotes, in words."""
    ours = _sides(sentence)
    theirs: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for quote in quotes:
        for piece in re.split(r"(?<=[.!?])\s+", quote):
            for verb, sides in _sides(piece).items():
                theirs.setdefault(verb, sides)
    for verb, (before, after) in ours.items():
        if verb not in theirs:
            continue
        other_before, other_after = theirs[verb]
        if verb not in _VERBS:
            continue
        swapped_one = (before - after) & (other_after - other_before)
        swapped_two = (after - before) & (other_before - other_after)
        if swapped_one and swapped_two:
            one, two = min(swapped_one), min(swapped_two)
            return f"the quotes have {one} and {two} the other way round"
    return None


def _sides(text: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each content word: the names before and after it in the same sentence."""
    text = _ATTRIBUTION.sub(lambda m: " " * len(m.group()), text)
    names = [name for name in find_names(text) if name.kind in _ACTORS]
    names = [name for name in names if sum(n.kind == name.kind for n in names) > 1]
    if len({name.canonical for name in names}) < 2:
        return {}
    flip = bool(_PASSIVE.search(text))
    out: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for match in _WORD.finditer(text):
        if any(name.start <= match.start() < name.end for name in names):
            continue
        concept = content(match.group())
        if concept not in concepts(match.group()):
            continue
        before = frozenset(n.canonical for n in names if n.end <= match.start())
        after = frozenset(n.canonical for n in names if n.start >= match.end())
        # "tariffs imposed by the US" is turned without an "are", too
        turned = flip or text.startswith(" by ", match.end())
        out.setdefault(concept, (after, before) if turned else (before, after))
    return out
