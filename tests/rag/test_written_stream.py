"""Every way that a chat model's stream can go: repeats, failures, hanging, stops."""

import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.language_models.fake_chat_models import (
    FakeMessagesListChatModel,
)
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from writing import DAY, QUESTION, run, says, spans

from rag.settings import Settings
from rag.written import STOPPED, Summary, Written, write


def test_a_model_without_streaming() -> None:
    model = FakeMessagesListChatModel(responses=[AIMessage("Ford cut 500 jobs in Ohio [1].")])
    assert [s.text for s in run(model)[0]] == ["Ford cut 500 jobs in Ohio."]


def test_content_in_blocks() -> None:
    blocks: list[str | dict[str, Any]] = [
        {"type": "reasoning", "reasoning": "GM hired 300 people [2]."},
        {"type": "text", "text": "Ford cut 500 jobs in Ohio [1]."},
    ]
    model = FakeMessagesListChatModel(responses=[AIMessage(content=blocks)])
    assert [s.text for s in run(model)[0]] == ["Ford cut 500 jobs in Ohio."]


def test_a_model_that_repeats_itself_is_ended() -> None:
    sentences, summary = run(says("Ford cut 500 jobs in Ohio [1]. " * 200))
    assert [s.text for s in sentences] == ["Ford cut 500 jobs in Ohio."]
    assert summary.tokens_out < 200


def test_an_endless_answer_is_ended() -> None:
    text = " ".join(f"Ford cut {n}00 jobs in plant {n} of Ohio [1]." for n in range(1, 60))
    sentences, _ = run(says(text))
    assert len(sentences) == 12


def test_a_failure_in_mid_answer_keeps_what_passed_and_says_so() -> None:
    text = "Ford cut 500 jobs in Ohio [1]. GM hired 300 people [2]."
    model = FakeListChatModel(responses=[text], error_on_chunk_number=40)
    sentences, summary = run(model)
    assert [s.text for s in sentences] == ["Ford cut 500 jobs in Ohio."]
    assert summary.error is not None
    assert summary.error.startswith("the chat model failed: ")
    assert summary.shown == 1


class Broken(BaseChatModel):
    """Fails with a message that holds a key."""

    @property
    def _llm_type(self) -> str:
        return "broken"

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("401 for key sk-proj-abcdefgh12345678\nand more")


def test_a_failure_at_once_is_one_line_without_the_key() -> None:
    sentences, summary = run(Broken())
    assert sentences == []
    assert summary.error == "the chat model failed: 401 for key *** and more"


class Slow(BaseChatModel):
    """Says one sentence, then hangs until it is let go."""

    release: Any

    @property
    def _llm_type(self) -> str:
        return "slow"

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        yield ChatGenerationChunk(
            message=AIMessageChunk(content="Ford cut 500 jobs in Ohio [1]. G")
        )
        self.release.wait(30)
        yield ChatGenerationChunk(message=AIMessageChunk(content="M hired 300 people [2]."))


@pytest.fixture
def slow() -> Iterator[Slow]:
    release = threading.Event()
    yield Slow(release=release)
    release.set()


def test_the_time_limit_holds_for_a_model_that_hangs(slow: Slow) -> None:
    began = monotonic()
    sentences, summary = run(slow, settings={"llm_seconds": 0.5})
    assert monotonic() - began < 1.5
    assert [s.text for s in sentences] == ["Ford cut 500 jobs in Ohio."]
    assert summary.error is not None
    assert "0.5 seconds; raise EVNEWS_LLM_SECONDS" in summary.error


def test_a_stop_ends_it_within_a_second(slow: Slow) -> None:
    stop = threading.Event()
    items = write(QUESTION, spans(), slow, Settings(), today=DAY, stop=stop)
    assert isinstance(next(items), Written)
    began = monotonic()
    stop.set()
    last = list(items)[-1]
    assert monotonic() - began < 1
    assert isinstance(last, Summary)
    assert last.error == STOPPED
    assert last.shown == 1


def test_closing_the_iterator_ends_it_too(slow: Slow) -> None:
    items = write(QUESTION, spans(), slow, Settings(), today=DAY)
    next(items)
    began = monotonic()
    items.close()  # type: ignore[attr-defined]
    assert monotonic() - began < 1


def test_a_sentence_appears_before_the_answer_is_finished(slow: Slow) -> None:
    items = write(QUESTION, spans(), slow, Settings(), today=DAY)
    first = next(items)
    assert isinstance(first, Written)
    assert first.text == "Ford cut 500 jobs in Ohio."
    slow.release.set()
    assert [i.text for i in items if isinstance(i, Written)] == ["GM hired 300 people."]


def test_tokens_are_the_models_own_where_it_counts() -> None:
    message = AIMessage(
        "Ford cut 500 jobs in Ohio [1].",
        usage_metadata={"input_tokens": 321, "output_tokens": 9, "total_tokens": 330},
    )
    _, summary = run(FakeMessagesListChatModel(responses=[message]))
    assert (summary.tokens_in, summary.tokens_out, summary.counted) == (321, 9, False)


def test_tokens_are_counted_where_the_model_does_not() -> None:
    _, summary = run(says("Ford cut 500 jobs in Ohio [1]."))
    assert 300 < summary.tokens_in < 700
    assert 5 < summary.tokens_out < 20
    assert summary.counted
