"""The consistency audit of printed PLS-SEM tables: what they say about each other, whatever the data were.

It works on any article whose figures stand in the documented CSV: constructs, items and paths are read from
its rows.  One documented reading is chosen for each ambiguous column; every relation between printed cells is
then checked over their rounding boxes, alone and all together; blocks of two or three items are scanned
exhaustively for what no data can give; and the statements of the text are evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from plsem.model import Model
from tableaudit.against_answers import of_finding, printed_model
from tableaudit.block_checks import htmt_checks, reliability_checks
from tableaudit.checks import Check
from tableaudit.conventions import Solution, solve
from tableaudit.details import Detail
from tableaudit.effects import adjusted_relations, adjusted_sizes, effect_relations
from tableaudit.findings import Finding, collect
from tableaudit.identities import direct_checks
from tableaudit.inference import inference_checks, inference_relations
from tableaudit.measurement import measurement_relations
from tableaudit.printed import Published, PublishedError, load_published
from tableaudit.readings import Readings, choose, with_reliability
from tableaudit.relations import Relation, check_of
from tableaudit.rules import rule_checks
from tableaudit.statements import Statement, check_statements
from tableaudit.structure import structure_relations
from tableaudit.structure_checks import definite_check, two_valued_r2

__all__ = [
    "AuditReport",
    "Check",
    "Finding",
    "PublishedError",
    "Statement",
    "audit",
    "audit_file",
    "with_answers",
]

CHECK_COLUMNS = [
    *("check", "kind", "about", "cell", "printed", "allowed_lower", "allowed_upper", "verdict"),
    *("detail", "detail_es", "cells"),
]
CONTRADICTION = ("identity", "attainable")

#: Ends of an interval found by optimisation depend on the machine beyond these decimals.
_DECIMALS = 9
#: Failed checks that say nothing about data: a count, a decision, a figure copied wrongly.
_NOT_ABOUT_DATA = (
    "decision follows from p",
    "the same figure in two tables",
    "retained items = printed loadings",
    "p and the interval agree about zero",
    "the interval's width and the standard error",
)


@dataclass(frozen=True)
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
        What each ambiguous column is read as, first choice first (``composite_reliability``, ``estimator``, …).
    findings : tuple of Finding
        Gravest first; each failed check is in one of them.
    published : Published
    chosen : Readings
    solution : Solution or None
        What respondents' answers say of the figures, where they are at hand.
    """

    source: str
    n_cells: int
    checks: tuple[Check, ...]
    statements: tuple[Statement, ...]
    readings: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]
    published: Published = field(repr=False)
    chosen: Readings = field(repr=False)
    solution: Solution | None = field(default=None, repr=False)

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """Findings that no documented definition explains, nor answers: printed cells that cannot all be right."""
        return tuple(f for f in self.findings if f.contradiction and not self.is_refuted(f))

    def is_refuted(self, finding: Finding) -> bool:
        """Tell whether answers give all figures of a finding as they are printed."""
        told = of_finding(finding, self.solution) if self.solution is not None else None
        return told is not None and told[0] == "refuted"

    @cached_property
    def impossible(self) -> dict[str, str]:
        """Printed cell → why no data give it beside the others, as statistics are computed here.

        Unlike :attr:`contradictions` this holds for standardised alpha and p from t alone, so it has cells that
        another definition would make possible too.
        """
        reasons: dict[str, str] = {}
        for c in self.checks:
            if c.verdict != "fails" or c.kind not in CONTRADICTION or c.check in _NOT_ABOUT_DATA:
                continue
            owner = next((f for f in self.findings if f.cell and f.cell in (c.cell, *c.cells)), None)
            cell = owner.cell if owner is not None else c.cell
            if cell:
                reasons.setdefault(cell, f"{c.check}: {c.detail.en}")
        return reasons

    @property
    def exit_status(self) -> int:
        """3 where a finding is of grade decision or arithmetic or answers do not give a printed figure, else 0."""
        given = self.solution is None or self.solution.all_found
        return 0 if given and not self.contradictions else 3

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

    def __str__(self) -> str:
        """Write the report as plain text, gravest findings first."""
        from tableaudit.report import as_text

        return as_text(self)


def relations_of(published: Published) -> list[Relation]:
    """Return every relation between printed cells, under every reading."""
    families: tuple[Callable[[Published], Iterator[Relation]], ...] = (
        measurement_relations,
        structure_relations,
        effect_relations,
        adjusted_relations,
        inference_relations,
    )
    return [relation for family in families for relation in family(published)]


def audit(
    published: Published,
    *,
    significance: float | None = None,
    scan: bool = True,
    progress: Callable[[str], None] | None = None,
) -> AuditReport:
    """Check everything that the printed cells of an article say about each other.

    Parameters
    ----------
    published : Published
    significance : float, optional
        Level of the article's decisions; default 0.05, or what the file's meta rows say.
    scan : bool
        Also scan blocks of two or three items exhaustively (a second or two for each).
    progress : callable, optional
        Called with a construct's name before its scan.

    Returns
    -------
    AuditReport

    Raises
    ------
    PublishedError
        If a statement's expression cannot be evaluated.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> report = audit(published)
    >>> [(finding.grade, finding.check) for finding in report.findings]
    [('definition', 'R² = β² (one predictor)')]
    """
    level = significance if significance is not None else float(published.meta.get("significance", 0.05))
    relations = relations_of(published)
    chosen = choose(published, relations)
    read = chosen.values  # noqa: PD011 - a mapping
    checks = [*direct_checks(published, read), *_settled(relations, chosen)]
    for family in (definite_check, adjusted_sizes, two_valued_r2):
        checks += (c for c in family(published) if all(read.get(d, "printed") == o for d, o in c.when))
    tails = 1 if read["p_value"] == "one-sided" else 2
    checks += inference_checks(published, significance=level, tails=tails)
    failed = {i for c in checks if c.verdict == "fails" and c.kind == "identity" for i in (c.cell, *c.cells)}
    checks += reliability_checks(
        published,
        read,
        scan=scan,
        failed=failed,
        factor_open="estimator" in chosen.open_to,
        progress=progress,
    )
    wrong = {c.cell for c in checks if c.verdict == "fails" and c.kind == "attainable"}
    checks += htmt_checks(published, read, wrong)
    checks += rule_checks(published)
    chosen = with_reliability(chosen, checks)
    readings = chosen.compatible()
    if not published.select("composite_reliability"):
        readings.pop("composite_reliability", None)
    statements = check_statements(published, readings=readings)
    findings = collect(published, checks, relations, chosen, statements, significance=level)
    return AuditReport(
        published.source,
        len(published),
        tuple(checks),
        statements,
        readings,
        tuple(findings),
        published,
        chosen,
    )


def with_answers(
    report: AuditReport, data: pd.DataFrame, model: Model | None = None, *, resamples: int | None = None
) -> AuditReport:
    """Hold the printed figures of a report against respondents' answers too.

    Parameters
    ----------
    report : AuditReport
    data : DataFrame
        One row a respondent with the items among its columns, NaN where an answer is missing.
    model : Model, optional
        Without it, the one that the printed loadings and paths show.
    resamples : int, optional
        Behind printed standard errors, t and intervals.

    Returns
    -------
    AuditReport
        With its ``solution``; each finding is shown with what the answers say of it.

    Raises
    ------
    PublishedError
        If the printed tables show no whole model, or figures are about items or constructs that it does not have.
    DataError
        If the answers cannot be used.

    Examples
    --------
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.800"), ("1", "R2", "r_squared", "X", "Y", "0.540")]
    >>> report = audit(from_values(pd.DataFrame(rows, columns=columns), "example"))
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 4, 5.0], "y": [1, 3, 2, 5, 4.0]})
    >>> found = with_answers(report, answers, Model({"X": ["x"], "Y": ["y"]}, [("X", "Y")]))
    >>> found.solution.figures["verdict"].tolist()
    ['reproduced', 'nowhere']
    """
    model = printed_model(report.published) if model is None else model
    return replace(report, solution=solve(data, model, report.published, resamples=resamples))


def audit_file(
    path: Path | str,
    *,
    significance: float | None = None,
    scan: bool = True,
    data: pd.DataFrame | None = None,
    model: Model | None = None,
    resamples: int | None = None,
) -> AuditReport:
    r"""Audit the printed values in a CSV, or in a folder with ``published_values.csv``.

    Parameters
    ----------
    path : path
        The schema is documented in ``data/published/README.md``.
    significance : float, optional
        Level of the article's decisions.
    scan : bool
        As for :func:`audit`.
    data, model, resamples
        Respondents' answers, where they are at hand; as for :func:`with_answers`.

    Returns
    -------
    AuditReport
        ``print(report)`` shows it; ``report.exit_status`` is 0 or 3.

    Raises
    ------
    PublishedError
        If the file cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> text = "table,cell,statistic,row,column,printed\n1,x1,outer_loading,x1,X,0.90\n1,x2,outer_loading,x2,X,0.80\n"
    >>> text += "1,ave,ave,X,,0.50\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "article_values.csv"
    ...     _ = path.write_text(text)
    ...     audit_file(path).exit_status
    3
    """
    report = audit(load_published(path), significance=significance, scan=scan)
    return report if data is None else with_answers(report, data, model, resamples=resamples)


def _settled(relations: list[Relation], chosen: Readings) -> list[Check]:
    """Return the checks of the relations; a column that is read otherwise keeps its default's as ``reading``."""
    checks = []
    for relation in relations:
        if relation.holds_under(chosen.values):
            check = check_of(relation)
            if check.check == "composite reliability read as rho_C":
                check = replace(check, check="rho_C from the loadings")
            checks.append(check)
        elif relation.check == "composite reliability read as rho_C":
            checks.append(replace(check_of(relation), kind="reading", unless=(Detail("it is rho_A"),)))
    return checks
