"""Known answers, and what the study file proposed for an export of them reads."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from surveypls.study.definition import Study, load_study
from surveypls.survey.check import CheckReport, check
from surveypls.survey.reading import read_survey
from surveypls.survey.scaffold import Scaffold, scaffold
from surveypls.survey.screening import CleaningResult, clean

ITEMS = [f"{c}{i}" for c in "AB" for i in (1, 2, 3, 4)]
AGREE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
OFTEN = ["Never", "Rarely", "Sometimes", "Often", "Always"]
Grid = list[list[str]]


def known(n: int = 120, top: int = 5, seed: int = 7) -> np.ndarray:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = 0.6 * a + 0.8 * rng.normal(size=n)
    latent = np.column_stack([a] * 4 + [b] * 4) + 0.7 * rng.normal(size=(n, 8))
    return np.clip(np.round((top + 1) / 2 + latent * top / 5), 1, top).astype(int)


KNOWN = known()


def words(labels: list[str], answers: np.ndarray = KNOWN) -> Grid:
    return [[labels[v - 1] for v in row] for row in answers]


def digits(answers: np.ndarray = KNOWN) -> Grid:
    return [[str(v) for v in row] for row in answers]


def write(folder: Path, rows: Grid, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path = folder / "s.csv"
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def new(survey: Path) -> tuple[Scaffold, str]:
    for path in (survey.with_suffix(".yaml"), survey.with_name("s_codebook.csv")):
        path.unlink(missing_ok=True)
    made = scaffold(survey)
    made.write()
    return made, made.study.read_text(encoding="utf-8")


def read(survey: Path) -> tuple[Study, CleaningResult]:
    study = load_study(survey.with_suffix(".yaml"))
    book = survey.with_name("s_codebook.csv")
    return study, clean(read_survey(survey, study, book if study.survey.codebook else None), study)


def told(survey: Path) -> CheckReport:
    return check(survey, survey.with_suffix(".yaml"))


def right(survey: Path, answers: np.ndarray = KNOWN) -> Study:
    """The study file proposed for a survey reads every answer as it was given, in two constructs of four items."""
    study, cleaned = read(survey)
    assert [len(b) for b in study.blocks().values()] == [4, 4]
    np.testing.assert_array_equal(cleaned.responses[list(study.items)].to_numpy(), answers)
    assert told(survey).errors == ()
    return study
