"""How the reader's second look is trained: which windows it is shown, and that it learns."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.article import Draft
from evals.train.verifier import Plan, Window, liked, train
from rag import NewsChat
from rag.network import Encoder
from rag.trained_reader import FOLDER, TrainedReader

TEXT = (
    "Voltara said on Friday that its Corvane van starts at 41,500 euros. It has four seats. "
    "The plant in Graz employs 850 people. Deliveries begin in October. The chief executive "
    "spoke in Vienna. Shares rose by two percent."
)


@pytest.mark.parametrize("answerable", [True, False])
def test_it_is_shown_what_the_reader_likes_with_its_neighbours(
    tmp_path: Path, answerable: bool
) -> None:
    day = datetime(2024, 5, 3, tzinfo=UTC)
    with NewsChat.open(tmp_path, chroma_url="") as chat:
        chat.add([Draft("a", "Voltara presents its van", TEXT, "Wire", published=day)])
        (article,) = chat.store.articles()
        row = {
            "split": "dev",
            "question": "How much does the Corvane cost?",
            "answerable": answerable,
            "articles": [article.id] if answerable else [],
            "quotes": [TEXT[: TEXT.index(" It has")]] if answerable else [],
            "facts": [["41,500 euros"]] if answerable else [],
        }
        questions = tmp_path / "questions.jsonl"
        held_out = row | {"split": "test"}
        questions.write_text(json.dumps(row) + "\n" + json.dumps(held_out) + "\n", "utf-8")
        found = list(liked(chat, TrainedReader(chat.library.embedder), questions, {}))
    assert len(found) == len({window.sentences for window in found})
    assert 1 <= len(found) <= 3
    for window in found:
        assert window.answers == (answerable and "41,500" in " ".join(window.sentences))
        assert " ".join(window.sentences) in TEXT
    assert any(window.answers for window in found) == answerable


def test_it_learns_what_it_is_shown(tmp_path: Path) -> None:
    shown = [
        Window(f"Question {i}?", "x\n", ("Red." if i % 2 else "Blue.",), bool(i % 2))
        for i in range(24)
    ]
    out = tmp_path / "verifier.safetensors"
    model = train(shown, FOLDER / "model.safetensors", out, Plan(6, 1e-4, 8)).eval()
    encoder = Encoder()
    rows = [encoder.encode("Question?", "x\n", [word]) for word in ("Red.", "Blue.")]
    red, blue = model.odds(rows)
    assert red > 1 > -1 > blue
    assert out.stat().st_size < 25_000_000
