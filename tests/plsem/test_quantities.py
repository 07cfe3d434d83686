"""The registry: each row holds together, sets are derived, and a statistic is added in one place."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pls_reference import tight

from plsem import quantities as registry
from plsem.quantities import QUANTITIES, STATISTICS, about, quantities, statistic
from plsem.statistic import KINDS
from plsem.thresholds import THRESHOLDS

SOURCE = Path(__file__).parents[2] / "src"

MODELS = ("sim3x11", "mobi_ecsi", "corp_rep_ext_modeA", "tiny_mixed")


def test_what_a_report_usually_prints() -> None:
    """As the tables of Hair, Risher, Sarstedt and Ringle (2019) have it; fit by SRMR alone."""
    measurement = {
        "outer_weight",
        "outer_loading",
        "cronbach_alpha",
        "cronbach_alpha_raw",
        "rho_a",
        "rho_c",
        "ave",
    }
    validity = {"sqrt_ave", "construct_correlation", "htmt"}
    structure = {
        "path_coefficient",
        "indirect_effect",
        "total_effect",
        "r_squared",
        "adjusted_r_squared",
        "f_squared",
    }
    assert set(registry.REPORT) == measurement | validity | structure | {"srmr"}


@pytest.mark.parametrize("row", STATISTICS.values(), ids=list(STATISTICS))
def test_each_row_holds_together(row: registry.Statistic) -> None:
    assert STATISTICS[row.name] is row
    assert row.label and row.kind in KINDS
    assert row.bounds[0] < row.bounds[1]
    assert (row.index is None) == (row.compute is None)
    assert not row.threshold or row.threshold in THRESHOLDS
    assert not row.signed or row.bounds[0] < 0, "a statistic that turns can be negative"
    assert row.computed or not (row.reported or row.slow or row.needs_rows)
    assert (row.printed == "count") == (row.decimals == 0)


@pytest.mark.parametrize("model", MODELS)
def test_values_lie_within_their_bounds(model: str) -> None:
    labels, values = quantities(tight(model))
    for name, value in zip(labels["statistic"], values, strict=True):
        low, high = QUANTITIES[name].bounds
        assert math.isnan(value) or low - 1e-9 <= value <= high + 1e-9, name


@pytest.mark.parametrize("model", MODELS)
def test_signed_statistics_are_those_that_turn(model: str) -> None:
    from plsem.resampling.replicates import turned

    estimate = tight(model)
    labels, values = quantities(estimate)
    k = estimate.model.n_constructs
    moved: set[str] = set()
    for j in range(k):
        signs = np.ones((k, 1))
        signs[j] = -1.0
        other = quantities(turned(estimate, signs))[1]
        np.testing.assert_allclose(np.abs(other), np.abs(values), atol=1e-12)
        moved |= set(labels["statistic"][np.sign(other) * np.sign(values) < 0])
    assert moved <= registry.SIGNED
    assert registry.SIGNED & set(labels["statistic"]) - moved <= {
        "specific_indirect_effect",
        "indirect_effect",
    }


def test_what_a_value_is_about() -> None:
    assert about("path_coefficient", "X", "Y") == "X -> Y"
    assert about("outer_loading", "x1", "X") == "x1 <- X"
    assert about("htmt", "Y", "X") == "Y <-> X"
    assert about("sqrt_ave", "X", "X") == about("ave", "X", "") == about("r_squared", "", "X") == "X"
    assert about("srmr", "model", "estimated/composite") == "estimated/composite"
    assert about("specific_indirect_effect", "X -> M -> Y", "") == "X -> M -> Y"
    assert about("of a user's own", "X", "Y") == "X <-> Y"
    with pytest.raises(KeyError, match="did you mean 'htmt'"):
        statistic("hmtm")


_NEW_ROW = """    Statistic(
        "mean_loading", "Mean loading", "ML", "construct", (-1.0, 1.0), measurement.factor_index,
        lambda e: np.stack([e.loadings_last[s].mean(axis=0) for s, f in
                            zip(e.model.slices, e.model.factor_blocks) if f]), signed=True, reported=True,
    ),
    # Structural model
"""

_USE = """
import numpy as np, pandas as pd
import plsem
from tableaudit.printed import STATISTICS, parse_printed
rng = np.random.default_rng(1)
f = rng.normal(size=60)
data = pd.DataFrame({n: f + rng.normal(size=60) for n in ("a", "b", "c", "d")})
model = plsem.Model({"X": ["a", "b"], "Y": ["c", "d"]}, paths=[("X", "Y")])
result = plsem.fit(data, model)
print(result.summary(statistic="mean_loading")["value"].round(6).tolist())
boot = plsem.bootstrap(data, model, seed=1, n_resamples=50, sign_changes="individual")
row = boot.summary(statistic="mean_loading").iloc[0]
print(row["row"], bool(row["lower"] <= row["original"] <= row["upper"]))
print(boot.smartpls(["ave", "mean_loading"]).index.tolist()[-1])
print("mean_loading" in plsem.quantities.REPORT, STATISTICS["mean_loading"])
print(np.isclose(row["original"], result.loadings[:2].mean()))
"""


def test_a_statistic_is_added_in_one_place(tmp_path: Path) -> None:
    for package in ("plsem", "tabletext", "tableaudit"):
        shutil.copytree(SOURCE / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    home = tmp_path / "plsem" / "quantities.py"
    text = home.read_text(encoding="utf-8")
    assert text.count("    # Structural model\n") == 1
    home.write_text(text.replace("    # Structural model\n", _NEW_ROW), encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_USE}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert len(lines[0].split(",")) == 2
    assert lines[1] == "X True"
    assert lines[2] == "mean_loading Y"
    assert lines[3] == "True ('construct', '')"
    assert lines[4] == "True"
