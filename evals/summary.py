"""Records -> the numbers of a run, overall and by category, with intervals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evals.answers import LOWER_IS_BETTER
from evals.records import Record, rows
from evals.stats import (
    Estimate,
    calibration_error,
    in_bins,
    mean_interval,
    percentile,
    pooled_interval,
)

Rows = Sequence[Mapping[str, float]]


def summarise(records: Sequence[Record]) -> dict[str, Any]:
    """All numbers of a run as plain JSON values."""
    categories = sorted({r.case.category for r in records})
    by_category = {
        name: estimates([r for r in records if r.case.category == name]) for name in categories
    }
    return {
        "questions": len(records),
        "failed": sum(r.error is not None for r in records),
        "overall": _json(estimates(records)),
        "by_category": {name: _json(found) for name, found in by_category.items()},
        "losses": losses(records),
        "loss_parts": loss_parts(records),
        "latency_ms": latency(records),
        "tokens": tokens(records),
        "calibration": calibration(records),
    }


def estimates(records: Sequence[Record]) -> dict[str, Estimate]:
    """Each measure's mean over the questions to which it applies, and abstention F1."""
    found = rows(records)
    names = list(dict.fromkeys(name for row in found for name in row))
    result = {name: mean_interval([r[name] for r in found if name in r]) for name in names}
    if "abstention_recall" in names:
        result["abstention_f1"] = pooled_interval(found, abstention_f1)
    return result


def abstention_f1(found: Rows) -> float:
    """Harmonic mean of abstention precision and recall over all rows; 0 when nothing fits."""
    refused = [row["abstention_precision"] for row in found if "abstention_precision" in row]
    wanted = sum("abstention_recall" in row for row in found)
    return 2 * sum(refused) / (len(refused) + wanted) if refused or wanted else 0.0


def losses(records: Sequence[Record]) -> dict[str, int]:
    """How many wrong answers each stage lost, most first."""
    return dict(Counter(r.loss.stage for r in records if r.loss).most_common())


def loss_parts(records: Sequence[Record]) -> dict[str, dict[str, int]]:
    """For what was read but dropped: refused, left out, or other sentences chosen."""
    stage = "read but dropped"
    details = [r.loss.detail for r in records if r.loss and r.loss.stage == stage]
    counts = Counter(detail.split(",")[0] for detail in details)
    return {stage: dict(counts.most_common())} if counts else {}


def latency(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    """Milliseconds by stage: p50, p95 and the greatest."""
    times: dict[str, list[float]] = {}
    for record in records:
        for stage, value in (record.answer.get("timings_ms") or {}).items():
            times.setdefault(stage, []).append(float(value))
    return {
        stage: {
            "p50": round(percentile(values, 50), 2),
            "p95": round(percentile(values, 95), 2),
            "max": round(max(values), 2),
        }
        for stage, values in times.items()
    }


def tokens(records: Sequence[Record]) -> dict[str, float]:
    """Mean tokens of an answer by kind, over the answers that used any."""
    used: dict[str, list[float]] = {}
    for record in records:
        for kind, value in (record.answer.get("tokens") or {}).items():
            used.setdefault(kind, []).append(float(value))
    return {kind: round(sum(values) / len(values), 1) for kind, values in used.items()}


def calibration(records: Sequence[Record]) -> dict[str, Any]:
    """Is `p_answered` the share that could be answered? Ten bins, Brier score, and ECE.

    `answerable` is the gold label. `sweep` shows what other thresholds would do: the share
    answered, and of the answerable and the unanswerable the share refused.
    """
    pairs = [
        (float(r.answer["p_answered"]), r.case.answerable)
        for r in records
        if r.answer.get("p_answered") is not None
    ]
    if not pairs:
        return {}
    shown = [
        {
            "p": round(sum(p for p, _ in group) / len(group), 4),
            "answerable": mean_interval([float(t) for _, t in group]).to_json(),
        }
        for group in in_bins(pairs)
    ]
    return {
        "bins": shown,
        "brier": round(sum((p - t) ** 2 for p, t in pairs) / len(pairs), 4),
        "ece": round(calibration_error(pairs), 4),
        "sweep": [_at(pairs, step / 20) for step in range(21)],
    }


def _at(pairs: Sequence[tuple[float, bool]], threshold: float) -> dict[str, float | None]:
    def refused(truth: bool) -> float | None:
        group = [p < threshold for p, t in pairs if t == truth]
        return round(sum(group) / len(group), 4) if group else None

    return {
        "threshold": threshold,
        "answerable_refused": refused(True),
        "unanswerable_refused": refused(False),
    }


def better(name: str, old: float, new: float) -> bool:
    """Whether `new` is the better value of this measure."""
    return new < old if name in LOWER_IS_BETTER else new > old


def _json(found: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: estimate.to_json() for name, estimate in found.items()}
