"""The state of each printed figure: contradicted, contradicted unless …, follows, open, not a statistic, a count."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from plsem.quantities import COUNTS
from tableaudit.audit import AuditReport, audit, relations_of
from tableaudit.boxes import Interval
from tableaudit.details import Detail
from tableaudit.findings import joined
from tableaudit.joint import range_of
from tableaudit.printed import UNDEFINED, Cell, Published
from tabletext.catalogue import N_, translate

__all__ = ["count_states", "states"]

#: State → its sign, its name, and what it says of a printed cell.
STATES: Mapping[str, tuple[str, str, str]] = {
    "contradicted": ("✗", N_("contradicted"), N_("contradicted by the other printed cells")),
    "contradicted unless": (
        "✗?",
        N_("contradicted unless …"),
        N_("contradicted, unless it follows another definition"),
    ),
    "follows": ("=", N_("follows"), N_("follows from the other printed cells")),
    "open": ("○", N_("open"), N_("open: the others do not fix it; in brackets what they leave")),
    "not a statistic": ("–", N_("not a statistic"), N_("not a statistic: no data define it")),
    "a count": ("#", N_("a count"), N_("a count")),
}
COLUMNS = (
    "cell",
    "table",
    "statistic",
    "row",
    "column",
    "printed",
    "state",
    "under",
    "under_es",
    "lower",
    "upper",
)


def states(
    published: Published, report: AuditReport | None = None, intervals: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Compute the state of every printed figure.

    Parameters
    ----------
    published : Published
    report : AuditReport, optional
        Of the same article; made if not given.
    intervals : DataFrame, optional
        Columns statistic, row, column, lower, upper: what a search over correlation matrices found attainable
        (:attr:`tableaudit.attainable.Attainable.intervals`).  What is open is shown within them, as every value
        in them was reached; without them within what the printed cells do not exclude, which is wider.

    Returns
    -------
    DataFrame
        One row a printed cell, in print order: cell, table, statistic, row, column, printed, state, under and under_es
        (the definition that the state rests on), lower, upper (what the other figures leave it; NaN where they
        say nothing).  States:

        - ``contradicted``: no data give it beside the other cells, under any documented definition;
        - ``contradicted unless``: only under the definition in ``under``, which the article did not state;
        - ``follows``: the others fix it to its printed digits;
        - ``open``: attainable, and free within [lower, upper];
        - ``not a statistic``, ``a count``.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> states(published)[["cell", "printed", "state"]]
       cell printed                state
    0  beta   0.500  contradicted unless
    1    R2   0.360                 open
    2     t   2.101                 open
    3     p   0.036              follows
    """
    found = report if report is not None else audit(published)
    allowed = _allowed(published, found)
    searched = _searched(intervals)
    rows = []
    for cell in published:
        state, under, own = _state(cell, found)
        interval = own or allowed.get(cell.id)
        if not state:
            pinned = interval is not None and interval.width <= cell.box.width * (1 + 1e-6)
            state = "follows" if pinned and cell.is_number else "open"
        if state == "open":
            places = ((cell.row, cell.column), (cell.column, cell.row))
            keys = [(cell.statistic, *place) for place in places]
            interval = next((searched[key] for key in keys if key in searched), interval)
        texts = (
            f" {translate('or', language)} ".join(u.text(language) for u in under)
            for language in ("en", "es")
        )
        low, high = (float("nan"), float("nan")) if interval is None else (interval.lower, interval.upper)
        place = (cell.id, cell.table, cell.statistic, cell.row, cell.column, cell.printed)
        rows.append((*place, state, *texts, low, high))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _state(cell: Cell, report: AuditReport) -> tuple[str, tuple[Detail, ...], Interval | None]:
    if cell.statistic in UNDEFINED:
        return "not a statistic", (UNDEFINED[cell.statistic],), None
    if cell.statistic in COUNTS:
        return "a count", (), None
    for finding in report.findings:
        if finding.cell == cell.id and finding.grade in ("decision", "arithmetic", "definition"):
            state = "contradicted unless" if finding.unless else "contradicted"
            return state, finding.unless, finding.allowed
    for check in report.checks:
        # the column's default definition excludes it, another one does not; or only few degrees of freedom serve
        if check.cell == cell.id and check.kind == "reading" and check.verdict == "fails":
            return "contradicted unless", check.unless, check.allowed
        if check.cell == cell.id and check.check == "decision follows from p" and check.verdict == "holds":
            return "follows", (), None
        if check.cell == cell.id and check.check.startswith("p from t") and check.verdict != "holds":
            return "contradicted unless", check.unless, check.allowed
    return "", (), None


def _allowed(published: Published, report: AuditReport) -> dict[str, Interval]:
    """Return what the relations and the blocks leave each cell, all other cells as printed."""
    found: dict[str, Interval] = {}
    named = {
        f.cell for f in report.findings if f.cell and f.grade in ("decision", "arithmetic", "definition")
    }
    for component in joined(relations_of(published), report.chosen.values):
        free = [n for n in named if n in component.index]
        for cell in component.cells:
            interval = range_of(component, cell.id, free=free)
            if interval is not None:
                found[cell.id] = interval
    for check in report.checks:
        if (
            check.kind == "attainable"
            and check.cell
            and check.allowed is not None
            and not named & {check.cell, *check.cells}
        ):
            known = found.get(check.cell)
            both = check.allowed if known is None else known.intersect(check.allowed)
            if both is not None:
                found[check.cell] = both
    for check in report.checks:
        if check.check.startswith("p from t") and check.verdict == "holds" and check.allowed is not None:
            found[check.cell] = check.allowed
    return found


def _searched(intervals: pd.DataFrame | None) -> dict[tuple[str, str, str], Interval]:
    if intervals is None:
        return {}
    kept = intervals.dropna(subset=["lower", "upper"]).fillna({"row": "", "column": ""})
    keys = zip(*(kept[c].astype(str) for c in ("statistic", "row", "column")), strict=True)
    return {
        k: Interval(float(a), float(b)) for k, a, b in zip(keys, kept["lower"], kept["upper"], strict=True)
    }


def count_states(found: pd.DataFrame) -> pd.DataFrame:
    """Count the printed figures in each state, one row a printed table.

    Parameters
    ----------
    found : DataFrame
        Columns table and state, as :func:`states` returns them.

    Returns
    -------
    DataFrame
        Indexed by table, in print order; one column each of :data:`STATES`.

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> from tableaudit.cell_states import states
    >>> count_states(states(published)).T
    table                1
    state
    contradicted         0
    contradicted unless  1
    follows              1
    open                 2
    not a statistic      0
    a count              0
    """
    tables = found["table"].astype(str)
    counts = pd.crosstab(tables, found["state"])
    return counts.reindex(index=list(dict.fromkeys(tables)), columns=list(STATES), fill_value=0)
