"""What of an article was checked, what was not, and what is missing for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tableaudit.checks import Check
from tableaudit.details import Detail, say
from tableaudit.names import strangers
from tableaudit.printed import Published

#: statistic → what would have to be printed for a check of it.
_NEEDED: Mapping[str, str] = {
    "outer_loading": "AVE or a composite reliability of the construct",
    "outer_weight": "the loadings of all items of the construct",
    "outer_vif": "the items' correlations",
    "cross_loading": "the loading of the item",
    "efa_loading": "the items' correlations",
    "cronbach_alpha": "the loadings of all items of the construct",
    "rho_a": "the loadings of all items of the construct",
    "rho_c": "the loadings of all items of the construct",
    "composite_reliability": "the loadings of all items of the construct",
    "ave": "the loadings, or √AVE",
    "sqrt_ave": "AVE or the loadings",
    "construct_correlation": "the other correlations of the same constructs, or the paths between them",
    "htmt": "the correlation of the two constructs and their alphas",
    "htmt2": "the items' correlations",
    "path_coefficient": "the correlations of all constructs of that regression, or standard error and t",
    "indirect_effect": "the paths along the routes",
    "total_effect": "the paths along the routes",
    "standard_error": "the estimate and t",
    "t_statistic": "p, or the standard error",
    "p_value": "t",
    "ci_lower": "the upper end",
    "ci_upper": "the lower end",
    "decision": "p, t or an interval",
    "r_squared": "the paths and correlations of its predictors",
    "adjusted_r_squared": "R² and the paths to it",
    "f_squared": "R², and β with VIF or the correlations",
    "inner_vif": "the predictors' correlations",
    "srmr": "the items' correlations",
    "d_uls": "the items' correlations",
    "d_g": "the items' correlations",
    "nfi": "the items' correlations",
    "n_items": "the number of retained items",
    "n_items_retained": "the loadings",
    "sample_size": "adjusted R²",
    "q_squared": "the answers",
    "q_squared_predict": "the answers",
    "item_mean": "the number of respondents and the scale",
    "item_sd": "the number of respondents and the scale",
}


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
        needed = _NEEDED.get(cell.statistic, _NEEDED.get(kind, "another figure that depends on it"))
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
