"""What a study asks for beside its model, tried before it is run: groups, marker, competing models, robustness."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from plsem.endogeneity import SMALLEST_N
from plsem.estimator import fit
from plsem.groups import compare, group_sizes
from plsem.groups.split import rows_needed
from plsem.inputs import DataError
from plsem.model import Model, ModelError
from plsem.resampling.bootstrap import BootstrapError
from surveypls.study.definition import GROUP, MARKER, Study
from tabletext.said import Said

#: Permutations and resamples drawn to see whether groups can be compared.
TRIAL = 50


def asked(data: pd.DataFrame, model: Model, study: Study) -> tuple[list[str], list[str], list[str]]:
    """Return errors, warnings and facts of what a study asks for.

    Parameters
    ----------
    data : DataFrame
        The completed answers with the observed columns.
    model : Model
        The retained items.
    study : Study
    """
    errors: list[str] = []
    warnings: list[str] = []
    facts: list[str] = []
    if study.groups is not None:
        _groups(data, model, study, errors, warnings, facts)
    if study.marker is not None:
        errors += _marker(data, study, warnings)
    for name, one in study.competing(model.items).items() if study.compare else ():
        try:
            fit(data, one, **study.fit_options)
        except (DataError, ModelError, ValueError, np.linalg.LinAlgError) as error:
            errors.append(Said("compare.{name}: {error}", name=name, error=error.args[0]))
    if study.robustness and len(data) < SMALLEST_N:
        warnings.append(
            Said(
                "robustness: endogeneity is not tested with {n} rows, fewer than {needed}",
                n=len(data),
                needed=SMALLEST_N,
            )
        )
    return errors, warnings, facts


def _groups(
    data: pd.DataFrame, model: Model, study: Study, errors: list[str], warnings: list[str], facts: list[str]
) -> None:
    assert study.groups is not None
    column = study.groups.column
    found = sorted(g for g in data[GROUP].astype(str).unique() if g)
    sizes = group_sizes(data, model, GROUP, select=study.groups.compare or found)
    facts.append(
        Said(
            "Groups of {column}: {groups}.",
            column=repr(column),
            groups=", ".join(f"{g} {n}" for g, n in sizes["n"].items()),
        )
    )
    _, into, arrows = rows_needed(model)
    for row in sizes[~sizes["usable"]].reset_index().to_dict("records"):
        if row["n"] < row["needed"]:
            warnings.append(
                Said(
                    "groups: {group} has {n} rows, fewer than {needed}, ten for each of {arrows} arrows into {into}; "
                    "it is left out of the comparison",
                    group=row["group"], n=row["n"], needed=row["needed"], arrows=arrows, into=into,
                )
            )  # fmt: skip
        else:
            warnings.append(
                Said(
                    "groups: {group} has one answer only to {items}; it is left out of the comparison",
                    group=row["group"],
                    items=row["constant"],
                )
            )
    usable = sizes.index[sizes["usable"]].tolist()
    if len(usable) < 2:
        warnings.append(
            Said("groups: fewer than two groups of {column} can be compared, so none is", column=repr(column))
        )
        return
    try:
        compare(
            data.astype({GROUP: str}), model, GROUP, seed=study.seed, select=usable, n_permutations=TRIAL,
            n_resamples=TRIAL, max_failed=study.bootstrap.max_failed, **study.estimator,
        )  # fmt: skip
    except (BootstrapError, DataError, ValueError, np.linalg.LinAlgError) as error:
        errors.append(
            Said(
                "groups: the comparison would stop: {error}; join groups, or name those to compare",
                error=error.args[0],
            )
        )


def _marker(data: pd.DataFrame, study: Study, warnings: list[str]) -> Iterable[str]:
    there = data[MARKER].dropna()
    if there.nunique() < 2:
        yield Said("marker: {heading} does not vary in the rows that are kept", heading=repr(study.marker))
    elif len(there) < len(data):
        warnings.append(
            Said(
                "marker: {n} of {all} rows have no answer to {heading}; they are left out of its analysis alone",
                n=len(data) - len(there),
                all=len(data),
                heading=repr(study.marker),
            )
        )
