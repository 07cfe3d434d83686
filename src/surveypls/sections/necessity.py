"""Necessary conditions (NCA): what an outcome does not reach its heights without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from plsem.necessity import NecessityResult, combined_importance, necessary_conditions
from plsem.thresholds import threshold
from surveypls import figures
from surveypls.sections.section import END, Drawing, Part, Section, kept
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.tables.build import Builder, join
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table

_COLUMNS = (
    "target", "condition", "d", "size", "p_value", "d_line", "p_line", "accuracy_line", "necessary", "required",
    "cases_below", "importance", "performance",
)  # fmt: skip


def _analysed(analysis: Analysis) -> dict[str, NecessityResult]:
    """Return the analysis of each outcome, once."""
    study = analysis.study
    return kept(
        analysis,
        "necessity_results",
        lambda a: {
            target: necessary_conditions(
                a.responses,
                a.estimate,
                target,
                conditions=conditions,
                n_permutations=study.bootstrap.n_permutations,
                seed=study.seed,
                alpha=study.bootstrap.significance,
            )
            for target, conditions in study.conditions.items()
        },
    )


def _level(study: Study) -> float:
    assert study.necessity is not None
    return study.necessity.level


def _effects(analysis: Analysis) -> pd.DataFrame:
    """Return each condition once: both ceilings, what the level needs, and importance where a map is possible."""
    level = _level(analysis.study)
    parts = []
    for target, found in _analysed(analysis).items():
        step, line = (
            found.effects[found.effects["ceiling"] == name].set_index("condition")
            for name in ("ce_fdh", "cr_fdh")
        )
        part = step[["d", "size", "p_value", "necessary"]].assign(
            d_line=line["d"], p_line=line["p_value"], accuracy_line=line["accuracy"]
        )
        part["required"] = found.needed(level)
        part["cases_below"] = found.cases_below(level)
        part["importance"] = part["performance"] = np.nan
        if not analysis.model.composed:
            lowest, highest = analysis.scale_ends
            both = combined_importance(
                analysis.responses, analysis.estimate, found, minimum=lowest, maximum=highest, level=level
            )
            part[["importance", "performance"]] = both[["importance", "performance"]]
        parts.append(part.reset_index().assign(target=target))
    return pd.concat(parts, ignore_index=True)[list(_COLUMNS)]


def _bottleneck(analysis: Analysis) -> pd.DataFrame:
    """Return the bottleneck tables in long form: ``target, level, condition, required``."""
    parts = [
        found.bottleneck().rename_axis("level").reset_index().melt("level", var_name="condition", value_name="required")
        .assign(target=target)
        for target, found in _analysed(analysis).items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)[["target", "level", "condition", "required"]]


def necessity_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Effect sizes by both ceilings with p, what the level needs, and importance and performance."""
    level = display.plain(_level(study))
    several, mapped = frame["target"].nunique() > 1, frame["importance"].notna().any()
    b = Builder(display)
    if several:
        b.text("target", display("Outcome"))
    b.text("condition", display("Condition"))
    b.column("d", "d", group="CE-FDH")
    b.column("p_value", "p", "p", "CE-FDH")
    b.column("size", display("Size"), "text", "CE-FDH")
    b.column("d_line", "d", group="CR-FDH")
    b.column("p_line", "p", "p", "CR-FDH")
    b.text("necessary", display("Necessary"))
    at = display("For {level}% of the outcome", level=level)
    b.column("required", display("% needed"), group=at, decimals=1)
    b.column("cases_below", display("Rows below"), "percent", at)
    if mapped:
        b.column("importance", display("Importance"))
        b.column("performance", display("Performance"), decimals=1)
    for row in frame.to_dict("records"):
        b.add(row, size=display(str(row["size"])), necessary=bool(row["necessary"]))
    note = join(
        display(
            "d: share of the scatter that the ceiling leaves empty (Dul, 2016); p by {count} permutations. Necessary: "
            "d by CE-FDH at least {least} and its p below {alpha}.",
            count=display.count(study.bootstrap.n_permutations),
            least=display.figure(threshold("nca_effect_size").acceptable),
            alpha=display.plain(study.bootstrap.significance),
        ),
        display("Importance and performance (cIPMA): Hauff et al. (2024).") if mapped else "",
    )
    return b.table(title=display("Necessary conditions"), note=note, repeats=("target",))


def bottleneck_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Lay out what each level of the outcome needs, in per cent of the observed ranges."""
    several = frame["target"].nunique() > 1
    names = list(dict.fromkeys(frame["condition"].astype(str)))
    b = Builder(display)
    if several:
        b.text("target", display("Outcome"))
    b.column("level", display("Level (%)"), decimals=0)
    for name in names:
        b.column(name, name, decimals=1)
    for (target, level), part in frame.groupby(["target", "level"], sort=False):
        needs = dict(zip(part["condition"].astype(str), part["required"].astype(float), strict=True))
        row = b.add(target=target, level=level, **{name: needs.get(name, np.nan) for name in names})
        for name in names:
            if needs.get(name) == 0:
                b.hidden.add((row, name))
    return b.table(
        title=display("Bottlenecks"),
        note=display(
            "By CE-FDH, in per cent of the observed ranges; empty: no condition at that level; –: beyond what was "
            "observed, or no predecessor of that outcome."
        ),
        repeats=("target",),
    )


def _necessity(study: Study, frame: pd.DataFrame, bottleneck: pd.DataFrame, *, display: Display) -> str:
    """Say of each outcome which conditions are necessary, what its level needs, and for how many that is wanting."""
    said = []
    level = display.plain(_level(study))
    for target, part in frame.groupby("target", sort=False):
        own = part[part["necessary"].astype(bool)]
        tested = display.listed(part["condition"].astype(str))
        if own.empty:
            most = part.iloc[int(part["d"].argmax())]
            said.append(
                display(
                    "**{target}**: none of {tested} is a necessary condition (the largest d is {d}, of {condition}).",
                    target=target,
                    tested=tested,
                    d=display.number(most["d"]),
                    condition=most["condition"],
                )
            )
            continue
        needs = [
            display(
                "{condition} (d = {d}, {size}; {need}, which {share} of the respondents do not reach)",
                condition=row["condition"],
                d=display.number(row["d"]),
                size=display(str(row["size"])),
                need=display("{percent}% of its range", percent=display.number(row["required"], digits=0)),
                share=display.percent(row["cases_below"]),
            )
            for row in own.to_dict("records")
        ]
        said.append(
            display(
                "**{target}**: of {tested}, necessary for {level}% of its range: {needs}.",
                target=target,
                tested=tested,
                level=level,
                needs="; ".join(needs),
            )
        )
    return "\n\n".join(said)


def ceiling_lines(found: NecessityResult, condition: str) -> pd.DataFrame:
    """Return both ceilings of a condition as they are drawn: ``ceiling, x, y``, the corners of each line."""
    scatter = found.scatters[condition]
    corners = scatter.peers()
    right = float(scatter.x[-1])
    x = np.r_[np.repeat(corners["x"], 2)[1:], right]
    step = pd.DataFrame({"ceiling": "ce_fdh", "x": x, "y": np.repeat(corners["y"].to_numpy(), 2)})
    intercept, slope = scatter.line(found.peers)
    if np.isnan(slope):
        return step
    low, top = float(scatter.y.min()), float(scatter.y.max())
    ends = np.clip([(low - intercept) / slope, (top - intercept) / slope], scatter.x[0], right)
    line = pd.DataFrame({"ceiling": "cr_fdh", "x": ends, "y": intercept + slope * ends})
    return pd.concat([step, line], ignore_index=True)


def _figure(study: Study, analysis: Analysis, display: Display) -> Any:
    """Draw the condition with the largest effect by CE-FDH."""
    largest = EFFECTS.frame(analysis)
    most = largest.iloc[int(largest["d"].argmax())]
    target, condition = str(most["target"]), str(most["condition"])
    found = _analysed(analysis)[target]
    return figures.ceiling_scatter(
        analysis.scores[[condition, target]],
        ceiling_lines(found, condition),
        source=condition,
        target=target,
        effects={"ce_fdh": float(most["d"]), "cr_fdh": float(most["d_line"])},
        construct_labels=study.construct_labels,
        display=display,
    )


EFFECTS = Part("necessity", _effects, necessity_table)

SECTION = Section(
    key="necessity",
    applies=lambda study: study.necessity is not None,
    prose=N_(
        "## Necessary conditions\n\nA path says how much an outcome rises with a construct; a necessary condition is "
        "one without which a high outcome does not occur, whatever else is there: the upper left of the scatter is "
        "empty. What is large in one sense need not be in the other."
    ),
    tables={
        "table_4_26_necessity": EFFECTS,
        "table_4_27_bottleneck": Part("bottleneck", _bottleneck, bottleneck_table),
    },
    sentence=_necessity,
    figures={
        "fig_4_26_ceiling": Drawing(
            _figure,
            N_("Scores of the condition with the largest effect and of its outcome, with both ceilings"),
        )
    },
    after=END,
)
