"""Conditional indirect effects: what passes over a moderated path, at levels of the moderator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plsem.conditional import conditional_effects, moderated_routes
from plsem.mediation import differs_from_zero
from surveypls.sections.section import Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from surveypls.tables.build import interval
from surveypls.tables.process import frame_table
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table


def _routes(study: Study) -> list[str]:
    """Return the moderated routes that do not begin with a control variable."""
    names = dict.fromkeys(route for route, _ in moderated_routes(study.model()))
    return [route for route in names if route.split(" -> ")[0] not in study.controls]


def _effects(analysis: Analysis) -> pd.DataFrame:
    settings = analysis.study.bootstrap
    how = {**analysis.inference, "alternative": settings.alternative}
    found = conditional_effects(analysis.resampled, analysis.model, **how)
    return found[found["route"].isin(_routes(analysis.study))].reset_index(drop=True)


def _level(level: float, display: Display) -> str:
    if np.isnan(level):
        return display("index")
    return display("{level} SD", level=display.number(level, digits=0)) if level else display("mean")


def effects_table(study: Study, effects: pd.DataFrame, *, display: Display) -> Table:
    """Each moderated indirect effect at levels of its moderator, and by how much it changes."""
    levels = [_level(level, display) for level in effects["level"]]
    shown = effects.assign(route=[arrows(*r.split(" -> ")) for r in effects["route"]], level=levels)
    return frame_table(
        shown,
        kinds={"p_value": "p"},
        title=display("Conditional indirect effects"),
        headings={
            "route": display("Route"),
            "moderator": display("Moderator"),
            "level": display("Level"),
            "original": display("Estimate"),
            "standard_deviation": display("Standard error"),
            "t_statistic": "t",
            "p_value": "p",
            "lower": display("Lower"),
            "upper": display("Upper"),
        },
        note=display(
            "Levels in standard deviations of the moderator; other moderators are at their means. Index of "
            "moderated mediation (Hayes, 2015): by how much the indirect effect changes with a standard deviation "
            "of the moderator."
        ),
        display=display,
    )


def _conditional(study: Study, effects: pd.DataFrame, *, display: Display) -> str:
    """Say of each moderated route what it is at low and high levels, and whether it changes."""
    said = []
    for (route, moderator), part in effects.groupby(["route", "moderator"], sort=False):
        index = part[part["level"].isna()].iloc[0]
        levels = part[part["level"].notna()]
        changes = differs_from_zero(index["lower"], index["upper"])
        said.append(
            "- "
            + display(
                "**{route}** depends on {moderator}: it is {low} at one standard deviation below its mean and "
                "{high} at one above; the index is {index}, {interval}."
                if changes
                else "**{route}** is not shown to depend on {moderator}: it is {low} at one standard deviation "
                "below its mean and {high} at one above; the index is {index}, {interval}.",
                route=arrows(*str(route).split(" -> ")),
                moderator=moderator,
                low=display.number(float(levels["original"].iloc[0])),
                high=display.number(float(levels["original"].iloc[-1])),
                index=display.number(float(index["original"])),
                interval=interval(study, index["lower"], index["upper"], display),
            )
        )
    return "\n".join(said)


SECTION = Section(
    key="conditional",
    applies=lambda study: bool(study.products and _routes(study)),
    prose=N_(
        "## Conditional indirect effects\n\nWhere a step of a route is moderated, the effect that passes over it "
        "depends on the moderator. It is given at the moderator's mean and one standard deviation to each side; the "
        "index of moderated mediation asks whether these differ (Hayes, 2015)."
    ),
    tables={"table_4_14_conditional": Part("conditional", _effects, effects_table)},
    sentence=_conditional,
)
