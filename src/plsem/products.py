"""Products of columns: their moments in every resample, from moments of whole columns alone.

A resample's own means enter a product of centred columns, (x_a − μ_a)(x_b − μ_b) = x_a x_b − μ_b x_a −
μ_a x_b + μ_a μ_b.  This is linear in x_a x_b, x_a and x_b, so the columns x_a x_b are appended to the data once
and the moments of the centred products follow from those of the columns for any counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plsem.batches import exact_zeros
from plsem.inputs import centred_and_scaled

FloatArray = NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]

_CONSTANT = 1e-12


def with_products(items: NDArray[Any], pairs: Pairs) -> NDArray[Any]:
    """Return the columns (one row each, (p, n)) followed by their products, (p + m, n)."""
    if not pairs:
        return items
    first, second = np.array(pairs, dtype=np.intp).T
    return np.concatenate([items, items[first] * items[second]])


def centre(moments: FloatArray, sizes: float | FloatArray, p: int, pairs: Pairs) -> None:
    """Turn the moments of products of columns into those of products of centred columns, in place.

    Parameters
    ----------
    moments : ndarray, (q, b)
        Of P = p + m columns: the P(P−1)/2 sums of products (``numpy.triu_indices(P, 1)``), the P sums of
        squares and the P sums.
    sizes : float or ndarray (b,)
        Rows behind the moments.
    p : int
        Columns that are no products.
    pairs : sequence of (int, int)
        The two columns of each of the m products.
    """
    m = len(pairs)
    whole = p + m
    n_pairs = whole * (whole - 1) // 2
    index = np.zeros((whole, whole), dtype=np.intp)
    rows, columns = np.triu_indices(whole, 1)
    index[rows, columns] = index[columns, rows] = np.arange(n_pairs)
    index[np.arange(whole), np.arange(whole)] = n_pairs + np.arange(whole)
    sums = moments[n_pairs + whole :]
    means = sums[:p] / sizes
    one, other = np.array(pairs, dtype=np.intp).T
    both = means[one] * means[other]
    items = np.arange(p)
    raw = np.stack([moments[index[p + t, :p]] for t in range(m)])  # Σ x_c x_a x_b, (m, p, b)
    # Σ (x_a x_b)(x_c − μ_c)(x_d − μ_d): the second product is centred first, then the first.
    half = np.empty((m, m, moments.shape[1]))
    for t in range(m):
        half[:, t] = moments[index[p + np.arange(m), p + t]]
        half[:, t] -= means[other[t]] * raw[:, one[t]]
        half[:, t] -= means[one[t]] * raw[:, other[t]]
        half[:, t] += both[t] * sums[p:]
    for t, (a, b) in enumerate(pairs):
        moments[index[p + t, :p]] = (
            raw[t]
            - means[b] * moments[index[a, items]]
            - means[a] * moments[index[b, items]]
            + both[t] * sums[:p]
        )
    sums[p:] -= both * sizes
    for t, (a, b) in enumerate(pairs):
        later = np.arange(t, m)
        value = half[t, later]
        value -= means[b] * moments[index[a, p + later]]
        value -= means[a] * moments[index[b, p + later]]
        value += both[t] * sums[p + later]
        moments[index[p + t, p + later]] = value


def scales(moments: FloatArray, sizes: float | FloatArray, p: int, pairs: Pairs) -> FloatArray:
    """Return the standard deviation of each product of standardised columns, (m, b).

    Parameters
    ----------
    moments : ndarray, (q, b)
        After :func:`centre`.
    sizes, p, pairs
        As there.

    Returns
    -------
    ndarray, (m, b)
        With n − 1 in the standard deviations of columns and of products; 0 where a product does not vary.
    """
    whole = p + len(pairs)
    start = whole * (whole - 1) // 2
    squares, sums = moments[start : start + whole], moments[start + whole :]
    spread = squares - sums * sums / sizes
    one, other = np.array(pairs, dtype=np.intp).T
    with np.errstate(invalid="ignore", divide="ignore"):
        share = spread[p:] * (sizes - 1) / (spread[one] * spread[other])
    flat = spread[p:] <= _CONSTANT * squares[p:]
    return np.where(flat, 0.0, np.sqrt(np.maximum(share, 0.0)))


def sample_columns(values: FloatArray, pairs: Pairs) -> tuple[FloatArray, FloatArray]:
    """Return the correlations of columns and products of one sample, and the products' scales.

    Parameters
    ----------
    values : ndarray, (n, p)
    pairs : sequence of (int, int)

    Returns
    -------
    correlations : ndarray, (P, P)
        0 for a product that does not vary.
    scales : ndarray, (m,)
    """
    z = centred_and_scaled(values)
    z = z / z.std(axis=0, ddof=1)
    if pairs:
        one, other = np.array(pairs, dtype=np.intp).T
        z = np.column_stack([z, z[:, one] * z[:, other]])
    z = z - z.mean(axis=0)
    scales = z.std(axis=0, ddof=1)
    flat = scales**2 <= _CONSTANT
    with np.errstate(invalid="ignore", divide="ignore"):
        r = z.T @ z / ((len(z) - 1) * scales[:, None] * scales)
    r[flat] = r[:, flat] = 0.0
    np.fill_diagonal(r, 1.0)
    p = values.shape[1]
    return exact_zeros(np.clip(r, -1.0, 1.0)), np.where(flat, 0.0, scales)[p:]
