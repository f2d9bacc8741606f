import pytest

from evals.stats import mean_interval, percentile, permutation_p, pooled_interval


def test_the_interval_of_a_share_is_near_the_normal_one() -> None:
    found = mean_interval([1.0] * 60 + [0.0] * 40)
    assert (found.value, found.n) == (0.6, 100)
    # 0.6 ± 1.96 * sqrt(0.6 * 0.4 / 100) = 0.504 .. 0.696
    assert found.low == pytest.approx(0.504, abs=0.015)
    assert found.high == pytest.approx(0.696, abs=0.015)


def test_one_value_and_equal_values_have_an_interval_of_no_width() -> None:
    for values in ([0.5], [1.0] * 7):
        found = mean_interval(values)
        assert found.low == found.value == found.high == values[0]


def test_the_same_values_give_the_same_interval() -> None:
    values = [0.0, 1.0, 0.5, 1.0, 0.0]
    assert mean_interval(values) == mean_interval(values)


def test_a_pooled_statistic_gets_an_interval_too() -> None:
    found = pooled_interval([0.0, 1.0] * 50, lambda rows: sum(rows) / len(rows))
    assert found.value == 0.5
    assert 0.38 < found.low < 0.45 < 0.55 < found.high < 0.62


def test_permutation_p_is_exact_for_few_pairs() -> None:
    # Five pairs, all better: only 2 of the 2^5 sign patterns are as extreme.
    assert permutation_p([0.0] * 5, [1.0] * 5) == pytest.approx(2 / 32)
    # One better, one worse: every pattern is as extreme.
    assert permutation_p([0.0, 1.0], [1.0, 0.0]) == 1.0
    assert permutation_p([0.3, 0.4], [0.3, 0.4]) == 1.0


def test_permutation_p_is_small_for_a_clear_difference() -> None:
    assert permutation_p([0.0] * 40, [1.0] * 20 + [0.0] * 20) < 0.001


def test_percentile_interpolates() -> None:
    assert percentile([10.0, 20.0, 30.0, 40.0], 50) == 25.0
    assert percentile([1.0], 99) == 1.0
