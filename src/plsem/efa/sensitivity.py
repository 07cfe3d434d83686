"""How the retained items change with thresholds, extraction, rotation, correlation and scope."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from plsem.efa.analysis import Analyser
from plsem.efa.correlations import EfaError, correlation_matrix
from plsem.efa.pruning import prune_blocks
from plsem.efa.rules import PruningSettings

__all__ = ["sensitivity"]


def sensitivity(
    data: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    settings: PruningSettings | None = None,
    *,
    modes: Mapping[str, str] | None = None,
    seed: int = 1,
    min_loading: Sequence[float | None] = (0.30, 0.40, 0.50),
    min_cross_loading_gap: Sequence[float | None] = (None, 0.10, 0.20),
    extraction: Sequence[str] = ("minres", "principal_axis", "ml"),
    rotation: Sequence[str] = ("varimax", "oblimin"),
    correlation: Sequence[str] = ("pearson", "polychoric"),
    scope: Sequence[str] = ("per_construct", "joint"),
) -> pd.DataFrame:
    """Prune under every combination of settings and show which items remain.

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers.
    blocks, settings, modes, seed
        As for :func:`plsem.efa.pruning.prune`; the settings that are not combined (MSA, communality, minimum
        items, number of factors) stay as they are.
    min_loading, min_cross_loading_gap, extraction, rotation, correlation, scope : sequences
        The values to combine.  One factor cannot be rotated: rows with scope "per_construct" have
        rotation "none", once.

    Returns
    -------
    DataFrame
        ``scope, correlation, extraction, rotation, min_loading, min_cross_loading_gap`` (NaN where
        the rule is off), ``n_retained, retained, added, lost, same, protected, note``.  ``added`` and ``lost``
        are against ``settings`` as they stand, items separated by spaces; ``protected`` items fail a
        rule and stay because their construct is at its minimum; ``note`` holds the notes of
        the final solutions, or the failure where a combination has none.

    Raises
    ------
    EfaError
        If ``settings`` themselves have no solution.
    ValueError
        If a value is not one of a setting's.

    References
    ----------
    Steegen, S., Tuerlinckx, F., Gelman, A., & Vanpaemel, W. (2016). Increasing transparency through a multiverse
    analysis. Perspectives on Psychological Science, 11(5), 702–712.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> answers = rng.normal(size=(150, 1)) + rng.normal(size=(150, 4))
    >>> data = pd.DataFrame(answers, columns=["a", "b", "c", "d"]).assign(noise=rng.normal(size=150))
    >>> found = sensitivity(
    ...     data, {"X": list(data)}, min_loading=(0.3, 0.7), min_cross_loading_gap=(None,), extraction=("minres",),
    ...     correlation=("pearson",), scope=("per_construct",))
    >>> found[["min_loading", "n_retained", "retained"]]
       min_loading  n_retained retained
    0          0.3           4  a b c d
    1          0.7           3    a c d
    """
    own = replace(settings or PruningSettings(), prune=True)
    model: dict[str, Any] = {"modes": modes, "seed": seed}
    first = Analyser(data, blocks, own, **model)
    reference = _retained(prune_blocks(first, own).blocks)
    items = [i for name in first.factored for i in first.all_blocks[name]]
    matrices: dict[str, pd.DataFrame | EfaError] = {}
    rows = []
    for where, matrix, how in itertools.product(scope, correlation, extraction):
        for turn in ("none",) if where == "per_construct" else rotation:
            varied: Any = {"scope": where, "correlation": matrix, "extraction": how, "rotation": turn}
            chosen = replace(own, **varied)
            if matrix not in matrices:
                matrices[matrix] = _correlations(data, items, chosen)
            known = matrices[matrix]
            analyser = (
                None
                if isinstance(known, EfaError)
                else Analyser(data, blocks, chosen, correlations=known, **model)
            )
            for loading, gap in itertools.product(min_loading, min_cross_loading_gap):
                limited = replace(chosen, min_loading=loading, min_cross_loading_gap=gap)
                retained: tuple[str, ...] = ()
                protected: tuple[str, ...] = ()
                note = ""
                if analyser is None:
                    note = str(known)
                else:
                    retained, protected, note = _outcome(analyser, limited)
                rows.append(
                    {
                        "scope": where,
                        "correlation": matrix,
                        "extraction": how,
                        "rotation": turn,
                        "min_loading": np.nan if loading is None else loading,
                        "min_cross_loading_gap": np.nan if gap is None else gap,
                        "n_retained": len(retained),
                        "retained": " ".join(retained),
                        "added": " ".join(i for i in retained if i not in reference),
                        "lost": " ".join(i for i in reference if i not in retained),
                        "same": retained == reference,
                        "protected": " ".join(protected),
                        "note": note,
                    }
                )
    return pd.DataFrame(rows)


def _retained(blocks: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(i for block in blocks.values() for i in block)


def _correlations(
    data: pd.DataFrame, items: Sequence[str], settings: PruningSettings
) -> pd.DataFrame | EfaError:
    """Correlate once for all combinations; a failure belongs in the table, not in its way."""
    try:
        pool = data[[i for i in items if data[i].nunique() > 1]].astype(float)
        return correlation_matrix(pool, method=settings.correlation)
    except EfaError as error:
        return error


def _outcome(analyser: Analyser, settings: PruningSettings) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    try:
        run = prune_blocks(analyser, settings)
    except EfaError as error:
        return (), (), str(error)
    protected = tuple(d.failure.item for d in run.decisions if d.action == "kept")
    return _retained(run.blocks), protected, "; ".join(run.notes)
