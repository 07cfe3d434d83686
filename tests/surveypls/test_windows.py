"""What Windows does otherwise, as far as it can be tried elsewhere: line ends, encodings, locks, paths, commands."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest

from surveypls import __main__ as command_line
from surveypls.study.definition import StudyError, load_study
from surveypls.survey import study_text
from surveypls.survey.files import SurveyError, read_table
from surveypls.survey.scaffold import scaffold

EXAMPLE = Path(__file__).parents[2] / "examples" / "library_app"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_study_file_of_notepad_is_the_same_study(encoding: str, tmp_path: Path) -> None:
    text = (EXAMPLE / "study.yaml").read_text(encoding="utf-8")
    saved = tmp_path / "study.yaml"
    saved.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert load_study(saved) == load_study(EXAMPLE / "study.yaml")


def test_a_survey_of_excel_is_the_same_table(tmp_path: Path) -> None:
    """Excel for Windows in Spanish: semicolons, Windows-1252, line ends of two characters."""
    plain, excel = tmp_path / "plain.csv", tmp_path / "excel.csv"
    content = "Correo,Opinión\na,Sí\nb,Más o menos\n"
    plain.write_text(content, encoding="utf-8", newline="\n")
    excel.write_bytes(content.replace(",", ";").replace("\n", "\r\n").encode("cp1252"))
    one, other = read_table(plain), read_table(excel)
    assert (one.header, one.rows) == (other.header, other.rows)
    assert list(one.header) == ["Correo", "Opinión"] and list(one.rows[1]) == ["b", "Más o menos"]


def test_a_file_that_excel_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    for name in ("survey.csv", "study.yaml"):
        shutil.copy(EXAMPLE / name, tmp_path / name)
    for method in ("open", "read_bytes", "read_text"):
        monkeypatch.setattr(Path, method, locked)
    for read, error, name in (
        (read_table, SurveyError, "survey.csv"),
        (load_study, StudyError, "study.yaml"),
    ):
        with pytest.raises(error, match=r"if it is open in another program, such as Excel, close it there"):
            read(tmp_path / name)


def test_the_next_command_is_one_that_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "os", SimpleNamespace(name="nt"))
    survey, study = PureWindowsPath(r"C:\my thesis\answers.csv"), PureWindowsPath("answers.yaml")
    assert command_line._next("run", survey, study, "thesis") == (  # type: ignore[arg-type]
        r'uv run surveypls run "C:\my thesis\answers.csv" answers.yaml --name thesis'
    )


def test_a_proposed_study_file_names_no_make_and_ends_its_lines_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_drive(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    survey = Path(shutil.copy(EXAMPLE / "survey.csv", tmp_path / "my answers.csv"))
    there = SimpleNamespace(name="nt", path=SimpleNamespace(relpath=other_drive))
    monkeypatch.setattr(study_text, "os", there)
    made = scaffold(survey)
    made.write()
    content = made.study.read_bytes()
    assert b'uv run surveypls check "my answers.csv" "my answers.yaml"' in content
    assert b"make " not in content and b"$schema" not in content and b"\r" not in content


def test_a_console_that_lacks_a_sign_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = Path(shutil.copy(EXAMPLE / "survey.csv", tmp_path / "answers.csv"))
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    assert command_line.main(["new", os.fspath(survey)]) == 0
    console.flush()
    assert b"To confirm in" in console.buffer.getvalue()  # type: ignore[attr-defined]
