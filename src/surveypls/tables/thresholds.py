"""The table of thresholds for display, and the legend of its marks.

The thresholds themselves stand in :mod:`plsem.thresholds`, which the audit reads, too.
"""

from __future__ import annotations

import pandas as pd

from plsem.thresholds import BAD, BORDERLINE, GOOD, MARKS, THRESHOLDS, Direction, Threshold, judge, threshold
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Column, Table

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


def legend(display: Display = ENGLISH) -> str:
    """Return the sentence that explains the marks under a table."""
    return display("✓ meets the threshold, ~ borderline, ✗ does not.")


def threshold_table(display: Display = ENGLISH) -> Table:
    """Return the thresholds as a table: statistic, acceptable, borderline, source, note."""
    rows = []
    for t in THRESHOLDS.values():
        rows.append(
            {
                "statistic": t.statistic,
                "label": display(t.label),
                "acceptable": _bound(t, display),
                "borderline": _middle(t, display),
                "sizes": "; ".join(f"{display(name)} ≥ {_figure(bound, display)}" for bound, name in t.sizes),
                "source": display(t.source),
                "note": display(t.note),
            }
        )
    headings = {
        "statistic": display("Name in files"),
        "label": display("Statistic"),
        "acceptable": display("Acceptable ✓"),
        "borderline": display("Borderline ~"),
        "sizes": display("Named sizes"),
        "source": display("Source"),
        "note": display("Note"),
    }
    order = ("label", "acceptable", "borderline", "sizes", "source", "note", "statistic")
    columns = tuple(Column(k, headings[k], "text") for k in order)
    title = display("Thresholds and their sources")
    return Table(pd.DataFrame(rows), columns, title=title, note=legend(display), display=display)


def _figure(value: float, display: Display) -> str:
    text = f"{value:.3f}"
    text = text[:-1] if text.endswith("0") else text
    return display.decimals(text)


def _bound(t: Threshold, display: Display) -> str:
    return f"{_SIGNS[t.direction]} {_figure(t.acceptable, display)}"


def _middle(t: Threshold, display: Display) -> str:
    parts = []
    if t.borderline is not None:
        low, high = sorted((t.borderline, t.acceptable))
        parts.append(f"{_figure(low, display)}–{_figure(high, display)}")
    if t.too_high is not None:
        parts.append(f"> {_figure(t.too_high, display)}")
    return "; ".join(parts)
