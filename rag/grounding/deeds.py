"""Who did what to whom: is a deed told of the same doer, and of the same one it is done to?"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.names import find_names
from rag.grounding.days import blank, find_days
from rag.grounding.named import ordinary
from rag.grounding.phrases import STOP, concepts, content, overlap, sentences

# Verbs between two that can be turned round.
_VERBS = frozenset(
    content(word)
    for word in "sell buy overtake accuse sue replace beat supply own back join invest pay deliver "
    "leave support oppose reject outdo recruit claim win lose acquire merge owe urge criticise "
    "license lend hand transfer impose tax ban banned choose pick appoint hire ask warn order tell "
    "blame fine welcome praise fault file write offer refuse demand prefer complain force persuade "
    "poach threaten approve help use".split()
)
# "X bought it from Y" is told by "Y sold it to X" as well.
_CONVERSE = {content("buy"): content("sell"), content("receive"): content("give")}
# "technology licensed from CATL": the giver follows.
_GIVEN = frozenset(content(word) for word in "license lend supply sell hire".split())
# Those who act without a name. "The company" is not among them: it stands for a name.
_ROLES = frozenset(
    content(word)
    for word in "worker union governor government ministry minister treasury commission regulator "
    "judge court mayor dealer operator driver customer association investor neighbour city lawyer "
    "miner utility".split()
)
_GROUPS = frozenset({"carmakers", "automakers", "owners", "firms", "group"})
_TITLES = frozenset(
    "motors motor group auto automobile company cell cells energy corp inc chief executive finance "
    "easter christmas the a an in on at by for from it its they he she and but all one two both new electric".split()
)
_KINDS = ("company", "person", "place")
_WORD = re.compile(r"[^\W\d_]+(?:[-&][^\W\d_]+)*")
_CUT = re.compile(
    r"[;:.!?](?=\s|$)|,(?!\d)|\b(?:and|while|whereas|but|after|before|because|which|who|that|when)\b",
    re.IGNORECASE,
)
# "And back through Banbury" supports nobody.
_ADVERB = re.compile(
    r"back (?:through|via|by|to|from|in|into|at|on|up|down|again|and|home)\b", re.IGNORECASE
)
_IS = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?|got)(?: \w+)?(?: \w+)? $")
# "The Chongqing company" and "the Swedes" stand for another name.
_EPITHET = re.compile(r"\b[Tt]he $")
_ATTRIBUTION = re.compile(
    r"\baccording to [^,.;]{1,80}"
    r"|, (?:says?|said|reported) (?!that\b|it\b|he\b|she\b|they\b|there\b)[^,.;]{1,80}(?=[,.;]|$)"
    r"|^[A-Z][\w.-]*(?: [A-Z][\w.-]*)* (?:says?|said|reports?|reported)(?: that)?\b"
    r"|,? [A-Z][\w.-]*(?: [A-Z][\w.-]*)* (?:says?|said|reported)(?=[.,])"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A name or role `text[start:end]`; `keys` are the words and usual names it is known by."""

    start: int
    end: int
    keys: frozenset[str]
    named: bool


# As many actors on each side of a verb are looked at.
_MOST = 6
# Share of a clause's concepts that a quote has to tell of another name.
_SAME = 0.7
_Sides = tuple[frozenset[str], frozenset[str]]


def swapped_names(sentence: str, quotes: Sequence[str]) -> str | None:
    """Two actors that stand on the other side of the same verb in the quotes, in words."""
    theirs: dict[str, list[_Sides]] = {}
    for quote in quotes:
        for piece in sentences(quote):
            for verb, sides in _deeds(piece):
                theirs.setdefault(verb, []).append(sides)
    for verb, (before, after) in _deeds(sentence):
        found = None
        for other_before, other_after in theirs.get(verb, ()):
            one = (before - after) & (other_after - other_before)
            two = (after - before) & (other_before - other_after)
            if one and two:
                found = f"the quotes have {min(one)} and {min(two)} the other way round"
            elif before & other_before and (not after or after & other_after):
                found = None
                break
        if found:
            return found
    return None


def find_actors(text: str) -> list[Actor]:
    """Names, unknown capitalised words and roles ("workers", "the judge") in order."""
    names = find_names(text)
    taken = [(name.start, name.end) for name in names]
    rest = blank(text, taken + [(day.start, day.end) for day in find_days(text)])
    out = [
        Actor(n.start, n.end, frozenset({n.canonical, *_keys(n.surface)}), True)
        for n in names
        if n.kind in _KINDS
    ]
    for match in _WORD.finditer(rest):
        word = match.group()
        concept = content(word)
        plain = word[0].isupper() and not (ordinary(word) and _opens(rest, match.start()))
        if plain and word.casefold() not in _TITLES and len(word) > 1:
            out.append(Actor(*match.span(), frozenset({word.casefold()}), True))
        elif word.casefold() in _GROUPS:
            out.append(Actor(*match.span(), frozenset({word.casefold()}), False))
        elif concept in _ROLES:
            out.append(Actor(*match.span(), frozenset({concept}), False))
    return sorted(out, key=lambda actor: actor.start)


def _keys(surface: str) -> frozenset[str]:
    words = {word.casefold() for word in _WORD.findall(surface) if word[0].isupper()}
    return frozenset(words - _TITLES)


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:;"


def _deeds(text: str) -> list[tuple[str, _Sides]]:
    """Each verb that joins two actors, with those before and after it in its clause."""
    text = _ATTRIBUTION.sub(lambda m: " " * len(m.group()), text)
    actors = find_actors(text)
    if len({key for actor in actors for key in actor.keys}) < 2:
        return []
    starts = [actor.start for actor in actors]
    out = [
        ("from", (one.keys, two.keys))
        for one, two in pairwise(actors)
        if text[one.end : two.start] == " to " and text.endswith("from ", 0, one.start)
    ]
    for left, right, _ in _pieces(text):
        first, last = bisect_left(starts, left), bisect_left(starts, right)
        for match in _WORD.finditer(text, left, right):
            verb = content(match.group())
            if verb not in _VERBS or _ADVERB.match(text, match.start()):
                continue
            here = bisect_left(starts, match.start())
            if here < len(starts) and starts[here] == match.start():
                continue
            before = actors[max(first, here - _MOST) : here] or actors[max(0, here - 2) : here]
            sides = (_united(before), _united(actors[here : min(last, here + _MOST)]))
            if _turned(text, match, right, verb):
                sides = (sides[1], sides[0])
            if verb in _CONVERSE:
                verb, sides = _CONVERSE[verb], (sides[1], sides[0])
            out.append((verb, sides))
    return out


def _pieces(text: str) -> list[tuple[int, int, str]]:
    """Where the clauses of `text` start and end, and the word or sign before each."""
    out, left, link = [], 0, ""
    for cut in _CUT.finditer(text):
        out.append((left, cut.start(), link))
        left, link = cut.end(), cut.group().lower()
    return [*out, (left, len(text), link)]


def _turned(text: str, verb: re.Match[str], right: int, concept: str) -> bool:
    """ "Sued by", "was replaced for now by", "licensed from"."""
    if text.startswith(" by ", verb.end()):
        return True
    if concept in _GIVEN and text.startswith(" from ", verb.end()):
        return True
    passive = _IS.search(text, max(0, verb.start() - 40), verb.start())
    return bool(passive) and " by " in text[verb.end() : min(right, verb.end() + 80)]


def _united(actors: Sequence[Actor]) -> frozenset[str]:
    return frozenset(key for actor in actors for key in actor.keys)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a clause tells of the name that opens it: `words` after it, `verb` the first of them."""

    doers: frozenset[str]
    words: frozenset[str]
    verb: str
    names: frozenset[str]

    def exchanged(self, other: "_Told") -> bool:
        """Do both clauses have the same verb and names, but another one of them doing it?"""
        crossed = self.doers & other.names and other.doers & self.names
        return bool(crossed and self.verb == other.verb and not self.doers & other.doers)


def other_doer(sentence: str, quotes: Sequence[str]) -> str | None:
    """In words, that the quotes tell of another name what the sentence tells of this one."""
    theirs = [told for quote in quotes for piece in sentences(quote) for told in _told(piece)]
    named = {key for quote in quotes for actor in find_actors(quote) for key in actor.keys}
    passive = any(" by " in text for text in (sentence, *quotes))
    for ours in _told(sentence):
        if len(ours.words) < 2 or not ours.doers & named:
            continue
        near = [(overlap(ours.words, told.words), told) for told in theirs]
        best = max((share for share, _ in near), default=0.0)
        if best < _SAME:
            continue
        if any(ours.doers & told.doers and ours.verb == told.verb for told in theirs):
            continue
        ranked = [told for share, told in near if share >= best - 0.25]
        swapped = not passive and all(ours.exchanged(told) for told in ranked)
        if swapped or not any(ours.doers & told.names for told in ranked):
            return f"the quotes say it of {min(ranked[0].doers)}"
    return None


def _told(text: str) -> list[_Told]:
    """What is told of each name that opens a clause, or stands just before its "who" or "whose"."""
    text = _ATTRIBUTION.sub(lambda m: " " * len(m.group()), text)
    named = [actor for actor in find_actors(text) if actor.named]
    starts = [actor.start for actor in named]
    out = []
    for left, right, link in _pieces(text):
        first = bisect_left(starts, left)
        here = named[first : bisect_left(starts, right)]
        relative = first > 0 and (link in ("who", "which") or text.startswith("whose ", left + 1))
        if relative:
            before = named[first - 1]
            here = [before, *here] if left - before.end < 8 else here
        if not here or link in ("before", "when"):
            continue
        if len(_WORD.findall(text, left, here[0].start)) > 4:
            continue
        if _EPITHET.search(text, max(0, here[0].start - 5), here[0].start):
            continue
        doers, last = here[0].keys, here[0].end
        for actor in here[1:]:
            if actor.start - last <= 1:
                doers, last = doers | actor.keys, actor.end
        if link == "and" and first and _WORD.search(text, named[first - 1].end, left - 3) is None:
            # "Ford and GM sign": both do, and the order tells nothing
            doers, here = doers | named[first - 1].keys, [named[first - 1], *here]
        # "A foundry in Monterrey, Mexico, which failed": of which one it is told is not certain
        earlier = named[max(0, first - 2) : first - 1] if relative else []
        if earlier and " and " in text[earlier[0].end : named[first - 1].start]:
            earlier = []
        names = _united([*earlier, *here])
        verbs = (content(word) for word in _WORD.findall(text, last, right) if word not in STOP)
        out.append(_Told(doers, concepts(text[last:right]) - names, next(verbs, ""), names))
    return out
