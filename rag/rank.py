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
from rag.align import align, content_tokens, rarity
from rag.embed import Embedder
from rag.expects import expects, holds
from rag.lexical import STOP, WORD
from rag.types import Passage, Span

RANK = (
    "odds",  # the model's log-odds of the sentence against "none"
    "margin",  # how far the sentence's log-odds lie below the best of its passage
    "sentence",  # cosine of question and sentence
    "passage",  # cosine of question and passage
    "found",  # the passage's fused score, as a share of the best one
    "words",  # share of the question's words in the sentence
    "around",  # the same in title, sentence and neighbours
    "names",  # share of the question's names in title and sentence
    "kind",  # whether the sentence holds what is asked for
    "early",  # 1 for an article's first sentence, falling with its place
    "met",  # how well the question's words are met in sentence or title (rag/align.py)
    "met_rare",  # the same, rare words counting more
    "least",  # the same of the word that is met least
    "outside",  # whether the article is of another time than the question
)
NEIGHBOURS = 250  # characters on each side


def odds(score: float) -> float:
    """Log-odds within [-8, 8]."""
    score = min(max(score, 3.4e-4), 1 - 3.4e-4)
    return math.log(score / (1 - score))


def rank_features(question: str, spans: Sequence[Span], embedder: Embedder) -> NDArray[np.float64]:
    """Array of shape (spans, features), in the order of `RANK`."""
    near, met = _nearness(question, spans, embedder)
    wanted, names, kinds = stems(question), _names(question), expects(question)
    top = max(span.passage.score for span in spans)
    best: dict[tuple[str, int], float] = {}
    for span in spans:
        key = _key(span.passage)
        best[key] = max(best.get(key, -8.0), odds(span.score))
    rows = []
    for i, span in enumerate(spans):
        article = span.passage.article
        around = article.text[max(0, span.start - NEIGHBOURS) : span.end + NEIGHBOURS]
        value = odds(span.score)
        rows.append(
            [
                value,
                value - best[_key(span.passage)],
                near[i],
                span.passage.cosine,
                span.passage.score / top if top else 0.0,
                share(wanted, stems(span.text)),
                share(wanted, stems(f"{article.title} {around}")),
                share(names, _names(f"{article.title}. {span.text}")),
                holds(span.text, kinds, question) if kinds else 0.5,
                1.0 / (1.0 + span.start / 300.0),
                *met[i],
                float(span.passage.outside),
            ]
        )
    return np.array(rows)


def _nearness(
    question: str, spans: Sequence[Span], embedder: Embedder
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine of question and sentence (spans,), and how its words are met (spans, 3): on the
    mean, on the mean with rare words counting more, and the least."""
    titles = list(dict.fromkeys(span.passage.article.title for span in spans))
    asked, *rest = embedder.tokens([question, *(span.text for span in spans), *titles])
    own, headings = rest[: len(spans)], dict(zip(titles, rest[len(spans) :], strict=True))
    near = np.array([float(asked.mean @ text.mean) for text in own])
    in_title = align(question, asked, list(headings.values()))
    rows = np.maximum(
        align(question, asked, own),
        in_title[[titles.index(span.passage.article.title) for span in spans]],
    )
    if not rows.shape[1]:
        return near, np.ones((len(spans), 3))
    passages = {_key(s.passage): s.passage for s in spans}.values()
    known = [stems(f"{p.article.title} {p.text}") for p in passages]
    words = [word for word, _ in content_tokens(question, asked)]
    weights = np.array(rarity(words, known, stems)) + 1e-6
    met = np.stack([rows.mean(1), rows @ weights / weights.sum(), rows.min(1)], axis=1)
    return near, met


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
