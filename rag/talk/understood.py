"""One plain line that tells a user how a question was understood."""

from datetime import date

from rag.types import Window


def understood(query_window: Window, standalone: str, original: str) -> str | None:
    """The stand-alone question if it was changed, the period and the as-of day; None if nothing.

    Example: 'Understood as "How many cars did Ford deliver in 2023?", in articles from
    1 January 2023 to 29 February 2024.' Of a period that is not strict it says that it came first.
    """
    parts = []
    if _plain(standalone) != _plain(original):
        parts.append(f'as "{standalone}"')
    period = _period(query_window.after, query_window.before)
    if period and query_window.strict:
        parts.append(f"in {period}")
    if query_window.as_of:
        parts.append(f"as of {_day(query_window.as_of)}")
    if query_window.order == "newest":
        parts.append("newest first")
    said = [f"Understood {', '.join(parts)}."] if parts else []
    if period and not query_window.strict:
        said.append(f"Looked first in {period}.")
    return " ".join(said) or None


def _period(after: date | None, before: date | None) -> str | None:
    if after and before:
        if after == before:
            return f"articles of {_day(after)}"
        return f"articles from {_day(after)} to {_day(before)}"
    if after:
        return f"articles since {_day(after)}"
    if before:
        return f"articles up to {_day(before)}"
    return None


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
