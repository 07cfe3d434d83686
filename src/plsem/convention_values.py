"""Statistics of an analysis under every convention of single statistics of ``plsem.conventions.CONVENTIONS``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plsem import kernels, measurement, model_fit
from plsem.estimator import Estimate
from plsem.quantities import FIT, QUANTITIES
from plsem.under_conventions import Analysis, Values, quantity_of

__all__ = ["ONLY_PLAIN", "named_under", "values"]

FloatArray = NDArray[np.float64]
#: Options of single statistics that are not computed for models in stages.
ONLY_PLAIN = frozenset(
    {
        ("cronbach_alpha", "raw"),
        ("rho_c", "first_component"),
        ("composite_reliability", "first_component"),
        ("htmt", "signed"),
        ("correlations", "scores"),
    }
)


def values(analysis: Analysis, statistic: str, chosen: Mapping[str, str]) -> Values:
    """Compute a statistic under a choice of the conventions that act on it.

    Parameters
    ----------
    analysis : Analysis
    statistic : str
        A name of :data:`plsem.quantities.QUANTITIES`, ``composite_reliability`` or ``sample_size``.
    chosen : mapping of str to str
        Convention → option, of those that act on the statistic.

    Returns
    -------
    dict of (str, str) to ndarray
        (row, column) → a value for each column of the analysis, NaN where there is none.  Fit statistics have the
        column "" and the variant chosen; single items are reliable by definition.

    Notes
    -----
    Which program defines what how: Hair, Hult, Ringle, Sarstedt, Danks & Ray (2021) for seminr; Henseler (2017) for
    ADANCO; Rademaker & Schuberth (2020) for cSEM.

    Examples
    --------
    >>> import pandas as pd, plsem
    >>> from plsem.under_conventions import analyses
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> found, _ = analyses(answers, plsem.Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")]))
    >>> one = next(found)
    >>> [round(float(values(one, "r_squared", {"r_squared": o})["", "Y"][0]), 2) for o in ("plain", "adjusted")]
    [0.64, 0.52]
    """
    e = analysis.scores if chosen.get("correlations") == "scores" else analysis.estimate
    found: dict[tuple[str, str], FloatArray] = {}
    if statistic == "sample_size":
        return {("model", ""): np.array(analysis.n_rows, dtype=float)}
    if "first_component" in (chosen.get("rho_c"), chosen.get("composite_reliability")):
        found |= zip(measurement.factor_index(e.model), _first_component_rho_c(e), strict=True)
    elif chosen.get("htmt") == "signed":
        index = measurement.reflective_pair_index(e.model)
        found |= zip(index, measurement.htmt_last(e, signed=True), strict=True)
    elif chosen.get("f_squared") == "reestimated":
        found |= analysis.again()
    elif statistic in FIT:
        return {("model", ""): _fit(analysis, statistic, chosen)}
    else:
        name = named_under(statistic, chosen)
        found = _of_rows(analysis, e, name) if QUANTITIES[name].needs_rows else quantity_of(e, name)
        if chosen.get("interaction") == "unit":
            found |= quantity_of(e, "interaction_effect")
    if statistic in _RELIABILITY:
        one = np.ones(len(analysis.n_rows))
        for c, block in zip(e.described.constructs, e.described.blocks, strict=True):
            if len(block) == 1:
                found |= {(c, c if statistic == "sqrt_ave" else ""): one}
    return found


_NAMES = {
    ("cronbach_alpha", "raw"): "cronbach_alpha_raw",
    ("composite_reliability", "rho_c"): "rho_c",
    ("composite_reliability", "rho_a"): "rho_a",
    ("htmt", "htmt2"): "htmt2",
    ("htmt", "signed"): "",
    ("r_squared", "adjusted"): "adjusted_r_squared",
}


def named_under(statistic: str, chosen: Mapping[str, str], of_product: bool = False) -> str:
    """Return what a statistic is called in :data:`plsem.quantities.QUANTITIES` under a choice of conventions.

    Parameters
    ----------
    statistic : str
    chosen : mapping of str to str
    of_product : bool
        It is the path of a product of constructs.

    Returns
    -------
    str
        Empty where there is none.

    Examples
    --------
    >>> named_under("r_squared", {"r_squared": "adjusted"})
    'adjusted_r_squared'
    """
    if of_product and statistic == "path_coefficient" and chosen.get("interaction") == "unit":
        return "interaction_effect"
    return _NAMES.get((statistic, chosen.get(statistic, "")), statistic)


_RELIABILITY = ("cronbach_alpha", "rho_a", "rho_c", "composite_reliability", "ave", "sqrt_ave")


def _of_rows(analysis: Analysis, e: Estimate, name: str) -> dict[tuple[str, str], FloatArray]:
    """Compute a statistic that depends on the number of rows, which columns need not share."""
    each = {n: quantity_of(replace(e, n_observations=n), name) for n in dict.fromkeys(analysis.n_rows)}
    keys = next(iter(each.values()))
    return {key: np.array([each[n][key][b] for b, n in enumerate(analysis.n_rows)]) for key in keys}


def _fit(analysis: Analysis, statistic: str, chosen: Mapping[str, str]) -> FloatArray:
    e, variant = analysis.estimate, chosen["fit_variant"]
    if variant.startswith("empirical/"):
        e = replace(e, construct_correlations_last=_with_empirical_residuals(e))
        variant = variant.replace("empirical", "saturated")
    if statistic == "d_g":
        return np.asarray(model_fit.d_g_last(e, [variant], base="10" if chosen["d_g"] == "10" else "e")[0])
    if statistic == "chi_square":
        n = np.array(analysis.n_rows) - (1 if chosen["chi_square"] == "n-1" else 0)
        return np.asarray(n * model_fit.d_ml_last(e, [variant])[0])
    place = model_fit.VARIANTS.index(variant)
    if statistic == "srmr":
        squares = model_fit.sums_of_squares_last(e)[place]
        return model_fit.srmr(squares, e.model.n_items, count_diagonal=chosen["srmr"] == "diagonal")
    return np.asarray(model_fit.fit_last(e, [statistic])[statistic][place])


def _with_empirical_residuals(e: Estimate) -> FloatArray:
    """Return the constructs' covariances that paths imply with residual variances 1 - R², the diagonal set to 1.

    These are not the implied correlations where predictors of a construct are not those that correlate with it: cSEM's
    and ADANCO's estimated model.
    """
    model = e.model
    out = e.construct_correlations_last.copy()
    done = [j for j in range(model.n_constructs) if not model.predecessors[j]]
    for t in (j for j in model.order if model.predecessors[j]):
        paths = e.path_coefficients_last[:, t]
        sources = list(model.predecessors[t])
        for s in done:
            out[s, t] = out[t, s] = (paths[sources] * out[sources, s]).sum(axis=0)
        out[t, t] = (paths[sources] * out[sources, t]).sum(axis=0) + 1 - e.r_squared_last[t]
        done.append(t)
    diagonal = np.arange(model.n_constructs)
    out[diagonal, diagonal] = 1.0
    return out


def _first_component_rho_c(e: Estimate) -> FloatArray:
    """Return rho_C from the loadings of each block's first principal component, (m, B)."""
    rows = []
    for j, factor in enumerate(e.model.factor_blocks):
        if factor:
            matrices = np.moveaxis(kernels.block_matrix(e.model, e.packed_last, j), -1, 0)
            roots, vectors = np.linalg.eigh(matrices)
            loadings = vectors[..., -1] * np.sqrt(roots[:, -1:])
            common = loadings.sum(axis=1) ** 2
            rows.append(common / (common + (1 - loadings**2).sum(axis=1)))
    return np.stack(rows) if rows else np.empty((0, len(e.converged_last)))
