"""Set printed figures beside recomputed ones, with a verdict for every printed cell."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from plsem.names import nearest
from plsem.quantities import FIT, places
from tableaudit.boxes import SLACK
from tableaudit.printed import (
    DECISIONS,
    STATISTICS,
    UNDEFINED,
    Cell,
    Published,
)

CompareVerdict = Literal["equal", "close", "differ", "not a statistic", "not recomputed"]
DEFAULT_READINGS: Mapping[str, tuple[str, ...]] = {
    "composite_reliability": ("rho_a", "rho_c"),
    "efa_loading": ("efa_loading", "outer_loading"),
}
DEFAULT_CLOSE: Mapping[str, float] = {"": 0.005, "t_statistic": 0.05, "p_value": 0.01}


def inference_cells(summary: pd.DataFrame) -> pd.DataFrame:
    """Turn a bootstrap summary into the long rows that printed t, p and interval cells are compared with.

    Parameters
    ----------
    summary : DataFrame
        Columns statistic, row, column, standard_deviation, t_statistic, p_value, lower, upper; only its rows
        of path coefficients are used.

    Returns
    -------
    DataFrame
        Columns statistic, row, column, value.

    Examples
    --------
    >>> import pandas as pd
    >>> summary = pd.DataFrame({"statistic": ["path_coefficient"], "row": ["X"], "column": ["Y"],
    ...                         "standard_deviation": [0.2], "t_statistic": [2.5], "p_value": [0.012],
    ...                         "lower": [0.1], "upper": [0.9]})
    >>> inference_cells(summary)
            statistic row column  value
    0  standard_error   X      Y  0.200
    1     t_statistic   X      Y  2.500
    2         p_value   X      Y  0.012
    3        ci_lower   X      Y  0.100
    4        ci_upper   X      Y  0.900
    """
    names = {
        "standard_error": "standard_deviation",
        "t_statistic": "t_statistic",
        "p_value": "p_value",
        "ci_lower": "lower",
        "ci_upper": "upper",
    }
    paths = summary[summary["statistic"] == "path_coefficient"]
    rows = [
        (statistic, str(row["row"]), str(row["column"]), float(row[source]))
        for _, row in paths.iterrows()
        for statistic, source in names.items()
        if source in paths
    ]
    return pd.DataFrame(rows, columns=["statistic", "row", "column", "value"])


def count_cells(
    candidates: Mapping[str, Sequence[str]], retained: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return long rows of the item counts: ``n_items`` before pruning and ``n_items_retained`` after it.

    Parameters
    ----------
    candidates, retained : mapping of str to sequence of str
        Construct → items.

    Returns
    -------
    DataFrame
        Columns statistic, row, column, value.

    Examples
    --------
    >>> count_cells({"X": ["x1", "x2"]}, {"X": ["x1"]})
              statistic row column  value
    0           n_items   X  items    2.0
    1  n_items_retained   X  items    1.0
    """
    rows = [("n_items", name, "items", float(len(items))) for name, items in candidates.items()]
    rows += [("n_items_retained", name, "items", float(len(items))) for name, items in retained.items()]
    return pd.DataFrame(rows, columns=["statistic", "row", "column", "value"])


def compare(
    published: Published,
    recomputed: pd.DataFrame,
    *,
    aimed: pd.DataFrame | None = None,
    readings: Mapping[str, Sequence[str]] | None = None,
    close: float | Mapping[str, float] | None = None,
    significance: float = 0.05,
    fit: str = "estimated/composite",
) -> pd.DataFrame:
    """Set every printed cell beside its recomputed value.

    A construct pair matches in either order; a printed R² (source, target) matches the target's R²; a printed
    decision is compared with the one that the recomputed p-value gives or, without it, with whether the
    interval leaves out zero; a fit measure matches the variant ``fit`` (column of the recomputed row).

    Parameters
    ----------
    published : Published
        The printed cells.
    recomputed : DataFrame
        Long table with columns statistic, row, column, value (others are ignored).
    aimed : DataFrame, optional
        Columns statistic, row, column: what the data were made to give, if they were made.  A figure among
        them is an input, and that it agrees says nothing.
    readings : mapping of statistic to statistics
        What an ambiguous printed statistic may be.  The first reading gives the verdict, the second one is
        shown beside it.  Default: composite_reliability as rho_a (then rho_c), efa_loading as the recomputed
        EFA's (then as the PLS outer loading).
    close : float or mapping of statistic to float
        Largest absolute difference of a ``close`` cell; key ``""`` is the default of the others.
        Default 0.005, for t 0.05 and for p 0.01, which is about the Monte-Carlo error of a bootstrap.
    significance : float
        A hypothesis is accepted where its p-value is below this.
    fit : str
        The variant of SRMR, d_ULS, d_G and NFI to compare with.

    Returns
    -------
    DataFrame
        One row a printed cell, in print order: cell, table, statistic, row, column, printed (text), matched
        (the recomputed statistic), recomputed (float; NaN for a decision), recomputed_text (at the printed
        digits), difference, verdict, other_matched, other_recomputed, other_difference, other_verdict (the
        second reading, where there is one), reason and aimed (bool).
        Verdicts: ``equal`` (rounds to the printed digits), ``close``, ``differ``, ``not a statistic``,
        ``not recomputed``.

    Raises
    ------
    KeyError
        If ``recomputed`` lacks a column, or ``readings`` names what does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> recomputed = pd.DataFrame({"statistic": ["path_coefficient", "r_squared"], "row": ["X", ""],
    ...                            "column": ["Y", "Y"], "value": [0.5004, 0.2504]})
    >>> compare(published, recomputed)[["cell", "printed", "recomputed_text", "verdict"]]
       cell printed recomputed_text         verdict
    0  beta   0.500           0.500           equal
    1    R2   0.360           0.250          differ
    2     t   2.101                  not recomputed
    3     p   0.036                  not recomputed
    """
    lookup = _lookup(recomputed)
    inputs = _lookup(aimed.assign(value=0.0)) if aimed is not None else {}
    chosen = {**DEFAULT_READINGS, **{k: tuple(v) for k, v in (readings or {}).items()}}
    for name in chosen:
        if name not in STATISTICS:
            raise KeyError(f"readings: no statistic {name!r}{nearest(name, STATISTICS)}")
    limits = {**DEFAULT_CLOSE, **({"": close} if isinstance(close, (int, float)) else dict(close or {}))}
    if isinstance(close, (int, float)):
        limits = {"": float(close)}
    rows = []
    for cell in published:
        limit = limits.get(cell.statistic, limits[""])
        row: dict[str, object] = {
            "cell": cell.id,
            "table": cell.table,
            "statistic": cell.statistic,
            "row": cell.row,
            "column": cell.column,
            "printed": cell.printed,
        }
        names = chosen.get(cell.statistic, (cell.statistic,))
        if cell.is_number:
            found = [_compare_number(cell, lookup, name, limit, fit) for name in names[:2]]
        else:
            found = [_compare_decision(cell, lookup, significance)]
        row.update(found[0])
        for key in ("matched", "recomputed", "difference", "verdict"):
            row[f"other_{key}"] = found[1][key] if len(found) > 1 else _NOTHING[key]
        if cell.statistic in UNDEFINED:
            row.update(verdict="not a statistic", reason=UNDEFINED[cell.statistic].en)
        row["aimed"] = find_key(cell, inputs, names[0], fit) is not None
        rows.append(row)
    return pd.DataFrame(rows, columns=COMPARISON_COLUMNS)


COMPARISON_COLUMNS = [
    *("cell", "table", "statistic", "row", "column", "printed", "matched", "recomputed", "recomputed_text"),
    *("difference", "verdict", "other_matched", "other_recomputed", "other_difference", "other_verdict"),
    *("reason", "aimed"),
]
_NOTHING: Mapping[str, object] = {
    "matched": "",
    "recomputed": np.nan,
    "recomputed_text": "",
    "difference": np.nan,
    "verdict": "",
    "reason": "",
}
_Lookup = Mapping[tuple[str, str, str], Any]


def _compare_number(cell: Cell, lookup: _Lookup, name: str, limit: float, fit: str) -> dict[str, object]:
    key = find_key(cell, lookup, name, fit)
    if key is None:
        return {**_NOTHING, "matched": name, "verdict": "not recomputed"}
    value = lookup[key]
    matched = f"{name} ({fit})" if name in FIT else name
    if np.isnan(value):
        return {**_NOTHING, "matched": matched, "verdict": "not recomputed", "reason": "no recomputed value"}
    verdict: CompareVerdict = "differ"
    if cell.box.contains(value):
        verdict = "equal"
    elif abs(value - cell.value) <= limit + SLACK:
        verdict = "close"
    return {
        "matched": matched,
        "recomputed": value,
        "recomputed_text": f"{value:.{cell.decimals}f}",
        "difference": value - cell.value,
        "verdict": verdict,
        "reason": "",
    }


def _compare_decision(cell: Cell, lookup: _Lookup, significance: float) -> dict[str, object]:
    pair = (cell.row, cell.column)
    p = lookup.get(("p_value", *pair), np.nan)
    lower, upper = (lookup.get((name, *pair), np.nan) for name in ("ci_lower", "ci_upper"))
    if not np.isnan(p):
        accepted, how = p < significance, f"p {p:.3f} against {significance:g}"
        matched = "p_value"
    elif not (np.isnan(lower) or np.isnan(upper)):
        accepted, how = lower > 0 or upper < 0, f"interval [{lower:.3f}, {upper:.3f}] and zero"
        matched = "confidence interval"
    else:
        return {**_NOTHING, "matched": "p_value", "verdict": "not recomputed"}
    decision = DECISIONS[0] if accepted else DECISIONS[1]
    return {
        **_NOTHING,
        "matched": matched,
        "recomputed_text": decision,
        "verdict": "equal" if decision == cell.printed else "differ",
        "reason": how,
    }


def find_key(
    cell: Cell, known: Container[tuple[str, str, str]], name: str, fit: str
) -> tuple[str, str, str] | None:
    """Return the key (statistic, row, column), of those known, that a printed cell is about, as ``name``."""
    at = (("model", fit), (cell.row, fit)) if name in FIT else places(name, cell.row, cell.column)
    return next(((name, *place) for place in at if (name, *place) in known), None)


def _lookup(recomputed: pd.DataFrame) -> _Lookup:
    missing = [c for c in ("statistic", "row", "column", "value") if c not in recomputed]
    if missing:
        raise KeyError(f"recomputed values lack the column {missing[0]!r}; found {list(recomputed.columns)}")
    columns = (recomputed[c].fillna("").astype(str) for c in ("statistic", "row", "column"))
    values = pd.to_numeric(recomputed["value"], errors="coerce").astype(float)
    return dict(zip(zip(*columns, strict=True), values.tolist(), strict=True))
