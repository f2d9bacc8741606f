"""Are the gold questions and training pairs true to the digest? `python -m evals.check_gold`.

A question belongs to the split of the story that its quotes come from, so that nothing tuned on
`dev` has seen the news of `test`. `articles` may also name briefs that repeat the answer in
passing; those may be of any story.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.digest_check import Brief, default_folder, parse_all, read_folder
from corpus.errors import InputError, NewsError
from evals.cases import Case, case_from, default_gold

FIELDS = frozenset(
    "id split category question turns as_of answerable facts articles quotes".split()
)
REFUSED = frozenset({"false_premise", "unanswerable"})
CATEGORIES = REFUSED | frozenset("lookup numeric when why_how multi latest as_of follow_up".split())
PAIR_FIELDS = frozenset({"article", "question", "quote"})
MOST_FACTS, MOST_QUOTES = 4, 4
LONGEST_FACT = 60  # characters: a fact is a number, a name or a key phrase, not a sentence


def split_of(story: str) -> str:
    """`test` for a third of the stories, `dev` for the rest, by a hash of the story's name."""
    return "test" if int(sha256(story.encode()).hexdigest(), 16) % 3 == 0 else "dev"


def default_pairs() -> Path:
    """The question-quote pairs over the digest's `dev` stories."""
    return default_gold().with_name("pairs.jsonl")


def check(gold_path: Path, digest: Mapping[str, Brief]) -> list[str]:
    """Every problem of a gold file, one line each; `digest` is the briefs by id."""
    problems: list[str] = []
    ids: dict[str, str] = {}
    questions: dict[str, str] = {}
    for name, row in _rows(gold_path, problems):
        if set(row) != FIELDS:
            odd = ", ".join(sorted(set(row) ^ FIELDS))
            problems.append(f"{name}: missing or unknown field: {odd}")
            continue
        try:
            case = case_from(row, name)
        except InputError as error:
            problems.append(str(error))
            continue
        name = f"{name} ({case.id})"
        problems += [f"{name}: {problem}" for problem in _check_case(case, digest)]
        asked = "\n".join([*case.turns, case.question, str(case.as_of)]).casefold()
        for what, value, seen in (("id", case.id, ids), ("question", asked, questions)):
            if value in seen:
                problems.append(f"{name}: the same {what} as {seen[value]}")
            seen.setdefault(value, name)
    return problems


def check_pairs(pairs_path: Path, digest: Mapping[str, Brief]) -> list[str]:
    """Every problem of a file of training pairs: fields, exact quotes, `dev` stories only."""
    problems: list[str] = []
    seen: dict[tuple[str, str], str] = {}
    for name, row in _rows(pairs_path, problems):
        if set(row) != PAIR_FIELDS or not all(isinstance(v, str) and v for v in row.values()):
            problems.append(f"{name}: a pair has the texts {', '.join(sorted(PAIR_FIELDS))}")
            continue
        brief = digest.get(row["article"])
        if brief is None:
            problems.append(f"{name}: there is no brief {row['article']}")
            continue
        if row["quote"] not in brief.text:
            problems.append(f"{name}: not an exact slice: {row['quote'][:60]!r}")
        if split_of(brief.story) != "dev":
            problems.append(f"{name}: story {brief.story} is kept for testing; take the pair out")
        key = (brief.id, row["question"].casefold())
        if key in seen:
            problems.append(f"{name}: the same question as {seen[key]}")
        seen.setdefault(key, name)
    return problems


def _rows(path: Path, problems: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        name = f"{path.name}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(f"{name}: not valid JSON ({error})")
            continue
        if isinstance(row, dict):
            yield name, row
        else:
            problems.append(f"{name}: not a JSON object")


def _check_case(case: Case, digest: Mapping[str, Brief]) -> Iterator[str]:
    missing = [article for article in case.articles if article not in digest]
    if missing:
        yield f"there is no brief {', '.join(missing)}"
        return
    if case.category not in CATEGORIES:
        yield f"category {case.category!r} is none of {', '.join(sorted(CATEGORIES))}"
    if (case.category in REFUSED) == case.answerable:
        yield f"answerable is {case.answerable}, but its category is {case.category}"
    if (case.category == "follow_up") != bool(case.turns):
        yield "earlier turns and the category follow_up go together"
    if (case.category == "as_of") != (case.as_of is not None):
        yield "a day of asking and the category as_of go together"
    if len(set(case.articles)) != len(case.articles):
        yield "an article is named twice"
    briefs = [digest[article] for article in case.articles]
    if case.answerable:
        yield from _check_answer(case, briefs, digest)
    elif case.facts or case.quotes:
        yield "it can't be answered, so it has no facts and no quotes"
    elif briefs and split_of(briefs[0].story) != case.split:
        yield f"its split should be {split_of(briefs[0].story)}"


def _check_answer(case: Case, briefs: list[Brief], digest: Mapping[str, Brief]) -> Iterator[str]:
    if not (briefs and 1 <= len(case.facts) <= MOST_FACTS and 1 <= len(case.quotes) <= MOST_QUOTES):
        yield f"it needs articles, 1 to {MOST_FACTS} facts and 1 to {MOST_QUOTES} quotes"
        return
    for quote in case.quotes:
        if not any(quote in brief.text for brief in briefs):
            yield f"not an exact slice: {quote[:60]!r}"
    quoted = "\n".join(case.quotes).casefold()
    for fact in case.facts:
        if not any(wording.casefold() in quoted for wording in fact):
            yield f"no wording of the fact {list(fact)} stands in the quotes"
        if max(map(len, fact)) > LONGEST_FACT:
            yield f"a fact is longer than {LONGEST_FACT} characters: {max(fact, key=len)!r}"
    sources = [brief for brief in briefs if any(quote in brief.text for quote in case.quotes)]
    splits = {split_of(brief.story) for brief in sources}
    if sources and splits != {case.split}:
        yield f"its split is {case.split}, its quotes come from {' and '.join(sorted(splits))}"
    if sources:
        yield from _check_days(case, sources, digest)


def _check_days(case: Case, sources: list[Brief], digest: Mapping[str, Brief]) -> Iterator[str]:
    newest = max(sources, key=lambda brief: brief.date)
    if case.as_of and any(digest[article].date > case.as_of for article in case.articles):
        yield f"an article is younger than its day of asking, {case.as_of}"
    until = case.as_of or date.max
    later = [
        brief.id
        for brief in digest.values()
        if brief.story == newest.story and newest.date < brief.date <= until
    ]
    if case.category in ("latest", "as_of") and not set(later) <= set(case.articles):
        yield f"asks for the latest, but there is a later brief of the story: {', '.join(later)}"


def main() -> int:
    """Check the packaged questions and pairs; 1 when there is a problem."""
    try:
        digest, problems = parse_all(read_folder(default_folder()))
        problems += check(default_gold(), digest) + check_pairs(default_pairs(), digest)
    except (NewsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(*problems, f"{len(digest)} briefs, {len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
