"""The checks of an estimate as a table: what holds, what does not, and what to do."""

from __future__ import annotations

from plsem import admissibility
from plsem.estimator import Estimate
from surveypls.tables import thresholds
from surveypls.tables.process import frame_table
from tabletext.catalogue import translate
from tabletext.language import Language
from tabletext.tabular import Table
from tabletext.words import number

_MARKS = {"passed": thresholds.GOOD, "caution": thresholds.BORDERLINE, "failed": thresholds.BAD}


def admissibility_table(estimate: Estimate, *, labels: Language = "en", notice: str | None = None) -> Table:
    """List every check of an estimate with its outcome and, where it did not pass, what to do.

    Parameters
    ----------
    estimate : Estimate
        Of a single matrix.
    labels, notice
        See :class:`tabletext.tabular.Table`.
    """
    found = admissibility.report(estimate)
    limit = number(admissibility.vif_limit(), labels, digits=0)
    found["text"] = [
        translate(admissibility.CHECKS[check][1], labels).format(limit=limit) for check in found["check"]
    ]
    found["advice"] = [translate(advice, labels) for advice in found["advice"]]
    frame = found[["text", "status", "found", "advice"]].reset_index(drop=True)
    frame["status"] = [_MARKS[s] for s in frame["status"]]
    return frame_table(
        frame,
        title={"en": "Can the estimate be interpreted?", "es": "¿Se puede interpretar la estimación?"},
        headings={
            "text": {"en": "Check", "es": "Comprobación"},
            "status": {"en": "Outcome", "es": "Resultado"},
            "found": {"en": "Found", "es": "Hallado"},
            "advice": {"en": "What to do", "es": "Qué hacer"},
        },
        note={
            "en": "✓ passed, ~ interpret with the care named, ✗ not admissible.",
            "es": "✓ se cumple, ~ interprétese con el cuidado indicado, ✗ no admisible.",
        },
        labels=labels,
        notice=notice,
    )
