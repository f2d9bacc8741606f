"""Page HTML -> title, date, author, text. Pure: no network.

trafilatura (Apache-2.0, maintained) finds the body and htmldate the date; what a page says of
itself in JSON-LD and meta tags goes first, because it carries the hour. Boxes are pruned before
and leftovers after (`boilerplate.py`).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import trafilatura
from htmldate import find_date
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html
from trafilatura.settings import use_config

from corpus.boilerplate import prune, strip_lines
from corpus.markup import text_of_bytes
from corpus.metadata import Metadata, read_metadata
from corpus.text import clean, one_line

STUB = 1800  # characters; a paywalled page that shows more is worth keeping
SHORT = 250  # characters; less is no article
_WALL = re.compile(
    r"(?:subscribe|sign in|log in|register|create (?:a free|an) account)\b[^.\n]{0,60}"
    r"\bto (?:continue|keep) reading"
    r"|to (?:continue|keep) reading[^.\n]{0,80}(?:subscri|account|sign|log in|register)"
    r"|(?:article|content|story|post) is (?:only |reserved |exclusive\w* |available )*"
    r"(?:for|to) (?:our )?(?:paying |registered |premium )?(?:subscribers|members)"
    r"|already (?:a|an) (?:subscriber|member)\b|subscribers? only"
    r"|unlock (?:this|the full) (?:article|story)|to read the (?:full|rest)[^.\n]{0,40}subscri"
    r"|(?:start|get) your (?:free )?(?:trial|subscription) (?:now )?to read"
    r"|members[- ]only (?:article|content)",
    re.I,
)
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")  # its alarm signal only works in the main thread


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds. `text` is empty when no article was found.

    `paywalled` says that only the beginning is public; `feeds` are the feeds that the page
    announces; `url` the address that it gives itself.
    """

    title: str | None
    text: str
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    site: str | None = None
    url: str | None = None
    paywalled: bool = False
    feeds: tuple[str, ...] = ()

    @property
    def is_article(self) -> bool:
        """Whether there is enough text to keep."""
        return bool(self.title) and len(self.text) >= SHORT and not self.paywalled


def extract(page: str | bytes, url: str | None = None, content_type: str = "") -> Page:
    """Read a page. `bytes` are decoded by what they show, then by `content_type`.

    Never raises for a strange page: what can't be found is None or empty.
    """
    source = page if isinstance(page, str) else text_of_bytes(page, content_type)
    root = _parse(source)
    if root is None:
        return Page(None, "", url=url)
    claims = read_metadata(root, url)
    title = _title(root, claims)
    date = claims.published or _find_date(source, url)
    shown = root.xpath("//text()[not(parent::script or parent::style)]")
    wall = bool(_WALL.search(" ".join(" ".join(shown).split())))
    prune(root)
    text = strip_lines(clean(_body(root, source, url)), title)
    # Some pages are built by a script: their body is in the claims only. Where the publisher
    # says that it is not free it stays where it is.
    if len(claims.body) >= 2 * SHORT and claims.free is not False:
        text = claims.body if _overlap(claims.body, text) < 0.5 else text
    return Page(
        title=title,
        text=text,
        published=date,
        updated=claims.updated if not date or not claims.updated or claims.updated > date else None,
        author=claims.author,
        site=claims.site,
        url=claims.url,
        paywalled=len(text) < STUB and (wall or claims.free is False) and _cut_off(text),
        feeds=claims.feeds,
    )


def _parse(source: str) -> Any:
    # An encoding declaration in a decoded text would be refused.
    source = re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", source.replace("\x00", ""))
    try:
        return lxml_html.document_fromstring(source) if "<" in source else None
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _body(root: Any, source: str, url: str | None) -> str:
    """trafilatura's text of the pruned page, or of the whole one if pruning took too much."""
    found, whole = _trafilatura(root, url), _trafilatura(source, url)
    return found if len(found) >= SHORT and len(found) > 0.6 * len(whole) else whole


def _trafilatura(page: Any, url: str | None) -> str:
    try:
        found = trafilatura.extract(
            page, url=url, include_comments=False, include_tables=True, config=_CONFIG
        )
    except Exception:  # a page that trafilatura stumbles over holds nothing for us
        return ""
    return found or ""


def _title(root: Any, claims: Metadata) -> str | None:
    """The headline that a reader sees: the `h1` that fits the page's other titles.

    A single `h1` of four words or more counts by itself; without one, the page's own claims,
    less the name of the site.
    """
    tag = next((one_line(_inner(node)) for node in root.iter("title")), "")
    claimed = [name for name in (claims.headline, claims.social_title, tag) if name]
    shown = [one_line(_inner(node)) for node in root.iter("h1")]
    shown = [name for name in shown if len(name.split()) >= 2 and len(name) <= 300]
    fits = [(max((_overlap(name, other) for other in claimed), default=0), name) for name in shown]
    best = max(fits, default=(0.0, ""), key=lambda item: item[0])
    if best[0] >= 0.5 or (len(shown) == 1 and len(shown[0].split()) >= 4):
        return best[1] or shown[0]
    name = claims.headline or claims.social_title or tag
    return _without_site(name, claims.site) or None


def _inner(node: Any) -> str:
    return " ".join(node.itertext())


def _overlap(a: str, b: str) -> float:
    """Share of the words of `a` that are in `b`, in [0, 1]."""
    one, two = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(one & two) / len(one) if one else 0.0


def _without_site(title: str, site: str | None) -> str:
    """`Headline | Site` -> `Headline`, when the tail is short or names the site."""
    head, mark, tail = title.rpartition(" | ")
    if not mark:
        head, mark, tail = title.rpartition(" - ")
        if mark and _overlap(tail, site or "") < 0.5:
            return title
    return head.strip() if mark and len(tail.split()) <= 5 and len(head.split()) >= 2 else title


def _find_date(source: str, url: str | None) -> datetime | None:
    """htmldate's day of first publication, as midnight UTC."""
    try:
        found = find_date(source, original_date=True, url=url, deferred_url_extractor=False)
    except Exception:  # likewise htmldate
        return None
    return datetime.strptime(found, "%Y-%m-%d").replace(tzinfo=UTC) if found else None


def _cut_off(text: str) -> bool:
    """Whether a text stops before its end, or is too short to be a whole article."""
    return len(text) < 600 or text.rstrip().endswith(("…", "...")) or text.rstrip()[-1:].isalnum()
