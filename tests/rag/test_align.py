"""How well a question's words are met in a text, with the real embedding model."""

import numpy as np
import pytest

from rag.align import align, content_tokens, rarity
from rag.embed import SentenceEmbedder
from rag.rank import stems


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder()


def test_tokens_stand_where_they_say(embedder: SentenceEmbedder) -> None:
    texts = ["Ford cut jobs in Köln.", "", "Rivian " * 400]
    short, empty, long = embedder.tokens(texts)
    assert "".join(texts[0][a:b] for a, b in short.places) == "FordcutjobsinKöln."
    assert short.vectors.shape == (len(short.places), embedder.dim)
    assert np.allclose(np.linalg.norm(short.vectors, axis=1), 1.0, atol=1e-2)
    assert empty.places == ()
    # What the model's window can't hold is left out, never put in another place.
    assert len(long.places) < 400
    assert all(texts[2][a:b] in "Rivian" for a, b in long.places)


def test_the_word_that_is_not_there_is_met_least(embedder: SentenceEmbedder) -> None:
    question = "When did Ford close its plant in Saarlouis?"
    asked, told, other = embedder.tokens(
        [
            question,
            "Ford shut its Saarlouis factory in November 2025.",
            "Ford opened a new factory in Tennessee.",
        ]
    )
    words = [word for word, _ in content_tokens(question, asked)]
    assert words == ["Ford", "close", "plant", "Saarlouis"]
    rows = align(question, asked, [told, other])
    assert rows.shape == (2, 4)
    assert rows[0].min() > rows[1].min()
    assert rows[1].argmin() == words.index("Saarlouis")


def test_a_question_of_stop_words_alone_aligns_with_nothing(embedder: SentenceEmbedder) -> None:
    asked, text = embedder.tokens(["Why is that so?", "Ford closed a plant."])
    assert align("Why is that so?", asked, [text]).shape == (1, 0)


def test_rare_words_count_more() -> None:
    passages = [stems("Ford plant"), stems("Ford jobs"), stems("Ford Saarlouis")]
    everywhere, once, nowhere = rarity(["Ford", "Saarlouis", "Rivian"], passages, stems)
    assert 0 <= everywhere < once < nowhere
