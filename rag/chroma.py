"""The connection to Chroma: one collection, in the library's folder or on a server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromadb
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings

from corpus.errors import StorageError

# HNSW is approximate; with these values its recall@100 is 1.0 up to some 50,000 chunks.
HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 32}


class Connection:
    """One collection of vectors. Calls from several threads are served one at a time.

    `name` gives the collection's name. `generation` gives a number that another process raises
    when it changes the collection; an embedded client must then be replaced, because it goes on
    serving what it read first. A server's clients keep nothing.
    """

    def __init__(
        self, path: Path, url: str, name: Callable[[], str], generation: Callable[[], int]
    ) -> None:
        self._path = path
        self._url = url
        self._name = name
        self._generation = generation
        # One call at a time: a client must not be replaced under a running query.
        self._lock = threading.RLock()
        self._client: Any = None
        self._seen = -1

    def close(self) -> None:
        """Let go of the client."""
        with self._lock:
            self._disconnect()

    def renew(self) -> None:
        """Start anew, as a writer must: an old client has not seen what others wrote.

        Afterwards it stays up to date by itself, because nobody else may write.
        """
        with self._lock, self._errors():
            if not self._url:
                self._disconnect()

    def saw(self, generation: int) -> None:
        """This process itself made that generation: its client knows it."""
        self._seen = generation

    @contextmanager
    def collection(self) -> Iterator[Any]:
        """The open collection, held for one call."""
        with self._lock, self._errors():
            yield self._connect().get_or_create_collection(
                self._name(), configuration={"hnsw": HNSW}, embedding_function=None
            )

    def drop(self) -> None:
        """Delete the collection, if there is one."""
        with self._lock, self._errors():
            client, name = self._connect(), self._name()
            if name in [found.name for found in client.list_collections()]:
                client.delete_collection(name)

    def _connect(self) -> Any:
        generation = self._generation()
        if self._client is not None and generation != self._seen and not self._url:
            self._disconnect()
        if self._client is None:
            options = ChromaSettings(anonymized_telemetry=False)
            if self._url:
                host = self._url.removeprefix("http://").removeprefix("https://").rstrip("/")
                name, _, port = host.partition(":")
                self._client = chromadb.HttpClient(
                    host=name,
                    port=int(port or 8000),
                    ssl=self._url.startswith("https://"),
                    settings=options,
                )
            else:
                self._client = chromadb.PersistentClient(str(self._path), settings=options)
        self._seen = generation
        return self._client

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
            if not self._url:
                # Without this a new client in this process goes on serving the old vectors.
                SharedSystemClient.clear_system_cache()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what Chroma raises into a StorageError that names the folder or server."""
        try:
            yield
        except (chromadb.errors.ChromaError, ValueError, OSError, RuntimeError) as error:
            line = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
            raise StorageError(
                f"{self._url or self._path}: the vectors can't be used ({line});"
                " free disk space if it is full, else run `evnews reindex`"
            ) from error
