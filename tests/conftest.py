"""Fixtures shared by all tests: the real embedding model, libraries in temporary folders."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

# Two cores are shared by the test and the models; one thread each is quickest.
os.environ.setdefault("OMP_NUM_THREADS", "2")
for name in [name for name in os.environ if name.startswith("EVNEWS_") and "TEST" not in name]:
    del os.environ[name]

from corpus.article import Draft  # noqa: E402
from rag import NewsChat  # noqa: E402
from rag.embed import SentenceEmbedder  # noqa: E402
from rag.settings import load  # noqa: E402


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder()


@pytest.fixture
def open_chat(tmp_path: Path, embedder: SentenceEmbedder) -> Iterator[Callable[..., NewsChat]]:
    """Opens libraries in a temporary folder that share one loaded model."""
    opened: list[NewsChat] = []

    def open_one(home: Path | None = None, **settings: object) -> NewsChat:
        chat = NewsChat(load(home=home or tmp_path / "home", **settings), embedder)
        if chat.library.pending():
            chat.library.sync()
        opened.append(chat)
        return chat

    yield open_one
    for chat in opened:
        chat.close()


@pytest.fixture
def draft() -> Callable[..., Draft]:
    """A draft with plausible defaults."""

    def make(text: str, **fields: object) -> Draft:
        given: dict[str, object] = {
            "key": f"test:{hash(text)}",
            "title": "A test article",
            "source": "Test Wire",
            "published": datetime(2024, 3, 16, tzinfo=UTC),
        }
        if "id" in fields:
            given["key"] = f"id:{fields['id']}"
        return Draft(text=text, **{**given, **fields})  # type: ignore[arg-type]

    return make
