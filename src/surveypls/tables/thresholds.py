"""The table of thresholds for display, and the legend of its marks.

The thresholds themselves stand in :mod:`plsem.thresholds`, which the audit reads, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from plsem.thresholds import THRESHOLDS, Threshold, threshold, threshold_of
from surveypls.study.definition import Study
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table, from_frame

_SIGNS = {"at least": "≥", "above": ">", "below": "<", "at most": "≤"}


def legend(display: Display = ENGLISH) -> str:
    """Return the sentence that explains the marks under a table."""
    return f"{display('✓ meets the threshold, ~ borderline, ✗ does not.')} {interval_note(display)}"


def interval_note(display: Display = ENGLISH) -> str:
    """Return the sentence that says what an interval has to do with a mark."""
    return display("~ also where a figure meets it and its interval reaches beyond.")


def outdated_note(display: Display = ENGLISH) -> str:
    """Return the sentence below criteria that are reported for comparison only."""
    return display(
        "Reported for comparison, without marks: SmartPLS's documentation calls this criterion outdated and recommends "
        "HTMT."
    )


def marks_note(statistic: str, display: Display = ENGLISH) -> str:
    """Return the sentence that says from where on a statistic gets which mark."""
    line = threshold(statistic)
    good = f"{display(line.direction)} {display.figure(line.acceptable)}"
    if line.borderline is None:
        return display("✓ {good}, ✗ otherwise.", good=good)
    return display(
        "✓ {good}, ~ as far as {limit}, ✗ beyond.", good=good, limit=display.figure(line.borderline)
    )


def bound(statistic: str, display: Display = ENGLISH) -> str:
    """Return what a value must reach, as in "≥ 0.708"."""
    return _bound(threshold(statistic), display)


def citation(statistic: str, display: Display = ENGLISH) -> str:
    """Return who set a threshold, as it is cited in brackets: "Cohen, 1988"."""
    first = display(threshold(statistic).source).partition(";")[0]
    return re.sub(r" \((\d{4})\)", r", \1", first)


def sizes_note(statistic: str, display: Display = ENGLISH) -> str:
    """Return the sentence that says from where on an effect has which named size."""
    line = threshold(statistic)
    sizes = [
        display("{size} from {bound}", size=display(name), bound=display.figure(least))
        for least, name in line.sizes
    ]
    return display(
        "Size of {statistic}: {sizes} ({source}).",
        statistic=display(line.label),
        sizes=", ".join(sizes),
        source=citation(statistic, display),
    )


def effect_size(source: str, f_squared: float, display: Display = ENGLISH) -> str:
    """Return the size of a path's f² in words, "large by Kenny" for that of a product; "" where it is missing."""
    line = threshold_of("f_squared", source)
    word = display(line.size(f_squared))
    return display("{size} by Kenny", size=word) if word and line.statistic != "f_squared" else word


def effect_sizes_note(study: Study, display: Display = ENGLISH) -> str:
    """Return the sentences on the sizes of f²: Cohen's, and Kenny's where the study has products."""
    names = ["f_squared", "f_squared_interaction"] if study.products else ["f_squared"]
    return " ".join(sizes_note(name, display) for name in names)


def threshold_table(judged: Collection[str], *, display: Display = ENGLISH) -> Table | None:
    """Return the thresholds of these names as a table: statistic, acceptable, borderline, source, note."""
    rows = []
    for t in (t for name, t in THRESHOLDS.items() if name in judged):
        rows.append(
            {
                "label": display(t.label),
                "acceptable": _bound(t, display),
                "borderline": _middle(t, display),
                "sizes": "; ".join(f"{display(name)} ≥ {display.figure(least)}" for least, name in t.sizes),
                "source": display(t.source),
                "note": display(t.note),
            }
        )
    headings = {
        "label": display("Statistic"),
        "acceptable": display("Acceptable ✓"),
        "borderline": display("Borderline ~"),
        "sizes": display("Named sizes"),
        "source": display("Source"),
        "note": display("Note"),
    }
    title = display("Thresholds and their sources")
    if not rows:
        return None
    return from_frame(
        pd.DataFrame(rows), headings=headings, title=title, note=legend(display), display=display
    )


def _bound(t: Threshold, display: Display) -> str:
    return f"{_SIGNS[t.direction]} {display.figure(t.acceptable)}"


def _middle(t: Threshold, display: Display) -> str:
    parts = []
    if t.borderline is not None:
        low, high = sorted((t.borderline, t.acceptable))
        parts.append(f"{display.figure(low)}–{display.figure(high)}")
    if t.too_high is not None:
        parts.append(f"> {display.figure(t.too_high)}")
    return "; ".join(parts)
