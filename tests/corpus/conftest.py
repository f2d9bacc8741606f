"""A library and a news site for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench
from server import Site, running


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        yield site
