"""The paper section by section, each table and figure with a sentence that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from surveypls import sections, tables
from surveypls.report import measured, modelled, narrative, over_surveys, printed
from surveypls.report.citations import cited
from surveypls.report.data import PaperData
from surveypls.report.document import (
    Beside,
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    Notice,
    Paragraph,
    References,
    TableBlock,
    markdown_blocks,
)
from surveypls.report.multiverse import multiverse
from surveypls.sections.section import EFFECTS, END, ESTIMATE, MEASUREMENT, Section
from surveypls.tables.decisions import rule as decision_rule
from surveypls.tables.multiverse import CHOICE_NAMES
from tableaudit.implied_size import plausible_sizes
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table

#: Figures of the paper and their captions.
FIGURES = {
    "fig_S1_1_printed_tables": N_("The printed tables, each figure in the state the others leave it in"),
    "fig_S2_3_significant": N_("Share of data sets with the printed tables in which a path is significant"),
    "fig_S2_4_t_over_n": N_("t over the number of respondents, and the printed t"),
    "fig_1_3_responses": N_("Answers to each item"),
    "fig_3_1_htmt": N_("HTMT with intervals and limits"),
    "fig_4_1_path_diagram": N_("The estimated model"),
    "fig_4_2_bootstrap_densities": N_("Bootstrap distributions of the path coefficients"),
    "fig_4_4_importance_performance": N_("Importance and performance"),
    "fig_S5_1_specifications": N_("Estimates under every combination of choices"),
}
#: Limits of what the paper says.
_OF_MADE_UP_DATA = N_(
    (
        "**The responses are synthetic.** They were calibrated to the printed tables, so that "
        "figures which agree show that the printed values can occur together, not that the article's "
        "data gave them. They confirm nothing about the firms or people that the article studied.",
        "**What the article does not print** (intervals, prediction and others) is that of these responses; "
        "other data with the same printed tables give other figures, and can decide a hypothesis otherwise.",
    )
)
_OF_ANY_SURVEY = N_(
    (
        "**Answers given once, by choice, do not show causes.** The paths are associations in the "
        "direction that the model assumes.",
        "**Thresholds are conventions.** A mark says on which side of one a value lies, no more.",
    )
)
SMALL_SAMPLE = 100
_ALTS = {stem: drawn.alt for section in sections.SECTIONS for stem, drawn in section.figures.items()}


def compose(
    data: PaperData,
    figures: Path,
    *,
    display: Display = ENGLISH,
    made_in: Callable[[str], str] = lambda stem: "",
) -> Document:
    """Return the paper as a document.

    Parameters
    ----------
    data : PaperData
    figures : Path
        Folder of SVG figures in this language; those that are missing are left out.
    display : Display
        Language, decimal sign and notice.
    made_in : callable, optional
        Name of a figure or table → the notebook and heading that make it, as in
        ``"03_measurement_model.ipynb#Reliability"``; empty where none does.
    """
    return _Composer(data, figures, display, made_in).document()


class _Composer:
    """Writes the sections in order and numbers figures and tables as they come."""

    def __init__(
        self, data: PaperData, figures: Path, display: Display, made_in: Callable[[str], str]
    ) -> None:
        self.data, self.figures, self.display, self.made_in = data, figures, display, made_in
        # The notice stands once, and at the foot of each page of the PDF: not under every table.
        self.unnoticed = replace(display, notice="")
        self.study = data.study
        self.blocks: list[Block] = []
        self.n_figures = 0
        # The article's Tables 1-6 keep their numbers; all others are counted with a letter.
        self.n_tables = 0
        self.judged: set[str] = set()

    # pieces ---------------------------------------------------------------------------------------
    def say(self, text: str, /, **fields: Any) -> None:
        self.blocks.append(Paragraph(self.display(text, **fields)))

    def heading(self, text: str, level: int = 1) -> None:
        self.blocks.append(Heading(level, self.display(text)))

    def tell(self, story: Callable[..., str], *args: Any) -> None:
        self.blocks += markdown_blocks(story(*args, display=self.display))

    def table(self, stem: str, make: Callable[..., Table | None], *args: Any, **options: Any) -> None:
        table = make(*args, display=self.unnoticed, **options)
        if table is None:
            return
        if not table.number:
            self.n_tables += 1
            table = table.with_text(number=f"A{self.n_tables}")
        self.judged |= table.judged
        self.blocks.append(TableBlock(table, self.made_in(stem)))

    def picture(self, stem: str, width: float = 1.0) -> FigureBlock | None:
        path = self.figures / f"{stem}.svg"
        if not path.is_file():
            return None
        self.n_figures += 1
        text = self.display(FIGURES[stem] if stem in FIGURES else _ALTS[stem])
        alt = ". ".join(filter(None, (text, self.display.notice)))
        return FigureBlock(path, text, str(self.n_figures), alt, width, self.made_in(stem))

    def figure(self, stem: str, width: float = 1.0) -> None:
        if (block := self.picture(stem, width)) is not None:
            self.blocks.append(block)

    # the whole ------------------------------------------------------------------------------------
    def document(self) -> Document:
        if self.data.printed is None:
            self.brief()
            self.method()
            self.results()
        else:
            self.front()
            self.audited()
            self.left_open()
            self.heading("A demonstration on the analysed survey")
            self.method(2)
            self.results(2)
            self.compared()
        self.limits()
        self.heading("Appendix")
        self.table("", tables.threshold_table, self.judged)
        if self.data.printed is None:
            self.table("table_3_3_cross_loadings", tables.cross_loading_table, self.study, self.data.summary)
        self.heading("References")
        self.blocks.append(References(cited(self.blocks)))
        return Document(
            title=self.study.title(self.display.language),
            subtitle=self.display(
                "Analysis by partial least squares"
                if self.data.printed is None
                else "What its printed tables decide, leave open and contradict"
            ),
            display=self.display,
            blocks=tuple(self.blocks),
            footer=self.display.notice,
        )

    def brief(self) -> None:
        if self.display.notice:
            self.blocks.append(Notice(self.display.notice))
        self.heading("In brief")
        question = self.study.question(self.display.language)
        if question:
            self.say("The question: {question}", question=question)
        self.tell(narrative.hypotheses, self.study, self.data.summary)
        self.tell(measured.cautions, self.study, self.data.summary, self.data.get("03_htmt_bounds"))

    # an article's printed tables -------------------------------------------------------------------
    def front(self) -> None:
        """Fill the first page: what is reproduced, what holds, and the printed tables as a picture."""
        data, display = self.data, self.display
        assert data.printed is not None
        before, self.blocks = self.blocks, []
        self.heading("What is reproduced")
        reference = self.study.reference(display.language)
        self.say("The article: {reference}", reference=reference) if reference else self.say(
            "The article's authors, title and journal are not known to this compendium: its text was at hand "
            "without its title page. Its tables and sections are cited by their numbers and names."
        )
        question = self.study.question(display.language)
        if question:
            self.say("The question: {question}", question=question)
        self.blocks.append(Bullets(tuple(self.hypothesis(i) for i in range(len(self.study.hypotheses)))))
        self.heading("What holds, whatever the data were")
        if (states := data.get("05_states")) is not None:
            self.tell(printed.states, states)
            self.tell(printed.contradictions, states)
        self.over_n()
        if display.notice:
            self.blocks.append(Notice(display.notice))
        picture = self.picture("fig_S1_1_printed_tables", 0.42)
        shown: list[Block] = self.blocks if picture is None else [Beside(tuple(self.blocks), picture)]
        self.blocks = before + shown

    def audited(self) -> None:
        states, statements = self.data.get("05_states"), self.data.get("05_statements")
        if states is None:
            return
        self.heading("What the printed tables say of each other")
        self.say(
            "Each printed figure stands for every value that rounds to its digits. Identities that link the "
            "figures, and searches for data that would give them, are held against these intervals; no responses "
            "are used."
        )
        self.table("table_5_1_states", tables.state_table, states)
        contradicted = states["state"].str.startswith("contradicted")
        if contradicted.any():
            self.table("table_5_2_contradicted", tables.contradicted_table, states)
            self.say(
                "The audit names contradictions, not causes: a printed figure can be wrong by a slip of copying, "
                "by another definition or by other data; the tables do not say which."
            )
        if statements is None or statements.empty:
            return
        if (statements["verdict"] == "fails").any():
            self.table("table_5_3_statements", tables.statement_table, statements, verdict="fails")
        self.tell(narrative.statements, statements)

    def over_n(self) -> None:
        """Say what the printed tables decide over n, and at which n the printed t are possible."""
        if (surveys := self.data.get("S2_ensemble")) is not None:
            alpha, hypotheses = self.study.bootstrap.significance, self.study.hypotheses
            self.tell(over_surveys.decided, surveys, hypotheses, alpha)
            self.tell(over_surveys.printed_t_meets, surveys, hypotheses, self.data.project.printed_t())

    def left_open(self) -> None:
        names = ("S2_ensemble", "S1_implied_size", "S3_required_n")
        surveys, simulated, required = (self.data.get(name) for name in names)
        if surveys is None and simulated is None and required is None:
            return
        self.heading("What is left open, and what sample it would take")
        if surveys is not None:
            self.say(
                "Many data sets give the same printed figures. Over them, whatever the tables fix stays the same, and "
                "what they leave open moves with the number of respondents, which the article does not print."
            )
            self.figure("fig_S2_3_significant", 0.8)
            self.figure("fig_S2_4_t_over_n", 0.8)
        if simulated is not None:
            sizes = plausible_sizes(simulated)
            self.table("table_S1_7_plausible_sizes", tables.plausible_sizes_table, sizes)
            self.tell(printed.plausible_sizes, sizes)
        if required is not None:
            self.table("table_S3_1_required_n", tables.required_size_table, required)
            self.tell(printed.required_n, required, self.study.hypotheses)

    def compared(self) -> None:
        comparison = self.data.get("05_verdicts")
        if comparison is None:
            return
        self.heading("Printed figures beside the survey's", 2)
        self.table("table_5_4_comparison", tables.comparison_table, comparison)
        self.tell(narrative.verdicts, comparison)

    def hypothesis(self, position: int) -> str:
        """Return one hypothesis with what the article prints on its path."""
        h = self.study.hypotheses[position]
        source, target = h.path.source, h.path.target
        text = f"**{h.id}** ({h.arrows}). {h.statement(self.display.language)}".rstrip()
        shown = []
        for statistic, name in ((h.quantity[0], "β"), ("t_statistic", "t"), ("p_value", "p")):
            for cell in self.data.printed.select(statistic, source, target) if self.data.printed else ():
                shown.append(f"{name} = {self.display.decimals(cell.printed)}")
        for cell in self.data.printed.select("decision", source, target) if self.data.printed else ():
            shown.append(self.display(coded(cell.printed)).lower())
        return f"{text} ({self.display('printed: {figures}', figures=', '.join(shown))})" if shown else text

    def method(self, level: int = 1) -> None:
        data, settings, display = self.data, self.study.bootstrap, self.display
        self.heading("What was done", level)
        flow, trace = data.get("01_cleaning_flow"), data.get("02_pruning_trace")
        if flow is not None:
            self.say("Each response was screened by rules fixed beforehand.")
            self.tell(narrative.cleaning, flow)
            if data.printed is None:
                self.table("table_1_1_cleaning_flow", tables.cleaning_table, flow)
                self.figure("fig_1_3_responses", 0.72)
        efa = self.study.efa
        if efa.prune and trace is not None:
            limits = (
                ("msa", efa.min_msa),
                ("loading", efa.min_loading),
                ("gap", efa.min_cross_loading_gap),
                ("communality", efa.min_communality),
            )
            rules = [
                display(coded(f"rule.{k}"), limit=display.plain(float(v))) for k, v in limits if v is not None
            ]
            self.say(
                "Candidate items were pruned by exploratory factor analysis ({extraction}, {correlation} "
                "correlations, {scope}), one item at a time: an item breaks a rule where {rules}. A "
                "construct keeps at least {min_items} items.",
                extraction=display(coded(f"extraction.{efa.extraction}")),
                correlation=display(coded(f"correlation.{efa.correlation}")),
                scope=display(coded(f"scope.{efa.scope}")),
                rules=display.listed(rules, "or"),
                min_items=efa.min_items,
            )
            self.tell(narrative.pruning, self.study.blocks(), data.retained, trace)
            if data.printed is None:
                self.table("table_2_3_pruning_trace", tables.pruning_table, self.study, trace)
        else:
            self.say("All candidate items were kept; none was pruned.")
        pls = self.study.pls
        self.say(
            "The model was estimated by {method} on standardised answers ({scheme} weighting scheme, "
            "tolerance {tolerance}, at most {iterations} iterations; Lohmöller, 1989).",
            method=display(
                "consistent partial least squares (Dijkstra and Henseler, 2015)"
                if pls.consistent
                else "partial least squares path modelling"
            ),
            scheme=display(coded(f"scheme.{pls.scheme}")),
            tolerance=display.plain(pls.tolerance),
            iterations=pls.max_iterations,
        )
        formative = [c.name for c in self.study.constructs if c.mode == "B"]
        if formative:
            self.say(
                "Formative constructs (Mode B): {formative}; all others are reflective (Mode A).",
                formative=", ".join(formative),
            )
        self.say(
            "Standard errors and {level} {interval} intervals come from {count} bootstrap resamples; t "
            "is the estimate over its standard error, and p is {sided}. {rule}",
            level=display.level(settings.confidence_level),
            interval=display(coded(f"interval.{settings.interval}")),
            count=display.count(settings.n_resamples),
            sided=display(coded(f"sided.{settings.alternative}")),
            rule=decision_rule(self.study, display),
        )
        self.say(
            "What is reported follows Hair, Risher, Sarstedt and Ringle (2019), Hair, Hult, Ringle and "
            "Sarstedt (2022) and Benitez et al. (2020). The appendix lists the thresholds behind the "
            "marks ✓ ~ ✗ and their sources."
        )
        self.sections(ESTIMATE, level + 1)

    def results(self, level: int = 1) -> None:
        data, study, printed_cells = self.data, self.study, self.data.printed
        bounds, exact_fit = data.get("03_htmt_bounds"), data.get("04_exact_fit")
        self.heading("Results", level)
        self.figure("fig_4_1_path_diagram")
        if printed_cells is not None:
            if (efa := data.get("02_efa")) is not None:
                self.table(
                    "table_1_operationalisation",
                    tables.table_1_operationalisation,
                    study,
                    data.project.read_codebook(),
                    efa,
                    notes=data.get("02_factor_notes"),
                    printed=printed_cells,
                )
            self.table(
                "table_2_reflective_measurement",
                tables.table_2_reflective_measurement,
                study,
                data.summary,
                printed=printed_cells,
            )
        else:
            self.table("table_3_1_items", tables.item_table, study, data.summary)
            self.table("table_3_2_reliability", tables.reliability_table, study, data.summary)
        self.tell(measured.reliability, study, data.summary)
        self.table(
            "table_3_fornell_larcker",
            tables.table_3_fornell_larcker,
            study,
            data.summary,
            printed=printed_cells,
        )
        self.table("table_4_htmt", tables.table_4_htmt, study, data.summary, printed=printed_cells)
        if len(study.constructs) > 1 and bounds is not None:
            self.tell(measured.discriminant, study, data.summary, bounds)
        self.figure("fig_3_1_htmt", 0.85)
        self.sections(MEASUREMENT, level + 1)
        if printed_cells is not None:
            self.table("table_5_paths", tables.table_5_paths, study, data.summary, printed=printed_cells)
            self.tell(narrative.hypotheses, study, data.summary)
            self.tell(measured.cautions, study, data.summary, bounds)
        else:
            self.table("table_4_1_paths", tables.path_table, study, data.summary)
            self.figure("fig_4_2_bootstrap_densities")
        self.sections(EFFECTS, level + 1)
        self.table(
            "table_6_model_quality", tables.table_6_model_quality, study, data.summary, printed=printed_cells
        )
        self.tell(modelled.explained, study, data.summary)
        if printed_cells is not None:
            return
        if exact_fit is not None and len(exact_fit):
            self.say(
                "HI95 and HI99 come from resamples of data transformed to the correlations that the model "
                "implies (Bollen and Stine, 1992)."
            )
        self.table("table_4_3_fit", tables.fit_table, study, data.summary, exact_fit)
        self.tell(modelled.fit, study, data.summary)
        if (prediction := data.get("04_prediction")) is not None:
            self.table("table_4_4_prediction", tables.prediction_table, study, prediction)
            self.say(
                "Each response was predicted by a model estimated without it, in {folds} folds and "
                "{repetitions} repetitions (Shmueli et al., 2019).",
                folds=study.pls.predict_folds,
                repetitions=study.pls.predict_repetitions,
            )
        if (self.figures / "fig_4_4_importance_performance.svg").is_file():
            self.say(
                "The importance–performance map sets the total effect of each predictor on an outcome "
                "against its present level from 0 to 100. A construct whose importance is high and whose "
                "performance is low has room to matter, if the paths are causal."
            )
            self.figure("fig_4_4_importance_performance")
        self.sections(END, level + 1)
        analyses, left_out = data.get("S5_analyses"), data.get("S5_left_out")
        if analyses is not None and left_out is not None:
            self.under_choices(analyses, left_out)

    def under_choices(self, analyses: pd.DataFrame, left_out: pd.DataFrame) -> None:
        self.heading("Under other choices")
        self.say(
            "Every defensible combination of screening, missing-data policy, items, weighting scheme, estimator, "
            "sign rule, test and tails was analysed, each with its own bootstrap (Simonsohn et al., 2020). The "
            "analyses are not a sample: a share of them says how far a decision depends on who makes it."
        )
        choices = [name for name in CHOICE_NAMES if name in analyses]
        self.tell(multiverse, analyses, left_out, choices)
        self.figure("fig_S5_1_specifications")
        self.table("table_S5_1_shares", tables.multiverse_table, analyses, choices)

    def sections(self, after: str, level: int) -> None:
        """Write the optional sections that follow an output in the notebooks."""
        for section in sections.of(self.study):
            if section.after == after:
                self.section(section, level)

    def section(self, section: Section, level: int) -> None:
        """Write an optional section from what its cells handed on."""
        frames = [frame for name in section.contracts if (frame := self.data.get(name)) is not None]
        if len(frames) < len(section.contracts):
            return
        heading, _, prose = self.display(section.prose).partition("\n\n")
        self.blocks += [Heading(level, heading.lstrip("# ")), *markdown_blocks(prose)]
        for (stem, part), frame in zip(section.tables.items(), frames, strict=True):
            self.table(stem, part.make, self.study, frame)
        for stem in section.figures:
            self.figure(stem)
        self.tell(section.sentence, self.study, *frames)

    def limits(self) -> None:
        self.heading("Limits")
        calibrated = self.display.notice and self.data.printed is not None
        entries = [self.display(text) for text in _OF_MADE_UP_DATA] if calibrated else []
        n_items = sum(len(items) for items in self.data.retained.values())
        if self.data.n < SMALL_SAMPLE:
            entries.append(
                self.display(
                    "**The sample is small**: {n} responses for {items} items. Standard errors by resampling are "
                    "rough at this size.",
                    n=self.data.n,
                    items=n_items,
                )
            )
        entries += [self.display(text) for text in _OF_ANY_SURVEY]
        self.blocks.append(Bullets(tuple(entries)))
