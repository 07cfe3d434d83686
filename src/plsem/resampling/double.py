"""The double bootstrap: resamples of resamples, for intervals whose coverage is calibrated.

A resample is a row of counts; a resample of it draws from its rows, so that it is a row of counts of the
respondents as well, and its moments come from the same matrix product.  Inner draws are not kept: of each
outer resample, what calibration needs is their spread and their share below the sample's estimate.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem.inputs import item_matrix
from plsem.model import Model
from plsem.names import check_choice, check_whole
from plsem.quantities import quantities
from plsem.resampling import intervals
from plsem.resampling.bootstrap import BootstrapError, estimate_sample
from plsem.resampling.calibration import calibrated_bounds, studentised_bounds
from plsem.resampling.intervals import Alternative, QuantileMethod
from plsem.resampling.moments import (
    FloatArray,
    IntArray,
    ItemMoments,
    draw_indices,
    item_moments,
)
from plsem.resampling.parallel import Progress, run_ranges
from plsem.resampling.replicates import (
    STREAM_INNER,
    ResamplingTask,
    SignChanges,
    Statistics,
    evaluate,
    given_moments,
)
from plsem.resampling.result import BootstrapResult
from plsem.solution import Scheme
from plsem.stages import expand

__all__ = ["DoubleBootstrapResult", "double_bootstrap"]

Kind = Literal["percentile", "studentised"]

_INNER_AT_ONCE = 8192  # resamples estimated together


@dataclass(frozen=True, slots=True)
class DoubleBootstrapResult:
    """Outer draws, and of each what its inner resamples say.

    Parameters
    ----------
    labels : DataFrame
        Columns ``statistic``, ``row``, ``column``; one row a quantity.
    original : ndarray, (q,)
        The estimates from the sample itself.
    draws : ndarray, (B, q)
        The estimates from the outer resamples, those of
        :func:`~plsem.resampling.bootstrap.bootstrap` with the same seed; NaN where one failed.
    standard_errors : ndarray, (B, q)
        Standard deviation, over its number minus 1, of the inner estimates of each outer resample.
    shares : ndarray, (B, q)
        u*: the share of an outer resample's inner estimates that lie below the sample's estimate, equal
        ones counting one half.
    n_inner_used : ndarray of int, (B, q)
        Inner resamples with an estimate.
    n_inner, seed : int
    """

    labels: pd.DataFrame
    original: FloatArray
    draws: FloatArray
    standard_errors: FloatArray
    shares: FloatArray
    n_inner_used: IntArray
    n_inner: int
    seed: int

    def summary(
        self,
        *,
        interval: Kind = "percentile",
        confidence_level: float = 0.95,
        alternative: Alternative = "two-sided",
        quantile_method: QuantileMethod = "linear",
    ) -> pd.DataFrame:
        """Return estimate, standard error, calibrated interval and the levels it was taken at.

        Parameters
        ----------
        interval : {"percentile", "studentised"}
            See :func:`~plsem.resampling.calibration.calibrated_bounds` and
            :func:`~plsem.resampling.calibration.studentised_bounds`.
        confidence_level, alternative, quantile_method
            See :func:`~plsem.resampling.intervals.interval_bounds`.

        Returns
        -------
        DataFrame
            Columns ``statistic``, ``row``, ``column``, ``original``, ``standard_deviation``, ``lower``,
            ``upper``, ``n_draws``; with ``"percentile"`` also ``lower_level`` and ``upper_level``, the
            shares of the outer draws that the bounds leave below them (0.025 and 0.975 before calibration).

        Raises
        ------
        ValueError
            For an unknown option.
        """
        check_choice("interval", interval, get_args(Kind))
        draws = np.ascontiguousarray(self.draws.T)
        _, deviation, count = intervals.mean_and_deviation(draws)
        table = self.labels.assign(original=self.original, standard_deviation=deviation)
        options: dict[str, Any] = {
            "confidence_level": confidence_level,
            "alternative": alternative,
            "method": quantile_method,
        }
        if interval == "studentised":
            errors = np.ascontiguousarray(self.standard_errors.T)
            bounds = studentised_bounds(draws, self.original, errors, **options)
            table["lower"], table["upper"] = bounds
        else:
            (low, high), levels = calibrated_bounds(draws, np.ascontiguousarray(self.shares.T), **options)
            table["lower"], table["upper"] = low, high
            table["lower_level"], table["upper_level"] = levels[..., 0], levels[..., 1]
        return table.assign(n_draws=count.astype(int))


def double_bootstrap(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    statistics: Statistics | None = None,
    *,
    include: str | tuple[str, ...] = ("path_coefficient",),
    n_resamples: int = 1_000,
    n_inner: int = 1_000,
    seed: int,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    sign_changes: SignChanges = "none",
    max_failed: float = 0.10,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> DoubleBootstrapResult:
    """Bootstrap each bootstrap resample.

    Parameters
    ----------
    data : DataFrame or array_like, (n, p)
        Answers without gaps, as for :func:`~plsem.resampling.bootstrap.bootstrap`.
    model : Model
    statistics : callable, optional
        As for :func:`~plsem.resampling.bootstrap.bootstrap`.  Default: the quantities of ``include``.
    include : str or tuple of str
        Statistics to compute; see :func:`plsem.quantities.quantities`.
    n_resamples, n_inner : int
        Outer resamples, and inner ones of each.
    seed : int
        Fixes every draw, whatever the number of workers.  The outer resamples are those of ``bootstrap``;
        each has a random stream of its own for the inner ones.
    scheme, tolerance, max_iterations, consistent
        The estimator's; see :func:`plsem.estimator.estimate`.
    sign_changes : {"none", "construct"}
        As for ``bootstrap``; ``"construct"`` turns inner resamples too towards the sample.
    max_failed : float
        Share of failed outer resamples above which there is no result.
    n_jobs : int
        Workers; −1 for one a core.
    progress : callable, optional
        Called with (outer resamples done, in all).

    Returns
    -------
    DoubleBootstrapResult

    Raises
    ------
    DataError
        If the data cannot be used.
    BootstrapError
        If the sample has no solution, or too many outer resamples fail.
    ValueError
        For an option that cannot be used.

    Notes
    -----
    Hall (1986), Beran (1987), Martin (1990).  Inner resamples that fail are left out of their outer
    resample's figures.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> result = double_bootstrap(data, model, n_resamples=100, n_inner=20, seed=1)
    >>> result.summary(interval="percentile")[["original", "lower", "upper"]].round(1)
       original  lower  upper
    0       0.6    0.4    0.7
    """
    check_choice("sign_changes", sign_changes, ("none", "construct"))
    for name, value, least in (("n_resamples", n_resamples, 2), ("n_inner", n_inner, 2), ("seed", seed, 0)):
        check_whole(name, value, least)
    values = item_matrix(data, model)
    n = len(values)
    options = {
        "scheme": scheme,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
        "consistent": consistent,
    }
    chosen = partial(quantities, include=include) if statistics is None else statistics
    sample, base_signs = estimate_sample(values, model, options, None)
    labels, original = chosen(sample)
    original = np.asarray(original, dtype=np.float64).reshape(-1)
    moments = item_moments(values, expand(model).pairs)
    task = ResamplingTask(moments, model, chosen, options, sample, base_signs, sign_changes, False)
    shape = (n_resamples, len(original))
    draws, errors, shares = (np.full(shape, np.nan) for _ in range(3))
    used = np.zeros(shape, dtype=np.int64)
    outer = draw_indices(seed, n, n_resamples)
    step = max(1, _INNER_AT_ONCE // n_inner)

    def run(start: int, stop: int, cancelled: threading.Event) -> None:
        if cancelled.is_set():
            return
        first = np.concatenate(list(given_moments(moments, outer[start:stop])), axis=1, dtype=np.float64)
        draws[start:stop] = evaluate(task, first, n)[0].T
        parts = [_inner_moments(moments, seed, b, outer[b], n_inner) for b in range(start, stop)]
        inner = evaluate(task, np.concatenate(parts, axis=1, dtype=np.float64), n)[0].reshape(
            -1, stop - start, n_inner
        )
        _, deviation, count = intervals.mean_and_deviation(inner)
        errors[start:stop], used[start:stop] = deviation.T, count.T
        shares[start:stop] = intervals.share_below(inner, original[:, None]).T

    run_ranges(run, n_resamples, step, n_jobs=n_jobs, progress=progress)
    failed = np.isnan(draws).all(axis=1)
    for array in (errors, shares):
        array[failed] = np.nan
    if failed.mean() > max_failed:
        raise BootstrapError(
            f"{failed.sum()} of {n_resamples} outer resamples failed ({failed.mean():.1%}); more than "
            f"max_failed={max_failed:.0%}"
        )
    return DoubleBootstrapResult(
        labels.reset_index(drop=True), original, draws, errors, shares, used, n_inner, seed
    )


def side_by_side(
    single: BootstrapResult, doubled: DoubleBootstrapResult, *, confidence_level: float = 0.95
) -> pd.DataFrame:
    r"""Put the two-sided intervals of one bootstrap beside those that a double bootstrap adds.

    Parameters
    ----------
    single : BootstrapResult
        With jackknife values.
    doubled : DoubleBootstrapResult
        Of the same data, model and statistics.
    confidence_level : float

    Returns
    -------
    DataFrame
        One row a quantity and interval (``percentile``, ``bca``, ``studentised``, ``calibrated``): ``statistic,
        row, column, interval, original, lower, upper, width``; ``lower_level`` and ``upper_level``, the shares of
        the draws below the bounds of the percentile and the calibrated interval; ``held``, the share of the outer
        resamples whose own percentile interval, at these levels, holds :math:`\hat\theta`.
    """
    tail = (1.0 - confidence_level) / 2.0
    shares = doubled.shares.T
    plain = {"lower_level": tail, "upper_level": 1.0 - tail}
    parts = {
        "percentile": single.summary(interval="percentile", confidence_level=confidence_level).assign(
            **plain
        ),
        "bca": single.summary(interval="bca", confidence_level=confidence_level),
        "studentised": doubled.summary(interval="studentised", confidence_level=confidence_level),
        "calibrated": doubled.summary(confidence_level=confidence_level),
    }
    columns = ["statistic", "row", "column", "original", "lower", "upper", *plain]
    tables = []
    for kind, part in parts.items():
        table = part.reindex(columns=columns)
        low, high = (table[name].to_numpy()[:, None] for name in plain)
        with np.errstate(invalid="ignore"):
            inside = (shares >= low) & (shares <= high)
        held = np.where(np.isnan(low[:, 0]), np.nan, inside.sum(axis=1) / np.isfinite(shares).sum(axis=1))
        tables.append(table.assign(interval=kind, width=table["upper"] - table["lower"], held=held))
    found = pd.concat(tables).sort_index(kind="stable", ignore_index=True)
    return found[
        ["statistic", "row", "column", "interval", "original", "lower", "upper", "width", *plain, "held"]
    ]


def inner_indices(seed: int, outer: int, rows: IntArray, n_inner: int) -> IntArray:
    """Return the respondents that each inner resample of one outer resample draws, (n_inner, n).

    Parameters
    ----------
    seed : int
    outer : int
        Number of the outer resample, counted from 0.
    rows : ndarray of int, (n,)
        The respondents that it drew.
    n_inner : int
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAM_INNER, outer)))
    return rows[rng.integers(0, len(rows), size=(n_inner, len(rows)))]


def _inner_moments(moments: ItemMoments, seed: int, outer: int, rows: IntArray, n_inner: int) -> NDArray[Any]:
    indices = inner_indices(seed, outer, rows, n_inner)
    return np.concatenate(list(given_moments(moments, indices)), axis=1)
