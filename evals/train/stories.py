"""Questions asked of a library: what its own search brings for them, labelled.

Encyclopaedia paragraphs and question-quote pairs don't teach a reader what a search brings, and few
questions with a false premise are at hand. So there are two sets of questions, almost half of which
nothing answers: `invented/` over articles about companies that do not exist, and `briefs.jsonl`
over the starter library. Both are in the form of the gold questions. A third of each (of the
articles, of the running stories) is for fitting and testing, split `test`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.digest import FOLDER as DIGEST
from evals.train.data import Example, answering
from evals.train.groups import Group
from rag import NewsChat
from rag.candidates import sentences_of
from rag.chunk import make_header
from rag.types import Passage

HERE = Path(__file__).parent
FOLDER = HERE / "invented"
BRIEFS = HERE / "briefs.jsonl"
FOUND = 12  # passages that a search brings
READ = 4  # of them, those that a group holds

Row = Mapping[str, Any]


def stories(home: Path, folder: Path = FOLDER) -> Iterator[Group]:
    """One group for each training question over invented news; its library is kept in `home`."""
    with NewsChat.open(home, chroma_url="") as chat:
        chat.ingest(folder / "articles-dev.jsonl")
        yield from _groups(chat, folder / "questions.jsonl", {})


def briefs(home: Path, running: Mapping[str, str]) -> Iterator[Group]:
    """The same over the starter library; `running` names each brief's running story."""
    with NewsChat.open(home, chroma_url="") as chat:
        if not chat.summary().articles:
            chat.ingest_digest()
        yield from _groups(chat, BRIEFS, running)


def running_stories() -> dict[str, str]:
    """Running story by brief of the starter library."""
    return {
        path.stem: next(
            line.partition(":")[2].strip()
            for line in path.read_text("utf-8").splitlines()
            if line.startswith("story:")
        )
        for path in DIGEST.glob("*.md")
    }


def _groups(chat: NewsChat, questions: Path, running: Mapping[str, str]) -> Iterator[Group]:
    for line in questions.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "dev":
            found = chat.search(row["question"], limit=FOUND)
            group = tuple(_labelled(row, [p for p in found if known(p, row, running)]))
            if group:
                yield group


def known(passage: Passage, row: Row, running: Mapping[str, str]) -> bool:
    """Whether a passage's labels are known; another article on the matter may answer as well."""
    article = passage.article.id
    if article in row["articles"] or not row["answerable"]:
        return True
    if article in running and running[article] in [running[a] for a in row["articles"]]:
        return False
    told = [fact.casefold() for wordings in row["facts"] for fact in wordings]
    return not any(fact in passage.text.casefold() for fact in told)


def _labelled(row: Row, found: Sequence[Passage]) -> Iterator[Example]:
    """The best passages as examples; those that answer count even where they were found late."""
    examples = []
    for passage in found:
        text = passage.article.text
        borders = sentences_of(passage)
        quotes = row["quotes"] if passage.article.id in row["articles"] else ()
        examples.append(
            Example(
                row["question"],
                make_header(passage.article),
                tuple(text[a:b] for a, b in borders),
                answering(borders, text, quotes),
                passage.article.id,
                "story",
            )
        )
    late = [e for e in examples[READ:] if e.answers]
    yield from examples[:READ]
    yield from late[:1] if not any(e.answers for e in examples[:READ]) else ()
