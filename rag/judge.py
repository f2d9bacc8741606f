"""One sentence of a chat model -> shown with the evidence that carries it, or dropped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.names import find_names
from rag.answer import content
from rag.fence import is_foreign, is_order
from rag.ground import Meaning, Support, support
from rag.grounding.phrases import concepts, overlap
from rag.prompt import REFUSAL
from rag.types import Span

# Chosen on the development half of tests/data/ground.jsonl: none of its faithful sentences is lost.
OWN_WORDS = 0.3  # least share of a sentence's ordinary words that its evidence has
DENIED = 0.6  # share of what is denied in a quote that makes a sentence the same claim
CLOSE = 0.8  # nearness in meaning from which a paraphrase may use other words
UNCITED = 0.6  # least nearness in meaning to a piece of evidence that the model did not cite
SLACK = 0.2  # share of a sentence's words by which a piece may say less of it than the best one
TRIED = 3  # pieces of evidence tried for a sentence that cites none or the wrong one

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_NOT_VERB = re.compile(r"(?:\bnot|\bnever|n['’]t)\s+(?:\w+ly\s+|be\s+|been\s+)*([a-z]+)")
_NOT = re.compile(
    r"\b(?:not|never|no|nor|neither|none|without|cannot|refus\w+|fail\w*|declin\w+|den(?:y|ie)\w*"
    r"|reject\w*|unable|stop\w*|halt\w*|cancel\w*|ban\w*|rul\w+ out)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|rul(?:e|es|ed|ing) out|reject\w*|refus\w+|declin\w+)\b"
    r"([^.;,]*)",
    re.IGNORECASE,
)
_HEARSAY = re.compile(r"\b(?:reportedly|allegedly|rumou?red|unconfirmed)\b", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:report\w*|alleg\w+|rumou?r\w*|according to|said|says?|may|might|could|unconfirmed)\b",
    re.IGNORECASE,
)
_TEXTS = r"(?:evidence|articles?|text|information|context|quotes?)"
_NEWS = r"(?:news|sources?|reports?)"
_GIVEN = r"(?:\s+(?:i have|provided|given|above))?"
_TELLS = (
    r"(?:\w+ly )?(?:say|mention|answer|state|specify|tell|contain|provide|address|discuss|indicate"
    r"|(?:give|include|have) (?:\w+ ){0,2}(?:information|details?|data|answer|mention))\b"
)
# A verb of telling has to follow: "The news did not surprise investors" is news.
_NO_ANSWER = re.compile(
    rf"^(?:the|this|these|none of the)\s+(?:\w+\s+){{0,2}}(?:"
    rf"{_TEXTS}{_GIVEN} (?:do|does|did)(?: not|n['’]t) {_TELLS}"
    rf"|{_NEWS}{_GIVEN} (?:do|does)(?: not|n['’]t) {_TELLS}"
    rf"|(?:{_TEXTS}|{_NEWS}){_GIVEN} (?:says? nothing|(?:provides?|contains?|gives?|makes?) no "
    r"(?:\w+ ){0,2}(?:information|evidence|answer|details?|data|mention))\b)"
    r"|\bnot (?:explicitly |directly |clearly )?(?:mentioned|stated|provided|specified|given|answered|included"
    rf"|available|found) in the (?:\w+ ){{0,2}}(?:{_TEXTS}|news|sources?)\b"
    r"|^there (?:is|was|are)(?: no|n['’]t any) (?:\w+ ){0,2}(?:"
    r"(?:information|news|answer|data|details?)(?: (?:given|provided|available))?"
    rf" (?:about|on|regarding|to (?:this|that|the|your) question|in the (?:\w+ ){{0,2}}(?:{_TEXTS}|{_NEWS}))"
    rf"|mention of|(?:evidence|mention) in the (?:\w+ ){{0,2}}(?:{_TEXTS}|{_NEWS}))\b"
    r"|^(?:i|we) (?:(?:cannot|can['’]t|could not|couldn['’]t|(?:am|are) (?:unable|not able) to) (?:\w+ly )?"
    r"(?:answer|find|say|tell|determine)|(?:do not|don['’]t) (?:know|(?:have|find|see) (?:\w+ ){0,2}"
    r"(?:information|evidence|answer|details?|data)))\b",
    re.IGNORECASE,
)
# Somebody of the news says it: "We cannot say when, Farley said."
_ATTRIBUTED = re.compile(
    r", [^,]*\b(?:says?|said|told|added|reports?|reported)\b|(?<=\s)according to\b", re.IGNORECASE
)
# Openings that claim nothing, or an agreement that no quote can carry.
_OPENING = re.compile(
    r"^(?:(?:yes|no|sure|certainly|indeed|of course|answer|correct)\s*[,.:;!–—-]+\s*"
    r"|(?:according to|based on|as per|per|from) (?:the )?(?:\w+ )?(?:evidence|news|quotes?|sources?|articles?)"
    r"(?: (?:provided|given|above|\d+))?\s*[,:]\s*"
    r"|(?:the )?(?:evidence|quote|source) (?:\d+ )?(?:says|states|shows|reports|indicates) that )+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """One finished sentence without markers, checked.

    Shown: `spans` are the pieces of evidence that carry it, exact slices, at least one.
    Dropped: no spans, and `why` says in a few words what failed. A dropped sentence that must
    not be shown even struck through (a link, markup, an order) has an empty `text`.
    `score` is the check's nearness in meaning.
    """

    text: str
    spans: tuple[Span, ...] = ()
    dropped: bool = False
    why: str = ""
    score: float = 0.0


def refuses(text: str) -> bool:
    """Whether a sentence says that the evidence does not answer, in our words or the model's."""
    if REFUSAL.rstrip(".").casefold() in text.casefold():
        return True
    return bool(_NO_ANSWER.search(text)) and not _ATTRIBUTED.search(text)


def claim(text: str) -> str:
    """The sentence without "Yes," or "According to the evidence,"; "" when no claim is left."""
    rest = _OPENING.sub("", text).strip()
    if not re.search(r"\w", rest) or (rest.endswith(":") and not re.search(r"\d", rest)):
        return ""
    return rest if rest == text else rest[0].upper() + rest[1:]


def judge(
    text: str, marks: Sequence[int], evidence: Sequence[Span], meaning: Meaning | None
) -> Written:
    """Check one sentence: by the evidence it cites, else by the evidence nearest to it.

    Cited pieces that carry it alone are kept and the others are not; when none does, all cited
    ones together may, or the first with the nearest piece that was not cited, if they are of one
    article: facts of two stories are not to be stitched together. A piece that was
    not cited has to be nearer in meaning, and takes the place of cited ones that say much less
    of the sentence. `marks` count from 1.
    """
    why = is_foreign(text, " ".join(span.text for span in evidence))
    if why or is_order(text):
        return Written("", dropped=True, why=why or "it is an order and no news")
    cited = [evidence[mark - 1] for mark in marks if 1 <= mark <= len(evidence)]
    rest = _nearest(text, [span for span in evidence if span not in cited])
    tried = [(span, _support(text, [span], meaning)) for span in [*cited, *rest]]
    # The piece that says most of the sentence has to be among those that support it: what it
    # denies or only rumours, a piece that says less can't make true.
    shares = {span: overlap(concepts(text), concepts(span.text)) for span, _ in tried}
    least = max(shares.values(), default=0.0) - SLACK
    kept = [
        (span, result)
        for span, result in tried
        if result.supported and shares[span] >= least and (span in cited or result.score >= UNCITED)
    ]
    if kept:
        kept = [pair for pair in kept if pair[0] in cited] or kept[:1]
        return Written(text, tuple(span for span, _ in kept), score=max(r.score for _, r in kept))
    failed = tried[0][1] if tried else None
    for several in (cited, [*cited[:1], *rest][:2]):
        if len(several) > 1 and len({span.passage.article.id for span in several}) == 1:
            joint = _support(text, several, meaning)
            if joint.supported and (several is cited or joint.score >= UNCITED):
                return Written(text, tuple(several), score=joint.score)
            failed = joint if several is cited else failed
    return Written(
        text,
        dropped=True,
        why=_why(failed) if failed else "nothing supports it",
        score=failed.score if failed else 0.0,
    )


def _why(failed: Support) -> str:
    return "it cites no quote that says so" if failed.supported else failed.why


def _support(text: str, spans: Sequence[Span], meaning: Meaning | None) -> Support:
    """The check of `rag.ground`, and that the sentence's own words are not all its own."""
    context = "; ".join(dict.fromkeys(_about(span) for span in spans))
    quotes = [span.text for span in spans]
    result = support(text, quotes, meaning, context)
    if result.supported and _turned(text, " ".join(quotes)):
        return Support(False, "the quotes do not deny it", result.score)
    if result.supported and _stranger(text, " ".join(quotes)):
        return Support(False, "the quotes say it of somebody else", result.score)
    if result.supported and _HEARSAY.search(" ".join(quotes)) and not _HEDGE.search(text):
        return Support(False, "the quotes only pass it on as hearsay", result.score)
    if result.supported and result.score < CLOSE and _own_words(text, quotes, context) < OWN_WORDS:
        return Support(False, "the quotes say nothing of the kind", result.score)
    return result


def _turned(text: str, quotes: str) -> bool:
    """Whether the sentence denies what the quotes say, or says what they deny.

    It denies with a "not" the very verb that the quotes use without one; or it says without one
    what follows "denied that" or "ruled out" in them.
    """
    theirs = concepts(quotes)
    if not _NOT.search(quotes):
        return any(concepts(match[1]) & theirs for match in _NOT_VERB.finditer(text))
    if _NOT.search(text):
        return False
    ours = concepts(text)
    return any(
        concepts(match[1]) and overlap(concepts(match[1]), ours) >= DENIED
        for match in _DENIES.finditer(quotes)
    )


def _stranger(text: str, quotes: str) -> bool:
    """Whether a company of the sentence is missing in quotes that name other companies.

    A title may lend its company to a quote that says "the company", but not to one that speaks
    of somebody else.
    """
    ours = {name.canonical for name in find_names(text) if name.kind == "company"}
    theirs = {name.canonical for name in find_names(quotes) if name.kind == "company"}
    return bool(ours - theirs and theirs - ours)


def _own_words(text: str, quotes: Sequence[str], context: str) -> float:
    """Share of the ordinary words, names and numbers left out, that the quotes have too.

    "Voltara has gone bankrupt" is near in meaning to whatever is said about Voltara; what it
    claims is in its other words.
    """
    theirs = f"{' '.join(quotes)} {context}"
    known = set(_WORD.findall(theirs))
    words = _WORD.findall(text)
    ordinary = [
        word
        for i, word in enumerate(words)
        if not word[0].isdigit()
        and (not word[0].isupper() or (i == 0 and word.casefold() in known))
    ]
    own = concepts(" ".join(ordinary))
    return overlap(own, concepts(theirs)) if own else 1.0


def _about(span: Span) -> str:
    article = span.passage.article
    day = article.published.date() if article.published else None
    when = f"{day.day} {day:%B %Y}" if day else ""
    return ", ".join(part for part in (article.title, article.source, when) if part)


def _nearest(text: str, spans: Sequence[Span]) -> list[Span]:
    """The pieces of evidence that share most words with a sentence, best first."""
    words = content(text)
    scored = [(len(words & content(span.text)), i, span) for i, span in enumerate(spans)]
    return [span for shared, _, span in sorted(scored, key=lambda x: (-x[0], x[1])) if shared][
        :TRIED
    ]
