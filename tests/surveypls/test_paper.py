"""The paper: its document model, both writers, and what it says of a study with and without printed values."""

import html
import os
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plsem import estimator as pls
from plsem import inputs
from plsem import quantities as registry
from plsem.model import Model
from plsem.resampling import bootstrap as resampling
from plsem.thresholds import THRESHOLDS
from surveypls.report import paper, typeset, webpage
from surveypls.report.citations import cited
from surveypls.report.document import (
    Bullets,
    Document,
    FigureBlock,
    Heading,
    Notice,
    Paragraph,
    References,
    TableBlock,
    inline,
    markdown_blocks,
)
from surveypls.study.definition import Study, parse_study
from surveypls.survey.log import RULES
from tableaudit import comparison as published
from tableaudit.audit import audit
from tableaudit.cell_states import states
from tableaudit.printed import Published, load_published
from tabletext.catalogue import spanish, used
from tabletext.display import Display
from tabletext.tabular import from_frame

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
STUDY = """
id: small
title: {en: A small study, es: Un estudio pequeño}
question: {en: "Does A influence B?", es: "¿Influye A en B?"}
constructs:
  A: {items: [a1, a2, a3, a4], label: {en: Cause, es: Causa}}
  B: {items: [b1, b2, b3], label: {en: Outcome, es: Resultado}}
paths: [A -> B]
hypotheses:
  - {id: H1, path: A -> B, statement: {en: A influences B., es: A influye en B.}}
bootstrap: {n_resamples: 200}
"""
NOTICE = "synthetic: {en: Made-up data for a test., es: Datos inventados para una prueba.}\n"


@dataclass
class Fake:
    """A project as the paper sees it."""

    output: Path
    study: Study
    contracts: dict[str, pd.DataFrame]
    article: Published | None = None
    languages: tuple[str, ...] = ("en", "es")
    asked: list[str] = field(default_factory=list)

    def has(self, contract):
        return contract in self.contracts

    def read(self, contract):
        self.asked.append(contract)
        if contract not in self.contracts:
            raise FileNotFoundError(contract)
        return self.contracts[contract]

    def printed(self):
        return self.article

    def printed_t(self):
        return {}

    def read_codebook(self):
        return None

    def cell_of(self, stem, language):
        return f"notebooks/03_made.ipynb#{stem}" if stem else ""

    def folder(self, kind, language):
        return self.output / kind / ("" if language == self.languages[0] else language)


@pytest.fixture(scope="module")
def contracts():
    rng = np.random.default_rng(3)
    a, n = rng.normal(size=60), 60
    b = 0.6 * a + 0.8 * rng.normal(size=n)
    columns = {f"a{i}": a + (0.4 + 0.1 * i) * rng.normal(size=n) for i in (1, 2, 3)}
    columns |= {f"b{i}": b + (0.4 + 0.1 * i) * rng.normal(size=n) for i in (1, 2, 3)}
    data = pd.DataFrame(columns)
    blocks = {"A": ("a1", "a2", "a3"), "B": ("b1", "b2", "b3")}
    model = Model(blocks, [("A", "B")])
    assert pls.estimate(model, inputs.correlations(data.to_numpy())).converged
    boot = resampling.bootstrap(data, model, registry.quantities, seed=2, n_resamples=200)
    flow = pd.DataFrame(
        {
            "rule": ["received", "irv"], "label": ["received", "answers hardly vary"], "parameter": ["", "0.3"],
            "rows_in": [64, 64], "dropped": [0, 4], "flagged": [0, 0], "rows_kept": [64, 60],
            "reference": ["", "Dunn et al. (2018)"],
        }
    )  # fmt: skip
    trace = pd.DataFrame(
        {
            "round": [1], "item": ["a4"], "construct": ["A"], "action": ["dropped"], "rule": ["own loading"],
            "value": [0.21], "threshold": [0.4], "n_items_after": [3], "alpha_after": [0.8],
            "reference": ["Hair et al. (2022)"],
        }
    )  # fmt: skip
    retained = pd.DataFrame(
        [(i, c) for c, items in blocks.items() for i in items], columns=["item", "construct"]
    )
    return {
        "01_responses": data.assign(respondent=range(n)),
        "01_cleaning_flow": flow,
        "02_retained_items": retained,
        "02_pruning_trace": trace,
        "03_htmt_bounds": boot.against(),
        "04_structural": boot.summary(),
    }


def article(folder, summary):
    """Printed values: the path as recomputed, an AVE that the loadings do not give, and a decision."""
    value = summary[summary["statistic"] == "path_coefficient"]["original"].iloc[0]
    loadings = summary[summary["statistic"] == "outer_loading"]
    rows = ["table,cell,statistic,row,column,printed,note"]
    for _, row in loadings.iterrows():
        rows.append(f"2,L.{row['row']},outer_loading,{row['row']},{row['column']},{row['original']:.2f},")
    rows += ["2,AVE.A,ave,A,,0.10,", f"5,B,path_coefficient,A,B,{value:.2f},", "5,D,decision,A,B,rejected,"]
    (folder / "published_values.csv").write_text("\n".join(rows) + "\n")
    (folder / "published_statements.csv").write_text(
        "id,where,text_en,text_es,expression,note_en,note_es\n"
        "S1,Results,Every loading exceeds 0.99,Toda carga supera 0.99,min(outer_loading) > 0.99,,\n"
    )
    return load_published(folder)


@pytest.fixture
def own(contracts, tmp_path):
    return Fake(tmp_path, parse_study(STUDY), dict(contracts))


@pytest.fixture
def replication(contracts, tmp_path):
    (tmp_path / "published").mkdir()
    printed = article(tmp_path / "published", contracts["04_structural"])
    report = audit(printed, scan=False)
    summary = contracts["04_structural"]
    long = pd.concat(
        [summary.rename(columns={"original": "value"})[["statistic", "row", "column", "value"]],
         published.inference_cells(summary)]
    )  # fmt: skip
    extra = {
        "05_verdicts": published.compare(printed, long),
        "05_states": states(printed, report),
        "05_statements": pd.DataFrame(report.statements),
    }
    return Fake(tmp_path, parse_study(STUDY + NOTICE), {**contracts, **extra}, printed)


def html_of(project, language="en", **options):
    (path,) = paper.build_paper(project, language=language, formats=("html",), **options)
    return path.read_text(encoding="utf-8")


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


# document model ---------------------------------------------------------------------------------
def test_inline_marks_and_stars_of_significance():
    spans = [
        (s.style, s.text)
        for s in inline("**H1**: *** p < 0.001, ** p < 0.01; *e* and `c` [x](https://a.b) *")
    ]
    assert spans == [
        ("bold", "H1"), ("plain", ": *** p < 0.001, ** p < 0.01; "), ("italic", "e"), ("plain", " and "),
        ("code", "c"), ("plain", " "), ("link", "x"), ("plain", " *"),
    ]  # fmt: skip
    link = list(inline("see https://doi.org/10.1/x."))[1]
    assert (link.style, link.target) == ("link", "https://doi.org/10.1/x")
    assert [s.style for s in inline("[x](javascript:alert(1))")] == ["plain"]
    assert [s.style for s in inline("2**3**4 and a*b*c")] == ["plain"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_inline_loses_no_letter(text):
    letters = "".join(s.text + (s.target if s.target != s.text else "") for s in inline(text))
    assert re.sub(r"[*`\[\]()]", "", letters) == re.sub(r"[*`\[\]()]", "", text)


def test_markdown_text_becomes_paragraphs_and_lists():
    assert markdown_blocks("one\ntwo\n\n- a\n- b\n\nthree") == [
        Paragraph("one two"), Bullets(("a", "b")), Paragraph("three"),
    ]  # fmt: skip


def everything(text, path):
    table = from_frame(
        pd.DataFrame({text or "a": [text], "x": [1.0]}),
        title=text,
        note=text,
        display=Display("es", notice=text),
    )
    blocks = (
        Notice(text), Heading(1, text), Heading(2, text), Paragraph(text), Bullets((text, "b")), References((text,)),
        TableBlock(table), FigureBlock(path, text, "1", text, 0.5),
    )  # fmt: skip
    return Document(text, text, Display("es"), blocks, footer=text)


def skeleton(text):
    """The Typst source without its string literals, each run of inline text as one mark."""
    path = Path("figure.svg")
    source = typeset.to_typst(everything(text, path), {path: "figure.svg"})
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)
    runs = r'(?:#(?:strong|emph|raw)\(""\)|#link\("", ""\)|#"")*'
    return re.sub(rf"\[{runs}\]", "[…]", bare)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text_stays_inside_string_literals(text):
    # Column widths are the only thing that a text may change.
    widths = r"columns: \([^)]*\)|size: [\d.]+pt"
    assert re.sub(widths, "", skeleton(f"a{text}a")) == re.sub(widths, "", skeleton("aa"))


def test_quotes_and_backslashes_cannot_end_a_literal():
    assert typeset.string('a"b') == '"a\\"b"'
    assert typeset.string('\\"') == '"\\\\\\""'
    assert typeset.string("a\nb\x00") == '"a b "'


NASTY = '#panic("x") $a$ \\ "quoted" <label> @ref *bold* _em_ `raw` // /* = - + #include "/etc/passwd" </td><script>'


def test_nasty_text_reaches_neither_format_as_markup(tmp_path):
    pytest.importorskip("typst")
    figure = tmp_path / "figure.svg"
    figure.write_bytes(SVG)
    document = everything(NASTY, figure)
    assert typeset.to_pdf(document).startswith(b"%PDF")
    page = webpage.to_html(document).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 8


def test_pdf_is_the_same_twice_and_has_no_date(tmp_path):
    pytest.importorskip("typst")
    figure = tmp_path / "figure.svg"
    figure.write_bytes(SVG)
    document = everything("Text", figure)
    first = typeset.to_pdf(document)
    assert first == typeset.to_pdf(document)
    assert b"CreationDate" not in first
    assert str(tmp_path).encode() not in first


def test_page_embeds_figures_and_numbers_sections(tmp_path):
    figure = tmp_path / "figure.svg"
    figure.write_bytes(SVG)
    page = webpage.to_html(everything("T", figure)).decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert '<h2 id="s1">1. T</h2>' in page and '<h3 id="s1-1">1.1. T</h3>' in page
    assert '<html lang="es">' in page and 'alt="T"' in page
    assert "<script" not in page and 'src="http' not in page
    with pytest.raises(ValueError, match=r"x\.gif: expected an image ending in"):
        webpage.data_address(Path("x.gif"))


# the paper --------------------------------------------------------------------------------------
def test_own_study_has_no_comparison_and_no_notice(own):
    text = text_of(html_of(own))
    assert "A small study" in text and "Does A influence B?" in text
    for absent in ("article", "printed", "Printed", "audit", "synthetic", "Recomputed"):
        assert absent not in text, absent
    assert "The sample is small : 60 responses for 6 items" in text


def test_every_figure_of_the_summary_tables_is_from_the_contract(own, contracts):
    text = text_of(html_of(own))
    summary = contracts["04_structural"].set_index(["statistic", "row", "column"])
    for statistic, row, column in (("path_coefficient", "A", "B"), ("r_squared", "", "B"), ("ave", "A", "")):
        assert f"{summary.loc[(statistic, row, column), 'original']:.3f}" in text
    changed = contracts["04_structural"].copy()
    changed.loc[changed["statistic"] == "path_coefficient", ["original", "t_statistic"]] = [0.123, 9.876]
    own.contracts["04_structural"] = changed
    again = text_of(html_of(own))
    assert "β = 0.123, t = 9.876" in again
    assert "β = 0.123, t = 9.876" not in text


def test_replication_compares_audits_and_says_that_data_are_synthetic(replication):
    text = text_of(html_of(replication))
    assert text.count("Made-up data for a test.") == 2  # once on the first page, once at its foot
    assert "The article's authors, title and journal are not known" in text
    assert re.search(r"Of 9 printed figures\s+1\s+is contradicted by the others under every definition", text)
    assert "printed: β = " in text and ", rejected)" in text
    assert "Printed figures that contradict others" in text and "0.10" in text
    assert "Every loading exceeds 0.99" in text
    spanish = text_of(html_of(replication, "es"))
    assert "Datos inventados para una prueba." in spanish
    assert "Toda carga supera 0,99" in spanish
    assert "respuestas casi sin variación (4)" in spanish
    named = parse_study(
        STUDY + NOTICE + "reference: {en: 'Doe (2024). A study.', es: 'Doe (2024). A study.'}"
    )
    replication.study = named
    assert "The article: Doe (2024). A study." in text_of(html_of(replication))
    assert "Made-up" not in spanish


def test_printed_digits_survive_a_contract_that_was_read_as_numbers(replication):
    frame = replication.contracts["05_states"]
    numeric = frame.assign(printed=pd.to_numeric(frame["printed"], errors="coerce"))
    replication.contracts["05_states"] = numeric
    rows = re.findall(r"<tr>(?:(?!</tr>).)*AVE(?:(?!</tr>).)*</tr>", html_of(replication))
    assert any(">0.10<" in row for row in rows)
    assert not any(">0.1<" in row or ">0.100<" in row for row in rows)


def test_figures_are_those_of_the_language_and_missing_ones_are_left_out(own):
    folder = own.output / "figures"
    (folder / "es").mkdir(parents=True)
    (folder / "fig_4_1_path_diagram.svg").write_bytes(SVG)
    (folder / "fig_3_1_htmt.svg").write_bytes(SVG)
    english = html_of(own)
    assert english.count("<figure>") == 2
    assert english.index("Figure 1</strong>. <em>The estimated model") < english.index("Figure 2</strong>")
    assert 'href="../notebooks/03_made.ipynb#fig_4_1_path_diagram">notebook 03</a>' in english
    assert "<figure>" not in html_of(own, "es")


def test_a_missing_contract_leaves_out_its_section_and_a_needed_one_stops(own):
    assert "Screening of the responses" in html_of(own)
    del own.contracts["01_cleaning_flow"]
    assert "Screening of the responses" not in html_of(own)
    del own.contracts["04_structural"]
    with pytest.raises(FileNotFoundError, match="04_structural"):
        html_of(own)


def test_files_are_named_by_language_and_untouched_where_nothing_changed(own):
    paths = paper.build_paper(own, formats=("html",))
    assert [p.name for p in paths] == ["paper_en.html", "paper_es.html"]
    assert paths[0].parent == own.output / "paper"
    for path in paths:
        os.utime(path, (1, 1))
    paper.build_paper(own, formats=("html",))
    assert {p.stat().st_mtime for p in paths} == {1}
    with pytest.raises(ValueError, match="unknown format 'htm'; did you mean 'html'"):
        paper.build_paper(own, formats=("htm",))


def test_both_languages_are_typeset(replication, monkeypatch):
    pytest.importorskip("typst")
    paths = paper.build_paper(replication, formats=("pdf",))
    assert [p.name for p in paths] == ["paper_en.pdf", "paper_es.pdf"]
    before = [p.read_bytes() for p in paths]
    monkeypatch.chdir(replication.output)
    assert [p.read_bytes() for p in paper.build_paper(replication, formats=("pdf",))] == before


def test_the_word_file_holds_all_and_is_the_same_twice(replication):
    pytest.importorskip("typst")
    pypandoc = pytest.importorskip("pypandoc")
    folder = replication.output / "figures"
    folder.mkdir()
    (folder / "fig_S1_1_printed_tables.svg").write_bytes(SVG)
    (path,) = paper.build_paper(replication, language="en", formats=("docx",))
    first = path.read_bytes()
    text = pypandoc.convert_file(str(path), "plain", extra_args=["--wrap=none"])
    assert "Printed figures that contradict others" in text
    with zipfile.ZipFile(path) as parts:
        assert [n for n in parts.namelist() if n.endswith(".png")] and not [
            n for n in parts.namelist() if "svg" in n
        ]
    path.unlink()
    assert paper.build_paper(replication, language="en", formats=("docx",))[0].read_bytes() == first


def test_without_typst_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(typeset.TypesetError, match="extra 'documents'"):
        typeset.to_pdf(Document("a", "b", Display(), ()))


def sentences():
    """The report's texts in both languages."""
    for text, many, context in used("surveypls/report"):
        found = spanish().get(text, context or None)
        if found is None:  # the plural of another text
            continue
        yield (
            (text, *filter(None, [many])),
            found.string if isinstance(found.string, tuple) else (found.string,),
        )


def test_fixed_sentences_hold_no_number_but_years_and_names():
    for pair in sentences():
        for text in (*pair[0], *pair[1]):
            rest = re.sub(r"\{\w+\}|\b(19|20)\d\d\b|HI9[59]|\b0 (to|a) 100|\b[01]\b", "", text)
            assert not re.search(r"\d", rest), rest


def test_every_source_that_is_named_is_in_the_references():
    named = [t.source for t in THRESHOLDS.values()] + [reference for _, reference in RULES.values()]
    named += [text for pair in sentences() for texts in pair for text in texts]
    for text in named:
        for source in re.findall(r"[A-ZÁÉÍÓÚÖ][^;()]*?\(?(?:19|20)\d\d\)?", text):
            if "Hair et al" in source:
                continue
            found = cited([Paragraph(source)])
            year = re.search(r"(?:19|20)\d\d", source)[0]
            assert any(year in reference for reference in found), source


def test_references_are_those_cited_and_no_others():
    works = cited(
        [Paragraph("as Fornell and Larcker (1981) and Hair, Hult, Ringle y Sarstedt (2022) say; Cohen, 1999")]
    )
    assert [w.split(",")[0] for w in works] == ["Fornell", "Hair"]
    assert "(2022)" in works[1]
    assert cited([Paragraph("no one")]) == ()
    assert cited([Paragraph("Cohen 19880")]) == ()
