"""The article store: SQLite, the one truth from which every index can be rebuilt."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from corpus.article import Article, Draft, Failure, Report, Verdict
from corpus.database import Database
from corpus.feedstate import create_tables, forget_article
from corpus.tables import CURRENT, SCHEMA, article_of, time_of
from corpus.writing import put

BATCH = 64  # articles in one transaction

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
                    verdict = put(connection, draft, now)
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
        return article_of(row) if row else None

    def articles(self) -> Iterator[Article]:
        """Every article in its current revision, oldest id first."""
        with self.database.errors():
            for row in self.database.connection.execute(CURRENT + "ORDER BY a.rowid"):
                yield article_of(row)

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
        return [article_of(row) for row in rows]

    def remove(self, article_id: str) -> bool:
        """Forget an article with all its revisions; False if it was not there.

        Feeds do not bring it back; `evnews ingest` with its address or file does.
        """
        with self.database.write() as connection:
            forget_article(connection, article_id)
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
        days = sorted(time_of(row["published"]) for row in rows if row["published"] is not None)
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
