"""How rows are cut into folds, and the moments of each training set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plsem.inputs import DataError
from plsem.model import Model
from plsem.names import check_whole
from plsem.resampling.moments import item_moments
from plsem.stages import expand

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def random_cuts(n: int, folds: int, repetitions: int, seed: int | None) -> IntArray:
    """Return the fold of each row, ``(repetitions, n)``, sizes differing by one at most."""
    check_whole("folds", folds, 2)
    check_whole("repetitions", repetitions, 1)
    if folds > n:
        raise ValueError(f"folds: expected 2 … {n} (the number of rows), found {folds}")
    cuts = np.empty((repetitions, n), dtype=np.int64)
    for cut, sequence in zip(cuts, np.random.SeedSequence(seed).spawn(repetitions), strict=True):
        cut[np.random.default_rng(sequence).permutation(n)] = np.arange(n) * folds // n
    return cuts


def given_cuts(fold: ArrayLike, n: int) -> IntArray:
    """Return folds that were given, ``(r, n)``, once they are of that shape."""
    cuts = np.atleast_2d(np.asarray(fold))
    if cuts.ndim != 2 or cuts.shape[1] != n or not np.issubdtype(cuts.dtype, np.integer):
        raise ValueError(f"fold: expected whole numbers of shape ({n},) or (r, {n}), found {np.shape(fold)}")
    if any(len(np.unique(cut)) < 2 for cut in cuts):
        raise ValueError("fold: each repetition needs at least 2 different folds")
    return cuts.astype(np.int64)


@dataclass(frozen=True, slots=True)
class TrainingSets:
    """What every fold's model is estimated from.

    Parameters
    ----------
    held : list of ndarray of int
        The rows left out of each of the m sets.
    sizes : ndarray, (m,)
        Rows of each set.
    means, deviations : ndarray, (m, p)
        Of the items, standard deviations over n − 1.
    packed : ndarray, (P(P−1)/2, m)
        Correlations of the items, and of the products of items that the model needs.
    scales : ndarray, (P − p, m)
        Standard deviations of the products of standardised items.
    """

    held: list[IntArray]
    sizes: FloatArray
    means: FloatArray
    deviations: FloatArray
    packed: FloatArray
    scales: FloatArray


def training_sets(x: FloatArray, held: list[IntArray], model: Model) -> TrainingSets:
    """Return the moments of all training sets: a set is the row of its counts, 0 for what is held out."""
    n = len(x)
    sizes = np.array([n - len(rows) for rows in held], dtype=np.float64)
    if sizes.min() < 3:
        raise DataError(f"a training set has {sizes.min():.0f} rows; PLS needs at least 3: use more folds")
    moments = item_moments(x, expand(model).pairs)
    parts = []
    for start in range(0, len(held), moments.unit):
        some = held[start : start + moments.unit]
        counts = np.ones((len(some), n), dtype=moments.items.dtype)
        for count, rows in zip(counts, some, strict=True):
            count[rows] = 0.0
        parts.append(moments.of_counts(counts))
    sums = np.concatenate(parts, axis=1, dtype=np.float64)
    means, deviations = moments.means_and_deviations(sums, sizes)
    packed, constant, scales = moments.columns(sums, sizes)
    if constant.any():
        first = constant[:, constant.any(axis=0).argmax()]
        named = ", ".join(np.array(model.items)[first])
        raise DataError(f"the same answer throughout a training set: {named}; use more folds")
    return TrainingSets(held, sizes, means.T, deviations.T, packed, scales)
