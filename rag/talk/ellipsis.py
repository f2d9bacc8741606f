"""Questions that are only the part that changes: "What about Ford?", "the year before?"."""

import re

from rag.talk import lean
from rag.talk.carry import with_context, with_period_of
from rag.talk.focus import Past, names_in
from rag.talk.slots import append, shift_asked, with_name, with_period, with_shift
from rag.when import stated_periods

_ABOUT = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|also|then)[ ,]+)*(?:what about|how about|same for|the same for|"
    r"(?:the )?same (?:question )?(?:for|about|in)|what of|and for)\s+",
    re.I,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|should|who|when|where|"
    r"why|how|which|what)\b",
    re.I,
)


def fill(question: str, past: tuple[Past, ...]) -> str | None:
    """ "What about Ford?", "and in Europe?", "the year before?", "And the price?"."""
    last = past[-1]
    about = _ABOUT.match(question)
    lead = about[0] if about else lean.opener(question)
    rest = question[len(lead) :].strip().rstrip("?!. ").strip()
    if not rest or (_VERB.search(rest) and not stated_periods(rest)) or len(rest.split()) > 7:
        return None
    if shift := shift_asked(rest):
        new = with_shift(last.question, last.answer, *shift)
        return new or append(last.question, rest)
    names, periods = names_in(f"x {rest}"), _phrases(rest)
    left = _without(rest, [n.surface for n in names], periods)
    if _VERB.search(left):
        return None
    if not lead and (left or not (names or periods)):
        return None  # three words without "what about" may be a search of its own
    if left:
        return _new_aspect(rest, last, names=any(n.kind != "place" for n in names))
    out = last.question
    for period in periods:
        out = with_period(out, period)
    for name in names:
        phrase = rest
        for period in periods:
            phrase = phrase.replace(period, "")
        if name.kind != "place" or len(names) > 1 or _has_kind(out, "place"):
            phrase = name.surface
        out = with_name(out, name, phrase.strip())
    return out


def _phrases(rest: str) -> list[str]:
    """The periods of an elliptic question: "2023", "Q2", "in May" count without more words."""
    head = (
        ""
        if re.match(r"(?:in|on|for|during|since|before|after|until|last|this)\b", rest, re.I)
        else "in "
    )
    probe = f"{head}{rest}"
    found = []
    for start, end, _ in stated_periods(probe):
        found.append(probe[max(start, len(head)) : end])
    return found


def _without(rest: str, names: list[str], periods: list[str]) -> str:
    for words in (*periods, *names):
        rest = rest.replace(words, " ", 1)
    return re.sub(
        r"\b(?:in|for|at|on|from|with|the|an?|and|or|by|to|then)\b|[,\s]", " ", rest
    ).strip()


def _has_kind(text: str, kind: str) -> bool:
    return any(n.kind == kind for n in names_in(text))


def _new_aspect(rest: str, last: Past, *, names: bool) -> str | None:
    """ "And the price?": another side of the same topic."""
    if names:
        # "And Ford's losses?": its own subject; only the period is carried over
        return with_period_of(f"What about {rest}?", last)
    return with_context(f"What about {rest}?", last)
