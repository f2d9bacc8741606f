"""A conversation as the browser keeps it: turns <-> JSON.

The browser is not trusted: what comes back from it is read field by field, wrong types and
sizes are refused, and every quote is compared with the stored article again before it is shown
(`cards.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from app.links import View, a_day
from corpus.errors import InputError
from rag.types import Answer, Citation, Difference, Statement, Turn, Window
from rag.wire import answer_to_json

State = Literal["asking", "done", "stopped", "failed"]
Verdict = Literal["", "good", "bad"]

PLAIN = View()
MOST_TURNS = 100
FULL = f"a conversation holds {MOST_TURNS} questions at most; start a new one"
MOST_TEXT = 4_000_000  # characters of JSON for one conversation


@dataclass(frozen=True, slots=True)
class Shown:
    """One question on the page, with what is known of its answer so far.

    `view` holds the controls it was asked with; `message` says why it failed; `verdict` is what
    the reader said of the answer, "" for nothing yet.
    """

    question: str
    state: State
    view: View = PLAIN
    answer: Answer | None = None
    message: str = ""
    verdict: Verdict = ""

    def turn(self) -> Turn:
        """What a follow-up needs to know of it."""
        answered = self.answer is not None and self.answer.answered
        return Turn(self.question, self.answer.text if answered and self.answer else "")


def partial(question: str, answer_id: str, statements: Sequence[Statement],
            citations: Sequence[Citation]) -> Answer:  # fmt: skip
    """What a stream has given so far, as an answer that can be drawn."""
    return Answer(
        id=answer_id,
        question=question,
        standalone_question=question,
        as_of=None,
        window=Window(),
        answered=bool(statements),
        reason=None,
        text="",
        statements=tuple(statements),
        citations=tuple({c.n: c for c in citations}.values()),
    )


def to_json(shown: Shown) -> str:
    """One turn as the browser keeps it; the passages that were read are not kept."""
    answer = None
    if shown.answer is not None:
        answer = answer_to_json(replace(shown.answer, passages=()))
    view = shown.view
    return json.dumps(
        {
            "question": shown.question,
            "state": shown.state,
            "message": shown.message,
            "verdict": shown.verdict,
            "answer": answer,
            "view": {
                "after": view.after,
                "before": view.before,
                "as_of": view.as_of,
                "sources": list(view.sources),
                "mode": view.mode,
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str | None) -> tuple[Shown, ...]:
    """The turns of a conversation. Raises InputError when the browser's copy can't be read."""
    if not text:
        return ()
    if len(text) > MOST_TEXT:
        raise InputError("this conversation has grown too long; start a new one")
    try:
        rows = json.loads(text)
        if len(rows) > MOST_TURNS:
            raise InputError(FULL)
        return tuple(_shown(row) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("this browser's copy of the conversation is damaged; start a new one") from error  # fmt: skip


def _shown(row: Mapping[str, Any]) -> Shown:
    view = row.get("view") or {}
    answer = row.get("answer")
    return Shown(
        question=_text(row["question"]),
        state=_state(row["state"]),
        message=_text(row.get("message", "")),
        verdict=_verdict(row.get("verdict")),
        answer=_answer(answer) if answer else None,
        view=View(
            after=a_day(view.get("after")),
            before=a_day(view.get("before")),
            as_of=a_day(view.get("as_of")),
            sources=tuple(_text(s) for s in view.get("sources", [])),
            mode="written" if view.get("mode") == "written" else "quotes",
        ),
    )


def _state(value: object) -> State:
    """A turn that was cut off while it was asked counts as stopped."""
    if value == "done":
        return "done"
    return "failed" if value == "failed" else "stopped"


def _verdict(value: object) -> Verdict:
    if value == "good":
        return "good"
    return "bad" if value == "bad" else ""


def _answer(row: Mapping[str, Any]) -> Answer:
    window = row.get("window") or {}
    return Answer(
        id=_text(row["id"]),
        question=_text(row["question"]),
        standalone_question=_text(row["standalone_question"]),
        as_of=_day(row.get("as_of")),
        window=Window(
            _day(window.get("after")),
            _day(window.get("before")),
            _day(row.get("as_of")),
            strict=bool(window.get("strict", True)),
        ),
        answered=bool(row["answered"]),
        reason=_maybe(row.get("reason")),
        text=_text(row["text"]),
        statements=tuple(
            Statement(_text(s["text"]), tuple(int(n) for n in s["citations"]))
            for s in row["statements"]
        ),
        citations=tuple(_citation(c) for c in row["citations"]),
        nearest=tuple(_citation(c) for c in row.get("nearest", [])),
        notes=tuple(_text(n) for n in row.get("notes", [])),
        differences=tuple(
            Difference(
                "superseded" if d["kind"] == "superseded" else "disputed",
                int(d["earlier"]),
                int(d["later"]),
                _text(d["text"]),
            )
            for d in row.get("differences", [])
        ),
        newest_evidence=_maybe(row.get("newest_evidence")),
        mode="written" if row.get("mode") == "written" else "quotes",
        model=_maybe(row.get("model")),
        left_out=tuple(_text(t) for t in row.get("left_out", [])),
        tokens={_text(k): int(v) for k, v in (row.get("tokens") or {}).items()},
        timings_ms={_text(k): float(v) for k, v in (row.get("timings_ms") or {}).items()},
    )


def _citation(row: Mapping[str, Any]) -> Citation:
    return Citation(
        n=int(row["n"]),
        article_id=_text(row["article_id"]),
        revision=int(row["revision"]),
        title=_text(row["title"]),
        source=_text(row["source"]),
        published=_maybe(row.get("published")),
        url=_maybe(row.get("url")),
        quote=_text(row["quote"]),
        start=int(row["start"]),
        end=int(row["end"]),
        age_days=_number(row.get("age_days")),
        sources=int(row.get("sources", 1)),
        answer_start=_number(row.get("answer_start")),
        answer_end=_number(row.get("answer_end")),
        reported_by=_maybe(row.get("reported_by")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {type(value).__name__}")
    return value


def _maybe(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _day(value: object) -> date | None:
    return date.fromisoformat(_text(value)) if value else None
