"""The article store: SQLite, the one truth from which every index can be rebuilt."""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from corpus.article import Article, Draft, Failure, Report, Verdict
from corpus.database import Database
from corpus.dedupe import Known, bands, content_hash, decide, signature, similarity
from corpus.feedstate import create_tables

BATCH = 64  # articles in one transaction

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

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a library holds: counts, days as `YYYY-MM-DD`, articles per source and per month."""

    articles: int
    revisions: int
    stories: int
    undated: int
    oldest: str | None
    newest: str | None
    sources: dict[str, int]
    months: dict[str, int]
    topics: dict[str, int]


class Store:
    """Articles and their revisions in one SQLite file. Reading is safe from several threads."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, SCHEMA)
        with self.database.write() as connection:
            create_tables(connection)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def put(
        self, drafts: Iterable[Draft], now: datetime, progress: Progress | None = None
    ) -> tuple[Report, list[Verdict]]:
        """Decide on each draft and store it; 64 drafts share one transaction.

        Returns the counts by outcome and the verdicts, in order. `progress` is called with the
        number of drafts done so far.
        """
        counts: Counter[str] = Counter()
        verdicts: list[Verdict] = []
        warnings: list[Failure] = []
        source = iter(drafts)
        while batch := list(islice(source, BATCH)):
            with self.database.write() as connection:
                for draft in batch:
                    verdict = _put(connection, draft, now)
                    counts[verdict.outcome] += 1
                    verdicts.append(verdict)
                    if draft.warning:
                        warnings.append(Failure(draft.key, draft.warning))
            if progress:
                progress(len(verdicts))
        return Report(dict(counts), (), tuple(warnings)), verdicts

    def get(self, article_id: str, revision: int | None = None) -> Article | None:
        """The article's current revision, or the one asked for; None if there is none."""
        query = (
            CURRENT + "WHERE a.id = ?"
            if revision is None
            else "SELECT a.id, a.story, r.* FROM articles a JOIN revisions r"
            " ON r.article_id = a.id WHERE a.id = ? AND r.revision = ?"
        )
        arguments = (article_id,) if revision is None else (article_id, revision)
        with self.database.errors():
            row = self.database.connection.execute(query, arguments).fetchone()
        return _article(row) if row else None

    def articles(self) -> Iterator[Article]:
        """Every article in its current revision, oldest id first."""
        with self.database.errors():
            for row in self.database.connection.execute(CURRENT + "ORDER BY a.rowid"):
                yield _article(row)

    def revisions(self) -> dict[str, int]:
        """Current revision by article id: what an index of this store should hold."""
        with self.database.errors():
            rows = self.database.connection.execute("SELECT id, revision FROM articles").fetchall()
        return {row["id"]: row["revision"] for row in rows}

    def history(self, article_id: str) -> list[Article]:
        """All revisions of an article, first to current; empty if it is unknown."""
        with self.database.errors():
            rows = self.database.connection.execute(
                "SELECT a.id, a.story, r.* FROM articles a JOIN revisions r"
                " ON r.article_id = a.id WHERE a.id = ? ORDER BY r.revision",
                (article_id,),
            ).fetchall()
        return [_article(row) for row in rows]

    def remove(self, article_id: str) -> bool:
        """Forget an article with all its revisions; False if it was not there."""
        with self.database.write() as connection:
            row = connection.execute(
                "SELECT id FROM articles WHERE story = ? AND id != ? ORDER BY rowid LIMIT 1",
                (article_id, article_id),
            ).fetchone()
            if row:  # the first copy becomes the story's new head
                connection.execute(
                    "UPDATE articles SET story = ? WHERE story = ?", (row["id"], article_id)
                )
            gone = connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            return gone.rowcount > 0

    def story_sources(self, story: str) -> list[str]:
        """Names of the sources that carry a story, sorted."""
        with self.database.errors():
            rows = self.database.connection.execute(
                "SELECT DISTINCT r.source FROM articles a JOIN revisions r"
                " ON r.article_id = a.id AND r.revision = a.revision WHERE a.story = ?",
                (story,),
            ).fetchall()
        return sorted(row["source"] for row in rows)

    def summary(self) -> Summary:
        """What the library holds."""
        with self.database.errors():
            rows = self.database.connection.execute(
                "SELECT a.story, r.source, r.published, r.topics FROM articles a JOIN revisions r"
                " ON r.article_id = a.id AND r.revision = a.revision"
            ).fetchall()
            revisions = self.database.connection.execute(
                "SELECT count(*) FROM revisions"
            ).fetchone()[0]
        days = sorted(_time(row["published"]) for row in rows if row["published"] is not None)
        return Summary(
            articles=len(rows),
            revisions=revisions,
            stories=len({row["story"] for row in rows}),
            undated=sum(row["published"] is None for row in rows),
            oldest=days[0].date().isoformat() if days else None,
            newest=days[-1].date().isoformat() if days else None,
            sources=dict(Counter(row["source"] for row in rows).most_common()),
            months=dict(sorted(Counter(day.strftime("%Y-%m") for day in days).items())),
            topics=dict(
                Counter(t for row in rows for t in json.loads(row["topics"])).most_common()
            ),
        )


def _put(connection: sqlite3.Connection, draft: Draft, now: datetime) -> Verdict:
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
    known = draft.published
    if verdict.revision > 1:
        known = draft.updated or now
    elif draft.updated and draft.published:
        known = max(draft.updated, draft.published)
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
            _seconds(draft.published),
            _seconds(known),
            _seconds(now),
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


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _maybe_time(seconds: int | None) -> datetime | None:
    return None if seconds is None else _time(seconds)


def _known(row: sqlite3.Row, like: float = 1.0) -> Known:
    return Known(
        id=row["id"],
        revision=row["revision"],
        story=row["story"],
        source=row["source"],
        url=row["url"],
        published=_maybe_time(row["published"]),
        hash=row["hash"],
        similarity=like,
    )


def _article(row: sqlite3.Row) -> Article:
    return Article(
        id=row["id"],
        revision=row["revision"],
        title=row["title"],
        text=row["text"],
        source=row["source"],
        url=row["url"],
        published=_maybe_time(row["published"]),
        fetched=_time(row["fetched"]),
        known=_maybe_time(row["known"]),
        story=row["story"],
        author=row["author"],
        topics=tuple(json.loads(row["topics"])),
        reported_by=row["reported_by"],
    )
