"""Put something else into the last question: another name, another place, another period."""

import re
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
_WITHOUT_YEAR = re.compile(r"(?:Q[1-4]|H[12]|quarter|half|" + "|".join(_MONTHS) + r")$", re.I)


def name_of(period: Period) -> str:
    """A period in words: "Q3 2023", "March 2024", "2023", "5 March 2024"."""
    start = period.start
    days = (period.end - start).days + 1
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
        if not re.search(r"\d{4}|'\d\d|\dQ\d\d|FY\d\d", phrase):
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


def with_period(question: str, phrase: str) -> str:
    """The question with its period replaced by `phrase`, or with `phrase` added.

    A quarter, half or month without a year takes the year of the old period.
    """
    stated = stated_periods(question)
    if not stated:
        return append(question, phrase if " " in phrase else f"in {phrase}")
    start, end, old = stated[-1]
    if _WITHOUT_YEAR.search(phrase):
        phrase = f"{phrase} {old.start.year}"
    # "Tesla's 2023 deliveries" + "in 2022": no preposition there
    lead = _preposition(question[start:end])
    bare = phrase[len(_preposition(phrase)) :]
    relative = re.match(r"(?:last|this|next|past)\b|.*\bago$", bare, re.I)
    new = bare if relative or not lead else (_preposition(phrase) or lead) + bare
    return question[:start] + new + question[end:]


def with_name(question: str, new: Name, phrase: str) -> str:
    """The question about `phrase` instead of its own name of the same kind.

    Without such a name: a company, a model and a person stand in for each other; else the
    phrase is added.
    """
    names = names_in(question)
    same = [n for n in names if n.kind == new.kind]
    if not same and new.kind != "place":
        loose = ("company", "model", "person", "technology", "policy")
        same = [n for n in names if n.kind in loose][:1]
    if not same:
        return append(question, phrase if new.kind == "place" else f"({phrase})")
    out = question
    for name in reversed(names):
        if name.canonical == same[-1].canonical:
            head = out[: name.start]
            if re.match(r"the ", phrase, re.I):
                head = re.sub(r"\b(?:the|an?) $", "", head, flags=re.I)
            out = head + (new.surface if name is not same[-1] else phrase) + out[name.end :]
        elif (
            new.kind == "company" and name.kind == "model" and name.canonical != same[-1].canonical
        ):
            # the old company's car is not the new company's
            head = re.sub(r"\b(?:the|an?) $", "", out[: name.start], flags=re.I)
            out = f"{head}the car{out[name.end :]}"
        elif new.kind == "model" and name.kind == "company":
            # "Hyundai Ioniq 5", "Tesla's Model 3": the maker goes with its car
            maker = re.match(r"(?:['’]s)? ", out[name.end :])
            if maker and out[name.end + maker.end() :].startswith(phrase):
                out = out[: name.start] + out[name.end + maker.end() :]
    return out


def append(question: str, phrase: str) -> str:
    """The question with `phrase` before its question mark."""
    return f"{question.rstrip().rstrip('?').rstrip()} {phrase}?"
