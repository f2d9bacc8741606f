"""Long work with a live progress bar: the work runs in a thread, its steps come out here."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from queue import Empty, Queue
from typing import Any, Generic, TypeVar

from app.lanes import BEAT
from app.safe import count, esc
from corpus.article import Report
from corpus.errors import NewsError

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]


def alive(source: Iterator[Result]) -> Iterator[Result | None]:
    """The items of `source`, read in a thread; None whenever none has come for a beat.

    Gradio can stop a generator only where it yields: so one that waits for a slow model is
    stopped within a beat, and nobody else waits for it. The thread then closes `source` at its
    next item, which is dropped.
    """
    items: Queue[tuple[str, Any]] = Queue()
    stopped = threading.Event()

    def read() -> None:
        try:
            for item in source:
                items.put(("item", item))
                if stopped.is_set():
                    break
            items.put(("end", None))
        except BaseException as error:  # raised again where it is waited for
            items.put(("error", error))
        finally:
            if isinstance(source, Generator):
                source.close()

    threading.Thread(target=read, daemon=True).start()
    try:
        while True:
            try:
                kind, item = items.get(timeout=BEAT)
            except Empty:
                yield None
                continue
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
    finally:
        stopped.set()


class Work(Generic[Result]):
    """One piece of work. Iterate over `steps`, then read `result`, which raises what failed."""

    def __init__(self, do: Callable[[Progress], Result]) -> None:
        self._steps: Queue[tuple[str, int, int] | None] = Queue()
        self._do = do
        self._result: list[Result] = []
        self._error: BaseException | None = None

    def steps(self) -> Iterator[tuple[str, int, int]]:
        """`(stage, done, total)`; of steps that came faster than they were read, the newest."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        while (step := self._steps.get()) is not None:
            try:
                while (newer := self._steps.get_nowait()) is not None:
                    step = newer
            except Empty:
                yield step
                continue
            break
        thread.join()

    @property
    def result(self) -> Result:
        """What the work gave."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._do(lambda s, d, t: self._steps.put((s, d, t))))
        except BaseException as error:  # handed to the caller by `result`
            self._error = error
        finally:
            self._steps.put(None)


def bar(stage: str, done: int, total: int) -> str:
    """A progress bar; without a total it only says that work goes on."""
    value = f' value="{int(done)}" max="{int(total)}"' if total else ""
    number = f"{done:,} of {total:,}" if total else (f"{done:,}" if done else "")
    return (
        f'<div class="ev-job" role="status"><label>{esc(stage[:1].upper() + stage[1:])} <span>{number}</span>'
        f"<progress{value}></progress></label></div>"
    )


def report(found: Report) -> str:
    """What an ingest did: counts, then a line for each failure and warning."""
    parts = [f"{n:,} {esc(outcome)}" for outcome, n in found.counts.items() if n]
    failed = len(found.failures)
    if failed:
        parts.append(f"{failed:,} failed")
    said = ", ".join(parts) or "nothing new"
    title = "Nothing was added:" if failed and not found.seen else "Done:"
    return (
        f'<div class="ev-job" role="status"><p><b>{title}</b> {said}.</p>'
        + _lines("What failed, and why", [(f.name, f.reason) for f in found.failures])
        + _lines("Taken in with a remark", [(f.name, f.reason) for f in found.warnings])
        + "</div>"
    )


def _lines(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    items = "".join(f"<li><b>{esc(n)}</b> {esc(why)}</li>" for n, why in rows[:50])
    more = f"<li>and {count(len(rows) - 50, 'more', 'more')}</li>" if len(rows) > 50 else ""
    return f"<details open><summary>{title}</summary><ul>{items}{more}</ul></details>"


def failed(error: Exception) -> str:
    """One line for what could not be done."""
    return f'<p class="ev-warn" role="alert">{esc(reason(error))}</p>'


def reason(error: Exception) -> str:
    """Our own errors speak for themselves; of others only the log tells more."""
    if isinstance(error, NewsError):
        return str(error)
    log.error("something went wrong", exc_info=error)
    return "Something went wrong here; the server's log says what."
