"""The trained reader's network: one pass over question and passage scores every sentence.

A cross-encoder reads `[CLS] question [SEP] header [SEP] sentence [SEP] sentence ...`. A linear
head scores the state of the `[SEP]` before each sentence, as BertSum does (Liu & Lapata 2019), and
the state of `[CLS]` for "none of these". A softmax over sentences and "none" is the training
target, so score minus none-score is a log-odds.
"""

import torch
from torch import Tensor, nn

from rag.network import Network


class ReadingModel(Network):
    """Encoder and head; `forward` gives (batch, 1 + most sentences) scores, the first for none."""

    def __init__(self) -> None:
        super().__init__()
        self.none = nn.Linear(self.size, 1)
        self.sentence = nn.Linear(self.size, 1)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """Scores; `places` (batch, sentences) holds each sentence's mark, -1 where there is none."""
        states = self.states(ids, types, mask)
        index = places.clamp(min=0).unsqueeze(-1).expand(-1, -1, states.shape[-1])
        marks = states.gather(1, index)
        scores = self.sentence(marks).squeeze(-1).masked_fill(places < 0, -1e4)
        return torch.cat([self.none(states[:, 0]), scores], dim=1)
