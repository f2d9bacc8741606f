"""When the next update is due. Pure; the wall clock is passed in."""

import re
from datetime import datetime, timedelta

from corpus.errors import SettingsError

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LEAST = timedelta(minutes=5)


def parse_every(text: str) -> timedelta:
    """Read `30m`, `2h` or `1d`.

    Raises:
        SettingsError: another shape, or less than five minutes.
    """
    found = re.fullmatch(r"(\d{1,4})\s*([mhd])", text.strip().lower())
    every = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
    if every < LEAST:
        raise SettingsError(f"--every {text}: write minutes, hours or days, at least 5m, as in 30m")
    return every


def next_run(last: datetime | None, every: timedelta, now: datetime) -> datetime:
    """The moment of the next update: `every` after the last, at once if that has passed.

    Runs that a sleeping computer missed are made up for by one. After a clock was set back the
    last update lies in the future: the next one is due at once. Ask again after each nap of a
    minute or less, because a nap does not end on time when the computer sleeps through it.
    """
    if last is None or last > now:
        return now
    return max(last + every, now)
