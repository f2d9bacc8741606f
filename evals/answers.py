"""The measures of one answer. A measure that does not apply is absent, never 0.

An answer is taken in its public JSON form (`Answer.to_json`), so that answers written by an
earlier version, or by another program, can be measured too. Every measure is in [0, 1] and
higher is better, unless it is named in `LOWER_IS_BETTER` or `PLAIN`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from corpus.article import Article, end_of
from evals.cases import Case
from evals.citing import Supports, citation_measures
from evals.facts import has_number, normalise, numbers, says

Load = Callable[[str, int], Article | None]
Row = Mapping[str, Any]

LOWER_IS_BETTER = frozenset({"false_premise_affirmed", "stale", "as_of_violations"})
PLAIN = frozenset({"words", "quotes"})  # sizes, neither good nor bad


def measure(case: Case, answer: Row, load: Load, supports: Supports) -> dict[str, float]:
    """Every measure that applies to the answer to this question.

    `load(article_id, revision)` gives the stored article; `supports` is the grounding check.
    """
    found = {"correct": float(is_correct(case, answer))}
    found |= _abstention(case, answer)
    found |= _facts(case, answer)
    found |= _dates(case, answer, load)
    shown = [*answer["citations"], *answer.get("nearest", ())]
    if shown:
        found["citation_validity"] = sum(is_valid(c, load) for c in shown) / len(shown)
    if answer["answered"]:
        text = said(answer)
        found |= citation_measures(answer, supports)
        found |= _numeric(answer)
        found["words"] = float(len(text.split()))
        found["quotes"] = float(len(answer["citations"]))
    return found


def filtered(answer: Row) -> tuple[str | None, str | None]:
    """The first and the last day (`YYYY-MM-DD`) that the search was limited to, None where open.

    A period that is not strict only ranks.
    """
    window = answer.get("window") or {}
    if not window.get("strict", True):
        return None, None
    return window.get("after"), window.get("before")


def said(answer: Row) -> str:
    """What the answer states, without its notes, dates and titles."""
    return "\n".join(statement["text"] for statement in answer["statements"])


def facts_found(case: Case, answer: Row) -> list[bool]:
    """For each gold fact, whether the answer's statements say it."""
    text = said(answer) if answer["answered"] else ""
    return [says(text, fact) for fact in case.facts]


def is_correct(case: Case, answer: Row) -> bool:
    """A right refusal, or an answer with every fact (without gold facts: citing a gold article)."""
    if not case.answerable or not answer["answered"]:
        return not case.answerable and not answer["answered"]
    if case.facts:
        return all(facts_found(case, answer))
    return bool({c["article_id"] for c in answer["citations"]} & set(case.articles))


def is_valid(citation: Row, load: Load) -> bool:
    """Whether the quote is, character for character, the slice of the stored article."""
    article = load(citation["article_id"], citation["revision"])
    start, end, quote = citation["start"], citation["end"], citation["quote"]
    return article is not None and bool(quote) and article.text[start:end] == quote


def _abstention(case: Case, answer: Row) -> dict[str, float]:
    """Refusing is right where there is no answer.

    Precision is the share of refusals that were right, recall the share of the unanswerable
    that were refused; as values of single questions their means are just that.
    """
    refused = not answer["answered"]
    found: dict[str, float] = {}
    if refused:
        found["abstention_precision"] = float(not case.answerable)
    if not case.answerable:
        found["abstention_recall"] = float(refused)
    else:
        found["answered"] = float(not refused)
    if case.category == "false_premise":
        found["false_premise_affirmed"] = float(not refused)
    return found


def _facts(case: Case, answer: Row) -> dict[str, float]:
    if not case.facts:
        return {}
    said_ones = facts_found(case, answer)
    found = {
        "fact_recall": sum(said_ones) / len(said_ones),
        "all_facts": float(all(said_ones)),
    }
    if answer["answered"]:
        found["fact_recall_if_answered"] = found["fact_recall"]
    short = _short(answer)
    if len(case.facts) == 1 and short is not None:
        found["short_exact"] = float(normalise(short) in map(normalise, case.facts[0]))
        found["short_f1"] = max(_overlap(short, wording) for wording in case.facts[0])
    return found


def _short(answer: Row) -> str | None:
    """The short answer that is marked inside the first quote."""
    if not answer["answered"] or not answer["citations"]:
        return None
    first = answer["citations"][0]
    start, end = first.get("answer_start"), first.get("answer_end")
    return None if start is None or end is None else first["quote"][start:end]


def _overlap(found: str, wanted: str) -> float:
    """F1 of the words, as SQuAD counts it (Rajpurkar et al. 2016), on normalised text."""
    a, b = (Counter(re.findall(r"[$€£]?\w[\w.]*%?", normalise(t))) for t in (found, wanted))
    same = (a & b).total()
    return 2 * same / (a.total() + b.total()) if same else 0.0


def _dates(case: Case, answer: Row, load: Load) -> dict[str, float]:
    """`stale`: asked for the newest, but everything cited is older than the gold articles.

    `as_of_violations` counts what is shown or was read although it was published, or became
    known, after the as-of day; it must be 0.
    """
    found: dict[str, float] = {}
    if case.as_of is not None:
        shown = [*answer["citations"], *answer.get("nearest", ()), *answer.get("passages", ())]
        late = {(c["article_id"], c["start"]) for c in shown if _too_late(c, case.as_of, load)}
        found["as_of_violations"] = float(len(late))
    if case.category == "latest" and answer["answered"]:
        days = [_day(load(article, 1)) for article in case.articles]
        gold = max((day for day in days if day), default=None)
        newest = max((c["published"] for c in answer["citations"] if c["published"]), default=None)
        if gold and newest:
            found["stale"] = float(newest < gold)
    return found


def _too_late(item: Row, as_of: date, load: Load) -> bool:
    if item.get("published") and item["published"] > as_of.isoformat():
        return True
    article = load(item["article_id"], item["revision"]) if "revision" in item else None
    return bool(article and article.known and article.known > end_of(as_of))


def _day(article: Article | None) -> str | None:
    return article.day if article else None


def _numeric(answer: Row) -> dict[str, float]:
    """Share of the numbers in the statements that stand in the quotes these cite."""
    quotes = {c["n"]: c["quote"] for c in answer["citations"]}
    checked: list[bool] = []
    for statement in answer["statements"]:
        evidence = "\n".join(quotes.get(n, "") for n in statement["citations"])
        checked += [has_number(number, evidence) for number in numbers(statement["text"])]
    return {"numeric_fidelity": sum(checked) / len(checked)} if checked else {}
