"""A reader without weights of its own: embedding similarity, shared words, answer type.

It is the baseline that a trained reader has to beat, and what `EVNEWS_READER=plain` selects.
The weights below were set by hand on development questions and never fitted to a test set.
"""

import math
import re
from collections.abc import Sequence

from rag.candidates import best_per_slice, sentences_of
from rag.embed import Embedder
from rag.expects import expects, holds
from rag.lexical import STOP, WORD
from rag.types import Passage, Reading, Span

W_COSINE, W_CONTEXT, W_OVERLAP, W_TYPE, BIAS = 4.0, 3.0, 2.5, 0.8, -5.0
ANSWERED = 4.0  # odds that a question is answered at all; see evals/train/calibrate.py


class PlainReader:
    """Scores every sentence of the passages by hand-made features."""

    name = "plain"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Sentences best first; p_answered is the best sentence's score by the odds of an answer."""
        rows = [
            (passage, start, end, i)
            for i, passage in enumerate(passages)
            for start, end in sentences_of(passage)
        ]
        if not rows:
            return Reading((), 0.0)
        texts = [passage.article.text[start:end] for passage, start, end, _ in rows]
        vectors = self._embedder.encode([question, *(p.text for p in passages), *texts])
        asked, around, own = (
            vectors[0],
            vectors[1 : len(passages) + 1],
            vectors[len(passages) + 1 :],
        )
        wanted = _stems(question)
        kinds = expects(question)
        found = []
        for row, text, vector in zip(rows, texts, own, strict=True):
            passage, start, end, i = row
            context = _stems(f"{passage.article.title} {passage.text}")
            overlap = len(wanted & _stems(text)) / max(1, len(wanted))
            overlap = 0.7 * overlap + 0.3 * len(wanted & context) / max(1, len(wanted))
            logit = (
                W_COSINE * float(asked @ vector)
                + W_CONTEXT * float(asked @ around[i])
                + W_OVERLAP * overlap
                + W_TYPE * (holds(text, kinds) if kinds else 0.5)
                + BIAS
            )
            found.append(Span(passage, start, end, 1.0 / (1.0 + math.exp(-logit))))
        found = best_per_slice(found)
        best = found[0].score if found else 0.0
        return Reading(tuple(found), best * ANSWERED / (best * ANSWERED + 1 - best))


def _stems(text: str) -> frozenset[str]:
    words = (word.casefold() for word in WORD.findall(text))
    return frozenset(
        re.sub(r"(ing|ed|es|s)$", "", word) or word for word in words if word not in STOP
    )
