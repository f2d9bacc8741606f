"""The command line, as a user meets it: real processes, exit codes, one-line errors."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.cli import main
from corpus.digest import drafts
from corpus.feeds import feed_defaults

ROOT = Path(__file__).parent.parent.parent
ARTICLES = [
    {
        "id": "volta-1",
        "title": "Volta picks Ohio for its battery plant",
        "date": "2024-03-15",
        "source": "Wire",
        "url": "https://news.example/volta-1",
        "text": "Volta Motors will build a battery plant in Toledo, Ohio. The plant will cost "
        "$2.5 billion and employ 1,200 people. Production is to start in 2027.",
    },
    {
        "id": "volta-2",
        "title": "Volta drops its Ohio plant",
        "date": "2024-09-02",
        "source": "Daily",
        "text": "Volta Motors has cancelled its battery plant in Ohio. Weak demand was the reason, "
        "the company said.",
    },
    {
        "id": "lyon",
        "title": "Lyon gets electric buses",
        "date": "2024-05-01",
        "source": "Wire",
        "text": "Helios delivered forty electric buses to the city of Lyon on Tuesday.",
    },
]


def evnews(
    *arguments: str, home: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "error::SyntaxWarning",
            "-m",
            "app.cli",
            *arguments,
            "--home",
            str(home),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    file = folder / "news.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in ARTICLES))
    result = evnews("ingest", str(file), home=folder / "home")
    assert result.returncode == 0, result.stderr
    assert "3 new" in result.stdout
    return folder / "home"


def one_line(result: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    for word in words:
        assert word in result.stderr.replace("\n", " ")


def test_ask_prints_a_quote_with_who_and_when(home: Path) -> None:
    result = evnews("ask", "What will Volta's battery plant in Ohio cost?", home=home)
    assert result.returncode == 0, result.stderr
    assert "$2.5 billion" in result.stdout
    assert "Wire, 15 March 2024" in result.stdout
    assert "https://news.example/volta-1" in result.stdout


def test_ask_json_has_the_promised_keys_and_true_quotes(home: Path) -> None:
    result = evnews("ask", "What will Volta's battery plant in Ohio cost?", "--json", home=home)
    answer = json.loads(result.stdout)
    promised = (
        "id question standalone_question as_of window answered reason text statements citations"
        " newest_evidence passages mode model timings_ms"
    )
    assert set(promised.split()) <= set(answer)
    assert answer["answered"] is True
    assert answer["mode"] == "quotes"
    assert set(answer["timings_ms"]) >= {"search", "read", "answer", "total"}
    texts = {row["id"]: row["text"] for row in ARTICLES}
    numbers = {c["n"] for c in answer["citations"]}
    assert answer["citations"]
    for citation in answer["citations"]:
        text = texts[citation["article_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    for statement in answer["statements"]:
        assert statement["citations"]
        assert set(statement["citations"]) <= numbers
    for passage in answer["passages"]:
        assert texts[passage["article_id"]][passage["start"] : passage["end"]] == passage["text"]


def test_as_of_hides_what_came_later(home: Path) -> None:
    result = evnews(
        "ask", "Is Volta building a plant in Ohio?", "--as-of", "2024-04-01", "--json", home=home
    )
    answer = json.loads(result.stdout)
    assert answer["as_of"] == "2024-04-01"
    assert {p["article_id"] for p in answer["passages"]} == {"volta-1"}
    assert "cancelled" not in result.stdout


def test_batch_answers_in_order_and_goes_on_after_a_bad_line(home: Path, tmp_path: Path) -> None:
    lines = [
        '{"id": "q1", "question": "How many buses did Lyon get?"}',
        '{"id": "q2", "question": ""}',
        "not json",
        '{"id": "q3", "question": "When?", "turns": "no list"}',
        '{"id": "q4", "question": "How many people will it employ?",'
        ' "turns": ["Where will Volta build its battery plant?"], "as_of": "2024-04-01"}',
        '{"id": "q5", "question": "And?", "as_of": "soon"}',
        '{"id": "q6", "question": "How many?", "more": ' + "9" * 5000 + "}",
        "[" * 100_000,
        r'{"id": "q7\ud83d", "question": "How many?"}',
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines))
    result = evnews("ask", "--batch", str(file), home=home)
    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    ids = ["q1", "q2", None, "q3", "q4", "q5", None, None, "q7"]
    assert [row["id"] for row in rows] == ids
    assert [row["id"] for row in rows if "error" not in row] == ["q1", "q4"]
    assert "forty" in rows[0]["text"]
    assert "1,200" in rows[4]["text"]


def test_batch_keeps_to_the_limits_of_the_command(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    question = "Is Volta building a plant in Ohio?"
    rows = [{"id": "q1", "question": question}]
    rows.append({"id": "q2", "question": question, "as_of": "2024-12-31"})
    file.write_text("\n".join(json.dumps(row) for row in rows))
    limits = ["--as-of", "2024-04-01", "--after", "2024-01-01", "--source", "Wire"]
    result = evnews("ask", "--batch", str(file), *limits, home=home)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["as_of"], second["as_of"]) == ("2024-04-01", "2024-12-31")
    assert first["window"]["after"] == second["window"]["after"] == "2024-01-01"
    found = {p["article_id"] for p in first["passages"] + second["passages"]}
    assert "volta-1" in found
    assert "volta-2" not in found
    result = evnews("ask", "--batch", str(file), "--before", "soon", home=home)
    one_line(result, 2, "soon", "YYYY-MM-DD")


def test_ctrl_c_says_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(home: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.feedback.candidates", interrupted)
    with pytest.raises(SystemExit) as ended:
        main(["feedback", "--home", str(tmp_path)])
    assert ended.value.code == 130
    assert capsys.readouterr().err.strip() == "Stopped; what was taken in so far is kept."


def test_search_and_status(home: Path) -> None:
    result = evnews("search", "electric buses", "--json", home=home)
    assert json.loads(result.stdout.splitlines()[0])["article_id"] == "lyon"
    status = json.loads(evnews("status", "--json", home=home).stdout)
    assert (status["articles"], status["newest"]) == (3, "2024-09-02")


def test_a_timeline_tells_the_days_in_order(home: Path) -> None:
    result = evnews("timeline", "Volta battery plant in Ohio", home=home)
    assert result.returncode == 0, result.stderr
    days = [line[:10] for line in result.stdout.splitlines() if line[:2] == "20"]
    assert days == sorted(days)
    assert {"2024-03-15", "2024-09-02"} <= set(days)
    assert "Wire, 15 March 2024" in result.stdout
    rows = evnews("timeline", "Volta battery plant in Ohio", "--json", home=home).stdout
    assert [json.loads(row)["day"] for row in rows.splitlines()] == days


def test_an_article_is_revised_compared_and_forgotten(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lyon = ARTICLES[2]
    texts = (lyon["text"], lyon["text"].replace("forty", "fifty"))
    for name, text in zip(("old", "new"), texts, strict=True):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({**lyon, "text": text}))
    files = (str(tmp_path / "old.jsonl"), str(tmp_path / "new.jsonl"))
    assert "1 revised" in evnews("ingest", *files, home=home).stdout
    result = evnews("history", "lyon", home=home)
    assert result.returncode == 0, result.stderr
    first, second, was, now = result.stdout.splitlines()
    assert first == "Revision 1, 2024-05-01: Lyon gets electric buses"
    assert second.startswith("Revision 2, ")
    assert (was.strip(), now.strip()) == (f"- {texts[0]}", f"+ {texts[1]}")
    result = evnews("remove", "lyon", home=home)
    assert (result.returncode, result.stdout) == (0, "lyon is forgotten.\n")
    one_line(evnews("remove", "lyon", home=home), 2, "lyon", "no such article")
    assert json.loads(evnews("status", "--json", home=home).stdout)["articles"] == 0


def test_feeds_are_switched_on_listed_and_switched_off(tmp_path: Path) -> None:
    wanted = feed_defaults()
    result = evnews("feeds", "enable", "--defaults", home=tmp_path)
    assert result.returncode == 0, result.stderr
    assert f"{len(wanted)} feeds" in result.stdout
    assert evnews("feeds", "disable", wanted[0].name, home=tmp_path).returncode == 0
    assert evnews("feeds", "remove", wanted[1].name, home=tmp_path).returncode == 0
    rows = [
        json.loads(line)
        for line in evnews("feeds", "list", "--json", home=tmp_path).stdout.splitlines()
    ]
    assert {row["url"]: row["enabled"] for row in rows} == {
        feed.url: feed is not wanted[0] for feed in wanted if feed is not wanted[1]
    }
    (tmp_path / "mine.opml").write_text(evnews("feeds", "export", home=tmp_path).stdout)
    other = tmp_path / "other"
    result = evnews("feeds", "import", str(tmp_path / "mine.opml"), home=other)
    assert f"{len(rows)} feeds added" in result.stdout
    shown = evnews("feeds", "list", home=other, env={"COLUMNS": "200"}).stdout
    assert all(row["url"] in shown for row in rows)


def test_the_starter_library_is_put_in_place_once(tmp_path: Path) -> None:
    briefs = len(list(drafts()))
    result = evnews("start", "--only-prepare", home=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"The starter library is in place: {briefs} briefs.\n"
    again = evnews("start", "--only-prepare", home=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")
    report = evnews("ingest", "--digest", "--json", home=tmp_path)
    assert json.loads(report.stdout)["counts"] == {"unchanged": briefs}


def test_a_taken_port_gives_one_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        one_line(evnews("start", "--port", port, home=home), 2, port, "--port 0")


def test_reindex_says_what_it_did(home: Path) -> None:
    result = evnews("reindex", "--json", home=home)
    assert json.loads(result.stdout)["articles"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ask"], 2, ["question"]),
        (["ask", "   "], 2, ["empty"]),
        (["ask", "What?", "--as-of", "yesterday"], 2, ["yesterday", "YYYY-MM-DD"]),
        (["ask", "--batch", "missing.jsonl"], 2, ["missing.jsonl"]),
        (["ask", "q" * 3000], 2, ["2,000"]),
        (["search", "x", "--limit", "0"], 2, ["--limit"]),
        (["ingest"], 2, ["name a file"]),
        (["ingest", "missing-folder"], 1, ["missing-folder", "no such file"]),
        (["ingest", "ftp://example.com/a"], 1, ["ftp://example.com/a"]),
        (["history", "nothing"], 2, ["nothing", "no such article"]),
        (["feeds", "remove", "nothing"], 2, ["nothing", "no such feed"]),
        (["update"], 2, ["no feed is enabled"]),
        (["frobnicate"], 2, ["frobnicate"]),
    ],
)
def test_misuse_gives_one_line_and_a_code(
    home: Path, arguments: Sequence[str], code: int, words: Sequence[str]
) -> None:
    if arguments == ["frobnicate"]:
        command = [sys.executable, "-m", "app.cli", *arguments]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    else:
        result = evnews(*arguments, home=home)
    one_line(result, code, *words)


def test_unknown_and_impossible_settings_are_refused(home: Path) -> None:
    one_line(evnews("status", home=home, env={"EVNEWS_TRESHOLD": "1"}), 2, "EVNEWS_TRESHOLD")
    one_line(evnews("status", home=home, env={"EVNEWS_THRESHOLD": "7"}), 2, "threshold")


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    result = evnews("ask", "What did Volta do?", home=tmp_path / "new")
    assert result.returncode == 0
    assert "evnews ingest" in result.stdout


def test_a_home_that_is_a_file_gives_one_line(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    one_line(evnews("status", home=path), 1, "--home")
