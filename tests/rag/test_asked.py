"""What callers pass as a question is taken as they mean it, or refused in one line."""

from datetime import date
from typing import Any

import pytest

from corpus.errors import InputError
from rag.asked import make_asked
from rag.types import Turn


def test_one_source_or_one_earlier_question_may_stand_alone() -> None:
    asked = make_asked("And Ford?", history="What did GM sell?", sources="Reuters")
    assert asked.history == (Turn("What did GM sell?"),)
    assert asked.sources == ("Reuters",)
    pair = make_asked("And Ford?", history=[("What did GM sell?", "Cars."), "And VW?"])
    assert pair.history == (Turn("What did GM sell?", "Cars."), Turn("And VW?"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"history": [{"role": "user", "content": "Hello"}]}, "pairs of question and answer"),
        ({"history": [("a", "b", "c")]}, "pairs of question and answer"),
        ({"mode": "writen"}, "'writen' is not a mode; use quotes or written"),
        ({"after": "2024-06-01", "before": "2024-01-01"}, "swap them"),
        ({"as_of": "2024-5-1"}, "'2024-5-1' is not a day"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_asked("What did Ford do?", **given)


def test_a_period_may_be_one_day() -> None:
    asked = make_asked("What did Ford do?", after="2024-06-01", before=date(2024, 6, 1))
    assert asked.window.after == asked.window.before == date(2024, 6, 1)
