"""Every figure, table and sentence that the notebooks show: one entry each.

An entry says how a thing is made from results; its key is the file's name, whose number is the notebook's.
:meth:`Project.show` and :meth:`Project.say` look here, and so do the manifest and whoever asks which output
comes from where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from surveypls import figures, tables
from surveypls.report import measured, modelled, multiverse, narrative, over_surveys, printed, simulated
from surveypls.sections import SECTIONS
from surveypls.sections.section import Drawing, Part, Section
from surveypls.study.analysis import INTERVALS_OF
from surveypls.tables.build import item_text
from tabletext.tabular import Table

EFFECTS = ("path_coefficient", "indirect_effect", "total_effect")
#: What the ensemble's figure shows of the figures that the article did not print.
OPEN = ("rho_c", "cronbach_alpha", "htmt_upper", "q2_predict", "t_statistic")


@dataclass(frozen=True)
class Picture:
    """A figure: ``alt`` says what it shows; ``draw(project, display, *results)`` gives it with its data, or None."""

    alt: str
    draw: Callable[..., Any]
    front_page: bool = False


def article_table(stem: str) -> int | None:
    """Return which of the article's tables an output repeats, or None."""
    found = re.match(r"table_([1-6])_[a-z]", stem)
    return int(found[1]) if found else None


def notebook_of(stem: str) -> str:
    """Return the number of the notebook that makes an output: "03" for Table 2, "S1" for ``fig_S1_1_…``."""
    own = article_table(stem)
    if own is not None:
        return {1: "02", 2: "03", 3: "03", 4: "03", 5: "04", 6: "04"}[own]
    found = re.match(r"(?:fig|table)_(S?\d)", stem)
    assert found is not None, stem
    return found[1] if found[1].startswith("S") else f"0{found[1]}"


def _section_sheet(part: Part) -> Callable[..., Table | None]:
    return lambda p, d, a: part.make(p.study, part.frame(a), display=d)


def _section_sentence(section: Section) -> Callable[..., str]:
    return lambda p, d, a: section.sentence(p.study, *section.frames(a), display=d)


def _section_picture(drawing: Drawing) -> Picture:
    return Picture(drawing.alt, lambda p, d, a: drawing.draw(p.study, a, d))


PICTURES: Mapping[str, Picture] = {
    **{stem: _section_picture(drawing) for section in SECTIONS for stem, drawing in section.figures.items()},
    "fig_1_1_cleaning_flow": Picture(
        "Boxes from the rows received, through each screening rule with the rows it dropped, to the rows kept.",
        lambda p, d, cleaned: figures.cleaning_flow(cleaned.flow, display=d),
    ),
    "fig_1_2_missing_answers": Picture(
        "Share of missing answers of each analysed item, and the patterns in which items are missing together.",
        lambda p, d, cleaned: figures.missing_answers(
            cleaned.screened, limit=p.study.cleaning.max_item_missing, display=d
        ),
    ),
    "fig_1_3_responses": Picture(
        "Stacked bars of the answers to each item, diverging from the middle of the scale, one panel a construct.",
        lambda p, d, cleaned: figures.response_bars(
            cleaned.instrument[cleaned.responses.columns],
            p.study.survey.scale,
            scales={i: p.study.scale_of(i) for i in p.study.items},
            blocks=p.study.blocks(),
            item_labels={i: item_text(p.read_codebook(), i, d) for i in cleaned.responses},
            construct_labels=p.study.construct_labels,
            display=d,
        ),
    ),
    "fig_2_1_scree": Picture(
        "Eigenvalues of the items, in falling order, with the 95th percentile of eigenvalues of random data.",
        lambda p, d, parallel: figures.scree(parallel, display=d),
    ),
    "fig_2_2_loading_map": Picture(
        "Loading of each item in each round of pruning; the round in which an item was dropped names the rule.",
        lambda p, d, pruned: figures.loading_map(
            pruned.statistics, pruned.trace, construct_labels=p.study.construct_labels, display=d
        ),
    ),
    "fig_3_1_htmt": Picture(
        "HTMT of each pair of constructs with its one-sided upper bound, beside its limits.",
        lambda p, d, a: figures.htmt_bars(
            a.of_constructs(a.summary),
            bounds=a.of_constructs(a.bounds),
            confidence_level=p.study.bootstrap.confidence_level,
            display=d,
        ),
    ),
    "fig_3_2_correlations": Picture(
        "Heat map of the items' correlations, grouped by construct.",
        lambda p, d, a: figures.correlation_map(
            a.responses.corr(), blocks=a.blocks, construct_labels=p.study.construct_labels, display=d
        ),
    ),
    "fig_4_1_path_diagram": Picture(
        "Path diagram: constructs as ellipses with R² or AVE, items as boxes with loadings, arrows with path "
        "coefficients.",
        lambda p, d, a: figures.path_diagram(
            a.model, a.summary, construct_labels=p.study.construct_labels, display=d
        ),
    ),
    "fig_4_2_bootstrap_densities": Picture(
        "Density of each path coefficient over the bootstrap resamples, with the estimate and its interval.",
        lambda p, d, a: figures.bootstrap_densities(
            a.resampled, a.summary, confidence_level=p.study.bootstrap.confidence_level, display=d
        ),
    ),
    "fig_4_3_effects": Picture(
        "Path coefficients and effects with their bootstrap intervals, against zero.",
        lambda p, d, a: figures.forest(
            a.summary,
            statistics=EFFECTS,
            hypotheses=p.study.hypotheses,
            confidence_level=p.study.bootstrap.confidence_level,
            display=d,
        ),
    ),
    "fig_4_4_importance_performance": Picture(
        "Importance–performance map: total effects of constructs and items on each outcome against their "
        "performance.",
        lambda p, d, a: (
            figures.importance_map(a.importance, construct_labels=p.study.construct_labels, display=d)
            if len(a.importance)
            else None
        ),
    ),
    "fig_4_5_scores": Picture(
        "Respondents' construct scores, one panel a path, with the regression line and its band.",
        lambda p, d, a: figures.score_scatter(
            a.scores, a.paths_of_constructs, construct_labels=p.study.construct_labels, display=d
        ),
    ),
    "fig_5_1_hypotheses": Picture(
        "Effect of each hypothesis with its bootstrap interval, against zero.",
        lambda p, d, summary: figures.forest(
            summary,
            statistics=EFFECTS,
            hypotheses=p.study.hypotheses,
            only_hypotheses=True,
            confidence_level=p.study.bootstrap.confidence_level,
            display=d,
        ),
    ),
    "fig_S1_1_printed_tables": Picture(
        "The article's six tables redrawn; each printed figure is coloured and marked by whether the others "
        "contradict it, fix it or leave it open, with the interval that they leave.",
        lambda p, d, states: figures.facsimile(states, display=d),
        front_page=True,
    ),
    "fig_S1_2_attainable": Picture(
        "Interval of each statistic that the other printed figures leave, with the printed value on it.",
        lambda p, d, intervals: figures.attainable_intervals(intervals, display=d),
    ),
    "fig_S2_1_answers": Picture(
        "Share of each answer to each retained item; about half of all answers are the highest.",
        lambda p, d, answers: figures.response_bars(answers, scale=p.study.survey.scale, display=d),
    ),
    "fig_S2_2_open": Picture(
        "Range and middle nine tenths of each figure that the article did not print, over the ensemble of surveys.",
        lambda p, d, ranges, surveys: figures.ensemble_intervals(
            ranges[ranges["statistic"].isin(OPEN)],
            count=int((surveys["statistic"] == "worst_distance").sum()),
            display=d,
        ),
    ),
    "fig_S2_3_significant": Picture(
        "Share of surveys in which each hypothesis is significant, over the number of respondents, with intervals.",
        lambda p, d, surveys: figures.significant_share(
            over_surveys.significant_by_size(
                surveys, p.study.hypotheses, p.study.bootstrap.significance
            ).assign(data=lambda f: f["data"].map(lambda name: d(over_surveys.DATA[name]))),
            alpha=p.study.bootstrap.significance,
            display=d,
        ),
    ),
    "fig_S2_4_t_over_n": Picture(
        "t of each hypothesis over the number of respondents, in all surveys, beside the printed t as a line.",
        lambda p, d, surveys: figures.t_bands(
            over_surveys.t_over_n(surveys, p.study.hypotheses),
            p.printed_t(),
            names={key: d(name) for key, name in over_surveys.DATA.items()},
            display=d,
        ),
    ),
    "fig_S3_1_power": Picture(
        "Power of each path over the sample size, for normal scores and for the calibrated respondents.",
        lambda p, d, grid: figures.power_curve(
            grid.assign(statistic=grid["population"], row=grid["source"], column=grid["target"]), display=d
        ),
    ),
    "fig_S4_coverage": Picture(
        "Share of simulated samples whose interval holds the true value, for each quantity, sample size and kind "
        "of interval.",
        lambda p, d, found: figures.coverage_figure(found, display=d),
    ),
    "fig_S6_intervals": Picture(
        "Intervals of each path and HTMT by percentile, BCa, studentised and calibrated bootstrap.",
        lambda p, d, intervals: figures.interval_kinds(intervals, display=d),
    ),
    "fig_S4_double_coverage": Picture(
        "Share of simulated samples of five-point answers whose interval holds the true value, for paths, "
        "indirect effects and HTMT, by sample size and kind of interval.",
        lambda p, d, found: figures.coverage_figure(_of_tests(found), display=d),
    ),
    "fig_S4_double_width": Picture(
        "Mean width of the intervals of paths, indirect effects and HTMT in simulated samples of five-point "
        "answers, by sample size and kind of interval.",
        lambda p, d, found: figures.coverage_figure(_of_tests(found), value="mean_width", display=d),
    ),
    "fig_S5_1_specifications": Picture(
        "Estimates of each hypothesis under every combination of choices, in rising order with their intervals; "
        "marks below show the choices.",
        lambda p, d, specifications, choices: figures.specification_curve(
            specifications, tables.choice_words(specifications, choices, d), display=d
        ),
    ),
}


def _of_tests(simulated: pd.DataFrame) -> pd.DataFrame:
    return simulated[simulated["statistic"].isin(INTERVALS_OF)]


def _audit_sheet(*kinds: str) -> Callable[..., Table]:
    return lambda p, d, checks: tables.audit_table(checks, kinds=kinds, display=d)


#: Stem → ``make(project, display, *results)`` gives the table, or None.
SHEETS: Mapping[str, Callable[..., Table | None]] = {
    **{stem: _section_sheet(part) for section in SECTIONS for stem, part in section.tables.items()},
    "table_1_1_cleaning_flow": lambda p, d, cleaned: tables.cleaning_table(cleaned.flow, display=d),
    "table_1_2_cleaning_log": lambda p, d, logs, most: tables.cleaning_log_table(logs, most=most, display=d),
    "table_1_3_items": lambda p, d, statistics: tables.item_statistics_table(
        p.study, statistics, p.read_codebook(), display=d
    ),
    "table_2_1_adequacy": lambda p, d, suitability: tables.adequacy_table(suitability, display=d),
    "table_2_2_number_of_factors": lambda p, d, criteria: tables.factor_number_table(criteria, display=d),
    "table_2_3_pruning_trace": lambda p, d, pruned: tables.pruning_table(p.study, pruned.trace, display=d),
    "table_1_operationalisation": lambda p, d, pruned: tables.table_1_operationalisation(
        p.study,
        p.read_codebook(),
        pruned.long_table(),
        notes=pruned.notes_table(),
        printed=p.printed(),
        display=d,
    ),
    "table_2_4_scale_reliability": lambda p, d, pruned: tables.scale_reliability_table(
        p.study, pruned.reliability, display=d
    ),
    "table_2_5_sensitivity": lambda p, d, tried: tables.sensitivity_table(tried, display=d),
    "table_2_6_scaling": lambda p, d, pruned: tables.scaling_table(p.study, pruned.scaling, display=d),
    "table_3_0_admissibility": lambda p, d, a: tables.admissibility_table(a.estimate, display=d),
    "table_2_reflective_measurement": lambda p, d, a: tables.table_2_reflective_measurement(
        p.study, a.summary, printed=p.printed(), display=d
    ),
    "table_3_1_items": lambda p, d, a: tables.item_table(p.study, a.summary, display=d),
    "table_3_2_reliability": lambda p, d, a: tables.reliability_table(p.study, a.summary, display=d),
    "table_3_fornell_larcker": lambda p, d, a: tables.table_3_fornell_larcker(
        p.study, a.summary, printed=p.printed(), display=d
    ),
    "table_4_htmt": lambda p, d, a: tables.table_4_htmt(p.study, a.summary, printed=p.printed(), display=d),
    "table_3_3_cross_loadings": lambda p, d, a: tables.cross_loading_table(p.study, a.summary, display=d),
    "table_5_paths": lambda p, d, a: tables.table_5_paths(
        p.study, a.summary, printed=p.printed(), n_resamples=a.resampled.n_resamples, display=d
    ),
    "table_4_1_paths": lambda p, d, a: tables.path_table(p.study, a.summary, display=d),
    "table_4_2_effects": lambda p, d, a: tables.effects_table(p.study, a.summary, display=d),
    "table_4_6_other_sign": lambda p, d, a: tables.other_sign_table(
        narrative.turned_hypotheses(p.study, a.resampled), display=d
    ),
    "table_4_7_choices": lambda p, d, a: tables.choices_table(a.choices, display=d),
    "table_6_model_quality": lambda p, d, a: tables.table_6_model_quality(
        p.study, a.summary, printed=p.printed(), display=d
    ),
    "table_4_3_fit": lambda p, d, a: tables.fit_table(p.study, a.summary, a.exact_fit, display=d),
    "table_4_4_prediction": lambda p, d, a: tables.prediction_table(
        p.study, a.predicted.summary(), a.predicted.power(), display=d
    ),
    "table_4_5_cvpat": lambda p, d, a: tables.cvpat_table(p.study, a.predictive_ability, display=d),
    "table_5_1_states": lambda p, d, states: tables.state_table(states, display=d),
    "table_5_2_contradicted": lambda p, d, states: tables.contradicted_table(states, display=d),
    "table_5_4_comparison": lambda p, d, comparison: tables.comparison_table(comparison, display=d),
    "table_5_3_statements": lambda p, d, statements: tables.statement_table(
        statements, verdict="fails", display=d
    ),
    "table_S1_1_identities": _audit_sheet("identity", "attainable"),
    "table_S1_2_readings": _audit_sheet("reading"),
    "table_S1_3_rules": _audit_sheet("rule", "coincidence"),
    "table_S1_4_statements": lambda p, d, statements: tables.statement_table(statements, display=d),
    "table_S1_5_standard_errors": lambda p, d, sizes: tables.standard_error_sizes_table(sizes, display=d),
    "table_S1_6_implied_size": lambda p, d, found: tables.implied_size_table(found, display=d),
    "table_S1_7_plausible_sizes": lambda p, d, sizes: tables.plausible_sizes_table(sizes, display=d),
    "table_S2_1_targets": lambda p, d, cells: tables.frame_table(
        cells,
        decimals={"lower": 4, "upper": 4, "value": 4, "distance": 2},
        title=d("Printed figures and the survey's"),
        headings={
            "statistic": d("Statistic"),
            "row": d("Of"),
            "column": d("With"),
            "lower": d("Rounds up from"),
            "upper": d("to"),
            "value": d("Survey"),
            "distance": d("Distance"),
            "inside": d("Reached"),
        },
        display=d,
    ),
    "table_S2_2_choices": lambda p, d, surveys: tables.choices_over_n_table(
        over_surveys.choices_over_n(surveys, p.study.hypotheses[0]),
        name=p.study.hypotheses[0].id,
        display=d,
    ),
    "table_S3_1_required_n": lambda p, d, needed: tables.required_size_table(needed, display=d),
    "table_S4_coverage": lambda p, d, found: tables.coverage_table(found, display=d),
    "table_S6_intervals": lambda p, d, intervals: tables.intervals_table(intervals, display=d),
    "table_S4_double": lambda p, d, found: tables.coverage_table(found, display=d),
    "table_S5_1_shares": lambda p, d, tried, choices: tables.multiverse_table(
        tried.analyses, choices, display=d
    ),
    "table_S5_2_choices": lambda p, d, tried, choices: tables.choice_effects_table(
        tried.analyses, choices, display=d
    ),
    "table_S5_3_left_out": lambda p, d, tried: tables.left_out_table(tried.left_out, display=d),
    "table_S5_4_over_surveys": lambda p, d, tried: tables.over_surveys_table(tried.analyses, display=d),
    "table_S5_5_survey_or_choice": lambda p, d, tried, choices: tables.choice_effects_table(
        tried.analyses, choices, display=d
    ),
}

SENTENCES: Mapping[str, Callable[..., str]] = {
    **{section.key: _section_sentence(section) for section in SECTIONS},
    "submissions": lambda p, d, raw: narrative.submissions(
        raw.answers.shape[0], raw.answers.shape[1], len(p.study.items), display=d
    ),
    "cleaning": lambda p, d, cleaned: narrative.cleaning(cleaned.flow, display=d),
    "missing": lambda p, d, cleaned: narrative.missing(cleaned, display=d),
    "adequacy": lambda p, d, suitability: narrative.adequacy(
        suitability.kmo, suitability.bartlett.p_value, display=d
    ),
    "pruning": lambda p, d, pruned: narrative.pruning(
        p.study.blocks(), pruned.blocks, pruned.trace, display=d
    ),
    "factor_notes": lambda p, d, pruned: narrative.factor_notes(pruned.solutions, display=d),
    "sensitivity": lambda p, d, tried: narrative.sensitivity(tried, display=d),
    "scaling": lambda p, d, pruned: measured.scaling(pruned.scaling, display=d),
    "estimated": lambda p, d, a: modelled.estimated(
        len(a.responses),
        len(a.model.items),
        len(a.model.constructs),
        bool(a.estimate.converged),
        int(a.estimate.iterations),
        display=d,
    ),
    "failures": lambda p, d, a: modelled.failures(
        a.resampled.failures, a.resampled.n_resamples, a.resampled.n_turned, display=d
    ),
    "reliability": lambda p, d, summary: measured.reliability(p.study, summary, display=d),
    "discriminant": lambda p, d, summary, bounds: measured.discriminant(p.study, summary, bounds, display=d),
    "hypotheses": lambda p, d, summary: narrative.hypotheses(p.study, summary, display=d),
    "cautions": lambda p, d, summary, bounds: measured.cautions(p.study, summary, bounds, display=d),
    "other_sign": lambda p, d, a: narrative.other_sign(p.study, a.resampled, display=d),
    "choices": lambda p, d, a: over_surveys.under_choices(a.choices, display=d),
    "explained": lambda p, d, summary: modelled.explained(p.study, summary, display=d),
    "fit": lambda p, d, a: modelled.fit(p.study, a.summary, display=d),
    "prediction": lambda p, d, a: modelled.prediction(
        a.predicted.power(), a.predictive_ability["average"], p.study.bootstrap.significance, display=d
    ),
    "states": lambda p, d, states: printed.states(states, display=d),
    "plausible_sizes": lambda p, d, sizes: printed.plausible_sizes(sizes, display=d),
    "verdicts": lambda p, d, comparison: narrative.verdicts(comparison, display=d),
    "statements": lambda p, d, statements: narrative.statements(statements, display=d),
    "audited": lambda p, d, audited: printed.audited(audited, display=d),
    "reading": lambda p, d, audited: printed.reading(audited, display=d),
    "coincidences": lambda p, d: printed.coincidences(p.printed(), display=d),
    "witnesses": lambda p, d, verified: printed.witnesses(verified, display=d),
    "nearest_matrix": lambda p, d, everything, possible: printed.nearest_matrix(
        everything, possible, display=d
    ),
    "weight_errors": lambda p, d, found: printed.weight_errors(found, display=d),
    "targets": lambda p, d, target: printed.targets(target, display=d),
    "reached": lambda p, d, cells: printed.reached(cells, display=d),
    "ensemble": lambda p, d, surveys, attainable: over_surveys.made(surveys, attainable, display=d),
    "pinned": lambda p, d, surveys: over_surveys.pinned(surveys, p.read("S1_attainable"), display=d),
    "chosen_n": lambda p, d, surveys, n: over_surveys.chosen_n(
        surveys, p.study.hypotheses, p.printed_t(), n, display=d
    ),
    "missed": lambda p, d, surveys: over_surveys.missed(surveys, display=d),
    "decided": lambda p, d, surveys: over_surveys.decided(
        surveys, p.study.hypotheses, p.study.bootstrap.significance, display=d
    ),
    "printed_t": lambda p, d, surveys: over_surveys.printed_t_meets(
        surveys, p.study.hypotheses, p.printed_t(), display=d
    ),
    "required_n": lambda p, d, needed: printed.required_n(needed, p.study.hypotheses, display=d),
    "same_numbers": lambda p, d, alone, together: printed.same_numbers(alone, together, display=d),
    "coverage": lambda p, d, found: simulated.coverage_sentence(found, display=d),
    "calibrated": lambda p, d, intervals: simulated.calibrated(
        intervals, p.study.hypotheses, level=p.study.bootstrap.confidence_level, display=d
    ),
    "calibration": lambda p, d, found: simulated.calibration(found, display=d),
    "remade": lambda p, d, made, kept: simulated.remade(made, kept, display=d),
    "multiverse": lambda p, d, tried, choices: multiverse.multiverse(
        tried.analyses, tried.left_out, choices, display=d
    ),
}
