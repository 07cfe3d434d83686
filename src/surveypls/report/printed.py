"""Sentences about an article's printed tables, and about the surveys that give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from tableaudit import inference
from tableaudit.cell_states import STATES
from tabletext.catalogue import N_
from tabletext.codes import CODES
from tabletext.display import ENGLISH, Display

if TYPE_CHECKING:
    from surveypls.study.terms import Hypothesis
    from surveysynth.targets import Target
    from tableaudit.audit import AuditReport
    from tableaudit.printed import Published

#: State → words for one printed figure, and for several.
_STATES = {
    "contradicted": (
        N_("**{count}** is contradicted by the others under every definition"),
        N_("**{count}** are contradicted by the others under every definition"),
    ),
    "contradicted unless": (
        N_("**{count}** is contradicted unless it follows a definition that the article does not state"),
        N_("**{count}** are contradicted unless they follow a definition that the article does not state"),
    ),
    "follows": (N_("**{count}** follows from the others"), N_("**{count}** follow from the others")),
    "open": (
        N_("**{count}** is possible beside the others and left open by them"),
        N_("**{count}** are possible beside the others and left open by them"),
    ),
    "not a statistic": (N_("**{count}** is not a statistic"), N_("**{count}** are not statistics")),
    "a count": (N_("**{count}** is a count"), N_("**{count}** are counts")),
}
#: What the checks of an audit are counted as.
_GROUPS = {"identity": N_("identities and searches"), "rule": N_("rules of the field")}
_KINDS = {"identity": ("identity", "attainable"), "rule": ("rule",)}


def audited(found: AuditReport, *, display: Display = ENGLISH) -> str:
    """Count what the audit of the printed cells found."""
    groups = {
        display(name): [c.verdict for c in found.checks if c.kind in _KINDS[key]]
        for key, name in _GROUPS.items()
    }
    groups[display("statements")] = [s.verdict for s in found.statements]
    parts = [
        display(
            "{count} {name}: {holds} hold, {fails} fail, {unknown} cannot be told",
            count=len(verdicts),
            name=name,
            holds=verdicts.count("holds"),
            fails=verdicts.count("fails"),
            unknown=verdicts.count("cannot be told"),
        )
        for name, verdicts in groups.items()
        if verdicts
    ]
    return display("{cells} printed figures. {parts}.", cells=found.n_cells, parts="; ".join(parts))


def states(found: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Count the states of the printed figures.

    Parameters
    ----------
    found : DataFrame
        As :func:`tableaudit.cell_states.states` returns it.
    """
    counts = found["state"].value_counts()
    n = {state: int(counts.get(state, 0)) for state in STATES}
    parts = [
        display.plural(*_STATES[state], n[state]) for state in STATES if n[state] or state == "contradicted"
    ]
    return display("Of {total} printed figures {parts}.", total=len(found), parts="; ".join(parts))


def contradictions(found: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Name the printed figures that contradict others, each with the definition that would free it.

    Parameters
    ----------
    found : DataFrame
        As :func:`tableaudit.cell_states.states` returns it.
    """
    shown = found[found["state"].str.startswith("contradicted")].fillna({"row": "", "column": ""})
    under = "under_es" if display.language == "es" else "under"
    parts = []
    for (statistic, unless), part in shown.fillna({under: ""}).groupby(["statistic", under], sort=False):
        about = [" → ".join(filter(None, pair)) for pair in zip(part["row"], part["column"], strict=True)]
        text = N_("{statistic} of {about}, unless {unless}") if unless else N_("{statistic} of {about}")
        parts.append(
            display(
                text,
                statistic=display(CODES.get(str(statistic), str(statistic))),
                about=display.listed(about),
                unless=display.decimals(str(unless)),
            )
        )
    return display("In contradiction: {parts}.", parts="; ".join(parts)) if parts else ""


def plausible_sizes(sizes: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say at which sample sizes each printed t is an ordinary one, and whether any size makes all so.

    Parameters
    ----------
    sizes : DataFrame
        As :func:`tableaudit.implied_size.plausible_sizes` returns it; its last row is for all paths.
    """
    parts = [
        display(
            "{path} {t} at n = {sizes}" if row["sizes"] != "none" else "{path} {t} at none",
            path=f"{row['source']} → {row['target']}",
            t=display.decimals(f"{row['printed_t']:.3f}"),
            sizes=row["sizes"],
        )
        for row in sizes[sizes["source"] != ""].to_dict("records")
    ]
    every = sizes.loc[sizes["source"] == "", "sizes"].iloc[0]
    end = (
        display("No size that was tried makes all of them ordinary at once.")
        if every == "none"
        else display("All of them are ordinary at n = {sizes}.", sizes=every)
    )
    return display(
        "Sample sizes at which a printed t is neither among the smallest nor the largest that samples give: "
        "{parts}. {end}",
        parts="; ".join(parts),
        end=end,
    )


def reading(found: AuditReport, *, display: Display = ENGLISH) -> str:
    """Say which statistic the printed composite reliability can be."""
    name = found.readings.get("composite_reliability", ("",))[0]
    return display("The column can be read as {name}.", name=display(CODES.get(name, name))) if name else ""


def coincidences(published: Published, *, display: Display = ENGLISH) -> str:
    """Say of which Student distributions the printed t are quantiles, and how likely that is by chance."""
    cells = published.select("t_statistic")
    found = [
        display(
            "{degrees} degrees of freedom: {quantiles}",
            degrees=df,
            quantiles=display.listed(
                f"{display.decimals(cell.printed)} ({display.number(float(level), digits=3)})"
                for cell, level in zip(cells, levels, strict=True)
            ),
        )
        for df, levels in inference.student_quantiles(published)
    ]
    if not found:
        return display("The printed t are quantiles of no one Student distribution.")
    return display(
        "Printed t that are quantiles of one Student distribution (level in brackets): {found}. By chance in "
        "{share} of cases.",
        found="; ".join(found),
        share=display.percent(inference.quantile_chance(published), digits=2),
    )


def witnesses(verified: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say that the kept matrices hold every other printed figure."""
    return display(
        "{held} of {count} kept matrices hold every other printed figure; their smallest eigenvalue is {least}.",
        held=display.count(int((verified["excess"] == 0).sum())),
        count=display.count(len(verified)),
        least=display.decimals(f"{verified['smallest_eigenvalue'].min():.0e}"),
    )


def nearest_matrix(everything: float, possible: float, *, display: Display = ENGLISH) -> str:
    """Say how near a search came to a matrix with every printed figure, and with the possible ones."""
    return display(
        "With all printed figures the nearest matrix has one that lies {everything} outside its rounding interval; "
        "without those in contradiction {possible}.",
        everything=display.number(everything, digits=4),
        possible=display.number(possible, digits=4),
    )


def weight_errors(simulated: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say by how much weights that are estimated anew change the standard errors."""
    ratios = simulated["standard_error"] / simulated["fixed_weights_error"]
    parts = [
        display(
            "{path} {low} to {high}",
            path=f"{source} → {target}",
            low=display.number(found.min(), digits=2),
            high=display.number(found.max(), digits=2),
        )
        for (source, target), found in ratios.groupby([simulated["source"], simulated["target"]], sort=False)
    ]
    return display(
        "Standard error with weights estimated anew, as a multiple of that with fixed weights: {parts}.",
        parts="; ".join(parts),
    )


def targets(target: Target, *, display: Display = ENGLISH) -> str:
    """Say how many printed figures the survey was made to give, and which were left free."""
    return display(
        "{count} printed figures are targets; left free, as no data give them beside the others: {free}.",
        count=len(target.labels),
        free=display.listed(target.free) or "–",
    )


def reached(cells: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say how many targets the survey reaches."""
    return display(
        "{inside} of {count} reached; the largest distance is {worst}.",
        inside=int(cells["inside"].sum()),
        count=len(cells),
        worst=display.number(float(cells["distance"].abs().max()), digits=2),
    )


def required_n(needed: pd.DataFrame, hypotheses: Sequence[Hypothesis], *, display: Display = ENGLISH) -> str:
    """Say how many respondents each hypothesis needs, with the simulation's error, were the estimates true.

    Parameters
    ----------
    needed : DataFrame
        As :func:`plsem.power.required_n` returns it, with a column population.
    """
    said = []
    for h in hypotheses:
        mine = needed[(needed["source"] == h.path.source) & (needed["target"] == h.path.target)]
        parts = []
        for row in mine.to_dict("records"):
            text = f"{display.count(row['n'])}"
            if row["lower"] == row["lower"]:
                text += f" {display.interval(row['lower'], row['upper'], digits=0)}"
            parts.append(f"{text} ({display(CODES.get(row['population'], row['population']))})")
        if parts:
            said.append(f"{h.id} {display.listed(parts)}")
    share = display.percent(float(needed["power"].iloc[0]))
    return display(
        "Respondents for {share} power, with the simulation's own error: {said}. They hold were the printed "
        "estimates the population's; a power computed from an estimate is no evidence for it.",
        share=share,
        said="; ".join(said),
    )


def same_numbers(alone: pd.DataFrame, together: pd.DataFrame, *, display: Display = ENGLISH) -> str:
    """Say whether one worker and several give the same."""
    return (
        display("Two workers give the same numbers as one.")
        if alone.equals(together)
        else display("**Two workers give other numbers than one.**")
    )
