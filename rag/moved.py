"""Did a later report move a date to come, call a plan off, or deny what was said?"""

import re
from collections.abc import Callable

from rag.claims import Claim, When
from rag.dates.phrases import find_periods
from rag.differing import Differing, elsewhere
from rag.modality import status
from rag.subjects import TELLERS, clause_at, looks_back, plain_words
from rag.turns import Turn, turns

Similar = Callable[[str, str], float]

ALIKE = 0.68  # cosine from which two sentences with their titles are about one thing

_MILESTONES = {
    "begin": re.compile(
        r"\b(?:start\w*|beg[aiu]n\w*|production|built|build|launch\w*|open\w*|deliver\w*|appear\w*"
        r"|arriv\w*|comes?|reach\w*|sales?|sell|due|expected|ready|complete\w*|finish\w*"
        r"|introduc\w*|run|list\w*|float\w*|unveil\w*|present\w*|planned|slip\w*|moves?|moved)\b",
        re.IGNORECASE,
    ),
    "end": re.compile(
        r"\b(?:ban|end[s]?|ended|ending|phase[ -]out|phas\w+|expir\w*|until|stop\w*|close[sd]?)\b",
        re.IGNORECASE,
    ),
    "amount": re.compile(
        r"\b(?:capacity|share|target|goal|percent|profit|loss|sales of|investment)\b", re.IGNORECASE
    ),
}
_MOVED = re.compile(
    r"\b(?:delay\w*|postpon\w*|put(?:s|ting)? (?:\w+ ){0,4}?(?:off|back)|push\w* (?:\w+ ){0,6}?back"
    r"|later|instead of|not before|moves?|moved|moving|slip\w*|exten[ds]\w*|brought forward"
    r"|bring\w* forward|sooner|earlier than|not (?:in|until)|again|wait)\b",
    re.IGNORECASE,
)


def moved_date(one: Claim, two: Claim) -> Differing | None:
    """A date to come that the later report moves, and says that it moves it."""
    if not (_MOVED.search(two.text) or _MOVED.search(two.title)):
        return None
    for a in one.times:
        if not a.to_come or a.former:
            continue
        told = [b for b in two.times if _overlap(a, b)]
        for b in two.times:
            if b.former or not b.to_come or any(_overlap(b, other) for other in one.times):
                continue
            if b.mention.period.grain in ("day", "week") and b.mention.period.start <= two.day:
                continue
            replaced = any(t.former for t in told)
            if told and not replaced:
                continue
            if not _milestone(a, one) or _milestone(a, one) != _milestone(b, two):
                continue
            main = _headline(a, one) and _headline(b, two)
            told_of = replaced and (one.words & two.words or one.names & two.names)
            if told_of or main or (not elsewhere(one, two) and _same_thing(one, two)):
                return Differing("date", _said(a, one), _said(b, two), replaced)
    return None


def _milestone(when: When, side: Claim) -> str:
    """What happens at that time: the kind of the word nearest to it, before it if possible."""
    start, end = when.mention.start, when.mention.end
    found = [
        (start - m.end() if m.end() <= start else 40 + m.start() - end, kind)
        for kind, pattern in _MILESTONES.items()
        for m in pattern.finditer(side.text)
        if m.end() <= start or m.start() >= end
    ]
    return min(found, default=(0, ""))[1]


def _same_thing(one: Claim, two: Claim) -> bool:
    """Words in common, in the sentences or with the titles that they stand under."""
    own = one.words & two.words
    wide = (one.words | one.head) & (two.words | two.head)
    return len(own) >= 2 or (len(own) >= 1 and len(wide) >= 3)


def _headline(when: When, side: Claim) -> bool:
    """Is it the date that the title names?"""
    return any(_overlap(when, When(m, "", False, True)) for m in find_periods(side.title, side.day))


def _overlap(a: When, b: When) -> bool:
    p, q = a.mention.period, b.mention.period
    return p.start <= q.end and q.start <= p.end


def _said(when: When, side: Claim) -> str:
    return side.text[when.mention.start : when.mention.end]


def in_context(side: Claim) -> str:
    """A sentence with its title before it, for an embedding."""
    return f"{side.title}. {side.text}"


def turned(one: Claim, two: Claim, similar: Similar | None) -> Differing | None:
    """Something called off or taken up again, which the earlier report speaks of.

    The earlier sentence says what its title says, and the later title turns as its sentence
    does. That both mean the same thing is seen by their words or, at hand, their embedding.
    """
    if looks_back(one.text) or (elsewhere(one, two) and not one.head & two.head):
        return None
    before = turns(one.text) or turns(one.title)
    said = plain_words(one.text)
    if len(said & plain_words(one.title)) < 2 or _statistic(one):
        return None
    for now in turns(two.text):
        if any(t.way == now.way for t in before) or (not before and now.way > 0):
            continue
        if not _told_now(now, two) or not _names_fit(now, one):
            continue
        above = [t for t in turns(two.title) if t.way == now.way]
        if not above:
            continue
        own = (now.words & said) - _name_words(now.names)
        names = now.names.union(*(t.names for t in above))
        wide = (now.words.union(*(t.words for t in above)) & said) - _name_words(names)
        here = one.names | one.places
        named = bool(names & here)
        pointed = own or now.words <= _POINTERS or len(now.names & here) >= 2
        alike = similar is not None and similar(in_context(one), in_context(two)) >= ALIKE
        if (pointed and wide and len(wide) + named >= 2) or (alike and named):
            return Differing("state", before[0].surface if before else "", now.surface)
    return None


def _statistic(side: Claim) -> bool:
    """Does the sentence give a figure of a period that is over? That can't be called off."""
    return any(f.flow and any(m.period.end < side.day for m in f.periods) for f in side.figures)


_LONG_PAST = re.compile(r"\blast (?:year|spring|summer|autumn|fall|winter)\b", re.IGNORECASE)
# What a clause calls the thing that its title names.
_POINTERS = plain_words("project plan work programme program effort deal idea it step move attempt")


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


def _names_fit(now: Turn, one: Claim) -> bool:
    names = now.names - TELLERS
    return not names or bool(names & (one.all_names | one.places))


def _name_words(names: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(plain_words(name) for name in names))


_NOT = re.compile(r"\b(?:not|never|den(?:y|ies|ied))\b|n[’']t\b", re.IGNORECASE)


def denied_by(one: Claim, two: Claim) -> Differing | None:
    """The same words, once with a "not"."""
    if bool(_NOT.search(one.text)) == bool(_NOT.search(two.text)):
        return None
    if status(one.text) != status(two.text):
        return None
    mine, theirs = plain_words(one.text), plain_words(two.text)
    union = mine | theirs
    if union and len(mine & theirs) / len(union) >= 0.5 and len(mine & theirs) >= 3:
        return Differing("denial", "", "")
    return None
