"""The choices that a study's analyst could have made: who is kept, which items stay, what fills gaps.

Each way of making the data goes to :func:`plsem.multiverse.multiverse`, which adds the choices of estimator and test.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pandas as pd

from plsem.efa.pruning import prune
from plsem.efa.solution import EfaError
from plsem.multiverse import ANALYSIS, Multiverse, Prepared, multiverse
from plsem.resampling.parallel import Progress
from surveypls.study.definition import Study
from surveypls.survey.reading import RawSurvey
from surveypls.survey.screening import clean

#: Name → what it changes in the study's screening.
SCREENING: Mapping[str, Mapping[str, Any]] = {
    "as stated": {},
    "careless forms kept": {"max_longstring": None, "min_irv": None},
    "outliers dropped": {"mahalanobis_p": 0.001, "drop_outliers": True},
}
#: Name → what it changes in the study's pruning.
ITEMS: Mapping[str, Mapping[str, Any]] = {
    "as stated": {},
    "all candidates": {"prune": False},
    "loadings of 0.50": {"prune": True, "min_loading": 0.50},
    "loadings of 0.60": {"prune": True, "min_loading": 0.60},
    "constructs pruned together": {"prune": True, "scope": "joint"},
}
MISSING = ("listwise", "mean", "em")
#: Choices of the data, in the order made.
DATA = ("screening", "missing", "items")
CHOICES = (*DATA, *ANALYSIS)
#: Those that other surveys leave.
OF_SURVEYS = ("survey", *ANALYSIS)


def prepared(study: Study, raw: RawSurvey) -> list[Prepared]:
    """Return the data under every combination of screening, missing-data policy and pruning.

    Parameters
    ----------
    study : Study
        Its own settings are "as stated".
    raw : RawSurvey

    Returns
    -------
    list of Prepared
        Combinations whose items cannot be factored are left out.
    """
    found = []
    for (who, rules), gaps in product(SCREENING.items(), MISSING):
        cleaning = study.cleaning.model_copy(update={**rules, "missing": gaps})
        responses = clean(raw, study.model_copy(update={"cleaning": cleaning})).responses
        for which, pruning in ITEMS.items():
            own = study.model_copy(update={"efa": study.efa.model_copy(update=pruning)})
            try:
                kept = prune(responses, **own.pruning).retained_items()
            except EfaError:
                continue
            model = study.model(kept["item"])
            choices = dict(zip(DATA, (who, gaps, which), strict=True))
            found.append(Prepared(choices, responses[list(model.items)], model))
    return found


def study_multiverse(
    study: Study, sets: list[Prepared], *, n_resamples: int, n_jobs: int = 1, progress: Progress | None = None
) -> Multiverse:
    """Run the multiverse of a study's hypotheses.

    Parameters
    ----------
    study : Study
    sets : list of Prepared
    n_resamples, n_jobs, progress
        See :func:`plsem.multiverse.multiverse`.

    Returns
    -------
    Multiverse
        Its analyses have ``hypothesis`` in front, and ``holds`` behind: significant, with the stated sign.
    """
    stated = {h.quantity: h for h in study.claims}
    result = multiverse(
        sets,
        seed=study.seed,
        statistics=tuple(dict.fromkeys(key[0] for key in stated)),
        n_resamples=n_resamples,
        significance=study.bootstrap.significance,
        max_failed=study.bootstrap.max_failed,
        tolerance=study.pls.tolerance,
        max_iterations=study.pls.max_iterations,
        n_jobs=n_jobs,
        progress=progress,
    )
    table = result.analyses
    keys = list(table[["statistic", "row", "column"]].itertuples(index=False, name=None))
    table = table.assign(hypothesis=[stated[k].id if k in stated else "" for k in keys])
    table = table[table["hypothesis"] != ""]
    signs = {h.id: {"positive": 1, "negative": -1}.get(h.sign or "", 0) for h in stated.values()}
    wrong = table["hypothesis"].map(signs) * table["estimate"] < 0
    table = table.assign(holds=table["significant"] & ~wrong)
    first = ["hypothesis", *[c for c in table.columns if c != "hypothesis"]]
    order = {name: place for place, name in enumerate(signs)}
    table = table[first].sort_values("hypothesis", key=lambda s: s.map(order), kind="stable")
    return Multiverse(table.reset_index(drop=True), result.left_out)


def specifications(study: Study, analyses: pd.DataFrame) -> pd.DataFrame:
    """Return one analysis of each estimate, with the study's interval, and ``marked``: the study's own.

    Parameters
    ----------
    study : Study
    analyses : DataFrame
        Those of :func:`study_multiverse`.
    """
    settings = study.bootstrap
    rule = "construct" if settings.sign_changes == "construct" else "none"
    test = "bca" if settings.interval == "bca" else "percentile"
    shown = analyses[
        ~analyses["repeated"]
        & (analyses["sign_changes"] == rule)
        & (analyses["test"] == test)
        & (analyses["alternative"] == "two-sided")
    ]
    own = {
        "screening": "as stated",
        "missing": study.cleaning.missing,
        "items": "as stated",
        "scheme": study.pls.scheme,
        "estimator": "PLSc" if study.pls.consistent else "PLS",
    }
    return shown.assign(marked=(shown[list(own)] == pd.Series(own)).all(axis=1)).reset_index(drop=True)


def surveys_multiverse(
    study: Study,
    answers: pd.DataFrame,
    *,
    n_resamples: int,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> Multiverse:
    """Run the choices of estimator and test on other surveys that give the printed tables.

    Their rows are complete and their items the retained ones, so that the data leave nothing to choose.

    Parameters
    ----------
    study : Study
    answers : DataFrame
        The contract ``S2_answers``: ``matrix`` and one column an item.
    n_resamples, n_jobs, progress
        See :func:`plsem.multiverse.multiverse`.

    Returns
    -------
    Multiverse
        With the choice ``survey``.
    """
    model = study.model([c for c in answers.columns if c != "matrix"], controls=False)
    sets = [
        Prepared({"survey": str(name)}, part[list(model.items)], model)
        for name, part in answers.groupby("matrix", sort=False)
    ]
    return study_multiverse(study, sets, n_resamples=n_resamples, n_jobs=n_jobs, progress=progress)
