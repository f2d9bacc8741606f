"""From a question to an answer, through the public object."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.runnables import RunnableLambda

from corpus.article import Draft
from corpus.errors import InputError, ModelError
from rag import NewsChat
from rag.settings import Settings
from rag.types import Mode, Turn

Open = Callable[..., NewsChat]
Make = Callable[..., Draft]


@pytest.fixture
def chat(open_chat: Open, draft: Make) -> NewsChat:
    chat = open_chat()
    chat.add(
        [
            draft(
                "Volta Motors will build a battery plant in Toledo, Ohio. The plant will cost $2.5 "
                "billion and employ 1,200 people. It is to open in 2027.",
                id="plan",
                title="Volta picks Ohio for its battery plant",
                published=datetime(2024, 3, 15, tzinfo=UTC),
            ),
            draft(
                "Volta Motors has cancelled the battery plant that it planned in Toledo, Ohio. "
                "Weak demand for electric cars was the reason, the company said.",
                id="end",
                title="Volta cancels its Ohio battery plant",
                source="Daily",
                published=datetime(2024, 9, 2, tzinfo=UTC),
            ),
            draft(
                "Helios delivered forty electric buses to the city of Lyon on Tuesday.",
                id="lyon",
                title="Lyon gets electric buses",
                published=datetime(2024, 5, 1, tzinfo=UTC),
            ),
        ]
    )
    return chat


def test_every_statement_quotes_a_stored_slice(chat: NewsChat) -> None:
    answer = chat.ask("How much will Volta's battery plant in Ohio cost?")
    assert answer.answered
    assert "$2.5 billion" in answer.text
    for citation in answer.citations:
        article = chat.store.get(citation.article_id, citation.revision)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
    numbers = {c.n for c in answer.citations}
    assert all(s.citations and set(s.citations) <= numbers for s in answer.statements)


def test_as_of_knows_nothing_later(chat: NewsChat) -> None:
    then = chat.ask("Is Volta building a battery plant in Ohio?", as_of="2024-04-01")
    assert "cancelled" not in json.dumps(then.to_json())
    assert then.citations[0].age_days == 17
    for question in (
        "Is Volta still building a battery plant in Ohio?",
        "Is Volta building a battery plant in Ohio?",
    ):
        assert chat.ask(question).citations[0].article_id == "end"


def test_a_stated_period_filters_and_its_absence_is_told(chat: NewsChat) -> None:
    answer = chat.ask("What did Volta Motors say about its battery plant in June 2021?")
    assert not answer.answered
    assert answer.reason == "outside the dates asked"
    assert {c.article_id for c in answer.nearest} >= {"plan"}
    assert "15 March 2024" in answer.text


def test_what_happened_in_a_period_may_be_told_later(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    chat.add(
        [
            draft(
                "Norway's consumer council registered 86 complaints about Volta Motors in 2022. It "
                "expects more this year, as the company sells more cars.",
                id="later",
                title="Complaints about Volta rise in Norway",
                published=datetime(2023, 6, 23, tzinfo=UTC),
            ),
            draft(
                "Volta Motors opened its first two showrooms in Norway, in Oslo and Bergen.",
                id="then",
                title="Volta comes to Norway",
                published=datetime(2022, 3, 1, tzinfo=UTC),
            ),
        ]
    )
    asked = "How many complaints about Volta did Norway's consumer council register in 2022?"
    answer = chat.ask(asked)
    assert answer.citations[0].article_id == "later"
    assert "Looked first in articles from 1 January 2022 to 30 April 2023." in answer.text
    # Where the day of publication is asked for, or set by hand, nothing else is read.
    strict = chat.ask("What do articles published in 2022 say about complaints about Volta?")
    limited = chat.ask(asked, before="2023-04-30")
    for kept in (strict, limited):
        assert {p.article.id for p in kept.passages} == {"then"}


def test_a_story_is_read_once_also_where_a_period_ends_between_its_copies(
    open_chat: Open, draft: Make
) -> None:
    chat = open_chat()
    text = "Volta Motors sold 9,000 vans in Norway in May, more than in any month before."
    for name, month, day in (("first", 6, 30), ("copy", 7, 2)):
        when = datetime(2022, month, day, tzinfo=UTC)
        chat.add([draft(text, id=name, source=name, published=when)])
    answer = chat.ask("How many vans did Volta Motors sell in Norway in May 2022?")
    assert not answer.window.strict
    assert answer.window.before == date(2022, 7, 1)
    assert [p.article.id for p in answer.passages] == ["first"]


def test_limits_by_hand_win_over_the_question(chat: NewsChat) -> None:
    answer = chat.ask("What is the latest on Volta's plant?", before=date(2024, 4, 1))
    assert {p.article.id for p in answer.passages} <= {"plan"}
    other = chat.ask("What about Volta's battery plant in Ohio?", sources=["Daily"])
    assert {p.article.source for p in other.passages} == {"Daily"}


def test_a_question_about_something_else_is_refused_with_the_nearest(chat: NewsChat) -> None:
    answer = chat.ask("Which sourdough recipe rises overnight in a cold kitchen?")
    assert not answer.answered
    assert answer.statements == ()
    assert answer.citations == ()
    assert answer.text.startswith(("I have no news", "The news I have doesn't say"))


def test_an_old_answer_about_the_present_says_so_first(chat: NewsChat) -> None:
    answer = chat.ask("Is Volta still planning a battery plant in Ohio?")
    assert answer.newest_evidence == "2024-09-02"
    stale = [note for note in answer.notes if "2 September 2024" in note]
    assert stale
    assert answer.text.index(stale[0]) < answer.text.index("“")


def test_a_follow_up_stands_alone(chat: NewsChat) -> None:
    first = "Where will Volta Motors build its battery plant?"
    answer = chat.ask("How many people will it employ?", history=[Turn(first, "In Toledo, Ohio.")])
    assert "Volta" in answer.standalone_question
    assert "1,200" in answer.text
    assert chat.ask("How many people will it employ?", history=[first]).answered
    again = chat.ask("How many people will it employ?", history=[chat.ask(first)])
    assert again.standalone_question == answer.standalone_question


def test_an_old_answer_is_told_that_its_source_has_changed(chat: NewsChat, draft: Make) -> None:
    answer = chat.ask("How many buses did Lyon get?")
    assert chat.changed(answer) == ()
    chat.add([draft("Helios delivered thirty electric buses to Lyon, not forty.", id="lyon")])
    assert [citation.article_id for citation in chat.changed(answer)] == ["lyon"]
    article = chat.store.get("lyon", answer.citations[0].revision)
    assert article is not None
    assert answer.citations[0].quote in article.text


def test_stream_ends_with_the_whole_answer(chat: NewsChat) -> None:
    steps = list(chat.stream("How much will Volta's battery plant cost?"))
    last = steps[-1].answer
    assert last is not None
    assert [s.statement for s in steps[:-1]] == list(last.statements)
    assert all(step.citations for step in steps[:-1])


def test_the_runnable_composes(chat: NewsChat) -> None:
    chain = chat.runnable | RunnableLambda(lambda answer: answer.answered)
    assert chain.invoke("How many buses did Lyon get?") is True
    assert chain.batch(["How many buses did Lyon get?"] * 2) == [True, True]


def test_many_threads_get_the_same_answers(chat: NewsChat) -> None:
    questions = ["How many buses did Lyon get?", "How much will Volta's battery plant cost?"] * 8
    alone = {question: chat.ask(question).text for question in questions}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: chat.ask(question).text, questions))
    assert together == [alone[question] for question in questions]


@pytest.mark.parametrize(
    ("name", "opener"),
    [("model", "open_model"), ("reader", "open_reader"), ("_rerank", "open_reranker")],
)
def test_a_model_is_loaded_once_for_all_threads(
    chat: NewsChat, name: str, opener: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    both = Barrier(2)

    def opening(*given: object) -> object:
        opened.append(given)
        with suppress(BrokenBarrierError):
            both.wait(0.3)  # the time in which a second thread would come in
        return object()

    monkeypatch.setattr(f"rag.pipeline.{opener}", opening)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: getattr(chat, name), range(2))
    assert first is second
    assert len(opened) == 1


def test_a_chat_model_that_comes_later_is_used(
    chat: NewsChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = [ModelError("no answer; start the server")]

    def opening(settings: Settings) -> BaseChatModel:
        if down:
            raise down.pop()
        return FakeListChatModel(responses=["The plant will employ 1,200 people. [1]"])

    monkeypatch.setattr("rag.pipeline.open_model", opening)
    chat.settings = chat.settings.model_copy(update={"llm": "openai:later"})
    question = "How many people will the plant of Volta in Toledo employ?"
    first, second = chat.ask(question), chat.ask(question)
    assert first.notes[0] == "Written answers are off: no answer; start the server."
    assert (first.model, second.model) == (None, "openai:later")


FIRST = "Where will Volta Motors build its battery plant?"
SENTENCE = "The plant will employ 1,200 people. [1]"


@pytest.mark.parametrize(
    ("rewrite", "taken"),
    [
        ("How many people will the Toledo battery plant of Volta Motors employ?", True),
        ("How many people will Ford's plant in Ohio employ?", False),  # Ford was never spoken of
        ("", False),
    ],
)
def test_a_chat_model_words_a_follow_up_and_the_rules_do_where_it_fails(
    chat: NewsChat, monkeypatch: pytest.MonkeyPatch, rewrite: str, taken: bool
) -> None:
    follow_up, history = "How many people will it employ?", [(FIRST, "In Toledo, Ohio.")]
    by_rule = chat.ask(follow_up, history=history).standalone_question
    model = FakeListChatModel(responses=[rewrite, SENTENCE])
    monkeypatch.setattr("rag.pipeline.open_model", lambda settings: model)
    chat.settings = chat.settings.model_copy(update={"llm": "openai:any"})
    answer = chat.ask(follow_up, history=history)
    assert answer.standalone_question == (rewrite if taken else by_rule)
    assert answer.mode == "written"


@pytest.mark.parametrize(
    ("question", "mode"),
    [("How many people will it employ?", "quotes"), ("Who leads Volta Motors?", "written")],
)
def test_no_chat_model_rewrites_in_quotes_mode_or_what_stands_alone(
    chat: NewsChat, monkeypatch: pytest.MonkeyPatch, question: str, mode: Mode
) -> None:
    dragged = "How many people will Volta Motors employ in its battery plant in Toledo?"
    model = FakeListChatModel(responses=[dragged])
    monkeypatch.setattr("rag.pipeline.open_model", lambda settings: model)
    by_rule = chat.ask(question, history=[FIRST]).standalone_question
    chat.settings = chat.settings.model_copy(update={"llm": "openai:any"})
    answer = chat.ask(question, history=[FIRST], mode=mode)
    assert answer.standalone_question == by_rule != dragged


@pytest.mark.parametrize("question", ["", " \n", "?!", "x" * 2001])
def test_impossible_questions_are_refused_in_one_line(chat: NewsChat, question: str) -> None:
    with pytest.raises(InputError) as caught:
        chat.ask(question)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("day", ["yesterday", "2024-13-01", "01.02.2024"])
def test_an_impossible_day_is_named(chat: NewsChat, day: str) -> None:
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        chat.ask("What?", as_of=day)


def test_nothing_later_than_as_of_is_hinted_at(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    first = datetime(2024, 1, 1, tzinfo=UTC)
    chat.add(
        draft(
            f"Volta has built {100 + i} electric vans so far, it said in report R{i:02d}.",
            id=f"R{i:02d}",
            title=f"Volta report R{i:02d}",
            published=first + timedelta(days=10 * i),
        )
        for i in range(20)
    )
    for i in range(0, 20, 3):
        day = (first + timedelta(days=10 * i + 4)).date()
        said = json.dumps(chat.ask("How many vans has Volta built so far?", as_of=day).to_json())
        later = [f"R{j:02d}" for j in range(i + 1, 20)]
        assert not [name for name in later if name in said]
        assert f"R{i:02d}" in said
