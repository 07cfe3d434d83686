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
from surveypls.report.words import FIGURES, caption, sentence
from surveypls.survey.log import RULES
from surveypls.tables import thresholds
from surveypls.tables.words import percent_level, say, thousands
from tabletext.language import Language
from tabletext.storage import write_atomically
from tabletext.tabular import Table
from tabletext.words import decimals_in, spanish_decimals

PaperFormat = Literal["pdf", "html"]
FORMATS: tuple[PaperFormat, ...] = ("pdf", "html")
SMALL_SAMPLE = 100


def build_paper(
    project: PaperSource,
    *,
    labels: Language | None = None,
    folder: Path | str | None = None,
    formats: Sequence[PaperFormat] = FORMATS,
) -> list[Path]:
    """Write the paper as ``paper_en.pdf``, ``paper_en.html`` and the same in Spanish.

    Parameters
    ----------
    project : PaperSource
        A :class:`surveypls.compendium.project.Project` whose notebooks have run.
    labels : {"en", "es"}, optional
        One language only; by default the project's languages.
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
    for language in (labels,) if labels else project.languages:
        with spanish_decimals(data.study.decimal):
            document = compose(data, figure_folder(project, language), labels=language)
            for name in formats:
                path = target / f"paper_{language}.{name}"
                write_atomically(
                    path, typeset.to_pdf(document) if name == "pdf" else webpage.to_html(document)
                )
                written.append(path)
    return written


def figure_folder(project: PaperSource, language: Language) -> Path:
    """Return the folder of a project's figures in a language."""
    folder = project.output / "figures"
    return folder if language == project.languages[0] else folder / language


def compose(data: PaperData, figures: Path, *, labels: Language = "en") -> Document:
    """Return the paper as a document.

    Parameters
    ----------
    data : PaperData
    figures : Path
        Folder of SVG figures in this language; those that are missing are left out.
    labels : {"en", "es"}
    """
    return _Composer(data, figures, labels).document()


class _Composer:
    """Writes the sections in order and numbers figures and tables as they come."""

    def __init__(self, data: PaperData, figures: Path, labels: Language) -> None:
        self.data, self.figures, self.labels = data, figures, labels
        self.study = data.study
        self.notice = self.study.synthetic(labels) if self.study.synthetic else ""
        self.blocks: list[Block] = []
        self.n_figures = 0
        # The article's Tables 1-6 keep their numbers; all others are counted with a letter.
        self.n_tables = 0

    # pieces ---------------------------------------------------------------------------------------
    def say(self, key: str, **fields: object) -> None:
        self.blocks.append(Paragraph(sentence(key, self.labels, **fields)))

    def heading(self, key: str, level: int = 1) -> None:
        self.blocks.append(Heading(level, sentence(key, self.labels)))

    def tell(self, story: Callable[..., str], *args: Any) -> None:
        self.blocks += markdown_blocks(story(*args, labels=self.labels))

    def next_number(self) -> str:
        return f"A{self.n_tables + 1}"

    def table(self, make: Callable[..., Table], *args: Any, title: str = "", **options: Any) -> None:
        table = make(*args, labels=self.labels, notice=self.notice, **options)
        if not table.number:
            table = table.with_text(number=self.next_number())
            self.n_tables += 1
        self.blocks.append(TableBlock(table.with_text(title=title) if title else table))

    def figure(self, stem: str, width: float = 1.0) -> None:
        path = self.figures / f"{stem}.svg"
        if path.is_file():
            self.n_figures += 1
            text = caption(stem, self.labels)
            alt = ". ".join(filter(None, (text, self.notice)))
            self.blocks.append(FigureBlock(path, text, str(self.n_figures), alt, width))

    def number(self, value: float) -> str:
        text = f"{value:.12f}".rstrip("0").rstrip(".")
        return decimals_in(text, self.labels)

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
        self.heading("h.references")
        self.blocks.append(References(cited(self.blocks)))
        return Document(
            title=self.study.title(self.labels),
            subtitle=sentence("subtitle.own" if own else "subtitle", self.labels),
            language=self.labels,
            blocks=tuple(self.blocks),
            footer=self.notice,
        )

    def brief(self) -> None:
        if self.notice:
            self.blocks.append(Notice(self.notice))
        self.heading("h.brief")
        self.tell(narrative.hypotheses, self.study, self.data.summary)
        self.tell(narrative.cautions, self.study, self.data.summary, self.data.bounds)
        if self.data.comparison is not None:
            self.tell(narrative.verdicts, self.data.comparison)

    def article(self) -> None:
        printed = self.data.printed
        self.heading("h.article" if printed else "h.question")
        question = self.study.question(self.labels)
        if question:
            self.say("article.question", question=question)
        if printed:
            n_tables = len({cell.table for cell in printed})
            self.say("article.cells", cells=len(printed), tables=n_tables)
        if self.study.hypotheses:
            self.say("article.hypotheses" if printed else "own.hypotheses")
            self.blocks.append(Bullets(tuple(self.hypothesis(i) for i in range(len(self.study.hypotheses)))))

    def hypothesis(self, position: int) -> str:
        """Return one hypothesis with what the article prints on its path."""
        h = self.study.hypotheses[position]
        source, target = h.path.source, h.path.target
        text = f"**{h.id}** ({source} → {target}). {h.statement(self.labels)}".rstrip()
        shown = []
        for statistic, name in ((h.quantity[0], "β"), ("t_statistic", "t"), ("p_value", "p")):
            for cell in self.data.printed.select(statistic, source, target) if self.data.printed else ():
                shown.append(f"{name} = {decimals_in(cell.printed, self.labels)}")
        for cell in self.data.printed.select("decision", source, target) if self.data.printed else ():
            shown.append(say(cell.printed, self.labels).lower())
        return (
            f"{text} ({sentence('article.printed', self.labels, figures=', '.join(shown))})"
            if shown
            else text
        )

    def method(self) -> None:
        data, settings, labels = self.data, self.study.bootstrap, self.labels
        self.heading("h.method")
        if data.flow is not None:
            self.heading("h.data", 2)
            self.say("data.rules")
            self.tell(narrative.cleaning, _named_rules(data.flow, labels))
            self.table(tables.cleaning_table, data.flow)
            self.figure("fig_1_3_responses", 0.72)
        self.heading("h.items", 2)
        efa = self.study.efa
        if efa.prune and data.trace is not None:
            limits = (
                ("msa", efa.min_msa),
                ("loading", efa.min_loading),
                ("gap", efa.min_cross_loading_gap),
                ("communality", efa.min_communality),
            )
            rules = [
                sentence(f"rule.{k}", labels, limit=self.number(float(v))) for k, v in limits if v is not None
            ]
            self.say(
                "items.method",
                extraction=sentence(f"extraction.{efa.extraction}", labels),
                correlation=sentence(f"correlation.{efa.correlation}", labels),
                scope=sentence(f"scope.{efa.scope}", labels),
                rules=_either(rules, labels),
                min_items=efa.min_items,
            )
            self.tell(narrative.pruning, self.study.blocks(), data.retained, data.trace)
            self.table(tables.pruning_table, self.study, data.trace)
        else:
            self.say("items.none")
        self.heading("h.estimation", 2)
        pls = self.study.pls
        self.say(
            "estimation.pls",
            method=sentence("method.plsc" if pls.consistent else "method.pls", labels),
            scheme=sentence(f"scheme.{pls.scheme}", labels),
            tolerance=self.number(pls.tolerance),
            iterations=pls.max_iterations,
        )
        formative = [c.name for c in self.study.constructs if c.mode == "B"]
        if formative:
            self.say("estimation.modes", formative=", ".join(formative))
        self.say(
            "estimation.bootstrap",
            level=percent_level(settings.confidence_level, labels),
            interval=sentence(f"interval.{settings.interval}", labels),
            count=thousands(settings.n_resamples, labels),
            sided=sentence(f"sided.{settings.alternative}", labels),
            alpha=self.number(settings.significance),
        )
        self.say("estimation.sources")

    def results(self) -> None:
        data, study, printed = self.data, self.study, self.data.printed
        self.heading("h.results")
        self.figure("fig_4_1_path_diagram")
        self.heading("h.measurement", 2)
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
        self.heading("h.structural", 2)
        self.table(tables.table_5_paths, study, data.summary, printed=printed)
        self.table(tables.path_table, study, data.summary)
        self.figure("fig_4_2_bootstrap_densities")
        if (data.summary["statistic"] == "indirect_effect").any():
            self.table(tables.effects_table, study, data.summary)
        self.tell(narrative.explained, study, data.summary)
        self.table(tables.table_6_model_quality, study, data.summary, printed=printed)
        self.heading("h.fit", 2)
        if data.exact_fit is not None:
            self.say("fit.exact")
        self.table(tables.fit_table, study, data.summary, data.exact_fit)
        if data.prediction is not None:
            self.say("predict", folds=study.pls.predict_folds, repetitions=study.pls.predict_repetitions)
            self.table(tables.prediction_table, study, data.prediction)
        if (self.figures / "fig_4_4_importance_performance.svg").is_file():
            self.heading("h.improve", 2)
            self.say("improve")
            self.figure("fig_4_4_importance_performance")

    def comparison(self) -> None:
        comparison = self.data.comparison
        if comparison is None:
            return
        self.heading("h.comparison")
        self.table(tables.verdict_table, comparison)
        self.figure("fig_5_2_printed_and_recomputed", 0.85)
        rest = comparison[comparison["verdict"] != "equal"]
        if len(rest):
            self.say("comparison.rest", number=self.next_number())
            self.table(tables.comparison_table, rest, title=sentence("rest.title", self.labels))

    def audited(self) -> None:
        checks, statements = self.data.audit, self.data.statements
        if checks is None:
            return
        self.heading("h.audit")
        tested = checks[checks["kind"].isin(CONTRADICTIONS)]
        failed = tested[tested["verdict"] == "fails"]
        key = "audit" if len(failed) else "audit.none"
        self.say(key, failed=len(failed), checks=len(tested), number=self.next_number())
        if len(failed):
            self.table(tables.audit_table, failed, title=sentence("audit.title", self.labels))
        if statements is None or statements.empty:
            return
        false = statements[statements["verdict"] == "fails"]
        key = "statements" if len(false) else "statements.none"
        self.say(key, count=len(statements), failed=len(false), number=self.next_number())
        if len(false):
            self.table(tables.statement_table, false, title=sentence("statements.title", self.labels))

    def limits(self) -> None:
        self.heading("h.limits")
        keys = ["limit.synthetic", "limit.unprinted"] if self.notice else []
        keys += ["limit.audit"] if self.data.printed else []
        entries = [sentence(key, self.labels) for key in keys]
        n_items = sum(len(items) for items in self.data.retained.values())
        if self.data.n < SMALL_SAMPLE:
            entries.append(sentence("limit.size", self.labels, n=self.data.n, items=n_items))
        entries += [sentence(key, self.labels) for key in ("limit.cross", "limit.thresholds")]
        self.blocks.append(Bullets(tuple(entries)))

    def appendix(self) -> None:
        self.heading("h.appendix")
        self.table(_thresholds)
        self.table(tables.cross_loading_table, self.study, self.data.summary)
        if self.data.items is not None:
            kept = [i for items in self.data.retained.values() for i in items]
            shown = self.data.items[self.data.items["item"].isin(kept)]
            self.table(tables.item_statistics_table, self.study, shown)


CONTRADICTIONS = ("identity", "attainable")


def _either(options: Sequence[str], labels: Language) -> str:
    """Join as in "a, b or c"."""
    if len(options) < 2:
        return "".join(options)
    return f"{', '.join(options[:-1])} {'o' if labels == 'es' else 'or'} {options[-1]}"


def _named_rules(flow: pd.DataFrame, labels: Language) -> pd.DataFrame:
    """Return the screening flow with its rules named in a language: the contract has the run's own."""
    names = {rule: spanish if labels == "es" else english for rule, (english, spanish, _) in RULES.items()}
    old = flow["label"] if "label" in flow else flow["rule"]
    return flow.assign(label=[names.get(str(r), str(o)) for r, o in zip(flow["rule"], old, strict=True)])


def _thresholds(*, labels: Language, notice: str | None) -> Table:
    """Return the thresholds without their names in files; they are conventions, so no notice is due."""
    table = thresholds.threshold_table(labels)
    return table.with_text(columns=tuple(c for c in table.columns if c.key != "statistic"))


__all__ = ["FIGURES", "PaperFormat", "build_paper", "compose"]
