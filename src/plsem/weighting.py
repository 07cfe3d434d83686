"""The iteration that finds the outer weights, for a whole batch of correlation matrices.

One step: covariances of items with the present scores; inner weights from the score correlations; new
outer weights; scaling.  The first and the last are sums of products over a block's items, one fused pass
each over arrays whose last axis is the batch.  Matrices are taken in groups that fit the cache.  Once few
of a group are left, they wait and go on together with those of the other groups, so that slow matrices
cost little.  Each matrix stops at its own convergence, and its result does not depend on the others, bit
for bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plsem.batches import SINGULAR, ZERO, inverse, solve
from plsem.model import Model

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Correlations = Sequence[Sequence[FloatArray | None]]

_GROUP_BYTES = 7_000_000
_GROUP_SIZES = 512, 2048
_WAITING_SHARE = 0.1  # of a group: so few left are put aside
_LAST_GROUP = 256  # so few left in all are worked to the end


def outer_weights(
    model: Model,
    packed: FloatArray,
    scheme: str,
    tolerance: float,
    max_iterations: int,
    variances: FloatArray | None = None,
) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.bool_]]:
    """Iterate the PLS algorithm to its fixed point.

    Parameters
    ----------
    model : Model
    packed : ndarray, (p(p−1)/2, B)
        Item correlations, strict upper triangles.
    scheme : {"path", "factor", "centroid"}
    tolerance : float
        A matrix has converged when no weight changes by this much, or by this share of the largest weight
        of the Mode B blocks where that is above 1.
    max_iterations : int
    variances : ndarray, (p, B), optional
        Of items that are not standardised: Mode A then takes covariances, which multiplies each weight of a
        standardised item by its item's variance in every step.  Mode B does not depend on them.

    Returns
    -------
    weights : ndarray, (p, B)
        Scaled so that each score has variance 1; NaN where there is no solution.
    iterations : ndarray of int, (B,)
    converged : ndarray of bool, (B,)
    """
    size = packed.shape[1]
    if size == 1:  # sums over one column would be added in another order
        twice = None if variances is None else np.repeat(variances, 2, axis=1)
        weights, iterations, converged = outer_weights(
            model, np.repeat(packed, 2, axis=1), scheme, tolerance, max_iterations, twice
        )
        return weights[:, :1], iterations[:1], converged[:1]
    weights = np.ones((model.n_items, size))
    iterations = np.zeros(size, dtype=np.int64)
    converged = np.zeros(size, dtype=bool)
    plan = _Plan(model, scheme)
    group = int(np.clip(_GROUP_BYTES // (8 * plan.n_rows), *_GROUP_SIZES))
    memory = np.empty(plan.n_rows * min(group, max(size, 2)))
    todo = np.arange(size)
    while todo.size:
        waiting = []
        for columns in np.array_split(todo, -(-todo.size // group)):
            pair = columns if len(columns) > 1 else np.repeat(columns, 2)
            here = slice(pair[0], pair[-1] + 1) if todo.size == size and pair is columns else pair
            own = None if variances is None else variances[:, here]
            state = _Group(plan, packed[:, here], weights[:, pair], iterations[pair], memory, own)
            allowed = 0 if todo.size <= _LAST_GROUP else int(_WAITING_SHARE * len(columns))
            state.run(tolerance, max_iterations, allowed)
            weights[:, pair] = state.result
            iterations[pair] = state.iterations
            converged[pair] = state.converged
            waiting.append(columns[~state.finished[: len(columns)]])
        todo = np.concatenate(waiting)
    weights[:, np.isnan(weights).any(axis=0)] = np.nan
    return weights, iterations, converged


class _Plan:
    """Which correlations one model and scheme need, and where they stand."""

    def __init__(self, model: Model, scheme: str) -> None:
        k = model.n_constructs
        self.model, self.scheme = model, scheme
        self.neighbours = [sorted({*model.predecessors[j], *model.successors[j]}) for j in range(k)]
        self.regressors = [
            model.predecessors[j] if scheme == "path" and len(model.predecessors[j]) > 1 else ()
            for j in range(k)
        ]
        needs = [set(self.neighbours[j]) for j in range(k)]
        for regressors in self.regressors:
            for s in regressors:
                needs[s] |= {other for other in regressors if other > s}
        # For each construct: correlations of its items (rows) with one another, and with the items of
        # the constructs whose covariance with its score is needed.
        self.own: list[IntArray] = []
        self.cross: list[IntArray] = []
        self.places: list[dict[int, slice]] = []
        for j in range(k):
            others = sorted(needs[j])
            ends = np.cumsum([0, *(len(model.blocks[other]) for other in others)]).tolist()
            items = [i for other in others for i in model.blocks[other]]
            self.places.append(dict(zip(others, map(slice, ends, ends[1:]), strict=True)))
            self.own.append(model.pair_index[np.ix_(model.blocks[j], model.blocks[j])])
            self.cross.append(model.pair_index[np.ix_(model.blocks[j], items)])
        self.n_rows = sum(index.size for index in (*self.own, *self.cross))

    def inner_weights(self, r: Correlations, j: int) -> list[FloatArray]:
        """Return the inner weights of construct j's neighbours, from the score correlations ``r``."""
        near = self.neighbours[j]
        weights = [known(r[j][other]) for other in near]
        if self.scheme == "centroid":
            return [np.where(np.abs(e) < ZERO, 0.0, np.sign(e)) for e in weights]
        regressors = self.regressors[j]
        if regressors:
            beta = regress(r, regressors, j)
            for place, s in enumerate(regressors):
                weights[near.index(s)] = beta[place]
        return weights


class _Group:
    """Some matrices of the batch and the state of their iteration."""

    def __init__(
        self,
        plan: _Plan,
        packed: FloatArray,
        start: FloatArray,
        iterations: NDArray[np.int64],
        memory: FloatArray,
        variances: FloatArray | None = None,
    ) -> None:
        model, size = plan.model, packed.shape[1]
        self.plan, self.iterations, self.variances = plan, iterations, variances
        self.result = start
        self.finished = np.zeros(size, dtype=bool)
        self.converged = np.zeros(size, dtype=bool)
        parts = []
        place = 0
        for index in (*plan.own, *plan.cross):
            part = memory[place : place + index.size * size].reshape(*index.shape, size)
            np.take(packed, index, axis=0, out=part, mode="clip")
            parts.append(part)
            place += index.size * size
        self.own, self.cross = parts[: len(plan.own)], parts[len(plan.own) :]
        for block in self.own:
            diagonal = np.arange(len(block))
            block[diagonal, diagonal] = 1.0
        self.inverses = {
            j: inverse(block, smallest=SINGULAR)
            for j, block in enumerate(self.own)
            if model.modes[j] == "B" and len(block) > 1
        }
        self.covariances = [np.empty((index.shape[1], size)) for index in plan.cross]

    def run(self, tolerance: float, max_iterations: int, allowed: int) -> None:
        """Iterate until at most ``allowed`` matrices are left unfinished."""
        weights = self.result.copy()
        if not self.iterations.any():
            self._scale(weights)
        new, change = np.empty_like(weights), np.empty_like(weights)
        counts = self.iterations.copy()
        while True:
            self._step(weights, new)
            counts += 1
            np.abs(np.subtract(new, weights, out=change), out=change)
            largest = change.max(axis=0)
            weights, new = new, weights
            settled = largest < tolerance * self._scale_of(weights)
            leaving = ~self.finished & (settled | np.isnan(largest) | (counts >= max_iterations))
            if not leaving.any():
                continue
            self.result[:, leaving] = weights[:, leaving]
            self.iterations[leaving] = counts[leaving]
            self.converged |= leaving & settled
            self.finished |= leaving
            if len(leaving) - np.count_nonzero(self.finished) <= allowed:
                break
        rest = ~self.finished
        self.result[:, rest] = weights[:, rest]
        self.iterations[rest] = counts[rest]

    def _scale_of(self, weights: FloatArray) -> FloatArray | float:
        """Return what a change is measured by: 1, or the largest weight of an almost collinear Mode B block.

        Mode A weights are at most a few units; those of Mode B grow without bound as items become collinear.
        """
        if not self.inverses:
            return 1.0
        rows = np.concatenate(
            [np.arange(self.plan.model.n_items)[self.plan.model.slices[j]] for j in self.inverses]
        )
        return np.asarray(np.maximum(1.0, np.abs(weights[rows]).max(axis=0)))

    def _step(self, weights: FloatArray, new: FloatArray) -> None:
        """Write the outer weights that follow ``weights`` into ``new``."""
        plan, slices = self.plan, self.plan.model.slices
        k = len(slices)
        r: list[list[FloatArray | None]] = [[None] * k for _ in range(k)]
        for j, rows in enumerate(slices):
            np.einsum("irb,ib->rb", self.cross[j], weights[rows], out=self.covariances[j])
        for j in range(k):
            for other, place in plan.places[j].items():
                if r[other][j] is None:
                    value = np.einsum("ib,ib->b", weights[slices[other]], self.covariances[j][place])
                    r[j][other] = r[other][j] = value
        for j, rows in enumerate(slices):
            block = new[rows]
            pairs = zip(plan.neighbours[j], plan.inner_weights(r, j), strict=True)
            for turn, (other, e) in enumerate(pairs):
                covariance = self.covariances[other][plan.places[other][j]]
                if turn:
                    block += covariance * e
                else:
                    np.multiply(covariance, e, out=block)
            if j in self.inverses:
                block[:] = np.einsum("irb,ib->rb", self.inverses[j], block)
            elif self.variances is not None:
                block *= self.variances[rows]
        self._scale(new, weights)

    def _scale(self, weights: FloatArray, before: FloatArray | None = None) -> None:
        """Scale weights in place to scores of variance 1.

        A single item that is correlated with none of its neighbours is its construct all the same.
        """
        for own, rows in zip(self.own, self.plan.model.slices, strict=True):
            block = weights[rows]
            variance = np.einsum("ib,ib->b", block, np.einsum("irb,ib->rb", own, block))
            if len(block) == 1 and before is not None and not variance.all():
                zero = variance == 0.0
                block[:, zero], variance[zero] = before[rows][:, zero], 1.0
            np.divide(1.0, np.sqrt(variance, out=variance), out=variance)
            block *= variance


def known(value: FloatArray | None) -> FloatArray:
    """Return a correlation that the plan says is there."""
    assert value is not None
    return value


def regress(r: Correlations, regressors: Sequence[int], j: int, *, smallest: float = 0.0) -> FloatArray:
    """Return the standardised regression coefficients of construct j on others, ``(m, B)``.

    Parameters
    ----------
    r : nested sequence
        ``r[x][y]``: correlation of constructs x and y, (B,).
    regressors : sequence of int
    j : int
    smallest : float
        See :func:`plsem.batches.solve`.
    """
    m = len(regressors)
    first = known(r[j][regressors[0]])
    if m == 1:
        return first[None]
    if m == 2:
        s, t = regressors
        between = known(r[s][t])
        b = known(r[j][t])
        determinant = 1.0 - between * between
        determinant[np.abs(determinant) <= smallest] = np.nan
        return np.stack([(first - between * b) / determinant, (b - between * first) / determinant])
    a = np.ones((m, m, first.shape[-1]))
    right = np.empty((m, 1, first.shape[-1]))
    for x, s in enumerate(regressors):
        right[x, 0] = known(r[j][s])
        for y in range(x):
            a[x, y] = a[y, x] = known(r[s][regressors[y]])
    return solve(a, right, smallest=smallest)[:, 0]
