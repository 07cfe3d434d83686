"""Sentences about many surveys say what hand-made surveys hold, and the other thing where these change."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from plsem.coverage import lowest, supported_intervals
from plsem.quantities import STATISTICS
from plsem.resampling.intervals import DEFAULT_INTERVAL
from surveypls.compendium.synthesis import study_target
from surveypls.report import over_surveys as said
from surveypls.report.narrative import other_sign
from surveypls.report.printed import required_n
from surveypls.report.simulated import calibrated, calibration, coverage_sentence, remade
from surveypls.study.definition import load_study
from surveypls.tables import choices_over_n_table, choices_table, coverage_table, other_sign_table
from surveypls.tables.coverage import relative_widths
from surveysynth.calibration import cell_table
from surveysynth.ensemble import inference_figures
from tableaudit.printed import load_published
from tabletext.display import Display

ROOT = Path(__file__).parents[2]
H1 = SimpleNamespace(id="H1", path=SimpleNamespace(source="X", target="A"))
H2 = SimpleNamespace(id="H2", path=SimpleNamespace(source="X", target="B"))
HYPOTHESES = [H1, H2]
SPANISH = Display(language="es")


def _survey(
    number: int, n: int, t: tuple[float, float], p: tuple[float, float], data="answers"
) -> list[tuple]:
    rows = [("t_statistic", "X", "A", t[0]), ("t_statistic", "X", "B", t[1])]
    rows += [("p_value", "X", "A", p[0]), ("p_value", "X", "B", p[1])]
    rows += [("cronbach_alpha", "B", "", 0.62), ("rho_c", "B", "", 0.78), ("htmt_upper", "B", "X", 1.02)]
    rows += [
        ("significant/none/t", "X", "A", float(p[0] < 0.05)),
        ("significant/individual/t", "X", "A", 1.0),
    ]
    if data == "answers":
        rows.append(("worst_distance", "", "", 0.5))
    return [(number, data, n, 1, *row) for row in rows]


def _table(rows: list[tuple]) -> pd.DataFrame:
    columns = ["matrix", "data", "n", "seed", "statistic", "row", "column", "value"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def rows():
    """H1 significant in none at 20, one of two at 40, all at 60; H2 in all."""
    return [
        *_survey(0, 20, (1.0, 5.0), (0.30, 0.0), "real-valued"),
        *_survey(1, 40, (1.3, 6.0), (0.20, 0.0)),
        *_survey(2, 40, (2.2, 7.0), (0.03, 0.0)),
        *_survey(3, 60, (2.8, 8.0), (0.01, 0.0)),
        (4, "answers", 40, 1, "missed", "respondents", "", 1.0),
    ]


ATTAINABLE = pd.DataFrame(
    [
        ("cronbach_alpha", "B", "", 0.73, 0.61, 0.67, "not reached"),
        ("cronbach_alpha", "A", "", 0.8, 0.7, 0.9, "attainable"),
    ],
    columns=["statistic", "row", "column", "printed", "lower", "upper", "verdict"],
)


def test_what_is_open_is_said_by_the_n_at_which_it_turns(rows):
    text = said.decided(_table(rows), HYPOTHESES, 0.05)
    assert "**H1** is left open" in text
    assert "in none up to n = 20, in 1 of 2 at n = 40, in all from n = 60" in text
    assert "**H2** is decided by the printed tables: its path is significant in 4 of 4" in text


def test_a_decision_flips_with_the_surveys(rows):
    never = _table(rows)
    never.loc[never["statistic"] == "p_value", "value"] = 0.5
    assert "significant in none of 4" in said.decided(never, HYPOTHESES, 0.05)
    assert "left open" not in said.decided(never, HYPOTHESES, 0.05)
    second = _table(rows)
    second.loc[(second["statistic"] == "p_value") & (second["n"] == 40), "value"] = 0.5
    assert "**H2** is left open" in said.decided(second, HYPOTHESES, 0.05)


def test_the_printed_t_meet_or_do_not(rows):
    text = said.printed_t_meets(_table(rows), HYPOTHESES, {"H1": 1.325, "H2": 2.528})
    assert "t of H1, 1.325, lies among the data sets' t at n = 40;" in text
    assert "at no n (their least is 5.000)" in text and "never meet" in text
    both = said.printed_t_meets(_table(rows), HYPOTHESES, {"H1": 1.325, "H2": 6.5})
    assert "Both do at n = 40." in both and "never meet" not in both


def test_what_was_made_and_missed_is_counted(rows):
    table = _table(rows)
    text = said.made(table, ATTAINABLE)
    assert "3 surveys of 40 to 60 respondents" in text and "3 correlation matrices; all reach" in text
    assert "1 other matrices, from 20 to 20 rows" in text and "attainable 0.610 to 0.670" in text
    assert "n = 40: 2 of 3; n = 60: 1 of 1" in said.missed(table)
    assert "no respondents with them (1)" in said.missed(table)
    table.loc[table["statistic"] == "worst_distance", "value"] = 1.4
    assert "not all reach" in said.made(table, ATTAINABLE)


def test_what_is_pinned_is_measured(rows):
    table = _table(rows)
    text = said.pinned(table, ATTAINABLE)
    assert "at most 0.620; 0.730 is printed" in text and "reaches 1 in 3 of 3" in text
    table.loc[table["statistic"] == "htmt_upper", "value"] = 0.9
    assert "HTMT" not in said.pinned(table, ATTAINABLE)


def test_the_choice_of_n_is_called_one(rows):
    text = said.chosen_n(_table(rows), HYPOTHESES, {"H1": 1.325, "H2": 2.528}, 40)
    assert "40 respondents are a choice" in text and "Of 3 surveys of 40 sought, 2 were found" in text
    assert "at n = 40 only" in text and "not the article's" in text
    assert "only" not in said.chosen_n(_table(rows), HYPOTHESES, {"H1": 9.0}, 40)


def test_shares_and_bands_keep_kinds_of_data_apart(rows):
    shares = said.significant_by_size(_table(rows), HYPOTHESES, 0.05)
    first = shares[shares["hypothesis"] == "H1"]
    assert first[["data", "n", "significant", "surveys"]].to_numpy().tolist() == [
        ["answers", 40, 1, 2],
        ["answers", 60, 1, 1],
        ["real-valued", 20, 0, 1],
    ]
    bands = said.t_over_n(_table(rows), HYPOTHESES)
    assert set(bands.loc[bands["n"] == 20, "data"]) == {"real-valued"}
    wide = said.choices_over_n(_table(rows), H1)
    assert wide.loc[wide["sign_changes"] == "none", [20, 40, 60]].to_numpy().tolist() == [[0.0, 0.5, 1.0]]
    frame = choices_over_n_table(wide, name="H1").frame
    assert frame["40"].tolist() == ["50%", "100%"]
    assert "igualan" in choices_over_n_table(wide, name="H1", display=SPANISH).frame["sign_changes"].iloc[1]


@pytest.fixture
def choices():
    rows = [
        ("H1", "none", "t", 0.19, False),
        ("H1", "none", "percentile", float("nan"), False),
        ("H1", "individual", "t", 0.016, True),
        ("H1", "individual", "percentile", float("nan"), True),
        ("H2", "none", "t", 0.0, True),
        ("H2", "individual", "t", 0.0, True),
    ]
    columns = ["hypothesis", "sign_changes", "test", "p_value", "significant"]
    return pd.DataFrame(rows, columns=columns).assign(alternative="two-sided")


def test_a_decision_that_hangs_on_a_choice_is_shown_under_each(choices):
    text = said.under_choices(choices)
    assert "H1 is significant under 2 of 4 choices in this survey: those in which" in text
    assert "cannot cross zero" in text and "H2 is significant under 2 of 2 choices." in text
    frame = choices_table(choices).frame
    assert set(frame["hypothesis"]) == {"H1"}
    assert frame["two-sided"].tolist() == ["p = 0.190", "holds 0", "p = 0.016 *", "excludes 0 *"]
    choices.loc[choices["sign_changes"] == "individual", "significant"] = False
    choices.loc[choices["hypothesis"] == "H2", "significant"] = True
    assert "H1 is significant under 0 of 4 choices." in said.under_choices(choices)


def _turned(other: float, whole: float) -> dict[str, pd.DataFrame]:
    rows = [("a1", 0.8, other, 0.01), ("a2", 0.7, 0.05, 0.02), ("", float("nan"), whole, 0.01)]
    table = pd.DataFrame(rows, columns=["item", "loading", "other", "same"])
    return {"H1": table.assign(draws_other=94, draws_same=906)}


def test_why_an_effect_turns_is_read_off_the_resamples(monkeypatch):
    monkeypatch.setattr("surveypls.report.narrative.turned_hypotheses", lambda *_: _turned(0.6, 0.16))
    text = other_sign(None, None)
    assert "In 9.4% of the resamples" in text and "In 60% of these a1 loads against" in text
    assert "not label switching" in text
    monkeypatch.setattr("surveypls.report.narrative.turned_hypotheses", lambda *_: _turned(0.9, 0.97))
    assert "is label switching" in other_sign(None, None)
    monkeypatch.setattr("surveypls.report.narrative.turned_hypotheses", lambda *_: {})
    assert other_sign(None, None) == ""
    table = other_sign_table(_turned(0.6, 0.16))
    assert table.frame["other"].tolist() == [0.6, 0.05, 0.16]
    assert (2, "loading") in table.hidden


def _coverage(percentile: float, bca: float) -> pd.DataFrame:
    rows = [
        (population, "htmt", n, kind, coverage, 0.01, below)
        for population in ("moderate", "weak")
        for n in (25, 45)
        for kind, coverage, below in (("percentile", percentile, 0.01), ("bca", bca, 0.2))
    ]
    columns = ["population", "statistic", "n_observations", "interval", "coverage", "coverage_se", "below"]
    return pd.DataFrame(rows, columns=columns).assign(n_samples=500)


def test_the_default_interval_follows_the_coverage():
    text = coverage_sentence(_coverage(0.93, 0.90))
    assert "For no statistic has BC or BCa" in text and "percentile 1.0%; BCa 20.0%" in text
    assert coverage_table(_coverage(0.93, 0.90)).frame["default"].tolist() == ["percentile"]
    assert "another interval than the percentile one for HTMT (BCa)" in coverage_sentence(
        _coverage(0.80, 0.93)
    )
    assert coverage_table(_coverage(0.80, 0.93)).frame["default"].tolist() == ["BCa"]


def _intervals(held: float, levels: tuple[float, float]) -> pd.DataFrame:
    rows = [
        ("path_coefficient", "X", "A", kind, lower, 0.6, *at)
        for kind, lower, at in (
            ("percentile", 0.1, (0.025, 0.975, held)),
            ("bca", -0.1, (None, None, None)),
            ("studentised", 0.1, (None, None, None)),
            ("calibrated", -0.2, (*levels, 0.95)),
        )
    ]
    columns = [
        "statistic",
        "row",
        "column",
        "interval",
        "lower",
        "upper",
        "lower_level",
        "upper_level",
        "held",
    ]
    return pd.DataFrame(rows, columns=columns)


def test_the_calibrated_levels_are_said_with_their_reason():
    text = calibrated(_intervals(0.9, (0.01, 0.95)), HYPOTHESES, level=0.95)
    assert text.startswith(
        "H1: the 95% percentile interval of a resample holds the estimate in 90.0% of resamples"
    )
    assert "quantiles of 1.0% and 95.0%, a nominal level of 94.0%" in text and "H2" not in text
    assert "left out by: percentile and studentised." in text and "moved down" in text
    for upper in (0.999, 0.99):  # moved up, and not moved
        assert "moved down" not in calibrated(_intervals(0.9, (0.01, upper)), HYPOTHESES, level=0.95)


def _doubled(path: float) -> pd.DataFrame:
    """Coverage of four intervals: ``path`` of the calibrated one of paths; the others' 0.90."""
    rows = [
        (
            "skewed",
            "weak",
            s,
            n,
            kind,
            path if (kind, s) == ("calibrated", "path_coefficient") else 0.9,
            width,
        )
        for s in ("path_coefficient", "indirect_effect", "htmt")
        for n in (25, 45)
        for kind, width in (("percentile", 0.5), ("bca", 0.6), ("studentised", 0.4), ("calibrated", 0.55))
    ]
    columns = ["answers", "population", "statistic", "n_observations", "interval", "coverage", "mean_width"]
    return pd.DataFrame(rows, columns=columns).assign(
        coverage_se=0.01, below=0.02, width_se=0.003, n_samples=400
    )


def test_the_default_follows_what_calibration_gains():
    better, same = calibration(_doubled(0.95)), calibration(_doubled(0.91))
    assert "speaks for the calibrated interval for Path coefficient" in better
    assert "For no statistic" in same and "default stays the percentile one" in same
    assert "the nearest to 95% for: Path coefficient." in better and "nearest" in same
    assert "nearest" not in calibration(_doubled(0.80))
    assert "calibrated 95.0% (1.10)" in better and "studentised 90.0% (0.80)" in better
    frame = coverage_table(_doubled(0.95)).frame
    assert frame["default"].tolist() == ["calibrated", "percentile", "percentile"]
    assert frame["width_calibrated"].tolist() == pytest.approx([1.1] * 3)


def test_a_part_made_anew_is_held_against_the_kept_rows():
    kept = _doubled(0.95)
    part = kept[kept["n_observations"] == 45]
    assert remade(part, kept).endswith("48 rows, which give the kept figures.".replace("48", str(len(part))))
    assert "do not give" in remade(part.assign(mean_width=part["mean_width"] + 1e-4), kept)
    assert "do not give" in remade(part.assign(answers="normal"), kept)


def test_needed_sizes_carry_the_simulations_error():
    needed = pd.DataFrame(
        {
            "population": ["normal"],
            "source": "X",
            "target": "A",
            "power": 0.8,
            "n": 93.0,
            "lower": 88.5,
            "upper": 97.3,
        }
    )
    text = required_n(needed, [H1])
    assert "H1 93 [88, 97]" in text or "H1 93 [89, 97]" in text
    assert "no evidence" in text


# what is kept ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept():
    derived = ROOT / "data" / "derived"
    names = ("S2_ensemble", "S2_answers", "S4_coverage", "S4_double")
    return {name: pd.read_csv(derived / f"{name}.csv", keep_default_na=False) for name in names}


def test_the_kept_answers_give_every_printed_figure_and_the_kept_ones(kept):
    study = load_study(ROOT / "study.yaml")
    target = study_target(study, load_published(ROOT / study.published))
    figures, items = kept["S2_ensemble"], list(target.model.items)
    worst = figures[figures["statistic"] == "worst_distance"]
    answers = dict(list(kept["S2_answers"].groupby("matrix")))
    assert set(answers) == set(worst["matrix"]) and worst["matrix"].is_unique
    for number, n, value in worst[["matrix", "n", "value"]].itertuples(index=False):
        survey = answers[number][items]
        distance = cell_table(target, survey)["distance"].abs().max()
        assert len(survey) == n and distance < 1 and distance == pytest.approx(value, abs=1e-5)
    first = worst.iloc[0]
    mine = figures[(figures["matrix"] == first["matrix"]) & (figures["data"] == "answers")]
    again = inference_figures(answers[first["matrix"]][items], target.model, seed=int(first["seed"]))
    keys = ["statistic", "row", "column"]
    merged = mine.merge(again, on=keys, suffixes=("", "_again"))
    assert len(merged) == len(again)
    assert merged["value"].to_numpy() == pytest.approx(merged["value_again"].to_numpy(), abs=2e-6)


def test_the_kept_surveys_leave_h1_open_and_decide_h2(kept):
    study = load_study(ROOT / "study.yaml")
    text = said.decided(kept["S2_ensemble"], study.hypotheses, study.bootstrap.significance)
    assert "**H1** is left open" in text and "**H2** is decided" in text


def test_the_table_of_default_intervals_is_that_of_the_simulation(kept):
    definitions = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    worst = lowest(kept["S4_coverage"]).set_index(["statistic", "interval"])["coverage"]
    chosen = supported_intervals(kept["S4_coverage"])
    for statistic, best in chosen.items():
        percentile, bca = (f"{100 * worst[statistic, kind]:.1f} %" for kind in ("percentile", "bca"))
        note = "" if best == DEFAULT_INTERVAL else " (see below)"
        row = f"| {STATISTICS[statistic].label} | {percentile} | {bca} | {DEFAULT_INTERVAL}{note} |"
        assert row in definitions
    bounds = (
        kept["S4_coverage"][kept["S4_coverage"]["statistic"] == "htmt"].groupby("interval")["below"].max()
    )
    assert bounds["percentile"] < 0.035 and bounds["bca"] > 0.15
    assert load_study(ROOT / "study.yaml").bootstrap.interval == DEFAULT_INTERVAL


def test_what_is_said_of_calibration_is_that_of_the_simulation(kept):
    definitions = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    found, kinds = kept["S4_double"], ("percentile", "bca", "studentised", "calibrated")
    worst = lowest(found).set_index(["statistic", "interval"])["coverage"]
    means = found.groupby(["statistic", "interval"])["coverage"].mean()
    widths = relative_widths(found)
    for name in ("path_coefficient", "indirect_effect", "htmt", "r_squared"):
        cells = [
            f"{100 * means[name, k]:.1f} %, {100 * worst[name, k]:.1f} %, {widths[name, k]:.2f}"
            for k in kinds
        ]
        assert f"| {STATISTICS[name].label} | {' | '.join(cells)} |" in definitions
    assert f"at most {100 * found['coverage_se'].max():.1f} points" in definitions
    distance = (means["path_coefficient"] - 0.95).abs()
    assert distance.idxmin() == "calibrated" and widths["path_coefficient", "calibrated"] < 1.05
    assert "calibrated" not in supported_intervals(found).values()
    below = found[found["statistic"] == "htmt"].groupby("interval")["below"].max()
    assert f"in up to {100 * below['calibrated']:.0f} % of samples" in definitions
    for name in ("outer_weight", "outer_loading", "ave"):
        assert means[name, "calibrated"] < means[name, "percentile"]
