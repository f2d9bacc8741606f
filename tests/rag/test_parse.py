"""The parser of a chat model's stream: markers, sentence ends, and any way of cutting the text."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.parse import Parser, Sentence, numbers_of


def parse(text: str, most: int = 5) -> list[Sentence]:
    parser = Parser(most)
    return parser.feed(text) + parser.close()


def pairs(text: str, most: int = 5) -> list[tuple[str, tuple[int, ...]]]:
    return [(s.text, s.marks) for s in parse(text, most)]


ONE = [("Ford cut 500 jobs.", (1,))]


@pytest.mark.parametrize(
    "text",
    [
        "Ford cut 500 jobs [1].",
        "Ford cut 500 jobs. [1]",
        "Ford cut 500 jobs.[1]",
        "Ford cut 500 jobs [1]. [1]",
        "Ford cut 500 jobs. [1].",
        "Ford cut 500 jobs [1] .",
        "[1] Ford cut 500 jobs.",
        "[1]: Ford cut 500 jobs.",
        "Ford cut 500 jobs (1).",
        "Ford cut 500 jobs. (1)",
        "Ford cut 500 jobs [^1].",
        "Ford cut 500 jobs [Evidence 1].",
        "Ford cut 500 jobs [source: 1].",
        "Ford cut 500 jobs 【1】.",
        "Ford cut 500 jobs 【1†source】.",
        "Ford cut 500 jobs ［1］.",
        "Ford cut 500 jobs [\u200b1].",
        "```\nFord cut 500 jobs [1].\n```",
        "```text\nFord cut 500 jobs.\n[1]\n```",
        "- Ford cut 500 jobs [1].",
        "1. Ford cut 500 jobs [1].",
        "**Ford** cut `500` jobs **[1]**.",
        "Ford cut 500 jobs.\n[1]",
        "Ford cut 500 jobs.\n\n[1]\n",
        "<think>Which one? [3] It seems so.</think>\nFord cut 500 jobs [1].",
    ],
)
def test_every_way_to_write_a_marker(text: str) -> None:
    assert pairs(text) == ONE


@pytest.mark.parametrize(
    ("mark", "numbers", "wrong"),
    [
        ("[1, 2]", (1, 2), False),
        ("[1,2;3]", (1, 2, 3), False),
        ("[1-3]", (1, 2, 3), False),
        ("[1–3]", (1, 2, 3), False),
        ("[2 and 4]", (2, 4), False),
        ("[1][2]", (1, 2), False),
        ("[1] [2]", (1, 2), False),
        ("[2][2]", (2,), False),
        ("[9]", (), True),
        ("[0]", (), True),
        ("[1, 9]", (1,), True),
        ("[4-9]", (4, 5), True),
        ("[999]", (), True),
        ("", (), False),
    ],
)
def test_numbers_of_a_marker(mark: str, numbers: tuple[int, ...], wrong: bool) -> None:
    assert parse(f"Ford cut 500 jobs {mark}.") == [Sentence("Ford cut 500 jobs.", numbers, wrong)]


def test_a_range_is_never_written_out_beyond_the_evidence() -> None:
    assert numbers_of("[1-999]", 4) == ([1, 2, 3, 4], True)


def test_round_numbers_inside_a_sentence_are_text() -> None:
    assert pairs("Ford runs two (2) plants in Ohio [1].") == [
        ("Ford runs two (2) plants in Ohio.", (1,))
    ]
    assert pairs("Ford did so (2021).") == [("Ford did so (2021).", ())]


def test_markers_belong_to_the_sentence_before_them() -> None:
    assert pairs("Ford cut jobs. [1] GM did not. [2][3] Both sell trucks.") == [
        ("Ford cut jobs.", (1,)),
        ("GM did not.", (2, 3)),
        ("Both sell trucks.", ()),
    ]


def test_leading_markers_belong_to_the_sentence_after_them() -> None:
    assert pairs("[1] Ford cut jobs. [2] GM did not.") == [
        ("Ford cut jobs.", (1,)),
        ("GM did not.", (2,)),
    ]
    assert pairs("[1] Ford cut jobs.\n[2] GM did not.") == [
        ("Ford cut jobs.", (1,)),
        ("GM did not.", (2,)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Tesla Inc. sold 1.8 million cars in the U.S. market at $4.75 a share.",
        "Elon R. Musk and J. B. Straubel met Dr. Wu on Jan. 5 in St. Louis.",
        "Model No. 3 vs. No. 4 cost approx. 40,000 dollars.",
        "Tesla.com lists it at 3.5 percent.",
        "Ford said... nothing more.",
    ],
)
def test_full_stops_that_end_nothing(text: str) -> None:
    assert pairs(text) == [(text, ())]


def test_a_quotation_ends_with_its_mark() -> None:
    assert pairs('Farley said: "We are ahead." [2] GM agreed.') == [
        ('Farley said: "We are ahead."', (2,)),
        ("GM agreed.", ()),
    ]


def test_a_list_gives_a_sentence_a_line() -> None:
    text = "Here:\n1. Ford cut jobs [1]\n2. GM did not [2]\n\n* Both sell trucks [3]"
    assert pairs(text) == [
        ("Here:", ()),
        ("Ford cut jobs", (1,)),
        ("GM did not", (2,)),
        ("Both sell trucks", (3,)),
    ]


def test_links_stay_for_the_caller_to_see() -> None:
    (sentence,) = parse("See [1](https://evil.example/a.b) now.")
    assert "https://evil.example" in sentence.text
    assert sentence.marks == ()


def test_a_sentence_comes_out_as_soon_as_the_next_begins() -> None:
    parser = Parser(3)
    assert parser.feed("Ford cut jobs [1]. ") == []
    assert [s.text for s in parser.feed("G")] == ["Ford cut jobs."]


def test_a_stream_that_breaks_off_gives_what_it_had() -> None:
    assert pairs("Ford cut jobs [1]. GM did n") == [("Ford cut jobs.", (1,)), ("GM did n", ())]
    assert pairs("Ford cut jobs [1") == [("Ford cut jobs", ())]
    assert pairs("<think>Ford cut jobs [1].") == []


def test_endless_text_is_cut() -> None:
    found = parse("word " * 2000)
    assert len(found) > 1
    assert all(len(s.text) <= 2000 for s in found)


WORDS = "Ford| cut| 1.8 million| jobs|U.S.| Inc.|The|the|No. 5|é|\u200b".split("|")
SIGNS = '. ! ? … [ ] ( ) “ ” " , ** ` ![ <think> </think> ](https://x.example)'.split(" ")
MARKS = "[1] [2,3] [1-3] [9] (1) (20) 【2】 [^2]".split(" ")
PARTS = st.sampled_from(
    [
        *WORDS,
        *SIGNS,
        *MARKS,
        " ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "2) ",
        "# ",
        "> ",
        "```\n",
        "```json\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=14).map("".join))
def test_the_cuts_of_a_stream_change_nothing(text: str) -> None:
    whole = parse(text)
    for at in range(len(text) + 1):
        parser = Parser(5)
        assert parser.feed(text[:at]) + parser.feed(text[at:]) + parser.close() == whole


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.lists(st.integers(0, 80), max_size=8))
def test_any_text_in_any_pieces(text: str, cuts: list[int]) -> None:
    parser = Parser(5)
    edges = sorted({0, *(min(c, len(text)) for c in cuts), len(text)})
    found = [s for a, b in pairwise(edges) for s in parser.feed(text[a:b])] + parser.close()
    assert found == parse(text)
    assert all(1 <= n <= 5 for s in found for n in s.marks)
    assert all(s.text == s.text.strip() and "\n" not in s.text for s in found)


@settings(max_examples=200, deadline=None)
@example("【2】(")
@example("【2】((1)")
@example("[1](Ford(1)")
@example("Ford cut 500 jobs [1](")
@given(st.lists(PARTS, max_size=14).map("".join))
def test_no_marker_stays_in_a_text(text: str) -> None:
    for sentence in parse(text):
        assert "[1]" not in sentence.text
        assert "【2】" not in sentence.text
