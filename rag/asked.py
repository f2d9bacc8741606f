"""A question as it was asked: what callers may pass, checked."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import get_args

from corpus.errors import InputError
from rag.types import Answer, Mode, Turn, Window

LONGEST = 2000  # characters

History = Sequence[Turn | Answer | str | tuple[str, str]]


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
    sources: Sequence[str] | str | None = None,
    id: str | None = None,
    mode: Mode | None = None,
) -> Asked:
    """The question as the stages take it; a new id where none is given. Raises InputError."""
    if mode not in (None, *get_args(Mode)):
        raise InputError(f"{mode!r} is not a mode; use {' or '.join(get_args(Mode))}")
    asked = Asked(
        question=checked(question),
        history=_turns(history),
        window=window(after, before, as_of),
        sources=names(sources),
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


def window(
    after: date | str | None = None,
    before: date | str | None = None,
    as_of: date | str | None = None,
) -> Window:
    """The period asked for. Raises InputError for an impossible day or period."""
    found = Window(day(after), day(before), day(as_of))
    if found.after and found.before and found.after > found.before:
        raise InputError(f"no day lies after {found.after} and before {found.before}; swap them")
    return found


def names(sources: Sequence[str] | str | None) -> tuple[str, ...]:
    """The sources asked for; one may be given by itself."""
    return (sources,) if isinstance(sources, str) else tuple(sources or ())


def _turns(history: History) -> tuple[Turn, ...]:
    found = []
    for turn in [history] if isinstance(history, str) else history:
        match turn:
            case Turn():
                found.append(turn)
            case str():
                found.append(Turn(turn))
            case Answer():
                found.append(Turn(turn.question, turn.text))
            case (str() as question, str() as answer):
                found.append(Turn(question, answer))
            case _:
                raise InputError(
                    f"history holds {str(turn)[:60]!r}; give earlier questions, answers, or pairs of"
                    " question and answer"
                )
    return tuple(found)
