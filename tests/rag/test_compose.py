"""What an answer shows beside its sentences: reports that differ, and quotes that still hold."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.outputs import ChatGenerationChunk

from corpus.article import Draft
from corpus.errors import StorageError
from rag import NewsChat
from rag.reader import Reader
from rag.types import Answer, Passage, Reading, Stream

Open = Callable[..., NewsChat]
Make = Callable[..., Draft]
Alter = Callable[[], object]

JOBS = "How many jobs will Tesla cut in Germany?"
PICKUPS = "When will GM start to build electric pickups in Orion?"
BUSES = "How many electric buses did Helios deliver to Lyon?"
BREAD = "Which sourdough recipe rises overnight in a cold kitchen?"


@pytest.fixture
def chat(open_chat: Open, draft: Make) -> NewsChat:
    """Two reports that dispute each other, one that supersedes another, and one alone."""
    chat = open_chat()

    def made(name: str, day: str, source: str, title: str, text: str) -> Draft:
        when = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        return draft(text, id=name, title=title, source=source, published=when)

    chat.add(
        [
            made(
                "jobs-wire", "2024-10-04", "Wire", "Tesla tells its workers of job cuts",
                "Tesla will cut 1,600 jobs in Germany. The works council of Tesla in Germany heard "
                "of the job cuts at a meeting on Thursday morning.",
            ),
            made(
                "jobs-paper", "2024-10-05", "Paper", "Layoffs near Berlin",
                "Tesla will cut 2,500 jobs in Germany, far more than the union had feared. Half of "
                "them are temporary posts in the paint shop.",
            ),
            made(
                "late-2025", "2023-10-17", "Wire", "GM delays Orion",
                "GM will start to build electric pickups in Orion in late 2025. Some 1,000 workers "
                "will be offered other posts in Michigan.",
            ),
            made(
                "mid-2026", "2024-07-23", "Paper", "GM delays Orion again",
                "GM now expects to start building electric pickups in Orion in mid-2026, not late "
                "2025. It wants to see more demand first, its chief executive said.",
            ),
            made(
                "lyon", "2024-05-01", "Wire", "Lyon gets electric buses",
                "Helios delivered forty electric buses to the city of Lyon on Tuesday.",
            ),
        ]
    )  # fmt: skip
    return chat


class Says(FakeListChatModel):
    """A chat model that writes one answer, and lets something happen before it begins."""

    before: Alter = bool

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        self.before()
        yield from super()._stream(*args, **kwargs)


@pytest.fixture
def writes(chat: NewsChat, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the library a chat model that writes a text."""

    def give(text: str, before: Alter = bool) -> None:
        model = Says(responses=[text], before=before)
        monkeypatch.setattr("rag.pipeline.open_model", lambda settings: model)
        chat.settings = chat.settings.model_copy(update={"llm": "openai:any"})

    return give


def _assert_told(answer: Answer, kind: str, earlier: str, later: str, *words: str) -> None:
    (difference,) = answer.differences
    cited = {citation.n: citation for citation in answer.citations}
    assert list(cited) == list(range(1, len(cited) + 1))
    sides = (cited[difference.earlier], cited[difference.later])
    assert (difference.kind, *(c.article_id for c in sides)) == (kind, earlier, later)
    assert answer.text.endswith(f"\n{difference.text}")
    for word, side in zip(words, sides, strict=True):
        assert word in side.quote
        assert word in difference.text


DISPUTED = (JOBS, "disputed", "jobs-wire", "jobs-paper", "1,600", "2,500")
SUPERSEDED = (PICKUPS, "superseded", "late-2025", "mid-2026", "late 2025", "mid-2026")


@pytest.mark.parametrize("pair", [DISPUTED, SUPERSEDED], ids=["disputed", "superseded"])
def test_quotes_that_differ_are_shown_side_by_side(
    chat: NewsChat, pair: tuple[str, str, str, str, str, str]
) -> None:
    question, *told = pair
    answer = chat.ask(question)
    assert answer.mode == "quotes"
    _assert_told(answer, *told)


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        (DISPUTED, "Tesla will cut 1,600 jobs in Germany."),
        (DISPUTED, "Tesla will cut 2,500 jobs in Germany."),
        (SUPERSEDED, "GM will start to build electric pickups in Orion in late 2025."),
        # A sentence about something else: the quotes would have told the difference.
        (DISPUTED, "The works council heard of the job cuts at a meeting on Thursday morning."),
    ],
    ids=["earlier", "later", "superseded", "neither"],
)
def test_a_written_answer_shows_both_sides_whatever_its_sentence_says(
    chat: NewsChat,
    writes: Callable[..., None],
    pair: tuple[str, str, str, str, str, str],
    text: str,
) -> None:
    writes(text)
    question, *told = pair
    answer = chat.ask(question)
    assert answer.mode == "written"
    assert [statement.text for statement in answer.statements] == [text]
    assert len(answer.statements[0].citations) == 1
    _assert_told(answer, *told)


class ChangedReader:
    """Hands on what a reader finds, after a change."""

    name = "changed"

    def __init__(self, reader: Reader, change: Callable[[Reading], Reading]) -> None:
        self._reader = reader
        self._change = change

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        return self._change(self._reader.read(question, passages))


def _one_far_ahead(reading: Reading) -> Reading:
    """The report on Lyon far ahead of the others, which are still evidence for a chat model."""
    spans = [
        replace(span, score=0.9 if span.passage.article.id == "lyon" else 0.3)
        for span in reading.spans
    ]
    return Reading(tuple(sorted(spans, key=lambda span: -span.score)), 0.9)


def test_a_written_sentence_brings_a_difference_that_the_quotes_do_not_touch(
    chat: NewsChat, writes: Callable[..., None]
) -> None:
    writes("Tesla will cut 1,600 jobs in Germany.")
    chat.reader = ChangedReader(chat.reader, _one_far_ahead)
    quotes = chat.ask(BUSES, mode="quotes")
    assert [c.article_id for c in quotes.citations] == ["lyon"]
    assert quotes.differences == ()
    _, *told = DISPUTED
    _assert_told(chat.ask(BUSES), *told)


def _edit(chat: NewsChat) -> None:
    """Change every stored text behind the library's back."""
    with chat.store.database.write() as connection:
        connection.execute("UPDATE revisions SET text = 'Some ' || text")
    chat.library.forget_cached()


def _remove(chat: NewsChat) -> None:
    for key in chat.store.revisions():
        chat.remove(key)


@pytest.mark.parametrize("alter", [_edit, _remove])
@pytest.mark.parametrize("question", [BUSES, BREAD], ids=["answered", "refused"])
def test_no_quote_is_shown_that_its_article_no_longer_holds(
    chat: NewsChat, question: str, alter: Callable[[NewsChat], None]
) -> None:
    answer = chat.ask(question)
    assert answer.answered == (question == BUSES)
    assert answer.citations or answer.nearest

    def meanwhile(reading: Reading) -> Reading:
        alter(chat)
        return reading

    chat.reader = ChangedReader(chat.reader, meanwhile)
    with pytest.raises(StorageError, match=r"no longer holds a quote of this answer; ask again"):
        chat.ask(question)


def test_no_sentence_is_shown_whose_quote_is_gone_by_then(
    chat: NewsChat, writes: Callable[..., None]
) -> None:
    writes("Helios delivered forty electric buses to Lyon.", lambda: _edit(chat))
    shown: list[Stream] = []
    with pytest.raises(StorageError, match="lyon: the stored text no longer holds"):
        shown.extend(chat.stream(BUSES))
    assert shown == []


def test_no_difference_is_shown_whose_other_side_is_gone_by_then(
    chat: NewsChat, writes: Callable[..., None]
) -> None:
    text = "Tesla will cut 1,600 jobs in Germany."
    writes(text, lambda: chat.remove("jobs-paper"))
    shown: list[Stream] = []
    with pytest.raises(StorageError, match="jobs-paper: the stored text no longer holds"):
        shown.extend(chat.stream(JOBS))
    assert [step.statement.text for step in shown if step.statement] == [text]
