"""Names of the electric-vehicle industry in a text, and which names mean the same thing.

The list is data: `names.toml` holds companies, car models, people, places, policies and
technologies with their other spellings. Nothing is guessed here; a name that is not in the
list is not found.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

Kind = Literal["company", "model", "person", "place", "policy", "technology"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: `text[start:end] == surface`, without a possessive ending.

    `canonical` is the usual name of the thing ("VW" -> "Volkswagen").
    """

    start: int
    end: int
    surface: str
    canonical: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Entry:
    canonical: str
    kind: Kind
    surfaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The list, ready to use: keys are surfaces without case, spaces, hyphens and dots."""

    entries: dict[str, _Entry]
    exact: dict[str, frozenset[str]]
    inside: frozenset[str]
    pattern: re.Pattern[str]


_SEPARATORS = re.compile(r"[\s.\-‐‑–]+")
_GAP = r"[\s\-‐‑]+"
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")


def find_names(text: str) -> tuple[Name, ...]:
    """Names in `text` in order, none overlapping; of two that start together the longer one.

    Plurals ("Teslas", "EVs") and possessives ("Tesla's") count. Lower case counts too, except
    for names that are ordinary words ("leaf", "us") or short codes.
    """
    return _find(text)


def aliases_of(surface: str) -> tuple[str, ...]:
    """Every way to write the thing that `surface` names, the usual name first; () if unknown."""
    entry = _lookup(surface)
    return entry.surfaces if entry else ()


def canonical(surface: str) -> str | None:
    """The usual name of the thing that `surface` names, or None if it is not in the list."""
    entry = _lookup(surface)
    return entry.canonical if entry else None


@lru_cache(maxsize=4096)
def _find(text: str) -> tuple[Name, ...]:
    found = []
    for match in _lexicon().pattern.finditer(text):
        surface = match["name"]
        entry = _lookup(surface)
        if entry is None or (_is_inside(surface) and _opens_sentence(text, match.start())):
            continue
        found.append(Name(match.start(), match.end(), surface, entry.canonical, entry.kind))
    return tuple(found)


def _lookup(surface: str) -> _Entry | None:
    """The entry of a surface as it is written in a text, plural or possessive included."""
    lexicon = _lexicon()
    whole = surface.strip()
    bare = _POSSESSIVE.sub("", whole)
    for form in (whole, bare, bare[:-1] if bare.endswith("s") else ""):
        key = _key(form)
        if not key:
            continue
        entry = lexicon.entries.get(key)
        if entry is not None and (key not in lexicon.exact or _flat(form) in lexicon.exact[key]):
            return entry
    return None


def _is_inside(surface: str) -> bool:
    inside = _lexicon().inside
    return _key(surface) in inside or _key(surface.removesuffix("s")) in inside


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"'“‘(")
    return not before or before[-1] in ".!?\n:;•"


def _flat(surface: str) -> str:
    return _SEPARATORS.sub("", surface)


def _key(surface: str) -> str:
    return _flat(surface).casefold()


@cache
def _lexicon() -> _Lexicon:
    raw = tomllib.loads(files("corpus").joinpath("names.toml").read_text(encoding="utf-8"))
    entries: dict[str, _Entry] = {}
    for kind in get_args(Kind):
        for name, others in raw[kind].items():
            entry = _Entry(name, kind, tuple(dict.fromkeys([name, *others])))
            for surface in entry.surfaces:
                other = entries.setdefault(_key(surface), entry)
                if other is not entry:
                    raise ValueError(
                        f"names.toml: {surface!r} stands for both {other.canonical!r} and {name!r}"
                    )
    strict = [*raw["case"]["exact"], *raw["case"]["inside"]]
    exact: dict[str, frozenset[str]] = {}
    for surface in strict:
        forms = {_flat(surface)} | ({_flat(surface).upper()} if len(surface) > 4 else set())
        # "US" is strict, "U.S." shares its key: both keep the capitals.
        exact[_key(surface)] = exact.get(_key(surface), frozenset()) | forms
    return _Lexicon(
        entries=entries,
        exact=exact,
        inside=frozenset(_key(surface) for surface in raw["case"]["inside"]),
        pattern=_pattern({s for entry in entries.values() for s in entry.surfaces}),
    )


def _pattern(surfaces: set[str]) -> re.Pattern[str]:
    """One pattern for all surfaces, the longest first, whole words only; "US$" is money."""
    by_letter: dict[str, list[str]] = {}
    for surface in sorted(surfaces, key=lambda surface: (-len(surface), surface)):
        by_letter.setdefault(surface[0].lower(), []).append(_surface_pattern(surface)[1:])
    # Grouped by first letter, most places in a text are passed over after one comparison.
    body = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return re.compile(rf"(?<![\w$€£.])(?P<name>{body})(?![\w$]|[.,]\d)", re.IGNORECASE)


def _surface_pattern(surface: str) -> str:
    parts = re.split(r"([\s\-]+)", surface)
    out = []
    for i, part in enumerate(parts):
        if i % 2 == 0:
            out.append(re.escape(part))
            continue
        touches_digit = parts[i - 1][-1:].isdigit() or parts[i + 1][:1].isdigit()
        # "ID 4" is also written "ID.4" and "ID4".
        out.append(r"[\s.\-‐‑]*" if touches_digit else _GAP)
    plural = "" if surface[-1:] in "s.)" else "s?"
    return "".join(out) + plural
