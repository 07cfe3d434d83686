"""The admissibility report: each problem is found, named and explained; a sound solution passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pls_reference import data, model, tight

from plsem import admissibility, measurement, structural
from plsem.estimator import estimate, fit
from plsem.model import Model
from tabletext.catalogue import spanish, translate

TWO = Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, [("X", "Y")])
R = np.array([[1.0, 0.5, 0.32, 0.28], [0.5, 1.0, 0.26, 0.3], [0.32, 0.26, 1.0, 0.45], [0.28, 0.3, 0.45, 1.0]])


def problems(estimate_) -> dict[str, tuple[str, str]]:
    table = admissibility.report(estimate_, problems_only=True)
    assert (table["advice"] != "").all()
    return {
        check: (status, found)
        for check, status, found in zip(table["check"], table["status"], table["found"], strict=True)
    }


def test_a_sound_solution_passes_everything():
    table = admissibility.report(tight("sim3x11"))
    assert (table["status"] == "passed").all() and len(table) == 11
    assert (table["found"] == "").all() and (table["advice"] == "").all()
    assert admissibility.is_admissible(tight("sim3x11"))
    assert admissibility.report(tight("sim3x11"), problems_only=True).empty


def test_non_convergence():
    found = problems(fit(data("sim3x11"), model("sim3x11"), max_iterations=2))
    assert found == {"converged": ("failed", "2 iterations, tolerance 1e-07")}


def test_impossible_construct_correlations_under_plsc():
    found = problems(tight("mobi_ecsi", consistent=True))
    assert found["constructs"] == ("failed", "Satisfaction, Quality 0.952")
    assert found["inner_vif"][0] == "caution" and "Quality -> Satisfaction" in found["inner_vif"][1]
    assert not admissibility.is_admissible(tight("mobi_ecsi", consistent=True))
    assert admissibility.is_admissible(tight("mobi_ecsi"))


@pytest.mark.parametrize(
    ("changes", "check", "status", "named"),
    [
        (
            {"loadings_last": np.array([[1.2], [0.5], [-1.3], [0.5]])},
            "loadings",
            "failed",
            "x1 1.200; y1 -1.300",
        ),
        ({"rho_a_last": np.array([[-0.1], [0.5]])}, "reliability", "failed", "X -0.100"),
        ({"rho_a_last": np.array([[0.0], [0.5]])}, "reliability", "failed", "X 0.000"),
        ({"rho_a_last": np.array([[0.1], [1.5]])}, "reliability", "failed", "Y 1.500"),
        ({"r_squared_last": np.array([[np.nan], [1.25]])}, "explained", "failed", "Y 1.250"),
        (
            {"construct_correlations_last": np.array([[[1.0], [1.1]], [[1.1], [1.0]]])},
            "constructs",
            "failed",
            "Y, X 1.100",
        ),
        ({"outer_weights_last": np.array([[np.nan], [1], [1], [1]])}, "defined", "failed", "X"),
    ],
)
def test_inadmissible_figures_are_named(changes, check, status, named):
    sound = estimate(TWO, R, consistent=True)
    assert problems(sound) == {}
    assert problems(replace(sound, **changes))[check] == (status, named)


def test_a_negative_rho_a_is_a_caution_for_ordinary_pls():
    r = R.copy()
    r[2, 3] = r[3, 2] = -0.2
    found = problems(estimate(TWO, r))
    assert found["reliability"][0] == "caution" and found["reliability"][1].startswith("Y -")
    assert problems(estimate(TWO, r, consistent=True))["reliability"][0] == "failed"


def test_reversed_items_are_named():
    frame = data("sim3x11").copy()
    frame["m3"] = 6 - frame["m3"]
    found = problems(fit(frame, model("sim3x11")))
    assert found["reversed"][0] == "caution" and found["reversed"][1].startswith("m3 -0.8")


def test_reversal_is_judged_by_the_majority():
    frame = data("sim3x11").copy()
    for item in ("m1", "m2", "m4"):
        frame[item] = 6 - frame[item]
    found = problems(fit(frame, model("sim3x11"), orient=False))
    assert [part.split()[0] for part in found["reversed"][1].split("; ")] == ["m3"]


def test_reversal_is_judged_by_the_majority_when_a_sign_item_turned_the_block():
    spec = Model({"X": ["a", "b", "c"], "Y": ["y"]}, [("X", "Y")])
    r = [[1.0, -0.2, -0.2, 0.8], [-0.2, 1.0, 0.9, -0.3], [-0.2, 0.9, 1.0, -0.3], [0.8, -0.3, -0.3, 1.0]]
    for options in ({}, {"sign_items": {"X": "a"}}):
        found = problems(estimate(spec, r, **options))
        assert [part.split()[0] for part in found["reversed"][1].split("; ")] == ["a"]


def test_collinearity():
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    frame = (
        data("sim3x11")
        .iloc[:0]
        .reindex(range(200))
        .assign(
            **{i: x + 0.3 * rng.normal(size=200) for i in ("x1", "x2", "x3", "x4", "m1", "m2", "m3", "m4")},
            **{i: x + rng.normal(size=200) for i in ("y1", "y2", "y3")},
        )
    )
    found = problems(fit(frame, model("sim3x11")))
    assert found["inner_vif"][0] == "caution"
    assert [part.split()[0] for part in found["inner_vif"][1].split("; ")] == ["X", "M"]
    assert found["outer_vif"][0] == "caution" and "x1" in found["outer_vif"][1]
    assert "y1" not in found["outer_vif"][1]


def test_limits_are_inclusive():
    spec = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("A", "C"), ("B", "C")])

    def at(vif):
        r = np.sqrt(1 - 1 / vif)
        return problems(estimate(spec, [[1, r, 0.3], [r, 1, 0.3], [0.3, 0.3, 1]]))

    assert at(4.999) == {}
    assert at(5.001)["inner_vif"] == ("caution", "A -> C 5.0; B -> C 5.0")


def test_a_vif_at_the_limit_passes(monkeypatch):
    found = estimate(TWO, R)
    largest = float(measurement.outer_vif_last(found).max())
    monkeypatch.setattr(admissibility, "vif_limit", lambda: largest)
    assert "outer_vif" not in problems(found)
    spec = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("A", "C"), ("B", "C")])
    three = estimate(spec, [[1, 0.5, 0.3], [0.5, 1, 0.3], [0.3, 0.3, 1]])
    largest = float(structural.inner_vif_last(three).max())
    monkeypatch.setattr(admissibility, "vif_limit", lambda: largest)
    assert "inner_vif" not in problems(three)


def test_the_closest_defined_pair_of_constructs_is_named():
    spec = Model({"A": ["a"], "B": ["b"], "C": ["c"]}, [("A", "C"), ("B", "C")])
    sound = estimate(spec, [[1, 0.5, 0.3], [0.5, 1, 0.3], [0.3, 0.3, 1]])
    r = sound.construct_correlations_last.copy()
    r[0, 1] = r[1, 0] = np.nan
    r[0, 2] = r[2, 0] = -0.4
    assert problems(replace(sound, construct_correlations_last=r))["constructs"][1] == "C, A -0.400"


def test_redundant_items_and_few_rows():
    found = problems(fit(data("sim3x11").iloc[:11], model("sim3x11")))
    assert found["rows"] == ("caution", "n = 11, p = 11")
    assert found["redundant"][0] == "caution" and found["redundant"][1].startswith("11 rows for 11 items")
    assert "rows" not in problems(fit(data("sim3x11").iloc[:12], model("sim3x11")))
    assert "rows" not in set(admissibility.report(estimate(TWO, R))["check"])


def test_both_languages_say_something_of_every_check():
    english = admissibility.report(tight("mobi_ecsi", consistent=True))
    for check, (_, text, advice) in admissibility.CHECKS.items():
        assert spanish().get(text) and spanish().get(advice), check
    assert english["text"].iloc[0] == "the weights settled"
    assert translate(english["text"].iloc[0], "es") == "los pesos se estabilizaron"
    failed = english["status"] != "passed"
    short = admissibility.report(tight("mobi_ecsi", consistent=True), problems_only=True)
    assert list(short.index) == list(range(failed.sum()))


def test_batches_are_refused():
    with pytest.raises(ValueError, match="one matrix"):
        admissibility.report(estimate(TWO, R[None]))


def test_under_plsc_the_construct_without_a_reliability_is_named():
    """One rho_A below 0 leaves its construct without correlations; the sound pair is not to blame."""
    spec = Model({"A": ["a1", "a2"], "B": ["b1", "b2"], "C": ["c1", "c2"]}, [("A", "C"), ("B", "C")])
    r = np.full((6, 6), 0.3)
    for block, within in ((slice(0, 2), 0.6), (slice(2, 4), 0.7), (slice(4, 6), -0.1)):
        r[block, block] = within
    np.fill_diagonal(r, 1.0)
    found = estimate(spec, r, consistent=True)
    assert found.rho_a[2] < 0 < found.rho_a[:2].min()
    assert problems(found)["constructs"] == ("failed", f"C has none: its rho_A is {found.rho_a[2]:.3f}")
    assert "constructs" not in problems(estimate(spec, r))


def test_the_pair_that_cannot_be_is_named():
    spec = Model({"A": ["a"], "B": ["b"], "C": ["c"], "D": ["d"]}, [("A", "D"), ("B", "D"), ("C", "D")])
    sound = estimate(spec, np.eye(4) * 0.7 + 0.3)
    r = sound.construct_correlations_last.copy()
    r[:3, :3, 0] = [[1, 0.9, -0.9], [0.9, 1, 0.85], [-0.9, 0.85, 1]]
    for s, t in ((0, 3), (1, 3), (2, 3)):
        r[s, t] = r[t, s] = 0.1
    found = problems(replace(sound, construct_correlations_last=r))["constructs"][1]
    assert not {"D"} & set(found.split()[0].strip(",")) and "D," not in found
    r[1, 3] = r[3, 1] = 1.02
    assert problems(replace(sound, construct_correlations_last=r))["constructs"][1] == "D, B 1.020"
