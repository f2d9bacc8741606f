"""An entry, a page or both -> a Draft, or why there is none. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from corpus.article import Draft, Entry, Feed
from corpus.boilerplate import strip_lines
from corpus.extract import SHORT, Page
from corpus.markup import text_of
from corpus.relevance import judge

FULL = 1200  # characters; a feed that carries less gives a summary, and the page is read
FUTURE = timedelta(days=1)
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|read more|continue reading|more)\W*$", re.I)
_TRACKING = re.compile(
    r"utm_|fbclid$|gclid$|mc_[ce]id$|cmpid$|ito$|guccounter$|ref_?(?:src|url)?$", re.I
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why an entry or a page is not stored."""

    kind: Literal["irrelevant", "paywalled", "empty"]
    why: str


def tidy_url(url: str) -> str:
    """The address without fragment and tracking parameters, host in lower case."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(key, value) for key, value in query if not _TRACKING.match(key)]
    # An untouched query keeps its own spelling.
    text = parts.query if len(kept) == len(query) else urlencode(kept)
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    host = parts.netloc.lower().removesuffix(default) if default else parts.netloc.lower()
    return urlunsplit((parts.scheme, host, parts.path or "/", text, ""))


def wants_page(entry: Entry) -> bool:
    """Whether the feed carries only a summary, so that the page has to be read."""
    text = text_of(entry.html)
    return entry.url is not None and (len(text) < FULL or bool(_CUT.search(text[-40:])))


def clearly_irrelevant(entry: Entry, feed: Feed) -> str | None:
    """Why an entry's title and summary are enough to leave its page alone; None if they aren't."""
    text = text_of(entry.html)
    verdict = judge(entry.title, text)
    if feed.relevance and len(text) >= 200 and verdict.points == 0:
        return verdict.why
    return None


def from_entry(entry: Entry, feed: Feed, *, url: str | None = None) -> Draft | Rejected:
    """A draft from what the feed itself carries; `url` is the address that it is stored under."""
    text = strip_lines(text_of(entry.html), entry.title)
    if len(text) < SHORT:
        return Rejected("empty", f"too little text in the feed ({len(text)} characters)")
    address = url or (tidy_url(entry.url) if entry.url else None)
    draft = Draft(
        key=address or f"feed:{feed.url}#{entry.guid}",
        title=entry.title,
        text=text,
        source=feed.name,
        url=address,
        published=entry.published,
        updated=_later(entry.updated, entry.published),
        author=entry.author,
    )
    return _relevant(draft, feed)


def from_page(
    page: Page,
    at: str,
    *,
    now: datetime,
    entry: Entry | None = None,
    feed: Feed | None = None,
    url: str | None = None,
) -> Draft | Rejected:
    """A draft from a page that was read at the address `at`.

    The entry that led there gives the date and stands in for a missing title; `url` is the
    address that the article is stored under already.
    """
    title = page.title or (entry.title if entry else "")
    if page.paywalled:
        return Rejected("paywalled", "only its beginning is public (paywall); not stored")
    if not title or len(page.text) < SHORT:
        return Rejected("empty", f"no article text found ({len(page.text)} characters)")
    address = url or tidy_url(page.url or at)
    published = (entry.published if entry else None) or page.published
    published = published if published and published <= now + FUTURE else None
    updated = (entry.updated if entry else None) or page.updated
    updated = updated if updated and updated <= now + FUTURE else None
    draft = Draft(
        key=address,
        title=title,
        text=page.text,
        source=_source(address, page, feed),
        url=address,
        published=published,
        updated=_later(updated, published),
        author=page.author or (entry.author if entry else None),
    )
    return _relevant(draft, feed)


def _relevant(draft: Draft, feed: Feed | None) -> Draft | Rejected:
    if feed is not None and feed.relevance:
        verdict = judge(draft.title, draft.text)
        if not verdict.relevant:
            return Rejected("irrelevant", verdict.why)
    return draft


def _source(address: str, page: Page, feed: Feed | None) -> str:
    """The publisher: the feed's name when the article is on the feed's site, else the page's."""
    site, host = _domain(address), urlsplit(address).netloc.removeprefix("www.")
    if feed is not None and feed.name and _domain(feed.url) == site:
        return feed.name
    return page.site or host


def _domain(url: str) -> str:
    """The end of the host that a publisher registers: `example.com`, `example.co.uk`."""
    labels = (urlsplit(url).hostname or "").split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if second else labels[-2:])


def _later(updated: datetime | None, published: datetime | None) -> datetime | None:
    return updated if updated and (not published or updated > published) else None
