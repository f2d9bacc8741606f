"""Which stage lost the answer? The first at which the gold quotes went missing.

Each fact that an answer fails to say is followed through the stages by the gold quotes that
say it; the answer's stage is the earliest of its missing facts'.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.article import Article
from evals.answers import facts_found, filtered, is_correct
from evals.cases import Case
from evals.facts import says
from evals.retrieval import Place, Slice, places, rank_of

Row = Mapping[str, Any]
Ranking = Sequence[Slice]

STAGES = (
    "not in the library",
    "misunderstood follow-up",
    "filtered out by date",
    "not retrieved in 50",
    "retrieved but not read",
    "read but dropped",
    "should have refused",
)


@dataclass(frozen=True, slots=True)
class Loss:
    """The first stage that lost an answer (one of STAGES), and what happened there."""

    stage: str
    detail: str = ""


def trace(
    case: Case,
    answer: Row,
    ranking: Ranking,
    article: Callable[[str], Article | None],
    together: Callable[[], Ranking],
) -> Loss | None:
    """Where a wrong answer was lost; None for a right one.

    `ranking` is what the search gave for the question as it was understood, `together()` what
    it gives for all turns in one text: a quote that only the latter finds was lost because the
    follow-up was misunderstood.
    """
    if is_correct(case, answer):
        return None
    if not case.answerable:
        return Loss("should have refused", _chance(answer))
    articles = {name: found for name in case.articles if (found := article(name)) is not None}
    texts = {name: found.text for name, found in articles.items()}
    losses = [
        _follow(case, answer, ranking, articles, places(quotes, texts), together)
        for quotes in _missing(case, answer)
    ]
    return min(losses, key=lambda loss: STAGES.index(loss.stage))


def _missing(case: Case, answer: Row) -> list[list[str]]:
    """For each missing fact the gold quotes that say it; all quotes when none does."""
    if not case.facts:
        return [list(case.quotes)]
    pairs = zip(case.facts, facts_found(case, answer), strict=True)
    return [
        [quote for quote in case.quotes if says(quote, fact)] or list(case.quotes)
        for fact, found in pairs
        if not found
    ]


def _follow(
    case: Case,
    answer: Row,
    ranking: Ranking,
    articles: Mapping[str, Article],
    spots: Sequence[Place | None],
    together: Callable[[], Ranking],
) -> Loss:
    known = [spot for spot in spots if spot]
    if not known and not spots:
        # Gold without quotes: any part of a gold article will do.
        known = [Place(name, 0, 1) for name in articles]
        ranking = [(name, 0, 1) for name, _, _ in ranking]
    if not known:
        lacking = [name for name in case.articles if name not in articles]
        detail = f"no article {lacking[0]}" if lacking else "its text does not hold the gold quote"
        return Loss(STAGES[0], detail)
    read = [(p["article_id"], p["start"], p["end"]) for p in answer.get("passages", ())]
    if not spots:
        read = [(name, 0, 1) for name, _, _ in read]
    rank = rank_of(read, known)
    if rank:
        return Loss("read but dropped", _dropped(answer, known, rank))
    if case.turns and rank_of(together(), known):
        return Loss("misunderstood follow-up", f"understood as: {answer['standalone_question']}")
    if all(_outside(articles[spot.article_id], answer) for spot in known):
        return Loss("filtered out by date", _period(answer))
    rank = rank_of(ranking, known)
    if rank:
        return Loss("retrieved but not read", f"at rank {rank}")
    return Loss("not retrieved in 50")


def _dropped(answer: Row, spots: Sequence[Place], rank: int) -> str:
    if not answer["answered"]:
        return f"refused, {_chance(answer)}"
    cited = [(c["article_id"], c["start"], c["end"]) for c in answer["citations"]]
    if rank_of(cited, spots):
        return "quoted in part"
    if answer.get("left_out"):
        return "cut by the grounding check"
    near = any(piece[0] == spot.article_id for piece in cited for spot in spots)
    what = "another sentence" if near else "another article"
    return f"{what} quoted, passage {rank} had it"


def _chance(answer: Row) -> str:
    chance = answer.get("p_answered")
    return "no chance given" if chance is None else f"chance of an answer {chance:.2f}"


def _outside(article: Article, answer: Row) -> bool:
    """Whether the period that was understood leaves the article out."""
    (after, before), as_of = filtered(answer), answer.get("as_of")
    if not (after or before or as_of):
        return False
    if article.published is None or article.day is None:
        return True
    known = article.known.date().isoformat() if article.known else article.day
    return bool(
        (after and article.day < after)
        or (before and article.day > before)
        or (as_of and max(article.day, known) > as_of)
    )


def _period(answer: Row) -> str:
    window = answer.get("window") or {}
    parts = [
        ("from", window.get("after")),
        ("to", window.get("before")),
        ("as of", answer["as_of"]),
    ]
    return "understood " + " ".join(f"{word} {day}" for word, day in parts if day)
