"""Chunks are slices on sentence borders that fit the model's window."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from rag.chunk import chunk, embedded
from rag.embed import SentenceEmbedder
from rag.sentences import spans
from rag.tokens import count, cut

DAY = datetime(2024, 3, 16, tzinfo=UTC)


def article(text: str, title: str = "A title") -> Article:
    return Article("a", 1, title, text, "Wire", None, DAY, DAY, DAY, "a")


@pytest.mark.parametrize(
    "sentences",
    [
        ["Mr. Musk said the U.S. market grew.", "Sales hit $1.5 billion, the U.K. said."],
        ["“We will not stop,” J. B. Straubel told reporters.", "He left at 5 p.m. Friday."],
        ["Tesla Inc. shares fell 3.5 percent.", "GM (NYSE: GM) said No. 2 is fine."],
        ["What next?", "“Really?” she asked."],
        ["Approx. 1,000 cars were built, e.g. the Model Y.", "Ford's Sept. 5 launch came first."],
        ["Dr. Lee of LG Corp. spoke.", "The plan, i.e. the first one, stands."],
        ["The quarter was particularly hard.", "Chief Accounting Officer Dave Morton resigned."],
        ["It cost 12.5 cents a kWh vs. 14 before.", "Prices fell."],
    ],
)
def test_sentence_borders(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[a:b] for a, b in spans(text)] == sentences


def test_a_line_break_ends_a_sentence() -> None:
    text = "A heading without a stop\nThe first sentence.\n\nThe second."
    found = [text[a:b] for a, b in spans(text)]
    assert found == ["A heading without a stop", "The first sentence.", "The second."]


@given(st.text(alphabet="aB. \n\"'“”!?U1$,é", max_size=300))
@settings(max_examples=200, deadline=None)
def test_spans_are_ordered_slices_that_cover_every_word(text: str) -> None:
    found = spans(text)
    assert all(a < b for a, b in found)
    assert all(x[1] <= y[0] for x, y in itertools.pairwise(found))
    left = "".join(text[a:b] for a, b in found)
    assert "".join(left.split()) == "".join(text.split())


def test_chunks_are_overlapping_slices_within_the_budget() -> None:
    text = " ".join(f"Sentence {i} says that plant {i} makes {i * 31} cars." for i in range(120))
    chunks = chunk(article(text), 100)
    assert len(chunks) > 5
    borders = spans(text)
    for piece in chunks:
        assert text[piece.start : piece.end] == piece.text
        assert count(piece.text) <= 100
        assert piece.start in {a for a, _ in borders}
        assert piece.end in {b for _, b in borders}
    for one, two in itertools.pairwise(chunks):
        assert one.start < two.start < one.end
    assert chunks[-1].end == len(text)


def test_a_sentence_without_end_is_cut_at_words() -> None:
    text = "word " * 2000
    chunks = chunk(article(text.strip()), 100)
    assert all(count(piece.text) <= 100 for piece in chunks)
    assert sum(len(piece.text.split()) for piece in chunks) >= 2000


def test_ids_are_deterministic_and_follow_what_is_embedded() -> None:
    text = "One sentence. " * 30
    first = [piece.id for piece in chunk(article(text), 60)]
    assert first == [piece.id for piece in chunk(article(text), 60)]
    assert not set(first) & {piece.id for piece in chunk(article(text, "Other title"), 60)}
    assert len(set(first)) == len(first)


def test_no_chunk_is_cut_off_by_the_model(embedder: SentenceEmbedder) -> None:
    hard = "Löwenzähne & 電気自動車 ☂ Ω≈ç√∫ kWh/100km " * 300 + "https://x.example/" + "q9" * 900
    for piece in chunk(article(hard, "T" * 500), 2000, embedder.fits):
        assert embedder.fits(embedded(piece))


def test_a_text_longer_than_the_window_does_not_fit(embedder: SentenceEmbedder) -> None:
    for _ in range(2):  # before and after the model has set its tokenizer up
        assert embedder.fits("battery " * 200)
        assert not embedder.fits("battery " * 300)
        embedder.encode(["battery " * 300, "short"])


def test_an_empty_article_has_no_chunks() -> None:
    assert chunk(article("  \n "), 100) == []


def test_cut_ends_at_a_word_within_the_budget() -> None:
    text = "The electric-vehicle market grew in every region of the world last year."
    short = cut(text, 6)
    assert text.startswith(short)
    assert count(short) <= 6
    assert text[len(short)] == " "
