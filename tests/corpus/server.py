"""A real HTTP server on loopback that serves what a test gives it and misbehaves on request."""

import gzip
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore

DATA = Path(__file__).parent.parent / "data"
PUBLIC = "93.184.215.14"  # a public address; `Dial` connects it to loopback
Handler = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request, with short ways to answer it."""

    def do_GET(self) -> None:
        """Note the request and hand it to the path's handler."""
        site: Site = self.server.site  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        with site.guard:
            site.hits.append(self.path)
            site.requests.append({key.lower(): value for key, value in self.headers.items()})
            site.busy += 1
            site.most_busy = max(site.most_busy, site.busy)
        self.at_work = True
        try:
            site.handlers.get(path, lambda exchange: exchange.reply(404, b"nothing here"))(self)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self.rest()

    def rest(self) -> None:
        """Count the request as done: before the answer leaves, or the next one could overtake it."""
        site: Site = self.server.site  # type: ignore[attr-defined]
        with site.guard:
            site.busy -= self.at_work
        self.at_work = False

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send an answer; `_` in header names stands for `-`."""
        self.rest()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class Site:
    """A site: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.hits: list[str] = []
        self.requests: list[dict[str, str]] = []
        self.busy = self.most_busy = 0
        self.guard = threading.Lock()
        self.port = 0

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, path: str, body: bytes | str, kind: str = "text/html", **headers: str) -> None:
        """Answer `path` with `body`."""
        data = body.encode() if isinstance(body, str) else body
        self.handlers[path] = lambda exchange: exchange.reply(
            200, data, Content_Type=kind, **headers
        )

    def misbehave(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer `path` with a status and headers of all kinds."""
        self.handlers[path] = lambda exchange: exchange.reply(status, body, **headers)

    def in_turn(self, path: str, handlers: Iterable[Handler]) -> None:
        """Answer `path` with the next handler each time; the last one stays."""
        left = list(handlers)
        self.handlers[path] = lambda exchange: (left.pop(0) if len(left) > 1 else left[0])(exchange)

    def conditional(self, path: str, body: bytes | str, etag: str, kind: str) -> None:
        """Answer `path` with `body`, or 304 when the client has it already."""
        data = body.encode() if isinstance(body, str) else body

        def handle(exchange: Exchange) -> None:
            if exchange.headers.get("If-None-Match") == etag:
                exchange.reply(304, ETag=etag)
            else:
                exchange.reply(200, data, ETag=etag, Content_Type=kind)

        self.handlers[path] = handle

    def drip(self, path: str, pause: float) -> None:
        """Answer `path` with a byte every `pause` seconds, without an end."""

        def handle(exchange: Exchange) -> None:
            exchange.send_response(200)
            exchange.end_headers()
            for _ in range(1000):
                exchange.wfile.write(b".")
                exchange.wfile.flush()
                time.sleep(pause)

        self.handlers[path] = handle


@contextmanager
def running() -> Iterator[Site]:
    """A site on a free port of loopback, for as long as the block lasts."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    server.daemon_threads = True
    server.site = site  # type: ignore[attr-defined]
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Dial(httpcore.SyncBackend):
    """Connects the public address `PUBLIC` to a site on loopback, and every other as it is."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.dialled: list[str] = []

    def connect_tcp(self, host: str, port: int, *args: Any, **more: Any) -> httpcore.NetworkStream:
        """Note the address that was dialled and connect."""
        self.dialled.append(host)
        if host == PUBLIC:
            return super().connect_tcp("127.0.0.1", self.site.port, *args, **more)
        return super().connect_tcp(host, port, *args, **more)


def page(title: str, *paragraphs: str, day: str = "2026-03-10", head: str = "") -> str:
    """An article page with a title, a date and paragraphs."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}"
        f'<meta property="article:published_time" content="{day}T08:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


def rss(title: str, home: str, *items: tuple[str, str, str]) -> str:
    """An RSS feed of (guid, path, title) with short summaries."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{name}</title>"
        f"<link>{home}{path}</link><pubDate>Tue, 10 Mar 2026 08:00:00 GMT</pubDate>"
        f"<description>{name}.</description></item>"
        for guid, path, name in items
    )
    return (
        f"<rss version='2.0'><channel><title>{title}</title><link>{home}/</link>"
        f"{entries}</channel></rss>"
    )


def packed(body: str) -> bytes:
    """`body` as gzip."""
    return gzip.compress(body.encode())
