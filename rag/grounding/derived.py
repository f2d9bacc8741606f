"""Figures that stand in no quote but follow from it: differences, shares, changes in per cent."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.grounding.quantity import Quantity

_LESS = re.compile(r"(?: \w+)? (?:less|more|fewer|higher|lower|cheaper|dearer)\b")
_BY = re.compile(r"\bby (?:about |some |another |only )?$", re.IGNORECASE)
_DOWN = re.compile(
    r"\b(?:less|fewer|lower|below|cheaper|smaller|shorter|lighter|down|f[ae]ll(?:s|en|ing)?|drop\w*"
    r"|declin\w*|cut|discount|reduc\w*|lost|los[es]\w*|decreas\w*)\b",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:more|higher|above|dearer|bigger|larger|longer|heavier|up|r[io]se\w*|rising|gr[eo]w\w*"
    r"|increas\w*|jump\w*|climb\w*|gain\w*|surg\w*|premium|over)\b",
    re.IGNORECASE,
)
# "11 %" may be 11.05 or 10.6 %, "a third" also 32 %.
_ROUNDED, _ROUGHLY = 0.05, 0.06


def single(needed: Quantity, source: str) -> bool:
    """ "One day after" where the quotes say "a day after", "within a year" for "on the year"."""
    words = re.fullmatch(r"(?:an?|one) (\w+)", needed.surface, re.IGNORECASE)
    return bool(
        words
        and needed.unit
        and re.search(rf"\b(?:an?|one|per|last|previous) {words[1]}\b", source, re.IGNORECASE)
    )


def difference(needed: Quantity, sentence: str, figures: Sequence[Quantity]) -> bool:
    """ "8,000 less" where the quotes give both prices."""
    by = _BY.search(sentence, max(0, needed.start - 20), needed.start)
    if not by and not _LESS.match(sentence, needed.end):
        return False
    values: dict[tuple[str, str], set[float]] = {}
    for q in figures:
        values.setdefault((q.kind, q.unit), set()).add(q.value)
    return any(
        value + needed.value in group
        for (kind, unit), group in values.items()
        if not needed.unit or (kind, unit) == (needed.kind, needed.unit)
        for value in group
    )


def share(needed: Quantity, figures: Sequence[Quantity]) -> bool:
    """ "Sixty buses" where the quotes speak of half of 120."""
    if needed.unit == "fraction":
        return False
    parts = {q.value / 100 for q in figures if q.unit == "fraction"}
    wholes = {q.value for q in figures if (q.kind, q.unit) == (needed.kind, needed.unit)}
    return any(needed.value / part in wholes for part in parts if part)


def ratio(needed: Quantity, sentence: str, figures: Sequence[Sequence[Quantity]]) -> bool:
    """ "11 % less" or "half of it", where two figures of one sentence of the quotes make it so.

    `figures` are those of each sentence of the quotes. Only neighbours of one unit are compared.
    """
    if needed.kind != "percent":
        return False
    near = sentence[max(0, needed.start - 40) : needed.end + 25]
    down, up = bool(_DOWN.search(near)), bool(_UP.search(near))
    for one, two in _neighbours(figures):
        small, large = sorted((one.value, two.value))
        if not small or small == large:
            continue
        found = {100 * small / large}
        if down:
            found = {100 * (1 - small / large)}
        if up:
            found = {100 * (large / small - 1)} | (found if down else set())
        if any(abs(needed.value - value) <= _slack(needed) for value in found):
            return True
    return False


def _neighbours(figures: Sequence[Sequence[Quantity]]) -> Iterator[tuple[Quantity, Quantity]]:
    for sentence in figures:
        groups: dict[tuple[str, str], list[Quantity]] = {}
        for q in sentence:
            if q.kind == "money" or (q.kind == "number" and q.unit != "ordinal" and q.value >= 5):
                groups.setdefault((q.kind, q.unit), []).append(q)
        for group in groups.values():
            for one, two in pairwise(group):
                if one.noun == two.noun or not (one.noun and two.noun):
                    yield one, two


def _slack(needed: Quantity) -> float:
    if needed.unit == "fraction" or needed.relation in ("about", "nearly"):
        return _ROUGHLY * needed.value
    return 0.5 * needed.step + 1e-9
