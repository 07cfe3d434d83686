"""Which stage of a model gives which of its statistics.

A plain model has one view, itself.  With second-order constructs, the items of the components are measured in
the first stage and the second-order constructs in the last; under repeated indicators and in the embedded
approach these are assessed by the scores of their components beside the other constructs' items (Sarstedt et
al. 2019), not by the repeated items, which would count each item twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.model import Model
from plsem.solution import Estimate
from plsem.stages import expand

FloatArray = NDArray[np.float64]

OF_ITEMS = frozenset({"outer_weight", "outer_loading", "outer_vif", "cross_loading"})
OF_FACTORS = frozenset({"cronbach_alpha", "rho_a", "rho_c", "ave", "sqrt_ave"})
OF_PAIRS = frozenset({"htmt", "htmt2"})
OF_FIT = frozenset({"srmr", "d_uls", "d_g", "nfi", "chi_square"})


@dataclass(frozen=True, slots=True)
class View:
    """A plain model that some statistics are read from.

    Parameters
    ----------
    model : Model
    keep : callable, optional
        (statistic, row, column) → whether the value is read here.  None: every value.
    """

    model: Model
    keep: Callable[[str, str, str], bool] | None = None


@lru_cache(maxsize=64)
def views(model: Model) -> tuple[View, ...]:
    """Return the views of a model as described."""
    plan = expand(model)
    if not model.composed:
        return (View(model),)
    products = frozenset(name for name, _ in model.products)
    if not model.higher_order:
        return (View(plan.final, lambda s, r, c: not _about_products(s, r, c, products)),)
    orders = dict(model.higher_order)
    components = frozenset(c for order in orders.values() for c in order.components)
    method = model.higher_order[0][1].method
    if method == "two_stage":
        first = View(plan.stages[0].model, _of_components(plan.stages[0].model, components))
        return first, View(plan.final, lambda s, r, c: not _about_products(s, r, c, products))
    lower = plan.stages[0].model if method == "embedded" else plan.final
    own = frozenset(c for c in lower.constructs if c not in orders and c not in products)
    items = frozenset(lower.items[i] for c in own for i in lower.blocks[lower.position(c)])
    return (
        View(lower, _of_first_order(own, items)),
        View(_assessment_model(model), _of_second_order(orders, components, method)),
        View(plan.final, _of_structure(own, items, products, method)),
    )


@dataclass(frozen=True, slots=True)
class StagedLayout:
    """Where the statistics of a model in stages come from.

    Parameters
    ----------
    labels : DataFrame
        statistic, row, column of every value.
    taken : tuple of (tuple of str, ndarray of int)
        For each view the statistics to compute, and the rows of their values that are taken.
    order : ndarray of int
        Brings the rows taken, view after view, and those of products into the order of the labels.
    """

    labels: pd.DataFrame
    taken: tuple[tuple[tuple[str, ...], NDArray[np.intp]], ...]
    order: NDArray[np.intp]


def staged_layout(
    model: Model,
    names: tuple[str, ...],
    of_products: Collection[str],
    layout: Callable[[Model, tuple[str, ...]], pd.DataFrame],
) -> StagedLayout:
    """Lay out the statistics of a model in stages.

    Parameters
    ----------
    model : Model
        As described.
    names : tuple of str
        Statistics, in their order.
    of_products : collection of str
        Those that are read from the estimate as a whole, behind all views.
    layout : callable
        (plain model, statistics) → labels.
    """
    parts, taken = [], []
    for view in views(model):
        of_view = tuple(name for name in names if name not in of_products)
        keep = view.keep or (lambda *_: True)
        whole = layout(view.model, of_view)
        kept = {key[0] for key in whole.itertuples(index=False, name=None) if keep(*key)}
        asked = tuple(name for name in of_view if name in kept)
        labels = layout(view.model, asked)
        rows = np.flatnonzero([keep(*key) for key in labels.itertuples(index=False, name=None)])
        taken.append((asked, rows))
        parts.append(labels.iloc[rows])
    parts.append(layout(model, tuple(name for name in names if name in of_products)))
    labels = pd.concat(parts, ignore_index=True)
    order = np.argsort(labels["statistic"].map(names.index).to_numpy(dtype=np.intp), kind="stable")
    return StagedLayout(labels.iloc[order].reset_index(drop=True), tuple(taken), order)


def view_estimates(estimate: Estimate) -> tuple[Estimate, ...]:
    """Return the estimate behind each of :func:`views`, in their order."""
    model = estimate.described
    found = []
    for view in views(model):
        if view.model is estimate.model or view.model == estimate.model:
            found.append(estimate)
        elif view.keep is not None and view.model == _earlier_model(estimate):
            found.append(estimate.earlier[0])
        else:
            found.append(assessment(estimate))
    return tuple(found)


def _earlier_model(estimate: Estimate) -> Model | None:
    return estimate.earlier[0].model if estimate.earlier else None


def _about_products(statistic: str, row: str, column: str, products: frozenset[str]) -> bool:
    """Reliability and discriminant validity are not asked of a product of constructs."""
    return statistic in OF_FACTORS | OF_PAIRS and bool(products & {row, column})


def _of_components(model: Model, components: frozenset[str]) -> Callable[[str, str, str], bool]:
    items = frozenset(model.items[i] for c in components for i in model.blocks[model.position(c)])

    def keep(statistic: str, row: str, column: str) -> bool:
        if statistic in OF_ITEMS:
            return row in items
        if statistic in OF_FACTORS:
            return row in components
        return statistic in OF_PAIRS | {"construct_correlation"} and bool(components & {row, column})

    return keep


def _of_first_order(own: frozenset[str], items: frozenset[str]) -> Callable[[str, str, str], bool]:
    def keep(statistic: str, row: str, column: str) -> bool:
        if statistic in OF_ITEMS:
            return row in items and column in own
        if statistic in OF_FACTORS:
            return row in own
        return statistic in OF_PAIRS | {"construct_correlation"} and own >= {row, column}

    return keep


def _of_second_order(
    orders: Mapping[str, object], components: frozenset[str], method: str
) -> Callable[[str, str, str], bool]:
    exact = frozenset({"outer_weight", "rho_a"}) if method == "embedded" else frozenset()

    def keep(statistic: str, row: str, column: str) -> bool:
        if statistic in {"outer_loading", "outer_vif"} | (exact & OF_ITEMS):
            return row in components
        if statistic in OF_FACTORS - {"rho_a"} | (exact & OF_FACTORS):
            return row in orders
        return statistic in OF_PAIRS and bool({row, column} & orders.keys())

    return keep


def _of_structure(
    own: frozenset[str], items: frozenset[str], products: frozenset[str], method: str
) -> Callable[[str, str, str], bool]:
    def keep(statistic: str, row: str, column: str) -> bool:
        if statistic in OF_ITEMS:
            return column in products and row not in items and statistic != "cross_loading"
        if statistic in OF_FACTORS | OF_PAIRS:
            return False
        if statistic == "construct_correlation":
            return not own >= {row, column}
        return not (statistic in OF_FIT and method == "repeated")

    return keep


@lru_cache(maxsize=64)
def _assessment_model(model: Model) -> Model:
    """Return the model in which second-order constructs have scores as items and the others their own items."""
    orders = dict(model.higher_order)
    owner = {c: name for name, order in orders.items() for c in order.components}
    blocks: dict[str, tuple[str, ...]] = {}
    for construct, block in zip(model.constructs, model.blocks, strict=True):
        if construct in owner:
            blocks.setdefault(owner[construct], orders[owner[construct]].components)
        elif block:
            blocks[construct] = tuple(model.items[i] for i in block)
    products = dict(model.products)
    modes = dict(zip(model.constructs, model.modes, strict=True))
    return Model(
        blocks, [q for q in model.path_names if q[0] not in products], modes={c: modes[c] for c in blocks}
    )


def assessment(estimate: Estimate) -> Estimate:
    """Return what second-order constructs are assessed by, where their last stage does not hold it.

    Correlations of component scores and of the other constructs' items; the loadings are the correlations
    of these with their constructs' scores, the weights those of the last stage (embedded) or NaN (repeated).
    Paths are NaN.
    """
    model = _assessment_model(estimate.described)
    base = (
        estimate.earlier[0]
        if estimate.earlier and estimate.described.higher_order[0][1].method == "embedded"
        else estimate
    )
    lower = base.model
    components = {c for _, order in estimate.described.higher_order for c in order.components}
    size = base.outer_weights_last.shape[-1]
    p, k = model.n_items, model.n_constructs
    full = np.ones((p, p, size))
    for i, one in enumerate(model.items):
        for j, other in enumerate(model.items[:i]):
            full[i, j] = full[j, i] = _correlation(base, one, other, components)
    rows, columns = np.triu_indices(p, 1)
    loadings = np.empty((p, size))
    weights = np.full((p, size), np.nan)
    for i, item in enumerate(model.items):
        construct = model.constructs[model.construct_of[i]]
        if item not in components:
            at = lower.items.index(item)
            loadings[i], weights[i] = base.loadings_last[at], base.outer_weights_last[at]
        elif base is estimate:
            loadings[i] = base.construct_correlations_last[lower.position(item), lower.position(construct)]
        else:
            at = estimate.model.items.index(item)
            loadings[i], weights[i] = estimate.loadings_last[at], estimate.outer_weights_last[at]
    rho_a = np.full((k, size), np.nan)
    for j, construct in enumerate(model.constructs):
        if base is not estimate:
            rho_a[j] = estimate.rho_a_last[estimate.model.position(construct)]
    return replace(
        base,
        model=model,
        description=None,
        earlier=(),
        item_scales_last=None,
        packed_last=full[rows, columns],
        outer_weights_last=weights,
        loadings_last=loadings,
        cross_loadings_last=np.full((p, k, size), np.nan),
        construct_correlations_last=np.full((k, k, size), np.nan),
        path_coefficients_last=np.full((k, k, size), np.nan),
        r_squared_last=np.full((k, size), np.nan),
        rho_a_last=rho_a,
    )


def _correlation(base: Estimate, one: str, other: str, components: set[str]) -> FloatArray:
    """Return the correlation of two items or component scores, (B,)."""
    model = base.model
    if one in components and other in components:
        return np.asarray(base.construct_correlations_last[model.position(one), model.position(other)])
    if one in components:
        one, other = other, one
    if other in components:
        return np.asarray(base.cross_loadings_last[model.items.index(one), model.position(other)])
    return np.asarray(base.packed_last[model.pair_index[model.items.index(one), model.items.index(other)]])
