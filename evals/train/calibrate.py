"""Fit how the reader ranks and when it says no, on development questions.

    python -m evals.train.calibrate --model DIR --set HOME GOLD SPLIT [--set HOME GOLD SPLIT]

Three logistic regressions (scikit-learn). The first ranks sentences by `rag/rank.py`; it learns
from the gold quotes. The second does so for the best ones after the second look at them. The third
gives p_answered by `rag/features.py`: each gold question is
asked of its library, and answerable ones a second time with the articles that answer them taken
out of what was found, which count a quarter. Each set counts the same in both, however many
questions it has. Both are judged by cross-validation over questions; the threshold is the one with
the best F1 of refusing the questions that can't be answered, without the made ones.
"""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evals.facts import says
from evals.stats import calibration_error
from evals.train.data import answering
from rag import NewsChat
from rag.asked import Asked
from rag.embed import Embedder, SentenceEmbedder
from rag.features import FEATURES, features
from rag.history import standalone
from rag.rank import RANK, rank_features
from rag.stages import understand
from rag.trained_reader import CANDIDATES, VERIFIED, TrainedReader, looked_at, ranked
from rag.types import Passage, Span, Turn, Window

FOLDS = 8
MADE = 0.25  # what a question counts that was made unanswerable
MOST = 450  # questions of a set; of a larger one, evenly spaced ones are asked
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A gold question with what the network saw: spans, feature rows, and which spans answer."""

    gold: Mapping[str, Any]
    question: str
    spans: tuple[Span, ...]
    rows: Array
    good: tuple[bool, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A case in the order of the first ranking, with a second look at its best sentences."""

    spans: tuple[Span, ...]
    rows: Array
    logits: Array
    good: tuple[bool, ...]
    verified: Array


def gather(home: Path, gold: Path, model: Path, split: str) -> list[Case]:
    """The cases of one library, answerable ones twice (see above)."""
    cases: list[Case] = []
    with NewsChat.open(home, reader="plain", chroma_url="") as chat:
        embedder = chat.library.embedder
        reader = TrainedReader(embedder, model)
        rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
        chosen: list[dict[str, Any]] = [row for row in rows if row["split"] == split]
        for row in chosen[:: math.ceil(len(chosen) / MOST)]:
            found = _found(chat, row)
            cases += _case(row, found, reader, embedder, bool(row["answerable"]))
            if row["answerable"]:
                left = tuple(p for p in found if p.article.id not in row["articles"])
                if len(left) < len(found):
                    cases += _case(row, left, reader, embedder, False)
    return cases


def _case(
    row: Mapping[str, Any],
    found: Sequence[Passage],
    reader: TrainedReader,
    embedder: Embedder,
    answered: bool,
) -> list[Case]:
    question = standalone(row["question"], [Turn(turn) for turn in row["turns"]])
    spans = tuple(reader.score(question, found)[:CANDIDATES])
    if not spans:
        return []
    good = tuple(_is_good(span, row) for span in spans)
    return [Case(row, question, spans, rank_features(question, spans, embedder), good, answered)]


def _look(case: Case, rank: Mapping[str, float], reader: TrainedReader) -> Looked:
    spans, rows, logits = ranked(case.spans, case.rows, rank)
    good = {(s.passage.article.id, s.start): g for s, g in zip(case.spans, case.good, strict=True)}
    ordered = tuple(good[span.passage.article.id, span.start] for span in spans)
    return Looked(spans, rows, logits, ordered, reader.verify(case.question, spans[:VERIFIED]))


def _is_good(span: Span, row: Mapping[str, Any]) -> bool:
    """Whether a sentence is (most of) a gold quote, or says a fact in an article that answers."""
    article = span.passage.article
    if article.id not in row["articles"]:
        return False
    if answering([(span.start, span.end)], article.text, row["quotes"]):
        return True
    return any(says(span.text, fact) for fact in row["facts"])


def fit(
    x: Array, y: NDArray[np.int64], groups: Sequence[str], strength: float, weight: Array
) -> tuple[Any, Array]:
    """A regression over all rows, and each row's probability from the folds without it."""
    given = {"logisticregression__sample_weight": weight}
    made = make_pipeline(
        StandardScaler(), LogisticRegression(C=strength, class_weight="balanced", max_iter=1000)
    )
    p = cross_val_predict(
        made, x, y, groups=groups, cv=GroupKFold(FOLDS), method="predict_proba", params=given
    )[:, 1]
    return made.fit(x, y, **given), p


def weights(made: Any, names: Sequence[str]) -> dict[str, float]:
    """Bias and weight by name, for features as they are."""
    scale, regression = made.named_steps["standardscaler"], made.named_steps["logisticregression"]
    found = regression.coef_[0] / np.where(scale.scale_ > 0, scale.scale_, 1.0)
    bias = float(regression.intercept_[0] - (found * scale.mean_).sum())
    return {"bias": round(bias, 5)} | {
        name: round(float(w), 5) for name, w in zip(names, found, strict=True)
    }


def _found(chat: NewsChat, row: Mapping[str, Any]) -> tuple[Passage, ...]:
    as_of = date.fromisoformat(row["as_of"]) if row["as_of"] else None
    turns = tuple(Turn(turn) for turn in row["turns"])
    asked = Asked(row["question"], turns, Window(as_of=as_of))
    question = understand(asked, datetime.now(UTC).date())
    return question.find(chat._search, chat.settings.passages).passages


def _first_good(goods: Sequence[Sequence[bool]], p: Array) -> list[float]:
    """Rank of the first good sentence of each case, infinite where there is none."""
    places: list[float] = []
    start = 0
    for good in goods:
        own = p[start : start + len(good)]
        start += len(good)
        order = np.argsort(-own)
        hits = [place for place, i in enumerate(order, start=1) if good[i]]
        places.append(hits[0] if hits else np.inf)
    return places


def calibrate(sets: Sequence[Sequence[Case]], model: Path) -> dict[str, Any]:
    """Fit on all sets and write `calibration.json` beside the weights; returns what it reached."""
    cases = [case for own in sets for case in own]
    counts = [len(cases) / len(own) / len(sets) for own in sets for _ in own]
    rank, report = _fit_rank(cases, counts)
    reader = TrainedReader(SentenceEmbedder(), model)
    looks = [_look(case, rank, reader) for case in cases]
    second, more = _fit_second(cases, looks, counts)
    answered, last = _fit_answered(cases, looks, second, counts)
    fitted = {"rank": rank, "second_look": second, "answered": answered}
    (model / "calibration.json").write_text(json.dumps(fitted, indent=1) + "\n")
    return report | more | last


def _fit_rank(
    cases: Sequence[Case], counts: Sequence[float]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Weights that rank the sentences of answered questions."""
    own = [(case, count) for case, count in zip(cases, counts, strict=True) if case.answered]
    x = np.concatenate([case.rows for case, _ in own])
    made, p = _fit_good(x, [(case, case.good, count) for case, count in own])
    places = _first_good([case.good for case, _ in own], p)
    return weights(made, RANK), {
        "best sentence good": _share(places),
        "mean reciprocal rank": round(float(np.mean([1 / place for place in places])), 3),
    }


def _fit_second(
    cases: Sequence[Case], looks: Sequence[Looked], counts: Sequence[float]
) -> tuple[dict[str, float], dict[str, Any]]:
    """What a second look adds to the logits of the sentences that got one; on the mean nothing."""
    own = [row for row in zip(cases, looks, counts, strict=True) if row[0].answered]
    verified = np.concatenate([look.verified for _, look, _ in own])
    x = np.stack([np.concatenate([look.logits[:VERIFIED] for _, look, _ in own]), verified], 1)
    made, p = _fit_good(x, [(case, look.good[:VERIFIED], count) for case, look, count in own])
    found = weights(made, ("logit", "verified"))
    each = found["verified"] / found["logit"]
    second = {"bias": round(-each * float(verified.mean()), 5), "verified": round(each, 5)}
    places = _first_good([look.good[:VERIFIED] for _, look, _ in own], p)
    return second, {"after the second look": _share(places)}


def _fit_good(x: Array, rows: Sequence[tuple[Case, Sequence[bool], float]]) -> tuple[Any, Array]:
    """A regression for whether a sentence answers."""
    good = np.array([flag for _, flags, _ in rows for flag in flags], dtype=np.int64)
    owners = [case.gold["id"] for case, flags, _ in rows for _ in flags]
    each = np.array([count for _, flags, count in rows for _ in flags])
    return fit(x, good, owners, 1.0, each)


def _fit_answered(
    cases: Sequence[Case],
    looks: Sequence[Looked],
    second: Mapping[str, float],
    counts: Sequence[float],
) -> tuple[dict[str, float], dict[str, Any]]:
    """Weights of p_answered."""
    table = []
    for case, look in zip(cases, looks, strict=True):
        found = looked_at(look.spans, look.rows, look.logits, look.verified, second)
        table.append(features(case.question, *found))
    x = np.array(table)
    made_no = np.array([not case.answered and bool(case.gold["answerable"]) for case in cases])
    y = np.array([int(case.answered) for case in cases], dtype=np.int64)
    groups = [str(case.gold["id"]) for case in cases]
    made, p = fit(x, y, groups, 0.3, np.array(counts) * np.where(made_no, MADE, 1.0))
    scores = []
    for threshold in np.arange(0.1, 0.9, 0.02):
        refused, no = (p < threshold) & ~made_no, (y == 0) & ~made_no
        precision = (refused & no).sum() / max(1, refused.sum())
        recall = (refused & no).sum() / max(1, no.sum())
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        scores.append((f1, float(threshold), precision, recall))
    best = max(scores)
    chances = [(float(a), bool(b)) for a, b in zip(p, y, strict=True)]
    return weights(made, FEATURES), {
        "rows": len(y),
        "answered": int(y.sum()),
        "auc": round(float(roc_auc_score(y, p)), 4),
        "ece": round(calibration_error(chances), 4),
        "threshold": round(best[1], 2),
        "refusal_precision": round(float(best[2]), 3),
        "refusal_recall": round(float(best[3]), 3),
        "single_auc": {
            name: round(float(roc_auc_score(y, x[:, i])), 3) for i, name in enumerate(FEATURES)
        },
    }


def _share(places: Sequence[float]) -> float:
    return round(float(np.mean([place == 1 for place in places])), 3)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument(
        "--set", nargs=3, action="append", metavar=("HOME", "GOLD", "SPLIT"), required=True
    )
    given = parser.parse_args()
    sets = [gather(Path(home), Path(gold), given.model, split) for home, gold, split in given.set]
    print(json.dumps(calibrate(sets, given.model), indent=1))


if __name__ == "__main__":
    main()
