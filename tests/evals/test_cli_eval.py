"""The commands as a person types them, above all their exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evals.cli import app

TEXT = "Polestar moved production of its Polestar 4 to Busan in the second half of 2025."
ARTICLE = {"id": "p", "title": "Polestar in Busan", "date": "2024-11-01", "text": TEXT}
CASE = {
    "id": "q1",
    "category": "lookup",
    "question": "Where does Polestar build the Polestar 4?",
    "answerable": True,
    "facts": [["Busan"]],
    "articles": ["p"],
    "quotes": [TEXT],
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cli")
    for name, row in (("articles", ARTICLE), ("gold", CASE)):
        (folder / f"{name}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return {name: folder / f"{name}.jsonl" for name in ("articles", "gold")} | {"home": folder}


@pytest.fixture
def call(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("XDG_CACHE_HOME", str(files["home"] / "cache"))
    monkeypatch.chdir(tmp_path)

    def run(*more: str) -> Any:
        given = ["run", "--gold", str(files["gold"]), "--articles", str(files["articles"])]
        return CliRunner().invoke(app, [*given, *more])

    return run


def test_a_run_writes_its_files_and_prints_json(call: Any, tmp_path: Path) -> None:
    done = call("--out", "run", "--json")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert (summary["questions"], summary["articles"], summary["split"]) == (1, 1, "dev")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names >= {"answers.jsonl", "summary.json", "report.html", "run.json"}
    assert len((tmp_path / "run" / "answers.jsonl").read_text("utf-8").splitlines()) == 1


def test_the_gate_decides_the_exit_code(call: Any) -> None:
    assert call("--out", "run", "--fail-under", "article_hit@1=1,lookup/correct<=1").exit_code == 0
    done = call("--out", "run", "--fail-under", "article_hit@1=1,article_mrr<=0.9,fact_recall=0")
    assert done.exit_code == 1
    assert "gate not passed: article_mrr<=0.9: it is 1.0000 over 1 questions" in done.stderr
    assert "article_hit" not in done.stderr


def test_two_runs_are_compared_and_a_report_written_again(call: Any, tmp_path: Path) -> None:
    assert call("--out", "a", "--config", "threshold=0").exit_code == 0
    assert call("--out", "b", "--config", "threshold=1.0").exit_code == 0
    done = CliRunner().invoke(app, ["compare", "a", "b", "--json"])
    found = json.loads(done.stdout)
    assert [(flip["id"], flip["to"]) for flip in found["flips"]] == [("q1", "wrong")]
    assert CliRunner().invoke(app, ["compare", "a", "b"]).exit_code == 0
    page = tmp_path / "b" / "report.html"
    before = page.read_text("utf-8")
    page.unlink()
    assert CliRunner().invoke(app, ["report", "b"]).exit_code == 0
    assert page.read_text("utf-8") == before


@pytest.mark.parametrize(
    "wrong", [["--config", "threshold"], ["--fail-under", "x"], ["--split", "train"]]
)
def test_misuse_is_refused_before_anything_is_asked(
    call: Any, tmp_path: Path, wrong: list[str]
) -> None:
    done = call("--out", "run", *wrong)
    assert done.exit_code != 0
    assert "\n" not in str(done.exception)
    assert not (tmp_path / "run").exists()
