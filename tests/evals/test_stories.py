"""The questions for training are true to their articles, and groups label what answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.digest_check import default_folder, parse_all, read_folder
from evals.cases import default_gold, load_cases
from evals.check_gold import split_of
from evals.train.data import held_out
from evals.train.stories import BRIEFS, FOLDER, stories

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def test_every_quote_stands_in_its_article_and_every_no_has_none() -> None:
    texts = {
        row["id"]: row["text"] for name in ("dev", "test") for row in rows(f"articles-{name}.jsonl")
    }
    cases = load_cases([FOLDER / "questions.jsonl"])
    wrong = [
        case.id
        for case in cases
        if bool(case.quotes) != case.answerable
        or not all(quote in texts[case.articles[0]] for quote in case.quotes)
    ]
    assert wrong == []
    assert 0.35 < sum(not case.answerable for case in cases) / len(cases) < 0.5


def test_no_article_of_the_test_split_is_trained_on() -> None:
    for name in ("dev", "test"):
        kept = [row["id"] for row in rows(f"articles-{name}.jsonl")]
        assert len(kept) > 100
        assert {held_out(identity) for identity in kept} == {name == "test"}
        asked = {
            case.id.rsplit("-", 1)[0] for case in load_cases([FOLDER / "questions.jsonl"], name)
        }
        assert asked <= set(kept)


def test_questions_over_the_starter_library_leave_the_gold_test_alone() -> None:
    digest, _ = parse_all(read_folder(default_folder()))
    gold = {case.question.casefold().strip(" ?") for case in load_cases([default_gold()])}
    splits: dict[str | None, set[str]] = {}
    for case in load_cases([BRIEFS]):
        assert bool(case.quotes) == case.answerable, case.id
        assert case.question.casefold().strip(" ?") not in gold, case.id
        brief = digest[case.id.removeprefix("b-").rpartition("-")[0]]
        assert all(quote in brief.text for quote in case.quotes), case.id
        splits.setdefault(brief.story, set()).add(case.split)
    for story, found in splits.items():
        assert story is not None
        assert split_of(story) == "dev", story
        assert found == {"test" if held_out(f"brief {story}") else "dev"}, story


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = [
        (
            "a",
            "Veltara opens its cell plant",
            "Veltara opened its cell plant in Lens. It employs 900.",
        ),
        (
            "b",
            "Veltara and its workers",
            "Veltara has 900 workers in Lens, a union said. They strike.",
        ),
        ("c", "Marengo waits", "Marengo has put off its cell plant near Turin. It gave no reason."),
    ]
    lines = [
        {"id": i, "title": t, "date": "2024-05-01", "source": "Wire", "text": x}
        for i, t, x in articles
    ]
    asked = [
        ("How many people work in Veltara's cell plant?", ["a"], ["It employs 900."], [["900"]]),
        ("When did Marengo open its cell plant?", [], [], []),
    ]
    questions = [
        {
            "id": q,
            "split": "dev",
            "question": q,
            "answerable": bool(a),
            "articles": a,
            "quotes": s,
            "facts": f,
        }
        for q, a, s, f in asked
    ]
    for name, found in (("articles-dev", lines), ("questions", questions)):
        text = "".join(json.dumps(row) + "\n" for row in found)
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    return tmp_path


def test_a_group_labels_the_answer_and_leaves_out_what_may_answer_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The user's own server is left alone: this one isn't there, and no one asks it.
    monkeypatch.setenv("EVNEWS_CHROMA_URL", "http://127.0.0.1:1")
    answered, no = stories(folder / "home", folder)
    labelled = {e.article: [e.sentences[i] for i in e.answers] for e in answered}
    assert labelled == {"a": ["It employs 900."], "c": []}
    assert {e.article for e in no} == {"a", "b", "c"}
    assert not any(e.answers for e in no)
