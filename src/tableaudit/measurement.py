r"""Relations of the measurement model: loadings, AVE, reliabilities, weights, cross-loadings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tableaudit.boxes import Interval
from tableaudit.details import Field
from tableaudit.printed import Cell, Published
from tableaudit.relations import Relation, first

FloatArray = NDArray[np.float64]
_PLS = (("estimator", "PLS"),)
_STANDARD = (*_PLS, ("cronbach_alpha", "standardised"))


def own_loadings(published: Published, construct: str) -> list[Cell]:
    """Return the printed outer loadings of a construct, or none where some retained item has no loading."""
    cells = published.select("outer_loading", None, construct)
    counts = published.select("n_items_retained", construct)
    if counts and any(not c.box.contains(len({x.row for x in cells})) for c in counts):
        return []
    return cells if len({c.row for c in cells}) == len(cells) else []


def n_items(published: Published, construct: str) -> int | None:
    """Return how many items a construct keeps, as printed or as its loadings count; None where unknown."""
    counts = published.select("n_items_retained", construct)
    if counts:
        return round(counts[0].value)
    loadings = {c.row for c in published.select("outer_loading", None, construct)}
    return len(loadings) or None


def measurement_relations(published: Published) -> Iterator[Relation]:
    """Yield the relations between loadings and what is computed from them."""
    for construct in published.constructs:
        loadings = own_loadings(published, construct)
        yield from _extracted(published, construct, loadings)
        if loadings:
            yield from _from_loadings(published, construct, loadings)
        else:
            yield from _from_extracted(published, construct)
        yield from _single(published, construct)
        yield from _weights(published, construct, loadings)
    yield from _own_cross_loadings(published)


# AVE


def mean_square(x: FloatArray) -> FloatArray:
    """AVE = mean of the squared loadings (Fornell and Larcker 1981)."""
    return np.asarray(np.mean(x**2, axis=1))


def _squares(texts: Sequence[str]) -> str:
    return f"({' + '.join(t + '²' for t in texts)})/{len(texts)}"


def _extracted(published: Published, construct: str, loadings: list[Cell]) -> Iterator[Relation]:
    aves = published.select("ave", construct)
    for cell in aves:
        if loadings:
            yield Relation(
                "AVE = mean squared loading", construct, cell, tuple(loadings), mean_square, _squares
            )
    for root in published.select("sqrt_ave", construct):
        if aves:
            yield Relation(
                "√AVE is the root of AVE",
                construct,
                root,
                (aves[0],),
                lambda x: np.sqrt(np.maximum(x[:, 0], 0.0)),
                lambda t: f"√{t[0]}",
            )
        elif loadings:
            yield Relation(
                "√AVE is the root of the mean squared loading",
                construct,
                root,
                tuple(loadings),
                lambda x: np.sqrt(mean_square(x)),
                lambda t: f"√[{_squares(t)}]",
            )


# reliabilities


def rho_c(x: FloatArray) -> FloatArray:
    r""":math:`\rho_C = S^2 / (S^2 + \sum (1 - \lambda^2))`, :math:`S = \sum \lambda` (Jöreskog 1971)."""
    s = np.sum(x, axis=1) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(s / (s + np.sum(1 - x**2, axis=1)))


def consistent_rho_a(x: FloatArray) -> FloatArray:
    r""":math:`\rho_A` that consistent (PLSc) loadings imply.

    They are the weights times a constant, :math:`\lambda = w \sqrt{\rho_A} / w'w`, and :math:`\rho_A` makes
    :math:`w'(R - I)w = w'(\lambda\lambda' - \mathrm{diag}\,\lambda\lambda')w` (Dijkstra and Henseler 2015).  With
    :math:`w'Rw = 1` the weights drop out:
    :math:`\rho_A = (\lambda'\lambda)^2 / (\lambda'\lambda + (\lambda'\lambda)^2 - \sum \lambda^4)`.
    """
    q = np.sum(x**2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(q**2 / (q + q**2 - np.sum(x**4, axis=1)))


def _written_rho_c(texts: Sequence[str]) -> str:
    errors = " + ".join(f"1 − {t}²" for t in texts)
    total = " + ".join(texts)
    return f"({total})² / [({total})² + {errors}]"


def _written_rho_a(texts: Sequence[str]) -> str:
    q = " + ".join(f"{t}²" for t in texts)
    return f"q² / (q + q² − ({' + '.join(f'{t}⁴' for t in texts)})), q = {q}"


def _read_as(statistic: str, reading: str) -> tuple[tuple[str, str], ...]:
    """Return the reading that a relation rests on where its figure is a composite reliability."""
    return ((statistic, reading),) if statistic == "composite_reliability" else ()


def _from_loadings(published: Published, construct: str, loadings: list[Cell]) -> Iterator[Relation]:
    inputs = tuple(loadings)
    for statistic, check in (
        ("rho_c", "rho_C from the loadings"),
        ("composite_reliability", "composite reliability read as rho_C"),
    ):
        for cell in published.select(statistic, construct):
            when = _read_as(statistic, "rho_c")
            yield Relation(check, construct, cell, inputs, rho_c, _written_rho_c, when=when)
    if len(loadings) < 2:
        return
    for statistic in ("rho_a", "composite_reliability"):
        for cell in published.select(statistic, construct):
            yield Relation(
                "rho_A from consistent loadings",
                construct,
                cell,
                inputs,
                consistent_rho_a,
                _written_rho_a,
                slack=0.001,
                when=(("estimator", "PLSc"), *_read_as(statistic, "rho_a")),
            )
    for cell in published.select("cronbach_alpha", construct):
        nearest_rho = first(published, "rho_c", construct) or first(
            published, "composite_reliability", construct
        )
        if nearest_rho is not None:
            yield Relation(
                "alpha near rho_C",
                construct,
                cell,
                (nearest_rho,),
                lambda x: x[:, 0] + 0.03,
                lambda t: f"{t[0]} + 0.03",
                sense="<=",
                kind="coincidence",
                joint=False,
                when=(("composite_reliability", "rho_c"),),
            )


def _from_extracted(published: Published, construct: str) -> Iterator[Relation]:
    """Without loadings: rho_C from AVE and the number of items is largest with equal loadings."""
    m = n_items(published, construct)
    ave = first(published, "ave", construct)
    if m is None or ave is None or m < 2:
        return
    for statistic in ("rho_c", "composite_reliability"):
        for cell in published.select(statistic, construct):
            yield Relation(
                "rho_C is at most that of equal loadings",
                construct,
                cell,
                (ave,),
                lambda x: m * x[:, 0] / (1 + (m - 1) * x[:, 0]),
                lambda t: f"{m} · {t[0]} / (1 + {m - 1} · {t[0]})",
                sense="<=",
                when=_read_as(statistic, "rho_c"),
            )
            for alpha in published.select("cronbach_alpha", construct):
                yield Relation(
                    "alpha is at least what AVE and rho_C imply",
                    construct,
                    alpha,
                    (cell, ave),
                    partial(_least_alpha, m=m),
                    lambda t: f"{m}/{m - 1} · (1 − (1 − {t[0]}) / ({t[0]} · (1 − {t[1]})))",
                    sense=">=",
                    when=(*_STANDARD, *_read_as(statistic, "rho_c")),
                )


def _least_alpha(x: FloatArray, m: int) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(m / (m - 1) * (1 - (1 - x[:, 0]) / (x[:, 0] * (1 - x[:, 1]))))


def _single(published: Published, construct: str) -> Iterator[Relation]:
    """Yield that a construct of one item is that item: every reliability, AVE and loading is 1."""
    counted = published.select("n_items_retained", construct)
    loadings = published.select("outer_loading", None, construct)
    is_one = (counted and counted[0].value == 1) or (
        len(loadings) == 1 and not counted and loadings[0].box.contains(1.0)
    )
    if not is_one:
        return
    names = ("outer_loading", "cronbach_alpha", "rho_a", "rho_c", "composite_reliability", "ave", "sqrt_ave")
    for name in names:
        cells = loadings if name == "outer_loading" else published.select(name, construct)
        for cell in cells:
            yield Relation(
                "a construct of one item has 1 or nothing here",
                construct,
                cell,
                (),
                lambda x: np.ones(len(x)),
                lambda t: "1",
            )


def _weights(published: Published, construct: str, loadings: list[Cell]) -> Iterator[Relation]:
    weights = {c.row: c for c in published.select("outer_weight", None, construct)}
    m = len(loadings)
    if m < 2 or set(weights) != {c.row for c in loadings}:
        return
    ordered = tuple(weights[c.row] for c in loadings)

    def product(x: FloatArray) -> FloatArray:
        # the last weight that makes the products sum to 1
        rest = np.sum(x[:, : m - 1] * x[:, m : 2 * m - 1], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((1 - rest) / x[:, 2 * m - 1])

    def written(texts: Sequence[str]) -> Field:
        pairs = " − ".join(
            f"{w} · {size}" for w, size in zip(texts[: m - 1], texts[m - 1 : 2 * m - 2], strict=True)
        )
        return f"(1 − {pairs}) / {texts[-1]}"

    def ordered_product(x: FloatArray) -> FloatArray:
        filler = np.zeros((len(x), 1))
        return product(np.hstack([x[:, : m - 1], filler, x[:, m - 1 :]]))

    yield Relation(
        "weights times loadings sum to 1",
        construct,
        ordered[-1],
        (*ordered[:-1], *loadings),
        ordered_product,
        written,
        when=_PLS,
    )


def _own_cross_loadings(published: Published) -> Iterator[Relation]:
    for cell in published.select("cross_loading"):
        own = first(published, "outer_loading", cell.row, cell.column)
        if own is not None:
            yield Relation(
                "cross-loading on its own construct = loading",
                cell.row,
                cell,
                (own,),
                lambda x: x[:, 0],
                lambda t: t[0],
                when=_PLS,
            )


def room_of_sum(loadings: Sequence[Cell], alpha: Cell | None) -> Interval:
    """Return what the sum of a block's item correlations, 1'R1, can be: by alpha, or by the loadings alone."""
    m = len(loadings)
    if alpha is not None:
        low, high = (m / (1 - a * (m - 1) / m) for a in (alpha.box.lower, min(alpha.box.upper, 0.9999)))
        return Interval(low, max(low, high))
    size = np.array([c.box.middle for c in loadings])
    residual = np.sqrt(np.maximum(1 - size**2, 0.0))
    s2 = float(size.sum()) ** 2
    return Interval(s2, s2 + float(residual.sum() - residual.min()) ** 2)
