"""The connection under httpx: to checked addresses only, with a deadline, unpacked with a cap.

`httpx` resolves a name inside the connection, where a check made before can be outwitted by a
name that changes its answer. Here the name is resolved once, each address is checked, and the
connection is made to an address that was checked. TLS still verifies the name.
"""

import socket
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import brotli  # type: ignore[import-untyped]
import httpcore
import httpx

from corpus.address import check_ip
from corpus.errors import FetchError

Resolve = Callable[[str, int], list[str]]

ACCEPT_ENCODING = "gzip, deflate, br"
_STEP = 64 * 1024
_MOST_ADDRESSES = 4


def system_resolve(host: str, port: int) -> list[str]:
    """Addresses of `host` as the system resolves them, in its order, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that `check_ip` lets through, and to nothing else.

    Args:
        allow_private: let loopback and private networks through.
        deadline: seconds from the connection on after which reading stops.
        resolve: from a host name to addresses.
        dial: makes the connection to a checked address.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        deadline: float = 60.0,
        resolve: Resolve = system_resolve,
        dial: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._deadline = deadline
        self._resolve = resolve
        self._dial = dial or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve `host`, check every address, connect to the first that answers.

        One private address among public ones refuses the host: that mix is how a name is made
        to lead inside.
        """
        try:
            addresses = self._resolve(host, port)[:_MOST_ADDRESSES]
        except (OSError, UnicodeError):
            raise httpcore.ConnectError(f"no address is known for {host}") from None
        checked = [check_ip(item, host, allow_private=self._allow_private) for item in addresses]
        if not checked:
            raise httpcore.ConnectError(f"no address is known for {host}")
        options = list(socket_options or ())
        for address in checked[:-1]:
            try:
                return self._connect(str(address), port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(str(checked[-1]), port, timeout, local_address, options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        options: list[Any],
    ) -> httpcore.NetworkStream:
        stream = self._dial.connect_tcp(address, port, timeout, local_address, options)
        return _DeadlineStream(stream, time.monotonic() + self._deadline)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refused: news comes over the network."""
        raise httpcore.ConnectError("unix sockets are not used")


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose reads end at a moment, so that a byte every second can't hold a run up."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def _left(self, timeout: float | None) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("too slow")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _DeadlineStream(stream, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class CheckedTransport(httpx.HTTPTransport):
    """httpx's transport over a `CheckedBackend`; a fresh connection for each request.

    Connections are not kept: each request is resolved, checked and timed anew.
    """

    def __init__(self, backend: CheckedBackend) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool.close()
        # httpx 0.28 has no parameter for the backend; the pool is its one private part used here.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            network_backend=backend,
            max_keepalive_connections=0,
        )


def unpack(chunks: Iterable[bytes], encoding: str, cap: int, url: str) -> bytes:
    """Undo `Content-Encoding` piece by piece and stop at `cap` bytes of result.

    Raises:
        FetchError: too large, cut off, or packed in a way that is not known.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if len(names) > 1 or (names and names[0] not in ("gzip", "x-gzip", "deflate", "br")):
        raise FetchError(f"{url}: packed as {encoding[:60]!r}, which is not known", url, 200)
    if not names:
        pieces: Iterator[bytes] = iter(chunks)
    elif names[0] == "br":
        pieces = _brotli(chunks)
    else:
        pieces = _zlib(chunks)
    found = bytearray()
    try:
        for piece in pieces:
            found += piece
            if len(found) > cap:
                raise FetchError(f"{url}: more than {cap / 1e6:g} MB; not read", url, 200)
    except (zlib.error, brotli.error, EOFError):
        raise FetchError(f"{url}: the packed answer is broken or cut off", url) from None
    return bytes(found)


def gunzip(data: bytes, cap: int, url: str) -> bytes:
    """Unpack a body that is itself a gzip file (feeds are sometimes saved and served so)."""
    return unpack([data], "gzip", cap, url) if data[:2] == b"\x1f\x8b" else data


def _zlib(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """gzip or deflate, at most `_STEP` bytes of result at a time."""
    machine = zlib.decompressobj(47)
    started = False
    for chunk in chunks:
        if not started and chunk:
            started = True
            # Some servers send `deflate` without the zlib header.
            if chunk[:2] != b"\x1f\x8b" and (chunk[0] & 0x0F != 8 or chunk[0] >> 4 > 7):
                machine = zlib.decompressobj(-15)
        left = chunk
        while left:
            yield machine.decompress(left, _STEP)
            left = machine.unconsumed_tail
            if machine.eof:
                # A gzip file may have several members; what follows the last is padding.
                left = machine.unused_data.lstrip(b"\0")
                if left[:2] != b"\x1f\x8b":
                    return
                machine = zlib.decompressobj(47)
    if started and not machine.eof:
        yield machine.flush(_STEP)
        if not machine.eof:
            raise EOFError


def _brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """br, at most `_STEP` bytes of result at a time."""
    machine = brotli.Decompressor()
    for chunk in chunks:
        piece = machine.process(chunk, output_buffer_limit=_STEP)
        # A short input may be swallowed whole while most of its result is still to come.
        while piece or not (machine.can_accept_more_data() or machine.is_finished()):
            yield piece
            piece = machine.process(b"", output_buffer_limit=_STEP)
    if not machine.is_finished():
        raise EOFError
