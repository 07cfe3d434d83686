"""Item correlations of every resample from one matrix product.

A resample is a row of counts: how often each respondent was drawn.  Counts times the products of the
items are the resample's second moments, so a block of resamples is one matrix product, and a jackknife
sample is the total minus what was left out.

Likert answers are whole numbers.  Shifted by a whole number they stay small, and sums of their products
are exact even in single precision, at twice the speed; this is used wherever it is provably exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plsem import products

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BLOCK = 512
"""Resamples that share one random stream.  A part of the seeding rule: changing it changes the draws."""

_CACHE_BYTES = 2**28  # products are kept where they fit in this, and remade slice by slice otherwise
_COUNT_BYTES = 2**28  # bound on the counts held at once
_SLICE_ROWS = 8192
_FAR = 1e3  # in units of a column's spread
_EXACT_SINGLE = 2.0**24
_EXACT_DOUBLE = 2.0**53


@dataclass(frozen=True, slots=True)
class ItemMoments:
    """Items prepared so that the moments of any resample are a matrix product.

    Parameters
    ----------
    items : ndarray, (p, n)
        The shifted items, one row an item, in the precision of the products.
    exact : bool
        Whether all sums are sums of whole numbers and therefore without rounding.
    totals : ndarray, (q,)
        Moments of the sample itself: the p(p−1)/2 sums of products (``numpy.triu_indices(p, 1)``), the
        p sums of squares and the p sums.  q = p(p−1)/2 + 2p.
    kept : ndarray, (q, n), or None
        The products, where they fit in memory.
    centre, scale : ndarray, (p,)
        An answer is an item's value times its scale, plus its centre.
    pairs : tuple of (int, int)
        The last of the items are the products of these; p counts them as well.
    """

    items: NDArray[Any]
    exact: bool
    totals: FloatArray
    kept: NDArray[Any] | None
    centre: FloatArray
    scale: FloatArray
    pairs: tuple[tuple[int, int], ...] = ()

    @property
    def n_rows(self) -> int:
        """Respondents, n."""
        return int(self.items.shape[1])

    @property
    def n_items(self) -> int:
        """Items, p."""
        return int(self.items.shape[0])

    @property
    def unit(self) -> int:
        """Resamples per matrix product: fixed by n alone, so that rounding is the same in every run."""
        return int(np.clip(_COUNT_BYTES // (self.n_rows * self.items.itemsize), 1, BLOCK))

    def products(self, rows: slice) -> NDArray[Any]:
        """Return the products of the items for some respondents, (q, m)."""
        if self.kept is not None:
            return self.kept[:, rows]
        return _products(self.items[:, rows])

    def of_counts(self, counts: NDArray[Any]) -> NDArray[Any]:
        """Return the moments of resamples given as counts, (b, n) → (q, b); in single precision where exact."""
        if self.kept is not None:
            return np.asarray(np.matmul(self.kept, counts.T))
        n = self.n_rows
        total = np.zeros((len(self.totals), len(counts)))
        for start in range(0, n, _SLICE_ROWS):
            rows = slice(start, min(start + _SLICE_ROWS, n))
            total += np.matmul(self.products(rows), counts[:, rows].T)
        return total

    def without_rows(self, start: int, stop: int) -> FloatArray:
        """Return the moments without each of the respondents start … stop − 1 in turn, (q, stop − start)."""
        if self.has_far_values:
            return self._without([np.array([i]) for i in range(start, stop)])
        return np.asarray(self.totals[:, None] - self.products(slice(start, stop)), dtype=np.float64)

    def without_groups(self, groups: list[IntArray]) -> FloatArray:
        """Return the moments without each group of respondents in turn, (q, len(groups))."""
        if self.has_far_values:
            return self._without(groups)
        left = np.empty((len(self.totals), len(groups)))
        p = self.n_items
        upper = np.triu_indices(p, 1)
        for g, rows in enumerate(groups):
            y = self.items[:, rows].astype(np.float64)
            squares = y @ y.T
            removed = np.concatenate([squares[upper], squares.diagonal(), y.sum(axis=1)])
            left[:, g] = self.totals - removed
        return left

    def means_and_deviations(
        self, moments: NDArray[Any], sizes: float | FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the items' means and standard deviations (over n − 1) behind moments, each (p, b), no products'.

        Parameters
        ----------
        moments : ndarray, (q, b)
        sizes : float or ndarray (b,)
            Rows that the moments are sums over.
        """
        p = self.n_items
        squares, sums = np.split(np.asarray(moments[-2 * p :], dtype=np.float64), 2)
        squares, sums = squares[: len(self.centre)], sums[: len(self.centre)]  # not of the products
        spread = np.maximum(squares - sums * (sums / sizes), 0.0) / (sizes - 1)
        return self.centre[:, None] + self.scale[:, None] * (sums / sizes), self.scale[:, None] * np.sqrt(
            spread
        )

    @property
    def has_far_values(self) -> bool:
        """Whether taking an answer out of a sum would leave little but the sum's rounding error."""
        return not self.exact and float(np.abs(self.items).max()) > _FAR

    def _without(self, groups: list[IntArray]) -> FloatArray:
        """Return the moments without each group, summed over the rows that are left."""
        parts = []
        for start in range(0, len(groups), self.unit):
            counts = np.ones((self.unit, self.n_rows), dtype=self.items.dtype)
            for row, group in enumerate(groups[start : start + self.unit]):
                counts[row, group] = 0
            parts.append(self.of_counts(counts)[:, : len(groups) - start])
        return np.concatenate(parts, axis=1)

    def correlations(
        self, moments: NDArray[Any], sizes: float | FloatArray
    ) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Turn moments into packed correlations.

        Parameters
        ----------
        moments : ndarray, (q, b)
            Overwritten where they are in double precision.
        sizes : float or ndarray (b,)
            Rows that the moments are sums over.

        Returns
        -------
        packed : ndarray, (p(p−1)/2, b)
            NaN in the rows of an item that does not vary.
        constant : ndarray of bool, (p, b)
            Which items do not vary.
        """
        p = self.n_items
        pairs = p * (p - 1) // 2
        packed, squares, sums = np.split(np.asarray(moments, dtype=np.float64), [pairs, pairs + p])
        spread = sizes * squares - sums * sums
        # Centred at the median, rows of equal answers leave no more than the rounding of their squares.
        constant = spread <= (0.0 if self.exact else 1e-13 * sizes * squares)
        with np.errstate(invalid="ignore", divide="ignore"):
            inverse = np.where(constant, np.nan, 1.0 / np.sqrt(spread))
        means = sums * inverse
        inverse *= np.sqrt(sizes)
        start = 0
        for i in range(p - 1):
            stop = start + p - 1 - i
            row = packed[start:stop]
            row *= inverse[i + 1 :]
            row *= inverse[i]
            row -= means[i + 1 :] * means[i]
            start = stop
        return packed, constant

    def columns(
        self, moments: FloatArray, sizes: float | FloatArray
    ) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
        """Turn moments into packed correlations, with products of columns as products of centred ones.

        Parameters
        ----------
        moments, sizes
            As for :meth:`correlations`.

        Returns
        -------
        packed, constant
            As there, with 0 in the rows of a product that does not vary, which is not counted as constant.
        scales : ndarray, (m, b)
            See :func:`plsem.products.scales`.
        """
        m = len(self.pairs)
        if not m:
            return *self.correlations(moments, sizes), np.empty((0, moments.shape[1]))
        p = self.n_items - m
        moments = np.array(moments, dtype=np.float64)
        products.centre(moments, sizes, p, self.pairs)
        size = products.scales(moments, sizes, p, self.pairs)
        packed, constant = self.correlations(moments, sizes)
        for t, flat in enumerate(size == 0):
            if flat.any():
                first, second = np.triu_indices(self.n_items, 1)
                rows = np.flatnonzero((first == p + t) | (second == p + t))
                packed[np.ix_(rows, np.flatnonzero(flat))] = 0.0
        return packed, constant[:p], size


def _products(items: NDArray[Any]) -> NDArray[Any]:
    p, m = items.shape
    pairs = p * (p - 1) // 2
    out = np.empty((pairs + 2 * p, m), dtype=items.dtype)
    start = 0
    for i in range(p - 1):
        stop = start + p - 1 - i
        np.multiply(items[i], items[i + 1 :], out=out[start:stop])
        start = stop
    np.multiply(items, items, out=out[pairs : pairs + p])
    out[pairs + p :] = items
    return out


def item_moments(data: ArrayLike, pairs: tuple[tuple[int, int], ...] = ()) -> ItemMoments:
    """Prepare an (n, p) array of finite numbers for resampling.

    Correlations do not change when an item is shifted or scaled.  Whole-number items are shifted by
    their rounded means; others are centred at their medians and divided by a robust spread, so that one far
    value does not take the digits of all the others.

    Parameters
    ----------
    data : array_like, (n, p)
        No column may be constant.
    pairs : tuple of (int, int), optional
        Products of columns to append.

    Returns
    -------
    ItemMoments
    """
    values = np.asarray(data, dtype=np.float64)
    n, p = values.shape
    average = values.mean(axis=0)
    whole = values - np.round(average)
    bound = n * float(np.max(np.abs(whole))) ** (4 if pairs else 2)
    # n·Σx² is formed as well, hence the second n.
    exact = bool(np.all(values == np.round(values))) and n * bound < _EXACT_DOUBLE
    centre, scale = (np.round(average), np.ones(p)) if exact else _middle_and_spread(values)
    shifted = products.with_products(((values - centre) / scale).T, pairs)
    items = np.ascontiguousarray(shifted, dtype=np.float32 if exact and bound < _EXACT_SINGLE else np.float64)
    p += len(pairs)
    q = p * (p - 1) // 2 + 2 * p
    kept = _products(items) if q * n * items.itemsize <= _CACHE_BYTES else None
    y = items.astype(np.float64)
    squares = y @ y.T
    totals = np.concatenate([squares[np.triu_indices(p, 1)], squares.diagonal(), y.sum(axis=1)])
    return ItemMoments(items, exact, totals, kept, centre, scale, pairs)


def _middle_and_spread(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each column's median, and the mean distance from it of the nearer half: far values move neither."""
    middle = np.median(values, axis=0)
    distance = np.sort(np.abs(values - middle), axis=0)
    inner = distance[: len(values) // 2 + 1].mean(axis=0)
    return middle, np.where(inner > 0, inner, distance.mean(axis=0))


def block_generator(seed: int, stream: int, block: int) -> np.random.Generator:
    """Return the random stream of one block of :data:`BLOCK` resamples.

    Every block has its own child of one ``SeedSequence``, so no two resamples share random numbers and
    any block can be drawn by any thread.

    Parameters
    ----------
    seed : int
        Of the whole analysis, at least 0.
    stream : int
        Which use of the seed (bootstrap, exact-fit test, …).
    block : int
        Number of the block.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream, block)))


def draw_indices(seed: int, n_rows: int, n_resamples: int, *, stream: int = 0) -> IntArray:
    """Return the respondents that each resample draws, (n_resamples, n_rows), counted from 0.

    The same draws that :func:`plsem.resampling.bootstrap.bootstrap` makes for that seed; for checking them,
    or for handing them to another program.
    """
    parts = []
    for start in range(0, n_resamples, BLOCK):
        rng = block_generator(seed, stream, start // BLOCK)
        parts.append(rng.integers(0, n_rows, size=(min(BLOCK, n_resamples - start), n_rows)))
    return np.concatenate(parts) if parts else np.empty((0, n_rows), dtype=np.int64)


def counts_of_indices(indices: IntArray, n_rows: int, out: NDArray[Any]) -> None:
    """Write how often each row was drawn into the first rows of ``out`` (≥ b, n_rows); indices (b, m)."""
    step = max(1, 2**17 // max(n_rows, indices.shape[1]))
    for start in range(0, len(indices), step):
        part = indices[start : start + step]
        flat = (part + n_rows * np.arange(len(part))[:, None]).ravel()
        counts = np.bincount(flat, minlength=len(part) * n_rows)
        out[start : start + len(part)] = counts.reshape(len(part), n_rows)


def resample_moments(
    moments: ItemMoments, seed: int, block: int, rows: int, *, stream: int = 0
) -> Iterator[NDArray[Any]]:
    """Yield the moments of one block of resamples in pieces of at most ``moments.unit``, each (q, b)."""
    rng = block_generator(seed, stream, block)
    n, unit = moments.n_rows, moments.unit
    counts = np.zeros((unit, n), dtype=moments.items.dtype)
    step = max(1, 2**20 // n)
    for start in range(0, rows, unit):
        b = min(unit, rows - start)
        for first in range(0, b, step):
            last = min(first + step, b)
            counts_of_indices(rng.integers(0, n, size=(last - first, n)), n, counts[first:last])
        # The product always has the same shape, so a resample's rounding never depends on its company.
        yield moments.of_counts(counts)[:, :b]
