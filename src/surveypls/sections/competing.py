"""Competing structural models: information criteria, their weights, and prediction (CVPAT)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from plsem.model import Model
from plsem.selection import CRITERIA, compare_models
from surveypls.sections.section import END, Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import OWN_PATHS, Study
from surveypls.tables.build import Builder, join
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table

_COLUMNS = (
    "target", "model", "n_predictors", "r_squared", *CRITERIA, "difference", "weight", "loss_difference", "p_value",
)  # fmt: skip

_BETTER = N_("It is predicted better than by that one by: {models} (CVPAT).")
_WORSE = N_("It is predicted worse than by that one by: {models} (CVPAT).")


def explained(models: Mapping[str, Model]) -> dict[str, dict[str, Model]]:
    """Return each construct that models explain by different others → the models, the first of those by the same."""
    by_target: dict[str, dict[frozenset[str], str]] = {}
    for name, model in models.items():
        for target in dict.fromkeys(t for _, t in model.path_names):
            own = frozenset(s for s, t in model.path_names if t == target)
            by_target.setdefault(target, {}).setdefault(own, name)
    return {
        target: {name: models[name] for name in found.values()}
        for target, found in by_target.items()
        if len(found) > 1
    }


def _compared(analysis: Analysis) -> pd.DataFrame:
    """Return the models of each target, best first by BIC; CVPAT where they predict the same items."""
    study = analysis.study
    models = study.competing(analysis.model.items)
    options = {k: study.estimator[k] for k in ("scheme", "tolerance", "max_iterations")}
    parts = []
    for target, found in explained(models).items():
        ends = {frozenset(t for _, t in model.path_names) for model in found.values()}
        table = compare_models(
            analysis.table,
            found,
            target,
            predictive=len(ends) == 1,
            folds=study.pls.predict_folds,
            repetitions=study.pls.predict_repetitions,
            seed=study.seed,
            **options,
        )
        parts.append(table.reset_index().assign(target=target))
    return pd.concat(parts, ignore_index=True).reindex(columns=list(_COLUMNS))


def _named(model: str, display: Display) -> str:
    return display("the study's own") if model == OWN_PATHS else f"*{model}*"


def competing_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Criteria, weight and prediction of each model, target by target."""
    b = Builder(display)
    b.text("target", display("Explained"))
    b.text("model", display("Model"))
    b.column("n_predictors", display("Predictors"), "count")
    b.column("r_squared", "R²")
    for name in CRITERIA:
        b.column(name, name, decimals=1)
    b.column("difference", "ΔBIC", decimals=1)
    b.column("weight", display("Weight"))
    predicted = frame["loss_difference"].notna().any()
    if predicted:
        b.column("loss_difference", display("Loss − best's"), group="CVPAT")
        b.column("p_value", "p", "p", "CVPAT")
    for row in frame.to_dict("records"):
        b.add(
            row,
            model=_named(row["model"], display).strip("*"),
            loss_difference=np.nan if row["difference"] == 0 else row["loss_difference"],
        )
    note = join(
        display(
            "Smaller criteria are better; weights from BIC (Burnham and Anderson, 2002; Danks, Sharma and Sarstedt, "
            "2020). Criteria count paths only, not how a construct is measured."
        ),
        display(
            "CVPAT: loss in predicting the construct's items, minus that of the model with the smallest BIC."
        )
        if predicted
        else display("No CVPAT: the models do not predict the same items."),
    )
    return b.table(title=display("Competing structural models"), note=note, repeats=("target",))


def _competing(study: Study, frame: pd.DataFrame, *, display: Display) -> str:
    """Say of each target which model BIC prefers, how clearly, and whether another predicts better."""
    said = []
    alpha = study.bootstrap.significance
    for target, part in frame.groupby("target", sort=False):
        best, second = part.iloc[0], part.iloc[1]
        if second["difference"] == 0:
            said.append(display("**{target}**: the models have the same BIC.", target=target))
            continue
        text = display(
            "**{target}**: BIC is smallest for {best} (weight {weight}; {second} follows {difference} above).",
            target=target,
            best=_named(best["model"], display),
            weight=display.number(best["weight"]),
            second=_named(second["model"], display),
            difference=display.number(second["difference"], digits=1),
        )
        differs = part[part["p_value"] < alpha]
        for sign, words in ((-1, _BETTER), (1, _WORSE)):
            names = differs.loc[np.sign(differs["loss_difference"].astype(float)) == sign, "model"]
            if len(names):
                listed = display.listed(_named(name, display) for name in names)
                text += " " + display(words, models=listed)
        if part["p_value"].notna().any() and differs.empty:
            text += " " + display("By CVPAT no model predicts its items better or worse than that one.")
        said.append(text)
    return "\n\n".join(said)


SECTION = Section(
    key="competing",
    applies=lambda study: bool(study.compare),
    prose=N_(
        "## Competing models\n\nModels that explain the same construct by others are weighed against each other: by "
        "criteria that set fit against the number of paths, and by how well each predicts respondents who were left "
        "out. A model that was chosen because of the data needs other data to be confirmed."
    ),
    tables={"table_4_25_competing": Part("competing", _compared, competing_table)},
    sentence=_competing,
    after=END,
)
