"""Questions in, cited answers out. `NewsChat` is the one object that programs need."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.pipeline import NewsChat

__all__ = ["NewsChat"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: `import rag.types` should not pull in torch and Chroma.
    if name == "NewsChat":
        from rag.pipeline import NewsChat

        return NewsChat
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
