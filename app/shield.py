"""What goes around every reply: security headers, and a page that reaches no other host.

Gradio's page is rewritten on its way out: inline scripts get a nonce, our style sheet and script
are linked, and what points at other hosts is dropped. `script-src` needs 'unsafe-eval' because
Gradio 6 compiles the templates of its HTML component; inline script stays forbidden, so markup
that slipped through could still not run.
"""

import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
OURS = (
    '<link rel="stylesheet" href="evnews/style.css"><script src="evnews/page.js"></script>'
    '<meta name="color-scheme" content="light dark">'
)
# Meta elements that name other hosts; they are for shop windows, not for this page.
_SHOP = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>', re.DOTALL)
_SCRIPT = re.compile(rb"<script(?=[\s>])")


class Shield:
    """ASGI middleware; `hosts` are the names under which the page may be asked for.

    An empty `hosts` allows all. Checking them keeps other people's pages from reaching a page on
    loopback under a name of their own that they point at it (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if self.hosts and _name(host) not in self.hosts:
            refusal = PlainTextResponse("This page is not known under that name.", 421)
            await refusal(scope, receive, send)
            return
        await _Reply(send).run(self.app, scope, receive)


class _Reply:
    """One reply on its way out; an HTML page is held back until it is whole."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.nonce = secrets.token_urlsafe(16)
        self.start: Message | None = None
        self.body = b""

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        await app(scope, receive, self.pass_on)

    async def pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["Content-Security-Policy"] = POLICY.format(nonce=self.nonce)
            whole = headers.get("content-type", "").startswith("text/html")
            if whole and "content-encoding" not in headers:
                headers["Cache-Control"] = "no-store"
                self.start = message
                return
        elif self.start is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = rewrite(self.body, self.nonce)
            MutableHeaders(scope=self.start)["Content-Length"] = str(len(page))
            await self.send(self.start)
            self.start = None
            message = {"type": "http.response.body", "body": page}
        await self.send(message)


def rewrite(page: bytes, nonce: str) -> bytes:
    """Gradio's page with nonces, our files, and nothing that names another host."""
    head, found, rest = page.partition(b"</head>")
    if not found:
        return page
    head = _SHOP.sub(b"", head) + OURS.encode()
    marked = f'<script nonce="{nonce}"'.encode()
    return _SCRIPT.sub(marked, head) + found + _SCRIPT.sub(marked, rest)


def _name(host: str) -> str:
    """The host of a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()
