"""Sitemaps (https://www.sitemaps.org/protocol.html): XML lists of pages, or of more lists."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from corpus.address import join
from corpus.dates import parse_date
from corpus.errors import FetchError, ParseError
from corpus.markup import split_prolog, text_of_bytes
from corpus.wire import gunzip

MAX_PAGES = 50_000  # the protocol's own limit
MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Addresses with the moment they changed (None if not said), newest first.

    `pages` are to be read; `maps` are further sitemaps.
    """

    pages: tuple[tuple[str, datetime | None], ...]
    maps: tuple[tuple[str, datetime | None], ...]


def parse_sitemap(data: bytes, url: str) -> Sitemap:
    """Read a sitemap or a sitemap index; addresses of other hosts are dropped.

    Raises:
        ParseError: not a sitemap.
    """
    try:
        text = text_of_bytes(gunzip(data, MAX_BYTES, url))
        root = ET.fromstring(split_prolog(text.lstrip("\ufeff"), url))
    except (ET.ParseError, FetchError) as error:
        raise ParseError(f"{url}: a broken sitemap ({error})") from None
    kind = _local(root.tag)
    if kind not in ("urlset", "sitemapindex"):
        raise ParseError(f"{url}: not a sitemap")
    host = _site(url)
    found: dict[str, datetime | None] = {}
    for node in list(root)[:MAX_PAGES]:
        fields = {_local(child.tag): (child.text or "").strip() for child in node.iter()}
        address = join(url, fields.get("loc", ""))
        # A sitemap speaks for its own host only (protocol: "Sitemap file location").
        if fields.get("loc") and _site(address) == host:
            moment = parse_date(fields.get("publication_date")) or parse_date(fields.get("lastmod"))
            found.setdefault(address, moment)
    oldest = datetime.min.replace(tzinfo=UTC)
    ordered = tuple(sorted(found.items(), key=lambda item: item[1] or oldest, reverse=True))
    return Sitemap(ordered, ()) if kind == "urlset" else Sitemap((), ordered)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()


def _site(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower().removeprefix("www.")
    except ValueError:
        return ""
