"""Which sentences answer, with the shipped reader over real passages."""

from datetime import UTC, datetime

import numpy as np
import pytest

from corpus.article import Article
from rag.candidates import tells
from rag.embed import SentenceEmbedder
from rag.plain_reader import PlainReader
from rag.reader import Reader
from rag.trained_reader import TrainedReader, looked_at
from rag.types import Passage, Span

DAY = datetime(2024, 5, 3, tzinfo=UTC)
TEXT = (
    "May 3, 2024 Updated May 4, 2024, 9:10 a.m. ET\n"
    "How much will the Corvane cost? Voltara said on Friday that its Corvane van starts at 41,500 "
    "euros. The plant in Graz employs 850 people. Deliveries begin in October. "
    "(Updates with price in second paragraph.)"
)


@pytest.fixture(scope="module", params=["trained", "plain"])
def reader(request: pytest.FixtureRequest) -> Reader:
    embedder = SentenceEmbedder()
    return TrainedReader(embedder) if request.param == "trained" else PlainReader(embedder)


def passage(text: str, name: str = "a") -> Passage:
    article = Article(
        name, 1, "Voltara presents its van", text, "Test Wire", None, DAY, DAY, DAY, name
    )
    return Passage(article, 0, len(text), 1.0, 0.7)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much does the Corvane cost?", "41,500"),
        ("How many people work in Graz?", "850"),
        ("When do deliveries of the Corvane begin?", "October"),
    ],
)
def test_the_answering_sentence_comes_first(reader: Reader, question: str, answer: str) -> None:
    reading = reader.read(question, [passage(TEXT)])
    best = reading.spans[0]
    assert answer in best.text
    assert best.text == best.passage.article.text[best.start : best.end]


def test_long_passages_are_read_to_the_end() -> None:
    filler = "The plant in Graz also makes seats, doors, frames and roofs for vans of other firms. "
    text = filler * 25 + "The Corvane costs 41,500 euros."
    spans = TrainedReader(SentenceEmbedder()).score("What does the Corvane cost?", [passage(text)])
    assert spans[0].text == "The Corvane costs 41,500 euros."


def test_questions_stamps_and_notes_are_no_answers(reader: Reader) -> None:
    reading = reader.read("How much does the Corvane cost?", [passage(TEXT)])
    texts = [span.text for span in reading.spans]
    assert len(texts) == 3
    assert not any("?" in text or "Updat" in text for text in texts)


def test_nothing_to_read_is_surely_no_answer(reader: Reader) -> None:
    for passages in ([], [passage("May 3, 2024 9:10 a.m. ET")]):
        reading = reader.read("How much does the Corvane cost?", passages)
        assert reading.spans == ()
        assert reading.p_answered == 0.0


def test_a_question_that_is_answered_is_surer_than_one_that_is_not(reader: Reader) -> None:
    asked = reader.read("How much does the Corvane cost?", [passage(TEXT)])
    other = reader.read("Who won the football match in Lisbon?", [passage(TEXT)])
    assert asked.p_answered > other.p_answered


def test_the_second_look_tells_what_was_asked_of_whom() -> None:
    told = passage("Voltara bought the battery maker Lumen in May. It paid 300 million euros.")
    broken = passage(
        "Voltara talked with the battery maker Lumen about a merger. Talks ended.", "b"
    )
    reader = TrainedReader(SentenceEmbedder())
    question = "When did Voltara buy Lumen?"
    spans = [Span(p, 0, p.article.text.index(".") + 1, 0.5) for p in (told, broken)]
    yes, no = reader.verify(question, spans)
    assert yes > no


def test_a_second_look_can_change_the_order_and_leaves_the_others_alone() -> None:
    text = passage(TEXT)
    spans = [Span(text, i, i + 5, 0.5) for i in range(4)]
    logits = np.array([2.0, 1.8, 0.5, -1.0])
    rows = np.arange(4.0)[:, None]
    weights = {"bias": 0.5, "verified": 0.2}
    looks = np.array([-6.0, 4.0, -1.0])
    found, moved, again = looked_at(tuple(spans), rows, logits, looks, weights)
    assert [span.start for span in found] == [1, 0, 2, 3]
    assert moved[:, 0].tolist() == [1, 0, 2, 3]
    assert again.tolist() == [4.0, -6.0, -1.0, -6.0]
    expected = [1 / (1 + np.exp(-sure)) for sure in (3.1, 1.3, 0.8, -1.0)]
    assert [span.score for span in found] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("VW e-Golf SEL Premium: 83-mile range.", True),
        ("It could power 30,000 homes.", True),
        ("What is unique about the Cybertruck?", False),
        ("Aug. 8, 2022 Updated Aug. 9, 2022, 4:39 p.m. ET", False),
        ("(Updates with comment of the chief executive.)", False),
        ("Updates to the software come in May, the company said.", True),
    ],
)
def test_what_can_be_an_answer(sentence: str, expected: bool) -> None:
    assert tells(sentence) is expected
