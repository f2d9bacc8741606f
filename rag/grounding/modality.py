"""Is something done, planned or merely possible, and is it the same in the quotes?

English is not parsed here. Cue words govern the clause they stand in, and clauses are compared
with those clauses of the quotes that share the most content words with them.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.grounding.days import find_days
from rag.grounding.denial import denial, denied, denied_as_a_whole
from rag.grounding.periods import find_periods
from rag.grounding.phrases import (
    STOP,
    Clause,
    clauses,
    content,
    near_sentences,
    nearest,
    nearest_sentence,
    overlap,
)

_MAY_MONTH = re.compile(
    r"\b(?:in|since|by|until|from|of|\d+|last|early|late|mid|and|to),? (?-i:May)\b|(?-i:\bMay \d)",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"\b(?:may|might|possibl[ey]|perhaps|maybe|consider(?:s|ed|ing)|rumou?r\w*|unclear"
    r"|uncertain|potential|not known|(?:not|\w+n['’]t) rul(?:e|ed|ing) out|doubts?|whether|suggests?)\b",
    re.IGNORECASE,
)
_ABLE = re.compile(
    r"\b(?:can|allow\w*|permit\w*|able|could|option|up to|at most|ha(?:s|ve) (?:\w+ ){1,2}(?:years|months|days) to)\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(?:will|\w+['’]ll|is going to|are going to)\b")
_COULD = re.compile(r"\bcould\b(?! not\b)")
_PLAN = (
    r"will|\w+['’]ll|shall|would|still (?:has|have|had) to|yet to|should|ought to|plan(?:s|ned|ning)?(?= to| for| by|,|\.|$)|intend(?:s|ed)?"
    r"|aim(?:s|ed|ing)?|expect(?:s|ed)?|want(?:s|ed)?|hop(?:e|es|ed)|targets?|targeting|goals?"
    r"|aspir\w+|due|scheduled|forecasts?|propos\w+|going to|(?:is|are|was|were) set to|means? to"
    r"|meant|seek\w*|promis\w+|supposed|designed|earmarked|conceived|likely|(?:is|are|was|were)"
    r" (?:\w+ )?to(?! (?:blame|date|\d))|to be|under construction|about to|begins?|follows?|ambition"
    r"|agree[ds]? to|(?:is|are) (?:now |also )?(?:being|putting|spending|moving)|has(?: \d+)? days|have until"
)
_OPEN = re.compile(
    rf"\b(?:{_PLAN}|plan\w*|can|could|may|might|possibl[ey]|option|(?:in|by|from|until) 20\d\d)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:was|were) (?:[a-z]+ed|built|made|sold|bought|begun)\b")
PLANNED = re.compile(rf"\b(?:{_PLAN})\b", re.IGNORECASE)
_STRONG_PLAN = re.compile(
    r"\b(?:will(?! be known)|\w+['’]ll|plans? to|intends? to|aims? (?:to|for)|wants?|hopes? to|(?:is|are) going"
    r" to|(?:is|are) to(?! \d)|one day)\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:ha(?:s|ve|d) (?:(?:already|now|also|just|since|long) )*(?!to\b|been (?:planned|due))"
    r"(?-i:(?:[a-z]+(?:ed|aid|ilt|ought|aught|own|awn|oken|iven|tten)|been|built|sold|bought|begun|made|won|lost|taken|got|given|led|held|kept"
    r"|left|paid|spent|become|gone|risen|fallen|grown|run|come|shut|put|cut|set|broken|brought"
    r"|sunk|shrunk|withdrawn)\b)|already)\b",
    re.IGNORECASE,
)
_VERB_AFTER = re.compile(
    rf"\b(?:{_PLAN}|may|might)\b((?:[ ’'\"$€£-]+[\w’'-]+){{1,6}})", re.IGNORECASE
)
# "The lost subsidy", "of cells", "three stages": no verb stands there.
_NO_VERB = re.compile(
    r"\b(?:the|an?|its|their|his|her|our|my|your|these|those|some|more|fewer|several|many|all|of|for|with"
    r"|by|from|per|in|on|at|into|two|three|four|five|six|seven|eight|nine|ten|\d[\d.,]*) [a-z]+\b",
    re.IGNORECASE,
)
_TENSED = re.compile(r"[a-z]+ed|[a-z]{2,}s", re.IGNORECASE)
_PAST = frozenset(
    "built sold bought began begun made won lost took got gave led held kept left paid spent became "
    "went rose fell grew ran came shut put cut set broke brought sank shrank withdrew met".split()
)
PAST_TENSE = re.compile(
    rf"\b(?:was|were|ha(?:s|ve|d)|did|already|(?-i:{'|'.join(sorted(_PAST))})|[a-z]{{3,}}ed)\b",
    re.IGNORECASE,
)
_PRESENT_OR_PAST = re.compile(rf"\b(?:is|are)\b|{PAST_TENSE.pattern}", re.IGNORECASE)
_OFTEN_NOUNS = frozenset(
    content(word)
    for word in "plan cost year month car vehicle van truck bus lorry sale price job plant say day".split()
)


def contradicted(sentence: str, quotes: Sequence[str]) -> str | None:
    """In words, a denial or a degree of certainty that the quotes do not share, else None."""
    theirs = [clause for quote in quotes for clause in clauses(quote)]
    source = " ".join(quotes)
    for clause in clauses(sentence):
        near = nearest(clause, theirs)
        if near:
            why = denial(clause, near, sentence, source) or _openness(
                clause, near, sentence, source
            )
            if why:
                return why
    why = denied_as_a_whole(sentence, quotes) or _done_as_a_whole(sentence, quotes)
    why = why or _only_offered(sentence, quotes)
    return why or _done_or_planned(sentence, theirs, source)


def _only_offered(sentence: str, quotes: Sequence[str]) -> str | None:
    """ "Paid", "agreed" or "bound to", where the quotes only know of an offer, an option or talks."""
    if not _FIRM.search(sentence) or denied(sentence) or _OFFERED.search(sentence):
        return None
    said = nearest_sentence(sentence, quotes)
    settled = _FIRM.search(" ".join(quotes)) or not _OFFERED.search(said)
    return None if settled else "the quotes call it only possible"


_FIRM = re.compile(
    r"\b(?:paid|agreed (?:on|to)|ha(?:s|ve|d) agreed|signed|(?:is|are) (?:committed|bound|obliged)|firm order"
    r"|settled|(?:is|are) now [a-z]+ing)\b"
)
_OFFERED = re.compile(
    r"\b(?:offer(?:s|ed|ing)?|options?|choices?|talks|talking|discuss\w*|negotiat\w*|conditional|bids?)\b"
)


def status(text: str) -> str:
    """Return "possible" (may, might), "planned" (will, wants to, is due) or "done" (the rest)."""
    if _POSSIBLE.search(_MAY_MONTH.sub(" ", text)):
        return "possible"
    return "planned" if PLANNED.search(text) else "done"


def _done_as_a_whole(sentence: str, quotes: Sequence[str]) -> str | None:
    """ "Has built" or "already", where the nearest sentence of the quotes only plans."""
    if not DONE.search(sentence) or PLANNED.search(sentence) or denied(sentence):
        return None
    best = nearest_sentence(sentence, quotes)
    only_plans = (
        PLANNED.search(best)
        and not DONE.search(best)
        and not _tensed_verbs(best) & _tensed_verbs(sentence)
    )
    return "the quotes speak of a plan, not of something done" if only_plans else None


def _openness(clause: Clause, near: Sequence[Clause], sentence: str, source: str) -> str | None:
    mine = status(clause.text)
    plain = _MAY_MONTH.sub(" ", clause.text)
    if re.search(r"\b(?:may|might)\b", plain) and not _POSSIBLE.search(_MAY_MONTH.sub(" ", source)):
        able = any(_ABLE.search(c.text) for c in near) or any(
            _COULD.search(piece) for piece in near_sentences(clause.text, [source])
        )
        return None if able or denied(clause.text) else "the quotes do not leave it open"
    if _WILL.search(clause.text) and all(_COULD.search(c.text) for c in near):
        return "the quotes call it only possible"
    if mine != "possible" and {status(c.text) for c in near} == {"possible"}:
        # "Whether" may stand in another clause of the sentence than in the quotes.
        left_open = _cues(sentence) & {cue for c in near for cue in _cues(c.text)}
        if left_open or denied(clause.text) or _ABLE.search(clause.text):
            return None
        return "the quotes call it only possible"
    return None


def _cues(text: str) -> set[str]:
    return {cue.casefold() for cue in _POSSIBLE.findall(_MAY_MONTH.sub(" ", text))}


def _done_or_planned(sentence: str, theirs: Sequence[Clause], source: str) -> str | None:
    plan_said = "the quotes speak of a plan, not of something done"
    planned_here, planned_there = _planned_verbs(sentence), _planned_verbs(source)
    # "It starts on Thursday" tells a plan too.
    scheduled = bool(find_days(sentence) or find_periods(sentence))
    done_here, done_there = _tensed_verbs(sentence, not scheduled), _tensed_verbs(source)
    done_here -= planned_here | _repeated(sentence, source)
    if not denied(sentence) and done_here & (planned_there - done_there):
        return plan_said
    for clause in clauses(sentence):
        near = nearest(clause, theirs, 0.7)
        states = {status(c.text) for c in near}
        if denied(clause.text) or re.search(
            r"\b(?:until|when|once|if|after|before|as soon as)\b", clause.text
        ):
            continue
        close = [c for c in near if overlap(clause.words, c.words) >= 0.75]
        only_meant = close and all(
            _STRONG_PLAN.search(c.text) and not denied(c.text) for c in close
        )
        open_ = _OPEN.search(sentence) or find_days(clause.text)
        verb = _PRESENT_OR_PAST.search(clause.text) or _tensed_verbs(clause.text)
        if only_meant and verb and len(clause.words) > 2 and not open_:
            return plan_said
        done = (DONE.search(clause.text) or _PASSIVE.search(clause.text)) and not PLANNED.search(
            clause.text
        )
        if done and near and "done" not in states and not any(DONE.search(c.text) for c in near):
            return plan_said
        if _STRONG_PLAN.search(clause.text) and states == {"done"}:
            verbs = _planned_verbs(clause.text)
            later = any(re.search(r"\b(?:From|from|In|in|by) 20\d\d", c.text) for c in near)
            past = any(DONE.search(c.text) for c in near) or verbs & done_there
            if (
                past
                and not later
                and status(" ".join(near_sentences(sentence, [source]))) == "done"
            ):
                return "the quotes speak of something done, not of a plan"
    return None


def _planned_verbs(text: str) -> frozenset[str]:
    """Concepts of the verbs that a cue such as "will" or "plans to" governs."""
    out, sure = set(), set()
    for match in _VERB_AFTER.finditer(text):
        words = re.findall(r"[^\W\d_]+", match[1])
        verbs = [word for word in words if word.casefold() not in STOP and not word.endswith("ly")]
        plain = words[:2].count("to") or match[0].casefold().startswith(("will", "would", "shall"))
        if plain and verbs and not verbs[0].endswith("s"):
            sure.add(content(verbs[0]))
        out |= {content(word) for word in verbs[:1]}
        for i, word in enumerate(words[:-1]):
            if word == "and" and words[i + 1].casefold() not in STOP:
                out.add(content(words[i + 1]))
    return frozenset((out - _OFTEN_NOUNS) | sure)


def _repeated(sentence: str, source: str) -> frozenset[str]:
    """Concepts of the words that stand in both texts in the same form after the same word.

    "Been deleted" is none of them: "should have been" and "has been" both end so.
    """
    pairs = [set(pairwise(re.findall(r"[^\W_]+", text.casefold()))) for text in (sentence, source)]
    return frozenset(content(word) for left, word in pairs[0] & pairs[1] if left[:2] != "be")


def _tensed_verbs(text: str, present: bool = True) -> frozenset[str]:
    """Concepts of words in a past or present tense that no plan governs; some nouns slip in."""
    free = _NO_VERB.sub(" ", _VERB_AFTER.sub(" ", text))
    words = [
        word
        for word in re.findall(r"[^\W\d_]+", free)
        if word.islower()
        and (word in _PAST or _TENSED.fullmatch(word))
        and not word.endswith("ss" if present else "s")
    ]
    sure = {content(word) for word in words if word in _PAST}
    found = {content(word) for word in words if word not in STOP}
    return frozenset((found - _OFTEN_NOUNS) | sure)
