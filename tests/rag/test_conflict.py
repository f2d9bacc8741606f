"""Superseded and disputed reports: labelled pairs, and what a reader of an answer would miss."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.article import Article
from rag.conflict import Clash, differences, outdated
from rag.evidence import MOST_CLASHES, with_differences
from rag.types import Passage, Span

_PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "conflict.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
_NUMBER = iter(range(10_000))


def _span(day: str, title: str, text: str, *, story: str = "", source: str = "Wire") -> Span:
    key = f"a{next(_NUMBER)}"
    when = datetime.fromisoformat(day).replace(tzinfo=UTC)
    article = Article(key, 1, title, text, source, None, when, when, when, story or key)
    return Span(Passage(article, 0, len(text), 1.0), 0, len(text), 1.0)


def _said(pair: dict[str, Any]) -> str:
    spans = [
        _span(side["date"], side["title"], side["text"], source=side["source"])
        for side in (pair["earlier"], pair["later"])
    ]
    found = differences(spans)
    return found[0].kind if found else "none"


def _scores(split: str) -> tuple[float, float]:
    rows = [(pair["label"], _said(pair)) for pair in _PAIRS if pair["split"] == split]
    right = sum(label != "none" and said != "none" for label, said in rows)
    alarms = sum(said != "none" for _, said in rows)
    return right / alarms, right / sum(label != "none" for label, _ in rows)


def test_pairs_are_many_and_no_story_is_in_both_splits() -> None:
    stories = {
        split: {p["story"] for p in _PAIRS if p["split"] == split} for split in ("dev", "test")
    }
    assert not stories["dev"] & stories["test"]
    for split in stories:
        labels = [p["label"] for p in _PAIRS if p["split"] == split]
        assert len(labels) >= 60
        assert 0.3 <= 1 - labels.count("none") / len(labels) <= 0.6


@pytest.mark.parametrize(
    ("split", "precision", "recall"), [("dev", 0.95, 0.65), ("test", 0.9, 0.35)]
)
def test_alarms_are_rarely_false(split: str, precision: float, recall: float) -> None:
    got = _scores(split)
    assert got[0] >= precision
    assert got[1] >= recall


MOVED = (
    ("2023-10-17", "GM delays Orion", "GM will start to build electric pickups in late 2025."),
    (
        "2024-07-23",
        "GM delays Orion again",
        "GM now expects to start building electric pickups in mid-2026, not late 2025.",
    ),
)


def test_a_moved_date_is_superseded_and_both_days_are_named() -> None:
    spans = [_span(*MOVED[1]), _span(*MOVED[0])]
    (clash,) = differences(spans)
    assert clash.kind == "superseded"
    assert (clash.earlier, clash.later) == (spans[1], spans[0])
    for words in ("17 October 2023", "23 July 2024", "late 2025", "mid-2026"):
        assert words in clash.text
    assert outdated(spans) == frozenset({1})


def test_a_cancelled_plan_is_outdated() -> None:
    spans = [
        _span("2023-11-15", "Renault to list Ampere", "Renault wants to list its unit Ampere."),
        _span("2024-01-29", "Renault cancels Ampere listing", "Renault has cancelled the listing."),
    ]
    assert outdated(spans) == frozenset({0})


def test_a_forecast_that_turned_round_is_outdated() -> None:
    rise = "Toyota expects its sales in Europe to rise this year."
    fall = "Toyota now expects its sales in Europe to fall this year."
    spans = [
        _span("2024-02-01", "Toyota hopeful", rise),
        _span("2024-08-01", "Toyota warns", fall),
    ]
    (clash,) = differences(spans)
    assert clash.kind == "superseded"
    assert "the opposite" in clash.text
    assert outdated(spans) == frozenset({0})


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Sales of electric cars in Germany rose in August 2024.",
            "Sales of electric cars in Germany fell in October 2024.",
        ),
        (
            "Tesla raised the price of the Model Y in China.",
            "Tesla cut the price of the Model S in the United States.",
        ),
        (
            "Toyota expects its sales in Europe to rise.",
            "Toyota expects its costs in China to fall.",
        ),
    ],
)
def test_rises_and_falls_of_other_things_or_times_both_hold(one: str, two: str) -> None:
    spans = [_span("2024-09-05", "News", one), _span("2024-11-05", "News", two)]
    assert differences(spans) == ()


def test_a_value_that_the_later_report_replaces_elsewhere_is_another_thing() -> None:
    spans = [
        _span("2023-05-26", "Cell plant", "Hyundai will invest $4.3 billion in a cell venture."),
        _span(
            "2025-09-05", "Pledge", "Hyundai raised its investment from $21 billion to $26 billion."
        ),
    ]
    assert differences(spans) == ()


def test_a_sentence_beside_the_news_is_not_outdated() -> None:
    plan, aside = "Tesla will build a factory in Mexico.", "Many Mexicans had hoped for Tesla."
    halt = "Tesla has put its factory in Mexico on hold."
    title = "Tesla to build a factory in Mexico"
    spans = [
        _span("2023-03-01", title, plan),
        _span("2023-03-01", title, aside),
        _span("2024-07-23", "Tesla halts its Mexican factory", halt),
    ]
    assert outdated(spans) == frozenset({0})


def test_a_difference_that_is_not_told_brings_no_quote() -> None:
    one, two, three = (_span(f"2024-0{i}-01", "News", f"News {i}.") for i in (1, 2, 3))
    told = [Clash("superseded", one, two, f"Difference {i}.") for i in range(MOST_CLASHES)]
    beyond = Clash("superseded", one, three, "One too many.")
    assert with_differences((one, two), [*told, beyond]) == ((one, two), tuple(told))
    assert with_differences((one, two), [beyond]) == ((one, two, three), (beyond,))


def test_reports_of_the_same_days_are_disputed_and_none_is_outdated() -> None:
    spans = [
        _span("2024-10-04", "Vote", "Tesla will cut 1,600 jobs in Germany."),
        _span("2024-10-05", "Vote", "Tesla will cut 2,500 jobs in Germany.", source="Paper"),
    ]
    (clash,) = differences(spans)
    assert clash.kind == "disputed"
    assert "Wire" in clash.text
    assert "Paper" in clash.text
    assert outdated(spans) == frozenset()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Tesla delivered 422,875 cars in Q1 2023.", "Tesla delivered 466,140 cars in Q2 2023."),
        ("Tesla delivered 1.81 million cars.", "Tesla delivered 1,808,581 cars."),
        ("The Model 3 price starts at $38,990.", "The Model Y price starts at $44,990."),
        ("Tesla cut 400 jobs in Germany.", "Tesla cut 14,000 jobs in the United States."),
        ("Tesla invests more than $5 billion.", "Tesla invests $5.4 billion."),
        ("Ford will invest $5 billion in Ohio.", "Tesla will invest $9 billion in Ohio."),
    ],
)
def test_other_things_do_not_differ(one: str, two: str) -> None:
    for later in ("2024-01-03", "2024-09-03"):
        spans = [_span("2024-01-02", "News", one), _span(later, "News", two)]
        assert differences(spans) == ()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Germany registered 208,848 new cars in May.",
            "Germany registered 34,479 new electric cars in May.",
        ),
        (
            "BYD sold 373,083 new-energy vehicles in May.",
            "BYD sold 148,470 battery-electric cars in May.",
        ),
        (
            "Audi delivered 9,500 plug-in hybrids in May.",
            "Audi delivered 8,900 electric cars in May.",
        ),
        ("Geely sold 235,000 vehicles in May.", "Geely sold 31,000 vehicles abroad in May."),
        (
            "The Volkswagen Group delivered 744,800 cars in May.",
            "The Volkswagen brand delivered 383,100 cars in May.",
        ),
        (
            "XPeng delivered 21,352 cars in May.",
            "XPeng delivered 46,533 cars in the second quarter of 2024.",
        ),
        ("Northvolt will cut 1,000 jobs in Heide.", "Northvolt will cut 400 jobs in Borlänge."),
        (
            "The Renault 5 with the 52 kWh battery costs 33,490 euros.",
            "The Renault 5 with the 40 kWh battery costs 24,990 euros.",
        ),
        (
            "Canada puts a tariff of 100 percent on electric cars.",
            "Canada puts a tariff of 25 percent on steel.",
        ),
        (
            "Tesla's net profit fell in the second quarter of 2024.",
            "Tesla's adjusted profit rose in the second quarter of 2024.",
        ),
        (
            "BYD registered 15,500 cars in Europe in May.",
            "BYD registered 7,231 battery cars in Europe in May.",
        ),
        (
            "Tesla's revenue from cars fell 20 percent in the second quarter.",
            "Tesla's revenue fell 9 percent in the second quarter.",
        ),
        (
            "Volkswagen's profit fell 42 percent in the second quarter.",
            "Volkswagen's profit fell 21 percent in nine months.",
        ),
        ("The Xiaomi SU7 costs 215,900 yuan.", "The Xiaomi SU7 Max costs 299,900 yuan."),
        ("CATL wants to raise at least $5 billion.", "CATL wants to raise $7.7 billion."),
    ],
)
def test_a_part_does_not_differ_from_the_whole_or_another_part(one: str, two: str) -> None:
    spans = [_span("2024-07-02", "News", one), _span("2024-07-03", "News", two)]
    assert differences(spans) == ()


def test_what_everybody_knows_of_a_maker_need_not_be_said() -> None:
    spans = [
        _span("2025-01-02", "Tesla", "Tesla delivered 1,789,226 cars in 2024."),
        _span("2025-01-03", "Tesla", "Tesla delivered 1.72 million electric cars in 2024."),
    ]
    assert [clash.kind for clash in differences(spans)] == ["disputed"]


def test_a_result_is_told_beside_a_goal_and_a_new_goal_against_it() -> None:
    goal = _span("2024-01-31", "Rivian", "Rivian expects to build 57,000 cars in 2024.")
    lower = _span("2024-10-04", "Rivian", "Rivian now expects to build 49,000 cars in 2024.")
    result = _span("2025-01-03", "Rivian", "Rivian built 49,476 cars in 2024.")
    assert [(c.earlier, c.later) for c in differences([goal, lower, result])] == [(goal, lower)]


def test_a_goal_that_the_company_takes_back_is_outdated() -> None:
    goal = "Porsche expects more than 80 percent of its cars to be electric in 2030."
    back = "Porsche has given up its goal of 80 percent electric cars by 2030."
    spans = [_span("2024-07-25", "Porsche", goal), _span("2025-09-19", "Porsche", back)]
    assert outdated(spans) == frozenset({0})


@pytest.mark.parametrize(
    ("yes", "no", "days"),
    [
        (
            "Tesla has scrapped its plan for a robotic van.",
            "Tesla has not cancelled its robotic van.",
            ("2024-04-05", "2024-04-06"),
        ),
        (
            "Audi will close its plant in Brussels.",
            "Audi has made no decision to close the plant in Brussels.",
            ("2024-07-09", "2024-07-10"),
        ),
        (
            "Fisker has filed for bankruptcy.",
            "Fisker has no plans to file for bankruptcy.",
            ("2024-06-19", "2024-04-01"),
        ),
    ],
)
def test_a_denial_is_told(yes: str, no: str, days: tuple[str, str]) -> None:
    spans = [_span(days[0], "News", yes), _span(days[1], "News", no)]
    assert [clash.text.partition(":")[0] for clash in differences(spans)] == [
        "One report says yes, the other no"
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Apple held talks with Rivian.", "Apple did not comment on the talks with Rivian."),
        ("Nio will deliver the ET9 in May.", "Nio has not yet delivered the ET9."),
        ("Tesla cut its prices in China.", "Tesla has not cut its prices in Norway."),
        (
            "Nio made a profit in the second quarter of 2024.",
            "Nio did not make a profit in the first quarter of 2024.",
        ),
    ],
)
def test_silence_and_another_place_deny_nothing(one: str, two: str) -> None:
    spans = [_span("2024-07-02", "News", one), _span("2024-07-03", "News", two)]
    assert differences(spans) == ()


def test_a_date_is_moved_without_a_word_for_it_if_all_else_is_the_same() -> None:
    early = "Stellantis will start cell production in Kokomo in 2025."
    late = "Stellantis will start cell production in Kokomo in 2027."
    other = "Stellantis will start a second line for cell production in Kokomo in 2028."
    spans = [
        _span("2023-07-20", "Kokomo", early),
        _span("2024-08-20", "Kokomo", late),
        _span("2024-08-21", "Kokomo grows", other),
    ]
    (clash,) = differences(spans)
    assert (clash.earlier, clash.later) == (spans[0], spans[1])


def test_what_was_called_off_is_taken_up_again() -> None:
    spans = [
        _span("2024-03-21", "Rivian", "Rivian has paused construction of its plant in Georgia."),
        _span("2024-11-26", "Rivian", "Rivian will resume construction of its plant in Georgia."),
    ]
    assert outdated(spans) == frozenset({0})


def test_copies_and_undated_reports_are_not_compared() -> None:
    copies = [_span(*row, story="one") for row in MOVED]
    assert differences(copies) == ()
    article = copies[0].passage.article
    nowhen = Article(
        "x", 1, article.title, article.text, "Wire", None, None, article.fetched, None, "x"
    )
    undated = Span(Passage(nowhen, 0, len(nowhen.text), 1.0), 0, len(nowhen.text), 1.0)
    assert differences([undated, _span(*MOVED[1])]) == ()


def test_a_question_about_another_company_silences_the_pair() -> None:
    spans = [_span(*row) for row in MOVED]
    assert differences(spans, "When will GM build electric pickups?")
    assert not differences(spans, "When will Rivian build electric pickups?")


def test_an_embedding_that_finds_the_pair_unlike_silences_it() -> None:
    spans = [_span(*row) for row in MOVED]
    assert differences(spans, similar=lambda a, b: 0.9)
    assert not differences(spans, similar=lambda a, b: 0.1)
