"""Questions that are only the part that changes: "What about Ford?", "the year before?"."""

import re
from dataclasses import replace

from corpus.names import Name, find_names
from rag.dates.days import MONTHS
from rag.talk import lean
from rag.talk.carry import with_context, with_period_of
from rag.talk.focus import NOW, Past, names_in
from rag.talk.slots import (
    append,
    joined,
    shift_asked,
    with_makers,
    with_name,
    with_period,
    with_shift,
    without_period,
)
from rag.when import stated_periods

_ABOUT = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|also|then)[ ,]+)*(?:what about|how about|same for|the same for|i meant?|"
    r"(?:the )?same (?:question )?(?:for|about|in)|what of|and for)\s+",
    re.I,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|should|who|when|where|"
    r"why|how|which|what)\b",
    re.I,
)
_SMALL = re.compile(r"in|for|at|on|from|with|the|an?|and|or|vs|versus|by|to|then", re.I)
_DATED = re.compile(
    r"(?:in|on|for|during|since|before|after|until|last|this|between|from|over|throughout|within)\b",
    re.I,
)
_NOW = re.compile(rf"(?<!\S){NOW}$", re.I)
# "only", "as well" around the part that changes
_AROUND = re.compile(
    r"^(?:just|only|specifically|especially|maybe) |"
    r"(?:,? (?:only|alone|as well|too|also|instead|specifically|though|please))+$",
    re.I,
)
_COMPARED = re.compile(
    r"(?:vs\.?|versus|compared (?:to|with)|against|(?:more|less|\w+er) than)\s", re.I
)
# "per car?", "without subsidies?": goes on where the last question ended
_ADDED = re.compile(
    r"(?:per|without|with|at|on|under|by|for|in|including|excluding|despite|over)\b", re.I
)


def fill(question: str, past: tuple[Past, ...]) -> str | None:
    """ "What about Ford?", "and in Europe?", "the year before?", "And the price?"."""
    last = past[-1]
    about = _ABOUT.match(question)
    lead = about[0] if about else lean.opener(question)
    rest = question[len(lead) :].strip().rstrip("?!. ").strip()
    if now := _NOW.search(rest):
        # "and in Denmark today?" first is the old question asked of today
        last = replace(last, question=append(without_period(last.question), now[0]))
        rest = rest[: now.start()].strip()
        if not rest:
            return last.question
    rest = _AROUND.sub("", rest)
    if re.search(r"\b(?:its|their|his)\b", rest, re.I):
        return None  # "And its payload?" tells whose
    if not rest or (_VERB.search(rest) and not stated_periods(rest)) or len(rest.split()) > 7:
        return None
    if shift := shift_asked(rest):
        new = with_shift(last.question, last.answer, *shift)
        return new or append(last.question, rest)
    if _COMPARED.match(rest):
        return append(last.question, rest[0].lower() + rest[1:])
    rest = _lowered(rest, opens=not lead)
    rest = re.sub(r"^for (?=\d{4}$)", "in ", rest)  # "for 2022" alone is no period
    names, periods = _names(rest), _phrases(rest)
    left = _without(rest, [n.surface for n in names], periods)
    if _VERB.search(left):
        return None
    added = left and not names and not periods and _ADDED.match(rest)
    # without a question mark three words more may be a search of its own
    most = 6 if lead or question.endswith("?") else 2
    if added and len(rest.split()) <= most:
        return append(last.question, rest)
    if not lead and (left or not (names or periods)):
        return None  # three words without "what about" may be a search of its own
    if not lead and not _fits(names, rest, last):
        return None  # "robotaxis in China"
    if left:
        return _new_aspect(rest, last, names=any(n.kind != "place" for n in names))
    places = joined(rest, [(n.start, n.end) for n in names if n.kind == "place"])
    others = joined(rest, [(n.start, n.end) for n in names if n.kind != "place"])
    if max(len(periods), len(places), len(others)) > 1:
        # "Ford in China and BYD in Europe": two questions do not fit into one
        return append(last.question, f"({rest})")
    out = last.question
    for period in periods:
        out = with_period(out, period)
    for start, end in sorted(places + others):
        inside = [n for n in names if start <= n.start < end]
        name = next((n for n in inside if n.kind == "model"), inside[-1])
        phrase = rest[start:end]
        if name.kind == "place":
            phrase = _place(rest, start, phrase, added=not _has_kind(out, "place"))
        out = with_name(out, name, phrase)
    return out


def _lowered(rest: str, *, opens: bool) -> str:
    """An opening word is written small unless it is a listed name, an acronym or a month.

    After "What about" only the small words are: "Zorblatt" is a name there.
    """
    word = re.match(r"[A-Z][\w'’-]*", rest)
    if word is None or re.search(r"[A-Z\d]", word[0][1:]) or word[0].lower() in MONTHS:
        return rest
    if not opens and not _SMALL.fullmatch(word[0]):
        return rest
    if any(n.start == 2 for n in find_names(f"x {rest}")):
        return rest
    return rest[0].lower() + rest[1:]


def _names(rest: str) -> list[Name]:
    """The names of an elliptic question; "x" keeps its first word from opening a sentence."""
    found = names_in(f"x {rest}")
    return with_makers(rest, [replace(n, start=n.start - 2, end=n.end - 2) for n in found])


def _place(rest: str, start: int, phrase: str, *, added: bool) -> str:
    """A place with the article before it, and with its preposition where it is `added`."""
    lead = re.search(r"(?:\b(in|for|at|on|from|by|to)\s+)?(\bthe\s+)?$", rest[:start], re.I)
    preposition, article = lead.groups(default="") if lead else ("", "")
    return f"{preposition or 'in'} {article}{phrase}" if added else f"{article}{phrase}"


def _fits(names: list[Name], rest: str, last: Past) -> bool:
    """Does a technology or law stand where the last question had one, or give a choice?"""
    kinds = {n.kind for n in names} & {"technology", "policy"}
    known = {n.kind for n in names_in(last.question)}
    return not kinds or bool(kinds & known) or bool(re.search(r"\bor\b", rest))


def _phrases(rest: str) -> list[str]:
    """The periods of an elliptic question: "2023", "Q2", "in May" count without more words."""
    head = "" if _DATED.match(rest) else "in "
    probe = f"{head}{rest}"
    spans = joined(probe, [(start, end) for start, end, _ in stated_periods(probe)])
    return [probe[max(start, len(head)) : end] for start, end in spans]


def _without(rest: str, names: list[str], periods: list[str]) -> str:
    for words in (*periods, *names):
        rest = rest.replace(words, " ", 1)
    return re.sub(rf"\b(?:{_SMALL.pattern})\b|[,&\s]|(?:'s|’s)$", " ", rest, flags=re.I).strip()


def _has_kind(text: str, kind: str) -> bool:
    return any(n.kind == kind for n in names_in(text))


def _new_aspect(rest: str, last: Past, *, names: bool) -> str | None:
    """ "And the price?": another side of the same topic."""
    if names:
        # "And Ford's losses?": its own subject; only the period is carried over
        return with_period_of(f"What about {rest}?", last)
    return with_period_of(with_context(f"What about {rest}?", last), last)
