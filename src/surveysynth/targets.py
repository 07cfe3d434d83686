"""The printed cells as targets of a calibration, and a correlation matrix that meets them all.

Distances are counted in half rounding boxes: 0 is the printed figure, 1 the edge of what rounds to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares

from plsem.estimator import estimate_batch
from plsem.model import Model
from plsem.quantities import quantities
from plsem.solution import Estimate
from tableaudit.constraints import constraints_of
from tableaudit.printed import Published

FloatArray = NDArray[np.float64]

#: The article's "composite reliability" is within its other cells as rho_A and not as rho_C (see the audit).
READINGS: Mapping[str, Sequence[str]] = {"composite_reliability": ("rho_a",)}
TOLERANCE = 1e-10


class CalibrationError(RuntimeError):
    """No data were found that meet the targets; the message says at which step and how near it came."""


@dataclass(frozen=True, slots=True)
class Target:
    """Rounding boxes of statistics that are functions of the items' correlations.

    Attributes
    ----------
    model : Model
    labels : DataFrame
        One row a target: statistic, row, column.
    lower, upper : (m,) arrays
        The boxes.
    include : tuple of str
        Names of the statistics, for :func:`plsem.quantities.quantities`.
    free : tuple of str
        Printed cells that were left out on purpose.
    """

    model: Model
    labels: pd.DataFrame
    lower: FloatArray
    upper: FloatArray
    include: tuple[str, ...]
    free: tuple[str, ...]

    @property
    def centre(self) -> FloatArray:
        """The middles of the boxes, (m,)."""
        return (self.lower + self.upper) / 2

    @property
    def half(self) -> FloatArray:
        """Half the widths of the boxes, (m,)."""
        return (self.upper - self.lower) / 2

    def estimate(self, packed: FloatArray) -> Estimate:
        """Estimate packed correlation matrices (p(p-1)/2, B), each construct oriented."""
        return estimate_batch(
            self.model, np.ascontiguousarray(packed), tolerance=TOLERANCE, max_iterations=1000, orient=True
        )

    def errors(self, packed: FloatArray) -> FloatArray:
        """Return each statistic's distance from its printed figure in half boxes, (m, B)."""
        labels, values = quantities(self.estimate(packed), include=self.include)
        keys = {key: i for i, key in enumerate(labels.itertuples(index=False, name=None))}
        rows = [keys[key] for key in self.labels.itertuples(index=False, name=None)]
        return np.asarray((values.T[rows] - self.centre[:, None]) / self.half[:, None])

    def value(self, statistic: str, row: str, column: str = "") -> float:
        """Return the middle of a target's box; NaN where it is no target.  Symmetric pairs either way round."""
        keys = list(self.labels.itertuples(index=False, name=None))
        for names in ((row, column), (column, row)):
            for key, centre in zip(keys, self.centre, strict=True):
                if key == (statistic, *names):
                    return float(centre)
        return float("nan")


def target_of(
    published: Published,
    model: Model,
    *,
    free: Iterable[str] = (),
    readings: Mapping[str, Sequence[str]] = READINGS,
    fit: str = "estimated/composite",
) -> Target:
    """Take the printed cells of a model as targets.

    Parameters
    ----------
    published : Published
    model : Model
        Mode A.
    free : iterable of str
        Identifiers of printed cells to leave out.
    readings : mapping
        What a printed composite reliability is read as.
    fit : str
        The variant that the printed SRMR stands for: ``"estimated/composite"`` is the estimated model
        with the composite implied correlations and the diagonal counted.

    Returns
    -------
    Target

    Raises
    ------
    CalibrationError
        If the model has a construct in Mode B.
    """
    if set(model.modes) != {"A"}:
        raise CalibrationError("the calibration is for models in Mode A only")
    found = constraints_of(published, readings=readings, exclude=tuple(free), fit=fit, model=model)
    labels = found.labels.iloc[found.positions].reset_index(drop=True)
    include = tuple(dict.fromkeys(labels["statistic"]))
    return Target(model, labels, found.lower, found.upper, include, tuple(free))


def spearman_loadings(packed: FloatArray) -> FloatArray:
    """One-factor loadings by triads: ``l_i² = Σ r_ij r_ik / Σ r_jk`` over pairs j < k of the other items.

    Closed form, exact for three items (Spearman, 1927; Harman, 1976).

    Parameters
    ----------
    packed : (p(p-1)/2, B) array
        Correlations of one block of at least three items.

    Returns
    -------
    (p, B) array
    """
    p = round((1 + np.sqrt(1 + 8 * len(packed))) / 2)
    r = np.zeros((p, p, packed.shape[1]))
    r[np.triu_indices(p, 1)] = packed
    r += r.transpose(1, 0, 2)
    rows, all_pairs = r.sum(axis=1), packed.sum(axis=0)
    products = (rows**2 - (r**2).sum(axis=1)) / 2
    return np.asarray(np.sqrt(np.maximum(products / (all_pairs - rows), 0.0)))


def block_pairs(model: Model) -> list[NDArray[np.intp]]:
    """Positions, in the packed triangle, of the pairs of items within each construct."""
    i, j = np.triu_indices(model.n_items, 1)
    owner = np.asarray(model.construct_of)
    return [np.flatnonzero((owner[i] == k) & (owner[j] == k)) for k in range(len(model.constructs))]


def cross_pairs(model: Model) -> NDArray[np.intp]:
    """Positions, in the packed triangle, of the pairs of items of different constructs."""
    i, j = np.triu_indices(model.n_items, 1)
    owner = np.asarray(model.construct_of)
    return np.flatnonzero(owner[i] != owner[j])


def unpacked(packed: FloatArray, p: int) -> FloatArray:
    """Return one packed triangle (q,) as a full correlation matrix (p, p)."""
    r = np.eye(p)
    r[np.triu_indices(p, 1)] = packed
    return r + r.T - np.eye(p)


def jacobian(
    function: Callable[[FloatArray], FloatArray], point: FloatArray, step: float = 1e-6
) -> FloatArray:
    """Central differences of a batched function: (d, B) → (m, B) at a point (d,); (m, d)."""
    moves = step * np.eye(len(point))
    values = function(np.hstack([point[:, None] + moves, point[:, None] - moves]))
    return np.asarray((values[:, : len(point)] - values[:, len(point) :]) / (2 * step))


def meeting_matrix(
    target: Target,
    *,
    rng: np.random.Generator,
    spread: float = 0.05,
    block_spread: float = 0.0,
    min_eigenvalue: float = 0.14,
    min_cross: float = 0.07,
    min_factor_loading: float = 0.0,
    max_factor_loading: float = 0.97,
    limit: float = 0.9,
    n_starts: int = 12,
) -> FloatArray:
    """Find an ordinary correlation matrix that meets every target.

    Parameters
    ----------
    target : Target
    rng : Generator
        Draws the starts.
    spread : float
        Standard deviation of the starts' correlations between constructs about the model's.
    block_spread : float
        The same within constructs: different starts then lead to different matrices where the targets allow.
    min_eigenvalue, min_cross : float
        Keep the matrix well inside the positive definite ones, and all items positively correlated.
    min_factor_loading, max_factor_loading : float
        Range of each item's loading on its construct's one factor (blocks of three items or more), so that an
        exploratory factor analysis retains the items.
    limit : float
        Largest distance from a printed figure, in half boxes.
    n_starts : int

    Returns
    -------
    (p(p-1)/2,) array
        Packed correlations.

    Raises
    ------
    CalibrationError
        If no start leads there.
    """
    model = target.model
    blocks, cross = block_pairs(model), cross_pairs(model)
    loadings, constructs = _expected(target)
    owner = np.asarray(model.construct_of)
    i, j = np.triu_indices(model.n_items, 1)
    expected = loadings[i] * loadings[j] * np.where(owner[i] == owner[j], 1.0, constructs[owner[i], owner[j]])

    def residuals(packed: FloatArray) -> FloatArray:
        parts = [target.errors(packed)]
        for block, b in zip(blocks, model.blocks, strict=True):
            if len(b) > 2:
                one_factor = spearman_loadings(packed[block])
                parts.append(100 * np.maximum(min_factor_loading - one_factor, 0.0))
                parts.append(100 * np.maximum(one_factor - max_factor_loading, 0.0))
        matrices = np.stack([unpacked(column, model.n_items) for column in packed.T])
        smallest = np.linalg.eigvalsh(matrices)[:, 0]
        parts.append(100 * np.maximum(min_eigenvalue - smallest, 0.0)[None])
        parts.append(50 * np.maximum(min_cross - packed[cross], 0.0))
        parts.append(0.3 * (packed - start[:, None])[cross])
        return np.nan_to_num(np.concatenate(parts), nan=1e3, posinf=1e3, neginf=-1e3)

    def one_point(x: FloatArray) -> FloatArray:
        return np.asarray(residuals(x[:, None])[:, 0])

    def slope(x: FloatArray) -> FloatArray:
        return jacobian(residuals, x)

    best = np.inf
    for _ in range(n_starts):
        start = expected.copy()
        start[cross] = np.clip(start[cross] + rng.normal(0.0, spread, len(cross)), min_cross, 0.85)
        if block_spread > 0:
            inside = np.concatenate(blocks)
            start[inside] = np.clip(start[inside] + rng.normal(0.0, block_spread, len(inside)), 0.05, 0.9)
        found = least_squares(one_point, start, jac=slope, max_nfev=120)
        worst = float(np.abs(target.errors(found.x[:, None])).max())
        definite = np.linalg.eigvalsh(unpacked(found.x, model.n_items))[0] > 0.5 * min_eigenvalue
        kept = all(
            spearman_loadings(found.x[block][:, None]).min() > min_factor_loading - 0.03
            for block, b in zip(blocks, model.blocks, strict=True)
            if len(b) > 2
        )
        if worst < limit and definite and kept and found.x[cross].min() > min_cross - 0.035:
            return np.asarray(found.x)
        best = min(best, worst)
    raise CalibrationError(
        f"no correlation matrix meets all targets: the nearest of {n_starts} starts is {best:.2f} half boxes off; "
        "leave free the cells that contradict the others"
    )


def _expected(target: Target) -> tuple[FloatArray, FloatArray]:
    """Return loadings and construct correlations as printed; 0.75 and 0.4 where nothing is printed."""
    model = target.model
    loadings = np.array(
        [
            target.value("outer_loading", item, model.constructs[k])
            for item, k in zip(model.items, model.construct_of, strict=True)
        ]
    )
    k = len(model.constructs)
    constructs = np.eye(k)
    for a in range(k):
        for b in range(a + 1, k):
            pair = model.constructs[a], model.constructs[b]
            values = [target.value(s, *pair) for s in ("construct_correlation", "path_coefficient")]
            known = [v for v in values if np.isfinite(v)]
            constructs[a, b] = constructs[b, a] = known[0] if known else 0.4
    return np.where(np.isfinite(loadings), loadings, 0.75), constructs
