"""Which definitions programs take where they differ, and the figures of one survey under each of them.

:data:`CONVENTIONS` is the list.  Those without ``statistics`` act on everything: :func:`analyses` crosses them, one
estimated batch for all ways to treat gaps and to scale items.  The others act on single statistics:
:func:`values` computes one under a choice of them.  ``docs/definitions.md`` says which program takes which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import kernels, measurement, model_fit
from plsem.composition import Product
from plsem.estimator import Estimate, estimate_batch
from plsem.inputs import DataError, correlations, item_matrix
from plsem.missing import fill
from plsem.model import Model
from plsem.names import N_, Said
from plsem.products import sample_columns
from plsem.quantities import FIT, QUANTITIES, quantities
from plsem.resampling.replicates import turned
from plsem.stages import expand

FloatArray = NDArray[np.float64]
Values = Mapping[tuple[str, str], FloatArray]
#: Steps of the weights smaller than this end an estimate, so that its figures are those of any stricter program.
TOLERANCE, MAX_ITERATIONS = 1e-11, 3_000


@dataclass(frozen=True, slots=True)
class Convention:
    """A choice that programs make differently.

    Parameters
    ----------
    name, label : str
    options : mapping of str to str
        Option → label, this project's own first.
    statistics : tuple of str
        What it acts on; empty for everything.
    """

    name: str
    label: str
    options: Mapping[str, str]
    statistics: tuple[str, ...] = ()


_FIT = tuple(sorted(FIT))
CONVENTIONS: Mapping[str, Convention] = {
    row.name: row
    for row in (
        Convention(
            "missing",
            N_("Missing answers"),
            N_(
                {
                    "listwise": "rows with a gap left out",
                    "mean": "the item's mean",
                    "block_mean": "the item's mean, rows without any answer to a construct left out",
                    "em": "expected by EM from the row's other answers",
                    "pairwise": "correlations of the pairs that there are",
                }
            ),
        ),
        Convention(
            "scaling",
            N_("Scaling of the items"),
            N_(
                {
                    "standardised": "each standardised",
                    "pooled": "all over one pooled standard deviation",
                    "raw": "as they are",
                }
            ),
        ),
        Convention(
            "scheme",
            N_("Weighting scheme"),
            N_({"path": "path", "factor": "factor", "centroid": "centroid"}),
        ),
        Convention(
            "estimator",
            N_("Estimator"),
            N_(
                {
                    "PLS": "PLS, modes of the model",
                    "PLSc": "PLSc",
                    "Mode A": "PLS, Mode A throughout",
                    "Mode B": "PLS, Mode B throughout",
                }
            ),
        ),
        Convention(
            "divisor",
            N_("Variances of items and scores"),
            N_(
                {
                    "same": "one divisor for both, n or n − 1",
                    "n-1/n": "of items over n − 1, of scores over n",
                    "n/n-1": "of items over n, of scores over n − 1",
                }
            ),
        ),
        Convention(
            "signs",
            N_("Sign of a construct"),
            N_(
                {
                    "sum": "sum of its loadings positive",
                    "algorithm": "as initial weights of 1 leave it",
                    "majority": "most of its loadings positive, weights not turned",
                }
            ),
        ),
        Convention(
            "product",
            N_("Product of constructs"),
            N_(
                {
                    "two_stage": "of scores (two stages)",
                    "product_indicator": "of items",
                    "orthogonal": "of items, orthogonalised",
                }
            ),
        ),
        Convention(
            "cronbach_alpha",
            N_("Cronbach's alpha"),
            N_({"standardised": "from correlations (standardised)", "raw": "from covariances (raw)"}),
            ("cronbach_alpha",),
        ),
        Convention(
            "rho_c",
            N_("Composite reliability rho_C"),
            N_({"loadings": "from the loadings", "first_component": "from the first principal component"}),
            ("rho_c",),
        ),
        Convention(
            "composite_reliability",
            N_("Composite reliability (as printed)"),
            N_({"rho_c": "rho_C", "rho_a": "rho_A", "first_component": "from the first principal component"}),
            ("composite_reliability",),
        ),
        Convention(
            "htmt",
            N_("HTMT"),
            N_({"absolute": "of absolute correlations", "signed": "of signed correlations", "htmt2": "HTMT2"}),
            ("htmt",),
        ),
        Convention(
            "correlations",
            N_("Correlations and VIF of constructs"),
            N_({"constructs": "of the estimator's constructs", "scores": "of the scores, also under PLSc"}),
            ("construct_correlation", "inner_vif"),
        ),
        Convention("r_squared", N_("R²"), N_({"plain": "plain", "adjusted": "adjusted"}), ("r_squared",)),
        Convention(
            "f_squared",
            N_("f²"),
            N_({"fixed": "scores fixed", "reestimated": "model estimated again without the path"}),
            ("f_squared",),
        ),
        Convention(
            "interaction",
            N_("Path of a product"),
            N_({"standardised": "product standardised again", "unit": "per unit of the product"}),
            ("path_coefficient",),
        ),
        Convention(
            "fit_variant",
            N_("Model behind the fit"),
            N_(
                {
                    "saturated/composite": "saturated, composites",
                    "estimated/composite": "estimated, composites",
                    "saturated/common_factor": "saturated, common factors",
                    "estimated/common_factor": "estimated, common factors",
                }
            ),
            _FIT,
        ),
        Convention(
            "srmr",
            N_("SRMR"),
            N_({"diagonal": "diagonal counted", "no_diagonal": "diagonal not counted"}),
            ("srmr",),
        ),
        Convention(
            "d_g", N_("d_G"), N_({"e": "natural logarithms", "10": "logarithms to base 10"}), ("d_g",)
        ),
        Convention("chi_square", N_("χ²"), N_({"n-1": "(n − 1) F", "n": "n F"}), ("chi_square",)),
        Convention(
            "tails", N_("Tails of p"), N_({"2": "two-sided", "1": "one-sided"}), ("p_value",)
        ),
        Convention(
            "reference",
            N_("Distribution of p"),
            N_(
                {
                    "resamples": "Student's t, resamples − 1",
                    "normal": "normal",
                    "rows": "Student's t, n − 1",
                }
            ),
            ("p_value",),
        ),
    )
}
"""Every convention by its name."""


@dataclass(frozen=True)
class Analysis:
    """A survey estimated under one choice of what acts on everything, with a column for each treatment of the answers.

    Parameters
    ----------
    chosen : tuple of mapping
        For each column its option of every convention that acts on everything.
    n_rows : tuple of int
        Rows of each column.
    estimate, scores : Estimate
        With the printed signs and units, NaN in a column without a solution; the same without PLSc's correction.
    again : callable
        Returns f² with the model estimated again without each path.
    """

    chosen: tuple[Mapping[str, str], ...]
    n_rows: tuple[int, ...]
    estimate: Estimate
    scores: Estimate
    again: Callable[[], Values]


@dataclass(frozen=True)
class _Answers:
    """The columns of all analyses of one model: moments, and how they came about."""

    options: tuple[Mapping[str, str], ...]
    n_rows: FloatArray
    packed: FloatArray
    scales: FloatArray | None
    deviations: FloatArray
    units: FloatArray


def _treated(data: pd.DataFrame, model: Model) -> Iterator[tuple[str, FloatArray]]:
    """Yield the ways to treat gaps and the answers that each leaves, those of ``pairwise`` with their gaps."""
    rows = data.drop(columns=[c for c in data.columns if c not in model.items])
    item_matrix(rows.fillna(rows.mean(numeric_only=True)), model)  # names, numbers, columns that vary
    x = rows[list(model.items)].to_numpy(dtype=float, na_value=np.nan)
    gone = np.isnan(x)
    if not gone.any():
        yield "", x
        return
    empty = np.any([gone[:, s].all(axis=1) for s in model.slices if s.start < s.stop], axis=0)
    yield "listwise", x[~gone.any(axis=1)]
    yield "mean", fill(x, "mean")[0]
    yield "block_mean", fill(x[~empty], "mean")[0]
    yield "em", fill(x, "em")[0]
    if not model.composed:
        yield "pairwise", x


def _answers(data: pd.DataFrame, model: Model) -> tuple[_Answers, dict[str, str]]:
    """Return the columns, and for each treatment of gaps that cannot be had the reason."""
    options: list[dict[str, str]] = []
    parts: list[tuple[Any, ...]] = []
    left_out: dict[str, str] = {}
    pairs = expand(model).pairs
    for rule, x in _treated(data, model):
        if rule == "pairwise":
            frame = pd.DataFrame(x)
            r, scales, deviations = frame.corr().to_numpy(), np.empty(0), frame.std().to_numpy()
        elif len(x) < 3 or (np.ptp(x, axis=0) == 0).any():
            left_out[rule] = Said("{n} rows are left, or an item that does not vary", n=len(x))
            continue
        else:
            r, scales = sample_columns(x, pairs) if pairs else (correlations(x), np.empty(0))
            deviations = x.std(axis=0, ddof=1)
        pooled = float(np.nanstd(x, ddof=1))
        units = {"standardised": deviations, "pooled": np.full_like(deviations, pooled)}
        units["raw"] = np.ones_like(deviations)
        for scaling in ("standardised",) if model.composed else units:
            options.append(({"missing": rule} if rule else {}) | {"scaling": scaling})
            upper = r[np.triu_indices(len(r), 1)]
            parts.append((upper, scales, deviations, units[scaling], len(x)))
    if not parts:
        raise DataError("; ".join(f"{rule}: {why}" for rule, why in left_out.items()))
    packed, scales_, deviations_, units_ = (np.stack([p[i] for p in parts], axis=-1) for i in range(4))
    return _Answers(
        tuple(options),
        np.array([p[4] for p in parts], dtype=float),
        np.ascontiguousarray(packed),
        scales_ if pairs else None,
        deviations_,
        units_,
    ), left_out


def analyses(data: pd.DataFrame, model: Model) -> tuple[Iterator[Analysis], dict[str, str]]:
    """Estimate a model under every convention that acts on everything.

    Parameters
    ----------
    data : DataFrame
        One row a respondent, NaN where an answer is missing.
    model : Model

    Returns
    -------
    analyses : iterator of Analysis
    left_out : dict of str to str
        Treatments of missing answers that cannot be had, with the reason.

    Raises
    ------
    DataError
        If the data cannot be used.

    Examples
    --------
    >>> next(analyses(data, model)[0]).chosen[0]["scheme"]  # doctest: +SKIP
    'path'
    """
    answers, left_out = _answers(data, model)
    return _crossed(model, answers, data), left_out


def _crossed(model: Model, answers: _Answers, data: pd.DataFrame) -> Iterator[Analysis]:
    for method, described in _product_methods(model).items():
        own = answers if described == model else _answers(data, described)[0]
        for modes, scheme in product(_modes(described), CONVENTIONS["scheme"].options):
            estimated = _estimated(modes[1], own, scheme)
            for estimator in ("PLS", "PLSc") if modes[0] == "PLS" and any(model.factor_blocks) else modes[:1]:
                if estimator == "PLSc" and model.composed:
                    continue
                for divisor in CONVENTIONS["divisor"].options:
                    scaled = _corrected(estimated, own, divisor, consistent=estimator == "PLSc")
                    if scaled.consistent or divisor == "same":
                        again = _again(scaled, divisor)
                    for signs in CONVENTIONS["signs"].options if not model.composed else ("sum",):
                        here = {"scheme": scheme, "estimator": estimator, "divisor": divisor, "signs": signs}
                        here |= {"product": method} if method else {}
                        yield Analysis(
                            tuple({**options, **here} for options in own.options),
                            tuple(int(n) for n in own.n_rows),
                            _signed(scaled, signs, own, divisor),
                            _signed(estimated, signs, own, divisor),
                            again,
                        )


def _product_methods(model: Model) -> dict[str, Model]:
    if not model.products:
        return {"": model}
    blocks = {
        c: [model.items[i] for i in b] for c, b in zip(model.constructs, model.blocks, strict=True) if b
    }
    modes = dict(zip(model.constructs, model.modes, strict=True))
    return {
        method: Model(
            blocks,
            model.path_names,
            modes={c: modes[c] for c in blocks},
            higher_order=dict(model.higher_order),
            products={name: Product(p.first, p.second, method) for name, p in model.products},  # type: ignore[arg-type]
        )
        for method in CONVENTIONS["product"].options
    }


def _modes(model: Model) -> list[tuple[str, Model]]:
    """Return the model as described and, where that is another one, with one mode for all constructs."""
    found = [("PLS", model)]
    if not model.composed:
        blocks = {
            c: [model.items[i] for i in b] for c, b in zip(model.constructs, model.blocks, strict=True)
        }
        several = [c for c, b in blocks.items() if len(b) > 1]
        for mode in "AB":
            if any(model.modes[model.position(c)] != mode for c in several):
                other = Model(blocks, model.path_names, modes=dict.fromkeys(blocks, mode))
                found.append((f"Mode {mode}", other))
    return found


def _estimated(model: Model, answers: _Answers, scheme: str) -> Estimate:
    standardised = np.array([options["scaling"] == "standardised" for options in answers.options])
    found = estimate_batch(
        model,
        answers.packed,
        scheme=scheme,  # type: ignore[arg-type]
        tolerance=TOLERANCE,
        max_iterations=MAX_ITERATIONS,
        product_scales=answers.scales,
        item_variances=None
        if model.composed
        else np.where(standardised, 1.0, answers.deviations / answers.deviations.mean(axis=0)) ** 2,
    )
    wrong = ~np.asarray(found.converged)
    weights = np.where(wrong, np.nan, found.outer_weights_last)
    deviations = None if model.composed else answers.deviations
    return replace(found, outer_weights_last=weights, deviations_last=deviations)


def _factor(divisor: str, n: FloatArray) -> FloatArray:
    """Return by how much a score's weights are multiplied where its variance has another divisor than its items'."""
    ratio = {"same": np.ones_like(n), "n-1/n": n / (n - 1), "n/n-1": (n - 1) / n}[divisor]
    return np.asarray(np.sqrt(ratio))


def _corrected(e: Estimate, answers: _Answers, divisor: str, *, consistent: bool) -> Estimate:
    """Apply what the divisor does to rho_A, which is of the fourth degree in weights over the second, and PLSc."""
    model = e.model
    squared = _factor(divisor, answers.n_rows) ** 2
    rho_a = np.where(np.array(model.factor_blocks)[:, None], e.rho_a_last * squared, e.rho_a_last)
    if not consistent:
        return replace(e, rho_a_last=rho_a)
    with np.errstate(invalid="ignore", divide="ignore"):
        loadings, constructs = kernels.disattenuate(
            model, e.outer_weights_last, e.loadings_last, e.construct_correlations_last, rho_a
        )
        # weights and rho_A grow alike, so that the loadings stay
        loadings = np.where(
            np.array(model.factor_blocks)[model.construct_of, None], loadings / np.sqrt(squared), loadings
        )
        paths, r_squared = kernels.regressions(model, constructs)
    return replace(
        e,
        consistent=True,
        rho_a_last=rho_a,
        loadings_last=loadings,
        construct_correlations_last=constructs,
        path_coefficients_last=paths,
        r_squared_last=r_squared,
    )


def _signed(e: Estimate, rule: str, answers: _Answers, divisor: str) -> Estimate:
    """Turn constructs by a rule, and give weights in the units that their program prints."""
    if e.model.composed or e.description is not None:
        return e
    model = e.model
    starts = [block[0] for block in model.blocks]
    if rule == "sum":
        weights, cross = e.outer_weights_last.copy(), e.cross_loadings_last.copy()
        kernels.orient(model, weights, cross, {}, True)
        signs = np.where((weights * e.outer_weights_last)[starts] < 0, -1.0, 1.0)
    elif rule == "majority":
        own = np.sign(e.cross_loadings_last[np.arange(model.n_items), model.construct_of])
        signs = np.where(np.add.reduceat(own, starts, axis=0) <= 0, -1.0, 1.0)
    else:
        signs = np.ones((model.n_constructs, e.outer_weights_last.shape[1]))
    out = turned(e, signs)
    weights = e.outer_weights_last if rule == "majority" else out.outer_weights_last
    units = answers.units / answers.deviations * _factor(divisor, answers.n_rows)
    return replace(out, outer_weights_last=weights * units)


def _again(e: Estimate, divisor: str) -> Callable[[], Values]:
    @lru_cache(maxsize=1)
    def found() -> Values:
        if e.consistent and divisor != "same":
            return {}  # no program is known to do both
        return _quantity(e, "f_squared", f_squared="reestimated")

    return found


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
    """
    e = analysis.scores if chosen.get("correlations") == "scores" else analysis.estimate
    if statistic == "sample_size":
        return {("model", ""): np.array(analysis.n_rows, dtype=float)}
    if "first_component" in (chosen.get("rho_c"), chosen.get("composite_reliability")):
        found = dict(zip(measurement.factor_index(e.model), _first_component_rho_c(e), strict=True))
    elif chosen.get("htmt") == "signed":
        index = measurement.reflective_pair_index(e.model)
        found = dict(zip(index, measurement.htmt_last(e, signed=True), strict=True))
    elif chosen.get("f_squared") == "reestimated":
        found = dict(analysis.again())
    elif statistic in FIT:
        return {("model", ""): _fit(analysis, statistic, chosen)}
    else:
        name = {
            ("cronbach_alpha", "raw"): "cronbach_alpha_raw",
            ("composite_reliability", "rho_c"): "rho_c",
            ("composite_reliability", "rho_a"): "rho_a",
            ("htmt", "htmt2"): "htmt2",
            ("r_squared", "adjusted"): "adjusted_r_squared",
        }.get((statistic, chosen.get(statistic, "")), statistic)
        found = _of_rows(analysis, e, name) if QUANTITIES[name].needs_rows else _quantity(e, name)
        if chosen.get("interaction") == "unit":
            found |= _quantity(e, "interaction_effect")
    if statistic in _RELIABILITY:
        one = np.ones(len(analysis.n_rows))
        for c, block in zip(e.model.constructs, e.model.blocks, strict=True):
            if len(block) == 1:
                found |= {(c, c if statistic == "sqrt_ave" else ""): one}
    return found


_RELIABILITY = ("cronbach_alpha", "rho_a", "rho_c", "composite_reliability", "ave", "sqrt_ave")


def _quantity(e: Estimate, name: str, **how: Any) -> dict[tuple[str, str], FloatArray]:
    if QUANTITIES[name].needs_answers and e.deviations_last is None:
        return {}
    labels, table = quantities(e, include=[name], **how)
    return dict(zip(labels[["row", "column"]].itertuples(index=False, name=None), table.T, strict=True))


def _of_rows(analysis: Analysis, e: Estimate, name: str) -> dict[tuple[str, str], FloatArray]:
    """Compute a statistic that depends on the number of rows, which columns need not share."""
    each = {n: _quantity(replace(e, n_observations=n), name) for n in dict.fromkeys(analysis.n_rows)}
    keys = next(iter(each.values()))
    return {key: np.array([each[n][key][b] for b, n in enumerate(analysis.n_rows)]) for key in keys}


def _fit(analysis: Analysis, statistic: str, chosen: Mapping[str, str]) -> FloatArray:
    e, variant = analysis.estimate, chosen["fit_variant"]
    if statistic == "d_g":
        return model_fit.d_g_last(e, [variant], base=chosen["d_g"])[0]  # type: ignore[arg-type]
    if statistic == "chi_square":
        n = np.array(analysis.n_rows) - (1 if chosen["chi_square"] == "n-1" else 0)
        return np.asarray(n * model_fit.d_ml_last(e, [variant])[0])
    place = model_fit.VARIANTS.index(variant)
    if statistic == "srmr":
        squares = model_fit.sums_of_squares_last(e)[place]
        return model_fit.srmr(squares, e.model.n_items, count_diagonal=chosen["srmr"] == "diagonal")
    return np.asarray(model_fit.fit_last(e, [statistic])[statistic][place])


def _first_component_rho_c(e: Estimate) -> FloatArray:
    """Return rho_C from the loadings of each block's first principal component, (m, B)."""
    rows = []
    for j, factor in enumerate(e.model.factor_blocks):
        if factor:
            roots, vectors = np.linalg.eigh(np.moveaxis(kernels.block_matrix(e.model, e.packed_last, j), -1, 0))
            loadings = vectors[..., -1] * np.sqrt(roots[:, -1:])
            common = loadings.sum(axis=1) ** 2
            rows.append(common / (common + (1 - loadings**2).sum(axis=1)))
    return np.stack(rows) if rows else np.empty((0, len(e.converged_last)))
