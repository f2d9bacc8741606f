"""Does one report say no to what the other one says?"""

import re

from rag.conflicts.claims import Claim
from rag.conflicts.differing import Differing
from rag.conflicts.sameness import meet
from rag.conflicts.subjects import clause_at, looks_back, plain_words
from rag.conflicts.turns import CANCEL, turns
from rag.grounding.modality import status

COVERED = 0.75  # share of the denied words that the other report has to say
_PLAIN_NOT = re.compile(r"\b(?:not|never|den(?:y|ies|ied))\b|n[’']t\b", re.IGNORECASE)
# Up to here a denial says only that it is one; what follows is what it denies.
_DENIES = re.compile(
    r"\b(?:(?:ha(?:s|ve)|made|there (?:is|are)|see[sn]?) no (?:current |concrete |new )?"
    r"(?:plans?|intentions?|decisions?|reasons?)(?: (?:to|of|for|on|about))?"
    r"|den(?:y|ies|ied)(?: reports?)?(?: that| having| of)?|(?:not|never)|(?:is|are|has|have|will|do|does|did|wo|would)n[’']t)\b",
    re.IGNORECASE,
)
# Who does not say or know something denies nothing.
_TELL = (
    r"sa(?:y|id)|comment\w*|disclos\w*|nam(?:e|ed|ing)|giv\w*|confirm\w*|reveal\w*|specif\w*"
    r"|kn[eo]w\w*|rul\w*|answer\w*|respon\w*|tell|told|announc\w*|publish\w*"
)
_UNTOLD = re.compile(rf"\s*(?:\w+ly )?(?:be |been |yet )?(?:{_TELL})\b", re.IGNORECASE)
# "Not only", "not before", "not expected" leave something standing.
_PARTLY = re.compile(
    r"(?:be |been |yet )?(?:clear|expect\w*|only|just|all|every|before|until|later|more|less|enough"
    r"|as|so|yet|decid\w*|include\w*)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"\b(?:yet|so far|still|for now|until|before|if|unless|whether)\b", re.I)
_FIRM = re.compile(r"\b(?:no (?:\w+ )?(?:plans?|intention)|den(?:y|ies|ied))\b", re.IGNORECASE)
_EMPTY = plain_words("plan intend decide make have be reports")


def denied_by(one: Claim, two: Claim, near: bool) -> Differing | None:
    """The same words, once with a "not", or a plain denial of what the other report says.

    `near` is for reports of the same days.
    """
    if one.places and two.places and not one.places & two.places:
        return None
    if _same_words(one, two) or _refused(one, two, near):
        return Differing("denial")
    return None


def _same_words(one: Claim, two: Claim) -> bool:
    nots = [_PLAIN_NOT.search(side.text) for side in (one, two)]
    if bool(nots[0]) == bool(nots[1]):
        return False
    if any(
        no and _UNTOLD.match(side.text, no.end()) for no, side in zip(nots, (one, two), strict=True)
    ):
        return False
    over = not any(when.to_come for when in one.times)
    if status(one.text) != status(two.text) or (over and _other_times(one, two)):
        return False
    mine, theirs = plain_words(one.text), plain_words(two.text)
    union = mine | theirs
    return bool(union and len(mine & theirs) / len(union) >= 0.5 and len(mine & theirs) >= 3)


def _other_times(one: Claim, two: Claim) -> bool:
    pairs = [(a, b) for a in one.times for b in two.times]
    return bool(pairs) and not any(a.meets(b) for a, b in pairs)


def _refused(one: Claim, two: Claim, near: bool) -> bool:
    """Is what one side denies said by the other, on the same days or as it turned out later?"""
    if not meet(one.names, two.all_names) or not meet(two.names, one.all_names):
        return False
    if (
        _other_times(one, two)
        or looks_back(one.text)
        or "possible" in (status(one.text), status(two.text))
    ):
        return False
    # What is not so today may be so tomorrow; only a firm no is overtaken by what happens.
    return _denies(one, two, firm=not near) or (near and _denies(two, one, firm=False))


def _denies(side: Claim, other: Claim, firm: bool) -> bool:
    if _DENIES.search(other.text):
        return False
    for match in _DENIES.finditer(side.text):
        left, right = clause_at(side.text, match.start(), match.end())
        clause, denied = side.text[left:right], side.text[match.end() : right].lstrip()
        if _UNTOLD.match(denied) or _PARTLY.match(denied) or _NOT_YET.search(clause):
            continue
        if firm and not (_FIRM.search(match.group()) or status(denied) != status(other.text)):
            continue
        if _covers(denied, side, other):
            return True
    return False


def _covers(denied: str, side: Claim, other: Claim) -> bool:
    """Does the other report say what is denied?"""
    names = plain_words(" ".join(side.all_names))
    called_off = CANCEL.match(denied)
    if called_off:
        words = plain_words(denied[called_off.end() :]) - names - _EMPTY
        return any(t.way < 0 and words and words <= t.words for t in turns(other.text))
    words = plain_words(denied) - names - _EMPTY
    shared = words & plain_words(other.text)
    return len(shared) >= 2 and len(shared) >= COVERED * len(words)
