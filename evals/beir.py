"""Retrieval on a standard set in BEIR form: `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv`.

Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval
Models" (NeurIPS 2021). Documents keep their ids; each is ranked by its best chunk. Copies are
not folded together here, because the judgements know every document by itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG

from corpus.article import Draft, Failure
from corpus.errors import InputError
from corpus.text import clean, one_line
from evals.library import build
from evals.stats import mean_interval
from rag.ledger import Hit
from rag.pipeline import NewsChat
from rag.rerank import open_reranker
from rag.search import Rerank, score
from rag.types import Window

DEPTH = 1000  # chunks asked of each side: enough for 100 documents
RERANKED = 100
MEASURES = {"ndcg@10": nDCG @ 10, "mrr@10": RR @ 10, "recall@10": R @ 10, "recall@100": R @ 100}
Progress = Callable[[str, int, int], None]
Run = dict[str, list[str]]


def beir(
    folder: Path,
    settings: Mapping[str, Any],
    *,
    split: str = "test",
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Lexical, dense, fused and (with the setting `reranker`) reranked measures of the set.

    Only queries with judgements count. Raises InputError when the folder is not of BEIR form.
    """
    # A throw-away library has no place on a shared server.
    settings = {**settings, "chroma_url": ""}
    judged = read_qrels(folder / "qrels" / f"{split}.tsv")
    queries = {
        str(row["_id"]): str(row["text"])
        for row in _rows(folder / "queries.jsonl")
        if str(row.get("_id")) in judged
    }
    if not queries:
        raise InputError(f"{folder}: no query of queries.jsonl is judged in qrels/{split}.tsv")
    built = build([folder / "corpus.jsonl"], settings, cache_dir, progress, read=_documents)
    with NewsChat.open(built.home, **settings) as chat:
        runs = rank(chat, queries, open_reranker(chat.settings.reranker), progress)
        chunks = chat.library.index.count()
    return {
        "set": folder.resolve().name,
        "split": split,
        "documents": built.articles,
        "chunks": chunks,
        "queries": len(queries),
        "skipped": list(built.skipped),
        "measures": {side: measure(run, judged) for side, run in runs.items()},
    }


def rank(
    chat: NewsChat,
    queries: Mapping[str, str],
    rerank: Rerank | None = None,
    progress: Progress | None = None,
) -> dict[str, Run]:
    """For each side the ids of the documents of every query, best first."""
    index, everything = chat.library.index, Window()
    vectors = chat.library.embedder.encode(list(queries.values()))
    depth = min(DEPTH, index.count())
    runs: dict[str, Run] = {"lexical": {}, "dense": {}, "fused": {}}
    if rerank:
        runs["reranked"] = {}
    for done, (name, vector) in enumerate(zip(queries, vectors, strict=True), start=1):
        dense = index.dense(vector, depth, everything)
        words = index.lexical(queries[name], depth, everything)
        scores = score(dense, words)
        hits = {hit.chunk_id: hit for hit in [*dense, *words]}
        # Ties are common in rank fusion; they are broken as `rag.search` breaks them.
        both = sorted(
            hits.values(), key=lambda hit: (-scores[hit.chunk_id], hit.article_id, hit.start)
        )
        runs["dense"][name] = _documents_of(dense)
        runs["lexical"][name] = _documents_of(words)
        runs["fused"][name] = _documents_of(both)
        if rerank:
            runs["reranked"][name] = _reranked(chat, queries[name], both, rerank)
        if progress:
            progress("searching", done, len(queries))
    return runs


def measure(run: Run, judged: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The measures of one run over its queries, each with its bootstrap interval."""
    gold = [
        ir_measures.Qrel(query, doc, grade) for query in run for doc, grade in judged[query].items()
    ]
    found = [
        ir_measures.ScoredDoc(query, doc, float(-rank))
        for query, docs in run.items()
        for rank, doc in enumerate(docs)
    ]
    values: dict[str, list[float]] = {}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), gold, found):
        values.setdefault(str(metric.measure), []).append(float(metric.value))
    return {name: mean_interval(values[str(m)]).to_json() for name, m in MEASURES.items()}


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document. Raises InputError for a missing file or a malformed line."""
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        cells = line.split("\t")
        if number == 1 and cells[-1:] and not cells[-1].strip().lstrip("-").isdigit():
            continue  # the heading
        if len(cells) != 3 or not cells[2].strip().lstrip("-").isdigit():
            raise InputError(f"{path}:{number}: not `query<TAB>document<TAB>grade`")
        found.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return found


def _documents(paths: Sequence[Path]) -> Iterator[Draft | Failure]:
    for row in _rows(paths[0]):
        name, title = str(row.get("_id")), one_line(str(row.get("title") or ""))
        text = clean(str(row.get("text") or "")) or title
        if not text:
            yield Failure(f"document {name}", "it has no text")
            continue
        yield Draft(key=f"id:{name}", id=name, title=title, text=text, source=paths[0].parent.name)


def _documents_of(hits: Sequence[Hit]) -> list[str]:
    """Each document once, at its best chunk."""
    return list(dict.fromkeys(hit.article_id for hit in hits))


def _reranked(chat: NewsChat, text: str, hits: Sequence[Hit], rerank: Rerank) -> list[str]:
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article_id, hit)
    chosen = list(best.values())
    texts = []
    for hit in chosen[:RERANKED]:
        article = chat.library.load(hit.article_id, hit.revision)
        texts.append(article.text[hit.start : hit.end] if article else "")
    scores = rerank(text, texts)
    order = sorted(range(len(texts)), key=lambda i: -scores[i])
    return [chosen[i].article_id for i in order] + [hit.article_id for hit in chosen[RERANKED:]]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: not valid JSON; correct the line") from error
        if not isinstance(row, dict) or "_id" not in row:
            raise InputError(f"{path}:{number}: a line of a BEIR set is an object with _id")
        yield row


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield line.rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: can't be read; a BEIR set has corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv"
        ) from error
