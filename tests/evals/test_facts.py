import pytest

from evals.facts import has_number, normalise, numbers, says


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("It delivered 1,808,581 cars.", "1,808,581"),
        ("It delivered 1.8 million cars.", "1,800,000"),
        ("about 1.80 million", "1.8 million"),
        ("up 12 per cent", "12%"),
        ("up 12% on the year", "12 percent"),
        ("worth US$4bn", "$4 billion"),
        ("worth 4 billion dollars", "$4 billion"),
        ("costs $4 billion", "4 billion"),
        ("€900m of debt", "900 million euros"),
        ("on September 30, 2025", "30 September"),
        ("on Sept. 30", "30 September"),
        ("on 2025-09-30", "30 September 2025"),
        ("for four years", "4 years"),
        ("It will build two plants.", "two"),
        ("Of its plants it will keep two.", "2"),
        ("605-kilometre range", "605 km"),
        ("of 40 gigawatt hours", "40 gigawatt"),
        ("the ‘Model Y’ isn’t late", "isn't"),
        ("a plug–in hybrid", "plug-in hybrid"),
        ("VW's plant", "Volkswagen"),
        ("in mid‑2026", "mid-2026"),
        ("It is 17.4.", "17.4"),
        ("Ivan  ESPINOSA said", "Ivan Espinosa"),
    ],
)
def test_the_same_fact_in_other_writing_is_found(text: str, wording: str) -> None:
    assert says(text, [wording])


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("17.4 percent", "17 percent"),
        ("17.4 percent", "4 percent"),
        ("12.13 million", "12.1 million"),
        ("1,808,581 cars", "808,581"),
        ("142,000 cars", "142"),
        ("12 percentage points", "12 percent"),
        ("4 billion euros", "$4 billion"),
        ("4 million dollars", "$4 billion"),
        ("spare partsman", "spare parts"),
        ("the unmarched", "March"),
        ("in May 2024", "20 May"),
        ("fell by -5%", "15%"),
        ("", "March"),
    ],
)
def test_another_fact_is_not_found(text: str, wording: str) -> None:
    assert not says(text, [wording])


def test_any_wording_will_do() -> None:
    assert says("nearly 1.81 million cars", ["1,808,581", "1.81 million"])
    assert not says("nearly 2 million cars", ["1,808,581", "1.81 million"])


def test_numbers_are_read_with_their_signs() -> None:
    assert numbers("It paid $4.7 billion, 12 percent more, for 605 km in 2025.") == [
        "$4700000000",
        "12%",
        "605",
        "2025",
    ]
    assert has_number("12%", "by 12 per cent")
    assert not has_number("12%", "by 12.5 percent")


def test_a_normal_form_is_its_own_normal_form() -> None:
    text = "US$4bn on Sept. 30, 2025: 1.8 million F-150s, 12 per cent, 605-kilometre"
    assert normalise(normalise(text)) == normalise(text)
