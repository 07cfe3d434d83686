"""Control variables: the model with and without them, and what they change."""

from __future__ import annotations

import pandas as pd

from plsem.controls import side_by_side
from surveypls.sections.section import Part, Section
from surveypls.study.analysis import Analysis
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from surveypls.tables.build import Builder, join, plain, resampling_note
from surveypls.tables.decisions import decide
from surveypls.tables.values import Values
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table

#: What hypotheses are about, and what the model explains.
_COMPARED = ("path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect", "r_squared")
_BOTH = ("without", "with")


def _side_by_side(analysis: Analysis) -> pd.DataFrame:
    study = analysis.study
    return side_by_side(
        analysis.table,
        study.model(analysis.model.items, controls=False),
        list(study.controls),
        include=_COMPARED,
        seed=study.seed,
        bootstrap_options=study.bootstrap.resampling,
        inference={**analysis.inference, "alternative": study.bootstrap.alternative},
        **study.estimator,
    )


def controls_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Each path and R² without and with the control variables."""
    b = Builder(display)
    b.text("path", display("Path"))
    for name, group in zip(_BOTH, (display("Without controls"), display("With controls")), strict=True):
        b.column(name, display("Estimate"), "number", group)
        b.column(f"p_value_{name}", "p", "p", group)
    b.column("change", display("Change"))
    shown = frame[frame["statistic"].isin(["path_coefficient", "r_squared"])]
    last = shown["statistic"].eq("r_squared") * 2 + shown["row"].isin(study.controls)
    for row in shown.loc[last.sort_values(kind="stable").index].to_dict("records"):
        path = row["statistic"] == "path_coefficient"
        b.add(
            row,
            path=arrows(row["row"], row["column"]) if path else display("R² of {name}", name=row["column"]),
        )
    return b.table(
        title=display("The model without and with control variables"),
        note=join(resampling_note(study, display), display("The same resamples serve both models.")),
    )


def _long(frame: pd.DataFrame, which: str) -> Values:
    """Return one of the two models' figures as a bootstrap summary."""
    named = {which: "original", **{f"{t}_{which}": t for t in ("p_value", "lower", "upper")}}
    return Values([frame[["statistic", "row", "column", *named]].rename(columns=named)])


def _controls(study: Study, frame: pd.DataFrame, *, display: Display) -> str:
    """Say which decisions change with the controls, how much the paths and R² do, and which controls count."""
    without, with_them = (_long(frame, which) for which in _BOTH)
    changed = []
    for claim in study.claims:
        before, after = decide(study, claim, without), decide(study, claim, with_them)
        if before is not None and after is not None and before.supported != after.supported:
            changed.append(
                display(
                    "{claim} is supported without the controls and not with them"
                    if before.supported
                    else "{claim} is supported with the controls and not without them",
                    claim=f"**{claim.id}** ({claim.arrows})",
                )
            )
    paths = frame[frame["statistic"] == "path_coefficient"]
    own = paths[paths["row"].isin(study.controls)]
    moved, most = (
        part.sort_values("change", key=lambda change: -change.abs(), kind="stable").iloc[0]
        for part in (paths, frame[frame["statistic"] == "r_squared"])
    )
    count = own[own["p_value_with"] < study.bootstrap.significance]
    named = [f"{arrows(r['row'], r['column'])} ({display.number(r['with'])})" for _, r in count.iterrows()]
    return " ".join(
        (
            "; ".join(changed) + "."
            if changed
            else display("No decision changes with the control variables."),
            display(
                "The path that changes most is {path}, by {change}; the R² that changes most is that of {target}, "
                "by {more}.",
                path=arrows(plain(moved["row"]), plain(moved["column"])),
                change=display.number(moved["change"], plus=True),
                target=most["column"],
                more=display.number(most["change"], plus=True),
            ),
            display(
                "Paths of control variables with p below {alpha}: {paths}.",
                alpha=display.plain(study.bootstrap.significance),
                paths=display.listed(named),
            )
            if named
            else display(
                "No path of a control variable has p below {alpha}.",
                alpha=display.plain(study.bootstrap.significance),
            ),
        )
    )


SECTION = Section(
    key="controls",
    applies=lambda study: bool(study.controls),
    prose=N_(
        "## Control variables\n\nEach control is a single item that leads to every construct that a path leads to. "
        "All other tables are of the model with the controls; here it stands beside the model without them, on the "
        "same answers. A path that hardly moves does not hang on these controls; on others that were not asked it may."
    ),
    tables={"table_4_13_controls": Part("controls", _side_by_side, controls_table)},
    sentence=_controls,
)
