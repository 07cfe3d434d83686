"""Hand-made frames for every figure, and the figures drawn from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plsem.efa.adequacy import parallel_analysis
from surveypls import figures
from surveypls.study.settings import Text as StudyText
from surveypls.study.terms import Hypothesis

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

NAMES = {"X": {"en": "Infrastructure", "es": "Infraestructura"}}
BLOCKS = {"INFRATICS": ["INFRATICS1", "INFRATICS2", "INFRATICS10"], "FI": ["FI1", "FI2"]}
ITEMS = [i for block in BLOCKS.values() for i in block]
LABELS = {
    "INFRATICS": StudyText(en="Technological infrastructure", es="Infraestructura tecnológica"),
    "FI": "Income",
}
WORDING = {
    "FI1": {"en": "Knows which products earn most", "es": "Sabe qué productos dejan más ingresos al negocio"}
}
SCALE = {"Nunca": 1, "Casi nunca": 2, "A veces": 3, "Casi siempre": 4, "Siempre": 5}


def responses() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame({i: rng.choice([1.0, 2, 3, 4, 5], 60, p=[0.1, 0.1, 0.2, 0.25, 0.35]) for i in ITEMS})


def incomplete() -> pd.DataFrame:
    data = responses()
    data.loc[[0, 1, 2], "FI1"] = np.nan
    data.loc[[2, 3], "INFRATICS2"] = np.nan
    return data


FLOW = pd.DataFrame(
    [
        ("received", "", 70, 0, 0, 70),
        ("consent", "", 70, 2, 0, 68),
        ("completion", ">= 0.8", 68, 8, 0, 60),
        ("outlier", "p < 0.001", 60, 0, 3, 60),
        ("imputed", "mean", 60, 0, 4, 60),
    ],
    columns=["rule", "parameter", "rows_in", "dropped", "flagged", "rows_kept"],
)
STATISTICS = pd.DataFrame(
    [
        (r, i, "FI" if i[0] == "F" else "INFRATICS", 0.3 + 0.1 * k)
        for r in (0, 1)
        for k, i in enumerate(ITEMS)
        if r == 0 or i != "FI1"
    ],
    columns=["round", "item", "construct", "loading"],
)
TRACE = pd.DataFrame(
    [(1, "FI1", "dropped", "own loading", 0.21, 0.4), (1, "FI2", "kept", "cross-loading", 0.04, 0.1)],
    columns=["round", "item", "action", "rule", "value", "threshold"],
)
SUMMARY = pd.DataFrame(
    [
        ("path_coefficient", "INFRATICS", "FI", 0.31, -0.05, 0.55, 0.15),
        ("path_coefficient", "INFRATICS", "RC", 0.74, 0.5, 0.86, 0.0004),
        ("total_effect", "INFRATICS", "RC", 0.74, 0.5, 0.86, 0.0004),
        ("htmt", "FI", "INFRATICS", 0.335, 0.1, 0.6, np.nan),
        ("htmt", "RC", "INFRATICS", 0.884, 0.7, 1.02, np.nan),
    ],
    columns=["statistic", "row", "column", "original", "lower", "upper", "p_value"],
)
HYPOTHESES = [Hypothesis(id="H2", path="INFRATICS -> RC"), Hypothesis(id="H1", path="INFRATICS -> FI")]


def draws() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frames = [
        pd.DataFrame({"statistic": s, "row": r, "column": c, "value": rng.normal(v, 0.1, 300)})
        for s, r, c, v in SUMMARY[["statistic", "row", "column", "original"]].itertuples(index=False)
    ]
    return pd.concat(frames, ignore_index=True)


INTERVALS = pd.DataFrame(
    [
        ("cronbach_alpha", "RC", "", 0.615, 0.721, "0.730"),
        ("ave", "RC", "", 0.5605, 0.5615, "0.561"),
        ("rho_c", "RC", "", 0.78, 0.79, None),
    ],
    columns=["statistic", "row", "column", "lower", "upper", "printed"],
)
ENSEMBLE = pd.DataFrame(
    [(s, "RC", "", 0.1, 0.14, 0.5, 0.86, 0.9) for s in ("rho_c", "srmr")],
    columns=["statistic", "row", "column", "minimum", "lower", "median", "upper", "maximum"],
)
POWER = pd.DataFrame(
    [
        ("path_coefficient", "INFRATICS", t, n, 1 - np.exp(-n / a))
        for t, a in (("FI", 60), ("RC", 15))
        for n in (80, 20, 40)
    ],
    columns=["statistic", "row", "column", "n", "power"],
)
IPMA = pd.DataFrame(
    [
        ("FI", "construct", "INFRATICS", "INFRATICS", 0.31, 66.0),
        *[("FI", "item", f"INFRATICS{i}", "INFRATICS", 0.06 + 0.002 * i, 60.0 + i) for i in range(8)],
    ],
    columns=["target", "level", "name", "construct", "importance", "performance"],
)

COVERAGE = pd.DataFrame(
    [
        (population, s, n, kind, share, 0.02, 0.5 * (1 - share), 300)
        for population in ("moderate", "weak")
        for n in (50, 100)
        for kind in ("percentile", "bca")
        for s, share in (("htmt", 0.95 if kind == "bca" else 0.80), ("path_coefficient", 0.94))
    ],
    columns=[
        *("population", "statistic", "n_observations", "interval"),
        *("coverage", "coverage_se", "below", "n_samples"),
    ],
)
KINDS = pd.DataFrame(
    [
        (s, "INFRATICS", c, kind, 0.4, 0.4 - d, 0.4 + d)
        for s, c in (("path_coefficient", "FI"), ("htmt", "RC"))
        for d, kind in enumerate(("percentile", "bca", "studentised", "calibrated"), 1)
    ],
    columns=["statistic", "row", "column", "interval", "original", "lower", "upper"],
)
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
    "interval_kinds": lambda **k: figures.interval_kinds(KINDS, **k),
    "response_bars": lambda **k: figures.response_bars(
        responses(), SCALE, blocks=BLOCKS, item_labels=WORDING, construct_labels=LABELS, **k
    ),
    "missing_answers": lambda **k: figures.missing_answers(incomplete(), limit=0.04, **k),
    "cleaning_flow": lambda **k: figures.cleaning_flow(FLOW, **k),
    "correlation_map": lambda **k: figures.correlation_map(
        responses().corr(), blocks=BLOCKS, construct_labels=LABELS, **k
    ),
    "scree": lambda **k: figures.scree(
        parallel_analysis(responses().to_numpy(), n_iterations=30, seed=1), **k
    ),
    "loading_map": lambda **k: figures.loading_map(STATISTICS, TRACE, construct_labels=LABELS, **k),
    "htmt_bars": lambda **k: figures.htmt_bars(SUMMARY, **k),
    "forest": lambda **k: figures.forest(
        SUMMARY, statistics=["path_coefficient", "total_effect"], hypotheses=HYPOTHESES, **k
    ),
    "bootstrap_densities": lambda **k: figures.bootstrap_densities(draws(), SUMMARY, **k),
    "importance_map": lambda **k: figures.importance_map(IPMA, construct_labels=LABELS, **k),
    "attainable_intervals": lambda **k: figures.attainable_intervals(INTERVALS, **k),
    "ensemble_intervals": lambda **k: figures.ensemble_intervals(ENSEMBLE, count=41, **k),
    "power_curve": lambda **k: figures.power_curve(POWER, **k),
    "coverage_figure": lambda **k: figures.coverage_figure(COVERAGE, **k),
    "specification_curve": lambda **k: figures.specification_curve(SPECIFICATIONS, CHOICES, **k),
    "facsimile": lambda **k: figures.facsimile(
        CELLS, titles={"1": {"en": "Table 1. Items", "es": "Tabla 1. Ítems"}}, **k
    ),
    "significant_share": lambda **k: figures.significant_share(SHARES, **k),
    "t_bands": lambda **k: figures.t_bands(T, {"H1": 1.325, "H2": 2.528}, critical=1.96, **k),
    "score_scatter": lambda **k: figures.score_scatter(
        SCORES, [("X", "Y"), ("Y", "X")], construct_labels=NAMES, **k
    ),
    "ceiling_scatter": lambda **k: figures.ceiling_scatter(
        SCORES, CEILINGS, source="X", target="Y", effects={"ce_fdh": 0.214}, construct_labels=NAMES, **k
    ),
    "simple_slopes": lambda **k: figures.simple_slopes(LINES, SLOPES, construct_labels=NAMES, **k),
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


# more forms of the same figures, each with boundaries that the others do not meet ---------------------

LONG_NOTICE = "A synthetic survey, not the article's respondents. " * 4
BOUNDS = pd.DataFrame(
    [("htmt", "INFRATICS", "FI", 0.501), ("htmt", "RC", "INFRATICS", 1.0)],
    columns=["statistic", "row", "column", "upper"],
)
SHARED = pd.DataFrame({f"{c}{i}": [1, 1, 2, i, 4] for c in "AB" for i in (1, 2, 3, 4)}, dtype=float)
FOUR = {"No": 1, "Rather no": 2, "Rather yes": 3, "Yes": 4}
SLIDER = {"0": 0, **{str(v): v for v in range(1, 101)}}
RULES = pd.DataFrame(
    [
        ("received", "", 50, 0, 0, 50),
        ("own_rule", "", 50, 1, 0, 49),
        ("longstring", "<= 0.9", 49, 0, 0, 49),
        ("out_of_scale", "", 49, 0, 2, 49),
        ("imputed", "median", 49, 0, 1, 49),
    ],
    columns=["rule", "parameter", "rows_in", "dropped", "flagged", "rows_kept"],
)
MANY = pd.DataFrame(
    [("path_coefficient", f"X{i}", "Y", 0.1 * i - 0.6, 0.1 * i - 0.7, 0.1 * i - 0.5) for i in range(1, 14)],
    columns=["statistic", "row", "column", "original", "lower", "upper"],
)  # the sixth estimate is 0, the fifth and seventh intervals end at 0


def _many_htmt(n: int) -> pd.DataFrame:
    frame = MANY.head(n).assign(statistic="htmt", lower=np.nan, upper=np.nan)
    return frame.assign(original=np.linspace(0.0, 0.9, n))


EIGENVALUES = pd.DataFrame(
    [
        (kind, i, observed - shift, random - shift - 0.1, random - shift, observed > random, 95)
        for kind, shift in (("components", 0.0), ("factors", 0.6))
        for i, (observed, random) in enumerate([(2.5, 1.6), (1.4, 1.3), (0.7, 1.1), (0.4, 0.9)], 1)
    ],
    columns=["kind", "number", "observed", "mean", "percentile", "retained", "level"],
)


def gaps() -> pd.DataFrame:
    """Twenty respondents in whom seventeen different sets of the five items are missing."""
    whole = pd.DataFrame(3.0, index=range(20), columns=ITEMS)
    for row in range(1, 18):
        for place, item in enumerate(ITEMS):
            if row >> place & 1:
                whole.loc[row, item] = np.nan
    return whole


def _band(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(lower=(frame["power"] - 0.1).clip(0), upper=(frame["power"] + 0.1).clip(upper=1))


VARIANTS = {
    "response_bars_slider": lambda **k: figures.response_bars(
        pd.DataFrame({"a": [0.0, 10, 10.5, 20, 55, 100], "b": [0.0, 5, 50, 51, 99, 100]}), SLIDER, **k
    ),
    "response_bars_own_scales": lambda **k: figures.response_bars(
        SHARED,
        FOUR,
        scales={f"B{i}": SCALE for i in (1, 2, 3, 4)},
        blocks={"A": ["A1", "A2", "A3", "A4"], "B": ["B1", "B2", "B3", "B4"], "C": []},
        **k,
    ),
    "response_bars_boundary": lambda **k: figures.response_bars(
        pd.DataFrame({"x": [1.0] * 7 + [2.0] * 6 + [3.0] * 87, "y": [4.0] * 50 + [2.0] * 50}), FOUR, **k
    ),
    "missing_answers_patterns": lambda **k: figures.missing_answers(gaps(), **k),
    "missing_answers_none": lambda **k: figures.missing_answers(gaps().head(1), limit=0.05, **k),
    "cleaning_flow_rules": lambda **k: figures.cleaning_flow(RULES, **k),
    "htmt_bars_bounds": lambda **k: figures.htmt_bars(SUMMARY, bounds=BOUNDS, **k),
    "htmt_bars_ten": lambda **k: figures.htmt_bars(_many_htmt(10), **k),
    "htmt_bars_eleven": lambda **k: figures.htmt_bars(_many_htmt(11), **k),
    "forest_thirteen": lambda **k: figures.forest(MANY, **k),
    "forest_twelve": lambda **k: figures.forest(MANY.head(12), **k),
    "forest_hypotheses": lambda **k: figures.forest(
        SUMMARY, hypotheses=HYPOTHESES[:1], only_hypotheses=True, confidence_level=None, **k
    ),
    "densities_one": lambda **k: figures.bootstrap_densities(
        draws(), SUMMARY, quantities=[("htmt", "FI", "INFRATICS")], **k
    ),
    "densities_five": lambda **k: figures.bootstrap_densities(
        draws(), SUMMARY, quantities=_keys(SUMMARY), **k
    ),
    "facsimile_two_states": lambda **k: figures.facsimile(CELLS.iloc[[1, 5]], **k),
    "scree_retained": lambda **k: figures.scree(EIGENVALUES, **k),
    "power_curve_band": lambda **k: figures.power_curve(_band(POWER), **k),
    "power_curve_one": lambda **k: figures.power_curve(
        pd.DataFrame({"n": [10, 20], "power": [0.0, 1.0]}), **k
    ),
    "ensemble_summary": lambda **k: figures.ensemble_intervals(
        pd.DataFrame(
            [
                ("path_coefficient", "X", "Y", 0.1, 0.2, 0.3, 0.4, 0.5),
                ("ave", "X", "", 0.5, 0.5, 0.6, 0.7, 0.7),
            ],
            columns=["statistic", "row", "column", "minimum", "lower", "median", "upper", "maximum"],
        ),
        count=14,
        **k,
    ),
}


def _keys(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(frame[["statistic", "row", "column"]].itertuples(index=False, name=None))


def every_drawing() -> dict:
    """Return name → function that draws a figure and takes ``display``: the above, and path diagrams."""
    from path_cases import DIAGRAMS

    return {**DRAWINGS, **VARIANTS, **DIAGRAMS}
