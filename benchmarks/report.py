"""Write results.md from results.csv and scaling.csv."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

MACHINE = "Measured on 2 shared cores, 24 GiB."
ELSEWHERE = (
    ("R seminr 2.3.4, bootstrap_model", 1, 10.9, 28.3),
    ("R seminr 2.3.4, bootstrap_model", 2, 6.6, 16.1),
    ("R cSEM 0.6.1, resamplecSEMResults", 1, 16.9, 19.7),
)
"""Wall seconds per 1,000 resamples (a model of this study's size; ECSI mobi), measured once, in R 4.2.2."""


def number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def markdown(table: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    for row in table.itertuples(index=False):
        cells = [
            number(c) if isinstance(c, float) else f"{c:,}" if isinstance(c, int) else str(c) for c in row
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def comparison(table: pd.DataFrame) -> str:
    parts = []
    for model, rows in table.groupby("model", sort=False):
        shown = pd.DataFrame(
            {
                "program": rows["program"],
                "wall s per 1,000": rows["wall_per_1000"],
                "CPU s per 1,000": rows["cpu_per_1000"],
                "times ours (wall)": rows["wall_ratio"],
                "times ours (CPU)": rows["cpu_ratio"],
                "largest difference of a path": rows["path_difference"],
            }
        )
        parts.append(f"### {model}\n\n{markdown(shown)}")
    return "\n\n".join(parts)


def elsewhere(table: pd.DataFrame) -> str:
    ours = table[table["program"] == "surveypls"].set_index("model")["wall_per_1000"]
    rows = [
        (name, cores, small, large, small / ours["this study"], large / ours["ECSI mobi"])
        for name, cores, small, large in ELSEWHERE
    ]
    columns = ["program", "cores", "study's size, s", "mobi, s", "times ours", "times ours (mobi)"]
    return markdown(pd.DataFrame(rows, columns=columns))


def write_report(folder: Path) -> str:
    """Write results.md; return its text."""
    parts = [
        "# Benchmarks of the bootstrap",
        MACHINE
        + " Made by `make bench`; see `run.py`. Where other work shares the cores, wall time grows and "
        "processor (CPU) time hardly does: the CPU columns are the steadier ones. What statistics, folds and resamples "
        "of resamples cost, and what limits the rest, is in [ratios.md](ratios.md).",
    ]
    if (folder / "results.csv").exists():
        table = pd.read_csv(folder / "results.csv")
        parts += [
            "## Against other programs",
            "Seconds per 1,000 resamples: medians of 5 runs taken in turn, one thread each unless said. Ours "
            "draws, estimates, adds the jackknife, computes every statistic of the measurement and the "
            "structural model except those that need eigenvalues (d_G, NFI, χ²), and makes the table with BCa "
            "intervals. seminr computes paths, weights, loadings, HTMT and total effects; plspm and "
            "openpls-engine paths, weights, loadings, R² and total effects, and their collecting process waits "
            "in steps of one second. The last column compares the paths of the sample itself: ours equal "
            "seminr's to the stopping tolerance; another program's larger difference is its own convention.",
            comparison(table),
            "## Measured elsewhere",
            "Wall seconds per 1,000 resamples of R packages, taken once on 2 shared cores of another machine; "
            "the ratio to the figures above is therefore only an order of magnitude.",
            elsewhere(table),
        ]
    if (folder / "scaling.csv").exists():
        table = pd.read_csv(folder / "scaling.csv").rename(
            columns={
                "n": "respondents",
                "wall_seconds": "wall s",
                "cpu_seconds": "CPU s",
                "summary_seconds": "summary s",
                "peak_mb": "peak MB",
                "jackknife_rows": "jackknife",
            }
        )
        parts += [
            "## Scale",
            "Wall seconds of one bootstrap with its jackknife; peak memory of the whole process, draws and "
            "data included. Up to 5,000 respondents the jackknife leaves out one at a time, beyond that one "
            "of 1,000 groups. The million resamples keep their draws in single precision.",
            markdown(table),
        ]
    text = "\n\n".join(parts) + "\n"
    (folder / "results.md").write_text(text, encoding="utf-8")
    return text
