"""Hand-made frames for the figures of what holds: the facsimile, n, choices, scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surveypls import figures

CELLS = pd.DataFrame(
    [
        ("1", "n_items", "FI", "items", "5", "a count", np.nan, np.nan),
        ("1", "efa_loading", "FI1", "FI", "0.738", "open", 0.7296, 0.7504),
        ("1", "cronbach_alpha", "FI", "", "0.730", "contradicted unless", np.nan, np.nan),
        ("1", "efa_loading", "FI2", "FI", "0.800", "open", 0.8001, 0.8004),
        ("4", "htmt_diagonal", "FI", "FI", "0.000", "not a statistic", np.nan, np.nan),
        ("4", "htmt", "RC", "FI", "0.244", "follows", np.nan, np.nan),
        ("5", "path_coefficient", "X", "FI", "-0.307", "contradicted", np.nan, np.nan),
        ("5", "decision", "X", "FI", "rejected", "follows", np.nan, np.nan),
        ("6", "r_squared", "X", "FI", "0.094", "follows", np.nan, np.nan),
        ("6", "srmr", "model", "", "0.090", "open", np.nan, np.nan),
    ],
    columns=["table", "statistic", "row", "column", "printed", "state", "lower", "upper"],
)
SHARES = pd.DataFrame(
    [
        ("H1", "whole-number answers", 100, 14, 14),
        ("H1", "whole-number answers", 45, 0, 14),
        ("H2", "whole-number answers", 45, 14, 14),
        ("H2", "whole-number answers", 100, 9, 9),
    ],
    columns=["hypothesis", "data", "n", "significant", "surveys"],
)
T = pd.DataFrame(
    [
        (h, n, t)
        for h, slope in (("H1", 0.03), ("H2", 0.16))
        for n in (100, 20, 45)
        for t in slope * n * np.linspace(0.8, 1.2, 21)
    ],
    columns=["hypothesis", "n", "t"],
)
CHOICES = {
    "estimator": {"": "Estimator", "PLS": "PLS", "PLSc": "PLSc"},
    "signs": {"": "Signs", "a": "left", "b": "turned"},
}
SPECIFICATIONS = pd.DataFrame(
    [
        ("H1", "PLS", "a", 0.31, 0.01, 0.61, True),
        ("H1", "PLS", "b", 0.29, -0.01, 0.59, False),
        ("H1", "PLSc", "a", 0.41, 0.11, 0.71, False),
        ("H2", "PLS", "a", -0.20, -0.50, -0.10, True),
    ],
    columns=["hypothesis", "estimator", "signs", "estimate", "lower", "upper", "marked"],
)
SCORES = pd.DataFrame({"X": [-1.0, 0.0, 1.0, 2.0, np.nan], "Y": [-1.0, 0.5, 0.5, 2.0, 0.0]})
CEILINGS = pd.DataFrame(
    [
        *(("ce_fdh", x, y) for x, y in [(-1.0, -1.0), (0.0, -1.0), (0.0, 0.5), (2.0, 0.5), (2.0, 2.0)]),
        *(("cr_fdh", x, y) for x, y in [(-1.0, -0.8), (2.0, 2.1)]),
    ],
    columns=["ceiling", "x", "y"],
)
LINES = pd.DataFrame(
    [("X", "M", "Y", level, x, s * x) for level, s in ((-1, 0.6), (0, 0.5), (1, 0.4)) for x in (-2, 2)],
    columns=["source", "moderator", "target", "level", "x", "y"],
)
SLOPES = pd.DataFrame(
    [("X", "M", "Y", m, 0.5 - 0.1 * m, 0.3 - 0.1 * m, 0.7 - 0.1 * m) for m in range(-3, 11)],
    columns=["source", "moderator", "target", "at", "slope", "lower", "upper"],
)

LABELS = {"X": {"en": "Infrastructure", "es": "Infraestructura"}}
GROUPS = pd.DataFrame(
    [
        ("X", "Y", "A", 0.5, 0.1),
        ("X", "Y", "B", 0.1, 0.1),
        ("M", "Y", "A", -0.3, 0.05),
        ("M", "Y", "B", 0.0, 0.2),
    ],
    columns=["row", "column", "group", "value", "se"],
)

DRAWINGS = {
    "group_forest": lambda **k: figures.group_forest(
        GROUPS, differing={("X", "Y")}, confidence_level=0.9, **k
    ),
    "specification_curve": lambda **k: figures.specification_curve(SPECIFICATIONS, CHOICES, **k),
    "facsimile": lambda **k: figures.facsimile(
        CELLS, titles={"1": {"en": "Table 1. Items", "es": "Tabla 1. Ítems"}}, **k
    ),
    "significant_share": lambda **k: figures.significant_share(SHARES, **k),
    "t_bands": lambda **k: figures.t_bands(T, {"H1": 1.325, "H2": 2.528}, critical=1.96, **k),
    "score_scatter": lambda **k: figures.score_scatter(
        SCORES, [("X", "Y"), ("Y", "X")], construct_labels=LABELS, **k
    ),
    "ceiling_scatter": lambda **k: figures.ceiling_scatter(
        SCORES, CEILINGS, source="X", target="Y", effects={"ce_fdh": 0.214}, construct_labels=LABELS, **k
    ),
    "simple_slopes": lambda **k: figures.simple_slopes(LINES, SLOPES, construct_labels=LABELS, **k),
}
REFUSED = {
    "specification_curve": lambda: figures.specification_curve(SPECIFICATIONS.iloc[:0], CHOICES),
    "facsimile": lambda: figures.facsimile(CELLS.iloc[:0]),
    "significant_share": lambda: figures.significant_share(SHARES.iloc[:0]),
    "t_bands": lambda: figures.t_bands(T.iloc[:0], {}),
    "score_scatter": lambda: figures.score_scatter(SCORES, []),
    "ceiling_scatter": lambda: figures.ceiling_scatter(SCORES, CEILINGS.iloc[:0], source="X", target="Y"),
    "simple_slopes": lambda: figures.simple_slopes(LINES, SLOPES.iloc[:0]),
}
