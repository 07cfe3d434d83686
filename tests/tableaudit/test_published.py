"""Printed figures keep their digits, and every printed cell gets a verdict."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tableaudit.boxes import Interval
from tableaudit.comparison import compare, count_cells, inference_cells
from tableaudit.numbers import parse_printed
from tableaudit.printed import PublishedError, load_published

FOLDER = Path(__file__).parents[2] / "data" / "published"
LONG = ["statistic", "row", "column", "value"]
HEADER = "table,cell,statistic,row,column,printed,note\n"


@pytest.fixture(scope="module")
def article():
    return load_published(FOLDER)


def perfect(article):
    """Recomputed values that equal the printed ones, under the names that the estimator uses."""
    rows = []
    for cell in article:
        name, row, column = cell.statistic, cell.row, cell.column
        if name in ("decision", "htmt_diagonal"):
            continue
        if name == "composite_reliability":
            name = "rho_a"
        if name == "r_squared":
            row = ""
        if name in ("htmt", "construct_correlation"):
            row, column = column, row
        if name == "srmr":
            column = "estimated/composite"
        rows.append((name, row, column, cell.value))
    return pd.DataFrame(rows, columns=LONG)


def values_file(tmp_path, *rows):
    path = tmp_path / "x_values.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_article_has_62_cells_and_its_model_is_read_from_the_rows(article):
    assert len(article) == 62
    assert article.constructs == ("FI", "INFRATICS", "RC")
    assert {name: len(items) for name, items in article.items.items()} == {"FI": 3, "INFRATICS": 5, "RC": 3}
    assert article.paths == (("INFRATICS", "FI"), ("INFRATICS", "RC"))


def test_a_printed_figure_keeps_its_digits(article):
    cell = article["T2.RC4.loading"]
    assert (cell.printed, cell.decimals, cell.value) == ("0.470", 3, 0.47)
    assert cell.box.lower == pytest.approx(0.4695) and cell.box.upper == pytest.approx(0.4705)
    assert article["T1.FI.n_items"].box == Interval(5, 5)


@pytest.mark.parametrize(
    ("text", "value", "decimals", "low", "high"),
    [
        ("0.80", 0.8, 2, 0.795, 0.805),
        (".80", 0.8, 2, 0.795, 0.805),
        ("0,738", 0.738, 3, 0.7375, 0.7385),
        ("−0.12", -0.12, 2, -0.125, -0.115),
        ("1.325**", 1.325, 3, 1.3245, 1.3255),
        ("12", 12, 0, 11.5, 12.5),
    ],
)
def test_boxes_of_printed_numbers(text, value, decimals, low, high):
    got, places, box = parse_printed(text)
    assert (got, places) == (value, decimals)
    assert (box.lower, box.upper) == pytest.approx((low, high))


def test_a_small_p_value_stands_for_everything_below():
    assert parse_printed("<0.001", "p_value")[2] == Interval(0, 0.001)
    assert parse_printed("0.000", "p_value")[2] == Interval(0, 0.0005)


@pytest.mark.parametrize("text", ["", "n.s.", "0.1.2", "0.5 0.6", "nan"])
def test_what_is_not_a_printed_number_is_refused(text):
    with pytest.raises(ValueError, match="expected a number"):
        parse_printed(text)


@pytest.mark.parametrize("statistic", ["sample_size", "n_items", "n_items_retained"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45", 45),
        ("045", 45),
        ("45*", 45),
        ("1250", 1250),
        ("1,250", 1250),
        ("1.250", 1250),
        ("1 250", 1250),
        ("1\N{NARROW NO-BREAK SPACE}250", 1250),
        ("1\u2019250", 1250),
        ("12,345,678", 12_345_678),
    ],
)
def test_counts_are_whole_and_may_have_their_thousands_set_apart(statistic, text, value):
    assert parse_printed(text, statistic) == (value, 0, Interval(value, value))


@pytest.mark.parametrize(
    "text", ["45,5", "45.0", "1,25", "1,2500", "1,250.5", "1,250.000", "-5", "<45", "many", ""]
)
def test_what_is_not_a_count_is_refused(text):
    with pytest.raises(ValueError, match="expected a whole number such as 45 or 1,250, found"):
        parse_printed(text, "sample_size")


def test_a_refused_count_is_named_with_its_cell(tmp_path):
    path = values_file(tmp_path, '1,n,sample_size,model,,"1,250",', '1,k,n_items,A,items,"45,5",')
    with pytest.raises(
        PublishedError, match=r"row 3 \(table 1, k\): expected a whole number .*, found '45,5'$"
    ):
        load_published(path)
    good = load_published(values_file(tmp_path, '1,n,sample_size,model,,"1,250",'))
    assert good["n"].value == 1250 and good["n"].printed == "1,250"


def test_selecting_a_pair_works_in_either_order(article):
    assert article.select("htmt", "FI", "RC") == article.select("htmt", "RC", "FI") != []
    assert article.select("path_coefficient", "FI", "INFRATICS") == []
    with pytest.raises(KeyError, match="did you mean 'htmt'"):
        article.select("htm")
    with pytest.raises(KeyError, match=r"did you mean 'T6\.srmr'"):
        article["T6.srm"]


def test_every_cell_gets_a_verdict_and_equal_values_are_equal(article):
    recomputed = pd.concat(
        [
            perfect(article),
            pd.DataFrame([("rho_c", "FI", "", 0.9), ("outer_loading", "FI2", "FI", 0.738)], columns=LONG),
        ]
    )
    result = compare(article, recomputed)
    assert list(result["cell"]) == [c.id for c in article]
    counts = result["verdict"].value_counts().to_dict()
    assert counts == {"equal": 59, "not a statistic": 3}  # the three zeros on HTMT's diagonal
    both = result.set_index("cell").loc["T2.FI.composite_reliability"]
    assert (both["matched"], both["verdict"]) == ("rho_a", "equal")
    assert (both["other_matched"], both["other_verdict"]) == ("rho_c", "differ")
    assert both["other_difference"] == pytest.approx(0.079)
    efa = result.set_index("cell").loc["T1.FI2.efa_loading"]
    assert (efa["other_matched"], efa["other_verdict"]) == ("outer_loading", "equal")


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (0.30749, "equal"),
        (0.3065, "equal"),
        (0.30751, "close"),
        (0.3119, "close"),
        (0.3121, "differ"),
        (-0.307, "differ"),
    ],
)
def test_equal_means_rounds_to_the_printed_digits(article, value, verdict):
    recomputed = pd.DataFrame([("path_coefficient", "INFRATICS", "FI", value)], columns=LONG)
    result = compare(article, recomputed).set_index("cell")
    assert result.loc["T5.H1.path_coefficient", "verdict"] == verdict
    assert result.loc["T5.H1.path_coefficient", "difference"] == pytest.approx(value - 0.307)


def test_the_tolerance_of_close_is_a_parameter(article):
    recomputed = pd.DataFrame([("t_statistic", "INFRATICS", "FI", 1.365)], columns=LONG)
    verdicts = [
        compare(article, recomputed, close=close).set_index("cell").loc["T5.H1.t_statistic", "verdict"]
        for close in (None, 0.01, {"t_statistic": 0.03}, {"": 0.5})
    ]
    assert verdicts == ["close", "differ", "differ", "close"]


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ([("p_value", "FI", 0.2), ("p_value", "RC", 0.01)], ("equal", "equal")),
        ([("p_value", "FI", 0.04), ("p_value", "RC", 0.05)], ("differ", "differ")),
        ([("ci_lower", "FI", -0.1), ("ci_upper", "FI", 0.4)], ("equal", "not recomputed")),
        ([("ci_lower", "RC", 0.1), ("ci_upper", "RC", 0.4)], ("not recomputed", "equal")),
        ([("ci_lower", "FI", 0.1), ("ci_upper", "RC", -0.1)], ("not recomputed", "not recomputed")),
    ],
)
def test_decisions_are_computed_from_p_or_from_the_interval(article, rows, verdicts):
    recomputed = pd.DataFrame([(s, "INFRATICS", c, v) for s, c, v in rows], columns=LONG)
    result = compare(article, recomputed).set_index("cell")
    assert tuple(result.loc[["T5.H1.decision", "T5.H2.decision"], "verdict"]) == verdicts


def test_what_the_data_were_made_to_give_is_told_apart(article):
    aimed = pd.DataFrame(
        [
            ("rho_a", "FI", ""),
            ("r_squared", "", "RC"),
            ("htmt", "FI", "RC"),
            ("srmr", "model", "estimated/composite"),
        ],
        columns=LONG[:3],
    )
    result = compare(article, perfect(article), aimed=aimed).set_index("cell")
    assert set(result.index[result["aimed"]]) == {
        "T2.FI.composite_reliability", "T6.H2.r2", "T4.RC.FI", "T6.srmr",
    }  # fmt: skip
    assert not compare(article, perfect(article))["aimed"].any()


def test_readings_decide_which_statistic_a_printed_column_is(article):
    recomputed = pd.DataFrame([("rho_a", "FI", "", 0.7), ("rho_c", "FI", "", 0.821)], columns=LONG)
    for readings, verdict in ((None, "differ"), ({"composite_reliability": ["rho_c", "rho_a"]}, "equal")):
        result = compare(article, recomputed, readings=readings).set_index("cell")
        assert result.loc["T2.FI.composite_reliability", "verdict"] == verdict
    with pytest.raises(KeyError, match="no statistic 'reliability'"):
        compare(article, recomputed, readings={"reliability": ["rho_a"]})


def test_the_fit_variant_is_named(article):
    recomputed = pd.DataFrame(
        [("srmr", "model", "estimated/composite", 0.08), ("srmr", "model", "estimated/factor", 0.09)],
        columns=LONG,
    )
    got = {
        fit: compare(article, recomputed, fit=fit)
        .set_index("cell")
        .loc["T6.srmr", ["matched", "verdict"]]
        .tolist()
        for fit in ("estimated/composite", "estimated/factor")
    }
    assert got["estimated/composite"] == ["srmr (estimated/composite)", "differ"]
    assert got["estimated/factor"] == ["srmr (estimated/factor)", "equal"]


def test_missing_and_undefined_values_are_not_recomputed(article):
    recomputed = pd.DataFrame([("ave", "FI", "", np.nan)], columns=LONG)
    result = compare(article, recomputed)
    assert set(result["verdict"]) == {"not recomputed", "not a statistic"}
    with pytest.raises(KeyError, match="lack the column 'value'"):
        compare(article, recomputed.drop(columns="value"))


def test_bootstrap_summaries_and_item_counts_become_long_rows(article):
    summary = pd.DataFrame(
        {
            "statistic": ["path_coefficient", "ave"],
            "row": ["INFRATICS", "FI"],
            "column": ["FI", ""],
            "standard_deviation": [0.2, 0.1],
            "t_statistic": [1.325, 9.0],
            "p_value": [0.15, 0.0],
            "lower": [-0.1, 0.5],
            "upper": [0.6, 0.7],
        }
    )
    long = inference_cells(summary)
    assert dict(zip(long["statistic"], long["value"], strict=True)) == {
        "standard_error": 0.2,
        "t_statistic": 1.325,
        "p_value": 0.15,
        "ci_lower": -0.1,
        "ci_upper": 0.6,
    }
    counts = count_cells({"FI": ["FI1", "FI2", "FI3", "FI4", "FI5"]}, {"FI": ["FI2", "FI3", "FI4"]})
    result = compare(article, pd.concat([long, counts])).set_index("cell")
    equal = result.index[result["verdict"] == "equal"].tolist()
    assert equal == [
        "T1.FI.n_retained",
        "T1.FI.n_items",
        "T5.H1.t_statistic",
        "T5.H1.p_value",
        "T5.H1.decision",
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,c,outer_loadings,a,A,0.7,", "unknown statistic 'outer_loadings'; did you mean 'outer_loading'"),
        ("1,c,outer_loading,,A,0.7,", "needs the item in column 'row'"),
        ("1,c,ave,A,,high,", "expected a number"),
        ("1,c,decision,A,B,perhaps,", "accepted or rejected"),
        ("1,c,ave,A,,0.5", "6 fields where the header has 7"),
        ("1,c,ave,A,,0.5,\n1,c,ave,B,,0.5,", "stands twice"),
    ],
)
def test_a_bad_file_is_refused_with_place_and_reason(tmp_path, row, message):
    with pytest.raises(PublishedError, match=message):
        load_published(values_file(tmp_path, row))


def test_all_problems_are_listed_at_once(tmp_path):
    with pytest.raises(PublishedError) as error:
        load_published(values_file(tmp_path, "1,a,ave,A,,x,", "1,b,avee,A,,0.5,"))
    assert "row 2 (table 1, a)" in str(error.value) and "row 3 (table 1, b)" in str(error.value)


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(PublishedError, match=r"nowhere\.csv: cannot be read"):
        load_published(tmp_path / "nowhere.csv")
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(PublishedError, match="empty"):
        load_published(empty)
    empty.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PublishedError, match="not UTF-8"):
        load_published(empty)
    empty.write_text("table,cell,stat,row,column,printed\n")
    with pytest.raises(PublishedError, match="no column 'statistic'"):
        load_published(empty)
    empty.write_text(HEADER)
    with pytest.raises(PublishedError, match="no rows"):
        load_published(empty)
