"""A question as it was asked: what callers may pass, checked."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from corpus.errors import InputError
from rag.types import Mode, Turn, Window

LONGEST = 2000  # characters

History = Sequence[Turn | str | tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the limits the user set."""

    question: str
    history: tuple[Turn, ...] = ()
    window: Window = Window()
    sources: tuple[str, ...] = ()
    mode: Mode | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def make_asked(
    question: str,
    history: History = (),
    as_of: date | str | None = None,
    after: date | str | None = None,
    before: date | str | None = None,
    sources: Sequence[str] | None = None,
    id: str | None = None,
    mode: Mode | None = None,
) -> Asked:
    """The question as the stages take it; a new id where none is given. Raises InputError."""
    asked = Asked(
        question=checked(question),
        history=tuple(_turn(turn) for turn in history),
        window=Window(day(after), day(before), day(as_of)),
        sources=tuple(sources or ()),
        mode=mode,
    )
    return replace(asked, id=id) if id else asked


def checked(question: str) -> str:
    """The question without needless space. Raises InputError when there is none, or too much."""
    text = " ".join(question.split())
    if not any(character.isalnum() for character in text):
        raise InputError("the question is empty; ask something")
    if len(text) > LONGEST:
        raise InputError(f"the question has {len(text):,} characters; ask in at most {LONGEST:,}")
    return text


def day(given: date | str | None) -> date | None:
    """A day given as `date` or YYYY-MM-DD. Raises InputError."""
    if given is None or isinstance(given, date):
        return given.date() if isinstance(given, datetime) else given
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InputError(f"{given!r} is not a day; write it as YYYY-MM-DD") from error


def _turn(turn: Turn | str | tuple[str, str]) -> Turn:
    if isinstance(turn, Turn):
        return turn
    return Turn(turn) if isinstance(turn, str) else Turn(*turn)
