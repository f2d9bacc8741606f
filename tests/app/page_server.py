"""Serves the page over a small library, for the browser tests: run as a process of its own.

    python page_server.py HOME GATE

Prints the addresses of the page, of one that asks for a password, of one over hostile articles,
of one with a chat model and, where the extra is installed, MCP tools, and of one over an empty
library. A question with the word "patiently" is read only when something has been written to the
pipe GATE, so that a test can stop an answer that is certainly under way.
"""

import copy
import itertools
import os
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import uvicorn
from langchain_core.language_models import GenericFakeChatModel
from payloads import ADDRESSES, PAYLOADS

from app.serve import make_app
from corpus.article import Draft
from corpus.digest import drafts
from rag import NewsChat
from rag.reader import Reader
from rag.types import Passage, Reading

BRIEFS = (
    "2024-03-15-honda-nissan-memorandum",
    "2024-08-01-honda-nissan-mitsubishi-step",
    "2024-12-23-honda-nissan-merger-talks",
    "2025-02-13-honda-nissan-talks-end",
    "2023-12-22-byd-szeged-plant",
    "2025-05-22-byd-tops-tesla-europe-april",
    "2019-03-14-tesla-model-y-unveiled",
    "2019-11-21-tesla-cybertruck-unveiled",
    "2019-11-17-ford-mustang-mach-e",
    "2021-04-11-lg-sk-settlement",
    "2022-01-27-lg-energy-solution-ipo",
    "2019-06-12-northvolt-one-billion",
)


class Gated:
    """The plain reader behind a gate."""

    def __init__(self, reader: Reader, gate: Path) -> None:
        self.reader = reader
        self.gate = gate

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Read, for some questions only when the gate is opened."""
        if "patiently" in question:
            self.gate.read_text()
        return self.reader.read(question, passages)


def hostile() -> list[Draft]:
    """Articles that try everything in their title, text, source and address."""
    made = []
    for i, payload in enumerate(PAYLOADS):
        made.append(
            Draft(
                key=f"hostile:{i}",
                id=f"hostile-{i}",
                title=f"Zubrowka Motors plan {i} {payload}",
                text=f"Zubrowka Motors opened plant number {i} in Lutz. {payload}\n"
                f"The mayor of Lutz called the plant {payload} a gift. Number {i} makes buses.",
                source=f"Wire {payload}",
                url=ADDRESSES[i % len(ADDRESSES)],
                published=datetime(2024, 1, 1 + i % 28, tzinfo=UTC),
                author=payload,
                topics=(payload,),
                reported_by=payload,
            )
        )
    return made


def with_model(chat: NewsChat) -> NewsChat:
    """The same library with a chat model that says something true and something made up."""
    told = (
        "Honda and Nissan signed a non-binding memorandum on 15 March. [1] "
        "Tesla will buy both of them for 77 billion dollars. [1]"
    )
    written = copy.copy(chat)
    written.settings = chat.settings.model_copy(
        update={"llm": "openai:scripted", "show_dropped": True}
    )
    written.model = GenericFakeChatModel(messages=itertools.repeat(told))  # type: ignore[misc]
    return written


def main(home: str, gate: str) -> None:
    """Fill the library and serve it until the process is ended."""
    wanted = [draft for draft in drafts() if draft.id in BRIEFS]
    assert len(wanted) == len(BRIEFS), [draft.id for draft in wanted]
    with NewsChat.open(home, reader="plain", allow_private=True, pause_seconds=0.0) as chat:
        chat.add(wanted)
        with (
            NewsChat.open(f"{home}-hostile", reader="plain") as other,
            NewsChat.open(f"{home}-empty", reader="plain") as empty,
        ):
            other.add(hostile())
            chat.reader = Gated(chat.reader, Path(gate))  # type: ignore[misc,assignment]
            servers = [
                _start(make_app(chat)),
                _start(make_app(chat, auth=("reader", "a long password"))),
                _start(make_app(other)),
                _start(make_app(with_model(chat), mcp=find_spec("mcp") is not None)),
                _start(make_app(empty)),
            ]
            print(" ".join(servers), flush=True)
            sys.stdin.read()  # the test closes it when it is done
            os._exit(0)


def _start(app: object) -> str:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))  # type: ignore[arg-type]
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        pass
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"


if __name__ == "__main__":
    main(*sys.argv[1:])
