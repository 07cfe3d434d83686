"""Findings: what the failed checks come to, each said once, graded, and with the figure that would settle it first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plsem.quantities import COUNTS
from tableaudit.boxes import Interval
from tableaudit.checks import Check, Grade
from tableaudit.details import Detail, Said, Word, listed, say, show
from tableaudit.inference import t_of_p
from tableaudit.joint import Component, Conflict, components, conflicts, solve
from tableaudit.printed import Cell, Published
from tableaudit.readings import Reading, Readings, name_of
from tableaudit.relations import Relation, active
from tableaudit.slips import plausibility, suggestion
from tableaudit.statements import Statement

__all__ = ["Finding"]

GRADES: tuple[Grade, ...] = ("decision", "arithmetic", "definition", "coincidence", "rule")
GRADE_NAMES: Mapping[str, str] = {
    "decision": "changes a decision",
    "arithmetic": "arithmetic",
    "definition": "could be another definition",
    "coincidence": "worth a question",
    "rule": "rule of the field",
}


#: Checks whose findings are not about figures that disagree: of a statement, of how a column is read.
OF_TEXT, OF_COLUMN = "the text and the tables", "one reading for the whole column"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Parameters
    ----------
    grade : {"decision", "arithmetic", "definition", "coincidence", "rule"}
        Contradictions are the first two; ``definition`` would be none under a documented convention.
    check : str
        The check that says it most plainly.
    about : str
        Construct, path or item.
    cells : tuple of str
        The printed cells; first the one whose change would settle it most simply.
    text : Detail
        One sentence.
    allowed : Interval or None
        What the other figures allow the first cell to be.
    calculations : tuple of Detail
        How to redo it on paper.
    unless : tuple of Detail
        Definitions under which it would be none.
    suggestion : str
        What the first cell could be, at its printed decimals; "" where unknown.
    others : tuple of (str, str)
        Other cells, each of which alone would settle it too, and what they could be.
    cell : str
        The cell that is named first; "" where the finding is about none in particular.
    printed : tuple of str
        What is printed in the cells.
    """

    grade: Grade
    check: str
    about: str
    cells: tuple[str, ...]
    text: Detail
    allowed: Interval | None = None
    calculations: tuple[Detail, ...] = ()
    unless: tuple[Detail, ...] = ()
    suggestion: str = ""
    others: tuple[tuple[str, str], ...] = ()
    cell: str = ""
    printed: tuple[str, ...] = ()

    @property
    def contradiction(self) -> bool:
        """Whether printed figures cannot all be right under any documented definition."""
        return self.grade in ("decision", "arithmetic")


def collect(
    published: Published,
    checks: Sequence[Check],
    relations: Sequence[Relation],
    readings: Readings,
    statements: Sequence[Statement],
    *,
    significance: float,
) -> list[Finding]:
    """Turn failed checks and conflicts among the relations into findings.

    Parameters
    ----------
    published : Published
    checks : sequence of Check
        All of them.
    relations : sequence of Relation
        Under every reading.
    readings : Readings
    statements : sequence of Statement
    significance : float

    Returns
    -------
    list of Finding
        Gravest first.
    """
    collector = _Collector(published, checks, readings, significance)
    derived = {c.cell for c in collector.failed if c.kind == "identity"}

    def score(cell: Cell, could_be: Interval) -> float:
        # between equals, the figure that is computed from the others
        return plausibility(cell, could_be) * (1.5 if cell.id in derived else 1.0)

    for component in joined(relations, readings.values):
        found = conflicts(component, score)
        named = [next(iter(c.repairs)) for c in found]
        for conflict in found:
            others = [n for n in named if n != next(iter(conflict.repairs))]
            collector.conflict(conflict, collector.explained(relations, conflict, others))
    collector.rest()
    collector.readings_found()
    collector.statements(statements)
    return collector.sorted()


def joined(relations: Sequence[Relation], values: Mapping[str, str]) -> list[Component]:
    """Return the components of the relations that hold under the readings and can be solved together."""
    held = active(relations, values)
    return components([r for r in held if r.joint and r.kind == "identity" and r.inputs])


class _Collector:
    def __init__(
        self, published: Published, checks: Sequence[Check], readings: Readings, significance: float
    ) -> None:
        self.published = published
        self.readings = readings
        self.significance = significance
        kinds = ("identity", "attainable", "coincidence", "rule")
        self.failed = [c for c in checks if c.verdict == "fails" and c.kind in kinds]
        self.used: set[int] = set()
        self.found: list[Finding] = []

    def explained(
        self, relations: Sequence[Relation], conflict: Conflict, others: Sequence[str]
    ) -> tuple[Detail, ...]:
        """Return the open readings under which the figures of a conflict are consistent."""
        found = []
        named = next(iter(conflict.repairs))
        for dimension, options in self.readings.open_to.items():
            for option in options:
                values = {**self.readings.values, dimension: option}
                if not any(dimension in dict(r.when) for r in conflict.component.relations):
                    continue
                held = [
                    c
                    for c in joined(relations, values)
                    if set(conflict.cells) & set(c.index) and named in c.index
                ]
                if all(solve(c, free=[n for n in others if n in c.index]).consistent for c in held):
                    found.append(name_of(dimension, option))
        return tuple(found)

    def conflict(self, conflict: Conflict, unless: tuple[Detail, ...]) -> None:
        """Make a finding of a conflict among relations."""
        named = next(iter(conflict.repairs), "")
        if not named:
            return
        cell = self.published[named]
        mine = self._failed_with(named)
        if not mine:
            blamed = set(conflict.cells)
            mine = [c for c in self.failed if ({c.cell, *c.cells} & blamed) and c.kind == "identity"]
        calculations = (
            tuple(c.detail for c in mine[:6])
            or tuple(r.calculation() for r in conflict.relations if any(c.id == named for c in r.cells))[:4]
        )
        could_be = conflict.repairs[named]
        hint = suggestion(cell, could_be)
        others = tuple(
            (name, suggestion(self.published[name], interval))
            for name, interval in list(conflict.repairs.items())[1:5]
        )
        cells = tuple(
            dict.fromkeys((named, *conflict.cells, *(i for c in mine for i in (c.cell, *c.cells) if i)))
        )
        check = (
            mine[0].check if mine else next((r.check for r in conflict.relations if r.target.id == named), "")
        )
        if not check and conflict.relations:
            check = conflict.relations[0].check
        about = mine[0].about if mine else (conflict.relations[0].about if conflict.relations else cell.row)
        grade = self._grade(cell, could_be, unless)
        self._add(
            Finding(
                grade,
                check,
                about,
                cells,
                self._sentence(cell, could_be, hint, bool(mine), conflict.excess),
                could_be,
                calculations,
                unless,
                hint,
                others,
                named,
            ),
            mine,
        )

    def rest(self) -> None:
        """Make findings of the failed checks that no conflict has taken up."""
        named = {f.cell for f in self.found if f.cell}
        pending = [c for c in self.failed if id(c) not in self.used]
        for check in pending:
            if id(check) in self.used:
                continue
            if check.kind in ("identity", "attainable") and named & {check.cell, *check.cells}:
                self._attach(check, next(iter(named & {check.cell, *check.cells})))
                continue
            if check.kind == "identity" and check.check.startswith("p from t"):
                named.add(self._p_or_t(check))
                continue
            grade = self._grade_of(check)
            if check.check == "the statistic is defined":
                self._undefined([c for c in pending if c.check == check.check and c.detail == check.detail])
                continue
            self._single(check, grade)
            if grade in ("decision", "arithmetic", "definition") and check.cell:
                named.add(check.cell)

    def readings_found(self) -> None:
        """Say once for a column that it is not what the field would call it by default."""
        for reading in self.readings.found:
            if reading.is_default or reading.stated or reading.dimension not in _NOTED:
                continue
            if reading.default_fits == reading.total:
                continue
            self._add(_column(reading))

    def statements(self, statements: Sequence[Statement]) -> None:
        """Make a finding of each statement of the text that the tables contradict."""
        for s in statements:
            if s.verdict != "fails":
                continue
            cells = tuple(c.id for c in self.published if f"{c.id} =" in f"{s.found} ")
            decides = any(
                self.published[c].statistic.rpartition(".")[2] in ("decision", "p_value") for c in cells
            )
            text = say("{} ({}): {}", s.id, Detail(s.where), Said(s.text_en, s.text_es))
            found = (say("the tables have {}", s.found),) if s.found else ()
            note = (Detail("{}", (Said(s.note_en, s.note_es),)),) if s.note_en or s.note_es else ()
            grade: Grade = "decision" if decides else "arithmetic"
            told = (*found, *note)
            self._add(Finding(grade, OF_TEXT, s.where, cells, text, calculations=told))

    def sorted(self) -> list[Finding]:
        """Return the findings, gravest first, print order within a grade."""
        order = {c.id: i for i, c in enumerate(self.published)}
        return sorted(self.found, key=lambda f: (GRADES.index(f.grade), order.get(f.cell, len(order))))

    # parts

    def _failed_with(self, name: str) -> list[Check]:
        return [
            c
            for c in self.failed
            if id(c) not in self.used and c.kind in ("identity", "attainable") and name in (c.cell, *c.cells)
        ]

    def _add(self, finding: Finding, checks: Sequence[Check] = ()) -> None:
        self.used |= {id(c) for c in checks}
        self.found.append(self._with_printed(finding))

    def _with_printed(self, finding: Finding) -> Finding:
        return replace(finding, printed=tuple(self.published[c].printed for c in finding.cells))

    def _attach(self, check: Check, name: str) -> None:
        self.used.add(id(check))
        for i, f in enumerate(self.found):
            if f.cell == name:
                cells = tuple(dict.fromkeys((*f.cells, check.cell, *check.cells)))
                cells = tuple(c for c in cells if c)
                grade = "decision" if check.grade == "decision" else f.grade
                told = (*f.calculations, check.detail)
                self.found[i] = self._with_printed(replace(f, grade=grade, cells=cells, calculations=told))
                return

    def _grade(self, cell: Cell, could_be: Interval | None, unless: Sequence[Detail]) -> Grade:
        kind = cell.statistic.rpartition(".")[2]
        if kind == "p_value" and could_be is not None:
            was, is_now = cell.box.less(self.significance), could_be.less(self.significance)
            if was is not None and is_now is not None and was != is_now:
                return "decision"
        return "definition" if unless else "arithmetic"

    def _grade_of(self, check: Check) -> Grade:
        if check.kind in ("coincidence", "rule"):
            return "coincidence" if check.kind == "coincidence" else "rule"
        if check.cell and not check.grade:
            return self._grade(self.published[check.cell], check.allowed, check.unless)
        if check.grade:
            return check.grade
        return "definition" if check.unless else "arithmetic"

    def _undefined(self, checks: Sequence[Check]) -> None:
        """Say once that figures are printed where no statistic is."""
        cells = tuple(c.cell for c in checks)
        printed = listed(dict.fromkeys(self.published[c].printed for c in cells))
        word = Word(self.published[cells[0]].statistic)
        text = say("{} of {}: printed {}", word, listed(c.about for c in checks), printed)
        told = (checks[0].detail,)
        self._add(
            Finding("definition", checks[0].check, "", cells, text, calculations=told, cell=cells[0]), checks
        )

    def _p_or_t(self, check: Check) -> str:
        """Blame p or t, whichever the smaller slip would explain, and return it."""
        p, t = self.published[check.cell], self.published[check.cells[0]]
        tails = 1 if "one-sided" in check.check else 2
        options: dict[str, Interval] = {}
        if check.allowed is not None:
            options[p.id] = check.allowed
        could_be = t_of_p(p.box, tails)
        if math.isfinite(could_be.upper):
            options[t.id] = could_be
        order = sorted(options, key=lambda n: (-plausibility(self.published[n], options[n]), n != p.id))
        cell = self.published[order[0]]
        allowed = options[cell.id]
        mates = [c for c in self.failed if c.cell == p.id and c.kind == "identity" and id(c) not in self.used]
        unless = check.unless if self._t_based_elsewhere(check) is False else ()
        grade = self._grade(p, check.allowed, unless)
        hint = suggestion(cell, allowed)
        others = tuple((n, suggestion(self.published[n], options[n])) for n in order[1:])
        cells = tuple(dict.fromkeys((cell.id, p.id, t.id, *(i for c in mates for i in c.cells))))
        self._add(
            Finding(
                grade,
                check.check,
                check.about,
                cells,
                self._sentence(cell, allowed, hint, True, 0.0),
                allowed,
                tuple(c.detail for c in mates),
                unless,
                hint,
                others,
                cell.id,
            ),
            mates,
        )
        return cell.id

    def _t_based_elsewhere(self, check: Check) -> bool:
        """Tell whether most other printed p do follow from their t: then this one was not counted either."""
        for reading in self.readings.found:
            if reading.dimension == "p_value":
                return reading.fits >= 2 and 2 * reading.fits > reading.total
        return False

    def _single(self, check: Check, grade: Grade) -> None:
        cells = tuple(c for c in dict.fromkeys((check.cell, *check.cells)) if c)
        hint = ""
        if check.cell and check.allowed is not None and check.kind in ("identity", "attainable"):
            hint = suggestion(self.published[check.cell], check.allowed)
        if check.cell and self.published[check.cell].is_number and check.kind in ("identity", "attainable"):
            text = self._sentence(self.published[check.cell], check.allowed, hint, True, 0.0)
        elif check.cell:
            cell = self.published[check.cell]
            text = say("{} of {}: printed {}", Word(cell.statistic), check.about, Detail(cell.printed))
        else:
            text = Detail(check.check)
        unless = check.unless if grade == "definition" else ()
        self._add(
            Finding(
                grade,
                check.check,
                check.about,
                cells,
                text,
                check.allowed,
                (check.detail,),
                unless,
                hint,
                cell=check.cell,
            ),
            [check],
        )

    def _sentence(
        self, cell: Cell, allowed: Interval | None, hint: str, certain: bool, excess: float
    ) -> Detail:
        about = " – ".join(dict.fromkeys(n for n in (cell.row, cell.column) if n))
        first = say("{} of {}: printed {}", Word(cell.statistic), about, cell.printed)
        if hint:
            first += say("; the other figures give {}", hint)
        elif allowed is not None and (math.isfinite(allowed.lower) or math.isfinite(allowed.upper)):
            first += say("; the other figures allow {}", show(allowed, 0 if cell.statistic in COUNTS else 4))
        if not certain:
            first += say(
                "; no two figures disagree, but all together do: their rounding would have to be {} times as wide",
                f"{1 + excess:.1f}",
            )
        return first


_NOTED = ("composite_reliability", "p_value", "r_squared", "f_squared")


def _column(reading: Reading) -> Finding:
    word = Word(reading.dimension)
    default = name_of(
        reading.dimension,
        {"composite_reliability": "rho_c", "p_value": "two-sided"}.get(reading.dimension, "default"),
    )
    if reading.dimension == "f_squared":
        default = Detail("f² on fixed scores")
    if reading.dimension == "r_squared":
        default = Detail("plain R²")
    chosen = name_of(reading.dimension, reading.option)
    wrong = reading.total - reading.default_fits
    if reading.fits < wrong and reading.dimension == "composite_reliability":
        text = say(
            "{}: not {} in {} of {}; as {}: not attainable in {} of these",
            word,
            default,
            wrong,
            reading.total,
            chosen,
            wrong - reading.fits,
        )
    else:
        text = say("{}: not {} in {} of {}; read as {}", word, default, wrong, reading.total, chosen)
    told = say("{} of {} figures agree with this reading", reading.fits, reading.total)
    return Finding("definition", OF_COLUMN, "", reading.cells, text, calculations=(told,), unless=(chosen,))
