"""Is something denied in a sentence but not in its quotes, or the other way round?"""

import re
from collections.abc import Sequence

from rag.grounding.opposites import opposed
from rag.grounding.phrases import (
    STOP,
    Clause,
    clauses,
    concepts,
    content,
    near_sentences,
    nearest_sentence,
    overlap,
)

_NOT_REALLY = re.compile(
    r"\b(?:not only|not just|not least|no (?:fewer|less|more|later|sooner|earlier) than|no doubt"
    r"|whether or not|not more than|no wonder|nothing but|if not"
    r"|no one else"
    r"|not (?:to )?(?:\w+ ){0,3}(?:beyond|above|over|exceed\w*|below|under|(?:more|less|fewer) than)(?= [\d$€£])"
    r")\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|no|none|neither|nor|nobody|nothing|nowhere|without|cannot|hardly|unable"
    r"|empty-handed)\b|n[’']t\b",
    re.IGNORECASE,
)
# Words that deny in themselves and may stand for a "not" in a paraphrase.
_REFUSED = re.compile(
    r"\b(?:fail(?:s|ed|ing|ure)?|refus\w+|den(?:y|ies|ied|ying)|reject\w*|rul(?:e|es|ed|ing) out"
    r"|lack\w*|exclud\w+|exempt\w*|forb\w+|prohibit\w*|bann?(?:ed|ing|s)?|barr(?:ed|s)|cancel\w*"
    r"|scrap(?:s|ped|ping)?|dropp?(?:s|ed|ing)?|suspend\w*|halt\w*|stop\w*|abandon\w*|giv\w+ up"
    r"|gave up|block(?:s|ed|ing)?|prevent\w*|turn(?:s|ed|ing)? down|thr(?:ow|ew|own)\w* out|withdr\w+|put off|on hold|shelv\w*|discontinu\w*|delay\w*|postpon\w*|slip(?:s|ped)?|miss(?:ed|es)"
    r"|avoid\w*|declin\w+ to|dismiss\w*|unchanged|untouched|called off)\b",
    re.IGNORECASE,
)
_LOOSELY = re.compile(
    r"\b(?:unlike|unclear|unknown|instead of|rather than|far from|yet to|still to|(?:still|remains?) open|undecided|oppos\w+"
    r"|against|objected|run(?:s|ning)? out|ran out|laps(?:e|es|ed|ing)|expir\w+|undo\w*|revers\w*|except\w*|sav(?:e|ed)|spar(?:e|es|ed)|missing|leav(?:e|es|ing) [\w ]{1,40}\bout|contrary to|disagree\w*|doubt\w*|wrong|los[et]\w*|ended|away|breach|earliest|still (?:has|have) to)\b",
    re.IGNORECASE,
)
# What a "not" may paraphrase: "unpaid", "only until", "still open", "remains".
_HINTS = re.compile(
    r"\b(?:un(?!i|der|til|less)[a-z]{3,}|only|until|remain\w*|free of|absent|short of|do without|kept|keeps?)\b",
    re.IGNORECASE,
)


_SOFT = (_REFUSED, _LOOSELY, _HINTS)
# Share of a clause's concepts from which on a clause of the quotes tells the very same.
_CLOSE = 0.75
# A sentence of more concepts than these tells much besides: only a close clause judges what it denies.
_MUCH = 12
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)
_ASIDE = re.compile(r"not\b(?! to\b)", re.IGNORECASE)
_OTHERWISE = re.compile(r"\b(?:whereas|while|but|instead|rather|unlike|though|against)\b")
_IMPLIED = re.compile(
    r"\b(?:until|few(?! more)|little|stay(?:s|ed|ing)? (?:out|away|off)|keep(?:s|ing)? (?:out|away|off)"
    r"|off the table|turn(?:s|ed) away|remain(?:s|ed)? (?:closed|shut|open|at|in)|skip\w*|forgo\w*|waive\w*"
    r"|hold(?:s|ing)? back|left out|leav\w+ out|rare\w*|seldom|barely|scarcely|free|wait\w*)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"(?:until|before)\b", re.IGNORECASE)


def denied(text: str) -> bool:
    """Does `text` deny with a plain "not", "no", "never" or the like?"""
    return bool(_DENIED.search(_NOT_REALLY.sub(" ", text)))


def denial(clause: Clause, near: Sequence[Clause], sentence: str, source: str) -> str | None:
    """In words, how a clause of the sentence and the clauses nearest to it disagree, or None."""
    if _same_denial(sentence, source):
        return None
    refused = [bool(_REFUSED.search(c.text)) for c in near]
    whole = " ".join(near_sentences(sentence, [source], 0.4))
    if denied(clause.text):
        if _REFUSED.search(clause.text):
            # "did not cancel" affirms: then the quotes must not say "cancelled" or "will not".
            said = any(refused) or (_REFUSED.search(whole) and not denied(whole))
            turned = said and not any(denied(c.text) and _REFUSED.search(c.text) for c in near)
            return "the quotes deny it" if turned else None
        if any(denied(c.text) or opposed(clause.text, c.text) for c in near):
            return None
        close = [c for c in near if overlap(clause.words, c.words) >= _CLOSE]
        if (
            close
            and len(clause.words) > 1
            and not any(_excused(clause.text, c.text) for c in close)
        ):
            return "the quotes do not deny it"
        if not close and len(concepts(sentence)) > _MUCH:
            return None
        loose = any(refused) or any(_LOOSELY.search(c.text) or _HINTS.search(c.text) for c in near)
        return (
            None
            if loose or denied(whole) or _LOOSELY.search(whole)
            else "the quotes do not deny it"
        )
    if all(denied(c.text) for c in near):
        if any(opposed(clause.text, c.text) for c in near) or _implied(clause.text, near):
            return None  # "stays shut" and "will not reopen" agree
        if any(refused) or clause.link in ("before", "until") or _UNTIL.match(clause.text):
            return None  # "will not give up" affirms
        if _WITHOUT.search(sentence) and not any(denied(_WITHOUT.sub(" ", c.text)) for c in near):
            return None
        if _OTHERWISE.search(sentence) and all(_ASIDE.match(c.text) for c in near):
            return None  # "a pack from X, not the Korean one of the short car" contrasts two things
        relative = clause.link in ("that", "which", "who", "whose") and denied(sentence)
        aside = denied(sentence) and len(clause.words) <= 2
        excused = relative or aside or _REFUSED.search(sentence) or _LOOSELY.search(sentence)
        return None if excused else "the quotes deny it"
    return None


def _same_denial(sentence: str, source: str) -> bool:
    """Do both deny the same word, or has a denying sentence most of what the quotes deny?

    Clauses are cut and joined freely in a paraphrase, so what is denied counts more than where.
    """
    if not denied(sentence):
        return False
    ours = concepts(sentence)
    return bool(_denied_words(sentence) & _denied_words(source)) or any(
        denied(clause.text) and overlap(clause.words, ours) >= _CLOSE for clause in clauses(source)
    )


def _denied_words(text: str) -> frozenset[str]:
    """The concept of the first content word after each "not", "no" or "never"."""
    text = _NOT_REALLY.sub(" ", text)
    out = set()
    for match in _DENIED.finditer(text):
        words = _WORD.findall(text, match.end(), match.end() + 60)
        verb = next((w for w in words if w.casefold() not in STOP and not w.endswith("ly")), None)
        if verb:
            out.add(content(verb))
    return frozenset(out)


def _excused(ours: str, theirs: str) -> bool:
    """Does a clause of the quotes hold a word that a "not" may paraphrase and that we lack?"""
    own = {word.casefold() for pattern in _SOFT for word in pattern.findall(ours)}
    return any(w.casefold() not in own for pattern in _SOFT for w in pattern.findall(theirs))


def _implied(text: str, near: Sequence[Clause]) -> bool:
    """Does `text` hold a word such as "until" or "stays out" that the denials it stands for lack?"""
    own = {word.casefold() for word in _IMPLIED.findall(text)}
    return bool(own) and not any(
        word.casefold() in own for c in near for word in _IMPLIED.findall(c.text)
    )


def denied_as_a_whole(sentence: str, quotes: Sequence[str]) -> str | None:
    """A list or an aside may part a "not" from what it denies; then the main clause decides."""
    if denied(sentence) or any(p.search(sentence) for p in (_REFUSED, _LOOSELY, _IMPLIED)):
        return None
    wanted, best = concepts(sentence), nearest_sentence(sentence, quotes)
    main = [clause for clause in clauses(best) if clause.words]
    if overlap(wanted, concepts(best)) < 0.35 or not main:
        return None
    wholly = denied(main[0].text) or (
        main[0].words <= {content("said")} | wanted
        and len(main) > 1
        and main[1].link == "that"
        and denied(main[1].text)
    )
    if not wholly or len(main) > 3 or opposed(sentence, best):
        return None
    # "Not awarded, they will be put out again" does not deny that they will.
    return "the quotes deny it" if _denied_words(best) & wanted else None
