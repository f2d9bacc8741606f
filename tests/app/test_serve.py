"""Around the page: passwords, headers, progress and feedback, without a browser."""

import json
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import app
from app import feedback, jobs, lanes
from app.cli import main
from app.page_quality import report
from app.serve import make_app, read_auth
from app.shield import rewrite
from app.thread import Shown
from corpus.errors import InputError
from evals.cases import load_cases
from rag.types import Answer, Citation, Statement, Window

CITED = Citation(1, "a1", 1, "Title", "Wire", "2024-03-15", None, "Volta builds.", 0, 13)
ANSWER = Answer(
    id="x1",
    question="What does Volta do?",
    standalone_question="What does Volta do?",
    as_of=None,
    window=Window(),
    answered=True,
    reason=None,
    text="Volta builds. [1]",
    statements=(Statement("Volta builds.", (1,)),),
    citations=(CITED,),
)


def test_a_password_comes_from_the_line_or_a_file(tmp_path: Path) -> None:
    assert read_auth(None) is None
    assert read_auth("ann:a:b") == ("ann", "a:b")
    file = tmp_path / "secret"
    file.write_text("bob:long password\n")
    assert read_auth(f"@{file}") == ("bob", "long password")


@pytest.mark.parametrize("given", ["ann", "ann:", ":secret", "@/nowhere/at/all"])
def test_a_password_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="user:password"):
        read_auth(given)


def test_tools_that_nobody_asks_for_a_password_are_not_offered(open_chat) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="--mcp"):
        make_app(open_chat(reader="plain"), auth=("ann", "a:b"), mcp=True)


def test_every_script_gets_the_nonce_and_no_other_host_is_named() -> None:
    page = (
        b'<html><head><meta property="og:image" content="https://elsewhere.example/x.png" />'
        b"<script>one()</script></head><body><script src=x></script><scripted></body></html>"
    )
    made = rewrite(page, "N0nce")
    assert made.count(b'<script nonce="N0nce"') == 3  # its two, and ours
    assert b"elsewhere" not in made
    assert b"<scripted>" in made
    assert b"evnews/style.css" in made


def test_a_stream_beats_while_it_waits_and_passes_errors_on() -> None:
    gate = threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        gate.wait(10)
        yield 2
        raise InputError("no more")

    steps = jobs.alive(slow())
    assert next(steps) == 1
    assert next(steps) is None  # nothing has come: a beat
    gate.set()
    assert next(step for step in steps if step is not None) == 2
    with pytest.raises(InputError, match="no more"):
        list(steps)


def test_a_stream_that_is_closed_asks_for_nothing_more() -> None:
    asked = []
    gate = threading.Event()
    done = threading.Event()

    def endless() -> Iterator[int]:
        try:
            for i in range(1000):
                asked.append(i)
                yield i
                gate.wait(10)
        finally:
            done.set()

    steps = jobs.alive(endless())
    assert next(steps) == 0
    steps.close()  # type: ignore[attr-defined]
    gate.set()
    assert done.wait(10)
    assert len(asked) <= 2


def test_a_question_that_is_given_up_leaves_its_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_LANES", threading.BoundedSemaphore(1))
    gate = threading.Event()
    worked = []

    def slow() -> Iterator[int]:
        yield 1
        gate.wait(10)
        yield 2
        yield 3

    def later(name: str) -> Iterator[str]:
        worked.append(name)
        yield name

    stopped = jobs.alive(lanes.in_lane(slow()))
    assert next(step for step in stopped if step is not None) == 1
    abandoned = jobs.alive(lanes.in_lane(later("abandoned")))
    assert next(abandoned) is None  # it waits for the lane
    abandoned.close()  # type: ignore[attr-defined]
    stopped.close()  # type: ignore[attr-defined]
    gate.set()
    answer = [x for x in jobs.alive(lanes.in_lane(later("next"))) if x is not None]
    assert answer == ["next"]
    assert worked == ["next"]


def test_a_failed_question_leaves_its_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_LANES", threading.BoundedSemaphore(1))

    def failing() -> Iterator[int]:
        raise InputError("no more")
        yield 1

    for _ in range(2):
        with pytest.raises(InputError, match="no more"):
            list(jobs.alive(lanes.in_lane(failing())))
    with lanes.lane():
        assert next(lanes.in_lane(iter([1]))) is None


def test_work_reports_its_steps_and_its_result() -> None:
    def do(progress: jobs.Progress) -> str:
        for i in range(1, 4):
            progress("reading", i, 3)
        return "done"

    work = jobs.Work(do)
    steps = list(work.steps())
    assert all(step[0] == "reading" for step in steps)
    assert work.result == "done"

    def fail(progress: jobs.Progress) -> str:
        raise InputError("it can't be done")

    bad = jobs.Work(fail)
    assert list(bad.steps()) == []
    with pytest.raises(InputError, match="can't be done"):
        _ = bad.result


def test_feedback_becomes_candidates_for_gold(tmp_path: Path) -> None:
    good = Shown("What does Volta do?", "done", answer=ANSWER)
    bad = Shown("And Orbis?", "done", answer=replace(ANSWER, id="x2"))
    turns = (good, bad)
    feedback.keep(tmp_path, turns, 0, "bad", "wrong")
    feedback.keep(tmp_path, turns, 0, "good")  # the second thought counts
    feedback.keep(tmp_path, turns, 1, "bad", "invented", "There is nothing on Orbis.")
    first, second = sorted(feedback.candidates(tmp_path), key=lambda row: str(row["question"]))[
        ::-1
    ]
    assert (first["answerable"], first["articles"], first["quotes"]) == (
        True,
        ["a1"],
        ["Volta builds."],
    )
    assert (second["answerable"], second["articles"]) == (False, [])
    assert second["turns"] == ["What does Volta do?"]
    assert second["comment"] == "There is nothing on Orbis."


def test_a_candidate_loads_once_it_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Shown("What does Volta do?", "done", answer=ANSWER)
    old = Shown("And now?", "done", answer=replace(ANSWER, id="x2"))
    feedback.keep(tmp_path, (good, old), 0, "good")
    feedback.keep(tmp_path, (good, old), 1, "bad", "old", "There is newer news.\u2028Two lines.")
    with pytest.raises(SystemExit):
        main(["feedback", "--home", str(tmp_path)])
    gold = tmp_path / "gold.jsonl"
    gold.write_text(capsys.readouterr().out, encoding="utf-8")
    with pytest.raises(InputError, match=r"gold\.jsonl:2: .*answerable must be true or false"):
        load_cases([gold])
    text = gold.read_text(encoding="utf-8")
    gold.write_text(text.replace('"answerable": null', '"answerable": false'), encoding="utf-8")
    first, second = load_cases([gold], "dev")
    assert (first.answerable, first.articles, first.quotes) == (True, ("a1",), ("Volta builds.",))
    assert (second.answerable, second.turns) == (False, ("What does Volta do?",))
    with pytest.raises(InputError, match="no question of split 'test'"):
        load_cases([gold], "test")


def test_feedback_is_printed_a_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feedback.keep(tmp_path, (Shown("What does Volta do?", "done", answer=ANSWER),), 0, "good")
    with pytest.raises(SystemExit) as ended:
        main(["feedback", "--home", str(tmp_path)])
    assert ended.value.code == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["quotes"] == ["Volta builds."]


def test_only_our_own_errors_are_told() -> None:
    assert jobs.reason(InputError("no such day")) == "no such day"
    assert "Traceback" not in jobs.failed(KeyError("secret"))
    assert "secret" not in jobs.failed(KeyError("secret"))


@pytest.mark.parametrize(("place", "verdict"), [(1, "good"), (-1, "good"), (0, "great")])
def test_feedback_on_nothing_is_refused(tmp_path: Path, place: int, verdict: str) -> None:
    with pytest.raises(InputError):
        feedback.keep(tmp_path, (Shown("q", "done", answer=ANSWER),), place, verdict)
    assert list(feedback.candidates(tmp_path)) == []


def test_the_newest_report_is_shown_wherever_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for age, folder in enumerate(("here/eval-runs/b", "home/quality", "here/eval-runs/a")):
        path = tmp_path / folder / "report.html"
        path.parent.mkdir(parents=True)
        path.write_text(f"report in {folder}")
        os.utime(path, (1000 - age, 1000 - age))
    assert "report in here/eval-runs/b" in report(tmp_path / "home")


def test_the_report_is_shut_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "evnews eval run" in report(tmp_path)
    (tmp_path / "quality").mkdir()
    (tmp_path / "quality" / "report.html").write_text('"><script>alert(1)</script>')
    frame = report(tmp_path)
    assert 'sandbox=""' in frame
    assert "<script" not in frame


TEXT = ("ink", "soft", "accent")
PAIRS = [
    *((text, paper, 4.5) for text in TEXT for paper in ("paper", "sheet", "sunk", "note-paper")),
    ("on-accent", "accent", 4.5),
    ("mark-ink", "mark", 4.5),
    ("warn", "warn-paper", 4.5),
    ("paper", "ink", 4.5),
    # Borders of what can be typed in or pressed, WCAG 2.2, 1.4.11.
    ("edge", "paper", 3.0),
    ("edge", "sheet", 3.0),
]


@pytest.mark.parametrize("scheme", [":root", "body.dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_stand_out(scheme: str, front: str, back: str, least: float) -> None:
    css = (Path(app.__file__).parent / "style.css").read_text()
    block = css.split(f"\n{scheme} {{")[1].split("}")[0]
    tokens = dict(re.findall(r"--ev-([a-z-]+): (#[0-9a-f]{6});", block))
    light, dark = sorted((_luminance(tokens[front]), _luminance(tokens[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_the_questions_on_the_first_page_come_from_the_library(open_chat, draft) -> None:  # type: ignore[no-untyped-def]
    from app.examples import candidates

    chat = open_chat(reader="plain")
    assert list(candidates(chat)) == []
    chat.add(
        draft(f"{name} said in May that it sells more cars.", id=name, title=f"{name} sells more",
              published=datetime(2024, 5, day, tzinfo=UTC))
        for day, name in enumerate(("Tesla", "BYD", "Ford"), start=1)
    )  # fmt: skip
    questions = list(candidates(chat))
    assert "What is the latest on Tesla?" in questions
    assert all(any(n in q for n in ("Tesla", "BYD", "Ford")) for q in questions)
    assert date(2024, 5, 1).strftime("%B %Y") in " ".join(questions)
