"""Assessment of second-order constructs, as Sarstedt et al. (2019) ask: both orders, each by its own rules.

A reflective construct's components are judged as its indicators (loadings, reliability, AVE, HTMT against the
rest of the model); of a formative one, weights, collinearity and, with a global item, redundancy
(:mod:`plsem.redundancy`).  HTMT between a construct and its own components is not a criterion.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from plsem import measurement
from plsem.estimator import Estimate

__all__ = ["component_table", "htmt_of_orders", "reliability_of_orders"]


def component_table(estimate: Estimate) -> pd.DataFrame:
    """Return each component of each second-order construct with what it is judged by.

    Parameters
    ----------
    estimate : Estimate
        Of one sample and a model with second-order constructs.

    Returns
    -------
    DataFrame
        Index component: construct, mode, method, outer_weight (NaN by repeated indicators, whose weights are
        those of items), outer_loading, outer_vif.
    """
    table = _values(estimate)
    rows = []
    for name, order in estimate.described.higher_order:
        for component in order.components:
            rows.append(
                {
                    "component": component,
                    "construct": name,
                    "mode": order.mode,
                    "method": order.method,
                    **{
                        statistic: table.get((statistic, component, name), np.nan)
                        for statistic in ("outer_weight", "outer_loading", "outer_vif")
                    },
                }
            )
    _check(estimate)
    return pd.DataFrame(rows).set_index("component")


def reliability_of_orders(estimate: Estimate) -> pd.DataFrame:
    """Return alpha, rho_A, rho_C and AVE of every construct of both orders (index).

    Returns
    -------
    DataFrame
        order (1 or 2), mode, n_indicators, cronbach_alpha, rho_a, rho_c, ave.  Products are left out, single items
        have 1 throughout, Mode B constructs NaN, and rho_A is NaN for second-order constructs by repeated
        indicators.
    """
    table, model = _values(estimate), estimate.described
    orders = dict(model.higher_order)
    rows = {}
    for j, name in enumerate(model.constructs):
        if not (model.blocks[j] or name in orders):
            continue
        n = len(orders[name].components) if name in orders else len(model.blocks[j])
        known = {
            statistic: table.get((statistic, name, ""), 1.0 if n == 1 else np.nan)
            for statistic in ("cronbach_alpha", "rho_a", "rho_c", "ave")
        }
        rows[name] = {"order": 1 + (name in orders), "mode": model.modes[j], "n_indicators": n, **known}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("construct")


def htmt_of_orders(estimate: Estimate, *, geometric: bool = False) -> pd.DataFrame:
    """Return HTMT between all reflective constructs of both orders below the diagonal.

    NaN between a second-order construct and its components, and between second-order constructs and components
    of others, of which only one order is in the structural model.
    """
    table, model = _values(estimate), estimate.described
    statistic = "htmt2" if geometric else "htmt"
    cells = {(r, c): v for (s, r, c), v in table.items() if s == statistic}
    named = {name for pair in cells for name in pair}
    names = [name for name in model.constructs if name in named]
    square = np.full((len(names), len(names)), np.nan)
    for i, one in enumerate(names):
        for j, other in enumerate(names[:i]):
            square[i, j] = cells.get((one, other), cells.get((other, one), np.nan))
    index = pd.Index(names, name="construct")
    return pd.DataFrame(square, index=index, columns=index)


def _check(estimate: Estimate) -> None:
    if not estimate.described.higher_order:
        raise ValueError("the model has no second-order construct")


def _values(estimate: Estimate) -> dict[tuple[str, str, str], float]:
    from plsem.quantities import OF_MEASUREMENT, QUANTITIES, quantities

    measurement.single(estimate)
    known = [name for name in OF_MEASUREMENT if not QUANTITIES[name].needs_answers]
    labels, values = quantities(estimate, include=known)
    return dict(zip(labels.itertuples(index=False, name=None), values.tolist(), strict=True))
