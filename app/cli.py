"""`evnews`: the one command. `evnews COMMAND --help` is the documentation.

Exit codes: 0 done, 1 failed, 2 misuse (an unknown option, a missing argument, a bad setting),
130 stopped with Ctrl-C.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app import feeds_cli, terminal
from corpus.article import Report, merge
from corpus.errors import InputError, NewsError
from evals import cli as evals_cli
from evals import console


class Commands(TyperGroup):
    """The commands; Ctrl-C ends any of them with a line of its own."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Typer itself would end on Ctrl-C without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print("\nStopped; what was taken in so far is kept.", file=sys.stderr)
            raise typer.Exit(130) from None


app = typer.Typer(
    name="evnews",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    help="Ask about the electric-vehicle industry; every sentence of an answer quotes a dated "
    "article that you can open.\n\n"
    "Start with `evnews ingest PATH`, or with the starter library: `evnews ingest --digest`. "
    "Settings are environment variables EVNEWS_*; `evnews status` shows them.",
)

app.add_typer(feeds_cli.feeds, name="feeds")
app.add_typer(evals_cli.app, name="eval")
app.command("update")(feeds_cli.update)

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Folder of the library. Default: EVNEWS_HOME, else the user's data folder.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
After = Annotated[str | None, typer.Option(help="Only news from this day on (YYYY-MM-DD).")]
Before = Annotated[str | None, typer.Option(help="Only news up to this day (YYYY-MM-DD).")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Answer as on this day: nothing later is used (YYYY-MM-DD)."),
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only this publisher; may be repeated.")
]


@contextmanager
def opened(home: Path | None) -> Iterator[Any]:
    """The library, open; what a crash left behind is finished first."""
    from rag import NewsChat

    with NewsChat.open(home) as chat:
        yield chat


@app.command()
def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files and folders (.txt .md .html .pdf .jsonl .json .csv), and addresses of pages, "
            "feeds or sitemaps."
        ),
    ] = None,
    digest: Annotated[
        bool, typer.Option("--digest", help="Put the starter library in place.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Take articles in.

    One file may be one article (.txt .md .html .pdf) or many (.jsonl .json .csv with the fields
    id, title, date|published, source, url, text|content|body). Markdown may carry the same
    fields as front matter; plain text may begin with `date YYYY-MM-DD`. What is already there
    is skipped; a changed text under the same id or address becomes a new revision. What can't
    be read is named, one line each, and the rest goes in.
    """
    if not paths and not digest:
        raise typer.BadParameter("name a file or folder, or give --digest")
    with opened(home) as chat, console.progress(not as_json) as show:
        report = chat.ingest_digest(show) if digest else Report()
        if paths:
            report = merge(report, chat.ingest(*paths, progress=show))
    terminal.show_report(report, as_json)
    if report.failures and not report.seen:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help="Answer every line {id, question, turns?, as_of?} of a .jsonl file; prints one "
            "JSON object for each, in order."
        ),
    ] = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    source: Sources = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with dated quotes, or say that the news doesn't.

    Periods in the question count ("in March 2024", "since last year", "latest"); the options
    win over them. With --batch they count for every line; a line's own as_of wins.
    """
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a question, or --batch FILE.jsonl")
    with opened(home) as chat:
        if batch is not None:
            from app.batch import answer_batch

            for line in answer_batch(chat, batch, as_of, after, before, source):
                print(json.dumps(line, ensure_ascii=False), flush=True)
            return
        answer = chat.ask(question, (), as_of, after, before, source)
    if as_json:
        print(json.dumps(answer.to_json(), ensure_ascii=False))
    else:
        terminal.show_answer(answer)


@app.command()
def start(
    home: Home = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; only this machine by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(
            help="Ask for this user:password; @FILE reads it from a file.", envvar="EVNEWS_AUTH"
        ),
    ] = None,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Offer ask, search and timeline as MCP tools.")
    ] = False,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
    only_prepare: Annotated[
        bool, typer.Option("--only-prepare", help="Put the starter library in place and stop.")
    ] = False,
) -> None:
    """Open the chat page; an empty library gets the starter library first.

    The starter library is a digest of dated briefs, 2019 to 2025, written for this project: a
    beginning, not a news feed. Your own news goes in with `evnews ingest` and `evnews feeds`.
    """
    with opened(home) as news:
        if not news.summary().articles:
            with console.progress() as show:
                news.ingest_digest(show)
            console.say(f"The starter library is in place: {news.summary().articles} briefs.")
        if only_prepare:
            return
        from app.serve import read_auth, serve

        serve(
            news,
            host=host,
            port=port,
            auth=read_auth(auth),
            mcp=mcp,
            open_browser=open_browser,
        )


@app.command()
def chat(home: Home = None) -> None:
    """Chat in the terminal. An empty line, `exit` or Ctrl-D ends it."""
    with opened(home) as news:
        terminal.converse(news)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most passages.")] = 10,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    source: Sources = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show the best passages for a query, without reading them for an answer."""
    from rag.wire import passage_to_json

    with opened(home) as chat:
        passages = chat.search(query, limit, as_of, after, before, source)
    if as_json:
        for passage in passages:
            print(json.dumps(passage_to_json(passage), ensure_ascii=False))
    else:
        terminal.show_passages(passages)


@app.command()
def timeline(
    topic: Annotated[str, typer.Argument(help="A company, a deal, a law, a model ...")],
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most events.")] = 40,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Tell a story in dated lines, each with the quote that says so.

    Days named in the text count where they are certain, else the day of the article. Reports of
    one event are merged; the number of independent sources is shown.
    """
    from rag.wire import event_to_json

    with opened(home) as chat:
        events = chat.timeline(topic, after, before, as_of, limit)
    if as_json:
        for event in events:
            print(json.dumps(event_to_json(event), ensure_ascii=False))
    else:
        terminal.show_timeline(events)


@app.command()
def history(
    article: Annotated[str, typer.Argument(help="The article's id, as answers show it.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show the revisions of an article and what changed between them."""
    from corpus.changes import diff

    with opened(home) as chat:
        revisions = chat.store.history(article)
    if not revisions:
        raise InputError(f"{article}: no such article; ids are in the answers' JSON")
    for old, new in zip([None, *revisions], revisions, strict=False):
        lines = diff(old.text, new.text) if old else []
        seen = new.known.date().isoformat() if new.known else None
        if as_json:
            row = {"revision": new.revision, "known": seen, "title": new.title, "changes": lines}
            print(json.dumps(row, ensure_ascii=False))
            continue
        console.say(f"Revision {new.revision}, {seen or 'no date'}: {new.title}")
        for line in lines:
            console.say(f"  {line}")


@app.command()
def remove(
    article: Annotated[str, typer.Argument(help="The article's id, as answers show it.")],
    home: Home = None,
) -> None:
    """Forget an article with all its revisions."""
    with opened(home) as chat:
        if not chat.remove(article):
            raise InputError(f"{article}: no such article; ids are in the answers' JSON")
    console.say(f"{article} is forgotten.")


@app.command()
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Say what the library holds, where it lies and which settings are in force."""
    with opened(home) as chat:
        terminal.show_status(chat, as_json)


@app.command()
def feedback(home: Home = None) -> None:
    """Print what readers of the page said of answers, as candidate gold questions.

    One JSON object a line in the shape of `evals/gold`, oldest first, to be looked over by a
    person: a helpful answer proposes its articles and quotes, an unhelpful one its reason.
    """
    from app.feedback import candidates
    from rag.settings import load

    for row in candidates(load(home=home).home):
        print(json.dumps(row, ensure_ascii=False))


@app.command()
def reindex(home: Home = None, as_json: AsJson = False) -> None:
    """Make the index anew from the stored articles, after a change of model or chunk size."""
    from rag import NewsChat
    from rag.settings import load

    with NewsChat(load(home=home)) as chat, console.progress(not as_json) as show:
        articles = chat.reindex(show)
        chunks = chat.library.index.count()
    if as_json:
        print(json.dumps({"articles": articles, "chunks": chunks}))
    else:
        console.say(f"Indexed {articles} articles in {chunks} chunks.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; any error of ours is one line on stderr and an exit code."""
    try:
        app(args=list(arguments) if arguments is not None else None)
    except InputError as error:
        _fail(error, 2)
    except NewsError as error:
        _fail(error, 1)


def _fail(error: NewsError, code: int) -> None:
    print(f"evnews: {error}", file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
