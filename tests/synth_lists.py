"""Searched surveys, small enough to be made again in a second or two, as kept lists (``kept_lists``).

The same seed gives the same answers on every processor, so that a survey that is shipped can be made again.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pandas as pd
from kept_lists import keep

from plsem.model import Model
from surveypls.compendium.synthesis import study_form, study_model
from surveypls.study.definition import load_study
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean
from surveysynth import survey
from surveysynth.calibration import calibrate
from surveysynth.ensemble import REAL, WHOLE, Ensemble, ensemble, ranges
from surveysynth.raw_form import raw_form
from surveysynth.targets import Target, target_of
from tableaudit.printed import from_values

ROOT = Path(__file__).parents[1]
VALUES = """table,cell,statistic,row,column,printed,note
1,l1,outer_loading,A1,A,0.85,
1,l2,outer_loading,A2,A,0.80,
1,l3,outer_loading,B1,B,0.82,
1,l4,outer_loading,B2,B,0.78,
1,l5,outer_loading,B3,B,0.75,
2,alpha,cronbach_alpha,B,,0.69,
3,path,path_coefficient,A,B,0.55,
3,r2,r_squared,A,B,0.30,
"""
MODEL = Model({"A": ["A1", "A2"], "B": ["B1", "B2", "B3"]}, [("A", "B")])


@cache
def target() -> Target:
    values = pd.read_csv(io.StringIO(VALUES), dtype=str, keep_default_na=False)
    return target_of(from_values(values, "small"), MODEL)


def calibrated() -> list[str]:
    found = calibrate(target(), n=40, seed=3)
    return [" ".join(map(str, row)) for row in found.answers.to_numpy()]


def _listed(made: Ensemble) -> list[str]:
    tables = (made.figures, ranges(made.figures), made.answers)
    return [line for table in tables for line in table.to_csv(index=False).splitlines()]


def of_whole_numbers() -> list[str]:
    options = {"sizes": (30,), "n_matrices": 1, "n_resamples": 60, "seed": 5}
    alpha = {("cronbach_alpha", "A", ""): (0.50, 0.56)}
    return _listed(ensemble(target(), data=WHOLE, vary=alpha, **options))


def of_real_values() -> list[str]:
    options = {"sizes": (12, 20), "n_matrices": 2, "n_resamples": 60, "seed": 5}
    return _listed(ensemble(target(), data=REAL, **options))


def around_the_shipped_answers() -> list[str]:
    """The raw form around the committed survey's retained items, of another seed than the shipped one."""
    study = load_study(ROOT / "study.yaml")
    cleaned = clean(read_survey(ROOT / "data/raw/survey.csv", study, ROOT / "data/codebook.csv"), study)
    from tableaudit.printed import load_published

    items = list(study_model(study, load_published(ROOT / study.published)).items)
    answers = cleaned.responses[items].astype(int).reset_index(drop=True)
    form = raw_form(answers, study_form(study, ROOT), seed=5)
    return survey.to_csv(form).decode("utf-8").splitlines()


SURVEYS = {
    "calibrated": calibrated,
    "of_whole_numbers": of_whole_numbers,
    "of_real_values": of_real_values,
    "around_the_shipped_answers": around_the_shipped_answers,
}


def main() -> None:
    """Keep the list of every survey."""
    for name, made in SURVEYS.items():
        keep("surveys", name, made())
