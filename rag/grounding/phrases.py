"""Words and clauses of a sentence, reduced far enough that a paraphrase meets its source."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rag.sentences import spans

_DATA = tomllib.loads(files("rag.grounding").joinpath("words.toml").read_text(encoding="utf-8"))
COMMON = frozenset(_DATA["common"].split())
STOP = frozenset(_DATA["stop"].split())
_IRREGULAR = dict(pair.split(":") for pair in _DATA["irregular"].split())
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ational", "ate"), ("isation", "ise"), ("ization", "ize"),
    ("ments", ""), ("ment", ""), ("ions", ""), ("ion", ""), ("ings", ""), ("ing", ""),
    ("edly", ""), ("ed", ""), ("ers", ""), ("er", ""), ("es", ""), ("ly", ""), ("al", ""), ("s", ""), ("e", ""),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*(?:[.,]\d+)*")
_BREAK = re.compile(
    r"[;:.!?](?=[\"'”’]?(?:\s|$))|,(?!\d)|\s[-–—]\s"
    r"|\b(?:and|but|while|whereas|although|though|because|which|who|whose|that|after|before|since"
    r"|as|when|so|if|unless)\b",
    re.IGNORECASE,
)
_RESUMES = re.compile(
    r"(?:is|are|was|were|has|have|had|will|would|may|might|could|can|did|does|do|should)\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence `text[start:end]`; `words` are its concepts, `link` what opens it."""

    text: str
    link: str
    words: frozenset[str]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A crude English stem: enough for "registered" to meet "registrations"."""
    lower = _IRREGULAR.get(word.casefold(), word.casefold())
    lower = re.sub(r"[’']s?$", "", lower)
    for ending, instead in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) >= 3:
            lower = lower.removesuffix(ending) + instead
            break
    if len(lower) > 4 and lower[-1] == lower[-2] and lower[-1] not in "aeiouls":
        lower = lower[:-1]
    return lower.removesuffix("e") if len(lower) > 3 else lower


@cache
def _concepts() -> dict[str, str]:
    out: dict[str, str] = {}
    for line in _DATA["concepts"].strip().splitlines():
        first, *rest = line.split()
        for word in (first, *rest):
            out.setdefault(stem(word), stem(first))
    return out


@lru_cache(maxsize=16384)
def content(word: str) -> str:
    """The concept of a word: its stem, or the first word of its group."""
    key = stem(word)
    return _concepts().get(key, key)


@lru_cache(maxsize=4096)
def concepts(text: str) -> frozenset[str]:
    """Concepts of the content words of `text`."""
    words = (word for word in _WORD.findall(text) if word.casefold() not in STOP)
    return frozenset(content(word) for word in words)


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """Clauses of `text` in order, cut at punctuation and conjunctions."""
    text = re.sub(r"\bnothing but\b", "only", re.sub(r"\b([Nn])ever before\b", r"\1ever yet", text))
    out: list[Clause] = []
    first = start = 0
    link = ""
    for match in [*_BREAK.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end].strip()
        if piece and len(out) > first and _RESUMES.match(piece) and not link.strip(", "):
            # "The strike, now in its second month, is not the cause": back to the subject.
            whole = f"{out[first].text} {piece}"
            out[first] = Clause(whole, out[first].link, concepts(whole))
        elif piece:
            out.append(Clause(piece, link, concepts(piece)))
        if piece:
            link = ""
        if match:
            token = match.group().strip().lower()
            start = match.end()
            if token in (".", "!", "?"):
                first = len(out)
            link = f"{link} {token}".strip() if token not in ",;:.!?" else (link or token)
    return tuple(out)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the concepts of `one` that are in `other`, in [0, 1]."""
    return len(one & other) / len(one) if one else 0.0


def nearest(clause: Clause, quotes: Sequence[Clause], share: float = 0.8) -> list[Clause]:
    """Clauses of the quotes that speak of the same: the best overlap and those close to it."""
    scores = [(overlap(clause.words, other.words), other) for other in quotes]
    best = max((score for score, _ in scores), default=0.0)
    return [other for score, other in scores if score >= share * best] if best >= 0.2 else []


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    return [text[start:end] for start, end in spans(text)]


def near_sentences(text: str, quotes: Sequence[str], share: float = 0.6) -> list[str]:
    """The sentences of the quotes that share nearly as much with `text` as the best does."""
    wanted = concepts(text)
    pieces = [piece for quote in quotes for piece in sentences(quote)]
    scores = [(overlap(wanted, concepts(piece)), piece) for piece in pieces]
    best = max(score for score, _ in scores)
    return [piece for score, piece in scores if score >= share * best]


def nearest_sentence(text: str, quotes: Sequence[str]) -> str:
    """The sentence of the quotes that shares most with `text`; "" below a quarter of its words."""
    wanted = concepts(text)
    pieces = [piece for quote in quotes for piece in sentences(quote)]
    best = max(pieces, key=lambda piece: overlap(wanted, concepts(piece)))
    return best if overlap(wanted, concepts(best)) >= 0.25 else ""
