"""The gold questions and pairs are true to the digest, and a wrong one is reported."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.digest_check import Brief, default_folder, parse_all, read_folder
from evals.cases import default_gold, load_cases
from evals.check_gold import (
    CATEGORIES,
    REFUSED,
    check,
    check_pairs,
    default_pairs,
    main,
    split_of,
)

Row = dict[str, Any]


@pytest.fixture(scope="module")
def digest() -> dict[str, Brief]:
    return parse_all(read_folder(default_folder()))[0]


def gold(identity: str) -> Row:
    lines = default_gold().read_text("utf-8").splitlines()
    return next(row for row in map(json.loads, lines) if row["id"] == identity)


def problems_of(rows: list[Row], folder: Path, digest: dict[str, Brief]) -> str:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return "\n".join(check(path, digest))


def test_questions_and_pairs_are_true_to_the_digest(digest: dict[str, Brief]) -> None:
    assert check(default_gold(), digest) == []
    assert check_pairs(default_pairs(), digest) == []


def test_there_are_questions_of_every_kind_in_both_splits() -> None:
    cases = load_cases([default_gold()])
    assert len(cases) >= 250
    assert sum(case.category in REFUSED for case in cases) >= 40
    for split in ("dev", "test"):
        counts = Counter(case.category for case in cases if case.split == split)
        assert set(counts) == CATEGORIES
        assert min(counts.values()) >= 5, counts


def test_no_story_is_asked_about_in_both_splits(digest: dict[str, Brief]) -> None:
    # Told by the quotes, because articles may also name a brief that repeats an answer.
    asked: dict[str, set[str | None]] = {}
    for case in load_cases([default_gold()]):
        for article in case.articles:
            if any(quote in digest[article].text for quote in case.quotes):
                asked.setdefault(digest[article].story, set()).add(case.split)
    assert {story: splits for story, splits in asked.items() if len(splits) > 1} == {}


def test_a_thousand_pairs_from_many_briefs_of_stories_for_training(
    digest: dict[str, Brief],
) -> None:
    pairs = [json.loads(line) for line in default_pairs().read_text("utf-8").splitlines()]
    assert len(pairs) >= 1000
    assert len({pair["article"] for pair in pairs}) >= 150
    asked = {case.question.casefold() for case in load_cases([default_gold()], "test")}
    assert not [pair for pair in pairs if pair["question"].casefold() in asked]


def change(field: str, value: object) -> Callable[[Row], Row]:
    return lambda row: row | {field: value}


@pytest.mark.parametrize(
    ("identity", "spoil", "expected"),
    [
        ("us-040", change("quotes", ["The Bolt costs $28,995."]), "not an exact slice"),
        ("us-040", change("facts", [["$19,995"]]), "stands in the quotes"),
        ("us-040", change("facts", []), "it needs articles, 1 to"),
        ("us-040", change("articles", ["2024-01-01-nothing"]), "there is no brief"),
        ("us-040", change("articles", []), "it needs articles"),
        ("us-040", change("split", "test"), "its quotes come from dev"),
        ("us-040", change("split", "train"), "it is dev or test"),
        ("us-040", change("category", "trivia"), "is none of"),
        ("us-040", change("category", "unanswerable"), "but its category is unanswerable"),
        ("us-040", change("category", "follow_up"), "follow_up go together"),
        ("us-040", change("as_of", "2025-11-01"), "as_of go together"),
        ("us-040", change("as_of", "soon"), "is no day"),
        ("us-040", change("reason", "none"), "unknown field: reason"),
        ("us-048", change("as_of", "2024-01-01"), "younger than its day of asking"),
        (
            "us-048",
            lambda row: row | {"category": "latest", "as_of": None},
            "there is a later brief of the story",
        ),
        ("us-048", change("as_of", "2025-01-01"), "there is a later brief of the story"),
        ("us-073", change("facts", [["Bolt"]]), "no facts and no quotes"),
        ("us-073", change("split", "test"), "its split should be dev"),
        ("us-073", change("answerable", True), "but its category is false_premise"),
    ],
)
def test_a_wrong_question_is_reported(
    identity: str,
    spoil: Callable[[Row], Row],
    expected: str,
    tmp_path: Path,
    digest: dict[str, Brief],
) -> None:
    row = gold(identity)
    assert problems_of([row], tmp_path, digest) == ""
    assert expected in problems_of([spoil(row)], tmp_path, digest)


def test_a_question_given_twice_is_reported(tmp_path: Path, digest: dict[str, Brief]) -> None:
    row = gold("us-040")
    found = problems_of([row, row | {"question": row["question"].upper()}], tmp_path, digest)
    assert "the same id as" in found
    assert "the same question as" in found


def test_a_line_that_is_no_object_is_reported(tmp_path: Path, digest: dict[str, Brief]) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": \n[1]\n', "utf-8")
    problems = check(path, digest)
    assert [problem.split(":")[1] for problem in problems] == ["1", "2"]


def test_a_wrong_pair_is_reported(tmp_path: Path, digest: dict[str, Brief]) -> None:
    held = next(brief for brief in digest.values() if split_of(brief.story) == "test")
    good = json.loads(default_pairs().read_text("utf-8").splitlines()[0])
    rows: list[Row] = [
        good,
        good,
        good | {"question": "What?", "quote": "This is not in it."},
        {"article": held.id, "question": "What?", "quote": held.text[:80]},
        {"article": "2024-01-01-nothing", "question": "What?", "quote": "x"},
        {"article": held.id, "question": "What?"},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    problems = check_pairs(path, digest)
    expected = ["same question", "not an exact", "kept for testing", "no brief", "has the texts"]
    assert len(problems) == len(expected)
    assert all(words in problem for words, problem in zip(expected, problems, strict=True))


def test_the_command_finds_the_packaged_files_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out.rstrip().endswith("briefs, 0 problems")
