"""Evidence about four companies, and runs of a fake chat model over it."""

from datetime import UTC, date, datetime
from typing import Any

from langchain_core.language_models import BaseChatModel, FakeListChatModel

from corpus.article import Article
from rag.sentences import spans as sentence_spans
from rag.settings import Settings
from rag.types import Passage, Query, Span
from rag.written import Summary, Written, write

DAY = date(2024, 5, 2)
QUESTION = Query("What did Ford and GM do?", "What did Ford and GM do?")
TEXT = (
    "Ford cut 500 jobs at its plant in Ohio in March 2024. "
    "GM hired 300 people for its battery works in Michigan. "
    "Rivian lost $1.7 billion in the second quarter. "
    "Stellantis denied that it will sell Maserati."
)


def spans(text: str = TEXT) -> list[Span]:
    when = datetime(2024, 3, 16, tzinfo=UTC)
    article = Article(
        "a1", 1, "Jobs in the car industry", text, "Test Wire", None, when, when, when, "a1"
    )
    passage = Passage(article, 0, len(text), 1.0)
    return [Span(passage, a, b, 0.9) for a, b in sentence_spans(text)]


def run(
    model: BaseChatModel, found: list[Span] | None = None, **given: Any
) -> tuple[list[Written], Summary]:
    settings = Settings(**given.pop("settings", {}))
    items = list(
        write(QUESTION, spans() if found is None else found, model, settings, today=DAY, **given)
    )
    assert isinstance(items[-1], Summary)
    sentences = [item for item in items if isinstance(item, Written)]
    assert len(sentences) == len(items) - 1
    return sentences, items[-1]


def says(text: str) -> FakeListChatModel:
    return FakeListChatModel(responses=[text])


def shown(text: str) -> list[tuple[str, list[str]]]:
    sentences, _ = run(says(text))
    return [(s.text, [span.text for span in s.spans]) for s in sentences if not s.dropped]


FORD, GM, RIVIAN, STELLANTIS = (s.text for s in spans())
