"""Lattice reduction: find small whole numbers whose weighted sums come near a given vector.

A survey's sums of products are whole numbers, and the printed figures are smooth functions of them.  To hit
many figures at once by whole steps is a closest-vector problem; a reduced basis makes its nearest-plane
solution good, and random choices between the two nearest planes give many good solutions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def reduce_basis(basis: FloatArray, *, delta: float = 0.99) -> tuple[FloatArray, IntArray]:
    """Reduce a lattice basis by the algorithm of Lenstra, Lenstra & Lovász (1982).

    Parameters
    ----------
    basis : (m, d) array
        Linearly independent rows, ``m ≤ d``.
    delta : float
        Lovász condition, between 0.25 and 1; nearer to 1 reduces further.

    Returns
    -------
    reduced : (m, d) array
        Rows that span the same lattice, shorter and nearer to orthogonal.
    transform : (m, m) array of int
        ``reduced = transform @ basis``; its determinant is 1 or -1.

    Raises
    ------
    ValueError
        If ``delta`` is out of range or the rows depend on one another.
    """
    if not 0.25 < delta < 1:
        raise ValueError(f"delta must lie between 0.25 and 1, found {delta}")
    b = np.array(basis, dtype=float)
    m = len(b)
    transform = np.eye(m, dtype=np.int64)
    mu, length = _orthogonalised(b)
    k = 1
    while k < m:
        for j in range(k - 1, -1, -1):
            q = round(mu[k, j])
            if q:
                b[k] -= q * b[j]
                transform[k] -= q * transform[j]
                mu[k, : j + 1] -= q * mu[j, : j + 1]
        if length[k] >= (delta - mu[k, k - 1] ** 2) * length[k - 1]:
            k += 1
            continue
        b[[k - 1, k]] = b[[k, k - 1]]
        transform[[k - 1, k]] = transform[[k, k - 1]]
        _exchange(mu, length, k)
        k = max(k - 1, 1)
    return b, transform


def _orthogonalised(b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gram–Schmidt coefficients and squared lengths."""
    m = len(b)
    q = np.zeros_like(b)
    mu = np.eye(m)
    length = np.zeros(m)
    for i in range(m):
        q[i] = b[i]
        for j in range(i):
            mu[i, j] = b[i] @ q[j] / length[j]
            q[i] -= mu[i, j] * q[j]
        length[i] = q[i] @ q[i]
        if length[i] <= 1e-18 * max(float(b[i] @ b[i]), 1e-300):
            raise ValueError(f"row {i} of the basis depends on the rows before it")
    return mu, length


def _exchange(mu: FloatArray, length: FloatArray, k: int) -> None:
    """Update the coefficients after rows k-1 and k have changed places."""
    m = mu[k, k - 1]
    new = length[k] + m * m * length[k - 1]
    mu[k, k - 1] = m * length[k - 1] / new
    length[k] = length[k - 1] * length[k] / new
    length[k - 1] = new
    mu[[k - 1, k], : k - 1] = mu[[k, k - 1], : k - 1]
    later, former = mu[k + 1 :, k].copy(), mu[k + 1 :, k - 1].copy()
    mu[k + 1 :, k] = former - m * later
    mu[k + 1 :, k - 1] = later + mu[k, k - 1] * mu[k + 1 :, k]


def near_vectors(
    reduced: FloatArray, target: FloatArray, *, n_samples: int, temperature: float, rng: np.random.Generator
) -> IntArray:
    """Draw lattice vectors near a target: Babai's (1986) nearest plane, randomised after Klein (2000).

    Parameters
    ----------
    reduced : (m, d) array
        A reduced basis.
    target : (d,) array
        Where to come near.
    n_samples : int
        Vectors drawn.  The first is always the plain nearest-plane solution.
    temperature : float
        In squared units of the target: at 0 the nearer plane is always taken; larger values take the
        second nearest more often.
    rng : Generator

    Returns
    -------
    (n_samples, m) array of int
        Coefficients ``c`` of the basis rows, ``c @ reduced ≈ target``.
    """
    q, r = np.linalg.qr(np.asarray(reduced, dtype=float).T)
    m = len(reduced)
    left = np.tile(q.T @ target, (n_samples, 1))
    coefficients = np.zeros((n_samples, m), dtype=np.int64)
    for i in range(m - 1, -1, -1):
        wanted = left[:, i] / r[i, i]
        chosen = np.round(wanted)
        if temperature > 0:
            near = np.abs(wanted - chosen)
            second = chosen + np.where(wanted > chosen, 1.0, -1.0)
            cost = ((1 - near) ** 2 - near**2) * r[i, i] ** 2 / temperature
            swap = rng.random(n_samples) < 1 / (1 + np.exp(np.minimum(cost, 50.0)))
            swap[0] = False
            chosen = np.where(swap, second, chosen)
        coefficients[:, i] = chosen.astype(np.int64)
        left -= chosen[:, None] * r[:, i]
    return coefficients
