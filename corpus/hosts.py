"""What is remembered of a host so that it is not bothered: back-off and robots.txt. Pure.

A host that fails is left alone for a minute, then two, four and so on up to a day; one that says
`Retry-After` is taken at its word, up to a week. Both are kept across runs (`feedstate.py`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from corpus.errors import FetchError, RefusedAddress
from corpus.robots import Rules, parse

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
LONGEST_RETRY_AFTER = timedelta(days=7)
ROBOTS_LIFE = timedelta(days=1)  # RFC 9309, 2.4: not to be used for longer without checking


class Resting(FetchError):
    """The host is left alone for now; nothing was asked."""


@dataclass(frozen=True, slots=True)
class HostState:
    """One `host:port`: failures in a row, until when it is left alone and why, its robots.txt.

    `robots` is the text of robots.txt: empty when there is none, None when it was never read.
    """

    host: str
    failures: int = 0
    wait_until: datetime | None = None
    why: str = ""
    robots: str | None = None
    robots_read: datetime | None = None

    def waiting(self, now: datetime) -> bool:
        """Whether the host is to be left alone at `now`.

        A clock that was set back can't lock a host out: no wait is longer than a week.
        """
        until = self.wait_until
        return until is not None and now < until <= now + LONGEST_RETRY_AFTER

    def succeeded(self) -> "HostState":
        """The host answered: forget its failures."""
        return replace(self, failures=0, wait_until=None, why="")

    def failed(self, now: datetime, why: str, retry_after: timedelta | None = None) -> "HostState":
        """The host failed: wait twice as long as the last time, or as long as it said."""
        wait = min(FIRST_WAIT * 2 ** min(self.failures, 16), LONGEST_WAIT)
        if retry_after is not None:
            wait = max(timedelta(0), min(retry_after, LONGEST_RETRY_AFTER))
        return replace(self, failures=self.failures + 1, wait_until=now + wait, why=why)

    def robots_fresh(self, now: datetime) -> bool:
        """Whether the remembered robots.txt may still be used."""
        read = self.robots_read
        return self.robots is not None and read is not None and read <= now < read + ROBOTS_LIFE

    def rules(self, agent: str) -> Rules:
        """The remembered rules for the robot `agent`."""
        return parse(self.robots or "", agent)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now


def passing(error: FetchError) -> bool:
    """Whether the same address may well answer later (a timeout, 429, 500), or never (404)."""
    if isinstance(error, RefusedAddress):
        return False
    return error.status is None or error.status in (408, 425, 429) or error.status >= 500
