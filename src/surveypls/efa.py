"""Exploratory factor analysis, labelled: data in, named loadings, communalities and notes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from ordinalcorr import polychoric

from surveypls.adequacy import (
    Bartlett,
    bartlett,
    eigenvalues,
    kaiser_rule,
    kmo,
    minimum_average_partial,
    parallel_analysis,
)
from surveypls.extraction import Array, Extraction, extract
from surveypls.rotation import Rotation, rotate

Correlation = Literal["pearson", "polychoric"]

#: Correlation matrices with a smaller eigenvalue are smoothed before they are inverted.
EIGENVALUE_FLOOR = 1e-4


class EfaError(ValueError):
    """The data or the settings do not allow a factor analysis; the message says why."""


def smooth(correlations: Array, *, floor: float = EIGENVALUE_FLOOR) -> tuple[Array, bool]:
    """Make a correlation matrix positive definite: raise small eigenvalues to ``floor``, rescale to unit diagonal.

    Pairwise estimates such as polychoric correlations need not fit together (Wothke, 1993).

    Returns
    -------
    correlations : (p, p) array
    smoothed : bool
        False, and the matrix as it came, if no eigenvalue was below the floor.
    """
    values, vectors = np.linalg.eigh(correlations)
    if values[0] >= floor:
        return correlations, False
    raised = (vectors * np.maximum(values, floor)) @ vectors.T
    scale = 1.0 / np.sqrt(np.diag(raised))
    result = raised * np.outer(scale, scale)
    result = (result + result.T) / 2
    np.fill_diagonal(result, 1.0)
    return result, True


def correlation_matrix(data: pd.DataFrame, *, method: Correlation = "pearson") -> pd.DataFrame:
    """Correlate complete numeric columns.

    Parameters
    ----------
    data : DataFrame (n, p)
        Complete answers.
    method : {"pearson", "polychoric"}
        Polychoric correlations take each answer for a cut of a normal variable and are estimated pair by pair in
        two steps, thresholds first (Olsson, 1979; package ordinalcorr).  The matrix is not smoothed here.

    Raises
    ------
    EfaError
        If a value is missing or a column does not vary.
    """
    check_complete(data)
    if method == "pearson":
        return pd.DataFrame(
            np.corrcoef(data.to_numpy(dtype=float), rowvar=False), index=data.columns, columns=data.columns
        )
    if method != "polychoric":
        raise EfaError(f"correlation must be 'pearson' or 'polychoric', found {method!r}")
    # Codes 0, 1, … of the answers that occur: an answer that nobody gave has no threshold.
    codes = [np.unique(data[c].to_numpy(), return_inverse=True)[1] for c in data.columns]
    p = len(codes)
    r = np.eye(p)
    for i in range(p):
        for j in range(i):
            r[i, j] = r[j, i] = polychoric(codes[i], codes[j])
    if not np.isfinite(r).all():
        i, j = np.argwhere(~np.isfinite(r))[0]
        raise EfaError(
            f"no polychoric correlation between {data.columns[i]} and {data.columns[j]}; use pearson"
        )
    return pd.DataFrame(r, index=data.columns, columns=data.columns)


def check_complete(data: pd.DataFrame) -> None:
    """Raise EfaError, naming the columns, where an answer is missing or a column does not vary."""
    if len(data) < 3:
        raise EfaError(f"factor analysis needs at least 3 complete rows, found {len(data)}")
    gaps = [str(c) for c in data.columns if data[c].isna().any()]
    if gaps:
        raise EfaError(
            f"missing answers in {', '.join(gaps)}: apply a missing-data policy first (cleaning.missing)"
        )
    flat = [str(c) for c in data.columns if data[c].nunique() < 2]
    if flat:
        raise EfaError(f"every answer is the same in {', '.join(flat)}: such an item correlates with nothing")


@dataclass(frozen=True, slots=True)
class Adequacy:
    """Whether the items can be factored: ``kmo``, ``msa`` (Series by item), ``bartlett``, ``determinant``, ``n``."""

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
                ("Bartlett p", b.p_value, "correlated" if b.p_value < 0.05 else "not shown to correlate"),
                ("determinant", self.determinant, "smoothed" if self.smoothed else ""),
                ("rows", float(self.n), f"{self.n / len(self.msa):.1f} rows an item"),
            ],
            columns=["measure", "value", "reading"],
        )


def kmo_label(value: float) -> str:
    """Kaiser's (1974) word for a KMO or MSA value."""
    words = ("unacceptable", "miserable", "mediocre", "middling", "meritorious", "marvelous")
    return words[int(np.searchsorted([0.5, 0.6, 0.7, 0.8, 0.9], value, side="right"))]


def adequacy(correlations: pd.DataFrame, n: int) -> Adequacy:
    """Compute KMO, MSA and Bartlett's test for a labelled correlation matrix of ``n`` rows, smoothed if it must be."""
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
    """
    r = (correlation_matrix(data) if correlations is None else correlations).to_numpy(dtype=float)
    parallel = parallel_analysis(data.to_numpy(dtype=float), n_iterations=n_parallel, seed=seed)
    rows = [
        ("parallel analysis, components", parallel.n_components, "Horn (1965), 95th percentile"),
        ("parallel analysis, factors", parallel.n_factors, "Humphreys & Montanelli (1975), 95th percentile"),
        ("minimum average partial", minimum_average_partial(r)[0], "Velicer (1976)"),
        ("eigenvalues above 1", kaiser_rule(r), "Kaiser (1960)"),
    ]
    if n_constructs is not None:
        rows.append(("constructs of the study", n_constructs, "theory"))
    return pd.DataFrame(rows, columns=["criterion", "n_factors", "source"])


def choose_n_factors(
    rule: int | str, data: pd.DataFrame, correlations: Array, n_constructs: int, *, n_parallel: int, seed: int
) -> int:
    """Return the number of factors that a rule of the study file gives, at least 1 and below the number of items."""
    p = correlations.shape[0]
    if isinstance(rule, int):
        chosen = rule
    elif rule == "constructs":
        chosen = n_constructs
    elif rule == "kaiser":
        chosen = kaiser_rule(correlations)
    elif rule == "map":
        chosen = minimum_average_partial(correlations)[0]
    elif rule == "parallel":
        found = parallel_analysis(data.to_numpy(dtype=float), n_iterations=n_parallel, seed=seed)
        chosen = found.n_components
    else:
        raise EfaError(
            f"n_factors must be a number, 'constructs', 'parallel', 'kaiser' or 'map', found {rule!r}"
        )
    if isinstance(rule, int) and not 1 <= chosen < p:
        raise EfaError(f"n_factors must lie between 1 and {p - 1} for {p} items, found {chosen}")
    return min(max(chosen, 1), p - 1)


@dataclass(frozen=True, slots=True)
class FactorSolution:
    """A rotated factor solution with its labels.

    Attributes
    ----------
    pattern, structure : DataFrame (item × factor)
        Regression weights of the items on the factors, and their correlations with them (equal if orthogonal).
    communalities, uniquenesses, complexity : Series by item
        Complexity is Hofmann's (1978) ``(Σλ²)² / Σλ⁴``: 1 where an item loads on one factor only.
    factor_correlations : DataFrame (factor × factor)
    variance : DataFrame
        By factor: ``ss_loadings, proportion, cumulative`` (of the total variance of the items).
    residuals : DataFrame (item × item)
        Correlations that the factors leave over, uniquenesses on the diagonal.
    rmsr : float
        Root mean square of the off-diagonal residuals.
    eigenvalues : array (p,)
        Of the correlation matrix.
    n_factors : int
    extraction, rotation : str
    converged : bool
        Extraction and rotation both met their tolerance.
    heywood : tuple of str
        Items with a communality at or beyond its bound.
    smoothed : bool
        The correlation matrix had to be made positive definite.
    notes : tuple of str
        What a reader must know before trusting the solution.
    """

    pattern: pd.DataFrame
    structure: pd.DataFrame
    communalities: pd.Series
    uniquenesses: pd.Series
    complexity: pd.Series
    factor_correlations: pd.DataFrame
    variance: pd.DataFrame
    residuals: pd.DataFrame
    rmsr: float
    eigenvalues: Array
    n_factors: int
    extraction: str
    rotation: str
    converged: bool
    heywood: tuple[str, ...]
    smoothed: bool
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Return one row an item: ``item``, each factor's loading, ``communality, uniqueness, complexity``."""
        table = self.pattern.copy()
        table["communality"] = self.communalities
        table["uniqueness"] = self.uniquenesses
        table["complexity"] = self.complexity
        return table.rename_axis("item").reset_index()

    def salience(self, *, salient: float = 0.40) -> pd.DataFrame:
        """Describe each item's structure: ``item, factor, loading, n_salient, simple``.

        ``factor`` has the largest absolute loading; ``simple`` says that it is the only one at or above ``salient``.
        """
        size = self.pattern.abs()
        count = (size >= salient).sum(axis=1)
        main = size.idxmax(axis=1)
        loading = [self.pattern.at[item, factor] for item, factor in main.items()]
        return pd.DataFrame(
            {
                "item": self.pattern.index,
                "factor": main.to_numpy(),
                "loading": loading,
                "n_salient": count.to_numpy(),
                "simple": (count == 1).to_numpy(),
            }
        )

    def turned(self, signs: Array) -> FactorSolution:
        """Return the same solution with factors reversed where the sign is -1."""
        return replace(
            self,
            pattern=self.pattern * signs,
            structure=self.structure * signs,
            factor_correlations=self.factor_correlations * np.outer(signs, signs),
        )

    def renamed(self, names: Sequence[str]) -> FactorSolution:
        """Return the same solution with other factor names, in the order of the columns."""
        mapping = dict(zip(self.pattern.columns, names, strict=True))
        return replace(
            self,
            pattern=self.pattern.rename(columns=mapping),
            structure=self.structure.rename(columns=mapping),
            factor_correlations=self.factor_correlations.rename(index=mapping, columns=mapping),
            variance=self.variance.rename(index=mapping),
        )


def factor_analysis(
    correlations: pd.DataFrame,
    n_factors: int,
    *,
    extraction: Extraction = "minres",
    rotation: Rotation = "oblimin",
    kaiser_normalization: bool = True,
) -> FactorSolution:
    """Extract and rotate common factors of a labelled correlation matrix.

    Parameters
    ----------
    correlations : DataFrame (p, p)
        Correlations of the items; smoothed first if not positive definite.
    n_factors : int
        Number of factors.
    extraction : {"minres", "principal_axis", "ml"}
        See :func:`surveypls.extraction.extract`.
    rotation : {"none", "varimax", "oblimin"}
        See :func:`surveypls.rotation.rotate`.
    kaiser_normalization : bool
        Give all items the same weight in the rotation.

    Returns
    -------
    FactorSolution
        Factors ``F1, F2, …`` in order of variance, each with a positive sum of loadings.

    Raises
    ------
    EfaError
        If ``n_factors`` does not fit the number of items.
    """
    items = [str(i) for i in correlations.index]
    r, smoothed = smooth(correlations.to_numpy(dtype=float))
    try:
        found = extract(r, n_factors, method=extraction)
    except ValueError as error:
        raise EfaError(str(error)) from None
    turned = rotate(found.loadings, method=rotation, kaiser_normalization=kaiser_normalization)
    pattern, phi = turned.pattern, turned.factor_correlations
    # Order by the variance that a factor accounts for with its correlations counted in.
    accounted = np.diag(phi @ pattern.T @ pattern)
    order = np.argsort(-accounted, kind="stable")
    pattern, phi, accounted = pattern[:, order], phi[np.ix_(order, order)], accounted[order]
    communality = np.einsum("ij,jk,ik->i", pattern, phi, pattern)
    residual = r - pattern @ phi @ pattern.T
    off = ~np.eye(len(items), dtype=bool)
    squared = pattern**2
    with np.errstate(invalid="ignore", divide="ignore"):
        complexity = squared.sum(axis=1) ** 2 / (squared**2).sum(axis=1)
    names = [f"F{j + 1}" for j in range(n_factors)]
    heywood = tuple(item for item, bad in zip(items, found.heywood, strict=True) if bad)
    proportion = accounted / len(items)
    return FactorSolution(
        pattern=pd.DataFrame(pattern, index=items, columns=names),
        structure=pd.DataFrame(pattern @ phi, index=items, columns=names),
        communalities=pd.Series(communality, index=items, name="communality"),
        uniquenesses=pd.Series(1.0 - communality, index=items, name="uniqueness"),
        complexity=pd.Series(complexity, index=items, name="complexity"),
        factor_correlations=pd.DataFrame(phi, index=names, columns=names),
        variance=pd.DataFrame(
            {"ss_loadings": accounted, "proportion": proportion, "cumulative": np.cumsum(proportion)},
            index=names,
        ),
        residuals=pd.DataFrame(residual, index=items, columns=items),
        rmsr=float(np.sqrt(np.mean(residual[off] ** 2))),
        eigenvalues=eigenvalues(r),
        n_factors=n_factors,
        extraction=extraction,
        rotation="none" if n_factors == 1 else rotation,
        converged=found.converged and turned.converged,
        heywood=heywood,
        smoothed=smoothed,
        notes=_notes(len(items), n_factors, found.converged, turned.converged, heywood, smoothed),
    )


def _notes(
    p: int, k: int, extracted: bool, rotated: bool, heywood: tuple[str, ...], smoothed: bool
) -> tuple[str, ...]:
    notes = []
    if ((p - k) ** 2 - (p + k)) / 2 < 0:
        notes.append(f"{k} factor(s) of {p} items are not identified: the loadings are one choice among many")
    if not extracted:
        notes.append("the extraction did not converge")
    if not rotated:
        notes.append("the rotation did not converge")
    if heywood:
        notes.append(f"Heywood case: no unique variance left in {', '.join(heywood)}")
    if smoothed:
        notes.append("the correlation matrix was not positive definite and was smoothed")
    return tuple(notes)
