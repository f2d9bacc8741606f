"""Intervals and tests, by SciPy. All are seeded: the same rows give the same numbers."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
PERMUTATIONS = 9999
SEED = 0
BINS = 10

Chances = Sequence[tuple[float, bool]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value over `n` questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, rounded to four places."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def in_bins(pairs: Chances) -> list[list[tuple[float, bool]]]:
    """Stated chances and whether each came true, by ten bins of equal width; no empty ones."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, truth in pairs:
        bins[min(int(chance * BINS), BINS - 1)].append((chance, truth))
    return [group for group in bins if group]


def calibration_error(pairs: Chances) -> float:
    """Mean gap between stated chance and share that came true, each bin's weighed by its size.

    The expected calibration error (Naeini, Cooper & Hauskrecht, AAAI 2015).
    """
    gaps = (abs(sum(p for p, _ in group) - sum(t for _, t in group)) for group in in_bins(pairs))
    return sum(gaps) / len(pairs)


def mean_interval(values: Sequence[float]) -> Estimate:
    """Mean with the percentile bootstrap interval (Efron 1979) over questions.

    A handful of questions that all agree give an interval of no width: read `n` beside it.
    """
    array = np.asarray(values, dtype=float)
    if len(array) < 2:
        value = float(array.mean())
        return Estimate(value, value, value, len(array))
    low, high = _interval((array,), lambda x, axis: np.mean(x, axis=axis), vectorized=True)
    return Estimate(float(array.mean()), low, high, len(array))


def pooled_interval(rows: Sequence[Any], statistic: Callable[[Sequence[Any]], float]) -> Estimate:
    """A statistic of all rows together (F1, say), its interval by resampling rows."""
    value = statistic(rows)
    if len(rows) < 2:
        return Estimate(value, value, value, len(rows))

    def of(picked: NDArray[np.int64]) -> float:
        return statistic([rows[int(i)] for i in picked])

    low, high = _interval((np.arange(len(rows)),), of, vectorized=False)
    return Estimate(value, low, high, len(rows))


def permutation_p(a: Sequence[float], b: Sequence[float]) -> float:
    """Two-sided p of a paired permutation test on the mean difference.

    Each pair's two values are exchanged or not (Fisher's randomisation test, which Smucker,
    Allan & Carterette, CIKM 2007, recommend for retrieval); exact where that is cheap.
    """
    from scipy.stats import permutation_test

    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(x) < 2 or bool(np.all(x == y)):
        return 1.0
    result = permutation_test(
        (x, y),
        lambda p, q, axis: np.mean(q - p, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent lie, interpolated."""
    return float(np.percentile(np.asarray(values, dtype=float), share))


def _interval(
    data: tuple[NDArray[Any], ...], statistic: Callable[..., Any], *, vectorized: bool
) -> tuple[float, float]:
    from scipy.stats import bootstrap

    result = bootstrap(
        data,
        statistic,
        vectorized=vectorized,
        method="percentile",
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(SEED),
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)
