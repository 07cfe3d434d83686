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
from surveypls.study.terms import arrows
from surveypls.tables import thresholds
from surveypls.tables.build import join
from surveypls.tables.process import frame_table
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table


def span(region: pd.Series, display: Display) -> str:
    """Return a region of a moderator in words, in standard deviations."""
    if region["whole"]:
        return display("every observed value of the moderator")
    low, high = (display.number(float(region[end]), digits=2) for end in ("from", "to"))
    return display("values from {low} to {high} SD", low=low, high=high)


def interactions_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Both coefficients of each interaction, and f² on Kenny's and Cohen's scales."""
    shown = pd.DataFrame(
        {
            "path": [
                arrows(f"{a}*{b}", c)
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
        note=join(*(thresholds.sizes_note(s, display) for s in ("f_squared_interaction", "f_squared"))),
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
            "values": [span(region, display) for _, region in frame.iterrows()],
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
            "values": display("Values of the moderator"),
            "sign": display("The slope is"),
            "share": display("Share of respondents"),
        },
        kinds={"share": "percent"},
        note=display(
            "By t, the slope over its bootstrap standard error, so that it says what p in the table of slopes says; "
            "their intervals may end elsewhere. Regions end with the observed values; what lies beyond is left out."
        ),
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
            name=arrows(row["product"], row["target"]),
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
        spans = [span(region, display) for _, region in where.iterrows()]
        text += " " + (
            display("It differs from 0 at {spans}.", spans=display.listed(spans))
            if spans
            else display("It differs from 0 at no observed value of the moderator.")
        )
        said.append(text)
    return "\n\n".join(said)


def _slopes_figure(study: Study, analysis: Analysis, display: Display) -> Any:
    """Draw each product: its lines, and the slope over the moderator's observed values."""
    level = study.bootstrap.confidence_level
    regions, lines, slopes = _REGIONS.frame(analysis), [], []
    for _, row in _INTERACTIONS.frame(analysis).iterrows():
        product, target = str(row["product"]), str(row["target"])
        names = {"source": row["first"], "moderator": row["second"], "target": target}
        across, along = (
            np.linspace(float(scores.min()), float(scores.max()), 41).tolist()
            for scores in (analysis.scores[row["first"]], analysis.scores[row["second"]])
        )
        curve = SlopeCurve(analysis.resampled, analysis.model, product, target)
        own = (regions["product"] == product) & (regions["slope"] == curve.quantity)
        at = sorted({*along, *regions.loc[own, "from"], *regions.loc[own, "to"]})
        band = curve.band(at, confidence_level=level)
        slopes.append(band.rename(columns={"level": "at", "original": "slope"}).assign(**names))
        drawn = slope_lines(analysis.estimate, product, target, ends=across)
        lines.append(drawn.assign(**names))
    return figures.simple_slopes(
        pd.concat(lines).round(9),  # what kernels agree on, so that all of them draw the same
        pd.concat(slopes).round(9),
        confidence_level=level,
        construct_labels=study.construct_labels,
        display=display,
    )


def _regions(analysis: Analysis) -> pd.DataFrame:
    """Return the Johnson-Neyman regions, cut off at the moderator's observed values."""
    found = johnson_neyman(
        analysis.resampled,
        analysis.model,
        confidence_level=analysis.study.bootstrap.confidence_level,
        scores=analysis.scores,
    )
    observed = analysis.scores[found["moderator"].tolist()].agg(["min", "max"])
    low, high = observed.to_numpy()
    found["whole"] = (found["from"] <= low) & (found["to"] >= high)
    found["from"], found["to"] = found["from"].clip(lower=low), found["to"].clip(upper=high)
    return found[found["from"] < found["to"]].reset_index(drop=True)


_INTERACTIONS = Part("interactions", lambda a: interactions(a.estimate), interactions_table)
_REGIONS = Part("regions", _regions, regions_table)

SECTION = Section(
    key="moderation",
    applies=lambda study: bool(study.products),
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
        "table_4_10_regions": _REGIONS,
    },
    sentence=_moderation,
    figures={
        "fig_4_6_simple_slopes": Drawing(
            _slopes_figure, N_("Simple slopes of each moderated path, and its slope over the moderator")
        )
    },
)
