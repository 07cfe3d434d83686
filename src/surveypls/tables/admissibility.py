"""The checks of an estimate as a table: what holds, what does not, and what to do."""

from __future__ import annotations

from plsem import admissibility
from plsem.solution import Estimate
from plsem.thresholds import BAD, BORDERLINE, GOOD
from surveypls.tables.process import frame_table
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

_MARKS = {"passed": GOOD, "caution": BORDERLINE, "failed": BAD}


def admissibility_table(estimate: Estimate, *, display: Display = ENGLISH) -> Table:
    """List every check of an estimate with its outcome and, where it did not pass, what to do.

    Parameters
    ----------
    estimate : Estimate
        Of a single matrix.
    display : Display
        Language, decimal sign and notice.
    """
    found = admissibility.report(estimate)
    limit = display.number(admissibility.vif_limit(), digits=0)
    found["text"] = [display(admissibility.CHECKS[check][1]).format(limit=limit) for check in found["check"]]
    found["advice"] = [display(advice) for advice in found["advice"]]
    frame = found[["text", "status", "found", "advice"]].reset_index(drop=True)
    frame["status"] = [_MARKS[s] for s in frame["status"]]
    return frame_table(
        frame,
        title=display("Can the estimate be interpreted?"),
        headings={
            "text": display("Check"),
            "status": display("Outcome"),
            "found": display("Found"),
            "advice": display("What to do"),
        },
        note=display("✓ passed, ~ interpret with the care named, ✗ not admissible."),
        display=display,
    )
