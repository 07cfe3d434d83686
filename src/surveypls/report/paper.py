"""The paper: one document made from contracts, figures and printed values, with no number typed by hand.

It works for any study.  A section whose contract is missing is left out; without printed values the
comparisons and the audit vanish.  The PDF needs Typst (extra ``documents``), the HTML file nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from plsem.names import nearest
from surveypls import tables
from surveypls.report import data as paper_data
from surveypls.report import narrative, typeset, webpage
from surveypls.report.citations import cited
from surveypls.report.data import PaperData, PaperSource
from surveypls.report.document import (
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
from surveypls.survey.log import RULES
from surveypls.tables import thresholds
from surveypls.tables.decisions import rule as decision_rule
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display
from tabletext.language import Language
from tabletext.storage import write_atomically
from tabletext.tabular import Table

#: Figures of the paper and their captions.
FIGURES = {
    "fig_1_1_cleaning_flow": N_("Responses, rule by rule"),
    "fig_1_3_responses": N_("Answers to each item"),
    "fig_2_2_loading_map": N_("Loadings over the rounds of pruning"),
    "fig_3_1_htmt": N_("HTMT with intervals and limits"),
    "fig_4_1_path_diagram": N_("The estimated model"),
    "fig_4_2_bootstrap_densities": N_("Bootstrap distributions of the path coefficients"),
    "fig_4_4_importance_performance": N_("Importance and performance"),
    "fig_5_2_printed_and_recomputed": N_("Printed against recomputed figures"),
}
#: Limits of what the paper says.
_OF_MADE_UP_DATA = N_(
    (
        "**The responses are synthetic.** They were calibrated to the printed tables, so that "
        "figures which agree show that the printed values can occur together, not that the article's "
        "data gave them. They confirm nothing about the firms or people that the article studied.",
        "**Statistics that the article does not print** (intervals, VIF, cross-loadings, prediction "
        "and others) are those of these responses; other data with the same printed tables give "
        "others, and can decide a hypothesis otherwise.",
    )
)
_OF_THE_AUDIT = N_(
    "**The audit names contradictions, not causes.** A printed figure can be wrong by a slip of "
    "copying, by another definition or by other data; the tables do not say which."
)
_OF_ANY_SURVEY = N_(
    (
        "**Answers given once, by choice, do not show causes.** The paths are associations in the "
        "direction that the model assumes.",
        "**Thresholds are conventions.** A mark says on which side of one a value lies, no more.",
    )
)
PaperFormat = Literal["pdf", "html"]
FORMATS: tuple[PaperFormat, ...] = ("pdf", "html")
SMALL_SAMPLE = 100


def build_paper(
    project: PaperSource,
    *,
    language: Language | None = None,
    folder: Path | str | None = None,
    formats: Sequence[PaperFormat] = FORMATS,
) -> list[Path]:
    """Write the paper as ``paper_en.pdf``, ``paper_en.html`` and the same in Spanish.

    Parameters
    ----------
    project : PaperSource
        A :class:`surveypls.compendium.project.Project` whose notebooks have run.
    display : Display
        Language, decimal sign and notice.
    folder : path, optional
        Default: ``paper/`` in the project's output.
    formats : sequence of {"pdf", "html"}

    Returns
    -------
    list of Path
        The files; one whose bytes are the same is not touched.

    Raises
    ------
    compendium.ContractError
        If a notebook that the paper needs has not run.
    typeset.TypesetError
        If a PDF is wanted and Typst is not installed.
    ValueError
        For an unknown format.
    """
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"unknown format {name!r}{nearest(name, FORMATS)}")
    data = paper_data.load(project)
    target = Path(folder) if folder is not None else project.output / "paper"
    written = []
    for chosen in (language,) if language else project.languages:
        document = compose(data, project.folder("figures", chosen), display=data.study.display(chosen))
        for name in formats:
            path = target / f"paper_{chosen}.{name}"
            write_atomically(path, typeset.to_pdf(document) if name == "pdf" else webpage.to_html(document))
            written.append(path)
    return written


def compose(data: PaperData, figures: Path, *, display: Display = ENGLISH) -> Document:
    """Return the paper as a document.

    Parameters
    ----------
    data : PaperData
    figures : Path
        Folder of SVG figures in this language; those that are missing are left out.
    display : Display
        Language, decimal sign and notice.
    """
    return _Composer(data, figures, display).document()


class _Composer:
    """Writes the sections in order and numbers figures and tables as they come."""

    def __init__(self, data: PaperData, figures: Path, display: Display) -> None:
        self.data, self.figures, self.display = data, figures, display
        self.study = data.study
        self.blocks: list[Block] = []
        self.n_figures = 0
        # The article's Tables 1-6 keep their numbers; all others are counted with a letter.
        self.n_tables = 0

    # pieces ---------------------------------------------------------------------------------------
    def say(self, text: str, /, **fields: Any) -> None:
        self.blocks.append(Paragraph(self.display(text, **fields)))

    def heading(self, text: str, level: int = 1) -> None:
        self.blocks.append(Heading(level, self.display(text)))

    def tell(self, story: Callable[..., str], *args: Any) -> None:
        self.blocks += markdown_blocks(story(*args, display=self.display))

    def next_number(self) -> str:
        return f"A{self.n_tables + 1}"

    def table(self, make: Callable[..., Table], *args: Any, title: str = "", **options: Any) -> None:
        table = make(*args, display=self.display, **options)
        if not table.number:
            table = table.with_text(number=self.next_number())
            self.n_tables += 1
        self.blocks.append(TableBlock(table.with_text(title=title) if title else table))

    def figure(self, stem: str, width: float = 1.0) -> None:
        path = self.figures / f"{stem}.svg"
        if path.is_file():
            self.n_figures += 1
            text = self.display(FIGURES[stem])
            alt = ". ".join(filter(None, (text, self.display.notice)))
            self.blocks.append(FigureBlock(path, text, str(self.n_figures), alt, width))

    def number(self, value: float) -> str:
        return self.display.plain(value)

    # the whole ------------------------------------------------------------------------------------
    def document(self) -> Document:
        own = self.data.printed is None
        self.brief()
        self.article()
        self.method()
        self.results()
        self.comparison()
        self.audited()
        self.limits()
        self.appendix()
        self.heading("References")
        self.blocks.append(References(cited(self.blocks)))
        return Document(
            title=self.study.title(self.display.language),
            subtitle=self.display(
                "Analysis by partial least squares" if own else "A recomputation in Python"
            ),
            display=self.display,
            blocks=tuple(self.blocks),
            footer=self.display.notice,
        )

    def brief(self) -> None:
        if self.display.notice:
            self.blocks.append(Notice(self.display.notice))
        self.heading("In brief")
        self.tell(narrative.hypotheses, self.study, self.data.summary)
        self.tell(narrative.cautions, self.study, self.data.summary, self.data.bounds)
        if self.data.comparison is not None:
            self.tell(narrative.verdicts, self.data.comparison)

    def article(self) -> None:
        printed = self.data.printed
        self.heading("What the article asks and prints" if printed else "The question")
        question = self.study.question(self.display.language)
        if question:
            self.say("The question: {question}", question=question)
        if printed:
            n_tables = len({cell.table for cell in printed})
            self.say(
                "The article prints {cells} figures in {tables} tables. Here each stands beside the value "
                "recomputed from the responses described below, with a verdict: equal at the printed digits, "
                "close, different, or impossible beside the other printed figures.",
                cells=len(printed),
                tables=n_tables,
            )
        if self.study.hypotheses:
            self.say("Its hypotheses and what it prints on them:" if printed else "The hypotheses:")
            self.blocks.append(Bullets(tuple(self.hypothesis(i) for i in range(len(self.study.hypotheses)))))

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

    def method(self) -> None:
        data, settings, display = self.data, self.study.bootstrap, self.display
        self.heading("What was done")
        if data.flow is not None:
            self.heading("Responses", 2)
            self.say("Each response was screened by rules fixed beforehand.")
            self.tell(narrative.cleaning, _named_rules(data.flow, display))
            self.table(tables.cleaning_table, data.flow)
            self.figure("fig_1_3_responses", 0.72)
        self.heading("Items", 2)
        efa = self.study.efa
        if efa.prune and data.trace is not None:
            limits = (
                ("msa", efa.min_msa),
                ("loading", efa.min_loading),
                ("gap", efa.min_cross_loading_gap),
                ("communality", efa.min_communality),
            )
            rules = [
                display(coded(f"rule.{k}"), limit=self.number(float(v))) for k, v in limits if v is not None
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
            self.tell(narrative.pruning, self.study.blocks(), data.retained, data.trace)
            self.table(tables.pruning_table, self.study, data.trace)
        else:
            self.say("All candidate items were kept; none was pruned.")
        self.heading("Estimation", 2)
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
            tolerance=self.number(pls.tolerance),
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

    def results(self) -> None:
        data, study, printed = self.data, self.study, self.data.printed
        self.heading("Results")
        self.figure("fig_4_1_path_diagram")
        self.heading("Measurement model", 2)
        self.tell(narrative.reliability, study, data.summary)
        if data.efa is not None:
            self.table(tables.table_1_operationalisation, study, data.codebook, data.efa, printed=printed)
        self.table(tables.table_2_reflective_measurement, study, data.summary, printed=printed)
        self.table(tables.item_table, study, data.summary)
        self.table(tables.reliability_table, study, data.summary)
        if data.constructs > 1 and data.bounds is not None:
            self.tell(narrative.discriminant, study, data.summary, data.bounds)
        self.table(tables.table_3_fornell_larcker, study, data.summary, printed=printed)
        self.table(tables.table_4_htmt, study, data.summary, printed=printed)
        self.figure("fig_3_1_htmt", 0.85)
        self.heading("Structural model", 2)
        self.table(tables.table_5_paths, study, data.summary, printed=printed)
        self.table(tables.path_table, study, data.summary)
        self.figure("fig_4_2_bootstrap_densities")
        if (data.summary["statistic"] == "indirect_effect").any():
            self.table(tables.effects_table, study, data.summary)
        self.tell(narrative.explained, study, data.summary)
        self.table(tables.table_6_model_quality, study, data.summary, printed=printed)
        self.heading("Fit and prediction", 2)
        if data.exact_fit is not None and len(data.exact_fit):
            self.say(
                "HI95 and HI99 come from resamples of data transformed to the correlations that the model "
                "implies (Bollen and Stine, 1992)."
            )
        self.table(tables.fit_table, study, data.summary, data.exact_fit)
        if data.prediction is not None:
            self.say(
                "Each response was predicted by a model estimated without it, in {folds} folds and "
                "{repetitions} repetitions (Shmueli et al., 2019).",
                folds=study.pls.predict_folds,
                repetitions=study.pls.predict_repetitions,
            )
            self.table(tables.prediction_table, study, data.prediction)
        if (self.figures / "fig_4_4_importance_performance.svg").is_file():
            self.heading("What to improve first", 2)
            self.say(
                "The importance–performance map sets the total effect of each predictor on an outcome "
                "against its present level from 0 to 100. Effort pays where importance is high and "
                "performance low."
            )
            self.figure("fig_4_4_importance_performance")

    def comparison(self) -> None:
        comparison = self.data.comparison
        if comparison is None:
            return
        self.heading("Printed and recomputed")
        self.table(tables.verdict_table, comparison)
        self.figure("fig_5_2_printed_and_recomputed", 0.85)
        rest = comparison[comparison["verdict"] != "equal"]
        if len(rest):
            self.say(
                "The figures whose verdict is not “equal” are listed in Table {number}.",
                number=self.next_number(),
            )
            self.table(
                tables.comparison_table,
                rest,
                title=self.display("Printed figures that are not equal to the recomputed ones"),
            )

    def audited(self) -> None:
        checks, statements = self.data.audit, self.data.statements
        if checks is None:
            return
        self.heading("The audit of the printed tables")
        tested = checks[checks["kind"].isin(CONTRADICTIONS)]
        failed = tested[tested["verdict"] == "fails"]
        key = (
            N_(
                "The audit uses the printed figures alone, each standing for the interval that rounds to its "
                "digits. It found {failed} contradictions among {checks} identities and searches; Table "
                "{number} lists them."
            )
            if len(failed)
            else N_(
                "The audit uses the printed figures alone, each standing for the interval that rounds to its "
                "digits. None of its {checks} identities and searches fails."
            )
        )
        self.say(key, failed=len(failed), checks=len(tested), number=self.next_number())
        if len(failed):
            self.table(
                tables.audit_table, failed, title=self.display("Contradictions among the printed figures")
            )
        if statements is None or statements.empty:
            return
        false = statements[statements["verdict"] == "fails"]
        key = (
            N_(
                "Of {count} statements of the text that the tables can decide or illustrate, {failed} fail "
                "(Table {number})."
            )
            if len(false)
            else N_(
                "None of the {count} statements of the text fails that the tables can decide or illustrate."
            )
        )
        self.say(key, count=len(statements), failed=len(false), number=self.next_number())
        if len(false):
            self.table(
                tables.statement_table, false, title=self.display("Statements that the tables contradict")
            )

    def limits(self) -> None:
        self.heading("Limits")
        entries = [self.display(text) for text in _OF_MADE_UP_DATA] if self.display.notice else []
        entries += [self.display(_OF_THE_AUDIT)] if self.data.printed else []
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

    def appendix(self) -> None:
        self.heading("Appendix")
        self.table(_thresholds)
        self.table(tables.cross_loading_table, self.study, self.data.summary)
        if self.data.items is not None:
            kept = [i for items in self.data.retained.values() for i in items]
            shown = self.data.items[self.data.items["item"].isin(kept)]
            self.table(tables.item_statistics_table, self.study, shown)


CONTRADICTIONS = ("identity", "attainable")


def _named_rules(flow: pd.DataFrame, display: Display) -> pd.DataFrame:
    """Return the screening flow with its rules named in a language: the contract has the run's own."""
    names = {rule: display(english) for rule, (english, *_) in RULES.items()}
    old = flow["label"] if "label" in flow else flow["rule"]
    return flow.assign(label=[names.get(str(r), str(o)) for r, o in zip(flow["rule"], old, strict=True)])


def _thresholds(
    *,
    display: Display,
) -> Table:
    """Return the thresholds without their names in files; they are conventions, so no notice is due."""
    table = thresholds.threshold_table(display)
    return table.with_text(columns=tuple(c for c in table.columns if c.key != "statistic"))


__all__ = ["FIGURES", "PaperFormat", "build_paper", "compose"]
