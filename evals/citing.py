"""Citation recall and precision as ALCE defines them.

Gao, Yen, Yu & Chen, "Enabling Large Language Models to Generate Text with Citations" (EMNLP
2023), section 4.3. There an entailment model judges whether quotes support a statement; here the
project's own grounding check does, so these measures say whether citations carry the
statements *by that check*. In quotes mode they are 1 by construction, unless something broke.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Supports = Callable[[str, Sequence[str]], bool]
Row = Mapping[str, Any]


def citation_measures(answer: Row, supports: Supports) -> dict[str, float]:
    """Recall over the statements, precision over their citations, and the share cited at all."""
    quotes = {c["n"]: c["quote"] for c in answer["citations"]}
    statements = answer["statements"]
    if not statements:
        return {}
    carried: list[bool] = []
    useful: list[bool] = []
    for statement in statements:
        own = [quotes[n] for n in statement["citations"] if n in quotes]
        recalled = bool(own) and supports(statement["text"], own)
        carried.append(recalled)
        for i in range(len(own)):
            useful.append(recalled and _needed(statement["text"], own, i, supports))
    found = {
        "cited": sum(bool(s["citations"]) for s in statements) / len(statements),
        "citation_recall": sum(carried) / len(carried),
    }
    if useful:
        found["citation_precision"] = sum(useful) / len(useful)
    return found


def grounding_check() -> Supports:
    """The project's grounding check as a plain yes or no."""
    from rag.ground import support

    def supports(sentence: str, quotes: Sequence[str]) -> bool:
        return bool(support(sentence, quotes).supported)

    return supports


def _needed(text: str, quotes: Sequence[str], i: int, supports: Supports) -> bool:
    """Not irrelevant: it supports the statement alone, or the others don't without it."""
    if supports(text, [quotes[i]]):
        return True
    others = [*quotes[:i], *quotes[i + 1 :]]
    return not (others and supports(text, others))
