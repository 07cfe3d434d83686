"""One check of the audit, and the two ways to make one: against an interval, and within a chain."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tableaudit.boxes import Interval, Verdict, verdict_of
from tableaudit.details import Detail, say
from tableaudit.printed import Cell

Kind = Literal["identity", "reading", "rule", "coincidence", "attainable"]


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


@dataclass(frozen=True, slots=True)
class Member:
    """One of several printed figures that a single unknown number ties together."""

    check: str
    cell: str
    printed: str
    cells: tuple[str, ...]
    box: Interval
    unknown: Interval
    back: Callable[[Interval], Interval]


def compare_with(
    cell: Cell,
    allowed: Interval,
    check: str,
    about: str,
    cells: Sequence[Cell],
    detail: Detail,
    *,
    kind: Kind = "identity",
) -> Check:
    """Check a printed cell against the interval that other cells allow."""
    truth: bool | None = cell.box.intersect(allowed) is not None
    if not (math.isfinite(allowed.lower) or math.isfinite(allowed.upper)):
        truth = None
    return Check(
        check,
        kind,
        about,
        cell.id,
        cell.printed,
        allowed,
        verdict_of(truth),
        detail,
        tuple(c.id for c in cells),
    )


def arrow(pair: tuple[str, str]) -> str:
    """Write a path."""
    return f"{pair[0]} -> {pair[1]}"


def chain(members: Sequence[Member], about: str) -> Iterator[Check]:
    """Check each of several figures of one unknown number against all the others.

    A figure fails where the others agree with one another and not with it.  Where the others disagree
    among themselves nothing can be told about it, unless no single figure can be blamed: then all fail.
    """
    if len(members) < 2:
        return
    truths: list[bool | None] = []
    allowed: list[Interval | None] = []
    for i, member in enumerate(members):
        rest: Interval | None = Interval(-math.inf, math.inf)
        for j, other in enumerate(members):
            if j != i and rest is not None:
                rest = rest.intersect(other.unknown)
        allowed.append(None if rest is None else member.back(rest))
        truths.append(None if rest is None else rest.intersect(member.unknown) is not None)
    if all(t is None for t in truths):
        truths = [False] * len(members)
    for member, truth, interval in zip(members, truths, allowed, strict=True):
        others = tuple(c for m in members if m is not member for c in m.cells)
        if interval is None:
            detail = Detail(
                "the other printed figures disagree with one another",
                "las demás cifras impresas no concuerdan entre sí",
            )
        else:
            detail = say(
                "the other printed figures allow {}", "las demás cifras impresas permiten {}", interval
            )
        yield Check(
            member.check,
            "identity",
            about,
            member.cell,
            member.printed,
            interval,
            verdict_of(truth),
            detail,
            others,
        )


def same(interval: Interval) -> Interval:
    """Return the interval as it is: the figure of a :class:`Member` that is the unknown number itself."""
    return interval
