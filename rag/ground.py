"""Does this quote support this sentence?

The checks run from the certain to the uncertain: numbers, dates and names must stand in a quote
(or, for names and dates, in what is known about its article); figures and names must not be
swapped; then denial, certainty, direction and cause are compared between clauses that speak of
the same thing; at last the meaning as a whole. It is a filter and no proof: a sentence that
passes agrees with its quotes in everything that is checked here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.grounding.deeds import other_doer, swapped_names
from rag.grounding.direction import reversed_direction
from rag.grounding.facts import missing_fact
from rag.grounding.foretold import not_yet
from rag.grounding.modality import contradicted
from rag.grounding.multiples import other_multiple
from rag.grounding.origins import other_origin
from rag.grounding.phrases import clauses, concepts, near_sentences, overlap, sentences
from rag.grounding.roles import other_figure, swapped_figures

Meaning = Callable[[str, str], float]

# Chosen on the development part of tests/data/ground.jsonl.
_NEAR: Final = 0.30
_SHARED: Final = 0.2
_CAUSE: Final = 0.45

_CAUSAL = re.compile(
    r"\b(?:because of|because|due to|owing to|thanks to|as a result of|caused by|blamed? on"
    r"|in response to|(?:reacted|responded) to|on account of|following(?= \w+ \w+)"
    r"|blames?|blamed|caused? by|citing|attribut\w+ (?:\w+ ){1,6}?to"
    r"|since (?=(?:a|the|its|it|their|they|there|his|he|she)\b(?! (?:year|month|week|start|end|first)))"
    r")\b|, as (?=(?:a|the|its|it|their|they|there)\b)",
    re.IGNORECASE,
)

# Each figure and clause is compared with each of the quotes; a longer text is no sentence but a
# list or a model that repeats itself.
_LONGEST: Final = 800  # characters
# Words that many reasons share.
_VAGUE = concepts("a lack, a shortage, weak, strong, new, problem, reason")


@dataclass(frozen=True, slots=True)
class Support:
    """Whether quotes carry a sentence, and in a few words why (not).

    `score` is the nearness in meaning: the cosine in [-1, 1] of the nearest quote (or of a sentence
    of it, when the whole is far), or without an embedding the share of the sentence's content words
    that the quotes hold, in [0, 1].
    """

    supported: bool
    why: str
    score: float


def support(
    sentence: str,
    quotes: Sequence[str],
    meaning: Meaning | None = None,
    context: str = "",
) -> Support:
    """Check `sentence` against `quotes`; the first thing that fails gives the reason.

    `meaning(sentence, quote)` is a cosine in [-1, 1]; without it shared words are counted.
    `context` is what else is known of the quotes' articles (title, source, day): a name or a
    date may stand there instead, for a quote that says "the company" or "last year".
    """
    quotes = [quote for quote in quotes if quote.strip()]
    if not sentence.strip() or not quotes:
        return Support(False, "there is no quote to compare with", 0.0)
    if sentence.split() in (quote.split() for quote in quotes):  # a quote may hold line ends
        return Support(True, "it is the quote", 1.0)
    if len(sentence) > _LONGEST:
        return Support(False, "it is too long to be checked", 0.0)
    score = _score(sentence, quotes, meaning)
    why = (
        missing_fact(sentence, quotes, context)
        or other_multiple(sentence, quotes)
        or swapped_figures(sentence, quotes)
        or other_figure(sentence, quotes)
        or swapped_names(sentence, quotes)
        or other_doer(sentence, quotes)
        or other_origin(sentence, quotes)
        or contradicted(sentence, quotes)
        or not_yet(sentence, quotes, context)
        or reversed_direction(sentence, quotes)
        or _other_cause(sentence, quotes, meaning)
    )
    if why is None and score < (_NEAR if meaning else _SHARED):
        why = "the quotes speak of something else"
    return Support(why is None, why or "the quotes say the same", score)


def _score(sentence: str, quotes: Sequence[str], meaning: Meaning | None) -> float:
    if meaning is None:
        return overlap(concepts(sentence), concepts(" ".join(quotes)))
    whole = max(meaning(sentence, quote) for quote in quotes)
    if whole >= _NEAR:
        return whole
    # A long quote blurs the embedding: one of its sentences may be nearer.
    return max(whole, *(meaning(sentence, part) for quote in quotes for part in _parts(quote)))


def _parts(quote: str) -> list[str]:
    """The quote, and its sentences where it has several."""
    pieces = sentences(quote)
    return [quote, *pieces] if len(pieces) > 1 else [quote]


def _other_cause(sentence: str, quotes: Sequence[str], meaning: Meaning | None) -> str | None:
    """A reason given in the sentence has to stand, in other words perhaps, in the quotes."""
    match = _CAUSAL.search(sentence)
    if not match:
        return None
    rest = sentence[match.end() :]
    before = sentence[: match.start()]
    cause = re.split(r",\s|;|\sby\s" if match.start() else r",\s", rest)[0].strip(" .")
    if not concepts(cause):
        return None
    if len(concepts(before)) >= 3:
        # The reason given with the same thing counts, where the quotes give one there.
        close = near_sentences(before, quotes)
        if all(_CAUSAL.search(piece) for piece in close):
            quotes = close
    wanted = concepts(cause) - _VAGUE or concepts(cause)
    near = overlap(wanted, concepts(" ".join(quotes)))
    if meaning and near < _CAUSE:
        pieces = [
            p for quote in quotes for p in (*_parts(quote), *(c.text for c in clauses(quote)))
        ]
        near = max(meaning(cause, piece) for piece in pieces)
    return "the quotes give another reason" if near < _CAUSE else None
