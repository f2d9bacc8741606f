"""The plain LangChain way that a tutorial shows, to measure ours against.

RecursiveCharacterTextSplitter (1,000 characters, 200 overlap) and `Chroma.from_documents` over
the same embedding model. Where langchain-text-splitters and langchain-chroma are not installed
(`pip install 'ev-news-chat[speed]'`), the same calls are made on chromadb directly, with a
splitter of the same rule; `KIND` says which it was.
"""

import importlib.util
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from corpus.article import Draft
from rag.embed import default_path, quiet

SIZE, OVERLAP = 1000, 200
SEPARATORS = ("\n\n", "\n", " ", "")
REAL = all(importlib.util.find_spec(n) for n in ("langchain_chroma", "langchain_text_splitters"))
KIND = "langchain-chroma" if REAL else "chromadb, as langchain-chroma calls it"


class PlainEmbeddings(Embeddings):
    """The default model as sentence-transformers loads it, without any tuning."""

    def __init__(self) -> None:
        quiet()
        from sentence_transformers import SentenceTransformer

        self.model: Any = SentenceTransformer(str(default_path()), device="cpu")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of shape (n, dim) as lists."""
        vectors: list[list[float]] = self.model.encode(texts, show_progress_bar=False).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        return self.embed_documents([text])[0]


def documents(drafts: Sequence[Draft]) -> list[Document]:
    """One document an article."""
    return [
        Document(d.text, metadata={"title": d.title, "source": d.source, "id": d.key})
        for d in drafts
    ]


def split(docs: Sequence[Document]) -> list[Document]:
    """Documents of at most 1,000 characters."""
    if REAL:
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP)
        result: list[Document] = splitter.split_documents(docs)
        return result
    return [Document(t, metadata=d.metadata) for d in docs for t in pieces(d.page_content)]


def from_documents(docs: Sequence[Document], embedding: Embeddings, folder: Path) -> "PlainStore":
    """All documents embedded and stored, in memory first as `Chroma.from_documents` does."""
    return PlainStore(docs, embedding, folder)


class PlainStore:
    """What `Chroma.from_documents` gives: a collection with L2 distance."""

    def __init__(self, docs: Sequence[Document], embedding: Embeddings, folder: Path) -> None:
        self._embedding = embedding
        if REAL:
            from langchain_chroma import Chroma

            self._store: Any = Chroma.from_documents(
                list(docs), embedding, persist_directory=str(folder)
            )
            return
        import chromadb
        from chromadb.utils.batch_utils import create_batches

        client = chromadb.PersistentClient(str(folder))
        self._store = client.get_or_create_collection("langchain", embedding_function=None)
        texts = [doc.page_content for doc in docs]
        ids = [str(uuid.uuid4()) for _ in docs]
        metadata: list[Any] = [doc.metadata for doc in docs]
        for part in create_batches(client, ids, metadatas=metadata, documents=texts):
            vectors: Any = embedding.embed_documents(list(part[3] or ()))
            self._store.upsert(
                ids=part[0], embeddings=vectors, documents=part[3], metadatas=part[2]
            )

    def similarity_search(self, query: str, k: int) -> int:
        """How many documents were found for the query."""
        if REAL:
            return len(self._store.similarity_search(query, k=k))
        vector: Any = self._embedding.embed_query(query)
        found = self._store.query(query_embeddings=[vector], n_results=k)
        return len(found["ids"][0])

    def count(self) -> int:
        """Number of stored chunks."""
        return int(self._store._collection.count() if REAL else self._store.count())


def pieces(text: str, separators: Sequence[str] = SEPARATORS) -> list[str]:
    """Pieces of at most 1,000 characters, cut at the coarsest separator that is there."""
    if len(text) <= SIZE:
        return [text.strip()] if text.strip() else []
    mark = next(s for s in separators if s == "" or s in text)
    finer = separators[separators.index(mark) + 1 :]
    parts = list(text) if mark == "" else re.split(f"(?={re.escape(mark)})", text)
    found: list[str] = []
    window: list[str] = []
    for part in parts:
        if len(part) > SIZE:
            found += _close(window)
            window = []
            found += pieces(part, finer)
            continue
        if sum(map(len, window)) + len(part) > SIZE:
            found += _close(window)
            while window and (
                sum(map(len, window)) > OVERLAP or sum(map(len, window)) + len(part) > SIZE
            ):
                window.pop(0)
        window.append(part)
    return found + _close(window)


def _close(window: Sequence[str]) -> list[str]:
    text = "".join(window).strip()
    return [text] if text else []
