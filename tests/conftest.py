"""Fixtures shared by all tests: the real embedding model, libraries in temporary folders."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
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

_WENT_OUT: list[str] = []


def _stay_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse and note every connection that leaves this machine, whichever library makes it."""
    address = arguments[1] if event == "socket.connect" else None
    host = str(address[0]).partition("%")[0] if isinstance(address, tuple) else "localhost"
    if host not in ("", "localhost") and not ip_address(host).is_loopback:
        _WENT_OUT.append(host)
        raise OSError(f"the tests may not reach {host}")


sys.addaudithook(_stay_home)


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    """The program downloads nothing and tells nobody anything unless it is asked to."""
    yield
    went, _WENT_OUT[:] = list(_WENT_OUT), []
    assert went == [], "a connection left this machine"


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
