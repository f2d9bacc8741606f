"""Question-answering sets as one kind of example: a question, a passage in sentences, labels.

An example whose `answers` are empty teaches the reader to say no. A third of the articles of
each set is kept aside (`held_out`) and never trained on.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Article
from rag.chunk import chunk, make_header
from rag.sentences import spans


@dataclass(frozen=True, slots=True)
class Example:
    """One passage for one question; `answers` are indexes of the answering sentences."""

    question: str
    header: str
    sentences: tuple[str, ...]
    answers: frozenset[int]
    article: str
    origin: str


def held_out(article: str) -> bool:
    """Whether an article belongs to the third that is kept for testing."""
    return int(hashlib.sha256(article.encode()).hexdigest(), 16) % 3 == 0


def answering(
    borders: Sequence[tuple[int, int]], text: str, quotes: Sequence[str]
) -> frozenset[int]:
    """Indexes of the sentences (`borders` in `text`) more than half of which lies in a quote."""
    places = [(text.find(quote), len(quote)) for quote in quotes]
    ends = [(start, start + length) for start, length in places if start >= 0]
    return frozenset(
        i
        for i, (a, b) in enumerate(borders)
        if any(2 * (min(b, last) - max(a, first)) > b - a for first, last in ends)
    )


def squad(path: Path) -> Iterator[Example]:
    """SQuAD 2.0 (Rajpurkar et al. 2018), CC BY-SA 4.0: answer sentences, hard unanswerables."""
    for article in json.loads(path.read_text("utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            borders = spans(text)
            sentences = tuple(text[a:b] for a, b in borders)
            for qa in paragraph["qas"]:
                starts = {answer["answer_start"] for answer in qa["answers"]}
                found = frozenset(
                    i for i, (a, b) in enumerate(borders) if any(a <= s < b for s in starts)
                )
                yield Example(qa["question"], title + "\n", sentences, found, title, "squad2")


def selqa(path: Path) -> Iterator[Example]:
    """SelQA (Jurczyk et al. 2016), Apache-2.0: answer sentence selection in sections."""
    for row in json.loads(path.read_text("utf-8")):
        header = f"{row['article']} | {row['section']}\n"
        found = frozenset(row["answers"])
        yield Example(
            row["question"], header, tuple(row["candidates"]), found, row["article"], "selqa"
        )


def clapnq(path: Path) -> Iterator[Example]:
    """CLAPNQ (Rosenthal et al. 2025), Apache-2.0: answerable and unanswerable passages."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        passage = row["passages"][0]
        chosen = {s for output in row["output"] for s in output["selected_sentences"]}
        found = frozenset(i for i, s in enumerate(passage["sentences"]) if s in chosen)
        sentences = tuple(_detokenised(s) for s in passage["sentences"])
        title = passage["title"]
        yield Example(row["input"], title + "\n", sentences, found, title, "clapnq")


def pairs(
    path: Path, articles: dict[str, Article], others: dict[str, list[tuple[str, int, int]]]
) -> Iterator[Example]:
    """Question-quote pairs over the digest (this project's own).

    Each gives every passage of its article (those without the quote are noes) and, as further
    noes, the passages of `others[question]` (article, start, end), which a search brings from
    other stories.
    """
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        article = articles.get(row["article"])
        if article is None or row["quote"] not in article.text:
            continue
        for piece in chunk(article, 200):
            borders = [(piece.start + a, piece.start + b) for a, b in spans(piece.text)]
            found = answering(borders, article.text, [row["quote"]])
            sentences = tuple(article.text[a:b] for a, b in borders)
            yield Example(
                row["question"], make_header(article), sentences, found, row["article"], "digest"
            )
        for name, first, last in others.get(row["question"], []):
            other = articles[name]
            text = other.text[first:last]
            sentences = tuple(text[a:b] for a, b in spans(text))
            yield Example(
                row["question"], make_header(other), sentences, frozenset(), name, "digest-other"
            )


def without_answer(example: Example) -> Example | None:
    """The example with its answering sentences taken out: a near miss."""
    left = tuple(s for i, s in enumerate(example.sentences) if i not in example.answers)
    if not example.answers or len(left) < 2:
        return None
    return Example(
        example.question,
        example.header,
        left,
        frozenset(),
        example.article,
        example.origin + "-cut",
    )


def mixed(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """The examples, with a `share` of the answered ones given again without their answer."""
    chance = random.Random(seed)
    result = list(examples)
    for example in examples:
        if example.answers and chance.random() < share:
            cut = without_answer(example)
            if cut:
                result.append(cut)
    chance.shuffle(result)
    return result


def _detokenised(text: str) -> str:
    """Undo the spaces that a tokeniser put before punctuation."""
    text = text.replace("``", '"').replace("''", '"').replace("-LRB-", "(").replace("-RRB-", ")")
    text = re.sub(r"\s+([.,;:!?%)\]]|'s|n't|'re|'ve)", r"\1", text)
    return re.sub(r"([(\[$])\s+", r"\1", text)
