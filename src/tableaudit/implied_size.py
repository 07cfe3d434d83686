"""Which sample size the printed t statistics imply, though the article does not print it.

Two ways.  With the weights taken as known, the standard error of a correlation is (1 − ρ²)/√(n − 1), and
β / t gives n.  By simulation: normal samples are drawn whose own correlation matrix gives the printed
estimates, each is bootstrapped as the article says it did, and the printed t is set against the t that such
samples give.  Both standard errors are reported: estimating the weights anew in each resample makes it smaller
or larger, depending on the items and the sample size.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from plsem.model import Model
from plsem.resampling.bootstrap import BootstrapError, BootstrapWarning, bootstrap
from plsem.solution import Estimate
from tableaudit.printed import Published

__all__ = ["exact_sample", "plausible_sizes", "simulate_t", "standard_error_sizes"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LABELS = ["statistic", "row", "column"]


#: The weights settle to well below the decimals that are returned, whatever the processor.
TOLERANCE = 1e-12
DIGITS = 6


def standard_error_sizes(published: Published) -> pd.DataFrame:
    r"""Sample size at which the standard error of a correlation is the printed β divided by the printed t.

    :math:`n = 1 + ((1 - \beta^2)\, t / \beta)^2`: a correlation of two scores with fixed weights, normal data.
    Weights that are estimated anew in each resample change the standard error either way.  With reliable items
    it is usually smaller, and the true n below this one; with weak items and few rows larger, and n above.
    :func:`simulate_t` sets both errors side by side.

    Parameters
    ----------
    published : Published

    Returns
    -------
    DataFrame
        One row for each path to a target with one predictor and a printed t: source, target,
        path_coefficient, t_statistic, standard_error, n, n_lower, n_upper (over the rounding boxes).

    References
    ----------
    Of the standard error: Pearson, K., & Filon, L. N. G. (1898). Mathematical contributions to the theory of
    evolution, IV. Philosophical Transactions of the Royal Society A, 191, 229–311.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> standard_error_sizes(published)[["source", "target", "n"]].round(1)
      source target     n
    0      X      Y  10.9
    """
    rows = []
    for source, target in published.paths:
        beta = published.select("path_coefficient", source, target)
        t = published.select("t_statistic", source, target)
        alone = sum(end == target for _, end in published.paths) == 1
        if not beta or not t or not alone or beta[0].box.lower <= 0 <= beta[0].box.upper:
            continue
        b, ratio = beta[0].box.absolute(), t[0].box.absolute()
        ends = [1 + ((1 - x**2) * y / x) ** 2 for x, y in ((b.upper, ratio.lower), (b.lower, ratio.upper))]
        value = 1 + ((1 - beta[0].value ** 2) * t[0].value / beta[0].value) ** 2
        error = abs(beta[0].value / t[0].value) if t[0].value else np.inf
        rows.append((source, target, beta[0].value, t[0].value, error, value, *ends))
    columns = ["source", "target", "path_coefficient", "t_statistic", "standard_error"]
    return pd.DataFrame(rows, columns=[*columns, "n", "n_lower", "n_upper"])


def simulate_t(
    published: Published,
    correlations: FloatArray,
    *,
    model: Model | None = None,
    sizes: Sequence[int] = (15, 20, 25, 30, 40, 50, 60, 80, 100),
    n_samples: int = 200,
    n_resamples: int = 200,
    seed: int = 1,
    coverage: float = 0.95,
    exact: bool = True,
) -> pd.DataFrame:
    r"""Bootstrap t statistics that samples of each size give, set against the printed ones.

    Parameters
    ----------
    published : Published
    correlations : ndarray, (p, p)
        Item correlations in the model's order, such as :func:`tableaudit.attainable.find_matrix` finds.
    model : Model, optional
        Default: the constructs, items and paths that the printed cells name.
    sizes : sequence of int
    n_samples, n_resamples : int
        Samples for each size, and bootstrap resamples of each (signs left as the algorithm gives them).
    seed : int
        Each size has a generator of its own, so that a size's figures do not depend on the others.
    coverage : float
        Share of simulated t in the central interval.
    exact : bool
        True: each sample has exactly these correlations, so its estimates are the printed ones and only the
        standard errors vary.  False: they are the population's, and the estimates vary as well.

    Returns
    -------
    DataFrame
        One row a size and path with a printed t: n, source, target, printed_t, t_lower, t_median, t_upper,
        standard_error (median), fixed_weights_error (median of :math:`(1 - \beta^2) / \sqrt{n - 1}`, as in
        :func:`standard_error_sizes`), share_below (of simulated t at or below the printed one), plausible
        (whether the printed t is in the central interval), failed (share of resamples without a solution;
        they are left out, as are samples without one); and the Monte Carlo standard errors t_lower_se,
        t_median_se, t_upper_se (of quantiles: Maritz & Jarrett, 1978) and share_below_se (of a share, with half a
        sample more on either side, so that 0 and 1 have one), from the samples, whose number is ``samples``.

    Raises
    ------
    ValueError
        If the matrix is not of the model's size, or a size is too small for a sample.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", f"{i}", "outer_loading", i, i[0].upper(), "0.90") for i in ("x1", "x2", "y1", "y2")]
    >>> rows.append(("2", "beta", "path_coefficient", "X", "Y", "0.50"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> rows.append(("2", "t", "t_statistic", "X", "Y", "3.0"))
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> from tableaudit.attainable import find_matrix
    >>> from tableaudit.constraints import constraints_of
    >>> matrix = find_matrix(constraints_of(published))[0][0]
    >>> simulate_t(published, matrix, sizes=[20, 100], n_samples=20, n_resamples=50)[["n", "printed_t", "plausible"]]
         n  printed_t  plausible
    0   20        3.0       True
    1  100        3.0      False
    """
    chosen = model or Model(published.items, published.paths)
    p = chosen.n_items
    if correlations.shape != (p, p):
        raise ValueError(f"correlations: expected shape ({p}, {p}), found {correlations.shape}")
    fewest = p + 2 if exact else 4
    if min(sizes, default=0) < fewest:
        raise ValueError(f"sizes: a sample needs {fewest} rows or more here, found {min(sizes, default=0)}")
    root = _root(correlations)
    printed = {path: published.select("t_statistic", *path) for path in chosen.path_names}
    rows = []
    for n in sizes:
        rng = np.random.default_rng([seed, int(n)])
        betas = np.full((n_samples, len(chosen.paths)), np.nan)
        errors, failed = np.full_like(betas, np.nan), np.full(n_samples, np.nan)
        for i in range(n_samples):
            sample = exact_sample(correlations, n, rng) if exact else rng.standard_normal((n, p)) @ root.T
            drawn = rng.integers(0, n, (n_resamples, n))
            betas[i], errors[i], failed[i] = _bootstrapped(chosen, sample, drawn)
        for j, path in enumerate(chosen.path_names):
            if printed[path]:
                value = abs(printed[path][0].value)
                rows.append(
                    (n, *path, value, *_summary(betas[:, j], errors[:, j], failed, n, value, coverage))
                )
    return pd.DataFrame(rows, columns=SIMULATED_COLUMNS).round(DIGITS)


def plausible_sizes(simulated: pd.DataFrame) -> pd.DataFrame:
    """Sizes at which each printed t, and all of them together, are among the t that samples give.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`simulate_t` returns it.

    Returns
    -------
    DataFrame
        source, target, printed_t, sizes (text; "none"); the last row, with empty names, is for all paths.

    Examples
    --------
    >>> import pandas as pd
    >>> simulated = pd.DataFrame({"n": [20, 40], "source": "X", "target": "Y", "printed_t": "2.1",
    ...                           "plausible": [False, True]})
    >>> plausible_sizes(simulated)
      source target printed_t sizes
    0      X      Y       2.1    40
    1                     NaN    40
    """
    rows = []
    for (source, target), part in simulated.groupby(["source", "target"], sort=False):
        rows.append((source, target, part["printed_t"].iloc[0], _listed(part.loc[part["plausible"], "n"])))
    every = simulated.groupby("n")["plausible"].all()
    rows.append(("", "", np.nan, _listed(every.index[every].to_series())))
    return pd.DataFrame(rows, columns=["source", "target", "printed_t", "sizes"])


SIMULATED_COLUMNS = [
    *("n", "source", "target", "printed_t", "t_lower", "t_median", "t_upper", "standard_error"),
    *("fixed_weights_error", "share_below", "plausible", "failed"),
    *("t_lower_se", "t_median_se", "t_upper_se", "share_below_se", "samples"),
]


def _listed(sizes: pd.Series) -> str:
    return ", ".join(str(int(n)) for n in sizes) or "none"


def exact_sample(correlations: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
    """Draw normal rows, turned and stretched so that their own correlations are exactly those given.

    Parameters
    ----------
    correlations : ndarray, (p, p)
    n : int
        Rows; more than p.
    rng : Generator

    Returns
    -------
    ndarray, (n, p)

    Examples
    --------
    >>> wanted = np.array([[1.0, 0.6], [0.6, 1.0]])
    >>> rows = exact_sample(wanted, 5, np.random.default_rng(1))
    >>> bool(np.allclose(np.corrcoef(rows, rowvar=False), wanted))
    True
    """
    noise = rng.standard_normal((n, len(correlations)))
    left, _, right = np.linalg.svd(noise - noise.mean(axis=0), full_matrices=False)
    return np.asarray((left @ right) @ _root(correlations).T)


def _root(correlations: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(correlations)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _bootstrapped(model: Model, data: FloatArray, drawn: IntArray) -> tuple[FloatArray, FloatArray, float]:
    """Return the sample's path coefficients, their bootstrap standard errors and the share of failed resamples.

    All NaN where the sample itself has no solution.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BootstrapWarning)  # the share is reported
            result = bootstrap(
                data,
                model,
                _paths,
                seed=0,
                indices=drawn,
                jackknife=False,
                max_failed=1.0,
                tolerance=TOLERANCE,
            )
    except BootstrapError:
        nothing = np.full(len(model.paths), np.nan)
        return nothing, nothing, np.nan
    kept = result.draws[np.isfinite(result.draws).all(axis=1)]
    errors = kept.std(axis=0, ddof=1) if len(kept) > 1 else np.full(len(model.paths), np.nan)
    return result.original, errors, result.n_failed / result.n_resamples


def _paths(estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
    model = estimate.model
    labels = pd.DataFrame([("path_coefficient", *p) for p in model.path_names], columns=LABELS)
    betas = [estimate.path_coefficients[..., s, t] for s, t in model.paths]
    return labels, np.stack(betas, axis=-1)


def _summary(
    betas: FloatArray, errors: FloatArray, failed: FloatArray, n: int, printed: float, coverage: float
) -> tuple[object, ...]:
    """Return the figures of one size and path, in the order of the columns."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(betas) / errors
    known = np.isfinite(t)
    if not known.any():
        return (*[np.nan] * 6, False, np.nan, *[np.nan] * 4, 0)
    tail = 50 * (1 - coverage)
    low, middle, high = np.percentile(t[known], [tail, 50, 100 - tail])
    fixed = np.median((1 - betas[known] ** 2) / np.sqrt(n - 1))
    below = np.mean(t[known] <= printed)
    inside = bool(low <= printed <= high)
    share = np.nanmean(failed)
    count = int(known.sum())
    near = (below * count + 0.5) / (count + 1)
    spread = (
        _quantile_errors(t[known], (tail / 100, 0.5, 1 - tail / 100)) if count > 1 else np.full(3, np.nan)
    )
    monte_carlo = (*spread, np.sqrt(near * (1 - near) / count), count)
    return (low, middle, high, np.median(errors[known]), fixed, float(below), inside, share, *monte_carlo)


def _quantile_errors(values: FloatArray, shares: Sequence[float]) -> FloatArray:
    """Return standard errors of quantiles (Maritz & Jarrett, 1978): the spread of the order statistics about them."""
    ordered, n = np.sort(values), len(values)
    errors = []
    for share in shares:
        beta = stats.beta((n + 1) * share, (n + 1) * (1 - share))
        weights = np.diff(beta.cdf(np.arange(n + 1) / n))
        variance = float(weights @ ordered**2) - float(weights @ ordered) ** 2
        errors.append(max(variance, 0.0) ** 0.5)
    return np.array(errors)
