"""Importance–performance map analysis (IPMA): what to improve first.

Importance is a predecessor's total effect on the target in unstandardised terms, performance its
mean score on a scale from 0 to 100 (Ringle & Sarstedt, 2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from plsem.names import nearest
from plsem.solution import Estimate
from plsem.structural import route_exists

__all__ = ["importance_performance"]


def importance_performance(
    data: pd.DataFrame,
    estimate: Estimate,
    *,
    minimum: float | Mapping[str, float],
    maximum: float | Mapping[str, float],
    targets: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return importance and performance of every construct and item that leads to a target.

    With the items rescaled to 0–100 by the scale's ends, ``x* = 100 (x − min) / (max − min)``, and the
    outer weights divided by the items' standard deviations and scaled to sum to 1,
    ``v = (w / s*) / Σ (w / s*)``, a construct's score is ``Σ v x*``.  Its performance is the mean
    score.  Its importance is the total effect in the model with coefficients ``β sd(target) /
    sd(source)``: the points by which the target's performance rises with one point of its own.  An
    item's performance is the mean of ``x*`` and its importance ``v`` times that of its construct.
    β are the regressions of these scores, also after PLSc, whose corrected paths are not about them.

    Parameters
    ----------
    data : DataFrame, (n, items)
        The answers that were estimated on; other columns are ignored.
    estimate : Estimate
        One estimate (not a batch).
    minimum, maximum : float or mapping of item to float
        Ends of the answer scale, not of the answers found.
    targets : sequence of str, optional
        Endogenous constructs; default: all.

    Returns
    -------
    DataFrame
        ``target, level`` ("construct" or "item"), ``name, construct, importance, performance, weight``
        (v; NaN for constructs), ``standardized_importance`` (the standardised total effect; for an item
        times its weight) and ``target_performance``.

    Raises
    ------
    ValueError
        If the estimate is a batch, a target has no predecessor, an item is missing from the data, has
        empty cells, lies outside its scale or does not vary, or a construct's weights do not sum to a
        positive number (items in opposite directions).

    Notes
    -----
    Ringle, C. M., & Sarstedt, M. (2016). Gain more insight from your PLS-SEM results: the
    importance-performance map analysis. Industrial Management & Data Systems, 116(9), 1865–1886.
    Negative weights make an importance negative; the map then needs care.

    In R: ``cSEM::doIPMA``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e = np.random.default_rng(1).normal(size=(2, 200))
    >>> data = pd.DataFrame({"x": x, "y": x + e}).mul(1.2).round().add(4).clip(1, 7)
    >>> fitted = plsem.fit(data, plsem.Model.from_text("X =~ x; Y =~ y; Y ~ X"))
    >>> found = importance_performance(data, fitted, minimum=1, maximum=7)
    >>> found[["target", "name", "importance", "performance"]].round(2)
      target name  importance  performance
    0      Y    X        0.94        48.58
    1      Y    x        0.94        48.58
    """
    model = estimate.model
    if estimate.batch_shape:
        raise ValueError(
            f"expected the estimate of one correlation matrix, found a batch {estimate.batch_shape}"
        )
    if estimate.description is not None:
        raise ValueError(
            "importance and performance of a model in stages are not offered: a product has no scale of its own, and "
            "a second-order construct has that of its components; map the model without "
            + ", ".join(
                name for name, _ in (*estimate.description.higher_order, *estimate.description.products)
            )
        )
    scaled = _rescaled(data, model.items, minimum, maximum)
    deviation = scaled.std(axis=0, ddof=1)
    flat = [item for item, s in zip(model.items, deviation, strict=True) if not s > 0]
    if flat:
        raise ValueError(f"item {flat[0]!r} does not vary; its weight has no unstandardised form")
    raw = np.asarray(estimate.outer_weights, dtype=float) / deviation
    weights = np.empty_like(raw)
    for name, block in zip(model.constructs, model.blocks, strict=True):
        part = list(block)
        total = raw[part].sum()
        if not total > 1e-12:
            raise ValueError(
                f"the outer weights of {name!r} do not sum to a positive number; turn its items round"
            )
        weights[part] = raw[part] / total
    scores = np.column_stack([scaled[:, list(b)] @ weights[list(b)] for b in model.blocks])
    spread = scores.std(axis=0, ddof=1)
    between = np.corrcoef(scores, rowvar=False)
    beta = np.zeros((model.n_constructs, model.n_constructs))
    for t in model.endogenous:
        sources = list(model.predecessors[t])
        beta[sources, t] = np.linalg.solve(between[np.ix_(sources, sources)], between[sources, t])
    identity = np.eye(model.n_constructs)
    standardized = np.linalg.inv(identity - beta) - identity
    effects = standardized * spread[None, :] / spread[:, None]

    rows = []
    for target in _targets(estimate, targets):
        t = model.constructs.index(target)
        leading = np.flatnonzero(route_exists(model)[:, t]).tolist()
        reached = float(scores[:, t].mean())
        for s in leading:
            name, effect, std = model.constructs[s], float(effects[s, t]), float(standardized[s, t])
            score = float(scores[:, s].mean())
            rows.append((target, "construct", name, name, effect, score, np.nan, std, reached))
        for s in leading:
            for i in model.blocks[s]:
                effect, std = weights[i] * effects[s, t], weights[i] * standardized[s, t]
                score = float(scaled[:, i].mean())
                rows.append(
                    (
                        target,
                        "item",
                        model.items[i],
                        model.constructs[s],
                        effect,
                        score,
                        weights[i],
                        std,
                        reached,
                    )
                )
    columns = ["target", "level", "name", "construct", "importance", "performance", "weight"]
    return pd.DataFrame(rows, columns=[*columns, "standardized_importance", "target_performance"])


def _rescaled(
    data: pd.DataFrame,
    items: Sequence[str],
    minimum: float | Mapping[str, float],
    maximum: float | Mapping[str, float],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rescale the items to 0–100 by the ends of their scale."""
    columns = []
    for item in items:
        if item not in data.columns:
            raise ValueError(f"no item {item!r} in the data{nearest(item, map(str, data.columns))}")
        low, high = (end[item] if isinstance(end, Mapping) else end for end in (minimum, maximum))
        if not low < high:
            raise ValueError(f"item {item!r}: the scale's minimum {low:g} is not below its maximum {high:g}")
        x = data[item].to_numpy(dtype=float)
        if not np.isfinite(x).all():
            raise ValueError(
                f"item {item!r} has {np.count_nonzero(~np.isfinite(x))} empty cells; complete it first"
            )
        if x.min() < low or x.max() > high:
            raise ValueError(
                f"item {item!r} has answers from {x.min():g} to {x.max():g}, expected {low:g} to {high:g}"
            )
        columns.append(100 * (x - low) / (high - low))
    return np.column_stack(columns)


def _targets(estimate: Estimate, targets: Sequence[str] | None) -> list[str]:
    model = estimate.model
    possible = [model.constructs[t] for t in sorted(model.endogenous)]
    for name in targets or ():
        if name not in possible:
            raise ValueError(f"target {name!r} has no predecessor in the model{nearest(name, possible)}")
    return list(possible if targets is None else targets)
