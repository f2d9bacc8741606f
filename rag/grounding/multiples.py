"""Multiples in words: "doubled", "twice as many", "three times the share", "halved", "fourfold"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from rag.grounding.quantity import Quantity, find_quantities
from rag.grounding.units import WORDS

_VERBS = {"doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "quadrupl": 4.0, "quintupl": 5.0, "halv": 0.5}
_COUNT = "|".join(w for w in WORDS if w not in ("zero", "one"))
_MULTIPLE = re.compile(
    r"\b(?:(?P<verb>doubl|tripl|trebl|quadrupl|quintupl|halv)(?:e|es|ed|ing)\b"
    r"(?!-?(?:deck|check|edged|digit|whamm|stand|bed))"
    r"|(?P<twice>twice)(?! a\b)|(?P<half>half)(?= (?:as|what)\b)"
    rf"|(?P<count>{_COUNT}|\d+(?:\.\d+)?) times(?= (?:as|the|that|its|their|what|more|less|fewer"
    r"|higher|larger|bigger|lower|smaller|those)\b)"
    rf"|(?P<fold>{_COUNT}|\d+)-?fold\b)"
    r"|\b(?P<by>fell|fallen|drop(?:s|ped)?|cut|reduced|declined|down|lowered|shrank) by (?:a |one )?half\b",
    re.IGNORECASE,
)
# "nearly twice" and "1.9 times" are told of the same pair of figures.
_SLACK = 0.1


@dataclass(frozen=True, slots=True)
class Multiple:
    """`text[start:end]` says that something is `factor` times another, or became so (`change`)."""

    start: int
    end: int
    surface: str
    factor: float
    change: bool


def find_multiples(text: str) -> tuple[Multiple, ...]:
    """The multiples of `text` in order; "double-decker" and "twice a day" are none."""
    return tuple(_read(match) for match in _MULTIPLE.finditer(text))


def _read(match: re.Match[str]) -> Multiple:
    verb, count = match["verb"], match["count"] or match["fold"]
    if count:
        factor = WORDS[count.lower()] if count.lower() in WORDS else float(count)
    elif verb:
        factor = _VERBS[verb.lower()]
    else:
        factor = 2.0 if match["twice"] else 0.5
    # "Double the share" compares; so does "twice", while "doubled" tells of a change.
    compares = (verb or "").lower() and match.group().lower().endswith("e")
    change = bool((verb and not compares) or match["fold"] or match["by"])
    return Multiple(*match.span(), match.group(), factor, change)


def other_multiple(sentence: str, quotes: Sequence[str]) -> str | None:
    """In words, a multiple that is in no quote nor follows from two of their figures, else None."""
    ours = find_multiples(sentence)
    if not ours:
        return None
    theirs = [multiple for quote in quotes for multiple in find_multiples(quote)]
    figures = [q for quote in quotes for q in find_quantities(quote) if q.kind != "date"]
    for one in ours:
        if not any(_agree(one, other) for other in theirs) and not _follows(one, figures):
            return f"{one.surface} is in none of the quotes"
    return None


def _agree(one: Multiple, other: Multiple) -> bool:
    if one.factor == other.factor:
        return True
    # "It cost half as much before" where the quotes say "it doubled": seen from the other side.
    return not one.change and one.factor * other.factor == 1


def _follows(one: Multiple, figures: Sequence[Quantity]) -> bool:
    """Is there a figure so many times another, of one kind and unit, or a share that means it?"""
    if one.factor < 1 and any(
        q.kind == "percent" and abs(q.value - 100 * one.factor) < 1 for q in figures
    ):
        return True
    if one.factor == 2 and any(q.kind == "percent" and q.value in (50, 100) for q in figures):
        return True
    values: dict[tuple[str, str], list[float]] = {}
    for q in figures[:40]:
        values.setdefault((q.kind, q.unit), []).append(q.value)
    # A change has a direction that the order of the figures does not tell: either order counts.
    return any(
        b and abs(a / b / one.factor - 1) <= _SLACK
        for group in values.values()
        for a, b in permutations(group, 2)
    )
