"""Redundancy analysis: whether a formative construct explains a global measure of what it is made of.

Its items are a Mode B block that leads to the global measure alone.  A path of 0.708 or more says that it
explains half of the measure's variance (convergent validity; Chin 1998; Hair et al. 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from plsem.estimator import fit
from plsem.measurement import outer_vif_last
from plsem.model import Model
from plsem.names import nearest
from plsem.resampling.intervals import DEFAULT_INTERVAL
from plsem.solution import Estimate
from plsem.thresholds import threshold

__all__ = ["redundancy", "redundancy_model"]

GLOBAL = "global measure"


def redundancy_model(model: Model, construct: str, measure: str | Sequence[str]) -> Model:
    """Return the model of a redundancy analysis: the construct's items (Mode B) → its global measure.

    Parameters
    ----------
    model : Model
    construct : str
        A Mode B construct with items, or a second-order one of mode B by two-stage or embedded approach.
    measure : str or sequence of str
        The item, or the Mode A block, that measures the whole construct at once.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If the construct is not formative; the message names those that are.

    References
    ----------
    Chin (1998), as :func:`redundancy`.

    Examples
    --------
    >>> from plsem import Model
    >>> redundancy_model(Model.from_text("Q <~ q1 + q2; Y =~ y; Y ~ Q"), "Q", "overall").blocks
    ((0, 1), (2,))
    """
    orders = dict(model.higher_order)
    formative = [c for c, mode in zip(model.constructs, model.modes, strict=True) if mode == "B"]
    if construct not in formative:
        what = "reflective" if construct in model.constructs else "unknown"
        raise ValueError(
            f"redundancy analysis asks about formative constructs; {construct!r} is {what}"
            f"{nearest(construct, formative)}"
        )
    items = [measure] if isinstance(measure, str) else list(measure)
    name = f"{construct} ({GLOBAL})"
    if construct not in orders:
        own = [model.items[i] for i in model.blocks[model.position(construct)]]
        return Model({construct: own, name: items}, [(construct, name)], modes={construct: "B"})
    parts = orders[construct].components
    blocks = {c: [model.items[i] for i in model.blocks[model.position(c)]] for c in parts}
    modes = {c: model.modes[model.position(c)] for c in parts}
    return Model(
        {**blocks, name: items}, [(construct, name)], modes=modes, higher_order={construct: orders[construct]}
    )


def redundancy(
    data: pd.DataFrame,
    model: Model,
    measures: Mapping[str, str | Sequence[str]],
    *,
    seed: int | None = None,
    n_resamples: int = 10_000,
    interval: Any = DEFAULT_INTERVAL,
    confidence_level: float = 0.95,
    n_jobs: int = 1,
    **options: Any,
) -> pd.DataFrame:
    """Return the redundancy analysis of formative constructs.

    Parameters
    ----------
    data : DataFrame
        Holds the constructs' items and the global measures.
    model : Model
    measures : mapping of str to str or sequence of str
        Formative construct → its global item or items.
    seed : int, optional
        With it, the path's bootstrap interval is given.
    n_resamples, interval, confidence_level, n_jobs
        See :func:`plsem.resampling.bootstrap.bootstrap`.
    **options
        The estimator's: scheme, tolerance, max_iterations.

    Returns
    -------
    DataFrame
        Index ``construct``: measure, n_items, path_coefficient, r_squared, convergent (the mark of
        :func:`plsem.thresholds.judge`), largest_outer_vif, and with a seed lower and upper.

    Raises
    ------
    ValueError
        If a construct is not formative.

    Notes
    -----
    For one global item the path is the multiple correlation of a regression on the items.

    In R: a model of its own for ``seminr::estimate_pls`` (``cSEM::doRedundancyAnalysis`` compares Mode A and B).

    References
    ----------
    Chin, W. W. (1998). The partial least squares approach for structural equation modeling. In G. A. Marcoulides (Ed.),
    Modern methods for business research (pp. 295–336). Erlbaum.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> q, e = np.random.default_rng(1).normal(size=(200, 2)), np.random.default_rng(2).normal(size=200)
    >>> data = pd.DataFrame({"q1": q[:, 0], "q2": q[:, 1], "overall": q.sum(axis=1) + e, "y": q[:, 0] + e})
    >>> model = plsem.Model.from_text("Q <~ q1 + q2; Y =~ y; Y ~ Q")
    >>> redundancy(data, model, {"Q": "overall"})[["path_coefficient", "r_squared", "convergent"]].round(2)
               path_coefficient  r_squared convergent
    construct
    Q                      0.79       0.62          ✓
    """
    from plsem.resampling.bootstrap import bootstrap

    rows = {}
    for construct, measure in measures.items():
        part = redundancy_model(model, construct, measure)
        estimate = fit(data, part, **options)
        row = _row(estimate, construct, measure)
        if seed is not None:
            drawn = bootstrap(
                data,
                part,
                ("path_coefficient",),
                seed=seed,
                n_resamples=n_resamples,
                n_jobs=n_jobs,
                **options,
            ).summary(interval=interval, confidence_level=confidence_level)
            at = (drawn["row"] == construct) & (drawn["column"] == f"{construct} ({GLOBAL})")
            row |= {
                "lower": float(drawn.loc[at, "lower"].iloc[0]),
                "upper": float(drawn.loc[at, "upper"].iloc[0]),
            }
        rows[construct] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("construct")


def _row(estimate: Estimate, construct: str, measure: str | Sequence[str]) -> dict[str, Any]:
    model = estimate.model
    s, t = model.position(construct), model.position(f"{construct} ({GLOBAL})")
    path = float(estimate.path_coefficients[s, t])
    own = model.slices[s]
    return {
        "measure": measure if isinstance(measure, str) else " + ".join(measure),
        "n_items": len(model.blocks[s]),
        "path_coefficient": path,
        "r_squared": float(estimate.r_squared[t]),
        "convergent": threshold("redundancy").judge(path),
        "largest_outer_vif": float(np.max(outer_vif_last(estimate)[own, 0])),
    }
