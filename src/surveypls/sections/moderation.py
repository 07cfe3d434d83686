"""Moderation: both coefficients of each product, simple slopes, and where they differ from 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from plsem.slopes import SlopeCurve, interactions, johnson_neyman, simple_slopes, slope_lines
from surveypls import figures
from surveypls.sections.section import Drawing, Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.tables.process import frame_table
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table


def product_path(first: str, second: str, target: str) -> str:
    """Return how a product's path is shown: ``"X × M → Y"``."""
    return f"{first} × {second} → {target}"


def span(low: float, high: float, display: Display) -> str:
    """Return a range of a moderator in words, in standard deviations; infinite ends are left out."""
    ends = {"low": display.number(low, digits=2), "high": display.number(high, digits=2)}
    if np.isinf(low) and np.isinf(high):
        return display("every value of the moderator")
    if np.isinf(low):
        return display("values below {high} SD", **ends)
    if np.isinf(high):
        return display("values above {low} SD", **ends)
    return display("values from {low} to {high} SD", **ends)


def interactions_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Both coefficients of each interaction, and f² on Kenny's and Cohen's scales."""
    shown = pd.DataFrame(
        {
            "path": [
                product_path(a, b, c)
                for a, b, c in zip(frame["first"], frame["second"], frame["target"], strict=True)
            ],
            "effect": frame["interaction_effect"],
            "again": frame["path_coefficient"],
            "f2": frame["f_squared"],
            "kenny": [display(str(w)) for w in frame["size_kenny"].fillna("")],
            "cohen": [display(str(w)) for w in frame["size_cohen"].fillna("")],
        }
    )
    return frame_table(
        shown,
        title=display("Interaction effects"),
        headings={
            "path": display("Path"),
            "effect": display("Per unit of the product"),
            "again": display("Product standardised again"),
            "f2": "f²",
            "kenny": display("Size (Kenny)"),
            "cohen": display("Size (Cohen)"),
        },
        display=display,
    )


def slopes_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Slopes at levels of the moderator, with inference."""
    shown = frame.drop(columns="product").assign(slope=frame["slope"].str.replace("->", "→"))
    return frame_table(
        shown,
        kinds={"p_value": "p"},
        decimals={"level": 0},
        title=display("Simple slopes"),
        headings={
            "slope": display("Slope"),
            "moderator": display("Moderator"),
            "level": display("Level (SD)"),
            "original": display("Estimate"),
            "standard_deviation": display("Standard error"),
            "t_statistic": "t",
            "p_value": "p",
            "lower": display("Lower"),
            "upper": display("Upper"),
        },
        display=display,
    )


def regions_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Ranges of the moderator in which the slope differs from 0, and the respondents there."""
    words = {"+": display("positive"), "-": display("negative")}
    shown = pd.DataFrame(
        {
            "slope": frame["slope"].str.replace("->", "→"),
            "moderator": frame["moderator"],
            "range": [span(a, b, display) for a, b in zip(frame["from"], frame["to"], strict=True)],
            "sign": [words.get(str(s), display("not different from 0")) for s in frame["sign"]],
            "share": frame["share"],
        }
    )
    return frame_table(
        shown,
        title=display("Johnson-Neyman regions"),
        headings={
            "slope": display("Slope"),
            "moderator": display("Moderator"),
            "range": display("Range"),
            "sign": display("The slope is"),
            "share": display("Share of respondents"),
        },
        display=display,
    )


def _moderation(
    study: Study, products: pd.DataFrame, slopes: pd.DataFrame, regions: pd.DataFrame, *, display: Display
) -> str:
    """Say of each product how large its effect is, by both scales, and where the slope differs from 0."""
    said = []
    for _, row in products.iterrows():
        slope = f"{row['first']} -> {row['target']}"
        at, where = (
            frame[(frame["product"] == row["product"]) & (frame["slope"] == slope)]
            for frame in (slopes, regions)
        )
        where = where[where["sign"].isin(["+", "-"])]
        text = display(
            "**{name}**: {effect} per unit of the product, {path} standardised again; f² {f_squared}, {kenny} by "
            "Kenny's scale and {cohen} by Cohen's. The slope of {slope} is {low} where {moderator} is one standard "
            "deviation below its mean and {high} where it is one above.",
            name=product_path(row["first"], row["second"], row["target"]),
            effect=display.number(row["interaction_effect"]),
            path=display.number(row["path_coefficient"]),
            f_squared=display.number(row["f_squared"]),
            kenny=display(str(row["size_kenny"])),
            cohen=display(str(row["size_cohen"])),
            slope=f"{row['first']} → {row['target']}",
            moderator=row["second"],
            low=display.number(float(at["original"].iloc[0])),
            high=display.number(float(at["original"].iloc[-1])),
        )
        spans = [span(r["from"], r["to"], display) for _, r in where.iterrows()]
        text += " " + (
            display("It differs from 0 at {spans}.", spans=display.listed(spans))
            if spans
            else display("It differs from 0 at no value of the moderator.")
        )
        said.append(text)
    return "\n\n".join(said)


def _slopes_figure(study: Study, analysis: Analysis, display: Display) -> Any:
    """Draw the first product: its lines, and the slope over the moderator's observed values."""
    first = _INTERACTIONS.frame(analysis).iloc[0]
    product, target, moderator = str(first["product"]), str(first["target"]), str(first["second"])
    curve = SlopeCurve(analysis.resampled, analysis.model, product, target)
    observed = analysis.scores[moderator]
    low, high = float(observed.min()), float(observed.max())
    level = study.bootstrap.confidence_level
    along = curve.at(
        np.linspace(min(low, -2.0), max(high, 2.0), 81).tolist(),
        interval=study.bootstrap.interval,
        confidence_level=level,
    )
    lines = slope_lines(analysis.estimate, product, target, ends=np.linspace(-2, 2, 21).tolist())
    return figures.simple_slopes(
        lines.assign(lower=np.nan, upper=np.nan),
        along[["level", "original", "lower", "upper"]].set_axis(
            ["moderator", "slope", "lower", "upper"], axis=1
        ),
        source=str(first["first"]),
        moderator=moderator,
        target=target,
        observed=(low, high),
        confidence_level=level,
        construct_labels=study.construct_labels,
        display=display,
    )


def _regions(analysis: Analysis) -> pd.DataFrame:
    return johnson_neyman(
        analysis.resampled,
        analysis.model,
        confidence_level=analysis.study.bootstrap.confidence_level,
        scores=analysis.scores,
    )


_INTERACTIONS = Part("interactions", lambda a: interactions(a.estimate), interactions_table)

SECTION = Section(
    key="moderation",
    applies=lambda study: any("*" in source for source, _ in study.path_pairs),
    prose=N_(
        "## Moderation\n\nThe path of a product says how much one construct's effect changes with another. Two "
        "coefficients are in use: of the product of standardised scores, which the slopes are made of, and of "
        "that product standardised again. Slopes stand at the moderator's mean and one standard deviation to "
        "each side; the Johnson-Neyman regions say at which values of the moderator the slope differs from 0."
    ),
    tables={
        "table_4_8_interactions": _INTERACTIONS,
        "table_4_9_slopes": Part(
            "slopes", lambda a: simple_slopes(a.resampled, a.model, **a.inference), slopes_table
        ),
        "table_4_10_regions": Part("regions", _regions, regions_table),
    },
    sentence=_moderation,
    figures={
        "fig_4_6_simple_slopes": Drawing(
            _slopes_figure, N_("Simple slopes of the first moderated path, and its slope over the moderator")
        )
    },
)
