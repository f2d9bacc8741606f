"""Features of one sentence as an answer, beside what the trained model says of it.

The model reads a passage at a time and knows little of how well the passage fits the question;
these features say that. A logistic regression over them (evals/train/calibrate.py) gives the
score of a span.
"""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.names import find_names
from rag.embed import Embedder
from rag.expects import expects, holds
from rag.lexical import STOP, WORD
from rag.types import Passage, Span

RANK = (
    "odds",  # the model's log-odds of the sentence against "none"
    "margin",  # how far the sentence's log-odds lie below the best of its passage
    "sentence",  # cosine of question and sentence
    "titled",  # cosine of question and title with sentence
    "passage",  # cosine of question and passage
    "found",  # the passage's fused score, as a share of the best one
    "words",  # share of the question's words in the sentence
    "around",  # the same in title, sentence and neighbours
    "names",  # share of the question's names in title and sentence
    "kind",  # whether the sentence holds what is asked for
    "early",  # 1 for an article's first sentence, falling with its place
)
NEIGHBOURS = 250  # characters on each side


def odds(score: float) -> float:
    """Log-odds within [-8, 8]."""
    score = min(max(score, 3.4e-4), 1 - 3.4e-4)
    return math.log(score / (1 - score))


def rank_features(question: str, spans: Sequence[Span], embedder: Embedder) -> NDArray[np.float64]:
    """Array of shape (spans, features), in the order of `RANK`."""
    titled = [f"{span.passage.article.title}. {span.text}" for span in spans]
    vectors = embedder.encode([question, *(span.text for span in spans), *titled])
    asked, own, both = vectors[0], vectors[1 : len(spans) + 1], vectors[len(spans) + 1 :]
    wanted, names, kinds = stems(question), _names(question), expects(question)
    top = max(span.passage.score for span in spans)
    best: dict[tuple[str, int], float] = {}
    for span in spans:
        key = _key(span.passage)
        best[key] = max(best.get(key, -8.0), odds(span.score))
    rows = []
    for i, span in enumerate(spans):
        article = span.passage.article
        near = article.text[max(0, span.start - NEIGHBOURS) : span.end + NEIGHBOURS]
        value = odds(span.score)
        rows.append(
            [
                value,
                value - best[_key(span.passage)],
                float(asked @ own[i]),
                float(asked @ both[i]),
                span.passage.cosine,
                span.passage.score / top if top else 0.0,
                share(wanted, stems(span.text)),
                share(wanted, stems(f"{article.title} {near}")),
                share(names, _names(f"{article.title}. {span.text}")),
                holds(span.text, kinds) if kinds else 0.5,
                1.0 / (1.0 + span.start / 300.0),
            ]
        )
    return np.array(rows)


def share(wanted: frozenset[str], have: frozenset[str]) -> float:
    """Share of `wanted` that is in `have`; 1 when nothing is wanted."""
    return len(wanted & have) / len(wanted) if wanted else 1.0


def stems(text: str) -> frozenset[str]:
    """The text's content words, crudely stemmed, each name as its usual spelling."""
    words = (word.casefold().removesuffix("'s") for word in WORD.findall(text))
    plain = {re.sub(r"(ing|ed|es|s|ly)$", "", w)[:7] or w for w in words if w not in STOP}
    return frozenset(plain) | _names(text)


def _names(text: str) -> frozenset[str]:
    return frozenset(name.canonical for name in find_names(text))


def _key(passage: Passage) -> tuple[str, int]:
    return passage.article.id, passage.start
