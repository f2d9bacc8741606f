"""What did an address give: a feed, a sitemap or a page? Told by the content, not by its name."""

import json
import re
from datetime import datetime
from typing import Literal

from corpus.article import Feed
from corpus.errors import FetchError, ParseError
from corpus.extract import extract
from corpus.feeds import parse_feed
from corpus.fetch import Fetcher
from corpus.markup import split_prolog, text_of_bytes
from corpus.reply import Reply
from corpus.wire import gunzip

Kind = Literal["feed", "sitemap", "page"]
MAX_BYTES = 10_000_000


def kind_of(body: bytes, content_type: str = "", url: str = "") -> Kind:
    """Tell a feed, a sitemap and a page apart by their first element.

    Raises:
        ParseError: none of the three (a picture, a PDF, an archive, nothing at all).
    """
    try:
        data = gunzip(body, MAX_BYTES, url)
    except FetchError as error:
        raise ParseError(str(error)) from None
    if data.lstrip()[:5] == b"%PDF-" or (b"\0" in data[:1000] and data[:2] not in _WIDE):
        raise ParseError(f"{url}: neither a feed nor a page ({content_type or 'binary data'})")
    text = text_of_bytes(data, content_type).lstrip("\ufeff \t\r\n")
    if not text:
        raise ParseError(f"{url}: an empty answer")
    if text.startswith("{"):
        try:
            version = json.loads(text).get("version")
        except (ValueError, RecursionError):
            raise ParseError(f"{url}: broken JSON, not a feed") from None
        if "jsonfeed.org" in str(version):
            return "feed"
        raise ParseError(f"{url}: JSON, but not a JSON Feed")
    start = re.match(r"<([A-Za-z_][\w.:-]*)", split_prolog(text, url))
    root = start[1].rpartition(":")[2].lower() if start else ""
    if root in ("rss", "feed", "rdf"):
        return "feed"
    if root in ("urlset", "sitemapindex"):
        return "sitemap"
    # A missing doctype is common; a page without a single tag is not a page.
    if root or re.search(r"<(?:p|div|body|article|title)\b", text[:20_000], re.I):
        return "page"
    raise ParseError(f"{url}: neither a feed nor a page; save it as a .txt file and ingest that")


_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def find_feed(fetcher: Fetcher, url: str, *, now: datetime) -> tuple[Feed, Reply]:
    """The feed at `url`, or the first that works of those that the page at `url` announces.

    Returns the feed, named by its title, and the reply that it was read from.

    Raises:
        FetchError: the address can't be read.
        ParseError: neither a feed nor a page that announces one.
    """
    reply = fetcher.get(url)
    kind = kind_of(reply.body, reply.content_type, url)
    if kind == "feed":
        return _feed(reply, now), reply
    if kind == "sitemap":
        raise ParseError(f"{url}: a sitemap, not a feed; read it with `evnews ingest`")
    announced = extract(reply.body, reply.url, reply.content_type).feeds
    problem = ParseError(f"{url}: a page that announces no feed; give the address of the feed")
    for address in announced[:5]:
        try:
            found = fetcher.get(address)
            return _feed(found, now), found
        except FetchError as error:
            problem = ParseError(f"{url}: announces {address}, which failed ({error})")
        except ParseError as error:
            problem = error
    raise problem


def _feed(reply: Reply, now: datetime) -> Feed:
    parsed = parse_feed(reply.body, reply.url, reply.content_type, now=now)
    return Feed(reply.moved or reply.asked, parsed.title)
