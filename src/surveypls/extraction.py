"""Extract common factors from a correlation matrix: minimum residual, principal axis, maximum likelihood.

Arrays in, arrays out.  All starts are fixed, so the same matrix always gives the same loadings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Extraction = Literal["minres", "principal_axis", "ml"]

#: Smallest uniqueness that minres and ML may reach; an item that stops there is a Heywood case.
MIN_UNIQUENESS = 0.005


@dataclass(frozen=True, slots=True)
class Extracted:
    """Unrotated factors.

    Attributes
    ----------
    loadings : (p, k) array
        Columns in order of variance, each with a positive sum.
    uniquenesses : (p,) array
        One minus the communality.
    converged : bool
        Whether the iterations met their tolerance.
    iterations : int
        Iterations used.
    heywood : (p,) array of bool
        Items whose uniqueness is at or below its lower bound.
    objective : float
        The function minimised, at the solution: the sum of squared residual correlations below the
        diagonal (minres, principal axis), or the likelihood discrepancy (ml).
    """

    loadings: Array
    uniquenesses: Array
    converged: bool
    iterations: int
    heywood: NDArray[np.bool_]
    objective: float


def smc(correlations: Array) -> Array:
    """Squared multiple correlation of each item with all others, ``1 - 1 / diag(R⁻¹)``.

    A singular matrix has none; its largest absolute correlations stand in (Mulaik, 2010).
    """
    try:
        if np.linalg.eigvalsh(correlations)[0] < 1e-10:
            raise np.linalg.LinAlgError
        return np.asarray(1.0 - 1.0 / np.diag(np.linalg.inv(correlations)))
    except np.linalg.LinAlgError:
        off = np.abs(correlations - np.diag(np.diag(correlations)))
        return np.asarray(off.max(axis=0))


def extract(
    correlations: Array,
    n_factors: int,
    *,
    method: Extraction = "minres",
    tolerance: float = 1e-9,
    max_iterations: int = 10_000,
) -> Extracted:
    """Extract ``n_factors`` common factors.

    Parameters
    ----------
    correlations : (p, p) array
        Correlation matrix.  Maximum likelihood needs it positive definite.
    n_factors : int
        Number of factors, ``1 ≤ k < p``.
    method : {"minres", "principal_axis", "ml"}
        ``minres`` minimises the squared residual correlations over the uniquenesses (Harman & Jones, 1966;
        unweighted least squares gives the same).  ``principal_axis`` iterates the communalities on
        the diagonal until they stand still; it has the same fixed point but no bound on a
        communality.  ``ml`` minimises ``log|Σ| + tr(RΣ⁻¹) - log|R| - p`` (Jöreskog, 1967).
    tolerance : float
        Largest projected gradient (minres, ml) or change of a communality (principal axis).
    max_iterations : int
        Iterations allowed from each start.

    Returns
    -------
    Extracted

    Raises
    ------
    ValueError
        If ``n_factors`` is out of range, or ML meets a matrix that is not positive definite.
    """
    r = np.asarray(correlations, dtype=float)
    p = r.shape[0]
    if not 1 <= n_factors < p:
        raise ValueError(f"n_factors must lie between 1 and {p - 1} for {p} items, found {n_factors}")
    if method == "principal_axis":
        return _principal_axis(r, n_factors, tolerance, max_iterations)
    if method == "ml":
        if np.linalg.eigvalsh(r)[0] < 1e-10:
            raise ValueError(
                "maximum likelihood needs a positive definite correlation matrix; this one is singular "
                "(an item is a sum of others, or there are fewer rows than items): use minres"
            )
        return _minimised(r, n_factors, _ml_objective, _ml_loadings, tolerance, max_iterations)
    if method == "minres":
        return _minimised(r, n_factors, _uls_objective, _uls_loadings, tolerance, max_iterations)
    raise ValueError(f"method must be 'minres', 'principal_axis' or 'ml', found {method!r}")


def oriented(loadings: Array) -> tuple[Array, NDArray[np.intp], Array]:
    """Order columns by sum of squares and turn each to a positive sum: (loadings, order, signs)."""
    order = np.argsort(-(loadings**2).sum(axis=0), kind="stable")
    signs = np.where(loadings[:, order].sum(axis=0) < 0, -1.0, 1.0)
    return loadings[:, order] * signs, order, signs


def _uls_objective(psi: Array, r: Array, k: int) -> tuple[float, Array]:
    values, vectors = np.linalg.eigh(r - np.diag(psi))
    rest, axes = values[:-k], vectors[:, :-k]
    return float(0.5 * np.sum(rest**2)), -(axes**2 @ rest)


def _uls_loadings(psi: Array, r: Array, k: int) -> Array:
    values, vectors = np.linalg.eigh(r - np.diag(psi))
    return np.asarray(vectors[:, -k:] * np.sqrt(np.maximum(values[-k:], 0.0)))


def _ml_objective(psi: Array, r: Array, k: int) -> tuple[float, Array]:
    scale = 1.0 / np.sqrt(psi)
    values, vectors = np.linalg.eigh(r * np.outer(scale, scale))
    rest, axes = values[:-k], vectors[:, :-k]
    value = float(np.sum(rest - np.log(rest) - 1.0))
    return value, np.asarray((axes**2 @ (1.0 - rest)) / psi)


def _ml_loadings(psi: Array, r: Array, k: int) -> Array:
    scale = 1.0 / np.sqrt(psi)
    values, vectors = np.linalg.eigh(r * np.outer(scale, scale))
    return np.asarray(vectors[:, -k:] * np.sqrt(np.maximum(values[-k:] - 1.0, 0.0)) / scale[:, None])


def _minimised(
    r: Array,
    k: int,
    objective: Callable[[Array, Array, int], tuple[float, Array]],
    loadings_at: Callable[[Array, Array, int], Array],
    tolerance: float,
    max_iterations: int,
) -> Extracted:
    p = r.shape[0]
    uniqueness = 1.0 - smc(r)
    starts = (uniqueness * (1.0 - 0.5 * k / p), np.full(p, 0.5))
    best = None
    for start in starts:
        found = minimize(
            objective,
            np.clip(start, 2 * MIN_UNIQUENESS, 1.0),
            args=(r, k),
            jac=True,
            method="L-BFGS-B",
            bounds=[(MIN_UNIQUENESS, 1.0)] * p,
            options={
                "ftol": 0.0,
                "gtol": tolerance,
                "maxiter": max_iterations,
                "maxfun": 4 * max_iterations,
                "maxcor": 20,
            },
        )
        # A later start must be clearly better: equal minima keep the first start's digits.
        if best is None or found.fun < best.fun - 1e-10:
            best = found
    assert best is not None
    psi = np.asarray(best.x, dtype=float)
    value, gradient = objective(psi, r, k)
    free = ~((psi <= MIN_UNIQUENESS) & (gradient > 0)) & ~((psi >= 1.0) & (gradient < 0))
    flat = float(np.abs(gradient[free]).max(initial=0.0))
    loadings, _, _ = oriented(loadings_at(psi, r, k))
    if objective is _uls_objective:
        value = _off_diagonal(r, loadings)
    return Extracted(
        loadings=loadings,
        uniquenesses=1.0 - (loadings**2).sum(axis=1),
        converged=flat < max(1e-6, 10 * tolerance),
        iterations=int(best.nit),
        heywood=psi <= MIN_UNIQUENESS * (1 + 1e-6),
        objective=value,
    )


def _principal_axis(r: Array, k: int, tolerance: float, max_iterations: int) -> Extracted:
    reduced = r.copy()
    communality = smc(r)
    converged = False
    loadings = np.zeros((r.shape[0], k))
    iteration = 0
    while not converged and iteration < max_iterations:
        iteration += 1
        np.fill_diagonal(reduced, communality)
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, -k:] * np.sqrt(np.maximum(values[-k:], 0.0))
        new = (loadings**2).sum(axis=1)
        step = float(np.abs(new - communality).max())
        communality = new
        converged = step < tolerance
        if not np.isfinite(step) or communality.max() > 10.0:
            break
    loadings, _, _ = oriented(loadings)
    return Extracted(
        loadings=loadings,
        uniquenesses=1.0 - communality,
        converged=converged,
        iterations=iteration,
        heywood=communality >= 1.0 - 1e-9,
        objective=_off_diagonal(r, loadings),
    )


def _off_diagonal(r: Array, loadings: Array) -> float:
    residual = r - loadings @ loadings.T
    return float(np.sum(np.tril(residual, -1) ** 2))
