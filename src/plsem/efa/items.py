"""Item analysis: the answers' distribution, item–total correlations, alpha, omega, scaling success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from plsem.efa.extraction import Array, extract

__all__ = [
    "cronbach_alpha",
    "item_analysis",
    "item_statistics",
    "mcdonald_omega",
    "scale_reliability",
    "scaling_success",
]


def cronbach_alpha(covariance: Array) -> float:
    """Cronbach's alpha, ``p / (p - 1) · (1 - Σ s²ᵢ / Σ s_ij)`` (Cronbach, 1951).

    Parameters
    ----------
    covariance : (p, p) array
        Covariance matrix for raw alpha; correlation matrix for standardised alpha.

    Returns
    -------
    float
        NaN for fewer than two items.

    Notes
    -----
    In R: ``psych::alpha``: ``raw_alpha`` and ``std.alpha``.

    Examples
    --------
    >>> import numpy as np
    >>> round(cronbach_alpha(np.array([[1, 0.6], [0.6, 1]])), 3)
    0.75
    """
    p = covariance.shape[0]
    total = float(covariance.sum())
    if p < 2 or total <= 0:
        return float("nan")
    return float(p / (p - 1) * (1.0 - np.trace(covariance) / total))


def mcdonald_omega(correlations: Array) -> float:
    """McDonald's omega total of one common factor, ``(Σλ)² / ((Σλ)² + Σψ)`` (McDonald, 1999).

    The loadings are those of a one-factor minimum-residual solution of the correlation matrix.
    Returns NaN for fewer than three items, which do not identify the factor.

    Parameters
    ----------
    correlations : (p, p) array
        Correlation matrix of one construct's items.

    Returns
    -------
    float
        NaN for fewer than three items, which do not identify the factor.

    References
    ----------
    McDonald, R. P. (1999). Test theory: a unified treatment. Erlbaum.

    Examples
    --------
    >>> import numpy as np
    >>> r = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])  # loadings 0.8, 0.7, 0.6
    >>> round(mcdonald_omega(r), 3)
    0.745
    """
    if correlations.shape[0] < 3:
        return float("nan")
    one = extract(correlations, 1)
    common = float(one.loadings.sum()) ** 2
    return common / (common + float(one.uniquenesses.sum()))


def item_statistics(
    data: pd.DataFrame,
    scale: tuple[float | Mapping[str, float], float | Mapping[str, float]],
    *,
    items: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Describe each item's answers.

    Parameters
    ----------
    data : DataFrame (n, items)
        Numeric answers; missing ones are left out item by item.
    scale : pair of float, or of mappings of item to float
        Lowest and highest answer of the scale.
    items : sequence of str, optional
        The items to describe, all columns if None.

    Returns
    -------
    DataFrame
        ``item, n, missing, mean, sd, median, skew, kurtosis, floor, ceiling``: sd with n - 1; skew and excess
        kurtosis as adjusted Fisher–Pearson G1 and G2 (Joanes & Gill, 1998), as SPSS prints them; floor and
        ceiling are the shares of answers at the ends of the scale.

    Notes
    -----
    In R: ``psych::describe(type = 2)``.

    Examples
    --------
    >>> import pandas as pd
    >>> found = item_statistics(pd.DataFrame({"a": [1, 2, 4, 5, 5]}), (1, 5))
    >>> found[["item", "mean", "sd", "skew", "floor", "ceiling"]].round(2)
      item  mean    sd  skew  floor  ceiling
    0    a   3.4  1.82 -0.57    0.2      0.4
    """
    rows = []
    for item in data.columns if items is None else items:
        answers = data[item].dropna().to_numpy(dtype=float)
        n = answers.size
        varies = n > 0 and np.ptp(answers) > 0
        low, high = (end[item] if isinstance(end, Mapping) else end for end in scale)
        rows.append(
            {
                "item": item,
                "n": n,
                "missing": int(data[item].isna().sum()),
                "mean": float(answers.mean()) if n else np.nan,
                "sd": float(answers.std(ddof=1)) if n > 1 else np.nan,
                "median": float(np.median(answers)) if n else np.nan,
                "skew": float(stats.skew(answers, bias=False)) if varies and n > 2 else np.nan,
                "kurtosis": float(stats.kurtosis(answers, bias=False)) if varies and n > 3 else np.nan,
                "floor": float(np.mean(answers == low)) if n else np.nan,
                "ceiling": float(np.mean(answers == high)) if n else np.nan,
            }
        )
    return pd.DataFrame(rows)


def item_analysis(data: pd.DataFrame, blocks: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Item–total correlations and alpha if the item is dropped, construct by construct.

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers.
    blocks : mapping
        Construct → its items.

    Returns
    -------
    DataFrame
        ``construct, item, item_total, item_rest, alpha_if_dropped, standardized_alpha_if_dropped``.
        ``item_rest`` is the correlation with the sum of the other items (corrected item–total
        correlation; Nunnally & Bernstein, 1994).  NaN where the block is too small.

    Notes
    -----
    In R: ``psych::alpha``: ``r.drop``, ``raw_alpha`` and ``std.alpha`` if an item is dropped.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5], "c": [1, 3, 2, 5, 4]})
    >>> item_analysis(data, {"X": ["a", "b", "c"]})[["item", "item_rest", "alpha_if_dropped"]].round(2)
      item  item_rest  alpha_if_dropped
    0    a       0.99              0.46
    1    b       0.58              0.89
    2    c       0.58              0.89
    """
    rows = []
    for construct, block in blocks.items():
        x = data[list(block)].to_numpy(dtype=float)
        covariance = np.atleast_2d(np.cov(x, rowvar=False))
        correlation = _as_correlation(covariance)
        total = x.sum(axis=1)
        for j, item in enumerate(block):
            others = [i for i in range(len(block)) if i != j]
            rest = x[:, others].sum(axis=1)
            pick = np.ix_(others, others)
            rows.append(
                {
                    "construct": construct,
                    "item": item,
                    "item_total": _correlation(x[:, j], total),
                    "item_rest": _correlation(x[:, j], rest) if others else np.nan,
                    "alpha_if_dropped": cronbach_alpha(covariance[pick]),
                    "standardized_alpha_if_dropped": cronbach_alpha(correlation[pick]),
                }
            )
    return pd.DataFrame(rows)


def scale_reliability(data: pd.DataFrame, blocks: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Alpha and omega of each construct's items.

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers.
    blocks : mapping of str to sequence of str
        Construct → its items.

    Returns
    -------
    DataFrame
        ``construct, n_items, cronbach_alpha, standardized_alpha, mcdonald_omega, mean_correlation``.

    Notes
    -----
    In R: ``psych::alpha``.

    References
    ----------
    Cronbach (1951) and McDonald (1999); see :func:`cronbach_alpha` and :func:`mcdonald_omega`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5], "c": [1, 3, 2, 5, 4]})
    >>> found = scale_reliability(data, {"X": ["a", "b", "c"]})
    >>> found[["construct", "n_items", "cronbach_alpha", "mean_correlation"]].round(2)
      construct  n_items  cronbach_alpha  mean_correlation
    0         X        3            0.84              0.63
    """
    rows = []
    for construct, block in blocks.items():
        covariance = np.atleast_2d(np.cov(data[list(block)].to_numpy(dtype=float), rowvar=False))
        r = _as_correlation(covariance)
        p = len(block)
        usable = p > 2 and bool(np.isfinite(r).all())
        rows.append(
            {
                "construct": construct,
                "n_items": p,
                "cronbach_alpha": cronbach_alpha(covariance),
                "standardized_alpha": cronbach_alpha(r),
                "mcdonald_omega": mcdonald_omega(r) if usable else np.nan,
                "mean_correlation": (r.sum() - p) / (p * (p - 1)) if p > 1 else np.nan,
            }
        )
    return pd.DataFrame(rows)


def scaling_success(
    data: pd.DataFrame, blocks: Mapping[str, Sequence[str]], *, items: Sequence[str] | None = None
) -> pd.DataFrame:
    """Set each item's correlation with its own construct against that with the others (multitrait scaling).

    Each item's correlation with the sum of its own construct's other items is set against its
    highest correlation with another construct's sum (Campbell & Fiske, 1959; Hays & Hayashi, 1990).

    Parameters
    ----------
    data : DataFrame (n, items)
        Complete numeric answers.
    blocks : mapping
        Construct → its items.
    items : sequence of str, optional
        The items to report, all of the blocks if None.

    Returns
    -------
    DataFrame
        ``construct, item, item_rest, other_construct, other_correlation, gap``; gap = item_rest -
        abs(other_correlation), negative where the item goes more with the other construct.  NaN
        where a construct has one item only, or there is no other.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5], "c": [3, 1, 2, 3, 1], "d": [3, 2, 1, 3, 2]})
    >>> found = scaling_success(data, {"X": ["a", "b"], "Y": ["c", "d"]})
    >>> found[["construct", "item", "item_rest", "gap"]].round(2)
      construct item  item_rest   gap
    0         X    a        0.8  0.51
    1         X    b        0.8  0.51
    2         Y    c        0.6  0.35
    3         Y    d        0.6  0.30
    """
    names = [i for block in blocks.values() for i in block]
    owner = [c for c, block in blocks.items() for _ in block]
    constructs = list(blocks)
    member = np.array([[o == c for c in constructs] for o in owner], dtype=float).reshape(len(names), -1)
    x = data[names].to_numpy(dtype=float)
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    variance = np.diag(covariance)
    with_total = covariance @ member
    total_variance = np.diag(member.T @ covariance @ member)
    rows = []
    for position, item in enumerate(names):
        if items is not None and item not in items:
            continue
        own = constructs.index(owner[position])
        rest = with_total[position, own] - variance[position]
        rest_variance = total_variance[own] - 2 * with_total[position, own] + variance[position]
        item_rest = _ratio(rest, variance[position] * rest_variance)
        if len(blocks[owner[position]]) < 2:
            item_rest = float("nan")
        others = {
            c: _ratio(with_total[position, j], variance[position] * total_variance[j])
            for j, c in enumerate(constructs)
            if j != own and blocks[c]
        }
        other = max(others, key=lambda c: abs(others[c])) if others else ""
        value = others.get(other, float("nan"))
        rows.append((owner[position], item, item_rest, other, value, item_rest - abs(value)))
    columns = ["construct", "item", "item_rest", "other_construct", "other_correlation", "gap"]
    return pd.DataFrame(rows, columns=columns)


def _ratio(covariance: float, product: float) -> float:
    """Divide a covariance by the root of a product of variances; NaN where something does not vary."""
    return float(covariance / np.sqrt(product)) if product > 1e-24 else float("nan")


def _correlation(x: Array, y: Array) -> float:
    a, b = x - x.mean(), y - y.mean()
    length = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / length if length > 0 else float("nan")


def _as_correlation(covariance: Array) -> Array:
    sd = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covariance / np.outer(sd, sd))
