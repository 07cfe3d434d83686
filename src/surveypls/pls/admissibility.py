"""Can this solution be trusted as it stands?  Every check in plain words, with what to do about it.

:func:`report` lists all checks of one estimate, passed or not; a batch is counted by reason in
:attr:`surveypls.pls.estimator.PlsEstimate.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from surveypls.pls import batches, measurement, structural
from surveypls.pls.estimator import PlsEstimate
from surveypls.study.definition import Language

MAX_VIF = 5.0
"""Variance inflation above this is reported (Hair et al. 2019)."""

FAILED, CAUTION, PASSED = "failed", "caution", "passed"

# check → (severity where found, text, advice), each text in English and Spanish.
_CHECKS: dict[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    "converged": (
        FAILED,
        ("the weights settled", "los pesos se estabilizaron"),
        (
            "raise max_iterations; if that does not help, look for a construct that is almost unrelated to"
            " its neighbours or has items of opposite direction",
            "aumente max_iterations; si no basta, busque un constructo casi sin relación con sus vecinos o"
            " con ítems de sentido opuesto",
        ),
    ),
    "defined": (
        FAILED,
        ("every estimate is a number", "todas las estimaciones son números"),
        (
            "look for items of one construct that cancel out or repeat one another",
            "busque ítems de un mismo constructo que se anulen o se repitan entre sí",
        ),
    ),
    "loadings": (
        FAILED,
        ("no loading exceeds 1", "ninguna carga supera 1"),
        (
            "a Heywood case: the consistent correction overshoots. Drop a weak item, report ordinary PLS, or"
            " collect more data",
            "caso Heywood: la corrección consistente se excede. Quite un ítem débil, informe PLS ordinario o"
            " reúna más datos",
        ),
    ),
    "reliability": (
        FAILED,
        ("rho_A lies between 0 and 1", "rho_A está entre 0 y 1"),
        (
            "the items of the block do not measure one thing, or one is reversed; recode or drop it",
            "los ítems del bloque no miden una sola cosa, o alguno está invertido; recodifíquelo o quítelo",
        ),
    ),
    "constructs": (
        FAILED,
        (
            "the construct correlations are possible (positive definite)",
            "las correlaciones entre constructos son posibles (definidas positivas)",
        ),
        (
            "two constructs cannot be told apart, or a reliability is too low for the correction; merge"
            " them or report ordinary PLS",
            "dos constructos no se distinguen, o una fiabilidad es demasiado baja para la corrección;"
            " únalos o informe PLS ordinario",
        ),
    ),
    "explained": (
        FAILED,
        ("no R² exceeds 1", "ningún R² supera 1"),
        (
            "the corrected correlations contradict one another; report ordinary PLS",
            "las correlaciones corregidas se contradicen; informe PLS ordinario",
        ),
    ),
    "reversed": (
        CAUTION,
        ("all items of a block point the same way", "todos los ítems de un bloque van en el mismo sentido"),
        (
            "read the wording: if the item is worded the other way round, recode it (scale minimum plus"
            " maximum minus answer); if not, drop it",
            "lea la redacción: si el ítem está formulado al revés, recodifíquelo (mínimo más máximo de la"
            " escala menos respuesta); si no, quítelo",
        ),
    ),
    "inner_vif": (
        CAUTION,
        (f"no predictor's VIF exceeds {MAX_VIF:g}", f"ningún VIF de predictor supera {MAX_VIF:g}"),
        (
            "the predictors overlap: their paths are uncertain and may turn sign; merge or drop one",
            "los predictores se solapan: sus coeficientes son inciertos y pueden cambiar de signo; una o"
            " quite alguno",
        ),
    ),
    "outer_vif": (
        CAUTION,
        (f"no item's VIF exceeds {MAX_VIF:g}", f"ningún VIF de ítem supera {MAX_VIF:g}"),
        (
            "items repeat one another; in a Mode B block their weights are uncertain: merge or drop one",
            "hay ítems que se repiten; en un bloque de modo B sus pesos son inciertos: una o quite alguno",
        ),
    ),
    "redundant": (
        CAUTION,
        ("no item is a combination of others", "ningún ítem es combinación de otros"),
        (
            "d_G, NFI and χ² are not defined; drop a redundant item or collect more rows than items",
            "d_G, NFI y χ² no están definidos; quite un ítem redundante o reúna más filas que ítems",
        ),
    ),
    "rows": (
        CAUTION,
        ("there are more rows than items", "hay más filas que ítems"),
        (
            "intervals are wide and fit statistics are not defined; collect more data before concluding",
            "los intervalos son amplios y el ajuste no está definido; reúna más datos antes de concluir",
        ),
    ),
}


def report(estimate: PlsEstimate, *, labels: Language = "en", problems_only: bool = False) -> pd.DataFrame:
    """Return every check of one estimate: what holds, what does not, and what to do.

    Parameters
    ----------
    estimate : PlsEstimate
        Of a single matrix.  The check of rows needs ``n_observations``.
    labels : {"en", "es"}
        Language of the texts.
    problems_only : bool
        Leave out what passed.

    Returns
    -------
    DataFrame
        check (its name), status (``"passed"``, ``"caution"``, ``"failed"``), text (what was checked), found
        (where, and the figure) and advice.  Failed: the solution is not admissible, do not interpret it.
        Caution: it can be interpreted with the care that the advice names.

    Raises
    ------
    ValueError
        If the estimate is of a batch.
    """
    measurement.single(estimate)
    language = 1 if labels == "es" else 0
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {check: list(finder(estimate)) for check, finder in _FINDERS.items()}
    rows = []
    for check, (severity, text, advice) in _CHECKS.items():
        if check == "rows" and estimate.n_observations is None:
            continue
        problems = found[check]
        if check == "reliability" and not estimate.consistent:
            severity = CAUTION  # ordinary PLS reports rho_A but does not use it
        rows.append(
            {
                "check": check,
                "status": severity if problems else PASSED,
                "text": text[language],
                "found": "; ".join(problems),
                "advice": advice[language] if problems else "",
            }
        )
    table = pd.DataFrame(rows)
    return table[table["status"] != PASSED].reset_index(drop=True) if problems_only else table


def is_admissible(estimate: PlsEstimate) -> bool:
    """Return whether no check of :func:`report` failed (cautions are allowed)."""
    return bool((report(estimate)["status"] != FAILED).all())


def _converged(estimate: PlsEstimate) -> Iterable[str]:
    if not estimate.converged:
        yield f"{int(estimate.iterations)} iterations, tolerance {estimate.tolerance:g}"


def _defined(estimate: PlsEstimate) -> Iterable[str]:
    model = estimate.model
    for j, name in enumerate(model.constructs):
        if not np.isfinite(estimate.outer_weights[model.slices[j]]).all():
            yield name


def _loadings(estimate: PlsEstimate) -> Iterable[str]:
    for item, loading in zip(estimate.model.items, estimate.loadings, strict=True):
        if abs(loading) > 1 + 1e-12:
            yield f"{item} {loading:.3f}"


def _reliability(estimate: PlsEstimate) -> Iterable[str]:
    for name, value in zip(estimate.model.constructs, estimate.rho_a, strict=True):
        if not 0 < value <= 1 + 1e-12:
            yield f"{name} {value:.3f}"


def _constructs(estimate: PlsEstimate) -> Iterable[str]:
    r, names = estimate.construct_correlations, estimate.model.constructs
    if not np.isfinite(r).all() or not (batches.pivots(r[:, :, None]) > 1e-12).all():
        pairs = [(j, i) for j in range(len(names)) for i in range(j)]
        j, i = max(pairs, key=lambda pair: abs(r[pair]) if np.isfinite(r[pair]) else -1.0)
        yield f"{names[j]}, {names[i]} {r[j, i]:.3f}"


def _explained(estimate: PlsEstimate) -> Iterable[str]:
    for name, value in zip(estimate.model.constructs, estimate.r_squared, strict=True):
        if value > 1 + 1e-12:
            yield f"{name} {value:.3f}"


def _reversed(estimate: PlsEstimate) -> Iterable[str]:
    model = estimate.model
    for j, rows in enumerate(model.slices):
        if model.factor_blocks[j]:
            own = estimate.cross_loadings[rows, j]
            for i, loading in zip(model.blocks[j], own, strict=True):
                if loading * own.sum() < 0:
                    yield f"{model.items[i]} {loading:.3f}"


def _inner_vif(estimate: PlsEstimate) -> Iterable[str]:
    values = structural.inner_vif_last(estimate)[:, 0]
    for (source, target), value in zip(estimate.model.path_names, values, strict=True):
        if not value <= MAX_VIF:
            yield f"{source} -> {target} {value:.1f}"


def _outer_vif(estimate: PlsEstimate) -> Iterable[str]:
    for item, value in zip(estimate.model.items, measurement.outer_vif_last(estimate)[:, 0], strict=True):
        if not value <= MAX_VIF:
            yield f"{item} {value:.1f}"


def _redundant(estimate: PlsEstimate) -> Iterable[str]:
    smallest = float(np.linalg.eigvalsh(estimate.correlations)[0])
    if smallest < 1e-10:
        yield f"smallest eigenvalue {smallest:.1g}"


def _rows(estimate: PlsEstimate) -> Iterable[str]:
    n, p = estimate.n_observations, estimate.model.n_items
    if n is not None and n <= p:
        yield f"n = {n}, p = {p}"


_FINDERS = {
    "converged": _converged,
    "defined": _defined,
    "loadings": _loadings,
    "reliability": _reliability,
    "constructs": _constructs,
    "explained": _explained,
    "reversed": _reversed,
    "inner_vif": _inner_vif,
    "outer_vif": _outer_vif,
    "redundant": _redundant,
    "rows": _rows,
}
