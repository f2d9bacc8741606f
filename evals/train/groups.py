"""Several passages for one question, as a search brings them: most of them do not answer.

Trained on one passage at a time, a reader's scores mean different things in different passages.
With a shared normaliser over the passages of a question (Clark & Gardner 2018) they can be
compared, and "none of these" is learned over all of them.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sklearn.feature_extraction.text import TfidfVectorizer

from corpus.names import find_names
from evals.train.data import Example, without_answer

Group = tuple[Example, ...]

SWAPS = ("company", "model", "place", "person")  # kinds of names that a swapped question changes


def grouped(examples: Sequence[Example], others: int) -> list[Group]:
    """One group for each question of a set: its passage and the `others` passages nearest to it.

    Examples that share a question already (a passage and what a search brought) stay together.
    The nearest passages are found by TF-IDF of question and passage; one that holds an answering
    sentence of the question is left out.
    """
    by_question: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        key = (example.question, "" if example.origin.startswith("digest") else example.article)
        by_question[key].append(example)
    groups = [tuple(found) for found in by_question.values()]
    return [(*group, *found) for group, found in zip(groups, _nearest(groups, others), strict=True)]


def _nearest(groups: Sequence[Group], others: int) -> Iterator[Group]:
    """For each group of one passage the nearest of all others; none where there are several."""
    pool = list({(e.header, e.sentences): e for group in groups for e in group}.values())
    texts = [f"{e.header} {' '.join(e.sentences)}" for e in pool]
    by_words = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    matrix = by_words.fit_transform(texts)
    for group in groups:
        if len(group) > 1:
            yield ()
            continue
        own = group[0]
        right = {own.sentences[i] for i in own.answers}
        scores = (matrix @ by_words.transform([f"{own.question} {own.header}"]).T).toarray()[:, 0]
        found: list[Example] = []
        for i in scores.argsort()[::-1]:
            other = pool[i]
            if len(found) == others:
                break
            if other.sentences == own.sentences or right & set(other.sentences):
                continue
            found.append(replace(other, question=own.question, answers=frozenset()))
        yield tuple(found)


def unanswered(group: Group, chance: random.Random) -> Group | None:
    """The group as it would be if the library did not hold the answer.

    Either the answering passage is gone, or only its answering sentences are: a near miss.
    """
    answering = [e for e in group if e.answers]
    if not answering:
        return None
    if chance.random() < 0.5 and len(group) > len(answering):
        return tuple(e for e in group if not e.answers)
    cut = tuple(without_answer(e) if e.answers else e for e in group)
    left = tuple(e for e in cut if e is not None)
    return left or None


def swapped(group: Group, names: dict[str, list[str]], chance: random.Random) -> Group | None:
    """The group with another name in its question: asked of something its passages don't tell.

    `names` lists names by kind. None where the question names nothing that can be swapped.
    """
    question = group[0].question
    found = [name for name in find_names(question) if name.kind in SWAPS]
    if not found:
        return None
    old = chance.choice(found)
    texts = " ".join(f"{e.header} {' '.join(e.sentences)}" for e in group)
    told = {name.canonical for name in find_names(texts)}
    rest = [name for name in names[old.kind] if name not in told]
    if not rest:
        return None
    new = question[: old.start] + chance.choice(rest) + question[old.end :]
    return tuple(replace(e, question=new, answers=frozenset()) for e in group)


def names_of(groups: Sequence[Group]) -> dict[str, list[str]]:
    """The names in the questions, by kind, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        for name in find_names(group[0].question):
            found[name.kind].add(name.canonical)
    return {kind: sorted(names) for kind, names in found.items()}


def with_noes(groups: Sequence[Group], share: float, seed: int) -> list[Group]:
    """The groups in random order, a `share` of them again without their answer, and as many of
    those about names again with another name in the question."""
    chance = random.Random(seed)
    names = names_of(groups)
    result = list(groups)
    for group in groups:
        if not any(e.answers for e in group):
            continue
        for no in (
            unanswered(group, chance) if chance.random() < share else None,
            swapped(group, names, chance) if chance.random() < share else None,
        ):
            if no:
                result.append(no)
    chance.shuffle(result)
    return result
