"""Put something else into the last question: another name, another place, another period."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from corpus.names import Name
from rag.dates.days import MONTHS
from rag.dates.periods import Period, shift_months
from rag.talk.focus import names_in
from rag.when import stated_periods

_MONTHS = tuple(name.capitalize() for name in MONTHS)
_EARLIER = re.compile(
    r"^(?:in |for )?(?:the |a )?(?:(?P<unit>year|quarter|month) (?:before|earlier|prior|previous)|"
    r"(?:previous|preceding|prior) (?P<unit2>year|quarter|month)|before(?: that)?|"
    r"(?P<next>(?:year|quarter|month)) (?:after|later)|(?:following|next) "
    r"(?P<next2>year|quarter|month)|(?:and )?after(?: that)?)(?: that)?$",
    re.I,
)
_RELATIVE = {
    ("this year", "year"): "last year",
    ("last year", "year"): "two years ago",
    ("this month", "month"): "last month",
    ("last month", "month"): "two months ago",
    ("this quarter", "quarter"): "last quarter",
    ("last quarter", "quarter"): "two quarters ago",
}
_JOIN = re.compile(
    r"\s*(?:,(?:\s*(?:and|or)\b)?|(?:and|or|vs|versus)\b\.?|&)\s*(?:(?:in|the|an?)\s+)*", re.I
)
_MAKERS = (" ", "'s ", "’s ")  # what stands between "Tesla" and its "Model Y"
_ADJECTIVE = re.compile(r"(?:ese|[^Jwdmt]an|ish|nch|tch|zech|Swiss)$")  # "Chinese", not "Japan"
_SPAN = re.compile(r"(?:between|from)\b", re.I)
_HAS_YEAR = re.compile(r"\d{4}|['’]\d\d|\d[QH]\d\d|FY\d\d")
_WITHOUT_YEAR = re.compile(r"(?:Q[1-4]|H[12]|quarter|half|" + "|".join(_MONTHS) + r")$", re.I)


def name_of(period: Period) -> str:
    """A period in words: "Q3 2023", "March 2024", "2023", "5 March 2024"."""
    start = period.start
    days = (period.end - start).days + 1
    if 360 < days < 370 and start.month > 1:
        return f"the year to {_MONTHS[period.end.month - 1]} {period.end.year}"
    if days > 360:
        return str(start.year)
    if days > 170:
        return f"H{start.month // 7 + 1} {start.year}"
    if days > 85:
        return f"Q{(start.month + 2) // 3} {start.year}"
    if days > 27:
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return f"{start.day} {_MONTHS[start.month - 1]} {start.year}"


def shifted(period: Period, unit: str, steps: int) -> Period:
    """The period `steps` units later (earlier if negative)."""
    months = {"year": 12, "quarter": 3, "month": 1}[unit] * steps
    if unit == "month" and (period.end - period.start).days > 31:
        months = 12 * steps
    start = shift_months(period.start, months)
    end = shift_months(period.end + timedelta(days=1), months) - timedelta(days=1)
    return Period(start, end, period.grain)


def _own_unit(period: Period) -> str:
    days = (period.end - period.start).days + 1
    return "year" if days > 100 else "quarter" if days > 40 else "month"


def shift_asked(text: str) -> tuple[str, int] | None:
    """("year", -1) for "the year before", ("", -1) for "before that"; None for other words."""
    match = _EARLIER.match(text.strip())
    if match is None:
        return None
    unit = (match["unit"] or match["unit2"] or match["next"] or match["next2"] or "").lower()
    later = match["next"] or match["next2"] or re.search(r"\bafter\b", text, re.I)
    return unit, 1 if later and not re.search(r"\bbefore\b", text, re.I) else -1


def with_shift(question: str, answer: str, unit: str, steps: int) -> str | None:
    """The question about an earlier or later period; None when none is known."""
    stated = stated_periods(question)
    if stated:
        start, end, period = stated[-1]
        phrase = question[start:end]
        for (old, of), new in _RELATIVE.items():
            if phrase.lower().endswith(old) and (unit or of) == of and steps == -1:
                return question[:start] + new + question[end:]
        if not _HAS_YEAR.search(phrase):
            return None
        new = name_of(shifted(period, unit or _own_unit(period), steps))
        return f"{question[:start]}{_preposition(phrase)}{new}{question[end:]}"
    told = stated_periods(answer)
    if not told:
        return None
    new = name_of(shifted(told[0][2], unit or "year", steps))
    return append(question, f"in {new}")


def _preposition(phrase: str) -> str:
    match = re.match(
        r"(?:(?:in|on|during|throughout|for|since|before|after|until|of) )+", phrase, re.I
    )
    return match[0] if match else ""


def joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that "and", "or" or a comma joins as one: "2021 and 2022"."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and _JOIN.fullmatch(text, out[-1][1], start):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def with_makers(text: str, names: Sequence[Name]) -> list[Name]:
    """The names, "Tesla" and "Model Y" as the one model "Tesla Model Y"."""
    out: list[Name] = []
    for name in names:
        if out and _is_maker(text, out[-1], name):
            start = out.pop().start
            name = replace(name, start=start, surface=text[start : name.end])
        out.append(name)
    return out


def _is_maker(text: str, company: Name, model: Name) -> bool:
    kinds = (company.kind, model.kind)
    return kinds == ("company", "model") and text[company.end : model.start] in _MAKERS


def with_period(question: str, phrase: str) -> str:
    """The question with its period replaced by `phrase`, or with `phrase` added.

    A quarter, half or month without a year takes the year of the old period.
    """
    stated = stated_periods(question)
    if not stated:
        alone = " " not in phrase or re.match(r"\d{4}\b", phrase)
        return append(question, f"in {phrase}" if alone else phrase)
    old = stated[-1][2]
    start, end = joined(question, [(s, e) for s, e, _ in stated])[-1]
    if _WITHOUT_YEAR.search(phrase) and _HAS_YEAR.search(question[stated[-1][0] : stated[-1][1]]):
        phrase = f"{phrase} {old.start.year}"
    # "Tesla's 2023 deliveries" + "in 2022": no preposition there
    lead = "in " if _SPAN.match(question[start:end]) else _preposition(question[start:end])
    bare = phrase[len(_preposition(phrase)) :]
    relative = re.match(r"(?:last|this|next|past|between|from)\b|.*\bago$", bare, re.I)
    new = bare if relative or not lead else (_preposition(phrase) or lead) + bare
    return question[:start] + new + question[end:]


def without_period(question: str) -> str:
    """The question without the phrases that give it a period."""
    for start, end, _ in reversed(stated_periods(question)):
        question = f"{question[:start].rstrip()}{question[end:]}"
    return question


def with_name(question: str, new: Name, phrase: str) -> str:
    """The question about `phrase` instead of its own name of the same kind.

    `phrase` is the name as it was asked for, and all that "and" joins to it ("Ford and GM").
    Without such a name: a company, a model and a person stand in for each other; else the
    phrase is added.
    """
    names: Sequence[Name] = names_in(question)
    if new.kind == "model":
        names = with_makers(question, names)
    same = [n for n in names if n.kind == new.kind]
    if not same and new.kind != "place":
        actors = ("company", "model", "person")
        loose = actors if new.kind in actors else ("technology", "policy")
        same = [n for n in names if n.kind in loose][:1]
    if new.kind == "place" and not _ADJECTIVE.search(phrase):
        # "the EU's tariffs on Chinese cars": a country stands in for the EU
        same = [n for n in same if not _ADJECTIVE.search(n.surface)] or same
    if not same:
        return append(question, phrase if new.kind == "place" else f"({phrase})")
    # "Ford and GM" make place together
    start, end = joined(question, [(n.start, n.end) for n in same])[-1]
    old = {n.canonical for n in same if n.start >= start}
    out = question
    for name, before in reversed(list(zip(names, [None, *names], strict=False))):
        head = out[: name.start]
        if name.start == start:
            # "in the UK?" becomes "in Europe?", but "the UK plant" stays "the"
            alone = new.kind == "place" and re.match(r"\W*(?:in\b|$)", out[end:], re.I)
            if alone or re.match(r"the |[\w-]+['’]s ", phrase, re.I):
                head = _without_article(head)
            out = head + phrase + out[end:]
        elif start < name.start < end:
            continue
        elif name.canonical in old:
            out = head + re.sub(r"^the ", "", phrase, flags=re.I) + out[name.end :]
        elif new.kind == "company" and name.kind == "model":
            # the old company's car is not the new company's
            its = before is not None and _is_maker(question, before, name)
            head = f"{head}car" if its else f"{_without_article(head)}the car"
            out = head + out[name.end :]
    return out


def _without_article(head: str) -> str:
    return re.sub(r"\b(?:the|an?) $", "", head, flags=re.I)


def append(question: str, phrase: str) -> str:
    """The question with `phrase` before its question mark."""
    return f"{question.rstrip().rstrip('?').rstrip()} {phrase}?"
