"""Did a later report move a date to come?"""

import re
from datetime import date

from rag.conflicts.claims import Claim, When
from rag.conflicts.differing import Differing
from rag.conflicts.subjects import plain_words
from rag.dates.phrases import find_periods

ENOUGH = 2.4  # points from which two dates are of the same thing, and the later one moved
ALIKE = 3  # words that two sentences share at least when only their dates differ
OVER = 200  # days after which a missed date is no longer news

_MILESTONES = {
    "begin": re.compile(
        r"\b(?:start\w*|beg[aiu]n\w*|produc\w+|built|build|launch\w*|open\w*|deliver\w*|appear\w*"
        r"|arriv\w*|comes?|reach\w*|on sale|due|expect(?:s|ed)|ready|complete\w*|finish\w*|mak(?:e|ing)"
        r"|introduc\w*|enter\w*|bring\w*|break even|run|list\w*|float\w*|unveil\w*|present\w*|planned|slip\w*|moves?|moved)\b",
        re.IGNORECASE,
    ),
    "end": re.compile(
        r"\b(?:ban|end[s]?|ended|ending|phase[ -]out|phas\w+|expir\w*|stop\w*|close[sd]?)\b",
        re.IGNORECASE,
    ),
    "amount": re.compile(
        r"\b(?:capacity|share|target|goal|percent|profit|loss|sales of|investment)\b", re.IGNORECASE
    ),
}
_MOVED = re.compile(
    r"\b(?:delay\w*|postpon\w*|put(?:s|ting)? (?:\w+ ){0,4}?(?:off|back)|push\w* (?:\w+ ){0,9}?back"
    r"|(?:years?|months?|quarters?|weeks?) later|later (?:than|date)|instead of|not (?:[\w-]+ ){0,5}?before|(?:longer|later) than|moves?|moved|moving|slip\w*|exten[ds]\w*|brought forward"
    r"|bring\w* forward|sooner|earlier than|not (?:in|until)|again|wait"
    r"|no longer (?:\w+ ){0,4}?before|another (?:\w+ )?(?:year|month)s?"
    r"|now (?:\w+ )?(?:expect|plan|aim|hope|intend|want|set|due|to)\w*|(?:is|are) now)\b",
    re.IGNORECASE,
)

_WILL_START = re.compile(
    r"\b(?:will|to|plans? to|wants? to) (?:start|begin|launch|open|arrive|go on sale|come)\b", re.I
)
# Of several of a kind, each has a date of its own.
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|another|next|further|phase|stage)\b", re.I)

# Right before the new date: "is put off by two years to August 2027".
_PUT_OFF_TO = re.compile(
    r"\b(?:delay\w*|postpon\w*|put(?:s|ting)? (?:\w+ ){0,4}?(?:off|back)|push\w* (?:\w+ ){0,9}?back"
    r"|moves?|moved|exten[ds]\w*|brought forward|slip\w*)"
    r"(?: by [\w ]{1,30}?)? (?:to|until|till|into) (?:the )?(?:\w+ of )?$",
    re.IGNORECASE,
)


def moved_date(one: Claim, two: Claim, shared: float) -> Differing | None:
    """The date to come that the later report moves, if it is surely one and the same.

    Reports that say the same of the same but for the date need not tell that it moved.
    `shared` is what both claims have in common.
    """
    same = _same_but_dates(one, two)
    best: tuple[float, Differing] | None = None
    for a in one.times:
        if not (a.to_come or _due(a, one)) or a.former or long_over(a, two.day):
            continue
        told = [b for b in two.times if a.meets(b)]
        replaced = any(t.former for t in told)
        if told and not replaced:
            continue
        for b in two.times:
            if b.former or not b.to_come or any(b.meets(other) for other in one.times):
                continue
            if b.mention.period.grain != "year" and b.mention.period.start <= two.day:
                continue
            if not _same_event(a, b, one, two, replaced):
                continue
            told_moved = _told(two) or 0.7 * same
            points = shared + told_moved + 0.8 + 1.5 * replaced
            if points >= ENOUGH and told_moved and (best is None or points > best[0]):
                best = points, Differing("date", _said(a, one), _said(b, two), replaced)
    return best[1] if best else None


def long_over(when: When, day: date) -> bool:
    """Is a date so far behind `day` that nothing can change it any more?"""
    return (day - when.mention.period.end).days > OVER


def _due(when: When, side: Claim) -> bool:
    """Is it the year that runs, with a start in it that is still planned?"""
    return when.mention.period.end > side.day and bool(_WILL_START.search(when.clause))


def _same_but_dates(one: Claim, two: Claim) -> bool:
    """Do both sentences say the same of the same, leaving out when?"""
    mine, theirs = (_undated(side) for side in (one, two))
    if one.names != two.names or (one.places and two.places and not one.places & two.places):
        return False
    if any(_ORDINAL.search(text) for text in (mine, theirs)) or one.proper != two.proper:
        return False
    counts = [[f.quantity.surface for f in side.figures] for side in (one, two)]
    if counts[0] != counts[1]:
        return False
    words, others = plain_words(mine), plain_words(theirs)
    shared = len(words & others)
    return shared >= ALIKE and shared >= 0.6 * max(len(words), len(others))


def _undated(side: Claim) -> str:
    """The sentence with its times as blanks."""
    text = side.text
    for when in side.times:
        start, end = when.mention.start, when.mention.end
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _told(two: Claim) -> float:
    """Points for saying that a date moved: in the sentence, or at least in the title."""
    if _MOVED.search(two.text):
        return 1.5
    return 0.7 if _MOVED.search(two.title) else 0.0


def _same_event(a: When, b: When, one: Claim, two: Claim, replaced: bool) -> bool:
    mine, theirs = _milestone(a, one), _milestone(b, two)
    if _PUT_OFF_TO.search(two.text[: b.mention.start]):
        return not mine or mine == "begin"
    if mine and theirs:
        return mine == theirs != "amount"  # of a goal, the number tells more than its year
    return replaced or (_headline(a, one) and _headline(b, two))


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


def _headline(when: When, side: Claim) -> bool:
    """Is it the date that the title names?"""
    return any(when.meets(When(m, "", False, True)) for m in find_periods(side.title, side.day))


def _said(when: When, side: Claim) -> str:
    return side.text[when.mention.start : when.mention.end]
