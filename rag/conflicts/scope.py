"""What part of the whole does a number cover: electric or all cars, at home or abroad, brand or group?

The kinds are data (`scope.toml`). A number that names no kind covers all of them.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

Scope = dict[str, frozenset[str]]  # dimension -> kinds named, none for the whole

# A part against a whole that is not named: only of what is counted up for the whole.
_COUNTED = frozenset(
    "deliveries;sales;registrations;exports;market share;growth;revenue;profit;margin".split(";")
)
# What kind of car it is matters for these; money and jobs are for more than one kind.
_CARS = frozenset(("power", "goods", "size"))
_DRIVEN = _COUNTED | {"production", "capacity", "price", "tariff", "aid", "range", "pack price"}
# Here a number that names no kind is of all of them; elsewhere it only says less.
_WHOLE = frozenset(("power", "class", "reach", "house", "span", "segment"))
_SIZE = re.compile(r"\b(\d+(?:\.\d+)?)[ -]?(?:kWh|kilowatt[ -]hours?)\b", re.IGNORECASE)

# Words that change what a price or number stands for.
_TERMS = re.compile(
    r"\b(?:without|excluding|including|after tax|rent\w*|leas(?:e[ds]?|ing)|deposit|subsid\w+"
    r"|incentives?|credit|base|top|cheapest|entry|premium|commercial|used|second-hand"
    r"|annual(?:ly)?|yearly|net|gross|adjusted|operating|research|large|small|single|dual"
    r"|(?:long|standard)[ -]range|(?:rear|all|four)-wheel|(?-i:Pro|Max|Plus|Ultra|Performance|Sport|GT|RS))\b",
    re.IGNORECASE,
)


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("rag.conflicts").joinpath("scope.toml").read_text("utf-8"))


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """Of each dimension its pattern, one group a kind, and the kinds in the same order."""
    return {
        dimension: (
            re.compile(rf"\b(?:{'|'.join(f'({words})' for words in kinds.values())})\b", re.I),
            tuple(kinds),
        )
        for dimension, kinds in _data().items()
        if dimension != "makers"
    }


def _kinds(dimension: str, text: str) -> frozenset[str]:
    pattern, kinds = _patterns()[dimension]
    return frozenset(kinds[(match.lastindex or 1) - 1] for match in pattern.finditer(text))


@lru_cache(maxsize=4096)
def _read(clause: str, text: str, title: str) -> tuple[tuple[str, frozenset[str]], ...]:
    found = {dimension: _kinds(dimension, clause) for dimension in _patterns()}
    found["size"] = frozenset(_SIZE.findall(clause))
    if not found["power"]:
        # "Of 208,848 new cars, 34,479 were electric": only a clause without cars leans on others.
        said = _kinds("power", text)
        if not said:
            found["power"] = _kinds("power", title)
        elif "cars" not in found["goods"]:
            found["power"] = said
    return tuple(found.items())


def find_scope(clause: str, text: str, title: str) -> Scope:
    """What the number of a `clause` covers; its sentence and title may say what is driven by what."""
    return dict(_read(clause, text, title))


def terms(text: str) -> frozenset[str]:
    """The words of `text` that change what a price or number stands for."""
    return frozenset(word.lower() for word in _TERMS.findall(text))


def scopes_fit(
    a: Scope, b: Scope, measure: str, owners: frozenset[str], same_model: bool = False
) -> bool:
    """Can two numbers of that measure and those owners cover the same?

    A model is of one kind, and so is what some makers sell: there a kind may go without saying.
    """
    usual = _usual(owners)
    return all(
        _kinds_fit(dimension, a[dimension], b[dimension], measure, usual, same_model)
        for dimension in a
        if measure in _DRIVEN or dimension not in _CARS
    )


def _kinds_fit(
    dimension: str,
    mine: frozenset[str],
    theirs: frozenset[str],
    measure: str,
    usual: frozenset[str],
    same_model: bool,
) -> bool:
    if dimension == "power":
        mine, theirs = _summed(mine or usual), _summed(theirs or usual)
    if mine == theirs:
        return True
    if mine and theirs:
        return dimension not in _WHOLE and bool(mine & theirs)
    if mine | theirs == {"group"}:  # a group may be called by its name alone
        return True
    return measure not in _COUNTED or dimension not in _WHOLE or same_model


def _summed(power: frozenset[str]) -> frozenset[str]:
    """Battery cars and plug-in hybrids together are the new-energy cars."""
    both = frozenset(("battery", "plug-in"))
    return power - both | {"new-energy"} if both <= power else power


def _usual(owners: frozenset[str]) -> frozenset[str]:
    makers = _data()["makers"]
    return frozenset(kind for kind, names in makers.items() if owners & frozenset(names))
