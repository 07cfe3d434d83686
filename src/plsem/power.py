"""Power by simulation: how often a path comes out significant with n respondents, and the n that is enough.

Each replication draws a sample from a population that has the calibrated survey's estimates, estimates it,
and tests each path with the bootstrap, as the analysis itself does.  The grid runs through joblib, so a
cluster does it under ``joblib.parallel_config(backend="dask")`` without a change here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from plsem.inputs import DataError
from plsem.model import Model
from plsem.names import check_choice, check_share, check_whole
from plsem.quantities import quantities
from plsem.resampling import intervals
from plsem.resampling.bootstrap import BootstrapError, BootstrapWarning, bootstrap
from plsem.resampling.parallel import Progress, run_tasks
from plsem.solution import Estimate
from plsem.thresholds import threshold

__all__ = ["minimum_n", "power_grid", "required_n", "simulate", "smallest_path", "wilson_interval"]

FloatArray = NDArray[np.float64]
Population = Literal["normal", "respondents"]

#: Replications of one task; results do not depend on how tasks are spread over workers.
BLOCK = 25


def path_statistics(estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
    """Path coefficients only, for the bootstrap."""
    return quantities(estimate, include=("path_coefficient",))


def simulate(
    data: FloatArray, n: int, rng: np.random.Generator, *, population: Population = "normal"
) -> FloatArray:
    """Draw n respondents from a population with the correlations of the given answers.

    Parameters
    ----------
    data : (m, p) array
        Answers, such as the calibrated survey's.
    n : int
        Respondents to draw.
    rng : Generator
    population : {"normal", "respondents"}
        ``normal``: normal scores with the answers' correlations.  ``respondents``: the answers themselves are
        the population, drawn with replacement; keeps their whole numbers and their skew.

    Returns
    -------
    (n, p) array

    Raises
    ------
    ValueError
        If the population is unknown.

    References
    ----------
    Aguirre-Urreta & Rönkkö (2015), as :func:`power_grid`.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> answers = rng.integers(1, 6, size=(50, 3)).astype(float)
    >>> simulate(answers, 200, rng, population="respondents").shape
    (200, 3)
    """
    check_choice("population", population, get_args(Population))
    if population == "normal":
        r = np.corrcoef(data, rowvar=False)
        return np.asarray(rng.normal(size=(n, data.shape[1])) @ np.linalg.cholesky(r).T)
    return np.asarray(data[rng.integers(len(data), size=n)], dtype=float)


def power_grid(
    data: pd.DataFrame,
    model: Model,
    sizes: Sequence[int],
    *,
    seed: int,
    n_replications: int = 500,
    n_resamples: int = 300,
    significance: float = threshold("p_value").acceptable,
    population: Population = "normal",
    n_jobs: int = 1,
    store: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Estimate the power of every path over a grid of sample sizes.

    Parameters
    ----------
    data : DataFrame (m, items)
        Answers whose correlations are the population's.
    model : Model
    sizes : sequence of int
        Sample sizes.
    seed : int
        Fixes every draw, whatever the number of jobs or the backend.
    n_replications, n_resamples : int
        Samples at each size, and bootstrap resamples of each.
    significance : float
        Level of the two-sided test, p from t = |estimate| / SE as in the analysis.
    population : {"normal", "respondents"}
        See :func:`simulate`.
    n_jobs, store, progress
        See :func:`plsem.resampling.parallel.run_tasks`.

    Returns
    -------
    DataFrame
        One row a size and path: n, source, target, power, lower, upper (95 % Wilson interval), significant,
        n_replications (samples that could be estimated), mean_estimate, sd_estimate, mean_standard_error.

    Raises
    ------
    ValueError
        If a size is below 10, a number is not positive, or the population is unknown.

    Notes
    -----
    Monte Carlo power after Aguirre-Urreta & Rönkkö (2015).  The two populations have the same correlations and
    so the same estimates, and differ in how much samples scatter.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> grid = power_grid(data, model, [20], seed=1, n_replications=20, n_resamples=50)
    >>> grid[["n", "source", "target", "power", "n_replications"]]
        n source target  power  n_replications
    0  20      X      Y   0.75              20
    """
    for size in sizes:
        check_whole("sizes", size, 10)
    if not len(sizes):
        raise ValueError("sizes: expected at least one number of rows, found none")
    check_whole("n_replications", n_replications, 2)
    check_whole("n_resamples", n_resamples, 2)
    check_share("significance", significance)
    check_choice("population", population, get_args(Population))
    if any(order.method == "repeated" for _, order in model.higher_order):
        raise ValueError(
            "power of a model with repeated indicators is not offered: its paths are not those described; "
            "take two_stage"
        )
    if model.products and population == "normal":
        raise ValueError(
            f"population: normal answers hold no interaction, so {model.products[0][0]} would have no effect; "
            "take population='respondents'"
        )
    values = data[list(model.items)].to_numpy(dtype=float)
    tasks = [
        (size, place, min(BLOCK, n_replications - start))
        for size in sizes
        for place, start in enumerate(range(0, n_replications, BLOCK))
    ]
    done = run_tasks(
        _replications,
        [
            (values, model, size, count, n_resamples, population, [seed, size, place])
            for size, place, count in tasks
        ],
        n_jobs=n_jobs,
        store=store,
        progress=progress,
        quiet=BootstrapWarning,
    )
    names = [(model.constructs[s], model.constructs[t]) for s, t in model.paths]
    rows = []
    for size in sizes:
        drawn = np.concatenate([r for r, task in zip(done, tasks, strict=True) if task[0] == size], axis=0)
        for j, (source, end) in enumerate(names):
            estimate, error, p = drawn[:, j, 0], drawn[:, j, 1], drawn[:, j, 2]
            usable = np.isfinite(p)
            hits, count = int((p[usable] < significance).sum()), int(usable.sum())
            bounds = wilson_interval(hits, count)
            rows.append(
                {
                    "n": size,
                    "source": source,
                    "target": end,
                    "power": hits / count if count else np.nan,
                    "lower": bounds[0],
                    "upper": bounds[1],
                    "significant": hits,
                    "n_replications": count,
                    "mean_estimate": float(estimate[usable].mean()) if count else np.nan,
                    "sd_estimate": float(estimate[usable].std(ddof=1)) if count > 1 else np.nan,
                    "mean_standard_error": float(error[usable].mean()) if count else np.nan,
                }
            )
    return pd.DataFrame(rows)


def _replications(
    values: FloatArray,
    model: Model,
    size: int,
    count: int,
    n_resamples: int,
    population: Population,
    entropy: list[int],
) -> FloatArray:
    """Estimate, standard error and p of every path in ``count`` samples, (count, paths, 3); NaN where none."""
    result = np.full((count, len(model.paths), 3), np.nan)
    for i, child in enumerate(np.random.SeedSequence(entropy).spawn(count)):
        rng = np.random.default_rng(child)
        sample = simulate(values, size, rng, population=population)
        try:
            boot = bootstrap(
                sample,
                model,
                path_statistics,
                seed=int(rng.integers(2**62)),
                n_resamples=n_resamples,
                jackknife=False,
                max_failed=1.0,
            )
        except (BootstrapError, DataError):
            continue
        places = [
            int(np.flatnonzero((boot.labels["row"] == s) & (boot.labels["column"] == t))[0])
            for s, t in ((model.constructs[s], model.constructs[t]) for s, t in model.paths)
        ]
        _, error, used = intervals.mean_and_deviation(np.ascontiguousarray(boot.draws[:, places].T))
        estimate = boot.original[places]
        result[i, :, 0] = estimate
        result[i, :, 1] = error
        result[i, :, 2] = intervals.p_value(
            estimate, error, degrees_of_freedom=np.maximum(used - 1.0, 1.0), alternative="two-sided"
        )
    return result


def smallest_path(n: float, *, significance: float = 0.05, power: float = 0.80) -> float:
    r"""Return the smallest path that n rows find, :math:`(z_{1-\alpha} + z_{power}) / \sqrt n`.

    Parameters
    ----------
    n : float
    significance, power : float

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If n is not above 0, or a share not between 0 and 1.

    References
    ----------
    Inverse square root method: Kock, N., & Hadaya, P. (2018). Minimum sample size estimation in PLS-SEM.
    Information Systems Journal, 28(1), 227–261.

    Examples
    --------
    >>> round(smallest_path(100), 4)
    0.2486
    """
    check_share("significance", significance)
    check_share("power", power)
    if not n > 0:
        raise ValueError(f"n: expected a number of rows above 0, found {n!r}")
    return float((stats.norm.ppf(1 - significance) + stats.norm.ppf(power)) / np.sqrt(n))


def minimum_n(path: float, *, significance: float = 0.05, power: float = 0.80) -> int:
    r"""Return the rows needed to find a path, the least n above :math:`((z_{1-\alpha} + z_{power}) / |p|)^2`.

    Parameters
    ----------
    path : float
    significance, power : float

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the path is not between 0 and 1 in size, or a share not between 0 and 1.

    References
    ----------
    Kock & Hadaya (2018), as :func:`smallest_path`.

    Examples
    --------
    >>> minimum_n(0.20)
    155
    """
    if not 0 < abs(path) < 1:
        raise ValueError(f"path coefficient {path!r}: expected a size between 0 and 1")
    return int(np.floor(smallest_path(1, significance=significance, power=power) ** 2 / path**2)) + 1


def wilson_interval(hits: int, count: int, *, confidence_level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a proportion (Wilson, 1927); NaN where nothing was counted.

    Parameters
    ----------
    hits, count : int
    confidence_level : float

    Returns
    -------
    lower, upper : float

    Notes
    -----
    In R: ``stats::prop.test(correct = FALSE)``.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(8, 10)]
    [0.49, 0.943]
    """
    if count == 0:
        return float("nan"), float("nan")
    found = stats.binomtest(hits, count).proportion_ci(confidence_level, method="wilson")
    return float(found.low), float(found.high)


def _near(grid: pd.DataFrame, probit: float) -> NDArray[np.bool_]:
    """Choose the sizes whose power is within one probit of the wanted one, the three nearest at least."""
    count = grid["n_replications"].to_numpy(dtype=float)
    share = (grid["significant"].to_numpy(dtype=float) + 0.5) / (count + 1)
    distance = np.abs(stats.norm.ppf(share) - probit)
    return np.asarray(distance <= max(1.0, float(np.sort(distance)[:3][-1])))


def required_n(
    grid: pd.DataFrame, *, power: float = threshold("power").acceptable, confidence_level: float = 0.95
) -> pd.DataFrame:
    """Interpolate the sample size that a wanted power needs, path by path.

    Parameters
    ----------
    grid : DataFrame
        From :func:`power_grid`.
    power : float
        Wanted power.
    confidence_level : float
        Of the interval, which holds the simulation's error only.

    Returns
    -------
    DataFrame
        One row a path: source, target, power, n (rounded up), lower, upper, extrapolated (outside the grid's
        sizes).  Where every simulated size is enough, n is the smallest of them and has no interval; where the
        power does not rise, n is NaN.

    Raises
    ------
    ValueError
        If ``power`` does not lie between 0 and 1.

    Notes
    -----
    Probit regression of significance on √n, ``Φ⁻¹(power) = a + b √n``, by maximum likelihood: for a fixed
    effect t grows with √n.  In small samples it grows otherwise, so only the sizes whose power is within
    one probit of the wanted one are taken, and the three nearest at least.  Interval by Fieller's theorem (1954).

    Examples
    --------
    >>> import pandas as pd
    >>> grid = pd.DataFrame({"n": [20, 40, 80], "source": "X", "target": "Y", "power": [0.4, 0.7, 0.94],
    ...                      "significant": [40, 70, 94], "n_replications": 100})
    >>> required_n(grid)[["source", "target", "n"]]
      source target     n
    0      X      Y  52.0
    """
    if not 0 < power < 1:
        raise ValueError(f"power must lie between 0 and 1, found {power}")
    z, level = stats.norm.ppf(power), stats.norm.ppf((1 + confidence_level) / 2)
    rows = []
    for (source, end), every in grid.groupby(["source", "target"], sort=False):
        part = every[_near(every, float(z))]
        root = np.sqrt(part["n"].to_numpy(dtype=float))
        (a, b), covariance = _probit(root, part["significant"].to_numpy(), part["n_replications"].to_numpy())
        sizes = [np.nan] * 3
        # b within its own error of 0: no slope to interpolate on.
        if b**2 > level**2 * covariance[1, 1] and b > 0:
            # a + b x = z; Fieller: the x at which a + b x - z is within the level of 0.
            quadratic = [
                b**2 - level**2 * covariance[1, 1],
                2 * (b * (a - z) - level**2 * covariance[0, 1]),
                (a - z) ** 2 - level**2 * covariance[0, 0],
            ]
            sizes = [max(x, 0.0) ** 2 for x in ((z - a) / b, *np.sort(np.roots(quadratic).real))]
        smallest, largest = float(every["n"].min()), float(every["n"].max())
        if not sizes[0] >= smallest and (every["significant"] >= power * every["n_replications"]).all():
            # Every size is enough: the smallest simulated one bounds the answer.
            sizes = [smallest, np.nan, np.nan]
        rows.append(
            {
                "source": source,
                "target": end,
                "power": power,
                "n": float(np.ceil(sizes[0])),
                "lower": sizes[1],
                "upper": sizes[2],
                "extrapolated": not (np.isfinite(sizes[1]) and smallest <= sizes[0] <= largest),
            }
        )
    return pd.DataFrame(rows)


def _probit(x: FloatArray, hits: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Maximum-likelihood probit of grouped outcomes, by Fisher scoring: coefficients and their covariance.

    Half a hit and half a miss are added to each group, so that groups of all or none keep the fit finite.
    """
    design = np.column_stack([np.ones_like(x), x])
    share = (hits + 0.5) / (counts + 1.0)
    beta, *_ = np.linalg.lstsq(design, stats.norm.ppf(share), rcond=None)
    information = np.eye(2)
    for _ in range(100):
        eta = np.clip(design @ beta, -8, 8)
        mean, slope = stats.norm.cdf(eta), stats.norm.pdf(eta)
        weight = (counts + 1.0) * slope**2 / np.maximum(mean * (1 - mean), 1e-300)
        information = design.T @ (design * weight[:, None])
        step = np.linalg.solve(information, design.T @ (weight * (share - mean) / np.maximum(slope, 1e-300)))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return np.asarray(beta), np.asarray(np.linalg.inv(information))
