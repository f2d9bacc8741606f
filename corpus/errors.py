"""Every error that a user of this project can meet, as one tree.

    NewsError
    ├── InputError          what was given can't be used: a file, a row, a setting, a question
    │   ├── ReadError       a file or a row of it can't become an article
    │   ├── SettingsError   an unknown or impossible setting
    │   └── ParseError      bytes that are neither a feed nor a page
    ├── FetchError          an address gave nothing usable
    │   ├── RefusedAddress  an address that must not be asked (private, not http, ...)
    │   └── Resting         a host that is left alone for now (corpus/hosts.py)
    ├── StorageError        the library on disk can't be read or written
    │   ├── LibraryBusy     another process is writing
    │   └── StampMismatch   the index was made with another model or chunking
    └── ModelError          an embedding, reading or chat model can't be used

Each message is one line: what was wrong, with the name of the file, address or setting, and
what to do about it. Command line and page print the message and nothing else.
"""


class NewsError(Exception):
    """Root of the tree: catch this to catch everything that a user can mend."""


def unforeseen(error: Exception) -> str:
    """One line for an error that nobody thought of, where one bad thing must not stop the rest."""
    reason = " ".join(str(error).encode("utf-8", "replace").decode().split())[:120]
    return f"left out: a fault of this program ({type(error).__name__}: {reason}); report it"


class InputError(NewsError):
    """What was given can't be used."""


class ReadError(InputError):
    """A file, or a row of one, can't become an article."""


class SettingsError(InputError):
    """An unknown or impossible setting."""


class ParseError(InputError):
    """Bytes that are neither a feed nor a page."""


class FetchError(NewsError):
    """An address gave nothing usable.

    Attributes:
        url: the address that was asked.
        status: the HTTP status, or None when no answer came.
    """

    def __init__(self, message: str, url: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class RefusedAddress(FetchError):
    """An address that must not be asked: private, not http(s), with credentials."""


class StorageError(NewsError):
    """The library on disk can't be read or written."""


class LibraryBusy(StorageError):
    """Another process is writing to the library."""


class StampMismatch(StorageError):
    """The index was made with another embedding model or chunking version."""


class ModelError(NewsError):
    """An embedding, reading or chat model can't be used."""
