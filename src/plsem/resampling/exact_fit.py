"""The bootstrap test of exact model fit (Beran & Srivastava 1985; Dijkstra & Henseler 2015).

The sample is transformed so that its correlations are those that the model implies, as Bollen & Stine (1992)
do.  Resamples of the transformed sample show how large a discrepancy is by chance alone; the sample's own
discrepancy is held against their 95 % and 99 % quantiles.

That is a test only where the estimator gives the implied correlations back, so that the transformed sample
has no discrepancy itself: PLSc with the common-factor variants, Mode B with the composite ones.  Plain Mode A
does so only if each block's loadings are an eigenvector of its correlations, which they are not as a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem import estimator as pls
from plsem import model_fit as model_fit
from plsem.inputs import correlations, item_matrix, no_inverse
from plsem.model import Model
from plsem.names import check_share, named_options
from plsem.resampling import intervals
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.parallel import Progress
from plsem.resampling.result import BootstrapResult
from plsem.solution import Estimate, Scheme

__all__ = ["ExactFitResult", "NotTransformableError", "exact_fit_test"]

FloatArray = NDArray[np.float64]

STATISTICS: tuple[str, ...] = ("srmr", "d_uls", "d_g")
_SMALLEST = 1e-12  # eigenvalue below which a correlation matrix counts as singular
_REPRODUCED = 1e-4  # SRMR of the transformed sample up to which the estimator counts as giving the model back


class NotTransformableError(ValueError):
    """The sample cannot be given the implied correlations, so exact fit cannot be tested."""


@dataclass(frozen=True, slots=True)
class ExactFitResult:
    """Discrepancies of the sample and of resamples that obey the model.

    Parameters
    ----------
    results : mapping of str to BootstrapResult
        Fit variant, such as ``"estimated/composite"`` → the discrepancies of the transformed sample's
        resamples (``draws``).  Its ``original`` is the transformed sample's.
    original : mapping of str to ndarray
        Fit variant → SRMR, d_ULS and d_G of the sample itself.
    reasons : mapping of str to str
        Fit variant → why it could not be tested; such a variant is missing from ``results``.
    """

    results: Mapping[str, BootstrapResult]
    original: Mapping[str, FloatArray]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def summary(self, *, quantiles: Sequence[float] = (0.95, 0.99)) -> pd.DataFrame:
        """Return the sample's discrepancies beside the quantiles that exact fit allows.

        Parameters
        ----------
        quantiles : sequence of float
            Shares between 0 and 1.

        Returns
        -------
        DataFrame
            Columns ``statistic``, ``row`` (``model``), ``column`` (the variant), ``original``,
            ``transformed`` (the discrepancy of the transformed sample itself), one column a quantile
            (``95%``, ``99%``), ``p_value`` and ``n_draws``.  p = (1 + number of draws at least as
            large) / (1 + draws): below 0.05 the model does not fit exactly.  p is NaN where the
            transformed sample's own SRMR is above 0.0001: the estimator does not give the model back,
            its resamples do not obey the model, and the quantiles are no limits of exact fit.  Where
            the sample cannot be transformed (``reasons``) all but ``original`` is NaN and
            ``n_draws`` is 0; ``reason``, a column that stands only there, says why.
        """
        for share in quantiles:
            check_share("level", share)
        rows = []
        for variant in self.original:
            if variant in self.reasons:
                blank = [np.nan] * (len(quantiles) + 1)
                for name, observed in zip(STATISTICS, self.original[variant], strict=True):
                    rows.append([name, "model", variant, observed, *blank, np.nan, 0])
                continue
            result = self.results[variant]
            draws = np.ascontiguousarray(result.draws.T, dtype=np.float64)
            limits = intervals.quantiles(draws, np.asarray(quantiles))
            obeys = result.original[STATISTICS.index("srmr")] <= _REPRODUCED
            for name, values, limit, observed, at_null in zip(
                STATISTICS, draws, limits, self.original[variant], result.original, strict=True
            ):
                usable = values[np.isfinite(values)]
                tested = obeys and np.isfinite(observed) and usable.size
                p = (1 + np.count_nonzero(usable >= observed)) / (1 + usable.size) if tested else np.nan
                rows.append([name, "model", variant, observed, at_null, *limit, p, usable.size])
        levels = [f"{100 * share:.10g}%" for share in quantiles]
        columns = ["statistic", "row", "column", "original", "transformed", *levels, "p_value", "n_draws"]
        table = pd.DataFrame(rows, columns=columns)
        return table.assign(reason=table["column"].map(self.reasons).fillna("")) if self.reasons else table

    def _repr_html_(self) -> str:
        return self.summary().to_html(index=False, float_format=lambda v: f"{v:.4f}", border=0)


def discrepancies_last(estimate: Estimate, variant: str) -> FloatArray:
    """Return SRMR, d_ULS and d_G (natural logarithms) of one fit variant, (3, B)."""
    implied = model_fit.implied_last(estimate, *model_fit.split_variant(variant))
    squares = model_fit.sum_of_squares_last(estimate, implied)
    return np.stack(
        [
            model_fit.srmr(squares, estimate.model.n_items),
            squares,
            model_fit.d_g_last(estimate, [variant])[0],
        ]
    )


def transformed(data: ArrayLike, implied: ArrayLike) -> FloatArray:
    r"""Return the sample, standardised and turned so that its correlation matrix is the implied one.

    :math:`Z S^{-1/2} \Sigma^{1/2}` with the symmetric roots (Bollen & Stine 1992).

    Parameters
    ----------
    data : array_like, (n, p)
    implied : array_like, (p, p)

    Returns
    -------
    ndarray, (n, p)

    Raises
    ------
    NotTransformableError
        If the sample's correlation matrix is singular (fewer rows than items, or redundant items), or
        the implied one is not positive semi-definite.
    """
    x = np.asarray(data, dtype=np.float64)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    values, vectors = np.linalg.eigh(correlations(x))
    if values[0] <= _SMALLEST:
        raise NotTransformableError(
            f"the correlation matrix of {x.shape[0]} rows and {x.shape[1]} items is singular "
            "and cannot be transformed; more rows than items are needed, and no redundant item"
        )
    implied_values, implied_vectors = np.linalg.eigh(np.asarray(implied, dtype=np.float64))
    if implied_values[0] < -_SMALLEST:
        raise NotTransformableError(
            "no data can have the implied correlations (smallest eigenvalue "
            f"{implied_values[0]:.3g}), so no sample obeys this model"
        )
    whiten = (vectors / np.sqrt(values)) @ vectors.T
    colour = (implied_vectors * np.sqrt(np.maximum(implied_values, 0.0))) @ implied_vectors.T
    return np.asarray(z @ whiten @ colour)


@named_options
def exact_fit_test(
    data: pd.DataFrame | ArrayLike,
    model: Model,
    *,
    seed: int,
    n_resamples: int = 10_000,
    variants: Sequence[str] | None = None,
    scheme: Scheme = "path",
    tolerance: float = 1e-7,
    max_iterations: int = 300,
    consistent: bool = False,
    max_failed: float = 0.10,
    chunk_size: int | None = None,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> ExactFitResult:
    """Test whether a model fits exactly, by SRMR, d_ULS and d_G.

    Parameters
    ----------
    data : DataFrame
        One row a respondent, without gaps; the model's items are among the columns.
    model : Model
    seed, n_resamples, max_failed, chunk_size, n_jobs, progress
        See :func:`plsem.resampling.bootstrap.bootstrap`.
    variants : sequence of str, optional
        From :data:`plsem.model_fit.VARIANTS`: constructs as they are (``saturated``: the measurement
        model alone is tested) or as the paths imply (``estimated``); blocks as ``composite`` or
        ``common_factor``.  Default: both structures, with ``common_factor`` if ``consistent``, else
        with ``composite``.
    scheme, tolerance, max_iterations, consistent
        The estimator's; see :func:`plsem.estimator.estimate`.

    Returns
    -------
    ExactFitResult

    Raises
    ------
    BootstrapError
        If too many resamples fail.
    ValueError
        For an unknown variant; the message names the nearest one.

    Notes
    -----
    The rows are transformed to the correlations that the model implies, and resampled (Beran & Srivastava 1985;
    Dijkstra & Henseler 2015).

    In R: ``cSEM::testOMF``.

    Examples
    --------
    >>> import numpy as np, pandas as pd, plsem
    >>> r = [[1, 0.6, 0.3, 0.3], [0.6, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.6], [0.3, 0.3, 0.6, 1]]
    >>> rows = np.random.default_rng(1).normal(size=(200, 4)) @ np.linalg.cholesky(r).T
    >>> data = pd.DataFrame(rows, columns=["x1", "x2", "y1", "y2"])
    >>> blocks, modes = {"X": ["x1", "x2"], "Y": ["y1", "y2"]}, {"X": "B", "Y": "B"}
    >>> model = plsem.Model(blocks, paths=[("X", "Y")], modes=modes)
    >>> found = exact_fit_test(data, model, seed=1, n_resamples=200)
    >>> bool((found.summary()["p_value"] > 0.05).all())
    True
    """
    if variants is None:
        kind = "common_factor" if consistent else "composite"
        variants = [f"{structure}/{kind}" for structure in ("saturated", "estimated")]
    for variant in variants:
        model_fit.split_variant(variant)
    if model.composed:
        raise ValueError(
            "the test of exact fit needs the items' correlations that a model implies, which one in stages (second "
            f"order, products: {', '.join(name for name, _ in (*model.higher_order, *model.products))}) does not "
            "give; test the model without them, or read the last stage's SRMR"
        )
    values = item_matrix(data, model)
    options: dict[str, Any] = {
        "scheme": scheme,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
        "consistent": consistent,
    }
    sample = pls.estimate(model, correlations(values), n_observations=len(values), **options)
    results: dict[str, BootstrapResult] = {}
    original: dict[str, FloatArray] = {}
    reasons: dict[str, str] = {}
    singular = no_inverse(correlations(values), model.items, len(values))
    for variant in variants:
        structure, kind = model_fit.split_variant(variant)
        implied = model_fit.implied_correlations(sample, structure=structure, implied=kind)
        labels = pd.DataFrame({"statistic": STATISTICS, "row": "model", "column": variant})

        def statistics(
            estimate: Estimate, variant: str = variant, labels: pd.DataFrame = labels
        ) -> tuple[pd.DataFrame, FloatArray]:
            return labels, estimate.leading(discrepancies_last(estimate, variant))

        original[variant] = discrepancies_last(sample, variant)[:, 0]
        try:
            obeying = transformed(values, implied)
        except NotTransformableError as error:
            reasons[variant] = singular or str(error)
            continue
        results[variant] = bootstrap(
            obeying,
            model,
            statistics,
            seed=seed,
            n_resamples=n_resamples,
            jackknife=False,
            max_failed=max_failed,
            chunk_size=chunk_size,
            n_jobs=n_jobs,
            progress=progress,
            **options,
        )
    return ExactFitResult(results, original, reasons)
