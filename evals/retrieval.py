"""Retrieval measures of one question, on articles and on quotes, by ir-measures.

A ranking is a list of slices `(article id, start, end)`, best first. On articles, each counts
once, at its first slice. On quotes, a slice finds a gold quote when it holds at least half of
its characters; slices that find none take up ranks all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, R, Success, nDCG

Slice = tuple[str, int, int]
MEASURES = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@10": Success @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@50": R @ 50,
    "mrr": RR,
    "ndcg@10": nDCG @ 10,
}
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gold quote stands: `text[start:end]` of an article."""

    article_id: str
    start: int
    end: int


def places(quotes: Sequence[str], texts: Mapping[str, str]) -> list[Place | None]:
    """The place of each gold quote in the texts (by article id), None where it is in none."""
    found: list[Place | None] = []
    for quote in quotes:
        spots = ((name, text.find(quote)) for name, text in texts.items())
        spot = next(((name, at) for name, at in spots if at >= 0), None)
        found.append(Place(spot[0], spot[1], spot[1] + len(quote)) if spot else None)
    return found


def covers(piece: Slice, place: Place) -> bool:
    """Whether a slice holds at least half of the quote at `place`."""
    name, start, end = piece
    shared = min(end, place.end) - max(start, place.start)
    return name == place.article_id and shared >= HALF * (place.end - place.start)


def rank_of(ranking: Sequence[Slice], spots: Sequence[Place]) -> int | None:
    """Rank, from 1, of the first slice that holds one of the spots."""
    hits = (i for i, piece in enumerate(ranking, 1) if any(covers(piece, s) for s in spots))
    return next(hits, None)


def retrieval(
    ranking: Sequence[Slice], articles: Sequence[str], quotes: Sequence[Place]
) -> dict[str, float]:
    """`article_…` and `quote_…` measures; those of an empty gold list are absent."""
    found: dict[str, float] = {}
    if articles:
        ranked = list(dict.fromkeys(name for name, _, _ in ranking))
        found |= {f"article_{k}": v for k, v in score(ranked, articles).items()}
    if quotes:
        names = {place: f"quote {i}" for i, place in enumerate(quotes)}
        order: list[str] = []
        for rank, piece in enumerate(ranking):
            hits = [name for place, name in names.items() if covers(piece, place)]
            order += [h for h in hits if h not in order] or [f"other {rank}"]
        found |= {f"quote_{k}": v for k, v in score(order, list(names.values())).items()}
    return found


def score(ranked: Sequence[str], wanted: Sequence[str]) -> dict[str, float]:
    """The measures of one ranking of names, of which all `wanted` ones are equally good."""
    gold = [ir_measures.Qrel("q", name, 1) for name in wanted]
    run = [ir_measures.ScoredDoc("q", name, float(-rank)) for rank, name in enumerate(ranked)]
    if not run:
        return dict.fromkeys(MEASURES, 0.0)
    values = {
        str(metric.measure): float(metric.value)
        for metric in ir_measures.iter_calc(list(MEASURES.values()), gold, run)
    }
    return {name: values[str(measure)] for name, measure in MEASURES.items()}
