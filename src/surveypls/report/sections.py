"""The optional sections: what is reported only of studies that have such terms in their model, one entry each.

An entry names everything that its section needs; :mod:`surveypls.compendium.notebook_text` writes its cells,
:mod:`surveypls.compendium.outputs` takes its tables and figure, and the paper reads what its cells hand on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from plsem.slopes import SlopeCurve, slope_lines
from surveypls import figures
from surveypls.study.definition import Study
from surveypls.tables import terms
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table


@dataclass(frozen=True)
class Section:
    """A section that only some studies have.

    Parameters
    ----------
    key : str
        Also the name of its sentence.
    applies : callable
        Tells of a study whether it has the section.
    notebook, after : str
        Number of its notebook, and the output whose cell it follows.
    prose : str
        Heading and text, in Markdown.
    tables : mapping of str to (str, callable)
        Stem → the :class:`~surveypls.compendium.analysis.Analysis` attribute, which is handed on as
        ``NOTEBOOK_attribute``, and what makes a table of it: ``make(study, frame, display=…)``.
    sentence : callable
        ``sentence(*frames, display=…)``, with the frames of ``tables`` in order.
    figure, draw, alt : str, callable, str
        Stem, ``draw(study, analysis, display)``, and what it shows; empty where there is none.
    """

    key: str
    applies: Callable[[Study], bool]
    notebook: str
    after: str
    prose: str
    tables: Mapping[str, tuple[str, Callable[..., Table]]]
    sentence: Callable[..., str]
    figure: str = ""
    draw: Callable[[Study, Any, Display], Any] = lambda study, analysis, display: None
    alt: str = ""

    @property
    def contracts(self) -> tuple[str, ...]:
        """What its cells hand on to the paper."""
        return tuple(f"{self.notebook}_{attribute}" for attribute, _ in self.tables.values())

    def cells(self) -> list[str]:
        """Return the sources of its code cells."""
        attributes = [attribute for attribute, _ in self.tables.values()]
        shown = [f'project.show("{stem}", analysis)' for stem in (*self.tables, self.figure) if stem]
        handed = [f'project.write("{self.notebook}_{name}", analysis.{name})' for name in attributes]
        return [*shown, f'project.say("{self.key}", analysis)', "\n".join(handed)]


def _moderation(
    interactions: pd.DataFrame, slopes: pd.DataFrame, regions: pd.DataFrame, *, display: Display
) -> str:
    """Say of each product how large its effect is, by both scales, and where the slope differs from 0."""
    said = []
    for _, row in interactions.iterrows():
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
            name=terms.product_path(row["first"], row["second"], row["target"]),
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
        spans = [terms.span(r["from"], r["to"], display) for _, r in where.iterrows()]
        text += " " + (
            display("It differs from 0 at {spans}.", spans=display.listed(spans))
            if spans
            else display("It differs from 0 at no value of the moderator.")
        )
        said.append(text)
    return "\n\n".join(said)


def _slopes_figure(study: Study, analysis: Any, display: Display) -> Any:
    """Draw the first product: its lines, and the slope over the moderator's observed values."""
    first = analysis.interactions.iloc[0]
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


SECTIONS: tuple[Section, ...] = (
    Section(
        key="moderation",
        applies=lambda study: study.published is None and any("*" in s for s, _ in study.path_pairs),
        notebook="04",
        after="fig_4_3_effects",
        prose=N_(
            "## Moderation\n\nThe path of a product says how much one construct's effect changes with another. Two "
            "coefficients are in use: of the product of standardised scores, which the slopes are made of, and of "
            "that product standardised again. Slopes stand at the moderator's mean and one standard deviation to "
            "each side; the Johnson-Neyman regions say at which values of the moderator the slope differs from 0."
        ),
        tables={
            "table_4_8_interactions": ("interactions", terms.interactions_table),
            "table_4_9_slopes": ("slopes", terms.slopes_table),
            "table_4_10_regions": ("regions", terms.regions_table),
        },
        sentence=_moderation,
        figure="fig_4_6_simple_slopes",
        draw=_slopes_figure,
        alt=N_("Simple slopes of the first moderated path, and its slope over the moderator"),
    ),
)


def of(study: Study) -> tuple[Section, ...]:
    """Return the sections that a study has."""
    return tuple(section for section in SECTIONS if section.applies(study))
