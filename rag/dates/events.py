"""Well-known events of the industry with their days, read from `events.toml`."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.dates.periods import Mention, Period


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event, the pattern that names it in a question, and the days on which it happened."""

    name: str
    pattern: re.Pattern[str]
    period: Period


@cache
def known_events() -> tuple[KnownEvent, ...]:
    """All events of `events.toml`."""
    raw = tomllib.loads((files("rag") / "events.toml").read_text(encoding="utf-8"))
    return tuple(
        KnownEvent(
            event["name"],
            re.compile(rf"(?<![\w-])(?:the )?(?:{event['match']})(?![\w-])", re.I),
            Period(event["day"], event.get("end", event["day"]), "day"),
        )
        for event in raw["event"]
    )


def find_events(text: str) -> Iterator[Mention]:
    """Yield the places where `text` names a well-known event; never sure by themselves."""
    for event in known_events():
        for match in event.pattern.finditer(text):
            yield Mention(match.start(), match.end(), event.period, sure=False)
