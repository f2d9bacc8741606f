"""Query -> Passages: dense and lexical candidates, fused, dated, diversified."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from corpus.article import Article, end_of
from rag.embed import Embedder
from rag.index import Index
from rag.ledger import Hit
from rag.types import Passage, Query

# Reciprocal rank fusion: Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion outperforms
# Condorcet and individual Rank Learning Methods" (SIGIR 2009), with their k.
RRF_K = 60
# Share of the score that age can take. Reciprocal ranks lie close together: a tenth is what parts
# the first from the seventh, and a half would put anything new before all that is old.
AGE = 0.1

Load = Callable[[str, int], Article | None]
Rerank = Callable[[str, Sequence[str]], Sequence[float]]


def fuse(*rankings: Sequence[str]) -> dict[str, float]:
    """Score by id: the sum over rankings of 1 / (60 + rank), ranks counted from 1."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0.0) + 1.0 / (RRF_K + rank)
    return scores


def score(*sides: Sequence[Hit]) -> dict[str, float]:
    """Fused score by chunk: its own ranks and, in equal parts, those of its article.

    The two sides often agree on the article and pick different chunks of it; fusing chunks alone
    would take that for disagreement. An article ranks by its best chunk.
    """
    chunks = fuse(*([hit.chunk_id for hit in side] for side in sides))
    articles = fuse(*(list(dict.fromkeys(hit.article_id for hit in side)) for side in sides))
    owner = {hit.chunk_id: hit.article_id for side in sides for hit in side}
    return {name: 0.5 * (own + articles[owner[name]]) for name, own in chunks.items()}


def freshness(published: datetime | None, newest: datetime, half_life_days: float) -> float:
    """Weight in (0, 1] that halves for every `half_life_days` before `newest`; 0.25 if undated."""
    if published is None:
        return 0.25
    days = max(0.0, (newest - published).total_seconds() / 86_400)
    return math.exp2(-days / half_life_days)


def search(
    query: Query,
    index: Index,
    embedder: Embedder,
    load: Load,
    *,
    limit: int = 12,
    candidates: int = 100,
    per_article: int = 3,
    half_life_days: float = 120.0,
    rerank: Rerank | None = None,
    now: datetime | None = None,
    sides: Sequence[str] = ("dense", "lexical"),
) -> list[Passage]:
    """At most `limit` passages, best first.

    At most `per_article` of them from one article, and one article of each story: copies add
    to `Passage.copies`, not to the list. A question about the present ("newest") multiplies the
    fused score by a soft decay on the publication date, so that a new article wins among
    equally fitting ones while a much better old one is still found. `rerank` gives scores in
    (0, 1).
    """
    wanted = max(candidates, 4 * limit)
    dense: list[Hit] = []
    if "dense" in sides:
        vector = embedder.encode([query.text])[0]
        dense = index.dense(vector, wanted, query.window, query.sources)
    words = (
        index.lexical(query.text, wanted, query.window, query.sources) if "lexical" in sides else []
    )
    scores = score(dense, words)
    hits = {hit.chunk_id: hit for hit in [*words, *dense]}
    cosines = {hit.chunk_id: hit.score for hit in dense}
    articles = {
        key: article
        for key in {(hit.article_id, hit.revision) for hit in hits.values()}
        if (article := load(*key)) is not None
    }
    passages = [
        Passage(article, hit.start, hit.end, scores[name], cosines.get(name, 0.0))
        for name, hit in hits.items()
        if (article := articles.get((hit.article_id, hit.revision))) is not None
    ]
    if rerank is not None and passages:
        passages = _rerank(query.text, passages, rerank, limit)
    if query.window.order == "newest":
        today = end_of(query.window.as_of) if query.window.as_of else now or datetime.now(UTC)
        newest = _newest(passages, limit, today)
        passages = [
            replace(p, score=p.score * (1 - AGE + AGE * fresh))
            for p in passages
            for fresh in [freshness(p.article.published, newest, half_life_days)]
        ]
    passages.sort(key=lambda p: (-p.score, p.article.id, p.start))
    return _diversify(passages, limit, per_article)


def _newest(passages: Sequence[Passage], limit: int, today: datetime) -> datetime:
    """When the newest of the best passages was published: the age of news is that beside others.

    Counted from today, all articles on a matter that rested for a year would be equally old.
    """
    best = sorted(passages, key=lambda p: -p.score)[:limit]
    days = [p.article.published for p in best if p.article.published]
    return max((day for day in days if day <= today), default=today)


def _rerank(question: str, passages: list[Passage], rerank: Rerank, limit: int) -> list[Passage]:
    """The best candidates in the order of a cross-encoder; its scores replace the fused ones."""
    best = sorted(passages, key=lambda p: -p.score)[: max(50, 2 * limit)]
    scores = rerank(question, [p.text for p in best])
    return [replace(p, score=float(score)) for p, score in zip(best, scores, strict=True)]


def _diversify(passages: Sequence[Passage], limit: int, per_article: int) -> list[Passage]:
    chosen: list[Passage] = []
    taken: Counter[str] = Counter()
    teller: dict[str, str] = {}  # story -> the article that tells it here
    copies: dict[str, set[str]] = {}
    for passage in passages:
        article = passage.article
        copies.setdefault(article.story, set()).add(article.id)
        if len(chosen) >= limit:
            continue
        if teller.setdefault(article.story, article.id) != article.id:
            continue
        if taken[article.id] < per_article and not _inside(passage, chosen):
            taken[article.id] += 1
            chosen.append(passage)
    return [replace(p, copies=len(copies[p.article.story])) for p in chosen]


def _inside(passage: Passage, chosen: Sequence[Passage]) -> bool:
    """Whether most of the passage is already in a chosen one (chunks overlap a little)."""
    size = passage.end - passage.start
    return any(
        p.article.id == passage.article.id
        and min(p.end, passage.end) - max(p.start, passage.start) > 0.8 * size
        for p in chosen
    )
