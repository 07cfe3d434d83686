"""What a comparison of groups gives back: labelled tables and a short report."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.names import nearest
from plsem.quantities import about

__all__ = ["GroupComparison"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, repr=False)
class GroupComparison:
    """Groups side by side, whether their constructs are the same, and which results differ.

    Parameters
    ----------
    column : str
        What the groups are called together.
    sizes : DataFrame
        Index ``group``: ``n``, and ``smallest_path``, the smallest path that so many rows find with a power of
        0.80 (inverse square root method; Kock & Hadaya 2018).
    estimates : DataFrame
        ``statistic``, ``row``, ``column``, and one column of estimates for each group.
    invariance : DataFrame
        MICOM, one row a construct and pair of groups: ``group_1``, ``group_2``, ``construct``, ``correlation``
        (c of the composites by the two groups' weights), ``correlation_lower`` (its quantile under
        permutation), ``correlation_p_value``, ``mean_difference``, ``mean_lower``, ``mean_upper``,
        ``mean_p_value``, ``log_variance_ratio``, ``variance_lower``, ``variance_upper``, ``variance_p_value`` and
        ``invariance``, a key of :data:`plsem.groups.invariance.LEVELS`.
    differences : DataFrame
        One row a quantity and pair of groups: ``group_1``, ``group_2``, ``statistic``, ``row``, ``column``,
        ``estimate_1``, ``estimate_2``, ``difference``, ``lower`` and ``upper`` (its quantiles under permutation: a
        difference outside them is significant), ``p_permutation``; and with a bootstrap ``p_henseler``,
        ``p_parametric``, ``p_welch`` with ``t_parametric``, ``t_welch``, ``df_welch``, ``se_1``, ``se_2`` and
        ``p_henseler_greater`` (one-sided: near 0 where group 1 is above).  Each p but the last has a second one
        that ends in ``_adjusted``.  ``invariant``: whether all constructs that the quantity is about are at
        least partially invariant.
    permutations : mapping of (str, str) to ndarray, (R, q)
        The pairs' differences in each permutation, in the order of ``estimates``.
    failed : mapping of str to int
        Permutations and resamples without a solution, left out of every figure.
    adjustment : str
        Method of statsmodels' ``multipletests``; a family is one statistic over all pairs.
    settings : mapping
    """

    column: str
    sizes: pd.DataFrame
    estimates: pd.DataFrame
    invariance: pd.DataFrame
    differences: pd.DataFrame
    permutations: Mapping[tuple[str, str], FloatArray]
    failed: Mapping[str, int]
    adjustment: str
    settings: Mapping[str, Any]

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in their order."""
        return tuple(self.sizes.index)

    def between(self, first: str, second: str, *, statistic: str | None = None) -> pd.DataFrame:
        """Return the differences of one pair of groups, in that order.

        Parameters
        ----------
        first, second : str
        statistic : str, optional

        Returns
        -------
        DataFrame
            Their rows of ``differences``.

        Raises
        ------
        KeyError
            If the two groups were not compared.
        """
        for name in (first, second):
            if name not in self.groups:
                raise KeyError(f"no group {name!r}{nearest(name, self.groups)}")
        table = self.differences
        own = table[(table["group_1"] == first) & (table["group_2"] == second)]
        if own.empty and first != second:
            own = table[(table["group_1"] == second) & (table["group_2"] == first)].copy()
            signed = [c for c in ("difference", "lower", "upper", "t_parametric", "t_welch") if c in own]
            own[signed] = -own[signed]
            swaps = {"group_1": "group_2", "estimate_1": "estimate_2", "lower": "upper", "se_1": "se_2"}
            own = own.rename(columns=swaps | {b: a for a, b in swaps.items()})[table.columns]
            if "p_henseler_greater" in own:
                own["p_henseler_greater"] = 1 - own["p_henseler_greater"]
        if statistic is not None:
            names = list(dict.fromkeys(own["statistic"]))
            if statistic not in names:
                raise KeyError(f"no statistic {statistic!r} was compared{nearest(statistic, names)}")
            own = own[own["statistic"] == statistic]
        return own.reset_index(drop=True)

    def describe(self) -> str:
        """Say in a few sentences what was compared and what failed."""
        listed = ", ".join(f"{name} (n = {n:,})" for name, n in self.sizes["n"].items())
        many = int(self.settings["n_permutations"])
        resamples = int(self.settings["n_resamples"])
        text = f"Groups of {self.column}: {listed}. {many:,} permutations a pair"
        text += f", {resamples:,} resamples a group" if resamples else ""
        family = f"adjusted by {self.adjustment!r} over all pairs of a statistic"
        text += f"; p {'not adjusted' if self.adjustment == 'none' else family}."
        left = ", ".join(f"{count:,} {what}" for what, count in self.failed.items() if count)
        text += f" Left out: {left}." if left else ""
        return text

    def __repr__(self) -> str:
        return "\n\n".join([self.describe(), *(_text(t) for t in self._shown())])

    def _repr_html_(self) -> str:
        tables = [t.to_html(float_format=lambda v: f"{v:.3f}", na_rep="–", border=0) for t in self._shown()]
        return f"<p>{html.escape(self.describe())}</p>\n" + "\n".join(tables)

    def _shown(self) -> list[pd.DataFrame]:
        """Return the tables that the result shows itself by: invariance, and the differences of one statistic."""
        tables = []
        several = len(self.groups) > 2
        columns = ["correlation", "correlation_p_value", "mean_p_value", "variance_p_value", "invariance"]
        short = self.invariance[columns]
        tables.append(short.set_axis(_index(self.invariance, self.invariance["construct"], several)))
        names = list(dict.fromkeys(self.differences["statistic"]))
        one = "path_coefficient" if "path_coefficient" in names else names[0]
        table = self.differences[self.differences["statistic"] == one]
        what = pd.Series(
            [about(*key) for key in zip(table["statistic"], table["row"], table["column"], strict=True)]
        )
        columns = ["estimate_1", "estimate_2", "difference", "lower", "upper", "p_permutation"]
        columns += ["p_permutation_adjusted"] if self.adjustment != "none" else []
        columns += [c for c in ("p_henseler", "p_parametric", "p_welch") if c in table]
        shown = table[columns].set_axis(_index(table, what, several))
        named = dict(zip(("estimate_1", "estimate_2"), self.groups, strict=False))
        tables.append(shown if several else shown.rename(columns=named))
        return tables


def _index(table: pd.DataFrame, what: pd.Series, several: bool) -> list[str]:
    names = [str(name) for name in what]
    if not several:
        return names
    pairs = zip(table["group_1"], table["group_2"], names, strict=True)
    return [f"{first} − {second}: {name}" for first, second, name in pairs]


def _text(table: pd.DataFrame) -> str:
    return table.to_string(float_format=lambda v: f"{v:.3f}", na_rep="–")
