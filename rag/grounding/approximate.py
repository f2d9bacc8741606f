"""How exact a number is meant: "about", "nearly", "more than", "up to"."""

import re
from typing import Literal

Relation = Literal["exact", "about", "nearly", "over", "least", "under", "most"]

_FILLER = r"(?:\s+(?:the|a|an|its|their|only|another|just|all))?\s*$"
_CUES: tuple[tuple[Relation, str], ...] = (
    (
        "most",
        r"up to|as (?:many|much|high|far|long) as|at (?:the )?most|(?:no|not) more than"
        r"|a maximum of|no later than|ceiling of|cap of",
    ),
    ("least", r"at (?:the )?least|no (?:fewer|less) than|a minimum of|from"),
    (
        "under",
        r"(?:less|fewer|lower|smaller|shorter|cheaper) than|(?:just |well |slightly )?"
        r"(?:under|below)|short of",
    ),
    (
        "over",
        r"(?:more|greater|higher|longer) than|(?:just |well |slightly )?(?:over|above|beyond)"
        r"|a good|in excess of|exceed(?:s|ed|ing)?|topp(?:s|ed|ing)|tops|surpass(?:es|ed|ing)?",
    ),
    ("nearly", r"nearly|almost|close to|approaching|not quite"),
    (
        "about",
        r"about|around|roughly|approximately|some|circa|ca\.?|an estimated|estimated"
        r"|approx\.?|or so|~|≈|in the region of|something like|a mere",
    ),
)
_BEFORE = tuple(
    (name, re.compile(rf"(?<!\w)(?:{words}){_FILLER}", re.IGNORECASE)) for name, words in _CUES
)
# "Not to charge beyond 70 %" is at most 70 %.
_NOT = re.compile(r"\b(?:not|never|no|without|n[’']t)\b[^,.;:]*$", re.IGNORECASE)
_TURNED: dict[Relation, Relation] = {"over": "most", "under": "least"}
_AFTER: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    ("least", re.compile(r"(?:\+|(?: [a-z]+)? or (?:more|longer|higher|over)\b)")),
    ("about", re.compile(r"(?: [a-z]+)? or so\b")),
)


def relation(text: str, start: int, end: int) -> Relation:
    """How exact the words around the number `text[start:end]` make it."""
    before = text[max(0, start - 40) : start]
    if before.endswith(" than the "):
        return "exact"  # two figures are compared
    for name, pattern in _BEFORE:
        if cue := pattern.search(before):
            denied = name in _TURNED and _NOT.search(before[: cue.start()])
            return _TURNED[name] if denied else name
    return next((name for name, pattern in _AFTER if pattern.match(text[end : end + 30])), "exact")
