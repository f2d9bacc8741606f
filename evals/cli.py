"""`evnews eval ...`: run, compare, retrieval, speed, report.

Heavy modules are imported inside the commands, so that `evnews --help` stays quick.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.errors import InputError, ModelError, StorageError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="How good are the answers, and did a change make them better? Start with `run`.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Config = Annotated[
    list[str] | None,
    typer.Option("--config", metavar="K=V", help="A setting for this run; may be repeated."),
]
Runs = "Folder of a run (or its answers.jsonl)."


@app.command()
def run(
    gold: Annotated[
        list[Path] | None,
        typer.Option(help="Gold questions (.jsonl); may be repeated. Default: the project's own."),
    ] = None,
    articles: Annotated[
        list[Path] | None,
        typer.Option(
            help="Articles: any file or folder that `evnews ingest` reads; may be "
            "repeated. Default: the starter library."
        ),
    ] = None,
    split: Annotated[str, typer.Option(help="dev, test or all.")] = "dev",
    mode: Annotated[str, typer.Option(help="quotes or written (needs a chat model).")] = "quotes",
    config: Config = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the run; one that broke off is finished. "
            "Default: a new folder under eval-runs/."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first questions.")] = None,
    fail_under: Annotated[
        str,
        typer.Option(help="Exit 1 unless, as in fact_recall=0.8,stale<=0.1,latest/correct=0.7."),
    ] = "",
    gate: Annotated[
        str, typer.Option(help="Exit 1 unless the thresholds of this table of gates.toml hold.")
    ] = "",
    judge: Annotated[
        bool, typer.Option("--judge", help="Also ask the chat model (EVNEWS_LLM) for its opinion.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask every gold question and measure the answers.

    Writes answers.jsonl (a line each), summary.json and report.html into the run's folder.
    """
    from datetime import datetime

    from evals import console, terminal
    from evals import gate as gates
    from evals.cases import default_articles, default_gold
    from evals.report import write_report
    from evals.run import Plan, default_out, save
    from evals.run import run as run_plan

    bounds = gates.parse_gates(fail_under) + (gates.read_gates(gate) if gate else [])
    plan = Plan(
        gold=tuple(gold or [default_gold()]),
        articles=tuple(articles or [default_articles()]),
        split=split,
        mode=mode,
        config=_settings(config),
        limit=limit,
    )
    folder = out or default_out(Path(), plan, datetime.now())
    with console.progress(not as_json) as show:
        try:
            records, summary = run_plan(plan, folder, progress=show)
        except (KeyboardInterrupt, ModelError, StorageError):
            if (folder / "run.json").exists():
                console.err.print(f"stopped; go on with the same options and --out {folder}")
            raise
        summary["finished"] = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
        save(folder, records, summary, write_report(records, summary))
        if judge:  # what was measured is safe when the judge fails
            records, summary = _judge(records, summary, plan, show)
            save(folder, records, summary, write_report(records, summary))
    if as_json:
        typer.echo(json.dumps(summary | {"out": str(folder)}, ensure_ascii=False))
    else:
        terminal.show_summary(summary)
        console.say(f"report: {folder / 'report.html'}")
    lines = gates.failing(summary, bounds)
    for line in lines:
        typer.echo(f"gate not passed: {line}", err=True)
    if lines:
        raise typer.Exit(1)


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help=Runs)],
    b: Annotated[Path, typer.Argument(help=Runs)],
    every: Annotated[bool, typer.Option("--all", help="Every measure, not the main ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """What B does better or worse than A: paired differences, and flipped questions, worst first."""
    from evals import terminal
    from evals.compare import compare as compare_records
    from evals.records import read_records

    found = compare_records(read_records(a), read_records(b))
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        terminal.show_comparison(found, every)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help=Runs)],
    out: Annotated[Path | None, typer.Option(help="Default: report.html beside the run.")] = None,
) -> None:
    """Write the HTML page of a run again."""
    from evals import console
    from evals.records import read_records
    from evals.report import write_report
    from evals.run import read_summary

    file = out or (folder if folder.is_dir() else folder.parent) / "report.html"
    records = read_records(folder)
    file.write_text(write_report(records, read_summary(folder, records)), encoding="utf-8")
    console.say(f"report: {file}")


@app.command()
def retrieval(
    beir: Annotated[Path, typer.Option(help="Folder with corpus.jsonl, queries.jsonl, qrels/.")],
    split: Annotated[str, typer.Option(help="Which qrels/SPLIT.tsv.")] = "test",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Measure search on a standard set in BEIR form: lexical, dense, fused, and reranked."""
    from evals import console, terminal
    from evals.beir import MEASURES
    from evals.beir import beir as measure_set

    with console.progress(not as_json) as show:
        found = measure_set(beir, _settings(config), split=split, progress=show)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    console.say(
        f"{found['set']}/{found['split']}: {found['documents']:,} documents in"
        f" {found['chunks']:,} chunks, {found['queries']:,} queries\n"
    )
    rows = [
        (side, *(f"{values[m]['value']:.3f}" for m in MEASURES))
        for side, values in found["measures"].items()
    ]
    terminal.show_table(("", *MEASURES), rows)
    for line in found["skipped"][:5]:
        console.say(f"not taken in: {line}")


@app.command()
def speed(
    articles: Annotated[
        Path | None, typer.Option(help="Articles to take in. Default: the starter library.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first articles.")] = None,
    questions: Annotated[int, typer.Option(min=1, help="Questions to time.")] = 40,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ingest and question speed, side by side with the plain LangChain way in the same run."""
    from evals import console, terminal
    from evals import speed as speeds
    from evals.cases import default_articles

    quiet = as_json or markdown
    result = speeds.speed(
        articles or default_articles(),
        limit=limit,
        questions=questions,
        begin=lambda side: None if quiet else console.err.print(f"measuring: {side}"),
    )
    if as_json:
        typer.echo(json.dumps(result))
    elif markdown:
        typer.echo(speeds.markdown(result))
    else:
        terminal.show_table(
            ("", "EV News Chat", f"plain ({result['plain']['kind']})"), speeds.table(result)
        )


def _settings(config: list[str] | None) -> dict[str, str]:
    given = {}
    for item in config or []:
        name, sign, value = item.partition("=")
        if not sign or not name.strip():
            raise InputError(f"--config {item!r}: write it as NAME=VALUE, as in threshold=0.6")
        given[name.strip()] = value.strip()
    return given


def _judge(
    records: list[Any], summary: dict[str, Any], plan: Any, show: Any
) -> tuple[list[Any], dict[str, Any]]:
    from evals.judge import agreement, judge
    from evals.summary import summarise
    from rag.model import open_model
    from rag.settings import load

    given = {name: value for name, value in plan.config.items() if name.startswith("llm")}
    model = open_model(load(**given))
    judged = judge(records, model, lambda done: show("judging", done, len(records)))
    return judged, summary | summarise(judged) | {"judge": agreement(judged)}
