"""A follow-up question -> a question that stands alone, by rules, without a chat model.

"What about Ford?" takes the last question with another company; "and the year before?" with
another period; "why?" asks the last question anew; "it", "he", "there" become what they mean.
What can't be put in place is added in brackets, because the result is read by search as well
as by people. A question that names its own subject and is complete is left as it is: dragging
the old topic along would hide the answer.
"""

import re
from collections.abc import Sequence
from functools import partial

from langchain_core.language_models import BaseChatModel

from rag.talk import lean
from rag.talk.carry import with_answer_of, with_context, with_period_of
from rag.talk.ellipsis import fill
from rag.talk.focus import (
    Past,
    companies,
    content,
    names_in,
    of_kind,
    person,
    reworded,
    thing,
    topic_names,
)
from rag.talk.rewrite import accept_rewrite, rewrite_prompt, rewritten
from rag.talk.slots import append
from rag.talk.understood import understood
from rag.types import Turn

__all__ = [
    "accept_rewrite",
    "rewrite_prompt",
    "rewritten",
    "standalone",
    "understood",
    "with_model",
]

_TURNS = 6  # a topic older than this is no longer what "it" means
_LONGEST = 1000  # characters; a longer question is no follow-up, and rules are slow on it
_BARE = re.compile(
    r"^(?:and |but |so )*(?P<ask>why not|why|how come|when|where|who|whom|how|how much|how many|"
    r"by how much|since when|how long|how so|at what price|in which country|how often|with whom)"
    r"(?: (?:exactly|then|though|is that|was that|that|so))?\s*[?!.]*$",
    re.I,
)
_MORE = re.compile(
    r"^(?:(?:please )?(?:tell me more|more(?: details| information| on that)?|go on|continue|"
    r"elaborate|details|explain|any (?:news|updates?)|really|are you sure|is that (?:still )?"
    r"(?:true|so|right|correct|the case)|says who|source)(?: please)?)\s*[?!.]*$",
    re.I,
)
_MODEL_HINT = re.compile(
    r"\b(?:cost|price|range|battery|charg\w+|drive|seats?|weigh|tow|fast|far|torque|warranty)\b",
    re.I,
)
_COMPANY_HINT = re.compile(
    r"\b(?:deliver|lose|lost|earn|report|invest|hire|lay|workers|employ\w*|shares|ceo|factory|"
    r"plants?|revenue|profit|bankrupt|open|buy|bought|owe)\b",
    re.I,
)


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """`question` in words that need no earlier turn; unchanged when it stands alone.

    `turns` are the earlier questions, oldest first; they are made to stand alone one by one,
    so a chain ("What about Ford?", "And in Europe?") keeps its topic. The last six count.
    """
    if len(question) > _LONGEST:
        return question.strip()
    past: tuple[Past, ...] = ()
    for turn in turns[-_TURNS:]:
        if lean.is_courtesy(turn.question):
            continue  # "Thanks" is no topic: the next question goes on with the one before
        asked = _resolve(turn.question.strip()[:_LONGEST], past)
        past = (*past, Past(asked[:_LONGEST], turn.answer.strip()[:_LONGEST]))
    return _resolve(question.strip(), past)


def with_model(question: str, turns: Sequence[Turn], model: BaseChatModel) -> str:
    """The same in the model's words, where it gives any that can be trusted.

    Only a question that leans on the talk by the rules is given to it: a model is quick to drag
    the old topic into a new one.
    """
    alone = standalone(question, turns)
    if alone == question.strip():
        return alone
    return rewritten(question, turns, model) or alone


def _resolve(question: str, past: tuple[Past, ...]) -> str:
    if not past or not question:
        return question
    if lean.is_courtesy(question) or lean.changes_topic(question):
        return question
    for step in (_bare, fill, _pronouns, _silent):
        found = step(question, past)
        if found is not None:
            return _tidy(found)
    return question


def _bare(question: str, past: tuple[Past, ...]) -> str | None:
    """ "why?", "when?", "by how much?", "tell me more": the last question asked anew."""
    last = past[-1]
    if _MORE.match(question):
        return with_answer_of(last.question, last)
    match = _BARE.match(question)
    if match is None:
        return None
    asking = {"how come": "why", "how so": "how", "why not": "why"}.get(
        match["ask"].lower(), match["ask"].lower()
    )
    new = reworded(asking, last.question)
    if new is None:
        new = f"{asking[0].upper()}{asking[1:]}: {last.question}"
    return with_answer_of(new, last)


def _pronouns(question: str, past: tuple[Past, ...]) -> str | None:
    """Put what "it", "he", "they", "there", "the company" mean in their place."""
    last, out, leaned = past[-1], question, False
    it = _meaning_of_it(question, past)
    woman = bool(re.search(r"\b(?:she|hers?)\b", question, re.I))
    company = companies(past)
    place = of_kind(past, ("place",))
    for pattern, meaning in (
        (lean.PERSON, person(past, woman=woman)),
        (lean.COMPANY, company),
        (lean.CAR, of_kind(past, ("model",))),
        (lean.THEY, company or it),
        (lean.IT, it),
        (lean.THERE, f"in {place}" if place else None),
    ):
        match = lean.outward(question, pattern)
        if match is None:
            continue
        leaned = True
        if meaning is not None and re.search(rf"\b{re.escape(meaning)}\b", out):
            meaning = None  # "How much did BMW put into BMW?": it must be something else
        if (meaning and match[0].lower() not in ("them",)) or (meaning and pattern is lean.IT):
            out = pattern.sub(partial(_put, meaning or ""), out, count=1)
    if lean.THAT.search(question) and not (
        lean.has_subject(question)
        and not lean.opener(question)
        and not leaned
        and not _compares(question)
    ):
        leaned = True
    if not leaned:
        return None
    return with_period_of(with_context(out, last), last)


def _compares(question: str) -> bool:
    return bool(re.search(r"\bthe same\b|\bcompare|\b(?:this|that)\s*\?*$", question, re.I))


def _put(meaning: str, match: re.Match[str]) -> str:
    if match[0].lower() in ("its", "their", "his", "theirs", "hers"):
        return f"{meaning}'" if meaning.endswith("s") else f"{meaning}'s"
    if match[0].lower() == "her" and re.match(r" \w", match.string[match.end() :]):
        return f"{meaning}'s"
    return meaning


def _meaning_of_it(question: str, past: tuple[Past, ...]) -> str | None:
    """What "it" means: a car, a law, "the battery plant" or a company, by what is asked."""
    last = past[-1]
    names = topic_names(last)
    first = {kind: n.surface for n in reversed(names) for kind in (n.kind,)}
    noun = thing(last)
    if "company" in first and _COMPANY_HINT.search(question) and not _MODEL_HINT.search(question):
        return first["company"]
    for kind in ("model", "policy", "technology"):
        if kind in first:
            found = first[kind]
            return found if kind == "model" or found[0].isupper() is False else _with_the(found)
    return (
        noun or first.get("company") or of_kind(past, ("model", "company", "policy", "technology"))
    )


def _with_the(name: str) -> str:
    return f"the {name}" if re.search(r" (?:Act|Bill|Law)$|^[A-Z]{2,}$", name) else name


def _silent(question: str, past: tuple[Past, ...]) -> str | None:
    """ "What was the cause?", "And how many did BYD sell?": words are missing, no pronoun."""
    last = past[-1]
    known = frozenset(n.canonical for n in names_in(last.question))
    if re.match(r"(?:and|but)\b", question, re.I) and lean.has_subject(question):
        # "And how many did BYD sell?": the old subject stays behind, what was asked goes on
        about = [w for w in content(last.question) if not names_in(f"x {w}")]
        missing = [w for w in about if w.lower() not in question.lower()]
        return with_period_of(
            append(question, f"({' '.join(missing)})") if missing else question, last
        )
    if not lean.leans_silently(question, known):
        return None
    return with_period_of(with_context(question, last), last)


def _tidy(question: str) -> str:
    out = re.sub(r"\s+([?,.)])", r"\1", re.sub(r"\s+", " ", question)).strip()
    return out[:1].upper() + out[1:]
