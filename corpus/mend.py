"""What feeds get wrong in their entries, put right or left out, and noted. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from corpus.article import Entry
from corpus.markup import plain
from corpus.text import make_title

FUTURE = timedelta(days=1)  # clocks and time zones differ; later than this is a mistake


def mend(entry: Entry, now: datetime) -> Entry:
    """Note what is missing or impossible, and put something usable in its place."""
    notes = list(entry.notes)
    published, updated = entry.published, entry.updated
    if updated and updated > now + FUTURE:
        updated = None
    if published and published > now + FUTURE:
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

    Some programs give every entry one guid; where address and title differ both are kept, under
    guids of their own.
    """
    kept: dict[str, Entry] = {}
    for entry in entries:
        before = kept.get(entry.guid)
        if before is not None and before.url != entry.url and before.title != entry.title:
            entry = replace(entry, guid=f"{entry.guid} {entry.url or entry.title}")
            before = kept.get(entry.guid)
        if before is None or _stamp(entry) > _stamp(before):
            kept[entry.guid] = entry
    return list(kept.values())


def _stamp(entry: Entry) -> float:
    moment = entry.updated or entry.published
    return moment.timestamp() if moment else 0.0
