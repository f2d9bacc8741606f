"""A date as people write it -> UTC.

ISO 8601 and RFC 5322 are read by the standard library; everything else by dateparser (BSD,
maintained, 200 languages), which is told never to guess a missing part.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import dateparser

SETTINGS = {
    "REQUIRE_PARTS": ["year", "month", "day"],
    "TIMEZONE": "UTC",
    "PARSERS": ["absolute-time"],
}


def parse_date(text: str | None) -> datetime | None:
    """The moment that `text` names, in UTC, or None when it names none for certain."""
    text = (text or "").strip()
    if not text or len(text) > 100:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime, _parse_words):
        try:
            moment = parse(text)
            if moment is not None:
                return _utc(moment)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _parse_words(text: str) -> datetime | None:
    found: datetime | None = dateparser.parse(text, languages=["en"], settings=SETTINGS)
    return found


def _utc(moment: datetime) -> datetime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    moment = moment.astimezone(UTC)
    return moment if 1900 <= moment.year <= 2200 else None
