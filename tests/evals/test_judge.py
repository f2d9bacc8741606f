from typing import Any

import pytest

from evals.cases import Case
from evals.judge import agreement
from evals.records import Record
from evals.stats import pooled_interval
from evals.summary import abstention_f1, estimates


def judged(score: float, correct: float) -> Record:
    return Record(
        Case("q", "x", "Q?", True, articles=("a",)),
        {},
        measures={"correct": correct},
        judged={"correctness": score},
    )


def test_agreement_and_kappa_by_hand() -> None:
    # Four agree (3 yes, 1 no), two don't: 4/6. Judge says yes 4/6, the measure 4/6;
    # chance = 4/6 * 4/6 + 2/6 * 2/6 = 5/9; kappa = (2/3 - 5/9) / (4/9) = 1/4.
    pairs = [(1, 1), (1, 1), (1, 1), (0, 0), (1, 0), (0, 1)]
    found = agreement([judged(float(a), float(b)) for a, b in pairs])
    assert found == {"correctness": {"n": 6, "agreement": 0.6667, "kappa": 0.25}}


def test_kappa_is_absent_when_either_side_never_varies() -> None:
    assert agreement([judged(1.0, 1.0)] * 3) == {"correctness": {"n": 3, "agreement": 1.0}}
    always_yes = [judged(1.0, 1.0), judged(1.0, 0.0)]
    assert agreement(always_yes) == {"correctness": {"n": 2, "agreement": 0.5}}
    assert agreement([Record(judged(1, 1).case, {}, measures={"correct": 1.0})]) == {}


def test_abstention_f1_by_hand() -> None:
    # Refused: two rightly, one wrongly. Unanswerable: two refused, one answered.
    rows: list[dict[str, Any]] = [
        {"abstention_precision": 1.0, "abstention_recall": 1.0},
        {"abstention_precision": 1.0, "abstention_recall": 1.0},
        {"abstention_precision": 0.0},
        {"abstention_recall": 0.0},
        {},
    ]
    assert abstention_f1(rows) == pytest.approx(2 / 3)
    assert abstention_f1([{}]) == 0.0
    records = [Record(judged(1, 1).case, {}, measures=row) for row in rows]
    found = estimates(records)
    assert found["abstention_precision"].value == pytest.approx(2 / 3)
    assert found["abstention_recall"].value == pytest.approx(2 / 3)
    assert found["abstention_f1"] == pooled_interval(rows, abstention_f1)
