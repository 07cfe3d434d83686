"""Each construct as a composite of standardised items, whatever stages it was estimated in.

A second-order construct is a weighted sum of its components' scores, and these of their items: its weights are
the products of both.  A product of constructs is no composite: it is as invariant as its factors.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plsem.forms import Columns
from plsem.model import Model
from plsem.solution import Estimate
from plsem.stages import Score, columns_behind, expand

FloatArray = NDArray[np.float64]


@lru_cache(maxsize=64)
def composites(model: Model) -> dict[str, tuple[Score, tuple[int, ...]]]:
    """Return construct → the score that it is, and the positions of the items behind it; products are left out.

    Examples
    --------
    >>> m = Model({"A": ["a1", "a2"], "B": ["b"], "Y": ["y"]}, [("AB", "Y")], higher_order={"AB": ("A", "B")})
    >>> {name: items for name, (_, items) in composites(m).items()}
    {'A': (0, 1), 'B': (2,), 'Y': (3,), 'AB': (0, 1, 2)}
    """
    stages = expand(model).stages
    last = len(stages) - 1
    products = {name for name, _ in model.products}
    found = {}
    for name in model.constructs:
        if name not in products:
            at = last if name in stages[last].model.constructs else 0
            score = Score(at, stages[at].model.position(name))
            found[name] = score, tuple(sorted(columns_behind(score, stages)))
    return found


def composite_weights(estimate: Estimate) -> FloatArray:
    """Return the composites' weights of standardised items, one composite after another, (m, B)."""
    plan = expand(estimate.described)
    weights = [e.outer_weights_last for e in (*estimate.earlier, estimate)]
    nothing = np.empty((0, weights[-1].shape[-1]))
    columns = Columns(plan, nothing, nothing)
    rows = []
    for score, items in composites(estimate.described).values():
        terms = columns.form(score, weights).terms
        rows += [terms[i] for i in items]
    return np.stack([row for row in rows if row is not None])
