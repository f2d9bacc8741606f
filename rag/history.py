"""A follow-up question -> a question that stands alone, by rules, without a chat model.

"What about Ford?" takes the last question with another company; "and the year before?" with
another period; "why?" asks the last question anew; "it", "he", "there" become what they mean.
What can't be put in place is added in brackets, because the result is read by search as well
as by people. A question that names its own subject and is complete is left as it is: dragging
the old topic along would hide the answer.
"""

import re
from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel

from rag.talk import lean, pronouns
from rag.talk.carry import with_answer_of, with_both, with_context, with_period_of
from rag.talk.ellipsis import fill
from rag.talk.focus import (
    Past,
    companies,
    content,
    first_sentence,
    has_subject,
    names_in,
    of_kind,
    person,
    reworded,
    thing,
    topic_names,
)
from rag.talk.rewrite import rewritten
from rag.talk.slots import append
from rag.talk.understood import understood
from rag.types import Turn

__all__ = ["standalone", "understood", "with_model"]

_TURNS = 6  # a topic older than this is no longer what "it" means
_LONGEST = 1000  # characters; a longer question is no follow-up, and rules are slow on it
_BARE = re.compile(
    r"^(?:and |but |so )*(?P<ask>why not|why|how come|when|where|who|whom|how|how much|how many|"
    r"since when|how long|how so|how often|with whom|(?:by|in|at|on|for|from|to|with|since|until|under) "
    r"(?:how (?:much|many|long)|what|which|when)"
    r"(?: (?!(?:is|was|are|were|did|does|do|it|they|he|she|that|this|exactly|then|so)\b)[\w-]+){0,2})"
    r"(?: (?:exactly|then|though|is that|was that|that|so))?\s*[?!.]*$",
    re.I,
)
_MORE = re.compile(
    r"^(?:(?:please |can you |could you )?(?:tell me more|give me (?:more )?(?:details|information|"
    r"the sources?)|summari[sz]e(?: (?:it|this|that))?|more(?: details| information| on that)?|go on|continue|"
    r"elaborate|details|explain|any (?:news|updates?)|really|are you sure|is that (?:still )?"
    r"(?:true|so|right|correct|the case)|says who|source)(?: please)?)\s*[?!.]*$",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\bthe same\b|\bcompare|\b(?:this|that)\s*\?*$|\bof (?:these|those)\b|"
    r"\b(?:did|does|do|will|would|could|can|has) (?:this|that) (?:mean|affect|leave|change|hurt|"
    r"help|apply|include|make|cost|impact|put|hit|happen)\b",
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
    # "Great, what about Europe?" asks what it asks without the "Great"
    asked = lean.without_courtesy(question)
    for step in (_bare, fill, _pronouns, _silent):
        found = step(asked, past)
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
    leaned = False
    put: list[tuple[int, int, str]] = []
    it = _meaning_of_it(question, past)
    woman = bool(re.search(r"\b(?:she|hers?)\b", question, re.I))
    company = companies(past)
    both = pronouns.outward(question, pronouns.THEY) and pronouns.outward(question, pronouns.IT)
    place = of_kind(past, ("place",))
    for pattern, meaning in (
        (pronouns.PERSON, person(past, woman=woman)),
        (pronouns.COMPANY, company),
        (pronouns.CAR, of_kind(past, ("model",))),
        # "Where do they build it?": two things, so "they" is not what "it" is
        (pronouns.THEY, company or (None if both else it)),
        (pronouns.IT, it),
        (pronouns.THERE, f"in {place}" if place else None),
    ):
        match = pronouns.outward(question, pattern)
        if match is None:
            continue
        leaned = True
        if meaning is None or match[0].lower() == "them":
            continue
        told = [question, *(text for *_, text in put)]
        if any(re.search(rf"\b{re.escape(meaning)}\b", text) for text in told):
            continue  # "How much did BMW put into BMW?": it must be something else
        put.append((*match.span(), _put(meaning, match)))
    if pronouns.THAT.search(question) and not (
        has_subject(question)
        and not lean.opener(question)
        and not leaned
        and not _points_back(question)
    ):
        leaned = True
    if not leaned:
        return None
    out = question
    for start, end, text in sorted(put, reverse=True):
        out = out[:start] + text + out[end:]
    return _with_topic(question, out, past)


def _points_back(question: str) -> bool:
    """Does "that" mean what was said, in a question that has a name of its own as well?"""
    return bool(_POINTS_BACK.search(question))


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
    told = f"{last.question}\n{first_sentence(last.answer)}"
    known = frozenset(n.canonical for n in names_in(told))
    if re.match(r"(?:and|but)\b", question, re.I) and has_subject(question):
        # "And how many did BYD sell?": the old subject stays behind, what was asked goes on
        own = [w for w in content(question) if not names_in(f"x {w}")]
        if len(own) > 1 or {w.lower() for w in own} & {"new", "news", "latest"}:
            return None  # "And did BYD raise prices?" asks for everything itself
        about = [w for w in content(last.question) if not names_in(f"x {w}")]
        missing = [w for w in about if w.lower() not in question.lower()]
        return with_period_of(
            append(question, f"({' '.join(missing)})") if missing else question, last
        )
    leans = (
        lean.asks_of_both(question)
        or lean.leans_silently(question, known)
        or lean.repeats(question, content(last.question))
    )
    return _with_topic(question, question, past) if leans else None


def _with_topic(asked: str, out: str, past: tuple[Past, ...]) -> str:
    """`out` with the topic and the period of the last question, or of the last two."""
    carry = with_both(out, past) if lean.asks_of_both(asked) else with_context(out, past[-1])
    return with_period_of(carry, past[-1])


def _tidy(question: str) -> str:
    out = re.sub(r"\s+([?,.)])", r"\1", re.sub(r"\s+", " ", question)).strip()
    return out[:1].upper() + out[1:]
