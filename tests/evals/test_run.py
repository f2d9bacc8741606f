"""A whole run over a small library, by the public API and the real models."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import InputError, ModelError, NewsError
from evals.library import build, builders
from evals.records import ANSWERS, read_records
from evals.run import Plan, run
from evals.summary import summarise

ARTICLES = [
    {
        "id": "orion",
        "title": "GM delays electric trucks at Orion",
        "date": "2023-10-17",
        "source": "Test Wire",
        "text": "General Motors will start building electric trucks at its Orion plant in "
        "Michigan in late 2025, a year later than planned. The company said demand had slowed.",
    },
    {
        "id": "orion-again",
        "title": "GM delays the Orion plant again",
        "date": "2024-07-23",
        "source": "Test Wire",
        "text": "General Motors put off electric trucks at its Orion plant a second time, to "
        "mid-2026. Chief executive Mary Barra told investors that supply must follow demand.",
    },
    {
        "id": "tesla",
        "title": "Tesla delivers 1.81 million cars in 2023",
        "date": "2024-01-02",
        "source": "Test Wire",
        "text": "Tesla delivered 1,808,581 vehicles in 2023, 38 percent more than a year before. "
        "It was the most in the history of the company.",
    },
]
CASES: list[dict[str, Any]] = [
    {
        "id": "q1",
        "category": "numeric",
        "question": "How many vehicles did Tesla deliver in 2023?",
        "answerable": True,
        "facts": [["1.81 million", "1,808,581"]],
        "articles": ["tesla"],
        "quotes": [
            "Tesla delivered 1,808,581 vehicles in 2023, 38 percent more than a year before."
        ],
    },
    {
        "id": "q2",
        "category": "as_of",
        "question": "When will GM build electric trucks at Orion?",
        "as_of": "2024-01-31",
        "answerable": True,
        "facts": [["late 2025"]],
        "articles": ["orion"],
        "quotes": [ARTICLES[0]["text"].split(". ")[0] + "."],
    },
    {
        "id": "q3",
        "category": "unanswerable",
        "question": "What is a good recipe for sourdough bread?",
        "answerable": False,
    },
    {
        "id": "q4",
        "category": "lookup",
        "question": "What did Toyota say about hydrogen?",
        "answerable": True,
        "facts": [["hydrogen hub"]],
        "articles": ["missing"],
        "quotes": ["Toyota opened a hydrogen hub."],
    },
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evals")
    for name, rows in (("articles", ARTICLES), ("gold", CASES)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plan(place: Path) -> Plan:
    return Plan(gold=(place / "gold.jsonl",), articles=(place / "articles.jsonl",), split="all")


@pytest.fixture(scope="module")
def finished(place: Path, plan: Plan) -> dict[str, Any]:
    records, summary = run(plan, place / "whole", cache_dir=place / "cache")
    return {"records": records, "summary": summary}


def timeless(file: Path) -> list[Any]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        del row["answer"]["timings_ms"]
    return rows


def test_a_run_measures_every_question(finished: dict[str, Any]) -> None:
    found = {record.case.id: record for record in finished["records"]}
    assert list(found) == ["q1", "q2", "q3", "q4"]
    assert found["q1"].measures["correct"] == 1.0
    assert found["q1"].measures["article_hit@1"] == 1.0
    assert found["q1"].measures["citation_validity"] == 1.0
    assert found["q1"].quote_ranks == (1,)
    assert found["q2"].measures["as_of_violations"] == 0.0
    assert found["q3"].measures["correct"] == 1.0
    assert "fact_recall" not in found["q3"].measures
    assert found["q4"].loss is not None
    assert found["q4"].loss.stage == "not in the library"


def test_the_summary_counts_only_where_a_measure_applies(finished: dict[str, Any]) -> None:
    summary = finished["summary"]
    assert (summary["questions"], summary["articles"]) == (4, 3)
    assert summary["overall"]["fact_recall"]["n"] == 3
    assert summary["overall"]["as_of_violations"] == {"value": 0, "low": 0, "high": 0, "n": 1}
    assert "fact_recall" not in summary["by_category"]["unanswerable"]
    assert summary["losses"] == {"not in the library": 1}
    assert summary["latency_ms"]["total"]["p95"] >= summary["latency_ms"]["total"]["p50"] > 0


def test_what_is_read_back_is_what_was_run(place: Path, finished: dict[str, Any]) -> None:
    records = read_records(place / "whole")
    assert [r.to_json() for r in records] == [r.to_json() for r in finished["records"]]
    assert summarise(records)["overall"] == finished["summary"]["overall"]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_resumed_run_equals_an_unbroken_one(
    place: Path, plan: Plan, finished: dict[str, Any], tmp_path: Path, kept: int
) -> None:
    whole = place / "whole" / ANSWERS
    lines = whole.read_bytes().splitlines(keepends=True)
    out = tmp_path / "broken"
    out.mkdir()
    (out / "run.json").write_bytes((place / "whole" / "run.json").read_bytes())
    # Broken off in the middle of writing a line.
    (out / ANSWERS).write_bytes(b"".join(lines[:kept]) + lines[kept][:40])
    _, summary = run(plan, out, cache_dir=place / "cache")
    assert timeless(out / ANSWERS) == timeless(whole)
    assert summary["overall"] == finished["summary"]["overall"]


def test_a_finished_run_is_not_asked_again(
    place: Path, plan: Plan, finished: dict[str, Any]
) -> None:
    before = (place / "whole" / ANSWERS).read_bytes()
    steps: list[str] = []
    run(plan, place / "whole", cache_dir=place / "cache", progress=lambda s, d, t: steps.append(s))
    assert (place / "whole" / ANSWERS).read_bytes() == before
    assert steps == []  # neither a library was built nor a question asked


def test_another_run_in_the_same_folder_is_refused(
    place: Path, plan: Plan, finished: dict[str, Any]
) -> None:
    other = Plan(plan.gold, plan.articles, "all", config={"threshold": "0.9"})
    with pytest.raises(InputError, match=r"another run \(its config, settings differ\)"):
        run(other, place / "whole", cache_dir=place / "cache")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mode": "spoken"}, "quotes or written"),
        ({"mode": "written"}, "needs a chat model"),
        ({"config": {"no_such": "1"}}, "no_such"),
        ({"config": {"home": "/x"}}, "makes its own library"),
    ],
)
def test_an_impossible_plan_is_refused_in_one_line(change: dict[str, Any], said: str) -> None:
    with pytest.raises(NewsError) as caught:
        Plan(**change).settings()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_library_is_built_once_for_the_same_articles(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(ARTICLES[0]) + "\n", encoding="utf-8")
    first = build([file], {}, place / "cache")
    stamp = (first.home / "library.db").stat().st_mtime_ns
    assert build([file], {}, place / "cache") == first
    assert (first.home / "library.db").stat().st_mtime_ns == stamp
    assert build([file], {"chunk_tokens": 90}, place / "cache").key != first.key
    assert build([file], {"threshold": 0.9}, place / "cache").key == first.key
    file.write_text(json.dumps(ARTICLES[1]) + "\n", encoding="utf-8")
    assert build([file], {}, place / "cache").key != first.key


def test_a_library_tells_what_was_not_taken_in(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(ARTICLES[2]) + "\nnot json\n", encoding="utf-8")
    built = build([file], {}, place / "cache")
    assert built.articles == 1
    assert len(built.skipped) == 1
    assert "articles.jsonl:2" in built.skipped[0]


def test_a_library_is_built_anew_when_what_made_it_changes() -> None:
    names = {path.name for path in builders()}
    assert {"names.toml", "feeds.toml", "dedupe.py"} <= names
    # All that they themselves use of rag, but for plain data and how it is opened.
    used = {
        f"{(node.module or '').removeprefix('rag.')}.py"
        for path in builders()
        if path.parent.name == "rag"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rag.")
    }
    assert used - names == {"settings.py", "types.py"}


def test_no_articles_are_an_error_that_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text("not json\n", encoding="utf-8")
    with pytest.raises(InputError, match="no article in what was given"):
        build([file], {}, tmp_path / "cache")
    assert [path for path in (tmp_path / "cache").iterdir() if path.is_dir()] == []
    with pytest.raises(InputError, match="no such file"):
        build([tmp_path / "nowhere"], {}, tmp_path / "cache")


def test_a_question_that_is_refused_outright_is_kept_with_its_error(
    place: Path, plan: Plan, tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(CASES[0] | {"question": "?!"}) + "\n", encoding="utf-8")
    other = Plan((gold,), plan.articles, "all")
    (record,), summary = run(other, tmp_path / "run", cache_dir=place / "cache")
    assert record.error == "the question is empty; ask something"
    assert record.measures["fact_recall"] == 0.0
    assert summary["failed"] == 1
    assert read_records(tmp_path / "run") == [record]


def test_a_model_that_is_missing_ends_the_run_instead_of_counting_as_bad_answers(
    place: Path, plan: Plan, tmp_path: Path
) -> None:
    other = Plan(plan.gold, plan.articles, "all", config={"reader": str(tmp_path / "no-reader")})
    with pytest.raises(ModelError):
        run(other, tmp_path / "run", cache_dir=place / "cache")
