"""Prune, estimate, resample and predict a few times, so that what would stop a run after minutes is known before it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from plsem.efa.correlations import EfaError
from plsem.efa.pruning import prune
from plsem.estimator import fit
from plsem.inputs import DataError
from plsem.model import Model, ModelError
from plsem.prediction import predict
from plsem.quantities import quantities
from plsem.resampling.bootstrap import BootstrapError, BootstrapWarning, bootstrap
from plsem.resampling.exact_fit import exact_fit_test
from surveypls.study.definition import Study
from surveypls.survey.scale_numbers import dependent_columns
from surveypls.survey.screening import CleaningResult
from tabletext.said import Said

#: Resamples drawn to see whether a run would come to its end.
TRIAL = 200
#: Rows an item below which a factor analysis is not to be trusted (Gorsuch 1983).
ROWS_PER_ITEM = 5


def estimates(cleaned: CleaningResult, study: Study) -> tuple[list[str], list[str], Model | None]:
    """Prune and estimate once; errors, warnings and the pruned model."""
    data = cleaned.responses.join(cleaned.observed[list(study.controls)])
    errors: list[str] = []
    for item in study.items:
        if data[item].nunique() == 1:
            c = study.get(study.construct_of(item))
            if study.efa.prune and c.factored:
                continue
            errors.append(
                Said(
                    "item {item} ({construct}): every answer that is kept is {value}; an item without variance "
                    "cannot be analysed, leave it out",
                    item=item,
                    construct=c.name,
                    value=f"{data[item].iloc[0]:g}",
                )
            )
    if len(data) < study.pls.predict_folds:
        errors.append(
            Said(
                "{n} rows for {folds} folds (pls.predict_folds); expected a row for each fold",
                n=len(data),
                folds=study.pls.predict_folds,
            )
        )
    if len(data) < 3:
        errors.append(
            Said("{n} rows after screening; expected at least 3, and many more for a result", n=len(data))
        )
    if errors:
        return errors, [], None
    notes = [*_constant(data, study), *_turned(data, study), *dependent(data[list(study.items)])]
    try:
        pruned = prune(cleaned.responses, **study.pruning)
        out = pruned.trace[pruned.trace["action"] == "dropped"]
        notes += [
            Said("item {item} is pruned: {reason}", item=item, reason=reason)
            for item, reason in zip(out["item"], out["reason"], strict=True)
            if data[item].nunique() > 1
        ]
        notes += pruned.notes
        empty = [c for c, block in pruned.blocks.items() if not block]
        if empty:
            return [Said("no item of {constructs} can be analysed", constructs=", ".join(empty))], notes, None
        model = study.model(pruned.retained)
        lost = [i for i in (study.estimator["sign_items"] or {}).values() if i not in pruned.retained]
        if lost:
            return (
                [Said("sign_item {item} is dropped by pruning; name another", item=i) for i in lost],
                notes,
                model,
            )
        estimate = fit(data[list(model.items)], model, **study.estimator)
    except (EfaError, ModelError, DataError, ValueError) as error:
        return [error.args[0]], notes, None
    if not bool(np.all(estimate.converged)):
        notes.append(Said("the estimate does not settle within {n} iterations", n=study.pls.max_iterations))
    return _tried(data[list(model.items)], model, study, notes), notes, model


def _tried(data: pd.DataFrame, model: Model, study: Study, notes: list[str]) -> list[str]:
    """Resample and predict a few times: what would stop a run after minutes stops it here."""
    n, p = data.shape
    options = {**study.bootstrap.resampling, "n_resamples": TRIAL}
    seed, limit = study.seed, study.bootstrap.max_failed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BootstrapWarning)
            tried = bootstrap(
                data, model, quantities, seed=seed, jackknife=False, **options, **study.estimator
            )
            exact = (
                None
                if model.composed
                else exact_fit_test(
                    data, model, seed=seed, n_resamples=TRIAL, max_failed=limit, **study.fit_options
                )
            )
        folds, scheme = study.pls.predict_folds, study.pls.scheme
        predict(data, model, seed=seed, folds=folds, repetitions=1, scheme=scheme)
    except (BootstrapError, DataError, ValueError, np.linalg.LinAlgError) as error:
        few = Said("; {n} rows are too few for {p} items", n=n, p=p) if n < ROWS_PER_ITEM * p else ""
        ways: str = ""
        if isinstance(error, BootstrapError) and study.pls.consistent:
            ways = Said(
                "; the ways out: pls.consistent: false, bootstrap.keep_inadmissible: true, more rows, or constructs "
                "that correlate less"
            )
        return [Said("a run would stop: {error}{few}{ways}", error=error.args[0], few=few, ways=ways)]
    if tried.n_failed:
        notes.append(
            Said(
                "{n} of {all} resamples, drawn to see, have no result ({why}); a run stops where more than "
                "{limit} fail",
                n=tried.n_failed,
                all=TRIAL,
                why=tried.failures_text(),
                limit=f"{limit:.0%}",
            )
        )
    if exact is None:
        return []
    if exact.reasons:
        reasons = sorted(set(exact.reasons.values()))
        notes.append(Said("exact fit, d_G, NFI and χ² are left blank: {reasons}", reasons=reasons))
        return []
    least = int(exact.summary()["n_draws"].min())
    if least < (1 - limit) * TRIAL:
        notes.append(
            Said(
                "{n} rows are too few for {p} items: d_G, which tests exact fit, has a value in {least} of {all} "
                "resamples drawn to see; do not report that test",
                n=n,
                p=p,
                least=least,
                all=TRIAL,
            )
        )
    return []


def _constant(data: pd.DataFrame, study: Study) -> Iterable[str]:
    for item in study.items:
        if data[item].nunique() == 1:
            yield Said("item {item}: the same answer in every row that is kept; it is pruned", item=item)


def _turned(data: pd.DataFrame, study: Study) -> Iterable[str]:
    """Find items that go against the rest of their construct, and pairs of items answered alike."""
    limit = norm.ppf(0.975) / np.sqrt(len(data))
    for c in study.constructs:
        items = [i for i in c.items if data[i].nunique() > 1]
        for item in items if c.mode == "A" else []:
            rest = data[[i for i in items if i != item]].sum(axis=1)
            r = data[item].corr(rest) if rest.nunique() > 1 else 0.0
            if r < -limit:
                yield Said(
                    "item {item} correlates {r} with the rest of {construct}: does it ask the opposite? (it is "
                    "listed under survey.reversed_items)"
                    if item in study.survey.reversed_items
                    else "item {item} correlates {r} with the rest of {construct}: does it ask the opposite? (it "
                    "is not listed under survey.reversed_items)",
                    item=item,
                    r=f"{r:.2f}",
                    construct=c.name,
                )
        for k, item in enumerate(items):
            for other in items[k + 1 :]:
                if (data[item] == data[other]).all():
                    yield Said(
                        "items {one} and {two} hold the same answers in every row", one=item, two=other
                    )


def dependent(data: pd.DataFrame) -> Iterable[str]:
    """Name the items that follow exactly from others, such as a total score among its parts.

    An item that is a sum or a mean is said of its parts; the same answers in two items are not repeated here.
    """
    values = data.to_numpy(dtype=float)
    if len(values) <= values.shape[1]:
        return
    order = np.argsort(values.std(axis=0), kind="stable").tolist()
    for j, parts in dependent_columns(values, order):
        yield Said(
            "item {item} follows from others in every row, {item} = {sum}: leave one of them out",
            item=str(data.columns[j]),
            sum=_sum([(w, str(data.columns[k])) for k, w in parts.items()]),
        )


def _sum(parts: Sequence[tuple[float, str]]) -> str:
    """Write a sum: ``A1 + A2 − 0.5 A3``, but for a constant."""
    terms = []
    for k, (weight, name) in enumerate(parts):
        sign = "−" if weight < 0 else "+" if k else ""
        size = "" if abs(abs(weight) - 1) < 1e-6 else f"{abs(weight):.4g} "
        terms.append(f"{sign}{' ' * bool(k and sign)}{size}{name}")
    return " ".join(terms)
