"""What the reader found becomes evidence: of like answers the newer, where the present is asked."""

from datetime import UTC, date, datetime

import pytest

from corpus.article import Article
from rag.asked import Asked
from rag.evidence import gather
from rag.stages import Found, Read, understand
from rag.types import Passage, Reading, Span

TODAY = date(2025, 7, 1)


def span(year: int, score: float) -> Span:
    when = datetime(year, 6, 1, tzinfo=UTC)
    text = f"Volta builds its vans in plant number {year}."
    article = Article(
        id=str(year), revision=1, title="Vans", source="Wire", url=None, published=when, text=text,
        fetched=when, known=when, story=str(year),
    )  # fmt: skip
    return Span(Passage(article, 0, len(text), 1.0), 0, len(text), score)


def order(question: str, *found: Span) -> list[str]:
    asked = understand(Asked(question), TODAY)
    passages = tuple(one.passage for one in found)
    read = Read(Found(asked, passages, (), 0.0), Reading(found, 0.9), 0.0)
    evidence = gather(read, lambda one, other: 0.0, half_life_days=120.0)
    return [one.passage.article.id for one in evidence.spans]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Where is Volta building vans?", ["2022", "2025"]),
        ("Where does Volta build vans now?", ["2025", "2022"]),
        ("Where did Volta build vans?", ["2022", "2025"]),
    ],
)
def test_the_newer_of_like_answers_comes_first_for_the_present_only(
    question: str, expected: list[str]
) -> None:
    assert order(question, span(2022, 0.9), span(2025, 0.85)) == expected


def test_a_much_better_old_answer_stays_before_a_new_one() -> None:
    assert order("Where does Volta build vans now?", span(2022, 0.9), span(2025, 0.5)) == [
        "2022",
        "2025",
    ]
