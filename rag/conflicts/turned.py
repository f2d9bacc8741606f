"""Did a later report call off, take up again or turn round what an earlier one said?"""

import re

from corpus.names import find_names
from rag.conflicts.agreeing import agree
from rag.conflicts.claims import Claim, When
from rag.conflicts.differing import Differing
from rag.conflicts.figures import Figure
from rag.conflicts.moved import long_over
from rag.conflicts.sameness import meet
from rag.conflicts.scope import find_scope, scopes_fit, terms
from rag.conflicts.subjects import TELLERS, clause_at, looks_back, named, plain_words
from rag.conflicts.turns import Turn, turns
from rag.grounding.direction import reversed_direction
from rag.grounding.modality import status

ENOUGH = 2.4  # points from which what was called off is what the earlier report speaks of
OPPOSITE = 1.8  # what two claims have in common when they say the opposite of each other

_LONG_PAST = re.compile(r"\blast (?:year|spring|summer|autumn|fall|winter)\b", re.IGNORECASE)
_WIDE = frozenset(("United States", "China", "Europe", "European Union", "North America"))
_MAKE = plain_words("build make get take go come use")  # of any company
# What a clause calls the thing that its title names.
_POINTERS = _MAKE | plain_words(
    "project plan work programme program effort deal idea it step move attempt production"
)
_PLANNED = re.compile(r"\b(?:is|are) (?:being )?planned\b", re.IGNORECASE)
_AIM = re.compile(
    r"\b(?:goals?|targets?|forecasts?|figures?|plans?|outlook|guidance|promises?|aims?)\b", re.I
)
_TAKEN_BACK = re.compile(
    r"\b(?:not|no longer) (?:repeat\w*|st[aio]\w+ (?:by|to)|h[eo]ld\w* to|giv\w+|confirm)\b", re.I
)
_AS_PLANNED = re.compile(r"\bas (?:planned|announced|scheduled|agreed)\b|\bon schedule\b", re.I)


def turned(one: Claim, two: Claim, shared: float) -> Differing | None:
    """Something called off or taken up again, which the earlier report speaks of.

    `shared` is what both claims have in common.
    """
    plans = [when for when in one.times if when.to_come]
    if looks_back(one.text) or _statistic(one):
        return None
    if plans and all(long_over(when, two.day) for when in plans):
        return None
    before = (*turns(one.text), *turns(one.title))
    best: tuple[float, Differing] | None = None
    for now in turns(two.text):
        points = turn_points(now, before, one, two, shared)
        if points >= ENOUGH and (best is None or points > best[0]):
            best = points, Differing("state")
    return best[1] if best else None


def turn_points(
    now: Turn, before: tuple[Turn, ...], one: Claim, two: Claim, shared: float
) -> float:
    """Points for a turn of the later report that concerns the earlier one, 0 when it can't."""
    if any(t.way == now.way for t in before) or not _told_now(now, two) or not _fits(now, one, two):
        return 0.0
    back = any(t.way * now.way < 0 for t in turns(one.text))
    if now.way > 0 and not (back or any(t.way * now.way < 0 for t in before)):
        return 0.0
    above = [t for t in turns(two.title) if t.way * now.way > 0]
    said, head = _things(one.text), _things(one.title)
    own = len(now.words & said)
    headed = len(frozenset().union(*(t.words for t in above)) & said)
    central = len(said & head) >= 2
    planned = now.way < 0 and bool(status(one.text) == "planned" or _PLANNED.search(one.text))
    dated = now.way < 0 and any(when.to_come for when in one.times)
    # All that was called off, or the very model, is what the earlier sentence speaks of.
    core = frozenset(w for w in now.words - _named_words(two) if not w[0].isdigit()) - _MAKE
    again = any(t.way * now.way < 0 and core & t.words for t in turns(one.text))
    whole = core <= said and len(core) >= (1 if again or (back and now.places) else 2)
    model = dated and bool(_models(now.names) & _models(one.names))
    about = now.words <= _POINTERS or bool(now.words & (said | head))
    same_news = bool(above) and about and _one_story(one, two)
    spoken_of = whole or model or ((central or planned) and (own or headed))
    if not spoken_of and not (same_news and (back or dated or planned)):
        return 0.0
    points = shared + 0.5 * min(3, own + model) + 0.4 * min(3, headed) + 0.8 * central
    return points + 0.5 * (planned or dated) + 0.8 * bool(above) + 0.8 * back + 0.5 * same_news


def _named_words(side: Claim) -> frozenset[str]:
    found = (*find_names(side.text), *find_names(side.title))
    return plain_words(" ".join(f"{n.surface} {n.canonical}" for n in found))


def _models(names: frozenset[str]) -> frozenset[str]:
    return named([n for name in names for n in find_names(name)], ("model",))


def _one_story(one: Claim, two: Claim) -> bool:
    """Do the titles share a thing, place or person, and a second such or a company?"""
    mine, theirs = (
        {n.canonical: n.kind for n in find_names(side.title) if n.canonical not in TELLERS | _WIDE}
        for side in (one, two)
    )
    names = [mine[name] for name in mine.keys() & theirs.keys()]
    things = len(_things(one.title) & _things(two.title))
    return len(names) + things >= 2 and (things > 0 or any(kind != "company" for kind in names))


def _things(text: str) -> frozenset[str]:
    """Content words without names and numbers."""
    found = [n for n in find_names(text) if n.kind != "technology"]
    taken = " ".join(f"{n.surface} {n.canonical}" for n in found)
    words = plain_words(text) - plain_words(taken)
    return frozenset(word for word in words - _MAKE if not word[0].isdigit())


def _statistic(side: Claim) -> bool:
    """Does the sentence give a figure of a period that is over? That can't be called off."""
    return any(f.flow and any(m.period.end < side.day for m in f.periods) for f in side.figures)


def _told_now(now: Turn, side: Claim) -> bool:
    """Is it news, not something of a day long before the report?"""
    left, right = clause_at(side.text, now.start, now.start)
    if _LONG_PAST.search(side.text[left:right]):
        return False
    return not any(
        left <= when.mention.start < right
        and when.mention.period.grain in ("day", "week", "month")
        and (side.day - when.mention.period.end).days > 20
        for when in side.times
    )


def _fits(now: Turn, one: Claim, two: Claim) -> bool:
    elsewhere = now.places and one.places and not now.places & one.places
    if elsewhere and not one.proper & two.proper:
        return False
    names = now.names - TELLERS
    there = {name.canonical for name in (*find_names(one.text), *find_names(one.title))}
    return not names or meet(names, frozenset(there))


def given_up(one: Claim, two: Claim) -> Differing | None:
    """A number that was aimed at and that the later report takes back."""
    if status(one.text) != "planned" or not meet(one.all_names, two.all_names):
        return None
    for b in two.figures:
        before = two.text[: b.quantity.start]
        left = clause_at(two.text, b.quantity.start, b.quantity.end)[0]
        back = _TAKEN_BACK.search(before, left) or any(
            turn.way < -1 and left <= turn.start < b.quantity.start for turn in turns(two.text)
        )
        if not back or not _AIM.search(before, left):
            continue
        if any(agree(a, b) and not a.former and _meet_in_time(a, b) for a in one.figures):
            return Differing("state")
    return None


def _meet_in_time(a: Figure, b: Figure) -> bool:
    pairs = [(m.period, n.period) for m in a.periods for n in b.periods]
    return not pairs or any(p.start <= q.end and q.start <= p.end for p, q in pairs)


def opposite(one: Claim, two: Claim, shared: float) -> Differing | None:
    """The same thing going the other way: rises and falls, for and against.

    Figures of two periods can both hold, so what is said of a period that is over counts only
    against another report of that period.
    """
    if shared < OPPOSITE or looks_back(one.text):
        return None
    if one.places and two.places and not one.places & two.places:
        return None
    if len(one.words & two.words) < 0.35 * min(len(one.words), len(two.words)):
        return None
    mine, theirs = (find_scope(side.text, side.text, side.title) for side in (one, two))
    if not scopes_fit(mine, theirs, "growth", one.names) or terms(one.text) != terms(two.text):
        return None
    if _AS_PLANNED.search(two.text):
        return None
    same = any(a.meets(b) for a in _periods(one) for b in _periods(two))
    if not same and (status(one.text) != status(two.text) or _past(one) or _past(two)):
        return None
    if not reversed_direction(two.text, [one.text]):
        return None
    return Differing("way")


def _periods(side: Claim) -> list[When]:
    """The times of a sentence without days: those are of the report."""
    return [when for when in side.times if when.mention.period.grain != "day"]


def _past(side: Claim) -> bool:
    return any(not when.to_come for when in _periods(side))
