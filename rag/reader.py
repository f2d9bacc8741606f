"""Which sentences of the passages answer the question, and does any?"""

from collections.abc import Sequence
from typing import Protocol

from rag.cross_reader import CrossReader
from rag.embed import Embedder
from rag.plain_reader import PlainReader
from rag.settings import Settings
from rag.trained_reader import TrainedReader
from rag.types import Passage, Reading


class Reader(Protocol):
    """Reads passages for a question."""

    name: str

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Sentences of the passages, best first, with the chance that any answers."""


def open_reader(settings: Settings, embedder: Embedder) -> Reader:
    """The reader that the settings name: the shipped one, `plain`, or a CrossEncoder.

    Raises ModelError when it can't be loaded.
    """
    if settings.reader == "plain":
        return PlainReader(embedder)
    if settings.reader:
        return CrossReader(settings.reader, embedder)
    return TrainedReader(embedder, precision=settings.precision)
