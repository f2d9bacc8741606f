"""Groups of passages that the reader is trained on."""

import random
from dataclasses import replace

from corpus.names import find_names
from evals.train.data import Example
from evals.train.groups import grouped, names_of, swapped, unanswered, with_noes


def example(question: str, sentences: tuple[str, ...], *answers: int) -> Example:
    return Example(question, "Title\n", sentences, frozenset(answers), sentences[0], "squad2")


FORD = example(
    "Where does Ford build cells?", ("Ford builds cells in Marshall.", "It has help."), 0
)
COPY = example("Who helps Ford?", ("It is CATL.", "Ford builds cells in Marshall."), 0)
NEAR = example("When does Ford sell cars?", ("Ford sells its cars in spring.", "Sales rose."), 0)
FAR = example("What is lithium?", ("Lithium is a soft metal.", "It is light."), 0)


def test_a_question_gets_the_nearest_passages_that_do_not_answer_it() -> None:
    groups = {group[0].question: group for group in grouped([FORD, COPY, NEAR, FAR], 1)}
    own, other = groups[FORD.question]
    assert own == FORD
    # COPY is nearer, but holds the answer.
    assert other.sentences == NEAR.sentences
    assert other.question == FORD.question
    assert not other.answers


def test_passages_that_share_a_question_stay_as_they_are() -> None:
    own = replace(FORD, origin="digest")
    found = replace(NEAR, question=FORD.question, answers=frozenset(), origin="digest-other")
    groups = grouped([own, found, COPY, FAR], 1)
    assert groups[0] == (own, found)
    assert [len(group) for group in groups] == [2, 2, 2]


def test_without_its_answer_a_group_holds_no_answering_sentence() -> None:
    group = (FORD, NEAR)
    for seed in range(6):
        left = unanswered((group[0], Example(FORD.question, *_rest(NEAR))), random.Random(seed))
        assert left
        assert all("Marshall" not in s for e in left for s in e.sentences)
        assert not any(e.answers for e in left)


def _rest(e: Example) -> tuple[str, tuple[str, ...], frozenset[int], str, str]:
    return e.header, e.sentences, frozenset(), e.article, e.origin


def test_a_swapped_question_asks_for_what_its_passages_do_not_name() -> None:
    other = example("Where does Rivian build vans?", ("Rivian builds vans in Normal.",), 0)
    groups = [(FORD,), (other,)]
    new = swapped((FORD,), names_of(groups), random.Random(1))
    assert new
    assert new[0].question == "Where does Rivian build cells?"
    assert not new[0].answers
    told = {n.canonical for n in find_names(" ".join(new[0].sentences))}
    assert "Rivian" not in told
    assert swapped((FAR,), names_of(groups), random.Random(1)) is None


def test_the_same_seed_gives_the_same_groups() -> None:
    groups = grouped([FORD, NEAR, FAR], 1)
    assert with_noes(groups, 0.5, 3) == with_noes(groups, 0.5, 3)
    assert len(with_noes(groups, 1.0, 3)) > len(groups)
