"""Feed bytes -> entries: RSS, Atom and JSON Feed. Pure: no network, `now` passed in.

feedparser (BSD, maintained) reads RSS and Atom of every version and forgives much. Before it
sees anything the text is decoded, a document type is taken off and one that declares entities is
refused, so that nothing is expanded. JSON Feed follows https://www.jsonfeed.org/version/1.1/.
"""

import json
import re
import tomllib
from calendar import timegm
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser

from corpus.address import join
from corpus.article import Entry, Feed
from corpus.dates import parse_date
from corpus.errors import FetchError, ParseError
from corpus.markup import plain, split_prolog, text_of_bytes
from corpus.mend import drop_repeats, mend
from corpus.text import one_line, whole
from corpus.wire import gunzip

MAX_ENTRIES = 2000
MAX_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as read: its title, its page, its entries and how often each oddity was met.

    `notes` counts: no date, date unreadable, date impossible, date in the future, no title,
    no address, repeated guid.
    """

    title: str
    home: str | None
    entries: tuple[Entry, ...]
    notes: Mapping[str, int]


def feed_defaults() -> tuple[Feed, ...]:
    """The shipped feeds of `feeds.toml`; all off until the user enables them."""
    data = tomllib.loads((files("corpus") / "feeds.toml").read_text(encoding="utf-8"))
    return tuple(
        Feed(item["url"], item["name"], enabled=False, relevance=item.get("relevance", True))
        for item in data["feed"]
    )


def parse_feed(data: bytes, url: str, content_type: str = "", *, now: datetime) -> ParsedFeed:
    """Entries of a feed, newest problems marked in their `notes`; repeated ones dropped.

    Args:
        data: what the address gave, also when it is a gzip file.
        url: where it came from; relative links are resolved against it.
        content_type: the header, used for its charset only.
        now: entries dated more than a day later lose their date.

    Raises:
        ParseError: not a feed, a feed without entries' shape, or one that declares entities.
    """
    try:
        data = gunzip(data, MAX_BYTES, url)
    except FetchError as error:
        raise ParseError(str(error)) from None
    text = text_of_bytes(data, content_type)
    stripped = text.lstrip("\ufeff \t\r\n\x00")
    if not stripped:
        raise ParseError(f"{url}: empty, not a feed")
    if stripped.startswith("{"):
        title, home, entries = _json_feed(stripped, url)
    else:
        title, home, entries = _xml_feed(stripped, url)
    kept = drop_repeats([mend(entry, now) for entry in entries[:MAX_ENTRIES]])
    notes = Counter(note for entry in kept for note in entry.notes)
    if repeated := min(len(entries), MAX_ENTRIES) - len(kept):
        notes["repeated guid"] = repeated
    if len(entries) > MAX_ENTRIES:
        notes["entries beyond the first 2000"] = len(entries) - MAX_ENTRIES
    return ParsedFeed(title or urlsplit(url).netloc or url, home, tuple(kept), dict(notes))


def _xml_feed(text: str, url: str) -> tuple[str, str | None, list[Entry]]:
    body = split_prolog(text, url)
    # A template now and then wraps a feed in a page.
    wrapped = re.search(r"<feed\s[^>]{0,500}w3\.org/2005/Atom|<rss\s[^>]{0,500}version", body)
    body = body[wrapped.start() :] if wrapped else body
    start = re.match(r"<([A-Za-z_][\w.:-]*)", body)
    root = start[1].rpartition(":")[2].lower() if start else ""
    if root not in ("rss", "feed", "rdf"):
        what = "an HTML page" if root in ("html", "head", "body") else "neither RSS nor Atom"
        raise ParseError(f"{url}: {what}, not a feed; give the address of the feed itself")
    # The text is already decoded: say so, and the header outranks what the file claims.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # XML 1.0 allows no control characters; one of them would hide every entry behind it.
    body = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", body)
    try:
        data = body.encode("utf-8", "replace")
        parsed = feedparser.parse(data, response_headers=headers, sanitize_html=True)
    except Exception as error:  # it promises not to raise, and sometimes does
        raise ParseError(
            f"{url}: the feed is broken beyond reading ({type(error).__name__})"
        ) from None
    if not parsed.entries and parsed.get("bozo") and not parsed.feed:
        reason = one_line(str(parsed.get("bozo_exception", "")))[:120]
        raise ParseError(f"{url}: the feed is broken beyond reading ({reason})")
    base = parsed.feed.get("link") or url
    home = _web(parsed.feed.get("link"), url)
    entries = [_xml_entry(item, _web(base, url) or url) for item in parsed.entries]
    return plain(parsed.feed.get("title", "")), home, entries


def _xml_entry(item: Mapping[str, Any], base: str) -> Entry:
    bodies = [part.get("value") or "" for part in item.get("content", [])]
    html = max([*bodies, item.get("summary") or ""], key=len)
    links = [link.get("href") for link in item.get("links", []) if link.get("rel") == "alternate"]
    url = next((web for link in [item.get("link"), *links] if (web := _web(link, base))), None)
    original = _web(item.get("feedburner_origlink"), base)
    notes: list[str] = []
    published = _moment(item, "published") or _moment(item, "created")
    updated = _moment(item, "updated")
    if published is None and updated is None and any(map(item.get, ("published", "updated"))):
        notes.append("date unreadable")
    guid = one_line(str(item.get("id") or ""))
    return Entry(
        guid=guid or original or url or "",
        url=_unwrap(original or url),
        title=plain(str(item.get("title") or "")),
        html=html,
        published=published or updated,
        updated=updated,
        author=plain(str(item.get("author") or "")) or None,
        notes=tuple(notes),
    )


def _moment(item: Mapping[str, Any], name: str) -> datetime | None:
    """feedparser's date, else the dates of every other shape."""
    # Subscripting would warn: feedparser maps `updated` to `published` when it is missing.
    parsed = dict(item).get(f"{name}_parsed")
    if parsed is not None:
        try:
            return datetime.fromtimestamp(timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return read_date(dict(item).get(name))


def read_date(value: object) -> datetime | None:
    """A date as text or as seconds since 1970 -> UTC."""
    text = str(value or "").strip()
    if re.fullmatch(r"\d{9,10}", text):
        return datetime.fromtimestamp(int(text), UTC)
    return parse_date(text)


def _json_feed(text: str, url: str) -> tuple[str, str | None, list[Entry]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ParseError(f"{url}: broken JSON, not a feed") from None
    items = data.get("items")
    if "jsonfeed.org" not in str(data.get("version")) or not isinstance(items, list):
        raise ParseError(f"{url}: JSON, but not a JSON Feed")
    home = _web(data.get("home_page_url"), url)
    entries = [_json_entry(item, home or url) for item in items if isinstance(item, dict)]
    return plain(_words(data.get("title"))), home, entries


def _json_entry(item: dict[str, object], base: str) -> Entry:
    url = _web(item.get("url"), base) or _web(item.get("external_url"), base)
    text = _words(item.get("content_text"))
    html = _words(item.get("content_html")) or _words(item.get("summary"))
    authors = item.get("authors") or [item.get("author")]
    names = [_words(who.get("name")) for who in _list(authors) if isinstance(who, dict)]
    published = read_date(item.get("date_published"))
    unreadable = item.get("date_published") and published is None
    return Entry(
        guid=one_line(str(item.get("id") or url or "")),
        url=_unwrap(url),
        title=plain(_words(item.get("title"))),
        html=html or f"<p>{escape(text)}</p>" if html or text else "",
        published=published,
        updated=read_date(item.get("date_modified")),
        author=plain(", ".join(name for name in names if name)) or None,
        notes=("date unreadable",) if unreadable else (),
    )


def _words(value: object) -> str:
    return whole(value) if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _web(link: object, base: str) -> str | None:
    """`link` as an absolute http(s) address, or None (`tag:`, `urn:`, `javascript:`)."""
    if not (words := _words(link).strip()):
        return None
    found = join(base, words)
    parts = urlsplit(found)
    return found if parts.scheme in ("http", "https") and parts.netloc else None


def _unwrap(url: str | None) -> str | None:
    """The article behind a Google Alerts redirect (`google.com/url?...&url=...`)."""
    found = re.match(r"https?://www\.google\.[a-z.]+/url\?", url or "")
    if not url or not found:
        return url
    query = parse_qs(urlsplit(url).query)
    inside = (_web(link, url) for link in query.get("url", query.get("q", [])))
    return next((link for link in inside if link), url)
