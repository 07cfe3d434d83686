"""What of an article was checked, what was not, and what is missing for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tableaudit.checks import Check
from tableaudit.details import Detail, say
from tableaudit.names import strangers
from tableaudit.printed import Published

#: What would have to be printed for a check of which statistics.
_NEEDED: Mapping[str, str] = {
    "AVE or a composite reliability of the construct": "outer_loading",
    "the loadings of all items of the construct": "outer_weight cronbach_alpha rho_a rho_c composite_reliability",
    "the items' correlations": "outer_vif efa_loading htmt2 srmr d_uls d_g nfi",
    "the loading of the item": "cross_loading",
    "the loadings, or √AVE": "ave",
    "AVE or the loadings": "sqrt_ave",
    "the other correlations of the same constructs, or the paths between them": "construct_correlation",
    "the correlation of the two constructs and their alphas": "htmt",
    "the correlations of all constructs of that regression, or standard error and t": "path_coefficient",
    "the paths along the routes": "indirect_effect total_effect",
    "the estimate and t": "standard_error",
    "p, or the standard error": "t_statistic",
    "t": "p_value",
    "the upper end": "ci_lower",
    "the lower end": "ci_upper",
    "p, t or an interval": "decision",
    "the paths and correlations of its predictors": "r_squared",
    "R² and the paths to it": "adjusted_r_squared",
    "R², and β with VIF or the correlations": "f_squared",
    "the predictors' correlations": "inner_vif",
    "the number of retained items": "n_items",
    "the loadings": "n_items_retained",
    "adjusted R²": "sample_size",
    "the answers": "q_squared q_squared_predict",
    "the number of respondents and the scale": "item_mean item_sd",
}
_NEEDED_OF = {name: needed for needed, names in _NEEDED.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was checked.

    Parameters
    ----------
    printed : int
        Printed figures.
    checked : tuple of str
        Cells that some check decided.
    unchecked : mapping of str to Detail
        Other cells → what is missing.
    blank : int
        Cells of the tables that hold a dash or nothing.
    names : tuple of (str, str)
        Names that differ between tables, and the likely match.
    """

    printed: int
    checked: tuple[str, ...]
    unchecked: Mapping[str, Detail]
    blank: int
    names: tuple[tuple[str, str], ...]

    def missing(self) -> list[tuple[Detail, int]]:
        """Return what is missing, with for how many figures, the most first."""
        counts: dict[Detail, int] = {}
        for what in self.unchecked.values():
            counts[what] = counts.get(what, 0) + 1
        return sorted(counts.items(), key=lambda item: -item[1])


def coverage(published: Published, checks: Sequence[Check]) -> Coverage:
    """Count what was checked.

    Parameters
    ----------
    published : Published
    checks : sequence of Check
    """
    decided = {
        name
        for c in checks
        if c.kind in ("identity", "attainable", "reading", "coincidence") and c.verdict != "cannot be told"
        for name in (c.cell, *c.cells)
    }
    unchecked: dict[str, Detail] = {}
    for cell in published:
        if cell.id in decided:
            continue
        kind = cell.statistic.rpartition(".")[2]
        needed = _NEEDED_OF.get(cell.statistic, _NEEDED_OF.get(kind, "another figure that depends on it"))
        unchecked[cell.id] = Detail(needed)
    return Coverage(
        len(published),
        tuple(c.id for c in published if c.id in decided),
        unchecked,
        len(published.blank),
        tuple(strangers(published)),
    )


def name_notes(found: Coverage) -> list[Detail]:
    """Word the names that differ."""
    return [
        say("{} has loadings, but no other table names it; {} is likely the same construct", name, other)
        for name, other in found.names
    ]
