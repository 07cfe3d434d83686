"""Two groups under permutation: a permutation is a row of counts, 1 for the rows of one group.

Counts times products give the moments of both groups of every permutation, so that thousands of
permutations are one batch for the estimator.  Which rows make a group does not depend on their order in the
data, nor on which group is named first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.groups.composites import composite_weights, composites
from plsem.inputs import correlations
from plsem.model import Model
from plsem.quantities import quantities
from plsem.resampling.bootstrap import BootstrapError, estimate_sample
from plsem.resampling.moments import BLOCK, ItemMoments, block_generator, item_moments
from plsem.resampling.parallel import Progress, run_ranges
from plsem.resampling.replicates import (
    STREAM_PERMUTATION,
    ResamplingTask,
    default_chunk,
    drawn_moments,
    evaluate,
    given_moments,
    rechunked,
)
from plsem.resampling.result import REASONS
from plsem.solution import Estimate
from plsem.stages import expand

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """What every estimate of a comparison shares."""

    model: Model
    names: tuple[str, ...]
    options: Mapping[str, Any]
    sign_items: Mapping[str, str] | None
    seed: int
    n_permutations: int
    n_resamples: int
    n_jobs: int
    progress: Progress | None

    def statistics(self, estimate: Estimate) -> tuple[pd.DataFrame, FloatArray]:
        """Return the statistics asked for; the weights that invariance needs stand behind them, unlabelled."""
        labels, values = quantities(estimate, include=self.names)
        return labels, np.concatenate([values, estimate.leading(composite_weights(estimate))], axis=-1)


@dataclass(frozen=True, slots=True)
class Permuted:
    """Two groups, and what permutations make of them; the first axis of ``*_permuted`` is the permutation.

    Parameters
    ----------
    labels : DataFrame
        statistic, row, column of the q quantities.
    estimates : ndarray, (2, q)
        Of the two groups, each construct turned as in the pooled data.
    differences : ndarray, (R, q)
        Group 1 minus group 2 in each permutation; NaN where one of them has no solution.
    weights, weights_permuted : ndarray, (2, m) and (R, 2, m)
        Weights of standardised items, composite after composite (:mod:`plsem.groups.composites`).
    moments, moments_permuted : ndarray, (2, 2, k) and (R, 2, 2, k)
        Group × (mean, variance) of the pooled data's composites, whose standard deviation is 1.
    status : ndarray of int8, (R,)
        0 where both groups of a permutation have a solution.
    pooled : ndarray, (p, p)
        Correlations of the pooled items.
    """

    labels: pd.DataFrame
    estimates: FloatArray
    differences: FloatArray
    weights: FloatArray
    weights_permuted: FloatArray
    moments: FloatArray
    moments_permuted: FloatArray
    status: NDArray[np.int8]
    pooled: FloatArray


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups laid one under the other, and what is estimated from parts of them."""

    values: FloatArray
    sizes: tuple[int, int]
    moments: ItemMoments
    task: ResamplingTask

    @classmethod
    def of(cls, first: FloatArray, second: FloatArray, settings: Settings) -> Pair:
        """Pool two groups and estimate the model from them together; it fixes the constructs' directions."""
        values = np.concatenate([first, second])
        options = dict(settings.options)
        sample, signs = estimate_sample(values, settings.model, options, settings.sign_items)
        if settings.model.composed and settings.sign_items:
            options["sign_items"] = settings.sign_items
        moments = item_moments(values, expand(settings.model).pairs)
        task = ResamplingTask(
            moments, settings.model, settings.statistics, options, sample, signs, "construct", False
        )
        return cls(values, (len(first), len(second)), moments, task)

    @property
    def observed(self) -> BoolArray:
        """Which rows are the first group's, (n,)."""
        return np.arange(len(self.values)) < self.sizes[0]

    def drawn(self, seed: int, block: int, size: int) -> BoolArray:
        """Return which rows permutations of one block give to the first group, (size, n)."""
        n = len(self.values)
        first, second = self.values[: self.sizes[0]], self.values[self.sizes[0] :]
        # The choice of the rows may know no names: what is drawn is the smaller group.
        swapped = (len(second), second.tobytes()) < (len(first), first.tobytes())
        drawn = min(self.sizes)
        order = np.lexsort(self.values.T[::-1])
        keys = block_generator(seed, STREAM_PERMUTATION, block).random((size, n))
        chosen = order[np.argpartition(keys, drawn - 1, axis=1)[:, :drawn]]
        membership = np.zeros((size, n), dtype=bool)
        np.put_along_axis(membership, chosen, True, axis=1)
        return ~membership if swapped else membership

    def evaluated(self, membership: BoolArray) -> tuple[FloatArray, NDArray[np.int8]]:
        """Return the statistics of both groups, (2, q, b), and whether each pair has a solution, (b,)."""
        values, status = [], np.zeros(len(membership), dtype=np.int8)
        for size, rows in zip(self.sizes, (membership, ~membership), strict=True):
            sums = np.concatenate(list(self._moments(rows)), axis=1, dtype=np.float64)
            found, failed, _ = evaluate(self.task, sums, size)
            values.append(found)
            status = np.maximum(status, failed)
        return np.stack(values), status

    def _moments(self, rows: BoolArray) -> Iterator[NDArray[Any]]:
        counts = np.zeros((self.moments.unit, len(self.values)), dtype=self.moments.items.dtype)
        for start in range(0, len(rows), self.moments.unit):
            part = rows[start : start + self.moments.unit]
            counts[: len(part)] = part
            yield self.moments.of_counts(counts)[:, : len(part)]


def permute(
    first: FloatArray, second: FloatArray, settings: Settings, given: BoolArray | None = None
) -> Permuted:
    """Estimate two groups, and two groups of the same sizes in each permutation of their rows.

    Parameters
    ----------
    first, second : ndarray, (n_1, p) and (n_2, p)
    settings : Settings
    given : ndarray of bool, (R, n), optional
        Which rows, the first group's before the second's, each permutation gives to the first group; in place
        of those that the seed draws.
    """
    pair = Pair.of(first, second, settings)
    model, sample = settings.model, pair.task.sample
    labels = settings.statistics(sample)[0]
    total = settings.n_permutations if given is None else len(given)
    own = len(labels)
    q = own + sum(len(items) for _, items in composites(model).values())
    values = np.empty((total, 2, q))
    status = np.zeros(total, dtype=np.int8)
    scores = _composite_scores(pair.values, sample)
    score_moments = np.empty((total, 2, 2, scores.shape[1]))
    chunk = default_chunk(model, q)

    def run(start: int, stop: int, cancelled: threading.Event) -> None:
        for at in range(start, stop, BLOCK):
            if cancelled.is_set():
                return
            size = min(BLOCK, stop - at)
            membership = (
                pair.drawn(settings.seed, at // BLOCK, size) if given is None else given[at : at + size]
            )
            place = slice(at, at + size)
            found, status[place] = pair.evaluated(membership)
            values[place] = np.moveaxis(found, -1, 0)
            score_moments[place] = _score_moments(scores, membership, pair.sizes)

    run_ranges(run, total, BLOCK * max(1, chunk // BLOCK), n_jobs=settings.n_jobs, progress=settings.progress)
    observed, failed = pair.evaluated(pair.observed[None])
    if failed[0]:
        raise BootstrapError(
            f"a group by itself has no solution ({REASONS[failed[0] - 1]}); it cannot be compared"
        )
    observed = observed[..., 0]
    return Permuted(
        labels=labels,
        estimates=observed[:, :own],
        differences=values[:, 0, :own] - values[:, 1, :own],
        weights=observed[:, own:],
        weights_permuted=values[:, :, own:],
        moments=_score_moments(scores, pair.observed[None], pair.sizes)[0],
        moments_permuted=score_moments,
        status=status,
        pooled=correlations(pair.values),
    )


def bootstrap_group(
    pair: Pair, values: FloatArray, settings: Settings, given: IntArray | None = None
) -> tuple[FloatArray, int]:
    """Return the estimates from resamples of one group, (B, q), and how many have no solution.

    Each construct is turned as in the pooled data, so that draws of two groups can be compared.
    """
    moments = item_moments(values, expand(settings.model).pairs)
    task = replace(pair.task, moments=moments)
    total = settings.n_resamples if given is None else len(given)
    chunk = default_chunk(settings.model, 1)
    parts = (
        drawn_moments(moments, settings.seed, 0, total) if given is None else given_moments(moments, given)
    )
    draws = [evaluate(task, part, len(values)) for part in rechunked(parts, chunk)]
    failed = sum(int(np.count_nonzero(status)) for _, status, _ in draws)
    return np.concatenate([found for found, _, _ in draws], axis=1).T, failed


def _composite_scores(values: FloatArray, sample: Estimate) -> FloatArray:
    """Return the composites of the pooled data, (n, k), standard deviation 1."""
    z = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    blocks = [list(items) for _, items in composites(sample.described).values()]
    ends = np.cumsum([len(items) for items in blocks])[:-1]
    weights = np.split(composite_weights(sample)[:, 0], ends)
    return np.column_stack([z[:, items] @ w for items, w in zip(blocks, weights, strict=True)])


def _score_moments(scores: FloatArray, membership: BoolArray, sizes: tuple[int, int]) -> FloatArray:
    """Return each group's mean and variance (over n − 1) of the scores, (b, 2, 2, k)."""
    out = np.empty((len(membership), 2, 2, scores.shape[1]))
    both = np.concatenate([scores, scores**2], axis=1)
    for g, (size, rows) in enumerate(zip(sizes, (membership, ~membership), strict=True)):
        sums, squares = np.split(rows.astype(np.float64) @ both, 2, axis=1)
        out[:, g, 0] = sums / size
        out[:, g, 1] = (squares - sums**2 / size) / (size - 1)
    return out
