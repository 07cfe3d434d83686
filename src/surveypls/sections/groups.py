"""Groups: whether the constructs mean the same in them (MICOM), and which paths differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from plsem.groups import GroupComparison, compare, group_sizes
from plsem.groups.difference import adjusted
from plsem.groups.invariance import LEVELS
from plsem.groups.split import group_name, rows_needed
from surveypls import figures
from surveypls.sections.section import END, Drawing, Part, Section, kept
from surveypls.study.analysis import Analysis
from surveypls.study.definition import GROUP, Study
from surveypls.study.terms import arrows
from surveypls.tables.build import Builder, join
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.tabular import Table

#: How p is adjusted for the number of comparisons: a method of statsmodels, and its name.
ADJUSTMENT, ADJUSTMENT_NAME = "holm", "Holm (1979)"
_MICOM = (
    "group_1", "group_2", "construct", "correlation", "correlation_lower", "correlation_p_value", "mean_difference",
    "mean_p_value", "log_variance_ratio", "variance_p_value", "invariance",
)  # fmt: skip
_DIFFERENCES = (
    "group_1", "group_2", "row", "column", "estimate_1", "estimate_2", "se_1", "se_2", "invariant", "difference",
    "p_permutation", "p_adjusted", "p_henseler", "p_parametric", "p_welch",
)  # fmt: skip
_TESTED = ["difference", "p_permutation", "p_henseler", "p_parametric", "p_welch"]
_LEVEL_WORDS = N_({"full": "full", "partial": "partial", "none": "none"}, context="invariance")


def _label(group: Any) -> str:
    """Return a group as it is written: what a file's reader made a number of stays the same group."""
    try:
        return group_name(float(group))
    except ValueError:
        return str(group)


def _labelled(analysis: Analysis) -> pd.DataFrame:
    """Return the respondents with their groups as texts; NaN where there is none."""
    labels = analysis.table[GROUP]
    return analysis.table.assign(**{GROUP: labels.astype(object).where(labels.isna(), labels.map(_label))})


def _sizes(analysis: Analysis) -> pd.DataFrame:
    """Return each group of the column: rows, rows needed and for what, and whether it is compared."""
    groups = analysis.study.groups
    assert groups is not None
    data = _labelled(analysis)
    found = sorted(data[GROUP].dropna().unique())
    asked = [_label(g) for g in groups.compare] or found
    rest = [g for g in found if g not in asked]
    table = group_sizes(data, analysis.model, GROUP, select=[*asked, *rest])
    _, where, most = rows_needed(analysis.model)
    table = table.assign(asked=table.index.isin(asked), arrows=most, into=where).reset_index()
    return table.assign(usable=table["usable"] & table["asked"])


def _compared(analysis: Analysis) -> GroupComparison | None:
    """Return the comparison of the groups that can carry it, once; None where fewer than two can."""
    sizes = SIZES.frame(analysis)
    chosen = sizes.loc[sizes["usable"], "group"].tolist()
    if len(chosen) < 2:
        return None
    settings = analysis.study.bootstrap
    return kept(
        analysis,
        "groups",
        lambda a: compare(
            _labelled(a),
            a.model,
            GROUP,
            seed=a.study.seed,
            select=chosen,
            n_permutations=settings.n_permutations,
            n_resamples=settings.n_resamples,
            adjustment="none",
            alpha=settings.significance,
            max_failed=settings.max_failed,
            **a.study.estimator,
        ),
    )


def _invariance(analysis: Analysis) -> pd.DataFrame:
    """Return MICOM's steps of every construct; a control variable is one observed column, the same in all groups."""
    found = _compared(analysis)
    if found is None:
        return pd.DataFrame(columns=list(_MICOM))
    own = ~found.invariance["construct"].isin(list(analysis.study.controls))
    return found.invariance.loc[own, list(_MICOM)].reset_index(drop=True)


def _differences(analysis: Analysis) -> pd.DataFrame:
    """Return the study's own paths in each pair of groups; tests only of those that MICOM allows to compare."""
    found = _compared(analysis)
    if found is None:
        return pd.DataFrame(columns=list(_DIFFERENCES))
    own = set(analysis.study.path_pairs)
    pairs = zip(found.differences["row"], found.differences["column"], strict=True)
    table = found.differences[[pair in own for pair in pairs]].reset_index(drop=True)
    return allowed(table)[list(_DIFFERENCES)]


def allowed(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out the tests of paths whose constructs are not invariant; adjust p over the others."""
    table = table.copy()
    table.loc[~table["invariant"].astype(bool), _TESTED] = np.nan
    family = pd.Series("path", index=table.index)
    return table.assign(p_adjusted=adjusted(table["p_permutation"], family, ADJUSTMENT))


def _pairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(frame["group_1"].astype(str), frame["group_2"].astype(str), strict=True)))


def sizes_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table | None:
    """List the groups with their rows, where not all of them are compared or there are more than two."""
    if len(frame) < 3 and bool(frame["usable"].all()):
        return None
    b = Builder(display)
    b.text("group", display("Group"))
    b.column("n", "n", "count")
    b.column("needed", display("Rows needed"), "count")
    b.column("smallest_path", display("Path found with 80% power"), decimals=2)
    b.text("compared", display("Compared"))
    out = dict(_reasons(frame, display))
    for row in frame.to_dict("records"):
        b.add(row, compared=out.get(str(row["group"]), True))
    note = display(
        "Rows needed: ten for each of {arrows} arrows into {into} (Barclay, Higgins and Thompson, 1995), a lower "
        "limit; the smallest path that so many rows find: Kock and Hadaya (2018).",
        arrows=int(frame["arrows"].iloc[0]),
        into=frame["into"].iloc[0],
    )
    return b.table(title=display("Groups"), note=note)


def micom_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table | None:
    """Measurement invariance of composites: steps 2 and 3 of each construct, and the degree of invariance."""
    if frame.empty:
        return None
    b = Builder(display)
    several = len(_pairs(frame)) > 1
    if several:
        b.text("pair", display("Groups"))
    b.text("construct", display("Construct"))
    composition, means, variances = (
        display("Composition"),
        display("Equal means"),
        display("Equal variances"),
    )
    b.column("correlation", "c", group=composition)
    alpha = display.level(study.bootstrap.significance)
    b.column("correlation_lower", display("{share} quantile", share=alpha), group=composition)
    b.column("correlation_p_value", "p", "p", composition)
    b.column("mean_difference", display("Difference"), group=means)
    b.column("mean_p_value", "p", "p", means)
    b.column("log_variance_ratio", display("Log ratio"), group=variances)
    b.column("variance_p_value", "p", "p", variances)
    b.text("invariance", display("Invariance"))
    for row in frame.to_dict("records"):
        b.add(
            row,
            pair=f"{row['group_1']} / {row['group_2']}",
            invariance=display(_LEVEL_WORDS[row["invariance"]], context="invariance"),
        )
    note = join(
        display(
            "c: correlation of the composites by the two groups' weights; its p and those of means and variances by "
            "{count} permutations (MICOM; Henseler, Ringle and Sarstedt, 2016).",
            count=display.count(study.bootstrap.n_permutations),
        ),
        *(display(text) + "." for text in LEVELS.values()),
    )
    return b.table(title=display("Measurement invariance of the groups"), note=note, repeats=("pair",))


def differences_table(study: Study, frame: pd.DataFrame, *, display: Display) -> Table | None:
    """Paths by group and their differences by four tests."""
    if frame.empty:
        return None
    b = Builder(display)
    pairs = _pairs(frame)
    one, two = pairs[0] if len(pairs) == 1 else (display("First"), display("Second"))
    if len(pairs) > 1:
        b.text("pair", display("Groups"))
    b.text("path", display("Path"))
    b.column("estimate_1", one)
    b.column("estimate_2", two)
    b.column("difference", display("Difference"))
    tests = display("p of the difference")
    b.column("p_permutation", display("Permutation"), "p", tests)
    b.column("p_adjusted", display("adjusted"), "p", tests)
    for key, heading in (
        ("p_henseler", "Henseler"),
        ("p_parametric", display("Parametric")),
        ("p_welch", "Welch"),
    ):
        b.column(key, heading, "p", tests)
    for row in frame.to_dict("records"):
        b.add(row, pair=f"{row['group_1']} / {row['group_2']}", path=arrows(row["row"], row["column"]))
    note = join(
        display(
            "Two-sided. Permutation: Chin and Dibbern (2010), {permutations} permutations; adjusted for the {tests} "
            "tests by {method}. The others read {resamples} resamples of each group and are not adjusted: Henseler "
            "et al. (2009); parametric, Keil et al. (2000); Welch-Satterthwaite, Sarstedt et al. (2011).",
            permutations=display.count(study.bootstrap.n_permutations),
            resamples=display.count(study.bootstrap.n_resamples),
            tests=int(frame["p_permutation"].notna().sum()),
            method=ADJUSTMENT_NAME,
        ),
        display("–: not compared, for a construct of the path is not the same composite in both groups.")
        if frame["p_permutation"].isna().any()
        else "",
    )
    return b.table(
        title=display("Paths by group and their differences"),
        note=note,
        repeats=("pair",),
    )


def _reasons(sizes: pd.DataFrame, display: Display) -> list[tuple[str, str]]:
    """Return each group that is not compared, and why."""
    said = []
    for row in sizes[~sizes["usable"].astype(bool)].to_dict("records"):
        if not row["asked"]:
            why = display("not asked for")
        elif row["n"] < row["needed"]:
            why = display("too few rows, {needed} are needed", needed=int(row["needed"]))
        else:
            why = display("one answer only to {items}", items=row["constant"])
        said.append((str(row["group"]), why))
    return said


def _groups(
    study: Study, sizes: pd.DataFrame, steps: pd.DataFrame, differences: pd.DataFrame, *, display: Display
) -> str:
    """Say which groups are compared, how far they are invariant, and which paths differ."""
    assert study.groups is not None
    usable = sizes[sizes["usable"].astype(bool)]
    counts = {str(row["group"]): display.count(row["n"]) for row in sizes.to_dict("records")}
    named = [f"{name} (n = {counts[name]})" for name in usable["group"].astype(str)]
    left = [f"{name} (n = {counts[name]}): {why}" for name, why in _reasons(sizes, display)]
    out = display("Left out: {groups}.", groups="; ".join(left)) if left else ""
    if len(usable) < 2:
        none = display(
            "**The groups of {column} are not compared**: fewer than two of them can carry it.",
            column=study.groups.column,
        )
        return " ".join(filter(None, (none, out)))
    text = [
        display("Compared by {column}: {groups}.", column=study.groups.column, groups=display.listed(named)),
        out,
        display(
            "The smallest of them finds paths from {path} on with a power of 80%.",
            path=display.number(float(usable["smallest_path"].max()), digits=2),
        ),
        display("The same items and settings serve all groups, so they are configurally invariant."),
        _invariance_said(steps, display),
    ]
    return " ".join(filter(None, text)) + "\n\n" + _differences_said(study, differences, display)


def _invariance_said(steps: pd.DataFrame, display: Display) -> str:
    """Say for each pair of groups which constructs are fully, partially and not invariant."""
    pairs = _pairs(steps)
    lines = []
    for one, two in pairs:
        part = steps[(steps["group_1"].astype(str) == one) & (steps["group_2"].astype(str) == two)]
        level = {key: part.loc[part["invariance"] == key, "construct"].astype(str).tolist() for key in LEVELS}
        lines.append(_degree_said(level, display))
    if len(pairs) == 1:
        return lines[0]
    return "\n\n" + "\n".join(f"- {a} / {b}: {line}" for (a, b), line in zip(pairs, lines, strict=True))


def _degree_said(level: dict[str, list[str]], display: Display) -> str:
    """Say how far the constructs of two groups are invariant."""
    if not level["none"] and not level["partial"]:
        return display(
            "**Full invariance**: every composite is the same in both groups, with equal means and variances."
        )
    if not level["none"]:
        return display(
            "**Partial invariance**: every composite is the same in both groups, so paths can be compared; "
            "means or variances differ for {constructs}, so the pooled data cannot stand for one population.",
            constructs=display.listed(level["partial"]),
        )
    text = display(
        "**No invariance** for {constructs}: the composites differ between the groups, so a difference of "
        "their paths may be one of meaning and is not tested.",
        constructs=display.listed(level["none"]),
    )
    if level["partial"] or level["full"]:
        text += " " + display(
            "Fully invariant: {full}; partially: {partial}.",
            full=display.listed(level["full"]) or display("no construct"),
            partial=display.listed(level["partial"]) or display("no construct"),
        )
    return text


def _differences_said(study: Study, frame: pd.DataFrame, display: Display) -> str:
    tested = frame[frame["p_permutation"].notna()]
    if tested.empty:
        return display("No path can be compared.")
    alpha = study.bootstrap.significance
    several = len(_pairs(frame)) > 1
    found = []
    for row in tested[tested["p_adjusted"] < alpha].to_dict("records"):
        text = display(
            "{path}: {first} in {group_1} and {second} in {group_2} (adjusted p {p})",
            path=arrows(row["row"], row["column"]),
            first=display.number(row["estimate_1"]),
            second=display.number(row["estimate_2"]),
            group_1=row["group_1"],
            group_2=row["group_2"],
            p=display.compared(row["p_adjusted"]),
        )
        found.append(text)
    least = tested.iloc[int(tested["p_permutation"].argmin())]
    if found:
        return display(
            "Significant by the permutation test after adjustment by {method}, {k} of {n} differences: {found}.",
            n=len(tested),
            k=len(found),
            method=ADJUSTMENT_NAME,
            found="; ".join(found),
        )
    return display(
        "None of {n} differences is significant by the permutation test after adjustment by {method}; the "
        "smallest p before it is that of {path}{pair}, {p}. That is no proof of equality.",
        n=len(tested),
        method=ADJUSTMENT_NAME,
        path=arrows(least["row"], least["column"]),
        pair=f" ({least['group_1']} / {least['group_2']})" if several else "",
        p=display.p(least["p_permutation"]),
    )


def by_group(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each path in each group once, with its standard error: ``row, column, group, value, se``."""
    sides = [
        frame[["row", "column", f"group_{k}", f"estimate_{k}", f"se_{k}"]].set_axis(
            ["row", "column", "group", "value", "se"], axis=1
        )
        for k in (1, 2)
    ]
    both = pd.concat(sides).astype({"group": str})
    return both.drop_duplicates(["row", "column", "group"], ignore_index=True)


def _figure(study: Study, analysis: Analysis, display: Display) -> Any:
    frame = DIFFERENCES.frame(analysis)
    if frame.empty:
        return None
    marked = frame[frame["p_adjusted"] < study.bootstrap.significance]
    return figures.group_forest(
        by_group(frame),
        differing=set(zip(marked["row"], marked["column"], strict=True)),
        confidence_level=study.bootstrap.confidence_level,
        display=display,
    )


SIZES = Part("group_sizes", _sizes, sizes_table)
DIFFERENCES = Part("group_differences", _differences, differences_table)

SECTION = Section(
    key="groups",
    applies=lambda study: study.groups is not None,
    prose=N_(
        "## Groups\n\nPaths of two groups can be compared only where their constructs are the same composites "
        "(compositional invariance); only where means and variances are equal, too, may the pooled data stand for one "
        "population. So invariance is tested first, and only those paths are compared that it allows."
    ),
    tables={
        "table_4_20_groups": SIZES,
        "table_4_21_invariance": Part("group_invariance", _invariance, micom_table),
        "table_4_22_differences": DIFFERENCES,
    },
    sentence=_groups,
    figures={"fig_4_20_groups": Drawing(_figure, N_("Each path in each group with its interval"))},
    after=END,
)
