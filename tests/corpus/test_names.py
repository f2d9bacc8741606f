"""Names of the industry: what is found, what is left alone, what means the same."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.names import aliases_of, canonical, find_names


def canonicals(text: str) -> list[str]:
    return [name.canonical for name in find_names(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VW's ID.4 and Chevy's Bolt", ["Volkswagen", "ID.4", "Chevrolet", "Bolt EV"]),
        ("the ID 4, ID4 and ID-4", ["ID.4", "ID.4", "ID.4"]),
        ("Teslas and Model Ys", ["Tesla", "Model Y"]),
        ("F150 Lightning v. Mach E", ["F-150 Lightning", "Mustang Mach-E"]),
        ("LGES is LG Energy Solution", ["LG Energy Solution", "LG Energy Solution"]),
        ("what is gm doing with evs", ["General Motors", "EV"]),
        ("the U.S., the US and America", ["United States"] * 3),
        ("Bank of America and North America", ["Bank of America", "North America"]),
        ("Musk and Elon\nMusk", ["Elon Musk", "Elon Musk"]),
        ("the IRA and NEVI", ["Inflation Reduction Act", "NEVI"]),
        ("Mercedes' EQS", ["Mercedes-Benz", "EQS"]),
        ("the BYD Seal and the Dolphin", ["BYD Seal", "BYD Dolphin"]),
        ("Tesla Semi", ["Tesla", "Tesla Semi"]),
    ],
)
def test_finds_names_in_their_many_spellings(text: str, expected: list[str]) -> None:
    if text == "Tesla Semi":  # one surface of its own, longer than the company's
        expected = ["Tesla Semi"]
    assert canonicals(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tell us how a leaf may seal a bolt",
        "a lucid argument on the continental shelf",
        "Seal the deal. Arrival is at noon.",
        "it costs US$5",
        "the forded teslameter and volvox",
        "Model 30 and Model 3.5",
        "turkey in polish restaurants",
        "Li said",
        "",
    ],
)
def test_leaves_ordinary_words_alone(text: str) -> None:
    assert find_names(text) == ()


def test_longest_name_wins() -> None:
    assert canonicals("Ford Motor Company and the Polestar 2") == ["Ford", "Polestar 2"]


def test_aliases_work_both_ways_and_include_the_name_itself() -> None:
    assert "Volkswagen" in aliases_of("VW")
    assert aliases_of("vw") == aliases_of("Volkswagen's")
    assert {"LGES", "LG Energy Solution"} <= set(aliases_of("LGES"))
    assert aliases_of("Acme") == ()
    assert canonical("Acme") is None
    assert canonical("us") is None
    assert canonical("US") == "United States"


def test_brands_of_one_group_stay_apart() -> None:
    assert canonical("Chevy") != canonical("GM")
    assert canonical("Audi") != canonical("VW")


def test_the_list_is_consistent() -> None:
    raw = tomllib.loads(files("corpus").joinpath("names.toml").read_text(encoding="utf-8"))
    case = raw.pop("case")
    surfaces = [s for kind in raw.values() for name, rest in kind.items() for s in (name, *rest)]
    assert len(surfaces) > 250
    for surface in surfaces:
        assert canonical(surface) is not None, surface
        found = find_names(f"about the {surface}, they said")
        assert [name.surface for name in found] == [surface], surface
    for surface in [*case["exact"], *case["inside"]]:
        assert canonical(surface) is not None, f"{surface} has a case rule but no entry"


@given(st.text(alphabet="VW GMTesla'’s.Model3-\n,$", max_size=60))
def test_names_are_slices_in_order(text: str) -> None:
    end = 0
    for name in find_names(text):
        assert text[name.start : name.end] == name.surface
        assert name.start >= end
        assert canonical(name.surface) == name.canonical
        end = name.end
