"""Every measure of an answer against an example worked out by hand."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from corpus.article import Article
from evals.answers import LOWER_IS_BETTER, is_correct, measure
from evals.cases import Case
from rag.types import Passage
from rag.wire import passage_to_json

TEXT = "Tesla sold 1.8 million cars in 2023. It was a record. BYD sold 3.02 million."
DAY = datetime(2024, 1, 2, tzinfo=UTC)


def article(name: str = "a", day: datetime = DAY, revision: int = 1) -> Article:
    return Article(name, revision, "T", TEXT, "S", None, day, day, day, name)


STORE = {
    ("a", 1): article(),
    ("new", 1): article("new", datetime(2025, 6, 1, tzinfo=UTC)),
    # Published early, but changed on 1 March 2024: that revision was not known before.
    ("a", 2): Article(
        "a", 2, "T", TEXT, "S", None, DAY, DAY, datetime(2024, 3, 1, tzinfo=UTC), "a"
    ),
}


def load(name: str, revision: int) -> Article | None:
    return STORE.get((name, revision))


def cite(quote: str, n: int = 1, **fields: Any) -> dict[str, Any]:
    start = TEXT.find(quote)
    given = {"article_id": "a", "revision": 1, "published": "2024-01-02", "start": start}
    return {"n": n, "quote": quote, "end": start + len(quote), **given, **fields}


def answer(*statements: tuple[str, tuple[int, ...]], **fields: Any) -> dict[str, Any]:
    return {
        "answered": bool(statements),
        "statements": [{"text": text, "citations": list(n)} for text, n in statements],
        "citations": [],
        "passages": [],
        **fields,
    }


def case(**fields: Any) -> Case:
    given: dict[str, Any] = {
        "id": "q",
        "category": "numeric",
        "question": "Q?",
        "answerable": True,
        "facts": (("1.8 million", "1,808,581"), ("record",)),
        "articles": ("a",),
    }
    return Case(**(given | fields))


def never(text: str, quotes: Sequence[str]) -> bool:
    return False


def by(*good: tuple[str, ...]) -> Callable[[str, Sequence[str]], bool]:
    """A grounding check that lets exactly these lists of quotes support anything."""
    return lambda text, quotes: tuple(quotes) in good


S1, S2 = "Tesla sold 1.8 million cars in 2023.", "It was a record."


def test_fact_recall_is_the_share_of_facts_that_the_statements_say() -> None:
    found = measure(case(), answer((S1, (1,)), citations=[cite(S1)]), load, never)
    assert (found["fact_recall"], found["all_facts"], found["correct"]) == (0.5, 0.0, 0.0)
    assert found["fact_recall_if_answered"] == 0.5
    both = answer((S1, (1,)), (S2, (2,)), citations=[cite(S1), cite(S2, 2)])
    found = measure(case(), both, load, never)
    assert (found["fact_recall"], found["all_facts"], found["correct"]) == (1.0, 1.0, 1.0)


def test_facts_count_only_where_the_answer_states_them() -> None:
    elsewhere = answer(("It was a record.", (1,)), text="1.8 million", notes=["1.8 million"])
    assert measure(case(), elsewhere, load, never)["fact_recall"] == 0.5


def test_a_refusal_of_an_answerable_question_has_no_recall_of_facts() -> None:
    found = measure(case(), answer(), load, never)
    assert found == {
        "correct": 0.0,
        "abstention_precision": 0.0,
        "answered": 0.0,
        "fact_recall": 0.0,
        "all_facts": 0.0,
    }


def test_a_right_refusal_has_only_what_applies_to_it() -> None:
    found = measure(case(answerable=False, facts=(), articles=()), answer(), load, never)
    assert found == {"correct": 1.0, "abstention_precision": 1.0, "abstention_recall": 1.0}


def test_a_false_premise_that_is_answered_is_affirmed() -> None:
    premise = case(category="false_premise", answerable=False, facts=())
    found = measure(premise, answer((S1, (1,)), citations=[cite(S1)]), load, never)
    assert (found["false_premise_affirmed"], found["abstention_recall"]) == (1.0, 0.0)
    assert measure(premise, answer(), load, never)["false_premise_affirmed"] == 0.0


def test_citation_validity_is_the_slice_character_for_character() -> None:
    wrong = cite(S2, 2) | {"start": 0, "end": len(S2)}
    gone = cite(S2, 3) | {"article_id": "nowhere"}
    given = answer((S1, (1,)), citations=[cite(S1), wrong, gone], nearest=[cite(S2)])
    assert measure(case(), given, load, never)["citation_validity"] == 0.5


def test_citation_recall_and_precision_are_those_of_alce() -> None:
    # Two statements. The first cites 1 and 2: 1 alone supports it, 2 alone does not and is not
    # needed beside 1. The second cites 3, which does not support it.
    given = answer(
        ("first", (1, 2)), ("second", (3,)), citations=[cite(S1), cite(S2, 2), cite("BYD", 3)]
    )
    found = measure(case(), given, load, by((S1, S2), (S1,)))
    assert found["citation_recall"] == 0.5
    assert found["citation_precision"] == pytest.approx(1 / 3)
    # Two quotes that support only together are both needed.
    found = measure(case(), given, load, by((S1, S2)))
    assert found["citation_precision"] == pytest.approx(2 / 3)


def test_a_statement_without_citation_is_not_cited_and_not_recalled() -> None:
    given = answer(("first", (1,)), ("second", ()), citations=[cite(S1)])
    found = measure(case(), given, load, lambda text, quotes: True)
    assert (found["cited"], found["citation_recall"], found["citation_precision"]) == (0.5, 0.5, 1)


def test_numeric_fidelity_looks_for_each_number_in_the_cited_quotes() -> None:
    # 1,800,000 is there in other writing, 2023 as it is; 40 and 3.02 million (not cited) are not.
    text = "Tesla sold 1,800,000 cars in 2023, up 40 percent, BYD 3.02 million."
    given = answer((text, (1,)), citations=[cite(S1), cite("BYD sold 3.02 million.", 2)])
    assert measure(case(), given, load, never)["numeric_fidelity"] == 0.5
    words = answer((S2, (1,)), citations=[cite(S2)])
    assert "numeric_fidelity" not in measure(case(), words, load, never)


def test_the_marked_short_answer_is_compared_with_a_single_fact() -> None:
    one = case(facts=(("1,800,000",),))
    marked = cite(S1) | {"answer_start": 11, "answer_end": 22}
    found = measure(one, answer((S1, (1,)), citations=[marked]), load, never)
    assert (found["short_exact"], found["short_f1"]) == (1.0, 1.0)
    wide = marked | {"answer_end": 27}  # "1.8 million cars": one of two words is right
    found = measure(one, answer((S1, (1,)), citations=[wide]), load, never)
    assert found["short_exact"] == 0.0
    assert found["short_f1"] == pytest.approx(2 / 3)
    found = measure(one, answer((S1, (1,)), citations=[cite(S1)]), load, never)
    assert "short_exact" not in found


def test_as_of_violations_count_what_was_published_or_known_later() -> None:
    asked = case(as_of=date(2024, 2, 1))
    late = {"article_id": "new", "published": "2025-06-01", "start": 0, "end": 5}
    changed = cite(S1) | {"revision": 2}
    fine = answer((S1, (1,)), citations=[cite(S1)])
    assert measure(asked, fine, load, never)["as_of_violations"] == 0
    bad = answer((S1, (1,)), citations=[changed], passages=[late, late])
    assert measure(asked, bad, load, never)["as_of_violations"] == 2
    assert "as_of_violations" not in measure(case(), bad, load, never)


def test_a_passage_of_a_revision_that_became_known_later_is_a_violation() -> None:
    read = [passage_to_json(Passage(STORE["a", n], 0, 5, 1.0)) for n in (1, 2)]
    given = answer((S1, (1,)), citations=[cite(S2)], passages=read[1:])
    asked = case(as_of=date(2024, 2, 1))
    assert measure(asked, given, load, never)["as_of_violations"] == 1
    given["passages"] = read[:1]
    assert measure(asked, given, load, never)["as_of_violations"] == 0


def test_stale_is_an_answer_about_the_latest_from_older_news_than_the_gold() -> None:
    asked = case(category="latest", articles=("new",))
    old = answer((S1, (1,)), citations=[cite(S1)])
    new = answer((S1, (1,)), citations=[cite(S1) | {"published": "2025-06-01"}])
    assert measure(asked, old, load, never)["stale"] == 1.0
    assert measure(asked, new, load, never)["stale"] == 0.0
    assert "stale" not in measure(case(), old, load, never)
    assert "stale" in LOWER_IS_BETTER


def test_length_counts_words_and_quotes() -> None:
    found = measure(case(), answer((S1, (1,)), (S2, (1,)), citations=[cite(S1)]), load, never)
    assert (found["words"], found["quotes"]) == (11, 1)


def test_without_gold_facts_citing_a_gold_article_is_right() -> None:
    bare = case(facts=())
    assert is_correct(bare, answer((S1, (1,)), citations=[cite(S1)]))
    assert not is_correct(bare, answer((S1, (1,)), citations=[cite(S1, article_id="b")]))
    assert "fact_recall" not in measure(bare, answer((S1, (1,))), load, never)
