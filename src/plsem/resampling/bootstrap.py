"""The bootstrap and the jackknife of a PLS model: one seeded plan, any statistics.

A chunk of resamples goes through three steps, each over arrays with the batch last: moments (one matrix
product), estimation, statistics.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from plsem import estimator as pls
from plsem.batches import ZERO
from plsem.inputs import item_matrix
from plsem.model import Model
from plsem.names import Said, check_choice, check_flag, check_whole, named_options
from plsem.quantities import SIGNED, quantities
from plsem.resampling.moments import BLOCK, FloatArray, IntArray, item_moments
from plsem.resampling.parallel import Progress, n_threads, run_ranges, shared_empty
from plsem.resampling.replicates import (
    ResamplingTask,
    SignChanges,
    Statistics,
    default_chunk,
    drawn_moments,
    evaluate,
    given_moments,
    jackknife_values,
    rechunked,
)
from plsem.resampling.result import BootstrapResult
from plsem.solution import Estimate, Scheme
from plsem.stages import expand

__all__ = ["BootstrapError", "BootstrapWarning", "bootstrap"]

WARNING_SHARE = 0.01


class BootstrapError(RuntimeError):
    """The bootstrap cannot give an answer; the message says what failed and how often."""


class BootstrapWarning(UserWarning):
    """More resamples failed than should pass unread."""


@named_options
def bootstrap(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    statistics: Statistics | str | Iterable[str] = "all",
    *,
    seed: int,
    n_resamples: int = 10_000,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    sign_items: Mapping[str, str] | None = None,
    sign_changes: SignChanges = "none",
    jackknife: bool | int = True,
    indices: ArrayLike | None = None,
    keep_inadmissible: bool = False,
    max_failed: float = 0.10,
    precision: Literal["double", "single"] = "double",
    chunk_size: int | None = None,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> BootstrapResult:
    """Bootstrap every quantity of a PLS model.

    Parameters
    ----------
    data : DataFrame or array_like, (n, p)
        Answers without gaps; a DataFrame holds the model's items, an array has them in its order.
    model : Model
    statistics : str, iterable of str or callable
        ``"all"`` (default), ``"fast"`` (without d_G, NFI and χ²), ``"report"`` or names of statistics; see
        :func:`plsem.quantities.quantities`.  A function of one's own takes an estimate of a batch of
        shape (B,) and returns labels (DataFrame with columns ``statistic``, ``row``, ``column``; q rows)
        and values (..., q).
    seed : int
        Fixes every draw, whatever the chunk size or the number of threads; the first 1,000 of 10,000
        resamples are those of a run with 1,000.
    n_resamples : int
    scheme, tolerance, max_iterations, consistent, sign_items
        The estimator's; see :func:`plsem.estimator.estimate`.
    sign_changes : {"none", "individual", "construct", "tenenhaus"}
        PLS leaves each construct's sign open.  ``none`` leaves resamples as the algorithm gives them.
        ``individual`` gives each draw of a weight, loading, correlation, path or effect the sign of its
        estimate; such draws cannot cross zero, and their intervals understate the uncertainty of small
        effects.  ``construct`` turns a construct whole where its loadings then lie nearer to the
        sample's, Σ l l* < 0.  ``tenenhaus`` does so where |Σ(l − l*)| > |Σ(l + l*)| (Tenenhaus et al.
        2005); the same, unless items of one construct run in opposite directions.
    jackknife : bool or int
        For BCa intervals.  True leaves out one row at a time up to 5,000 rows, and one of 1,000 random
        groups beyond (which estimates the same acceleration in linear time); a number asks for that
        many groups; False for none.
    indices : array_like of int, (B, n), optional
        Rows to draw, counted from 0, instead of the seed's.
    keep_inadmissible : bool
        Use the resamples whose solution no data can have (PLSc: a loading or correlation above 1), as
        seminr does, instead of leaving them out, as cSEM does.  They are counted either way.
    max_failed : float
        Share of failed resamples above which there is no result.
    precision : {"double", "single"}
        In which the draws are kept (all computation is in double): single halves their memory and keeps
        7 digits.
    chunk_size : int, optional
        Resamples estimated at once; bounds memory, never changes a result.
    n_jobs : int
        Processes, where seconds of work are left after the first chunk and the system can fork, else threads; −1 for
        one a core.  The result is the same.
    progress : callable, optional
        Called with (resamples done, resamples in all) after every chunk;
        :func:`plsem.resampling.parallel.progress_bar` makes one.

    Returns
    -------
    BootstrapResult

    Raises
    ------
    DataError
        If the data cannot be used.
    BootstrapError
        If the sample itself has no solution, or more than ``max_failed`` of the resamples fail.
    ValueError
        For an option that cannot be used.

    Warns
    -----
    BootstrapWarning
        If more than 1 % of the resamples fail.

    Notes
    -----
    Nonparametric bootstrap of respondents (Efron & Tibshirani 1993).  Failed resamples are counted by
    reason in ``failures`` and left out of every figure.  On Ctrl-C the running chunks end and
    KeyboardInterrupt is raised.

    In R: ``seminr::bootstrap_model``, ``cSEM::resamplecSEMResults``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> found = bootstrap(data, model, seed=1, n_resamples=500).summary(statistic="path_coefficient")
    >>> found[["original", "lower", "upper"]].round(1)
       original  lower  upper
    0       0.6    0.5    0.7
    """
    check_choice("sign_changes", sign_changes, get_args(SignChanges))
    check_choice("precision", precision, ("double", "single"))
    check_flag("keep_inadmissible", keep_inadmissible)
    values = item_matrix(data, model)
    statistics = _as_function(statistics)
    moments = item_moments(values, expand(model).pairs)
    given = None if indices is None else _checked_indices(indices, len(values))
    total = n_resamples if given is None else len(given)
    _check_numbers(seed, total, chunk_size, n_jobs, max_failed)
    options: dict[str, Any] = {
        "scheme": scheme,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
        "consistent": consistent,
    }
    sample, base_signs = estimate_sample(values, model, options, sign_items)
    if model.composed and sign_items:
        options["sign_items"] = sign_items
    labels, original = statistics(sample)
    original = np.asarray(original, dtype=np.float64).reshape(-1)
    task = ResamplingTask(
        moments, model, statistics, options, sample, base_signs, sign_changes, keep_inadmissible
    )
    empty = shared_empty if n_jobs != 1 else np.zeros
    draws = empty((len(labels), total), np.float64 if precision == "double" else np.float32)
    status, other_way = empty((total,), np.int8), empty((total,), bool)
    chunk = chunk_size or default_chunk(model, len(labels))

    def run(start: int, stop: int, cancelled: threading.Event) -> None:
        drawn = (
            drawn_moments(moments, seed, start, stop)
            if given is None
            else given_moments(moments, given[start:stop])
        )
        for part in rechunked(drawn, chunk):
            if cancelled.is_set():
                return
            place = slice(start, start + part.shape[1])
            draws[:, place], status[place], other_way[place] = evaluate(task, part, moments.n_rows)
            start = place.stop

    run_ranges(run, total, BLOCK * -(-chunk // BLOCK), n_jobs=n_jobs, progress=progress, shared=True)
    if sign_changes == "individual":
        signed = labels["statistic"].isin(SIGNED).to_numpy()
        given_sign = np.abs(original) > ZERO  # an estimate of 0 has no sign to give
        draws[signed & given_sign] = np.copysign(
            draws[signed & given_sign], original[signed & given_sign, None]
        )
    knife, rows = jackknife_values(task, seed, jackknife, chunk) if jackknife else (None, None)
    result = BootstrapResult(
        labels=labels.reset_index(drop=True),
        original=original,
        draws=draws.T,
        jackknife=knife,
        jackknife_rows=rows,
        status=status,
        turned=other_way,
        n_observations=len(values),
        seed=seed if given is None else None,
        settings={
            **options,
            "sign_changes": sign_changes,
            "keep_inadmissible": keep_inadmissible,
            "precision": precision,
        },
    )
    _report_failures(result, max_failed)
    return result


def _as_function(statistics: Statistics | str | Iterable[str]) -> Statistics:
    if callable(statistics):
        return statistics
    chosen = statistics if isinstance(statistics, str) else tuple(statistics)
    return partial(quantities, include=chosen)


def _check_numbers(seed: int, total: int, chunk_size: int | None, n_jobs: int, max_failed: float) -> None:
    check_whole("seed", seed, 0)
    check_whole("n_resamples", total, 2)
    if chunk_size is not None:
        check_whole("chunk_size", chunk_size, 1)
    if not 0.0 <= max_failed <= 1.0:
        raise ValueError(f"max_failed: expected a share between 0 and 1, found {max_failed}")
    n_threads(n_jobs)


def _checked_indices(indices: ArrayLike, n_rows: int) -> IntArray:
    given = np.asarray(indices)
    if given.ndim != 2 or given.shape[1] != n_rows or not np.issubdtype(given.dtype, np.integer):
        raise ValueError(
            f"indices: expected whole numbers of shape (B, {n_rows}), found {given.dtype} {given.shape}"
        )
    if given.size and not (given.min() >= 0 and given.max() < n_rows):
        raise ValueError(f"indices: expected 0 … {n_rows - 1}, found {given.min()} … {given.max()}")
    return given.astype(np.int64)


def estimate_sample(
    values: FloatArray, model: Model, options: Mapping[str, Any], sign_items: Mapping[str, str] | None
) -> tuple[Estimate, FloatArray]:
    """Estimate the sample; also return which constructs its orientation turned, (k,) of ±1."""
    sample = pls.estimate_values(values, model, orient=True, sign_items=sign_items, **options)
    for reason, failed in sample.problems.items():
        if failed and reason != "inadmissible":
            raise BootstrapError(
                Said(
                    "the sample itself has no solution ({reason}); there is nothing to bootstrap",
                    reason=reason,
                )
            )
    if model.composed:  # always oriented, resamples as well
        return sample, np.ones(sample.model.n_constructs)
    plain = pls.estimate_values(values, model, orient=False, **options)
    same = np.array([plain.outer_weights[s] @ sample.outer_weights[s] for s in model.slices])
    sample = replace(sample, deviations_last=values.std(axis=0, ddof=1)[:, None])
    return sample, np.where(same < 0, -1.0, 1.0)


def _report_failures(result: BootstrapResult, max_failed: float) -> None:
    share = result.n_failed / result.n_resamples
    if share <= WARNING_SHARE and share <= max_failed:
        return
    listed = result.failures_text()
    message = Said(
        "{n} of {all} resamples failed ({share:.1%}): {listed}",
        n=result.n_failed,
        all=result.n_resamples,
        share=share,
        listed=listed,
    )
    if share > max_failed:
        raise BootstrapError(
            Said(
                "{message}; more than max_failed={limit:.0%}, so no interval from the rest can be trusted",
                message=message,
                limit=max_failed,
            )
        )
    warnings.warn(
        Said("{message}; they are left out of every figure", message=message), BootstrapWarning, stacklevel=3
    )
