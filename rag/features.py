"""What tells an answered question from an unanswered one: features of a ranked reading.

`p_answered` is a logistic regression over them (evals/train/calibrate.py).
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.rank import RANK, share
from rag.types import Span

FIGURE = re.compile(r"\d[\d.,]*(?<=\d)")
FAR = 0.35  # cosine below which a passage is about something else

# Nothing here counts how much else is like the best sentence: a small library must be able to
# answer as surely as a large one.
FEATURES = (
    "best_odds",  # the model's own log-odds of the best sentence
    "sentence",  # cosine of question and best sentence
    "met",  # how well the question's words are met in its title and it
    "passage",  # cosine of question and its passage
    "top",  # cosine of question and the nearest passage of all
    "far",  # how far that lies below `FAR`
    "words",  # share of the question's words in the best sentence
    "around",  # the same in its title and neighbours
    "names",  # share of the question's names in title and sentence
    "kind",  # whether the best sentence holds what is asked for
    "figures",  # share of the question's figures in the article's title, date and passage
    "outside",  # whether its article is of another time than the question
    "verified",  # log-odds of the second look at the best sentence
    "verified_most",  # the highest of the second look
)


def features(
    question: str,
    spans: Sequence[Span],
    rows: NDArray[np.float64],
    verified: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Array of shape (features,) in the order of `FEATURES`.

    `spans`, `rows` (spans, rank features) and `verified` (spans,) are in one order, best first.
    """
    column = {name: rows[:, i] for i, name in enumerate(RANK)}
    best = spans[0]
    top = max(span.passage.cosine for span in spans)
    near = f"{best.passage.article.title} {best.passage.article.day} {best.passage.text}"
    return np.array(
        [
            column["odds"][0],
            column["sentence"][0],
            column["met"][0],
            column["passage"][0],
            top,
            min(0.0, top - FAR),
            column["words"][0],
            column["around"][0],
            column["names"][0],
            column["kind"][0],
            share(_figures(question), _figures(near)),
            column["outside"][0],
            verified[0],
            verified.max(),
        ]
    )


def _figures(text: str) -> frozenset[str]:
    return frozenset(figure.replace(",", "") for figure in FIGURE.findall(text))
