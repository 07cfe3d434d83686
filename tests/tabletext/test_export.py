"""Exported files: the same bytes each time, numbers as numbers, nothing that runs as a formula."""

import io
import math
import os
import zipfile

import docx
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabletext import export as ex
from tabletext import latex, layout, office, storage
from tabletext.display import Display
from tabletext.tabular import Column, Table, from_frame

NASTY = ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@x", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']


def table(language="en", notice="Synthetic survey.", **changes):
    frame = pd.DataFrame(
        {
            "construct": ["Sources of income (FI)", "Sources of income (FI)", "=RC_1 & 50%"],
            "loading": [0.73777, -0.4, math.nan],
            "printed": ["0.74", "-0.40", "0.9"],
            "p": [0.00001, 0.25, 0.04],
            "n": [1234, 5, 6],
            "share": [0.123, 0.5, 1.0],
        }
    )
    columns = (
        Column("construct", "Construct", "text"),
        Column("printed", "Printed", "printed", "Loading λ"),
        Column("loading", "Recomputed", "unit", "Loading λ"),
        Column("p", "p-value", "p"),
        Column("n", "n", "count"),
        Column("share", "Share", "percent"),
    )
    fields = {
        "title": "Loadings",
        "number": "2",
        "note": "A note with 5 % & _x_.",
        "marks": {(0, "loading"): " ✓", (1, "p"): "*"},
        "hidden": frozenset({(1, "construct")}),
        "display": Display(language, notice=notice),
        **changes,
    }
    return Table(frame, columns, **fields)


def sheet_of(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def values_in(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_four_files_with_the_same_bytes_twice(tmp_path):
    first = ex.export(table(), tmp_path / "a", "table_2")
    second = ex.export(table(), tmp_path / "b", "table_2")
    assert [p.name for p in first] == ["table_2.csv", "table_2.xlsx", "table_2.docx", "table_2.tex"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == sorted(p.name for p in first)


def test_a_file_with_the_same_bytes_is_not_touched(tmp_path):
    (path,) = ex.export(table(), tmp_path, "t", formats=("csv",))
    os.utime(path, (1, 1))
    ex.export(table(), tmp_path, "t", formats=("csv",))
    assert path.stat().st_mtime == 1
    ex.export(table().with_text(display=Display(notice="Other.")), tmp_path, "t", formats=("csv",))
    assert path.stat().st_mtime > 1
    assert "Other." in path.read_text()


def test_a_failing_writer_leaves_the_old_file_whole(tmp_path, monkeypatch):
    (path,) = ex.export(table(), tmp_path, "t", formats=("csv",))
    before = path.read_bytes()

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        ex.export(table().with_text(display=Display(notice="Other.")), tmp_path, "t", formats=("csv",))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_csv_reads_back_with_unrounded_numbers_and_the_notice(tmp_path):
    (path,) = ex.export(table("es"), tmp_path, "t", formats=("csv",))
    back = pd.read_csv(path)
    assert list(back) == [
        "construct", "printed", "loading", "loading_mark", "p", "p_mark", "n", "share", "data_note",
    ]  # fmt: skip
    assert back["loading"].tolist()[:2] == [0.73777, -0.4]
    assert math.isnan(back["loading"].iloc[2])
    assert back["printed"].tolist() == [0.74, -0.4, 0.9]
    assert back["construct"].tolist() == ["Sources of income (FI)"] * 2 + ["'=RC_1 & 50%"]
    assert set(back["data_note"]) == {"Synthetic survey."}
    plain = table(notice="")
    assert b"data_note" not in ex.to_csv(plain)


@pytest.mark.parametrize("text", NASTY)
def test_formulas_are_neutralised_in_csv_and_text_in_xlsx(text):
    frame = pd.DataFrame({text: ["a"], "cell": [text]})
    content = ex.to_csv(from_frame(frame)).decode()
    back = pd.read_csv(io.StringIO(content), dtype=str, lineterminator="\n")
    for found in (back.columns[0], back["cell"].iloc[0]):
        assert found.startswith("'")
    sheet = sheet_of(office.to_xlsx(from_frame(frame)))
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    with zipfile.ZipFile(io.BytesIO(office.to_xlsx(from_frame(frame)))) as book:
        body = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in body
    assert "<hyperlink" not in body


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n'a1.＝"), max_size=6) | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_a_defused_text_never_starts_a_formula_unless_it_is_a_number_and_can_be_restored(text):
    safe = storage.defuse(text)
    assert storage.restore(safe) == text
    if safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")):
        float(safe.replace(",", "."))


@given(st.text(max_size=40))
@settings(max_examples=25, deadline=None)
def test_any_text_can_be_written_in_every_format(text):
    frame = pd.DataFrame({"a": [text], "b": [1.5]})
    made = from_frame(frame, title=text, note=text, display=Display(notice=text))
    cleaned = office.clean(text)
    assert sheet_of(office.to_xlsx(made)) is not None
    document = docx.Document(io.BytesIO(office.to_docx(made)))
    shown = document.tables[0].rows[1].cells[0].text
    # Word turns line ends and tabs into its own marks; letters are all there.
    assert "".join(shown.split()) == "".join(cleaned.split())
    bare = latex.to_tex(made, label="x").replace(r"\\", "").replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")


def test_xlsx_keeps_numbers_with_formats_and_the_notice():
    sheet = sheet_of(office.to_xlsx(table(), "table_2"))
    assert sheet.title == "table_2"
    cells = {(c.row, c.column): c for row in sheet.iter_rows() for c in row}
    assert cells[1, 1].value == "Table 2"
    assert cells[2, 1].value == "Loadings"
    assert cells[3, 2].value == "Loading λ"
    assert cells[4, 3].value == "Recomputed"
    assert cells[5, 3].value == 0.73777
    assert cells[5, 3].number_format == '0.000" ✓"'
    assert cells[5, 2].value == 0.74
    assert cells[5, 2].number_format == "0.00"
    assert cells[5, 4].value == 0.00001
    assert cells[5, 4].number_format == '[<0.001]"< 0.001";0.000'
    assert cells[6, 4].number_format == '[<0.001]"< 0.001""*";0.000"*"'
    assert cells[6, 1].value is None
    assert cells[7, 3].value == "–"
    assert cells[5, 5].value == 1234
    assert cells[5, 5].number_format == "#,##0"
    assert cells[5, 6].number_format == "0.0%"
    assert cells[8, 1].value == "Note. A note with 5 % & _x_. Synthetic survey."
    assert sheet.freeze_panes == "A5"
    third = from_frame(pd.DataFrame({"x": [1 / 3]}))
    assert sheet_of(office.to_xlsx(third))["A2"].value == 0.333333333333
    spanish = sheet_of(office.to_xlsx(table("es")))
    assert spanish["D5"].number_format == '[<0.001]"< 0,001";0.000'
    assert spanish["C5"].value == 0.73777


def test_archives_hold_no_changing_dates_and_no_names():
    for content in (office.to_xlsx(table()), office.to_docx(table())):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert "2000-01-01" in core
        assert "202" not in core.replace("2000-01-01", "")
        assert "python-docx" not in core


def test_docx_is_an_apa_table():
    document = docx.Document(io.BytesIO(office.to_docx(table("es"))))
    texts = [p.text for p in document.paragraphs if p.text]
    assert texts == ["Tabla 2", "Loadings", "Nota. A note with 5 % & _x_. Synthetic survey."]
    number, title = (p.runs[0] for p in document.paragraphs[:2])
    assert number.bold and not number.italic
    assert title.italic and not title.bold
    grid = document.tables[0]
    assert [c.text for c in grid.rows[2].cells] == [
        "Sources of income (FI)", "0,74", "0,738 ✓", "< 0,001", "1.234", "12,3\u00a0%",
    ]  # fmt: skip
    assert grid.rows[3].cells[0].text == ""
    body = document.element.xml
    assert body.count("<w:tblHeader") == 2
    assert "<w:left w:val" not in body and "w:insideV" not in body
    edges = [grid.rows[i].cells[2]._tc.xml for i in range(5)]
    assert '<w:top w:val="single"' in edges[0]
    assert '<w:bottom w:val="single"' in edges[1]
    assert not any('w:val="single"' in e for e in edges[2:4])
    assert '<w:bottom w:val="single"' in edges[4]


def test_latex_escapes_and_rules():
    tex = latex.to_tex(table(), label="tab:x")
    assert r"=RC\_1 \& 50\%" in tex
    assert tex.count("\\multicolumn{2}{c}{%\nLoading $\\lambda$}") == 2
    assert tex.count(r"\cmidrule(lr){2-3}") == 2
    # Headings stand on the first page and on those that follow.
    assert [tex.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [2, 2, 1]
    assert tex.index(r"\caption{Loadings}\label{tab:x}") < tex.index(r"\toprule")
    assert tex.index(r"\bottomrule") < tex.index(r"\emph{Note.} A note with 5 \% \& \_x\_.")
    assert r"0.738 $\checkmark$" in tex
    assert r"$-$0.400" in tex


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ρA, ρC and ρ", r"$\rho_{A}$, $\rho_{C}$ and $\rho$"),
        ("a\\b{c}$^~", r"a\textbackslash b\{c\}\$\^{}\textasciitilde{}"),
        ("[x] first", r"{[}x{]} first"),
        ("*x first", r"{*}x first"),
        ("\ue000A", "\ue000A"),
        ('"c', "''c"),
        ("<b>x</b>", r"\textless b\textgreater x\textless/b\textgreater{}"),
        ("\\input{/etc/passwd}", r"\textbackslash input\{/etc/passwd\}"),
    ],
)
def test_latex_reads_no_text_as_a_command(text, written):
    rows = latex.to_tex(from_frame(pd.DataFrame({"a": [text], "b": [text]})), label="x").splitlines()
    row = rows[rows.index(r"\endlastfoot") + 1]
    first, second = row.removesuffix(r" \\").split(" & ")
    assert first == written
    assert second == written.replace("{*}", "*")


def test_wide_latex_tables_break_their_text():
    frame = pd.DataFrame({"a": ["many words in one cell " * 9], "x": [0.5]})
    wide = latex.to_tex(from_frame(frame, note="n"), label="x")
    assert r"\raggedright\arraybackslash}p{" in wide and r"\footnotesize" in wide
    short = latex.to_tex(from_frame(frame.assign(a="few")), label="x")
    assert "p{" not in short and r"\small" in short


def test_wide_text_gives_way_and_figures_do_not():
    frame = pd.DataFrame({"text": ["many words in one cell " * 8], "x": [0.123], "y": [123456.789]})
    made = from_frame(frame)
    cells = made.cells()
    widths = layout.column_widths(made, cells, 60)
    assert sum(widths) == pytest.approx(60)
    least = [m for m, _ in layout.needs(made, cells)]
    assert widths[1:] == pytest.approx(least[1:])
    assert layout.lines(cells, widths) > 1
    assert layout.column_widths(made, cells, 10_000) == [n for _, n in layout.needs(made, cells)]
    tight = layout.column_widths(made, cells, 12)
    assert sum(tight) == pytest.approx(12)


def test_one_long_text_does_not_starve_another():
    frame = pd.DataFrame({"a": ["ab cd " * 10], "b": ["ab cd " * 90]})
    made = from_frame(frame)
    first, second = layout.column_widths(made, made.cells(), 80)
    assert first + second == pytest.approx(80)
    assert 80 / 10 < first < second
    assert first == pytest.approx(80 * 1 / 4, rel=0.2)


def test_bad_names_and_formats_are_refused(tmp_path):
    for stem in ("../x", "", "a/b", ".hidden", "x" * 101):
        with pytest.raises(ValueError, match="file name"):
            ex.export(table(), tmp_path, stem)
    with pytest.raises(ValueError, match="unknown format 'xls'; did you mean 'xlsx'"):
        ex.export(table(), tmp_path, "t", formats=("xls",))
    assert list(tmp_path.iterdir()) == []


def test_a_frame_can_be_exported_with_title_and_note(tmp_path):
    made = from_frame(pd.DataFrame({"a": [1]}), title="T", note="N.", display=Display("es", notice="S."))
    paths = ex.export(made, tmp_path, "t")
    assert r"\emph{Nota.} N. S." in paths[3].read_text()
    assert pd.read_csv(paths[0])["data_note"].tolist() == ["S."]


def test_an_empty_table_is_written(tmp_path):
    ex.export(from_frame(pd.DataFrame({"a": [], "b": []})), tmp_path, "t")
    assert pd.read_csv(tmp_path / "t.csv").empty
