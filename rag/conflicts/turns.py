"""Was something called off, or taken up again?

A turn is read from the sentence or, since headlines say it most plainly, from the title. Its
words are those of the clause it stands in: what was called off.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.names import find_names
from rag.conflicts.subjects import clause_at, named, plain_words

_CANCELLED = (
    r"cancel(?:s|l?ed|ling)?|cancellation|call(?:s|ed|ing)? off|scrap(?:s|ped|ping)?|abandon\w*"
    r"|g[ai]v(?:e|es|en|ing) up|gives? up|shelv\w+|halt(?:s|ed|ing)?|paus(?:e|es|ed|ing)"
    r"|suspend\w*|suspension|fr[eo]ezes?|frozen|on hold|on ice|withdr[ae]ws?"
    r"|withdrawn|withdrawing|discontinu\w*|drop(?:s|ped|ping)? (?=the|its|a|an|his|their|plan|out)"
    r"|(?:is|are|was|were|been|being) dropped|abolish(?:es|ed|ing)?"
    r"|strikes? down|struck down|annul\w*|declared \w+|invalid|disband\w*|dissolv\w*"
    r"|dismiss(?:es|ed)?|walks? away|walked away|mothball\w*|break(?:s|ing)? up|falls? away"
    r"|no longer|(?:will|would) not (?:build|make|sell|produce|launch|go|happen|proceed)"
    r"|is ending|are ending|ends(?! up| with| in | at )|(?:will|to) end(?! up| with)|ha(?:s|ve) ended"
    r"|ended(?= (?:talks|its|the|their|production|sales))"
    r"|stops|(?:will|to|must) stop(?! with)|stopped|takes? away|took away"
    r"|axe[sd]|kills? off|kill(?:s|ed) (?=the|its)|ditch(?:es|ed)|pull(?:s|ed|ing)? (?:out|the plug)"
    r"|back(?:s|ed) out|terminat(?:es|ed|ing)|quits?|exit(?:s|ed)|idl(?:es|ed|ing)|laps(?:es|ed)"
    r"|decid\w+ against|votes? against|voted against|turns? down|turned down"
    r"|expire[sd]|rescind\w*|voids|voided|falls? through|fell through"
    r"|revok\w*|repeal\w*|rejects?|rejected|refused|is over|lays? off|winds? (?:up|down)"
)
_DELAYED = (
    r"postpon\w*|put(?:s|ting)? (?:\w+ ){0,4}?off|delay(?:s|ed|ing)?"
    r"|push(?:es|ed|ing)? (?:\w+ ){0,9}?back|behind schedule|comes? (?:\w+ ){0,2}late"
    r"|later than (?:first |originally |once )?(?:planned|expected|hoped|promised|announced)"
)
_RESUMED = (
    r"resum(?:e|es|ed|ing)|restart(?:s|ed|ing)?|(?:bring|brought|tak|took)\w* (?:\w+ ){0,6}?back"
    r"|reviv(?:e|es|ed|ing)|restor(?:e|es|ed|ing)|reinstat\w*|lift(?:s|ed)(?= the)|rehir\w*"
    r"|valid after all|lets? (?:\w+ ){0,6}?(?:go on|leave)|lives? on|live on|is back|reopen\w*"
    r"|orders? release|revers(?:e|es|ed|ing)|unfreez\w*|unblock\w*"
    r"|gives? (?:\w+ ){0,6}?back|settl(?:e|es|ed)|wins? an exception"
)
CANCEL = re.compile(rf"\b(?:{_CANCELLED})\b", re.IGNORECASE)
_DELAY = re.compile(rf"\b(?:{_DELAYED})\b", re.IGNORECASE)
_RESUME = re.compile(rf"\b(?:{_RESUMED})\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:may|might|could|possibl[ey]|considering|whether|if|unless|threat\w*|warn\w*|not in"
    r" question|den(?:y|ied|ies)|fears?|would(?! be (?:delayed|postponed|put off|cancelled|dropped|closed|ended)))\b",
    re.IGNORECASE,
)
_HAD = re.compile(r"\bhad (?:\w+ ){0,2}$", re.IGNORECASE)
_SAID = re.compile(r"\b(?:said|announced|confirmed|reported|told)\b", re.IGNORECASE)
_AGO = re.compile(r"\b(?:ago|earlier|last (?:month|year|week))\b", re.IGNORECASE)
_BACKGROUND = re.compile(r"\b(?:after|when|since|before|until)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\bwhose\b[^,]*$", re.IGNORECASE)
_NOUN = re.compile(
    r"\b(?:the|a|an|this|that|another|first|further|its|their|no|to the)\s$", re.IGNORECASE
)
_NOT = re.compile(r"\b(?:not|never|n[o’']t|without|no)\W+(?:\w+\W+){0,1}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """Words that call something off (-2), put it off (-1) or take it up again (+1).

    `words`, `names` and `places` are those of the clause: what is called off, and where.
    """

    way: int
    start: int
    words: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]


@lru_cache(maxsize=2048)
def turns(text: str) -> tuple[Turn, ...]:
    """The turns that `text` states as facts, in order."""
    found = []
    for way, pattern in ((-2, CANCEL), (-1, _DELAY), (1, _RESUME)):
        for match in pattern.finditer(text):
            left, right = clause_at(text, match.start(), match.end())
            clause = text[left:right]
            if not _stated(text, left, right, match.start()):
                continue
            # "the Bolt, whose production ends": the name stands before the clause.
            named_here = find_names(text[:right] if _RELATIVE.search(text[:left]) else clause)
            names = frozenset(n.canonical for n in named_here)
            places = named(named_here, ("place",))
            verb = match.group().split()
            words = plain_words(clause) - plain_words(f"{verb[0]} {verb[-1]}")
            found.append(Turn(way, match.start(), words, names - places, places))
    return tuple(sorted(found, key=lambda turn: turn.start))


def _stated(text: str, left: int, right: int, start: int) -> bool:
    """Is it said as a fact of now: no noun, no "may", no "not", no look back?"""
    before = text[left:start]
    if _OPEN.search(text[left:right]) or _NOT.search(before) or _NOUN.search(before):
        return False
    if _HAD.search(before) and (_AGO.search(text[:start]) or not _SAID.search(text[:start])):
        return False
    opens = text[:left].rsplit(maxsplit=1)[-1:] + before.split(maxsplit=1)[:1]
    aside = left > 8 or right < len(text) - 1
    return not (aside and any(_BACKGROUND.fullmatch(word) for word in opens))
