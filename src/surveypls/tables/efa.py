"""Tables of the factor analysis: adequacy, number of factors, scales before and after, sensitivity."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from plsem.efa.factorability import Adequacy
from plsem.thresholds import BAD, GOOD
from surveypls.study.definition import Study
from surveypls.tables.process import frame_table
from tabletext.catalogue import N_
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

_ADEQUACY = {
    "KMO": N_("KMO"),
    "smallest MSA": N_("Smallest MSA of an item"),
    "Bartlett chi-square": N_("Bartlett's χ²"),
    "Bartlett p": N_("Bartlett's p"),
    "determinant": N_("Determinant"),
    "rows": N_("Respondents"),
}
#: Parts of a reading, the longer before the shorter.
_WORDS = (
    N_("not shown to correlate"),
    N_("unacceptable"),
    N_("rows an item"),
    N_("meritorious"),
    N_("correlated"),
    N_("miserable"),
    N_("marvelous"),
    N_("mediocre"),
    N_("middling"),
    N_("smoothed"),
    N_("df"),
)
_STAGES = {"before": N_("before"), "after": N_("after")}


def _reading(text: str, display: Display) -> str:
    for part in _WORDS:
        text = text.replace(part, display(part))
    return display.decimals(text)


def adequacy_table(found: Adequacy, *, display: Display = ENGLISH) -> Table:
    """KMO, smallest MSA, Bartlett's test, determinant and respondents an item.

    Parameters
    ----------
    found : Adequacy
        From :func:`plsem.efa.solution.adequacy`.
    display : Display
        Language, decimal sign and notice.
    """
    frame = found.table()
    shown = []
    for measure, value in zip(frame["measure"], frame["value"], strict=True):
        if measure == "Bartlett p":
            shown.append(display.p(value))
        elif measure == "determinant":
            shown.append(display.decimals(f"{value:.1e}"))
        elif measure == "rows":
            shown.append(display.count(value))
        else:
            shown.append(display.number(value, digits=1 if measure.startswith("Bartlett") else 3))
    frame["value"] = shown
    frame["measure"] = [display(_ADEQUACY[m]) for m in frame["measure"]]
    frame["reading"] = [_reading(r, display) for r in frame["reading"]]
    return frame_table(
        frame,
        title=display("Can the items be factored?"),
        headings={"measure": display("Measure"), "value": display("Value"), "reading": display("Reading")},
        note=display("Words for KMO and MSA: Kaiser (1974)."),
        display=display,
    )


def factor_number_table(criteria: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Show what each criterion says of the number of factors.

    Parameters
    ----------
    criteria : DataFrame
        Columns criterion, n_factors, source, from :func:`plsem.efa.solution.number_of_factors`.
    display : Display
        Language, decimal sign and notice.
    """
    frame = criteria.copy()
    frame["criterion"] = [display(c) for c in frame["criterion"]]
    quantile = "95th percentile"
    frame["source"] = [display(s.replace(quantile, display(quantile))) for s in frame["source"]]
    return frame_table(
        frame,
        title=display("How many factors?"),
        headings={
            "criterion": display("Criterion"),
            "n_factors": display("Factors"),
            "source": display("Source"),
        },
        kinds={"n_factors": "count"},
        display=display,
    )


def scale_reliability_table(study: Study, reliability: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Alpha and omega of each scale before and after pruning.

    Parameters
    ----------
    study : Study
    reliability : DataFrame
        Columns construct, stage ("before" or "after"), n_items, cronbach_alpha, standardized_alpha, mcdonald_omega,
        mean_correlation, as in :class:`plsem.efa.pruning.PruningResult`.
    display : Display
        Language, decimal sign and notice.
    """
    reflective = [n for n in study.construct_names if study.get(n).mode == "A"]
    reliability = reliability[reliability["construct"].isin(reflective) & (reliability["n_items"] > 1)]
    order = {name: position for position, name in enumerate(study.construct_names)}
    frame = reliability.sort_values(
        "construct", key=lambda names: names.map(order), kind="stable"
    ).reset_index(drop=True)
    frame["construct"] = [study.label(c, display.language) for c in frame["construct"]]
    frame["stage"] = [display(_STAGES[s]) for s in frame["stage"]]
    return frame_table(
        frame,
        title=display("The scales before and after pruning"),
        headings={
            "construct": display("Construct"),
            "stage": display("Pruning"),
            "n_items": display("Items"),
            "cronbach_alpha": display("Alpha"),
            "standardized_alpha": display("Standardised alpha"),
            "mcdonald_omega": display("McDonald's omega"),
            "mean_correlation": display("Mean correlation"),
        },
        kinds={
            "n_items": "count",
            "cronbach_alpha": "unit",
            "standardized_alpha": "unit",
            "mcdonald_omega": "unit",
        },
        display=display,
    )


def sensitivity_table(sensitivity: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """How often each set of items is retained over settings, one row a scope, correlation and cross-loading gap.

    Parameters
    ----------
    sensitivity : DataFrame
        Columns scope, correlation, min_cross_loading_gap, n_retained, added, lost, same, from
        :func:`plsem.efa.pruning.sensitivity`.
    display : Display
        Language, decimal sign and notice.
    """
    keys = ["scope", "correlation", "min_cross_loading_gap"]
    rows = []
    for key, group in sensitivity.groupby(keys, sort=False, dropna=False):
        rows.append(
            {
                **dict(zip(keys, key, strict=True)),
                "settings": len(group),
                "same": float(group["same"].mean()),
                "fewest": int(group["n_retained"].min()),
                "most": int(group["n_retained"].max()),
                "lost": _often(group["lost"], len(group)),
                "added": _often(group["added"], len(group)),
            }
        )
    frame = pd.DataFrame(rows)
    scopes = {"per_construct": N_("per construct"), "joint": N_("joint")}
    matrices = {"pearson": "Pearson", "polychoric": N_("polychoric")}
    frame["scope"] = [display(scopes[s]) for s in frame["scope"]]
    frame["correlation"] = [display(matrices[c]) for c in frame["correlation"]]
    return frame_table(
        frame,
        title=display("The retained set under other settings"),
        headings={
            "scope": display("Scope"),
            "correlation": display("Correlation"),
            "min_cross_loading_gap": display("Cross-loading gap"),
            "settings": display("Settings"),
            "same": display("Same set"),
            "fewest": display("Fewest items"),
            "most": display("Most items"),
            "lost": display("Lost"),
            "added": display("Added"),
        },
        kinds={"settings": "count", "same": "percent", "fewest": "count", "most": "count"},
        note=display(
            "Each row covers every least loading, extraction and rotation tried. In brackets: in how "
            "many of them. — : no rule on cross-loadings. Same set: share of the settings that retain "
            "exactly the items retained above."
        ),
        display=display,
    )


def _often(sets: pd.Series, total: int) -> str:
    """Count how often each item stands in sets of items written with spaces: ``"RC2 (12), RC4 (3)"``."""
    counts = Counter(item for text in sets.fillna("") for item in str(text).split())
    return ", ".join(item if n == total else f"{item} ({n})" for item, n in counts.most_common())


def scaling_table(study: Study, scaling: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Each retained item's correlation with its own scale's other items and with the closest other scale.

    Parameters
    ----------
    study : Study
    scaling : DataFrame
        Columns construct, item, item_rest, other_construct, other_correlation, gap, from
        :func:`plsem.efa.items.scaling_success`.
    display : Display
        Language, decimal sign and notice.
    """
    columns = ["item", "construct", "item_rest", "other_construct", "other_correlation", "gap"]
    reflective = [n for n in study.construct_names if study.get(n).mode == "A"]
    judged = scaling[scaling["construct"].isin(reflective) & scaling["gap"].notna()]
    frame = judged[columns].reset_index(drop=True)
    marks = {(row, "gap"): GOOD if gap > 0 else BAD for row, gap in enumerate(frame["gap"])}
    made = frame_table(
        frame,
        title=display("Does each item go with its own construct?"),
        headings={
            "item": display("Item"),
            "construct": display("Construct"),
            "item_rest": display("With its own other items"),
            "other_construct": display("Closest other construct"),
            "other_correlation": display("With that construct"),
            "gap": display("Difference"),
        },
        kinds={"item_rest": "unit", "other_correlation": "unit", "gap": "unit"},
        note=display(
            "Correlations with summed scores (multitrait scaling, Hays and Hayashi 1990). ✗: the item "
            "goes more with another construct."
        ),
        display=display,
    )
    return made.with_text(marks={**made.marks, **marks})
