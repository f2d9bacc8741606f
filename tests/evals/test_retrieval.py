from math import log2

import pytest

from evals.retrieval import Place, covers, places, rank_of, retrieval, score


def test_measures_of_a_ranking_worked_out_by_hand() -> None:
    # Gold b and d; the ranking finds b at rank 2 and d at rank 6.
    found = score(["a", "b", "c", "x", "y", "d"], ["b", "d"])
    ideal = 1 / log2(2) + 1 / log2(3)
    assert found == {
        "hit@1": 0.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "recall@5": 0.5,
        "recall@10": 1.0,
        "recall@50": 1.0,
        "mrr": 0.5,
        "ndcg@10": pytest.approx((1 / log2(3) + 1 / log2(7)) / ideal),
    }


def test_an_empty_ranking_finds_nothing() -> None:
    assert set(score([], ["a"]).values()) == {0.0}


def test_an_article_counts_once_at_its_first_slice() -> None:
    ranking = [("a", 0, 10), ("a", 10, 20), ("b", 0, 10)]
    found = retrieval(ranking, ["b"], [])
    assert found["article_mrr"] == 0.5
    assert not any(name.startswith("quote") for name in found)


def test_a_quote_is_found_by_a_slice_that_holds_half_of_it() -> None:
    place = Place("a", 100, 120)
    assert covers(("a", 110, 200), place)
    assert not covers(("a", 111, 200), place)
    assert not covers(("b", 0, 500), place)
    ranking = [("b", 0, 500), ("a", 0, 50), ("a", 90, 130), ("a", 100, 140)]
    found = retrieval(ranking, [], [place, Place("c", 0, 10)])
    assert found["quote_mrr"] == pytest.approx(1 / 3)
    assert found["quote_recall@5"] == 0.5
    assert rank_of(ranking, [place]) == 3
    assert rank_of(ranking, []) is None


def test_two_quotes_in_one_slice_are_both_found() -> None:
    found = retrieval([("a", 0, 100)], [], [Place("a", 0, 10), Place("a", 20, 30)])
    assert found["quote_recall@5"] == found["quote_ndcg@10"] == 1.0


def test_places_says_where_quotes_stand() -> None:
    texts = {"a": "One. Two.", "b": "Three."}
    assert places(["Two.", "Three.", "Four."], texts) == [Place("a", 5, 9), Place("b", 0, 6), None]
