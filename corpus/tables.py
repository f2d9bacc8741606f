"""The tables of the article store, and what a row of them stands for."""

import json
import sqlite3
from datetime import UTC, datetime

from corpus.article import Article

SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    own_id TEXT,
    url TEXT,
    revision INTEGER NOT NULL,
    story TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS articles_url ON articles (url);
CREATE INDEX IF NOT EXISTS articles_story ON articles (story);
CREATE TABLE IF NOT EXISTS revisions (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    url TEXT,
    published INTEGER,
    known INTEGER,
    fetched INTEGER NOT NULL,
    author TEXT,
    topics TEXT NOT NULL DEFAULT '[]',
    reported_by TEXT,
    signature BLOB NOT NULL,
    PRIMARY KEY (article_id, revision)
);
CREATE INDEX IF NOT EXISTS revisions_hash ON revisions (hash);
CREATE TABLE IF NOT EXISTS bands (
    band TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (band, article_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bands_article ON bands (article_id);
"""

CURRENT = """
SELECT a.id, a.story, a.own_id, r.* FROM articles a
JOIN revisions r ON r.article_id = a.id AND r.revision = a.revision
"""


def seconds(moment: datetime | None) -> int | None:
    """A moment as it is stored."""
    return None if moment is None else int(moment.timestamp())


def time_of(seconds: int) -> datetime:
    """A stored moment."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_time(seconds: int | None) -> datetime | None:
    """A stored moment, where there is one."""
    return None if seconds is None else time_of(seconds)


def article_of(row: sqlite3.Row) -> Article:
    """A joined row of `articles` and `revisions`."""
    return Article(
        id=row["id"],
        revision=row["revision"],
        title=row["title"],
        text=row["text"],
        source=row["source"],
        url=row["url"],
        published=maybe_time(row["published"]),
        fetched=time_of(row["fetched"]),
        known=maybe_time(row["known"]),
        story=row["story"],
        author=row["author"],
        topics=tuple(json.loads(row["topics"])),
        reported_by=row["reported_by"],
    )
