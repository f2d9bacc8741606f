"""Bringing news in from the page: files, addresses, feeds."""

from collections.abc import Sequence
from pathlib import Path

from corpus.article import Failure, Report
from corpus.errors import InputError
from rag import NewsChat
from rag.library import Progress


def add_files(chat: NewsChat, paths: Sequence[str], progress: Progress) -> Report:
    """Take in uploaded files; the uploads are deleted afterwards.

    The report names the files as the user knows them, not where the uploads lay.
    """
    if not paths:
        raise InputError("choose at least one file")
    files = [Path(path) for path in paths]
    try:
        found = chat.ingest(*files, progress=progress)
    finally:
        for file in files:
            file.unlink(missing_ok=True)
    return Report(
        found.counts,
        tuple(_short(failure, files) for failure in found.failures),
        tuple(_short(warning, files) for warning in found.warnings),
    )


def _short(failure: Failure, files: Sequence[Path]) -> Failure:
    name, reason = failure.name, failure.reason
    for file in files:
        folder = f"{file.parent}/"
        name, reason = name.replace(folder, ""), reason.replace(folder, "")
    return Failure(name.removeprefix("file:"), reason)


def add_address(chat: NewsChat, url: str, progress: Progress) -> Report:
    """Take in what is at an address: a page, a feed's articles, a sitemap's pages."""
    return chat.ingest(_address(url), progress=progress)


def update(chat: NewsChat, progress: Progress) -> Report:
    """Bring the library up to date with the feeds that are on; InputError when none is."""
    if not any(feed.enabled for feed in chat.feeds.list()):
        raise InputError("no feed is on: turn on the default feeds, or follow one by its address")
    done = chat.feeds.update(progress=progress)
    failures = [Failure(feed.name, feed.reason) for feed in done.feeds if feed.reason]
    failures += [failure for feed in done.feeds for failure in feed.failures]
    return Report(done.counts, tuple(failures))


def follow(chat: NewsChat, url: str) -> str:
    """Subscribe to a feed, or to the one that a page announces; returns what to tell."""
    feed = chat.feeds.add(_address(url))
    return f"{feed.name} is followed from now on. “Update now” reads it."


def follow_defaults(chat: NewsChat) -> str:
    """Subscribe to the feeds that come with the project, and switch them on."""
    added = chat.feeds.enable_defaults()
    return f"{added} feeds are on. “Update now” reads them." if added else "They are on already."


def switch(chat: NewsChat, url: str, on: bool) -> str:
    """Switch a feed on or off."""
    feed = chat.feeds.enable(url, on)
    return f"{feed.name} is {'on' if on else 'off'}."


def _address(url: str) -> str:
    address = (url or "").strip()
    if not address:
        raise InputError("give an address, such as https://example.org/news/article")
    return address if "://" in address else f"https://{address}"
