"""Robustness of the paths: whether they are straight, and whether their predictors are endogenous."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plsem.endogeneity import REASONS, CopulaResult, gaussian_copula
from plsem.nonlinearity import nonlinearity
from surveypls.sections.section import END, Part, Section, kept
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from surveypls.tables.build import Builder, join
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.said import into, recognised
from tabletext.tabular import Table

_REQUIREMENTS = (
    "construct", "n", "skewness", "excess_kurtosis", "ks_p_value", "n_values", "usable", "reason",
)  # fmt: skip
_CHECKS = (
    "row", "column", "path_coefficient", "quadratic_effect", "f_squared", "size", "p_quadratic", "lower", "upper",
    "linear", "copula", "p_copula", "p_together", "detectable", "path_with",
)  # fmt: skip


def tested_paths(study: Study) -> list[tuple[str, str]]:
    """Return the study's paths but those from products and those whose square is in the model already."""
    pairs = study.path_pairs
    return [(s, t) for s, t in pairs if "*" not in s and (f"{s}*{s}", t) not in pairs]


def _copulas(analysis: Analysis) -> CopulaResult:
    study = analysis.study
    return kept(
        analysis,
        "copulas",
        lambda a: gaussian_copula(
            a.responses,
            a.estimate,
            seed=study.seed,
            n_resamples=study.bootstrap.n_resamples,
            alpha=study.bootstrap.significance,
        ),
    )


def _checks(analysis: Analysis) -> pd.DataFrame:
    """Return each path with its square and its predictor's copula term, alone and beside the others."""
    study = analysis.study
    squares = nonlinearity(
        analysis.responses,
        analysis.model,
        seed=study.seed,
        paths=tested_paths(study),
        n_resamples=study.bootstrap.n_resamples,
        confidence_level=study.bootstrap.confidence_level,
        **study.fit_options,
    )
    table = squares.rename(columns={"source": "row", "target": "column", "p_value": "p_quadratic"})
    terms = _copulas(analysis).terms
    alone = terms["terms"] == terms["construct"]
    of_one = terms[alone].set_index(["construct", "target"])
    together = terms[~alone].set_index(["construct", "target"])["p_value"]
    keys = list(zip(table["row"], table["column"], strict=True))
    for name, column in (
        ("coefficient", "copula"),
        ("p_value", "p_copula"),
        ("detectable", "detectable"),
        ("path_with", "path_with"),
    ):
        table[column] = [float(of_one[name].get(key, np.nan)) for key in keys]
    table["p_together"] = [float(together.get(key, np.nan)) for key in keys]
    return table[list(_CHECKS)]


def requirements_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """List what a copula term needs of each predictor, and whether it is there."""
    b = Builder(display)
    b.text("construct", display("Predictor"))
    b.column("n", "n", "count")
    b.column("skewness", display("Skew"), decimals=2)
    b.column("excess_kurtosis", display("Kurtosis"), decimals=2)
    b.column("ks_p_value", display("p of normality"), "p")
    b.column("n_values", display("Different scores"), "count")
    b.text("tested", display("Tested"))
    for row in frame.to_dict("records"):
        b.add(row, tested=bool(row["usable"]))
    return b.table(
        title=display("What the test of endogeneity requires"),
        note=display(
            "A Gaussian copula term can be told from its predictor only where this is continuous and not normal, and "
            "with many rows (Becker, Proksch and Ringle, 2022). p: Kolmogorov-Smirnov with Lilliefors' correction. "
            "Kurtosis: excess."
        ),
    )


def _reason(text: object, display: Display) -> str:
    return display.decimals(into(recognised(str(text), *REASONS), display.language))


def checks_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Each path with its quadratic effect and its copula term."""
    square, copula = display("Quadratic effect"), display("Copula term")
    level = display.level(study.bootstrap.confidence_level)
    b = Builder(display)
    b.text("path", display("Path"))
    b.column("quadratic_effect", display("Estimate"), group=square)
    b.column("p_quadratic", "p", "p", square)
    b.column("lower", display("LL"), group=square)
    b.column("upper", display("UL"), group=square)
    b.column("f_squared", "f²", group=square)
    b.column("copula", display("Estimate"), group=copula)
    b.column("p_copula", "p", "p", copula)
    b.column("p_together", display("p, with all"), "p", copula)
    b.column("detectable", display("Found from"), group=copula, decimals=2)
    b.column("path_with", display("Path beside it"), group=copula)
    for row in frame.to_dict("records"):
        b.add(row, path=arrows(row["row"], row["column"]))
    note = join(
        display(
            "Quadratic effect: per unit of the squared standardised score, one square at a time (two-stage); "
            "{level} percentile interval.",
            level=level,
        ),
        display(
            "Copula term: Park and Gupta (2012), Hult et al. (2018), alone and beside those of all other predictors; "
            "found from: the smallest coefficient that so large a standard error finds with a power of 80%."
        ),
        display("{count} resamples.", count=display.count(study.bootstrap.n_resamples)),
    )
    return b.table(title=display("Robustness of the paths"), note=note)


def _robustness(study: Study, requirements: pd.DataFrame, checks: pd.DataFrame, *, display: Display) -> str:
    """Say which paths bend, which predictors could be tested for endogeneity, and which are endogenous."""
    bent = [
        display(
            "{path} ({effect}, f² {f_squared})",
            path=arrows(row["row"], row["column"]),
            effect=display.number(row["quadratic_effect"], plus=True),
            f_squared=display.number(row["f_squared"]),
        )
        for row in checks.to_dict("records")
        if not row["linear"]
    ]
    straight = (
        display("Nonlinearity: the quadratic effect differs from 0 in {paths}.", paths=display.listed(bent))
        if bent
        else display(
            "Nonlinearity: the interval of no quadratic effect leaves out 0 (paths tested: {n}).",
            n=len(checks),
        )
    )
    usable = requirements["usable"].astype(bool)
    refused = [
        f"{row['construct']} ({_reason(row['reason'], display)})"
        for row in requirements[~usable].to_dict("records")
    ]
    left = display("Not tested: {constructs}.", constructs="; ".join(refused)) if refused else ""
    if not usable.any():
        return straight + "\n\n" + display("Endogeneity cannot be tested.") + " " + left
    alpha = study.bootstrap.significance
    tested = checks[checks["p_copula"].notna()]
    found = [
        display(
            "{path} (p {p}; the path is {path_with} beside the term)",
            path=arrows(row["row"], row["column"]),
            p=display.compared(row["p_copula"]),
            path_with=display.number(row["path_with"]),
        )
        for row in tested[tested["p_copula"] < alpha].to_dict("records")
    ]
    if found:
        text = display(
            "Endogeneity: the copula term is significant for {paths}; such a predictor may share a cause with the "
            "outcome.",
            paths="; ".join(found),
        )
    else:
        text = display(
            "Endogeneity: no copula term is significant (tested: {constructs}). With a power of 80% terms from "
            "{least} to {most} on, depending on the path, would have been found; smaller ones are not ruled out.",
            constructs=display.listed(dict.fromkeys(tested["row"])),
            least=display.number(tested["detectable"].min(), digits=2),
            most=display.number(tested["detectable"].max(), digits=2),
        )
    return straight + "\n\n" + " ".join(filter(None, (text, left)))


SECTION = Section(
    key="robustness",
    applies=lambda study: study.robustness,
    prose=N_(
        "## Robustness\n\nTwo things can hide behind a path: a curve, and a cause that the predictor shares with what "
        "it explains. The first is looked for by a square of each predictor, the second by a Gaussian copula term "
        "where its requirements are met, which are tested first. Segments that nobody observed (FIMIX-PLS, PLS-POS) "
        "are not searched for: they need hundreds of rows to be found and to be found again."
    ),
    tables={
        "table_4_28_requirements": Part(
            "endogeneity_requirements",
            lambda a: _copulas(a).requirements[list(_REQUIREMENTS)],
            requirements_table,
        ),
        "table_4_29_robustness": Part("robustness", _checks, checks_table),
    },
    sentence=_robustness,
    after=END,
)
