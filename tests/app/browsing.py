"""What the tests do with the page, and what they watch it for."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

PATIENCE = 60_000  # milliseconds; the models share the processor with the browser
QUESTION = "What did Honda and Nissan sign a memorandum about?"
ANSWERED = "#ev-live .ev-turn[data-state=done]"


class Watch:
    """What a page did that it must not: requests elsewhere, dialogs, errors in its script."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.elsewhere: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.home = urlsplit(home).netloc
        context.on("request", self._request)
        context.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.home:
            self.elsewhere.append(request.url)

    def quiet(self) -> bool:
        """Nothing of the kind has happened."""
        assert (self.elsewhere, self.dialogs, self.errors) == ([], [], [])
        return True


Opener = Callable[..., tuple[Page, Watch]]


def ready(page: Page) -> None:
    page.locator("body[data-ready]").wait_for(state="attached")


def ask(page: Page, question: str, place: int = 0) -> Any:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    turn = page.locator(f'{ANSWERED}[data-place="{place}"]')
    turn.wait_for()
    expect(turn.locator("h2")).to_have_text(question)
    return turn


def go_on(gate: Path) -> None:
    """Let the reader go on that waits at the pipe; an OSError when none has come in time."""
    deadline = monotonic() + PATIENCE / 1000
    while True:
        try:
            # A plain open would wait for ever for a reader that never comes.
            pipe = os.open(gate, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO or monotonic() > deadline:
                raise
        else:
            os.write(pipe, b"go on")
            os.close(pipe)
            return
