"""A reader out of any sentence-transformers CrossEncoder, for people with a model hub."""

from collections.abc import Sequence

from corpus.errors import ModelError
from rag.candidates import best_per_slice, sentences_of
from rag.embed import Embedder
from rag.rerank import open_reranker
from rag.types import Passage, Reading, Span


class CrossReader:
    """Scores each sentence with its title and neighbour before it; `name` is a name or path."""

    def __init__(self, name: str, embedder: Embedder) -> None:
        score = open_reranker(name)
        if score is None:
            raise ModelError("no cross-encoder was named; set EVNEWS_READER=NAME")
        self.name = name
        self._score = score

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Sentences best first; p_answered is the best one's score, not calibrated."""
        rows = []
        for passage in passages:
            borders = sentences_of(passage)
            for i, (start, end) in enumerate(borders):
                before = passage.article.text[borders[i - 1][0] : start] if i else ""
                text = f"{passage.article.title}. {before}{passage.article.text[start:end]}"
                rows.append((passage, start, end, text))
        if not rows:
            return Reading((), 0.0)
        scores = self._score(question, [text for *_, text in rows])
        found = best_per_slice(
            [Span(p, a, b, value) for (p, a, b, _), value in zip(rows, scores, strict=True)]
        )
        return Reading(tuple(found), found[0].score if found else 0.0)
