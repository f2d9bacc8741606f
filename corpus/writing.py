"""What becomes of a draft in the article store: new, a revision, a copy, or nothing new."""

import hashlib
import json
import re
import sqlite3
from datetime import datetime

import numpy as np

from corpus.article import Draft, Verdict
from corpus.dedupe import Known, bands, content_hash, decide, signature, similarity
from corpus.tables import CURRENT, maybe_time, seconds


def put(connection: sqlite3.Connection, draft: Draft, now: datetime) -> Verdict:
    """Decide on a draft and, unless nothing changed, store it."""
    text_hash = content_hash(draft.title, draft.text)
    values = signature(draft.text)
    same = _same(connection, draft)
    equal: list[Known] = []
    near: list[Known] = []
    if same is None:
        equal = [
            _known(row)
            for row in connection.execute(
                CURRENT + "WHERE r.hash = ? ORDER BY a.rowid", (text_hash,)
            )
        ]
        if not equal:
            near = _near(connection, values)
    verdict = decide(draft, text_hash, same, equal, near, _free_id(connection, draft))
    if verdict.outcome != "unchanged":
        _write(connection, draft, verdict, text_hash, values, now)
    return verdict


def _same(connection: sqlite3.Connection, draft: Draft) -> Known | None:
    """The stored article that the draft is a version of: same address, key or id."""
    for column, value in (("url", draft.url), ("key", draft.key), ("id", draft.id)):
        if not value:
            continue
        row = connection.execute(CURRENT + f"WHERE a.{column} = ? LIMIT 1", (value,)).fetchone()
        if row is None:
            continue
        # Two files may both count from 1, and a list may give one address to all its rows:
        # where the draft and the stored article both say that they differ, believe them.
        other_url = draft.url and row["url"] and draft.url != row["url"]
        other_id = draft.id and row["own_id"] and draft.id != row["own_id"]
        if (column == "url" and other_id) or (column != "url" and other_url):
            continue
        return _known(row)
    return None


def _near(connection: sqlite3.Connection, values: np.typing.NDArray[np.uint64]) -> list[Known]:
    keys = bands(values)
    marks = ",".join("?" * len(keys))
    rows = connection.execute(
        CURRENT + f"WHERE a.id IN (SELECT article_id FROM bands WHERE band IN ({marks}))", keys
    )
    return [
        _known(row, similarity(values, np.frombuffer(row["signature"], dtype=np.uint64)))
        for row in rows
    ]


def _free_id(connection: sqlite3.Connection, draft: Draft) -> str:
    """The draft's own id; for a file its name; for a page a hash of its address; made unique."""
    digest = hashlib.sha256(f"{draft.key}\n{draft.url or ''}".encode()).hexdigest()
    wanted = draft.id or digest[:12]
    if not draft.id and draft.key.startswith("file:"):
        name, _, row = draft.key.rpartition("/")[2].partition("#")
        stem = re.sub(r"\.\w{1,8}$", "", name)
        wanted = f"{stem}-{row}" if row else stem
    taken = connection.execute("SELECT 1 FROM articles WHERE id = ?", (wanted,)).fetchone()
    return f"{wanted}-{digest[:6]}" if taken else wanted


def _write(
    connection: sqlite3.Connection,
    draft: Draft,
    verdict: Verdict,
    text_hash: str,
    values: np.typing.NDArray[np.uint64],
    now: datetime,
) -> None:
    known = _known_from(connection, draft, verdict, now)
    if verdict.revision == 1:
        key = draft.key
        if connection.execute("SELECT 1 FROM articles WHERE key = ?", (key,)).fetchone():
            key = f"{key} {draft.url}"
        connection.execute(
            "INSERT INTO articles (id, key, own_id, url, revision, story) VALUES (?, ?, ?, ?, 1, ?)",
            (verdict.article_id, key, draft.id, draft.url, verdict.story),
        )
    else:
        connection.execute(
            "UPDATE articles SET revision = ?, url = coalesce(?, url) WHERE id = ?",
            (verdict.revision, draft.url, verdict.article_id),
        )
        connection.execute("DELETE FROM bands WHERE article_id = ?", (verdict.article_id,))
    connection.execute(
        "INSERT INTO revisions (article_id, revision, hash, title, text, source, url, published,"
        " known, fetched, author, topics, reported_by, signature)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            verdict.article_id,
            verdict.revision,
            text_hash,
            draft.title,
            draft.text,
            draft.source,
            draft.url,
            seconds(draft.published),
            seconds(known),
            seconds(now),
            draft.author,
            json.dumps(list(draft.topics)),
            draft.reported_by,
            values.tobytes(),
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO bands (band, article_id) VALUES (?, ?)",
        [(band, verdict.article_id) for band in bands(values)],
    )


def _known_from(
    connection: sqlite3.Connection, draft: Draft, verdict: Verdict, now: datetime
) -> datetime | None:
    """The moment from which the text can be quoted, never one before it can have been there."""
    updated = draft.updated if draft.updated and draft.updated <= now else None
    if verdict.revision == 1:
        return max(draft.published, updated or draft.published) if draft.published else None
    (last,) = connection.execute(
        "SELECT known FROM revisions WHERE article_id = ? AND revision = ?",
        (verdict.article_id, verdict.revision - 1),
    ).fetchone()
    before = maybe_time(last)
    # Many pages change without a new date: theirs is then that of the text before.
    return updated if updated and before and updated > before else now


def _known(row: sqlite3.Row, like: float = 1.0) -> Known:
    return Known(
        id=row["id"],
        revision=row["revision"],
        story=row["story"],
        source=row["source"],
        url=row["url"],
        published=maybe_time(row["published"]),
        hash=row["hash"],
        similarity=like,
    )
