"""Which quotes make an answer: the best first, further ones for what they add, each whole."""

from datetime import UTC, datetime

import pytest

from corpus.article import Article
from rag.answer import MOST, WORDS, pick
from rag.sentences import spans as sentence_spans
from rag.types import Passage, Reading, Span

ASKED = "How many people does the plant employ?"


def sentences(text: str, name: str = "a") -> list[Span]:
    """A span of score 0 for each sentence of an article."""
    when = datetime(2024, 3, 16, tzinfo=UTC)
    article = Article(
        id=name, revision=1, title="Plants", source="Wire", url=None, published=when, text=text,
        fetched=when, known=when, story=name,
    )  # fmt: skip
    passage = Passage(article, 0, len(text), 1.0)
    return [Span(passage, start, end, 0.0) for start, end in sentence_spans(text)]


def quotes(question: str, *scored: tuple[Span, float]) -> list[str]:
    found = tuple(Span(s.passage, s.start, s.end, score) for s, score in scored)
    return [span.text for span in pick(question, Reading(found, 0.9))]


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ("Ford will close its plant in Saarlouis.", "It employs 4,600 people."),
        ("Ford and Koç will build cells near Ankara.", "The plant will employ 3,000 people."),
        ("“We closed the old paint shop.", "I keep 900 people there.”"),
        ('"We closed the old paint shop.', 'I keep 900 people there."'),
    ],
)
def test_a_quote_that_leans_on_the_sentence_before_brings_it(before: str, answer: str) -> None:
    _, second = sentences(f"{before} {answer}")
    assert quotes(ASKED, (second, 0.9)) == [f"{before} {answer}"]


@pytest.mark.parametrize(
    "answer", ["The plant of Tesla employs 12,000 people.", "“I keep 900 people there,” he said."]
)
def test_a_quote_that_can_be_understood_alone_stands_alone(answer: str) -> None:
    _, second = sentences(f"Brandenburg has a car industry again. {answer}")
    assert quotes(ASKED, (second, 0.9)) == [answer]


def test_the_best_comes_first_and_a_weak_one_not_at_all() -> None:
    (best,) = sentences("Ford employs 4,600 people in Saarlouis.", "a")
    (good,) = sentences("Cologne has 9,800 workers on two lines.", "b")
    (weak,) = sentences("Dearborn was founded by farmers in 1833.", "c")
    assert quotes(ASKED, (best, 0.9), (good, 0.6), (weak, 0.1)) == [best.text, good.text]


def test_what_is_said_already_is_not_quoted_again() -> None:
    (best,) = sentences("Ford employs 4,600 people at its plant in Saarlouis.", "a")
    (again,) = sentences("At its plant in Saarlouis, Ford employs 4,600 people.", "b")
    assert quotes(ASKED, (best, 0.9), (again, 0.89)) == [best.text]


def test_a_question_for_several_things_takes_more_than_one_for_a_single_fact() -> None:
    (best,) = sentences("Ford employs 4,600 people in Saarlouis.", "a")
    (other,) = sentences("Cologne has 9,800 workers on two lines.", "b")
    scored = (best, 0.9), (other, 0.3)
    assert quotes(ASKED, *scored) == [best.text]
    assert quotes("Compare the staff of Saarlouis and Cologne.", *scored) == [best.text, other.text]


def test_sentences_that_touch_are_one_quote_in_their_own_order() -> None:
    first, second = sentences("Ford cut 500 jobs in Cologne. Saarlouis lost 2,000 more.")
    assert quotes(ASKED, (second, 0.9), (first, 0.8)) == [f"{first.text} {second.text}"]


def test_an_answer_stays_short_but_its_best_quote_is_whole() -> None:
    towns = [f"Town{i} has {i + 2},000 people in {i + 3} halls of plant{i}." for i in range(9)]
    short = [(sentences(town, town)[0], 0.9) for town in towns]
    assert len(quotes(ASKED, *short)) == MOST
    (long,) = sentences(" ".join(["Ford", *(f"word{i}" for i in range(WORDS + 20)), "ends."]))
    assert quotes(ASKED, (long, 0.9), short[0]) == [long.text]


def test_nothing_read_is_nothing_quoted() -> None:
    assert pick(ASKED, Reading((), 0.0)) == ()
