"""Estimates from many resamples: moments → correlations → estimate → statistics, a chunk at a time.

Bootstrap resamples, given resamples and jackknife samples differ only in where their moments come from;
what follows is the same for all.  Failures are marked with their reason, never raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import estimator as pls
from plsem.model import Model
from plsem.resampling.moments import (
    BLOCK,
    FloatArray,
    IntArray,
    ItemMoments,
    block_generator,
    counts_of_indices,
    resample_moments,
)
from plsem.resampling.result import REASONS
from plsem.solution import Estimate
from plsem.stages import expand

Statistics = Callable[[Estimate], tuple[pd.DataFrame, NDArray[Any]]]
SignChanges = Literal["none", "individual", "construct", "tenenhaus"]

STREAM_BOOTSTRAP, STREAM_GROUPS, STREAM_INNER = 0, 1, 2
STREAM_PERMUTATION = 4
"""Uses of the seed; each has random streams of its own."""

_WORKING_BYTES = 2**22
_DELETE_ONE_LIMIT = 5_000
_GROUPS = 1_000


@dataclass(frozen=True, slots=True)
class ResamplingTask:
    """All that one chunk of resamples needs; ``rows`` is the size of a resample, where it is not that of the sample."""

    moments: ItemMoments
    model: Model
    statistics: Statistics
    options: Mapping[str, Any]
    sample: Estimate
    base_signs: FloatArray
    sign_changes: SignChanges
    keep_inadmissible: bool


def default_chunk(model: Model, n_quantities: int) -> int:
    """Return how many resamples to estimate at once: few enough for the cache, enough to be worth a call.

    The slowest matrices of a chunk hold it up, so that larger ones are better where little is kept of each.
    """
    columns = expand(model).n_columns
    pairs = columns * (columns - 1) // 2
    size = _WORKING_BYTES // (8 * max(pairs, 1))
    if size >= BLOCK:
        return min(size // BLOCK, 8 if 2 * n_quantities > pairs else 24) * BLOCK
    return BLOCK if size >= BLOCK // 16 else BLOCK // 8


def drawn_moments(moments: ItemMoments, seed: int, start: int, stop: int) -> Iterator[NDArray[Any]]:
    """Yield the moments of resamples start … stop − 1; start is the first of a block."""
    for first in range(start, stop, BLOCK):
        rows = min(BLOCK, stop - first)
        yield from resample_moments(moments, seed, first // BLOCK, rows, stream=STREAM_BOOTSTRAP)


def given_moments(moments: ItemMoments, indices: IntArray) -> Iterator[NDArray[Any]]:
    """Yield the moments of resamples given as row numbers, (b, n), in pieces of at most ``moments.unit``."""
    counts = np.zeros((moments.unit, moments.n_rows), dtype=moments.items.dtype)
    for start in range(0, len(indices), moments.unit):
        part = indices[start : start + moments.unit]
        counts_of_indices(part, moments.n_rows, counts)
        yield moments.of_counts(counts)[:, : len(part)]


def rechunked(parts: Iterator[NDArray[Any]], chunk: int) -> Iterator[FloatArray]:
    """Yield the same columns, in double precision, in pieces of ``chunk`` (the last may be smaller)."""
    held: list[NDArray[Any]] = []
    size = 0
    for part in parts:
        start = 0
        while size + part.shape[1] - start >= chunk:
            stop = start + chunk - size
            yield np.concatenate([*held, part[:, start:stop]], axis=1, dtype=np.float64)
            held, size, start = [], 0, stop
        if start < part.shape[1]:
            held.append(part[:, start:])
            size += part.shape[1] - start
    if held:
        yield np.concatenate(held, axis=1, dtype=np.float64)


def evaluate(
    task: ResamplingTask, part: FloatArray, n_rows: int
) -> tuple[FloatArray, NDArray[np.int8], NDArray[np.bool_]]:
    """Return the statistics of a chunk of resamples of ``n_rows``: (q, b), the status of each, and which are turned.

    Turned: the loadings of some construct lie nearer to the sample's with the other sign, Σ l l* < 0.
    """
    packed, constant, scales = task.moments.columns(part, float(n_rows))
    estimate = pls.estimate_batch(
        task.model, packed, n_observations=n_rows, product_scales=scales, **task.options
    )
    if estimate.description is None:
        deviations = task.moments.means_and_deviations(part, float(n_rows))[1]
        estimate = replace(estimate, deviations_last=deviations)
    nearest = nearest_signs(task.sample.loadings, estimate)
    signs = task.base_signs[:, None]
    if task.sign_changes != "none":
        signs = {"construct": nearest, "tenenhaus": _tenenhaus_signs(task, estimate)}.get(
            task.sign_changes, signs
        )
    estimate = turned(estimate, signs)
    problems = estimate.problems
    status = np.zeros(part.shape[1], dtype=np.int8)
    # Only PLSc puts rho_A to use; elsewhere a negative one is a figure like any other.
    inadmissible = problems["inadmissible"] & estimate.consistent
    for reason, failed in (
        ("inadmissible", inadmissible),
        ("not converged", problems["not converged"]),
        ("singular", problems["undefined"]),
        ("zero variance", constant.any(axis=0)),
    ):
        status[failed] = REASONS.index(reason) + 1
    values = np.asarray(np.asarray(task.statistics(estimate)[1]).T, dtype=np.float64)
    left_out = (status > 0) & ~(inadmissible & task.keep_inadmissible & ~constant.any(axis=0))
    usable = np.isfinite(values)
    usable[:, left_out] = False
    if not usable.all():
        values = np.where(usable, values, np.nan)
    return values, status, (nearest != task.base_signs[:, None]).any(axis=0) & (status == 0)


def nearest_signs(loadings: FloatArray, estimate: Estimate) -> FloatArray:
    """Return the signs, (k, b) of ±1, that bring each construct's loadings nearest to the sample's, (p,).

    Σ (l − l*)² > Σ (l + l*)² exactly where Σ l l* < 0.
    """
    starts = [block[0] for block in estimate.model.blocks]
    products = np.add.reduceat(loadings[:, None] * estimate.loadings_last, starts, axis=0)
    return with_signs_of_products(estimate, np.where(products < 0, -1.0, 1.0))


def with_signs_of_products(estimate: Estimate, signs: FloatArray) -> FloatArray:
    """Return signs of constructs, (k, b), in which each product has the sign of its factors."""
    model = estimate.model
    for name, product in estimate.described.products:
        first, second = (model.position(c) for c in (product.first, product.second))
        signs[model.position(name)] = signs[first] * signs[second]
    return signs


def _tenenhaus_signs(task: ResamplingTask, estimate: Estimate) -> FloatArray:
    """Return −1 where |Σ(l − l*)| > |Σ(l + l*)| (Tenenhaus et al. 2005), else 1, (k, b).

    Items of opposite direction cancel in these sums, and the rule then turns the wrong resamples.
    """
    loadings = estimate.loadings_last
    reference = task.sample.loadings[:, None]
    starts = [block[0] for block in estimate.model.blocks]
    apart = np.abs(np.add.reduceat(reference - loadings, starts, axis=0))
    turned_apart = np.abs(np.add.reduceat(reference + loadings, starts, axis=0))
    return with_signs_of_products(estimate, np.where(apart > turned_apart, -1.0, 1.0))


def turned(estimate: Estimate, signs: FloatArray) -> Estimate:
    """Return an estimate with constructs turned round.

    Parameters
    ----------
    estimate : Estimate
        Of a batch of shape (B,).
    signs : ndarray of ±1, (k, B) or (k, 1)

    Returns
    -------
    Estimate
        Weights, loadings, correlations and paths with the signs that belong to the turned scores.  A product
        turns with its factors.
    """
    if (signs > 0).all():
        return estimate
    model = estimate.model
    products = dict(estimate.described.products)
    own = signs[model.construct_of]
    packed, cross = estimate.packed_last, estimate.cross_loadings_last * signs[None]
    if products:
        signs = with_signs_of_products(estimate, signs.copy())
        own = signs[model.construct_of]
        items = np.ones_like(own)
        for name, product in products.items():
            j = model.position(name)
            if product.method == "two_stage":  # the item is the product of the scores that turn
                items[model.slices[j]], own[model.slices[j]] = signs[j], 1.0
        rows, columns = model.pairs
        packed = packed * items[rows] * items[columns]
        cross = estimate.cross_loadings_last * signs[None] * items[:, None]
    both = signs[:, None] * signs[None, :]
    return replace(
        estimate,
        packed_last=packed,
        outer_weights_last=estimate.outer_weights_last * own,
        loadings_last=estimate.loadings_last * own,
        cross_loadings_last=cross,
        construct_correlations_last=estimate.construct_correlations_last * both,
        path_coefficients_last=estimate.path_coefficients_last * both,
    )


def jackknife_values(
    task: ResamplingTask, seed: int, groups: bool | int, chunk: int
) -> tuple[FloatArray, FloatArray]:
    """Return the estimates without each row or group, (m, q), and the rows behind each, (m,)."""
    n = task.moments.n_rows
    wanted = (n if n <= _DELETE_ONE_LIMIT else _GROUPS) if groups is True else int(groups)
    if not 2 <= wanted <= n:
        raise ValueError(f"jackknife: expected 2 … {n} groups, found {wanted}")
    parts = []
    if wanted == n:
        rows = np.full(n, n - 1)
        for start in range(0, n, chunk):
            left = task.moments.without_rows(start, min(start + chunk, n))
            parts.append(evaluate(task, left, n - 1)[0])
    else:
        order = block_generator(seed, STREAM_GROUPS, 0).permutation(n)
        members = np.array_split(order, wanted)
        rows = np.array([n - len(m) for m in members])
        for start, stop in _runs(rows, chunk):  # the larger groups come first
            left = task.moments.without_groups(members[start:stop])
            parts.append(evaluate(task, left, int(rows[start]))[0])
    return np.concatenate(parts, axis=1).T, rows.astype(np.float64)


def _runs(sizes: NDArray[np.int_], longest: int) -> Iterator[tuple[int, int]]:
    """Yield the (start, stop) of runs of one size, none longer than ``longest``."""
    start = 0
    while start < len(sizes):
        same = np.flatnonzero(sizes[start:] != sizes[start])
        stop = min(start + int(same[0]) if len(same) else len(sizes), start + longest)
        yield start, stop
        start = stop
