"""One server and one browser for all tests of the page."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE, Opener, Watch, ready
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture(scope="package")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gate") / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library") / "home"


@pytest.fixture(scope="package")
def servers(home: Path, gate: Path) -> Iterator[list[str]]:
    """The page, one with a password, one over hostile articles, one with a chat model, one empty."""
    here = Path(__file__).parent
    found = filter(None, (str(ROOT), str(here), os.environ.get("PYTHONPATH")))
    process = subprocess.Popen(
        [sys.executable, str(here / "page_server.py"), str(home), str(gate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(found)},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    addresses = process.stdout.readline().split()
    assert len(addresses) == 5, "the server did not start"
    yield addresses
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium: install it, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, servers: list[str]) -> Iterator[Opener]:
    contexts = []

    def open_one(path: str = "/", server: int = 0, **options: Any) -> tuple[Page, Watch]:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch = Watch(context, servers[server])
        page = context.new_page()
        page.goto(servers[server] + path)
        ready(page)
        return page, watch

    expect.set_options(timeout=PATIENCE)
    yield open_one
    for context in contexts:
        context.close()
