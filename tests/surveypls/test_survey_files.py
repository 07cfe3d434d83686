"""Limits of the files that are read, met exactly and passed by one; what of a file says how it is read."""

from __future__ import annotations

import openpyxl
import pytest

from surveypls.survey import files
from surveypls.survey.files import SurveyError, read_table


def written(folder, text, name="s.csv"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def workbook(folder, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


# limits -----------------------------------------------------------------------------------------------
def test_100_megabytes_are_read_and_one_byte_more_is_not(tmp_path, monkeypatch):
    path = written(tmp_path, "a,b\n1,2\n")
    with path.open("r+b") as stream:
        stream.truncate(100_000_001)
    with pytest.raises(SurveyError, match="larger than 100 MB; this is not a survey"):
        read_table(path)
    path = written(tmp_path, "a,b\n1,2\n")
    for size, read in ((8, True), (7, False)):
        monkeypatch.setattr(files, "MAX_SURVEY_BYTES", size)
        if read:
            assert read_table(path).rows == (("1", "2"),)
        else:
            with pytest.raises(SurveyError, match="larger than"):
                read_table(path)


@pytest.mark.parametrize(("n", "read"), [(5_000, True), (5_001, False)])
def test_a_survey_has_5000_columns_at_most(n, read, tmp_path):
    path = written(tmp_path, ",".join(f"c{j}" for j in range(n)) + "\n" + "1," * n + "\n")
    if read:
        assert len(read_table(path).header) == n
    else:
        with pytest.raises(SurveyError, match="has 5001 columns; more than 5000 is not a survey"):
            read_table(path)


def test_a_survey_has_100_000_rows_at_most(tmp_path):
    path = written(tmp_path, "a;b\n" + "1;2\n" * 100_001)
    with pytest.raises(SurveyError, match="more than 100,000 rows: too many to bootstrap"):
        read_table(path)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [(4, 3, None), (5, 3, "more than 4 rows"), (4, 4, "has 4 columns; more than 3 is")],
)
def test_tables_and_sheets_reach_the_limits(rows, columns, said, ending, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_ROWS", 4)
    monkeypatch.setattr(files, "MAX_COLUMNS", 3)
    cells = [list("abcd"[:columns]), *[list("1234"[:columns])] * rows]
    path = (
        written(tmp_path, "\n".join(map(",".join, cells)))
        if ending == "csv"
        else workbook(tmp_path, {"S": cells})
    )
    if said is None:
        assert read_table(path).row_numbers == (2, 3, 4, 5)
    else:
        with pytest.raises(SurveyError, match=said):
            read_table(path)


def test_20_million_cells_are_the_limit():
    files._limit_cells(20_000_000, "s")
    with pytest.raises(SurveyError, match="has more than 20,000,000 cells; not a survey"):
        files._limit_cells(20_000_001, "s")


@pytest.mark.parametrize(("room", "read"), [(0, True), (-1, False)])
def test_what_a_workbook_unpacks_to_is_limited(room, read, tmp_path, monkeypatch):
    path = workbook(tmp_path, {"S": [["a", "b"], [1, 2]]})
    with files.zipfile.ZipFile(path) as parts:
        size = sum(part.file_size for part in parts.infolist())
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", size + room)
    if read:
        assert read_table(path).rows == (("1", "2"),)
    else:
        with pytest.raises(SurveyError, match="unpacks to more than 0 MB"):
            read_table(path)


# separators ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "header", "rows", "numbers"),
    [
        ("sep=\t\na\tb\n1\t2\n", ("a", "b"), (("1", "2"),), (3,)),
        ('"sep=;"\na;b\n1,5;2\n', ("a", "b"), (("1,5", "2"),), (3,)),
        ("SEP=|\na,x|b\n1|2\n", ("a,x", "b"), (("1", "2"),), (3,)),
        (
            "sep=;x\nsep=;x\n1;2\n",
            ("sep=", "x"),
            (("sep=", "x"), ("1", "2")),
            (2, 3),
        ),  # a heading, and no such line
    ],
)
def test_a_first_line_may_say_the_separator(text, header, rows, numbers, tmp_path):
    path = written(tmp_path, text)
    found = read_table(path)
    assert (found.header, found.rows, found.row_numbers) == (header, rows, numbers)


def test_two_cells_are_enough_to_tell_the_separator(tmp_path):
    assert read_table(written(tmp_path, "a;b\n1;2\n")).header == ("a", "b")
    assert read_table(written(tmp_path, "a b\n1\n")).header == ("a b",)


def test_a_record_is_numbered_by_the_line_where_it_starts(tmp_path):
    found = read_table(written(tmp_path, 'a,b\n"1\n2",3\n\n4,5\n'))
    assert (found.rows, found.row_numbers) == ((("1\n2", "3"), ("4", "5")), (2, 5))


# sheets -------------------------------------------------------------------------------------------------
def test_rows_and_cells_of_a_sheet_are_those_that_a_spreadsheet_shows(tmp_path):
    rows = [[], ["a", None, "b", None], [1, None, True, None], [], [2.0, "x", 0.5, " "]]
    found = read_table(workbook(tmp_path, {"S": rows}))
    assert found.header == ("a", "", "b")
    assert found.rows == (("1", "", "TRUE"), ("2", "x", "0.5"))
    assert found.row_numbers == (3, 5)
    assert found.sheet == ""


def test_a_formula_without_a_stored_value_is_empty(tmp_path):
    found = read_table(workbook(tmp_path, {"S": [["a", "b"], ["=1+1", 5]]}))
    assert found.rows == (("", "5"),)


def test_a_sheet_that_is_named_is_read_whatever_it_holds(tmp_path):
    path = workbook(tmp_path, {"Data": [["a", "b"], [1, 2], [3, 4]], "Less": [["c", "d"], [5, 6]]})
    assert (read_table(path).sheet, read_table(path).header) == ("Data", ("a", "b"))
    assert (read_table(path, sheet="Less").sheet, read_table(path, sheet="Less").header) == (
        "Less",
        ("c", "d"),
    )
    with pytest.raises(SurveyError, match="has no sheet 'None'; its sheets: Data, Less"):
        read_table(path, sheet="None")


# rows that do not fit -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        (20, 40, None),
        (21, 21, "… and 1 rows more"),
        (
            21,
            20,
            "21 of 41 rows have more cells than row 1 has headings (2); are the headings in another row?",
        ),
        (20, 20, None),
    ],
)
def test_rows_longer_than_the_headings_are_named_or_counted(wrong, right, said, tmp_path):
    path = written(tmp_path, "a,b\n" + "1,2\n" * right + "1,2,3\n" * wrong)
    with pytest.raises(SurveyError) as error:
        read_table(path)
    told = error.value.problems
    one = f"row {right + 2}: 3 cells under 2 headings (an unquoted separator in an answer?)"
    if said is None:
        assert len(told) == wrong and told[0] == one
    elif said.startswith("…"):
        assert len(told) == 21 and told[0] == one and told[-1] == said
    else:
        assert len(told) == 1 and told[0].startswith(said)


def test_cells_beyond_the_headings_may_be_empty_and_short_rows_are_filled(tmp_path):
    found = read_table(written(tmp_path, "a,b,\n1,2,\n3\n"))
    assert (found.header, found.rows) == (("a", "b"), (("1", "2"), ("3", "")))
