"""Redundancy analysis: whether formed constructs explain an item that asks about the whole of them."""

from __future__ import annotations

import pandas as pd

from plsem.redundancy import redundancy
from plsem.thresholds import BAD, BORDERLINE, GOOD, threshold
from surveypls.sections.section import MEASUREMENT, Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.build import Builder, construct_label, interval, join
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table


def _redundancy(analysis: Analysis) -> pd.DataFrame:
    study = analysis.study
    options = {name: value for name, value in study.fit_options.items() if name != "consistent"}
    return redundancy(
        analysis.table,
        analysis.model,
        study.global_items,
        seed=study.seed,
        n_resamples=study.bootstrap.n_resamples,
        **analysis.inference,
        **options,
    ).reset_index()


def redundancy_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """List the path of each formed construct to its global item, with its interval."""
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("measure", display("Global item"))
    b.column("path_coefficient", display("Path"))
    b.inference(study, tests=False)
    b.column("r_squared", "R²")
    for row in frame.to_dict("records"):
        place = b.add(row, construct=construct_label(study, row["construct"], display))
        b.judge(place, "path_coefficient", "redundancy", ends=(row["lower"], row["upper"]))
    return b.table(
        title=display("Redundancy analysis: convergent validity of formed constructs"),
        note=join(
            display(
                "The path should be {bound} ({source}).",
                bound=thresholds.bound("redundancy", display),
                source=thresholds.citation("redundancy", display),
            ),
            thresholds.legend(display),
        ),
    )


def _sentence(study: Study, frame: pd.DataFrame, *, display: Display) -> str:
    """Say of each formed construct whether it explains half of its global item."""
    said = []
    for _, row in frame.iterrows():
        mark = threshold("redundancy").judge(row["path_coefficient"], row["lower"], row["upper"])
        text = N_(
            {
                GOOD: "**{name}** explains {share} of {item} (path {path}, {interval}): convergent validity "
                "holds over the whole interval (path {bound}).",
                BORDERLINE: "**{name}** explains {share} of {item} (path {path}, {interval}): the path is "
                "{bound}, but its interval reaches below.",
                BAD: "**{name}** explains {share} of {item} (path {path}, {interval}): less than the half "
                "that convergent validity asks for (path {bound}).",
            }
        )[mark]
        said.append(
            "- "
            + display(
                text,
                name=row["construct"],
                share=display.percent(row["r_squared"]),
                item=row["measure"],
                path=display.number(row["path_coefficient"]),
                interval=interval(study, row["lower"], row["upper"], display),
                bound=thresholds.bound("redundancy", display),
            )
        )
    return "\n".join(said)


SECTION = Section(
    key="redundancy",
    applies=lambda study: bool(study.global_items),
    prose=N_(
        "## Convergent validity of formed constructs\n\nThe items of a formed construct need not correlate, so that "
        "loadings and AVE say nothing of it. Redundancy analysis asks instead whether the construct, formed of its "
        "items, explains one item that asks about the whole at once: half of its variance or more."
    ),
    tables={"table_3_5_redundancy": Part("redundancy", _redundancy, redundancy_table)},
    sentence=_sentence,
    after=MEASUREMENT,
)
