"""A conversation as Markdown with its sources; text of others stays text."""

import re
from collections.abc import Sequence
from datetime import date

from app.render import other_notes, period
from app.safe import day, link
from app.thread import Shown
from rag.types import Answer, Citation

# Every character that can begin or end something in CommonMark or its common extensions; each
# may be escaped with a backslash (CommonMark 0.31, 2.4). `<` and `&` become entities, so that
# even a viewer that passes HTML through shows them.
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^$=:\"'>@/])")


def to_markdown(turns: Sequence[Shown], today: date) -> str:
    """The conversation; quotes as quotes, numbered notes with address and day."""
    parts = ["# EV News Chat", f"A conversation of {day(today)}."]
    for turn in turns:
        parts.append(f"## {plain(turn.question)}")
        if turn.answer is None:
            parts.append(plain(turn.message) if turn.message else "No answer.")
            continue
        parts += _answer(turn.answer)
    return "\n\n".join(parts) + "\n"


def _answer(answer: Answer) -> list[str]:
    parts = []
    if answer.standalone_question.casefold() != answer.question.casefold():
        parts.append(f"*Understood as: {plain(answer.standalone_question)}*")
    limits = period(answer.window)
    if limits:
        parts.append(f"*Asked for {plain(limits)}.*")
    parts += [plain(note) for note in other_notes(answer)]
    for difference in answer.differences:
        kind = "Replaced by a later report" if difference.kind == "superseded" else "Reports differ"
        marks = f"[{difference.earlier}] [{difference.later}]"
        parts.append(f"**{kind}.** {plain(difference.text)} {plain(marks)}")
    for statement in answer.statements:
        marks = " ".join(f"\\[{int(n)}\\]" for n in statement.citations)
        sign = "> " if answer.mode == "quotes" else ""
        parts.append(f"{sign}{plain(statement.text)} {marks}")
    if not answer.answered:
        parts.append(plain(answer.text.split("\n")[0]))
    sources = answer.citations or answer.nearest
    if sources:
        parts.append("Sources:" if answer.citations else "Nearest coverage:")
        parts.append("\n".join(_source(c) for c in sources))
    return parts


def _source(citation: Citation) -> str:
    # Between angle brackets CommonMark takes an address as it is (0.31, 6.5): no entities there.
    where = f" <{citation.url}>" if link(citation.url) else ""
    after = f" Based on {plain(citation.reported_by)}." if citation.reported_by else ""
    return (
        f"{int(citation.n)}. {plain(citation.title)}. {plain(citation.source)},"
        f" {plain(day(citation.published))}.{after}{where}\n"
        f"   > {plain(citation.quote)}"
    )


def plain(text: str) -> str:
    """The text on one line, with everything that Markdown or HTML could take as markup escaped."""
    line = " ".join(text.split())
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKS.sub(r"\\\1", line)
