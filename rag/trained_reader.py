"""The shipped reader: a small cross-encoder that scores every sentence in its context, and a
second one that looks closely at the best of them.

See rag/reader_model/CARD.md for its data, scores and limits.
"""

import json
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from rag.candidates import best_per_slice, sentences_of, with_neighbours
from rag.chunk import make_header
from rag.embed import Embedder, has_bf16, quiet
from rag.features import FEATURES, features
from rag.rank import RANK, rank_features
from rag.types import Passage, Reading, Span

if TYPE_CHECKING:
    from rag.network import Encoder
    from rag.reading_model import ReadingModel
    from rag.verifying_model import VerifyingModel

FOLDER = Path(__file__).parent / "reader_model"
# On development questions the first eight passages hold as many facts as twelve, and reading them
# takes two thirds of the time; the other four are further coverage.
READ = 8  # passages that are read
CANDIDATES = 16  # sentences that are ranked by more than the network
VERIFIED = 3  # sentences that get a second look


class TrainedReader:
    """Reads the best passages of a question in one pass; safe to call from several threads."""

    name = "trained"

    def __init__(self, embedder: Embedder, folder: Path = FOLDER, precision: str = "auto") -> None:
        self._embedder = embedder
        self._folder = folder
        self._bf16 = precision == "bf16" or (precision == "auto" and has_bf16())
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Sentences best first.

        A span's score is the chance that its sentence answers; `p_answered` the chance that any
        does. Both are calibrated on development questions.
        """
        found = self.score(question, passages)[:CANDIDATES]
        if not found:
            return Reading((), 0.0)
        rank, answered = self._calibration["rank"], self._calibration["answered"]
        rows = rank_features(question, found, self._embedder)
        spans, rows, logits = ranked(found, rows, rank)
        verified = self.verify(question, spans[:VERIFIED])
        look = self._calibration["second_look"]
        spans, rows, verified = looked_at(spans, rows, logits, verified, look)
        values = features(question, spans, rows, verified)
        logit = answered["bias"] + values @ np.array([answered[name] for name in FEATURES])
        return Reading(spans, _logistic(float(logit)))

    def score(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        """Every sentence of the first `READ` passages with the logistic of its log-odds against
        "none of these", best first.

        The network alone: each passage is read by itself.
        """
        import torch

        from rag.network import collate

        with self._lock:
            encoder, model = self._loaded
            rows = []
            for passage in passages[:READ]:
                borders = sentences_of(passage)
                texts = [passage.article.text[a:b] for a, b in borders]
                # What a row has no room for is read in a further one.
                while texts:
                    encoded = encoder.encode(question, make_header(passage.article), texts)
                    size = len(encoded[2])
                    rows.append((passage, borders[:size], encoded))
                    borders, texts = borders[size:], texts[size:]
            if not rows:
                return []
            with torch.inference_mode():
                scores = model(*collate([encoded for _, _, encoded in rows])).float()
        found = []
        odds = (scores[:, 1:] - scores[:, :1]).tolist()
        for (passage, borders, _), line in zip(rows, odds, strict=True):
            for (start, end), value in zip(borders, line, strict=False):
                found.append(Span(passage, start, end, _logistic(value)))
        return best_per_slice(found)

    def verify(self, question: str, spans: Sequence[Span]) -> NDArray[np.float64]:
        """Log-odds (spans,) that a sentence, read again with its neighbours only, answers."""
        with self._lock:
            encoder, _ = self._loaded
            rows = [
                encoder.encode(question, make_header(span.passage.article), with_neighbours(span))
                for span in spans
            ]
            return self._verifier.odds(rows)

    @cached_property
    def _loaded(self) -> "tuple[Encoder, ReadingModel]":
        quiet()
        import torch

        from rag.network import Encoder
        from rag.reading_model import ReadingModel

        model = ReadingModel()
        try:
            model.load(self._folder / "model.safetensors")
        except (OSError, ValueError) as error:
            raise ModelError(
                f"{self._folder}: the reader can't be loaded ({error}); reinstall the package, "
                "or set EVNEWS_READER=plain"
            ) from error
        model.eval()
        if self._bf16:
            model.to(torch.bfloat16)
        return Encoder(), model

    @cached_property
    def _verifier(self) -> "VerifyingModel":
        from rag.verifying_model import open_verifier

        return open_verifier(self._folder / "verifier.safetensors", self._bf16)

    @cached_property
    def _calibration(self) -> dict[str, Any]:
        path = self._folder / "calibration.json"
        try:
            found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{path}: can't be read ({error}); reinstall the package") from error
        return found


def ranked(
    found: Sequence[Span], rows: NDArray[np.float64], weights: Mapping[str, float]
) -> tuple[tuple[Span, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Spans, feature rows and logits, best first, by a logistic regression over the rows."""
    logits = weights["bias"] + rows @ np.array([weights[name] for name in RANK])
    order = np.argsort(-logits, kind="stable")
    spans = tuple(replace(found[i], score=_logistic(float(logits[i]))) for i in order)
    return spans, rows[order], logits[order]


def looked_at(
    spans: Sequence[Span],
    rows: NDArray[np.float64],
    logits: NDArray[np.float64],
    verified: NDArray[np.float64],
    weights: Mapping[str, float],
) -> tuple[tuple[Span, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Spans, feature rows and second looks, best first, after a second look at the first of them.
    Its bias makes those that got none comparable; they count as the worst that did."""
    sure = logits.copy()
    sure[: len(verified)] += weights["bias"] + weights["verified"] * verified
    looks = np.full(len(spans), verified.min())
    looks[: len(verified)] = verified
    order = np.argsort(-sure, kind="stable")
    again = tuple(replace(spans[i], score=_logistic(float(sure[i]))) for i in order)
    return again, rows[order], looks[order]


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))
