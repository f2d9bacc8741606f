"""Follow-up questions made to stand alone by rules: labelled dialogues and single cases."""

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Draft
from corpus.digest import drafts
from rag.history import standalone, understood
from rag.pipeline import NewsChat
from rag.types import Turn, Window

_DIALOGUES = Path(__file__).parents[1] / "data" / "dialogues.jsonl"
_ABOUT_BRIEFS = _DIALOGUES.with_name("dialogues_digest.jsonl")
_TALK = (
    Turn(
        "How many cars did Tesla deliver in Q3 2023?",
        "Tesla delivered 435,059 vehicles in the third quarter of 2023.",
    ),
)


def _dialogues() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _DIALOGUES.read_text(encoding="utf-8").splitlines()]


def _right(dialogue: dict[str, Any]) -> bool:
    turns = [Turn(*turn) for turn in dialogue["turns"]]
    result = standalone(dialogue["question"], turns).lower()
    return all(word.lower() in result for word in dialogue["must"]) and not any(
        word.lower() in result for word in dialogue["must_not"]
    )


def test_dialogues_are_many_and_half_change_the_topic() -> None:
    kinds = [dialogue["kind"] for dialogue in _dialogues()]
    assert len(kinds) >= 80
    assert 0.45 <= kinds.count("change") / len(kinds) <= 0.55


@pytest.mark.parametrize(
    "dialogue", [d for d in _dialogues() if d["split"] == "dev"], ids=lambda d: d["id"]
)
def test_dev_dialogue(dialogue: dict[str, Any]) -> None:
    assert _right(dialogue)


def test_a_time_does_not_tell_the_talks_apart_but_a_place_does() -> None:
    assert "Tesla" in standalone("Who joined the talks in August 2024?", _TALK)
    alone = "Who joined the talks in Geneva?"
    assert standalone(alone, _TALK) == alone


@pytest.mark.parametrize(("kind", "least"), [("follow_up", 0.85), ("change", 0.9)])
def test_share_of_right_test_dialogues(kind: str, least: float) -> None:
    rows = [d for d in _dialogues() if d["split"] == "test" and d["kind"] == kind]
    assert sum(map(_right, rows)) / len(rows) >= least


def _found(chat: NewsChat, dialogue: dict[str, Any], text: str) -> bool:
    """Is an article that answers the dialogue among the five best?"""
    found = dict.fromkeys(p.article.title for p in chat.search(text, limit=24))
    return any(title in dialogue["titles"] for title in list(found)[:5])


def test_the_rewritten_question_finds_the_brief(open_chat: Callable[..., NewsChat]) -> None:
    """Against the question alone, and the last question with it, among the briefs talked about.

    Half of the dialogues change the topic, where the old question only stands in the way.
    """
    rows = [json.loads(line) for line in _ABOUT_BRIEFS.read_text(encoding="utf-8").splitlines()]
    assert 0.45 <= sum(d["kind"] == "change" for d in rows) / len(rows) <= 0.55
    ids = {name for d in rows for name in d["articles"]}
    briefs = {d.key.removeprefix("id:"): d for d in drafts() if isinstance(d, Draft)}
    assert ids <= briefs.keys()
    chat = open_chat()
    chat.add([briefs[name] for name in sorted(ids)])
    right = {"rewritten": 0, "alone": 0, "together": 0}
    for dialogue in rows:
        dialogue["titles"] = {briefs[name].title for name in dialogue["articles"]}
        turns = [Turn(*turn) for turn in dialogue["turns"]]
        asked = dialogue["question"]
        for way, text in (
            ("rewritten", standalone(asked, turns)),
            ("alone", asked),
            ("together", f"{turns[-1].question} {asked}"),
        ):
            right[way] += _found(chat, dialogue, text)
    assert right["rewritten"] >= 0.95 * len(rows)
    assert right["rewritten"] >= max(right["alone"], right["together"])


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("What about Ford?", "How many cars did Ford deliver in Q3 2023?"),
        ("and the quarter before?", "How many cars did Tesla deliver in Q2 2023?"),
        ("and in 2022?", "How many cars did Tesla deliver in 2022?"),
        ("and in Q4?", "How many cars did Tesla deliver in Q4 2023?"),
        ("What is a heat pump?", "What is a heat pump?"),
    ],
)
def test_the_whole_sentence(question: str, result: str) -> None:
    assert standalone(question, _TALK) == result


_SOLD = (Turn("How many cars did Tesla deliver in 2023?", "Tesla delivered 1.81 million."),)
_PRICE = (Turn("How much does the Hyundai Ioniq 5 cost?", "It costs $43,000."),)


@pytest.mark.parametrize(
    "question",
    "Thanks|OK, thank you very much!|Hello|Yes|No|Great!|Help|Profit?|Range?|Worldwide?".split("|"),
)
def test_a_capital_makes_no_company(question: str) -> None:
    assert standalone(question, _SOLD) == question


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("In China?", "How many cars did Tesla deliver in 2023 in China?"),
        ("In the UK?", "How many cars did Tesla deliver in 2023 in the UK?"),
        ("The UK?", "How many cars did Tesla deliver in 2023 in the UK?"),
        ("For BYD?", "How many cars did BYD deliver in 2023?"),
        ("In Q4?", "How many cars did Tesla deliver in Q4 2023?"),
        ("And In Q4?", "How many cars did Tesla deliver in Q4 2023?"),
        ("For 2022?", "How many cars did Tesla deliver in 2022?"),
        ("March?", "How many cars did Tesla deliver in March 2023?"),
        ("NIO?", "How many cars did NIO deliver in 2023?"),
        ("And Zorblatt?", "How many cars did Zorblatt deliver in 2023?"),
    ],
)
def test_a_capital_at_the_start_changes_nothing(question: str, result: str) -> None:
    assert standalone(question, _SOLD) == result


def test_more_than_is_no_company() -> None:
    result = standalone("More than in 2022?", _SOLD)
    assert result == standalone("more than in 2022?", _SOLD)
    assert "did More" not in result


def test_thanks_are_no_topic() -> None:
    turns = (*_SOLD, Turn("Thanks!", "You are welcome."))
    assert standalone("And in 2022?", turns) == "How many cars did Tesla deliver in 2022?"


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("What about Tesla and BYD?", "How many cars did Tesla and BYD deliver in 2023?"),
        ("what about ford and gm", "How many cars did ford and gm deliver in 2023?"),
        ("And Ford, GM & BYD?", "How many cars did Ford, GM & BYD deliver in 2023?"),
        ("And in 2021 and 2022?", "How many cars did Tesla deliver in 2021 and 2022?"),
        ("What about 2021 and 2022?", "How many cars did Tesla deliver in 2021 and 2022?"),
        ("Between 2020 and 2022?", "How many cars did Tesla deliver between 2020 and 2022?"),
        (
            "What about China and Europe?",
            "How many cars did Tesla deliver in 2023 in China and Europe?",
        ),
        (
            "What about Ford and GM in Europe in 2022?",
            "How many cars did Ford and GM deliver in 2022 in Europe?",
        ),
        (
            "What about Ford in China and BYD in Europe?",
            "How many cars did Tesla deliver in 2023 (Ford in China and BYD in Europe)?",
        ),
    ],
)
def test_two_names_or_periods_are_both_kept(question: str, result: str) -> None:
    assert standalone(question, _SOLD) == result


@pytest.mark.parametrize(
    ("last", "question", "result"),
    [
        ("How did Ford and GM react?", "What about Toyota?", "How did Toyota react?"),
        ("Who sold most in 2021 and 2022?", "And in 2023?", "Who sold most in 2023?"),
        ("Who sold most between 2020 and 2022?", "And in 2023?", "Who sold most in 2023?"),
        ("Who sold most in the UK?", "And in Europe?", "Who sold most in Europe?"),
    ],
)
def test_two_names_or_periods_give_way_together(last: str, question: str, result: str) -> None:
    assert standalone(question, [Turn(last)]) == result


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("What about the Tesla Model Y?", "How much does the Tesla Model Y cost?"),
        ("And the VW ID.3?", "How much does the VW ID.3 cost?"),
        ("What about Tesla's Model Y?", "How much does Tesla's Model Y cost?"),
        (
            "And the Kia EV6 and the VW ID.4?",
            "How much does the Kia EV6 and the VW ID.4 cost?",
        ),
        ("What about Tesla?", "How much does the Tesla car cost?"),
    ],
)
def test_a_maker_and_its_car_are_one_name(question: str, result: str) -> None:
    assert standalone(question, _PRICE) == result


_CHARGE = (
    Turn("How fast does the Ioniq 5 charge?", "From 10 to 80 percent in 18 minutes."),
    Turn("And the EV6?", "In 18 minutes as well."),
)
_SHARE = (Turn("What was Norway's EV share in 2023?", "It was 82.4 percent."),)


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("And in Q1 and Q2?", "How many cars did Tesla deliver in Q1 and Q2 2023?"),
        ("Only in Germany?", "How many cars did Tesla deliver in 2023 in Germany?"),
        ("In Germany as well?", "How many cars did Tesla deliver in 2023 in Germany?"),
        ("By region?", "How many cars did Tesla deliver in 2023 by region?"),
        ("Compared to BYD?", "How many cars did Tesla deliver in 2023 compared to BYD?"),
        ("Sorry, I meant 2022", "How many cars did Tesla deliver in 2022?"),
        ("no, in Europe", "How many cars did Tesla deliver in 2023 in Europe?"),
        ("And now?", "How many cars did Tesla deliver now?"),
    ],
)
def test_a_fragment_goes_into_the_last_question(question: str, result: str) -> None:
    assert standalone(question, _SOLD) == result


@pytest.mark.parametrize(
    ("last", "question", "result"),
    [
        ("How did GM do in Q1?", "And in Q2?", "How did GM do in Q2?"),  # no year to take over
        (
            "Did Polestar miss its 2024 target?",
            "By how many cars?",
            "By how many cars did Polestar miss its 2024 target?",
        ),
        (
            "What tariffs did the EU put on Chinese electric cars?",
            "And the US?",
            "What tariffs did the US put on Chinese electric cars?",
        ),
        (
            "How big is the battery in the Mercedes CLA?",
            "LFP or NMC?",
            "How big is the battery in the Mercedes CLA (LFP or NMC)?",
        ),
    ],
)
def test_a_fragment_replaces_only_its_like(last: str, question: str, result: str) -> None:
    assert standalone(question, [Turn(last)]) == result


def test_and_swedens_stands_in_for_norways() -> None:
    assert standalone("and Sweden's?", _SHARE) == "What was Sweden's EV share in 2023?"


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("Great, what about Europe?", "How many cars did Tesla deliver in 2023 in Europe?"),
        ("hm ok. and in Q1?", "How many cars did Tesla deliver in Q1 2023?"),
        ("Thanks. And the year before?", "How many cars did Tesla deliver in 2022?"),
        ("Thanks! What is V2G?", "Thanks! What is V2G?"),
        ("Great Wall sales in 2022?", "Great Wall sales in 2022?"),
        ("No. 1 brand in China?", "No. 1 brand in China?"),
    ],
)
def test_a_polite_start_changes_nothing(question: str, result: str) -> None:
    assert standalone(question, _SOLD) == result


def test_the_model_x_is_no_pronoun() -> None:
    turns = [Turn("What is the range of the Lucid Gravity?", "450 miles.")]
    result = standalone("Is it faster than the Model X?", turns)
    assert result.startswith("Is Lucid Gravity faster than the Model X")


@pytest.mark.parametrize("question", ["Which of the two is cheaper?", "which one sells better"])
def test_the_two_compared_are_both_named(question: str) -> None:
    result = standalone(question, _CHARGE)
    assert "Ioniq 5" in result
    assert "EV6" in result


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Did Lyten buy it?", "Did Lyten buy Northvolt"),
        ("Where does this leave BMW?", "Northvolt"),
        ("How many people lost their jobs?", "How many people lost their jobs (Northvolt"),
        ("latest?", "Northvolt"),
    ],
)
def test_a_name_of_its_own_does_not_hide_what_is_missing(question: str, meant: str) -> None:
    turns = [Turn("Why did Northvolt fail?", "It ran out of money.")]
    assert meant in standalone(question, turns)


def test_who_replaced_him_asks_for_another() -> None:
    turns = [Turn("Who is the CEO of VW?", "Oliver Blume.")]
    assert "Oliver Blume" in standalone("Who replaced him?", turns)
    assert standalone("Who was it before him?", turns).startswith("Who was it before Oliver Blume")


@pytest.mark.parametrize(
    "question",
    [
        "Has the EU changed its 2035 ban?",
        "How many public chargers does the Netherlands have?",
        "What are the biggest battery makers and where are they based?",
        "What is a heat pump and how does it work?",
        "how much does a home charger cost?",
        "Which countries scrapped bonuses this year?",
        "What is the average charging cost at home?",
        "And what's new at Volvo?",
        "Who won the price war in China",
        "robotaxis in China",
        "One more thing: when do deliveries start?",
    ],
)
def test_another_topic_is_left_alone(question: str) -> None:
    assert standalone(question, _SOLD) == question


def test_a_chain_keeps_its_topic() -> None:
    turns = (*_TALK, Turn("What about BYD?"), Turn("and the year before?"))
    assert standalone("and in Europe?", turns) == (
        "How many cars did BYD deliver in Q3 2022 in Europe?"
    )


def test_the_year_before_a_year_to_march_also_ends_in_march() -> None:
    talk = [Turn("What was Toyota's profit in the year ended 31 March 2024?", "")]
    assert standalone("And the year before?", talk) == (
        "What was Toyota's profit in the year to March 2023?"
    )


def test_the_topic_is_the_newest_one() -> None:
    turns = (*_TALK, Turn("Why did Fisker go bankrupt?", "It ran out of cash."))
    result = standalone("How many workers did it have?", turns)
    assert "Fisker" in result
    assert "Tesla" not in result


def test_the_name_may_come_from_the_answer() -> None:
    turns = (Turn("Which start-up went bankrupt in June 2024?", "Fisker filed for Chapter 11."),)
    assert "Fisker" in standalone("Who bought its cars?", turns)


def test_without_turns_nothing_changes() -> None:
    assert standalone("And the price?", ()) == "And the price?"


def test_a_huge_question_is_answered_at_once() -> None:
    started = time.perf_counter()
    standalone("what about it " * 5000, [Turn("In 2023 what did Ford say? " * 5000)] * 6)
    standalone(
        "what about it?", [Turn("In 2023 what did Ford say? " * 5000, "In 2023. " * 9000)] * 6
    )
    assert time.perf_counter() - started < 20


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_is_survived(question: str, earlier: list[str]) -> None:
    turns = [Turn(text, text) for text in earlier]
    assert len(standalone(question, turns)) < 2000


@pytest.mark.parametrize(
    ("window", "asked", "line"),
    [
        (Window(), "Why?", None),
        (Window(), "Why did Ford stop?", 'Understood as "Why did Ford stop?".'),
        (
            Window(date(2023, 1, 1), date(2024, 2, 29)),
            "Why?",
            "Understood in articles from 1 January 2023 to 29 February 2024.",
        ),
        (
            Window(date(2023, 1, 1), date(2024, 2, 29), strict=False),
            "Why?",
            "Looked first in articles from 1 January 2023 to 29 February 2024.",
        ),
        (Window(as_of=date(2023, 5, 1)), "Why?", "Understood as of 1 May 2023."),
        (Window(order="newest"), "Why?", "Understood newest first."),
    ],
)
def test_understood(window: Window, asked: str, line: str | None) -> None:
    assert understood(window, asked, "why?") == line
