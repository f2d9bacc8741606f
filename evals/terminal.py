"""What the eval commands print."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from evals.compare import Comparison
from evals.console import out, say

# What a person looks at first; everything else is in summary.json and the report.
HEADLINE = (
    "correct",
    "fact_recall",
    "all_facts",
    "fact_recall_if_answered",
    "short_exact",
    "abstention_precision",
    "abstention_recall",
    "abstention_f1",
    "false_premise_affirmed",
    "stale",
    "as_of_violations",
    "citation_validity",
    "citation_recall",
    "citation_precision",
    "numeric_fidelity",
    "article_hit@1",
    "article_recall@10",
    "article_ndcg@10",
    "quote_hit@5",
    "quote_recall@10",
    "quote_ndcg@10",
    "words",
)


def show_summary(summary: Mapping[str, Any]) -> None:
    """The headline measures, overall and by category, and where wrong answers were lost."""
    rows = []
    for name in HEADLINE:
        found = summary["overall"].get(name)
        if found:
            interval = f"{number(found['low'])} – {number(found['high'])}"
            rows.append((name, number(found["value"]), interval, str(found["n"])))
    show_table(("measure", "value", "95 % interval", "n"), rows)
    rows = [
        (category, *(_cell(table, name) for name in ("correct", "fact_recall")), str(_n(table)))
        for category, table in summary["by_category"].items()
    ]
    show_table(("category", "correct", "fact_recall", "n"), rows)
    if summary["losses"]:
        show_table(
            ("wrong answers lost at", "n"),
            [(stage, str(count)) for stage, count in summary["losses"].items()],
        )
    total = summary["latency_ms"].get("total")
    if total:
        say(f"latency: p50 {total['p50']:,.0f} ms, p95 {total['p95']:,.0f} ms")
    if summary["failed"]:
        say(f"{summary['failed']} questions could not be asked; see error in answers.jsonl")
    for line in summary["skipped"][:5]:
        say(f"not taken in: {line}")


def show_comparison(found: Comparison, all_measures: bool = False) -> None:
    """The differences, then the flips, worst first."""
    rows = [
        (
            d.measure,
            number(d.a),
            number(d.b),
            f"{d.change.value:+.3f}",
            f"{d.change.low:+.3f} – {d.change.high:+.3f}",
            f"{d.p:.3f}",
            str(d.change.n),
            d.verdict,
        )
        for d in found.differences
        if all_measures or d.measure in HEADLINE
    ]
    show_table(("measure", "A", "B", "B - A", "95 % interval", "p", "n", ""), rows)
    for flip in found.flips:
        say(f"\n{'+' if flip.to == 'right' else '-'} {flip.id} ({flip.category}) {flip.question}")
        say(f"  A: {flip.before[:300]}")
        say(f"  B: {flip.after[:300]}")
    worse = sum(flip.to == "wrong" for flip in found.flips)
    say(f"\n{worse} became wrong, {len(found.flips) - worse} became right")
    for name, ids in (("A", found.only_a), ("B", found.only_b)):
        if ids:
            say(f"only in {name}: {len(ids)} questions")


def show_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table; every column but the first is set right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(heading):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=i == 0)
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table)
    out.print()


def number(value: float) -> str:
    """Three places for shares, one for sizes."""
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:,.1f}"


def _cell(table: Mapping[str, Any], name: str) -> str:
    return number(table[name]["value"]) if name in table else ""


def _n(table: Mapping[str, Any]) -> int:
    return int(table["correct"]["n"]) if "correct" in table else 0
