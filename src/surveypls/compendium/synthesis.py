"""The synthetic survey of ``data/raw`` as the study file asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from plsem.model import Model
from plsem.resampling.parallel import Progress
from surveypls.errors import CompendiumError
from surveypls.study.definition import Study
from surveypls.survey.codebook import load_codebook
from surveysynth.answer_blocks import SHARES
from surveysynth.ensemble import REAL, WHOLE, Ensemble, ensemble
from surveysynth.raw_form import Form
from surveysynth.survey import RESPONDENTS, printed_model, printed_target, synthesize
from surveysynth.targets import Target
from tableaudit.printed import Published, load_published

#: The hypothesis whose printed t the survey's sampling error is brought to.
SAMPLED = "H1"
#: Respondents of the ensemble's surveys of whole numbers, in turn: most where H1 turns, fewest where few are found.
SIZES = (54, 64, 80, 45, 100, 54, 64, 36, 80, 45, 30)
#: Of its real-valued data.
REAL_SIZES = (15, 20, 25, 30, 36, 45, 54, 64, 80, 100)
#: Matrices of the real-valued data.
REAL_MATRICES = 24
#: Above this alpha of RC only matrices near a plane give the printed cells, and whole numbers are not found there.
WHOLE_ALPHA = 0.645
#: Shares of the answers 1 … 5, which the article does not print: half the highest, spread out, and humped.
ANSWER_SHARES = (SHARES, (0.15, 0.15, 0.20, 0.20, 0.30), (0.10, 0.20, 0.30, 0.25, 0.15))


def study_model(study: Study, published: Published) -> Model:
    """Return the model of the printed items, constructs in the study's order."""
    return printed_model(published, study.blocks(), study.path_pairs, study.modes)


def study_target(study: Study, published: Published) -> Target:
    """Return the printed cells that the survey is to give."""
    return printed_target(published, study_model(study, published), significance=study.bootstrap.significance)


def sampled_path(study: Study) -> tuple[str, str] | None:
    """Return the path (source, target) whose printed t the survey's sampling error was brought to."""
    return next(((h.path.source, h.path.target) for h in study.hypotheses if h.id == SAMPLED), None)


def aimed_figures(study: Study, published: Published) -> pd.DataFrame | None:
    """Return the figures that the synthetic survey was made to give: statistic, row, column.

    None for a survey that people answered.
    """
    if study.synthetic is None:
        return None
    labels = study_target(study, published).labels
    path = sampled_path(study)
    sampled = [] if path is None else [pd.DataFrame([("t_statistic", *path)], columns=labels.columns)]
    return pd.concat([labels, *sampled], ignore_index=True)


def study_form(study: Study, root: Path) -> Form:
    """Return the form whose export ``data/raw/survey.csv`` is.

    Parameters
    ----------
    study : Study
        Needs ``survey.codebook``, ``survey.respondent``, ``survey.time`` and ``survey.consent``.
    root : Path
        The folder that the study's paths start from.

    Raises
    ------
    CompendiumError
        If the study lacks one of them.
    """
    survey = study.survey
    if survey.codebook is None or survey.respondent is None or survey.time is None or survey.consent is None:
        raise CompendiumError("study.survey needs codebook, respondent, time and consent to write a raw form")
    return Form(
        blocks=study.blocks(),
        codebook=load_codebook(root / survey.codebook),
        scale=survey.scale,
        respondent=survey.respondent,
        time=survey.time,
        consent=survey.consent.column,
        accept=survey.consent.accept[0],
        missing_codes=survey.missing_codes,
        modes=study.modes,
        pruning=study.efa.settings,
        max_longstring=study.cleaning.max_longstring,
        min_irv=study.cleaning.min_irv,
        seed=study.seed,
    )


def synthesize_study(
    study: Study,
    root: Path,
    *,
    n: int = RESPONDENTS,
    seed: int | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """Remake the survey as it stands in ``data/raw/survey.csv``; see :func:`surveysynth.survey.synthesize`."""
    if study.published is None:
        raise CompendiumError("the study must name its printed values (published)")
    published = load_published(root / study.published)
    return synthesize(
        published,
        study_target(study, published),
        study_form(study, root),
        n=n,
        seed=study.seed if seed is None else seed,
        sampled=sampled_path(study),
        checkpoint=checkpoint,
        progress=progress,
    )


def study_ensemble(
    study: Study,
    target: Target,
    attainable: pd.DataFrame,
    n_matrices: int,
    *,
    n_real: int = REAL_MATRICES,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Make other surveys that give the same printed tables, over sizes, answers' shares and the open figure.

    Parameters
    ----------
    study : Study
    target : Target
        The printed cells (:func:`study_target`).
    attainable : DataFrame
        The contract ``S1_attainable``; alpha of RC is drawn from the interval that it gives.
    n_matrices : int
        Matrices to look for, about fifteen seconds each; one survey of whole numbers is sought for each.
    n_real : int
        Matrices of the real-valued data.
    n_jobs, store, progress
        See :func:`plsem.resampling.parallel.run_tasks`.

    Returns
    -------
    Ensemble
    """
    keys = ["statistic", "row", "column"]
    alpha = ("cronbach_alpha", "RC", "")
    known = attainable.fillna({"row": "", "column": ""}).set_index(keys)
    low, high = (float(known[side].to_dict()[alpha]) for side in ("lower", "upper"))
    options: dict[str, Any] = {
        "seed": study.seed,
        "significance": study.bootstrap.significance,
        "n_jobs": n_jobs,
        "store": store,
        "progress": progress,
    }
    parts = [
        ensemble(
            target,
            data=REAL,
            sizes=REAL_SIZES,
            n_matrices=n_real,
            vary={alpha: (low, high)},
            **options,
        ),
        ensemble(
            target,
            data=WHOLE,
            sizes=SIZES,
            shares=ANSWER_SHARES,
            n_matrices=n_matrices,
            vary={alpha: (low, min(high, WHOLE_ALPHA))},
            **options,
        ),
    ]
    figures = pd.concat([part.figures for part in parts], ignore_index=True)
    return Ensemble(figures, parts[-1].answers)
