"""The table of thresholds for display, and the legend of its marks.

The thresholds themselves stand in :mod:`plsem.thresholds`, which the audit reads, too.
"""

from __future__ import annotations

import pandas as pd

from plsem.thresholds import (
    BAD,
    BORDERLINE,
    GOOD,
    MARKS,
    THRESHOLDS,
    Direction,
    Threshold,
    judge,
    threshold,
)
from surveypls.study.definition import Text
from tabletext.catalogue import translate
from tabletext.language import Language
from tabletext.tabular import Column, Table
from tabletext.words import decimals_in

__all__ = [
    "BAD",
    "BORDERLINE",
    "GOOD",
    "MARKS",
    "THRESHOLDS",
    "Direction",
    "Threshold",
    "judge",
    "legend",
    "threshold",
    "threshold_table",
]

_SIGNS = {"at least": "≥", "above": ">", "below": "<", "at most": "≤"}


def _t(en: str, es: str) -> Text:
    return Text(en=en, es=es)


def legend(labels: Language = "en") -> str:
    """Return the sentence that explains the marks under a table."""
    if labels == "es":
        return "✓ cumple el umbral, ~ límite, ✗ no cumple."
    return "✓ meets the threshold, ~ borderline, ✗ does not."


def threshold_table(labels: Language = "en") -> Table:
    """Return the thresholds as a table: statistic, acceptable, borderline, source, note."""
    es = labels == "es"
    rows = []
    for t in THRESHOLDS.values():
        rows.append(
            {
                "statistic": t.statistic,
                "label": translate(t.label, labels),
                "acceptable": _bound(t, labels),
                "borderline": _middle(t, labels),
                "sizes": "; ".join(
                    f"{translate(name, labels)} ≥ {_figure(bound, labels)}" for bound, name in t.sizes
                ),
                "source": translate(t.source, labels),
                "note": decimals_in(translate(t.note, labels), labels),
            }
        )
    headings = {
        "statistic": _t("Name in files", "Nombre en archivos"),
        "label": _t("Statistic", "Estadístico"),
        "acceptable": _t("Acceptable ✓", "Aceptable ✓"),
        "borderline": _t("Borderline ~", "Límite ~"),
        "sizes": _t("Named sizes", "Tamaños"),
        "source": _t("Source", "Fuente"),
        "note": _t("Note", "Nota"),
    }
    order = ("label", "acceptable", "borderline", "sizes", "source", "note", "statistic")
    columns = tuple(Column(k, headings[k](labels), "text") for k in order)
    title = "Umbrales y sus fuentes" if es else "Thresholds and their sources"
    return Table(pd.DataFrame(rows), columns, title=title, note=legend(labels), labels=labels)


def _figure(value: float, labels: Language) -> str:
    text = f"{value:.3f}"
    text = text[:-1] if text.endswith("0") else text
    return decimals_in(text, labels)


def _bound(t: Threshold, labels: Language) -> str:
    return f"{_SIGNS[t.direction]} {_figure(t.acceptable, labels)}"


def _middle(t: Threshold, labels: Language) -> str:
    parts = []
    if t.borderline is not None:
        low, high = sorted((t.borderline, t.acceptable))
        parts.append(f"{_figure(low, labels)}–{_figure(high, labels)}")
    if t.too_high is not None:
        parts.append(f"> {_figure(t.too_high, labels)}")
    return "; ".join(parts)
