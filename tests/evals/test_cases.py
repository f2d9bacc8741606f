import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import InputError
from evals.cases import load_cases

GOOD: dict[str, Any] = {
    "id": "a",
    "split": "dev",
    "category": "numeric",
    "question": "How many?",
    "turns": ["And before?"],
    "as_of": "2024-05-01",
    "answerable": True,
    "facts": [["1.8 million", "1,808,581"]],
    "articles": ["x"],
    "quotes": ["It sold 1.8 million."],
}


def write(folder: Path, *rows: object) -> Path:
    file = folder / "gold.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_question_is_read_with_all_its_fields(tmp_path: Path) -> None:
    (case,) = load_cases([write(tmp_path, GOOD)])
    assert case.as_of == date(2024, 5, 1)
    assert case.facts == (("1.8 million", "1,808,581"),)
    assert case.turns == ("And before?",)
    assert json.loads(json.dumps(case.to_json())) == GOOD


def test_what_may_be_left_out_may_be_left_out(tmp_path: Path) -> None:
    row = {"id": "a", "category": "x", "question": "Q?", "answerable": False, "note": "mine"}
    (case,) = load_cases([write(tmp_path, row)])
    assert (case.facts, case.turns, case.as_of, case.split) == ((), (), None, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": ""}, "field id"),
        ({"question": None}, "field question"),
        ({"answerable": "yes"}, "answerable must be true or false"),
        ({"turns": "earlier"}, "turns must be a list"),
        ({"facts": ["1.8 million"]}, "facts must be lists"),
        ({"facts": [[]]}, "facts must be lists"),
        ({"as_of": "May 2024"}, "YYYY-MM-DD"),
        ({"split": "train"}, "dev or test"),
        ({"facts": [], "quotes": [], "articles": []}, "no facts, quotes or articles"),
    ],
)
def test_a_malformed_line_is_named_and_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    file = write(tmp_path, GOOD, GOOD | {"id": "b"} | change)
    with pytest.raises(InputError) as caught:
        load_cases([file])
    assert f"{file}:2" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("line", ['{"id": "b", ', "[1, 2]", "not json"])
def test_a_line_that_is_no_object_is_named_and_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"gold\.jsonl:3"):
        load_cases([write(tmp_path, GOOD, "", line)])


def test_an_id_used_twice_is_refused_across_files(tmp_path: Path) -> None:
    first = write(tmp_path, GOOD)
    second = tmp_path / "more.jsonl"
    second.write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(InputError, match=r"more\.jsonl:1.*'a' was used at .*gold\.jsonl:1"):
        load_cases([first, second])


def test_a_split_takes_its_own_questions_and_those_without_one(tmp_path: Path) -> None:
    free = {k: v for k, v in GOOD.items() if k != "split"} | {"id": "c"}
    file = write(tmp_path, GOOD, GOOD | {"id": "b", "split": "test"}, free)
    assert [case.id for case in load_cases([file], "test")] == ["b", "c"]
    assert [case.id for case in load_cases([file])] == ["a", "b", "c"]
    with pytest.raises(InputError, match="no question of split 'test'"):
        load_cases([write(tmp_path, GOOD)], "test")


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.jsonl"):
        load_cases([tmp_path / "nothing.jsonl"])
