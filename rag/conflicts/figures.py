"""The numbers of a sentence with what they measure, for whom, where and when.

A number belongs to the measure (`measures.toml`), the name and the period that stand nearest to
it in its clause; what is not clear is left out.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

from corpus.names import Name
from rag.conflicts.scope import Scope, find_scope, terms
from rag.conflicts.subjects import clause_at, content_words, is_former, looks_back, named
from rag.dates.periods import Mention
from rag.grounding.quantity import Quantity, find_quantities

_EXTRA = re.compile(
    r"\b(?:another|further|additional(?:ly)?|extra|more(?! than)|second|also|on top|half of"
    r"|adds?|adding|enough for|equivalent|in addition to|on top of|of (?:them|these|those|which|that)|among them|including|the rest|the part (?:of|for)|first (?:phase|stage|step))\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\bof (?:the (?:total|sum|money|amount)|this|that|it),? (?:about |around )?$", re.IGNORECASE
)
_WITH = re.compile(r"\bwith (?:the|an?) (?:\w+ )?$", re.IGNORECASE)  # says which, not how much
_BY = re.compile(r"\bby (?:about |around |nearly |some |roughly |up to )?$", re.IGNORECASE)

_SINCE = re.compile(r"\b(?:from|since)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it measures ("" if unclear), for whom, where and when.

    `former` marks a value that the sentence itself calls past; `extra` one that is only a part
    of or an addition to another. `mate` is the other end of a range.
    """

    quantity: Quantity
    measure: str
    near: bool
    flow: bool
    owners: frozenset[str]
    places: frozenset[str]
    periods: tuple[Mention, ...]
    clause: str
    former: bool
    extra: bool
    terms: frozenset[str]
    scope: Scope
    words: frozenset[str]
    mate: Quantity | None = None


@dataclass(frozen=True, slots=True)
class _Measure:
    name: str
    flow: bool
    units: frozenset[str]
    pattern: re.Pattern[str]


@cache
def _measures() -> tuple[_Measure, ...]:
    raw = tomllib.loads(files("rag.conflicts").joinpath("measures.toml").read_text("utf-8"))
    return tuple(
        _Measure(
            name,
            kind == "flow",
            frozenset(row["units"]),
            re.compile(rf"\b(?:{row['words']})\b", re.IGNORECASE),
        )
        for kind in ("flow", "state")
        for name, row in raw[kind].items()
    )


def find_figures(
    text: str,
    title: str,
    day: date,
    names: Sequence[Name],
    keys: frozenset[str],
    mentions: Sequence[Mention],
) -> tuple[Figure, ...]:
    """The figures of a sentence published on `day` under `title`, in order.

    `names` are those of the sentence, `keys` the ones that can own a number, `mentions` its
    periods.
    """
    quantities = [q for q in find_quantities(text) if q.kind != "date" and q.unit != "ordinal"]
    found = [_figure(q, quantities, text, title, day, names, keys, mentions) for q in quantities]
    for i in range(1, len(found)):
        before, after = found[i - 1], found[i]
        gap = text[before.quantity.end : after.quantity.start]
        if before.former and re.fullmatch(r"\s*(?:and|or|,)\s*", gap):
            found[i] = replace(after, former=True)
    return tuple(found)


def _figure(
    quantity: Quantity,
    others: Sequence[Quantity],
    text: str,
    title: str,
    day: date,
    names: Sequence[Name],
    keys: frozenset[str],
    mentions: Sequence[Mention],
) -> Figure:
    left, right = clause_at(text, quantity.start, quantity.end)
    clause = text[left:right]
    close = _measure(quantity, text, left, right)
    measure = close or _measure(quantity, text, 0, len(text)) or _titled(quantity, title)
    # The day of the announcement is not the period of the number.
    spoken = [m for m in mentions if m.period.grain not in ("day", "week")]
    head = text[max(left, quantity.start - 40) : quantity.start]
    tail = text[quantity.end : min(right, quantity.end + 25)]
    return Figure(
        quantity=quantity,
        measure=measure.name if measure else "",
        near=close is not None,
        flow=measure.flow if measure else False,
        owners=_owners(quantity, others, names, left, right, keys),
        places=named([n for n in names if left <= n.start < right], ("place",)),
        periods=tuple(m for m in spoken if left <= m.start < right) or _nearest(spoken, quantity),
        clause=clause,
        former=bool(
            is_former(text, quantity.start, quantity.end)
            or looks_back(clause)
            or (measure and not measure.flow and _long_ago(mentions, text, left, right, day))
        ),
        extra=bool(
            _BY.search(head)
            or _WITH.search(head)
            or _PART.search(text[: quantity.start])
            or (_EXTRA.search(head) and not (measure and measure.name == "tariff"))
            or _EXTRA.search(tail)
        ),
        terms=terms(clause),
        scope=find_scope(clause, text, title),
        words=content_words(_blanked(text, others)[left:right], names),
        mate=_mate(quantity, others, text),
    )


def _nearest(mentions: Sequence[Mention], quantity: Quantity) -> tuple[Mention, ...]:
    """The one period that stands nearest to a number, if there is any."""
    near = sorted(mentions, key=lambda m: max(m.start - quantity.end, quantity.start - m.end))
    return tuple(near[:1])


def _blanked(text: str, quantities: Sequence[Quantity]) -> str:
    """`text` with its numbers and units as blanks, offsets kept."""
    for q in quantities:
        text = text[: q.start] + " " * (q.end - q.start) + text[q.end :]
    return text


def _long_ago(mentions: Sequence[Mention], text: str, left: int, right: int, day: date) -> bool:
    """Does the clause name a day, week or month that ended well before the report?

    What holds "from January" or "since May" still holds.
    """
    return any(
        left <= m.start < right
        and m.period.grain in ("day", "week", "month")
        and (day - m.period.end).days > 20
        and not _SINCE.search(text[: m.start])
        for m in mentions
    )


def _mate(quantity: Quantity, others: Sequence[Quantity], text: str) -> Quantity | None:
    for other in others:
        first, second = sorted((quantity, other), key=lambda q: q.start)
        gap = text[first.end : second.start] if other is not quantity else "."
        if re.fullmatch(r"\s*(?:to|and|[-–—])\s*", gap) and first.value < second.value:
            lead = text[max(0, first.start - 12) : first.start].lower()
            if " to" in gap or gap.strip() in "-–—" or "between" in lead:
                return None if lead.endswith("from ") else other
    return None


def _measure(quantity: Quantity, text: str, left: int, right: int) -> _Measure | None:
    """The measure whose word stands nearest to the number, if one fits its unit."""
    unit = _unit(quantity)
    best: tuple[int, int, _Measure] | None = None
    for order, measure in enumerate(_measures()):
        if not (unit & measure.units):
            continue
        for match in measure.pattern.finditer(text, left, right):
            if match.start() >= quantity.end:
                gap = match.start() - quantity.end
            else:
                gap = max(0, quantity.start - match.end())
            if best is None or (gap, order) < best[:2]:
                best = (gap, order, measure)
    return best[2] if best else None


def _titled(quantity: Quantity, title: str) -> _Measure | None:
    """The measure that the title names, where the sentence names none."""
    unit = _unit(quantity)
    return next((m for m in _measures() if unit & m.units and m.pattern.search(title)), None)


def _unit(quantity: Quantity) -> frozenset[str]:
    if quantity.kind != "number":
        return frozenset({quantity.kind})
    if quantity.unit:
        return frozenset({quantity.unit})
    if quantity.noun in ("people", "plant", "model"):
        return frozenset(
            {quantity.noun, "count"} - ({"count"} if quantity.noun == "people" else set())
        )
    return frozenset({"count", quantity.noun or "count"})


def _owners(
    quantity: Quantity,
    others: Sequence[Quantity],
    names: Sequence[Name],
    left: int,
    right: int,
    keys: frozenset[str],
) -> frozenset[str]:
    """The names in the clause that the number belongs to: those before it, since the last one."""
    left = max([left, *(q.end for q in others if left <= q.end <= quantity.start)])
    near = [n for n in names if left <= n.start < right and n.canonical in keys]
    before = [n for n in near if n.end <= quantity.start]
    if before or near:
        return frozenset(n.canonical for n in before or near[:1])
    earlier = {n.canonical for n in names if n.end <= left and n.canonical in keys}
    return frozenset(earlier) if len(earlier) == 1 else frozenset()
