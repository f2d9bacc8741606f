"""Do the numbers, dates and names of a sentence stand in its quotes?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.names import Name, find_names
from rag.grounding.days import Day, find_days
from rag.grounding.phrases import COMMON, content
from rag.grounding.quantity import Quantity, find_quantities

# Every article here is about these, so a sentence may use the word when the quote says "car".
_GENERIC = frozenset({"EV", "NEV", "kWh", "MWh", "GWh", "kW", "MW", "GW", "battery swap", "ICE"})
# A narrower name allows the wider one.
_WIDER = {"Europe": {"European Union"}, "BEV": {"EV"}, "ZEV": {"EV"}}
# Endings of ordinary English nouns, verbs and adverbs; few names have them.
_SUFFIX = re.compile(r"(?:ing|ments?|ists?|ions?|ness|it(?:y|ies)|ly|ances?|ences?|ings|ship)$")
_STEMS = frozenset(content(word) for word in COMMON)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def missing_fact(sentence: str, quotes: Sequence[str], context: str) -> str | None:
    """One phrase for the first number, date or name that is in none of the quotes, else None."""
    source = " \n".join(quotes)
    there = find_quantities(source)
    for needed in find_quantities(sentence):
        if needed.kind == "date" and needed.date:
            if not _dated(needed.date, source, there, context):
                return f"the date {needed.surface} is in none of the quotes"
        elif not needed.soft and not any(same_quantity(needed, other) for other in there):
            return f"the number {needed.surface} is in none of the quotes"
    return _missing_name(sentence, source, context)


def same_quantity(needed: Quantity, there: Quantity) -> bool:
    """Does a quote's number carry a sentence's number? Rounding is fine, precision is not added."""
    if "date" in (needed.kind, there.kind) or not _same_unit(needed, there):
        return False
    if needed.per and there.per and needed.per != there.per:
        return False
    n, t = needed.value, there.value
    fraction = "fraction" in (needed.unit, there.unit)
    slack = 1e-9 * max(abs(t), 1.0) + (1.5 if fraction and needed.unit != there.unit else 0.0)
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


def _dated(needed: Day, source: str, there: Sequence[Quantity], context: str) -> bool:
    days = [q.date for q in there if q.date]
    context_days = [day for day in find_days(context) if day.year]
    published = context_days[-1] if context_days else None
    if needed.part in _WEEKDAYS:
        return any(day.part == needed.part for day in days) or _weekday(published) == needed.part
    years = _years(source, days, published)
    for day in [*days, *context_days]:
        same_year = not needed.year or day.year == needed.year
        if needed.year and not day.year:
            same_year = needed.year in years
        if (
            same_year
            and (not needed.month or needed.month == day.month)
            and (not needed.day or needed.day == day.day)
            and (not needed.part or needed.part == day.part)
        ):
            bare_context = day in context_days and not needed.month
            if not bare_context or needed.year in years:
                return True
    if published and needed.month and not needed.day and _spoken(needed, source, published):
        return True
    if published and published.day and needed.day and _near(needed, source, published):
        return True
    return bool(needed.year) and not (needed.month or needed.part) and needed.year in years


def _weekday(published: Day | None) -> str:
    if not published or not published.day:
        return ""
    return _WEEKDAYS[date(published.year, published.month, published.day).weekday()]


def _spoken(needed: Day, source: str, published: Day) -> bool:
    """ "Last month", "this month", "next month" as seen from the publication."""
    for words, shift in (("last month", -1), ("this month", 0), ("next month", 1)):
        months = published.year * 12 + published.month - 1 + shift
        if words in source.lower() and needed.month == months % 12 + 1:
            return needed.year in (0, months // 12)
    return False


def _near(needed: Day, source: str, published: Day) -> bool:
    """ "on Friday", "yesterday": the days just before and after the publication."""
    if not re.search(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\byesterday\b", source):
        return False
    day = date(published.year, published.month, published.day)
    names = {q.part for q in find_days(source)}
    for shift in range(-7, 8):
        other = day + timedelta(days=shift)
        if (other.month, other.day) == (needed.month, needed.day):
            return _WEEKDAYS[other.weekday()] in names or (shift == -1 and "yesterday" in source)
    return False


def _years(source: str, days: Sequence[Day], published: Day | None) -> set[int]:
    """Years that the quotes name, or mean by "last year" when the publication is known."""
    years = {day.year for day in days if day.year}
    if not published:
        return years
    now = published.year
    lower = source.lower()
    if any(day.month and not day.year for day in days):
        years |= {now} | {now - 1 for d in days if d.month > published.month and not d.year}
    if re.search(
        r"\b(?:last year|year earlier|year before|year ago|previous year|last (?:autumn"
        r"|summer|winter|spring|december|november|october|september))\b",
        lower,
    ):
        years.add(now - 1)
    if re.search(r"\bnext (?:year|spring|summer)\b", lower):
        years.add(now + 1)
    if re.search(r"\b(?:this year|this month|so far|today|now|currently)\b", lower) or not years:
        years.add(now)
    return years


def _missing_name(sentence: str, source: str, context: str) -> str | None:
    text = f"{source} \n{context}"
    there = {name.canonical for name in find_names(text)}
    words = _words(text)
    names = find_names(sentence)
    for name in names:
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
        if (opens and plain and _ordinary(bare)) or bare in (
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


def _ordinary(word: str) -> bool:
    lower = word.casefold()
    known = lower in COMMON or lower.removesuffix("s") in COMMON or content(lower) in _STEMS
    return known or "-" in word or bool(_SUFFIX.search(lower))
