"""Text that others wrote, made harmless for a page: the only way into our HTML.

Everything that comes from an article, a file name, an address, a question or a browser passes
through `esc` (text and attribute values) or `link` (addresses). Nothing else builds markup.
"""

import html
import re
from datetime import date
from urllib.parse import urlsplit

from rag import say

# Control characters, and the marks that turn the direction of text so that it reads as
# something else than it is (Unicode TR 36, bidirectional text spoofing).
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_IN_NAME = re.compile(r"[^A-Za-z0-9_-]")


def esc(text: object) -> str:
    """The text as it may stand between tags or inside a quoted attribute."""
    return html.escape(_UNSEEN.sub("", str(text)), quote=True)


def link(url: str | None) -> str | None:
    """The escaped address if it is a plain web address, else None: no javascript:, no data:."""
    if not url or _UNSEEN.search(url) or any(c.isspace() or c in "<>\"'`\\" for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return html.escape(url, quote=True)


def name(text: str) -> str:
    """What of the text may stand in an element's id."""
    return _IN_NAME.sub("", text)[:64]


def day(value: str | date | None) -> str:
    """A day as readers write it: `16 March 2024`; "no date" when unknown."""
    if value is None:
        return "no date"
    try:
        found = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        return esc(value)
    return f"{found.day} {found:%B %Y}"


def ago(days: int | None) -> str:
    """An age in days in the unit that a reader would use."""
    return "" if days is None or days < 0 else say.ago(days)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 source`, `2,310 sources`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
