"""Two parts of a BERT encoder as a CPU trains them fast: together they halve the time of a step.

Attention is written out, with its softmax in the type of its input: the fused one is eight times
slower backward in bf16, and the library's own written-out one turns every attention weight into
fp32. Dropout cuts its mask out of a pool of random numbers at a random place, because drawing
them anew takes a fifth of a step.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask

POOL = 1 << 24  # random numbers


def attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Scaled dot-product attention over (batch, heads, tokens, size), without dropout.

    The mask is one of booleans (True: may be seen) or is added to the logits. Gives (batch,
    tokens, heads, size).
    """
    scores = torch.matmul(query * (scaling or query.shape[-1] ** -0.5), key.transpose(2, 3))
    if attention_mask is not None:
        if attention_mask.dtype == torch.bool:
            scores = scores.masked_fill(~attention_mask, -1e4)
        else:
            scores = scores + attention_mask.to(scores.dtype).clamp(min=-1e4)
    with torch.autocast("cpu", enabled=False):
        shares = torch.softmax(scores, dim=-1)
    return torch.matmul(shares, value).transpose(1, 2).contiguous(), None


class PooledDropout(nn.Module):
    """Dropout with a mask from a pool; `seed` draws the pool, torch's own state the places."""

    def __init__(self, p: float, seed: int) -> None:
        super().__init__()
        drawn = torch.rand(POOL, generator=torch.Generator().manual_seed(seed))
        self._pool = (drawn >= p).to(torch.bfloat16) / (1 - p)

    def forward(self, x: Tensor) -> Tensor:
        """`x`, with a share p of its values 0 and the others as much larger, while training."""
        if not self.training:
            return x
        start = int(torch.randint(POOL - x.numel(), ()))
        return x * self._pool[start : start + x.numel()].view_as(x).to(x.dtype)


def quicken(encoder: nn.Module, seed: int) -> None:
    """Put both into a BERT encoder of the transformers library."""
    AttentionInterface.register("written_out", attention)
    AttentionMaskInterface.register("written_out", sdpa_mask)  # else there would be no mask
    encoder.config._attn_implementation = "written_out"  # type: ignore[union-attr]
    for module in encoder.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.Dropout) and child.p > 0:
                setattr(module, name, PooledDropout(child.p, seed).train(child.training))
