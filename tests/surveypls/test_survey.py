"""Reading surveys: encodings, separators, spellings, headings, and errors that list everything."""

import csv
import datetime
import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from survey_cases import CODEBOOK, ITEMS, raw, study, varied

from surveypls.study.definition import load_study
from surveypls.study.settings import SurveySettings
from surveypls.survey.answers import Scale, name_key, plain, without_number
from surveypls.survey.codebook import load_codebook
from surveypls.survey.files import SurveyError, read_table
from surveypls.survey.reading import read_survey

ROOT = Path(__file__).parents[2]
HEADER = ["Folio", "¿Acepta?", *ITEMS]
ROWS = [["P1", "Sí", "Siempre", "Casi nunca", "3", "Nunca", "5"], ["P2", "Sí", "1", "2", "3", "4", "A veces"]]


def text_of(delimiter=",", rows=ROWS, header=HEADER):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows])
    return out.getvalue()


def write(folder, content, name="s.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


def problems(error):
    return "\n".join(error.value.problems)


# files ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_any_separator_and_encoding(tmp_path, delimiter, encoding):
    path = write(tmp_path, text_of(delimiter).encode(encoding))
    found = read_survey(path, study())
    assert found.answers.to_numpy().tolist() == [r[2:] for r in ROWS]
    assert found.respondents["consent"].tolist() == ["Sí", "Sí"]
    assert list(found.answers.index) == [2, 3]


def test_a_byte_that_only_latin_1_has(tmp_path):
    path = write(tmp_path, text_of().encode("latin-1").replace(b"P1", b"P\x81"))
    assert read_survey(path, study()).respondents["respondent"].tolist() == ["P\x81", "P2"]


def test_excel_says_its_separator(tmp_path):
    content = "sep=;\r\n" + text_of(";", [["P1", "Sí", "4,0", "2,0", "3,0", "1,0", "5,0"]])
    found = read_survey(write(tmp_path, content.encode()), study())
    assert list(found.answers.index) == [3]
    assert [found.read("a1", t) for t in found.answers.iloc[0]] == [("answer", v) for v in (4, 2, 3, 1, 5)]


def test_commas_inside_answers_do_not_change_the_separator(tmp_path):
    header = ["Folio", "¿Acepta?", "Comentario, si lo hay, aquí", *ITEMS]
    rows = [[r[0], r[1], "uno, dos, tres, cuatro", *r[2:]] for r in ROWS]
    found = read_survey(write(tmp_path, text_of(";", rows, header).encode()), study())
    assert found.table["Comentario, si lo hay, aquí"].tolist() == ["uno, dos, tres, cuatro"] * 2


def test_line_breaks_in_answers_keep_the_row_numbers(tmp_path):
    header = ["Folio", "¿Acepta?", "Nota", *ITEMS]
    rows = [[r[0], r[1], "una\ndos\nlíneas", *r[2:]] for r in ROWS]
    found = read_survey(write(tmp_path, text_of(",", rows, header).encode()), study())
    assert list(found.answers.index) == [2, 5]


def test_blank_lines_and_rows(tmp_path):
    content = "\n\n" + text_of().replace("\r\n", "\n") + ",,,,,,\n\n,,,,,,\n"
    found = read_survey(write(tmp_path, content.encode()), study())
    assert found.answers["a1"].tolist() == ["Siempre", "1"]
    inside = text_of().replace("P2", "P2").split("\r\n")
    inside.insert(2, ",,,,,,")
    found = read_survey(write(tmp_path, "\r\n".join(inside).encode()), study())
    assert found.respondents["respondent"].tolist() == ["P1", "row 3", "P2"]


def test_short_rows_are_padded(tmp_path):
    content = ",".join(HEADER) + "\nP1,Sí,1,2,3\nP2,Sí,1,2,3,4,5\n"
    found = read_survey(write(tmp_path, content.encode()), study())
    assert found.answers.iloc[0].tolist() == ["1", "2", "3", "", ""]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n ,\n", "is empty"),
        (",".join(HEADER).encode(), "no answers"),
        (b'Folio,"a1\nP1,3\n', "never closed"),
        (b"\x00\x01\x02" * 50, "not a text file"),
        (b"\x81\x00\xff" * 50, "not a text file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "save it as .xlsx"),
        (b"PK\x03\x04 nothing of the kind", "not a readable workbook"),
    ],
)
def test_files_that_are_no_survey(tmp_path, content, message):
    with pytest.raises(SurveyError, match=message):
        read_survey(write(tmp_path, content), study())


def test_a_missing_file_and_a_missing_sheet(tmp_path):
    with pytest.raises(SurveyError, match=r"none.csv: cannot be read"):
        read_survey(tmp_path / "none.csv", study())
    with pytest.raises(SurveyError, match="has no sheet"):
        read_survey(write(tmp_path, text_of().encode()), study(), sheet="Hoja1")


def test_rows_longer_than_the_header_are_all_listed(tmp_path):
    content = text_of() + "P3,Sí,1,2,3,4,5,extra\r\nP4,Sí,1,2,3,4,5,,\r\nP5,Sí,1,2,3,4,5,x,y\r\n"
    with pytest.raises(SurveyError) as error:
        read_survey(write(tmp_path, content.encode()), study())
    assert len(error.value.problems) == 2
    assert "row 4: 8 cells under 7 headings" in problems(error)
    assert "row 6: 9 cells" in problems(error)


def workbook(folder, rows, *, sheets=("Respuestas",)):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    path = folder / "s.xlsx"
    book.save(path)
    return path


def test_a_workbook(tmp_path):
    when = datetime.datetime(2024, 3, 4, 9, 30)
    rows = [
        ["Marca", *HEADER],
        [when, "P1", "Sí", 5, 4.0, "Siempre", None, 2.5],
        [when, 17, "Sí", 1, 2, 3, 4, True],
    ]
    rows += [[when, n, "Sí", 1, 2, 3, 4, 5] for n in range(2)]
    found = read_survey(workbook(tmp_path, rows), study())
    assert found.answers.to_numpy().tolist()[:2] == [
        ["5", "4", "Siempre", "", "2.5"],
        ["1", "2", "3", "4", "TRUE"],
    ]
    assert found.respondents["respondent"].tolist()[:2] == ["P1", "17"]
    assert found.table["Marca"].iloc[0] == "2024-03-04 09:30:00"


def test_a_sheet_by_name(tmp_path):
    path = workbook(tmp_path, [HEADER, *ROWS], sheets=("Notas", "Datos"))
    assert read_survey(path, study(), sheet="Datos").answers.shape == (2, 5)
    with pytest.raises(SurveyError, match="its sheets: Notas, Datos"):
        read_survey(path, study(), sheet="Hoja")


# answers -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("siempre ", 5),
        ("SIEMPRE", 5),
        ("Casi  siempre", 4),
        ("casi\u00a0siempre", 4),
        ("\u200bSiempre", 5),
        ("siempre.", 5),
        ('"Siempre"', 5),
        ("Á veces", 3),
        ("A\u0301 veces", 3),
        ("5", 5),
        ("5.0", 5),
        ("5,0", 5),
        (" 3 ", 3),
        ("+2", 2),
        ("5 - Siempre", 5),
        ("Siempre (5)", 5),
        ("(1) Nunca", 1),
        ("4. Casi siempre", 4),
        ("2 = casi nunca", 2),
    ],
)
def test_answers_that_mean_one_thing(text, value):
    assert Scale.of(study().survey).read(text) == ("answer", value)


@pytest.mark.parametrize("text", ["", "  ", "NA", "na", "-99", "-99.0", "No sé", "NO SE", "\u00a0"])
def test_codes_for_no_answer(text):
    assert Scale.of(study().survey).read(text) == ("missing", None)


@pytest.mark.parametrize(
    "text",
    ["6", "0", "-5", "99", "3.5", "Muchas veces", "?", "5)x", "1e0", "4 = Siempre", "nan", "1 2", "5/5", "."],
)
def test_answers_that_mean_nothing(text):
    assert Scale.of(study().survey).read(text) == ("unreadable", None)


def test_scales_of_numbers_and_their_codes():
    seven = Scale.of(SurveySettings(scale={str(i): i for i in range(1, 8)}, missing_codes=("99", ".", "?")))
    assert seven.read("7") == ("answer", 7)
    assert seven.read("8") == ("unreadable", None)
    for code in ("99", "99.0", ".", "?", ""):
        assert seven.read(code) == ("missing", None)
    assert seven.ends == (1, 7)


def test_scales_that_contradict_themselves():
    with pytest.raises(ValueError, match="already means"):
        Scale.of(SurveySettings(scale={"Sí": 1, "SI": 2}))
    with pytest.raises(ValueError, match="also an answer"):
        Scale.of(SurveySettings(scale={"0": 0, "9": 9}, missing_codes=("9",)))
    with pytest.raises(SurveyError, match="also an answer"):
        raw(varied(3), study_=study().model_copy(update={"survey": SurveySettings(missing_codes=("5",))}))


@given(st.text(max_size=30))
def test_reading_never_fails_and_folding_is_stable(text):
    kind, value = Scale.of(study().survey).read(text)
    assert (kind == "answer") == (value is not None)
    assert value is None or 1 <= value <= 5
    assert plain(plain(text)) == plain(text)


@given(
    st.sampled_from(["Nunca", "Casi nunca", "A veces", "Casi siempre", "Siempre"]),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from(["", " ", "  ", "\t", "\u00a0"]),
    st.sampled_from(["", ".", ",", "!", " ."]),
)
def test_respelling_never_changes_an_answer(label, case, space, end):
    scale = Scale.of(study().survey)
    written = space + case(label).replace(" ", " " + space) + end
    assert scale.read(written) == scale.read(label)


# headings ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        lambda h: h,
        str.upper,
        lambda h: h.replace("ú", "u"),
        lambda h: "  " + h.replace(" ", "   ") + " ",
        lambda h: h.split(". ", 1)[1],
        lambda h: h.replace(". ", ") "),
        lambda h: h.strip("?") + " ",
        lambda h: f"Marque con qué frecuencia [{h}]",
        lambda h: f"Marque con qué frecuencia [{h.split('. ', 1)[1]}]",
        lambda h: "17. " + h.split(". ", 1)[1],
    ],
)
def test_headings_of_a_form(change):
    header = ["Folio", "¿Acepta?", *map(change, CODEBOOK["header"])]
    found = raw(varied(4, 6), header, codebook=CODEBOOK)
    assert list(found.answers.columns) == ["a1", "a2", "x1", "a3", "b1", "b2"]
    assert (found.columns["role"].iloc[2:] == "item").all()


def test_headings_by_name_and_by_text():
    header = ["folio", "ACEPTA", "A1", "a 2", "x_1", "Question about promotion", "question about PACE", "b2 "]
    found = raw(varied(3, 6), header, codebook=CODEBOOK)
    assert found.columns["item"].tolist() == ["", "", "a1", "a2", "x1", "a3", "b1", "b2"]
    assert found.columns["matched_by"].tolist()[5] == "item text"


def test_the_order_is_the_codebooks_or_the_files():
    header = ["Folio", "¿Acepta?", "b2", "a3", "a1", "b1", "a2"]
    assert list(raw(varied(3), header).answers.columns) == ["b2", "a3", "a1", "b1", "a2"]
    assert list(raw(varied(3), header, codebook=CODEBOOK).answers.columns) == ITEMS
    turned = CODEBOOK.assign(position=[6, 5, 4, 3, 2, 1])
    assert list(raw(varied(3), header, codebook=turned).answers.columns) == ITEMS[::-1]


def test_extra_columns_are_kept_and_not_analysed():
    header = ["Folio", "¿Acepta?", *ITEMS, "Correo"]
    found = raw([(*r, "x@y") for r in varied(3)], header)
    assert found.columns["role"].tolist()[-1] == "other"
    assert "Correo" in found.table
    assert list(found.answers.columns) == ITEMS


def test_reversed_items_from_both_files():
    both = study()
    both = both.model_copy(update={"survey": both.survey.model_copy(update={"reversed_items": ("b1",)})})
    assert raw(varied(3), study_=both, codebook=CODEBOOK).reversed_items == ("a2", "b1")
    assert raw(varied(3)).reversed_items == ()


def test_every_problem_at_once():
    header = ["Folioo", "a1", "A1", "a3", "b1 (nuevo)", "Comentario"]
    rows = [("P", "3", "3", "mucho", "2", "") for _ in range(4)]
    with pytest.raises(SurveyError) as error:
        raw(rows, header)
    text = problems(error)
    assert "survey.respondent: no column headed 'Folio'; did you mean 'Folioo'?" in text
    assert "survey.consent: no column headed '¿Acepta?'" in text
    assert "columns 2 and 3 are both item 'a1'" in text
    for item in ("a2", "b1", "b2"):
        assert f"no column for item '{item}'" in text
    assert "columns not recognised" in text
    assert "give a codebook" in text
    assert (
        "item 'a3' (headed 'a3'): 4 of 4 answers are not on the scale, for example 'mucho' (rows 2, 3, 4)"
        in text
    )


def test_a_column_of_something_else_is_an_error_and_a_stray_answer_is_not():
    rows = varied(10)
    stray = [list(r) for r in rows]
    stray[4][3] = "muchísimo"
    assert raw(stray).answers.at[6, "a2"] == "muchísimo"
    for row in stray[:6]:
        row[3] = "de acuerdo"
    with pytest.raises(SurveyError, match=r"item 'a2'.*6 of 10 answers are not on the scale"):
        raw(stray)
    for row in stray:
        row[3] = "NA"
    with pytest.raises(SurveyError, match="no answer in any row"):
        raw(stray)


def test_a_column_that_stands_twice():
    with pytest.raises(SurveyError, match=r"survey.respondent: 2 columns are headed 'Folio'"):
        raw([("1", "Sí", "1", "2", "3", "4", "5", "1")] * 2, ["Folio", "¿Acepta?", *ITEMS, "folio"])


# codebook ------------------------------------------------------------------------------------------
def test_codebook_failures_are_listed_with_row_and_column():
    bad = CODEBOOK.assign(
        item=["a1", "a1", "x1", "", "b1", "b2"],
        reversed=["no", "quizá", "no", "no", "no", "no"],
        position=[1, 2, "tres", 4, 5, 6],
    )
    bad.loc[5, "header"] = bad.loc[4, "header"].upper()
    with pytest.raises(SurveyError) as error:
        load_codebook(bad)
    text = problems(error)
    assert "row 3, column item: 'a1' stands more than once" in text
    assert "row 5, column item: '' no item name" in text
    assert "row 3, column reversed: 'quizá' expected yes or no" in text
    assert "row 4, column position: 'tres' expected a number" in text
    assert "row 7, column header" in text
    with pytest.raises(SurveyError, match="no column 'item'"):
        load_codebook(CODEBOOK.rename(columns={"item": "variable"}))


def test_codebook_lacks_an_item_of_the_study():
    with pytest.raises(SurveyError, match=r"no row for item 'b2' of the study; did you mean 'b2x'"):
        raw(varied(3), codebook=CODEBOOK.replace({"item": {"b2": "b2x"}}))


def test_codebook_from_a_file_equals_one_from_a_frame(tmp_path):
    path = tmp_path / "book.csv"
    path.write_bytes(CODEBOOK.to_csv(index=False, sep=";").encode("cp1252"))
    pd.testing.assert_frame_equal(load_codebook(path), load_codebook(CODEBOOK))


def test_keys():
    assert name_key(" INFRA_TICS-1. ") == "infra tics 1"
    assert without_number("12 how often") == "how often"
    assert without_number("pregunta 3) precio") == "precio"
    assert without_number("2024") == "2024"


# the shipped survey --------------------------------------------------------------------------------
def test_the_shipped_survey_can_be_read():
    project = load_study(ROOT / "study.yaml")
    found = read_survey(ROOT / "data/raw/survey.csv", project, ROOT / "data/codebook.csv")
    book = load_codebook(ROOT / "data/codebook.csv")
    assert list(found.answers.columns) == book["item"].tolist()
    assert found.answers.shape[1] == 60
    assert (found.columns["role"] == "other").sum() == 0


def test_the_same_survey_in_any_dress(tmp_path):
    """Semicolons and Windows-1252, or a workbook of numbers: the answers are the same."""
    project = load_study(ROOT / "study.yaml")
    original = ROOT / "data/raw/survey.csv"
    book = ROOT / "data/codebook.csv"
    table = read_table(original)
    one = read_survey(original, project, book)
    again = write(tmp_path, text_of(";", table.rows, table.header).encode("cp1252"))
    other = read_survey(again, project, book)
    pd.testing.assert_frame_equal(one.answers, other.answers)
    cells = [
        [_number(one.scales["INFRATICS1"], c) if j > 2 else c for j, c in enumerate(row)]
        for row in table.rows
    ]
    in_excel = read_survey(workbook(tmp_path, [list(table.header), *cells]), project, book)
    numbers = [[one.read("FI1", t) for t in row] for row in one.answers.to_numpy()]
    assert [[one.read("FI1", t) for t in row] for row in in_excel.answers.to_numpy()] == numbers


def _number(scale, text):
    kind, value = scale.read(text)
    return value if kind == "answer" else text


def test_numbers_survive_a_round_trip(tmp_path):
    rng = np.random.default_rng(2)
    values = rng.integers(1, 6, size=(20, 5))
    rows = [[f"P{i}", "Sí", *map(str, v)] for i, v in enumerate(values)]
    found = read_survey(write(tmp_path, text_of("\t", rows).encode("utf-16")), study())
    np.testing.assert_array_equal(found.answers.astype(int), values)
