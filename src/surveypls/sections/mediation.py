"""Mediation: the effects that pass through others, and what kind of mediation each route is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from plsem.mediation import KINDS, differs_from_zero, mediation
from surveypls.sections.section import Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from surveypls.tables.build import interval, plain
from surveypls.tables.process import frame_table
from surveypls.tables.structural import effects_table
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table


def _effects(analysis: Analysis) -> pd.DataFrame:
    """Return the direct, indirect and total effects of the pairs that a route connects, from the summary."""
    summary = analysis.summary
    routes = [
        route
        for route in summary.loc[summary["statistic"] == "specific_indirect_effect", "row"]
        if route.split(" -> ")[0] not in analysis.study.controls
    ]
    pairs = [(stations[0], stations[-1]) for stations in (route.split(" -> ") for route in routes)]
    wanted = {("specific_indirect_effect", route, "") for route in routes}
    wanted |= {(name, *pair) for pair in pairs for name in ("path_coefficient", "total_effect")}
    wanted |= {("indirect_effect", *pair) for pair in pairs if pairs.count(pair) > 1}
    keys = summary[["statistic", "row", "column"]].itertuples(index=False, name=None)
    return summary[[key in wanted for key in keys]].reset_index(drop=True)


def _routes(analysis: Analysis) -> pd.DataFrame:
    """Return each route with its kind of mediation; those that begin with a control or a product are left out."""
    settings = analysis.study.bootstrap
    found = mediation(analysis.resampled, **analysis.inference, alternative=settings.alternative)
    assumed = found["direct"].isna() & np.isclose(
        found["effect"], found["total"]
    )  # a share of 1 by the model alone
    found["share"] = found["share"].mask(assumed)
    aside = [*analysis.study.controls, *analysis.study.products]
    return found[~found["source"].isin(aside)].reset_index(drop=True)


def _name(row: pd.Series, display: Display) -> str:
    """Return how a route is shown, or the pair that several routes connect."""
    if plain(row["route"]):
        return arrows(*row["route"].split(" -> "))
    return display("{path} (all routes)", path=arrows(row["source"], row["target"]))


def _opposed(row: pd.Series, display: Display) -> str:
    """Return what differs from 0 and points the other way."""
    parts = filter(None, plain(row["opposed_by"]).split("; "))
    return display.listed(
        [display("the direct effect") if part == "direct" else arrows(*part.split(" -> ")) for part in parts]
    )


def mediation_table(study: Study, routes: pd.DataFrame, *, display: Display) -> Table:
    """Kind of mediation of each route, what opposes it, and its share of the total effect."""
    shown = pd.DataFrame(
        {
            "route": [_name(row, display) for _, row in routes.iterrows()],
            "kind": [display(KINDS[kind]) for kind in routes["kind"]],
            "opposed": [_opposed(row, display) for _, row in routes.iterrows()],
            "share": routes["share"],
        }
    )
    return frame_table(
        shown,
        title=display("Kind of mediation"),
        headings={
            "route": display("Route"),
            "kind": display("Kind of mediation"),
            "opposed": display("Points the other way"),
            "share": display("Share of the total effect"),
        },
        kinds={"share": "percent"},
        note=display(
            "Kinds by Zhao, Lynch and Chen (2010), from the intervals of the indirect and of the direct effect; no "
            "significant total effect is asked for. The share is given only where the direct effect and all routes "
            "have one sign: of effects that cancel out it would say nothing."
        ),
        display=display,
    )


def _mediation(study: Study, effects: pd.DataFrame, routes: pd.DataFrame, *, display: Display) -> str:
    """Say of each route how large it is beside the direct effect, its kind, and what points the other way."""
    said = []
    for _, row in routes[routes["route"].map(plain) != ""].iterrows():
        size = f"{display.number(row['effect'])}, {interval(study, row['lower'], row['upper'], display)}"
        parts = [f"**{_name(row, display)}**: {size}. {display(KINDS[row['kind']])}."]
        if row["direct"] == row["direct"]:
            parts.append(
                display(
                    "The direct effect is {direct}, {interval}.",
                    direct=display.number(row["direct"]),
                    interval=interval(study, row["direct_lower"], row["direct_upper"], display),
                )
            )
        if against := _opposed(row, display):
            parts.append(display("It is opposed by {against}.", against=against))
        if row["share"] == row["share"] and differs_from_zero(row["lower"], row["upper"]):
            parts.append(
                display("Its share of the total effect is {share}.", share=display.percent(row["share"]))
            )
        said.append("- " + " ".join(parts))
    links = {link for route in routes["route"] for link in pairwise(plain(route).split(" -> "))}
    for path in study.paths:
        product = study.products.get(path.source)
        if product is not None and (product.first, path.target) in links:
            said.append(
                "\n"
                + display(
                    "{path} is a curve: the effects that pass over it are those at the mean of {moderator}."
                    if product.is_quadratic
                    else "{path} is moderated by {moderator}: the effects that pass over it are those at the mean of "
                    "{moderator}.",
                    path=arrows(product.first, path.target),
                    moderator=product.second,
                )
            )
    return "\n".join(said)


SECTION = Section(
    key="mediation",
    applies=lambda study: bool(
        {t for s, t in study.path_pairs if "*" not in s} & {s for s, _ in study.path_pairs}
    ),
    prose=N_(
        "## Mediation\n\nWhere a path leads on through another construct, an effect splits into a direct part and "
        "one for each route. Each route is a quantity of its own, with its interval; what kind of mediation it is "
        "follows from two questions: does the indirect effect differ from 0, and does the direct one? Shares of the "
        "total effect say something only where nothing points the other way. Mediation is assumed by the order of "
        "the paths, not shown by it."
    ),
    tables={
        "table_4_11_effects": Part("effects", _effects, effects_table),
        "table_4_12_mediation": Part("mediation", _routes, mediation_table),
    },
    sentence=_mediation,
    replaces="table_4_2_effects",
)
