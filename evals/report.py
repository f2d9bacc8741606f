"""One self-contained HTML page about a run: it asks no host for anything, and opens from a disk.

What articles and questions say is data: it travels as JSON that the script writes into text
nodes, and the page's policy lets nothing be loaded and no other script run.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from evals import plots
from evals.errors import STAGES
from evals.records import Record
from evals.report_rows import row_of
from evals.run import DEPTH
from rag.settings import Settings

Summary = Mapping[str, Any]
DEFAULT_THRESHOLD = Settings.model_fields["threshold"].default

# (measure, its name for people, what it says)
CARDS = (
    ("correct", "Right", "every fact given, or rightly refused"),
    ("fact_recall", "Fact recall", "gold facts said in the answer"),
    ("abstention_f1", "Abstention F1", "refusing what has no answer, and only that"),
    ("false_premise_affirmed", "False premises affirmed", "answered instead of refused"),
    ("citation_validity", "Citation validity", "quote equals the stored text"),
    ("citation_recall", "Citation recall", "statements their quotes support (grounding check)"),
    ("citation_precision", "Citation precision", "citations that are needed (grounding check)"),
    ("numeric_fidelity", "Numeric fidelity", "numbers that stand in the quotes"),
    ("as_of_violations", "As-of violations", "shown or read, but published later: must be 0"),
    ("stale", "Stale", "asked for the newest, told older news"),
    ("quote_recall@10", "Quote recall@10", "gold sentences among the ten best passages"),
    ("article_ndcg@10", "Article nDCG@10", "gold articles high in the ranking"),
)
# What the product promises without exception.
PROMISED = {"citation_validity": 1.0, "numeric_fidelity": 1.0, "as_of_violations": 0.0}


def write_report(records: Sequence[Record], summary: Summary, title: str = "Answer quality") -> str:
    """The page as text."""
    room = files("evals")
    style = room.joinpath("report.css").read_text(encoding="utf-8")
    script = room.joinpath("report.js").read_text(encoding="utf-8")
    data = json.dumps([row_of(record) for record in records], ensure_ascii=False)
    values = {
        "TITLE": escape(title),
        "ABOUT": _about(summary),
        "CARDS": "".join(_card(summary, *card) for card in CARDS),
        "CATEGORIES": _categories(summary, "correct"),
        "CATEGORY_FACTS": _categories(summary, "fact_recall"),
        "LOSSES": _losses(summary),
        "CALIBRATION": _calibration(summary),
        "SWEEP": _sweep(summary),
        "DEPTH": _depth(records),
        "LATENCY": _latency(summary),
        "MEASURES": _measures(summary),
        "STYLE": style,
        "SCRIPT_HASH": _hash(script),
        "SCRIPT": script,
        # "<" can't end the script element that carries the data.
        "DATA": data.replace("<", "\\u003c"),
    }
    page = room.joinpath("report.html").read_text(encoding="utf-8")
    # One pass over the template, so that nothing inside a value is taken for a place.
    parts = page.split("@@")
    return "".join(values[part] if i % 2 else part for i, part in enumerate(parts))


def _about(summary: Summary) -> str:
    settings = ", ".join(f"{k} {v}" for k, v in summary.get("settings", {}).items()) or "defaults"
    facts = [
        ("questions", f"{summary['questions']:,}"),
        ("articles", f"{summary.get('articles', 0):,}"),
        ("gold", ", ".join(summary.get("gold", []))),
        ("split", summary.get("split", "")),
        ("mode", summary.get("mode", "")),
        ("settings", settings),
        ("code", summary.get("code", "")),
        ("finished", summary.get("finished", "")),
    ]
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>"
        for name, value in facts
        if value
    )


def _card(summary: Summary, measure: str, name: str, what: str) -> str:
    found = summary["overall"].get(measure)
    if found is None:
        return ""
    value, low, high = found["value"], found["low"], found["high"]
    share = 0.0 <= value <= 1.0 and high <= 1.0
    kind = ""
    if measure in PROMISED:
        kind = " good" if value == PROMISED[measure] else " bad"
    shown = f"{100 * value:.1f}<small>%</small>" if share else f"{value:,.1f}"
    if measure == "as_of_violations":
        share, shown = False, f"{value * found['n']:.0f}"
    bar = (
        f'<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="6"/>'
        f'<rect class="fill" x="{100 * low:.1f}" width="{max(0.8, 100 * (high - low)):.1f}"'
        f' height="6"/><rect class="tick" x="{min(99.0, 100 * value):.1f}" width="1" height="6"/>'
        "</svg>"
        if share
        else ""
    )
    interval = f"{100 * low:.1f} – {100 * high:.1f} %" if share else ""
    return (
        f'<article class="card"><h3>{escape(name)}</h3><p class="big{kind}">{shown}</p>{bar}'
        f'<p class="faint">{interval}<span>n {found["n"]}</span></p>'
        f'<p class="what">{escape(what)}</p></article>'
    )


def _categories(summary: Summary, measure: str) -> str:
    rows = [
        (name, table[measure]) for name, table in summary["by_category"].items() if measure in table
    ]
    if not rows:
        return _none("no question has this measure")
    rows.sort(key=lambda row: -row[1]["value"])
    return plots.dots([*rows, ("all", summary["overall"][measure])])


def _losses(summary: Summary) -> str:
    lost = summary["losses"]
    if not lost:
        return _none("every answer is right")
    total = sum(lost.values())
    rows = []
    for stage in STAGES:
        count = lost.get(stage, 0)
        link = f"stage={quote(stage)}" if count else ""
        rows.append((stage, float(count), f"{count} ({count / total:.0%})", link))
        parts = summary["loss_parts"].get(stage, {})
        rows += [(f" {name}", float(n), str(n), "") for name, n in parts.items()]
    return plots.bars(rows)


def _calibration(summary: Summary) -> str:
    found = summary["calibration"]
    if not found:
        return _none("the answers carry no p_answered")
    note = f"Brier score {found['brier']:.3f}, expected calibration error {found['ece']:.3f}"
    return plots.calibration(found["bins"]) + f'<p class="faint">{note}</p>'


def _sweep(summary: Summary) -> str:
    found = summary["calibration"]
    if not found:
        return _none("the answers carry no p_answered")
    lines = []
    for key, name, kind in (
        ("unanswerable_refused", "has no answer", "good"),
        ("answerable_refused", "has an answer", "bad"),
    ):
        points = [(s["threshold"], s[key]) for s in found["sweep"] if s[key] is not None]
        if points:
            lines.append((name, kind, points))
    threshold = float(summary.get("settings", {}).get("threshold", DEFAULT_THRESHOLD))
    return plots.curves(lines, "threshold on p_answered", "share refused", mark=(threshold, "now"))


def _depth(records: Sequence[Record]) -> str:
    """Share of gold quotes, and of gold articles, within the first k slices."""
    found: dict[str, list[int]] = {"articles": [], "quotes": []}
    for record in records:
        if not record.case.answerable:
            continue
        names = [piece[0] for piece in record.ranking]
        for name in record.case.articles:
            found["articles"].append(names.index(name) + 1 if name in names else DEPTH + 1)
        found["quotes"] += [rank or DEPTH + 1 for rank in record.quote_ranks]
    lines = [
        (kind, style, [(k, sum(r <= k for r in ranks) / len(ranks)) for k in range(1, DEPTH + 1)])
        for (kind, ranks), style in zip(found.items(), ("good", "other"), strict=True)
        if ranks
    ]
    if not lines:
        return _none("no question has gold articles")
    return plots.curves(lines, "passages looked at", "share found", top=float(DEPTH))


def _latency(summary: Summary) -> str:
    rows = [(stage, v["p50"], v["p95"]) for stage, v in summary["latency_ms"].items()]
    return plots.ranges(rows, "ms") if rows else _none("the answers carry no times")


def _measures(summary: Summary) -> str:
    """Every measure by category, as a table."""
    categories = list(summary["by_category"])
    head = "".join(f"<th>{escape(name)}</th>" for name in ("measure", "all", *categories))
    body = []
    for measure, found in summary["overall"].items():
        cells = [_value(found)]
        cells += [_value(summary["by_category"][name].get(measure)) for name in categories]
        body.append(f"<tr><th>{escape(measure)}</th>{''.join(cells)}</tr>")
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"


def _value(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "<td></td>"
    value = f"{found['value']:.3f}" if abs(found["value"]) <= 1 else f"{found['value']:.1f}"
    title = f"{found['low']:.3f} – {found['high']:.3f}, n {found['n']}"
    return f'<td title="{escape(title)}">{value}</td>'


def _none(why: str) -> str:
    return f'<p class="none">Nothing to show: {escape(why)}.</p>'


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
