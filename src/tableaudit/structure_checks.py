"""Checks of the structural model that are no relation between cells: a definite matrix, an R² of two values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from tableaudit.boxes import Interval
from tableaudit.checks import Check, judged
from tableaudit.details import say
from tableaudit.printed import Published
from tableaudit.relations import first, plain, sources_of
from tableaudit.structure import correlation_cell, path_cell, predictors_key


def definite_check(published: Published) -> Iterator[Check]:
    """Yield whether the printed construct correlations can be those of data."""
    names = published.constructs
    pairs = list(combinations(range(len(names)), 2))
    found = [correlation_cell(published, names[a], names[b]) for a, b in pairs]
    cells = [c for c in found if c is not None]
    if len(names) < 3 or len(cells) < len(pairs):
        return
    matrix = np.eye(len(names))
    for (a, b), cell in zip(pairs, cells, strict=True):
        matrix[a, b] = matrix[b, a] = cell.value
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    slack = max(c.box.width for c in cells) / 2 * (len(names) - 1)  # bounds the norm of the rounding error
    truth = True if smallest > slack else (False if smallest < -slack else None)
    yield judged(
        f"{len(cells)} correlations",
        "the construct correlations form a correlation matrix",
        ", ".join(names),
        truth,
        say("smallest eigenvalue {}, with rounding ± {}", f"{smallest:.4f}", f"{slack:.4f}"),
        cells,
        when=(("estimator", "PLS"),),  # consistent correlations need not form one
    )


def two_valued_r2(published: Published) -> Iterator[Check]:
    """Yield, for two predictors without a printed correlation, whether R² is one of the two that β and VIF give."""
    for target in dict.fromkeys(t for _, t in published.paths):
        sources = sources_of(published, target)
        cell = first(published, "r_squared", None, target)
        if len(sources) != 2 or cell is None or correlation_cell(published, *sources) is not None:
            continue
        betas = [path_cell(published, s, target) for s in sources]
        vif = first(published, "inner_vif", sources[0], target)
        if vif is None or vif.box.upper < 1:
            continue
        b = [c.box for c in betas]
        size = (1 - 1 / Interval(max(vif.box.lower, 1.0), vif.box.upper)).sqrt()
        square = b[0].square() + b[1].square()
        cross = 2 * b[0] * b[1] * size
        values = [square + cross, square - cross]
        truth = any(cell.box.intersect(v) for v in values)
        texts = [plain(c) for c in betas]
        yield judged(
            cell,
            "R² of two predictors from β and VIF",
            target,
            truth,
            say(
                "{}² + {}² ± 2 · {} · {} · √(1 − 1/{}) gives {} or {}",
                texts[0],
                texts[1],
                texts[0],
                texts[1],
                vif.printed,
                values[0],
                values[1],
            ),
            (*betas, vif),
            allowed=values[0].hull(values[1]),
            when=(
                (predictors_key(target), "printed"),
                ("r_squared", "plain"),
                ("vif of the paths", "the same"),
            ),
        )
