"""The command ``surveypls conventions``: what it reads, prints and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surveypls.__main__ import main

ANSWERS = "id,x,y\n1,1,1\n2,2,3\n3,3,2\n4,4,5\n5,5,4\n6,-99,3\n"  # r = 0.8 in the complete rows
MODEL = "X =~ x\nY =~ y\nY ~ X\n"
STUDY = """\
id: five
title: {en: Five answers}
survey: {scale: 1-5}
constructs:
  X: [x]
  Y: [y]
paths: [X -> Y]
"""
FIGURES = "table,cell,statistic,row,column,printed\n1,a,path_coefficient,X,Y,0.80\n1,b,r_squared,,Y,0.52\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {"answers.csv": ANSWERS, "model.txt": MODEL, "study.yaml": STUDY, "figures.csv": FIGURES}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name.partition(".")[0]: tmp_path / name for name in texts}


def run(files: dict[str, Path], *options: str, model: str = "model") -> int:
    return main(["conventions", *(str(files[n]) for n in ("answers", model, "figures")), *options])


@pytest.mark.parametrize("model", ["model", "study"])
def test_it_says_what_the_figures_tell(files, capsys, model) -> None:
    assert run(files, model=model) == 0
    said = capsys.readouterr().out
    assert said.startswith("Read as missing: -99 (1)\n\n2 of 2 figures are reproduced")
    assert "- Missing answers: rows with a gap left out or" in said and "- R²: adjusted" in said
    assert run(files, "--lang", "es", model=model) == 0
    assert "Leído como faltante: -99 (1)" in (said := capsys.readouterr().out) and "- R²: ajustada" in said


def test_missing_codes_are_those_that_are_given(files, capsys) -> None:
    assert run(files, "--missing", "none") == 3  # -99 is an answer then
    assert "0 answers missing" in capsys.readouterr().out


def test_a_figure_that_nothing_gives_ends_with_3_also_as_json(files, capsys) -> None:
    files["figures"].write_text(
        FIGURES + "1,c,f_squared,X,Y,0.5\n1,d,t_statistic,X,Y,2.1\n", encoding="utf-8"
    )
    assert run(files, "--format", "json") == 3
    found = json.loads(capsys.readouterr().out)
    assert [f["verdict"] for f in found["figures"]] == ["reproduced", "reproduced", "nowhere", "not judged"]
    assert found["n"] == 6 and found["missing"] == 1
    rows = [r for r in found["conventions"] if r["convention"] == "r_squared"]
    assert [(r["option"], r["reproduced"], r["holds"]) for r in rows] == [
        ("plain", 1, False),
        ("adjusted", 2, True),
    ]


def audited(files: dict[str, Path], *options: str) -> int:
    return main(["audit", str(files["figures"]), *options])


def test_the_audit_takes_the_answers_too(files, capsys, tmp_path) -> None:
    options = ("--data", str(files["answers"]), "--model", str(files["model"]))
    files["figures"].write_text(FIGURES + "1,c,standard_error,X,Y,0.35\n", encoding="utf-8")
    assert audited(files, *options) == 0
    said = capsys.readouterr().out
    assert "What the answers say\n----" in said and "2 of 2 figures are reproduced" in said
    assert "from how many resamples is not known" in said
    # six answers, four of them on a line with the fifth off it: their standard error is about 0.35
    assert audited(files, *options, "--resamples", "500", "--format", "json", "--missing", "-99") in (0, 3)
    found = json.loads(capsys.readouterr().out)["answers"]
    assert found["resamples"] == 500 and found["own_resamples"] == 10_000
    assert found["figures"][2]["verdict"] in ("within", "outside", "not judged")
    files["figures"].write_text(FIGURES.replace("0.80", "0.90"), encoding="utf-8")
    page = tmp_path / "page.html"
    assert audited(files, *options, "--lang", "es", "--format", "html", "-o", str(page)) == 3
    assert "<h2>Lo que dicen las respuestas</h2>" in page.read_text(encoding="utf-8")


def test_the_audit_reads_the_model_from_its_tables_or_asks_for_it(files, capsys) -> None:
    assert audited(files, "--data", str(files["answers"])) == 2
    assert "figures.csv: the printed loadings and paths are no whole model" in (
        said := capsys.readouterr().err
    )
    assert "give the model (--model)" in said
    loadings = "2,x,outer_loading,x,X,1.00\n2,y,outer_loading,y,Y,1.00\n"
    files["figures"].write_text(FIGURES + loadings, encoding="utf-8")
    assert audited(files, "--data", str(files["answers"])) == 0
    assert "4 of 4 figures are reproduced" in capsys.readouterr().out
    assert audited(files, "--model", str(files["model"])) == 2
    assert "--model, --missing and --resamples go with --data" in capsys.readouterr().err
    assert audited(files, "--data", "none.csv", "--model", str(files["model"])) == 2
    assert "none.csv: cannot be read: no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("answers", ANSWERS.replace("2,2,3", "2,2,three"), "answers.csv: row 3, y: expected a number, found 'three'"),
        ("answers", ANSWERS.replace("x,y", "x,why"), "answers.csv: no column for item 'y'"),
        ("model", "X =~ x\nY =~ y\nX -> Y\n", "model.txt: line 3: 'X -> Y': write the target first"),
        ("figures", FIGURES.replace("r_squared,,Y", "r_squared,,Yy"), "figures.csv: b: 'Yy' is no construct"),
        ("figures", FIGURES.replace("0.52", "high"), "row 3 (table 1, b): expected a number"),
        ("answers", None, "answers.csv: cannot be read: no such file"),
        ("model", None, "model.txt: cannot be read: no such file"),
        ("figures", None, "figures.csv: cannot be read: no such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place(files, capsys, name, text, message) -> None:
    if text is None:
        files[name].unlink()
    else:
        files[name].write_text(text, encoding="utf-8")
    assert run(files) == 2
    assert message in capsys.readouterr().err
