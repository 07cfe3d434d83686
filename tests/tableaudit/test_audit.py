"""The audit finds by itself what hand work found on the article, every planted error, and nothing else."""

import math
import shutil

import numpy as np
import pytest
from audit_cases import MADE_UP, MAKER, ROOT, changed
from scipy import stats

from tableaudit.audit import audit, audit_file
from tableaudit.boxes import Interval
from tableaudit.cell_states import states
from tableaudit.inference import (
    TABLED,
    degrees_of_freedom,
    p_value,
    quantile_chance,
    student_quantiles,
)
from tableaudit.printed import PublishedError, load_published
from tableaudit.rules import loading_sample_size


@pytest.fixture(scope="module")
def article():
    return load_published(ROOT / "data" / "published")


@pytest.fixture(scope="module")
def report(article):
    return audit(article)


@pytest.fixture(scope="module")
def table(report):
    return report.table()


def verdict(table, cell, check):
    rows = table[(table["cell"] == cell) & table["check"].str.startswith(check)]
    assert len(rows) == 1, (cell, check)
    return rows.iloc[0]


# the article: what holds


@pytest.mark.parametrize("construct", ["FI", "INFRATICS", "RC"])
def test_ave_and_its_root_follow_from_the_loadings(table, construct):
    assert verdict(table, f"T2.{construct}.ave", "AVE")["verdict"] == "holds"
    assert verdict(table, f"T3.{construct}.{construct}", "√AVE is")["verdict"] == "holds"


def test_structural_figures_agree_and_pin_beta_of_h2(article, report, table):
    for cell in ("T5.H1.path_coefficient", "T6.H1.r2", "T6.H1.f2", "T6.H2.r2", "T6.H2.f2"):
        rows = table[(table["cell"] == cell) & (table["kind"] == "identity")]
        assert set(rows["verdict"]) == {"holds"}
    beta = states(article, report).set_index("cell").loc["T5.H2.path_coefficient"]
    assert beta["state"] == "follows"
    assert (beta["lower"], beta["upper"]) == pytest.approx((0.74166, 0.74179), abs=1e-5)


# the article: what fails


@pytest.mark.parametrize(("construct", "rho_c"), [("FI", 0.843), ("INFRATICS", 0.888), ("RC", 0.782)])
def test_composite_reliability_is_not_rho_c(report, table, construct, rho_c):
    row = verdict(table, f"T2.{construct}.composite_reliability", "composite reliability read as rho_C")
    assert row["verdict"] == "fails"
    assert 0.5 * (row["allowed_lower"] + row["allowed_upper"]) == pytest.approx(rho_c, abs=6e-4)
    assert report.readings["composite_reliability"][0] == "rho_a"


def test_alpha_of_rc_is_out_of_reach_and_only_that_alpha(report, table):
    row = verdict(table, "T2.RC.cronbach_alpha", "alpha attainable")
    assert row["verdict"] == "fails"
    assert (row["allowed_lower"], row["allowed_upper"]) == pytest.approx((0.615, 0.721), abs=1e-3)
    assert verdict(table, "T2.FI.cronbach_alpha", "alpha attainable")["verdict"] == "holds"
    assert "T2.RC.cronbach_alpha" in report.impossible
    assert "T2.RC.composite_reliability" not in report.impossible


def test_p_values_do_not_follow_from_t(report, table):
    h1, h2 = (verdict(table, f"T5.{h}.p_value", "p from t") for h in ("H1", "H2"))
    assert h1["verdict"] == "fails" and h1["allowed_lower"] == pytest.approx(0.185, abs=5e-4)
    assert h2["verdict"] == "cannot be told" and h2["allowed_lower"] == pytest.approx(0.0115, abs=5e-5)
    joint = table[table["check"] == "one reference distribution for all p"]
    assert joint["verdict"].tolist() == ["fails"]
    assert "T5.H1.p_value" in report.impossible


def test_decisions_follow_the_printed_p(table):
    for hypothesis in ("H1", "H2"):
        assert verdict(table, f"T5.{hypothesis}.decision", "decision")["verdict"] == "holds"


def test_the_impossible_cells_are_these(report):
    assert set(report.impossible) == {
        "T2.RC.cronbach_alpha",
        "T4.FI.FI",
        "T4.INFRATICS.INFRATICS",
        "T4.RC.RC",
        "T5.H1.p_value",
    }


# the article: rules and coincidences


def test_rules_of_the_field(table):
    rules = table[table["kind"] == "rule"].set_index("cell")
    failed = set(rules.index[rules["verdict"] == "fails"])
    assert failed == {"T2.RC4.loading", "T4.RC.INFRATICS", "T6.H1.r2", "T6.srmr"}
    assert "n of about 150" in rules.loc["T2.RC4.loading", "detail"]
    assert "within the tolerated 0.9" in rules.loc["T4.RC.INFRATICS", "detail"]
    margin = rules.loc["T3.RC.INFRATICS", "detail"]
    assert "[0.0060, 0.0080]" in margin


def test_both_t_are_quantiles_of_student_with_20_degrees_of_freedom(article, table):
    found = student_quantiles(article)
    assert found == [(20, (0.9, 0.99))]
    for t, probability in zip((1.325, 2.528), found[0][1], strict=True):
        assert round(float(stats.t.ppf(probability, 20)), 3) == t
    row = table[table["check"] == "printed t are not tabled quantiles"].iloc[0]
    assert row["verdict"] == "fails" and row["kind"] == "coincidence"
    assert 0 < quantile_chance(article) < 0.02


@pytest.mark.parametrize(
    ("loading", "n"),
    [(0.29, None), (0.30, 350), (0.34, 350), (0.35, 250), (-0.40, 200), (0.45, 150), (0.50, 120), (0.55, 100),
     (0.60, 85), (0.65, 70), (0.70, 60), (0.749, 60), (0.75, 50), (0.99, 50)],
)  # fmt: skip
def test_the_sample_size_that_a_loading_needs(loading, n):
    assert loading_sample_size(loading) == n


def test_efa_loadings_repeat_the_pls_loadings(table):
    row = table[table["check"] == "EFA loadings are not the PLS loadings"].iloc[0]
    assert row["verdict"] == "fails" and row["detail"].startswith("11 of 11")


# the article: statements


def test_statements_against_the_tables(report):
    found = {s.text_en: s.verdict for s in report.statements}
    contradicted = {text for text, v in found.items() if v == "fails"}
    for start in (
        "All loadings are above 0.7",
        "H1 is accepted",
        "H2 is rejected",
        "SRMR is 0.90",
        "R² of every endogenous construct",
        "HTMT meets the recommended value of 0.08",
        "HTMT of each construct is 0.000",
        "The model is of second order",
        "That composite reliability is ρc",
        "Those loadings come from an exploratory",
    ):
        assert any(text.startswith(start) for text in contradicted), start
    assert found["AVE is above 0.50 for every construct"] == "holds"
    assert found["HTMT is below the acceptable 0.90"] == "holds"
    assert found["SRMR is at most 0.09"] == "cannot be told"
    assert len({s.id for s in report.statements}) == len(report.statements)
    assert all(s.text_es and s.where for s in report.statements)


# the made-up articles


def test_no_false_alarm_on_a_clean_article():
    report = audit_file(MADE_UP / "clean_values.csv")
    assert report.contradictions == ()
    assert report.impossible == {}
    assert {s.verdict for s in report.statements} == {"holds"}
    assert not report.table(kind="coincidence", verdict="fails").shape[0]
    assert report.readings["composite_reliability"][0] == "rho_c"
    assert report.exit_status == 0
    checked = set(report.table()["check"])
    assert len(checked) > 20  # silence is not for want of checks


GRAVE = ("decision", "arithmetic", "definition")


def named(report):
    return {f.cell for f in report.findings if f.grade in GRAVE and f.cell}


def test_every_planted_error_is_named_and_nothing_else():
    report = audit_file(MADE_UP / "planted_values.csv")
    assert named(report) == set(MAKER.PLANTED)
    assert report.exit_status == 3
    assert {s.id for s in report.statements if s.verdict == "fails"} == {"A2", "A5"}
    text = " ".join(str(report).split())
    for cell in MAKER.PLANTED:
        assert text.count(f"[{cell}]") == 1  # each finding once
    by_cell = {f.cell: f for f in report.findings if f.cell}
    assert by_cell["5.SKILL.PERF.decision"].grade == "decision"
    assert by_cell["2.LEAD.cronbach_alpha"].grade == "definition"  # raw alpha would explain it
    assert by_cell["2.TRUST.ave"].suggestion == "0.631"
    assert by_cell["3.SKILL.SKILL"].suggestion == "0.859"


@pytest.mark.parametrize("cell", sorted(MAKER.PLANTED))
def test_each_planted_error_is_found_alone(tmp_path, cell):
    lines = (MADE_UP / "clean_values.csv").read_text(encoding="utf-8").splitlines()
    fields = next(line.split(",") for line in lines if line.split(",")[1] == cell)
    changed = [*fields[:5], MAKER.PLANTED[cell][0], ""]
    out = [",".join(changed) if line.split(",")[1] == cell else line for line in lines]
    path = tmp_path / "one_values.csv"
    path.write_text("\n".join(out) + "\n", encoding="utf-8")
    needs_scan = MAKER.PLANTED[cell][1] == "beyond what the loadings allow"
    report = audit(load_published(path), scan=needs_scan)
    assert named(report) == {cell}


@pytest.mark.parametrize(
    ("changes", "cell", "check"),
    [
        ({"6.TRUST.PERF.inner_vif": "1.230"}, "6.TRUST.PERF.inner_vif", "VIF from"),
        ({"6.LEAD.TRUST.inner_vif": "0.900"}, "6.LEAD.TRUST.inner_vif", "within the statistic's range"),
        ({"7.LEAD.PERF.indirect_effect": "0.249"}, "7.LEAD.PERF.indirect_effect", "indirect effect"),
        ({"5.TRUST.PERF.path_coefficient": "0.334"}, "5.TRUST.PERF.path_coefficient", "β from"),
        ({"6.PERF.r_squared": "0.522"}, "6.PERF.r_squared", "R² from"),
        ({"5.LEAD.TRUST.ci_lower": "0.633"}, "5.LEAD.TRUST.ci_lower", "interval's ends"),
        ({"2.LEAD3.LEAD.outer_loading": "0.471"}, "2.LEAD3.LEAD.outer_loading", "AVE = mean squared"),
        ({"3.SKILL.TRUST": "-0.870"}, "3.SKILL.TRUST", "β from the construct correlations"),
        ({"6.TRUST.adjusted_r_squared": "0.175"}, "6.TRUST.adjusted_r_squared", "adjusted R²"),
        ({"1.SKILL.n_items": "2"}, "1.SKILL.n_items_retained", "retained items ≤ items"),
    ],
)
def test_further_errors_are_found(tmp_path, changes, cell, check):
    report = audit(changed(tmp_path, changes), scan=False)
    found = [f for f in report.findings if f.cell == cell and f.grade in GRAVE]
    failed = [c.check for c in report.checks if c.verdict == "fails" and cell in (c.cell, *c.cells)]
    assert found and any(name.startswith(check) for name in failed), [f.cell for f in report.findings]


def test_what_rounding_or_other_programs_explain_is_not_an_error(tmp_path):
    """A figure one unit up, f² re-estimated without the path, no printed sample size, a biased interval."""
    clean = changed(tmp_path, {"6.TRUST.PERF.f_squared": "0.160"})
    report = audit(clean, scan=False)
    assert report.contradictions == ()
    softened = next(f for f in report.findings if f.cell == "6.TRUST.PERF.f_squared")
    assert softened.grade == "definition" and "estimated again" in softened.unless[0].en
    unsized = audit(changed(tmp_path, {}, drop={"1.model.sample_size"}), scan=False)
    assert unsized.contradictions == ()
    found = next(c for c in unsized.checks if c.cell == "6.TRUST.adjusted_r_squared")
    first, last = (int(word) for word in found.detail.en.split() if word.isdigit())
    assert first <= MAKER.ROWS <= last
    none = audit(
        changed(tmp_path, {"6.TRUST.adjusted_r_squared": "0.999"}, drop={"1.model.sample_size"}), scan=False
    )
    found = next(c for c in none.checks if c.cell == "6.TRUST.adjusted_r_squared" and c.verdict == "fails")
    r2 = clean["6.TRUST.r_squared"].box
    assert found.allowed.lower == pytest.approx(1 - 2 * (1 - r2.lower))  # n = 3, one predictor
    assert found.allowed.upper == r2.upper
    biased = audit(changed(tmp_path, {"5.LEAD.TRUST.ci_lower": "0.430"}), scan=False)
    assert biased.contradictions == ()


def test_where_no_single_figure_can_be_blamed_all_fail(tmp_path):
    changes = {
        "5.LEAD.TRUST.path_coefficient": "0.500",
        "3.TRUST.LEAD": "0.600",
        "6.TRUST.r_squared": "0.010",
    }
    report = audit(changed(tmp_path, changes, drop={"6.LEAD.TRUST.f_squared"}), scan=False)
    # whichever are named, leaving them out must make the rest consistent
    names = {f.cell for f in report.findings if f.cell and f.grade in GRAVE}
    assert len(names) >= 2
    rest = audit(changed(tmp_path, changes, drop={"6.LEAD.TRUST.f_squared", *names}), scan=False)
    assert rest.contradictions == ()


def test_an_interval_decides_where_no_p_is_printed(tmp_path):
    cells = {f"5.{a}.{b}.p_value" for a, b in MAKER.PATHS}
    assert audit(changed(tmp_path, {}, drop=cells), scan=False).contradictions == ()
    wrong = audit(changed(tmp_path, {"5.LEAD.TRUST.ci_lower": "-0.100"}, drop=cells), scan=False)
    by_cell = {f.cell: f.grade for f in wrong.contradictions}
    # no distribution with that error has so wide an interval, and only the end that was changed explains both
    # that and a decision that the interval now contradicts
    assert by_cell == {"5.LEAD.TRUST.ci_lower": "decision"}


def test_a_figure_repeated_in_another_table_must_be_the_same(tmp_path):
    path = tmp_path / "x_values.csv"
    text = (MADE_UP / "clean_values.csv").read_text(encoding="utf-8")
    path.write_text(text + "9,again,htmt,LEAD,TRUST,0.506,\n", encoding="utf-8")
    report = audit(load_published(path), scan=False)
    assert [(c.cell, c.check) for c in report.contradictions] == [("again", "the same figure in two tables")]
    assert "again" not in report.impossible


def test_predictors_that_are_printed_as_perfectly_correlated_bound_nothing(tmp_path):
    """r = 1.000 makes the predictors' matrix singular; r above 1 at the box's corners makes it indefinite."""
    path = tmp_path / "x_values.csv"
    rows = [
        "table,cell,statistic,row,column,printed",
        *(f"1,r.{a}.{b},construct_correlation,{a},{b},{r}" for a, b, r in (
            ("A", "B", "1.000"), ("A", "C", "0.600"), ("B", "C", "0.600"))),
        *(f"2,{s}.{a},{s},{a},C,{v}" for a in "AB" for s, v in (
            ("path_coefficient", "0.300"), ("inner_vif", "900.000"), ("f_squared", "0.001"))),
        "3,r2,r_squared,,C,0.360",
    ]  # fmt: skip
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    checks = [c for c in audit_file(path).checks if c.check.endswith("from the construct correlations")]
    assert len(checks) == 5
    for c in checks:
        assert c.verdict == "cannot be told" and "do not bound it" in c.detail.en
        assert (c.allowed.lower, c.allowed.upper) == (-math.inf, math.inf)


def test_a_coefficient_of_determination_that_may_reach_1_does_not_bound_f_squared(tmp_path):
    path = tmp_path / "x_values.csv"
    path.write_text(
        "table,cell,statistic,row,column,printed\n1,ab,construct_correlation,A,B,0.00\n"
        "1,ac,construct_correlation,A,C,0.71\n1,bc,construct_correlation,B,C,0.71\n"
        "2,p,path_coefficient,A,C,0.71\n2,q,path_coefficient,B,C,0.71\n3,f,f_squared,A,C,60.00\n",
        encoding="utf-8",
    )
    checks = {c.check: c for c in audit(load_published(path)).checks}
    assert checks["f² from the construct correlations"].verdict == "cannot be told"
    assert checks["β from the construct correlations"].verdict == "holds"


def test_the_made_up_articles_are_remade_from_their_construction():
    rows = MAKER.clean_rows()
    for name, table in (("clean", rows), ("planted", MAKER.planted_rows(rows))):
        committed = (MADE_UP / f"{name}_values.csv").read_text(encoding="utf-8")
        assert MAKER.as_csv(MAKER.COLUMNS, table) == committed


# the report


def test_the_report_reads_as_text_and_as_a_table(report):
    text = str(report)
    assert text.startswith("Audit of published_values.csv\n\nWhat was checked\n")
    assert "62 printed figures: " in text
    assert max(len(line) for line in text.splitlines()) <= 100
    assert list(report.table().columns) == [
        *("check", "kind", "about", "cell", "printed", "allowed_lower", "allowed_upper"),
        *("verdict", "detail", "detail_es", "cells"),
    ]
    assert set(report.table(verdict="fails")["verdict"]) == {"fails"}
    assert report.exit_status == 3


def test_a_file_without_statements_and_a_bad_statement(tmp_path):
    path = tmp_path / "x_values.csv"
    shutil.copy(MADE_UP / "clean_values.csv", path)
    assert audit(load_published(path), scan=False).statements == ()
    (tmp_path / "x_statements.csv").write_text("id,expression\nS1,all(avee > 0.5)\n")
    with pytest.raises(PublishedError, match=r"statement S1: no printed cell or statistic 'avee'.*'ave'"):
        audit(load_published(path), scan=False)


# t, p and degrees of freedom


@pytest.mark.parametrize("tails", [1, 2])
@pytest.mark.parametrize("df", [6.0, 20.0, 87.5])
def test_degrees_of_freedom_are_recovered(tails, df):
    t = Interval(2.1995, 2.2005)
    p = p_value(Interval.point(2.2), df, tails)
    found = degrees_of_freedom(t, Interval(p.lower - 5e-4, p.upper + 5e-4), tails)
    assert found is not None and found.lower < df < found.upper
    for end in (found.lower, found.upper):
        if math.isfinite(end):
            reached = p_value(t, end, tails)
            assert reached.lower - 5e-4 - 1e-9 <= p.upper and reached.upper + 5e-4 + 1e-9 >= p.lower


def test_one_distribution_with_few_degrees_of_freedom_is_neither_right_nor_wrong(tmp_path):
    path = tmp_path / "x_values.csv"
    rows = ["table,cell,statistic,row,column,printed"]
    for target, t in (("B", 2.0), ("C", 2.5)):
        p = 2 * stats.t.sf(t, 10)
        rows += [
            f"1,b.{target},path_coefficient,A,{target},0.4",
            f"1,t.{target},t_statistic,A,{target},{t:.3f}",
        ]
        rows += [f"1,p.{target},p_value,A,{target},{p:.4f}"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    checks = [
        c for c in audit(load_published(path)).checks if c.check == "one reference distribution for all p"
    ]
    assert [c.verdict for c in checks] == ["cannot be told"]


def test_no_degrees_of_freedom_for_a_p_below_the_normal_one():
    assert degrees_of_freedom(Interval(1.3245, 1.3255), Interval(0.1495, 0.1505), 2) is None
    assert degrees_of_freedom(Interval(1.3245, 1.3255), Interval(0.1845, 0.1855), 2).upper == math.inf


def test_the_chance_of_a_coincidence_agrees_with_simulation(article):
    rng = np.random.default_rng(5)
    printed = [c.value for c in article.select("t_statistic")]
    hits = 0
    n = 4000
    tabled = np.array(TABLED)
    columns = np.array([stats.t.ppf(tabled, df) for df in range(1, 201)])
    rounded = np.round(columns, 3)
    for _ in range(n):
        values = [round(rng.uniform(0.75 * t, 1.25 * t), 3) for t in printed]
        found = np.all([np.any(np.isclose(rounded, v, atol=1e-9), axis=1) for v in values], axis=0)
        hits += bool(found.any())
    assert hits / n == pytest.approx(quantile_chance(article), abs=4 * math.sqrt(0.003 / n) + 1e-3)
