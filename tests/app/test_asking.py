"""The chat page's own part in asking, without a browser: examples, limits, long conversations."""

import copy
import html
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel

from app import lanes
from app.examples import Examples
from app.links import View
from app.page_chat import _ask, _view
from app.page_timeline import find_events
from app.thread import MOST_TURNS, Shown, to_json
from corpus.errors import InputError
from rag import NewsChat
from rag.types import Answer


@pytest.fixture
def three(open_chat, draft) -> NewsChat:  # type: ignore[no-untyped-def]
    chat: NewsChat = open_chat(reader="plain")
    chat.add(
        draft(f"{name} said in May that it sells more cars.", id=name, title=f"{name} sells more")
        for name in ("Tesla", "BYD", "Ford")
    )
    return chat


def test_the_first_page_spends_no_chat_model_and_waits_its_turn(
    three: NewsChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_LANES", threading.BoundedSemaphore(1))
    asked: list[str] = []
    free: list[bool] = []

    def told() -> Iterator[str]:
        asked.append("the model")
        yield "Tesla sells more. [1]"

    def ask(question: str, **given: Any) -> Answer:
        free.append(lanes._LANES.acquire(blocking=False))
        return NewsChat.ask(paid, question, **given)

    paid = copy.copy(three)
    paid.settings = three.settings.model_copy(update={"llm": "openai:scripted"})
    paid.model = GenericFakeChatModel(messages=told())  # type: ignore[misc]
    paid.ask = ask  # type: ignore[method-assign,assignment]
    examples = Examples(paid)
    examples._of = summary = three.summary()
    examples._look(summary)
    assert free
    assert not any(free)
    assert asked == []


def test_a_library_that_could_not_be_read_is_looked_at_again(three: NewsChat) -> None:
    examples = Examples(three)
    examples._of = summary = three.summary()
    with three.store.database.write() as connection:
        connection.execute("ALTER TABLE articles RENAME TO away")
    examples._look(summary)
    assert examples._known.is_set()  # no page waits for what does not come
    assert examples._of is None  # and the next one looks again


@pytest.mark.parametrize(
    "limits", [("2024-5-1", "", ""), ("", "soon", ""), ("", "", "2024-05-01T00:00")]
)
def test_a_limit_that_is_no_day_is_refused_not_dropped(open_chat, limits: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    chat = open_chat(reader="plain")
    with pytest.raises(InputError, match="is not a day"):
        find_events(chat, "Tesla", *limits)
    view = _view("What did Tesla say?", [*limits, [], "quotes"])
    *_, (_, turn, _) = _ask(chat, "[]", "What did Tesla say?", view)
    assert "is not a day" in turn


def test_a_turn_keeps_the_question_as_the_address_has_it(open_chat) -> None:  # type: ignore[no-untyped-def]
    chat = open_chat(reader="plain")
    (_, first, _), *_ = _ask(chat, "[]", "Tesla deliveries ", View())
    data = html.unescape(re.search('data-turn="([^"]*)"', first)[1])  # type: ignore[index]
    assert json.loads(data)["question"] == "Tesla deliveries"


def test_a_full_conversation_refuses_another_question(open_chat) -> None:  # type: ignore[no-untyped-def]
    row = to_json(Shown("What did Tesla say?", "stopped"))
    full = f"[{','.join([row] * MOST_TURNS)}]"
    ((past, live, _),) = _ask(open_chat(reader="plain"), full, "And then?", View())
    assert past.count("<article") == MOST_TURNS
    assert "start a new one" in live
    assert "data-turn" not in live
