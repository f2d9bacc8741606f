"""What a page says of itself: JSON-LD, meta tags, links. No network; wrong claims are expected.

Sources: schema.org NewsArticle, Open Graph (https://ogp.me), `article:` meta tags, feed
autodiscovery (https://blog.whatwg.org/feed-autodiscovery).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from corpus.address import join
from corpus.dates import parse_date
from corpus.markup import text_of
from corpus.text import one_line

_ARTICLE = re.compile(r"(Article|BlogPosting|Report|WebPage|LiveBlogPosting)$")
_PUBLISHED = ("article:published_time", "og:published_time", "datepublished", "dc.date.issued",
              "parsely-pub-date", "sailthru.date", "pubdate", "publish-date", "date")  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Claims of a page; None where it makes none. `free` is schema.org's isAccessibleForFree;
    `body` its articleBody without tags.
    """

    headline: str | None = None
    social_title: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    site: str | None = None
    url: str | None = None
    free: bool | None = None
    feeds: tuple[str, ...] = ()
    body: str = ""


def read_metadata(root: Any, url: str | None = None) -> Metadata:
    """Read the claims of a parsed page (an lxml element); `url` is where it came from."""
    metas = _metas(root)
    things = list(_things(root))
    best = next((item for item in things if _is_news(item)), None)
    page = best or next((item for item in things if _has_type(item)), {})

    def first(*names: str) -> str | None:
        return next((metas[name] for name in names if metas.get(name)), None)

    publisher = page.get("publisher")
    site = first("og:site_name", "application-name") or _name(publisher) or None
    free = page.get("isAccessibleForFree")
    return Metadata(
        headline=_line(page.get("headline")) if best else None,
        social_title=first("og:title", "twitter:title"),
        published=_first_date([page.get("datePublished"), *(metas.get(n) for n in _PUBLISHED)]),
        updated=_first_date([page.get("dateModified"), *(metas.get(n) for n in _UPDATED)]),
        author=_name(page.get("author")) or first("author", "parsely-author") or None,
        site=_line(site),
        url=_canonical(root, metas, url),
        free=None if free is None else str(free).rpartition("/")[2].lower() != "false",
        feeds=_feeds(root, url),
        body=text_of(body) if isinstance(body := page.get("articleBody"), str) else "",
    )


def _metas(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        value = one_line(node.get("content") or "")
        if name and value:
            found.setdefault(name.lower(), value[:1000])
    return found


def _things(root: Any) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, outermost first."""
    for node in root.iter("script"):
        if "ld+json" not in (node.get("type") or "") or not node.text:
            continue
        try:
            # Line breaks inside strings are common and harmless.
            queue = [json.loads(node.text, strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(200):
            if not queue:
                break
            item = queue.pop(0)
            if isinstance(item, list):
                queue = item[:50] + queue
            elif isinstance(item, dict):
                yield item
                queue += [item[key] for key in ("@graph", "mainEntity") if key in item]


def _types(item: dict[str, Any]) -> list[str]:
    kinds = item.get("@type")
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _has_type(item: dict[str, Any]) -> bool:
    return any(_ARTICLE.search(kind) for kind in _types(item))


def _is_news(item: dict[str, Any]) -> bool:
    return _has_type(item) and "WebPage" not in _types(item)


def _name(value: Any, depth: int = 0) -> str:
    """Names of a person, an organisation or a list of them."""
    if isinstance(value, list):
        names = [_name(item, depth + 1) for item in value[:10]] if depth < 3 else []
        return ", ".join(dict.fromkeys(name for name in names if name))
    if isinstance(value, dict):
        value = value.get("name")
        return _name(value, depth + 1) if isinstance(value, list) else _line(value) or ""
    name = _line(value) or ""
    return "" if name.startswith(("http:", "https:")) else name


def _line(value: Any) -> str | None:
    return one_line(value)[:500] or None if isinstance(value, str) else None


def _first_date(values: list[Any]) -> datetime | None:
    for value in values:
        if isinstance(value, str) and (moment := parse_date(value)):
            return moment
    return None


def _canonical(root: Any, metas: dict[str, str], url: str | None) -> str | None:
    """The address that the page gives itself, when it is on the same site and not its front."""
    links = (
        n.get("href") for n in root.iter("link") if "canonical" in (n.get("rel") or "").split()
    )
    for link in [*links, metas.get("og:url")]:
        found = join(url or "", (link or "").strip())
        there, here = urlsplit(found), urlsplit(url or found)
        if there.scheme not in ("http", "https") or there.path in ("", "/"):
            continue
        if _bare(there.hostname) == _bare(here.hostname):
            return found
    return url


def _bare(host: str | None) -> str:
    return (host or "").lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def _feeds(root: Any, url: str | None) -> tuple[str, ...]:
    """Addresses of the feeds that the page announces; comment feeds are left out."""
    found: list[str] = []
    for node in root.iter("link"):
        kind = (node.get("type") or "").split(";")[0].strip().lower()
        if kind not in _FEEDS or "alternate" not in (node.get("rel") or "").lower().split():
            continue
        address = join(url or "", (node.get("href") or "").strip())
        comments = "comment" in f"{address} {node.get('title') or ''}".lower()
        if address.startswith(("http:", "https:")) and not comments:
            found.append(address)
    return tuple(dict.fromkeys(found))
