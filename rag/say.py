"""The words around the quotes: the text of an answer, refusals, staleness."""

from collections.abc import Sequence
from datetime import date

from rag.cite import dated
from rag.types import Citation, Difference, Statement, Window

NO_COVERAGE = "no coverage"
OUTSIDE = "outside the dates asked"
NOT_SAID = "the coverage found does not say"
EMPTY = "the library is empty"


def tell(statements: Sequence[Statement], citations: Sequence[Citation]) -> str:
    """The answer in quotes mode: a line for each quote, with who said it and when."""
    by_number = {citation.n: citation for citation in citations}
    lines = []
    for statement in statements:
        marks = "".join(f"[{n}]" for n in statement.citations)
        lines.append(f"“{statement.text}” ({dated(by_number[statement.citations[0]])}) {marks}")
    return "\n".join(lines)


def tell_written(statements: Sequence[Statement]) -> str:
    """The answer in written mode: the sentences with their markers."""
    marked = []
    for statement in statements:
        marks = "".join(f"[{n}]" for n in statement.citations)
        marked.append(f"{statement.text} {marks}".strip())
    return " ".join(marked)


def with_notes(body: str, notes: Sequence[str], differences: Sequence[Difference] = ()) -> str:
    """The notes, the answer, and where the reports differ, on lines of their own."""
    return "\n".join([*notes, body, *(difference.text for difference in differences)])


def left_out(count: int) -> str:
    """The line that counts what the check dropped."""
    what = "1 sentence was" if count == 1 else f"{count} sentences were"
    return f"{what} left out because the news I have does not support {'it' if count == 1 else 'them'}."


def refuse(reason: str, window: Window, nearest: Sequence[Citation]) -> str:
    """A refusal in words for people, with the nearest coverage."""
    openings = {
        EMPTY: "The library holds no articles yet. Add some with `evnews ingest PATH`.",
        OUTSIDE: f"I have no news {_period(window)} that answers this.",
        NO_COVERAGE: "I have no news about this.",
        NOT_SAID: "The news I have doesn't say.",
    }
    lines = [openings.get(reason, openings[NOT_SAID])]
    if nearest:
        lines.append("The nearest coverage:")
        lines += [f"- {citation.title} ({dated(citation)}) [{citation.n}]" for citation in nearest]
    return "\n".join(lines)


def _period(window: Window) -> str:
    if window.after and window.before:
        return f"published from {_day(window.after)} to {_day(window.before)}"
    if window.after:
        return f"published since {_day(window.after)}"
    last = window.before or window.as_of
    return f"published up to {_day(last)}" if last else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def stale(newest: str | None, today: date, limit_days: int) -> str | None:
    """The line that opens an answer about the present when its newest evidence is old."""
    if newest is None:
        return "None of the evidence carries a date."
    day = date.fromisoformat(newest)
    age = (today - day).days
    if age <= limit_days:
        return None
    return f"The newest report I have on this is from {_day(day)}, {ago(age)}."


def ago(days: int) -> str:
    """An age in days in the unit that a reader would use; years are whole ones, as for birthdays."""
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    if days < 60:
        return f"{days} days ago"
    if days < 730:
        return f"{round(days / 30.4)} months ago"
    return f"{max(2, int(days / 365.25))} years ago"
