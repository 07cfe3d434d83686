"""The consistency audit of printed PLS-SEM tables: what they say about each other, whatever the data were.

It works on any article whose figures stand in the documented CSV: constructs, items and paths are read from
its rows.  Every identity between printed cells is checked over their rounding boxes, blocks of two or three
items are scanned exhaustively for what no data can give, and the statements of the text are evaluated.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tableaudit.block_scan import block_checks
from tableaudit.checks import Check
from tableaudit.identities import identity_checks
from tableaudit.inference import inference_checks
from tableaudit.printed import Published, PublishedError, load_published
from tableaudit.rules import rule_checks
from tableaudit.statements import Statement, check_statements

__all__ = ["AuditReport", "Check", "PublishedError", "Statement", "audit", "audit_file"]

CHECK_COLUMNS = [
    *(
        "check",
        "kind",
        "about",
        "cell",
        "printed",
        "allowed_lower",
        "allowed_upper",
        "verdict",
        "detail",
        "detail_es",
        "cells",
    )
]
CONTRADICTION = ("identity", "attainable")


#: Ends of an interval found by optimisation depend on the machine beyond these decimals.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the audit found.

    Parameters
    ----------
    source : str
        Name of the file of printed values.
    n_cells : int
    checks : tuple of Check
    statements : tuple of Statement
    readings : mapping of str to tuple of str
        What each ambiguous column is read as, first choice first (``composite_reliability``).
    """

    source: str
    n_cells: int
    checks: tuple[Check, ...]
    statements: tuple[Statement, ...]
    readings: Mapping[str, tuple[str, ...]]

    @property
    def contradictions(self) -> tuple[Check, ...]:
        """Failed identities and searches: printed cells that cannot all be right."""
        return tuple(c for c in self.checks if c.kind in CONTRADICTION and c.verdict == "fails")

    @property
    def impossible(self) -> dict[str, str]:
        """Printed cell → why no data give it beside the other printed cells (for ``published.compare``)."""
        reasons: dict[str, str] = {}
        for c in self.contradictions:
            if c.cell and c.check not in _NOT_ABOUT_DATA:
                reasons.setdefault(c.cell, f"{c.check}: {c.detail.en}")
        return reasons

    @property
    def exit_status(self) -> int:
        """0 where nothing is contradicted, 3 where a contradiction or a failed statement was found."""
        return 3 if self.contradictions or any(s.verdict == "fails" for s in self.statements) else 0

    def table(self, *, verdict: str | None = None, kind: str | None = None) -> pd.DataFrame:
        """Return the checks as a table.

        Parameters
        ----------
        verdict : {"holds", "fails", "cannot be told"}, optional
            Only these.
        kind : {"identity", "reading", "rule", "coincidence", "attainable"}, optional
            Only these.

        Returns
        -------
        DataFrame
            Columns check, kind, about, cell, printed, allowed_lower, allowed_upper (to 9 decimals), verdict,
            detail, detail_es, cells.
        """
        rows = [
            (
                c.check,
                c.kind,
                c.about,
                c.cell,
                c.printed,
                np.nan if c.allowed is None else round(c.allowed.lower, _DECIMALS),
                np.nan if c.allowed is None else round(c.allowed.upper, _DECIMALS),
                c.verdict,
                c.detail.en,
                c.detail.es,
                " ".join(c.cells),
            )
            for c in self.checks
            if verdict in (None, c.verdict) and kind in (None, c.kind)
        ]
        return pd.DataFrame(rows, columns=CHECK_COLUMNS)

    def summary(self) -> str:
        """Count the verdicts in one sentence."""
        groups = {
            "identities": [c.verdict for c in self.checks if c.kind in CONTRADICTION],
            "rules of the field": [c.verdict for c in self.checks if c.kind == "rule"],
            "statements": [s.verdict for s in self.statements],
        }
        parts = []
        for name, verdicts in groups.items():
            if verdicts:
                counts = (verdicts.count(v) for v in ("holds", "fails", "cannot be told"))
                holds, fails, unknown = counts
                parts.append(f"{len(verdicts)} {name}: {holds} hold, {fails} fail, {unknown} cannot be told")
        return f"{self.n_cells} printed cells. " + "; ".join(parts) + "."

    def __str__(self) -> str:
        """Write the report as plain text, failures first."""
        lines = [f"Audit of {self.source}", self.summary(), ""]
        reading = self.readings.get("composite_reliability")
        if reading:
            lines += [f"The composite reliability column is read as {reading[0]}.", ""]
        sections = (
            ("Printed figures that contradict each other", CONTRADICTION, "fails"),
            ("Identities that the printed figures do not decide", CONTRADICTION, "cannot be told"),
            ("Coincidences", ("coincidence",), "fails"),
            ("Rules of the field not met", ("rule",), "fails"),
            ("Rules of the field that the rounding leaves open", ("rule",), "cannot be told"),
        )
        for title, kinds, verdict in sections:
            found = [c for c in self.checks if c.kind in kinds and c.verdict == verdict]
            if found or (kinds == CONTRADICTION and verdict == "fails"):
                lines += _section(title, [_line(c) for c in found])
        for verdict, title in (("fails", "contradict"), ("cannot be told", "do not decide")):
            texts = [
                f"{s.id} ({s.where}): {s.text_en} [{s.found or 'no printed cell'}]"
                for s in self.statements
                if s.verdict == verdict
            ]
            if texts:
                lines += _section(f"Statements of the text that the tables {title}", texts)
        return "\n".join(lines).rstrip()


_NOT_ABOUT_DATA = (
    "decision follows from p",
    "the same figure in two tables",
    "retained items = printed loadings",
)


def audit(published: Published, *, significance: float = 0.05, scan: bool = True) -> AuditReport:
    """Check everything that the printed cells of an article say about each other.

    Parameters
    ----------
    published : Published
    significance : float
        Level of the article's decisions.
    scan : bool
        Also scan blocks of two or three items exhaustively (a few seconds).

    Returns
    -------
    AuditReport

    Raises
    ------
    PublishedError
        If a statement's expression cannot be evaluated.
    """
    checks = [*identity_checks(published), *inference_checks(published, significance=significance)]
    checks, readings = _settle_readings(checks)
    if scan:
        checks += block_checks(published, readings)
    checks += rule_checks(published)
    statements = check_statements(published, readings=readings)
    return AuditReport(published.source, len(published), tuple(checks), statements, readings)


def audit_file(path: Path | str, *, significance: float = 0.05) -> AuditReport:
    """Audit the printed values in a CSV, or in a folder with ``published_values.csv``.

    Parameters
    ----------
    path : path
        The schema is documented in ``data/published/README.md``.
    significance : float
        Level of the article's decisions.

    Returns
    -------
    AuditReport
        ``print(report)`` shows it; ``report.exit_status`` is 0 or 3.

    Raises
    ------
    PublishedError
        If the file cannot be used.
    """
    return audit(load_published(path), significance=significance)


def _settle_readings(checks: list[Check]) -> tuple[list[Check], dict[str, tuple[str, ...]]]:
    """Decide what the composite reliability column is: rho_C where most of it agrees, rho_A otherwise.

    Read as rho_C, the cells that do not agree are contradictions.
    """
    readings = [c for c in checks if c.kind == "reading"]
    if not readings:
        return checks, {}
    agree = sum(c.verdict == "holds" for c in readings)
    if 2 * agree <= len(readings):
        return checks, {"composite_reliability": ("rho_a", "rho_c")}
    settled = [
        replace(c, check="rho_C from the loadings", kind="identity") if c.kind == "reading" else c
        for c in checks
    ]
    return settled, {"composite_reliability": ("rho_c", "rho_a")}


def _line(c: Check) -> str:
    cell = f" [{c.cell} = {c.printed}]" if c.cell else ""
    return f"{c.about}: {c.check}{cell}: {c.detail.en}"


def _section(title: str, texts: list[str]) -> list[str]:
    lines = [title, "-" * len(title)]
    for text in texts or ["none"]:
        lines += textwrap.wrap(text, 100, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    return [*lines, ""]
