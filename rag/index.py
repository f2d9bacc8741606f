"""Chroma vectors, a full-text index, and the ledger that says what is visible.

Writing order: vectors into Chroma first, then one SQLite transaction makes the article's
chunks visible, drops the old ones and writes the ledger. Search joins Chroma's ids with the
visible chunks. A crash in between leaves vectors that nobody sees; the next writer sweeps them.
"""

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.database import Database
from corpus.errors import StampMismatch
from rag import lexical
from rag.chroma import Connection
from rag.chunk import VERSION, embedded
from rag.embed import Vectors
from rag.ledger import SCHEMA, Hit, bounds, clauses, hide, hit, metadata, set_meta, show
from rag.types import Chunk, Window

COLLECTION = "chunks"
WRITE_BATCH = 2000  # Chroma refuses more than 5,461 at once


def make_stamp(embedding: str, dim: int, chunk_tokens: int) -> dict[str, Any]:
    """What an index was made with; two indexes with the same stamp are interchangeable."""
    return {
        "embedding": embedding,
        "dim": dim,
        "chunking": VERSION,
        "chunk_tokens": chunk_tokens,
    }


class Index:
    """The index of one library folder. Searching is safe from several threads."""

    def __init__(self, home: Path, stamp: Mapping[str, Any], chroma_url: str = "") -> None:
        self._home = home
        self._url = chroma_url
        self._stamp = {**stamp, "vectors": "on a server"} if chroma_url else dict(stamp)
        self.database = Database(home / "index.db", SCHEMA)
        self.vectors = Connection(home / "chroma", chroma_url, self._name, self.generation)

    def close(self) -> None:
        """Close both stores."""
        self.vectors.close()
        self.database.close()

    # -- state ---------------------------------------------------------------------------------

    def ledger(self) -> dict[str, int]:
        """Revision by article id of everything that is visible."""
        with self.database.errors():
            rows = self.database.connection.execute("SELECT article_id, revision FROM ledger")
            return {row["article_id"]: row["revision"] for row in rows}

    def count(self) -> int:
        """Number of visible chunks."""
        with self.database.errors():
            row = self.database.connection.execute("SELECT count(*) FROM chunks").fetchone()
        return int(row[0])

    def generation(self) -> int:
        """A number that grows with every change to the index, by any process."""
        return int(self._meta("generation") or 0)

    def check_stamp(self) -> None:
        """Raise StampMismatch when the index on disk was made with something else."""
        note = self._meta("stamp")
        if note is None:
            return
        # Older stamps say nothing of the place; on a server they shared one collection.
        found, now = ({"vectors": "in the folder", **s} for s in (json.loads(note), self._stamp))
        if found != now:
            differing = [key for key in now if found.get(key) != now[key]]
            changes = ", ".join(f"{k} {found.get(k)!r}, now {now[k]!r}" for k in differing)
            raise StampMismatch(
                f"{self._home}: its index was made with {changes};"
                " run `evnews reindex`, or set the old value again"
            )

    # -- writing (the caller holds the library's lock) -----------------------------------------

    def begin(self) -> None:
        """Note the stamp, and sweep what a crashed writer may have left behind."""
        self.check_stamp()
        self.vectors.renew()
        if self._meta("dirty") == "1":
            self._sweep()
        with self.database.write() as connection:
            set_meta(connection, "stamp", json.dumps(self._stamp))
            set_meta(connection, "dirty", "1")

    def finish(self) -> None:
        """Everything begun is done: the next writer need not sweep."""
        with self.database.write() as connection:
            set_meta(connection, "dirty", "0")

    def put(self, chunks: Sequence[tuple[Article, Sequence[Chunk]]], vectors: Vectors) -> None:
        """Make articles visible. `vectors` has shape (all chunks in order, dim)."""
        flat = [(article, chunk) for article, group in chunks for chunk in group]
        for begin in range(0, len(flat), WRITE_BATCH):
            part = flat[begin : begin + WRITE_BATCH]
            with self.vectors.collection() as collection:
                collection.upsert(
                    ids=[chunk.id for _, chunk in part],
                    embeddings=vectors[begin : begin + WRITE_BATCH],
                    metadatas=[metadata(article) for article, _ in part],
                )
        stale: list[str] = []
        with self._change() as connection:
            for article, group in chunks:
                stale += hide(connection, article.id)
                for chunk in group:
                    show(connection, article, chunk)
                connection.execute(
                    "INSERT INTO ledger VALUES (?, ?, ?)",
                    (article.id, article.revision, len(group)),
                )
        self._delete(sorted(set(stale) - {chunk.id for _, chunk in flat}))

    def remove(self, article_ids: Sequence[str]) -> None:
        """Hide articles, then delete their vectors."""
        stale: list[str] = []
        with self._change() as connection:
            for article_id in article_ids:
                stale += hide(connection, article_id)
        self._delete(stale)

    def clear(self) -> None:
        """Hide everything and forget the stamp; the vectors go with their collection."""
        self.vectors.renew()
        with self._change() as connection:
            for table in ("fts", "chunks", "ledger"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM meta WHERE name = 'stamp'")
        self.vectors.drop()

    # -- searching -----------------------------------------------------------------------------

    def dense(
        self, vector: Vectors, limit: int, window: Window, sources: Sequence[str] = ()
    ) -> list[Hit]:
        """The `limit` visible chunks nearest to `vector` (shape (dim,)), best first."""
        with self.vectors.collection() as collection:
            found = collection.query(
                query_embeddings=[vector],
                n_results=limit,
                where=_where(window, sources),
                include=["distances"],
            )
        distance = dict(zip(found["ids"][0], found["distances"][0], strict=True))
        marks = ",".join("?" * len(distance))
        with self.database.errors():
            rows = self.database.connection.execute(
                f"SELECT * FROM chunks WHERE id IN ({marks})", list(distance)
            ).fetchall()
        hits = [hit(row, 1.0 - distance[row["id"]]) for row in rows]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))

    def lexical(
        self, question: str, limit: int, window: Window, sources: Sequence[str] = ()
    ) -> list[Hit]:
        """The `limit` visible chunks with the best BM25 score, best first."""
        match = lexical.match_query(question)
        if match is None:
            return []
        conditions, values = clauses(window, sources)
        with self.database.errors():
            rows = self.database.connection.execute(
                "SELECT c.*, bm25(fts, ?, ?) AS rank FROM fts JOIN chunks c ON c.row = fts.rowid"
                f" WHERE fts MATCH ? {conditions} ORDER BY rank, c.id LIMIT ?",
                [lexical.TITLE_WEIGHT, lexical.BODY_WEIGHT, match, *values, limit],
            ).fetchall()
        return [hit(row, -row["rank"]) for row in rows]

    # -- within --------------------------------------------------------------------------------

    def _name(self) -> str:
        """The collection's name. A folder holds one library; a server may hold many."""
        if not self._url:
            return COLLECTION
        if self._meta("library") is None:
            with self.database.write() as connection:
                # Another process may have been quicker: the first id stays.
                connection.execute(
                    "INSERT OR IGNORE INTO meta VALUES ('library', ?)", (uuid.uuid4().hex,)
                )
        return f"{COLLECTION}-{self._meta('library')}"

    def _delete(self, ids: Sequence[str]) -> None:
        for begin in range(0, len(ids), WRITE_BATCH):
            with self.vectors.collection() as collection:
                collection.delete(ids=list(ids[begin : begin + WRITE_BATCH]))

    def _sweep(self) -> None:
        """Delete the vectors that no visible chunk owns."""
        with self.vectors.collection() as collection:
            stored = set(collection.get(include=[])["ids"])
        with self.database.errors():
            rows = self.database.connection.execute("SELECT id FROM chunks").fetchall()
        self._delete(sorted(stored - {row["id"] for row in rows}))

    def _meta(self, name: str) -> str | None:
        with self.database.errors():
            row = self.database.connection.execute(
                "SELECT value FROM meta WHERE name = ?", (name,)
            ).fetchone()
        return row["value"] if row else None

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction that changes what is visible."""
        with self.database.write() as connection:
            yield connection
            generation = self._grow(connection)
        # Not before the commit: the number of a failed one goes to the next writer, whoever it is.
        self.vectors.saw(generation)

    def _grow(self, connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
        generation = int(row["value"]) + 1 if row else 1
        set_meta(connection, "generation", str(generation))
        return generation


def embed_texts(chunks: Sequence[tuple[Article, Sequence[Chunk]]]) -> list[str]:
    """The texts whose vectors `put` wants, in its order."""
    return [embedded(chunk) for _, group in chunks for chunk in group]


def _where(window: Window, sources: Sequence[str]) -> dict[str, Any] | None:
    operators = {">=": "$gte", "<=": "$lte"}
    terms: list[dict[str, Any]] = [
        {field: {operators[sign]: value}} for field, sign, value in bounds(window)
    ]
    if sources:
        terms.append({"source": {"$in": list(sources)}})
    if len(terms) < 2:  # Chroma's $and wants two terms
        return terms[0] if terms else None
    return {"$and": terms}
