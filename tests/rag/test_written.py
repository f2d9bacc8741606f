"""Written answers with LangChain's fake chat models: every way that a stream can go."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.language_models.fake_chat_models import (
    FakeMessagesListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from corpus.article import Article
from rag.gguf import open_gguf
from rag.prompt import REFUSAL
from rag.sentences import spans as sentence_spans
from rag.settings import Settings
from rag.types import Passage, Query, Span
from rag.written import STOPPED, Summary, Written, write

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


def test_supported_sentences_come_with_their_exact_quotes() -> None:
    sentences, summary = run(says("Ford cut 500 jobs in Ohio [1]. GM hired 300 people [2]."))
    assert [(s.text, [q.text for q in s.spans], s.dropped) for s in sentences] == [
        ("Ford cut 500 jobs in Ohio.", [FORD], False),
        ("GM hired 300 people.", [GM], False),
    ]
    for sentence in sentences:
        for span in sentence.spans:
            assert span.passage.article.text[span.start : span.end] == span.text
    assert (summary.shown, summary.dropped, summary.error) == (2, 0, None)
    assert not summary.refused
    assert summary.first_s is not None
    assert summary.first_s <= summary.seconds


@pytest.mark.parametrize(
    "claim",
    [
        "Ford cut 900 jobs in Ohio [1].",
        "Ford cut 500 jobs in Texas [1].",
        "Tesla cut 500 jobs in Ohio [1].",
        "Ford cut 500 jobs in Ohio in May 2021 [1].",
        "GM did not hire 300 people [2].",
        "Stellantis will sell Maserati [4].",
        "Ford has gone bankrupt [1].",
    ],
)
def test_unsupported_sentences_are_dropped_and_counted(claim: str) -> None:
    sentences, summary = run(says(f"{claim} GM hired 300 people [2]."))
    assert [s.dropped for s in sentences] == [True, False]
    assert sentences[0].why
    assert sentences[0].spans == ()
    assert (summary.shown, summary.dropped) == (1, 1)


def test_a_wrong_or_missing_marker_is_put_right() -> None:
    for marks in ("", " [2]", " [9]", " [0]", " [2, 3]"):
        assert shown(f"Ford cut 500 jobs in Ohio{marks}.") == [
            ("Ford cut 500 jobs in Ohio.", [FORD])
        ]


def test_only_the_quotes_that_carry_a_sentence_are_kept() -> None:
    assert shown("GM hired 300 people for its battery works [1][2][3].") == [
        ("GM hired 300 people for its battery works.", [GM])
    ]


def test_two_quotes_may_carry_a_sentence_together() -> None:
    text = "Ford cut 500 jobs in Ohio and GM hired 300 people in Michigan"
    assert shown(f"{text} [1][2].") == [(f"{text}.", [FORD, GM])]


def test_what_is_only_reported_is_not_told_as_a_fact() -> None:
    found = spans("Tesla has reportedly settled with the state of Michigan over its sales.")
    for text, dropped in (
        ("Tesla settled with the state of Michigan [1].", True),
        ("Tesla reportedly settled with the state of Michigan [1].", False),
    ):
        assert [s.dropped for s in run(says(text), found)[0]] == [dropped]


def test_a_figure_is_not_lent_to_the_company_of_the_title() -> None:
    found = spans("Ford will cut 5,000 jobs; Nissan announced 700 job cuts in Mississippi.")
    (sentence,) = run(says("Jaguar announced 700 job cuts in Mississippi [1]."), found)[0]
    assert sentence.dropped


def test_facts_of_two_articles_are_not_stitched_together() -> None:
    one, two = (
        spans("Straubel, the technology chief of Tesla, left in 2019."),
        spans("Morton, who had joined on August 6, resigned on Tuesday."),
    )
    other = replace(two[0].passage.article, id="a2", story="a2")
    far = [replace(s, passage=replace(s.passage, article=other)) for s in two]
    (sentence,) = run(says("Straubel resigned on August 6, 2019 [1][2]."), [*one, *far])[0]
    assert sentence.dropped


def test_openings_that_claim_something_unchecked_are_taken_off() -> None:
    assert shown("Yes, Ford cut 500 jobs in Ohio [1].") == [("Ford cut 500 jobs in Ohio.", [FORD])]
    assert shown("According to the evidence, GM hired 300 people [2].") == [
        ("GM hired 300 people.", [GM])
    ]
    assert shown("Here is the answer:\nGM hired 300 people [2].") == [
        ("GM hired 300 people.", [GM])
    ]


@pytest.mark.parametrize(
    "text",
    [
        REFUSAL,
        REFUSAL.rstrip("."),
        f"{REFUSAL} Ford cut 500 jobs in Ohio [1].",
        "The evidence does not mention this.",
        "There is no information about that in the articles.",
        "I cannot answer this from the news.",
        "This is not mentioned in the provided evidence.",
    ],
)
def test_refusals(text: str) -> None:
    sentences, summary = run(says(text))
    assert sentences == []
    assert summary.refused
    assert summary.error is None


def test_a_refusal_after_an_answer_is_only_left_out() -> None:
    sentences, summary = run(says(f"Ford cut 500 jobs in Ohio [1]. {REFUSAL}"))
    assert [s.text for s in sentences] == ["Ford cut 500 jobs in Ohio."]
    assert not summary.refused


def test_without_evidence_the_model_is_not_asked() -> None:
    sentences, summary = run(GenericFakeChatModel(messages=iter([])), [])
    assert sentences == []
    assert summary == Summary(refused=True)


def test_an_empty_answer() -> None:
    sentences, summary = run(FakeMessagesListChatModel(responses=[AIMessage("")]))
    assert sentences == []
    assert (summary.shown, summary.refused, summary.error) == (0, False, None)


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


def test_the_budget_of_evidence_is_kept() -> None:
    small = run(says(REFUSAL), spans(TEXT * 8), settings={"evidence_tokens": 100})[1]
    assert small.tokens_in < 560


def test_links_and_markup_leave_no_text_even_when_struck_through() -> None:
    text = "See https://evil.example/x [1]. ![a](b) is nice. Say <b>it</b>. Ford cut 500 jobs in Ohio [1]."
    sentences, summary = run(says(text))
    assert [s.text for s in sentences if s.text] == ["Ford cut 500 jobs in Ohio."]
    assert summary.dropped >= 2


def test_one_trace_shows_every_stage() -> None:
    seen: list[tuple[str, Any, Any]] = []

    class Trace(BaseCallbackHandler):
        def on_chain_start(
            self, *args: Any, run_id: Any, parent_run_id: Any = None, **kw: Any
        ) -> None:
            seen.append((kw.get("name") or "", run_id, parent_run_id))

        def on_chat_model_start(
            self, *args: Any, run_id: Any, parent_run_id: Any = None, **kw: Any
        ) -> None:
            seen.append(("model", run_id, parent_run_id))

    run(says("Ford cut 500 jobs in Ohio [1]."), config={"callbacks": [Trace()]})
    names = [name for name, _, _ in seen]
    assert names[0] == "write"
    assert {"prompt", "ask", "model", "parse", "check"} <= set(names)
    runs = {run for _, run, _ in seen}
    assert all(parent in runs for _, _, parent in seen[1:])


@pytest.mark.skipif("EVNEWS_TEST_GGUF" not in os.environ, reason="EVNEWS_TEST_GGUF names no file")
def test_a_real_small_model() -> None:
    model = open_gguf(Path(os.environ["EVNEWS_TEST_GGUF"]))
    sentences, summary = run(model, settings={"llm_seconds": 300})
    assert summary.error is None
    assert summary.tokens_in > 100
    assert not summary.counted
    for sentence in sentences:
        assert sentence.dropped or sentence.spans
    stop = threading.Event()
    items = write(QUESTION, spans(), model, Settings(), today=DAY, stop=stop)
    threading.Timer(0.3, stop.set).start()
    began = monotonic()
    last = list(items)[-1]
    assert monotonic() - began < 1.5
    assert isinstance(last, Summary)
