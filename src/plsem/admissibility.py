"""Can this solution be trusted as it stands?  Every check in plain words, with what to do about it.

:func:`report` lists all checks of one estimate, passed or not; a batch is counted by reason in
:attr:`plsem.estimator.Estimate.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from plsem import batches, measurement, structural
from plsem.inputs import no_inverse
from plsem.solution import Estimate
from plsem.thresholds import threshold

__all__ = ["is_admissible", "report"]

FAILED, CAUTION, PASSED = "failed", "caution", "passed"

CHECKS: dict[str, tuple[str, str, str]] = {
    "converged": (
        FAILED,
        "the weights settled",
        "raise max_iterations; if that does not help, look for a construct that is almost unrelated "
        "to its neighbours or has items of opposite direction",
    ),
    "defined": (
        FAILED,
        "every estimate is a number",
        "look for items of one construct that cancel out or repeat one another",
    ),
    "loadings": (
        FAILED,
        "no loading exceeds 1",
        "a Heywood case: the consistent correction overshoots. Drop a weak item, report ordinary "
        "PLS, or collect more data",
    ),
    "reliability": (
        FAILED,
        "rho_A lies between 0 and 1",
        "the items of the block do not measure one thing, or one is reversed; recode or drop it",
    ),
    "constructs": (
        FAILED,
        "the construct correlations are possible (positive definite)",
        "two constructs cannot be told apart, or a reliability is too low for the correction; merge "
        "them or report ordinary PLS",
    ),
    "explained": (
        FAILED,
        "no R² exceeds 1",
        "the corrected correlations contradict one another; report ordinary PLS",
    ),
    "reversed": (
        CAUTION,
        "all items of a block point the same way",
        "read the wording: if the item is worded the other way round, recode it (scale minimum plus "
        "maximum minus answer); if not, drop it",
    ),
    "inner_vif": (
        CAUTION,
        "no predictor's VIF exceeds {limit}",
        "the predictors overlap: their paths are uncertain and may turn sign; merge or drop one",
    ),
    "outer_vif": (
        CAUTION,
        "no item's VIF exceeds {limit}",
        "items repeat one another; in a Mode B block their weights are uncertain: merge or drop one",
    ),
    "redundant": (
        CAUTION,
        "no item is a combination of others",
        "d_G, NFI and χ² are not defined; drop a redundant item or collect more rows than items",
    ),
    "rows": (
        CAUTION,
        "there are more rows than items",
        "intervals are wide and fit statistics are not defined; collect more data before concluding",
    ),
}
"""Check → (severity where found, what is checked, advice); ``{limit}`` stands for :func:`vif_limit`."""


def vif_limit() -> float:
    """Return the variance inflation from which on collinearity is likely (``thresholds.csv``)."""
    limit = threshold("inner_vif").borderline
    assert limit is not None
    return limit


def report(estimate: Estimate, *, problems_only: bool = False) -> pd.DataFrame:
    """Return every check of one estimate: what holds, what does not, and what to do.

    Parameters
    ----------
    estimate : Estimate
        Of a single matrix.  The check of rows needs ``n_observations``.
    problems_only : bool
        Leave out what passed.

    Returns
    -------
    DataFrame
        check (its name), status (``"passed"``, ``"caution"``, ``"failed"``), text (what was checked), found
        (where, and the figure) and advice.  Failed: the solution is not admissible, do not interpret it.
        Caution: it can be interpreted with the care that the advice names.

    Raises
    ------
    ValueError
        If the estimate is of a batch.

    Notes
    -----
    What fails makes a solution inadmissible (Dijkstra & Henseler 2015); the limit of the VIF is in
    :mod:`plsem.thresholds`.

    In R: ``cSEM::verify``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> set(report(plsem.fit(data, model))["status"])
    {'passed'}
    """
    measurement.single(estimate)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {check: list(finder(estimate)) for check, finder in _FINDERS.items()}
        for stage in estimate.earlier:
            for check in _OF_EARLIER_STAGES:
                found[check] += [text for text in _FINDERS[check](stage) if text not in found[check]]
    rows = []
    for check, (severity, text, advice) in CHECKS.items():
        if check == "rows" and estimate.n_observations is None:
            continue
        problems = found[check]
        if check == "reliability" and not estimate.consistent:
            severity = CAUTION  # ordinary PLS reports rho_A but does not use it
        rows.append(
            {
                "check": check,
                "status": severity if problems else PASSED,
                "text": text.format(limit=f"{vif_limit():g}"),
                "found": "; ".join(problems),
                "advice": advice if problems else "",
            }
        )
    table = pd.DataFrame(rows)
    return table[table["status"] != PASSED].reset_index(drop=True) if problems_only else table


def is_admissible(estimate: Estimate) -> bool:
    """Return whether no check of :func:`report` failed (cautions are allowed).

    Parameters
    ----------
    estimate : Estimate
        Of a single matrix.

    Returns
    -------
    bool

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> is_admissible(plsem.fit(r, model))
    True
    """
    return bool((report(estimate)["status"] != FAILED).all())


def _converged(estimate: Estimate) -> Iterable[str]:
    if not estimate.converged:
        yield f"{int(estimate.iterations)} iterations, tolerance {estimate.tolerance:g}"


def _defined(estimate: Estimate) -> Iterable[str]:
    model = estimate.model
    for j, name in enumerate(model.constructs):
        if not np.isfinite(estimate.outer_weights[model.slices[j]]).all():
            yield name


def _loadings(estimate: Estimate) -> Iterable[str]:
    for item, loading in zip(estimate.model.items, estimate.loadings, strict=True):
        if abs(loading) > 1 + 1e-12:
            yield f"{item} {loading:.3f}"


def _reliability(estimate: Estimate) -> Iterable[str]:
    for name, value in zip(estimate.model.constructs, estimate.rho_a, strict=True):
        if not 0 < value <= 1 + 1e-12:
            yield f"{name} {value:.3f}"


def _constructs(estimate: Estimate) -> Iterable[str]:
    r, names = estimate.construct_correlations, estimate.model.constructs
    positive = ~(estimate.rho_a <= 0) if estimate.consistent else np.ones(len(names), dtype=bool)
    for j in np.flatnonzero(~positive):
        yield f"{names[j]} has none: its rho_A is {estimate.rho_a[j]:.3f}"
    left = np.flatnonzero(positive)
    part = r[np.ix_(left, left)]
    finite = np.isfinite(part).all()
    if len(left) < 2 or (finite and (batches.pivots(part[:, :, None]) > 1e-12).all()):
        return
    # A correlation of 1 or more names itself; else the pair on which the impossible direction loads most.
    blame = np.where(np.isfinite(part), np.abs(part), -1.0)
    if finite and np.abs(np.tril(part, -1)).max() < 1.0:
        direction = np.linalg.eigh(part)[1][:, 0]
        blame = np.abs(np.outer(direction, direction) * part)
    blame[np.triu_indices(len(left))] = -2.0
    j, i = np.unravel_index(int(blame.argmax()), blame.shape)
    yield f"{names[left[j]]}, {names[left[i]]} {part[j, i]:.3f}"


def _explained(estimate: Estimate) -> Iterable[str]:
    for name, value in zip(estimate.model.constructs, estimate.r_squared, strict=True):
        if value > 1 + 1e-12:
            yield f"{name} {value:.3f}"


def _reversed(estimate: Estimate) -> Iterable[str]:
    model = estimate.model
    for j, rows in enumerate(model.slices):
        if model.factor_blocks[j]:
            own = estimate.cross_loadings[rows, j]
            for i, loading in zip(model.blocks[j], own, strict=True):
                if loading * own.sum() < 0:
                    yield f"{model.items[i]} {loading:.3f}"


def _inner_vif(estimate: Estimate) -> Iterable[str]:
    values = structural.inner_vif_last(estimate)[:, 0]
    for (source, target), value in zip(estimate.model.path_names, values, strict=True):
        if not value <= vif_limit():
            yield f"{source} -> {target} {value:.1f}"


def _outer_vif(estimate: Estimate) -> Iterable[str]:
    for item, value in zip(estimate.model.items, measurement.outer_vif_last(estimate)[:, 0], strict=True):
        if not value <= vif_limit():
            yield f"{item} {value:.1f}"


def _redundant(estimate: Estimate) -> Iterable[str]:
    if any(order.method == "repeated" for _, order in estimate.described.higher_order):
        return  # every item of a component is there twice
    reason = no_inverse(estimate.correlations, estimate.model.items, estimate.n_observations)
    if reason:
        yield reason


def _rows(estimate: Estimate) -> Iterable[str]:
    n, p = estimate.n_observations, estimate.described.n_items
    if n is not None and n <= p:
        yield f"n = {n}, p = {p}"


_OF_EARLIER_STAGES = ("defined", "reversed", "inner_vif", "outer_vif")

_FINDERS = {
    "converged": _converged,
    "defined": _defined,
    "loadings": _loadings,
    "reliability": _reliability,
    "constructs": _constructs,
    "explained": _explained,
    "reversed": _reversed,
    "inner_vif": _inner_vif,
    "outer_vif": _outer_vif,
    "redundant": _redundant,
    "rows": _rows,
}
