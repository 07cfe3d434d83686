"""Relations of the structural model: β, correlations, R², f², VIF, effects, adjusted R²."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tableaudit.checks import arrow
from tableaudit.details import Field, listed, say
from tableaudit.printed import Cell, Published
from tableaudit.regression import Regression
from tableaudit.relations import Relation, first, sources_of

FloatArray = NDArray[np.float64]
_PLAIN = (("r_squared", "plain"),)
_FIXED = (("f_squared", "fixed"),)
_AGAIN = (("f_squared", "re-estimated"),)
_AS_PRINTED = (("correlations", "as printed"),)
_OF_SCORES = (("correlations", "of scores"),)
_VIF = (("vif", "as printed"),)
_VIF_OF_PATHS = (("vif of the paths", "the same"),)
#: f² of a model estimated again without the path is taken to differ by at most this (a constant and a share of
#: f²) from the one on fixed scores; in 42 paths of seven reference models it was 0.012, or a tenth, at most.
REESTIMATED = (0.02, 0.25)


def structure_relations(published: Published) -> Iterator[Relation]:
    """Yield the relations that tie paths, construct correlations, R², f², VIF and effects together."""
    for target in dict.fromkeys(t for _, t in published.paths):
        sources = sources_of(published, target)
        if any(is_product(published, s) for s in sources):
            yield from _f_from_beta_vif(published, target, sources)
            continue
        if len(sources) == 1:
            yield from _one_predictor(published, sources[0], target)
        else:
            yield from _several_predictors(published, target, sources)
        yield from _f_from_beta_vif(published, target, sources)
        yield from _bounded_r2(published, target, sources)


def is_product(published: Published, name: str) -> bool:
    """Tell whether a predictor is an interaction: its name joins two constructs, or the file says moderator."""
    if published.select("moderator", name):
        return True
    others = {c for c in published.constructs if c != name}
    for mark in (" × ", "×", " * ", "*", " x ", " X ", ":", "x", "X", "_x_"):
        a, found, b = name.partition(mark)
        if found and a.strip() in others and b.strip() in others:
            return True
    return bool(re.search(r"\S\s*[×*]\s*\S", name))


def predictors_key(target: str) -> str:
    """Return the name of the reading that says whether all predictors of a construct are printed."""
    return f"predictors of {target}"


def _complete(target: str) -> tuple[tuple[str, str], ...]:
    return ((predictors_key(target), "printed"),)


def _same(x: FloatArray) -> FloatArray:
    return np.asarray(x[:, 0])


def _square(x: FloatArray) -> FloatArray:
    return np.asarray(x[:, 0] ** 2)


def _one_predictor(published: Published, source: str, target: str) -> Iterator[Relation]:
    about = arrow((source, target))
    when = _complete(target)
    beta = path_cell(published, source, target)
    r = correlation_cell(published, source, target)
    if r is not None:
        check = "β = correlation (one predictor)"
        found = Relation(check, about, beta, (r,), _same, lambda t: f"r = {t[0]}", when=when)
        yield from _correlated(published, found)
    r2 = first(published, "r_squared", None, target)
    plain = (*when, *_PLAIN)
    if r2 is not None:
        check = "R² = β² (one predictor)"
        yield Relation(check, about, r2, (beta,), _square, lambda t: f"β² = {t[0]}²", when=plain)
    for f2 in published.select("f_squared", source, target):
        if r2 is not None:
            found = Relation(
                "f² = R²/(1 − R²)",
                about,
                f2,
                (r2,),
                _odds,
                lambda t: f"R²/(1 − R²) = {t[0]}/(1 − {t[0]})",
                when=plain,
            )
        else:
            found = Relation(
                "f² = β²/(1 − β²) (one predictor)",
                about,
                f2,
                (beta,),
                lambda x: _odds(x**2),
                lambda t: f"{t[0]}²/(1 − {t[0]}²)",
                when=when,
            )
        yield found.under(*_FIXED)
        yield found.under(*_AGAIN)
    for vif in published.select("inner_vif", source, target):
        check = "VIF of a single predictor is 1"
        yield Relation(check, about, vif, (), lambda x: np.ones(len(x)), lambda t: "1", when=when)


def _correlated(
    published: Published, found: Relation, n_correlations: int | None = None
) -> Iterator[Relation]:
    """Yield a relation on construct correlations as printed, and, for PLSc, on those of scores.

    Of its inputs the first ``n_correlations`` (by default all) are correlations.  Consistent correlations are those
    of the scores over the root of both rho_A (Dijkstra and Henseler 2015).
    """
    yield found.under(*_AS_PRINTED)
    correlations, n = found.inputs[:n_correlations], len(found.inputs)
    names = list(dict.fromkeys(name for c in correlations for name in (c.row, c.column)))
    reliabilities = {name: first(published, "rho_a", name) for name in names}
    if any(c is None and not _is_single(published, name) for name, c in reliabilities.items()):
        return
    cells = [c for c in reliabilities.values() if c is not None]
    at = {name: n + cells.index(c) for name, c in reliabilities.items() if c is not None}

    def disattenuated(x: FloatArray) -> FloatArray:
        y = x[:, :n].copy()
        for i, c in enumerate(correlations):
            for name in (c.row, c.column):
                if name in at:
                    y[:, i] = y[:, i] / np.sqrt(np.maximum(x[:, at[name]], 1e-6))
        return found.value(y)

    def text(texts: Sequence[str]) -> Field:
        shown = [
            f"{texts[i]}/√({' · '.join(texts[at[name]] for name in (c.row, c.column) if name in at)})"
            if any(name in at for name in (c.row, c.column))
            else texts[i]
            for i, c in enumerate(correlations)
        ]
        return found.written([*shown, *texts[len(correlations) : n]])

    yield found.under(*_OF_SCORES, inputs=(*found.inputs, *cells), value=disattenuated, written=text)


def _is_single(published: Published, construct: str) -> bool:
    """Tell whether a construct is not disattenuated: one item, or a composite without rho_A."""
    return len(published.select("outer_loading", None, construct)) < 2


def _odds(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(x[:, 0], 1.0)
        return np.asarray(share / (1 - share))


def _several_predictors(published: Published, target: str, sources: list[str]) -> Iterator[Relation]:
    k = len(sources)
    among = [correlation_cell(published, a, b) for a, b in combinations(sources, 2)]
    outward = [correlation_cell(published, s, target) for s in sources]
    predictors = tuple(c for c in among if c is not None)
    if len(predictors) < len(among):
        return
    when = _complete(target)
    solve = Regression(k)
    text = say("regression of {} on {} with their printed correlations", target, listed(sources))

    def written(_: Sequence[str]) -> Field:
        return text

    for j, source in enumerate(sources):
        for cell in published.select("inner_vif", source, target):
            check, about = "VIF from the construct correlations", arrow((source, target))
            yield Relation(check, about, cell, predictors, solve.vif(j), written, when=(*when, *_VIF))
    if all(c is not None for c in outward):
        inputs = (*predictors, *(c for c in outward if c is not None))
        for j, source in enumerate(sources):
            about = arrow((source, target))
            for cell in published.select("path_coefficient", source, target):
                check, value = "β from the construct correlations", solve.part("path_coefficient", j)
                found = Relation(check, about, cell, inputs, value, written, when=when)
                yield from _correlated(published, found)
            chained = first(published, "inner_vif", source, target) and first(
                published, "r_squared", None, target
            )
            for cell in () if chained else published.select("f_squared", source, target):
                check, value = "f² from the construct correlations", solve.part("f_squared", j)
                found = Relation(check, about, cell, inputs, value, written, when=(*when, *_AS_PRINTED))
                yield from _both_f(found)
        for cell in published.select("r_squared", None, target):
            check, value = "R² from the construct correlations", solve.part("r_squared", 0)
            found = Relation(check, target, cell, inputs, value, written, when=(*when, *_PLAIN))
            yield from _correlated(published, found)
        return
    betas = tuple(path_cell(published, s, target) for s in sources)
    for cell in published.select("r_squared", None, target):
        found = Relation(
            "R² from β and the predictors' correlations",
            target,
            cell,
            (*predictors, *betas),
            solve.explained,
            lambda t: "Σ β_i β_j r_ij",
            when=(*when, *_PLAIN),
        )
        yield from _correlated(published, found, len(predictors))


def _both_f(found: Relation) -> Iterator[Relation]:
    """Yield a relation on f² at fixed scores, and on f² of the model estimated again, within what this may differ."""
    yield found.under(*_FIXED)
    yield found.under(*_AGAIN, slack=REESTIMATED[0] + REESTIMATED[1] * abs(found.target.value))


def _f_from_beta_vif(published: Published, target: str, sources: list[str]) -> Iterator[Relation]:
    r2 = first(published, "r_squared", None, target)
    if r2 is None:
        return

    def value(x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(x[:, 0] ** 2 / (x[:, 1] * (1 - x[:, 2])))

    for source in sources:
        beta = path_cell(published, source, target)
        vif = first(published, "inner_vif", source, target)
        if vif is None:
            continue
        product = (("product", "standardised"),) if is_product(published, source) else ()
        for f2 in published.select("f_squared", source, target):
            found = Relation(
                "f² = β²/(VIF (1 − R²))",
                arrow((source, target)),
                f2,
                (beta, vif, r2),
                value,
                lambda t: f"{t[0]}² / ({t[1]} · (1 − {t[2]}))",
                when=(*product, *_PLAIN, *_VIF_OF_PATHS),
            )
            yield from _both_f(found)
        yield Relation(
            "R² is at least what one predictor adds",
            target,
            r2,
            (beta, vif),
            lambda x: x[:, 0] ** 2 / x[:, 1],
            lambda t: f"{t[0]}² / {t[1]}",
            sense=">=",
            when=(*product, *_PLAIN, *_VIF_OF_PATHS),
        )


def _bounded_r2(published: Published, target: str, sources: list[str]) -> Iterator[Relation]:
    r"""Yield what β and VIF say about R² where the predictors' correlations are not printed.

    :math:`R^2 = \sum \beta_i \beta_j r_{ij}`, and :math:`r_{ij}^2 \le 1 - 1/\mathrm{VIF}` of either predictor.
    """
    if len(sources) < 2:
        return
    vifs = [first(published, "inner_vif", s, target) for s in sources]
    k = len(sources)
    if k == 2 and vifs[0] is not None and vifs[1] is not None:
        yield Relation(
            "two predictors have one VIF",
            target,
            vifs[1],
            (vifs[0],),
            _same,
            lambda t: t[0],
            when=_complete(target),
        )
    among = [correlation_cell(published, a, b) for a, b in combinations(sources, 2)]
    if all(c is not None for c in among):
        return
    inputs = tuple(path_cell(published, s, target) for s in sources)
    with_vif = all(v is not None for v in vifs)
    if with_vif:
        inputs += tuple(v for v in vifs if v is not None)

    def ends(sign: float) -> Callable[[FloatArray], FloatArray]:
        def value(x: FloatArray) -> FloatArray:
            b = np.abs(x[:, :k])
            total = np.sum(b**2, axis=1)
            for i, j in combinations(range(k), 2):
                reach = np.ones(len(x))
                if with_vif:
                    least = np.minimum(x[:, k + i], x[:, k + j])
                    reach = np.sqrt(np.maximum(1 - 1 / np.maximum(least, 1.0), 0.0))
                total = total + sign * 2 * b[:, i] * b[:, j] * reach
            return np.asarray(total)

        return value

    def written(texts: Sequence[str]) -> str:
        if not with_vif:
            return f"({' + '.join('|' + t.strip('()') + '|' for t in texts[:k])})²"
        squares = " + ".join(f"{t}²" for t in texts[:k])
        pairs = " + ".join(
            f"|{texts[i].strip('()')} · {texts[j].strip('()')}| · √(1 − 1/{min(texts[k + i], texts[k + j])})"
            for i, j in combinations(range(k), 2)
        )
        return f"{squares} + 2 ({pairs})"

    for cell in published.select("r_squared", None, target):
        yield Relation(
            "R² is at most what β and VIF allow" if with_vif else "R² ≤ (Σ|β|)²",
            target,
            cell,
            inputs,
            ends(1.0),
            written,
            sense="<=",
            when=(*_complete(target), *_PLAIN, *(_VIF_OF_PATHS if with_vif else ())),
        )
        if with_vif:
            yield Relation(
                "R² is at least what β and VIF allow",
                target,
                cell,
                inputs,
                ends(-1.0),
                lambda t: written(t).replace(" + 2 (", " − 2 ("),
                sense=">=",
                when=(*_complete(target), *_PLAIN, *_VIF_OF_PATHS),
            )


def sample_size(published: Published, construct: str = "") -> float | None:
    """Return the printed number of respondents (of the construct's group), or what the file's meta rows say."""
    cells = published.select("sample_size")
    group, mark, _ = construct.partition(": ")
    own = [c for c in cells if mark and c.row.startswith(f"{group}: ")]
    if own or cells:
        return (own or cells)[0].value
    return float(published.meta["n"]) if "n" in published.meta else None


def path_cell(published: Published, source: str, target: str) -> Cell:
    """Return the printed coefficient of one of the printed paths."""
    return published.select("path_coefficient", source, target)[0]


def correlation_cell(published: Published, a: str, b: str) -> Cell | None:
    """Return the printed correlation of two constructs, or None."""
    return first(published, "construct_correlation", a, b)
