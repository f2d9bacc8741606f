"""The running page over plain HTTP: many people, walls, password, endpoints, tools."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import QUESTION

ROOT = Path(__file__).parent.parent.parent


def test_twenty_people_at_once_get_their_own_answers(servers: list[str]) -> None:
    dependencies = httpx.get(f"{servers[0]}/config").json()["dependencies"]
    event = next(d["id"] for d in dependencies if "evnews.asking" in str(d["js"]))
    people = [f"P{i:02}x" for i in range(20)]

    def chat(person: str) -> str:
        """All that one person's page gets to see while it asks."""
        question = f"What did Honda and Nissan sign in March 2024? ({person})"
        data = ["[]", question, "", "", "", [], "quotes"]
        begin = {"data": data, "fn_index": event, "session_hash": person}
        httpx.post(f"{servers[0]}/gradio_api/queue/join", json=begin, timeout=60)
        where = f"{servers[0]}/gradio_api/queue/data?session_hash={person}"
        return httpx.get(where, timeout=240).text

    with ThreadPoolExecutor(len(people)) as pool:
        seen = dict(zip(people, pool.map(chat, people), strict=True))
    for person, page in seen.items():
        assert "process_completed" in page
        assert "memorandum" in page, person
        assert set(re.findall(r"P\d\dx", page)) == {person}


def test_the_page_answers_within_its_own_walls(servers: list[str]) -> None:
    page = httpx.get(servers[0])
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert all(nonce[1] in attributes for attributes in scripts)
    assert (
        nonce[1]
        != re.search(r"'nonce-([^']+)'", httpx.get(servers[0]).headers["content-security-policy"])[
            1
        ]
    )  # type: ignore[index]
    outside = re.findall(r"(?:src|href|content)=\"(https?://[^\"]+)", page.text)
    assert outside == []
    for path in ("/etc/passwd", "../library.db", "app/ui.py"):
        for route in ("gradio_api/file=", "evnews/", "static/", "file="):
            assert httpx.get(f"{servers[0]}/{route}{path}").status_code in (403, 404), route + path
    rebound = httpx.get(servers[0], headers={"Host": "evil.example"})
    assert rebound.status_code == 421


def test_a_password_is_asked_for_where_one_is_set(servers: list[str]) -> None:
    address = servers[1]
    assert "auth_required" in httpx.get(address).text
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x"):
        assert httpx.get(address + path).status_code == 401, path
    body = {"data": ["a question"], "fn_index": 0, "session_hash": "x"}
    assert httpx.post(f"{address}/gradio_api/queue/join", json=body).status_code == 401
    wrong = httpx.post(f"{address}/login", data={"username": "reader", "password": "admin"})
    assert wrong.status_code == 400


def test_programs_get_the_three_named_endpoints(servers: list[str]) -> None:
    info = httpx.get(f"{servers[0]}/gradio_api/info").json()
    assert sorted(info["named_endpoints"]) == ["/ask", "/search", "/timeline"]
    assert info["unnamed_endpoints"] == {}
    answer = call(servers[0], "ask", [QUESTION, None, None, None, None, None])
    assert answer["answered"]
    assert all(statement["citations"] for statement in answer["statements"])
    found = call(servers[0], "search", ["BYD factory in Hungary", 3, None, None, None, None])
    assert 1 <= len(found) <= 3
    assert found[0]["article_id"] == "2023-12-22-byd-szeged-plant"
    events = call(servers[0], "timeline", ["Honda and Nissan", None, None, None])
    assert events == sorted(events, key=lambda event: event["day"])


def test_models_get_the_same_three_as_tools(servers: list[str]) -> None:
    pytest.importorskip("mcp")
    tools = httpx.get(f"{servers[3]}/gradio_api/mcp/schema").json()
    assert [tool["name"] for tool in tools] == ["ask", "search", "timeline"]
    asked = {"name": "search", "arguments": {"query": "BYD factory in Hungary", "limit": 1}}
    reply = httpx.post(
        f"{servers[3]}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked},
        headers={"Accept": "application/json, text/event-stream"},
        timeout=60,
    )
    assert "2023-12-22-byd-szeged-plant" in reply.text


def test_the_example_for_tools_runs(servers: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mcp")
    text = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    (example,) = (part for part in text.split("```") if "import ClientSession" in part)
    code = example.removeprefix("python\n").replace("http://127.0.0.1:7860", servers[3])
    program = compile(code, "docs/programs.md", "exec")
    with ThreadPoolExecutor(1) as pool:  # the browser's event loop may run in this thread
        pool.submit(exec, program, {}).result()  # a deprecated name is an error here
    assert "'question': 'Did Honda and Nissan merge?'" in capsys.readouterr().out


def call(server: str, name: str, data: list[Any]) -> Any:
    """A named endpoint over plain HTTP, as any language can call it."""
    begun = httpx.post(f"{server}/gradio_api/call/{name}", json={"data": data}, timeout=60)
    events = httpx.get(
        f"{server}/gradio_api/call/{name}/{begun.json()['event_id']}", timeout=120
    ).text
    assert "event: complete" in events, events
    return json.loads(events.split("event: complete\ndata: ")[1].split("\n")[0])[0]
