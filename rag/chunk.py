"""Article -> Chunks: overlapping slices on sentence borders within a token budget.

What is embedded is a short header (title, source, date) and the slice, so that a paragraph
that says "the company" still carries the name. The budget is counted with tiktoken; `fits`
asks the embedding model itself, so that nothing is ever cut off by its window.
"""

import hashlib
import json
from collections.abc import Callable, Iterator

from corpus.article import Article
from rag.sentences import spans
from rag.tokens import count, cut
from rag.types import Chunk

VERSION = 2  # change it when chunks would come out differently: indexes are stamped with it
TITLE_TOKENS = 32
OVERLAP = 1  # sentences

Fits = Callable[[str], bool]


def chunk(article: Article, budget: int, fits: Fits = lambda text: True) -> list[Chunk]:
    """Chunks of at most `budget` tokens, each beginning one sentence before the last one's end.

    A sentence longer than the budget is cut at white space. The chunks cover every sentence.
    """
    header = make_header(article)
    chunks: list[Chunk] = []
    pieces = list(_pieces(article.text, budget, lambda text: fits(header + text)))
    first = 0
    while first < len(pieces):
        last = first
        start = pieces[first][0]
        while last + 1 < len(pieces):
            text = article.text[start : pieces[last + 1][1]]
            if count(text) > budget or not fits(header + text):
                break
            last += 1
        chunks.append(_make(article, header, start, pieces[last][1]))
        if last + 1 >= len(pieces):
            break
        # Overlap by a sentence, but always move on.
        first = max(last + 1 - OVERLAP, first + 1)
    return chunks


def make_header(article: Article) -> str:
    """Title (cut to 32 tokens; none that was made from the text), source, date, on a line."""
    parts = [cut(article.headline, TITLE_TOKENS), cut(article.source, 12), article.day or ""]
    return " | ".join(part for part in parts if part) + "\n"


def embedded(chunk: Chunk) -> str:
    """The text that is embedded for a chunk."""
    return chunk.header + chunk.text


def _make(article: Article, header: str, start: int, end: int) -> Chunk:
    text = article.text[start:end]
    # Everything that the index keeps about a chunk goes into its id: the same id always means
    # the same vector and the same metadata, so writing twice changes nothing.
    identity = json.dumps(
        [article.id, start, header, text, article.source, article.story]
        + [moment and int(moment.timestamp()) for moment in (article.published, article.known)]
    )
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    return Chunk(digest, article.id, article.revision, start, end, header, text)


def _pieces(text: str, budget: int, fits: Fits) -> Iterator[tuple[int, int]]:
    """Sentence spans; one that is too long alone is cut at white space."""
    for start, end in spans(text):
        while not _small(text[start:end], budget, fits):
            size = end - start
            while not _small(text[start : start + size], budget, fits):
                size = size // 2
                if size < 8:
                    break
            border = text.rfind(" ", start + 1, start + size)
            stop = border if border > start else start + max(size, 1)
            yield start, stop
            start = stop + (text[stop : stop + 1] == " ")
        if start < end:
            yield start, end


def _small(text: str, budget: int, fits: Fits) -> bool:
    return count(text) <= budget and fits(text)
