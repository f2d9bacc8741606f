"""Dates in questions: a table of phrases, half of them traps that are no dates at all."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates.events import known_events
from rag.types import Window
from rag.when import read_window

TODAY = date(2026, 7, 15)
_TABLE = Path(__file__).parents[1] / "data" / "when.tsv"


def _rows() -> list[tuple[str, ...]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_phrase(row: tuple[str, ...]) -> None:
    question, after, before, as_of, order = row
    window = read_window(question, TODAY)
    found = (window.after, window.before, window.as_of, window.order)
    assert found == (_day(after), _day(before), _day(as_of), order)


def test_table_is_long_and_half_traps() -> None:
    rows = _rows()
    traps = [r for r in rows if r[1:] == ("", "", "", "relevance")]
    assert len(rows) >= 150
    assert len(traps) >= len(rows) / 2
    assert len({r[0] for r in rows}) == len(rows)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How many did Tesla deliver in Q3 2023?", ["in Q3 2023"]),
        ("What has Ford done since the IRA?", ["since the IRA"]),
        ("Deliveries between March and May 2024", ["between March and May 2024"]),
        ("Who was CEO as of 1 May 2023?", ["as of 1 May 2023"]),
        ("Is the Bolt still sold?", ["still"]),
        ("What is the 2030 target?", []),
    ],
)
def test_spans_are_the_words_that_said_so(question: str, parts: list[str]) -> None:
    window = read_window(question, TODAY)
    assert [question[start:end] for start, end in window.spans] == parts


def test_result_of_a_year_published_in_january_is_inside() -> None:
    window = read_window("How many cars did Tesla deliver in 2023?", TODAY)
    assert window.after is not None
    assert window.before is not None
    assert window.after <= date(2024, 1, 2) <= window.before


@pytest.mark.parametrize(
    ("question", "strict"),
    [
        ("How many cars did Tesla deliver in 2023?", False),
        ("How many were registered through October 2018?", False),
        ("What was the share price of Tesla on 3 June 2024?", True),
        ("What did the papers say in articles published in 2023?", True),
        ("What was known before June 2023?", True),
        ("What has Ford done since March 2023?", True),
    ],
)
def test_the_period_of_an_event_ranks_and_that_of_publication_filters(
    question: str, strict: bool
) -> None:
    window = read_window(question, TODAY)
    assert window.after or window.before
    assert window.strict == strict


def test_the_same_words_mean_another_day_later() -> None:
    question = "What did Ford announce last month?"
    assert read_window(question, date(2024, 1, 10)).after == date(2023, 12, 1)
    assert read_window(question, date(2024, 3, 31)).after == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        # the date closes a clause: the answer lies on the clause's other side
        ("What happened after Fisker went bankrupt in June 2024?", "2024-06-01", ""),
        ("How are sales since the bonus ended in December 2023?", "2023-12-01", ""),
        ("What did Fisker say before it went bankrupt in June 2024?", "", "2024-06-30"),
        ("After the recall, how many cars did GM sell in 2023?", "2023-01-01", "2024-04-29"),
        ("Prices between 2018 and now", "2018-01-01", ""),
        ("Outages in the past 72 hours", "2026-07-12", ""),
        ("What was decided the year before last?", "2024-01-01", "2025-04-30"),
        ("What has opened since the beginning of the year?", "2026-01-01", ""),
        ("Taycan deliveries 9M 2024", "2024-01-01", "2024-12-29"),
        ("EV share in Q1 and Q2 2025", "2025-01-01", "2025-09-28"),
        # the third quarter of 2026 has just begun: that of 2025 may be meant
        ("Ford sales in the third quarter", "2025-07-01", ""),
        ("H1 sales of BYD", "2026-01-01", ""),
        # named after its year, or still to come
        ("What did the Infrastructure Law of 2021 pay for?", "", ""),
        ("Which EVs are coming in 2026?", "", ""),
        ("Which EVs came in 2023?", "2023-01-01", "2024-04-29"),
    ],
)
def test_window_of(question: str, after: str, before: str) -> None:
    window = read_window(question, TODAY)
    assert (window.after, window.before) == (_day(after), _day(before))


def test_the_state_of_a_past_time_is_not_the_newest() -> None:
    assert read_window("State of NACS adoption", TODAY).order == "newest"
    assert read_window("State of NACS adoption in mid 2023", TODAY).order == "relevance"


def test_events_are_past_and_in_order() -> None:
    for event in known_events():
        assert event.period.start <= event.period.end <= TODAY, event.name


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            "in since before Q4 2023 2030 May march 31 February as of between and to last year "
            "3 years ago from now H2 00/00/2024 2024-13-45 the IRA summer '99".split()
        ),
        max_size=12,
    ).map(" ".join),
    st.dates(date(2015, 1, 1), date(2040, 12, 31)),
)
def test_any_text_gives_a_sound_window(text: str, today: date) -> None:
    window = read_window(text, today)
    assert window.as_of is None or window.as_of <= today
    assert window.before is None or window.before < today
    if window.after and window.before:
        assert window.after <= window.before + timedelta(days=1)
    for start, end in window.spans:
        assert 0 <= start < end <= len(text)
    if not window.spans:
        assert window == Window()
