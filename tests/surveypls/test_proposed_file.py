"""What the proposed study file and the list of what to confirm say, at the limits of what they show."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from surveypls.study.definition import load_study
from surveypls.survey.scaffold import Scaffold, scaffold
from surveypls.survey.scale_found import FoundScale
from surveypls.survey.study_text import _scale_lines, _wrapped


def new(folder: Path, header: list[str], *columns: list[object]) -> Scaffold:
    """The proposal for a survey of these columns, each repeated to 80 rows."""
    with (folder / "s.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([c[k % len(c)] for c in columns] for k in range(80))
    return scaffold(folder / "s.csv")


LIKERT: list[object] = [1, 2, 3, 4, 5]
TURNED: list[object] = [5, 1, 4, 2, 3]
OFTEN: list[object] = ["Never", "Rarely", "Sometimes", "Often", "Always"]


# the file -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("first", "breaks_after"), [("x" * 9, 9), ("x" * 10, 8)])
def test_lists_of_items_are_broken_before_column_110(first: str, breaks_after: int) -> None:
    # 11 columns of "    items: ", the bracket, and nine names of nine letters with comma and space but the last
    names = [first, *(f"item_{k:04}" for k in range(30))]
    lines = ("    items: " + _wrapped(names, 11)).split("\n")
    assert lines[0].count(",") == breaks_after
    assert max(map(len, lines)) <= 110
    assert all(line.startswith(" " * 12 + "item") for line in lines[1:])
    assert "".join(lines).replace(" ", "") == "items:[" + ",".join(names) + "]"


@pytest.mark.parametrize(
    ("scale", "lines"),
    [
        ({str(v): v for v in range(11)}, ["  scale: {" + ", ".join(f'"{v}": {v}' for v in range(11)) + "}"]),
        ({str(v): v for v in range(12)}, ["  scale: 0-11"]),
        ({"a" * 40: 1, "b" * 41: 2}, ["  scale: {" + "a" * 40 + ": 1, " + "b" * 41 + ": 2}"]),  # 89 letters
        ({"a" * 41: 1, "b" * 41: 2}, ["  scale:", "    " + "a" * 41 + ": 1", "    " + "b" * 41 + ": 2"]),
        (
            {"7": None, "b": 2},
            [
                "  scale:   # give each answer its number, 1 for the lowest; add those that nobody chose",
                '    "7":',
                "    b: 2",
            ],
        ),
    ],
)
def test_a_scale_stands_on_one_line_where_it_fits(scale: dict[str, int | None], lines: list[str]) -> None:
    assert _scale_lines("scale", FoundScale((0,), scale), 2, "en") == lines


def test_the_file_of_a_small_survey(tmp_path: Path) -> None:
    made = new(
        tmp_path,
        ["ResponseId", "EU1. " + "x" * 100, "EU2. y", "SAT1. z"],
        list(range(80)),
        LIKERT,
        TURNED,
        LIKERT,
    )
    text = made.files[made.study]
    made.write()
    assert text.endswith("\n") and not text.endswith("\n\n")
    for line in (
        "id: s",
        "labels: en   ",
        "  codebook: s_codebook.csv   # which heading is which item; reversed: yes or no",
        '  scale: {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}',
        "  missing_codes: [" + '"", "NA", "N/A"]',
        "  respondent: ResponseId",
        "  reversed_items: []   ",
        "  missing: listwise   ",
        "  EU:",
        "    label: EU",
        "    items:",
        "      - EU1   # " + "x" * 80,
        "      - EU2   # y",
        "  - EU -> SAT",
        "  - {id: H1, path: EU -> SAT}",
        "  # - {id: H2, path: EU -> SAT, sign: positive, statement: In words.}",
        "# compare: {other: [EU -> SAT]}   ",
        "# necessity: SAT   ",
    ):
        assert any(
            one == line or (line.endswith("  ") and one.startswith(line)) for one in text.splitlines()
        ), line
    assert "  scales:" not in text and "  sheet:" not in text and "  time:" not in text
    assert load_study(made.study).blocks() == {"EU": ("EU1", "EU2"), "SAT": ("SAT1",)}


# what is to be confirmed ------------------------------------------------------------------------------------
def test_a_construct_or_an_item_has_its_own_scale(tmp_path: Path) -> None:
    seven = [*range(1, 8)]
    made = new(tmp_path, ["A1", "A2", "B1", "B2", "B3"], LIKERT, TURNED, OFTEN, LIKERT, LIKERT)
    assert any(
        u.startswith("scales.B1 is another scale: Never, Rarely, Sometimes, Often, Always")
        for u in made.unsure
    )
    (tmp_path / "s.csv").unlink()
    made = new(tmp_path, ["A1", "A2", "A3", "B1", "B2"], LIKERT, TURNED, LIKERT, seven, seven[::-1])
    assert any(u == "scales.B is another scale: 1, 2, 3, 4, 5, 6, 7" for u in made.unsure)
    assert not any("scales.A" in u for u in made.unsure)


def test_words_stray_cells_and_columns_are_shortened_and_counted(tmp_path: Path) -> None:
    long = "Comments " + "c" * 60
    strays: list[object] = [*["y" * 41] * 7, *OFTEN * 15]
    header = ["A1. " + "t" * 40, "A2", "Email", "Phone", "Nombre", "RFC", "CURP", "Correo", long]
    personal = [["a@b", "c@d"]] * 6
    made = new(
        tmp_path, header, [*strays[:6], *OFTEN * 15], OFTEN, *personal, [f"text {k}" for k in range(80)]
    )
    said = "\n".join(made.left_out)
    cells = [f"A1. {'t' * 26} row {row}" for row in range(2, 8)]
    assert f"{'y' * 40!r} ×6, on no scale ({', '.join(cells)}), counts as missing" in said
    assert repr(long[:60]) in said and repr(long[:61]) not in said
    assert any(
        u == "personal data? delete before sharing: 'Email', 'Phone', 'Nombre', 'RFC', 'CURP'"
        for u in made.unsure
    )
    assert any(u == "no column of ids was found; respondents are called by their row" for u in made.unsure)
    made = new(tmp_path, header, strays, OFTEN, *personal, [f"text {k}" for k in range(80)])
    assert f"{'y' * 40!r} ×7, on no scale ({', '.join(cells)}, …), counts as missing" in "\n".join(
        made.left_out
    )


def test_one_column_or_several_are_left_out_for_a_reason(tmp_path: Path) -> None:
    made = new(tmp_path, ["A1", "A2", "Sexo", "Edad", "Seed"], LIKERT, TURNED, ["a", "b"], [20, 30], [7, 8])
    assert made.left_out == (
        "columns 'Sexo', 'Edad': about the person; name it under controls or groups if you need it",
        "column 'Seed': written by the form tool",
    )


def test_an_answer_to_consent_that_is_not_known_is_shown_by_its_first_40_letters(tmp_path: Path) -> None:
    made = new(tmp_path, ["Consentimiento", "A1", "A2"], ["q" * 41, "r"], LIKERT, TURNED)
    (said,) = (u for u in made.unsure if "question of consent" in u)
    assert f"({'q' * 40!r}, 'r')" in said
