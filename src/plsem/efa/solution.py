"""Exploratory factor analysis, labelled: data in, named loadings, communalities and notes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from plsem.efa.adequacy import eigenvalues
from plsem.efa.correlations import EfaError, smooth
from plsem.efa.extraction import Array, Extracted, Extraction, extract
from plsem.efa.rotation import Rotation, rotate
from plsem.names import Said

__all__ = ["FactorSolution", "Note", "factor_analysis"]


class Note(Said):
    """What a reader must know before trusting a solution: a sentence with a code and the items it is about.

    Attributes
    ----------
    code : str
        ``not identified``, ``not converged``, ``creeping``, ``rotation not converged``, ``heywood``,
        ``smoothed`` or ``several minima``.
    items : tuple of str
    """

    code: str
    items: tuple[str, ...]

    def __new__(cls, code: str, said: Said, items: Sequence[str] = ()) -> Note:  # noqa: D102
        note: Note = str.__new__(cls, said)
        note.template, note.fields = said.template, said.fields
        note.code, note.items = code, tuple(items)
        return note

    def __reduce__(self) -> tuple[type[Note], tuple[str, Said, tuple[str, ...]]]:
        return Note, (self.code, Said(self.template, **self.fields), self.items)


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
    notes : tuple of Note
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
    notes: tuple[Note, ...]

    def table(self) -> pd.DataFrame:
        """Return one row an item: ``item``, each factor's loading, ``communality, uniqueness, complexity``."""
        table = self.pattern.copy()
        table["communality"] = self.communalities
        table["uniqueness"] = self.uniquenesses
        table["complexity"] = self.complexity
        return table.rename_axis("item").reset_index()

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
        See :func:`plsem.efa.extraction.extract`.
    rotation : {"none", "varimax", "oblimin", "promax", "promax_r", "promax_spss"}
        See :func:`plsem.efa.rotation.rotate`.
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

    Notes
    -----
    In R: ``psych::fa``.

    References
    ----------
    Harman & Jones (1966), Jöreskog (1967); of the rotations: Kaiser (1958), Jennrich & Sampson (1966), Hendrickson &
    White (1964).

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["a", "b", "c", "d"]
    >>> r = pd.DataFrame([[1, 0.64, 0, 0], [0.64, 1, 0, 0], [0, 0, 1, 0.49], [0, 0, 0.49, 1]], names, names)
    >>> factor_analysis(r, 2, rotation="varimax").pattern.abs().round(1)
        F1   F2
    a  0.8  0.0
    b  0.8  0.0
    c  0.0  0.7
    d  0.0  0.7
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
        notes=_notes(items, n_factors, found, turned.converged, heywood, smoothed, extraction),
    )


def _notes(
    items: Sequence[str],
    k: int,
    found: Extracted,
    rotated: bool,
    heywood: tuple[str, ...],
    smoothed: bool,
    extraction: str,
) -> tuple[Note, ...]:
    notes, p = [], len(items)
    if ((p - k) ** 2 - (p + k)) / 2 < 0:
        notes.append(
            Note(
                "not identified",
                Said(
                    "{k} factor(s) of {p} items are not identified: the loadings are one choice among many",
                    k=k,
                    p=p,
                ),
            )
        )
    if not found.converged and extraction == "principal_axis":
        text = Said(
            "principal axis creeps: stopped after {iterations} iterations without meeting its tolerance",
            iterations=found.iterations,
        )
        notes.append(Note("creeping", text))
    elif not found.converged:
        notes.append(Note("not converged", Said("the extraction did not converge")))
    if found.reached < found.starts:
        text = Said(
            "several minima: the lowest was reached from {reached} of {starts} starts",
            reached=found.reached,
            starts=found.starts,
        )
        notes.append(Note("several minima", text))
    if not rotated:
        notes.append(Note("rotation not converged", Said("the rotation did not converge")))
    if heywood:
        text = Said("Heywood case: no unique variance left in {names}", names=", ".join(heywood))
        notes.append(Note("heywood", text, heywood))
    if smoothed:
        text = Said("the correlation matrix was singular, or nearly so, and was smoothed")
        notes.append(Note("smoothed", text))
    return tuple(notes)
