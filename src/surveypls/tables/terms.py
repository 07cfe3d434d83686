"""Tables of what only some models have: moderation, mediation, controls, redundancy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surveypls.study.definition import Study
from surveypls.tables.process import frame_table
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
