"""Rotate factor loadings: varimax, oblimin and promax, with or without Kaiser normalisation.

Arrays in, arrays out; fixed starts.  Varimax and oblimin use gradient projection
(Jennrich, 2001, 2002; Bernaards & Jennrich, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from plsem.efa.extraction import Array, oriented
from plsem.names import check_choice

__all__ = ["Rotated", "rotate"]

Rotation = Literal["none", "varimax", "oblimin", "promax", "promax_r", "promax_spss"]

#: Loadings, transformation, converged, iterations, criterion.
_Run = tuple[Array, Array, bool, int, float]
_EXTRA_STARTS = 3
_POWER = 4  # of promax: psych's m, SPSS's kappa
#: Starts are compared at this norm of the projected gradient, where their criteria are right to 1e-7.
_COARSE = 1e-4


@dataclass(frozen=True, slots=True)
class Rotated:
    """Rotated factors, ordered by variance and each with a positive sum of loadings.

    Attributes
    ----------
    pattern : (p, k) array
        Loadings: regression weights of the items on the factors.
    factor_correlations : (k, k) array
        Identity for an orthogonal rotation.
    converged : bool
        Whether the projected gradient fell under the tolerance.
    iterations : int
        Iterations of the accepted start.
    criterion : float
        The rotation criterion minimised, on the loadings as they were rotated.
    """

    pattern: Array
    factor_correlations: Array
    converged: bool
    iterations: int
    criterion: float


def rotate(
    loadings: Array,
    *,
    method: Rotation = "oblimin",
    kaiser_normalization: bool = True,
    tolerance: float = 1e-8,
    max_iterations: int = 10_000,
) -> Rotated:
    """Rotate loadings to simple structure.

    Parameters
    ----------
    loadings : (p, k) array
        Unrotated loadings.
    method : {"none", "varimax", "oblimin", "promax", "promax_r", "promax_spss"}
        ``varimax`` is orthogonal (Kaiser, 1958).  ``oblimin`` is direct oblimin with gamma 0, that is
        quartimin, and lets the factors correlate (Jennrich & Sampson, 1966).  ``promax`` fits varimax
        loadings x by least squares to the target ``x |x|³`` (Hendrickson & White, 1964; power 4), normalised
        throughout as psych's "promax".  ``promax_r`` does so with the loadings as they are after the
        varimax, as ``stats::promax``; ``promax_spss`` fits them to that power of the row-normalised
        loadings, as SPSS with kappa 4.
    kaiser_normalization : bool
        Divide each item's loadings by the root of its communality while rotating, so that all items weigh the same.
    tolerance : float
        Largest norm of the projected gradient.
    max_iterations : int
        Iterations allowed from each start.

    Returns
    -------
    Rotated
        With one factor nothing can be rotated and the loadings come back as they are, oriented.

    Notes
    -----
    In R: ``psych::fa``, ``GPArotation::oblimin``, ``stats::varimax``, ``stats::promax``.

    Examples
    --------
    >>> import numpy as np
    >>> unrotated = np.array([[0.6, 0.6], [0.6, 0.6], [0.5, -0.5], [0.5, -0.5]])
    >>> rotate(unrotated, method="varimax").pattern.round(2) + 0.0
    array([[0.85, 0.  ],
           [0.85, 0.  ],
           [0.  , 0.71],
           [0.  , 0.71]])
    """
    a = np.asarray(loadings, dtype=float)
    p, k = a.shape
    check_choice("method", method, get_args(Rotation))
    if method == "none" or k == 1:
        pattern, _, _ = oriented(a)
        return Rotated(pattern, np.eye(k), True, 0, float("nan"))
    length = np.sqrt((a**2).sum(axis=1, keepdims=True))
    scale = np.where(length > 0, length, 1.0) if kaiser_normalization else np.ones((p, 1))
    a = a / scale
    # Both criteria have saddle points and local minima: take the lowest of several fixed starts.
    rng = np.random.default_rng(0)
    starts = [np.eye(k), *(np.linalg.qr(rng.normal(size=(k, k)))[0] for _ in range(_EXTRA_STARTS))]
    best = _lowest(a, starts, False, tolerance, max_iterations)
    if method == "oblimin":
        best = _lowest(a, [np.eye(k), best[1]], True, tolerance, max_iterations)
    turned, transform, converged, iterations, value = best
    phi = transform.T @ transform
    if method.startswith("promax"):
        turned, phi = _promax(turned, scale, method)
    pattern, order, signs = oriented(turned * scale)
    phi = phi[np.ix_(order, order)] * np.outer(signs, signs)
    np.fill_diagonal(phi, 1.0)
    return Rotated(pattern, phi, converged, iterations, value)


def _promax(varimax: Array, scale: Array, method: Rotation) -> tuple[Array, Array]:
    """Return promax loadings, on the scale of ``varimax``, and the factor correlations."""
    fitted = varimax if method == "promax" else varimax * scale
    target = fitted
    if method == "promax_spss":
        length = np.sqrt((fitted**2).sum(axis=1, keepdims=True))
        target = fitted / np.where(length > 0, length, 1.0)
    turn, *_ = np.linalg.lstsq(fitted, target * np.abs(target) ** (_POWER - 1), rcond=None)
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))  # factors of variance 1
    back = np.linalg.inv(turn)
    return varimax @ turn, back @ back.T


def _lowest(a: Array, starts: list[Array], oblique: bool, tolerance: float, max_iterations: int) -> _Run:
    """Run all starts roughly and the lowest to the end; an earlier start wins a tie, so that its digits stay."""
    best: _Run | None = None
    for start in starts:
        run = _gradient_projection(a, start, oblique, max(tolerance, _COARSE), max_iterations)
        if best is None or (run[2], -run[4]) > (best[2], -best[4] + 1e-6):
            best = run
    assert best is not None
    turned, transform, converged, iterations, value = _gradient_projection(
        a, best[1], oblique, tolerance, max(max_iterations - best[3], 0)
    )
    return turned, transform, converged, best[3] + iterations, value


def _varimax(loadings: Array) -> tuple[float, Array]:
    squared = loadings**2
    centred = squared - squared.mean(axis=0)
    return float(-np.sum(centred**2) / 4), -loadings * centred


def _quartimin(loadings: Array) -> tuple[float, Array]:
    squared = loadings**2
    others = squared.sum(axis=1, keepdims=True) - squared
    return float(np.sum(squared * others) / 4), loadings * others


def _gradient_projection(
    a: Array, start: Array, oblique: bool, tolerance: float, max_iterations: int
) -> _Run:
    """Minimise the criterion over rotations: (loadings, transform, converged, iterations, value)."""
    criterion = _quartimin if oblique else _varimax

    def turned(transform: Array) -> Array:
        return a @ np.linalg.inv(transform).T if oblique else a @ transform

    t = start.copy()
    step = 1.0
    rotated = turned(t)
    value, gradient = criterion(rotated)
    norm = np.inf
    iteration = 0
    for iteration in range(max_iterations + 1):  # noqa: B007
        if oblique:
            slope = -(rotated.T @ gradient @ np.linalg.inv(t)).T
            projected = slope - t * (t * slope).sum(axis=0)
        else:
            slope = a.T @ gradient
            m = t.T @ slope
            projected = slope - t @ ((m + m.T) / 2)
        norm = float(np.sqrt(np.sum(projected**2)))
        if norm < tolerance:
            break
        step *= 2.0
        for _ in range(60):
            candidate = t - step * projected
            if oblique:
                candidate = candidate / np.sqrt((candidate**2).sum(axis=0))
            else:
                u, _, vt = np.linalg.svd(candidate)
                candidate = u @ vt
            trial = turned(candidate)
            new_value, new_gradient = criterion(trial)
            if value - new_value > 0.5 * norm**2 * step:
                break
            step /= 2.0
        else:
            break
        t, rotated, value, gradient = candidate, trial, new_value, new_gradient
    return rotated, t, norm < max(tolerance, 1e-5), iteration, value
