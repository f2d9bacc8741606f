"""Lanes for work that fills a processor: as many at a time as there are cores.

Searching and reading run on this machine's processor. Twenty questions side by side would only
take it from each other, and everyone would wait for the last; in lanes they are answered one
after the other, and the first is as quick as if nobody else had asked.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TypeVar

Item = TypeVar("Item")

BEAT = 0.2  # seconds

_LANES = BoundedSemaphore(max(2, os.cpu_count() or 2))


@contextmanager
def lane() -> Iterator[None]:
    """Wait for a free lane and hold it."""
    with _LANES:
        yield


def in_lane(source: Iterator[Item]) -> Iterator[Item | None]:
    """The items of `source`, worked out in a lane; before them a None for each beat of waiting.

    Whoever gives up while waiting closes this at a None, and `source` is never begun. Later the
    lane is free again when `source` ends or fails, or when this is closed at its next item.
    """
    while not _LANES.acquire(timeout=BEAT):
        yield None
    try:
        yield None  # nobody may be there any more by now
        yield from source
    finally:
        _LANES.release()
