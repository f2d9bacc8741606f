"""Opening a chat model: what is missing is said in one line, and no key ever shows."""

import importlib.util
import json
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from corpus.errors import ModelError
from rag.gguf import context_for, threads
from rag.model import label, ollama_url, one_line, open_model, redact
from rag.settings import Settings

KEY = "sk-proj-a1b2c3d4e5f6g7h8i9j0"
HAS_OPENAI = importlib.util.find_spec("langchain_openai") is not None
NAMES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OLLAMA_HOST")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def opening(llm: str, **more: object) -> str:
    """The message with which opening fails."""
    with pytest.raises(ModelError) as caught:
        open_model(Settings(llm=llm, **more))  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every provider's package were there; it is not reached."""
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: real("json") if name.startswith("langchain_") else real(name, *rest),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nothing_set() -> None:
    assert "set EVNEWS_LLM=" in opening("")


@pytest.mark.parametrize(
    ("llm", "package", "extra"),
    [
        ("openai:gpt-x", "langchain_openai", "openai"),
        ("anthropic:claude-x", "langchain_anthropic", "anthropic"),
        ("google:gemini-x", "langchain_google_genai", "google"),
        ("google-genai:gemini-x", "langchain_google_genai", "google"),
        ("ollama:llama-x", "langchain_ollama", "ollama"),
    ],
)
def test_a_missing_extra_is_named(
    llm: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert f"pip install 'ev-news-chat[{extra}]'" in opening(llm)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("llm", "variable"),
    [
        ("openai:gpt-x", "OPENAI_API_KEY"),
        ("anthropic:claude-x", "ANTHROPIC_API_KEY"),
        ("gemini:gemini-x", "GOOGLE_API_KEY"),
    ],
)
def test_a_missing_key_is_named(llm: str, variable: str) -> None:
    assert f"set {variable} in the environment" in opening(llm)


@pytest.mark.parametrize("llm", ["gpt-x", "openai:", ":gpt-x", "no such:x"])
def test_an_impossible_name(llm: str) -> None:
    assert "EVNEWS_LLM" in opening(llm)


def test_an_unknown_provider() -> None:
    assert "EVNEWS_LLM" in opening("nosuchprovider:some-model")


@pytest.mark.usefixtures("installed")
def test_a_server_that_is_not_there() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    assert f"{url} doesn't answer; start the server" in opening("qwen2.5:7b", llm_url=url)


@pytest.mark.usefixtures("installed")
def test_an_ollama_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{free_port()}")
    assert "start the server of ollama:llama-x" in opening("ollama:llama-x")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("models:8080", "http://models:8080"),
        ("https://models", "https://models"),
    ],
)
def test_a_host_alone_means_the_port_of_ollama(
    host: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert ollama_url() == url


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x/v1", "http://:80", "http://a:b:c"])
def test_an_impossible_address(url: str) -> None:
    assert "write it as http://host:port/v1" in opening("openai:x", llm_url=url)


@pytest.mark.usefixtures("installed")
def test_an_address_with_a_password_is_not_repeated() -> None:
    url = f"http://me:hunter2@127.0.0.1:{free_port()}/v1"
    assert "hunter2" not in opening("openai:x", llm_url=url)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such model file" in opening(f"gguf:{tmp_path / 'none.gguf'}")


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"hello")
    assert f"{path} is no GGUF file" in opening(f"gguf:{path}")


def test_a_missing_local_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(60))
    assert "pip install 'ev-news-chat[local]'" in opening(f"gguf:{path}")


@pytest.mark.skipif(not importlib.util.find_spec("xllamacpp"), reason="needs the extra [local]")
def test_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(60))
    assert "can't load this file" in opening(f"gguf:{path}")


def test_context_and_threads_suit_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert context_for(600) == 2048
    assert context_for(4000) == 7168
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert threads() >= 1


def test_the_label_hides_the_folder() -> None:
    assert label(Settings(llm="gguf:/home/anna/models/small.gguf")) == "gguf:small.gguf"
    assert label(Settings(llm="openai:gpt-x")) == "openai:gpt-x"


def test_keys_are_blotted_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "plainwordkey42")
    seen = redact(f"401: key plainwordkey42, {KEY}, Bearer abc.def, http://u:p@h/?key=zzz")
    for secret in ("plainwordkey42", "a1b2c3", "abc.def", "u:p", "zzz"):
        assert secret not in seen
    assert "401" in seen
    assert len(one_line(ValueError("x y\n" * 500))) <= 204


class Server(BaseHTTPRequestHandler):
    """A small OpenAI-compatible server; `asked` keeps what it was sent."""

    asked: ClassVar[list[tuple[str, str]]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).asked.append((self.headers.get("Authorization", ""), body))
        self.send_response(self.status)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.status != 200:
            self.wfile.write(json.dumps({"error": {"message": f"bad key {KEY}"}}).encode())
            return
        for word in ("Ford cut ", "jobs [1]."):
            delta = {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
            self.wfile.write(f"data: {json.dumps({'id': 'x', **delta})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Server.asked, Server.status = [], 200
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/v1"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.mark.skipif(not HAS_OPENAI, reason="needs the extra [openai]")
def test_any_openai_compatible_server(server: str) -> None:
    model = open_model(Settings(llm="qwen2.5:7b", llm_url=server))
    assert "".join(str(c.text) for c in model.stream("hello")) == "Ford cut jobs [1]."
    asked = json.loads(Server.asked[0][1])
    assert asked["model"] == "qwen2.5:7b"
    assert Server.asked[0][0] == "Bearer none"


@pytest.mark.skipif(not HAS_OPENAI, reason="needs the extra [openai]")
def test_a_key_goes_to_the_server_and_nowhere_else(
    server: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = open_model(Settings(llm="openai:m", llm_url=server))
    Server.status = 401
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="bad key") as caught:
        list(model.stream("hello"))
    assert Server.asked[0][0] == f"Bearer {KEY}"
    assert KEY not in one_line(caught.value)
    assert KEY not in repr(model)
    sent = [record for record in caplog.records if KEY in record.getMessage()]
    assert [r for r in sent if "bad key" not in r.getMessage()] == []
