"""Measurement invariance of composites (MICOM; Henseler, Ringle & Sarstedt 2016)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.groups.permutations import Permuted
from plsem.names import N_, check_choice

FloatArray = NDArray[np.float64]
ItemScale = Literal["standardized", "raw"]

LEVELS: dict[str, str] = {
    "full": N_("Full invariance: the composites are the same, with equal means and variances"),
    "partial": N_(
        "Partial invariance: the composites are the same; paths can be compared, pooled data cannot be used"
    ),
    "none": N_("No invariance: the groups' composites differ; a difference of paths may be one of meaning"),
}
"""Level → what it says."""

TIE = 1e-12
"""Relative size below which two figures differ by rounding only."""


def micom(
    permuted: Permuted,
    blocks: Mapping[str, Sequence[int]],
    deviations: FloatArray,
    *,
    item_scale: ItemScale,
    alpha: float,
    count_observed: bool,
) -> pd.DataFrame:
    """Return the steps of MICOM for each construct but products.

    Parameters
    ----------
    permuted : Permuted
    blocks : mapping of str to sequence of int
        Construct → positions of its items, in the order of the weights.
    deviations : ndarray, (p,)
        Standard deviations of the pooled items.
    item_scale, alpha, count_observed
        See :func:`plsem.groups.compare`.
    """
    check_choice("item_scale", item_scale, get_args(ItemScale))
    pooled = permuted.pooled
    if item_scale == "raw":
        pooled = pooled * deviations[:, None] * deviations
    usable = permuted.status == 0
    rows = []
    # Step 3: differences of means, and of the variances' logarithms.
    observed, drawn = permuted.moments, permuted.moments_permuted
    mean, means = observed[0, 0] - observed[1, 0], drawn[:, 0, 0] - drawn[:, 1, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(observed[0, 1]) - np.log(observed[1, 1])
        ratios = np.log(drawn[:, 0, 1]) - np.log(drawn[:, 1, 1])
    at = 0
    for j, (construct, block) in enumerate(blocks.items()):
        own = slice(at, at + len(block))
        at = own.stop
        s = pooled[np.ix_(block, block)]
        c = float(_congruence(permuted.weights[None][..., own], s)[0])
        drawn_c = _congruence(permuted.weights_permuted[usable][..., own], s)
        tails = alpha / 2, 1 - alpha / 2
        p_c = share(drawn_c <= c + TIE, count_observed)
        p_mean = two_sided(mean[j], means[:, j], count_observed)
        p_ratio = two_sided(ratio[j], ratios[:, j], count_observed)
        same = p_c >= alpha
        equal = p_mean >= alpha and p_ratio >= alpha
        rows.append(
            {
                "construct": construct,
                "correlation": c,
                "correlation_lower": float(np.quantile(drawn_c, alpha)),
                "correlation_p_value": p_c,
                "mean_difference": float(mean[j]),
                "mean_lower": float(np.quantile(means[:, j], tails[0])),
                "mean_upper": float(np.quantile(means[:, j], tails[1])),
                "mean_p_value": p_mean,
                "log_variance_ratio": float(ratio[j]),
                "variance_lower": float(np.quantile(ratios[:, j], tails[0])),
                "variance_upper": float(np.quantile(ratios[:, j], tails[1])),
                "variance_p_value": p_ratio,
                "invariance": "none" if not same else "full" if equal else "partial",
            }
        )
    return pd.DataFrame(rows)


def _congruence(weights: FloatArray, s: FloatArray) -> FloatArray:
    """Return the correlation of the scores by two sets of weights, (b, 2, m) → (b,)."""
    one, other = weights[:, 0], weights[:, 1]
    crossed = np.einsum("bi,ij,bj->b", one, s, other)
    own = np.einsum("bi,ij,bj->b", one, s, one) * np.einsum("bi,ij,bj->b", other, s, other)
    return np.asarray(crossed / np.sqrt(own))


def share(extreme: NDArray[np.bool_], count_observed: bool) -> float:
    """Return the share of permutations that are as extreme as the data, with the data among them if so asked."""
    more = int(count_observed)
    return (
        float((np.count_nonzero(extreme) + more) / (len(extreme) + more)) if len(extreme) + more else np.nan
    )


def two_sided(observed: float, drawn: FloatArray, count_observed: bool) -> float:
    """Return the two-sided p of a permutation test; ties count as extreme, and NaN where nothing varies."""
    drawn = drawn[np.isfinite(drawn)]
    largest = np.abs(drawn).max(initial=0.0)
    if not np.isfinite(observed) or max(largest, abs(observed)) <= TIE:
        return np.nan
    return share(np.abs(drawn) >= abs(observed) - TIE * max(1.0, largest), count_observed)
