"""One check of the audit, and how a printed cell is compared with what other cells allow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tableaudit.boxes import Interval, Verdict, verdict_of
from tableaudit.details import Detail
from tableaudit.printed import Cell

Kind = Literal["identity", "reading", "rule", "coincidence", "attainable"]
Grade = Literal["decision", "arithmetic", "definition", "coincidence", "rule"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Parameters
    ----------
    check : str
        What is checked.
    kind : str
        ``identity`` (arithmetic; a failure is a contradiction), ``reading`` (whether an ambiguous column can
        be one statistic), ``rule`` (a convention of the field), ``coincidence`` (nothing is contradicted, but
        it is unlikely by chance), ``attainable`` (from a search over correlation matrices).
    about : str
        Construct, path or item.
    cell : str
        The printed cell that the verdict is about; "" where it is about several.
    printed : str
    allowed : Interval or None
        What the other cells allow.
    verdict : str
    detail : Detail
        One sentence, in both languages.
    cells : tuple of str
        The other cells used.
    unless : tuple of Detail
        Documented definitions under which a failure would be none.
    when : tuple of (str, str)
        Readings that it rests on.
    grade : str, optional
        The grade of a failure, where it is not that of its kind.
    """

    check: str
    kind: Kind
    about: str
    cell: str
    printed: str
    allowed: Interval | None
    verdict: Verdict
    detail: Detail
    cells: tuple[str, ...] = ()
    unless: tuple[Detail, ...] = ()
    when: tuple[tuple[str, str], ...] = ()
    grade: Grade | None = None


def judged(
    on: Cell | str,
    check: str,
    about: str,
    truth: bool | None,
    detail: Detail,
    cells: Iterable[Cell] = (),
    *,
    kind: Kind = "identity",
    allowed: Interval | None = None,
    unless: tuple[Detail, ...] = (),
    when: tuple[tuple[str, str], ...] = (),
    grade: Grade | None = None,
) -> Check:
    """Return the check of a printed cell, or of what several have printed, beside the other cells used."""
    cell, printed = (on.id, on.printed) if isinstance(on, Cell) else ("", on)
    used = tuple(dict.fromkeys(c.id for c in cells))
    verdict = verdict_of(truth)
    return Check(check, kind, about, cell, printed, allowed, verdict, detail, used, unless, when, grade)


def compare_with(
    cell: Cell,
    allowed: Interval,
    check: str,
    about: str,
    cells: Sequence[Cell],
    detail: Detail,
    *,
    kind: Kind = "identity",
    when: tuple[tuple[str, str], ...] = (),
) -> Check:
    """Check a printed cell against the interval that other cells allow."""
    truth: bool | None = cell.box.intersect(allowed) is not None
    if not (math.isfinite(allowed.lower) or math.isfinite(allowed.upper)):
        truth = None
    return judged(cell, check, about, truth, detail, cells, kind=kind, allowed=allowed, when=when)


def arrow(pair: tuple[str, str]) -> str:
    """Write a path."""
    return f"{pair[0]} -> {pair[1]}"
