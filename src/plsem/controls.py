"""Control variables: observed columns as single items beside the model.

Categories are columns of 0 and 1, one for each but the reference, as :func:`pandas.get_dummies` makes them.  A
control leads to each endogenous construct unless its targets are named.  The model is compared with and without them,
on the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from plsem.estimator import fit
from plsem.model import Model, ModelError
from plsem.names import nearest

__all__ = ["side_by_side", "with_controls"]


def with_controls(
    model: Model, controls: Mapping[str, str] | Iterable[str], *, targets: Sequence[str] | None = None
) -> Model:
    """Return the model with control variables as single-item constructs.

    Parameters
    ----------
    model : Model
    controls : mapping of str to str, or iterable of str
        Construct's name → column, or columns that keep their names.
    targets : sequence of str, optional
        Constructs that every control leads to; default all that a path leads to.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If a control has the name of a construct or item of the model, or a target is unknown.

    Examples
    --------
    >>> from plsem import Model
    >>> with_controls(Model.from_text("X =~ x1 + x2; Y =~ y1 + y2; Y ~ X"), ["age"]).path_names
    (('X', 'Y'), ('age', 'Y'))
    """
    columns = dict(controls) if isinstance(controls, Mapping) else {c: c for c in controls}
    ends = [model.constructs[t] for t in model.endogenous] if targets is None else list(targets)
    for target in ends:
        if target not in model.constructs:
            raise ModelError(f"controls: no construct {target!r}{nearest(target, model.constructs)}")
    for name, column in columns.items():
        if name in model.constructs:
            raise ModelError(f"control {name!r} is a construct of the model already")
        if column in model.items:
            raise ModelError(f"control {name!r}: {column!r} is an item of the model already")
    return model.extended(
        {name: [column] for name, column in columns.items()},
        [(name, target) for target in ends for name in columns],
    )


def side_by_side(
    data: pd.DataFrame,
    model: Model,
    controls: Mapping[str, str] | Iterable[str],
    *,
    targets: Sequence[str] | None = None,
    include: Sequence[str] = ("path_coefficient", "r_squared"),
    seed: int | None = None,
    bootstrap_options: Mapping[str, Any] | None = None,
    inference: Mapping[str, Any] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Return paths, R² and other statistics of the model without and with its controls.

    Parameters
    ----------
    data : DataFrame
        Holds the model's items and the controls' columns.
    model : Model
        Without controls.
    controls, targets
        See :func:`with_controls`.
    include : sequence of str
        The statistics.
    seed : int, optional
        With it, p values and intervals are given for both; the same resamples serve both models.
    bootstrap_options : mapping, optional
        Of :func:`plsem.resampling.bootstrap.bootstrap`, such as ``n_resamples``.
    inference : mapping, optional
        Of :meth:`plsem.resampling.result.BootstrapResult.summary`, such as ``alternative``.
    **options
        The estimator's.

    Returns
    -------
    DataFrame
        statistic, row, column, without, with, change; NaN in ``without`` for what only the controls bring.  With a
        seed also p_value, lower and upper, each of both (``p_value_without``, …); R² has no p.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; Y =~ y; Y ~ X")
    >>> side_by_side(data, model, {"M": "m"})[["statistic", "row", "column", "without", "with"]].round(2)
              statistic row column  without  with
    0  path_coefficient   X      Y     0.62  0.47
    1  path_coefficient   M      Y      NaN  0.24
    2         r_squared          Y     0.39  0.42
    """
    wide = with_controls(model, controls, targets=targets)
    key, tests = ["statistic", "row", "column"], ["p_value", "lower", "upper"]
    parts = {}
    for name, one in (("without", model), ("with", wide)):
        if seed is None:
            table = fit(data, one, **options).summary(statistic=include).rename(columns={"value": name})
        else:
            from plsem.resampling.bootstrap import bootstrap

            drawn = bootstrap(data, one, include, seed=seed, **{**options, **(bootstrap_options or {})})
            table = drawn.summary(**(inference or {}))[[*key, "original", *tests]]
            table = table.rename(columns={"original": name, **{t: f"{t}_{name}" for t in tests}})
        parts[name] = table
    both = parts["with"].merge(parts["without"], on=key, how="left", sort=False)
    both["change"] = both["with"] - both["without"]
    figures = ["without", "with", "change"]
    if seed is not None:
        both.loc[both["statistic"] == "r_squared", ["p_value_without", "p_value_with"]] = np.nan
        figures += [f"{test}_{name}" for test in tests for name in parts]
    return both[[*key, *figures]]
