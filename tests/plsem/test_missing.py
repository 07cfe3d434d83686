"""EM and Little's test: against maximum likelihood done by brute force, and under their own assumptions."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from plsem.missing import em, fill, little_mcar

SIGMA = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.4], [0.3, 0.4, 1.0]])


def incomplete(n=80, share=0.15, seed=0, sigma=SIGMA):
    rng = np.random.default_rng(seed)
    x = rng.multivariate_normal(np.zeros(len(sigma)), sigma, size=n)
    gone = rng.random(x.shape) < share
    gone[gone.all(axis=1)] = False
    return np.where(gone, np.nan, x)


def log_likelihood(x, mean, covariance):
    total = 0.0
    for row in x:
        there = ~np.isnan(row)
        total += stats.multivariate_normal.logpdf(row[there], mean[there], covariance[np.ix_(there, there)])
    return total


def test_complete_data_give_plain_moments():
    x = np.random.default_rng(1).normal(size=(30, 4))
    found = em(x)
    np.testing.assert_allclose(found.mean, x.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(x, rowvar=False, bias=True), atol=1e-12)
    np.testing.assert_array_equal(found.completed, x)


@pytest.mark.slow
def test_em_is_where_the_likelihood_is_highest():
    x = incomplete(40)
    found = em(x, tolerance=1e-12)
    lower = np.tril_indices(3)

    def unpacked(theta):
        root = np.zeros((3, 3))
        root[lower] = theta[3:]
        return theta[:3], root @ root.T

    def cost(theta):
        return -log_likelihood(x, *unpacked(theta))

    start = np.concatenate([found.mean, np.linalg.cholesky(found.covariance)[lower]])
    best = minimize(cost, start + 0.1, method="BFGS", options={"gtol": 1e-6})
    mean, covariance = unpacked(best.x)
    np.testing.assert_allclose(found.mean, mean, atol=1e-5)
    np.testing.assert_allclose(found.covariance, covariance, atol=1e-5)
    assert -cost(start) >= -best.fun - 1e-9


def test_a_monotone_pattern_has_a_closed_form():
    """With y missing for some rows, its mean is the regression's prediction at the mean of all x (Anderson, 1957)."""
    rng = np.random.default_rng(4)
    x = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=50)
    x[30:, 1] = np.nan
    slope = np.cov(x[:30], rowvar=False)[0, 1] / np.var(x[:30, 0], ddof=1)
    wanted = x[:30, 1].mean() + slope * (x[:, 0].mean() - x[:30, 0].mean())
    found = em(x, tolerance=1e-13)
    assert found.converged
    assert found.mean[1] == pytest.approx(wanted, abs=1e-9)
    predicted = x[:30, 1].mean() + slope * (x[30:, 0] - x[:30, 0].mean())
    np.testing.assert_allclose(found.completed[30:, 1], predicted, atol=1e-8)


def test_rows_without_any_value_are_filled_and_do_not_count():
    x = incomplete(40)
    with_blank = np.vstack([x, [np.nan] * 3])
    one, other = em(x), em(with_blank)
    np.testing.assert_allclose(one.mean, other.mean, atol=1e-12)
    np.testing.assert_allclose(other.completed[-1], other.mean)


def test_em_with_more_items_than_rows_still_answers():
    x = np.random.default_rng(2).normal(size=(6, 9))
    x[0, 0] = np.nan
    found = em(x, max_iterations=200)
    assert np.isfinite(found.completed).all()


def test_columns_that_cannot_be_estimated():
    with pytest.raises(ValueError, match="column 2"):
        em(np.array([[1.0, 2], [2, 2], [3, 2]]))
    with pytest.raises(ValueError, match="column 1"):
        em(np.array([[np.nan, 2], [np.nan, 3], [3.0, 4]]))


def test_fill():
    x = incomplete(40)
    gone = np.isnan(x)
    means, done = fill(x, "mean")
    assert done
    np.testing.assert_allclose(means[gone], np.broadcast_to(np.nanmean(x, axis=0), x.shape)[gone])
    better, done = fill(x, "em")
    assert done
    np.testing.assert_allclose(better, em(x).completed)
    flat = np.column_stack([x, np.where(np.arange(40) == 3, np.nan, 2.0)])
    assert fill(flat, "em")[0][3, 3] == 2.0
    with pytest.raises(ValueError, match="column 1 has no value"):
        fill(np.full((3, 1), np.nan), "mean")


def test_little_by_hand_for_two_patterns():
    """y missing in the second half: two patterns, one degree of freedom."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(40, 2))
    x[20:, 1] = np.nan
    found = little_mcar(x)
    estimates = em(x)
    complete = x[:20].mean(axis=0) - estimates.mean
    half = x[20:, 0].mean() - estimates.mean[0]
    wanted = 20 * complete @ np.linalg.inv(estimates.covariance) @ complete
    wanted += 20 * half**2 / estimates.covariance[0, 0]
    assert found.chi_square == pytest.approx(wanted)
    assert (found.df, found.n_patterns) == (1, 2)
    assert found.p_value == pytest.approx(stats.chi2.sf(wanted, 1))
    # With x complete the statistic is that of comparing the two groups' means of x.
    a, b = x[:20, 0], x[20:, 0]
    pooled = 10 * (a.mean() - b.mean()) ** 2 / np.var(x[:, 0])
    assert found.chi_square == pytest.approx(pooled, rel=1e-6)


def test_little_has_its_size_and_power():
    levels = [little_mcar(incomplete(200, 0.1, seed=s)).p_value for s in range(60)]
    # 60 uniform p-values: their mean within 4 standard errors of one half.
    assert abs(np.mean(levels) - 0.5) < 4 * np.sqrt(1 / 12 / 60)
    x = incomplete(200, 0.0, seed=1)
    x[x[:, 0] > 0.5, 1] = np.nan
    assert little_mcar(x).p_value < 1e-4


def test_little_does_not_depend_on_units_or_order():
    x = incomplete(60)
    first = little_mcar(x)
    other = little_mcar(x[::-1, ::-1] * [10.0, 0.1, 3.0] + [1.0, 5.0, -2.0])
    assert other.chi_square == pytest.approx(first.chi_square, rel=1e-5)
    assert other.df == first.df


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.random.default_rng(0).normal(size=(20, 2)), "nothing is missing"),
        (np.array([[1.0, np.nan], [2, 3], [4, 1]]), "more rows"),
        (np.column_stack([np.arange(9.0), 2 * np.arange(9.0), [np.nan, *np.arange(8.0) ** 2]]), "singular"),
    ],
)
def test_little_refuses(x, message):
    with pytest.raises(ValueError, match=message):
        little_mcar(x)
