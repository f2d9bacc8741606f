"""One writer at a time: a lock file, and beside it who holds it.

filelock (Unlicense/MIT, maintained, typed) uses the operating system's lock, which is gone
when its process is, also after `kill -9`; the note beside it only names the holder.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import LibraryBusy, StorageError

PATIENCE = 0.5  # seconds


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Hold the library in `home` for writing.

    Raises LibraryBusy within a second, with the process id and start of the holder, and
    StorageError where the folder can't be written to.
    """
    note = home / "writer.json"
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "writer.lock", thread_local=False)
        lock.acquire(timeout=PATIENCE)
    except Timeout as error:
        raise LibraryBusy(
            f"{home}: {_holder(note)} is writing to this library; wait until it is done"
        ) from error
    except OSError as error:
        raise StorageError(
            f"{home}: {error.strerror or error}; choose another folder with --home"
        ) from error
    try:
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]).strip()
        since = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            note.write_text(json.dumps({"pid": os.getpid(), "since": since, "command": command}))
        except OSError as error:
            raise StorageError(
                f"{note}: {error.strerror or error}; free some disk space, or choose another "
                "folder with --home"
            ) from error
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        found = json.loads(note.read_text())
        return f"process {found['pid']} ({found['command']}, since {found['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
