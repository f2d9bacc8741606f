"""The number, name or date asked for is found, and is none that the question says itself."""

import pytest

from rag.expects import expects, find_answer, holds


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("How many models did Ford launch in 2025?", "In 2025 Ford launched 5 models.", "5"),
        ("How many models did Ford launch in 2025?", "It launched 5 models from 12 sites.", None),
        ("How much does the 500e cost?", "The 500e costs $32,500.", "$32,500"),
        ("When did GM close it?", "GM closed it on 3 May 2024.", "3 May 2024"),
        ("How many did BYD sell in 2023?", "BYD sold 526,409 in the fourth quarter.", None),
        ("How many did BYD sell in Q4 2023?", "BYD sold 526,409 in the fourth quarter.", "526,409"),
        ("When did BYD pass it?", "Its third-quarter report of 3 May 2024 told it.", "3 May 2024"),
    ],
)
def test_the_one_thing_asked_for_is_marked(question: str, text: str, answer: str | None) -> None:
    place = find_answer(text, expects(question), question)
    assert (text[slice(*place)] if place else None) == answer


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("How many cars did BYD sell in 2023?", "BYD sold 302,000 cars in 2023.", 1.0),
        ("How many cars did BYD sell in 2023?", "BYD sold more cars in 2023.", 0.0),
        ("Who bought Lucid Motors?", "For the buyer of Lucid Motors it is the first.", 0.0),
        ("Who bought Volta?", "The buyer is Lucid Motors.", 1.0),
    ],
)
def test_a_text_holds_what_the_question_does_not_say(question: str, text: str, held: float) -> None:
    assert holds(text, expects(question), question) == held
