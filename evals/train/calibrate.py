"""Fit how the reader ranks and when it says no, on development questions.

    python -m evals.train.calibrate --model DIR --set HOME GOLD SPLIT [--set HOME GOLD SPLIT]

Three logistic regressions (scikit-learn). The first ranks sentences by `rag/rank.py`; it learns
from the gold quotes. The second does so for the best ones after the second look at them. The third
gives p_answered by `rag/features.py`: each gold question is asked of its library, answerable ones a
second time with the articles that answer them taken out of what was found, and then questions of
quite other fields (`off_field.jsonl`); the latter two count a quarter. Each set counts the same,
however many questions it has, and answered questions as much as the others; p_answered is then
moved to the share of questions that a library is taken to answer (`ANSWERED`).

All are judged by cross-validation over questions; the threshold is the one with the best F1 of
refusing the sets' own questions that can't be answered, were they as rare as that. Give sets whose
articles the networks were not trained on: of others they are too sure.
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

OFF_FIELD = Path(__file__).parent / "off_field.jsonl"
FOLDS = 8
ANSWERED = 0.8  # share of the questions that a library answers, about that of the gold sets
ASIDE = 0.25  # what a question counts that the set does not ask itself (see `Case`)
MOST = 450  # questions of a set; of a larger one, evenly spaced ones are asked
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A gold question with what the network saw: spans, feature rows, and which spans answer.

    `aside` are those that were made unanswerable, and those from off the field.
    """

    gold: Mapping[str, Any]
    question: str
    spans: tuple[Span, ...]
    rows: Array
    good: tuple[bool, ...]
    answered: bool
    aside: bool


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
            cases += _case(row, found, reader, embedder, bool(row["answerable"]), False)
            if row["answerable"]:
                left = tuple(p for p in found if p.article.id not in row["articles"])
                if len(left) < len(found):
                    cases += _case(row, left, reader, embedder, False, True)
        for row in map(json.loads, OFF_FIELD.read_text("utf-8").splitlines()):
            if row["split"] == "dev":
                cases += _case(row, _found(chat, row), reader, embedder, False, True)
    return cases


def _case(
    row: Mapping[str, Any],
    found: Sequence[Passage],
    reader: TrainedReader,
    embedder: Embedder,
    answered: bool,
    aside: bool,
) -> list[Case]:
    question = standalone(row["question"], [Turn(turn) for turn in row["turns"]])
    spans = tuple(reader.score(question, found)[:CANDIDATES])
    if not spans:
        return []
    good = tuple(_is_good(span, row) for span in spans)
    values = rank_features(question, spans, embedder)
    return [Case(row, question, spans, values, good, answered, aside)]


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
    sizes = [sum(not case.aside for case in own) for own in sets]
    counts = [
        sum(sizes) / size / len(sets) for own, size in zip(sets, sizes, strict=True) for _ in own
    ]
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
    x = np.array(
        [
            features(case.question, *looked_at(k.spans, k.rows, k.logits, k.verified, second))
            for case, k in zip(cases, looks, strict=True)
        ]
    )
    aside = np.array([case.aside for case in cases])
    y = np.array([int(case.answered) for case in cases], dtype=np.int64)
    groups = [str(case.gold["id"]) for case in cases]
    made, p = fit(x, y, groups, 0.3, np.array(counts) * np.where(aside, ASIDE, 1.0))
    more = ANSWERED / (1 - ANSWERED)  # odds; the fit has taken both kinds for equally common
    p = p * more / (p * more + 1 - p)
    found = weights(made, FEATURES)
    found["bias"] = round(found["bias"] + math.log(more), 5)
    return found, {
        "rows": len(y),
        "answered": int(y.sum()),
        "auc": round(float(roc_auc_score(y, p)), 4),
        "single_auc": {
            name: round(float(roc_auc_score(y, x[:, i])), 3) for i, name in enumerate(FEATURES)
        },
        **_threshold(p[~aside], y[~aside] == 1, np.array(counts)[~aside]),
    }


def _threshold(p: Array, answered: NDArray[np.bool_], counts: Array) -> dict[str, float]:
    """The threshold that refuses with the best F1 where `ANSWERED` of the questions are answered."""
    share = np.where(answered, ANSWERED, 1 - ANSWERED)
    each = counts * share / np.where(answered, counts[answered].sum(), counts[~answered].sum())
    scores = []
    for threshold in np.arange(0.3, 0.98, 0.01):
        caught, lost = (
            each[(p < threshold) & ~answered].sum(),
            each[(p < threshold) & answered].sum(),
        )
        f1 = 2 * caught / (caught + lost + 1 - ANSWERED)
        scores.append(
            (f1, float(threshold), caught / (caught + lost), caught / (1 - ANSWERED), lost)
        )
    f1, threshold, precision, recall, lost = max(scores)
    found = {
        "threshold": threshold,
        "refusal_f1": f1,
        "refusal_precision": precision,
        "refusal_recall": recall,
        "answered_refused": lost / ANSWERED,
    }
    return {name: round(float(value), 3) for name, value in found.items()}


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
