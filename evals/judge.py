"""A chat model's opinion of the answers: optional, never the gate.

Runs through openevals (MIT, kept by the makers of LangChain) with its own prompts: is the answer
grounded in its quotes, and is it right by the gold facts. What matters more than the numbers is
the agreement with the deterministic measures, which is reported beside them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from corpus.errors import ModelError
from evals.answers import said
from evals.records import Record

# Judgement -> the deterministic measure that it should agree with.
PARTNERS = {"correctness": "correct", "groundedness": "citation_recall"}


def judge(
    records: Sequence[Record], model: Any, progress: Callable[[int], None] | None = None
) -> list[Record]:
    """The records of answered questions with `judged` filled in; the others as they are.

    `model` is a LangChain chat model that can give structured output. Raises ModelError when
    openevals is missing or the model gives no judgement.
    """
    try:
        from openevals.llm import create_llm_as_judge
        from openevals.prompts import CORRECTNESS_PROMPT, RAG_GROUNDEDNESS_PROMPT
    except ImportError as error:
        raise ModelError(
            "judging needs openevals; run: pip install 'ev-news-chat[judge]'"
        ) from error
    correctness = create_llm_as_judge(prompt=CORRECTNESS_PROMPT, judge=model)
    groundedness = create_llm_as_judge(prompt=RAG_GROUNDEDNESS_PROMPT, judge=model)
    result = []
    for number, record in enumerate(records, start=1):
        judged = dict(record.judged)
        if record.answer["answered"]:
            text = said(record.answer)
            quotes = [c["quote"] for c in record.answer["citations"]]
            judged["groundedness"] = _score(groundedness, context=quotes, outputs=text)
            if record.case.facts:
                judged["correctness"] = _score(
                    correctness,
                    inputs=" / ".join([*record.case.turns, record.case.question]),
                    outputs=text,
                    reference_outputs="; ".join(fact[0] for fact in record.case.facts),
                )
        result.append(replace(record, judged=judged))
        if progress:
            progress(number)
    return result


def agreement(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    """For each judgement: how often it agrees with its measure (1 or not), and Cohen's kappa.

    Kappa (Cohen 1960) takes out the agreement that chance alone would give; it is absent when
    either side never varies, because it would be 0 whatever the other side says.
    """
    found: dict[str, dict[str, float]] = {}
    for name, partner in PARTNERS.items():
        pairs = [
            (r.judged[name] >= 0.5, r.measures[partner] >= 1.0)
            for r in records
            if name in r.judged and partner in r.measures
        ]
        if pairs:
            same = sum(a == b for a, b in pairs) / len(pairs)
            found[name] = {"n": len(pairs), "agreement": round(same, 4)}
            first, second = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
            if 0.0 < first < 1.0 and 0.0 < second < 1.0:
                chance = first * second + (1 - first) * (1 - second)
                found[name]["kappa"] = round((same - chance) / (1 - chance), 4)
    return found


def _score(evaluator: Callable[..., Any], **given: Any) -> float:
    try:
        return float(evaluator(**given)["score"])
    except Exception as error:  # a provider's own errors, or an answer in no usable form
        line = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise ModelError(f"the judge gave no judgement ({line}); try another model") from error
