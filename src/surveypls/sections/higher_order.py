"""Second-order constructs: both orders by what each is judged by, as Sarstedt et al. (2019) ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from plsem.composition import HigherOrder
from plsem.thresholds import BAD, BORDERLINE, THRESHOLDS, threshold
from surveypls.sections.section import MEASUREMENT, Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.build import Builder, construct_label, join, plain, resampling_note
from surveypls.tables.measurement import RELIABILITY
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import Display
from tabletext.tabular import Table

#: Marks of a figure that is not clearly within its limit.
_SHORT = (BORDERLINE, BAD)


def _assessment(analysis: Analysis) -> pd.DataFrame:
    """Return what both orders of each second-order construct are judged by: of several figures the worst."""
    rows = []
    for name, order in analysis.study.higher_order.items():
        for level, figures in ((1, _first(analysis, order)), (2, _second(analysis, name, order))):
            rows += [{"construct": name, "order": level, **figure} for figure in figures]
    return pd.DataFrame(rows)


def _first(analysis: Analysis, order: HigherOrder) -> Iterator[dict[str, Any]]:
    """Judge the components as the constructs that they are."""
    parts, orders = order.components, analysis.study.higher_order
    modes = {c.name: c.mode for c in analysis.study.constructs}
    yield from _worst(analysis, "outer_loading", lambda row, column: column in parts and modes[column] == "A")
    yield from _worst(analysis, "outer_vif", lambda row, column: column in parts and modes[column] == "B")
    for statistic in RELIABILITY:
        yield from _worst(analysis, statistic, lambda row, column: row in parts)
    yield from _worst(
        analysis,
        "htmt",
        lambda row, column: (row in parts or column in parts) and row not in orders and column not in orders,
    )


def _second(analysis: Analysis, name: str, order: HigherOrder) -> Iterator[dict[str, Any]]:
    """Judge the construct by its components, which are its indicators."""
    if order.mode == "B":
        weights = _of(
            analysis, "outer_weight", lambda row, column: column == name and row in order.components
        )
        yield from (_figure(row, plain(row["row"])) for _, row in weights.iterrows())
        yield from _worst(
            analysis, "outer_vif", lambda row, column: column == name and row in order.components
        )
        return
    yield from _worst(
        analysis, "outer_loading", lambda row, column: column == name and row in order.components
    )
    for statistic in RELIABILITY:
        yield from _worst(analysis, statistic, lambda row, column: row == name)
    yield from _worst(analysis, "htmt", lambda row, column: name in (row, column))


def _of(analysis: Analysis, statistic: str, about: Callable[[str, str], bool]) -> pd.DataFrame:
    """Return the known figures of a statistic that are about something."""
    found = analysis.summary[analysis.summary["statistic"] == statistic]
    wanted = [about(row, column) for row, column in zip(found["row"], found["column"], strict=True)]
    return found[wanted].dropna(subset="original")


def _worst(analysis: Analysis, statistic: str, about: Callable[[str, str], bool]) -> Iterator[dict[str, Any]]:
    """Return the figure that is nearest to failing, or none where none is defined."""
    found = _of(analysis, statistic, about)
    if len(found):
        least = threshold(statistic).direction in ("at least", "above")
        row = found.sort_values("original", ascending=least, kind="stable").iloc[0]
        names = [row["row"], row["column"]] if statistic == "htmt" else [row["row"]]
        yield _figure(row, " – ".join(names))


def _figure(row: pd.Series, of: str) -> dict[str, Any]:
    return {
        "statistic": row["statistic"],
        "of": of,
        "value": row["original"],
        "lower": row["lower"],
        "upper": row["upper"],
    }


def _mark(row: pd.Series) -> str:
    """Return the mark of a figure by its threshold; a weight has none."""
    if row["statistic"] not in THRESHOLDS:
        return ""
    return threshold(row["statistic"]).judge(row["value"], row["lower"], row["upper"])


def _criterion(row: pd.Series, display: Display) -> str:
    """Return what a figure is called."""
    line = THRESHOLDS.get(row["statistic"])
    return display(line.label if line else coded(row["statistic"]))


def assessment_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Each criterion of each order, with the figure that is nearest to failing."""
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("order", display("Order"))
    b.text("criterion", display("Criterion"))
    b.text("of", display("Of"))
    b.column("value", display("Value"))
    b.inference(study, tests=False)
    b.text("limit", display("Limit"))
    orders = {1: display("first (components)"), 2: display("second")}
    for _, row in frame.iterrows():
        judged = row["statistic"] in THRESHOLDS
        place = b.add(
            row,
            construct=construct_label(study, row["construct"], display),
            order=orders[row["order"]],
            criterion=_criterion(row, display),
            limit=thresholds.bound(row["statistic"], display) if judged else display("interval excludes 0"),
        )
        if judged:
            b.judge(place, "value", row["statistic"], ends=(row["lower"], row["upper"]))
    note = join(
        display(
            "Of several figures the one nearest to failing is shown. The indicators of a second-order construct are "
            "its components; HTMT between it and them is no criterion (Sarstedt et al., 2019)."
        ),
        resampling_note(study, display),
        thresholds.legend(display),
    )
    return b.table(title=display("Assessment of second-order constructs"), note=note, repeats=("construct",))


def _sentence(study: Study, frame: pd.DataFrame, *, display: Display) -> str:
    """Say of each second-order construct what it is made of, and which criteria either order misses."""
    said = []
    for name, part in frame.groupby("construct", sort=False):
        order = study.higher_order[str(name)]
        text = display(
            "**{name}** shows in {components}."
            if order.mode == "A"
            else "**{name}** is formed by {components}.",
            name=name,
            components=display.listed(order.components),
        )
        marks = part.assign(mark=[_mark(row) for _, row in part.iterrows()])
        short = [
            f"{_criterion(row, display)} {display.number(row['value'])} ({row['of']}) {row['mark']}"
            for _, row in marks[marks["mark"].isin(_SHORT)].iterrows()
        ]
        text += " " + (
            display("Not clearly within the limits: {figures}.", figures=display.listed(short))
            if short
            else display("Both orders are within every limit.")
        )
        weights = part[part["statistic"] == "outer_weight"]
        idle = weights[(weights["lower"] <= 0) & (weights["upper"] >= 0)]
        if len(idle):
            text += " " + display(
                "Weights whose interval holds 0: {components}.", components=display.listed(idle["of"])
            )
        elif len(weights):
            text += " " + display("The interval of no weight holds 0.")
        said.append(f"- {text}")
    return "\n".join(said)


SECTION = Section(
    key="higher_order",
    applies=lambda study: bool(study.higher_order),
    prose=N_(
        "## Second-order constructs\n\nBoth orders are measurement models, and each is judged as one: the components "
        "by their items, the second order by its components (Sarstedt et al., 2019). A reflective second order needs "
        "loadings, reliability, AVE and HTMT against the rest of the model; a formed one weights and components "
        "that are not collinear."
    ),
    tables={"table_3_4_second_order": Part("second_order", _assessment, assessment_table)},
    sentence=_sentence,
    after=MEASUREMENT,
)
