"""One entry's way: read its page if it has to be read, and make a draft of it. No storage.

This is the part of an update that runs in several threads; it returns what came of it and never
raises for a bad page.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from corpus.article import Draft, Feed
from corpus.discover import kind_of
from corpus.errors import FetchError, NewsError, unforeseen
from corpus.extract import extract
from corpus.feedstate import Queued
from corpus.fetch import Fetcher
from corpus.hosts import Resting, passing
from corpus.intake import Rejected, clearly_irrelevant, from_entry, from_page, wants_page
from corpus.reply import Reply

Result = Literal["draft", "irrelevant", "paywalled", "empty", "unchanged", "failed", "postponed",
                 "waiting"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of an entry: a draft, or why there is none.

    "failed" is for good, "postponed" may work next time, "waiting" was not even tried because
    the host is to be left alone.
    """

    result: Result
    why: str = ""
    draft: Draft | None = None
    reply: Reply | None = None


def visit(fetcher: Fetcher, queued: Queued, feed: Feed, now: datetime) -> Visit:
    """Take in one entry: from the feed if it carries the whole text, else from its page."""
    try:
        return _visit(fetcher, queued, feed, now)
    except Exception as error:  # one bad page must not stop the run, nor every run after it
        return Visit("failed", unforeseen(error))


def _visit(fetcher: Fetcher, queued: Queued, feed: Feed, now: datetime) -> Visit:
    entry = queued.entry
    if not wants_page(entry):
        if queued.revisit:
            return Visit("unchanged")
        return _sorted(from_entry(entry, feed, url=queued.url), None)
    if why := clearly_irrelevant(entry, feed):
        return Visit("irrelevant", why)
    url = entry.url or ""
    # Only another look may be answered "not modified": a changed entry deserves its page.
    conditions = (queued.etag, queued.last_modified) if queued.revisit else (None, None)
    try:
        reply = fetcher.get(url, etag=conditions[0], last_modified=conditions[1], robots=True)
        if reply.status == 304:
            return Visit("unchanged", reply=reply)
        if kind_of(reply.body, reply.content_type, url) != "page":
            return Visit("failed", f"{url}: a feed or a sitemap, not an article")
        page = extract(reply.body, reply.url, reply.content_type)
    except Resting as error:
        return Visit("waiting", str(error))
    except FetchError as error:
        return Visit("postponed" if passing(error) else "failed", str(error))
    except NewsError as error:
        return Visit("failed", str(error))
    reply = replace(reply, body=b"")  # many visits wait to be stored; the text is enough
    made = from_page(page, reply.url, now=now, entry=entry, feed=feed, url=queued.url)
    return _sorted(made, reply)


def _sorted(made: Draft | Rejected, reply: Reply | None) -> Visit:
    if isinstance(made, Rejected):
        return Visit(made.kind, made.why, reply=reply)
    return Visit("draft", draft=made, reply=reply)
