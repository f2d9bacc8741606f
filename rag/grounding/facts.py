"""Do the numbers, dates and names of a sentence stand in its quotes?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.names import Name, find_names
from rag.grounding.dated import dated
from rag.grounding.multiples import find_multiples
from rag.grounding.phrases import COMMON, content
from rag.grounding.quantity import Quantity, find_quantities

# Every article here is about these, so a sentence may use the word when the quote says "car".
_GENERIC = frozenset({"EV", "NEV", "kWh", "MWh", "GWh", "kW", "MW", "GW", "battery swap", "ICE"})
# A narrower name allows the wider one.
_WIDER = {"Europe": {"European Union"}, "BEV": {"EV"}, "ZEV": {"EV"}}
# Endings of ordinary English nouns, verbs and adverbs; few names have them.
_SUFFIX = re.compile(r"(?:ing|ments?|ists?|ions?|ness|it(?:y|ies)|ly|ances?|ences?|ings|ship)$")
_STEMS = frozenset(content(word) for word in COMMON)
# What stands before the second of two figures whose unit is written once.
_BESIDES = re.compile(r"\b(?:from|of|against|than|versus|to)(?: (?:the|about|just|only))? $")
_NOT_SHARED = ("", "fraction", "minute", "day", "month", "ordinal")
_LESS = re.compile(r"(?: \w+)? (?:less|more|fewer|higher|lower|cheaper|dearer)\b")
# "At least" is no "up to".
_BOUNDS = ({"least", "most"}, {"over", "most"})


def missing_fact(sentence: str, quotes: Sequence[str], context: str) -> str | None:
    """One phrase for the first number, date or name that is in none of the quotes, else None."""
    source = " \n".join(quotes)
    figures = [*find_quantities(source), *(q for quote in quotes for q in with_units(quote))]
    multiples = [(m.start, m.end) for m in find_multiples(sentence)]
    for needed, bare in zip(with_units(sentence), find_quantities(sentence), strict=True):
        if needed.kind == "date" and needed.date:
            if not dated(needed.date, sentence, quotes, context):
                return f"the date {needed.surface} is in none of the quotes"
        elif needed.soft or any(start <= needed.start < end for start, end in multiples):
            continue
        elif not any(same_quantity(needed, q) or same_quantity(bare, q) for q in figures) and not (
            _single(needed, source)
            or _difference(needed, sentence, figures)
            or _share(needed, figures)
        ):
            return f"the number {needed.surface} is in none of the quotes"
    return _missing_name(sentence, source, context)


def with_units(text: str) -> list[Quantity]:
    """The quantities of `text`; "140" in "118 miles instead of 140" gets the unit before it."""
    out: list[Quantity] = []
    last: Quantity | None = None
    for q in find_quantities(text):
        bare = q.kind == "number" and not q.unit and not q.noun
        if bare and last and _BESIDES.search(text, max(0, q.start - 20), q.start):
            q = replace(q, kind=last.kind, unit=last.unit)
        elif q.kind == "money" or q.unit not in _NOT_SHARED:
            last = q
        out.append(q)
    return out


def _single(needed: Quantity, source: str) -> bool:
    """ "One day after" where the quotes say "a day after", "within a year" for "on the year"."""
    words = re.fullmatch(r"(?:an?|one) (\w+)", needed.surface, re.IGNORECASE)
    return bool(
        words
        and needed.unit
        and re.search(rf"\b(?:an?|one|per|last|previous) {words[1]}\b", source, re.IGNORECASE)
    )


def _difference(needed: Quantity, sentence: str, figures: Sequence[Quantity]) -> bool:
    """ "8,000 less" where the quotes give both prices."""
    if not _LESS.match(sentence, needed.end):
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


def _share(needed: Quantity, figures: Sequence[Quantity]) -> bool:
    """ "Sixty buses" where the quotes speak of half of 120."""
    if needed.unit == "fraction":
        return False
    parts = {q.value / 100 for q in figures if q.unit == "fraction"}
    wholes = {q.value for q in figures if (q.kind, q.unit) == (needed.kind, needed.unit)}
    return any(needed.value / part in wholes for part in parts if part)


def same_quantity(needed: Quantity, there: Quantity) -> bool:
    """Does a quote's number carry a sentence's number? Rounding is fine, precision is not added."""
    if "date" in (needed.kind, there.kind) or not _same_unit(needed, there):
        return False
    if needed.per and there.per and needed.per != there.per:
        return False
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
            return 0.93 <= ratio < 1.0
        case "over" | "least":
            return 1.0 < ratio <= 1.1
        case "under" | "most":
            return 0.9 <= ratio < 1.0
        case _:
            rounded = needed.step > there.step and abs(n - t) <= needed.step / 2
            return rounded and n / needed.step >= 10


def _same_unit(needed: Quantity, there: Quantity) -> bool:
    if needed.kind != there.kind:
        return False
    if needed.kind == "percent":
        return True
    if needed.unit != there.unit and not (
        needed.kind == "money" and (needed.unit in there.unit or there.unit in needed.unit)
    ):
        return False
    return not needed.noun or not there.noun or needed.noun == there.noun


def _missing_name(sentence: str, source: str, context: str) -> str | None:
    text = f"{source} \n{context}"
    there = {name.canonical for name in find_names(text)}
    words = _words(text)
    names = find_names(sentence)
    money = [(q.start, q.end) for q in find_quantities(sentence) if q.kind == "money"]
    for name in names:
        if any(start <= name.start < end for start, end in money):
            continue  # "Canadian dollars"
        if not _named(name, there, words):
            return f"the name {name.surface} is in none of the quotes"
    for surface in _other_names(sentence, names):
        if not all(_spelled(word, words) for word in re.findall(r"[\w’']+", surface)):
            return f"the name {surface} is in none of the quotes"
    return None


def _named(name: Name, there: set[str], words: set[str]) -> bool:
    if name.canonical in there or name.canonical in _GENERIC:
        return True
    if there & _WIDER.get(name.canonical, set()):
        return True
    if name.kind in ("technology", "policy") and name.surface[:1].islower():
        return all(_spelled(w, words) for w in re.findall(r"\w+", name.surface)) or (
            name.canonical in ("BEV", "ZEV") and bool({"electric", "battery"} & words)
        )
    if name.canonical == "BEV" and {"electric", "battery"} <= words:
        return True
    return all(_spelled(word, words) for word in re.findall(r"\w+", name.surface))


def _words(text: str) -> set[str]:
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    return words | {content(word) for word in words}


def _spelled(word: str, words: set[str]) -> bool:
    bare = re.sub(r"['’]s?$", "", word).casefold()
    return bare in words or content(bare) in words or bare.removesuffix("s") in words


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    opens: bool


def _other_names(sentence: str, known: Sequence[Name]) -> list[str]:
    """Capitalised words that are not in the list of names; the first word only when unusual."""
    taken = [(name.start, name.end) for name in known]
    taken += [(q.start, q.end) for q in find_quantities(sentence)]
    out = []
    for match in re.finditer(r"(?<!\w)(?:[^\W\d_][\w&’'.\-]*[\w]|[^\W\d_])", sentence):
        word = match.group()
        if not any(char.isupper() for char in word):
            continue
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        bare = re.sub(r"['’]s?$", "", word)
        before = sentence[: match.start()].rstrip(" \"'“‘(")
        opens = not before or before[-1] in ".!?:;"
        plain = bare[0].isupper() and bare[1:].islower()
        if (opens and plain and ordinary(bare)) or bare in (
            "I",
            "CEO",
            "CFO",
            "COO",
            "SUV",
            "SUVs",
        ):
            continue
        if len(bare) > 1 or not opens:
            out.append(bare)
    return [word for word in out if word not in ("A", "I")]


def ordinary(word: str) -> bool:
    """Is a capitalised word at the head of a sentence likely an ordinary one?"""
    lower = word.casefold()
    known = lower in COMMON or lower.removesuffix("s") in COMMON or content(lower) in _STEMS
    return known or "-" in word or bool(_SUFFIX.search(lower))
