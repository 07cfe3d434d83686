"""One survey estimated under every convention of ``plsem.conventions.CONVENTIONS`` that acts on everything.

:func:`analyses` crosses them, one batch for all ways to treat gaps, to scale items, to divide variances and to turn
constructs; :func:`plsem.convention_values.values` computes a statistic under a choice of those that act on it;
:func:`resampled` bootstraps under one choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import product
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem import kernels
from plsem.choices import under_sign_rules, with_individual_signs
from plsem.composition import ProductMethod
from plsem.conventions import CONVENTIONS
from plsem.estimator import Estimate, check_consistent, estimate_batch
from plsem.inputs import DataError, correlations, item_matrix
from plsem.missing import fill
from plsem.model import Model
from plsem.names import Said
from plsem.products import sample_columns
from plsem.quantities import QUANTITIES, quantities
from plsem.resampling.replicates import turned
from plsem.resampling.result import REASONS, BootstrapResult
from plsem.stages import expand

__all__ = ["Analysis", "analyses", "resampled"]

FloatArray = NDArray[np.float64]
Values = Mapping[tuple[str, str], FloatArray]
#: Steps of the weights smaller than this end an estimate, so that its figures are those of any stricter program.
TOLERANCE, MAX_ITERATIONS = 1e-11, 3_000


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
    """The columns of all analyses of one model: how they came about, and arrays with a column each."""

    options: tuple[Mapping[str, str], ...]
    n_rows: FloatArray
    packed: FloatArray
    scales: FloatArray
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
    expected, settled = fill(x, "em")
    if settled:
        yield "em", expected
    if not model.composed:
        yield "pairwise", x


def _answers(data: pd.DataFrame, model: Model) -> tuple[_Answers, tuple[str, ...]]:
    """Return the columns, and a sentence for each treatment of gaps that cannot be had."""
    options: list[dict[str, str]] = []
    parts: list[tuple[Any, ...]] = []
    left_out: list[str] = []
    pairs = expand(model).pairs
    for rule, x in _treated(data, model):
        if rule == "pairwise":
            frame = pd.DataFrame(x)
            r, scales, deviations = frame.corr().to_numpy(), np.empty(0), frame.std().to_numpy()
        elif len(x) < 3 or (np.ptp(x, axis=0) == 0).any():
            label = Said(CONVENTIONS["missing"].options.get(rule, rule))
            left_out.append(Said("{option}: {n} rows are left, too few or all alike", option=label, n=len(x)))
            continue
        else:
            r, scales = sample_columns(x, pairs) if pairs else (correlations(x), np.empty(0))
            deviations = x.std(axis=0, ddof=1)
        units = {"standardised": deviations, "pooled": np.nanstd(x, ddof=1), "raw": 1.0}
        for scaling in ("standardised",) if model.composed else units:
            options.append(({"missing": rule} if rule else {}) | {"scaling": scaling})
            upper = r[np.triu_indices(len(r), 1)]
            parts.append((len(x), upper, scales, deviations, units[scaling] / deviations))
    if not parts:
        raise DataError("; ".join(left_out))
    if model.composed:
        left_out.append(NOT_IN_STAGES)
    arrays = [np.ascontiguousarray(np.stack(part, axis=-1), dtype=float) for part in zip(*parts, strict=True)]
    return _Answers(tuple(options), *arrays), tuple(left_out)


NOT_IN_STAGES = Said(
    "in a model with products or second-order constructs: PLSc of products, items that are not standardised, "
    "correlations of the pairs that there are, raw alpha, rho_C of the first component, signed HTMT"
)


def analyses(data: pd.DataFrame, model: Model) -> tuple[Iterator[Analysis], tuple[str, ...]]:
    """Estimate a model under every convention that acts on everything.

    Parameters
    ----------
    data : DataFrame
        One row a respondent, NaN where an answer is missing.
    model : Model

    Returns
    -------
    analyses : iterator of Analysis
    left_out : tuple of str
        What is not tried, a sentence each.

    Raises
    ------
    DataError
        If the data cannot be used.

    Examples
    --------
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> model = Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    >>> found, left_out = analyses(answers, model)
    >>> [analysis.chosen[0]["scheme"] for analysis in found], left_out
    (['path', 'factor', 'centroid'], ())
    """
    answers, left_out = _answers(data, model)
    return _crossed(model, answers, data), left_out


def _crossed(model: Model, answers: _Answers, data: pd.DataFrame) -> Iterator[Analysis]:
    for method in get_args(ProductMethod) if model.products else (None,):
        described = _variant(model, method=method) if method else model
        own = answers if described == model else _answers(data, described)[0]
        for (modes, modelled), scheme in product(_modes(described), CONVENTIONS["scheme"].options):
            estimated = _estimated(modelled, own, scheme)
            corrected = modes == "PLS" and any(estimated.model.factor_blocks) and _correctable(model)
            for estimator in (modes, "PLSc") if corrected else (modes,):
                here = {"scheme": scheme, "estimator": estimator} | ({"product": method} if method else {})
                yield _analysis(estimated, own, here)


def _correctable(model: Model) -> bool:
    """Tell whether PLSc is defined for a model: not with products, nor with every kind of second-order construct."""
    try:
        check_consistent(model, True)
    except ValueError:
        return False
    return True


def _analysis(estimated: Estimate, own: _Answers, here: Mapping[str, str]) -> Analysis:
    """Put divisors and signs beside each other: the same estimate in other units and turned."""
    consistent = here["estimator"] == "PLSc"
    composed = estimated.description is not None
    units = [] if composed else list(product(CONVENTIONS["divisor"].options, CONVENTIONS["signs"].options))
    corrected, scores, chosen = [], [], []
    for divisor, signs in units or [("same", "sum")]:
        one = _corrected(estimated, _factor(divisor, own.n_rows), consistent=consistent)
        corrected.append(_signed(one, signs, own.units))
        scores.append(_signed(estimated, signs, own.units))
        named = {"divisor": divisor, "signs": signs} if units else {}
        chosen += [{**options, **here, **named} for options in own.options]
    first = _corrected(estimated, np.ones_like(own.n_rows), consistent=consistent)
    # no program is known to correct for attenuation, to have two divisors and to estimate again
    known = np.array([not consistent or row.get("divisor", "same") == "same" for row in chosen])

    @lru_cache(maxsize=1)
    def again() -> Values:
        found = quantity_of(first, "f_squared", f_squared="reestimated")
        return {key: np.where(known, np.tile(v, len(corrected)), np.nan) for key, v in found.items()}

    n_rows = tuple(int(n) for n in np.tile(own.n_rows, len(corrected)))
    return Analysis(tuple(chosen), n_rows, _joined(corrected), _joined(scores), again)


def _joined(estimates: Sequence[Estimate]) -> Estimate:
    """Put batches of one model one after another."""
    if len(estimates) == 1:
        return estimates[0]
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(e, name) for e in estimates], axis=-1) for name in _arrays(estimates[0])
    }
    return replace(estimates[0], batch_shape=arrays["converged_last"].shape, **arrays)


def _variant(model: Model, *, mode: str | None = None, method: ProductMethod | None = None) -> Model:
    """Return the model with one mode for all constructs, or with its products estimated by another method."""
    blocks = {
        c: [model.items[i] for i in b] for c, b in zip(model.constructs, model.blocks, strict=True) if b
    }
    own = dict(zip(model.constructs, model.modes, strict=True))
    products = {name: replace(p, method=method or p.method) for name, p in model.products}
    orders = dict(model.higher_order)
    modes = {c: mode or own[c] for c in blocks}
    return Model(blocks, model.path_names, modes=modes, higher_order=orders, products=products)


def _modes(model: Model) -> list[tuple[str, Model]]:
    """Return the model as described and, where that is another one, with one mode for all constructs."""
    several = {m for m, b in zip(model.modes, model.blocks, strict=True) if len(b) > 1}
    return [("PLS", model), *((f"Mode {m}", _variant(model, mode=m)) for m in "AB" if several - {m})]


def _estimated(model: Model, answers: _Answers, scheme: str) -> Estimate:
    standardised = np.array([options["scaling"] == "standardised" for options in answers.options])
    found = estimate_batch(
        model,
        answers.packed,
        scheme=scheme,  # type: ignore[arg-type]
        tolerance=TOLERANCE,
        max_iterations=MAX_ITERATIONS,
        product_scales=answers.scales if model.composed else None,
        item_variances=None
        if model.composed
        else np.where(standardised, 1.0, answers.deviations / answers.deviations.mean(axis=0)) ** 2,
    )
    found = replace(found, deviations_last=None if model.composed else answers.deviations)
    solved = np.where(found.converged_last, 1.0, np.nan)
    weighted = set(_arrays(found)) - {"packed_last", "deviations_last", "iterations_last", "converged_last"}
    floats: dict[str, Any] = {name: getattr(found, name) * solved for name in weighted}
    return replace(found, **floats)


def _arrays(e: Estimate) -> list[str]:
    """Return the names of an estimate's arrays, whose last axis is the batch."""
    names = [f.name for f in fields(Estimate) if f.name.endswith("_last")]
    return [name for name in names if getattr(e, name) is not None]


def _factor(divisor: str, n: FloatArray) -> FloatArray:
    """Return by how much a score's weights are multiplied where its variance has another divisor than its items'."""
    ratio = {"same": np.ones_like(n), "n-1/n": n / (n - 1), "n/n-1": (n - 1) / n}[divisor]
    return np.asarray(np.sqrt(ratio))


def _corrected(e: Estimate, factor: FloatArray, *, consistent: bool) -> Estimate:
    """Multiply the weights, on which rho_A depends, and correct for attenuation."""
    model, weights = e.model, e.outer_weights_last * factor
    with np.errstate(invalid="ignore", divide="ignore"):
        rho_a = kernels.rho_a(model, e.packed_last, weights)
        e = replace(e, outer_weights_last=weights, rho_a_last=rho_a)
        if not consistent:
            return e
        loadings, constructs = kernels.disattenuate(
            model, weights, e.loadings_last, e.construct_correlations_last, rho_a
        )
        paths, r_squared = kernels.regressions(model, constructs)
    return replace(
        e,
        consistent=True,
        loadings_last=loadings,
        construct_correlations_last=constructs,
        path_coefficients_last=paths,
        r_squared_last=r_squared,
    )


def _signed(e: Estimate, rule: str, units: FloatArray) -> Estimate:
    """Turn constructs by a rule, and give weights in the units that their program prints."""
    if e.description is not None:
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
    return replace(out, outer_weights_last=weights * units)


def quantity_of(e: Estimate, name: str, **how: Any) -> dict[tuple[str, str], FloatArray]:
    """Return a statistic of an estimate, (row, column) → (B,); nothing where it needs answers that are not at hand."""
    if QUANTITIES[name].needs_answers and e.deviations_last is None:
        return {}
    labels, table = quantities(e, include=[name], **how)
    return dict(zip(labels[["row", "column"]].itertuples(index=False, name=None), table.T, strict=True))


def resampled(
    data: pd.DataFrame,
    model: Model,
    chosen: Mapping[str, str],
    statistics: Sequence[str],
    *,
    n_resamples: int,
    seed: int = 1,
    jackknife: bool = False,
) -> dict[tuple[str, str], BootstrapResult]:
    """Bootstrap under a choice of what acts on everything, and read every rule for signs off the same draws.

    Parameters
    ----------
    data : DataFrame
        As for :func:`analyses`.
    model : Model
    chosen : mapping of str to str
        Of :attr:`Analysis.chosen`.
    statistics : sequence of str
        Names of :data:`plsem.quantities.QUANTITIES`.
    n_resamples, seed, jackknife
        As for :func:`plsem.resampling.bootstrap.bootstrap`.

    Returns
    -------
    dict of (str, str) to BootstrapResult
        Options of ``sign_changes`` and ``inadmissible`` → the draws; ``kept`` only where some are inadmissible.  Empty
        under a choice whose resamples cannot be had: items that are not standardised, correlations of the pairs that
        there are, PLSc with two divisors.

    Raises
    ------
    BootstrapError
        If too many resamples have no solution.

    References
    ----------
    The rules for signs: Tenenhaus et al. (2005), as :func:`plsem.choices.under_sign_rules`.

    Examples
    --------
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> model = Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")])
    >>> chosen = {"scheme": "path", "estimator": "PLS"}
    >>> list(resampled(answers, model, chosen, ["r_squared"], n_resamples=100))
    [('none', 'left_out'), ('construct', 'left_out'), ('individual', 'left_out')]
    """
    consistent = chosen["estimator"] == "PLSc"
    divided = consistent and chosen.get("divisor", "same") != "same"
    if (
        divided
        or chosen.get("scaling", "standardised") != "standardised"
        or chosen.get("missing") == "pairwise"
    ):
        return {}
    answers = dict(_treated(data, model))[chosen.get("missing", "")]
    described = _variant(model, method=chosen["product"]) if "product" in chosen else model  # type: ignore[arg-type]
    modes = "PLS" if consistent else chosen["estimator"]
    drawn = under_sign_rules(
        pd.DataFrame(answers, columns=list(model.items)),
        dict(_modes(described))[modes],
        tuple(statistics),
        estimator={"scheme": chosen["scheme"], "consistent": consistent},
        seed=seed,
        n_resamples=n_resamples,
        jackknife=jackknife,
        keep_inadmissible=True,
    )
    drawn["individual"] = with_individual_signs(drawn["none"])
    found = {}
    for rule, result in drawn.items():
        impossible = result.status == REASONS.index("inadmissible") + 1
        left = np.where(impossible[:, None], np.nan, result.draws)
        found[rule, "left_out"] = replace(result, draws=left)
        if impossible.any():
            found[rule, "kept"] = result
    return found
