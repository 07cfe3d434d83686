"""Corporate reputation, a public survey, from raw answers through a study file to published software's figures."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pls_reference
import pytest

from plsem import quantities as registry
from plsem.efa.pruning import prune
from plsem.estimator import fit
from plsem.model import Model
from surveypls.study.definition import Study, load_study
from surveypls.survey.check import check
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean

STUDY = """\
id: corp_rep
title: Corporate reputation
survey:
  scale: {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7}
  missing_codes: ["-99"]
cleaning: {drop_duplicates: false, min_completion: null, max_person_missing: null, missing: mean}
efa: {prune: false}
pls: {tolerance: 1.0e-12, max_iterations: 3000}
"""
SIMPLE = """\
model: |
  COMP =~ comp_1 + comp_2 + comp_3
  LIKE =~ like_1 + like_2 + like_3
  CUSA =~ cusa
  CUSL =~ cusl_1 + cusl_2 + cusl_3
  CUSA + CUSL ~ COMP + LIKE
  CUSL ~ CUSA
"""


@pytest.fixture(scope="module")
def raw_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the survey as it comes, -99 for missing, with a semicolon between the cells."""
    path = tmp_path_factory.mktemp("corp_rep") / "survey.csv"
    package = importlib.util.find_spec("seminr")
    assert package is not None and package.origin is not None
    answers = pd.read_csv(Path(package.origin).parent / "datasets" / "corp_rep_data.csv")
    assert (answers == -99).to_numpy().any()
    answers.to_csv(path, sep=";", index=False)
    return path


def _study(folder: Path, model: str) -> Study:
    path = folder / "study.yaml"
    path.write_text(STUDY + model, encoding="utf-8")
    return load_study(path)


def _extended() -> str:
    spec = pls_reference.reference("corp_rep_ext_modeA")
    lines = [f"  {c} =~ {' + '.join(items)}" for c, items in spec["constructs"].items()]
    return "\n".join(["model: |", *lines, *(f"  {t} ~ {s}" for s, t in spec["paths"])]) + "\n"


@pytest.mark.parametrize("model_id", ["corp_rep_simple", "corp_rep_ext_modeA"])
def test_figures_equal_the_packages(model_id: str, raw_file: Path) -> None:
    study = _study(raw_file.parent, SIMPLE if model_id == "corp_rep_simple" else _extended())
    spec = pls_reference.reference(model_id)
    assert {c: list(b) for c, b in study.blocks().items()} == spec["constructs"]
    assert {tuple(p) for p in spec["paths"]} == set(study.path_pairs)
    answers = clean(read_survey(raw_file, study), study).responses
    assert len(answers) == 344
    pruned = prune(answers, **study.pruning)
    assert pruned.retained == study.items
    model = Model(pruned.blocks, study.path_pairs, modes=study.modes)
    estimate = fit(answers, model, **study.estimator)
    labels, values = registry.quantities(estimate)
    table = pd.DataFrame(labels).assign(value=np.asarray(values))
    mine = pls_reference.lookup(table)
    compared: dict[str, int] = {}
    for run in spec["runs"]:
        if run["package"] != "seminr" or run["scheme"] != "path" or run["consistent"]:
            continue
        for statistic in ("outer_loading", "path_coefficient", "r_squared", "htmt"):
            for place, printed in run["values"].get(statistic, {}).items():
                row, column = place.split("|")
                key = (statistic, row, column)
                # Of a single item some packages print an HTMT and others, like this one, none.
                if statistic == "htmt" and np.isnan(mine.get(key, np.nan)):
                    assert 1 in (len(study.get(row).items), len(study.get(column).items))
                    continue
                assert mine[key] == pytest.approx(printed, abs=1e-6), key
                compared[statistic] = compared.get(statistic, 0) + 1
    several = sum(len(c.items) > 1 for c in study.constructs)
    assert compared["outer_loading"] == len(study.items)
    assert compared["path_coefficient"] == len(study.paths)
    assert compared["r_squared"] == len({p.target for p in study.paths})
    assert compared["htmt"] >= several * (several - 1) / 2


def test_the_check_finds_it_ready(raw_file: Path) -> None:
    _study(raw_file.parent, SIMPLE)
    report = check(raw_file, raw_file.parent / "study.yaml")
    assert report.errors == ()
    assert any("CUSA has one item" in w for w in report.warnings)
    assert any("344 rows are left" in f for f in report.facts)
