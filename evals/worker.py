"""The measured side of `evals.speed`: `python -m evals.worker ours|plain JOB`, JSON on stdout."""

import json
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

from corpus.article import Draft
from evals import plain
from evals.speed import THREADS, read_drafts, spread

PASSAGES = 12


def ours(drafts: Sequence[Draft], questions: Sequence[str], home: Path) -> dict[str, Any]:
    """Ingest, the bare encoder on the same texts, search, and whole answers."""
    from rag.chunk import chunk, embedded
    from rag.pipeline import NewsChat

    with NewsChat.open(home, llm="", chroma_url="") as chat:
        library = chat.library
        library.embedder.encode(["warm up"])
        base = _peak_mb()
        seconds = _timed(lambda: chat.add(drafts))
        peak, count = _peak_mb(), library.index.count()
        texts = [
            embedded(piece)
            for article in chat.store.articles()
            for piece in chunk(article, chat.settings.chunk_tokens, library.embedder.fits)
        ]
        bare = _timed(lambda: library.embedder.encode(texts))
        searching, search_ms, failed = _throughput(lambda q: chat.search(q, PASSAGES), questions)
        chat.ask(questions[0])
        answers = [chat.ask(question) for question in questions]
        stages = {
            stage: spread([answer.timings_ms[stage] for answer in answers])
            for stage in answers[0].timings_ms
            if all(stage in answer.timings_ms for answer in answers)
        }
        answering, _, _ = _throughput(chat.ask, questions)
    return _result("EV News Chat", drafts, count, seconds, bare, len(texts), base, peak, home) | {
        "search_ms": search_ms,
        "search_per_s": searching,
        "search_errors": failed,
        "stages_ms": stages,
        "answers_per_s": answering,
    }


def plain_way(drafts: Sequence[Draft], questions: Sequence[str], home: Path) -> dict[str, Any]:
    """Ingest, the bare encoder on the same texts, and search."""
    embedding = plain.PlainEmbeddings()
    embedding.embed_query("warm up")
    base = _peak_mb()
    began = perf_counter()
    docs = plain.split(plain.documents(drafts))
    store = plain.from_documents(docs, embedding, home)
    seconds = perf_counter() - began
    peak, count = _peak_mb(), store.count()
    texts = [doc.page_content for doc in docs]
    bare = _timed(lambda: embedding.model.encode(texts, show_progress_bar=False))
    searching, search_ms, failed = _throughput(
        lambda q: store.similarity_search(q, PASSAGES), questions
    )
    return _result(plain.KIND, drafts, count, seconds, bare, len(texts), base, peak, home) | {
        "search_ms": search_ms,
        "search_per_s": searching,
        "search_errors": failed,
        "stages_ms": {},
        "answers_per_s": {},
    }


def _result(
    kind: str,
    drafts: Sequence[Draft],
    chunks: int,
    seconds: float,
    bare_seconds: float,
    texts: int,
    base_mb: float,
    peak_mb: float,
    home: Path,
) -> dict[str, Any]:
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return {
        "kind": kind,
        "articles": len(drafts),
        "characters": sum(len(draft.text) for draft in drafts),
        "chunks": chunks,
        "ingest_s": round(seconds, 2),
        "articles_per_s": round(len(drafts) / seconds, 2),
        "chunks_per_s": round(chunks / seconds, 2),
        "encoder_chunks_per_s": round(texts / bare_seconds, 2),
        "encoder_share": round((chunks / seconds) / (texts / bare_seconds), 4),
        "base_mb": round(base_mb, 1),
        "peak_mb": round(peak_mb, 1),
        "disk_bytes_per_chunk": round(size / max(1, chunks), 1),
    }


def _throughput(
    ask: Callable[[str], Any], questions: Sequence[str]
) -> tuple[dict[str, float], dict[str, float], int]:
    """Questions a second by number of threads, times of one thread, and how many failed.

    The first question warms up and does not count.
    """
    failed = 0

    def one(question: str) -> float | None:
        began = perf_counter()
        try:
            ask(question)
        except Exception:  # a side that can't take threads should show it, not end the run
            return None
        return (perf_counter() - began) * 1000

    one(questions[0])
    rates: dict[str, float] = {}
    single: list[float] = []
    for threads in THREADS:
        began = perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            times = list(pool.map(one, questions))
        good = [t for t in times if t is not None]
        failed += len(times) - len(good)
        rates[str(threads)] = round(len(good) / (perf_counter() - began), 2)
        single = single or good
    return rates, spread(single or [0.0]), failed


def _timed(do: Callable[[], Any]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began


def _peak_mb() -> float:
    """Greatest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Measure one side and print it."""
    side, job = sys.argv[1], json.loads(sys.argv[2])
    drafts = read_drafts(Path(job["articles"]), job["limit"])
    step = max(1, len(drafts) // job["questions"])
    questions = [draft.title for draft in drafts[::step]][: job["questions"]]
    measured = ours if side == "ours" else plain_way
    with tempfile.TemporaryDirectory(prefix="evnews-speed-") as folder:
        print(json.dumps(measured(drafts, questions, Path(folder) / side)))


if __name__ == "__main__":
    main()
