"""Sentences -> Answer in quotes mode: verbatim quotes with who and when, or an honest no."""

import re
from collections.abc import Sequence

from corpus.names import find_names
from rag.lexical import STOP, WORD
from rag.sentences import spans as sentence_spans
from rag.types import Citation, Reading, Span, Statement

MOST = 4  # quotes in an answer
WORDS = 105  # about as many words as a reader takes in; the first quote is always whole
# Share of the best score that a further quote needs: less where the question asks for several
# things. Both were chosen on development questions, for facts found in at most 90 words.
SHARE, OPEN = 0.4, 0.25
OPEN_ENDED = re.compile(
    r"\b(?:which|what|who) (?:\w+ ){0,3}(?:companies|makers|automakers|carmakers|models|countries"
    r"|brands|cars|evs|steps|reasons|factors|plants|changes|plans)\b|\blist\b"
    r"|\bname (?:the|some|all)\b|\b(?:compare|compared|versus|vs\.?|difference|both|each)\b"
    r"|\band (?:how|what|when|who|why|where|which)\b|\bwhat(?:'s| is| has| was)? (?:happen\w*"
    r"|going on|changed|new)\b|\btell me\b|\bnews (?:on|about)\b|\bwhat about\b|\bwhy\b",
    re.IGNORECASE,
)
# A sentence that begins like this leans on the one before it.
LEANS = re.compile(
    r"[\"“‘']?(?:He|She|It|They|His|Her|Its|Their|This|That|These|Those|Such|The (?:company|carmaker"
    r"|automaker|maker|firm|group|deal|agreement|move|decision|plan|vehicle|car|truck|plant|factory"
    r"|pair|two|partners|executive|latter|former|change|model|new|same)|Both|But|And|However|Instead"
    r"|Still|Also|Meanwhile|Even so|In addition|As a result|By contrast|So|Then|There)\b"
)

TOLD = ("company", "model", "person", "policy")  # kinds of names that tell what it is about


def pick(question: str, reading: Reading) -> tuple[Span, ...]:
    """One to four quotes: the best first, further ones only for what they add."""
    if not reading.spans:
        return ()
    best = reading.spans[0]
    chosen = [whole(best)]
    words = _size(chosen[0])
    share = OPEN if OPEN_ENDED.search(question) else SHARE
    for span in reading.spans[1:]:
        if len(chosen) >= MOST or span.score < share * best.score:
            break
        if any(_overlap(span, c) for c in chosen):
            continue
        candidate = whole(span)
        if any(_overlap(candidate, c) for c in chosen):
            candidate = span  # what it leans on is quoted already
        if words + _size(candidate) > WORDS or not _adds(candidate, chosen):
            continue
        chosen.append(candidate)
        words += _size(candidate)
    return _joined(chosen)


def whole(span: Span) -> Span:
    """The span with the sentence before it when it can't be understood alone.

    A sentence that begins with "the company" or "it" but names one itself can: its title and date
    stand beside it.
    """
    text = span.passage.article.text
    leans = LEANS.match(span.text) or _ends_speech(span.text)
    if not leans or any(n.kind in TOLD for n in find_names(span.text)):
        return span
    before = [s for s in sentence_spans(text) if s[1] <= span.start]
    if not before or len(span.text.split()) > 70:
        return span
    start, end = before[-1]
    if len(text[start:end].split()) > 60 or (
        text[end : span.start].count("\n") > 1 and not find_names(text[start:end])
    ):
        return span
    return Span(span.passage, start, span.end, span.score)


def _ends_speech(sentence: str) -> bool:
    """Whether it ends what someone began to say in a sentence before it."""
    return sentence.count("”") > sentence.count("“") or (
        sentence.count('"') % 2 == 1 and sentence.rstrip().endswith('"')
    )


def _size(span: Span) -> int:
    return len(span.text.split())


def _overlap(a: Span, b: Span) -> bool:
    return a.passage.article.id == b.passage.article.id and a.start < b.end and b.start < a.end


def _adds(span: Span, chosen: Sequence[Span]) -> bool:
    """Whether a quote says something that the chosen ones don't: a third of its content words."""
    new = content(span.text)
    known = frozenset().union(*(content(c.text) for c in chosen))
    return len(new - known) >= 0.34 * max(1, len(new))


def content(text: str) -> frozenset[str]:
    """The text's words that carry meaning, in lower case."""
    return frozenset(w for w in (m.casefold() for m in WORD.findall(text)) if w not in STOP)


def _joined(chosen: Sequence[Span]) -> tuple[Span, ...]:
    """Quotes that touch become one, so that a passage reads in its own order."""
    result: list[Span] = []
    for span in chosen:
        for i, other in enumerate(result):
            text = span.passage.article.text
            if span.passage.article.id != other.passage.article.id:
                continue
            low, high = min(span.start, other.start), max(span.end, other.end)
            gap = text[min(span.end, other.end) : max(span.start, other.start)]
            if _overlap(span, other) or not gap.strip():
                if len(sentence_spans(text[low:high])) > 3:
                    continue
                result[i] = Span(other.passage, low, high, max(span.score, other.score))
                break
        else:
            result.append(span)
    return tuple(result)


def state(citations: Sequence[Citation]) -> tuple[Statement, ...]:
    """A quotes-mode statement is its quote on one line."""
    return tuple(Statement(" ".join(c.quote.split()), (c.n,)) for c in citations)
