"""Whom a thing comes from or is made by: "heat pumps from Alpvent", "packs supplied by CATL"."""

import re
from collections.abc import Sequence

from rag.grounding.deeds import find_actors
from rag.grounding.phrases import concepts, content

# Between the thing and its maker; the words before are the thing.
_BY = re.compile(
    r"(?P<thing>(?:[\w-]+ ){1,6}?)(?:(?:to )?(?:come|comes|came|made|built|supplied|developed|produced"
    r"|bought|ordered|sourced|delivered|provided|designed) )*(?:from|by) (?:(?!and\b|or\b|from\b|by\b|it\b|them\b|for\b|in\b|to\b)[\w-]+ ){0,3}$"
)
_END = re.compile(r"[,;:.!?](?=\s|$)|\b(?:for|in|on|and|but|to|who|which|that)\b")
_MADE = frozenset(
    content(word)
    for word in "come make build supply develop produce buy order source deliver provide design by from".split()
)


def other_origin(sentence: str, quotes: Sequence[str]) -> str | None:
    """In words, that the quotes have a thing from another name than the sentence, else None."""
    theirs = [origin for quote in quotes for origin in _origins(quote)]
    named = {key for quote in quotes for actor in find_actors(quote) for key in actor.keys}
    for thing, keys in _origins(sentence):
        told = [names for other, names in theirs if len(thing & other) >= 2]
        if keys & named and told and not any(keys & names for names in told):
            return f"the quotes have it from {min(told[0])}"
    return None


def _origins(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Concepts of each thing that is "from" or "by" a name, with the keys of that name."""
    out = []
    actors = [actor for actor in find_actors(text) if actor.named]
    for i, actor in enumerate(actors):
        match = _BY.search(text[max(0, actor.start - 90) : actor.start])
        if match:
            # "From Korea's Sunjin", "by the Boston fund manager Hartwell": either name may do.
            piece = _END.split(text[actor.start : actor.start + 90], maxsplit=1)[0]
            near = [other for other in actors[i:] if other.start < actor.start + len(piece)]
            keys = frozenset(key for other in near for key in other.keys)
            out.append((concepts(match["thing"]) - _MADE, keys))
    return out
