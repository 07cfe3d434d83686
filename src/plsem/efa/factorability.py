"""Whether a survey's items can be factored and by how many factors, labelled for display."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from plsem.efa.adequacy import (
    Bartlett,
    ParallelAnalysis,
    bartlett,
    kaiser_rule,
    kmo,
    minimum_average_partial,
    parallel_analysis,
)
from plsem.efa.correlations import EfaError, correlation_matrix, smooth
from plsem.efa.extraction import Array
from plsem.thresholds import threshold

__all__ = ["Adequacy", "adequacy", "kmo_label", "number_of_factors"]


@dataclass(frozen=True, slots=True)
class Adequacy:
    """Whether the items can be factored.

    Attributes
    ----------
    kmo : float
    msa : Series
        By item.
    bartlett : Bartlett
    determinant : float
    n : int
        Rows.
    smoothed : bool
        Whether the matrix had to be made positive definite first.
    """

    kmo: float
    msa: pd.Series
    bartlett: Bartlett
    determinant: float
    n: int
    smoothed: bool

    def table(self) -> pd.DataFrame:
        """Return ``measure, value, reading`` with the usual verbal labels (Kaiser, 1974)."""
        b = self.bartlett
        weakest = str(self.msa.idxmin())
        return pd.DataFrame(
            [
                ("KMO", self.kmo, kmo_label(self.kmo)),
                ("smallest MSA", float(self.msa.min()), f"{weakest}: {kmo_label(float(self.msa.min()))}"),
                ("Bartlett chi-square", b.chi_square, f"df = {b.df}"),
                (
                    "Bartlett p",
                    b.p_value,
                    "correlated" if b.p_value < threshold("p_value").acceptable else "not shown to correlate",
                ),
                ("determinant", self.determinant, "smoothed" if self.smoothed else ""),
                ("rows", float(self.n), f"{self.n / len(self.msa):.1f} rows an item"),
            ],
            columns=["measure", "value", "reading"],
        )


def kmo_label(value: float) -> str:
    """Kaiser's (1974) word for a KMO or MSA value.

    Parameters
    ----------
    value : float

    Returns
    -------
    str

    Examples
    --------
    >>> kmo_label(0.83)
    'meritorious'
    """
    return threshold("kmo").size(value)


def adequacy(correlations: pd.DataFrame, n: int) -> Adequacy:
    """Compute KMO, MSA and Bartlett's test for a labelled correlation matrix of ``n`` rows, smoothed if it must be.

    Parameters
    ----------
    correlations : DataFrame (p, p)
    n : int
        Rows behind them.

    Returns
    -------
    Adequacy
        KMO, each item's MSA, Bartlett's test, and whether the matrix was smoothed.

    Notes
    -----
    In R: ``psych::KMO``, ``psych::cortest.bartlett``.

    References
    ----------
    Kaiser (1970, 1974); Bartlett (1951); see :func:`plsem.efa.adequacy.kmo` and :func:`plsem.efa.adequacy.bartlett`.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["a", "b", "c"]
    >>> r = pd.DataFrame([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]], names, names)
    >>> adequacy(r, 50).table().round(2)[["measure", "value", "reading"]]
                   measure  value            reading
    0                  KMO   0.66           mediocre
    1         smallest MSA   0.62        a: mediocre
    2  Bartlett chi-square  35.61             df = 3
    3           Bartlett p   0.00         correlated
    4          determinant   0.47
    5                 rows  50.00  16.7 rows an item
    """
    r, smoothed = smooth(correlations.to_numpy(dtype=float))
    overall, msa = kmo(r)
    return Adequacy(
        kmo=overall,
        msa=pd.Series(msa, index=correlations.index, name="msa"),
        bartlett=bartlett(r, n),
        determinant=float(np.linalg.det(r)),
        n=n,
        smoothed=smoothed,
    )


def number_of_factors(
    data: pd.DataFrame,
    *,
    correlations: pd.DataFrame | None = None,
    n_constructs: int | None = None,
    n_parallel: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """Ask every criterion for the number of factors: ``criterion, n_factors, source``.

    Parallel analysis works on Pearson correlations; Kaiser's rule and MAP on ``correlations`` where given.

    Parameters
    ----------
    data : DataFrame (n, p)
        Complete answers.
    correlations : DataFrame (p, p), optional
        For Kaiser's rule and MAP, where these are not to be Pearson's.
    n_constructs : int, optional
        What the theory says; it is set beside the criteria.
    n_parallel : int
        Random data sets of parallel analysis.
    seed : int
        Of these.

    Returns
    -------
    DataFrame
        ``criterion, n_factors, source``.

    Notes
    -----
    In R: ``psych::fa.parallel``, ``psych::vss``.

    References
    ----------
    Horn (1965), Velicer (1976), Kaiser (1960); see :mod:`plsem.efa.adequacy`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> answers = np.repeat(rng.normal(size=(150, 2)), 3, axis=1) + 0.7 * rng.normal(size=(150, 6))
    >>> number_of_factors(pd.DataFrame(answers), n_parallel=100)[["criterion", "n_factors"]]
                           criterion  n_factors
    0  parallel analysis, components          2
    1     parallel analysis, factors          2
    2        minimum average partial          2
    3            eigenvalues above 1          2
    """
    r = (correlation_matrix(data) if correlations is None else correlations).to_numpy(dtype=float)
    parallel = _parallel(data, n_parallel, seed)
    rows = [
        ("parallel analysis, components", parallel.n_components, "Horn (1965), 95th percentile"),
        ("parallel analysis, factors", parallel.n_factors, "Humphreys & Montanelli (1975), 95th percentile"),
        ("minimum average partial", minimum_average_partial(r)[0], "Velicer (1976)"),
        ("eigenvalues above 1", kaiser_rule(r), "Kaiser (1960)"),
    ]
    if n_constructs is not None:
        rows.append(("constructs of the study", n_constructs, "theory"))
    return pd.DataFrame(rows, columns=["criterion", "n_factors", "source"])


def _parallel(data: pd.DataFrame, n_iterations: int, seed: int) -> ParallelAnalysis:
    try:
        return parallel_analysis(data.to_numpy(dtype=float), n_iterations=n_iterations, seed=seed)
    except ValueError as error:
        raise EfaError(str(error)) from None


def choose_n_factors(
    rule: int | str, data: pd.DataFrame, correlations: Array, n_constructs: int, *, n_parallel: int, seed: int
) -> int:
    """Return the number of factors that a rule of the study file gives, at least 1 and below the number of items."""
    p = int(correlations.shape[0])
    if isinstance(rule, int):
        chosen = rule
    elif rule == "constructs":
        chosen = n_constructs
    elif rule == "kaiser":
        chosen = kaiser_rule(correlations)
    elif rule == "map":
        chosen = int(minimum_average_partial(correlations)[0])
    elif rule == "parallel":
        chosen = int(_parallel(data, n_parallel, seed).n_components)
    else:
        raise EfaError(
            f"n_factors must be a number, 'constructs', 'parallel', 'kaiser' or 'map', found {rule!r}"
        )
    if isinstance(rule, int) and not 1 <= chosen < p:
        raise EfaError(f"n_factors must lie between 1 and {p - 1} for {p} items, found {chosen}")
    return min(max(chosen, 1), p - 1)
