"""The structural model as a journal asks for it (Hair et al. 2019, 2022; Benitez et al. 2020).

Paths with intervals and effect sizes, all effects, explained variance, fit.

Every function takes a study and long tables: point estimates (``value``), a bootstrap summary
(``original``, ``standard_deviation``, ``t_statistic``, ``p_value``, ``lower``, ``upper``), or a list of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from surveypls.study.definition import Study
from surveypls.tables import thresholds
from surveypls.tables.build import (
    Builder,
    Long,
    abbreviations,
    construct_label,
    decision_text,
    effects_stated,
    inference_columns,
    inference_of,
    join,
    need_columns,
    phrase,
    resampling_note,
    variant_words,
)
from surveypls.tables.decisions import decision_about
from surveypls.tables.values import as_values
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display, stars
from tabletext.tabular import Column, Table


def path_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """Paths with SE, t, p, interval, f² and VIF, and the decision on each hypothesis.

    Parameters
    ----------
    study : Study
        Hypotheses come first, then the paths that no hypothesis names.
    values : long DataFrame or several
        A bootstrap summary, with ``f_squared`` and ``inner_vif``.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("path", display("Path"))
    b.columns.append(Column("estimate", "β", "number"))
    inference_columns(b, study)
    b.columns.append(Column("f_squared", "f²", "number"))
    b.text("size", display("Size"))
    b.columns.append(Column("inner_vif", "VIF", "number"))
    b.text("decision", display("Hypothesis"))
    stated = list(effects_stated(study, display))
    named = {(s, t) for _, statistic, s, t in stated if statistic == "path_coefficient"}
    rest = [(f"{s} → {t}", "path_coefficient", s, t) for s, t in study.path_pairs if (s, t) not in named]
    hypothesised = len(stated) if study.hypotheses else 0
    for position, (heading, statistic, source, target) in enumerate(stated + rest):
        inference = inference_of(found, statistic, source, target)
        p = inference["p_value"]
        direct = statistic == "path_coefficient"
        f2 = found.get("f_squared", source, target) if direct else float("nan")
        vif = found.get("inner_vif", source, target) if direct else float("nan")
        decided = p == p and position < hypothesised
        decision = decision_about(study, found, statistic, source, target) if decided else None
        row = b.add(
            path=heading,
            estimate=found.get(statistic, source, target),
            f_squared=f2,
            size=display(thresholds.threshold("f_squared").size(f2)),
            inner_vif=vif,
            decision=decision_text(decision, N_(("supported", "not supported")), display),
            **inference,
        )
        if stars(p):
            b.marks[row, "estimate"] = stars(p)
        b.mark(row, "inner_vif", thresholds.judge("inner_vif", vif))
    note = join(
        resampling_note(study, display),
        display.stars_note + ".",
        display("Size of f²: small from 0.02, medium from 0.15, large from 0.35 (Cohen, 1988)."),
        abbreviations(study, study.construct_names, display),
    )
    return b.table(title=display("Structural model: paths and hypotheses"), note=note)


def effects_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """Direct, specific indirect, total indirect and total effects with inference.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``path_coefficient``, ``specific_indirect_effect`` (route "A -> B -> C"), ``indirect_effect``
        and ``total_effect``.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("kind", display("Effect"))
    b.text("route", display("Path"))
    b.columns.append(Column("estimate", display("Estimate"), "number"))
    inference_columns(b, study)
    kinds = ("path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect")
    for statistic in kinds:
        for source, target in found.keys_of(statistic):
            inference = inference_of(found, statistic, source, target)
            row = b.add(
                kind=display(coded(f"r.{statistic}")),
                route=" → ".join(
                    part for part in (source.replace("->", "→").replace("  ", " "), target) if part
                ),
                estimate=found.get(statistic, source, target),
                **inference,
            )
            if stars(inference["p_value"]):
                b.marks[row, "estimate"] = stars(inference["p_value"])
    note = join(
        resampling_note(study, display),
        display.stars_note + ".",
        abbreviations(study, study.construct_names, display),
    )
    return b.table(title=display("Direct, indirect and total effects"), note=note, repeats=("kind",))


def explained_table(study: Study, values: Long, *, display: Display = ENGLISH) -> Table:
    """R² with its interval and size, adjusted R², and Q²predict of each endogenous construct.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``r_squared`` and ``adjusted_r_squared`` ("", construct); ``q_squared_predict`` of constructs where
        given.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.columns.append(Column("r_squared", "R²", "unit"))
    inference_columns(b, study, tests=False)
    b.text("size", display("Size"))
    b.columns.append(Column("adjusted_r_squared", display("Adjusted R²"), "unit"))
    predicted = found.has("q_squared_predict")
    if predicted:
        b.columns.append(Column("q_squared_predict", "Q²predict", "number"))
    for name in study.construct_names:
        value = found.get("r_squared", "", name)
        if value != value:
            continue
        q2 = found.get("q_squared_predict", "", name)
        row = b.add(
            construct=construct_label(study, name, display),
            r_squared=value,
            lower=found.get("r_squared", "", name, "lower"),
            upper=found.get("r_squared", "", name, "upper"),
            size=display(thresholds.threshold("r_squared").size(value)),
            adjusted_r_squared=found.get("adjusted_r_squared", "", name),
            q_squared_predict=q2,
        )
        b.mark(row, "r_squared", thresholds.judge("r_squared", value))
        b.mark(row, "q_squared_predict", thresholds.judge("q2_predict", q2))
    note = join(
        display(
            "R² is marked against 0.10 (Falk and Miller, 1992). Q²predict above 0: better than the "
            "training means."
        ),
        thresholds.legend(display),
    )
    return b.table(title=display("Explained variance and prediction"), note=note)


def fit_table(
    study: Study, values: Long, exact_fit: pd.DataFrame | None = None, *, display: Display = ENGLISH
) -> Table:
    """SRMR, d_ULS, d_G and NFI of each fit variant, with the points that exact fit allows.

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``srmr``, ``d_uls``, ``d_g``, ``nfi`` of ("model", variant).
    exact_fit : DataFrame, optional
        The bootstrap test's summary: statistic, column (the variant), ``transformed``, ``95%``, ``99%``,
        ``p_value``.
    display : Display
        Language, decimal sign and notice.
    """
    found = as_values(values)
    b = Builder(display)
    b.text("variant", display("Model and implied matrix"))
    b.text("statistic", display("Statistic"))
    b.columns.append(Column("value", display("Value"), "number"))
    limits: dict[tuple[str, str], dict[str, Any]] = {}
    if exact_fit is not None and len(exact_fit):
        limits = {(str(r["statistic"]), str(r["column"])): dict(r) for _, r in exact_fit.iterrows()}
        tested = bool(exact_fit["p_value"].notna().any())
        group = display(coded("r.exact" if tested else "r.transformed"))
        for level in ("95%", "99%"):
            heading = f"HI{level.rstrip('%')}"
            b.columns.append(Column(heading.lower(), heading, "number", group))
        if tested:
            b.columns.append(Column("p_value", "p", "p", group))
    names = ("srmr", "d_uls", "d_g", "nfi")
    variants = dict.fromkeys(column for n in names for _, column in found.keys_of(n))
    for variant in variants:
        for statistic in names:
            value = found.get(statistic, "model", variant)
            if value != value:
                continue
            limit = limits.get((statistic, variant), {})
            row = b.add(
                variant=variant_words(variant, display),
                statistic=display(coded(statistic)),
                value=value,
                hi95=limit.get("95%", float("nan")),
                hi99=limit.get("99%", float("nan")),
                p_value=limit.get("p_value", float("nan")),
            )
            if statistic in thresholds.THRESHOLDS:
                b.mark(row, "value", thresholds.judge(statistic, value))
    no_test = [
        limit["transformed"]
        for (name, _), limit in limits.items()
        if name == "srmr" and limit["p_value"] != limit["p_value"]
    ]
    exact = (
        display(
            "HI95, HI99: 95th and 99th percentile of resamples of the data transformed to the model. "
            "They are no test of exact fit here, and p is left out: Mode A without PLSc does not give "
            "the model's own correlations back (SRMR of the transformed data: {srmr}, which would be 0).",
            srmr=f"{max(no_test):.3f}",
        )
        if no_test
        else display(
            "HI95, HI99: 95th and 99th percentile where the model holds; a larger value rejects exact fit."
        )
    )
    note = join(
        display(
            "SRMR, d_ULS and d_G: distances, 0 is exact fit. The estimated model adds the paths to the "
            "measurement model."
        ),
        exact if limits else "",
        thresholds.legend(display),
    )
    return b.table(title=display("Model fit"), note=note, repeats=("variant",))


def prediction_table(
    study: Study, items: pd.DataFrame, power: pd.DataFrame | None = None, *, display: Display = ENGLISH
) -> Table:
    """Q²predict, RMSE and MAE of each item against the linear benchmark and the indicator average.

    Parameters
    ----------
    study : Study
    items : DataFrame
        :meth:`plsem.prediction.Prediction.summary`: index (or column) item; construct, q2_predict, rmse,
        mae, lm_rmse, lm_mae, average_rmse, average_mae.
    power : DataFrame, optional
        :meth:`plsem.prediction.Prediction.power`: index (or column) construct; power.
    display : Display
        Language, decimal sign and notice.
    """
    frame = items if "item" in items else items.reset_index(names="item")
    need_columns(frame, ("item", "construct", "q2_predict", "rmse", "lm_rmse"), "prediction")
    words_of: dict[str, str] = {}
    if power is not None:
        named = power if "construct" in power else power.reset_index(names="construct")
        words_of = dict(zip(named["construct"].astype(str), named["power"].astype(str), strict=True))
    b = Builder(display)
    b.text("construct", display("Construct"))
    b.text("item", display("Item"))
    b.columns.append(Column("q2_predict", "Q²predict", "number"))
    for group, keys in (
        ("RMSE", ("rmse", "lm_rmse", "average_rmse")),
        ("MAE", ("mae", "lm_mae", "average_mae")),
    ):
        for key, heading in zip(keys, ("PLS", "LM", "IA"), strict=True):
            if key in frame:
                b.columns.append(Column(key, heading, "number", group))
    if words_of:
        b.text("power", display("Predictive power"))
    figures = [c.key for c in b.columns if c.numeric]
    for _, record in frame.iterrows():
        name = str(record["construct"])
        row = b.add(
            construct=construct_label(study, name, display),
            item=str(record["item"]),
            power=phrase("r.power", words_of.get(name, ""), display) if name in words_of else "",
            **{k: float(record[k]) for k in figures},
        )
        b.mark(row, "q2_predict", thresholds.judge("q2_predict", float(record["q2_predict"])))
        for own, other in (("rmse", "lm_rmse"), ("mae", "lm_mae")):
            if own in frame and other in frame and float(record[own]) < float(record[other]):
                b.mark(row, own, thresholds.GOOD)
    return b.table(
        title=display("Out-of-sample prediction of the items (PLSpredict)"),
        note=display(
            "PLS: the path model; LM: linear regression on the exogenous items; IA: training means. ✓ "
            "where Q²predict > 0, and where PLS has the smaller error than LM."
        ),
        repeats=("construct", "power"),
    )


def cvpat_table(study: Study, tests: Mapping[str, pd.DataFrame], *, display: Display = ENGLISH) -> Table:
    """Cross-validated predictive ability test against each benchmark.

    Parameters
    ----------
    study : Study
    tests : mapping of benchmark ("average", "lm" or a name) to DataFrame
        :func:`plsem.prediction.cvpat`: index (or column) construct; loss, benchmark_loss,
        difference, t_statistic, p_value.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder(display)
    b.text("benchmark", display("Benchmark"))
    b.text("construct", display("Construct"))
    for key in ("loss", "benchmark_loss"):
        b.columns.append(Column(key, display(coded(f"r.{key}")), "number"))
    b.columns.append(Column("difference", display("Difference"), "number"))
    b.columns.append(Column("t_statistic", "t", "number"))
    b.columns.append(Column("p_value", "p", "p"))
    for benchmark, test in tests.items():
        frame = test if "construct" in test else test.reset_index(names="construct")
        need_columns(frame, ("construct", "loss", "benchmark_loss", "difference", "p_value"), "CVPAT")
        for _, record in frame.iterrows():
            name = str(record["construct"])
            known = name in study.construct_names
            b.add(
                benchmark=phrase("r.benchmark", benchmark, display),
                construct=construct_label(study, name, display) if known else phrase("r", name, display),
                **{c.key: float(record[c.key]) for c in b.columns if c.numeric},
            )
    return b.table(
        title=display("Cross-validated predictive ability test (CVPAT)"),
        note=display(
            "Average loss (mean squared error) of the model and of the benchmark; a negative difference "
            "favours the model (Liengaard et al., 2021; Sharma et al., 2023)."
        ),
        repeats=("benchmark",),
    )
