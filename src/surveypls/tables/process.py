"""Tables of the road to the model: screening, answers item by item, pruning.

Each takes a table that another room made, puts it into words in English or Spanish, and keeps its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from plsem.model_fit import VARIANTS
from surveypls.study.definition import Study
from surveypls.survey.log import rule_name
from surveypls.tables.build import (
    Builder,
    construct_label,
    join,
    marked_text,
    need_columns,
    phrase,
    plain,
    reversed_note,
    variant_words,
    yes_or_no,
)
from tabletext.catalogue import N_
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display, Texts
from tabletext.tabular import Column, Kind, Table, from_frame

_FLOW = N_({"rows_in": "Rows in", "dropped": "Dropped", "flagged": "Reported", "rows_kept": "Rows kept"})
_ANSWERS = N_(
    {"n": "n", "missing": "Missing", "mean": "Mean", "sd": "SD", "median": "Median", "skew": "Skew",
     "kurtosis": "Kurtosis", "floor": "Lowest", "ceiling": "Highest"}
)  # fmt: skip


def frame_table(
    frame: pd.DataFrame,
    *,
    title: Texts,
    headings: Mapping[str, Texts] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    decimals: Mapping[str, int] | None = None,
    note: Texts = "",
    number: str = "",
    display: Display = ENGLISH,
) -> Table:
    """Make a table of any DataFrame, with headings.

    Parameters
    ----------
    frame : DataFrame
    title, note : str
    headings : mapping of column to str
        Columns without one take the shared word of that name where there is one, else the name itself.
    kinds : mapping of column to kind, optional
        See :class:`tabletext.tabular.Column`; by default the column's type tells.
    decimals : mapping of column to int
        Where the kind's own are not right.
    number, display
        See :class:`tabletext.tabular.Table`.
    """
    frame = frame.copy()
    for c in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[c]) or pd.api.types.is_bool_dtype(frame[c]):
            frame[c] = pd.Series([_worded(v, display) for v in frame[c]], index=frame.index, dtype=object)
    named = {str(c): display(coded(str(c))) for c in frame.columns if str(c) in CODES}
    named |= {k: display.text(v) for k, v in (headings or {}).items()}
    made = from_frame(
        frame, headings=named, kinds=kinds, title=display.text(title), number=number,
        note=display.text(note), display=display,
    )  # fmt: skip
    places = decimals or {}
    return made.with_text(
        columns=tuple(replace(c, decimals=places.get(c.key, c.decimals)) for c in made.columns)
    )


def _worded(value: Any, display: Display) -> Any:
    """Return yes or no for a truth value, and the word for a name that has one."""
    if not isinstance(value, str):
        return yes_or_no(value, display)
    if value in VARIANTS:
        return variant_words(value, display)
    return display(coded(value)) if value in CODES else value


def cleaning_table(flow: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """Screening step by step: rows in, dropped, reported, kept.

    Parameters
    ----------
    flow : DataFrame
        Columns rule, parameter, rows_in, dropped, flagged, rows_kept, reference, as
        :func:`surveypls.survey.screening.clean` returns them.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(flow, ("rule", "rows_in", "dropped", "rows_kept"), "screening flow")
    b = Builder(display)
    b.text("step", display("Rule"))
    b.text("parameter", display("Setting"))
    counts = {key: heading for key, heading in _FLOW.items() if key in flow}
    b.columns += [Column(key, display(heading), "count") for key, heading in counts.items()]
    b.text("reference", display("Reference"))
    for _, row in flow.iterrows():
        step = rule_name(str(row["rule"]), display)
        b.add(
            row,
            step=step[:1].upper() + step[1:],
            parameter=display.decimals(plain(row.get("parameter"))),
            reference=plain(row.get("reference")).replace("&", display("and")),
        )
    return b.table(
        title=display("Screening of the responses"),
        note=display("Rules in the order applied; a response is dropped by the first rule that it breaks."),
    )


def item_statistics_table(
    study: Study,
    statistics: pd.DataFrame,
    codebook: pd.DataFrame | None = None,
    *,
    display: Display = ENGLISH,
) -> Table:
    """Answers item by item: n, missing, mean, SD, skew, kurtosis, shares at the ends of the scale.

    Parameters
    ----------
    study : Study
    statistics : DataFrame
        Column item and any of n, missing, mean, sd, median, skew, kurtosis, floor, ceiling, and more.
    codebook : DataFrame, optional
        Adds the items' texts.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(statistics, ("item",), "item statistics")
    kinds: dict[str, Kind] = {"n": "count", "missing": "count", "floor": "percent", "ceiling": "percent"}
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("item", display("Item"))
    if codebook is not None:
        b.text("text", display("Indicators"))
    keys = [key for key in _ANSWERS if key in statistics]
    for key in keys:
        b.columns.append(
            Column(key, display(_ANSWERS[key]), kinds.get(key, "number"), decimals=_decimals(key))
        )
    for _, row in statistics.iterrows():
        item = str(row["item"])
        owner = study.construct_of(item) if item in study.items else ""
        b.add(
            row,
            construct=construct_label(study, owner, display) if owner else "",
            item=item,
            text=marked_text(study, codebook, item, display),
        )
    return b.table(
        title=display("Answers, item by item"),
        note=join(
            display(
                "Skew and excess kurtosis with small-sample correction. Lowest, Highest: share of answers at "
                "either end of the scale."
            ),
            reversed_note(b, "text"),
        ),
        repeats=("construct",),
    )


def _decimals(key: str) -> int | None:
    return 2 if key in ("mean", "sd", "median", "skew", "kurtosis") else None


def pruning_table(study: Study, trace: pd.DataFrame, *, display: Display = ENGLISH) -> Table | None:
    """Every item dropped, in order: the rule, the statistic's value and the rule's limit; None where no item broke one.

    Parameters
    ----------
    study : Study
    trace : DataFrame
        Columns round, item, construct, action, rule, statistic, value, threshold, n_items_after,
        alpha_after, reference, as :func:`plsem.efa.pruning.prune` returns them.
    display : Display
        Language, decimal sign and notice.
    """
    need_columns(
        trace, ("round", "item", "construct", "action", "rule", "value", "threshold"), "pruning trace"
    )
    if trace.empty:
        return None
    b = Builder(display)
    b.column("round", display("Round"), "count")
    b.text("item", display("Item"))
    b.text("construct", display("Construct"))
    b.text("action", display("Action"))
    b.text("rule", display("Rule"))
    b.column("value", display("Value"))
    b.column("threshold", display("Limit"), "number", decimals=2)
    if "n_items_after" in trace:
        b.column("n_items_after", display("Items left"), "count")
    if "alpha_after" in trace:
        b.column("alpha_after", display("Alpha after"), "unit")
    b.text("reference", display("Reference"))
    for _, row in trace.iterrows():
        b.add(
            row,
            construct=plain(row["construct"]),
            action=phrase("pr", plain(row["action"]), display),
            rule=phrase("pr", plain(row["rule"]), display),
            reference=plain(row.get("reference")),
        )
    kept = "kept" in set(trace["action"])
    note = join(
        display(
            "One item is dropped in each round and the factors are extracted anew; {items} candidate "
            "items. α: of the raw answers.",
            items=sum(map(len, study.blocks().values())),
        ),
        display("Kept: the item breaks the rule, and its construct is at its smallest number of items.")
        if kept
        else "",
    )
    return b.table(
        title=display(
            "Items that break a rule of the factor analysis"
            if kept
            else "Items dropped by the factor analysis"
        ),
        note=note,
    )
