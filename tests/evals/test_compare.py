from typing import Any

import pytest

from corpus.errors import InputError
from evals.cases import Case
from evals.compare import compare
from evals.errors import Loss
from evals.records import Record


def record(name: str, recall: float, *, said: str = "", **measures: float) -> Record:
    right = recall == 1.0
    answer: dict[str, Any] = {
        "answered": bool(said),
        "reason": None if said else "not found",
        "statements": [{"text": said, "citations": [1]}] if said else [],
    }
    loss = None if right else Loss("read but dropped")
    return Record(
        Case(name, "numeric", f"Question {name}?", True, facts=(("x",),)),
        answer,
        measures={"correct": float(right), "fact_recall": recall, **measures},
        loss=loss,
    )


def test_flips_come_worst_first_and_say_what_changed() -> None:
    a = [
        record("kept", 1.0, said="yes"),
        record("lost", 1.0, said="1.8 million"),
        record("half", 1.0, said="both"),
        record("won", 0.0),
        record("gone", 1.0, said="x"),
    ]
    b = [
        record("kept", 1.0, said="yes"),
        record("won", 1.0, said="found"),
        record("half", 0.5, said="one"),
        record("lost", 0.0),
        record("fresh", 1.0, said="x"),
    ]
    found = compare(a, b)
    assert [(f.id, f.to, f.change) for f in found.flips] == [
        ("lost", "wrong", -1.0),
        ("half", "wrong", -0.5),
        ("won", "right", 1.0),
    ]
    worst = found.flips[0]
    assert (worst.before, worst.after) == (
        "1.8 million",
        "refused: not found [read but dropped]",
    )
    assert (found.only_a, found.only_b) == (("gone",), ("fresh",))


def test_differences_are_paired_on_the_questions_that_have_both() -> None:
    a = [record(str(i), 0.0) for i in range(8)]
    b = [record(str(i), 1.0 if i < 6 else 0.0, said="x", words=5.0) for i in range(8)]
    by_name = {d.measure: d for d in compare(a, b).differences}
    recall = by_name["fact_recall"]
    assert (recall.a, recall.b, recall.change.value, recall.change.n) == (0.0, 0.75, 0.75, 8)
    assert recall.p == pytest.approx(2 / 64)  # two all-one-sided patterns of the six that differ
    assert recall.verdict == "better"
    assert "words" not in by_name  # run A has none to pair with


def test_less_is_better_where_it_is() -> None:
    a = [record(str(i), 1.0, said="x", stale=0.0) for i in range(8)]
    b = [record(str(i), 1.0, said="x", stale=1.0) for i in range(8)]
    by_name = {d.measure: d for d in compare(a, b).differences}
    assert by_name["stale"].verdict == "worse"
    assert by_name["correct"].verdict == ""
    assert compare(a, b).flips == ()


def test_a_longer_answer_is_neither_better_nor_worse() -> None:
    a = [record(str(i), 1.0, said="x", words=60.0) for i in range(8)]
    b = [record(str(i), 1.0, said="x", words=90.0) for i in range(8)]
    words = next(d for d in compare(a, b).differences if d.measure == "words")
    assert (words.change.value, words.verdict) == (30.0, "")


def test_runs_that_share_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="share no question"):
        compare([record("a", 1.0)], [record("b", 1.0)])
