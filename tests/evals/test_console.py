"""The progress bar on a terminal, whatever the stages are called."""

from io import StringIO

import pytest
from rich.console import Console

from evals import console


def test_a_stage_is_text_and_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(console, "err", Console(file=screen, force_terminal=True, width=80))
    with console.progress() as show:
        show("Tesla [/b] cuts", 1, 3)
    assert "Tesla [/b] cuts" in screen.getvalue()
