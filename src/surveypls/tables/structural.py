"""The structural model as a journal asks for it (Hair et al. 2019, 2022; Benitez et al. 2020).

Paths with intervals and effect sizes, all effects, explained variance, fit.

Every function takes a study and long tables: point estimates (``value``), a bootstrap summary
(``original``, ``standard_deviation``, ``t_statistic``, ``p_value``, ``lower``, ``upper``), or a list of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from plsem.inputs import NO_INVERSE
from plsem.thresholds import GOOD, THRESHOLDS
from surveypls.study.definition import Study
from surveypls.study.terms import Hypothesis, arrows
from surveypls.tables import thresholds
from surveypls.tables.build import (
    Builder,
    Long,
    abbreviations,
    construct_label,
    decision_text,
    heading_of,
    join,
    need_columns,
    resampling_note,
    variant_words,
)
from surveypls.tables.decisions import decide, rule
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.said import into, recognised
from tabletext.tabular import Table

#: What :meth:`plsem.prediction.Prediction.power` says of a construct.
PREDICTIVE_POWER = N_(
    {"none": "none", "low": "low", "medium": "medium", "high": "high", "not assessed": "not assessed"},
    context="predictive power",
)
_BENCHMARKS = N_({"average": "Indicator average (IA)", "lm": "Linear model (LM)"})


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
    b = Builder.of(display, values)
    b.text("path", display("Path"))
    b.column("estimate", "β")
    b.inference(study)
    b.column("f_squared", "f²")
    b.text("size", display("Size"))
    b.column("inner_vif", "VIF")
    b.text("decision", display("Hypothesis"))
    named = {h.quantity[1:] for h in study.hypotheses if h.effect == "direct"}
    others = [
        Hypothesis(id="-", path=path) for path in study.paths if (path.source, path.target) not in named
    ]
    for h in (*study.hypotheses, *others):
        direct = h.effect == "direct"
        pair = h.quantity[1:]
        f2 = b.recomputed.get("f_squared", *pair) if direct else float("nan")
        decision = decide(study, h, b.recomputed) if h in study.hypotheses else None
        row = b.add(
            path=heading_of(h, study, display),
            estimate=b.recomputed.get(*h.quantity),
            f_squared=f2,
            size=thresholds.effect_size(pair[0], f2, display),
            inner_vif=b.recomputed.get("inner_vif", *pair) if direct else float("nan"),
            decision=decision_text(decision, N_(("supported", "not supported")), display),
            **b.inferred(*h.quantity),
        )
        b.star(row, "estimate")
        b.judge(row, "inner_vif")
    note = join(
        resampling_note(study, display),
        display.stars_note + ".",
        rule(study, display) if study.hypotheses else "",
        thresholds.effect_sizes_note(study, display),
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
    b = Builder.of(display, values)
    b.text("kind", display("Effect"))
    b.text("route", display("Path"))
    b.column("estimate", display("Estimate"))
    b.inference(study)
    kinds = ("path_coefficient", "specific_indirect_effect", "indirect_effect", "total_effect")
    for statistic in kinds:
        for source, target in b.recomputed.keys_of(statistic):
            row = b.add(
                kind=display(coded(f"r.{statistic}")),
                route=arrows(*source.split(" -> "), *filter(None, [target])),
                estimate=b.recomputed.get(statistic, source, target),
                **b.inferred(statistic, source, target),
            )
            b.star(row, "estimate")
    note = join(
        resampling_note(study, display),
        display.stars_note + ".",
        abbreviations(study, study.construct_names, display),
    )
    return b.table(title=display("Direct, indirect and total effects"), note=note, repeats=("kind",))


def fit_table(
    study: Study, values: Long, exact_fit: pd.DataFrame | None = None, *, display: Display = ENGLISH
) -> Table | None:
    """SRMR, d_ULS, d_G and NFI of each fit variant, with the points that exact fit allows.

    None where fit is not given (repeated indicators).

    Parameters
    ----------
    study : Study
    values : long DataFrame or several
        ``srmr``, ``d_uls``, ``d_g``, ``nfi`` of ("model", variant).
    exact_fit : DataFrame, optional
        The bootstrap test's summary: statistic, column (the variant), ``transformed``, ``95%``, ``99%``,
        ``p_value``, and ``reason`` where a variant could not be tested.
    display : Display
        Language, decimal sign and notice.
    """
    b = Builder.of(display, values)
    b.text("variant", display("Model and implied matrix"))
    b.text("statistic", display("Statistic"))
    b.column("value", display("Value"))
    limits: dict[tuple[str, str], dict[str, Any]] = {}
    if exact_fit is not None and len(exact_fit):
        limits = {(str(r["statistic"]), str(r["column"])): dict(r) for _, r in exact_fit.iterrows()}
        tested = bool(exact_fit["p_value"].notna().any())
        group = display("Exact fit (bootstrap)" if tested else "Transformed data (bootstrap)")
        for level in ("95%", "99%"):
            heading = f"HI{level.rstrip('%')}"
            b.column(heading.lower(), heading, "number", group)
        if tested:
            b.column("p_value", "p", "p", group)
    names = ("srmr", "d_uls", "d_g", "nfi")
    variants = dict.fromkeys(column for n in names for _, column in b.recomputed.keys_of(n))
    for variant in variants:
        for statistic in names:
            value = b.recomputed.get(statistic, "model", variant)
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
            if statistic in THRESHOLDS:
                b.judge(row, "value", statistic)
    if not b.rows:
        return None
    no_test = [
        limit["transformed"]
        for (name, _), limit in limits.items()
        if name == "srmr"
        and limit["p_value"] != limit["p_value"]
        and limit["transformed"] == limit["transformed"]
    ]
    exact = (
        display(
            "HI95, HI99: 95th and 99th percentile of resamples of the data transformed to the model. "
            "They are no test of exact fit here, and p is left out: Mode A without PLSc does not give "
            "the model's own correlations back (SRMR of the transformed data: {srmr}, which would be 0).",
            srmr=display.number(max(no_test)),
        )
        if no_test
        else display(
            "HI95, HI99: 95th and 99th percentile where the model holds; a larger value rejects exact fit."
        )
    )
    untested = dict.fromkeys(str(r) for limit in limits.values() if (r := limit.get("reason")))
    blank = [
        display(
            "d_G, NFI, χ² and the test of exact fit need the inverse of the items' correlations and are left blank: "
            "{reason}.",
            reason=into(recognised(reason, *NO_INVERSE), display.language),
        )
        for reason in untested
    ]
    note = join(
        display(
            "SRMR, d_ULS and d_G: distances, 0 is exact fit. The estimated model adds the paths to the "
            "measurement model."
        ),
        exact if any(limit["95%"] == limit["95%"] for limit in limits.values()) else "",
        display(
            "All are of the last stage and its indicators. There is no test of exact fit: a model in stages implies no "
            "correlations of items."
        )
        if study.in_stages
        else "",
        *blank,
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
    b.column("q2_predict", "Q²predict")
    for group, keys in (
        ("RMSE", ("rmse", "lm_rmse", "average_rmse")),
        ("MAE", ("mae", "lm_mae", "average_mae")),
    ):
        for key, heading in zip(keys, ("PLS", "LM", "IA"), strict=True):
            if key in frame:
                b.column(key, heading, "number", group)
    if words_of:
        b.text("power", display("Predictive power"))
    for record in frame.to_dict("records"):
        name = str(record["construct"])
        row = b.add(
            record,
            construct=construct_label(study, name, display),
            power=display(PREDICTIVE_POWER[words_of[name]], context="predictive power")
            if name in words_of
            else "",
        )
        b.judge(row, "q2_predict")
        for own, other in (("rmse", "lm_rmse"), ("mae", "lm_mae")):
            if own in frame and other in frame and float(record[own]) < float(record[other]):
                b.mark(row, own, GOOD)
    return b.table(
        title=display("Out-of-sample prediction of the items (PLSpredict)"),
        note=display(
            "PLS: the path model; LM: linear regression on the exogenous items; IA: training means. ✓ "
            "where Q²predict {q2}, and where PLS has the smaller error than LM.",
            q2=thresholds.bound("q2_predict", display),
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
    b.column("loss", display("Loss, model"))
    b.column("benchmark_loss", display("Loss, benchmark"))
    b.column("difference", display("Difference"))
    b.column("t_statistic", "t")
    b.column("p_value", "p", "p")
    for benchmark, test in tests.items():
        frame = test if "construct" in test else test.reset_index(names="construct")
        need_columns(frame, ("construct", "loss", "benchmark_loss", "difference", "p_value"), "CVPAT")
        for record in frame.to_dict("records"):
            name = str(record["construct"])
            known = name in study.construct_names
            b.add(
                record,
                benchmark=display(_BENCHMARKS.get(benchmark, benchmark)),
                construct=construct_label(study, name, display) if known else display("Overall"),
            )
    return b.table(
        title=display("Cross-validated predictive ability test (CVPAT)"),
        note=display(
            "Average loss (mean squared error) of the model and of the benchmark; a negative difference "
            "favours the model (Liengaard et al., 2021; Sharma et al., 2023)."
        ),
        repeats=("benchmark",),
    )
