"""Reliability, convergent and discriminant validity of the measurement model, for whole batches.

Every function takes a :class:`~plsem.estimator.Estimate`.  Those that end in ``_last`` return arrays
with the batch on the last axis; the others return labelled tables of a single estimate.  Formulae and
the choices that packages make differently stand in ``docs/definitions.md``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import batches, kernels
from plsem.inputs import item_matrix
from plsem.model import Model
from plsem.solution import Estimate

__all__ = [
    "cronbach_alpha_raw",
    "cross_loadings",
    "fornell_larcker",
    "htmt_table",
    "outer_model",
    "reliability",
]

FloatArray = NDArray[np.float64]
Index = list[tuple[str, str]]


def cronbach_alpha_last(estimate: Estimate) -> FloatArray:
    """Return standardised alpha of each Mode A block with two items or more, ``(m, B)``; see :func:`reliability`."""
    rows = []
    for items in _factor_items(estimate.model):
        m = len(items)
        mean = batches.total(_pairs(estimate, items)) / (m * (m - 1) / 2)
        rows.append(m * mean / (1 + (m - 1) * mean))
    return _stack(rows, estimate)


def cronbach_alpha_raw_last(estimate: Estimate) -> FloatArray:
    """Return raw alpha of each Mode A block with two items or more, ``(m, B)``; see :func:`cronbach_alpha_raw`.

    Raises
    ------
    ValueError
        If the estimate does not know the items' standard deviations (it came from a correlation matrix).
    """
    if estimate.deviations_last is None:
        raise ValueError("raw alpha needs the answers: fit(data, model), not a correlation matrix")
    rows = []
    for items in _factor_items(estimate.model):
        s = estimate.deviations_last[items]
        first, second = np.triu_indices(len(items), 1)
        own = batches.total(s * s)
        shared = 2.0 * batches.total(s[first] * s[second] * _pairs(estimate, items))
        rows.append(len(items) / (len(items) - 1) * shared / (own + shared))
    return _stack(rows, estimate)


def rho_a_last(estimate: Estimate) -> FloatArray:
    """Return rho_A of each Mode A block with two items or more, ``(m, B)``; see :func:`reliability`."""
    return np.asarray(estimate.rho_a_last[_factors(estimate.model)])


def rho_c_last(estimate: Estimate) -> FloatArray:
    """Return composite reliability of each Mode A block with two items or more, ``(m, B)``; see :func:`reliability`."""
    rows = []
    for items in _factor_items(estimate.model):
        loadings = estimate.loadings_last[items]
        common = batches.total(loadings) ** 2
        rows.append(common / (common + batches.total(1 - loadings**2)))
    return _stack(rows, estimate)


def ave_last(estimate: Estimate) -> FloatArray:
    """Return the mean squared loading of each Mode A block with two items or more, ``(m, B)``."""
    rows = [
        batches.total(estimate.loadings_last[items] ** 2) / len(items)
        for items in _factor_items(estimate.model)
    ]
    return _stack(rows, estimate)


def sqrt_ave_last(estimate: Estimate) -> FloatArray:
    """Return the root of AVE, which Fornell and Larcker (1981) compare with correlations, ``(m, B)``."""
    return np.asarray(np.sqrt(ave_last(estimate)))


def construct_correlations_last(estimate: Estimate) -> FloatArray:
    """Return the correlation of each pair of constructs, later one first, ``(k(k−1)/2, B)``."""
    rows, columns = np.tril_indices(estimate.model.n_constructs, -1)
    return np.asarray(estimate.construct_correlations_last[rows, columns])


def htmt_last(estimate: Estimate, *, signed: bool = False) -> FloatArray:
    r"""Return the heterotrait-monotrait ratio of each pair of reflective constructs, ``(m, B)``.

    :math:`\overline{|r_{ij}|} / \sqrt{\overline{|r_{ii}|}\,\overline{|r_{jj}|}}`: mean absolute
    correlation between the two blocks over the geometric mean of those within (Henseler, Ringle &
    Sarstedt 2015).  A single item has a mean of 1 within.

    Parameters
    ----------
    estimate : Estimate
    signed : bool
        Average the correlations with their signs, and take the size of the mean between blocks, as the
        original article.  Reversed items then make the ratio meaningless.
    """

    def mean(r: FloatArray) -> FloatArray:
        return batches.total(r if signed else np.abs(r)) / len(r)

    return _ratio(estimate, mean)


def htmt2_last(estimate: Estimate) -> FloatArray:
    """Return HTMT2, the ratio of geometric means of absolute correlations, ``(m, B)``.

    Roemer, Schuberth and Henseler (2021).  Suited to items with unequal loadings.  0 where a correlation
    between the blocks is exactly 0, NaN where one within a block is.
    """

    def mean(r: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray(np.exp(batches.total(np.log(np.abs(batches.exact_zeros(r)))) / len(r)))

    return _ratio(estimate, mean)


def outer_vif_last(estimate: Estimate) -> FloatArray:
    """Return each item's variance inflation factor within its block, ``(p, B)``; 1 for a single item.

    Infinite where the block has redundant items.
    """
    vif = np.empty_like(estimate.outer_weights_last)
    with np.errstate(divide="ignore", invalid="ignore"):
        for j, rows in enumerate(estimate.model.slices):
            vif[rows] = batches.inflation(kernels.block_matrix(estimate.model, estimate.packed_last, j))
    return vif


def _ratio(estimate: Estimate, mean: Callable[[FloatArray], FloatArray]) -> FloatArray:
    model = estimate.model
    chosen = _reflective(model)
    within = {
        j: mean(_pairs(estimate, list(model.blocks[j]))) if len(model.blocks[j]) > 1 else None for j in chosen
    }
    rows = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for x, j in enumerate(chosen):
            for other in chosen[:x]:
                places = model.pair_index[np.ix_(model.blocks[j], model.blocks[other])].ravel()
                ratio = np.abs(mean(estimate.packed_last[places]))
                product = [w for w in (within[j], within[other]) if w is not None]
                if product:
                    within_both = product[0] if len(product) == 1 else product[0] * product[1]
                    ratio = np.where(within_both > 0, ratio / np.sqrt(within_both), np.nan)
                rows.append(ratio)
    return _stack(rows, estimate)


def _factors(model: Model) -> list[int]:
    return [j for j in range(model.n_constructs) if model.factor_blocks[j]]


def _reflective(model: Model) -> list[int]:
    return [j for j in range(model.n_constructs) if model.factor_blocks[j] or len(model.blocks[j]) == 1]


def _factor_items(model: Model) -> list[list[int]]:
    return [list(model.blocks[j]) for j in _factors(model)]


def _pairs(estimate: Estimate, items: list[int]) -> FloatArray:
    """Return the correlations of all pairs of items of a block, ``(m(m−1)/2, B)``."""
    rows, columns = np.triu_indices(len(items), 1)
    index = estimate.model.pair_index[np.ix_(items, items)][rows, columns]
    return np.asarray(estimate.packed_last[index])


def _stack(rows: list[FloatArray], estimate: Estimate) -> FloatArray:
    return np.stack(rows) if rows else np.empty((0, estimate.outer_weights_last.shape[1]))


def item_index(model: Model) -> Index:
    """Return each item with its construct."""
    return [(item, model.constructs[j]) for item, j in zip(model.items, model.construct_of, strict=True)]


def cross_index(model: Model) -> Index:
    """Return each item with every construct."""
    return [(item, construct) for item in model.items for construct in model.constructs]


def factor_index(model: Model) -> Index:
    """Return each Mode A block with two items or more, as a row without a column."""
    return [(model.constructs[j], "") for j in _factors(model)]


def diagonal_index(model: Model) -> Index:
    """Return each Mode A block with two items or more, as row and as column."""
    return [(model.constructs[j], model.constructs[j]) for j in _factors(model)]


def pair_index(model: Model) -> Index:
    """Return each pair of constructs, the later one first."""
    names = model.constructs
    return [(names[j], names[i]) for j in range(len(names)) for i in range(j)]


def reflective_pair_index(model: Model) -> Index:
    """Return each pair of reflective constructs (Mode A or a single item), the later one first."""
    names = [model.constructs[j] for j in _reflective(model)]
    return [(names[j], names[i]) for j in range(len(names)) for i in range(j)]


def cross_loadings_last(estimate: Estimate) -> FloatArray:
    """Return the correlation of each item with every construct score, item by item, ``(pk, B)``."""
    p, k, size = estimate.cross_loadings_last.shape
    return estimate.cross_loadings_last.reshape(p * k, size)


def single(estimate: Estimate) -> None:
    """Raise ValueError unless the estimate is of one matrix: tables have no room for a batch."""
    if estimate.batch_shape:
        raise ValueError(f"a table needs the estimate of one matrix, found batch {estimate.batch_shape}")


def outer_model(estimate: Estimate) -> pd.DataFrame:
    """Return construct, mode, weight, loading and VIF of each item (index).

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    DataFrame
        VIF: the diagonal of the inverse of the block's correlations.

    Notes
    -----
    In R: ``summary(model)`` of seminr: ``weights``, ``loadings`` and ``validity$vif_items``.

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> outer_model(plsem.fit(r, model)).round(2)
         construct mode  outer_weight  outer_loading  outer_vif
    item
    x1           X    A          0.56           0.89       1.56
    x2           X    A          0.56           0.89       1.56
    y1           Y    A          0.56           0.89       1.56
    y2           Y    A          0.56           0.89       1.56
    """
    single(estimate)
    model = estimate.model
    return pd.DataFrame(
        {
            "construct": [model.constructs[j] for j in model.construct_of],
            "mode": [model.modes[j] for j in model.construct_of],
            "outer_weight": estimate.outer_weights,
            "outer_loading": estimate.loadings,
            "outer_vif": outer_vif_last(estimate)[:, 0],
        },
        index=pd.Index(model.items, name="item"),
    )


def cross_loadings(estimate: Estimate) -> pd.DataFrame:
    """Return the correlations of items (index) and construct scores (columns).

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    DataFrame, (p, k)
        Between −1 and 1; under PLSc, too, correlations with the scores.

    Notes
    -----
    In R: ``summary(model)$validity$cross_loadings`` of seminr.

    References
    ----------
    Chin (1998).

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> cross_loadings(plsem.fit(r, model)).round(3)
    construct      X      Y
    item
    x1         0.894  0.335
    x2         0.894  0.335
    y1         0.335  0.894
    y2         0.335  0.894
    """
    single(estimate)
    model = estimate.model
    return pd.DataFrame(
        estimate.cross_loadings,
        index=pd.Index(model.items, name="item"),
        columns=pd.Index(model.constructs, name="construct"),
    )


def reliability(estimate: Estimate) -> pd.DataFrame:
    r"""Return alpha (standardised), rho_A, rho_C and AVE of each construct (index).

    A single item has 1 throughout, by definition and not by evidence.  A Mode B block has rho_A 1 (its
    score is taken as free of error) and NaN elsewhere: internal consistency is not asked of its items.

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    DataFrame

    Notes
    -----
    With λ the loadings, w the weights, S the block's correlations and r̄ their mean:
    :math:`\alpha = K \bar r / (1 + (K - 1) \bar r)` (Cronbach 1951);
    :math:`\rho_A = (w'w)^2\, w'(S - \mathrm{diag}\,S)w \,/\, w'(ww' - \mathrm{diag}\,ww')w` (Dijkstra & Henseler 2015);
    :math:`\rho_C = (\sum\lambda)^2 / ((\sum\lambda)^2 + \sum(1 - \lambda^2))` (Jöreskog 1971);
    :math:`AVE = \sum\lambda^2 / K` (Fornell & Larcker 1981).

    In R: ``summary(model)$reliability`` of seminr, ``cSEM::assess``.

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> reliability(plsem.fit(r, model)).round(3)
               cronbach_alpha  rho_a  rho_c  ave
    construct
    X                    0.75   0.75  0.889  0.8
    Y                    0.75   0.75  0.889  0.8
    """
    single(estimate)
    model = estimate.model
    columns = {
        "cronbach_alpha": cronbach_alpha_last,
        "rho_a": rho_a_last,
        "rho_c": rho_c_last,
        "ave": ave_last,
    }
    values = np.full((model.n_constructs, len(columns)), np.nan)
    values[_factors(model)] = np.column_stack([function(estimate)[:, 0] for function in columns.values()])
    values[[len(block) == 1 for block in model.blocks]] = 1.0
    table = pd.DataFrame(values, index=pd.Index(model.constructs, name="construct"), columns=list(columns))
    table["rho_a"] = estimate.rho_a
    return table


def fornell_larcker(estimate: Estimate) -> pd.DataFrame:
    """Return construct correlations below the diagonal and the root of AVE on it.

    The diagonal is NaN for a Mode B block.

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    DataFrame, (k, k)

    Notes
    -----
    In R: ``summary(model)$validity$fl_criteria`` of seminr.

    References
    ----------
    Fornell, C., & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and
    measurement error. Journal of Marketing Research, 18(1), 39–50.

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> fornell_larcker(plsem.fit(r, model)).round(3)
    construct      X      Y
    construct
    X          0.894    NaN
    Y          0.375  0.894
    """
    single(estimate)
    table = np.where(np.tri(estimate.model.n_constructs, dtype=bool), estimate.construct_correlations, np.nan)
    np.fill_diagonal(table, np.sqrt(reliability(estimate)["ave"].to_numpy()))
    return _square(table, estimate.model.constructs)


def htmt_table(estimate: Estimate, *, geometric: bool = False, signed: bool = False) -> pd.DataFrame:
    """Return HTMT (or HTMT2 where ``geometric``) below the diagonal; Mode B blocks are left out.

    Parameters
    ----------
    estimate : Estimate
    geometric : bool
        HTMT2: geometric means in place of arithmetic ones.
    signed : bool
        Means of correlations as they are, not of their absolute values.

    Returns
    -------
    DataFrame, (m, m)

    Raises
    ------
    ValueError
        If both ``geometric`` and ``signed`` are asked for.

    Notes
    -----
    The mean |r| of items of two constructs over the root of the product of the mean |r| within each (Henseler, Ringle &
    Sarstedt 2015; HTMT2: Roemer, Schuberth & Henseler 2021).

    In R: ``summary(model)$validity$htmt`` of seminr; ``cSEM::calculateHTMT``, ``semTools::htmt``.

    Examples
    --------
    >>> import plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> htmt_table(plsem.fit(r, model)).round(3)
    construct    X   Y
    construct
    X          NaN NaN
    Y          0.5 NaN
    """
    single(estimate)
    if geometric and signed:
        raise ValueError("HTMT2 takes absolute correlations; geometric and signed exclude each other")
    values = (htmt2_last(estimate) if geometric else htmt_last(estimate, signed=signed))[:, 0]
    names = tuple(estimate.model.constructs[j] for j in _reflective(estimate.model))
    table = np.full((len(names), len(names)), np.nan)
    table[np.tril_indices(len(names), -1)] = values
    return _square(table, names)


def cronbach_alpha_raw(data: pd.DataFrame, model: Model) -> pd.Series:
    r"""Return raw alpha from covariances, :math:`\frac{K}{K-1}(1 - \sum s_i^2 / s_{sum}^2)`.

    Parameters
    ----------
    data : DataFrame
        One row a respondent; checked as :func:`plsem.inputs.item_matrix` does.
    model : Model

    Returns
    -------
    Series
        By construct; 1 for single items, NaN for Mode B blocks (Cronbach 1951).

    Notes
    -----
    In R: ``psych::alpha``: ``raw_alpha``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
    >>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
    >>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
    >>> cronbach_alpha_raw(data, model).round(2).to_dict()
    {'X': 0.61, 'Y': 0.68}
    """
    x = item_matrix(data, model)
    values = []
    for j, rows in enumerate(model.slices):
        m = len(model.blocks[j])
        if not model.factor_blocks[j]:
            values.append(1.0 if m == 1 else np.nan)
            continue
        block = x[:, rows]
        values.append(m / (m - 1) * (1 - block.var(axis=0, ddof=1).sum() / block.sum(axis=1).var(ddof=1)))
    return pd.Series(values, index=pd.Index(model.constructs, name="construct"), name="cronbach_alpha_raw")


def _square(table: FloatArray, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        table, index=pd.Index(names, name="construct"), columns=pd.Index(names, name="construct")
    )
