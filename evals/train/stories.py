"""Invented news stories and questions about them: what a search brings for a question, labelled.

Briefs and encyclopaedia paragraphs don't teach a reader what long news articles are like, and few
questions with a false premise are at hand. `invented/` holds articles about companies that do not
exist, written for this, and questions, almost half of which nothing in them answers. Two thirds
of the articles are for training (split `dev`), the rest for fitting and testing (`test`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.train.data import Example, answering
from evals.train.groups import Group
from rag import NewsChat
from rag.candidates import sentences_of
from rag.chunk import make_header
from rag.types import Passage

FOLDER = Path(__file__).parent / "invented"
FOUND = 12  # passages that a search brings
READ = 4  # of them, those that a group holds


def stories(home: Path, folder: Path = FOLDER) -> Iterator[Group]:
    """One group for each question of the training split; `home` is where its library is kept."""
    with NewsChat.open(home) as chat:
        chat.ingest(folder / "articles-dev.jsonl")
        for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["split"] == "dev":
                group = tuple(_labelled(row, chat.search(row["question"], limit=FOUND)))
                if group:
                    yield group


def _labelled(row: Mapping[str, Any], found: Sequence[Passage]) -> Iterator[Example]:
    """The best passages as examples; those that answer count even where they were found late."""
    told = [fact.casefold() for wordings in row["facts"] for fact in wordings]
    examples = []
    for passage in found:
        own = passage.article.id in row["articles"]
        if not own and any(fact in passage.text.casefold() for fact in told):
            continue  # it may answer too
        borders = sentences_of(passage)
        texts = tuple(passage.article.text[a:b] for a, b in borders)
        right = answering(borders, passage.article.text, row["quotes"]) if own else frozenset()
        examples.append(
            Example(
                row["question"],
                make_header(passage.article),
                texts,
                right,
                passage.article.id,
                "story",
            )
        )
    late = [e for e in examples[READ:] if e.answers]
    yield from examples[:READ]
    yield from late[:1] if not any(e.answers for e in examples[:READ]) else ()
