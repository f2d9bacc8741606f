"""How fast: this project and the plain LangChain way, side by side in one run.

Each side runs in a process of its own, so that its peak memory is its own; the processes run one
after the other on the same articles and questions. Loading the model is left out of all times.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.article import Draft
from corpus.errors import InputError, NewsError
from corpus.readers import read
from evals.stats import percentile

SIDES = ("ours", "plain")
THREADS = (1, 4, 16)
QUESTIONS = 40
Row = Mapping[str, Any]


def speed(
    articles: Path,
    *,
    limit: int | None = None,
    questions: int = QUESTIONS,
    begin: Callable[[str], None] = lambda side: None,
) -> dict[str, Any]:
    """Ingest and question speed of both sides. `begin(side)` is called before each.

    Raises InputError when there are no articles, NewsError when a side breaks off.
    """
    if not read_drafts(articles, limit):
        raise InputError(f"{articles}: holds no articles; name a file or folder with some")
    result: dict[str, Any] = {}
    for side in SIDES:
        begin(side)
        job = {"articles": str(articles), "limit": limit, "questions": questions}
        command = [sys.executable, "-m", "evals.worker", side, json.dumps(job)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            why = (done.stderr.strip().splitlines() or ["no output"])[-1][:160]
            raise NewsError(f"speed, {side}: broke off ({why}); run it again with fewer articles")
        result[side] = json.loads(lines[-1])
    return result


def read_drafts(articles: Path, limit: int | None) -> list[Draft]:
    """The first `limit` articles of a file or folder."""
    found = (item for item in read(articles) if isinstance(item, Draft))
    return list(islice(found, limit))


def spread(times_ms: list[float]) -> dict[str, float]:
    """Percentiles of times in milliseconds."""
    return {f"p{share}": round(percentile(times_ms, share), 2) for share in (50, 95, 99)}


def table(result: Row) -> list[tuple[str, str, str]]:
    """Rows `(what, ours, plain)` for people."""
    ours, plain = result["ours"], result["plain"]

    def row(what: str, name: str, form: str = "{:,.1f}") -> tuple[str, str, str]:
        cells = [form.format(s[name]) if s.get(name) is not None else "–" for s in (ours, plain)]
        return what, cells[0], cells[1]

    rows = [
        row("articles", "articles", "{:,}"),
        row("chunks", "chunks", "{:,}"),
        row("ingest, articles/s", "articles_per_s"),
        row("ingest, chunks/s", "chunks_per_s"),
        row("bare encoder on the same texts, chunks/s", "encoder_chunks_per_s"),
        row("share of the bare encoder's speed", "encoder_share", "{:.0%}"),
        row("peak memory while ingesting, MB", "peak_mb", "{:,.0f}"),
        row("of which before the first article, MB", "base_mb", "{:,.0f}"),
        row("on disk, bytes/chunk", "disk_bytes_per_chunk", "{:,.0f}"),
    ]
    for share in ("p50", "p95", "p99"):
        cells = [f"{side['search_ms'][share]:,.1f}" for side in (ours, plain)]
        rows.append((f"search, {share} ms", cells[0], cells[1]))
    for stage, times in ours["stages_ms"].items():
        text = " / ".join(f"{times[share]:,.1f}" for share in ("p50", "p95", "p99"))
        rows.append((f"question, {stage}, p50/p95/p99 ms", text, "–"))
    for name, what in (("search_per_s", "searches/s"), ("answers_per_s", "answers/s")):
        for threads in map(str, THREADS):
            cells = [
                f"{side[name][threads]:,.1f}" if threads in side.get(name, {}) else "–"
                for side in (ours, plain)
            ]
            plural = "" if threads == "1" else "s"
            rows.append((f"{what}, {threads} thread{plural}", cells[0], cells[1]))
    if any(side.get("search_errors") for side in (ours, plain)):
        cells = [str(side.get("search_errors", 0)) for side in (ours, plain)]
        rows.append(("searches that failed", cells[0], cells[1]))
    return rows


def markdown(result: Row) -> str:
    """The table for a README."""
    lines = [f"| | EV News Chat | plain ({result['plain']['kind']}) |", "|---|--:|--:|"]
    lines += [f"| {what} | {ours} | {plain} |" for what, ours, plain in table(result)]
    return "\n".join(lines)
