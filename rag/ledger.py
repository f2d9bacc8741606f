"""The SQLite side of the index: visible chunks, full text, and the ledger of what is done."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.article import Article, end_of, start_of
from rag import lexical
from rag.types import Chunk, Window

SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ledger (
    article_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, chunks INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS chunks (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    published INTEGER,
    known INTEGER,
    source TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS chunks_article ON chunks (article_id);
"""
    + lexical.SCHEMA
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A visible chunk found by one side: slice `start:end` of a revision.

    `score` is the cosine in [-1, 1] (dense) or minus FTS5's bm25 (lexical); higher is better.
    """

    chunk_id: str
    article_id: str
    revision: int
    start: int
    end: int
    score: float


def metadata(article: Article) -> dict[str, Any]:
    """What Chroma filters by. An unknown date is an absent key: it fits no period."""
    found: dict[str, Any] = {"source": article.source, "article": article.id}
    if article.published:
        found["published"] = int(article.published.timestamp())
    if article.known:
        found["known"] = int(article.known.timestamp())
    return found


def bounds(window: Window) -> Iterator[tuple[str, str, int]]:
    """Field, comparison and epoch second for each bound of the window."""
    if window.after:
        yield "published", ">=", int(start_of(window.after).timestamp())
    if window.before:
        yield "published", "<=", int(end_of(window.before).timestamp())
    if window.as_of:
        yield "known", "<=", int(end_of(window.as_of).timestamp())
        yield "published", "<=", int(end_of(window.as_of).timestamp())


def clauses(window: Window, sources: Sequence[str]) -> tuple[str, list[Any]]:
    """The window and the sources as SQL conditions on the chunks `c`, and their values."""
    terms = [f"AND c.{field} {sign} ?" for field, sign, _ in bounds(window)]
    values: list[Any] = [value for _, _, value in bounds(window)]
    if sources:
        terms.append(f"AND c.source IN ({','.join('?' * len(sources))})")
        values += sources
    return " ".join(terms), values


def hide(connection: sqlite3.Connection, article_id: str) -> list[str]:
    """Take an article out of sight; returns the ids of the chunks that it had."""
    rows = connection.execute(
        "SELECT row, id FROM chunks WHERE article_id = ?", (article_id,)
    ).fetchall()
    connection.executemany("DELETE FROM fts WHERE rowid = ?", [(row["row"],) for row in rows])
    connection.execute("DELETE FROM chunks WHERE article_id = ?", (article_id,))
    connection.execute("DELETE FROM ledger WHERE article_id = ?", (article_id,))
    return [row["id"] for row in rows]


def show(connection: sqlite3.Connection, article: Article, chunk: Chunk) -> None:
    """Make a chunk visible: its place, its dates, its words."""
    dates = metadata(article)
    cursor = connection.execute(
        "INSERT INTO chunks (id, article_id, revision, first, last, published, known, source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chunk.id,
            article.id,
            article.revision,
            chunk.start,
            chunk.end,
            dates.get("published"),
            dates.get("known"),
            article.source,
        ),
    )
    connection.execute(
        "INSERT INTO fts (rowid, title, body) VALUES (?, ?, ?)",
        (cursor.lastrowid, article.headline, chunk.text),
    )


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a value under a name."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def hit(row: sqlite3.Row, score: float) -> Hit:
    """A row of chunks as a Hit."""
    return Hit(row["id"], row["article_id"], row["revision"], row["first"], row["last"], score)
