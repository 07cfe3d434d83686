"""From a table of answers to the arrays that the estimator reads: early, named errors, no imputation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from plsem.batches import exact_zeros
from plsem.model import Model
from plsem.names import N_, Said, few, nearest

__all__ = ["DataError"]

FloatArray = NDArray[np.float64]


_LARGEST = 1e120  # values whose fourth powers are still numbers
_DEPENDENT = 1e-10  # eigenvalue below which items are linearly dependent
_INDEFINITE = -1e-8  # eigenvalue below which rounding is no explanation


class DataError(ValueError):
    """The data cannot be used; the message names the columns and rows."""


def item_matrix(data: pd.DataFrame | ArrayLike, model: Model) -> FloatArray:
    """Return the model's items as an ``(n, p)`` array, checked.

    Parameters
    ----------
    data : DataFrame or array_like
        One row a respondent.  The model's items are among a DataFrame's columns; an array has one column
        an item, in the model's order.
    model : Model

    Returns
    -------
    ndarray, (n, p)
        Columns in the model's order, as floats.

    Raises
    ------
    DataError
        If a column is missing, stands twice, holds text, NaN or infinite values, is constant, or equals
        another item (up to sign and scale), or if there are fewer than 3 rows.  Nothing is imputed.
    """
    if not isinstance(data, pd.DataFrame):
        values = np.asarray(data)
        if values.ndim != 2 or values.shape[1] != model.n_items:
            raise DataError(
                f"data: expected shape (n, {model.n_items}), a column for each of the model's items in its "
                f"order, found {values.shape}; a DataFrame is matched by name"
            )
        data = pd.DataFrame(values, columns=list(model.items))
    problems = []
    columns = [str(c) for c in data.columns]
    for item in model.items:
        if item not in columns:
            problems.append(f"no column for item {item!r}{nearest(item, columns)}")
        elif columns.count(item) > 1:
            problems.append(f"column {item!r} stands {columns.count(item)} times")
    if problems:
        raise DataError("; ".join(problems))
    parts = []
    for item in model.items:
        column = data.iloc[:, columns.index(item)]
        if not pd.api.types.is_any_real_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            # numbers that stand in a column of objects or categories, as after a merge or a recoding
            other = next((v for v in column if not (pd.isna(v) or isinstance(v, (Real, Decimal)))), None)
            if other is not None:
                kind = "text" if isinstance(other, str) else f"values of type {type(other).__name__}"
                problems.append(f"item {item!r} holds {kind}, for example {other!r}; recode it to numbers")
                continue
            column = pd.to_numeric(column.astype(object))
        parts.append(column.to_numpy(dtype=float, na_value=np.nan))
    if problems:
        raise DataError("; ".join(problems))
    values = np.column_stack(parts)
    _check_values(values, model.items)
    return values


def _check_values(values: FloatArray, names: tuple[str, ...]) -> None:
    problems = []
    for item, column in zip(names, values.T, strict=True):
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            what = "missing" if np.isnan(column[bad]).all() else "missing or infinite"
            problems.append(f"item {item!r} has {bad.size} {what} values (rows {few(bad.tolist(), 5)})")
    if problems:
        problems.append("drop those rows or impute them first; nothing is imputed here")
        raise DataError("; ".join(problems))
    n = len(values)
    if n < 3:
        raise DataError(f"{n} rows; PLS needs at least 3")
    far = [i for i, c in zip(names, values.T, strict=True) if np.abs(c).max() > _LARGEST]
    near = [i for i, c in zip(names, values.T, strict=True) if 0 < np.ptp(c) < 1 / _LARGEST]
    if far or near:
        raise DataError(
            Said(
                "item {item!r} has values whose squares a computer cannot hold; divide the column by a "
                "constant, which changes no result",
                item=(far + near)[0],
            )
        )
    constant = [i for i, c in zip(names, values.T, strict=True) if np.ptp(c) == 0]
    if constant:
        raise DataError(
            Said("the same answer in every row: {names}; leave the item out", names=", ".join(constant))
        )
    same = np.triu(np.abs(correlations(values)) > 1 - 1e-12, 1)
    for first, second in np.argwhere(same):
        problems.append(
            Said("items {one!r} and {two!r} are the same column", one=names[first], two=names[second])
        )
    if problems:
        raise DataError(Said("{items}; a correlation of ±1 leaves no unique weights", items=problems))


def correlations(data: pd.DataFrame | ArrayLike) -> FloatArray:
    """Return the Pearson correlation matrix of the columns, (p, p).

    A constant column gives NaN in its row and column.
    """
    x = centred_and_scaled(np.asarray(data, dtype=float))
    with np.errstate(invalid="ignore", divide="ignore"):
        x = x / np.sqrt(np.einsum("ij,ij->j", x, x))
    r: FloatArray = x.T @ x
    np.fill_diagonal(r, np.where(np.isnan(r.diagonal()), np.nan, 1.0))
    return exact_zeros(np.clip(r, -1.0, 1.0))


def centred_and_scaled(x: FloatArray) -> FloatArray:
    """Return the columns minus their means, divided by a power of 2 so that the largest lies near 1.

    Division by a power of 2 does not round; squares of what is left neither overflow nor vanish.
    """
    x = x / _power(x)
    x = x - x.mean(axis=0)
    return np.asarray(x / _power(x))


def _power(x: FloatArray) -> FloatArray:
    largest = np.abs(x).max(axis=0, initial=0.0)
    return np.asarray(np.exp2(np.where(largest > 0, np.frexp(largest)[1], 0).astype(float)))


def dependent_items(correlations: FloatArray, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the sets of items of which one is a combination of the others, smallest sets first.

    Parameters
    ----------
    correlations : ndarray, (p, p)
    names : sequence of str, (p,)

    Returns
    -------
    list of tuple of str
        Empty where the matrix has an inverse.  Fewer rows than items make every item dependent on the
        others; the sets then say nothing, and :func:`no_inverse` names the numbers instead.
    """
    values, vectors = np.linalg.eigh(correlations)
    null = vectors[:, values < _DEPENDENT]
    # In the row-reduced basis of the null space each vector holds as few items as it can.
    basis = null.T.copy()
    for row in range(len(basis)):
        place, pivot = divmod(int(np.abs(basis[row:]).argmax()), basis.shape[1])
        basis[[row, row + place]] = basis[[row + place, row]]
        basis[row] /= basis[row, pivot]
        for other in range(len(basis)):
            if other != row:
                basis[other] -= basis[other, pivot] * basis[row]
    sets = [tuple(name for name, v in zip(names, vector, strict=True) if abs(v) > 1e-6) for vector in basis]
    return sorted(sets, key=lambda s: (len(s), s))


#: Why a correlation matrix has no inverse.
NO_INVERSE = N_(
    (
        "{n} rows for {p} items leave their correlation matrix without an inverse",
        "one of these items is a combination of the others: {items}",
    )
)


def no_inverse(correlations: FloatArray, names: Sequence[str], n_rows: int | None) -> str:
    """Say why the items' correlation matrix has no inverse: too few rows, or which items; "" where it has one."""
    if float(np.linalg.eigvalsh(correlations)[0]) >= _DEPENDENT:
        return ""
    if n_rows is not None and n_rows <= len(names):
        return Said(NO_INVERSE[0], n=n_rows, p=len(names))
    listed = "; ".join(", ".join(s) for s in dependent_items(correlations, names)[:5])
    return Said(NO_INVERSE[1], items=listed)


def given_correlations(data: pd.DataFrame | ArrayLike, model: Model) -> FloatArray | None:
    """Return the correlations of the model's items, in its order, where ``data`` is a correlation matrix.

    Parameters
    ----------
    data : DataFrame or array_like
        A DataFrame with the same names for its rows and columns is matched by them and may hold other
        items too; a symmetric (p, p) array with a diagonal of 1 has the items in the model's order.
    model : Model

    Returns
    -------
    ndarray (p, p), or None
        None where the data are answers.

    Raises
    ------
    DataError
        If a DataFrame looks like a correlation matrix but its names do not: of rows other than of
        columns, or without an item of the model.
    """
    if not isinstance(data, pd.DataFrame):
        values = np.asarray(data)
        return values.astype(float) if _is_correlation(values) else None
    rows, columns = [str(r) for r in data.index], [str(c) for c in data.columns]
    if sorted(rows) != sorted(columns):
        if _is_correlation(data.to_numpy()):
            raise DataError(
                f"correlations: the rows are named {few(rows, 4)} and the columns {few(columns, 4)}; "
                "give both the items' names, or pass an array in the model's order"
            )
        return None
    problems = []
    for item in model.items:
        if item not in columns:
            problems.append(f"correlations: no item {item!r}{nearest(item, columns)}")
        elif columns.count(item) > 1:
            problems.append(f"correlations: item {item!r} stands {columns.count(item)} times")
    if problems:
        raise DataError("; ".join(problems))
    places = [[names.index(item) for item in model.items] for names in (rows, columns)]
    return np.asarray(data.to_numpy(dtype=float)[np.ix_(*places)])


def _is_correlation(values: NDArray[np.generic]) -> bool:
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.dtype.kind not in "fiu":
        return False
    x = values.astype(float)
    return bool(np.allclose(np.diag(x), 1.0, atol=1e-8) and np.allclose(x, x.T, atol=1e-8))


def check_correlations(r: FloatArray, model: Model) -> None:
    """Raise ValueError unless ``r`` (p, p) is a correlation matrix of the model's items."""
    if not np.isfinite(r).all():
        names = ", ".join(np.array(model.items)[~np.isfinite(r).all(axis=1)])
        raise ValueError(f"correlations: not finite in the rows of {names}")
    if not np.allclose(r, r.T, rtol=0, atol=1e-8):
        raise ValueError("correlations: the matrix is not symmetric")
    if not np.allclose(np.diag(r), 1, rtol=0, atol=1e-8):
        raise ValueError("correlations: the diagonal is not 1; standardise the covariance matrix first")
    if np.abs(r).max() > 1 + 1e-8:
        raise ValueError("correlations: an entry is above 1 in size")
    smallest = float(np.linalg.eigvalsh(r)[0])
    if smallest < _INDEFINITE:
        raise ValueError(
            f"correlations: no data can have them all (smallest eigenvalue {smallest:.3g}); pairwise deletion, "
            "tetra- or polychoric correlations and strong rounding make such matrices; smooth it first"
        )
