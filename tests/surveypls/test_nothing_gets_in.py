"""What people type into a survey or a study file stays text: no formula, tag, name or memory-eater gets further."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from survey_cases import CODEBOOK, raw, study, varied

from surveypls.__main__ import main
from surveypls.compendium import showing
from surveypls.compendium.notebook_text import fitted
from surveypls.compendium.project import Project
from surveypls.study.definition import parse_study
from surveypls.survey import files as survey_file
from surveypls.survey.answers import number_of, numbered
from surveypls.survey.codebook import load_codebook
from surveypls.survey.files import SurveyError, read_table
from surveypls.survey.naming import Item
from surveypls.survey.private import names_people, short_answer
from surveypls.survey.screening import clean
from surveypls.survey.study_text import codebook_text
from tabletext import export, latex
from tabletext.storage import defused, without_tags
from tabletext.tabular import from_frame

ROOT = Path(__file__).parents[2]
FORMULA = '=HYPERLINK("http://x.example","y")'
TAG = '<img src=x onerror="alert(1)">'


def project(folder: Path) -> Project:
    return Project(folder, folder, study(), folder / "survey.csv", folder / "study.yaml", "mine", "en")


# formulas ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", [FORMULA, "+1+1", "-a", "@x", "\t=1", "'=1", "＝1"])
def test_a_contract_holds_no_formula_and_reads_back_as_it_was(tmp_path: Path, text: str) -> None:
    frame = pd.DataFrame(
        {"found": [text, "-0.5", "plain"], "value": [-0.5, 1.0, 2.0]}, index=[text, "R2", "-3"]
    )
    frame.index.name = "respondent"
    project(tmp_path).write("01_responses", frame, index=True)
    written = pd.read_csv(tmp_path / "data/derived/01_responses.csv", dtype=str, lineterminator="\n")
    assert written["respondent"].tolist() == ["'" + text, "R2", "-3"]
    assert written["found"].tolist() == ["'" + text, "-0.5", "plain"]
    assert written["value"].tolist() == ["-0.5", "1", "2"]
    back = project(tmp_path).read("01_responses", index="respondent")
    assert back.index.tolist() == [text, "R2", "-3"]
    assert back["found"].tolist() == [text, "-0.5", "plain"]


def test_a_heading_that_is_a_formula_is_defused_too() -> None:
    frame = pd.DataFrame({"=1+1": ["a"], "n": [1]})
    assert list(defused(frame)) == ["'=1+1", "n"]
    assert list(defused(defused(frame), undo=True)) == ["=1+1", "n"]


def test_a_proposed_codebook_holds_no_formula_and_is_read_as_it_was(tmp_path: Path) -> None:
    text = codebook_text([Item(name="q1", construct="A", heading=FORMULA, text="+x")], "text_en")
    assert "'=HYPERLINK" in text and ",'+x" in text
    (tmp_path / "book.csv").write_text(text, encoding="utf-8")
    book = load_codebook(tmp_path / "book.csv")
    assert book.loc[0, ["header", "text_en"]].tolist() == [FORMULA, "+x"]


# people -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["F001", "17", "3f2504e0-4f89-11d3"], False),
        (["2024-05-01", "12.5"], False),
        (["F001", "ana@example.org"], True),
        (["Ana Ruiz", "F002"], True),
        (["maria"], True),
        (["+52 646 123 4567"], True),
        (["646 123 4567"], True),
        (["6461234567"], False),  # a running number may be as long
        (["12 34"], False),
        ([], False),
    ],
)
def test_which_ids_tell_who_people_are(ids: list[str], expected: bool) -> None:
    assert names_people(ids) is expected


@pytest.mark.parametrize("name", ["ana@example.org", "Ana Ruiz", "+52 646 123 4567"])
def test_ids_that_name_people_are_kept_as_rows(name: str) -> None:
    rows = [list(r) for r in varied(8)]
    rows[3][0] = name
    rows[5][3] = "9"
    found = clean(raw(rows), study())
    kept = found.responses.to_csv() + found.log.to_csv() + found.respondents.to_csv()
    assert name not in kept and "R1," not in kept
    assert found.responses.index[0] == "row 2"
    assert found.log.loc[found.log["rule"] == "out_of_scale", "respondent"].tolist() == ["row 7"]


def test_other_ids_are_kept_as_they_are() -> None:
    rows = varied(6)
    assert clean(raw(rows), study()).responses.index.tolist() == [r[0] for r in rows]


def test_ids_that_name_people_still_tell_who_answered_twice() -> None:
    rows = [list(r) for r in varied(8)]
    for row in rows:
        row[0] = f"{row[0].lower()}@example.org"
    rows[6][0] = rows[2][0]
    log = clean(raw(rows), study(drop_same_id=True)).log
    assert log.loc[log["rule"] == "duplicate_id", "what"].tolist() == ["dropped: same id as row 4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("55", True),
        ("4 o 5", True),
        ("Sometmes", True),
        ("x" * 20, True),
        ("x" * 21, False),
        ("a veses", True),  # a word of one letter, and another
        ("my boss", False),
        ("Muchas veces", True),  # shares a word with the scale
        ("ana@x.mx", False),
        ("123456", True),
        ("1234567", False),
    ],
)
def test_which_cells_are_copied_into_the_log(text: str, expected: bool) -> None:
    assert short_answer(text, ["Casi nunca", "A veces"]) is expected


def test_free_text_is_not_copied() -> None:
    story = "My boss, Juan Pérez, told me what to answer"
    rows = [list(r) for r in varied(8)]
    rows[2][3] = story
    rows[4][1] = f"No: {story}"
    for labels in ("en", "es"):
        log = clean(raw(rows), study(), labels=labels).log
        assert "Juan" not in log.to_csv()
    assert log.loc[log["rule"] == "out_of_scale", ["found", "what"]].to_numpy().tolist() == [
        ["", "tratado como faltante: un texto que no está en la escala"]
    ]
    assert log.loc[log["rule"] == "consent", "what"].tolist() == ["eliminado: no dio su consentimiento"]


# tags -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TAG, '&lt;img src=x onerror="alert(1)">'),
        ("</p><!-- x --><?php", "&lt;/p>&lt;!-- x -->&lt;?php"),
        ("p < 0.05, n <5 and a <- b", "p < 0.05, n <5 and a <- b"),
        ("**bold** ![x](http://a)", r"**bold** !\[x](http://a)"),
    ],
)
def test_markdown_without_tags(text: str, expected: str) -> None:
    assert without_tags(text) == expected


def test_no_tag_of_a_study_file_is_live_in_a_notebook() -> None:
    from nbconvert import HTMLExporter

    own = parse_study(
        "id: t\nconstructs: {A: [a1, a2], B: [b1]}\npaths: [A -> B]\n"
        + "".join(f"{key}: '{TAG} {key}'\n" for key in ("title", "question", "synthetic"))
    )
    notebook = fitted(ROOT / "notebooks" / "01_survey_cleaning.ipynb", own, "en")
    page = HTMLExporter().from_notebook_node(notebook)[0]
    shown = page[page.index('<div class="jp-Cell') :]
    assert "<img src=x" not in shown
    assert shown.count("&lt;img src=x onerror=") == 3


def test_no_tag_is_live_in_a_sentence_or_in_a_figures_alternative_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbconvert import HTMLExporter

    shown: list[dict[str, str]] = []
    monkeypatch.setitem(showing.SENTENCES, "hostile", lambda project, display: f"H1: {TAG} & p < 0.001")
    monkeypatch.setattr("IPython.display.display", lambda data, **more: shown.append({**data, **more}))
    showing.say(project(tmp_path), "hostile", [])
    assert shown[0]["text/markdown"] == 'H1: &lt;img src=x onerror="alert(1)"> & p < 0.001'
    cell = nbformat.v4.new_code_cell(execution_count=1)
    cell.outputs = [
        nbformat.v4.new_output(
            "display_data", {"image/png": "iVBORw0KGgo="}, metadata={"image/png": {"alt": f'"> {TAG}'}}
        )
    ]
    page = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0]
    assert "<img src=x" not in page[page.index('<div class="jp-Cell') :]


# tables -----------------------------------------------------------------------------------------------
def test_latex_rows_that_begin_with_a_bracket_or_a_star_are_text() -> None:
    table = from_frame(pd.DataFrame({"item": ["[2mm] a", "*", "* b", "[x]"], "n": [1, 2, 3, 4]}))
    made = latex.to_tex(table, label="tab:t")
    rows = made[made.index("\\endlastfoot") if "\\endlastfoot" in made else 0 :]
    assert not re.search(r"(?m)^\s*[\[*]", rows)
    for text in ("{[}2mm{]} a", "{*} b", "{[}x{]}"):
        assert text in made


@pytest.mark.parametrize("sign", ["\ue000", "\ue001", "\uf8ff"])
def test_a_label_with_a_private_character_stays_what_it_is(sign: str) -> None:
    table = from_frame(pd.DataFrame({"item": [f"a{sign}0{sign}b"], "n": [1]}), title=f"t{sign}")
    made = {name: export._WRITERS[name](table, "t") for name in ("csv", "tex", "xlsx", "docx")}
    text = f"a{sign}0{sign}b"
    assert text in made["csv"].decode() and text in made["tex"].decode() and text in table.to_html()
    for name in ("xlsx", "docx"):
        with zipfile.ZipFile(io.BytesIO(made[name])) as parts:
            assert any(text in parts.read(part).decode("utf-8", "replace") for part in parts.namelist())


# what eats memory or time -----------------------------------------------------------------------------
def workbook(path: Path, cells: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, value in cells.items():
        sheet[place] = value
    book.save(path)
    return path


def test_a_workbook_whose_rows_hold_only_the_last_column_is_refused_at_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "sparse.xlsx", {f"XFD{row}": 1 for row in range(1, 2_000)})
    with pytest.raises(SurveyError, match="has 16384 columns; more than 5000 is not a survey"):
        read_table(path)


def test_a_sheet_of_long_empty_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_file, "MAX_CELLS", 5_000)
    path = workbook(tmp_path / "sparse.xlsx", {f"Z{row}": 1 for row in range(1, 194)})  # 193 × 26 = 5018
    with pytest.raises(SurveyError, match="has more than 5,000 cells; not a survey"):
        read_table(path)
    (tmp_path / "sparse.csv").write_text("".join("," * 25 + "1\n" for _ in range(193)))
    with pytest.raises(SurveyError, match="has more than 5,000 cells"):
        read_table(tmp_path / "sparse.csv")
    fits = workbook(tmp_path / "fits.xlsx", {f"Z{row}": f"a{row}" for row in range(1, 193)})  # 4992
    assert len(read_table(fits).rows) == 191


def test_empty_cells_beyond_the_last_answer_do_not_count(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["a", "b"], [1, 2], [3, 4]):
        sheet.append(row)
    sheet["XFD1"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "styled.xlsx")
    assert read_table(tmp_path / "styled.xlsx").header == ("a", "b")


def test_an_answer_of_five_thousand_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "9" * 5_000
    assert number_of(long) is None and numbered(f"{long} - Always") is None
    rows = [list(r) for r in varied(12)]
    rows[4][3], rows[6][3] = long, f"{long} (Siempre)"
    log = clean(raw(rows), study()).log
    assert log.loc[log["rule"] == "out_of_scale", "found"].tolist() == ["", ""]
    header = ["Folio", "¿Acepta?", *CODEBOOK["item"].drop(2)]
    lines = [",".join(header), *(",".join(row) for row in rows)]
    (tmp_path / "survey.csv").write_text("\n".join(lines), encoding="utf-8")
    code = main(["new", str(tmp_path / "survey.csv"), "--output", str(tmp_path / "study.yaml")])
    assert code in (0, 2) and "Traceback" not in capsys.readouterr().err


def test_a_printed_table_with_a_figure_of_five_thousand_digits(tmp_path: Path) -> None:
    from tableaudit.numbers import parse_printed

    with pytest.raises(ValueError, match="expected a number"):
        parse_printed("0." + "1" * 5_000, "loading")
    with pytest.raises(ValueError, match="expected a number"):
        parse_printed("1e" + "9" * 5_000, "loading")
    with pytest.raises(ValueError, match="expected a number"):
        parse_printed("1e999", "loading")
    assert np.isclose(parse_printed("0.738", "loading")[0], 0.738)


def test_a_latex_table_cannot_ask_for_a_million_columns() -> None:
    from tableaudit.grids import _whole

    assert [_whole(t) for t in ("1", "9", "12", "100", "199", "200", "0", "", "9" * 5_000, None)] == [
        1, 9, 12, 100, 199, 1, 1, 1, 1, 1,
    ]  # fmt: skip
