"""Is something done, planned or merely possible, and is it the same in the quotes?

English is not parsed here. Cue words govern the clause they stand in, and clauses are compared
with those clauses of the quotes that share the most content words with them.
"""

import re
from collections.abc import Sequence

from rag.grounding.days import Day, find_days
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
    r"|uncertain|potential|not known|not rul(?:e|ed|ing) out|doubts?|whether|suggests?)\b",
    re.IGNORECASE,
)
_ABLE = re.compile(
    r"\b(?:can|allow\w*|permit\w*|able|could|option|up to|at most|ha(?:s|ve) (?:\w+ ){1,2}(?:years|months|days) to)\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(?:will|is going to|are going to)\b")
_COULD = re.compile(r"\bcould\b(?! not\b)")
_PLAN = (
    r"will|shall|would|still (?:has|have|had) to|yet to|should|ought to|plan(?:s|ned|ning)?(?= to| for| by|,|\.|$)|intend(?:s|ed)?"
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
_PLANNED = re.compile(rf"\b(?:{_PLAN})\b", re.IGNORECASE)
_STRONG_PLAN = re.compile(
    r"\b(?:will(?! be known)|plans? to|intends? to|aims? (?:to|for)|wants?|hopes? to|(?:is|are) going"
    r" to|(?:is|are) to(?! \d)|one day)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:ha(?:s|ve|d) (?:(?:already|now|also|just|since|long) )*(?!to\b|been (?:planned|due))"
    r"(?-i:(?:[a-z]+(?:ed|aid|ilt|ought|aught|own|awn|oken|iven|tten)|been|built|sold|bought|begun|made|won|lost|taken|got|given|led|held|kept"
    r"|left|paid|spent|become|gone|risen|fallen|grown|run|come|shut|put|cut|set|broken|brought"
    r"|sunk|shrunk|withdrawn)\b)|already)\b",
    re.IGNORECASE,
)
_VERB_AFTER = re.compile(
    rf"\b(?:{_PLAN}|may|might)\b((?:[ ,’'\"$€£-]+[\w’'-]+){{1,6}})", re.IGNORECASE
)
_TENSED = re.compile(r"[a-z]+ed|[a-z]{2,}s", re.IGNORECASE)
_PAST = frozenset(
    "built sold bought began begun made won lost took got gave led held kept left paid spent became "
    "went rose fell grew ran came shut put cut set broke brought sank shrank withdrew met".split()
)
_AT = re.compile(
    r"\b(?:in|on|since|after|from|of)(?: (?:early|late|mid|the))?[ -]*$", re.IGNORECASE
)
_PAST_TENSE = re.compile(
    rf"\b(?:was|were|ha(?:s|ve|d)|did|already|(?-i:{'|'.join(sorted(_PAST))})|[a-z]{{3,}}ed)\b",
    re.IGNORECASE,
)
_OFTEN_NOUNS = frozenset(
    content(word)
    for word in "plan cost year month car vehicle van truck bus lorry sale price job plant say day".split()
)


def contradicted(sentence: str, quotes: Sequence[str], context: str = "") -> str | None:
    """In words, a denial or a degree of certainty that the quotes do not share, else None.

    The last day in `context` is taken for the day of publication: what was reported then can't
    be told as done on a later day.
    """
    theirs = [clause for quote in quotes for clause in clauses(quote)]
    source = " ".join(quotes)
    for clause in clauses(sentence):
        near = nearest(clause, theirs)
        if near:
            why = denial(clause, near, sentence, source) or _openness(clause, near, source)
            if why:
                return why
    why = denied_as_a_whole(sentence, quotes) or _done_as_a_whole(sentence, quotes)
    why = why or _only_offered(sentence, quotes)
    return why or _done_or_planned(sentence, theirs, source) or _not_yet(sentence, theirs, context)


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
    return "planned" if _PLANNED.search(text) else "done"


def _done_as_a_whole(sentence: str, quotes: Sequence[str]) -> str | None:
    """ "Has built" or "already", where the nearest sentence of the quotes only plans."""
    if not _DONE.search(sentence) or _PLANNED.search(sentence) or denied(sentence):
        return None
    best = nearest_sentence(sentence, quotes)
    only_plans = (
        _PLANNED.search(best)
        and not _DONE.search(best)
        and not _tensed_verbs(best) & _tensed_verbs(sentence)
    )
    return "the quotes speak of a plan, not of something done" if only_plans else None


def _openness(clause: Clause, near: Sequence[Clause], source: str) -> str | None:
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
        return None if _ABLE.search(clause.text) else "the quotes call it only possible"
    return None


def _done_or_planned(sentence: str, theirs: Sequence[Clause], source: str) -> str | None:
    plan_said = "the quotes speak of a plan, not of something done"
    planned_here, planned_there = _planned_verbs(sentence), _planned_verbs(source)
    # "It starts on Thursday" tells a plan too.
    scheduled = bool(find_days(sentence) or find_periods(sentence))
    done_here, done_there = _tensed_verbs(sentence, not scheduled), _tensed_verbs(source)
    if not denied(sentence) and (done_here - planned_here) & (planned_there - done_there):
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
        if only_meant and len(clause.words) > 2 and not open_:
            return plan_said
        done = (_DONE.search(clause.text) or _PASSIVE.search(clause.text)) and not _PLANNED.search(
            clause.text
        )
        if done and near and "done" not in states and not any(_DONE.search(c.text) for c in near):
            return plan_said
        if _STRONG_PLAN.search(clause.text) and states == {"done"}:
            verbs = _planned_verbs(clause.text)
            later = any(re.search(r"\b(?:From|from|In|in|by) 20\d\d", c.text) for c in near)
            past = any(_DONE.search(c.text) for c in near) or verbs & done_there
            if (
                past
                and not later
                and status(" ".join(near_sentences(sentence, [source]))) == "done"
            ):
                return "the quotes speak of something done, not of a plan"
    return None


def _not_yet(sentence: str, theirs: Sequence[Clause], context: str) -> str | None:
    days = [day for day in find_days(context) if day.year and day.month]
    if not days:
        return None
    published = (days[-1].year, days[-1].month)
    for clause in clauses(sentence):
        if _PLANNED.search(clause.text) or not _PAST_TENSE.search(clause.text):
            continue
        if _DONE.search(clause.text) and _only_later(clause, theirs, published):
            return "the quotes tell of a day after that of the report"
        for day in find_days(clause.text):
            after = (day.year, _last_month(day)) > published
            at = _AT.search(clause.text, 0, day.start)
            deadline = not day.day or (at and not at.group().startswith("on"))
            if deadline and after and _told_so(day, theirs):
                continue
            if day.year and after and at:
                return f"{day.surface} lies after the day of the report"
    return None


def _told_so(day: Day, theirs: Sequence[Clause]) -> bool:
    """Do the quotes tell of the day in a past tense too, as in "the deal signed ... from 2027"?"""
    same = [
        c.text
        for c in theirs
        if any(
            (d.year, d.month, d.day) == (day.year, day.month, day.day) for d in find_days(c.text)
        )
    ]
    return any(_PAST_TENSE.search(text) for text in same)


def _only_later(clause: Clause, theirs: Sequence[Clause], published: tuple[int, int]) -> bool:
    """Do the quotes tell the same only of a day after the report?"""
    days = [
        [day for day in find_days(c.text) if day.year]
        for c in nearest(clause, theirs)
        if overlap(clause.words, c.words) >= 0.5 and not _DONE.search(c.text)
    ]
    return bool(days) and all(
        found and all((day.year, _last_month(day)) > published for day in found) for found in days
    )


def _last_month(day: Day) -> int:
    """The month that a date certainly lies after: a bare year may be the current one."""
    if day.month:
        return day.month
    starts = {"q1": 1, "q2": 4, "q3": 7, "q4": 10, "h1": 1, "h2": 7}
    return starts.get(day.part, 1)


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


def _tensed_verbs(text: str, present: bool = True) -> frozenset[str]:
    """Concepts of words in a past or present tense that no plan governs; some nouns slip in."""
    free = _VERB_AFTER.sub(" ", text)
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
