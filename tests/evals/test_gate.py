from pathlib import Path
from typing import Any

import pytest

from corpus.errors import InputError
from evals.gate import Gate, failing, parse_gates, read_gates

SUMMARY: dict[str, Any] = {
    "overall": {"fact_recall": {"value": 0.8, "n": 10}, "stale": {"value": 0.1, "n": 4}},
    "by_category": {"latest": {"fact_recall": {"value": 0.5, "n": 4}}},
}


def test_thresholds_are_read() -> None:
    assert parse_gates("fact_recall=0.8, stale<=0.1,latest/quote_hit@5>=0.7,") == [
        Gate("fact_recall", 0.8),
        Gate("stale", 0.1, most=True),
        Gate("quote_hit@5", 0.7, category="latest"),
    ]


@pytest.mark.parametrize("text", ["fact_recall", "fact_recall=high", "=0.8", "a=1=2"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write a threshold as"):
        parse_gates(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("fact_recall=0.8", 0),
        ("fact_recall=0.81", 1),
        ("stale<=0.1", 0),
        ("stale<=0.05", 1),
        ("latest/fact_recall=0.6", 1),
        ("latest/fact_recall=0.5", 0),
        ("no_such=0", 1),
        ("no_such/fact_recall=0", 1),
        ("fact_recall=0.9,stale<=0", 2),
    ],
)
def test_a_run_passes_or_fails(text: str, count: int) -> None:
    lines = failing(SUMMARY, parse_gates(text))
    assert len(lines) == count


def test_the_failing_line_says_what_it_is_and_should_be() -> None:
    (line,) = failing(SUMMARY, parse_gates("latest/fact_recall=0.6"))
    assert line == "latest/fact_recall>=0.6: it is 0.5000 over 4 questions"


def test_gates_come_from_a_table_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "gates.toml"
    file.write_text(
        "[small]\nat_least = { fact_recall = 0.7, 'latest/correct' = 0.5 }\n"
        "at_most = { stale = 0 }\n",
        encoding="utf-8",
    )
    assert read_gates("small", file) == [
        Gate("fact_recall", 0.7),
        Gate("correct", 0.5, category="latest"),
        Gate("stale", 0.0, most=True),
    ]
    with pytest.raises(InputError, match=r"no table \[large\]; it has small"):
        read_gates("large", file)


def test_the_projects_own_gates_can_be_read() -> None:
    assert {gate.measure for gate in read_gates("small")} >= {"fact_recall", "as_of_violations"}
