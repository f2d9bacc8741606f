"""Many questions in one process: lines of JSON in, lines of JSON out, in order."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corpus.errors import InputError, NewsError
from corpus.text import decode, whole
from rag import NewsChat
from rag.asked import day


def answer_batch(
    chat: NewsChat,
    path: Path,
    as_of: date | str | None = None,
    after: date | str | None = None,
    before: date | str | None = None,
    sources: Sequence[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """An answer object for each line `{id, question, turns?, as_of?}`; the next one goes on
    when a line is bad, which gives `{id, error}`.

    The limits count for every line; a line's own `as_of` wins. Raises InputError when the file
    can't be read or a limit is no day.
    """
    as_of, after, before = day(as_of), day(after), day(before)
    try:
        lines = decode(path.read_bytes()).splitlines()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; name a .jsonl file") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row: Any = None
        try:
            row = _row(line, f"{path}:{number}")
            known = as_of if row.get("as_of") is None else row["as_of"]
            answer = chat.ask(
                row["question"], row.get("turns") or (), known, after, before, sources,
                id=str(row["id"]),
            )  # fmt: skip
            yield answer.to_json()
        except NewsError as error:
            name = row.get("id") if isinstance(row, dict) else _id_in(line)
            yield {"id": name, "error": str(error)}


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()  # half a character can't be printed
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)[:80]
        raise InputError(f"{where}: not valid JSON ({why}); correct the line") from error
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise InputError(f'{where}: it has no question; write {{"id": ..., "question": ...}}')
    if row.get("id") is None:
        raise InputError(f"{where}: it has no id; give it one")
    turns = row.get("turns") or []
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise InputError(f"{where}: turns must be a list of earlier questions")
    if row.get("as_of") is not None and not isinstance(row["as_of"], str):
        raise InputError(f"{where}: as_of must be a day, YYYY-MM-DD")
    return row


def _id_in(line: str) -> str | None:
    """The id of a line that was rejected, as far as it can be made out."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return whole(str(row["id"])) if isinstance(row, dict) and row.get("id") is not None else None
