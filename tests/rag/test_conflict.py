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


@pytest.mark.parametrize(("split", "precision", "recall"), [("dev", 0.95, 0.6), ("test", 0.9, 0.3)])
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
