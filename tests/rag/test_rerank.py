"""A cross-encoder out of a folder: its scores can be weighed, whatever its head gives."""

from pathlib import Path

import torch
from sentence_transformers import CrossEncoder

from rag.embed import default_path, quiet
from rag.rerank import open_reranker


def test_scores_of_a_head_with_logits_lie_between_0_and_1(tmp_path: Path) -> None:
    quiet()
    path = str(default_path())
    model = CrossEncoder(path, num_labels=1, activation_fn=torch.nn.Identity())
    model.save_pretrained(str(tmp_path))
    texts = ["Ford cut 500 jobs in Ohio.", "A bakery opened in Lyon.", "Jobs"]
    question = "How many jobs did Ford cut?"
    logits = model.predict([(question, text) for text in texts])
    rerank = open_reranker(str(tmp_path))
    assert rerank is not None
    scores = rerank(question, texts)
    assert scores == [float(torch.tensor(x).sigmoid()) for x in logits]
