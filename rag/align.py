"""How well each word of a question is met in a text: late interaction of token vectors.

The similarity of a question word is its best cosine with any token of the text ("MaxSim" of
ColBERT, Khattab & Zaharia 2020), here over the tokens of the embedding model in their context.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embed import Tokens
from rag.lexical import STOP, WORD

Stem = Callable[[str], frozenset[str]]


def align(question: str, asked: Tokens, texts: Sequence[Tokens]) -> NDArray[np.float64]:
    """Array of shape (texts, words): each content word's best cosine in [-1, 1]."""
    words = [ids for _, ids in content_tokens(question, asked)]
    rows = np.zeros((len(texts), len(words)))
    for row, text in zip(rows, texts, strict=True):
        if len(text.vectors) and words:
            best = (asked.vectors @ text.vectors.T).max(axis=1)
            row[:] = [best[ids].mean() for ids in words]
    return rows


def content_tokens(question: str, asked: Tokens) -> list[tuple[str, list[int]]]:
    """The question's content words with the indexes of their tokens."""
    found = []
    for word in WORD.finditer(question):
        if word.group().casefold() not in STOP:
            ids = [
                i for i, (a, b) in enumerate(asked.places) if a < word.end() and b > word.start()
            ]
            if ids:
                found.append((word.group(), ids))
    return found


def rarity(words: Iterable[str], passages: Sequence[frozenset[str]], stem: Stem) -> list[float]:
    """Inverse document frequency of each word among the stemmed `passages`.

    BM25's form (Robertson & Sparck Jones 1976), never below 0. Counted among the passages that
    were found, so that it means the same in a small library as in a large one.
    """
    df = Counter(word for passage in passages for word in passage)
    n = len(passages)
    found = []
    for word in words:
        d = max((df[s] for s in stem(word)), default=0)
        found.append(math.log(1 + (n - d + 0.5) / (d + 0.5)))
    return found
