"""An optional cross-encoder over the fused candidates; off by default."""

from collections.abc import Sequence

from corpus.errors import ModelError
from rag.embed import quiet
from rag.search import Rerank


def open_reranker(name: str) -> Rerank | None:
    """Any sentence-transformers CrossEncoder by name or path; None for an empty name.

    Its scores lie in (0, 1), whether its head gives logits or not. Raises ModelError when it
    can't be loaded.
    """
    if not name:
        return None
    quiet()
    from sentence_transformers import CrossEncoder
    from torch.nn import Sigmoid

    try:
        model = CrossEncoder(name, activation_fn=Sigmoid())
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"reranker {name!r} can't be loaded ({str(error).splitlines()[0][:120]});"
            " check the name, or give a folder that holds the model"
        ) from error

    def rerank(question: str, texts: Sequence[str]) -> list[float]:
        scores = model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in scores]

    return rerank
