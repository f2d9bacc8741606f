"""Do the numbers, dates and names of a sentence stand in its quotes?"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.grounding.dated import dated
from rag.grounding.days import find_days
from rag.grounding.derived import apart, difference, part, ratio, roughly, share, single
from rag.grounding.multiples import find_multiples
from rag.grounding.named import missing_name
from rag.grounding.periods import find_periods
from rag.grounding.phrases import STOP, concepts, overlap, sentences
from rag.grounding.quantity import Quantity, find_quantities
from rag.grounding.units import UNITS

# What stands before the second of two figures whose unit is written once.
_BESIDES = re.compile(
    r"\b(?:from|of|against|than|versus|to|including|includes|plus|with)(?: (?:the|about|just|only))? $"
)
_ENDS = re.compile(
    r"[,;:.)!?]?(?:\s*$| (?:of|and|or|but|for|by|in|on|with|a year|before|last|this)\b)|[,;:.)]\s"
)
_NOT_SHARED = ("", "fraction", "minute", "day", "month", "ordinal")
_PARTS = {"cent": ("USD", "EUR", "CAD", "AUD", "HKD"), "pence": ("GBP",)}
# Share of the sentence's concepts in a sentence of the quotes whose figures are reckoned with.
_NEAR = 0.3
# "At least" is no "up to".
_BOUNDS = ({"least", "most"}, {"over", "most"})


def missing_fact(sentence: str, quotes: Sequence[str], context: str) -> str | None:
    """One phrase for the first number, date or name that is in none of the quotes, else None."""
    source = " \n".join(quotes)
    words = concepts(sentence)
    pieces = [piece for quote in quotes for piece in sentences(quote)]
    parts = [with_units(piece) for piece in pieces]
    near = [
        told
        for piece, told in zip(pieces, parts, strict=True)
        if overlap(words, concepts(piece)) >= _NEAR
    ]
    figures = [*find_quantities(source), *(q for quote in quotes for q in with_units(quote))]
    days = [*find_days(source), *find_days(context)]
    multiples = [(m.start, m.end) for m in find_multiples(sentence)]
    told = {(p.first, p.last) for quote in quotes for p in find_periods(quote)}
    periods = [p for p in find_periods(sentence) if (p.first, p.last) in told]
    ours = with_units(sentence)
    our_scales, scales = _scales(ours), _scales(figures)
    theirs = [q for quote in quotes for q in find_quantities(quote) if _alone(quote, q)]
    for needed, bare in zip(ours, find_quantities(sentence), strict=True):
        known = any(p.start < needed.end and needed.start < p.end for p in periods)
        if needed.kind == "date" and needed.date:
            # Of a period that the quotes name in other words only the year is left to find.
            day = replace(needed.date, month=0, day=0, part="") if known else needed.date
            if (day.year or not known) and not dated(day, sentence, quotes, context):
                return f"the date {needed.surface} is in none of the quotes"
        elif (
            known
            or needed.soft
            or any(s <= needed.start < e for s, e in multiples)
            or _of_a_name(needed, sentence, f"{source} {context}")
        ):
            continue
        elif not any(same_quantity(needed, q) or same_quantity(bare, q) for q in figures) and not (
            any(_left_out(q, needed, scales) for q in theirs)
            or (_alone(sentence, bare) and any(_left_out(bare, q, our_scales) for q in figures))
            or single(needed, source)
            or difference(needed, sentence, source, figures)
            or share(needed, figures)
            or ratio(needed, sentence, near)
            or part(needed, sentence, parts)
            or roughly(needed, figures)
            or apart(needed, sentence, days)
        ):
            return f"the number {needed.surface} is in none of the quotes"
    return missing_name(sentence, source, context)


def _of_a_name(figure: Quantity, sentence: str, known: str) -> bool:
    """Is it the "9" of "the Terra 9", where the quotes or the context name that?"""
    before = re.search(r"\b[A-Z][\w\-]* $", sentence[: figure.start])
    name = re.escape(before[0] + figure.surface) if before else ""
    return bool(name and re.search(rf"\b{name}\b", known))


def _scales(figures: Sequence[Quantity]) -> set[tuple[str, str, float]]:
    """What a text's figures are told in: kind, unit and size of each."""
    return {(q.kind, q.unit, _scale(q)) for q in figures if q.written}


def _scale(figure: Quantity) -> float:
    return float(f"{figure.value / figure.written:.6g}")


def _alone(text: str, figure: Quantity) -> bool:
    """Is a number written without anything that it counts or measures: "they wanted 14"?"""
    after = re.match(r"\s+([a-z]+)", text[figure.end : figure.end + 20])
    bare = figure.kind == "number" and not (figure.unit or figure.noun or figure.soft)
    return bare and figure.value == figure.written and (not after or after[1] in STOP)


def _left_out(bare: Quantity, full: Quantity, scales: set[tuple[str, str, float]]) -> bool:
    """Is it the other figure without its unit, where others of its text have that unit?"""
    same = bare.value == full.written and bare.per in ("", full.per)
    return same and (full.kind, full.unit, _scale(full)) in scales


def with_units(text: str) -> list[Quantity]:
    """The quantities of `text`; "140" in "118 miles instead of 140" gets the unit before it."""
    out: list[Quantity] = []
    last: Quantity | None = None
    for q in find_quantities(text):
        bare = q.kind == "number" and not q.unit and not q.noun and not q.soft
        shared = bare and last and _besides(text, q, last)
        if bare and out and out[-1].kind == "percent" and text[out[-1].end : q.start] == " to ":
            q = replace(q, kind="percent")  # "from 10 percent to 5"
        elif last and shared:
            size = _size(last)
            q = replace(q, kind=last.kind, unit=last.unit, value=q.value * size, step=q.step * size)
        elif q.kind == "money" or q.unit not in _NOT_SHARED:
            last = q
        out.append(q)
    return out


def _size(figure: Quantity) -> float:
    """The size of the unit that a figure is written in: 1,000 for "5 kW"."""
    words = re.findall(r"[A-Za-z/]+", figure.surface.lower())
    units = (" ".join(words[i:]) for i in range(len(words)))
    return next((UNITS[unit][1] for unit in units if unit in UNITS), 1.0)


def _besides(text: str, bare: Quantity, last: Quantity) -> bool:
    """Is a bare number told in the unit of the one before it: "446 km and 322"?"""
    if _BESIDES.search(text, max(0, bare.start - 20), bare.start):
        return True
    return bool(_ENDS.match(text, bare.end)) and (last.kind != "money" or bare.value >= 1000)


def same_quantity(needed: Quantity, there: Quantity) -> bool:
    """Does a quote's number carry a sentence's number? Rounding is fine, precision is not added."""
    if "date" in (needed.kind, there.kind) or not _same_unit(needed, there):
        return False
    if needed.per and there.per and needed.per != there.per:
        return False
    needed, there = _in_cents(needed, there), _in_cents(there, needed)
    n, t = needed.value, there.value
    fraction = "fraction" in (needed.unit, there.unit)
    slack = 1e-9 * max(abs(t), 1.0) + (1.5 if fraction and needed.unit != there.unit else 0.0)
    if {needed.relation, there.relation} in _BOUNDS:
        return False
    if abs(n - t) <= slack:
        return not (
            (needed.relation == "over" and there.relation in ("nearly", "under", "most"))
            or (needed.relation in ("nearly", "under") and there.relation in ("over", "least"))
        )
    ratio = t / n if n else 0.0
    match needed.relation:
        case "about":
            return 0.95 <= ratio <= 1.05
        case "nearly":
            return (0.9 if fraction else 0.93) <= ratio < 1.0
        case "over" | "least":
            return 1.0 < ratio <= 1.1
        case "under" | "most":
            return 0.9 <= ratio < 1.0
        case _:
            rounded = needed.step > there.step and abs(n - t) <= needed.step / 2
            return rounded and n / needed.step >= 10


def _in_cents(one: Quantity, other: Quantity) -> Quantity:
    """ "0.72 euros" as 72 where the other is told in cents."""
    if other.unit not in _PARTS or one.unit not in _PARTS[other.unit]:
        return one
    return replace(one, value=one.value * 100, step=one.step * 100, unit=other.unit)


def _same_unit(needed: Quantity, there: Quantity) -> bool:
    if needed.kind != there.kind:
        return False
    if needed.unit in _PARTS.get(there.unit, ()) or there.unit in _PARTS.get(needed.unit, ()):
        return True
    if needed.kind == "percent":
        return True
    if needed.unit != there.unit and not (
        needed.kind == "money" and (needed.unit in there.unit or there.unit in needed.unit)
    ):
        return False
    return not needed.noun or not there.noun or needed.noun == there.noun
