"""How much do two claims have in common, and does the later one say that something changed?

Points, not vetoes: a name, a place, words of the sentences, words of their titles. What a
difference needs of them is decided where the difference is found.
"""

import re
from collections.abc import Callable

from rag.conflicts.claims import Claim

Similar = Callable[[str, str], float]

_CAPITAL = re.compile(r"[A-Z][\w-]*[a-z0-9]")
_CHANGE = re.compile(
    r"\b(?:now|instead of|rather than|no longer|not before|than (?:planned|expected|before|announced"
    r"|first|originally|in mind)|as (?:planned|expected) (?:before|until)|total (?:of|to|value)"
    r"|originally|until now|previous\w*|forecast before|at first|first announced"
    r"|rais(?:e|es|ed|ing)|lift(?:s|ed|ing)?|increas(?:e|es|ed|ing)|doubl\w+|tripl\w+|add(?:s|ing)?"
    r"|cut(?:s|ting)?|trim\w*|lower(?:s|ed|ing)?|reduc\w+|scal\w+ (?:back|down)|weaken\w*|halv\w+"
    r"|slash\w*|revis\w+|adjust\w+|chang(?:e|es|ed|ing)|enlarg\w+|shr[iau]nk\w*|more slowly|grows?"
    r"|delay\w*|postpon\w*|put\w* (?:\w+ ){0,4}?(?:off|back)|push\w* (?:\w+ ){0,6}?back|slip\w*"
    r"|later|mov(?:e|es|ed|ing)|exten[ds]\w*|brought forward|bring\w* forward|sooner|earlier than"
    r"|not (?:in|until)|again|wait\w*|slow\w*|weaker|replac\w+|definitive|final(?:ly)?|less than the"
    r"|falls? from|rises? (?:from|to)|drop(?:s|ped)?|go(?:es)? (?:up|down)|went (?:up|down)"
    r"|soften\w*|deeper|warn\w*)\b",
    re.IGNORECASE,
)

_STAYS = re.compile(
    r"\b(?:not (?:be )?(?:chang|affect)\w*|unchanged|remains?|remained|sticks? (?:to|with)|stands? by"
    r"|confirmed its|keeps? (?:its|the) (?:goal|target|forecast|plan))\b",
    re.IGNORECASE,
)


def common(one: Claim, two: Claim) -> float:
    """Points for what both claims name and say, about 0 (nothing) to 5."""
    points = 0.5 * meet(one.names, two.names) + 0.5 * meet(one.all_names, two.all_names)
    points += 0.5 * bool(_proper(one) & _proper(two)) - elsewhere(one, two)
    if one.around and two.around and not meet(one.around, two.around):
        points -= 1.0  # named in passing
    own = one.words & two.words
    wide = (one.words | one.head) & (two.words | two.head)
    points += 0.4 * min(3, len(own)) + 0.2 * min(4, len(wide - own))
    return points


def meet(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Is a name of one side on the other, if only as its first words: Ram, Ram 1500 REV?"""
    return bool(mine & theirs) or any(
        f"{a} ".startswith(f"{b} ") or f"{b} ".startswith(f"{a} ") for a in mine for b in theirs
    )


def changed(side: Claim) -> float:
    """Points for saying that something changed: in the sentence, or at least in the title."""
    if _STAYS.search(side.text):
        return 0.0
    if _CHANGE.search(side.text):
        return 1.0
    return 0.5 if _CHANGE.search(side.title) else 0.0


def elsewhere(one: Claim, two: Claim) -> bool:
    """Do both sentences name things of their own, and none that the other report names?"""
    if not one.proper or not two.proper:
        return False
    mine = one.proper | set(_CAPITAL.findall(one.title))
    theirs = two.proper | set(_CAPITAL.findall(two.title))
    return not (mine & two.proper or theirs & one.proper)


def in_context(side: Claim) -> str:
    """A sentence with its title before it, for an embedding."""
    return f"{side.title}. {side.text}"


def _proper(side: Claim) -> frozenset[str]:
    return side.proper | side.places
