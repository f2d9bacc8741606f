"""Each stage that can lose an answer, with the smallest case that is lost there."""

from datetime import UTC, datetime
from typing import Any

from corpus.article import Article
from evals.cases import Case
from evals.errors import STAGES, Loss, trace
from evals.retrieval import Slice

TEXT = "Ford built 40,000 trucks. It paid $2 billion for the plant."
FIRST, SECOND = "Ford built 40,000 trucks.", "It paid $2 billion for the plant."
DAY = datetime(2024, 3, 16, tzinfo=UTC)
ARTICLE = Article("a", 1, "T", TEXT, "S", None, DAY, DAY, DAY, "a")
HERE: Slice = ("a", 0, len(TEXT))
ELSEWHERE: Slice = ("b", 0, 100)
CASE = Case(
    "q",
    "numeric",
    "How many trucks?",
    True,
    facts=(("40,000",), ("$2 billion",)),
    articles=("a",),
    quotes=(FIRST, SECOND),
)


def passage(piece: Slice) -> dict[str, Any]:
    return {"article_id": piece[0], "start": piece[1], "end": piece[2]}


def answer(said: str = "", read: list[Slice] | None = None, **fields: Any) -> dict[str, Any]:
    citation = {"article_id": "a", "start": 0, "end": len(FIRST), "n": 1, "quote": FIRST}
    return {
        "answered": bool(said),
        "standalone_question": "How many trucks?",
        "statements": [{"text": said, "citations": [1]}] if said else [],
        "citations": [citation] if said else [],
        "passages": [passage(piece) for piece in read or []],
        "as_of": None,
        "window": None,
        **fields,
    }


def lost(
    given: dict[str, Any],
    ranking: list[Slice] | None = None,
    case: Case = CASE,
    article: Article | None = ARTICLE,
    together: list[Slice] | None = None,
) -> Loss | None:
    return trace(case, given, ranking or [], lambda name: article, lambda: together or [])


def test_a_right_answer_was_not_lost() -> None:
    assert lost(answer(TEXT, [HERE])) is None


def test_not_in_the_library() -> None:
    assert lost(answer(), article=None) == Loss("not in the library", "no article a")
    other = Article("a", 2, "T", "Another text.", "S", None, DAY, DAY, DAY, "a")
    found = lost(answer(), article=other)
    assert found == Loss("not in the library", "its text does not hold the gold quote")


def test_filtered_out_by_date() -> None:
    window = {"after": "2024-04-01", "before": "2024-04-30"}
    found = lost(answer(window=window), [ELSEWHERE])
    assert found == Loss("filtered out by date", "understood from 2024-04-01 to 2024-04-30")
    found = lost(answer(as_of="2024-03-15"))
    assert found == Loss("filtered out by date", "understood as of 2024-03-15")
    inside = {"after": "2024-03-01", "before": None}
    assert lost(answer(window=inside)) == Loss("not retrieved in 50")


def test_not_retrieved() -> None:
    assert lost(answer(), [ELSEWHERE]) == Loss("not retrieved in 50")


def test_retrieved_but_not_read() -> None:
    found = lost(answer(read=[ELSEWHERE]), [ELSEWHERE, ELSEWHERE, HERE])
    assert found == Loss("retrieved but not read", "at rank 3")


def test_read_but_dropped() -> None:
    found = lost(answer(read=[HERE], p_answered=0.31), [HERE])
    assert found == Loss("read but dropped", "refused, chance of an answer 0.31")
    found = lost(answer("Ford built 40,000 trucks.", [ELSEWHERE, HERE]), [ELSEWHERE, HERE])
    assert found == Loss("read but dropped", "another sentence quoted, passage 2 had it")


def test_misunderstood_follow_up() -> None:
    follow = Case("q", "follow_up", "And how many?", True, ("Ford?",), None, *_gold())
    found = lost(answer(), [ELSEWHERE], follow, together=[HERE])
    assert found == Loss("misunderstood follow-up", "understood as: How many trucks?")
    assert lost(answer(), [ELSEWHERE], follow) == Loss("not retrieved in 50")
    # A question without earlier turns can't be a misunderstood follow-up.
    assert lost(answer(), [ELSEWHERE], together=[HERE]) == Loss("not retrieved in 50")


def test_should_have_refused() -> None:
    premise = Case("q", "false_premise", "Why did Ford leave?", False)
    found = lost(answer("It left.", [HERE], p_answered=0.9), [HERE], premise)
    assert found == Loss("should have refused", "chance of an answer 0.90")
    assert lost(answer(), case=premise) is None


def test_the_earliest_loss_of_several_facts_counts() -> None:
    # The first fact was read and dropped, the second never found.
    start: Slice = ("a", 0, len(FIRST))
    assert lost(answer(read=[start]), [start]) == Loss("not retrieved in 50")


def test_gold_without_quotes_is_followed_by_its_article() -> None:
    bare = Case("q", "x", "Q?", True, articles=("a",))
    assert lost(answer(), [ELSEWHERE], bare) == Loss("not retrieved in 50")
    found = lost(answer(), [ELSEWHERE, ("a", 30, 50)], bare)
    assert found == Loss("retrieved but not read", "at rank 2")


def test_every_stage_has_its_test() -> None:
    tested = [name.removeprefix("test_").replace("_", " ") for name in globals()]
    for stage in STAGES:
        plain = stage.replace("-", " ").removesuffix(" in 50")
        assert plain in tested


def _gold() -> tuple[Any, Any, Any]:
    return CASE.facts, CASE.articles, CASE.quotes
