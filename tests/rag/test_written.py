"""What of a chat model's text is shown: only what its quotes carry."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import (
    FakeMessagesListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage
from writing import DAY, FORD, GM, QUESTION, TEXT, run, says, shown, spans

from corpus.article import Draft
from rag import NewsChat
from rag.gguf import open_gguf
from rag.prompt import REFUSAL
from rag.settings import Settings
from rag.written import Summary, write


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


def test_the_example_in_the_manual_runs(
    open_chat: Callable[..., NewsChat],
    draft: Callable[..., Draft],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "Honda and Nissan agreed to study a strategic partnership in electric cars."
    chat = open_chat()
    chat.add([draft(text, id="a")])
    told = "Honda and Nissan agreed to study a partnership [1]. Honda hired 900 people [1]."
    monkeypatch.setattr("rag.pipeline.open_model", lambda settings: says(told))
    monkeypatch.setenv("EVNEWS_HOME", str(chat.settings.home))
    monkeypatch.setenv("EVNEWS_READER", "plain")
    manual = (Path(__file__).parent.parent.parent / "docs" / "written.md").read_text("utf-8")
    example = manual.split("## In Python\n\n```python\n")[1].split("```")[0]
    exec(compile(example, "docs/written.md", "exec"), {})
    sentence, last = capsys.readouterr().out.splitlines()
    assert sentence == f"Honda and Nissan agreed to study a partnership. {[text]}"
    assert last.startswith("written ")
    assert "Honda hired 900 people." in last


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
        "The evidence doesn't explicitly say so.",
        "The news provides no information about Norway.",
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


@pytest.mark.parametrize(
    "text",
    [
        "The news did not surprise investors.",
        "There is no evidence that the battery caught fire, NHTSA said.",
        "The report does not include hybrids.",
        "We do not expect growth in 2024, Farley said.",
        "We cannot say when the plant opens, Farley said.",
    ],
)
def test_news_that_denies_is_no_refusal(text: str) -> None:
    (sentence,), summary = run(says(f"{text.removesuffix('.')} [1]."), spans(text))
    assert (sentence.text, sentence.dropped) == (text, False)
    assert not summary.refused


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
