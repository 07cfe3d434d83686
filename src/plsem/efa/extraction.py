"""Extract common factors from a correlation matrix: minimum residual, principal axis, maximum likelihood.

Arrays in, arrays out.  All starts are seeded, so the same matrix always gives the same loadings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Extracted", "extract", "smc"]

Array = NDArray[np.float64]
Extraction = Literal["minres", "principal_axis", "ml"]

#: Smallest uniqueness that minres and ML may reach; an item that stops there is a Heywood case.
MIN_UNIQUENESS = 0.005
#: All starts are tried where the first few do not end at the same value; ML has local minima more often.
_FEW_STARTS, _ALL_STARTS = {"minres": 2, "ml": 4}, 24
_SAME = 1e-8
_LOOK_EVERY = 100  # iterations of principal axis between two looks at its pace


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
    starts, reached : int
        Starts tried, and how many of them ended at this solution.
    """

    loadings: Array
    uniquenesses: Array
    converged: bool
    iterations: int
    heywood: NDArray[np.bool_]
    objective: float
    starts: int = 1
    reached: int = 1


def smc(correlations: Array) -> Array:
    """Squared multiple correlation of each item with all others, ``1 - 1 / diag(R⁻¹)``.

    A singular matrix has none; its largest absolute correlations stand in (Mulaik, 2010).

    Parameters
    ----------
    correlations : (p, p) array

    Returns
    -------
    (p,) array

    Notes
    -----
    In R: ``psych::smc``.

    Examples
    --------
    >>> import numpy as np
    >>> smc(np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]])).round(3)
    array([0.44 , 0.373, 0.266])
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
        communality; it stops where its steps shrink too slowly to meet the tolerance in time.  ``ml``
        minimises ``log|Σ| + tr(RΣ⁻¹) - log|R| - p`` (Jöreskog, 1967).
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

    Notes
    -----
    In R: ``psych::fa(rotate = "none")``.

    Examples
    --------
    >>> import numpy as np
    >>> r = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])  # loadings 0.8, 0.7, 0.6
    >>> extract(r, 1).loadings.round(3)
    array([[0.8],
           [0.7],
           [0.6]])
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
        return _minimised(r, n_factors, True, tolerance, max_iterations)
    if method == "minres":
        return _minimised(r, n_factors, False, tolerance, max_iterations)
    raise ValueError(f"method must be 'minres', 'principal_axis' or 'ml', found {method!r}")


def oriented(loadings: Array) -> tuple[Array, NDArray[np.intp], Array]:
    """Order columns by sum of squares and turn each to a positive sum: (loadings, order, signs)."""
    order = np.argsort(-(loadings**2).sum(axis=0), kind="stable")
    ordered = loadings[:, order]
    sums = ordered.sum(axis=0)
    # Loadings that cancel out (two items of opposite sign) are turned by the first clear one.
    first = ordered[np.argmax(np.abs(ordered) > 1e-6, axis=0), np.arange(ordered.shape[1])]
    signs = np.where(np.where(np.abs(sums) > 1e-9, sums, first) < 0, -1.0, 1.0)
    return ordered * signs, order, signs


@dataclass(frozen=True, slots=True)
class _Point:
    """The function minimised at one point: value, gradient, Hessian and the loadings there."""

    value: float
    gradient: Array
    hessian: Array
    loadings: Array


def _least_squares(psi: Array, r: Array, k: int) -> _Point:
    """Return half the sum of the squared smallest eigenvalues of R - Ψ, as a function of ψ."""
    values, vectors = np.linalg.eigh(r - np.diag(psi))
    rest, axes, top, main = values[:-k], vectors[:, :-k], values[-k:], vectors[:, -k:]
    ratio = rest[:, None] / np.minimum(rest[:, None] - top, -1e-12)
    hessian = (axes @ axes.T) ** 2
    for s in range(k):
        hessian += 2.0 * np.outer(main[:, s], main[:, s]) * ((axes * ratio[:, s]) @ axes.T)
    loadings = main * np.sqrt(np.maximum(top, 0.0))
    return _Point(float(0.5 * np.sum(rest**2)), -(axes**2 @ rest), hessian, loadings)


def _likelihood(log_psi: Array, r: Array, k: int) -> _Point:
    """Return the likelihood discrepancy as a function of log ψ.

    It is Σ (θ - log θ - 1) over the smallest eigenvalues θ of Ψ⁻½RΨ⁻½.
    """
    scale = np.exp(-0.5 * log_psi)
    values, vectors = np.linalg.eigh(r * np.outer(scale, scale))
    rest, axes, top, main = values[:-k], vectors[:, :-k], values[-k:], vectors[:, -k:]
    difference = np.maximum(top - rest[:, None], 1e-12)
    ratio = (1.0 - rest[:, None]) * (top + rest[:, None]) / difference
    hessian = ((axes * rest) @ axes.T) * (axes @ axes.T)
    for s in range(k):
        hessian += np.outer(main[:, s], main[:, s]) * ((axes * ratio[:, s]) @ axes.T)
    loadings = main * np.sqrt(np.maximum(top - 1.0, 0.0)) / scale[:, None]
    return _Point(float(np.sum(rest - 1.0 - np.log1p(rest - 1.0))), axes**2 @ (1.0 - rest), hessian, loadings)


def _minimised(r: Array, k: int, likelihood: bool, tolerance: float, max_iterations: int) -> Extracted:
    function = _likelihood if likelihood else _least_squares
    low, high = (np.log(MIN_UNIQUENESS), 0.0) if likelihood else (MIN_UNIQUENESS, 1.0)
    runs: list[tuple[_Point, Array, bool, int]] = []
    for start in _starts(1.0 - smc(r), k):
        if len(runs) == _FEW_STARTS["ml" if likelihood else "minres"] and _span(runs) < _SAME:
            break
        first = np.clip(start, 2 * MIN_UNIQUENESS, 1.0)
        runs.append(
            _newton(
                lambda x: function(x, r, k),
                np.log(first) if likelihood else first,
                low,
                high,
                tolerance,
                max_iterations,
            )
        )
    lowest = min(run[0].value for run in runs)
    at_best = [run for run in runs if run[0].value <= lowest + _SAME]
    # Equal minima keep the first start's digits.
    point, x, converged, iterations = next((run for run in at_best if run[2]), at_best[0])
    loadings, _, _ = oriented(point.loadings)
    return Extracted(
        loadings=loadings,
        uniquenesses=1.0 - (loadings**2).sum(axis=1),
        converged=converged,
        iterations=iterations,
        heywood=np.asarray(x <= low + 1e-9),
        objective=point.value if likelihood else _off_diagonal(r, loadings),
        starts=len(runs),
        reached=len(at_best),
    )


def _starts(uniqueness: Array, k: int) -> Iterator[Array]:
    """Yield the starts: two that are usual, then seeded ones."""
    p = len(uniqueness)
    yield uniqueness * (1.0 - 0.5 * k / p)
    yield np.full(p, 0.5)
    rng = np.random.default_rng(p * 1000 + k)
    for _ in range(_ALL_STARTS - 2):
        yield rng.uniform(0.1, 0.95, size=p)


def _span(runs: list[tuple[_Point, Array, bool, int]]) -> float:
    values = [run[0].value for run in runs]
    return max(values) - min(values)


def _newton(
    function: Callable[[Array], _Point],
    start: Array,
    low: float,
    high: float,
    tolerance: float,
    max_iterations: int,
) -> tuple[_Point, Array, bool, int]:
    """Minimise within bounds by Newton steps over the variables that are not held at a bound."""
    x = start
    point = function(x)
    for iteration in range(max_iterations):
        gradient = point.gradient
        held = ((x <= low) & (gradient > 0)) | ((x >= high) & (gradient < 0))
        free = np.flatnonzero(~held)
        if np.abs(gradient[free]).max(initial=0.0) < tolerance:
            return point, x, True, iteration
        values, vectors = np.linalg.eigh(point.hessian[np.ix_(free, free)])
        # Away from the minimum the Hessian may be indefinite; its absolute value still points downhill.
        curvature = np.maximum(np.abs(values), 1e-6 * max(1.0, float(np.abs(values).max())))
        newton, descent = np.zeros_like(x), np.zeros_like(x)
        newton[free] = -(vectors @ ((vectors.T @ gradient[free]) / curvature))
        descent[free] = -gradient[free] / curvature[-1]
        # Clipped at a bound, a Newton step can lead uphill; the plain gradient cannot.
        moved = _line_search(function, point, x, newton, low, high, free) or _line_search(
            function, point, x, descent, low, high, free
        )
        if moved is None:
            # No smaller value can be told apart from this one in floating point.
            return point, x, bool(np.abs(gradient[free]).max() < 1e3 * tolerance), iteration
        point, x = moved
    return point, x, False, max_iterations


def _line_search(
    function: Callable[[Array], _Point],
    point: _Point,
    x: Array,
    direction: Array,
    low: float,
    high: float,
    free: NDArray[np.intp],
) -> tuple[_Point, Array] | None:
    """Halve the step until the function falls enough (Armijo); None if it never does."""
    slope = float(np.abs(point.gradient[free]).max())
    step = 1.0
    while step > 1e-10:
        trial = np.clip(x + step * direction, low, high)
        new = function(trial)
        expected = float(point.gradient @ (trial - x))
        if expected < 0 and new.value <= point.value + 1e-4 * expected < point.value:
            return new, trial
        # At the bottom values differ by rounding only: there a smaller slope decides.
        level = abs(new.value - point.value) <= 1e-11 * (1.0 + abs(point.value))
        if level and np.abs(new.gradient[free]).max() < 0.5 * slope:
            return new, trial
        step /= 2.0
    return None


def _principal_axis(r: Array, k: int, tolerance: float, max_iterations: int) -> Extracted:
    reduced = r.copy()
    communality = smc(r)
    converged = False
    loadings = np.zeros((r.shape[0], k))
    iteration, step = 0, np.inf
    while not converged and iteration < max_iterations:
        iteration += 1
        np.fill_diagonal(reduced, communality)
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, -k:] * np.sqrt(np.maximum(values[-k:], 0.0))
        new = (loadings**2).sum(axis=1)
        last, step = step, float(np.abs(new - communality).max())
        communality = new
        converged = step < tolerance
        if not np.isfinite(step) or communality.max() > 10.0:
            break
        if iteration % _LOOK_EVERY == 0 and _creeps(last, step, tolerance, max_iterations - iteration):
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


def _creeps(last: float, step: float, tolerance: float, left: int) -> bool:
    """Tell whether steps shrink so slowly that they will not meet the tolerance in the iterations left."""
    if not 0 < step < last:
        return bool(step >= last)
    return bool(step > tolerance and np.log(tolerance / step) / np.log(step / last) > left)


def _off_diagonal(r: Array, loadings: Array) -> float:
    residual = r - loadings @ loadings.T
    return float(np.sum(np.tril(residual, -1) ** 2))
