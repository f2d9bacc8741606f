"""Around the page: passwords, headers, progress and feedback, without a browser."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app import feedback, jobs
from app.page_quality import report
from app.serve import read_auth
from app.shield import rewrite
from app.thread import Shown
from corpus.errors import InputError
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
    assert {row["split"] for row in (first, second)} == {"train"}


@pytest.mark.parametrize(("place", "verdict"), [(1, "good"), (-1, "good"), (0, "great")])
def test_feedback_on_nothing_is_refused(tmp_path: Path, place: int, verdict: str) -> None:
    with pytest.raises(InputError):
        feedback.keep(tmp_path, (Shown("q", "done", answer=ANSWER),), place, verdict)
    assert list(feedback.candidates(tmp_path)) == []


def test_the_report_is_shut_in(tmp_path: Path) -> None:
    assert "evnews eval run" in report(tmp_path)
    (tmp_path / "quality").mkdir()
    (tmp_path / "quality" / "report.html").write_text('"><script>alert(1)</script>')
    frame = report(tmp_path)
    assert 'sandbox=""' in frame
    assert "<script" not in frame


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
