"""What the command line prints: progress, reports, answers, passages, status."""

import json
from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from corpus.article import Report
from corpus.errors import InputError
from evals.console import err, out, say
from rag.cite import dated
from rag.types import Answer, Event, Passage, Turn


def show_report(report: Report, as_json: bool) -> None:
    """What an ingest did: counts on standard output, a line for each failure on standard error."""
    if as_json:
        print(
            json.dumps(
                {
                    "counts": dict(report.counts),
                    "failures": [{"name": f.name, "reason": f.reason} for f in report.failures],
                    "warnings": [{"name": f.name, "reason": f.reason} for f in report.warnings],
                },
                ensure_ascii=False,
            )
        )
        return
    for failure in report.failures:
        err.print(escape(f"{failure.name}: {failure.reason}"), style="red", soft_wrap=True)
    for warning in report.warnings:
        err.print(escape(f"{warning.name}: {warning.reason}"), style="yellow", soft_wrap=True)
    parts = [f"{count:,} {outcome}" for outcome, count in report.counts.items() if count]
    failed = f", {len(report.failures)} failed" if report.failures else ""
    say((", ".join(parts) or "nothing taken in") + failed)


def show_answer(answer: Answer) -> None:
    """An answer as a person reads it: how it was understood, the quotes, the sources."""
    if answer.standalone_question != answer.question:
        out.print(escape(f"Understood as: {answer.standalone_question}"), style="dim")
    out.print(escape(answer.text), soft_wrap=True)
    if answer.citations:
        out.print()
    for citation in answer.citations:
        where = citation.url or citation.reported_by or citation.article_id
        out.print(escape(f"[{citation.n}] {citation.title}"), soft_wrap=True)
        out.print(escape(f"    {dated(citation)} · {where}"), style="dim", soft_wrap=True)


def show_passages(passages: Sequence[Passage]) -> None:
    """Passages with their place, best first."""
    if not passages:
        say("Nothing found.")
    for number, passage in enumerate(passages, start=1):
        article = passage.article
        out.print(escape(f"{number}. {article.title}"), style="bold", soft_wrap=True)
        out.print(
            escape(f"   {article.source}, {article.day or 'no date'} · {article.id}"),
            style="dim",
            soft_wrap=True,
        )
        out.print(escape("   " + " ".join(passage.text.split())), soft_wrap=True)


def show_timeline(events: Sequence[Event]) -> None:
    """One line an event: its day, what happened, who said so and when."""
    if not events:
        say("No dated coverage of this topic.")
    for event in events:
        told = f", {event.sources} sources" if event.sources > 1 else ""
        out.print(escape(f"{event.day}  {event.text}"), soft_wrap=True)
        out.print(escape(f"            {dated(event.citation)}{told}"), style="dim")


def show_status(chat: Any, as_json: bool) -> None:
    """What the library holds and which settings are in force."""
    summary = chat.summary()
    index = chat.library.index
    settings = {key: str(value) for key, value in chat.settings.model_dump().items()}
    if as_json:
        facts = {
            "home": str(chat.settings.home),
            "articles": summary.articles,
            "revisions": summary.revisions,
            "stories": summary.stories,
            "undated": summary.undated,
            "oldest": summary.oldest,
            "newest": summary.newest,
            "chunks": index.count(),
            "sources": summary.sources,
            "settings": settings,
        }
        print(json.dumps(facts, ensure_ascii=False))
        return
    say(f"Library {chat.settings.home}")
    say(
        f"{summary.articles:,} articles ({summary.stories:,} stories, {summary.undated:,} without "
        f"a date) in {index.count():,} chunks"
    )
    if summary.newest:
        say(f"from {summary.oldest} to {summary.newest}")
    if not summary.articles:
        say("It is empty: run `evnews ingest PATH`, or `evnews ingest --digest`.")
    table = Table("source", "articles", box=None, pad_edge=False)
    for source, count in list(summary.sources.items())[:15]:
        table.add_row(escape(source), str(count))
    if summary.sources:
        out.print(table)
    say("Settings: " + ", ".join(f"{key}={value or '-'}" for key, value in settings.items()))


def converse(chat: Any) -> None:
    """A conversation in the terminal; an empty line, `exit` or Ctrl-D ends it."""
    say("Ask about the electric-vehicle industry. An empty line ends the chat.")
    turns: list[Turn] = []
    while True:
        try:
            question = out.input("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            break
        if question.casefold() in {"", "exit", "quit"}:
            break
        try:
            answer = chat.ask(question, turns)
        except InputError as error:
            say(str(error))
            continue
        show_answer(answer)
        turns.append(Turn(question, answer.text if answer.answered else ""))
