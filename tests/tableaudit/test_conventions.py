"""The conventions behind printed figures: each program named by its own, small cases by hand, and what is refused."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from convention_cases import FIVE, KEYS, PAIR, table, with_gaps
from pls_reference import FOLDER, data, model, reference

from plsem import Model
from plsem.conventions import CONVENTIONS
from plsem.inputs import DataError
from tableaudit.conventions import Solution, solve
from tableaudit.printed import PublishedError

DEFINITIONS = Path(__file__).parents[2] / "docs" / "definitions.md"
#: Names in the reference figures of what is printed under another name.
PRINTED_AS = {
    "f_squared_reestimated": "f_squared",
    "htmt_signed": "htmt",
    "score_correlation": "construct_correlation",
    "score_inner_vif": "inner_vif",
    "rho_c_first_component": "rho_c",
    "d_g_log10": "d_g",
    "srmr_unequal_definition": "srmr",
}


def printed(run: dict, decimals: int | None = 3) -> pd.DataFrame:
    """Return a run's figures as its program prints them, under one name for each statistic."""
    values = dict(run["values"])
    if run["package"] == "cSEM":  # what is derived from its matrices, and HTMT by another option
        for name in ("d_g", "srmr_without_diagonal", *(["htmt"] if "htmt_signed" in values else [])):
            values.pop(name, None)
        values["srmr"] = {k: v for k, v in values.get("srmr", {}).items() if "saturated" in k}
    rows = []
    for statistic, cells in values.items():
        for cell, value in cells.items():
            row, column = cell.split("|")
            column = "" if statistic == "srmr_unequal_definition" else column
            text = "" if value is None else repr(value) if decimals is None else f"{value:.{decimals}f}"
            rows.append((PRINTED_AS.get(statistic, statistic), row, column, text))
    return pd.DataFrame(rows, columns=[*KEYS, "printed"])


@cache
def runs() -> list[tuple[str, dict]]:
    own = [(m, r) for m in ("mobi_ecsi", "corp_rep_simple") for r in reference(m)["runs"]]
    python = json.loads((FOLDER / "python_programs.json").read_text(encoding="utf-8"))["runs"]
    # cSEM's composite models repeat its other runs but for the implied matrices
    return [(m, r) for m, r in own if "path_coefficient" in r["values"]] + [(r["model"], r) for r in python]


def find(package: str, model_id: str, scheme: str, consistent: bool = False) -> dict:
    return next(
        r
        for m, r in runs()
        if (m, r["package"], r["scheme"], r["consistent"]) == (model_id, package, scheme, consistent)
    )


def solved(model_id: str, run: dict, figures: pd.DataFrame) -> Solution:
    """Solve with the answers that the program was given."""
    name = reference(model_id)["data"]
    filled = run["package"] in ("cSEM", "plspm", "semPLS", "SmartPLS")
    return solve(data(name) if filled else with_gaps(name), model(model_id), figures)


def verdicts(found: Solution) -> dict[str, int]:
    return found.figures["verdict"].value_counts().to_dict()


def documented() -> dict[str, dict[str, set[str]]]:
    """Return program → convention → options, from the table of the definitions."""
    text = DEFINITIONS.read_text(encoding="utf-8")
    table = text[text.index("| Convention | seminr") :].split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    programs = [name.replace("SmartPLS 2", "SmartPLS") for name in rows[0][1:]]
    return {
        program: {
            row[0].strip("`"): set(re.findall(r"`([^`]+)`", row[place])) for row in rows[2:] if row[place]
        }
        for place, program in enumerate(programs, start=1)
    }


def test_the_table_of_the_definitions_names_conventions_and_options() -> None:
    table = documented()
    assert {r["package"] for _, r in runs()} == set(table)
    for options in table.values():
        for name, chosen in options.items():
            assert chosen and chosen <= set(CONVENTIONS[name].options), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "program", ["seminr", "cSEM", "plspm", "semPLS", "SmartPLS", "openpls", "plspm (Python)"]
)
def test_each_program_is_named_as_documented(program: str) -> None:
    table = documented()[program]
    settled: dict[str, set[str]] = {}
    for model_id, run in runs():
        if run["package"] != program:
            continue
        found = solved(model_id, run, printed(run))
        mixed = program == "openpls" and model_id == "corp_rep_simple"  # see the next test but one
        assert mixed or set(verdicts(found)) <= {"reproduced", "not judged"}
        assert set(found.holding("scheme")) & {run["scheme"]}
        assert found.holding("estimator") == ("PLSc" if run["consistent"] else "PLS",)
        for name in set(found.conventions["convention"]) - {"scheme", "estimator", "signs"}:
            holding = set(found.holding(name))
            if name in table and not mixed:
                assert holding & table[name], (name, holding)
            if len(holding) == 1:
                settled.setdefault(name, set()).update(holding)
        assert found.holding("signs") == ("sum", "algorithm", "majority")
    assert settled == {name: chosen for name, chosen in table.items() if name != "interaction"}


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("seminr", {"f_squared": "reestimated", "htmt": "absolute", "divisor": "same", "rho_c": "loadings"}),
        (
            "openpls",
            {"f_squared": "fixed", "divisor": "n-1/n", "rho_c": "first_component", "srmr": "no_diagonal"},
        ),
        (
            "plspm (Python)",
            {"scaling": "pooled", "rho_c": "first_component", "cronbach_alpha": "standardised"},
        ),
    ],
)
@pytest.mark.parametrize("decimals", [3, None])
def test_rounded_figures_and_full_precision_tell_the_same(package, expected, decimals) -> None:
    run = find(package, "mobi_ecsi", "path")
    found = solved("mobi_ecsi", run, printed(run, decimals))
    assert set(verdicts(found)) <= {"reproduced", "not judged"}
    assert {name: found.holding(name) for name in expected} == {n: (o,) for n, o in expected.items()}
    assert found.holding("scheme") == ("path",)


def test_a_program_that_fills_gaps_by_several_rules_is_found_out() -> None:
    """Openpls 1.13.0 takes alpha, Dillon-Goldstein's rho and HTMT2 of other rows than the model."""
    run = find("openpls", "corp_rep_simple", "path")
    found = solved("corp_rep_simple", run, printed(run))
    assert found.holding("missing") == ("block_mean",)
    missed = found.figures[found.figures["verdict"] != "reproduced"]
    assert set(missed["statistic"]) == {"cronbach_alpha", "rho_c", "htmt2"}
    alpha = missed.set_index("statistic").loc["cronbach_alpha"]
    assert alpha["verdict"] == "otherwise" and alpha["row"] == "CUSL"
    assert dict(alpha["otherwise"])["missing"] == "listwise"


@pytest.mark.parametrize(("change", "verdict"), [(0.3, "nowhere"), (0.1, "otherwise"), (-0.001, "nowhere")])
def test_seminr_fills_by_the_mean_and_a_changed_figure_is_named(change: float, verdict: str) -> None:
    """What some other setting happens to give is told from what none gives; both are named, with the right value."""
    run = find("seminr", "corp_rep_simple", "path")
    figures = printed(run)
    place = figures.index[(figures["statistic"] == "path_coefficient") & (figures["row"] == "LIKE")][0]
    right = float(figures.loc[place, "printed"])
    figures.loc[place, "printed"] = f"{right + change:.3f}"
    found = solved("corp_rep_simple", run, figures)
    wrong = found.figures[found.figures["verdict"] != "reproduced"]
    assert wrong.index.tolist() == [place] and wrong.loc[place, "verdict"] == verdict
    assert wrong.loc[place, "value"] == pytest.approx(right, abs=5e-4)
    assert abs(wrong.loc[place, "nearest"] - right - change) <= abs(
        wrong.loc[place, "value"] - right - change
    )
    assert found.holding("missing") == ("mean",) and found.holding("f_squared") == ("reestimated",)
    assert found.n_missing == 11 and ("Reproduced by no setting:" in repr(found)) == (verdict == "nowhere")


def test_the_order_of_rows_columns_and_pairs_does_not_matter() -> None:
    run = find("seminr", "corp_rep_simple", "path", consistent=True)
    figures, answers, spec = printed(run), with_gaps("corp_rep"), model("corp_rep_simple")
    rng = np.random.default_rng(3)
    shuffled = figures.sample(frac=1, random_state=1).reset_index(drop=True)
    pairs = shuffled["statistic"].isin(["htmt", "construct_correlation"])
    shuffled.loc[pairs, ["row", "column"]] = shuffled.loc[pairs, ["column", "row"]].to_numpy()
    turned = answers.iloc[rng.permutation(len(answers)), rng.permutation(answers.shape[1])]
    one, other = (
        solve(answers, spec, figures),
        solve(turned, spec, shuffled[["printed", "column", "row", "statistic"]]),
    )
    pd.testing.assert_frame_equal(one.conventions, other.conventions)
    assert verdicts(one) == verdicts(other) == {"reproduced": len(figures)}


# small cases, worked by hand -----------------------------------------------------------------------
def test_r_squared_plain_or_adjusted() -> None:
    # 0.64; 1 - 0.36 * 4 / 3 = 0.52
    assert solve(FIVE, PAIR, table(("r_squared", "", "Y", "0.64"))).holding("r_squared") == ("plain",)
    assert solve(FIVE, PAIR, table(("r_squared", "X", "Y", "0.52"))).holding("r_squared") == ("adjusted",)


def test_alpha_raw_or_standardised() -> None:
    # variances 5/3 and 20/3, covariance 8/3, r = 0.8: 1.6 / 1.8 = 0.889, and 2 * (16/3) / (41/3) = 0.780
    items = pd.DataFrame({"a": [1, 2, 3, 4.0], "b": [2, 6, 4, 8.0], "y": [1, 2, 4, 3.0]})
    spec = Model({"X": ["a", "b"], "Y": ["y"]}, [("X", "Y")])
    for text, option in (("0.889", "standardised"), ("0.780", "raw")):
        found = solve(
            items, spec, table(("cronbach_alpha", "X", "", text), ("cronbach_alpha", "Y", "", "1.000"))
        )
        assert found.holding("cronbach_alpha") == (option,)
        assert verdicts(found) == {"reproduced": 2}  # of one item it is 1 by definition


@pytest.mark.parametrize(("weight", "option"), [("1.000", "same"), ("1.118", "n-1/n"), ("0.894", "n/n-1")])
def test_two_divisors_show_in_the_weight_of_a_single_item(weight: str, option: str) -> None:
    # 1.118 = sqrt(5 / 4)
    found = solve(
        FIVE, PAIR, table(("outer_weight", "x", "X", weight), ("path_coefficient", "X", "Y", "0.8"))
    )
    assert found.holding("divisor") == (option,)
    assert found.holding("scaling") == ("standardised",)  # unless the item's own deviation is the unit


def test_mode_a_of_covariances() -> None:
    """With one neighbour of one item Mode A weighs raw items by their covariances with it."""
    rng = np.random.default_rng(7)
    factor = rng.normal(size=60)
    frame = pd.DataFrame({"a": factor + rng.normal(size=60), "b": 5 * (factor + 2 * rng.normal(size=60))})
    frame["y"] = 2 * factor + rng.normal(size=60)
    spec = Model({"X": ["a", "b"], "Y": ["y"]}, [("X", "Y")])
    covariances = frame.cov().loc[["a", "b"], "y"]
    score = frame[["a", "b"]] @ covariances
    weight = covariances["b"] / score.std()  # per unit of the item, score of variance 1 over n - 1
    path = np.corrcoef(score, frame["y"])[0, 1]
    figures = [("path_coefficient", "X", "Y", f"{path:.4f}")]
    found = solve(frame, spec, table(*figures))
    assert found.holding("scaling") == ("pooled", "raw")  # the same scores
    found = solve(frame, spec, table(*figures, ("outer_weight", "b", "X", f"{weight:.4f}")))
    assert found.holding("scaling") == ("raw",) and found.holding("divisor") == ("same",)
    pooled = frame.to_numpy().std(ddof=1)
    found = solve(frame, spec, table(*figures, ("outer_weight", "b", "X", f"{weight * pooled:.4f}")))
    assert found.holding("scaling") == ("pooled",)


def test_signs() -> None:
    """Three items load positively, one more strongly against them, so that the rules disagree."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=200)
    frame = pd.DataFrame({f"x{k}": 0.3 * y + rng.normal(size=200) for k in range(3)})
    frame["x3"], frame["y"] = -8 * y + 0.5 * rng.normal(size=200), y
    items = ["x0", "x1", "x2", "x3"]
    r = frame.corr().loc[items, items].to_numpy()
    c = frame.corr().loc[items, "y"].to_numpy()
    weights = c / np.sqrt(c @ r @ c)  # Mode A beside one single item, turned so that the path is positive
    assert (r @ weights).sum() > 0 and c.sum() < 0  # the sum of the items, where it starts, lies with the one
    spec = Model({"X": items, "Y": ["y"]}, [("X", "Y")])
    path, other = f"{weights @ c:.3f}", f"{-weights @ c:.3f}"
    for sign, weight, rules in (
        (path, None, ("sum", "majority")),
        (other, None, ("algorithm",)),
        (path, weights[3], ("sum",)),
        (path, -weights[3], ("majority",)),
        (other, -weights[3], ("algorithm",)),
    ):
        rows = [("path_coefficient", "X", "Y", sign)]
        rows += [] if weight is None else [("outer_weight", "x3", "X", f"{weight:.3f}")]
        assert solve(frame, spec, table(*rows)).holding("signs") == rules


@pytest.mark.parametrize(
    ("t", "p", "tails", "reference"),
    [
        ("1.960", "0.050", ("2",), ("normal",)),
        ("1.960", "0.025", ("1",), ("normal",)),
        ("2.776", "0.050", ("2",), ("rows",)),  # Student's t with 4 degrees of freedom
        ("2.132", "0.050", ("1",), ("rows",)),
        ("9.999", "<0.001", ("2", "1"), ("normal", "rows")),
    ],
)
def test_p_from_t(t: str, p: str, tails: tuple[str, ...], reference: tuple[str, ...]) -> None:
    found = solve(FIVE, PAIR, table(("t_statistic", "X", "Y", t), ("p_value", "X", "Y", p)))
    assert (found.holding("tails"), found.holding("reference")) in (
        (tails, reference),
        (tails[:1], reference),
    )
    assert verdicts(found) == {"reproduced": 1, "not judged": 1}


def test_p_by_the_number_of_resamples() -> None:
    figures = table(("t_statistic", "X", "Y", "2.262"), ("p_value", "X", "Y", "0.050"))  # t with 9 df
    assert verdicts(solve(FIVE, PAIR, figures)) == {"nowhere": 1, "not judged": 1}
    assert solve(FIVE, PAIR, figures, resamples=10).holding("reference") == ("resamples",)


def test_missing_answers_by_hand() -> None:
    gaps = FIVE.copy()
    gaps.loc[5] = [6.0, np.nan]
    # complete rows r = 0.8; with y's mean 3 for the gap: cov sum 8, var sums 17.5 and 10: 8 / sqrt(175) = 0.605
    rules = {"0.800": "listwise", "0.605": "mean"}
    for text, rule in rules.items():
        assert rule in solve(gaps, PAIR, table(("path_coefficient", "X", "Y", text))).holding("missing")
    both = solve(
        gaps, PAIR, table(("path_coefficient", "X", "Y", "0.800"), ("sample_size", "model", "", "5"))
    )
    assert both.holding("missing") == ("listwise", "block_mean") and both.n_missing == 1


def test_products_of_seminr() -> None:
    case = json.loads((FOLDER / "composed" / "moderation.json").read_text(encoding="utf-8"))[
        "corp_rep_CUSAxSC"
    ]
    blocks = {c: [i] if isinstance(i, str) else i for c, i in case["constructs"].items()}
    paths = [tuple(pair) for pair in case["main_paths"]]
    spec = Model(blocks, [*paths, ("CUSA*SC", "CUSL")], products={"CUSA*SC": ("CUSA", "SC")})
    for method in ("two_stage", "product_indicator", "orthogonal"):
        matrix = case["methods"][method]["paths"]
        rows = [
            ("path_coefficient", source, target, f"{value:.3f}")
            for source, values in zip(matrix["rows"], matrix["values"], strict=True)
            for target, value in zip(matrix["cols"], values, strict=True)
            if value
        ]
        found = solve(with_gaps("corp_rep"), spec, table(*rows))
        assert verdicts(found) == {"reproduced": 7}
        assert found.holding("product") == (method,) and found.holding("missing") == ("mean",)
        assert found.holding("interaction") == (next(iter(documented()["seminr"]["interaction"])),)
        assert "products or second-order constructs" in repr(found)


# the report, and what is refused -------------------------------------------------------------------
def test_the_report_is_read_in_both_languages() -> None:
    figures = table(
        ("r_squared", "", "Y", "0.52"),
        ("path_coefficient", "X", "Y", "0.700"),
        ("f_squared", "X", "Y", "1.778"),
        ("t_statistic", "X", "Y", "2.3"),
        ("q_squared", "", "Y", "0.4"),
        ("rho_a", "X", "", "1.000"),
    )
    found = solve(FIVE, PAIR, figures)
    text = repr(found)
    assert text.startswith(
        "3 of 4 figures are reproduced under these conventions (5 rows, 0 answers missing):"
    )
    assert "- R²: adjusted. Others reproduce at most: plain (2)" in text
    assert "Not told apart by these figures:\n- Scaling of the items" in text and "- f²" in text
    assert (
        "Reproduced by no setting:\n- row 2: Path coefficient X -> Y is printed as 0.700, and is 0.8000"
        in text
    )
    assert (
        "Not judged:\n- 1 × t statistic: from how many resamples is not known\n- 1 × Q²: it is not computed here"
        in text
    )
    assert html.escape("X -> Y") in found._repr_html_() and "<li>" in found._repr_html_()
    assert "Ninguna configuración las reproduce:\n- row 2: Coeficiente de trayectoria" in found.text("es")
    assert found.as_data()["figures"][1]["verdict"] == "nowhere"
    assert found.settings["r_squared"].unique().tolist() == ["adjusted"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("outer_loading", "xx", "X", "0.8")], r"row 1: 'xx' is no item of the model; did you mean 'x'"),
        ([("path_coefficient", "X", "Z", "0.8")], r"row 1: 'Z' is no construct of the model"),
        ([("path_coeficient", "X", "Y", "0.8")], r"unknown statistic 'path_coeficient'; did you mean"),
        ([("path_coefficient", "X", "Y", "high")], "expected a number"),
        (
            [("standard_error", "X", "Y", "0.1")],
            "no figure that can be computed from answers .all come from resamples",
        ),
    ],
)
def test_figures_that_cannot_be_used_are_refused_by_name(rows, message) -> None:
    with pytest.raises(PublishedError, match=message):
        solve(FIVE, PAIR, table(*rows))


def test_tables_and_answers_that_cannot_be_used_are_refused() -> None:
    figures = table(("path_coefficient", "X", "Y", "0.8"))
    with pytest.raises(PublishedError, match="no column 'statistic'; did you mean 'statistics'"):
        solve(FIVE, PAIR, figures.rename(columns={"statistic": "statistics"}))
    with pytest.raises(PublishedError, match="no column 'printed' or 'value'"):
        solve(FIVE, PAIR, figures.drop(columns="printed"))
    with pytest.raises(DataError, match="no column for item 'y'"):
        solve(FIVE.rename(columns={"y": "z"}), PAIR, figures)
    with pytest.raises(DataError, match="holds text"):
        solve(FIVE.assign(y=list("abcde")), PAIR, figures)


def test_numbers_have_the_decimals_of_their_statistic() -> None:
    values = pd.DataFrame(
        [("path_coefficient", "X", "Y", 0.8), ("r_squared", "", "Y", 0.6)], columns=[*KEYS, "value"]
    )
    assert solve(FIVE, PAIR, values).figures["verdict"].tolist() == [
        "reproduced",
        "reproduced",
    ]  # 0.64 rounds to 0.6
    assert solve(FIVE, PAIR, values, decimals=2).figures["printed"].tolist() == ["0.80", "0.60"]
    assert solve(FIVE, PAIR, values, decimals=2).figures["verdict"].tolist() == ["reproduced", "nowhere"]


def test_a_rule_that_leaves_too_little_is_said() -> None:
    few = pd.DataFrame({"x": [1, 2, np.nan, 4, 5.0], "y": [np.nan, 3, 2, np.nan, 4.0]})
    found = solve(few, PAIR, table(("path_coefficient", "X", "Y", "0.9")))
    assert "listwise" not in set(found.conventions["option"])
    assert "Not tried:\n- rows with a gap left out: 2 rows are left, too few or all alike" in repr(found)


def test_figures_of_other_answers_are_not_told_apart_without_a_warning() -> None:
    figures = printed(find("seminr", "corp_rep_simple", "path"))
    found = solve(with_gaps("corp_rep").iloc[:300], model("corp_rep_simple"), figures)
    assert 2 * verdicts(found)["reproduced"] < len(figures)
    assert "Fewer than half: other answers or another model" in repr(found)
    assert "Menos de la mitad" in found.text("es")
