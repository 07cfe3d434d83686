"""How often bootstrap intervals hold the true value: a simulation.

Samples are drawn from a population whose PLS values are known, because PLS estimates are functions of the
correlation matrix: the truth is the estimate from the population's own matrix.  Each sample is
bootstrapped as a survey would be, and its intervals either hold the truth or miss it on one side.
The samples run through joblib in blocks, so a cluster does them under ``joblib.parallel_config(backend="dask")``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from plsem import estimator as pls
from plsem.inputs import DataError
from plsem.model import Model, ModelError
from plsem.names import check_choice, check_share, nearest
from plsem.resampling.bootstrap import BootstrapError, BootstrapWarning, bootstrap
from plsem.resampling.double import DoubleBootstrapResult, Kind, double_bootstrap
from plsem.resampling.intervals import DEFAULT_INTERVAL, Interval, mean, mean_and_deviation
from plsem.resampling.parallel import Progress, run_tasks
from plsem.resampling.replicates import Statistics
from plsem.resampling.result import BootstrapResult

__all__ = ["common_factor_correlations", "coverage", "lowest", "pooled", "supported_intervals"]

FloatArray = NDArray[np.float64]
Doubled = Literal["calibrated", "studentised"]
#: Intervals of the double bootstrap, as it calls them.
_DOUBLED: Mapping[str, Kind] = {"calibrated": "percentile", "studentised": "studentised"}
_STREAM_SAMPLES = 10
#: Samples of one task; results do not depend on how tasks are spread over workers.
BLOCK = 20


def common_factor_correlations(
    model: Model, *, loadings: Mapping[str, float] | float, paths: Mapping[tuple[str, str], float]
) -> FloatArray:
    r"""Return the item correlations of a population in which each block measures one common factor.

    Parameters
    ----------
    model : Model
    loadings : mapping of str to float, or float
        Item → its loading; one number for all.
    paths : mapping of (str, str) to float
        (source, target) → standardised path coefficient; every path of the model.  Exogenous factors are
        uncorrelated, and each factor has variance 1.

    Returns
    -------
    ndarray, (p, p)
        :math:`\Lambda\Phi\Lambda'` with a unit diagonal.

    Raises
    ------
    ModelError
        If a loading or path is missing or unknown, or no population can have these values.

    Notes
    -----
    :math:`\Lambda` holds the loadings, :math:`\Phi` the factors' correlations that the paths imply (Bollen 1989).

    References
    ----------
    Bollen, K. A. (1989). Structural equations with latent variables. Wiley.

    Examples
    --------
    >>> from plsem import Model
    >>> model = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> common_factor_correlations(model, loadings=0.8, paths={("X", "Y"): 0.5}).round(2)
    array([[1.  , 0.64, 0.32, 0.32],
           [0.64, 1.  , 0.32, 0.32],
           [0.32, 0.32, 1.  , 0.64],
           [0.32, 0.32, 0.64, 1.  ]])
    """
    if model.composed:
        raise ModelError("a population is made from a model without second-order constructs and products")
    given = dict.fromkeys(model.items, loadings) if isinstance(loadings, (int, float)) else dict(loadings)
    for what, found, valid in (("item", given, model.items), ("path", paths, model.path_names)):
        for name in found:
            if name not in valid:
                raise ModelError(f"no {what} {name!r}{nearest(str(name), map(str, valid))}")
        missing = [str(name) for name in valid if name not in found]
        if missing:
            raise ModelError(f"no value for the {what}s {', '.join(missing)}")
    beta = np.array([paths[pair] for pair in model.path_names])
    phi = np.eye(model.n_constructs)
    done = [j for j in model.order if not model.predecessors[j]]
    for t in (j for j in model.order if model.predecessors[j]):
        sources = list(model.predecessors[t])
        b = np.array([beta[model.paths.index((s, t))] for s in sources])
        if b @ phi[np.ix_(sources, sources)] @ b >= 1.0:
            raise ModelError(f"the paths to {model.constructs[t]} explain more than its whole variance")
        phi[t, done] = phi[done, t] = b @ phi[np.ix_(sources, done)]
        done.append(t)
    weight = np.array([given[item] for item in model.items])
    if np.abs(weight).max() >= 1.0:
        raise ModelError("a loading must lie between -1 and 1")
    r = np.outer(weight, weight) * phi[np.ix_(model.construct_of, model.construct_of)]
    np.fill_diagonal(r, 1.0)
    return np.asarray(r)


def answer_correlations(population: ArrayLike, shares: Sequence[float]) -> FloatArray:
    r"""Return the correlations of answers that normal scores are cut into.

    Parameters
    ----------
    population : array_like, (p, p)
        Correlations of the normal scores.
    shares : sequence of float
        How often each answer 1 … m occurs, the same for all items; they sum to 1.

    Returns
    -------
    ndarray, (p, p)
        With thresholds :math:`\tau_k` the covariance of two items is :math:`\sum_k \sum_l \int_0^\rho
        \varphi_2(\tau_k, \tau_l; r)\,dr` (Plackett 1954), here by Gauss and Legendre.

    Raises
    ------
    ValueError
        If the shares are not positive or do not sum to 1.

    Examples
    --------
    >>> answer_correlations([[1.0, 0.5], [0.5, 1.0]], [0.5, 0.5]).round(6)[0, 1]  # 2 arcsin(0.5) / pi
    np.float64(0.333333)
    """
    rho = np.asarray(population, dtype=np.float64)
    cuts = _thresholds(shares)
    first, second = (c[..., None] for c in np.meshgrid(cuts, cuts))
    nodes, weights = np.polynomial.legendre.leggauss(64)
    # r = sin(angle): the density's 1 / sqrt(1 - r²) goes into the step
    top = np.arcsin(np.clip(rho, -1.0, 1.0))[..., None, None, None] / 2.0
    angle = top * (nodes + 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = (first**2 + second**2 - 2.0 * np.sin(angle) * first * second) / (2.0 * np.cos(angle) ** 2)
        density = np.exp(-inside) / (2.0 * np.pi)
    covariance = (density * weights * top).sum(axis=(-1, -2, -3))
    steps = stats.norm.cdf(cuts)
    variance = (np.minimum.outer(steps, steps) - np.outer(steps, steps)).sum()
    found = np.asarray(covariance / variance)
    np.fill_diagonal(found, 1.0)
    return found


def _thresholds(shares: Sequence[float]) -> FloatArray:
    given = np.asarray(shares, dtype=np.float64)
    if given.ndim != 1 or len(given) < 2 or (given <= 0).any() or not np.isclose(given.sum(), 1.0):
        raise ValueError(f"shares: expected positive shares of two answers or more, sum 1; found {shares}")
    return np.asarray(stats.norm.ppf(np.cumsum(given)[:-1]))


def coverage(
    population: ArrayLike,
    model: Model,
    statistics: Statistics,
    *,
    n_observations: int | Sequence[int],
    seed: int,
    n_samples: int = 500,
    n_resamples: int = 1000,
    n_outer: int | None = None,
    n_inner: int = 100,
    intervals: Sequence[Interval | Doubled] = ("percentile", "bca"),
    confidence_level: float = 0.95,
    shares: Sequence[float] | None = None,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Simulate the coverage of bootstrap intervals.

    Parameters
    ----------
    population : array_like, (p, p)
        Item correlations that samples (multivariate normal) are drawn from.
    model : Model
    statistics : callable
        As for :func:`plsem.resampling.bootstrap.bootstrap`.
    n_observations : int or sequence of int
        Respondents of each sample.
    seed : int
        Fixes samples and resamples; each has a random stream of its own.
    n_samples, n_resamples : int
    n_outer, n_inner : int
        Resamples, and inner ones of each, for the intervals of the double bootstrap; ``n_outer`` is
        ``n_resamples`` unless said otherwise.
    intervals : sequence of {"percentile", "basic", "normal", "bc", "bca", "calibrated", "studentised"}
        The last two are those of :func:`plsem.resampling.double.double_bootstrap` and take ``n_inner`` times as long.
    confidence_level : float
    shares : sequence of float, optional
        How often each answer 1 … m occurs: the normal scores are cut into whole numbers, and the truth is that of
        :func:`answer_correlations`.  Default: the scores themselves.
    n_jobs, store, progress
        See :func:`plsem.resampling.parallel.run_tasks`; the numbers are the same whatever they are.

    Returns
    -------
    DataFrame
        One row a quantity, size and interval: ``statistic, row, column, n_observations, interval,
        true_value, mean_estimate, coverage`` (share of samples whose interval holds the true value),
        ``coverage_se`` (its Monte Carlo standard error), ``below`` and ``above`` (shares in which the
        whole interval lies below or above the true value), ``mean_width``, ``width_se``
        (Monte Carlo), ``n_samples`` (in which there was an interval).

    Raises
    ------
    ValueError
        If the population is not a positive definite correlation matrix, an option cannot be used, or a
        statistic grows with the sample size (χ²), so that it has no true value.

    References
    ----------
    Morris, T. P., White, I. R., & Crowther, M. J. (2019). Using simulation studies to evaluate statistical methods.
    Statistics in Medicine, 38(11), 2074–2102.

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> simulated = coverage(
    ...     r, model, lambda estimate: plsem.quantities.quantities(estimate, include=["path_coefficient"]),
    ...     n_observations=50, seed=1, n_samples=20, n_resamples=50)
    >>> simulated[["interval", "true_value", "coverage", "n_samples"]].round(3)
         interval  true_value  coverage  n_samples
    0  percentile       0.375      0.95         20
    1         bca       0.375      0.95         20
    """
    check_share("confidence_level", confidence_level)
    for kind in intervals:
        check_choice("intervals", kind, (*get_args(Interval), *_DOUBLED))
    r = np.asarray(population, dtype=np.float64)
    cuts = None if shares is None else _thresholds(shares)
    observed = r if shares is None else answer_correlations(r, shares)
    truth_estimate = pls.estimate(
        model, observed, tolerance=1e-12, max_iterations=10_000, n_observations=10**9
    )
    labels, truth = statistics(truth_estimate)
    if (labels["statistic"] == "chi_square").any():
        raise ValueError(
            "statistics: chi_square grows with the sample size and has no true value; leave it out"
        )
    try:
        root = np.linalg.cholesky(r)
    except np.linalg.LinAlgError:
        raise ValueError("population: not a positive definite correlation matrix") from None
    sizes = [n_observations] if isinstance(n_observations, int) else list(n_observations)
    settings = {
        "n_resamples": n_resamples,
        "n_outer": n_outer or n_resamples,
        "n_inner": n_inner,
        "intervals": tuple(intervals),
        "confidence_level": confidence_level,
    }
    tasks = [
        (root, cuts, model, statistics, len(labels), n, start, min(start + BLOCK, n_samples), seed, settings)
        for n in sizes
        for start in range(0, n_samples, BLOCK)
    ]
    done = run_tasks(_samples, tasks, n_jobs=n_jobs, store=store, progress=progress, quiet=BootstrapWarning)
    parts = []
    for n in sizes:
        mine = [result for result, task in zip(done, tasks, strict=True) if task[5] == n]
        estimates, bounds = (np.concatenate(arrays) for arrays in zip(*mine, strict=True))
        for k, kind in enumerate(intervals):
            table = _shares(bounds[:, k, 0], bounds[:, k, 1], np.asarray(truth, dtype=np.float64))
            table.insert(0, "mean_estimate", mean(estimates.T))
            table.insert(0, "true_value", np.asarray(truth))
            table.insert(0, "interval", kind)
            table.insert(0, "n_observations", n)
            parts.append(pd.concat([labels.reset_index(drop=True), table], axis=1))
    return pd.concat(parts, ignore_index=True)


def _samples(
    root: FloatArray,
    cuts: FloatArray | None,
    model: Model,
    statistics: Statistics,
    n_quantities: int,
    n: int,
    start: int,
    stop: int,
    seed: int,
    settings: Mapping[str, Any],
) -> tuple[FloatArray, FloatArray]:
    """Estimates (m, q) and bounds (m, intervals, 2, q) of the samples from ``start`` to ``stop``; NaN where none."""
    kinds = settings["intervals"]
    estimates = np.full((stop - start, n_quantities), np.nan)
    bounds = np.full((stop - start, len(kinds), 2, n_quantities), np.nan)
    for i in range(start, stop):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM_SAMPLES, n, i)))
        scores = rng.standard_normal((n, len(root))) @ root.T
        sample = scores if cuts is None else np.searchsorted(cuts, scores) + 1.0
        options: dict[str, Any] = {"seed": int(rng.integers(2**63)), "max_failed": 1.0}
        made: dict[str, BootstrapResult | DoubleBootstrapResult] = {}
        try:
            made["single"] = bootstrap(
                sample,
                model,
                statistics,
                jackknife="bca" in kinds,
                n_resamples=settings["n_resamples"],
                **options,
            )
            if set(kinds) & set(_DOUBLED):
                made["double"] = double_bootstrap(
                    sample,
                    model,
                    statistics,
                    n_resamples=settings["n_outer"],
                    n_inner=settings["n_inner"],
                    **options,
                )
        except (BootstrapError, DataError):
            continue  # the sample itself has no solution; n_samples counts those that have one
        estimates[i - start] = made["single"].original
        for k, kind in enumerate(kinds):
            result = made["double" if kind in _DOUBLED else "single"]
            bounds[i - start, k] = _bounds(result, _DOUBLED.get(kind, kind), settings["confidence_level"])
    return estimates, bounds


def pooled(simulated: pd.DataFrame) -> pd.DataFrame:
    """Put a statistic's quantities together: the mean of their coverages, and the lowest.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`coverage` returns it; columns besides those named here keep groups apart.

    Returns
    -------
    DataFrame
        One row a statistic, size and interval: ``quantities`` (their number), ``coverage`` (mean),
        ``coverage_se`` (mean of theirs, and so no less than that of the mean), ``lowest`` (coverage), ``below``,
        ``above``, ``mean_width``, ``width_se``, ``n_samples``.

    Examples
    --------
    >>> import pandas as pd
    >>> simulated = pd.DataFrame({"statistic": ["ave"] * 2, "row": ["X", "Y"], "column": [""] * 2,
    ...                           "n_observations": [25] * 2, "interval": ["bca"] * 2, "coverage": [0.90, 0.94],
    ...                           "coverage_se": [0.013, 0.011], "below": [0.05, 0.03], "above": [0.05, 0.03],
    ...                           "mean_width": [0.2, 0.2], "width_se": [0.01, 0.01],
    ...                           "n_samples": [500] * 2})
    >>> pooled(simulated)[["statistic", "quantities", "coverage", "lowest"]].round(2)
      statistic  quantities  coverage  lowest
    0       ave           2      0.92     0.9
    """
    known = ["row", "column", "true_value", "mean_estimate"]
    means = ["coverage", "coverage_se", "below", "above", "mean_width", "width_se"]
    keys = [name for name in simulated.columns if name not in (*known, *means, "n_samples")]
    grouped = simulated.groupby(keys, sort=False)
    table = grouped[means].mean()
    table.insert(0, "quantities", grouped.size())
    table.insert(3, "lowest", grouped["coverage"].min())
    return table.assign(n_samples=grouped["n_samples"].min()).reset_index()


def lowest(table: pd.DataFrame) -> pd.DataFrame:
    """Return each statistic's lowest coverage by each interval, over sizes and populations, with its error.

    Parameters
    ----------
    table : DataFrame
        As :func:`pooled` returns it.

    Returns
    -------
    DataFrame
        One row a statistic and interval: those of ``table`` where the coverage is lowest.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"statistic": ["ave"] * 2, "interval": ["bca"] * 2, "n_observations": [25, 50],
    ...                       "coverage": [0.90, 0.94], "coverage_se": [0.013, 0.011]})
    >>> lowest(table)[["statistic", "n_observations", "coverage"]]
      statistic  n_observations  coverage
    0       ave              25       0.9
    """
    worst = table.groupby(["statistic", "interval"], sort=False)["coverage"].idxmin()
    return table.loc[worst].reset_index(drop=True)


def supported_intervals(
    table: pd.DataFrame, *, candidates: Sequence[str] = ("percentile", "bc", "bca", "calibrated")
) -> dict[str, str]:
    """Return which interval of each statistic the coverage speaks for.

    The default (:data:`plsem.resampling.intervals.DEFAULT_INTERVAL`), unless the lowest coverage of another
    candidate is higher by more than two standard errors of the difference; of several, the highest.

    Parameters
    ----------
    table : DataFrame
        As :func:`pooled` returns it.
    candidates : sequence of str
        Intervals whose ends are values that the statistic can take, as quantiles of its draws are.

    Returns
    -------
    dict
        Statistic → interval.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"statistic": ["ave"] * 2, "interval": ["percentile", "bca"], "n_observations": [25] * 2,
    ...                       "coverage": [0.85, 0.94], "coverage_se": [0.016, 0.011]})
    >>> supported_intervals(table)
    {'ave': 'bca'}
    """
    chosen = {}
    worst = lowest(table[table["interval"].isin(candidates)])
    for statistic, part in worst.groupby("statistic", sort=False):
        own = part[part["interval"] == DEFAULT_INTERVAL].iloc[0]
        apart = 2 * np.hypot(part["coverage_se"], own["coverage_se"])
        better = part[part["coverage"] - own["coverage"] > apart]
        best = own if better.empty else better.loc[better["coverage"].idxmax()]
        chosen[str(statistic)] = str(best["interval"])
    return chosen


def _bounds(
    result: BootstrapResult | DoubleBootstrapResult, kind: Any, confidence_level: float
) -> FloatArray:
    table = result.summary(interval=kind, confidence_level=confidence_level)
    return table[["lower", "upper"]].to_numpy().T


def _shares(lower: FloatArray, upper: FloatArray, truth: FloatArray) -> pd.DataFrame:
    usable = np.isfinite(lower) & np.isfinite(upper)
    count = usable.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = ((upper < truth) & usable).sum(axis=0) / count
        above = ((lower > truth) & usable).sum(axis=0) / count
        held = 1.0 - below - above
        width = mean_and_deviation(np.where(usable, upper - lower, np.nan).T)
        error = np.sqrt(held * (1.0 - held) / count)
    return pd.DataFrame(
        {
            "coverage": held,
            "coverage_se": error,
            "below": below,
            "above": above,
            "mean_width": width[0],
            "width_se": width[1] / np.sqrt(count),
            "n_samples": count,
        }
    )
