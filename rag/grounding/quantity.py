"""Numbers in a text as values: magnitudes, per cent, money, units, dates and years.

`1.8 million`, `1,800,000` and `1.8M` are the same value; `16 GWh` and `16,000 MWh` too, but not
`16 MWh`. Units of one family (Wh, W, minutes, months) are brought to one scale; miles are not
turned into kilometres, nor one currency into another.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from corpus.names import find_names
from rag.grounding.approximate import Relation, relation
from rag.grounding.days import Day, blank, find_days
from rag.grounding.fractions import Part, find_parts
from rag.grounding.units import CURRENCIES, MAGNITUDES, NOUNS, SIGNS, UNITS, WORDS

QuantityKind = Literal["number", "percent", "money", "date"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or date in a text: `text[start:end] == surface`.

    `value` has its magnitude applied and is in the base unit of `unit` (per cent as written);
    `step` is the size of the last digit written, so `1.81 million` has a step of 10,000;
    `written` is the number without its magnitude and unit, 1.81.
    `noun` says what a bare count counts ("vehicle", "people"), "" when not known. `soft` marks
    small numbers that also follow from the text ("the two companies", "one of"). The ends of a
    range ("5 to 7 percent") are two quantities. `per` is the base of a rate ("980 yuan a month"). A date has `date` and no value.
    """

    start: int
    end: int
    surface: str
    kind: QuantityKind
    value: float = 0.0
    step: float = 1.0
    written: float = 0.0
    unit: str = ""
    noun: str = ""
    relation: Relation = "exact"
    per: str = ""
    soft: bool = False
    date: Day | None = None


def _options(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_WORD = _options(WORDS)
# "Two bad weeks", but not "two last week" nor "two cars weeks ago".
_ADJECTIVE = (
    r"(?!(?:and|or|in|of|to|per|at|by|for|the|this|last|next|an?|on|as|is|was|are|were|with|from"
    rf"|times|than|square|cubic|{_options(NOUNS)}|{_options(WORDS)})[ ])(?-i:[a-z]+)"
)
_NUMBER = re.compile(
    rf"(?<![\w.,$€£])(?:(?P<sign>{_options(SIGNS)})[ ]?)?"
    r"(?:(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?!\d)"
    rf"|(?P<words>(?:{_WORD})(?:-(?:{_WORD}))?(?:[ -]and[ -]a[ -]half)?|a half|half a|an?|several)"
    r"(?![\w]))"
    rf"(?:[ -]?(?P<size>(?:(?:hundred|thousand)s?[ ](?=thousand|million|billion))?"
    rf"(?:{_options(m for m in MAGNITUDES if len(m) > 1)})s?(?![\w])"
    r"|(?<=\d)(?:[kmMbBK])(?!\w)))?"
    r"(?:[ \-\u00a0]?(?:(?P<percent>%|percentage[ -]points?|per ?cent\b|pct\b|pp\b)"
    rf"|(?P<money>{_options(CURRENCIES)})(?!\w| ?\d|['’]t)|(?P<unit>{_options(UNITS)})(?!\w))"
    rf"|[ ]{_ADJECTIVE}[ ](?P<far>{_options(u for u in UNITS if len(u) > 3)})(?!\w))?",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"(?:[ ][\w\-]+){0,4}?[ ](?:an?|per|each|every)[ ]"
    r"(?P<per>year|quarter|month|week|day|hour|tonne|ton|kilogram|mile|kilomet(?:re|er)|kwh|mwh|kilowatt|megawatt)\b",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\b(?:within|in|for|over|under|than|about|almost|nearly|after|half|only|just|takes?|lasts?)"
    r" #an? (?:hour|day|week|month|year|decade)\b(?! (?:ago|earlier|before|later|on year|and))|"
    r"#an? (?:(?:week|month|decade) (?:before|after)\b|year to \d|decade)",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?:[ -](?!(?:and|or|in|to|at|by|for|with|from|on|of|a|an|per|that|who|which|were|was|are|is"
    r"|will|would|than|a|it|as|but|while|when|last|next|this|before|after)\b)[A-Za-z'\-]+){1,4}"
)
_ORDINAL = re.compile(
    r"(?<![\w-])(?:(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
    r"|(?P<digits>\d+)(?:st|nd|rd|th)|(?:number|no\.) ?(?P<place>two|three|four|five|[2-9])(?! ?[%\d]))"
    r"(?!\w|-hand)",
    re.IGNORECASE,
)
_RANKS = "second third fourth fifth sixth seventh eighth ninth tenth".split()
_HYPHENED = re.compile(r"[A-Za-z]-")
_MORE = re.compile(r" more(?=[.,;]|$)")
_JOIN = re.compile(r"\s?(?:to|and|or|[-–—])\s?(?:(?:about|around|roughly|some)\s)?")


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every number and date in `text`, in order; digits of names ("Model 3") are no numbers."""
    return _find(text)


@lru_cache(maxsize=4096)
def _find(text: str) -> tuple[Quantity, ...]:
    named = [name for name in find_names(text) if any(map(str.isdigit, name.surface))]
    days = find_days(blank(text, [(name.start, name.end) for name in named]))
    found = [Quantity(d.start, d.end, text[d.start : d.end], "date", date=d) for d in days]
    taken = [(name.start, name.end) for name in named] + [(q.start, q.end) for q in found]
    rest = blank(text, taken)
    parts = [_part(part, text) for part in find_parts(rest)]
    rest = blank(rest, [(q.start, q.end) for q in parts])
    ranks = [_rank(match) for match in _ORDINAL.finditer(rest)]
    rest = blank(rest, [(q.start, q.end) for q in ranks])
    numbers: list[Quantity] = []
    for match in _NUMBER.finditer(rest):
        # "5bn" in "$3bn-$5bn" is a number, "150" in "F-150" is none.
        start = match.start()
        hyphened = _HYPHENED.fullmatch(rest[max(0, start - 2) : start])
        if hyphened and not (numbers and numbers[-1].end == start - 1):
            continue
        if (number := _number(match, text)) is not None:
            numbers.append(number)
    return tuple(sorted([*found, *parts, *ranks, *_shared(numbers, text)], key=lambda q: q.start))


def _part(part: Part, text: str) -> Quantity:
    kind: QuantityKind = "percent" if part.unit == "fraction" else "number"
    surface, how = text[part.start : part.end], relation(text, part.start, part.end)
    step = 0.1 if kind == "number" else 1.0
    return Quantity(
        part.start, part.end, surface, kind, part.value, step, unit=part.unit, relation=how
    )


def _rank(match: re.Match[str]) -> Quantity:
    word = (match["word"] or "").lower()
    place = (match["place"] or "").lower()
    value = float(_RANKS.index(word) + 2 if word else match["digits"] or WORDS.get(place) or place)
    return Quantity(match.start(), match.end(), match.group(), "number", value, unit="ordinal")


def _number(match: re.Match[str], text: str) -> Quantity | None:
    size = math.prod(MAGNITUDES[_singular(word)] for word in (match["size"] or "").split())
    digits, words = match["digits"], (match["words"] or "").lower()
    measured = match["sign"] or match["percent"] or match["money"] or match["unit"] or match["far"]
    if digits:
        plain = re.sub(r"[,\u00a0\u202f]", "", digits)
        value = float(plain)
        step = 10.0 ** -len(plain.partition(".")[2])
    else:
        step = 1.0
        if words in ("a", "an"):
            # "a million" is a number, "within a year" too, "a year ago" and "5,000 a year" are not.
            if size == 1.0 and not _LASTS.search(
                f"{text[max(0, match.start() - 20) : match.start()]}#{text[match.start() :]}"
            ):
                return None
            value = 1.0
        elif words in ("half a", "a half"):
            value, step = 0.5, 0.1
            if not (match["size"] or match["unit"]):
                return None
        elif words == "several":
            if not match["size"]:
                return None
            value = 0.0
        else:
            half = re.search(r"[ -]and[ -]a[ -]half$", words)
            value = sum(WORDS[word] for word in words[: half.start() if half else None].split("-"))
            value, step = (value + 0.5, 0.1) if half else (value, 1.0)
    kind, unit, scale = _measure(match)
    start, end = match.span()
    before = text[:start].lower()
    noun = _noun(text, end) if kind == "number" and not unit else ""
    soft = (not digits and not match["size"] and not measured) and (
        words in ("zero", "one") or before.endswith(("the ", "these ", "those ", "both "))
    )
    return Quantity(
        start,
        end,
        text[start:end],
        kind,
        value * size * scale,
        step * size * scale,
        value,
        unit if words != "several" else f"{unit} several {match['size']}".strip().lower(),
        noun,
        relation(text, start, end),
        _per(text, end),
        soft,
    )


def _measure(match: re.Match[str]) -> tuple[QuantityKind, str, float]:
    """Kind, unit and the unit's size of a matched number."""
    if match["percent"]:
        return "percent", "", 1.0
    if match["money"] or match["sign"]:
        code = CURRENCIES[match["money"].lower()] if match["money"] else ""
        return "money", code or SIGNS[match["sign"].lower()], 1.0
    if word := match["unit"] or match["far"]:
        family, scale = UNITS[word.lower()]
        return "number", family, scale
    return "number", "", 1.0


def _singular(word: str) -> str:
    lower = word.lower()
    return lower if lower in MAGNITUDES else lower.removesuffix("s")


def _noun(text: str, end: int) -> str:
    """What is counted: the last known noun of the phrase, within the next four words."""
    phrase = _PHRASE.match(text[end : end + 80])
    words = re.findall(r"[a-z]+", phrase.group().lower()) if phrase else []
    return next((NOUNS[word] for word in reversed(words) if word in NOUNS), "")


def _per(text: str, end: int) -> str:
    rate = _RATE.match(text[end : end + 60])
    return (
        {"kwh": "kilowatt", "mwh": "megawatt"}.get(per := rate["per"].lower(), per) if rate else ""
    )


def _shared(numbers: list[Quantity], text: str) -> list[Quantity]:
    """Give "5" in "5 to 7 percent" and "4" in "$3-4 billion" the unit of their neighbour."""
    out = list(numbers)
    for i, number in enumerate(out[1:], start=1):
        # "for four months and by three more"
        if not number.unit and _MORE.match(text[number.end : number.end + 8]):
            size = next((u[1] for w, u in UNITS.items() if out[i - 1].surface.endswith(w)), 1.0)
            value = number.value * size
            out[i] = replace(number, kind=out[i - 1].kind, unit=out[i - 1].unit, value=value)
    for i in range(len(out) - 1, 0, -1):
        left, right = out[i - 1], out[i]
        if not _JOIN.fullmatch(text[left.end : right.start]):
            continue
        bare = left.kind == "number" and not left.unit and not left.noun
        signed = left.kind == "money" and right.kind in ("number", "money")
        size, scale = _factors(left, right)
        if bare and (right.kind != "number" or right.unit or size > 1):
            factor = size * scale
            out[i - 1] = replace(
                left,
                kind=right.kind,
                unit=right.unit,
                value=left.value * factor,
                step=left.step * factor,
                soft=False,
            )
        elif signed and right.unit in ("", left.unit):
            out[i] = replace(right, kind="money", unit=left.unit)
            out[i - 1] = replace(left, value=left.value * size, step=left.step * size)
    return out


def _factors(left: Quantity, right: Quantity) -> tuple[float, float]:
    """What the left end of a range is to be multiplied by: right's magnitude and right's unit.

    A magnitude is shared from a thousand up, and between numbers of one order: "1.2-1.4 million",
    but not "from 200 to 3 million" or "$35,000 to $1 million".
    """
    match = _NUMBER.fullmatch(right.surface)
    if not match:
        return 1.0, 1.0
    size = math.prod(MAGNITUDES[_singular(word)] for word in (match["size"] or "").split())
    scale = _measure(match)[2]
    own = right.value / (size * scale)
    shared = size >= 1e3 and left.step <= 1 and left.value < min(1e3, 10 * own)
    return size if shared else 1.0, scale
