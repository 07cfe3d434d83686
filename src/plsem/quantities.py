"""The registry of statistics: one row each, and everything else about a statistic is read from its row.

A row says what a statistic is called and what its values are about, how it behaves (its sign, its bounds),
how it is printed, and, for those that follow from the items' correlations, the function that computes it for
a whole batch.  To add a statistic, add its row: the bootstrap, its summaries, the long tables and the readers
of printed tables follow.  Sets such as "statistics whose sign is arbitrary" are derived from the rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import measurement, model_fit, moderation, structural
from plsem.model import Model
from plsem.names import N_, nearest
from plsem.solution import Estimate
from plsem.statistic import Statistic
from plsem.views import StagedLayout, staged_layout, view_estimates

__all__ = ["STATISTICS", "Statistic", "quantities", "statistic", "statistics_of"]

FloatArray = NDArray[np.float64]
ReEstimation = Literal["fixed", "reestimated"]
_ANY = (-math.inf, math.inf)
_SIGN = (-1.0, 1.0)
_SHARE = (0.0, 1.0)
_SIZE = (0.0, math.inf)
_UP_TO_1 = (-math.inf, 1.0)


def _fit(name: str) -> Callable[[Estimate], FloatArray]:
    return lambda estimate: model_fit.fit_last(estimate, [name])[name]


_ROWS = (
    # Measurement model
    Statistic(
        "outer_weight", N_("Weight"), N_("w"), "item", _ANY,
        measurement.item_index, lambda e: e.outer_weights_last, signed=True, reported=True,
    ),
    Statistic(
        "outer_loading", N_("Loading"), N_("λ"), "item", _SIGN,
        measurement.item_index, lambda e: e.loadings_last, signed=True, reported=True, printed="unit",
    ),
    Statistic(
        "cross_loading", N_("Cross-loading"), "", "cross", _SIGN,
        measurement.cross_index, measurement.cross_loadings_last, signed=True, printed="unit",
    ),
    Statistic(
        "cronbach_alpha", N_("Cronbach's alpha"), N_("α"), "construct", _UP_TO_1,
        measurement.factor_index, measurement.cronbach_alpha_last, reported=True, printed="unit",
    ),
    Statistic(
        "cronbach_alpha_raw", N_("Cronbach's alpha, raw"), "", "construct", _UP_TO_1,
        measurement.factor_index, measurement.cronbach_alpha_raw_last,
        needs_answers=True, reported=True, printed="unit", threshold="cronbach_alpha",
    ),
    Statistic(
        "rho_a", N_("Reliability rho_A"), N_("ρA"), "construct", _ANY,
        measurement.factor_index, measurement.rho_a_last, reported=True, printed="unit",
    ),
    Statistic(
        "rho_c", N_("Composite reliability rho_C"), N_("ρC"), "construct", _SHARE,
        measurement.factor_index, measurement.rho_c_last, reported=True, printed="unit",
    ),
    Statistic(
        "ave", N_("AVE"), N_("AVE"), "construct", _SHARE,
        measurement.factor_index, measurement.ave_last, reported=True, printed="unit",
    ),
    Statistic(
        "sqrt_ave", N_("√AVE"), N_("√AVE"), "diagonal", _SHARE,
        measurement.diagonal_index, measurement.sqrt_ave_last, reported=True, printed="unit",
    ),
    Statistic(
        "construct_correlation", N_("Correlation of constructs"), N_("r"), "pair", _SIGN,
        measurement.pair_index, measurement.construct_correlations_last,
        signed=True, reported=True, printed="unit",
    ),
    Statistic(
        "htmt", N_("HTMT"), N_("HTMT"), "pair", _SIZE,
        measurement.reflective_pair_index, measurement.htmt_last, reported=True,
    ),
    Statistic(
        "htmt2", N_("HTMT2"), N_("HTMT2"), "pair", _SIZE,
        measurement.reflective_pair_index, measurement.htmt2_last,
    ),
    Statistic(
        "outer_vif", N_("Outer VIF"), "", "item", (1.0, math.inf),
        measurement.item_index, measurement.outer_vif_last,
    ),
    # Structural model
    Statistic(
        "path_coefficient", N_("Path coefficient"), N_("β"), "path", _ANY,
        structural.path_index, structural.path_coefficients_last,
        signed=True, reported=True, printed="unit",
    ),
    Statistic(
        "specific_indirect_effect", N_("Specific indirect effect"), "", "route", _ANY,
        structural.route_index, structural.specific_indirect_effects_last, signed=True, printed="unit",
    ),
    Statistic(
        "indirect_effect", N_("Indirect effect"), "", "path", _ANY,
        structural.indirect_index, structural.indirect_effects_last,
        signed=True, reported=True, printed="unit",
    ),
    Statistic(
        "total_effect", N_("Total effect"), "", "path", _ANY,
        structural.total_index, structural.total_effects_last, signed=True, reported=True, printed="unit",
    ),
    Statistic(
        "r_squared", N_("R²"), N_("R²"), "target", _SHARE,
        structural.target_index, structural.r_squared_last, reported=True, printed="unit",
    ),
    Statistic(
        "adjusted_r_squared", N_("Adjusted R²"), N_("R² adj."), "target", _UP_TO_1,
        structural.target_index, structural.adjusted_r_squared_last,
        needs_rows=True, reported=True, printed="unit", threshold="r_squared",
    ),
    Statistic(
        "f_squared", N_("f²"), N_("f²"), "path", _SIZE,
        structural.path_index, structural.f_squared_last, reported=True,
    ),
    Statistic(
        "inner_vif", N_("Inner VIF"), "", "path", (1.0, math.inf),
        structural.path_index, structural.inner_vif_last,
    ),
    Statistic(
        "interaction_effect", N_("Interaction effect"), "", "path", _ANY,
        moderation.interaction_paths, moderation.interaction_effects_last, signed=True, printed="unit",
    ),
    Statistic(
        "simple_slope", N_("Simple slope"), "", "slope", _ANY,
        moderation.slope_index, moderation.simple_slopes_last, signed=True, printed="unit",
    ),
    # Fit
    Statistic(
        "srmr", N_("SRMR"), N_("SRMR"), "fit", _SIZE,
        model_fit.index, _fit("srmr"), reported=True, printed="unit",
    ),
    Statistic("d_uls", N_("d_ULS"), N_("d_ULS"), "fit", _SIZE, model_fit.index, _fit("d_uls")),
    Statistic("d_g", N_("d_G"), N_("d_G"), "fit", _SIZE, model_fit.index, _fit("d_g"), slow=True),
    Statistic("nfi", N_("NFI"), N_("NFI"), "fit", _UP_TO_1, model_fit.index, _fit("nfi"), slow=True, printed="unit"),
    Statistic(
        "chi_square", N_("χ²"), N_("χ²"), "fit", _SIZE, model_fit.index, _fit("chi_square"), needs_rows=True, slow=True
    ),
    # What does not follow from one correlation matrix
    Statistic("efa_loading", N_("Factor loading"), N_("EFA λ"), "item", _SIGN, printed="unit"),
    Statistic("q_squared", N_("Q²"), N_("Q²"), "target", _UP_TO_1, printed="unit"),
    Statistic("q_squared_predict", N_("Q²predict"), N_("Q²"), "target", _UP_TO_1, printed="unit",
              threshold="q2_predict"),
    Statistic("full_collinearity_vif", N_("Full collinearity VIF"), "", "construct", (1.0, math.inf)),
    Statistic("bic", N_("BIC"), N_("BIC"), "target"),
    Statistic("nca_effect_size", N_("NCA effect size d"), N_("d"), "path", _SHARE, printed="unit"),
    Statistic("standard_error", N_("Standard error"), N_("SE"), "path", _SIZE, printed="unit"),
    Statistic("t_statistic", N_("t statistic"), N_("t"), "path", _SIZE),
    Statistic("p_value", N_("p value"), N_("p"), "path", _SHARE, printed="p"),
    Statistic("ci_lower", N_("Lower end of the interval"), "", "path", printed="unit"),
    Statistic("ci_upper", N_("Upper end of the interval"), "", "path", printed="unit"),
    Statistic("decision", N_("Decision"), "", "path", printed="word"),
    Statistic("composite_reliability", N_("Composite reliability (as printed)"), N_("CR"), "construct", _ANY,
              printed="unit", threshold="rho_c"),
    Statistic(
        "htmt_diagonal", N_("HTMT (diagonal)"), "", "diagonal", _SIZE,
        undefined=N_("HTMT compares two different constructs; it has no diagonal"),
    ),
    Statistic("n_items", N_("Items"), N_("Items"), "count", _SIZE, printed="count", decimals=0),
    Statistic("n_items_retained", N_("Items retained"), N_("Retained"), "count", _SIZE, printed="count", decimals=0),
    Statistic("sample_size", N_("Sample size n"), "", "sample", _SIZE, printed="count", decimals=0),
)  # fmt: skip

STATISTICS: Mapping[str, Statistic] = {row.name: row for row in _ROWS}
"""Every statistic by its name."""

QUANTITIES: Mapping[str, Statistic] = {name: row for name, row in STATISTICS.items() if row.computed}
"""Those that follow from the items' correlations, in the order of long tables."""


def _names(holds: Callable[[Statistic], bool]) -> frozenset[str]:
    return frozenset(name for name, row in STATISTICS.items() if holds(row))


SIGNED = _names(lambda row: row.signed)
"""Statistics whose sign depends on how the constructs are oriented."""

SYMMETRIC = _names(lambda row: row.symmetric)
"""Statistics of two constructs that do not depend on their order."""

BY_TARGET = _names(lambda row: row.by_target)
"""Statistics of an endogenous construct, which stands in ``column``."""

FIT = _names(lambda row: row.kind == "fit")
"""Statistics of the whole model, one value a fit variant."""

COUNTS = _names(lambda row: row.printed == "count")
"""Whole numbers, printed exactly."""

OF_MEASUREMENT = tuple(
    name for name, row in QUANTITIES.items() if row.kind in ("item", "cross", "construct", "diagonal", "pair")
)
"""The statistics of the measurement model."""

OF_PRODUCTS = frozenset({"interaction_effect", "simple_slope"})
"""Those that only a model with products has."""

SLOW = _names(lambda row: row.slow)
REPORT = tuple(name for name, row in STATISTICS.items() if row.reported)
"""What a PLS-SEM report usually prints; cheap to compute."""


def statistic(name: str) -> Statistic:
    """Return the row of a statistic.

    Parameters
    ----------
    name : str

    Returns
    -------
    Statistic

    Raises
    ------
    KeyError
        If there is none; the message names the nearest.

    Examples
    --------
    >>> statistic("htmt").symmetric, statistic("outer_loading").about("x1", "X")
    (True, 'x1 <- X')
    """
    if name not in STATISTICS:
        raise KeyError(f"no statistic {name!r}{nearest(name, STATISTICS)}")
    return STATISTICS[name]


def about(name: str, row: str, column: str) -> str:
    """Return what one value of a long table is about, also for a statistic that is not in the registry."""
    known = STATISTICS.get(name)
    return known.about(row, column) if known else " <-> ".join(part for part in (row, column) if part)


def places(name: str, row: str, column: str) -> tuple[tuple[str, str], ...]:
    """Return the rows and columns under which one figure may stand in a long table, as given first.

    A symmetric pair stands in either order, a target's figure under the target alone or beside any source, a
    diagonal's under its construct once or twice.

    Examples
    --------
    >>> places("htmt", "A", "B"), places("r_squared", "A", "B")
    ((('A', 'B'), ('B', 'A')), (('A', 'B'), ('', 'B'), ('B', '')))
    >>> places("path_coefficient", "A", "B"), places("sqrt_ave", "A", "")
    ((('A', 'B'),), (('A', ''), ('A', 'A')))
    """
    known, found = STATISTICS.get(name), [(row, column)]
    if known is None:
        return tuple(found)
    if known.symmetric:
        found.append((column, row))
    if known.by_target:
        found += [("", column or row), (column or row, "")]
    if known.kind == "diagonal":
        found += [(row, ""), (row, row)]
    return tuple(dict.fromkeys(found))


def statistics_of(
    include: str | Iterable[str],
    *,
    rows_known: bool = True,
    answers_known: bool = True,
    model: Model | None = None,
) -> tuple[str, ...]:
    """Return the statistics' names that ``include`` of :func:`quantities` stands for, in fixed order.

    Parameters
    ----------
    include : str or iterable of str
        ``"all"``, ``"fast"``, ``"report"``, a name or names.
    rows_known, answers_known : bool
        Groups leave out what needs the number of rows, or the answers themselves, where they are not known.
    model : Model, optional
        Groups leave out the specific indirect effects of a model that has too many routes to list.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        If a name or group is unknown; the message names the nearest.

    Examples
    --------
    >>> statistics_of(["rho_c", "htmt"])
    ('rho_c', 'htmt')
    """
    groups = {"all": set(QUANTITIES), "fast": set(QUANTITIES) - SLOW, "report": set(REPORT)}
    if isinstance(include, str) and include in groups:
        chosen = {
            name
            for name in groups[include]
            if (rows_known or not QUANTITIES[name].needs_rows)
            and (answers_known or not QUANTITIES[name].needs_answers)
        }
        if model is not None and not structural.routes_can_be_listed(model):
            chosen.discard("specific_indirect_effect")
    else:
        chosen = {include} if isinstance(include, str) else set(include)
        for name in sorted(chosen - set(QUANTITIES)):
            raise ValueError(f"no statistic {name!r}{nearest(name, [*QUANTITIES, *groups])}")
    return tuple(name for name in QUANTITIES if name in chosen)


@lru_cache(maxsize=64)
def _layout(model: Model, names: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[slice, ...]]:
    rows: list[tuple[str, str, str]] = []
    slices: list[slice] = []
    for name in names:
        indexed = QUANTITIES[name].index
        assert indexed is not None
        index = indexed(model)
        slices.append(slice(len(rows), len(rows) + len(index)))
        rows += [(name, row, column) for row, column in index]
    return pd.DataFrame(rows, columns=["statistic", "row", "column"], dtype=str), tuple(slices)


@lru_cache(maxsize=64)
def _staged_layout(model: Model, names: tuple[str, ...]) -> StagedLayout:
    return staged_layout(model, names, OF_PRODUCTS, lambda *key: _layout(*key)[0])


def labels_of(model: Model, names: Iterable[str]) -> pd.DataFrame:
    """Return statistic, row and column of every value of some statistics of a model."""
    chosen = tuple(name for name in QUANTITIES if name in set(names))
    return (_staged_layout(model, chosen).labels if model.composed else _layout(model, chosen)[0]).copy()


def quantities(
    estimate: Estimate, *, include: str | Iterable[str] = "all", f_squared: ReEstimation = "fixed"
) -> tuple[pd.DataFrame, FloatArray]:
    """Return every statistic of the measurement and the structural model.

    Parameters
    ----------
    estimate : Estimate
        Of one matrix or of a batch.
    include : str or iterable of str
        ``"all"``; ``"fast"`` (without d_G, NFI and χ²); ``"report"`` (:data:`REPORT`); or the names of
        statistics, keys of :data:`QUANTITIES`.
    f_squared : {"fixed", "reestimated"}
        See :func:`plsem.structural.f_squared_last`.

    Returns
    -------
    labels : DataFrame
        One row a quantity: statistic, row, column.  They depend on the model and ``include`` only.
    values : ndarray, (..., q)
        NaN where a matrix has no solution.

    Raises
    ------
    ValueError
        If a name in ``include`` is unknown, or adjusted R², χ² or raw alpha is asked for by name and the
        estimate does not know its number of rows or the answers (the groups leave them out then).

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> labels, values = quantities(plsem.fit(r, model), include=["ave", "path_coefficient"])
    >>> labels.assign(value=values.round(3))
              statistic row column  value
    0               ave   X         0.800
    1               ave   Y         0.800
    2  path_coefficient   X      Y  0.375
    """
    names = statistics_of(
        include,
        rows_known=estimate.n_observations is not None,
        answers_known=estimate.deviations_last is not None,
        model=estimate.model,
    )
    if estimate.description is not None:
        layout = _staged_layout(estimate.description, names)
        parts = [
            _values(one, asked, f_squared)[rows]
            for one, (asked, rows) in zip(view_estimates(estimate), layout.taken, strict=True)
        ]
        parts += [_computed(name, estimate) for name in names if name in OF_PRODUCTS]
        return layout.labels.copy(), estimate.leading(np.concatenate(parts)[layout.order])
    return _layout(estimate.model, names)[0].copy(), estimate.leading(_values(estimate, names, f_squared))


def _computed(name: str, estimate: Estimate) -> FloatArray:
    compute = QUANTITIES[name].compute
    return compute(estimate) if compute is not None else np.empty(0)


def _values(estimate: Estimate, names: tuple[str, ...], f_squared: ReEstimation) -> FloatArray:
    """Return the statistics of a plain model, (q, B)."""
    labels, slices = _layout(estimate.model, names)
    values = np.empty((len(labels), estimate.outer_weights_last.shape[-1]))
    fit = model_fit.fit_last(estimate, names)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for name, part in zip(names, slices, strict=True):
            if name in fit:  # computed together: they share the implied matrices
                values[part] = fit[name]
            elif name == "f_squared":
                values[part] = structural.f_squared_last(estimate, method=f_squared)
            else:
                values[part] = _computed(name, estimate)
    return values


def long_table(
    estimate: Estimate, *, include: str | Iterable[str] = "all", f_squared: ReEstimation = "fixed"
) -> pd.DataFrame:
    """Return the statistics of one estimate as a long table: statistic, row, column, value."""
    measurement.single(estimate)
    labels, values = quantities(estimate, include=include, f_squared=f_squared)
    return labels.assign(value=values)
