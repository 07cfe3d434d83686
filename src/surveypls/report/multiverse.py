"""Sentences about a multiverse."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from plsem.multiverse import NO_SOLUTION, choice_effects
from surveypls.tables.multiverse import CHOICE_NAMES
from tabletext.display import ENGLISH, Display


def multiverse(
    analyses: pd.DataFrame, left_out: pd.DataFrame, choices: Sequence[str], *, display: Display = ENGLISH
) -> str:
    """Say in how many analyses each hypothesis holds, which choice moves it most, and what was left out.

    Parameters
    ----------
    analyses : DataFrame
        hypothesis, holds, repeated, estimate and the choices.
    left_out : DataFrame
        reason, analyses.
    choices : sequence of str
    """
    said = []
    for name, part in analyses.groupby("hypothesis", sort=False):
        own = part[~part["repeated"]]
        text = display(
            "{name} holds in {found} of {count} analyses ({share}).",
            name=name,
            found=display.count(int(own["holds"].sum())),
            count=display.count(len(own)),
            share=display.percent(float(own["holds"].mean())),
        )
        effects = choice_effects(part, choices, held="holds").dropna()
        if len(effects) and effects["decisions_changed"].iloc[0] > 0:
            first = effects.iloc[0]
            text += " " + display(
                "The choice that moves it most is “{choice}”: of pairs of analyses that differ in it alone, {share} "
                "decide differently.",
                choice=display(CHOICE_NAMES[first["choice"]]),
                share=display.percent(float(first["decisions_changed"])),
            )
            if first["choice"] == "sign_changes":
                text += " " + display(
                    "Draws that are given the estimate's sign cannot cross zero, so that this rule answers the "
                    "question by itself."
                )
        said.append(text)
    reasons = dict(left_out[["reason", "analyses"]].itertuples(index=False, name=None))
    if reasons:
        said.append(
            display(
                "Left out by rule were {count} combinations, {none} of them for want of a solution.",
                count=display.count(sum(reasons.values())),
                none=display.count(reasons.get(NO_SOLUTION, 0)),
            )
        )
    return " ".join(said)
