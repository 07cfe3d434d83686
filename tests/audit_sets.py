"""Consistent printed tables, made from estimated models by rounding, in each convention that articles use."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pls_reference import data, reference, tight
from scipy import stats

from plsem.quantities import long_table
from tableaudit.printed import Published, from_values

PRINTED = (
    *(
        "outer_loading",
        "cronbach_alpha",
        "rho_a",
        "rho_c",
        "ave",
        "sqrt_ave",
        "construct_correlation",
        "htmt",
    ),
    *("path_coefficient", "f_squared", "inner_vif", "r_squared", "adjusted_r_squared"),
    *("indirect_effect", "total_effect"),
)
COLUMNS = ["table", "cell", "statistic", "row", "column", "printed", "note"]


def rounded(model_id: str, *, consistent: bool = False, decimals: int = 3) -> pd.DataFrame:
    """Return the printed figures of a model: all text, rho_C called composite reliability."""
    estimated = tight(model_id, consistent=consistent)
    table = long_table(estimated)
    multi = {c for c, items in reference(model_id)["constructs"].items() if len(_items(items)) > 1}
    routes = {k: v for k, v in _values(table, "indirect_effect").items() if abs(v) > 1e-12}
    rows = [("1", "n", "sample_size", "model", "", str(len(data(reference(model_id)["data"]))), "")]
    for statistic, row, column, value in table[["statistic", "row", "column", "value"]].itertuples(
        index=False
    ):
        if statistic not in PRINTED or not np.isfinite(value):
            continue
        if statistic in ("cronbach_alpha", "rho_a", "rho_c", "ave") and row not in multi:
            continue
        if statistic == "sqrt_ave" and row not in multi:
            continue
        if statistic in ("indirect_effect", "total_effect") and (row, column) not in routes:
            continue
        name = "composite_reliability" if statistic == "rho_c" else statistic
        cell = ".".join(filter(None, (name, row, column)))
        rows.append(("1", cell, name, row, column, f"{value:.{decimals}f}", ""))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=str)


def _items(spec: object) -> list[str]:
    return list(spec["items"]) if isinstance(spec, dict) else list(spec)  # type: ignore[call-overload]


def _values(table: pd.DataFrame, statistic: str) -> dict[tuple[str, str], float]:
    part = table[table["statistic"] == statistic]
    return dict(zip(zip(part["row"], part["column"], strict=True), part["value"], strict=True))


def with_inference(values: pd.DataFrame, *, tails: int, seed: int = 1) -> pd.DataFrame:
    """Add standard errors, t and p of the paths, p with one or two tails."""
    rng = np.random.default_rng(seed)
    rows = []
    for row in values[values["statistic"] == "path_coefficient"].itertuples(index=False):
        error = round(rng.uniform(0.03, 0.12), 3)
        t = abs(float(row.printed)) / error
        p = tails * stats.norm.sf(t)
        for name, text in (
            ("standard_error", f"{error:.3f}"),
            ("t_statistic", f"{t:.3f}"),
            ("p_value", f"{p:.3f}"),
        ):
            rows.append(("2", f"{name}.{row.row}.{row.column}", name, row.row, row.column, text, ""))
    return pd.concat([values, pd.DataFrame(rows, columns=COLUMNS, dtype=str)], ignore_index=True)


def with_raw_alpha(values: pd.DataFrame, model_id: str) -> pd.DataFrame:
    """Print alpha from covariances."""
    frame = data(reference(model_id)["data"])
    out = values.copy()
    blocks = {name: _items(block) for name, block in reference(model_id)["constructs"].items()}
    for i, row in out[out["statistic"] == "cronbach_alpha"].iterrows():
        cov = frame[blocks[row["row"]]].cov().to_numpy()
        m = len(cov)
        out.loc[i, "printed"] = f"{m / (m - 1) * (1 - np.trace(cov) / cov.sum()):.3f}"
    return out


def without_controls(values: pd.DataFrame, model_id: str) -> pd.DataFrame:
    """Leave out one exogenous construct with all its figures: R² and β are still those with it."""
    paths = [tuple(p) for p in reference(model_id)["paths"]]
    targets = {t for _, t in paths}
    for name in dict.fromkeys(s for s, _ in paths if s not in targets):
        mine = [t for s, t in paths if s == name]
        if all(sum(t == other for _, other in paths) > 1 for t in mine):
            return values[(values["row"] != name) & (values["column"] != name)].reset_index(drop=True)
    return values


def published(values: pd.DataFrame, name: str = "set") -> Published:
    """Make printed cells of a table of values."""
    return from_values(values, name)


def changed(values: pd.DataFrame, index: int, place: int, rng: np.random.Generator) -> pd.DataFrame | None:
    """Change one decimal digit (1 = first) of a printed figure; None where it has none there."""
    text = str(values.loc[index, "printed"])
    whole, point, decimals = text.partition(".")
    if not point or place > len(decimals):
        return None
    digit = decimals[place - 1]
    other = str(rng.choice([d for d in "0123456789" if d != digit]))
    out = values.copy()
    out.loc[index, "printed"] = f"{whole}.{decimals[: place - 1]}{other}{decimals[place:]}"
    return out
