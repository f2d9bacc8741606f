"""The update run: feeds -> entries -> pages -> drafts -> store, and what became of each.

Network work runs in threads (one request at a time per host is the fetcher's business); storing
is done by the calling thread, in the order of the feeds, so that two runs over the same news give
the same library. Cut off at any moment, the next run goes on where this one stopped.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from corpus import feedstate
from corpus.article import Failure, Feed
from corpus.discover import kind_of
from corpus.errors import FetchError, InputError, NewsError, unforeseen
from corpus.feeds import ParsedFeed, parse_feed
from corpus.feedstate import Queued, State
from corpus.fetch import Fetcher, host_of
from corpus.hosts import HostState, Resting
from corpus.intake import tidy_url
from corpus.outcome import FeedReport, Status, UpdateReport
from corpus.parallel import each_in_order
from corpus.reply import Reply
from corpus.store import Store
from corpus.visit import Visit, visit

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class _Tally:
    """One feed's report in the making."""

    feed: Feed
    status: Status = "failed"
    reason: str | None = None
    entries: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    notes: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def report(self) -> FeedReport:
        return FeedReport(
            self.feed.name, self.feed.url, self.status, self.entries, dict(self.counts),
            self.notes, tuple(self.failures), self.reason,
        )  # fmt: skip


def update(
    store: Store,
    fetcher: Fetcher,
    *,
    clock: Callable[[], datetime],
    only: Sequence[str] = (),
    since: int | None = None,
    progress: Progress | None = None,
) -> UpdateReport:
    """Bring the library up to date with the enabled feeds.

    Args:
        clock: the time, asked again and again in a long run.
        only: names or addresses of feeds; these are read even when they are switched off.
        since: days; entries dated earlier are skipped, and not asked for again.
        progress: called with what is being done, how many are done and how many there are.

    Raises:
        InputError: there is no such feed, or no feed is enabled.
        StorageError: the library can't be written to; all that was stored before stays.
    """
    with store.database.write() as connection:
        feedstate.create_tables(connection)
    feeds = _chosen(store, only)
    with store.database.errors():
        fetcher.hosts.update(feedstate.load_hosts(store.database.connection))
    tallies = [_Tally(feed) for feed in feeds]
    saved = dict(fetcher.hosts)
    step = progress or (lambda label, done, total: None)
    due = [tally for tally in tallies if not tally.feed.gone]
    for tally in tallies:
        if tally.feed.gone:
            tally.status, tally.reason = "gone", tally.feed.error
    read = each_in_order(
        due, lambda t: host_of(t.feed.url), lambda t: _read(fetcher, t.feed, clock())
    )
    for done, (tally, answer) in enumerate(read, 1):
        _keep_feed(store, tally, answer, clock(), since)
        _keep_hosts(store, fetcher, saved)
        step("feeds", done, len(due))
    _take_in(store, fetcher, due, clock, step, saved)
    return UpdateReport(tuple(tally.report() for tally in tallies))


def _chosen(store: Store, only: Sequence[str]) -> list[Feed]:
    with store.database.errors():
        connection = store.database.connection
        if only:
            feeds = []
            for name in only:
                found = feedstate.find_feed(connection, name)
                if found is None:
                    raise InputError(f"{name}: no such feed; `evnews feeds list` shows them all")
                feeds.append(found)
            return feeds
        feeds = [feed for feed in feedstate.list_feeds(connection) if feed.enabled]
    if not feeds:
        raise InputError("no feed is enabled; try `evnews feeds enable --defaults`")
    return feeds


def _read(
    fetcher: Fetcher, feed: Feed, now: datetime
) -> tuple[Reply, ParsedFeed | None] | NewsError:
    """Fetch and parse a feed; what went wrong is returned, not raised."""
    try:
        reply = fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        if reply.status == 304:
            return reply, None
        kind = kind_of(reply.body, reply.content_type, feed.url)
        if kind == "sitemap":
            raise InputError(f"{feed.url}: a sitemap, not a feed; read it with `evnews ingest`")
        return reply, parse_feed(reply.body, reply.url, reply.content_type, now=now)
    except NewsError as error:
        return error
    except Exception as error:  # one bad feed must not stop the run
        return InputError(f"{feed.url}: {unforeseen(error)}")


def _keep_feed(
    store: Store,
    tally: _Tally,
    answer: tuple[Reply, ParsedFeed | None] | NewsError,
    now: datetime,
    since: int | None,
) -> None:
    """Save a feed's state and its entries in one transaction."""
    feed = replace(tally.feed, checked=now)
    with store.database.write() as connection:
        if isinstance(answer, NewsError):
            tally.reason = str(answer)
            gone = isinstance(answer, FetchError) and answer.status == 410
            if isinstance(answer, Resting):
                tally.status = "waiting"
                return
            tally.status = "gone" if gone else "failed"
            feedstate.save_feed(connection, replace(feed, gone=gone, error=tally.reason))
            return
        reply, parsed = answer
        tally.status = "not modified" if parsed is None else "read"
        feed = replace(feed, error=None)
        if parsed is not None:
            feed = replace(feed, etag=reply.etag, last_modified=reply.last_modified)
            tally.entries, tally.notes = len(parsed.entries), dict(parsed.notes)
        feedstate.save_feed(connection, feed)
        if reply.moved and reply.moved != feed.url:
            feedstate.move_feed(connection, feed.url, reply.moved)
            feed = replace(feed, url=reply.moved)
        tally.feed = feed
        if parsed is not None:
            feedstate.queue_entries(connection, feed.url, parsed.entries, now)
        if since is not None:
            limit = now - timedelta(days=since)
            for queued in feedstate.pending_entries(connection, feed.url, now):
                moment = queued.entry.published
                if moment and moment < limit and not queued.revisit:
                    feedstate.settle_entry(connection, queued, "skipped", now)
                    tally.counts["skipped"] += 1


def _take_in(
    store: Store,
    fetcher: Fetcher,
    tallies: Sequence[_Tally],
    clock: Callable[[], datetime],
    step: Progress,
    saved: dict[str, HostState],
) -> None:
    """Visit and store what is pending; one address is visited once, whoever announces it."""
    jobs: dict[str, list[tuple[_Tally, Queued]]] = {}
    with store.database.errors():
        for tally in tallies:
            for q in feedstate.pending_entries(store.database.connection, tally.feed.url, clock()):
                jobs.setdefault(_key(q), []).append((tally, q))
    for group in jobs.values():
        # Where one of the feeds takes everything, its word counts.
        group.sort(key=lambda job: job[0].feed.relevance)
    first = [group[0] for group in jobs.values()]
    visits = each_in_order(
        first,
        lambda job: host_of(job[1].entry.url or ""),
        lambda job: visit(fetcher, job[1], job[0].feed, clock()),
    )
    for done, (job, found) in enumerate(visits, 1):
        _keep_visit(store, jobs[_key(job[1])], found, clock())
        _keep_hosts(store, fetcher, saved)
        step("pages", done, len(first))


def _key(queued: Queued) -> str:
    """What makes two entries lead to the same article."""
    url = queued.entry.url
    return tidy_url(url) if url else f"{queued.feed} {queued.entry.guid}"


def _keep_visit(
    store: Store, group: list[tuple[_Tally, Queued]], found: Visit, now: datetime
) -> None:
    """Store a draft, then settle the entries that led to it."""
    state: State | None = "stored"
    outcome: str = found.result
    reply, url = found.reply, found.draft.url if found.draft else None
    with store.database.errors():
        gone = url is not None and feedstate.was_removed(store.database.connection, url)
    if gone:
        state, outcome = "removed", "skipped"
    elif found.draft is not None:
        _, (verdict,) = store.put([found.draft], now)
        outcome = verdict.outcome
    elif found.result in ("irrelevant", "failed"):
        state = found.result
    elif found.result in ("paywalled", "empty"):
        state = "failed"
    elif found.result in ("postponed", "waiting"):
        state, outcome = None, "failed" if found.result == "postponed" else "waiting"
    with store.database.write() as connection:
        for place, (tally, queued) in enumerate(group):
            if queued.revisit and state is None:
                continue  # it is in the library; another look can wait
            # The others of the group announced what the first brought in.
            tally.counts[
                "unchanged" if place and state == "stored" and found.draft else outcome
            ] += 1
            if found.why:
                name = queued.entry.url or queued.entry.title
                tally.failures.append(Failure(name, found.why.removeprefix(f"{name}: ")))
            if state is not None:
                feedstate.settle_entry(
                    connection, queued, state, now, url=url,
                    etag=(reply.etag if reply else None) or queued.etag,
                    last_modified=(reply.last_modified if reply else None) or queued.last_modified,
                )  # fmt: skip
            elif found.result == "postponed":
                feedstate.postpone_entry(connection, queued)


def _keep_hosts(store: Store, fetcher: Fetcher, saved: dict[str, HostState]) -> None:
    """Save the hosts of which something new is known."""
    now = dict(fetcher.hosts)
    changed = [state for host, state in now.items() if saved.get(host) != state]
    if changed:
        with store.database.write() as connection:
            feedstate.save_hosts(connection, changed)
        saved.update(now)
