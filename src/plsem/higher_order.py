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

    Notes
    -----
    In R: ``seminr::higher_composite``.

    References
    ----------
    Sarstedt, M., Hair, J. F., Cheah, J.-H., Becker, J.-M., & Ringle, C. M. (2019). How to specify, estimate, and
    validate higher-order constructs in PLS-SEM. Australasian Marketing Journal, 27(3), 197–211.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> answers = np.random.default_rng(1).normal(size=(200, 1)) + np.random.default_rng(2).normal(size=(200, 6))
    >>> data = pd.DataFrame(answers, columns=["a1", "a2", "b1", "b2", "y1", "y2"])
    >>> model = plsem.Model.from_text("A =~ a1 + a2; B =~ b1 + b2; H =~ A + B; Y =~ y1 + y2; Y ~ H")
    >>> component_table(plsem.fit(data, model))[["construct", "method", "outer_loading", "outer_vif"]].round(2)
              construct     method  outer_loading  outer_vif
    component
    A                 H  two_stage            0.9       1.65
    B                 H  two_stage            0.9       1.65
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

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    DataFrame
        order (1 or 2), mode, n_indicators, cronbach_alpha, rho_a, rho_c, ave.  Products are left out, single items
        have 1 throughout, Mode B constructs NaN, and rho_A is NaN for second-order constructs by repeated
        indicators.

    References
    ----------
    Sarstedt et al. (2019), as :func:`component_table`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> answers = np.random.default_rng(1).normal(size=(200, 1)) + np.random.default_rng(2).normal(size=(200, 6))
    >>> data = pd.DataFrame(answers, columns=["a1", "a2", "b1", "b2", "y1", "y2"])
    >>> model = plsem.Model.from_text("A =~ a1 + a2; B =~ b1 + b2; H =~ A + B; Y =~ y1 + y2; Y ~ H")
    >>> reliability_of_orders(plsem.fit(data, model))[["order", "cronbach_alpha", "rho_c", "ave"]].round(2)
               order  cronbach_alpha  rho_c   ave
    construct
    A              1            0.70   0.87  0.77
    B              1            0.63   0.84  0.73
    Y              1            0.61   0.84  0.72
    H              2            0.77   0.90  0.81
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

    Parameters
    ----------
    estimate : Estimate
    geometric : bool
        HTMT2 in place of HTMT.

    Returns
    -------
    DataFrame

    References
    ----------
    Henseler, Ringle & Sarstedt (2015); of second-order constructs: Sarstedt et al. (2019).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> answers = np.random.default_rng(1).normal(size=(200, 1)) + np.random.default_rng(2).normal(size=(200, 6))
    >>> data = pd.DataFrame(answers, columns=["a1", "a2", "b1", "b2", "y1", "y2"])
    >>> model = plsem.Model.from_text("A =~ a1 + a2; B =~ b1 + b2; H =~ A + B; Y =~ y1 + y2; Y ~ H")
    >>> htmt_of_orders(plsem.fit(data, model)).round(2)
    construct     A    B    Y   H
    construct
    A           NaN  NaN  NaN NaN
    B          0.95  NaN  NaN NaN
    Y          0.93  1.0  NaN NaN
    H           NaN  NaN  1.0 NaN
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
