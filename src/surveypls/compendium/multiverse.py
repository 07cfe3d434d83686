"""The choices that a study's analyst could have made: who is kept, which items stay, what fills gaps.

Each way of making the data goes to :func:`plsem.multiverse.multiverse`, which adds the choices of estimator and test.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from itertools import product
from typing import Any

import pandas as pd

from plsem.efa.analysis import Analyser
from plsem.efa.correlations import EfaError
from plsem.efa.pruning import prune_blocks
from plsem.efa.rules import PruningSettings
from plsem.multiverse import ANALYSIS, Multiverse, Prepared, multiverse
from plsem.resampling.parallel import Progress
from surveypls.study.choices import AS_STATED, ITEMS, SCREENING, MultiverseSettings
from surveypls.study.definition import Study
from surveypls.survey.reading import RawSurvey
from surveypls.survey.screening import clean

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
        Its own settings are "as the study states".
    raw : RawSurvey

    Returns
    -------
    list of Prepared
        Combinations whose items cannot be factored are left out.
    """
    chosen = study.multiverse or MultiverseSettings()
    found: list[Prepared] = []
    pruned: dict[tuple[str, str], tuple[str, ...]] = {}
    for who, gaps in product(chosen.screening, chosen.missing):
        cleaning = study.cleaning.model_copy(update={**SCREENING[who], "missing": gaps})
        responses = clean(raw, study.model_copy(update={"cleaning": cleaning})).responses
        same = sha256(responses.to_numpy(dtype=float).tobytes()).hexdigest()
        analysers: dict[PruningSettings, Analyser] = {}
        for which in chosen.items:
            if (same, which) not in pruned:  # some rules of screening drop nobody more
                pruned[same, which] = _retained(study, responses, ITEMS[which], analysers)
            kept = pruned[same, which]
            if kept:
                model = study.model(kept)
                choices = dict(zip(DATA, (who, gaps, which), strict=True))
                found.append(Prepared(choices, responses[list(model.items)], model))
    return found


def _retained(
    study: Study,
    responses: pd.DataFrame,
    changes: Mapping[str, Any],
    analysers: dict[PruningSettings, Analyser],
) -> tuple[str, ...]:
    """Return the items that stay under changed rules; none where they cannot be factored."""
    own = study.model_copy(update={"efa": study.efa.model_copy(update=changes)}).pruning
    settings = own.pop("settings")
    alike = settings.without_thresholds
    try:
        if alike not in analysers:
            analysers[alike] = Analyser(responses, settings=alike, **own)
        return tuple(i for block in prune_blocks(analysers[alike], settings).blocks.values() for i in block)
    except EfaError:
        return ()


def study_multiverse(
    study: Study,
    sets: list[Prepared],
    *,
    n_resamples: int | None = None,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> Multiverse:
    """Run the multiverse of a study's hypotheses.

    Parameters
    ----------
    study : Study
    sets : list of Prepared
    n_resamples : int, optional
        None: as the study says.
    n_jobs, progress
        See :func:`plsem.multiverse.multiverse`.

    Returns
    -------
    Multiverse
        Its analyses have ``hypothesis`` in front, and ``holds`` behind: significant, with the stated sign.
    """
    stated, chosen = {h.quantity: h for h in study.claims}, study.multiverse or MultiverseSettings()
    result = multiverse(
        sets,
        seed=study.seed,
        statistics=tuple(dict.fromkeys(key[0] for key in stated)),
        schemes=chosen.schemes,
        estimators=chosen.estimators,
        n_resamples=n_resamples or chosen.n_resamples,
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
        "screening": AS_STATED,
        "missing": study.cleaning.missing,
        "items": AS_STATED,
        "scheme": study.pls.scheme,
        "estimator": "PLSc" if study.pls.consistent else "PLS",
    }
    return shown.assign(marked=(shown[list(own)] == pd.Series(own)).all(axis=1)).reset_index(drop=True)


def surveys_multiverse(
    study: Study,
    answers: pd.DataFrame,
    *,
    n_resamples: int | None = None,
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
        See :func:`study_multiverse`.

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
