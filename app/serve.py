"""Serve the page: our own small web application around Gradio's."""

import os
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import InputError

if TYPE_CHECKING:
    from rag import NewsChat

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
LARGEST_UPLOAD = "50mb"
FILES = {
    "style.css": "text/css",
    "page.js": "text/javascript",
    "fonts/newsreader.woff2": "font/woff2",
    "fonts/newsreader-ext.woff2": "font/woff2",
    "fonts/source-sans.woff2": "font/woff2",
}


def serve(
    chat: "NewsChat",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: tuple[str, str] | None = None,
    mcp: bool = False,
    open_browser: bool = False,
) -> None:
    """Serve the page until it is interrupted.

    Listens on loopback unless told otherwise; port 0 takes a free one. `auth` is a user and a
    password. `mcp` offers `ask`, `search` and `timeline` as MCP tools at `/gradio_api/mcp/`
    (needs the extra `mcp`). Raises InputError when the port is taken.
    """
    import socket

    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"{host}:{port}: {error.strerror or error}; choose another with --port, or --port 0"
        ) from error
    taken = listener.getsockname()[1]
    local = host in LOOPBACK
    application = make_app(chat, host=host, port=taken, auth=auth, mcp=mcp)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{taken}/"
    print(f"EV News Chat: {address}  (stop with Ctrl-C)", flush=True)
    if not local and auth is None:
        print(
            "Everyone who can reach this address can read, add and remove articles; "
            "--auth user:password asks for a password.",
            file=sys.stderr,
        )
    if mcp:
        print(f"MCP tools: {address}gradio_api/mcp/", flush=True)
    if open_browser:
        threading.Timer(1.0, webbrowser.open, (address,)).start()
    config = uvicorn.Config(application, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def make_app(
    chat: "NewsChat",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: tuple[str, str] | None = None,
    mcp: bool = False,
) -> Any:
    """The whole web application, for a server of your own (uvicorn, a test).

    Raises InputError for MCP tools with a password: their lists would be open to everybody, and
    Gradio could not call them.
    """
    if mcp and auth:
        raise InputError(
            "--mcp can't ask for a password; leave --auth away, or run a second program for the tools"
        )
    # Both are read when Gradio is imported: no telemetry, and uploads in the library's folder.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("GRADIO_TEMP_DIR", str(Path(chat.settings.home) / "uploads"))
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import FileResponse

    from app.shield import Shield
    from app.ui import build

    if mcp:
        from importlib.util import find_spec

        if find_spec("mcp") is None:
            raise InputError('--mcp needs its extra: pip install "ev-news-chat[mcp]"')

    application = FastAPI(title="EV News Chat", docs_url=None, redoc_url=None, openapi_url=None)
    here = Path(__file__).parent

    @application.get("/evnews/{name:path}", include_in_schema=False)
    def ours(name: str) -> FileResponse:
        from fastapi import HTTPException

        if name not in FILES:
            raise HTTPException(404)
        return FileResponse(
            here / name, media_type=FILES[name], headers={"Cache-Control": "no-cache"}
        )

    gr.mount_gradio_app(
        application,
        build(chat),
        path="/",
        server_name=host,
        server_port=port,
        auth=auth,
        theme=theme(),
        footer_links=[],
        run_history=False,
        show_error=False,  # our own errors are told anyway; of others only the log tells
        max_file_size=LARGEST_UPLOAD,
        enable_monitoring=False,
        mcp_server=mcp,
        ssr_mode=False,
        pwa=False,
    )
    application.add_middleware(Shield, hosts=LOOPBACK if host in LOOPBACK else ())
    return application


def theme() -> Any:
    """Gradio's plainest theme in our colours; the rest is in `style.css`."""
    import gradio as gr

    sans = ["Source Sans EV", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif"]
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        font=sans,
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
    ).set(body_background_fill="#fbf9f4", body_background_fill_dark="#171613")


def read_auth(given: str | None) -> tuple[str, str] | None:
    """`user:password`, or `@FILE` with that in its first line. Raises InputError."""
    if not given:
        return None
    text = given
    if given.startswith("@"):
        try:
            text = Path(given[1:]).read_text(encoding="utf-8").splitlines()[0]
        except (OSError, UnicodeDecodeError, IndexError) as error:
            raise InputError(f"{given[1:]}: can't read a line user:password from it") from error
    user, colon, password = text.strip().partition(":")
    if not user or not colon or not password:
        raise InputError("--auth wants user:password, or @FILE with such a line")
    return user, password
