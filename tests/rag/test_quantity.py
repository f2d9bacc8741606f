"""Numbers and dates in a text, as values that can be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.quantity import Quantity, find_quantities


def one(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, (text, found)
    return found[0]


@pytest.mark.parametrize(
    "text",
    ["1.8 million", "1,800,000", "1.8M", "1.8m", "1.8 mn", "1800 thousand", "1.8-million"],
)
def test_one_value_in_many_spellings(text: str) -> None:
    assert one(f"sold {text} of them").value == pytest.approx(1_800_000)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$2.5bn", 2.5e9, "USD"),
        ("US$35 billion", 35e9, "USD"),
        ("35 billion dollars", 35e9, "USD"),
        ("900 million euros", 9e8, "EUR"),
        ("EUR 900 million", 9e8, "EUR"),
        ("RMB 7 billion", 7e9, "CNY"),
        ("70,000 yuan", 70_000, "CNY"),
        ("4 trillion yen", 4e12, "JPY"),
        ("120.5 trillion won", 120.5e12, "KRW"),
        ("a 3.8 billion pound plant", 3.8e9, "GBP"),
    ],
)
def test_money(text: str, value: float, unit: str) -> None:
    found = one(text)
    assert (found.kind, found.unit) == ("money", unit)
    assert found.value == pytest.approx(value)


def test_units_of_one_family_share_a_scale_and_families_stay_apart() -> None:
    assert one("16 GWh").value == one("16,000 megawatt-hours").value
    assert one("16 GWh").value != one("16 MWh").value
    assert one("16 GWh").unit != one("16 GW").unit
    assert one("18 months").value == one("a year and a half").value
    assert one("400 km").unit != one("400 miles").unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45.2%", 45.2),
        ("45.2 percent", 45.2),
        ("45.2 per cent", 45.2),
        ("half of its sales", 50),
        ("one in four", 25),
        ("a fifth of the staff", 20),
        ("seven in ten", 70),
        ("cut by a third for drivers", 100 / 3),
        ("a quarter less upkeep", 25),
        ("7 in 10 tons", 70),
        ("one van out of nine", 100 / 9),
        ("15 out of every 100", 15),
        ("nine tenths of its value", 90),
        ("every fifth car", 20),
        ("output grew by a third since", 100 / 3),
        ("fell by half in", 50),
    ],
)
def test_percent_and_fractions(text: str, value: float) -> None:
    found = one(text)
    assert found.kind == "percent"
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twelve plants", 12),
        ("two dozen models", 24),
        ("half a million cars", 500_000),
        ("a dozen models", 12),
        ("twenty-five sites", 25),
        ("four and a half million", 4_500_000),
        ("three quarters of a million", 750_000),
        ("a quarter of an hour", 15),
        ("an hour and a half", 90),
    ],
)
def test_number_words(text: str, value: float) -> None:
    assert one(text).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("about 300", "about"),
        ("some 300", "about"),
        ("nearly 300", "nearly"),
        ("more than 300", "over"),
        ("over 300", "over"),
        ("at least 300", "least"),
        ("no fewer than 300", "least"),
        ("up to 300", "most"),
        ("as many as 300", "most"),
        ("fewer than 300", "under"),
        ("300 or more", "least"),
        ("not to go beyond 300", "most"),
        ("exactly 300", "exact"),
    ],
)
def test_approximations(text: str, relation: str) -> None:
    assert one(text).relation == relation


def test_the_ends_of_a_range_share_unit_and_magnitude() -> None:
    for text in ("5 to 7 percent", "between 5 and 7 percent", "5-7%"):
        assert [(q.kind, q.value) for q in find_quantities(text)] == [
            ("percent", 5),
            ("percent", 7),
        ]
    for text in ("$3-4 billion", "$3bn-$4bn", "$3 to $4 billion", "3bn-4bn", "3-4 billion cars"):
        assert [q.value for q in find_quantities(text)] == [3e9, 4e9]
    assert [q.value for q in find_quantities("5-7.5 GWh")] == [5e9, 7.5e9]
    assert [q.value for q in find_quantities("1.2-1.4 million")] == pytest.approx([1.2e6, 1.4e6])
    assert [q.value for q in find_quantities("from 200 to 3 million")] == [200, 3e6]
    assert [q.unit for q in find_quantities("63 and 87 kilowatt-hours")] == ["Wh", "Wh"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 15 July 2023", (2023, 7, 15, "")),
        ("on July 15, 2023", (2023, 7, 15, "")),
        ("2023-07-15", (2023, 7, 15, "")),
        ("in March 2027", (2027, 3, 0, "")),
        ("in May", (0, 5, 0, "")),
        ("since 2019", (2019, 0, 0, "")),
        ("mid-2021", (2021, 0, 0, "")),
        ("the first half of 2025", (2025, 0, 0, "h1")),
        ("Q3 2024", (2024, 0, 0, "q3")),
        ("on Friday", (0, 0, 0, "fri")),
        ("last autumn", (0, 0, 0, "autumn")),
    ],
)
def test_dates(text: str, expected: tuple[int, int, int, str]) -> None:
    day = one(text).date
    assert day is not None
    assert (day.year, day.month, day.day, day.part) == expected


def test_a_count_that_looks_like_a_year_is_a_count() -> None:
    assert one("it recalled 2000 vehicles").kind == "number"
    assert find_quantities("it may march on") == ()


@pytest.mark.parametrize("text", ["the Model 3 and the F-150", "EV6, ID.4 and bZ4X", "a car", ""])
def test_digits_of_names_are_no_numbers(text: str) -> None:
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    "text", ["the upper half, they said", "of the quarter.", "this one won't", "six cars weeks ago"]
)
def test_what_looks_like_a_measure_is_none(text: str) -> None:
    assert all(q.kind == "number" and not q.unit for q in find_quantities(text))


def test_an_adjective_may_stand_before_the_unit() -> None:
    assert one("three long weeks").value == one("21 days").value
    assert one("90 quiet miles").unit == "mile"


def test_what_is_counted_and_per_what() -> None:
    assert one("1,600 jobs").noun == one("1,600 employees").noun != one("1,600 cars").noun
    assert one("980 yuan a month").per == "month"
    assert one("the two companies").soft
    assert not one("two companies").soft


def test_neighbouring_figures_are_no_share() -> None:
    assert [q.value for q in find_quantities("5 in 10 states")] == [5, 10]
    assert [q.kind for q in find_quantities("3 in 2023")] == ["number", "date"]


@given(st.text(alphabet="0123456789.,$€% ampilonkWh-toandMay\n", max_size=50))
def test_quantities_are_slices_in_order(text: str) -> None:
    end = 0
    for quantity in find_quantities(text):
        assert text[quantity.start : quantity.end] == quantity.surface
        assert quantity.start >= end
        end = quantity.end
