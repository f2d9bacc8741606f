"""The sentences that every reader chooses from: which there are, and which can't be an answer."""

import re
from collections.abc import Sequence

from rag.sentences import spans
from rag.types import Passage, Span

# Sentences of a newsroom about its own text.
ASIDE = re.compile(
    r"[(\[]?(?:(?:Updates?|Adds?|Corrects?|Recasts?|Rewrites)\b.*[)\]]|(?:Updated|Published|Posted)\b"
    r"|Read more\b|Click here\b|Sign up\b|(?:Photo|Image|Video)s?:)",
)


def sentences_of(passage: Passage) -> list[tuple[int, int]]:
    """Sentence spans inside a passage, as offsets in the article."""
    return [(passage.start + a, passage.start + b) for a, b in spans(passage.text)]


def with_neighbours(span: Span) -> list[str]:
    """The span's sentence with the one before and the one after it in its passage."""
    borders = sentences_of(span.passage)
    place = borders.index((span.start, span.end))
    text = span.passage.article.text
    return [text[a:b] for a, b in borders[max(0, place - 1) : place + 2]]


def tells(sentence: str) -> bool:
    """Whether a sentence can be (part of) an answer: no question, time stamp or note."""
    words = re.findall(r"\b[a-z][a-z'’-]+", sentence)
    return (
        len(words) >= 2
        and not sentence.rstrip("\"”’' ").endswith("?")
        and not ASIDE.match(sentence)
    )


def best_per_slice(found: Sequence[Span]) -> list[Span]:
    """Best first, without what can't answer; a sentence that two overlapping passages share is
    kept once."""
    best: dict[tuple[str, int], Span] = {}
    for span in found:
        if not tells(span.text):
            continue
        key = (span.passage.article.id, span.start)
        if key not in best or span.score > best[key].score:
            best[key] = span
    return sorted(best.values(), key=lambda s: (-s.score, s.passage.article.id, s.start))
