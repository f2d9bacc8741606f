"""Which names a text also means: "Kuwait" by "Kuwaiti", Colombia by its capital in a dateline."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from rag.grounding.spelling import folded, unaccented

# "The Swedish government" may be called "Stockholm".
_STATE = (
    r"(?:government|capital|parliament|ministry|minister|prime minister|authorities|state|federal)"
)


@cache
def _countries() -> tuple[tuple[tuple[str, ...], str], ...]:
    path = files("rag.grounding").joinpath("countries.toml")
    lines = tomllib.loads(path.read_text(encoding="utf-8"))["countries"].strip().splitlines()
    parts = [folded(line).split(" | ") for line in lines]
    return tuple((tuple(names.split(", ")), capital) for names, capital in parts)


@cache
def _pattern() -> re.Pattern[str]:
    words = {word for names, capital in _countries() for word in (*names, capital)}
    longest = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(
        rf"\b(?-i:(?=[A-Z]))(?P<name>{'|'.join(longest)})s?\b(?P<state>(?:['’]s)? {_STATE}\b)?",
        re.IGNORECASE,
    )


def meant(text: str) -> set[str]:
    """Lower-case words of all names of the countries of `text`, and of capitals that it means."""
    there: set[str] = set()
    states: set[str] = set()
    for match in _pattern().finditer(unaccented(text)):
        name = folded(match["name"])
        there.add(name)
        if match["state"]:
            states.add(name)
    out: set[str] = set()
    for names, capital in _countries():
        if capital in there or there.intersection(names):
            out.update(word for name in names for word in name.split())
        if states.intersection(names):
            out.update(capital.split())
    return out
