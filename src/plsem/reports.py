"""How an estimate shows itself: a short report that a person reads, as text and as HTML."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd

from plsem import measurement, structural
from plsem.admissibility import PASSED, report
from plsem.solution import Estimate


def estimate_text(estimate: Estimate) -> str:
    """Return a report of a few lines: how it was estimated, the constructs, the paths, what is wrong."""
    if estimate.batch_shape:
        return f"<{_heading(estimate)}>"
    parts = [_heading(estimate)]
    parts += [_text(table) for table in _tables(estimate)]
    return "\n\n".join(parts + _problems(estimate))


def estimate_html(estimate: Estimate) -> str:
    """Return the same report for a notebook."""
    parts = [f"<p>{html.escape(_heading(estimate))}</p>"]
    if not estimate.batch_shape:
        parts += [
            table.to_html(float_format=lambda v: f"{v:.3f}", na_rep="–", border=0)
            for table in _tables(estimate)
        ]
        parts += [f"<p>{html.escape(line)}</p>" for line in _problems(estimate)]
    return "\n".join(parts)


def _heading(estimate: Estimate) -> str:
    model = estimate.model
    what = "PLSc" if estimate.consistent else "PLS"
    size = f"{model.n_constructs} constructs, {model.n_items} items"
    if estimate.batch_shape:
        shape = " × ".join(f"{n:,}" for n in estimate.batch_shape)
        settled = int(np.count_nonzero(estimate.converged_last))
        return f"{what} estimates of {shape} correlation matrices ({settled:,} converged): {size}"
    rows = "" if estimate.n_observations is None else f", n = {estimate.n_observations:,}"
    state = "converged after" if estimate.converged else "NOT CONVERGED after"
    return f"{what} estimate: {size}{rows}; {estimate.scheme} scheme, {state} {int(estimate.iterations)} iterations"


def _tables(estimate: Estimate) -> tuple[pd.DataFrame, pd.DataFrame]:
    model = estimate.model
    constructs = measurement.reliability(estimate)
    if estimate.deviations_last is not None:
        raw = np.where([len(block) == 1 for block in model.blocks], 1.0, np.nan)
        raw[np.array(model.factor_blocks)] = measurement.cronbach_alpha_raw_last(estimate)[:, 0]
        constructs.insert(1, "cronbach_alpha_raw", raw)
    constructs.insert(0, "items", [len(block) for block in model.blocks])
    constructs.insert(0, "mode", model.modes)
    constructs["r_squared"] = estimate.r_squared
    paths = structural.paths(estimate)
    names = paths.pop("source") + " -> " + paths.pop("target")
    return constructs.rename_axis(None), paths.set_axis(pd.Index(names), axis="index")


def _problems(estimate: Estimate) -> list[str]:
    found = report(estimate)
    wrong = found[found["status"] != PASSED]
    return [f"{r.status}: {r.check} ({r.found}); {r.advice}" for r in wrong.itertuples()]


def _text(table: pd.DataFrame) -> str:
    return table.to_string(float_format=lambda v: f"{v:.3f}", na_rep="–")
