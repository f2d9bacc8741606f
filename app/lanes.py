"""Lanes for work that fills a processor: a few people at a time are quick, twenty are not.

Searching and reading run on this machine's processor. Side by side they only take it from each
other, and everyone waits for the last; in lanes the first answer comes as if nobody else asked.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TypeVar

Item = TypeVar("Item")

_LANES = BoundedSemaphore(max(2, os.cpu_count() or 2))


@contextmanager
def lane() -> Iterator[None]:
    """Wait for a free lane and hold it."""
    with _LANES:
        yield


def in_lane(source: Iterator[Item]) -> Iterator[Item]:
    """The items of `source`, all of them from within one lane."""
    with _LANES:
        yield from source
