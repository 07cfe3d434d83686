"""Common method bias: full collinearity, Harman's single factor, a marker variable."""

from __future__ import annotations

import pandas as pd

from plsem.method_bias import HARMAN_REMARK, MarkerResult, full_collinearity, harman, marker_variable
from plsem.thresholds import threshold
from surveypls.sections.section import END, Part, Section, kept
from surveypls.study.analysis import Analysis
from surveypls.study.definition import MARKER, Study
from surveypls.study.terms import arrows
from surveypls.tables.build import Builder, join
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table

_SIGNS = ("statistic", "construct", "value")
_MARKER = ("kind", "row", "column", "before", "after", "p_value", "stays")


def _marked(analysis: Analysis) -> MarkerResult | None:
    """Return what the marker's share does, once, on the rows that have one; None without a marker."""
    if analysis.study.marker is None:
        return None
    rows = analysis.table.dropna(subset=[MARKER])

    def taken(a: Analysis) -> MarkerResult:
        options = {"alpha": a.study.bootstrap.significance, **a.study.estimator}
        first = marker_variable(rows, a.model, MARKER, **options).marker_correlations
        own = first.drop(list(a.study.controls))  # a control is no construct that answers a scale
        return marker_variable(rows, a.model, MARKER, r_m=float(own.abs().min()), **options)

    return kept(analysis, "marker_result", taken)


def _signs(analysis: Analysis) -> pd.DataFrame:
    """Return VIF by construct, Harman's shares and, with a marker, its correlations and what is taken out."""
    vif = full_collinearity(analysis.estimate)["full_collinearity_vif"]
    one = harman(analysis.responses)
    rows = [("full_collinearity_vif", str(c), float(v)) for c, v in vif.items()]
    rows += [("harman_component", "", one.component_share), ("harman_factor", "", one.factor_share)]
    found = _marked(analysis)
    if found is not None:
        rows += [("marker_correlation", str(c), float(r)) for c, r in found.marker_correlations.items()]
        rows += [("marker_taken", "", found.r_m), ("marker_rows", "", analysis.table[MARKER].count())]
    table = pd.DataFrame(rows, columns=list(_SIGNS))
    return table[~table["construct"].isin(list(analysis.study.controls))].reset_index(drop=True)


def _adjusted(analysis: Analysis) -> pd.DataFrame:
    """Return correlations and paths before and after the marker's share is taken out; none without a marker."""
    found = _marked(analysis)
    if found is None:
        return pd.DataFrame(columns=list(_MARKER))
    pairs = found.correlations.rename(columns={"correlation": "before", "adjusted": "after"})
    paths = found.paths.set_axis(["row", "column", "before", "after"], axis=1)
    both = pd.concat([pairs.assign(kind="correlation"), paths.assign(kind="path")], ignore_index=True)
    of_controls = both[["row", "column"]].isin(list(analysis.study.controls)).any(axis=1)
    return both.loc[~of_controls, list(_MARKER)].reset_index(drop=True)


def _of(frame: pd.DataFrame, statistic: str) -> pd.Series:
    """Return the values of one statistic, by construct."""
    own = frame[frame["statistic"] == statistic]
    return own.set_index(own["construct"].fillna(""))["value"].astype(float)


def signs_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table:
    """Full collinearity VIF of each construct and, with a marker, its correlation."""
    vif, marker = _of(frame, "full_collinearity_vif"), _of(frame, "marker_correlation")
    component, factor = _of(frame, "harman_component").iloc[0], _of(frame, "harman_factor").iloc[0]
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.column("full_collinearity_vif", display("Full collinearity VIF"))
    if len(marker):
        b.column("marker", display("r with the marker"))
    for name, value in vif.items():
        row = b.add(
            construct=arrows(str(name)), full_collinearity_vif=value, marker=marker.get(name, float("nan"))
        )
        b.judge(row, "full_collinearity_vif")
    note = join(
        display("VIF of each construct by all others (Kock, 2015)."),
        display(
            "Harman's single factor: {component} of the items' variance by the first component, {factor} by one "
            "common factor.",
            component=display.percent(component, digits=1),
            factor=display.percent(factor, digits=1),
        ),
        display(HARMAN_REMARK),
    )
    return b.table(title=display("Signs of common method bias"), note=note)


def marker_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table | None:
    """Correlations of constructs and paths before and after the marker's share is taken out."""
    if frame.empty:
        return None
    kinds = {"correlation": display("Correlation"), "path": display("Path")}
    b = Builder(display)
    b.text("kind", "")
    b.text("what", display("Of"))
    b.column("before", display("Before"))
    b.column("after", display("After"))
    b.column("p_value", display("p after"), "p")
    b.text("stays", display("Significance stays"))
    for row in frame.to_dict("records"):
        pair = row["kind"] == "correlation"
        b.add(
            row,
            kind=kinds[row["kind"]],
            what=f"{row['row']} – {row['column']}" if pair else arrows(row["row"], row["column"]),
            stays=bool(row["stays"]) if pair else "",
        )
    return b.table(
        title=display("Without the marker's share"),
        note=display(
            "(r − r_M)/(1 − r_M), t with n − 3 degrees of freedom (Lindell and Whitney, 2001); paths from these "
            "correlations."
        ),
        repeats=("kind",),
    )


def _method_bias(study: Study, signs: pd.DataFrame, adjusted: pd.DataFrame, *, display: Display) -> str:
    """Say which constructs lie above the line, what one factor explains, and what the marker changes."""
    vif, limit = _of(signs, "full_collinearity_vif"), threshold("full_collinearity_vif").acceptable
    above = [f"{arrows(str(c))} ({display.number(v, digits=2)})" for c, v in vif.items() if v > limit]
    fields = {"limit": display.number(limit, digits=1), "largest": display.number(vif.max(), digits=2)}
    text = (
        display(
            "The full collinearity VIF is above {limit} for {constructs}: common method bias may be at work.",
            constructs=display.listed(above),
            **fields,
        )
        if above
        else display(
            "No full collinearity VIF is above {limit} (the largest is {largest}): no sign of common method bias, "
            "which is no proof that there is none.",
            **fields,
        )
    )
    component = _of(signs, "harman_component").iloc[0]
    text += " " + display(
        "One component explains {share} of the items' variance.", share=display.percent(component)
    )
    if adjusted.empty:
        return text
    pairs, paths = (adjusted[adjusted["kind"] == kind] for kind in ("correlation", "path"))
    lost = [f"{r['row']} – {r['column']}" for r in pairs.to_dict("records") if not r["stays"]]
    gap = (paths["after"] - paths["before"]).abs()
    most = paths.iloc[int(gap.argmax())]
    return (
        text
        + "\n\n"
        + display(
            "The marker {marker} (n = {n}) takes r = {r} out of every correlation of constructs. {lost} The path that "
            "changes most is {path}, from {before} to {after}.",
            marker=study.marker or "",
            n=display.count(_of(signs, "marker_rows").iloc[0]),
            r=display.number(_of(signs, "marker_taken").iloc[0]),
            lost=display("The significance of {pairs} changes.", pairs=display.listed(lost))
            if lost
            else display("All of them stay on their side of significance."),
            path=arrows(most["row"], most["column"]),
            before=display.number(most["before"]),
            after=display.number(most["after"]),
        )
    )


SECTION = Section(
    key="method_bias",
    applies=lambda study: study.method_bias or study.marker is not None,
    prose=N_(
        "## Common method bias\n\nAnswers that one person gives at one time may share what comes of the asking. No "
        "test shows that this is absent; these show where it would have to be large to be seen."
    ),
    tables={
        "table_4_23_method_bias": Part("method_bias", _signs, signs_table),
        "table_4_24_marker": Part("marker", _adjusted, marker_table),
    },
    sentence=_method_bias,
    after=END,
)
