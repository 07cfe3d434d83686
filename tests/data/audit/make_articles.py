"""Make the two made-up articles that the audit is tried on: one without errors, one with planted ones.

Construction.  180 respondents answer 13 five-point items of four constructs (LEAD, TRUST, SKILL, PERF); the
latent scores follow LEAD → TRUST, LEAD → SKILL, TRUST → PERF, SKILL → PERF with normal errors, and answers
are scores cut at fixed points, from a fixed seed.  The package estimates the model, bootstraps it, and every
figure is rounded to three decimals: the clean article.  The other one differs from it in the cells of
``PLANTED`` and in nothing else.  Run this file to write both again.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.estimator import fit
from plsem.model import Model
from plsem.quantities import long_table, quantities
from plsem.resampling.bootstrap import bootstrap

FOLDER = Path(__file__).parent
SEED, ROWS, RESAMPLES = 4711, 180, 1000
BLOCKS = {
    "LEAD": ["LEAD1", "LEAD2", "LEAD3"],
    "TRUST": ["TRUST1", "TRUST2", "TRUST3", "TRUST4"],
    "SKILL": ["SKILL1", "SKILL2", "SKILL3"],
    "PERF": ["PERF1", "PERF2", "PERF3"],
}
PATHS = [("LEAD", "TRUST"), ("LEAD", "SKILL"), ("TRUST", "PERF"), ("SKILL", "PERF")]
CUTS = (-1.5, -0.7, 0.1, 0.9)
COLUMNS = ("table", "cell", "statistic", "row", "column", "printed", "note")

# cell -> (what is printed in its place, what is wrong with it)
PLANTED = {
    "1.PERF.n_items_retained": ("4", "three loadings are printed"),
    "2.TRUST.ave": ("0.660", "not the mean squared loading"),
    "2.TRUST.composite_reliability": ("0.901", "not what the loadings give"),
    "2.LEAD.cronbach_alpha": ("0.705", "beyond what the loadings allow"),
    "3.SKILL.SKILL": ("0.895", "digits changed places: not the root of AVE"),
    "3.TRUST.LEAD": ("0.421", "digits changed places: not the path with its one predictor"),
    "5.LEAD.SKILL.t_statistic": ("9.872", "not β over its standard error"),
    "5.TRUST.PERF.p_value": ("0.041", "does not go with t"),
    "5.SKILL.PERF.decision": ("rejected", "p is below 0.05"),
    "6.SKILL.r_squared": ("0.293", "digits changed places: not β²"),
    "6.TRUST.PERF.f_squared": ("0.254", "a digit too large for R² and β"),
    "6.TRUST.adjusted_r_squared": ("0.291", "larger than R²"),
    "7.LEAD.PERF.total_effect": ("0.412", "not the sum of the routes"),
}
# right figures that no longer fit because a wrong one stands beside them
COLLATERAL = {"6.SKILL.adjusted_r_squared"}
STATEMENTS = [
    ("A1", "All loadings are above 0.6", "all(outer_loading > 0.6)"),
    ("A2", "Every hypothesis is accepted", 'all(decision == "accepted")'),
    ("A3", "HTMT is below 0.85 everywhere", "all(htmt < 0.85)"),
    ("A4", "180 people answered", "sample_size == 180"),
    (
        "A5",
        "Total and indirect effect of LEAD on PERF are the same",
        "same_digits(total_effect, indirect_effect)",
    ),
]


def survey() -> pd.DataFrame:
    """Simulate the answers."""
    rng = np.random.default_rng(SEED)
    lead = rng.normal(size=ROWS)
    trust = 0.6 * lead + 0.8 * rng.normal(size=ROWS)
    skill = 0.6 * lead + 0.8 * rng.normal(size=ROWS)
    perf = 0.4 * trust + 0.4 * skill + 0.75 * rng.normal(size=ROWS)
    scores = {"LEAD": lead, "TRUST": trust, "SKILL": skill, "PERF": perf}
    answers = {}
    for construct, items in BLOCKS.items():
        for k, item in enumerate(items):
            noise = rng.normal(size=ROWS) * (0.6 + 0.1 * k)
            answers[item] = np.digitize(0.85 * scores[construct] + noise, CUTS) + 1
    return pd.DataFrame(answers)


def clean_rows() -> list[tuple[str, ...]]:
    """Compute every printed figure of the clean article."""
    data = survey()
    model = Model(BLOCKS, PATHS)
    table = long_table(fit(data, model))
    value = {(s, r, c): v for s, r, c, v in table.itertuples(index=False, name=None)}
    result = bootstrap(data, model, quantities, seed=SEED, n_resamples=RESAMPLES, jackknife=False)
    inference = result.summary(statistic="path_coefficient", interval="percentile").set_index(
        ["row", "column"]
    )
    rows: list[tuple[str, ...]] = []

    def add(table: str, statistic: str, row: str, column: str, printed: str) -> None:
        name = ".".join(filter(None, (table, row, column if column != "items" else "", statistic)))
        if statistic in ("sqrt_ave", "construct_correlation", "htmt"):
            name = f"{table}.{row}.{column}"
        rows.append((table, name, statistic, row, column, printed, ""))

    add("1", "sample_size", "model", "", str(ROWS))
    for construct, items in BLOCKS.items():
        add("1", "n_items", construct, "items", str(len(items) + 1))
        add("1", "n_items_retained", construct, "items", str(len(items)))
    for construct, items in BLOCKS.items():
        for item in items:
            add("2", "outer_loading", item, construct, f"{value['outer_loading', item, construct]:.3f}")
        for statistic, source in (
            ("cronbach_alpha", "cronbach_alpha"),
            ("composite_reliability", "rho_c"),
            ("ave", "ave"),
        ):
            add("2", statistic, construct, "", f"{value[source, construct, '']:.3f}")
    names = list(BLOCKS)
    for i, row in enumerate(names):
        add("3", "sqrt_ave", row, row, f"{value['sqrt_ave', row, row]:.3f}")
        for column in names[:i]:
            for table_name, statistic in (("3", "construct_correlation"), ("4", "htmt")):
                add(table_name, statistic, row, column, f"{value[statistic, row, column]:.3f}")
    for source, target in PATHS:
        line = inference.loc[(source, target)]
        printed = {
            "path_coefficient": line["original"],
            "standard_error": line["standard_deviation"],
            "t_statistic": line["t_statistic"],
            "p_value": line["p_value"],
            "ci_lower": line["lower"],
            "ci_upper": line["upper"],
        }
        for statistic, number in printed.items():
            add("5", statistic, source, target, f"{number:.3f}")
        add("5", "decision", source, target, "accepted" if line["p_value"] < 0.05 else "rejected")
        add("6", "f_squared", source, target, f"{value['f_squared', source, target]:.3f}")
        add("6", "inner_vif", source, target, f"{value['inner_vif', source, target]:.3f}")
    for target in ("TRUST", "SKILL", "PERF"):
        add("6", "r_squared", "", target, f"{value['r_squared', '', target]:.3f}")
        add("6", "adjusted_r_squared", "", target, f"{value['adjusted_r_squared', '', target]:.3f}")
    for statistic in ("indirect_effect", "total_effect"):
        add("7", statistic, "LEAD", "PERF", f"{value[statistic, 'LEAD', 'PERF']:.3f}")
    add("6", "srmr", "model", "", f"{value['srmr', 'model', 'estimated/composite']:.3f}")
    return rows


def planted_rows(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Put the planted errors in place."""
    out = []
    for row in rows:
        printed, note = PLANTED.get(row[1], (row[5], ""))
        if row[1] in PLANTED and printed == row[5]:
            raise ValueError(f"{row[1]}: the planted figure is the true one")
        out.append((*row[:5], printed, note))
    missing = set(PLANTED) - {row[1] for row in rows}
    if missing:
        raise ValueError(f"no such cells: {sorted(missing)}")
    return out


def as_csv(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Write a table as CSV text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def main() -> None:
    """Write both articles."""
    rows = clean_rows()
    statements = as_csv(
        ("id", "where", "text_en", "expression"), [(i, "Results", text, e) for i, text, e in STATEMENTS]
    )
    for name, table in (("clean", rows), ("planted", planted_rows(rows))):
        (FOLDER / f"{name}_values.csv").write_text(as_csv(COLUMNS, table), encoding="utf-8")
        (FOLDER / f"{name}_statements.csv").write_text(statements, encoding="utf-8")


if __name__ == "__main__":
    main()
