"""What feeds get wrong in their entries, put right or left out, and noted. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from corpus.article import Entry
from corpus.markup import plain
from corpus.text import make_title

FUTURE = timedelta(days=1)  # clocks and time zones differ; later than this is a mistake
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)  # what programs write that have none, or the year 1


def mend(entry: Entry, now: datetime) -> Entry:
    """Note what is missing or impossible, and put something usable in its place."""
    notes = list(entry.notes)
    published, updated = entry.published, entry.updated
    if updated and not NO_DATE < updated <= now + FUTURE:
        updated = None
    if published and published <= NO_DATE:
        published = updated
        notes.append("date impossible")
    elif published and published > now + FUTURE:
        published = updated
        notes.append("date in the future")
    elif not published and "date unreadable" not in notes:
        notes.append("no date")
    title = entry.title
    if not title:
        title = make_title(plain(entry.html))
        notes.append("no title")
    if not entry.url:
        notes.append("no address")
    guid = entry.guid or entry.url or title
    return replace(
        entry, guid=guid, title=title, published=published, updated=updated, notes=tuple(notes)
    )


def drop_repeats(entries: Iterable[Entry]) -> list[Entry]:
    """One entry of each guid: of repeats with one address the latest, else the first.

    Some programs give every entry one guid; where address and title differ all are kept, each
    under a guid of its own.
    """
    entries = list(entries)
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.guid, entry)
    shared = {e.guid for e in entries if _elsewhere(first[e.guid], e)}
    kept: dict[str, Entry] = {}
    for entry in entries:
        # All of them, or the newest of each run would go by the bare guid of the one before.
        entry = own_guid(entry) if entry.guid in shared else entry
        before = kept.get(entry.guid)
        if before is None or _stamp(entry) > _stamp(before):
            kept[entry.guid] = entry
    return list(kept.values())


def is_another(before: Entry, entry: Entry) -> bool:
    """Whether a guid now stands for another story: address, title and publication all differ."""
    # Where the two dates are one, it may be that of a change.
    days = {e.published for e in (before, entry) if e.published and e.published != e.updated}
    return _elsewhere(before, entry) and len(days) == 2


def own_guid(entry: Entry) -> Entry:
    """The entry under a guid that no other story has."""
    return replace(entry, guid=f"{entry.guid} {entry.url or entry.title}")


def _elsewhere(before: Entry, entry: Entry) -> bool:
    return before.url != entry.url and before.title != entry.title


def _stamp(entry: Entry) -> float:
    moment = entry.updated or entry.published
    return moment.timestamp() if moment else 0.0
