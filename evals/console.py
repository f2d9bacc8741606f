"""The console of the command lines: two streams, one plain line, a progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Show = Callable[[str, int, int], None]


@contextmanager
def progress(visible: bool = True) -> Iterator[Show]:
    """A bar for each stage on standard error; call it with (stage, done, total)."""
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not visible,
    )
    tasks: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total or None)
        bar.update(tasks[stage], completed=done, total=total or None)

    with bar:
        yield show


def say(line: str) -> None:
    """One plain line on standard output."""
    out.print(escape(line), soft_wrap=True)
