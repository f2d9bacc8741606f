"""A chat model's rewrite of a follow-up: what is accepted, and what leaves the rules their word."""

import pytest
from langchain_core.language_models import FakeListChatModel

from rag.talk.rewrite import accept_rewrite, rewrite_prompt, rewritten
from rag.types import Turn

_TALK = (
    Turn(
        "How many cars did Tesla deliver in Q3 2023?",
        "Tesla delivered 435,059 vehicles in the third quarter of 2023.",
    ),
)


@pytest.mark.parametrize(
    ("rewrite", "accepted"),
    [
        ("How many cars did Ford deliver in Q3 2023?", True),
        ('Stand-alone question: "How many cars did Ford deliver in Q3 2023?"', True),
        ("How many cars did Ford and Rivian deliver in Q3 2023?", False),
        ("How many cars did Ford deliver in Q3 2024?", False),
        ("How many cars did Ford boss Zorblatt deliver in Q3 2023?", False),
        ("How many cars did Tesla deliver in Q3 2023?", False),
        ("Ford delivered 435,059 cars.", False),
        ("How many cars did Ford deliver?\nIt delivered many.", False),
        ("", False),
        ("See https://example.com about Ford?", False),
        ("How many cars did Ford deliver " + "and deliver " * 40 + "?", False),
    ],
)
def test_rewrite_of_a_model(rewrite: str, accepted: bool) -> None:
    result = accept_rewrite(rewrite, "What about Ford?", _TALK)
    assert (result is not None) == accepted
    if accepted:
        assert result == "How many cars did Ford deliver in Q3 2023?"


def test_a_model_that_fails_or_hangs_leaves_the_rules_their_word() -> None:
    good = "How many cars did Ford deliver in Q3 2023?"
    assert rewritten("What about Ford?", _TALK, FakeListChatModel(responses=[good])) == good
    failing = FakeListChatModel(responses=[good], error_on_chunk_number=5)
    assert rewritten("What about Ford?", _TALK, failing) is None
    hanging = FakeListChatModel(responses=[good], sleep=0.5)  # a letter each half second
    assert rewritten("What about Ford?", _TALK, hanging, seconds=0.2) is None


def test_prompt_holds_the_talk_and_stays_short() -> None:
    turns = [*_TALK, Turn("Why?", "x\n" * 5000)]
    prompt = rewrite_prompt("What about\nFord?", turns)
    assert "435,059" in prompt
    assert "User: What about Ford?" in prompt
    assert len(prompt) < 2500
