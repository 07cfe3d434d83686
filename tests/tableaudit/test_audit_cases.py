"""Kinds of fault that articles show: each found, each explained by a documented reading, none invented."""

import json

import numpy as np
import pytest
from audit_brute_force import FORWARD, Forward
from audit_sets import changed as one_digit
from audit_sets import published, rounded, with_inference, with_raw_alpha, without_controls

from tableaudit.audit import audit
from tableaudit.cell_states import states
from tableaudit.cli import main
from tableaudit.numbers import is_blank, parse_printed
from tableaudit.printed import load_published
from tableaudit.tables_in import read_article

GRAVE = ("decision", "arithmetic", "definition")


def made(tmp_path, *rows):
    path = tmp_path / "x_values.csv"
    lines = ["table,cell,statistic,row,column,printed", *(f"1,c{i},{row}" for i, row in enumerate(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_published(path)


def block(name, loadings, **other):
    return [
        *(f"outer_loading,{name}{i},{name},{v}" for i, v in enumerate(loadings)),
        *(f"{statistic},{name},,{v}" for statistic, v in other.items()),
    ]


def graded(report):
    return {(f.grade, f.cell) for f in report.findings if f.grade in GRAVE}


@pytest.mark.parametrize("model_id", ["sim3x11", "tiny_mixed"])
def test_consistent_sets_have_no_contradiction(model_id):
    plain = rounded(model_id)
    for values in (
        plain,
        rounded(model_id, decimals=2),
        rounded(model_id, consistent=True),
        with_inference(plain, tails=2),
        with_inference(plain, tails=1),
        with_raw_alpha(plain, model_id),
        without_controls(plain, model_id),
    ):
        assert audit(published(values), scan=False).contradictions == ()


def test_what_brute_force_calls_findable_is_found_and_named():
    """Changes of a loading, an AVE, a path and R²: found exactly where no data print the changed tables."""
    values = rounded("sim3x11")
    closed = values[values["statistic"].isin(FORWARD)]
    forward = Forward(closed, 100.0)
    assert forward.attainable(closed)
    rng = np.random.default_rng(3)
    tried = named = 0
    for statistic in ("outer_loading", "ave", "path_coefficient", "r_squared"):
        index = values.index[values["statistic"] == statistic][0]
        for place in (1, 3):
            other = one_digit(values, index, place, rng)
            report = audit(published(other), scan=False)
            found = [f for f in report.findings if f.grade in GRAVE]
            if forward.attainable(other.loc[closed.index]):
                assert not found
                continue
            tried += 1
            assert found, (statistic, place)
            named += found[0].cell == values.loc[index, "cell"]
    assert tried >= 5 and named >= 0.8 * tried


def test_one_sided_p_is_one_reading(tmp_path):
    rows = []
    for name, t, p in (("A", "1.702", "0.044"), ("B", "2.101", "0.018"), ("C", "0.955", "0.170")):
        rows += [f"path_coefficient,{name},Y,0.21", f"t_statistic,{name},Y,{t}", f"p_value,{name},Y,{p}"]
    report = audit(made(tmp_path, *rows))
    assert report.readings["p_value"][0] == "one-sided"
    notes = [f for f in report.findings if f.grade in GRAVE]
    assert len(notes) == 1 and notes[0].grade == "definition" and "3 of 3" in notes[0].text.en


def test_consistent_loadings_are_told_by_rho_a(tmp_path):
    report = audit(
        made(tmp_path, *block("X", ("0.754", "0.601", "0.697"), cronbach_alpha="0.728", rho_a="0.733"))
    )
    assert report.readings["estimator"][0] == "PLSc" and graded(report) == set()


def test_alpha_that_only_raw_alpha_or_a_negative_weight_gives(tmp_path):
    report = audit(made(tmp_path, *block("RC", ("0.895", "0.812", "0.470"), cronbach_alpha="0.730")))
    (finding,) = [f for f in report.findings if f.grade in GRAVE]
    assert (finding.grade, finding.cell) == ("definition", "c3") and finding.allowed.upper < 0.7295
    assert [u.en.split(",")[0] for u in finding.unless] == [
        "alpha is raw alpha",
        "an item has a negative weight: it correlates with the neighbouring constructs the other way round",
    ]
    assert "Contradicted unless: alpha is raw alpha" in " ".join(str(report).split())
    low = audit(made(tmp_path, *block("RC", ("0.895", "0.812", "0.470"), cronbach_alpha="0.700")))
    assert [f for f in low.findings if f.grade in GRAVE] == []


def test_figures_that_repeat_one_another_are_still_solved_together():
    """A total effect one digit off, in a table where many relations say the same: the joint solution decides."""
    values = rounded("mobi_ecsi")
    at = values.index[values["cell"] == "total_effect.Expectation.Value"]
    values.loc[at, "printed"] = "0.362"
    report = audit(published(values), scan=False)
    assert report.contradictions and "total_effect.Expectation.Value" in report.contradictions[0].cells


def test_alpha_far_below_the_loadings(tmp_path):
    values = block(
        "X", ("0.75", "0.82", "0.80", "0.74", "0.76"), cronbach_alpha="0.43", rho_c="0.882", ave="0.600"
    )
    report = audit(made(tmp_path, *values))
    assert graded(report) == {("arithmetic", "c5")}  # no spread of answers brings raw alpha so low either
    allowed = next(f.allowed for f in report.findings if f.cell == "c5")
    assert 0.8 < allowed.lower < allowed.upper <= 1


def test_f2_beta_vif_and_r2(tmp_path):
    report = audit(
        made(tmp_path, "path_coefficient,A,Y,0.100", "path_coefficient,B,Y,0.500", "f_squared,A,Y,0.900",
             "inner_vif,A,Y,1.200", "inner_vif,B,Y,1.700", "r_squared,,Y,0.300")
    )  # fmt: skip
    assert ("arithmetic", "c2") in graded(report)
    assert {"c3", "c4"} & {f.cell for f in report.contradictions}  # two predictors have one VIF


def test_r2_above_what_the_paths_allow(tmp_path):
    rows = [
        "path_coefficient,A,Y,0.162",
        "path_coefficient,B,Y,0.424",
        "inner_vif,A,Y,1.713",
        "inner_vif,B,Y,1.713",
    ]
    report = audit(made(tmp_path, *rows, "r_squared,,Y,0.695"))
    assert graded(report) == {("arithmetic", "c4")}
    assert audit(made(tmp_path, *rows, "r_squared,,Y,0.295")).contradictions == ()


def test_r2_that_controls_would_explain(tmp_path):
    report = audit(
        made(tmp_path, "path_coefficient,A,Y,-0.284", "path_coefficient,B,Y,-0.052", "r_squared,,Y,0.418")
    )
    assert graded(report) == {("definition", "c2")}
    assert "predictors that are not printed" in report.findings[0].unless[0].en


def test_total_is_direct_plus_indirect(tmp_path):
    report = audit(
        made(tmp_path, "path_coefficient,A,Y,0.100", "indirect_effect,A,Y,0.200", "total_effect,A,Y,0.500")
    )
    (finding,) = report.contradictions
    assert (
        finding.cell == "c2" and finding.allowed.contains(0.3) and set(dict(finding.others)) == {"c0", "c1"}
    )


def test_an_interval_that_no_distribution_gives_and_one_that_disagrees_with_p(tmp_path):
    start = [
        "path_coefficient,A,Y,0.300",
        "standard_error,A,Y,0.050",
        "t_statistic,A,Y,6.000",
        "p_value,A,Y,0.000",
    ]
    wide = audit(made(tmp_path, *start, "ci_lower,A,Y,-0.100", "ci_upper,A,Y,0.550", "decision,A,Y,accepted"))
    # β and t give the error, so the end that is four errors farther off is wrong: 0.55 − 2 · 0.05 · √20 = 0.10
    assert graded(wide) == {("arithmetic", "c4")}
    assert 0.09 < wide.contradictions[0].allowed.lower < 0.11
    near = audit(made(tmp_path, *start, "ci_lower,A,Y,-0.010", "ci_upper,A,Y,0.250"))
    assert {g for g, _ in graded(near)} == {"definition"}


def test_a_construct_of_one_item(tmp_path):
    report = audit(
        made(
            tmp_path,
            *block("H", ("1.000",), cronbach_alpha="0.662", composite_reliability="0.775", ave="1.000"),
        )
    )
    assert graded(report) == {("arithmetic", "c1"), ("arithmetic", "c2")}


def test_htmt_far_from_the_correlation_is_worth_a_question(tmp_path):
    report = audit(made(tmp_path, "cronbach_alpha,A,,0.85", "cronbach_alpha,B,,0.83",
                        "construct_correlation,A,B,0.645", "htmt,A,B,0.150"))  # fmt: skip
    assert [(f.grade, f.cell) for f in report.findings if f.grade == "coincidence"] == [("coincidence", "c3")]
    assert report.exit_status == 0


def test_names_that_differ_are_said(tmp_path):
    rows = [
        *block("Facilitating", ("0.801", "0.786", "0.884", "0.892")),
        "sqrt_ave,FC,FC,0.842",
        "construct_correlation,FC,Att,0.300",
    ]
    text = str(audit(made(tmp_path, *rows)))
    assert "Facilitating has loadings, but no other table names it; FC is likely the same" in " ".join(
        text.split()
    )


def test_meta_rows_state_the_conventions(tmp_path):
    rows = ["path_coefficient,A,Y,0.300", "r_squared,,Y,0.500"]
    assert audit(made(tmp_path, *rows)).readings["predictors of Y"][0] == "printed"
    told = audit(made(tmp_path, *rows, "meta,complete_paths,,no"))
    assert told.readings["predictors of Y"][0] == "more" and told.contradictions == ()


@pytest.mark.parametrize(
    ("text", "statistic", "ends"),
    [
        ("–0.192", "", (-0.1925, -0.1915)), ("- 0.12", "", (-0.125, -0.115)), ("0·73", "", (0.725, 0.735)),
        ("0.73ᵃ", "", (0.725, 0.735)), ("(2.31)", "", (2.305, 2.315)), ("p<0.001", "p_value", (0, 0.001)),
        ("0***", "p_value", (0, 0.001)), ("***", "p_value", (0, 0.001)), ("n.s.", "p_value", (0.05, 1)),
        ("5.61E-06", "p_value", (5.605e-6, 5.615e-6)), ("n = 310", "sample_size", (310, 310)),
        ("0.70–0.80", "", (0.695, 0.805)), ("0,39*", "", (0.385, 0.395)),
    ],
)  # fmt: skip
def test_the_grammar_of_numbers(text, statistic, ends):
    box = parse_printed(text, statistic)[2]
    assert (box.lower, box.upper) == pytest.approx(ends)


def test_dashes_are_no_figures():
    assert all(is_blank(text) for text in ("—", "–", "-", "", "n/a")) and not is_blank("0")


MARKDOWN = """Tabla 2. Modelo de medida

| Constructo | Ítem | Carga | Alfa de Cronbach | Fiabilidad compuesta | AVE |
|---|---|---|---|---|---|
| Desempeño esperado (PE) | PE1 | 0,812 | 0,843 | 0,905 | 0,761 |
| | PE2 | 0,902*** | | | |
| | PE3 | ,901 | | | |

Table 3. Fornell-Larcker (below) and HTMT (above)

| | PE | EE |
|---|---|---|
| PE | 0.872 | 0.61 |
| EE | 0.512 | 0.839 |

Table 4. Hypotheses

| Hypothesis | β | t-value | p-value | 95% CI | Decision |
|---|---|---|---|---|---|
| H1: PE → EE | 0.512 | 9.10 | < .001 | [0.40, 0.62] | Supported |
"""


def test_tables_as_articles_print_them(tmp_path):
    path = tmp_path / "paper.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    article = read_article(path)
    found = {(r.statistic, r.row, r.column): r.printed for r in article.values.itertuples()}
    name = "Desempeño esperado (PE)"
    assert found["outer_loading", "PE3", name] == ",901" and found["ave", name, ""] == "0,761"
    assert found["htmt", "EE", name] == "0.61" and found["construct_correlation", "EE", name] == "0.512"
    assert found["ci_upper", name, "EE"].strip() == "0.62" and found["decision", name, "EE"] == "accepted"
    assert any("'PE' is read as" in note.en for note in article.notes)
    again = tmp_path / "understood.csv"
    again.write_text(article.csv(), encoding="utf-8")
    assert [c.id for c in load_published(again)] == [c.id for c in article.published()]


def test_html_tex_and_pasted_text(tmp_path):
    web = tmp_path / "a.html"
    web.write_text(
        "<table><caption>Table 5. HTMT</caption><tr><th></th><th>1. ATT</th><th>2. BI</th></tr>"
        "<tr><td>1. ATT</td><td></td></tr><tr><td>2. BI</td><td>0.71</td></tr></table>"
        "<table><tr><th>Construct</th><th>Item</th><th>Loading</th></tr><tr><td rowspan=2>ATT</td><td>A1</td>"
        "<td>0.81</td></tr><tr><td>A2</td><td>0.83</td></tr></table>",
        encoding="utf-8",
    )
    rows = {(r.statistic, r.row, r.column) for r in read_article(web).values.itertuples()}
    assert {("htmt", "BI", "ATT"), ("outer_loading", "A2", "ATT")} <= rows
    tex = tmp_path / "b.tex"
    tex.write_text(
        r"\begin{tabular}{lccc}\toprule Path & $\beta$ & $t$ & $p$ \\ \midrule"
        r" PE $\rightarrow$ BI & $-$0.31 & 4.20$^{***}$ & $<$0.001 \\ \end{tabular}",
        encoding="utf-8",
    )
    found = {r.statistic: r.printed for r in read_article(tex).values.itertuples()}
    assert found == {"path_coefficient": "-0.31", "t_statistic": "4.20***", "p_value": "<0.001"}
    text = tmp_path / "c.txt"
    text.write_text(
        "Hipótesis\tRelación\tCoeficiente\tValor p\tResultado\nH1\tA -> B\t0,307\t0,150\tNo se acepta\n"
    )
    rows = {r.statistic: r.printed for r in read_article(text).values.itertuples()}
    assert rows == {"path_coefficient": "0,307", "p_value": "0,150", "decision": "rejected"}


def test_the_command_line(tmp_path, capsys):
    published_ = made(tmp_path, *block("X", ("0.801", "0.812", "0.790"), ave="0.742"))
    assert len(published_) == 4
    path = str(tmp_path / "x_values.csv")
    assert main([path, "--format", "json"]) == 3
    report = json.loads(capsys.readouterr().out)
    (finding,) = report["findings"]
    assert (
        finding["grade"] == "arithmetic"
        and finding["cells"][0] == "c3"
        and finding["suggestion"] == "0.641–0.642"
    )
    assert set(report) >= {"findings", "coverage", "readings"}
    assert (
        main([path, "--lang", "es"]) == 3
        and "Cifras que no pueden ser todas correctas" in capsys.readouterr().out
    )
    assert main([path, "--format", "docx"]) == 2
    out = [tmp_path / f"report{i}.docx" for i in range(2)]
    assert [main([path, "--format", "docx", "-o", str(o)]) for o in out] == [3, 3]
    assert out[0].read_bytes() == out[1].read_bytes()
    assert main([str(tmp_path / "nothing.pdf")]) == 2


def with_one_predictor(n):
    """Two regressions on one predictor each: β² = 0.0847 and 0.16."""
    return [
        *("path_coefficient,A,B,0.291", "path_coefficient,A,C,0.400"),
        *([f"sample_size,model,,{n}"] if n else []),
    ]


def test_r2_that_is_the_adjusted_one(tmp_path):
    # 1 − (1 − 0.0847) · 179/178 = 0.0796 and 1 − 0.84 · 179/178 = 0.1553
    rows = [*with_one_predictor(180), "r_squared,,B,0.080", "r_squared,,C,0.155"]
    report = audit(made(tmp_path, *rows, "inner_vif,A,B,1.000", "f_squared,A,B,0.093"))
    assert report.contradictions == () and report.readings["r_squared"][0] == "adjusted"
    # no adjusted R² of 180 answers is so low, nor any higher than R²
    for wrong in ("0.070", "0.090"):
        report = audit(made(tmp_path, rows[0], rows[2], f"r_squared,,B,{wrong}"))
        assert graded(report) and report.readings["r_squared"][0] == "plain"


def test_r2_that_may_be_the_adjusted_one_without_n(tmp_path):
    rows = [*with_one_predictor(None), "path_coefficient,A,D,0.500"]
    report = audit(made(tmp_path, *rows, "r_squared,,B,0.079", "r_squared,,C,0.160", "r_squared,,D,0.250"))
    (finding,) = [f for f in report.findings if f.grade in GRAVE]
    # .281² = .079: a digit of the path could be wrong too
    assert (finding.grade, set(finding.cells)) == ("definition", {"c0", "c3"})
    assert [u.en for u in finding.unless] == ["adjusted R²"]


def test_a_composite_reliability_of_two_decimals_may_be_rho_a(tmp_path):
    # rho_C of (.7, .8, .9) is 2.4² / (2.4² + 3 − 1.94) = .845; of equal loadings .8 it is .842, of .7 .742
    def rows(decimals, first):
        parts = [("A", (0.7, 0.8, 0.9), first), ("B", (0.8, 0.8, 0.8), 0.842), ("C", (0.7, 0.7, 0.7), 0.742)]
        return [
            row
            for name, loadings, cr in parts
            for row in block(
                name, [f"{v:.{decimals}f}" for v in loadings], composite_reliability=f"{cr:.{decimals}f}"
            )
        ]

    (finding,) = [f for f in audit(made(tmp_path, *rows(2, 0.81))).findings if f.grade in GRAVE]
    assert (finding.grade, finding.cell, [u.en for u in finding.unless]) == ("definition", "c3", ["rho_A"])
    assert graded(audit(made(tmp_path, *rows(3, 0.81)))) == {("arithmetic", "c3")}


def test_two_decimals_of_two_loadings_leave_rho_a_wide(tmp_path):
    # loadings .9251 and .8957 give r = λ₁λ₂ − s₁s₂ = .6597 and rho_A = .809; their rounded .93 and .90 give .824
    rows = block("A", ("0.93", "0.90"), rho_a="0.81")
    for scan in (True, False):
        assert audit(made(tmp_path, *rows), scan=scan).contradictions == ()
        wrong = audit(made(tmp_path, *rows[:-1], "rho_a,A,,0.76"), scan=scan)
        assert {cell for _, cell in graded(wrong)} == {"c2"}


def test_a_negative_rho_a_is_possible(tmp_path):
    # items that correlate by r have rho_A = r / (1 + r) · 2 with equal weights: −0.222 for r = −0.1
    assert graded(audit(made(tmp_path, "rho_a,A,,-0.222"))) == set()


def test_a_sign_and_a_misplaced_point_are_named(tmp_path):
    correlations = [
        "construct_correlation,B,A,{}",
        "construct_correlation,Y,A,0.480",
        "construct_correlation,Y,B,0.450",
    ]
    # β = (.48 − .4 · .45)/.84 = .357 and (.45 − .4 · .48)/.84 = .307; VIF = 1/.84; R² = .357 · .48 + .307 · .45 = .310
    rows = ["path_coefficient,A,B,0.400", "path_coefficient,A,Y,0.357", "path_coefficient,B,Y,0.307",
            "inner_vif,A,Y,1.190", "inner_vif,B,Y,1.190", "r_squared,,Y,0.310"]  # fmt: skip
    right = [c.format("0.400") for c in correlations]
    assert audit(made(tmp_path, *right, *rows)).findings == ()
    wrong = audit(made(tmp_path, *(c.format("-0.400") for c in correlations), *rows))
    (finding,) = wrong.contradictions
    assert (finding.cell, finding.suggestion) == ("c0", "0.399–0.400")
    inference = ["standard_error,A,Y,{}", "t_statistic,A,Y,5.950"]  # .357 / .060
    assert audit(made(tmp_path, *right, *rows, *(i.format("0.060") for i in inference))).findings == ()
    (finding,) = audit(made(tmp_path, *right, *rows, *(i.format("0.006") for i in inference))).contradictions
    assert (finding.cell, finding.suggestion) == ("c9", "0.060")


def test_a_sample_size_that_no_adjusted_r2_fits(tmp_path):
    # R² .300 and .200 with one predictor become .296 and .195 at n = 170: 1 − .7 · 169/168
    rows = ["path_coefficient,A,B,0.548", "path_coefficient,A,C,0.447", "r_squared,,B,0.300", "r_squared,,C,0.200",
            "adjusted_r_squared,,B,0.296", "adjusted_r_squared,,C,0.195"]  # fmt: skip
    assert audit(made(tmp_path, "sample_size,model,,170", *rows)).contradictions == ()
    (finding,) = audit(made(tmp_path, "sample_size,model,,17", *rows)).contradictions
    assert finding.cell == "c0" and finding.allowed.contains(170) and not finding.allowed.contains(100)


def test_a_control_that_is_not_printed_is_no_wrong_sample_size(tmp_path):
    # with a second predictor: 1 − .690 · 169/167 = .3017 and 1 − .794 · 169/167 = .1965; with the one printed none is
    rows = ["path_coefficient,A,B,0.548", "path_coefficient,A,C,0.447", "r_squared,,B,0.310", "r_squared,,C,0.206",
            "adjusted_r_squared,,B,0.302", "adjusted_r_squared,,C,0.196", "sample_size,model,,170"]  # fmt: skip
    report = audit(made(tmp_path, *rows))
    assert report.contradictions == ()
    told = {f.cell: [u.en for u in f.unless] for f in report.findings if f.grade == "definition"}
    assert "c6" not in told and told["c4"] == ["B has predictors that are not printed"]


def test_an_interval_beside_its_estimate(tmp_path):
    rows = ["path_coefficient,A,Y,0.300", "standard_error,A,Y,0.050", "t_statistic,A,Y,6.000"]
    (finding,) = audit(made(tmp_path, *rows, "ci_lower,A,Y,0.700", "ci_upper,A,Y,0.900")).contradictions
    assert finding.cell == "c3" and "estimate 0.300, interval [0.700; 0.900]" in finding.calculations[0].en


def test_states_of_printed_cells(tmp_path):
    values = block("X", ("0.80", "0.80"), ave="0.71", sqrt_ave="0.80")
    values[-1] = "sqrt_ave,X,X,0.80"
    table = states(made(tmp_path, *values, "htmt_diagonal,X,X,0.000", "sample_size,model,,100")).set_index(
        "cell"
    )
    assert table.loc["c2", "state"] == "contradicted"
    assert table.loc["c4", "state"] == "not a statistic" and table.loc["c5", "state"] == "a count"
    assert set(table["state"]) <= {
        "contradicted",
        "contradicted unless",
        "follows",
        "open",
        "not a statistic",
        "a count",
    }
