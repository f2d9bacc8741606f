"""The words of a report that say what it is about, and what in it is past.

Shared by the parts that compare reports: names without those who only tell or count, content
words without those that fit any report, clauses, former values.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.names import Name, find_names
from rag.grounding.phrases import STOP, concepts, content

THINGS = ("company", "model", "policy")
_CUT = re.compile(
    r"[;:.!?](?=\s|$)|,(?!\d)|\s[-–—]\s"
    r"|\b(?:and(?! tax)|but|while|whereas|although|though|because|which|whose|who|that|after|against"
    r"|before(?! interest| tax))\b",
    re.IGNORECASE,
)

# Words right before a value that make it the former one.
_FORMER = re.compile(
    r"\b(?:(?:up|down|raised|increased|reduced|lowered|cut|fell|rose|drop\w*|moved|over) from"
    r"|instead of|rather than|not|no longer|than (?:the|its|an?)|above the|below the|previous\w*"
    r"|former\w*|earlier|compared (?:with|to)|against|just until|beyond|after)"
    r"(?:\s+(?:the|an?|its|just|only|about|around|roughly|some|as (?:many|much) as|up to"
    r"|original\w*|initial\w*|date of|late|early|mid))*\s*$",
    re.IGNORECASE,
)

_FROM = re.compile(r"\bfrom(?: (?:about|around|the|some|late|early|mid))*\s*$", re.IGNORECASE)

_TO = re.compile(r"^[^.;,]{0,25}?\s?(?:to|until)\b", re.IGNORECASE)

# Words that make a whole clause a look back.
_LOOK_BACK = re.compile(
    r"\b(?:until now|so far|used to|has long|already|originally|initially|at first|at the time|once"
    r"|formerly|previously|dates? from|when (?:\w+ ){1,4}?(?:was|were|had)"
    r"|had (?:\w+ ){0,2}?(?:been|spoken|said|promised|planned|set|named|announced|forecast|expected"
    r"|predicted|reported|told|hoped|offered|wanted|agreed|targeted)"
    r"|(?:was|were) (?:first |originally |initially )?(?:announced|presented|planned|set up|adopted"
    r"|chosen|due|to be|founded|closed|promised|expected)"
    r"|(?:a|two|three|four|\d+) (?:years?|months?|weeks?) (?:ago|earlier|before))\b",
    re.IGNORECASE,
)

_GENERIC = frozenset(
    content(word)
    for word in (
        "company group firm carmaker say tell year month week quarter car electric new first more "
        "plan expect chief million billion percent now report market time world country industry "
        "big large later last next day then also still well"
    ).split()
)

# Those who tell, count or decide are not what a report is about.
TELLERS = frozenset(
    "Reuters;Bloomberg;BloombergNEF;White House;Congress;Senate;House of Representatives;IEA;ACEA"
    ";Cox Automotive;Rho Motion;SNE Research;J.D. Power;S&P Global;CPCA;CAAM;SMMT;KBA;Wedbush"
    ";Morgan Stanley;Goldman Sachs;UBS;JPMorgan;Bank of America;NHTSA;EPA;Treasury;DOE;SEC"
    ";Supreme Court;European Commission;EV;BEV;Twitter".split(";")
)

_LISTED = re.compile(r"(?:['’]s?)?(?:\s|,|&|/|and)*")
_WORD = re.compile(r"[A-Z][\w’'-]*[a-z0-9]")

_CALENDAR = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|The|In|It|As|For|From|But|And|Chief|President"
    r"|Prime|Minister|Governor|Chairman|Chancellor|Executive|Energy|Secretary|Last|This|That)s?\b"
)

_SITE = re.compile(r"\b(?:in|at|near|outside) ([^\W\d_a-z][\w-]+)")
_PLANT = re.compile(r"\bgiga ?factor(?:y|ies)\b", re.IGNORECASE)


def named(names: Sequence[Name], kinds: Sequence[str]) -> frozenset[str]:
    """The usual names of those kinds, without tellers."""
    return frozenset(n.canonical for n in names if n.kind in kinds) - TELLERS


def proper_words(text: str, names: Sequence[Name]) -> frozenset[str]:
    """Capitalised words inside the sentence that are no known company: Orion, Skelleftea."""
    taken = [(n.start, n.end) for n in names if n.kind != "model"]
    return frozenset(
        match.group().removesuffix("'s").removesuffix("’s")
        for match in _WORD.finditer(text, 1)
        if not any(a <= match.start() < b for a, b in taken)
        and not _CALENDAR.fullmatch(match.group())
    )


def content_words(text: str, names: Sequence[Name]) -> frozenset[str]:
    """Concepts of the sentence without names, numbers and words that fit any report."""
    named = {content(w) for n in names for w in re.findall(r"\w+", n.surface)}
    return frozenset(
        w
        for w in concepts(_CALENDAR.sub(" ", text))
        if w not in named and w not in _GENERIC and not w[0].isdigit()
    )


def clause_at(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause of `text` around `text[start:end]`."""
    left = max((m.end() for m in _CUT.finditer(text, 0, start)), default=0)
    cut = _CUT.search(text, end)
    return left, cut.start() if cut else len(text)


def is_former(text: str, start: int, end: int) -> bool:
    """Do the words before `text[start:end]` make it the former value?"""
    before = text[:start]
    return bool(_FORMER.search(before) or (_FROM.search(before) and _TO.search(text[end:])))


def looks_back(text: str) -> bool:
    """Does the sentence tell what was so before the report?"""
    return bool(_LOOK_BACK.search(text))


def plain_words(text: str) -> frozenset[str]:
    """Content words of `text` in lower case, reduced to concepts."""
    words = concepts(_CALENDAR.sub(" ", _PLANT.sub("factory", text)))
    return frozenset(w for w in words if w not in STOP and w not in _GENERIC)


def sites(text: str) -> frozenset[str]:
    """Where something stands that is in no list of names: Heide, Skelleftea."""
    known = {word for n in find_names(text) for word in n.surface.split()}
    found = {match[1] for match in _SITE.finditer(text)}
    return frozenset(word for word in found - known if not _CALENDAR.fullmatch(word))


def named_things(text: str) -> frozenset[str]:
    """The companies, models and policies that `text` names."""
    return named(find_names(text), THINGS)


def title_names(title: str) -> frozenset[str]:
    """The companies, models and policies that a title opens with: what it is about.

    Without a name at its start, all that it names.
    """
    found = [n for n in find_names(title) if n.kind in THINGS and n.canonical not in TELLERS]
    first = found[:1]
    for before, after in pairwise(found):
        if not _LISTED.fullmatch(title[before.end : after.start]):
            break
        first.append(after)
    return frozenset(n.canonical for n in (first if first and first[0].start < 3 else found))
