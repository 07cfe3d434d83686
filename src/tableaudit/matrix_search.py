r"""Search for item correlation matrices whose PLS statistics lie in given boxes.

A matrix is :math:`R = V V'` with the rows of V of length 1, so every point is a correlation matrix.  The
estimator gives the statistics; their derivatives by each correlation are central differences, all in one
batch of estimates.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from plsem.estimator import estimate_batch
from plsem.model import Model
from plsem.quantities import FIT, quantities
from tableaudit.constraints import Constraints

FloatArray = NDArray[np.float64]
INSIDE = 0.99  # the search keeps to this share of each box, so that a matrix stays inside when recomputed
_TOLERANCE = 1e-11
_ITERATIONS = 200  # matrices that take longer count as without a solution
_PATIENCE = 12  # steps of under 1 % gain after which a start is in a valley without a way out
_STEP = 1e-5  # of the central differences
_SCALE = 5e-4  # half a unit of the third decimal


def generators(seed: int, n: int) -> list[np.random.Generator]:
    """Return n independent generators of one seed."""
    return [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(n)]


class MatrixSearch:
    """The search; a point is a square V (p, p) with rows of length 1, and R = V V'."""

    def __init__(self, constraints: Constraints) -> None:
        self.c = constraints
        self.p = constraints.model.n_items
        self.pairs = constraints.model.pairs
        half = 0.5 * (constraints.upper - constraints.lower)
        finite = np.isfinite(half)
        self.centre = np.where(finite, 0.5 * (constraints.lower + constraints.upper), np.nan)
        self.low = np.where(finite, self.centre - INSIDE * half, constraints.lower)
        self.high = np.where(finite, self.centre + INSIDE * half, constraints.upper)
        self.scale = np.where(finite & (half > 0), half, _SCALE)

    def statistics(self, matrices: FloatArray) -> FloatArray:
        """Return every statistic of a batch of matrices, (B, q)."""
        return statistics_of_matrices(self.c.model, self.c.include, matrices)[1]

    def excess(self, matrices: FloatArray, *, without: int | None = None) -> FloatArray:
        """Largest distance outside a box, for each matrix; infinite where the estimator has no solution."""
        return self._outside(self.statistics(matrices), without)

    def _outside(self, statistics: FloatArray, without: int | None) -> FloatArray:
        values = statistics[:, self.c.positions]
        outside = np.maximum(self.c.lower - values, values - self.c.upper)
        if without is not None:
            outside[:, self.rivals(without)] = -np.inf
        worst = outside.max(axis=1, initial=-np.inf)
        return np.asarray(np.where(np.isnan(worst), np.inf, np.maximum(worst, 0.0)))

    def start(self, rng: np.random.Generator, max_steps: int) -> FloatArray:
        """Random V, driven to the centres of the boxes and then, from where that ends, into the boxes."""
        k = self.c.model.n_constructs
        factors = rng.normal(size=(k, self.p)) + rng.normal(size=self.p)
        rows = factors[self.c.model.construct_of] * rng.uniform(0.5, 2.0)
        v = _unit(rows + rng.normal(size=(self.p, self.p)))
        v = self.drive(v, max_steps, centre=True)
        return self.drive(v, max_steps)

    def drive(
        self,
        v: FloatArray,
        max_steps: int,
        *,
        centre: bool = False,
        goal: tuple[int, float] | None = None,
    ) -> FloatArray:
        """Levenberg-Marquardt steps towards the boxes (or their centres), and a goal for one statistic.

        Steps are of minimum norm, so constraints fewer than parameters are no difficulty.  It stops once
        every box holds and the goal is met, or where no step helps.
        """
        without = None if goal is None else goal[0]
        damping, loss, slope, stalled = 1e-3, np.inf, None, 0
        residual = np.zeros(0)
        for _ in range(max_steps):
            if slope is None:
                values, slope = self.slope(v @ v.T)
                residual, active = self._residual(values, centre, goal)
                loss = float(residual @ residual)
                if not np.isfinite(loss) or (not centre and self._done(values, without, goal)):
                    break
                jacobian = self._chain(v, slope, goal) * active[:, None]
                gram = jacobian @ jacobian.T
            shift = damping * max(float(np.trace(gram)) / len(gram), 1e-12)
            step = -(jacobian.T @ np.linalg.solve(gram + shift * np.eye(len(gram)), residual))
            step *= min(1.0, 0.5 / max(float(np.linalg.norm(step)), 1e-300))
            trial = _unit(v + step.reshape(self.p, self.p))
            new, _ = self._residual(self.statistics((trial @ trial.T)[None])[0], centre, goal)
            new_loss = float(new @ new)
            if new_loss < loss:
                gain = 1 - new_loss / loss
                v, slope, damping = trial, None, max(damping / 5, 1e-12)
                stalled = stalled + 1 if gain < 1e-2 else 0
                if gain < 1e-6 or (stalled == _PATIENCE and goal is None):
                    break
            else:
                damping *= 5
                if damping > 1e6:
                    break
        return v

    def extreme(
        self, target: int, sign: float, starts: Sequence[FloatArray], *, max_steps: int
    ) -> tuple[float, FloatArray] | None:
        """Drive one statistic down (sign −1) or up (1) from each start; the best V that holds all boxes."""
        best: tuple[float, FloatArray] | None = None
        for v in starts:
            if self.excess((v @ v.T)[None], without=target)[0] == 0:
                best = _better(best, (self._value(v, target), v), sign)
            for steps in (max_steps, max_steps // 5):
                found = self._climb(target, sign, v, steps)
                best = _better(best, found, sign)
                if found is not None:
                    break
        if best is not None:  # the step limit or a kink may have stopped it short
            best = _better(best, self._climb(target, sign, best[1], max_steps), sign)
        return best

    def rivals(self, target: int) -> NDArray[np.bool_]:
        """Constraints that do not bind a statistic's own range: its own, and other variants of a fit measure.

        A printed SRMR is one of several; holding it as one variant while another is bounded would say
        nothing about what the printed figure can be.
        """
        names = self.c.labels["statistic"].to_numpy()
        same = self.c.positions == target
        if names[target] in FIT:
            same |= names[self.c.positions] == names[target]
        return np.asarray(same)

    def _climb(
        self, target: int, sign: float, v: FloatArray, max_steps: int
    ) -> tuple[float, FloatArray] | None:
        """Sequential quadratic programming on the triangular root of R, then back into the boxes."""
        others = ~self.rivals(target)
        positions, low, high = self.c.positions[others], self.low[others], self.high[others]
        tril = np.tril_indices(self.p)
        last: dict[bytes, tuple[FloatArray, FloatArray]] = {}

        def at(x: FloatArray) -> tuple[FloatArray, FloatArray]:
            key = x.tobytes()
            if key not in last:
                raw = np.zeros((self.p, self.p))
                raw[tril] = x
                lengths = np.linalg.norm(raw, axis=1, keepdims=True)
                values, slope = self.slope((raw / lengths) @ (raw / lengths).T)
                by_v = self._by_v(raw / lengths, slope) / lengths
                last.clear()
                last[key] = (values, by_v[:, tril[0], tril[1]])
            return last[key]

        def objective(x: FloatArray) -> float:
            return -sign * float(at(x)[0][target])

        def gradient(x: FloatArray) -> FloatArray:
            return np.asarray(-sign * at(x)[1][target])

        def bounded(x: FloatArray) -> FloatArray:
            return np.asarray(at(x)[0][positions])

        def bounded_slope(x: FloatArray) -> FloatArray:
            return np.asarray(at(x)[1][positions])

        root = np.linalg.cholesky(v @ v.T + 1e-10 * np.eye(self.p))
        with np.errstate(all="ignore"):
            found = optimize.minimize(
                objective,
                root[tril],
                jac=gradient,
                method="SLSQP",
                constraints=optimize.NonlinearConstraint(bounded, low, high, jac=bounded_slope),
                options={"maxiter": max_steps, "ftol": 1e-8},
            )
        raw = np.zeros((self.p, self.p))
        raw[tril] = np.asarray(found.x, dtype=float)
        if not np.isfinite(raw).all() or (np.linalg.norm(raw, axis=1) == 0).any():
            return None
        end = _unit(raw)
        for goal in ((target, self._value(end, target)), None):
            if not np.isfinite(self._value(end, target)):
                return None
            end = self.drive(end, 40, goal=goal)
            if self.excess((end @ end.T)[None], without=target)[0] == 0:
                return self._value(end, target), end
        return None

    def slope(self, matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
        """All statistics of a matrix, (q,), and their derivatives by each correlation, (q, pairs)."""
        r = matrix[self.pairs]
        m = len(r)
        packed = r + _STEP * np.vstack([np.zeros((1, m)), np.eye(m), -np.eye(m)])
        matrices = np.tile(np.eye(self.p), (len(packed), 1, 1))
        rows, columns = self.pairs
        matrices[:, rows, columns] = matrices[:, columns, rows] = packed
        values = self.statistics(matrices)
        return values[0], (values[1 : m + 1] - values[m + 1 :]).T / (2 * _STEP)

    def _chain(self, v: FloatArray, slope: FloatArray, goal: tuple[int, float] | None) -> FloatArray:
        """Return the derivatives of the scaled residuals by V along its unit rows, (constraints, p²)."""
        positions, scale = self._with_goal(goal)
        by_v = self._by_v(v, slope[positions] / scale[:, None])
        return by_v.reshape(len(positions), -1)

    def _by_v(self, v: FloatArray, slope: FloatArray) -> FloatArray:
        """Turn derivatives by the correlations into derivatives by V along its unit rows, (m, p, p)."""
        rows, columns = self.pairs
        symmetric = np.zeros((len(slope), self.p, self.p))
        symmetric[:, rows, columns] = symmetric[:, columns, rows] = slope
        by_v = symmetric @ v
        return np.asarray(by_v - np.sum(by_v * v, axis=2, keepdims=True) * v)

    def _with_goal(self, goal: tuple[int, float] | None) -> tuple[NDArray[np.intp], FloatArray]:
        if goal is None:
            return self.c.positions, self.scale
        kept = ~self.rivals(goal[0])
        return np.append(self.c.positions[kept], goal[0]), np.append(self.scale[kept], _SCALE)

    def _residual(
        self, statistics: FloatArray, centre: bool, goal: tuple[int, float] | None
    ) -> tuple[FloatArray, NDArray[np.bool_]]:
        positions, scale = self._with_goal(goal)
        values = statistics[positions]
        kept = np.ones(len(self.c.positions), dtype=bool) if goal is None else ~self.rivals(goal[0])
        low, high = self.low[kept], self.high[kept]
        if goal is not None:
            low, high = np.append(low, goal[1]), np.append(high, goal[1])
        nearest_point = np.clip(values, low, high)
        if centre:
            nearest_point = np.where(np.isnan(self.centre), nearest_point, self.centre)
        residual = (values - nearest_point) / scale
        return residual, residual != 0

    def _done(self, statistics: FloatArray, without: int | None, goal: tuple[int, float] | None) -> bool:
        inside = self._outside(statistics[None], without)[0] == 0
        return bool(inside and (goal is None or abs(statistics[goal[0]] - goal[1]) < 1e-2 * _SCALE))

    def _value(self, v: FloatArray, target: int) -> float:
        return float(self.statistics((v @ v.T)[None])[0, target])


def _better(
    a: tuple[float, FloatArray] | None, b: tuple[float, FloatArray] | None, sign: float
) -> tuple[float, FloatArray] | None:
    if a is None or b is None:
        return a or b
    return b if sign * b[0] > sign * a[0] else a


def _unit(v: FloatArray) -> FloatArray:
    return np.asarray(v / np.linalg.norm(v, axis=1, keepdims=True))


def statistics_of_matrices(
    model: Model, include: Sequence[str], matrices: FloatArray
) -> tuple[pd.DataFrame, FloatArray]:
    """Estimate a batch of item correlation matrices (B, p, p); return labels and statistics (B, q)."""
    rows, columns = model.pairs
    estimate = estimate_batch(
        model,
        np.ascontiguousarray(matrices[:, rows, columns].T),
        tolerance=_TOLERANCE,
        max_iterations=_ITERATIONS,
        orient=True,
    )
    labels, values = quantities(estimate, include=include)
    return labels, np.where(estimate.converged[:, None], values, np.nan)
