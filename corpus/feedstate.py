"""What an update remembers, in the library's own SQLite file: feeds, entries, hosts.

Plain functions over a connection; the caller holds the transaction (`Database.write`). An entry
is first written down as `pending` in the transaction that saves the feed's ETag, and settled
after its article is stored. So a run that is cut off forgets nothing: the next one goes on with
what is pending, and storing an article twice changes nothing.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from corpus.article import Entry, Feed
from corpus.hosts import HostState
from corpus.markup import text_of
from corpus.mend import is_another, own_guid

State = Literal["pending", "stored", "irrelevant", "failed", "skipped", "removed"]
MAX_TRIES = 5
REVISIT_AFTER = timedelta(days=1)  # corrections are most likely in the first days,
REVISIT_WITHIN = timedelta(days=3)  # and most publishers do not announce them in the feed

_TABLES = (
    """CREATE TABLE IF NOT EXISTS feeds (
        url TEXT PRIMARY KEY, name TEXT NOT NULL, enabled INTEGER NOT NULL,
        relevance INTEGER NOT NULL, etag TEXT, last_modified TEXT, gone INTEGER NOT NULL,
        checked INTEGER, error TEXT)""",
    """CREATE TABLE IF NOT EXISTS entries (
        feed TEXT NOT NULL, guid TEXT NOT NULL, digest TEXT NOT NULL, entry TEXT NOT NULL,
        url TEXT, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        first_seen INTEGER NOT NULL, visited INTEGER, etag TEXT, last_modified TEXT,
        PRIMARY KEY (feed, guid))""",
    "CREATE INDEX IF NOT EXISTS entries_state ON entries (state, first_seen)",
    """CREATE TABLE IF NOT EXISTS hosts (
        host TEXT PRIMARY KEY, failures INTEGER NOT NULL, wait_until INTEGER, why TEXT NOT NULL,
        robots TEXT, robots_read INTEGER)""",
    "CREATE TABLE IF NOT EXISTS removed (url TEXT PRIMARY KEY)",
)


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry to be taken in. `url` is where its article was stored before, if it was.

    `etag` and `last_modified` are those of its page at the last visit; `revisit` says that
    nothing in the feed has changed and the page is only looked at again.
    """

    feed: str
    entry: Entry
    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    revisit: bool = False


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there yet."""
    for statement in _TABLES:
        connection.execute(statement)


def list_feeds(connection: sqlite3.Connection) -> list[Feed]:
    """All feeds, in the order in which they were added."""
    rows = connection.execute(
        "SELECT url, name, enabled, relevance, etag, last_modified, gone, checked, error"
        " FROM feeds ORDER BY rowid"
    )
    return [
        Feed(url, name, bool(on), bool(rel), etag, modified, bool(gone), _time(checked), error)
        for url, name, on, rel, etag, modified, gone, checked, error in rows
    ]


def find_feed(connection: sqlite3.Connection, name: str) -> Feed | None:
    """The feed with this address or, whatever the case, this name."""
    feeds = list_feeds(connection)
    exact = (feed for feed in feeds if feed.url == name)
    return next(exact, next((f for f in feeds if f.name.casefold() == name.casefold()), None))


def save_feed(connection: sqlite3.Connection, feed: Feed) -> None:
    """Add a feed, or replace what is known of it."""
    values = (feed.url, feed.name, feed.enabled, feed.relevance, feed.etag, feed.last_modified)
    connection.execute(
        "INSERT INTO feeds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
        " name = excluded.name, enabled = excluded.enabled, relevance = excluded.relevance,"
        " etag = excluded.etag, last_modified = excluded.last_modified, gone = excluded.gone,"
        " checked = excluded.checked, error = excluded.error",
        (*values, feed.gone, _seconds(feed.checked), feed.error),
    )


def add_feeds(connection: sqlite3.Connection, feeds: Iterable[Feed]) -> int:
    """Add the feeds that are not there yet; returns how many were added."""
    known = {feed.url for feed in list_feeds(connection)}
    fresh = {feed.url: feed for feed in feeds if feed.url not in known}
    for feed in fresh.values():
        save_feed(connection, feed)
    return len(fresh)


def remove_feed(connection: sqlite3.Connection, url: str) -> bool:
    """Forget a feed and its entries; its articles stay. False if it was not there."""
    connection.execute("DELETE FROM entries WHERE feed = ?", (url,))
    return connection.execute("DELETE FROM feeds WHERE url = ?", (url,)).rowcount > 0


def enable_feed(connection: sqlite3.Connection, url: str, enabled: bool = True) -> bool:
    """Switch a feed on or off; switching on also tries one again that was gone.

    False if it was not there.
    """
    row = connection.execute(
        "UPDATE feeds SET enabled = ?, gone = gone AND NOT ? WHERE url = ?", (enabled, enabled, url)
    )
    return row.rowcount > 0


def move_feed(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Remember a permanent redirect: the feed `old` is read at `new` from now on."""
    taken = connection.execute("SELECT 1 FROM feeds WHERE url = ?", (new,)).fetchone()
    connection.execute("UPDATE OR IGNORE entries SET feed = ? WHERE feed = ?", (new, old))
    if taken:
        remove_feed(connection, old)
    else:
        connection.execute("UPDATE feeds SET url = ? WHERE url = ?", (new, old))


def queue_entries(
    connection: sqlite3.Connection, feed: str, entries: Iterable[Entry], now: datetime
) -> int:
    """Write down as pending what is new or has changed; returns how many that are."""
    queued = 0
    for entry in entries:
        before = _remembered(connection, feed, entry.guid)
        if before is not None and is_another(before, entry):
            entry = own_guid(entry)
        # Words, not markup: counters and tracking pixels change with every request.
        said = f"{entry.title}\n{text_of(entry.html)}\n{entry.updated}"
        digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        queued += connection.execute(
            "INSERT INTO entries (feed, guid, digest, entry, state, first_seen)"
            " VALUES (?, ?, ?, ?, 'pending', ?) ON CONFLICT (feed, guid) DO UPDATE SET"
            " digest = excluded.digest, entry = excluded.entry, state = 'pending', tries = 0,"
            " etag = NULL, last_modified = NULL"
            " WHERE digest != excluded.digest AND state != 'removed'",
            (feed, entry.guid, digest, _dump(entry), _seconds(now)),
        ).rowcount
    # Settled and too old for another look: all but the body is enough to know it again.
    connection.execute(
        "UPDATE entries SET entry = json_set(entry, '$.html', '') WHERE feed = ? AND entry != ''"
        " AND state != 'pending' AND first_seen < ? AND json_extract(entry, '$.html') != ''",
        (feed, _seconds(now - REVISIT_WITHIN)),
    )
    return queued


def _remembered(connection: sqlite3.Connection, feed: str, guid: str) -> Entry | None:
    """The entry that last had this guid; its body may have been dropped."""
    row = connection.execute(
        "SELECT entry FROM entries WHERE feed = ? AND guid = ? AND entry != ''", (feed, guid)
    ).fetchone()
    return _load(row[0]) if row else None


def pending_entries(connection: sqlite3.Connection, feed: str, now: datetime) -> list[Queued]:
    """What is to be taken in for a feed: pending entries, and young pages due for another look."""
    rows = connection.execute(
        "SELECT entry, url, etag, last_modified, state FROM entries WHERE feed = ? AND"
        " (state = 'pending' OR (state = 'stored' AND visited < ? AND first_seen > ?))"
        " ORDER BY rowid",
        (feed, _seconds(now - REVISIT_AFTER), _seconds(now - REVISIT_WITHIN)),
    )
    return [
        Queued(feed, _load(entry), url, etag, modified, revisit=state == "stored")
        for entry, url, etag, modified, state in rows
    ]


def settle_entry(
    connection: sqlite3.Connection,
    queued: Queued,
    state: State,
    now: datetime,
    *,
    url: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """Say what became of an entry. `url` is its article's address; the first one stays."""
    connection.execute(
        "UPDATE entries SET state = ?, visited = ?, url = coalesce(url, ?), etag = ?,"
        " last_modified = ? WHERE feed = ? AND guid = ?",
        (state, _seconds(now), url, etag, last_modified, queued.feed, queued.entry.guid),
    )


def postpone_entry(connection: sqlite3.Connection, queued: Queued) -> bool:
    """Count a failed try; after five the entry is given up. Returns whether it is kept."""
    where = (queued.feed, queued.entry.guid)
    connection.execute(
        "UPDATE entries SET tries = tries + 1, state = CASE WHEN tries + 1 >= ? AND state ="
        " 'pending' THEN 'failed' ELSE state END WHERE feed = ? AND guid = ?",
        (MAX_TRIES, *where),
    )
    row = connection.execute("SELECT state FROM entries WHERE feed = ? AND guid = ?", where)
    found = row.fetchone()
    return found is not None and found[0] != "failed"


def forget_article(connection: sqlite3.Connection, article_id: str) -> None:
    """Before an article is removed: write down where it stood, and that its entries are done."""
    connection.execute(
        "INSERT OR IGNORE INTO removed SELECT url FROM revisions WHERE article_id = ?"
        " AND url IS NOT NULL",
        (article_id,),
    )
    connection.execute(
        "UPDATE entries SET state = 'removed' WHERE"
        " url IN (SELECT url FROM revisions WHERE article_id = ?)"
        " OR 'feed:' || feed || '#' || guid = (SELECT key FROM articles WHERE id = ?)",
        (article_id, article_id),
    )


def was_removed(connection: sqlite3.Connection, url: str) -> bool:
    """Whether the article at this address was removed, and not taken in again by hand."""
    row = connection.execute(
        "SELECT 1 FROM removed WHERE url = ?"
        " AND NOT EXISTS (SELECT 1 FROM revisions WHERE revisions.url = removed.url)",
        (url,),
    ).fetchone()
    return row is not None


def load_hosts(connection: sqlite3.Connection) -> dict[str, HostState]:
    """What is known of each host."""
    rows = connection.execute(
        "SELECT host, failures, wait_until, why, robots, robots_read FROM hosts"
    )
    return {
        host: HostState(host, failures, _time(until), why, robots, _time(read))
        for host, failures, until, why, robots, read in rows
    }


def save_hosts(connection: sqlite3.Connection, hosts: Iterable[HostState]) -> None:
    """Keep what is known of hosts for the next run."""
    connection.executemany(
        "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?)",
        [
            (h.host, h.failures, _seconds(h.wait_until), h.why, h.robots, _seconds(h.robots_read))
            for h in hosts
        ],
    )


def _dump(entry: Entry) -> str:
    fields = {**asdict(entry), "published": None, "updated": None}
    for name in ("published", "updated"):
        moment = getattr(entry, name)
        fields[name] = moment.isoformat() if moment else None
    return json.dumps(fields, ensure_ascii=False)


def _load(text: str) -> Entry:
    fields = json.loads(text)
    entry = Entry(**{**fields, "published": None, "updated": None, "notes": tuple(fields["notes"])})
    published, updated = (
        datetime.fromisoformat(fields[name]) if fields[name] else None
        for name in ("published", "updated")
    )
    return replace(entry, published=published, updated=updated)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
