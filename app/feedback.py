"""What readers say of answers, kept in SQLite and exportable as candidate gold questions.

The file lies in the library's folder. The page only writes to it: reading it, and with it other
people's questions, is for whoever owns the folder.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.thread import Shown, to_json
from corpus.errors import InputError, StorageError

REASONS = {
    "wrong": "It is wrong",
    "unanswered": "The library has the answer, but it was not found",
    "invented": "There is no answer, and it gave one",
    "old": "It is out of date",
    "beside": "It answers something else",
}
LONGEST = 1000  # characters of a comment
MOST = 100_000  # rows; a page open to many must not fill the disk

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    answer_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    comment TEXT NOT NULL,
    turn TEXT NOT NULL,
    history TEXT NOT NULL,
    given TEXT NOT NULL,
    PRIMARY KEY (answer_id)
)
"""


def keep(
    home: Path,
    turns: tuple[Shown, ...],
    place: int,
    verdict: str,
    reason: str = "",
    comment: str = "",
) -> str:
    """Keep a verdict on the answer of turn `place`; a second one replaces the first.

    Returns the answer's id. Raises InputError when there is no such answer, StorageError when it
    can't be written.
    """
    if verdict not in ("good", "bad") or not 0 <= place < len(turns):
        raise InputError("there is no such answer to rate; reload the page")
    answer = turns[place].answer
    if answer is None:
        raise InputError("there is no answer to rate yet")
    earlier = [turn.question for turn in turns[:place]]
    row = (
        answer.id[:64],
        verdict,
        reason if reason in REASONS else "",
        comment.strip()[:LONGEST],
        to_json(replace(turns[place], verdict="")),  # it may still hold the one before
        json.dumps(earlier, ensure_ascii=False),
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
    with closing(_open(home)) as connection:
        try:
            with connection:
                full = connection.execute("SELECT count(*) FROM feedback").fetchone()[0] >= MOST
                if full:
                    raise StorageError("the feedback file is full; export it and start a new one")
                connection.execute("INSERT OR REPLACE INTO feedback VALUES (?,?,?,?,?,?,?)", row)
        except sqlite3.Error as error:
            raise StorageError(f"{_path(home)}: {error}") from error
    return answer.id


def candidates(home: Path) -> Iterator[dict[str, Any]]:
    """Gold questions to be looked over by a person, oldest first, in the shape of `evals/gold`.

    A good answer proposes its articles and quotes; a bad one proposes none. `answerable` is None
    where the verdict does not tell: a person fills it in, till then the row can't be loaded.
    `split` is "dev": what came in this way must not end up in a test split unseen.
    """
    if not _path(home).exists():
        return
    with closing(_open(home)) as connection:
        rows = connection.execute("SELECT * FROM feedback ORDER BY given, answer_id").fetchall()
    for answer_id, verdict, reason, comment, turn, history, given in rows:
        shown = json.loads(turn)
        answer, view = shown["answer"], shown["view"]
        good = verdict == "good"
        cited = answer["citations"] if good else []
        yield {
            "id": f"reader-{answer_id[:12]}",
            "split": "dev",
            "category": "reader",
            "question": shown["question"],
            "turns": json.loads(history),
            "as_of": view["as_of"] or None,
            "answerable": _answerable(good, bool(answer["answered"]), reason),
            "facts": [],
            "articles": list(dict.fromkeys(c["article_id"] for c in cited)),
            "quotes": [c["quote"] for c in cited],
            "verdict": verdict,
            "reason": reason,
            "comment": comment,
            "given": given,
        }


def _answerable(good: bool, answered: bool, reason: str) -> bool | None:
    """Whether the library holds the answer, as far as the reader's verdict tells."""
    if good:
        return answered
    return {"unanswered": True, "invented": False}.get(reason)


def _path(home: Path) -> Path:
    return home / "feedback.db"


def _open(home: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(_path(home), timeout=10)
        connection.execute(_SCHEMA)
    except sqlite3.Error as error:
        raise StorageError(f"{_path(home)}: {error}; is the folder writable?") from error
    return connection
