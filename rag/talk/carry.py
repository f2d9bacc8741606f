"""Carry over what the last turn was about: its words, its period, the name in its answer."""

import re
from collections.abc import Sequence

from rag.talk.focus import NOW, Past, content, first_sentence, has_subject, names_in, topic_names
from rag.talk.slots import append
from rag.when import stated_periods

_NOW = re.compile(rf"\b(?:{NOW}|so far)\b", re.I)


def with_answer_of(question: str, last: Past) -> str:
    """The question with the name its answer gave, where it asked for one ("Which start-up")."""
    if has_subject(last.question):
        return question
    named = [n for n in names_in(first_sentence(last.answer)) if n.kind != "place"]
    return append(question, f"({named[0].canonical})") if named else question


def with_context(question: str, last: Past, more: Sequence[str] = ()) -> str:
    """Add in brackets what the last question was about, as far as it is not yet there.

    Names alone find fewer of the right articles than all its words do: a company is in the
    news every week, and the follow-up is about the one story. `more` are further words for it.
    """
    text = question.lower()
    told = {re.sub(r"['’]s?$", "", word) for word in re.findall(r"[\w'’-]+", text)}
    asked = last.question.lower()
    words = [n.surface for n in topic_names(last) if n.surface.lower() not in f"{asked} {text}"]
    words += [w for w in content(last.question) if re.sub(r"['’]s?$", "", w.lower()) not in told]
    words += more
    return append(question, f"({' '.join(dict.fromkeys(words))})") if words else question


def with_both(question: str, past: tuple[Past, ...]) -> str:
    """The topic in brackets, and what the question before it asked of the same kind.

    "How fast does the EV6 charge?", "And the Ioniq 5?", "Which of the two is cheaper?"
    """
    last = past[-1]
    asked = [n for n in names_in(last.question) if n.kind in ("company", "model", "place")]
    other = []
    if (
        asked
        and len(past) > 1
        and len({n.canonical for n in asked if n.kind == asked[-1].kind}) < 2
    ):
        named = names_in(past[-2].question)
        other = [n.surface for n in named if n.kind == asked[-1].kind and n not in asked]
    return with_context(question, last, other)


def with_period_of(question: str, last: Past) -> str:
    """Carry the period over to a question about the past that has none and does not ask when."""
    if (
        _NOW.search(question)
        or stated_periods(question)
        or re.match(r"(?:\w+ )?when\b", question, re.I)
    ):
        return question
    if not re.search(r"\b(?:did|was|were|had|what about|compare)\b", question, re.I):
        return question
    stated = stated_periods(last.question)
    if not stated:
        return question
    phrase = last.question[stated[-1][0] : stated[-1][1]]
    if not re.match(r"[a-z]+ ", phrase, re.I):
        phrase = f"in {phrase}"
    return append(question, phrase[0].lower() + phrase[1:])
