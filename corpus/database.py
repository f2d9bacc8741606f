"""One SQLite file, opened once per thread, with plain errors.

WAL mode lets readers go on while one process writes; each commit is atomic through a crash
(https://sqlite.org/wal.html). `synchronous=FULL` makes a commit survive a power cut as well.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from corpus.errors import StorageError


class _Held:
    """A thread's connection; it is closed when the thread ends, which drops what it holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Database:
    """Connections to the SQLite file at `path`, one per thread; `schema` is run at the start.

    Raises StorageError when the file can't be opened or isn't a database.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._local = threading.local()
        self._open: WeakSet[_Held] = WeakSet()
        self._guard = threading.Lock()
        with self.errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection.executescript(schema)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            # Several threads read; each has its own connection, so the check is only in the
            # way of close(), which may run in another thread.
            held = _Held(sqlite3.connect(self.path, timeout=10.0, check_same_thread=False))
            held.connection.row_factory = sqlite3.Row
            held.connection.execute("PRAGMA journal_mode=WAL")
            held.connection.execute("PRAGMA synchronous=FULL")
            held.connection.execute("PRAGMA foreign_keys=ON")
            self._local.held = held
            with self._guard:
                self._open.add(held)
        return held.connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or none."""
        with self.errors():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors into a StorageError that names the file and the remedy."""
        try:
            yield
        except sqlite3.OperationalError as error:
            remedy = "check that the folder exists and may be written to"
            if "full" in str(error):
                remedy = "free some disk space and run the command again; nothing was lost"
            elif "locked" in str(error):
                remedy = "another program is writing to it; try again in a moment"
            raise StorageError(f"{self.path}: {error}; {remedy}") from error
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{self.path}: {error}; it is not a library of this program, "
                "choose another folder with --home"
            ) from error
        except OSError as error:
            raise StorageError(
                f"{self.path}: {error.strerror or error}; choose another folder with --home"
            ) from error

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for held in list(self._open):
                held.connection.close()
            self._open.clear()
        self._local = threading.local()
