"""A view of the page <-> the query of its address, so that a link shows the same again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode

LONGEST = 2000  # characters of a question or topic
TABS = ("chat", "timeline", "library", "quality")


@dataclass(frozen=True, slots=True)
class View:
    """What a link can hold. Days are `YYYY-MM-DD` or "", both ends of the period included."""

    question: str = ""
    after: str = ""
    before: str = ""
    as_of: str = ""
    sources: tuple[str, ...] = ()
    mode: str = "quotes"
    tab: str = "chat"
    topic: str = ""
    article: str = ""


KEYS = {
    "question": "q",
    "after": "from",
    "before": "to",
    "as_of": "asof",
    "sources": "source",
    "mode": "mode",
    "tab": "tab",
    "topic": "topic",
    "article": "article",
}


def to_query(view: View) -> str:
    """The query with its question mark; only what differs from an empty view is in it."""
    plain = View()
    given: list[tuple[str, str]] = []
    for field, key in KEYS.items():
        value = getattr(view, field)
        if value == getattr(plain, field):
            continue
        given += [(key, v) for v in (value if isinstance(value, tuple) else (value,))]
    return "?" + urlencode(given) if given else ""


def from_query(query: str) -> View:
    """The view of a query. What is impossible (a day that isn't one) is left out."""
    try:
        found = parse_qs(query.lstrip("?"), max_num_fields=100)
    except ValueError:
        return View()
    first = {key: values[0].strip()[:LONGEST] for key, values in found.items() if values}
    mode, tab = first.get("mode", "quotes"), first.get("tab", "chat")
    return View(
        question=first.get("q", ""),
        after=a_day(first.get("from")),
        before=a_day(first.get("to")),
        as_of=a_day(first.get("asof")),
        sources=tuple(s[:200] for s in found.get("source", [])[:50]),
        mode=mode if mode in ("quotes", "written") else "quotes",
        tab=tab if tab in TABS else "chat",
        topic=first.get("topic", ""),
        article=first.get("article", "")[:200],
    )


def a_day(text: object) -> str:
    """The text if it is a day as `YYYY-MM-DD`, else ""."""
    try:
        return date.fromisoformat(str(text or "").strip()).isoformat()
    except ValueError:
        return ""


def limits(view: View) -> Mapping[str, Any]:
    """The view's controls as arguments of `NewsChat.ask`."""
    return {
        "as_of": view.as_of or None,
        "after": view.after or None,
        "before": view.before or None,
        "sources": view.sources or None,
    }
