"""The network of the reader's second look: do these few sentences answer?

A cross-encoder reads `[CLS] question [SEP] header [SEP] sentence [SEP] sentence ...`; a linear
head gives the log-odds from the state of `[CLS]`. Reading the best few sentences alone after all
were read is the verifier of Hu et al. 2019 ("Read + Verify").
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from corpus.errors import ModelError
from rag.network import Encoded, Network, collate

MOST = 8.0  # log-odds beyond this say no more


class VerifyingModel(Network):
    """Encoder and head; `forward` gives (batch,) log-odds."""

    def __init__(self) -> None:
        super().__init__()
        self.yes = nn.Linear(self.size, 1)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Log-odds of each row."""
        logits: Tensor = self.yes(self.states(ids, types, mask)[:, 0]).squeeze(-1)
        return logits

    def odds(self, rows: Sequence[Encoded]) -> NDArray[np.float64]:
        """Log-odds of each row within [-8, 8], without gradients."""
        with torch.inference_mode():
            found = self(*collate(rows)[:3]).float().numpy()
        return np.asarray(np.clip(found, -MOST, MOST), dtype=np.float64)


def open_verifier(path: Path, bf16: bool) -> VerifyingModel:
    """The network with the weights of `path`, ready to run; raises ModelError."""
    model = VerifyingModel()
    try:
        model.load(path)
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: can't be loaded ({error}); reinstall the package") from error
    model.eval()
    return model.to(torch.bfloat16) if bf16 else model
