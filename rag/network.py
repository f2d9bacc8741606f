"""What the trained networks share: the encoder with its tokens and weights.

Both are the six layers of MiniLM (Wang et al. 2020) with a small head. The word embeddings are
those of the shipped embedding model and are not trained, so that the weights that come with this
package are small.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from rag.embed import default_path

QUESTION, HEADER, SENTENCE, LENGTH = 64, 48, 160, 320  # tokens
CLS, SEP = 101, 102

Encoded = tuple[list[int], list[int], list[int]]


class Network(nn.Module):
    """An encoder whose weights start as those of the shipped embedding model."""

    def __init__(self) -> None:
        super().__init__()
        path = default_path()
        config = AutoConfig.from_pretrained(path)
        config._attn_implementation = "sdpa"
        # Drawing random numbers for every attention weight takes longer than the attention.
        config.attention_probs_dropout_prob = 0.0
        self.encoder: Any = AutoModel.from_pretrained(
            path, config=config, add_pooling_layer=False, dtype=torch.float32
        )
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self.size = int(config.hidden_size)

    def states(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Each token's last state, (batch, tokens, size)."""
        found = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask)
        states: Tensor = found.last_hidden_state
        return states

    def trained_state(self) -> dict[str, Tensor]:
        """The weights that differ from the shipped embedding model."""
        return {
            name: value.contiguous()
            for name, value in self.state_dict().items()
            if "word_embeddings" not in name
        }

    def save(self, path: Path) -> None:
        """Write the trained weights in bf16."""
        save_file({k: v.to(torch.bfloat16) for k, v in self.trained_state().items()}, path)

    def load(self, path: Path) -> None:
        """Read trained weights over the shipped ones."""
        state = {k: v.to(torch.float32) for k, v in load_file(path).items()}
        missing, unexpected = self.load_state_dict(state, strict=False)
        if unexpected or any("word_embeddings" not in name for name in missing):
            raise ValueError(f"{path} does not hold the weights of a {type(self).__name__}")


class Encoder:
    """Turns a question and a passage's sentences into token ids."""

    def __init__(self) -> None:
        self._tokens: Any = AutoTokenizer.from_pretrained(default_path()).backend_tokenizer
        self._tokens.no_truncation()
        self._tokens.no_padding()

    def encode(self, question: str, header: str, sentences: Sequence[str]) -> Encoded:
        """Token ids, segment ids, and each sentence's place; sentences past the end are left out."""
        texts = [question, header, *sentences]
        found = [e.ids for e in self._tokens.encode_batch_fast(texts, add_special_tokens=False)]
        ids = [CLS, *found[0][:QUESTION], SEP]
        types = [0] * len(ids)
        ids += found[1][:HEADER]
        places = []
        for sentence in found[2:]:
            piece = sentence[:SENTENCE]
            if len(ids) + len(piece) + 2 > LENGTH:
                break
            places.append(len(ids))
            ids += [SEP, *piece]
        ids.append(SEP)
        types += [1] * (len(ids) - len(types))
        return ids, types, places


def collate(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Padded (batch, tokens) ids, segments and mask, and (batch, sentences) places."""
    width = max(len(ids) for ids, _, _ in batch)
    most = max(max(len(places) for _, _, places in batch), 1)
    ids = torch.zeros((len(batch), width), dtype=torch.long)
    types = torch.zeros_like(ids)
    mask = torch.zeros_like(ids)
    places = torch.full((len(batch), most), -1, dtype=torch.long)
    for row, (tokens, segments, marks) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        types[row, : len(tokens)] = torch.tensor(segments)
        mask[row, : len(tokens)] = 1
        places[row, : len(marks)] = torch.tensor(marks)
    return ids, types, mask, places
