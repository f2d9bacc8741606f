"""`evnews feeds ...` and `evnews update`."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from corpus.errors import InputError, NewsError
from corpus.outcome import UpdateReport
from corpus.schedule import next_run, parse_every
from evals import console

NAP = 30.0  # seconds; short, so that a computer that slept wakes up to its update

feeds = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The feeds this library reads. Nothing is fetched until `evnews update`.",
)

Home = Annotated[Path | None, typer.Option("--home", help="Folder of the library.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Private = Annotated[
    bool, typer.Option("--allow-private", help="Allow addresses of the local network.")
]
Name = Annotated[str, typer.Argument(help="Name or address of the feed.")]


def _with(home: Path | None, private: bool, work: Callable[[Any], Any]) -> Any:
    from rag import NewsChat

    options = {"allow_private": True} if private else {}
    with NewsChat.open(home, **options) as chat:
        return work(chat)


@feeds.command()
def add(
    url: Annotated[str, typer.Argument(help="A feed, or a page that announces one.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Take all entries, not only those about EVs.")
    ] = False,
    allow_private: Private = False,
    home: Home = None,
) -> None:
    """Subscribe to a feed."""
    feed = _with(home, allow_private, lambda chat: chat.feeds.add(url, relevance=not everything))
    console.say(f"Added {feed.name} ({feed.url}). `evnews update` reads it.")


@feeds.command("list")
def list_(home: Home = None, as_json: AsJson = False) -> None:
    """Show the feeds with their state."""
    found = _with(home, False, lambda chat: chat.feeds.list())
    if as_json:
        for feed in found:
            row = {
                "name": feed.name,
                "url": feed.url,
                "enabled": feed.enabled,
                "relevance": feed.relevance,
                "gone": feed.gone,
                "checked": feed.checked.isoformat() if feed.checked else None,
                "error": feed.error,
            }
            print(json.dumps(row, ensure_ascii=False))
        return
    if not found:
        console.say("No feeds. Add one with `evnews feeds add URL`, or `feeds enable --defaults`.")
        return
    table = Table("feed", "state", "last read", "address", box=None, pad_edge=False)
    for feed in found:
        state = "gone" if feed.gone else "on" if feed.enabled else "off"
        read = feed.checked.strftime("%Y-%m-%d %H:%M") if feed.checked else "never"
        table.add_row(escape(feed.name), state, read, escape(feed.url))
        if feed.error:
            table.add_row("", "", "", f"[red]{escape(feed.error)}[/red]")
    console.out.print(table)


@feeds.command()
def remove(name: Name, home: Home = None) -> None:
    """Forget a feed; its articles stay."""
    feed = _with(home, False, lambda chat: chat.feeds.remove(name))
    console.say(f"Removed {feed.name}; its articles stay.")


@feeds.command()
def enable(
    name: Annotated[str | None, typer.Argument(help="Name or address of the feed.")] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Add the EV feeds that come with the program.")
    ] = False,
    home: Home = None,
) -> None:
    """Switch a feed on, or add the default feeds and switch them on."""
    if defaults == (name is not None):
        raise typer.BadParameter("name a feed, or give --defaults")
    if defaults:
        added = _with(home, False, lambda chat: chat.feeds.enable_defaults())
        console.say(f"{added} feeds are switched on. `evnews update` reads them.")
    else:
        feed = _with(home, False, lambda chat: chat.feeds.enable(name))
        console.say(f"{feed.name} is on.")


@feeds.command()
def disable(name: Name, home: Home = None) -> None:
    """Switch a feed off."""
    feed = _with(home, False, lambda chat: chat.feeds.enable(name, False))
    console.say(f"{feed.name} is off.")


@feeds.command("import")
def import_(path: Annotated[Path, typer.Argument(help="An OPML file.")], home: Home = None) -> None:
    """Add the feeds of an OPML file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; name an OPML file") from error
    added = _with(home, False, lambda chat: chat.feeds.import_opml(data, str(path)))
    console.say(f"{added} feeds added. `evnews update` reads them.")


@feeds.command()
def export(home: Home = None) -> None:
    """Print all feeds as OPML."""
    print(_with(home, False, lambda chat: chat.feeds.export_opml()).decode())


def update(
    feed: Annotated[
        list[str] | None, typer.Option("--feed", help="Only this feed; may be repeated.")
    ] = None,
    since: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="Skip entries older than this.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(help="Keep running: update every 30m, 2h or 1d.")
    ] = None,
    allow_private: Private = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Read the enabled feeds and take in what is new, politely.

    Unchanged feeds are not sent again, hosts that ask for rest get it, one bad feed never stops
    the others. The exit code is 1 when every feed failed.
    """
    period = parse_every(every) if every else None
    last: datetime | None = None
    while True:
        if (
            period
            and last
            and (wait := next_run(last, period, _now()) - _now()).total_seconds() > 0
        ):
            time.sleep(min(NAP, wait.total_seconds()))
            continue
        last = _now()
        try:
            report = _once(feed or [], since, allow_private, home, as_json)
        except NewsError as error:
            if not period:
                raise
            console.err.print(escape(f"evnews: {error}"), style="red")
            continue
        if not period:
            raise typer.Exit(1 if report.all_failed else 0)


def _once(
    only: list[str], since: int | None, private: bool, home: Path | None, as_json: bool
) -> UpdateReport:
    with console.progress(not as_json) as show:
        report: UpdateReport = _with(
            home, private, lambda chat: chat.feeds.update(only, since, show)
        )
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False), flush=True)
    else:
        show_update(report)
    return report


def show_update(report: UpdateReport) -> None:
    """One table: per feed what was read and what became of it; then a line for each failure."""
    table = Table(
        "feed", "state", "entries", "new", "revised", "copies", "not EV", "failed",
        box=None, pad_edge=False,
    )  # fmt: skip
    for feed in report.feeds:
        count = feed.counts.get
        copies = count("copy", 0) + count("near-copy", 0)
        cells = [feed.entries, count("new", 0), count("revised", 0), copies]
        cells += [count("irrelevant", 0), len(feed.failures)]
        table.add_row(escape(feed.name), feed.status, *map(str, cells))
    console.out.print(table)
    for feed in report.feeds:
        if feed.reason:
            console.err.print(escape(f"{feed.name}: {feed.reason}"), style="red", soft_wrap=True)
        for failure in feed.failures:
            console.err.print(escape(f"{failure.name}: {failure.reason}"), soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC)
