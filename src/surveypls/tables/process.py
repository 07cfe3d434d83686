"""Tables of the road to the model: screening, answers item by item, pruning.

Each takes a table that another room made, puts it into words in English or Spanish, and keeps its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from plsem.model_fit import VARIANTS
from surveypls.study.definition import Study
from surveypls.survey import log as cleaning_log
from surveypls.tables.build import Builder, join, marked_text, need_columns, phrase, plain, reversed_note
from surveypls.tables.words import construct_label, say, variant_words
from tabletext.language import Language
from tabletext.tabular import Column, Kind, Table, from_frame
from tabletext.words import decimals_in, has_word, words

Bilingual = str | Mapping[str, str]


def _in(text: Bilingual, labels: Language) -> str:
    return text if isinstance(text, str) else text[labels]


def frame_table(
    frame: pd.DataFrame,
    *,
    title: Bilingual,
    headings: Mapping[str, Bilingual] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    decimals: Mapping[str, int] | None = None,
    note: Bilingual = "",
    number: str = "",
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
    """Make a table of any DataFrame, with headings in both languages.

    Parameters
    ----------
    frame : DataFrame
    title, note : str or {"en": …, "es": …}
    headings : mapping of column to str or {"en": …, "es": …}
        Columns without one take the shared word of that name where there is one, else the name itself.
    kinds : mapping of column to kind, optional
        See :class:`tabletext.tabular.Column`; by default the column's type tells.
    decimals : mapping of column to int
        Where the kind's own are not right.
    number, labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    frame = frame.copy()
    for c in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[c]) or pd.api.types.is_bool_dtype(frame[c]):
            frame[c] = pd.Series([_worded(v, labels) for v in frame[c]], index=frame.index, dtype=object)
    named = {str(c): words(str(c), labels) for c in frame.columns if has_word(str(c))}
    named |= {k: _in(v, labels) for k, v in (headings or {}).items()}
    made = from_frame(
        frame, headings=named, kinds=kinds, title=_in(title, labels), number=number,
        note=_in(note, labels), notice=notice or "", labels=labels,
    )  # fmt: skip
    places = decimals or {}
    return made.with_text(
        columns=tuple(replace(c, decimals=places.get(c.key, c.decimals)) for c in made.columns)
    )


def _worded(value: Any, labels: Language) -> Any:
    """Return yes or no for a truth value, and the word for a name that has one."""
    if isinstance(value, (bool, np.bool_)):
        return words("yes" if value else "no", labels)
    if isinstance(value, str):
        if value in VARIANTS:
            return variant_words(value, labels)
        return words(value, labels) if has_word(value) else value
    return value


def cleaning_table(flow: pd.DataFrame, *, labels: Language = "en", notice: str | None = None) -> Table:
    """Screening step by step: rows in, dropped, reported, kept.

    Parameters
    ----------
    flow : DataFrame
        Columns rule, parameter, rows_in, dropped, flagged, rows_kept, reference, as
        :func:`surveypls.survey.screening.clean` returns them.
    labels : {"en", "es"}
    notice : str, optional
        The synthetic-data notice.
    """
    need_columns(flow, ("rule", "rows_in", "dropped", "rows_kept"), "screening flow")
    b = Builder(labels)
    b.text("step", say("s.step", labels))
    b.text("parameter", say("s.parameter", labels))
    for key in ("rows_in", "dropped", "flagged", "rows_kept"):
        if key in flow:
            b.columns.append(Column(key, say(f"s.{key}", labels), "count"))
    b.text("reference", say("s.reference", labels))
    for _, row in flow.iterrows():
        names = cleaning_log.RULES.get(str(row["rule"]))
        step = names[labels == "es"] if names else str(row.get("label", row["rule"]))
        b.add(
            step=step[:1].upper() + step[1:],
            parameter=decimals_in(plain(row.get("parameter")), labels),
            reference=plain(row.get("reference")).replace(" & ", " y " if labels == "es" else " & "),
            **{k: row[k] for k in ("rows_in", "dropped", "flagged", "rows_kept") if k in flow},
        )
    return b.table(title=say("s.title", labels), note=say("s.note", labels), notice=notice)


def item_statistics_table(
    study: Study,
    statistics: pd.DataFrame,
    codebook: pd.DataFrame | None = None,
    *,
    labels: Language = "en",
    notice: str | None = None,
) -> Table:
    """Answers item by item: n, missing, mean, SD, skew, kurtosis, shares at the ends of the scale.

    Parameters
    ----------
    study : Study
    statistics : DataFrame
        Column item and any of n, missing, mean, sd, median, skew, kurtosis, floor, ceiling, and more.
    codebook : DataFrame, optional
        Adds the items' texts.
    labels, notice
        See :func:`cleaning_table`.
    """
    need_columns(statistics, ("item",), "item statistics")
    kinds: dict[str, Kind] = {"n": "count", "missing": "count", "floor": "percent", "ceiling": "percent"}
    b = Builder(labels)
    b.text("construct", say("construct", labels))
    b.text("item", say("item", labels))
    if codebook is not None:
        b.text("text", say("indicators", labels))
    keys = [
        c
        for c in ("n", "missing", "mean", "sd", "median", "skew", "kurtosis", "floor", "ceiling")
        if c in statistics
    ]
    for key in keys:
        b.columns.append(
            Column(key, say(f"i.{key}", labels), kinds.get(key, "number"), decimals=_decimals(key))
        )
    for _, row in statistics.iterrows():
        item = str(row["item"])
        owner = study.construct_of(item) if item in study.items else ""
        b.add(
            construct=construct_label(study, owner, labels) if owner else "",
            item=item,
            text=marked_text(study, codebook, item, labels),
            **{k: row[k] for k in keys},
        )
    return b.table(
        title=say("i.title", labels),
        note=join(say("i.note", labels), reversed_note(b, "text")),
        notice=notice,
        repeats=("construct",),
    )


def _decimals(key: str) -> int | None:
    return 2 if key in ("mean", "sd", "median", "skew", "kurtosis") else None


def pruning_table(
    study: Study, trace: pd.DataFrame, *, labels: Language = "en", notice: str | None = None
) -> Table:
    """Every item dropped, in order: the rule, the statistic's value and the rule's limit.

    Parameters
    ----------
    study : Study
    trace : DataFrame
        Columns round, item, construct, action, rule, statistic, value, threshold, n_items_after,
        alpha_after, reference, as :func:`plsem.efa.pruning.prune` returns them.
    labels, notice
        See :func:`cleaning_table`.
    """
    need_columns(
        trace, ("round", "item", "construct", "action", "rule", "value", "threshold"), "pruning trace"
    )
    b = Builder(labels)
    b.columns.append(Column("round", say("pr.round", labels), "count"))
    b.text("item", say("item", labels))
    b.text("construct", say("construct", labels))
    b.text("action", say("pr.action", labels))
    b.text("rule", say("pr.rule", labels))
    b.columns.append(Column("value", say("r.value", labels), "number"))
    b.columns.append(Column("threshold", say("pr.limit", labels), "number", decimals=2))
    for key in ("n_items_after", "alpha_after"):
        if key in trace:
            b.columns.append(
                Column(key, say(f"pr.{key}", labels), "count" if key.startswith("n_") else "unit")
            )
    b.text("reference", say("s.reference", labels))
    for _, row in trace.iterrows():
        b.add(
            **{k: row[k] for k in ("round", "item", "value", "threshold")},
            **{k: row[k] for k in ("n_items_after", "alpha_after") if k in trace},
            construct=plain(row["construct"]),
            action=phrase("pr", plain(row["action"]), labels),
            rule=phrase("pr", plain(row["rule"]), labels),
            reference=plain(row.get("reference")),
        )
    kept = "kept" in set(trace["action"])
    note = join(say("pr.note", labels, items=len(study.items)), say("pr.kept.note", labels) if kept else "")
    return b.table(title=say("pr.title.kept" if kept else "pr.title", labels), note=note, notice=notice)
