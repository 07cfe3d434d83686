"""Printed figures held against answers: those from resamples, the audit's findings, what is said of both."""

from __future__ import annotations

import html
import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from convention_cases import FIVE, PAIR, table, with_gaps
from pls_reference import FOLDER, data, model

import plsem
from plsem import Model
from plsem.resampling.intervals import standard_deviation
from tableaudit.against_answers import of_finding, printed_model
from tableaudit.audit import audit, audit_file, with_answers
from tableaudit.conventions import Solution, solve
from tableaudit.conventions_resampled import PARTS, limit_of, monte_carlo_error
from tableaudit.printed import Published, PublishedError, from_values
from tableaudit.report import as_json, as_text, page
from tableaudit.report_files import as_docx, as_html

BOOK = pd.read_csv(FOLDER / "bootstrap" / "book_corp_rep_values.csv", dtype=str, keep_default_na=False)
COLUMNS = ["table", "cell", "statistic", "row", "column", "printed"]


def corp_rep(name: str) -> Model:
    """Return the book's model: the simple one, the one with four formative constructs, with a moderator too."""
    if name.startswith("simple"):
        return model("corp_rep_simple")
    wide = model("corp_rep_ext_modeA")
    blocks = {c: [wide.items[i] for i in b] for c, b in zip(wide.constructs, wide.blocks, strict=True)}
    modes = {c: "B" if c in ("QUAL", "PERF", "CSOR", "ATTR") else "A" for c in blocks}
    if name == "extended":
        return Model(blocks, wide.path_names, modes=modes)
    blocks["SC"] = ["switch_1", "switch_2", "switch_3", "switch_4"]
    paths = [*wide.path_names, ("SC", "CUSL"), ("CUSA*SC", "CUSL")]
    return Model(blocks, paths, modes=modes, products={"CUSA*SC": ("CUSA", "SC")})


def book(name: str, **changed: str) -> Published:
    """Return the figures that the book prints of a model, some of them changed."""
    rows = BOOK[BOOK["model"] == name][COLUMNS].copy()
    for cell, text in changed.items():
        rows.loc[rows["cell"] == cell, "printed"] = text
    meta = [("", "resamples", "meta", "resamples", "", "1000")]
    meta += [("", "level", "meta", "interval_level", "", "0.90")] if name == "simple 90 %" else []
    return from_values(pd.concat([rows, pd.DataFrame(meta, columns=COLUMNS)]), name)


def drawn(found: Solution) -> pd.DataFrame:
    return found.figures[found.figures["away"].notna()]


# figures that come from resamples ------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "exact", "resampled", "alone"),
    [("simple", 51, 20, True), ("simple 90 %", 6, 24, False), ("extended", 96, 382, True), ("moderated", 15, 60, True)],
)  # fmt: skip
def test_all_that_a_book_prints_is_found(name: str, exact: int, resampled: int, alone: bool) -> None:
    found = solve(with_gaps("corp_rep"), corp_rep(name), book(name))
    verdicts = found.figures["verdict"].value_counts().to_dict()
    # the t of a single item's loading is not printed, its standard error and interval are 0 and [1, 1]
    assert verdicts == {"reproduced": exact, "within": resampled}
    assert found.all_found and (found.resamples, found.own_resamples) == (1000, 10_000)
    assert found.holding("missing") == ("mean",)
    assert "percentile" in found.holding("interval")
    # HTMT has no sign to be set
    assert ("individual" not in found.holding("sign_changes")) is alone
    away = drawn(found)["away"]  # of standard errors of the difference, less half a unit of the last digit
    assert 0.7 < np.sqrt((away**2).mean()) < 1.1 and away.max() < limit_of(len(away))


@pytest.mark.slow
@pytest.mark.parametrize(("package", "judged"), [("seminr", 125), ("cSEM", 27)])
def test_programs_that_keep_inadmissible_resamples_are_found(package: str, judged: int) -> None:
    rows = pd.read_csv(FOLDER / "bootstrap" / "mobi_plsc_boot1000.csv", dtype=str)
    rows = rows[rows["package"].isin(["both", package])].reset_index(drop=True)
    found = solve(data("mobi"), model("mobi_ecsi"), rows, resamples=1000)
    assert found.holding("estimator") == ("PLSc",) and found.holding("inadmissible") == ("kept",)
    assert "percentile" in found.holding("interval") and found.all_found
    assert len(drawn(found)) == judged
    left = found.figures[found.figures["verdict"] == "not judged"]
    assert set(left["otherwise"]) == {"it does not settle: draws with heavy tails, or without any spread"}
    assert {("standard_error", "Quality", "Value"), ("standard_error", "Image", "Loyalty")} <= set(
        left[["statistic", "row", "column"]].itertuples(index=False, name=None)
    )


def test_monte_carlo_error_is_that_of_bootstraps_run_again() -> None:
    answers, spec = data("sim3x11"), model("sim3x11")
    each = []
    for seed in range(60):
        result = plsem.bootstrap(
            answers, spec, ["path_coefficient"], seed=seed, n_resamples=512, jackknife=False
        )
        summary = result.summary()
        each.append(summary[["standard_deviation", "lower", "upper"]].to_numpy())
    again = np.std(each, axis=0, ddof=1)
    draws = plsem.bootstrap(
        answers, spec, ["path_coefficient"], seed=99, n_resamples=10_000, jackknife=False
    ).draws
    parts = draws.reshape(PARTS, -1, 3)
    size = parts.shape[1]
    ends = np.quantile(parts, [0.025, 0.975], axis=1)
    figures = np.stack([standard_deviation(parts.transpose(0, 2, 1)), *ends], axis=-1)
    assert monte_carlo_error(figures, size, 512) == pytest.approx(again, rel=0.35)
    assert np.median(monte_carlo_error(figures, size, 512) / again) == pytest.approx(1, abs=0.15)
    # of normal draws, σ / sqrt(2 B); of the difference of two bootstraps, both count
    assert monte_carlo_error(figures, size, 512)[:, 0] == pytest.approx(
        figures.mean(axis=0)[:, 0] / 32, rel=0.3
    )
    both = monte_carlo_error(figures, size, 512, 512) / monte_carlo_error(figures, size, 512)
    assert both == pytest.approx(np.sqrt(2))


WEAK = pd.DataFrame({"x": np.tile([0.0, 1, 2, 3], 20), "y": np.repeat([0.0, 1, 2, 3, 4], 16)})
WEAK.iloc[0, 1] = 4.0  # r = -0.04; its standard error is about 1 / sqrt(80) = 0.112


@pytest.mark.parametrize(
    ("error", "signs"),
    [
        ("0.113", ("none", "construct")),
        ("0.073", ("individual",)),  # the size of a normal variable: sqrt(0.112² + 0.047² - 0.098²)
    ],
)
def test_signs_of_resamples(error: str, signs: tuple[str, ...]) -> None:
    r = WEAK.corr().iloc[0, 1]
    figures = table(("path_coefficient", "X", "Y", f"{r:.3f}"), ("standard_error", "X", "Y", error))
    found = solve(WEAK, PAIR, figures, resamples=5000)
    assert found.holding("sign_changes") == signs and found.own_resamples == 20_000
    assert drawn(found)["verdict"].tolist() == ["within"]
    figures = table(("path_coefficient", "X", "Y", f"{r:.3f}"), ("standard_error", "X", "Y", "0.090"))
    assert not solve(WEAK, PAIR, figures, resamples=5000).all_found


def test_a_figure_outside_is_said_with_its_distance() -> None:
    cell = "2.3.6: standard_error CUSA CUSL"
    found = solve(with_gaps("corp_rep"), corp_rep("simple"), book("simple", **{cell: "0.055"}))
    (row,) = found.figures[found.figures["verdict"] == "outside"].to_dict("records")
    assert row["cell"] == cell and row["value"] == pytest.approx(0.042, abs=0.002)
    # draws of a path are nearly normal: s · sqrt((1/1000 + 1/10000) / 2)
    assert row["error"] == pytest.approx(row["value"] * np.sqrt(0.0011 / 2), rel=0.3)
    assert row["away"] == pytest.approx((0.0545 - row["value"]) / row["error"])
    assert not found.all_found
    told = f"and is {row['value']:.4f} ± {row['error']:.4f}: outside, by {row['away']:.1f} Monte Carlo errors"
    assert told in repr(found) and "19 of 20 figures from 1,000 resamples" in repr(found)
    assert "Fuera del error de Monte Carlo:" in found.text("es")


def test_t_is_judged_by_the_path_beside_it() -> None:
    """Where the path is printed wrongly, its t goes with the printed path: 0.604 / 0.042."""
    changed = {"2.3.5: path_coefficient CUSA CUSL": "0.604", "2.3.6: t_statistic CUSA CUSL": "14.380"}
    found = solve(with_gaps("corp_rep"), corp_rep("simple"), book("simple", **changed)).figures.set_index(
        "cell"
    )
    assert found.loc["2.3.5: path_coefficient CUSA CUSL", "verdict"] in ("nowhere", "otherwise")
    assert found.loc["2.3.6: t_statistic CUSA CUSL", "verdict"] == "within"
    changed = {"2.3.6: t_statistic CUSA CUSL": "14.380"}
    found = solve(with_gaps("corp_rep"), corp_rep("simple"), book("simple", **changed)).figures.set_index(
        "cell"
    )
    assert found.loc["2.3.6: t_statistic CUSA CUSL", "verdict"] == "outside"


def test_without_the_number_of_resamples_nothing_is_judged() -> None:
    figures = table(("r_squared", "", "Y", "0.64"), ("standard_error", "X", "Y", "0.2"))
    found = solve(FIVE, PAIR, figures)
    assert "1 × Standard error: from how many resamples is not known" in repr(found)
    assert found.holding("sign_changes") == () and found.own_resamples == 0
    with pytest.raises(PublishedError, match="resamples: expected 2 or more, found 1"):
        solve(FIVE, PAIR, figures, resamples=1)


# models in stages ----------------------------------------------------------------------------------
def staged(mode: str) -> Model:
    wide = model("corp_rep_ext_modeA")
    kept = ("COMP", "LIKE", "CUSA", "CUSL")
    blocks = {
        c: [wide.items[i] for i in b] for c, b in zip(wide.constructs, wide.blocks, strict=True) if c in kept
    }
    modes = dict.fromkeys(("COMP", "LIKE"), mode)
    paths = [("REPU", "CUSA"), ("CUSA", "CUSL"), ("REPU", "CUSL")]
    return Model(blocks, paths, modes=modes, higher_order={"REPU": ["COMP", "LIKE"]})


@pytest.mark.parametrize("consistent", [False, True])
def test_second_order_constructs_under_plsc(consistent: bool) -> None:
    own = plsem.fit(
        data("corp_rep"), staged("A"), consistent=consistent, tolerance=1e-11, max_iterations=3000
    )
    values = plsem.quantities.long_table(own)
    figures = values[values["statistic"].isin(["path_coefficient", "r_squared", "rho_a"])]
    found = solve(data("corp_rep"), staged("A"), figures, decimals=3)
    assert set(found.figures["verdict"]) == {"reproduced"}
    assert found.holding("estimator") == ("PLSc" if consistent else "PLS",)


def test_products_under_one_mode_for_all() -> None:
    """A study that describes formative constructs, printed by someone who took Mode A throughout."""
    formative = corp_rep("moderated")
    reflective = Model(
        {
            c: [formative.items[i] for i in b]
            for c, b in zip(formative.constructs, formative.blocks, strict=True)
            if b
        },
        formative.path_names,
        products={"CUSA*SC": ("CUSA", "SC")},
    )
    own = plsem.fit(data("corp_rep"), reflective, tolerance=1e-11, max_iterations=3000)
    values = plsem.quantities.long_table(own)
    figures = values[values["statistic"].isin(["path_coefficient", "r_squared"])]
    found = solve(data("corp_rep"), formative, figures, decimals=3)
    assert set(found.figures["verdict"]) == {"reproduced"}
    assert found.holding("estimator") == ("Mode A",)


# the audit -----------------------------------------------------------------------------------------
@cache
def slipped():
    """The book's tables with a loading of two digits turned round, and adjusted R² for R²."""
    changed = {
        "3.1: outer_loading comp_1 COMP": "0.885",
        "2.3.5: r_squared  CUSA": "0.290",
        "2.3.5: r_squared  CUSL": "0.558",
    }
    return with_answers(audit(book("simple", **changed)), with_gaps("corp_rep"))


def test_the_model_is_read_from_the_printed_tables() -> None:
    read, own = printed_model(book("simple")), model("corp_rep_simple")
    assert dict(zip(read.constructs, read.blocks, strict=True)) and set(read.path_names) == set(
        own.path_names
    )
    assert {read.items[i] for i in read.blocks[read.position("COMP")]} == {"comp_1", "comp_2", "comp_3"}
    weights = [("1", f"w{k}", "outer_weight", f"x{k}", "X", "0.6") for k in (1, 2)]
    other = [("1", "l", "outer_loading", "y", "Y", "1"), ("1", "b", "path_coefficient", "X", "Y", "0.5")]
    read = printed_model(from_values(pd.DataFrame([*weights, *other], columns=COLUMNS), "made"))
    assert read.modes == ("B", "A")
    with pytest.raises(PublishedError, match=r"no whole model .*give the model \(--model\)"):
        printed_model(from_values(pd.DataFrame(other, columns=COLUMNS), "made"))


def test_findings_are_confirmed_or_refuted() -> None:
    report = slipped()
    by_cell = {f.cell: of_finding(f, report.solution) for f in report.findings if f.grade != "rule"}
    # by the tables alone another loading of the block is the likelier slip; the answers tell which
    verdict, text = by_cell["3.1: outer_loading comp_2 COMP"]
    assert verdict == "confirmed"
    assert text == "By the answers 3.1: outer_loading comp_1 COMP is 0.8577, printed 0.885."
    figures = report.solution.figures.set_index("cell")["verdict"]
    assert figures["3.1: outer_loading comp_1 COMP"] == "nowhere"
    r_squared = [told for cell, told in by_cell.items() if "r_squared" in cell]
    assert r_squared and all(verdict == "refuted" for verdict, _ in r_squared)
    assert (
        "all of these figures are as printed, with Missing answers: the item's mean, R²: adjusted"
        in r_squared[0][1]
    )
    assert [f.cell for f in report.contradictions] == [
        "3.1: outer_loading comp_2 COMP"
    ] and report.exit_status == 3
    titles = [section.heading for section in page(report).sections]
    assert titles[1:] == [
        "Figures that cannot all be right",
        "What the answers refute",
        "What the answers say",
    ]


def test_sound_tables_with_their_answers_end_with_0() -> None:
    report = with_answers(audit(book("simple")), with_gaps("corp_rep"))
    assert report.exit_status == 0 and report.solution.all_found
    other = with_answers(audit(book("simple")), with_gaps("corp_rep").iloc[:200])
    assert not other.contradictions and other.exit_status == 3


def test_the_section_is_on_the_page_in_both_languages_and_all_forms() -> None:
    report = slipped()
    text, spanish = as_text(report), as_text(report, "es")
    section = text[text.index("What the answers say\n") :]
    assert "findings above the answers confirm" in section
    assert "- R²: adjusted. Others reproduce at most: plain" in section
    assert "20 of 20 figures from 1,000 resamples are within Monte Carlo error" in " ".join(section.split())
    assert "Reproduced by no setting:\n- 3.1: outer_loading comp_1 COMP" in section
    assert "Lo que dicen las respuestas" in spanish and "Según las respuestas" in spanish
    assert not {line for line in spanish.splitlines() if "By the answers" in line or "reproduced" in line}
    made = as_html(page(report), "en")
    assert html.escape("What the answers say") in made and made.count("<h2>") == len(page(report).sections)
    assert "()" not in made and as_docx(page(report))[:2] == b"PK"
    plain = json.loads(json.dumps(as_json(report)))
    assert plain["answers"]["resamples"] == 1000 and plain["exit_status"] == 3
    told = {f["cells"][0]: f["answers"]["verdict"] for f in plain["findings"] if "answers" in f}
    assert sorted(told.values()) == ["confirmed", "refuted", "refuted"]
    assert "answers" not in as_json(audit(book("simple")))


@pytest.mark.parametrize(
    ("printed", "verdict", "told"),
    [
        ("0.80", "confirmed", "By the answers all of these figures are as printed."),
        ("0.70", "not decided", "By the answers b is 0.800, printed 0.70."),
    ],
)
def test_a_statement_that_the_tables_contradict(printed: str, verdict: str, told: str) -> None:
    """Tables that the answers bear out make the text wrong; where they do not, the text may be right."""
    rows = [("1", "b", "path_coefficient", "X", "Y", printed), ("1", "a", "cronbach_alpha", "X", "", "1.00")]
    texts = pd.DataFrame([("S1", "Results", "The path is above 0.9", "path_coefficient > 0.9")])
    statements = texts.set_axis(["id", "where", "text_en", "expression"], axis=1)
    published = from_values(pd.DataFrame(rows, columns=COLUMNS), "made", statements)
    report = with_answers(audit(published), FIVE, PAIR)
    (finding,) = [f for f in report.findings if f.check == "the text and the tables"]
    assert of_finding(finding, report.solution) == (verdict, told)
    assert report.exit_status == 3


def test_that_a_p_goes_with_its_t_says_nothing_of_the_answers() -> None:
    rows = [
        ("1", "b", "path_coefficient", "X", "Y", "0.80"),
        ("1", "t", "t_statistic", "X", "Y", "1.960"),
        ("1", "p", "p_value", "X", "Y", "0.500"),
    ]
    report = with_answers(audit(from_values(pd.DataFrame(rows, columns=COLUMNS), "made")), FIVE, PAIR)
    (finding,) = [f for f in report.findings if "p" in f.cells]
    assert of_finding(finding, report.solution) is None
    assert report.solution.figures.set_index("cell").loc["p", "verdict"] == "nowhere"


def test_readings_are_confirmed_or_corrected() -> None:
    """Raw alpha is only open to the audit; the reading of p is stated, and the answers' number of tails another."""
    rows = [
        *[("1", i, "outer_loading", i, i.upper(), "1.00") for i in ("x", "y")],
        ("1", "b", "path_coefficient", "X", "Y", "0.80"),
        ("1", "r", "r_squared", "", "Y", "0.52"),
        ("1", "t", "t_statistic", "X", "Y", "1.645"),
        ("1", "p", "p_value", "X", "Y", "0.050"),
        ("", "tails", "meta", "tails", "", "2"),
        ("", "r2", "meta", "r_squared", "", "adjusted"),
    ]
    report = with_answers(audit(from_values(pd.DataFrame(rows, columns=COLUMNS), "made")), FIVE)
    text = " ".join(as_text(report).split())
    assert "As the file states: two-sided. The answers say otherwise: Tails of p: one-sided." in text
    assert "adjusted R². The answers confirm it." in text


def test_a_file_is_audited_with_its_answers(tmp_path) -> None:
    path = tmp_path / "made_values.csv"
    rows = [("1", "b", "path_coefficient", "X", "Y", "0.80"), ("1", "r", "r_squared", "", "Y", "0.64")]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(path, index=False)
    assert audit_file(path, data=FIVE, model=PAIR).solution.all_found
    assert audit_file(path).solution is None
