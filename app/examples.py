"""Example questions drawn from what the library holds, and tried before they are offered."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice

from app.lanes import lane
from corpus.article import Article
from corpus.errors import NewsError
from corpus.names import find_names
from corpus.store import Summary
from rag import NewsChat

WANTED = 4
TRIED = 8  # questions asked at most to find those
NEWEST = 80  # articles looked at
PATIENCE = 2.0  # seconds that the first page waits for questions

log = logging.getLogger(__name__)


class Examples:
    """Questions that this library answers; found in the background, again after it has changed."""

    def __init__(self, chat: NewsChat) -> None:
        self._chat = chat
        self._found: tuple[str, ...] = ()
        self._of: Summary | None = None
        self._guard = threading.Lock()
        self._known = threading.Event()

    def now(self, summary: Summary) -> tuple[str, ...]:
        """What is known now; begins to look when the library has changed."""
        with self._guard:
            if self._of != summary and summary.articles:
                self._of = summary
                threading.Thread(target=self._look, args=(summary,), daemon=True).start()
        if not summary.articles:
            return ()
        self._known.wait(PATIENCE)
        return self._found

    def _look(self, summary: Summary) -> None:
        """Untried questions at once, then those that were tried and answered."""
        try:
            questions = tuple(islice(candidates(self._chat), TRIED))
            if not self._found:
                self._found = questions[:WANTED]
        except NewsError as error:
            log.info("no example questions: %s", error)
            if self._of is summary:
                self._of = None  # the next page tries again
            return
        finally:
            self._known.set()
        good: list[str] = []
        for question in questions:
            if len(good) == WANTED or self._of is not summary:
                break
            try:
                # Nobody asked for these: never with a chat model, which may cost money.
                with lane():
                    answered = self._chat.ask(question, mode="quotes").answered
            except NewsError as error:
                log.info("example question %r: %s", question, error)
                return
            if answered:
                good.append(question)
        if good and self._of is summary:
            self._found = tuple(good)


def candidates(chat: NewsChat) -> Iterator[str]:
    """Questions about the names of the newest dated articles, of several kinds in turn."""
    dated = sorted(
        (article for article in chat.store.articles() if article.day),
        key=lambda article: article.day or "",
        reverse=True,
    )[:NEWEST]
    often = [name for name, _ in Counter(n for a in dated for n in _names(a)).most_common(8)]
    latest = (f"What is the latest on {name}?" for name in often)
    months = (_in_month(article) for article in dated[2:])
    pairs = (_pair(article) for article in dated)
    seen: set[str] = set()
    used: Counter[str] = Counter()
    kinds = [latest, months, pairs]
    while kinds:
        for kind in list(kinds):
            question = next(kind, None)
            while question is not None and (question == "" or _stale(question, seen, used)):
                question = next(kind, None)
            if question is None:
                kinds.remove(kind)
                continue
            seen.add(question)
            used.update(n.canonical for n in find_names(question))
            yield question


def _stale(question: str, seen: set[str], used: Counter[str]) -> bool:
    """Whether it repeats a question, or a name that two questions already have."""
    return question in seen or any(used[n.canonical] >= 2 for n in find_names(question))


def _names(article: Article) -> list[str]:
    return list(
        dict.fromkeys(n.canonical for n in find_names(article.title) if n.kind == "company")
    )


def _in_month(article: Article) -> str:
    names = _names(article)
    if not names or article.published is None:
        return ""
    day: date = article.published.date()
    return f"What happened with {names[0]} in {day:%B %Y}?"


def _pair(article: Article) -> str:
    names = _names(article)
    return f"What did {names[0]} and {names[1]} agree on?" if len(names) == 2 and "agree" in article.title else ""  # fmt: skip
