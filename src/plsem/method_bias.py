"""Common method bias: full collinearity, Harman's single factor, a marker variable.

None of them shows that there is no common method bias; they show where it would have to be large to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from plsem import batches
from plsem.efa.extraction import extract
from plsem.estimator import fit, scores
from plsem.inputs import DataError, correlations
from plsem.kernels import regressions, score_correlations
from plsem.measurement import single
from plsem.model import Model
from plsem.names import N_, nearest
from plsem.solution import Estimate
from plsem.thresholds import judge

__all__ = ["Harman", "MarkerResult", "full_collinearity", "harman", "marker_variable"]

FloatArray = NDArray[np.float64]

HARMAN_REMARK = N_(
    "Harman's single factor hardly ever detects common method bias: a factor rarely explains half of all items' "
    "variance, biased or not (Podsakoff et al. 2003). Nothing follows from passing it."
)


def full_collinearity_last(estimate: Estimate) -> FloatArray:
    """Return each construct's variance inflation factor among all constructs, ``(k, B)``."""
    between = score_correlations(estimate.model, estimate.outer_weights_last, estimate.cross_loadings_last)
    return batches.inflation(between)


def full_collinearity(estimate: Estimate) -> pd.DataFrame:
    """Return each construct's variance inflation factor when all other constructs explain it.

    Parameters
    ----------
    estimate : Estimate
        Of one matrix.

    Returns
    -------
    DataFrame
        Index ``construct``: ``full_collinearity_vif``, the diagonal of the inverse of the scores' correlations,
        and ``mark`` (✓ at most 3.3; :mod:`plsem.thresholds`).

    Notes
    -----
    In R: ``diag(solve(cor(scores)))``.

    References
    ----------
    Kock, N. (2015). Common method bias in PLS-SEM: a full collinearity assessment approach. International
    Journal of e-Collaboration, 11(4), 1–10.

    Examples
    --------
    >>> r = [[1, 0.6], [0.6, 1]]
    >>> model = Model({"X": ["x"], "Y": ["y"]}, paths=[("X", "Y")])
    >>> full_collinearity(fit(r, model)).round(4).reset_index()
      construct  full_collinearity_vif mark
    0         X                 1.5625    ✓
    1         Y                 1.5625    ✓
    """
    single(estimate)
    vif = full_collinearity_last(estimate)[:, 0]
    table = pd.DataFrame(
        {"full_collinearity_vif": vif, "mark": [judge("full_collinearity_vif", v) for v in vif]},
        index=pd.Index(estimate.model.constructs, name="construct"),
    )
    return table


@dataclass(frozen=True, slots=True)
class Harman:
    """Harman's single-factor test.

    Parameters
    ----------
    component_share : float
        Share of the items' variance that the first principal component explains: the first eigenvalue of the
        correlation matrix over the number of items.
    factor_share : float
        The same of one common factor by principal axis.
    eigenvalues : ndarray, (p,)
    remark : str
        What may be concluded.
    """

    component_share: float
    factor_share: float
    eigenvalues: FloatArray
    remark: str = HARMAN_REMARK


def harman(data: Estimate | pd.DataFrame | ArrayLike) -> Harman:
    """Return Harman's single-factor test of all items of a model.

    Parameters
    ----------
    data : Estimate, or answers (n, p)
        Of answers all columns are taken.

    Returns
    -------
    Harman

    Raises
    ------
    DataError
        If an item does not vary, or the estimate is of a batch.

    Notes
    -----
    The usual line is a share of 0.50; see ``HARMAN_REMARK``.

    In R: ``psych::fa(r, 1, fm = "pa")``.

    References
    ----------
    Podsakoff, P. M., MacKenzie, S. B., Lee, J.-Y., & Podsakoff, N. P. (2003). Common method biases in behavioral
    research. Journal of Applied Psychology, 88(5), 879–903.

    Examples
    --------
    >>> r = [[1, 0.6], [0.6, 1]]
    >>> round(harman(fit(r, Model({"X": ["x"], "Y": ["y"]}, paths=[("X", "Y")]))).component_share, 3)
    0.8
    """
    r = data.correlations if isinstance(data, Estimate) else correlations(data)
    if r.ndim != 2 or not np.isfinite(r).all():
        raise DataError("Harman's test needs the correlations of one sample, and items that all vary")
    values = np.linalg.eigvalsh(r)[::-1]
    loadings = extract(r, 1, method="principal_axis").loadings
    return Harman(
        float(values[0] / len(r)), float((loadings**2).sum() / len(r)), np.asarray(values, dtype=float)
    )


@dataclass(frozen=True, slots=True, repr=False)
class MarkerResult:
    """Correlations and paths with the marker's share taken out.

    Parameters
    ----------
    marker : str
        The marker's column; "" where none was measured and a small correlation of constructs stands in.
    r_m : float
        The correlation that is taken out.
    marker_correlations : Series
        Of the marker with each construct; empty without a marker.
    correlations : DataFrame
        One row a pair: ``row``, ``column``, ``correlation``, ``adjusted``, ``t_statistic``, ``p_value`` (of the
        adjusted one), ``stays``: whether it is significant at 5 % before and after, or neither.
    paths : DataFrame
        ``source``, ``target``, ``path_coefficient`` and ``adjusted``, from the adjusted correlations.
    """

    marker: str
    r_m: float
    marker_correlations: pd.Series
    correlations: pd.DataFrame
    paths: pd.DataFrame

    def __repr__(self) -> str:
        what = (
            f"Marker {self.marker!r}"
            if self.marker
            else "No marker; the second smallest correlation of constructs"
        )
        parts = [f"{what}: r_M = {self.r_m:.3f} is taken out of every correlation (Lindell & Whitney 2001)."]
        parts += [t.to_string(float_format=lambda v: f"{v:.3f}") for t in (self.correlations, self.paths)]
        return "\n\n".join(parts)


def marker_variable(
    data: pd.DataFrame,
    model: Model,
    marker: str | None = None,
    *,
    r_m: float | None = None,
    alpha: float = 0.05,
    **options: Any,
) -> MarkerResult:
    r"""Take the correlation with a marker out of the constructs' correlations and paths.

    Parameters
    ----------
        data : DataFrame
            Holds the model's items and the marker.
        model : Model
        marker : str, optional
            A column that theory connects with no construct.  Without one the second smallest correlation of
            constructs stands in for r_M, which Lindell and Whitney allow after the fact and which shrinks every
            correlation by one that may be real.
        r_m : float, optional
            Another value to take out; default the marker's smallest correlation in size with a construct.
        alpha : float
            Level at which correlations are called significant.
        **options
            The estimator's: scheme, tolerance, max_iterations, sign_items.

    Returns
    -------
        MarkerResult

    Raises
    ------
        DataError
            If the marker is missing from the data, has gaps or does not vary.
        ValueError
            If the marker is an item of the model, or r_M is not below 1.

    Notes
    -----
    :math:`r_{adj} = (r - r_M) / (1 - r_M)`, :math:`t = r_{adj} / \sqrt{(1 - r_{adj}^2)/(n - 3)}` with n − 3
    degrees of freedom (Lindell & Whitney 2001, Journal of Applied Psychology 86, 114–121).  Programs differ in
    r_M: smallest positive, smallest in size, or the marker's correlation with its nearest construct.  The
    correlations of products stay as they are: what a common method adds to two constructs does not add to their
    product (Siemsen, Roth & Oliveira 2010, Organizational Research Methods 13, 456–476).

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> x, e, f = np.random.default_rng(1).normal(size=(3, 200))
    >>> m = 0.6 * x + 0.8 * e
    >>> data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + 0.3 * x + 0.8 * f})
    >>> model = plsem.Model.from_text("X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ X + M")
    >>> data["weather"] = np.random.default_rng(2).normal(size=200)
    >>> found = marker_variable(data, model, "weather")
    >>> found.correlations[["row", "column", "correlation", "adjusted", "stays"]].round(2)
      row column  correlation  adjusted  stays
    0   X      M         0.63      0.62   True
    1   X      Y         0.62      0.61   True
    2   M      Y         0.54      0.53   True
    """
    estimate = fit(data, model, **options)
    of_scores = scores(data, estimate)
    between = correlations(of_scores)
    last, n = estimate.model, len(of_scores)
    products = {name for name, _ in model.products}
    plain = [j for j, name in enumerate(last.constructs) if name not in products]
    pairs = list(combinations(plain, 2))
    with_marker = pd.Series(dtype=float)
    if marker is not None:
        if marker in model.items:
            raise ValueError(f"marker: {marker!r} is an item of the model; a marker stands outside it")
        columns = [str(c) for c in data.columns]
        if marker not in columns:
            raise DataError(f"marker: no column {marker!r} in the data{nearest(marker, columns)}")
        x = data.iloc[:, columns.index(marker)].to_numpy(dtype=float)
        if not np.isfinite(x).all() or np.ptp(x) == 0:
            raise DataError(f"marker {marker!r} has empty cells or does not vary")
        r = np.array([np.corrcoef(x, of_scores[:, j])[0, 1] for j in plain])
        with_marker = pd.Series(r, index=pd.Index([last.constructs[j] for j in plain], name="construct"))
        found = float(np.abs(r).min())
    else:
        sizes = np.sort([abs(between[pair]) for pair in pairs])
        if len(sizes) < 2:
            raise ValueError(
                "marker_variable: without a marker it takes three constructs or more; name a marker"
            )
        found = float(sizes[1])
    taken = found if r_m is None else float(r_m)
    if not 0 <= taken < 1:
        raise ValueError(f"r_m: expected a correlation from 0 to below 1, found {taken:g}")
    adjusted = between.copy()
    rows = []
    for i, j in pairs:
        adjusted[i, j] = adjusted[j, i] = (between[i, j] - taken) / (1 - taken)
        before, after = between[i, j], adjusted[i, j]
        (_, p_before), (t, p) = _t_of(before, n - 2), _t_of(after, n - 3)
        rows.append(
            {
                "row": last.constructs[i],
                "column": last.constructs[j],
                "correlation": before,
                "adjusted": after,
                "t_statistic": t,
                "p_value": p,
                "stays": (p_before < alpha) == (p < alpha),
            }
        )
    paths = regressions(last, adjusted[:, :, None])[0][..., 0]
    return MarkerResult(
        marker=marker or "",
        r_m=taken,
        marker_correlations=with_marker,
        correlations=pd.DataFrame(rows),
        paths=pd.DataFrame(
            [
                {
                    "source": last.constructs[s],
                    "target": last.constructs[t],
                    "path_coefficient": estimate.path_coefficients[s, t],
                    "adjusted": paths[s, t],
                }
                for s, t in last.paths
            ]
        ),
    )


def _t_of(r: float, df: int) -> tuple[float, float]:
    """Return t of a correlation and its two-sided p."""
    t = r / np.sqrt((1 - r**2) / df)
    return float(t), float(2 * special.stdtr(df, -abs(t)))
