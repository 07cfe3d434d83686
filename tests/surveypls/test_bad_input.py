"""Broken surveys and study files: each ends in exit code 2 and a message of where and what; nothing is written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveypls.__main__ import main
from surveypls.compendium import runner
from surveypls.compendium.parameters import check_name
from surveypls.errors import ParameterError
from surveypls.survey import files as survey_file
from surveypls.survey.check import check

ITEMS = [f"{c}{i}" for c in "XMY" for i in (1, 2, 3)]
STUDY = """\
id: small
title: A small study
survey: {scale: {Never: 1, Rarely: 2, Sometimes: 3, Often: 4, Always: 5}, respondent: ID}
cleaning: {min_duplicate_items: 9}
constructs:
  X: [X1, X2, X3]
  M: {items: [M1, M2, M3], mode: B}
  Y: [Y1, Y2, Y3]
paths:
  - X -> M
  - M -> Y
hypotheses:
  - {id: H1, path: X -> Y, effect: indirect}
"""


def _answers(n: int = 60, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return np.clip(np.round(3 + common + 0.8 * rng.normal(size=(n, 9))), 1, 5).astype(int)


def _csv(answers: np.ndarray | list[list[object]] | None = None, header: list[str] | None = None) -> str:
    rows = _answers() if answers is None else answers
    lines = [",".join(header or ["ID", *ITEMS])]
    lines += [",".join([f"R{i}", *map(str, row)]) for i, row in enumerate(rows)]
    return "\n".join(lines) + "\n"


GOOD = _csv()


def _rows(change: Callable[[np.ndarray], None]) -> str:
    rows = _answers()
    change(rows)
    return _csv(rows)


def _workbook(fill: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    fill(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _formulas(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    sheet.append(["ID", *ITEMS])
    for i in range(2, 40):
        sheet.append([f"R{i}", *[f"=A{i}+1"] * 9])


def _bomb() -> bytes:
    buffer = io.BytesIO(_workbook(lambda sheet: sheet.append(["ID", *ITEMS])))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/big.xml", "w", force_zip64=True) as out,
    ):
        for _ in range(6):
            out.write(bytes(1_000_000))
    return buffer.getvalue()


def _column(j: int, value: object) -> str:
    rows = _answers().astype(object)
    rows[:, j] = value
    return _csv(rows)


#: name: (survey, words of the message)
SURVEYS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "blank lines": ("\n\n\n", "is empty"),
    "header alone": ("ID," + ",".join(ITEMS) + "\n", "a header and no answers"),
    "one row": (_csv(_answers(1)), "expected a row for each fold"),
    "two rows": (_csv(_answers(2)), "expected at least 3"),
    "all missing": (_csv([[""] * 9] * 30), "no answer in any row"),
    "all NA": (_csv([["NA"] * 9] * 30), "no answer in any row"),
    "one item missing": (_column(4, ""), "item 'M2' (headed 'M2'): no answer in any row"),
    "no such item": (GOOD.replace("Y3", "Z9"), "no column for item 'Y3'"),
    "nearest item": (GOOD.replace("Y3", "Y33"), "did you mean 'Y33'"),
    "duplicate headers": (GOOD.replace("Y3", "Y2"), "columns 9 and 10 are both item 'Y2'"),
    "headers alike": (GOOD.replace("Y3", "y-2"), "are both item 'Y2'"),
    "all headers the same": (GOOD.replace(",".join(ITEMS), ",".join(["Q"] * 9)), "no column for item 'X1'"),
    "title in a row of its own": (f"My survey{',-' * 9}\n{GOOD}", "headings seem to stand in row 2"),
    "no header": (GOOD.split("\n", 1)[1], "no column for item 'X1'"),
    "no id column": (GOOD.replace("ID", "Name"), "survey.respondent: no column headed 'ID'"),
    "two id columns": (GOOD.replace("ID,", "ID,id,", 1).replace("\nR", "\nR,R"), "2 columns are headed 'ID'"),
    "text in a numeric column": (_column(2, "good"), "item 'X3' (headed 'X3'): 60 of 60 answers are not on the scale"),
    "off the scale": (_column(2, 17), "60 of 60 answers are not on the scale"),
    "decimals": (_column(2, 2.5), "not on the scale, for example '2.5'"),
    "another scale": (_csv(_answers() * 10), "the study's scale is Never, Rarely"),
    "negative": (_csv(-_answers()), "not on the scale"),
    "infinite": (_column(0, "inf"), "not on the scale"),
    "dates": (_column(0, "2025-01-02"), "not on the scale"),
    "formula text": (_column(0, "=SUM(A1)"), "'=SUM(A1)'"),
    "constant item of Mode B": (_column(4, 3), "item M2 (M): every answer that is kept is 3"),
    "constant construct": (_rows(lambda a: a.__setitem__((slice(None), slice(0, 3)), 3)), "X"),
    "equal items": (_rows(lambda a: a.__setitem__((slice(None), 4), a[:, 3])), "'M1' and 'M2' are the same column"),
    "everybody alike": (_csv([[3] * 9] * 40), "every answer that is kept is 3"),
    "wrong delimiter": (GOOD.replace(",", "^"), "the whole file is one column"),
    "spaces as delimiter": (GOOD.replace(",", " "), "the whole file is one column"),
    "an unquoted comma": (GOOD.replace("R5,", "R5,so, so,"), "under 10 headings"),
    "open quote": (GOOD.replace("R5,", '"R5,'), "a quotation mark is opened and never closed"),
    "binary": (bytes(range(256)) * 40, "not a text file"),
    "nul bytes": (GOOD.replace("R5", "R\x005"), "not a text file"),
    "half UTF-16": (b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1], "starts like UTF-16"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
    "broken workbook": (b"PK\x03\x04" + bytes(600), "not a readable workbook"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(300), "not a text file"),
    "formula cells": (_workbook(_formulas), "no answer in any row"),
    "empty workbook": (_workbook(lambda sheet: None), "is empty"),
    "a workbook that swells": (_bomb(), "unpacks to more than 5 MB"),
    "a million rows": ("ID," + ",".join(ITEMS) + "\n" + "R,1,2,3,4,5,1,2,3,4\n" * 1_000_000, "more than 100,000 rows"),
    "too many columns": (",".join(f"c{i}" for i in range(6000)) + "\n1\n", "has 6000 columns"),
    "a huge cell": (GOOD.replace("R5", "R" * 200_000), "field larger than field limit"),
    "everybody twice": (_csv(np.repeat(_answers(4), 15, axis=0)), "'X1' and 'Y2' are the same column"),
    "straight lines": (_csv([[v] * 9 for v in (1, 2, 3, 4, 5) * 8]), "are the same column"),
}  # fmt: skip

#: name: (change to the study, words of the message)
STUDIES: dict[str, tuple[Callable[[str], str | bytes], str]] = {
    "empty": (lambda s: "", "expected keys such as 'constructs:'"),
    "a list": (lambda s: "- a\n- b\n", "expected keys"),
    "not YAML": (lambda s: s + "x: [1\n", "not valid YAML"),
    "tabs": (lambda s: s.replace("  X:", "\tX:"), "line 6: begins with a tab; use spaces, not tabs"),
    "not UTF-8": (lambda s: s.replace("small", "señal").encode("latin-1"), "not UTF-8"),
    "binary": (lambda s: bytes(range(256)), "study.yaml"),
    "too large": (lambda s: s + "#" * 1_100_000, "larger than 1,000,000 bytes"),
    "bomb": (lambda s: s + "a: &a [1, 1]\nb: &b [*a, *a]\n", "aliases"),
    "merge": (lambda s: s + "b: {<<: {c: 1}}\n", "merges"),
    "tag": (lambda s: s + "a: !!python/object/apply:os.system ['true']\n", "not valid YAML"),
    "deep": (lambda s: s + "a: " + "[" * 300 + "]" * 300 + "\n", "nested too deeply"),
    "key twice": (lambda s: s + "id: other\n", "key 'id' stands twice"),
    "two documents": (lambda s: s + "---\nid: b\n", "not valid YAML"),
    "unknown key": (lambda s: s + "bootsrap: {n_resamples: 500}\n", "bootsrap: unknown key; did you mean 'bootstrap'"),
    "unknown inner key": (lambda s: s + "bootstrap: {resamples: 500}\n", "did you mean 'n_resamples'"),
    "no title": (lambda s: s.replace("title:", "# "), "title: missing"),
    "no paths": (lambda s: s.split("paths:")[0], "paths: missing"),
    "no constructs": (lambda s: s.replace("constructs:", "cleanings:"), "constructs: missing"),
    "bad id": (lambda s: s.replace("id: small", "id: ../up"), "id: expected a name"),
    "zero resamples": (lambda s: s + "bootstrap: {n_resamples: 0}\n", "greater than or equal to 100"),
    "negative resamples": (lambda s: s + "bootstrap: {n_resamples: -5}\n", "found -5"),
    "huge resamples": (lambda s: s + "bootstrap: {n_resamples: 1000000000000}\n", "less than or equal to 10000000"),
    "resamples in words": (lambda s: s + "bootstrap: {n_resamples: many}\n", "expected a number (found 'many')"),
    "not a number": (lambda s: s + "bootstrap: {confidence_level: .nan}\n", "bootstrap.confidence_level"),
    "infinite": (lambda s: s + "pls: {tolerance: .inf}\n", "pls.tolerance"),
    "a number of 5000 digits": (lambda s: s + f"seed: {'9' * 5000}\n", "study.yaml"),
    "negative seed": (lambda s: s + "seed: -1\n", "seed: expected greater than or equal to 0"),
    "bad language": (lambda s: s + "labels: fr\n", "labels: expected 'en' or 'es' (found 'fr')"),
    "bad interval": (lambda s: s + "bootstrap: {interval: student}\n", "bootstrap.interval"),
    "cycle": (lambda s: s.replace("- M -> Y", "- M -> Y\n  - Y -> X"), "the paths form a cycle"),
    "path to itself": (lambda s: s.replace("- M -> Y", "- M -> Y\n  - Y -> Y"), "leads from a construct to itself"),
    "unknown construct": (lambda s: s.replace("- M -> Y", "- M -> Yy"), "unknown construct 'Yy'; did you mean 'Y'?"),
    "path twice": (lambda s: s.replace("- M -> Y", "- M -> Y\n  - M -> Y"), "is listed twice"),
    "none reflective": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1]").replace("[X1, X2, X3]", "[X1]"),
                        "the factor analysis needs a construct in Mode A"),
    "no arrow": (lambda s: s.replace("- M -> Y", "- M => Y"), "a path is written 'M -> Y', found 'M => Y'"),
    "long arrow": (lambda s: s.replace("- M -> Y", "- M --> Y"), "a path is written 'M -> Y', found 'M --> Y'"),
    "arrow backwards": (lambda s: s.replace("- M -> Y", "- Y <- M"), "a path is written 'M -> Y', found 'Y <- M'"),
    "no arrow at all": (lambda s: s.replace("- M -> Y", "- M Y"), "a path is written 'SOURCE -> TARGET'"),
    "entries in one": (lambda s: s.replace("  - M -> Y", "   - M -> Y"), "one below the other"),
    "too deep": (lambda s: s.replace("  Y: [", "   Y: ["),
        "Y is indented by 3 spaces, M (line 7) by 2; what belongs together begins one below the other"),
    "not deep enough": (lambda s: s.replace("  X: [", "   X: ["), "M is indented by 2 spaces, X (line 6) by 3"),
    "no space after a colon": (lambda s: s.replace("Y: [", "Y:["), "put a space after the colon, 'Y: [Y1, Y2, Y3]'"),
    "a colon in a text": (lambda s: s.replace("A small study", "Apps: a study"), "quotation marks around it, title"),
    "semicolons": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1; Y2; Y3]"), "separated by commas: [Y1, Y2, Y3]"),
    "accents": (lambda s: s.replace("Y:", "AÑO:").replace("-> Y", "-> AÑO"), "letters A–Z without accents or ñ"),
    "on no path": (lambda s: s.replace("  - M -> Y\n", ""), "construct 'Y' is on no path"),
    "item in two": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1, Y2, X3]"), "item 'X3' stands in two constructs"),
    "item twice": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1, Y2, Y2]"), "constructs.Y.items: item listed twice: Y2"),
    "no items": (lambda s: s.replace("[Y1, Y2, Y3]", "[]"), "constructs.Y: items: missing; or components: [A, B]"),
    "items not a list": (lambda s: s.replace("[Y1, Y2, Y3]", "Y1"), "constructs.Y.items: expected a list"),
    "unknown item": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1, Y2, Y4]"), "study.yaml: no column for item 'Y4' of Y"),
    "items alike": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1, Y2, y.1]"), "differ in case or punctuation only"),
    "reserved item": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1, respondent]"), "name it otherwise"),
    "bad item": (lambda s: s.replace("[Y1, Y2, Y3]", "[Y1, '2 Y']"), "expected a name"),
    "bad mode": (lambda s: s.replace("mode: B", "mode: C"), "constructs.M.mode: expected 'A' or 'B'"),
    "sign item": (lambda s: s.replace("mode: B", "sign_item: X1"), "sign_item 'X1' is not one of"),
    "scale of one": (lambda s: s.replace("{Never: 1, ", "{Never: 5, ").replace("4", "5").replace("3,", "5,")
                     .replace("2,", "5,", 1).replace("Rarely: 2", "Rarely: 5").replace("Sometimes: 3", "Sometimes: 5"),
                     "at least two different numbers"),
    "scale not whole": (lambda s: s.replace("Rarely: 2", "Rarely: 2.5"), "survey.scale.Rarely: expected a number"),
    "scale huge": (lambda s: s.replace("Always: 5", "Always: 1000000"), "survey.scale.Always"),
    "scale ambiguous": (lambda s: s.replace("Rarely: 2", "never.: 2"), "which already means 1"),
    "missing code on the scale": (lambda s: s.replace("respondent:", "missing_codes: [3], respondent:"),
        "also an answer"),
    "reversed unknown": (lambda s: s.replace("respondent:", "reversed_items: [Y9], respondent:"), "unknown item 'Y9'"),
    "hypothesis elsewhere": (lambda s: s.replace(", effect: indirect", ""), "hypothesis H1: no path 'X -> Y'"),
    "codebook missing": (lambda s: s.replace("respondent:", "codebook: none.csv, respondent:"), "none.csv"),
    "codebook a folder": (lambda s: s.replace("respondent:", "codebook: '.', respondent:"), "cannot be read"),
    "published missing": (lambda s: s + "published: ../../nowhere\n", "published: no folder"),
    "consent missing": (lambda s: s.replace("respondent:", "consent: {column: OK, accept: [Yes]}, respondent:"),
                        "survey.consent: no column headed 'OK'"),
    "nobody consents": (lambda s: s.replace("respondent:", "consent: {column: ID, accept: [Yes]}, respondent:")
                        .replace(", respondent: ID", ""), "no respondent is left after screening"),
    "control character": (lambda s: s.replace("A small study", '"a\\x07b"'), "control character"),
    "thousands of constructs": (lambda s: s.replace("  X: [X1",
        "".join(f"  c{i}: [i{i}]\n" for i in range(300)) + "  X: [X1"),
                                "at most 100 entries"),
    "nobody is left": (lambda s: s.replace("min_duplicate_items: 9", "min_irv: 999"), "no respondent is left"),
    "more folds than rows": (lambda s: s + "pls: {predict_folds: 5000}\n", "60 rows for 5000 folds"),
    "model and paths": (lambda s: s + "model: |\n  X =~ X1\n", "paths: stands beside model"),
    "model unreadable": (lambda s: "id: a\ntitle: b\nmodel: |\n  X = X1\n  Y ~~ X\n", "model line 2"),
    "model without paths": (lambda s: "id: a\ntitle: b\nmodel: |\n  X =~ X1\n", "no path"),
}  # fmt: skip


def test_the_list_is_long_enough() -> None:
    assert len(SURVEYS) + len(STUDIES) >= 100


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in miniature whose notebooks must never be started."""
    for folder in ("notebooks", "data/raw", "inputs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "data" / "raw" / "survey.csv").write_text(GOOD)
    (tmp_path / "inputs" / "survey.csv").write_text(GOOD)
    (tmp_path / "inputs" / "study.yaml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(survey_file, "MAX_UNPACKED_BYTES", 5_000_000)
    monkeypatch.setattr(runner, "execute", lambda *a, **k: pytest.fail("a notebook was started"))
    return tmp_path


def _tree(root: Path) -> dict[str, int]:
    return {str(p.relative_to(root)): p.stat().st_mtime_ns for p in root.rglob("*")}


def _put(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def _refused(place: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _tree(place)
    for command in ("check", "run"):
        assert main([command, "inputs/survey.csv", "inputs/study.yaml"]) == 2, command
        said = "".join(capsys.readouterr())
        assert words in said, said[:2000]
        assert "survey.csv" in said or "study.yaml" in said or "none.csv" in said or "codebook" in said
        assert "Traceback" not in said
        assert len(said) < 10_000
    assert _tree(place) == before


def test_the_good_pair_is_accepted(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "inputs/survey.csv", "inputs/study.yaml"]) == 0
    assert "Ready to run." in capsys.readouterr().out


@pytest.mark.parametrize("name", SURVEYS)
def test_broken_surveys(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, words = SURVEYS[name]
    _put(place / "inputs" / "survey.csv", content)
    _refused(place, words, capsys)


@pytest.mark.parametrize("name", STUDIES)
def test_broken_studies(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change, words = STUDIES[name]
    _put(place / "inputs" / "study.yaml", change(STUDY))
    _refused(place, words, capsys)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--name", "../up"], "run name '../up'"),
        (["--name", "/etc"], "run name"),
        (["--name", "a/b"], "run name"),
        (["--name", ""], "run name"),
        (["--name", "."], "run name"),
        (["--name", "uv"], "build/uv/ is used for something else"),
        (["--name", "x" * 300], "run name"),
        (["--resamples", "0"], "bootstrap.n_resamples"),
        (["--resamples", "-3"], "bootstrap.n_resamples"),
        (["--resamples", "9" * 30], "bootstrap.n_resamples"),
        (["--seed", "-1"], "seed"),
        (["--seed", "9" * 40], "seed"),
    ],
)
def test_bad_arguments(
    arguments: list[str], words: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _tree(place)
    assert main(["run", "inputs/survey.csv", "inputs/study.yaml", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert _tree(place) == before


@pytest.mark.parametrize(
    "arguments", [["--resamples", "many"], ["--resamples", "1e3"], ["--labels", "fr"], ["--nam"]]
)
def test_arguments_that_are_not_understood(arguments: list[str], place: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["run", "inputs/survey.csv", "inputs/study.yaml", *arguments])
    assert stop.value.code == 2


@pytest.mark.parametrize("gone", ["survey.csv", "study.yaml"])
def test_missing_files(gone: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "inputs" / gone).unlink()
    _refused(place, gone, capsys)
    (place / "inputs" / gone).mkdir()
    _refused(place, gone, capsys)


def test_a_name_that_cannot_be_one_is_said_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _put(place / "inputs" / "study.yaml", STUDY.replace("Y:", "AÑO:").replace("-> Y", "-> AÑO"))
    main(["check", "inputs/survey.csv", "inputs/study.yaml"])
    assert capsys.readouterr().out.count("without accents") == 1


@pytest.mark.parametrize(("wrong", "right"), [("surveey.csv", "survey.csv"), ("stdy.yaml", "study.yaml")])
def test_a_mistyped_file_is_named_with_its_folder(
    wrong: str, right: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["inputs/survey.csv", "inputs/study.yaml"]
    given[right == "study.yaml"] = f"inputs/{wrong}"
    for command in ("check", "run"):
        assert main([command, *given]) == 2
        said = "".join(capsys.readouterr())
        assert f"no such file in {str(place / 'inputs')!r}; did you mean {right!r}?" in said
    assert main(["check", "inputz/survey.csv", "inputs/study.yaml"]) == 2
    assert f"there is no folder {str(place / 'inputz')!r}" in capsys.readouterr().out


def test_files_in_each_others_place_are_recognised(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "run"):
        assert main([command, "inputs/study.yaml", "inputs/survey.csv"]) == 2
        assert "SURVEY=inputs/survey.csv STUDY=inputs/study.yaml" in capsys.readouterr().err
    assert main(["new", "inputs/study.yaml"]) == 2
    assert "study.yaml looks like a study file" in capsys.readouterr().err


def test_both_files_at_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _put(place / "inputs" / "survey.csv", "")
    _put(
        place / "inputs" / "study.yaml",
        STUDY.replace("mode: B", "mode: C").replace("title:", "titel:") + "labels: fr\n",
    )
    main(["check", "inputs/survey.csv", "inputs/study.yaml"])
    said = capsys.readouterr().out
    for part in (
        "survey.csv: is empty",
        "constructs.M.mode",
        "titel: unknown key",
        "title: missing",
        "labels:",
    ):
        assert part in said


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(ITEMS),
)
CONTENT = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=10) | st.sampled_from(ITEMS), inner, max_size=4)
    ),
    max_leaves=8,
)


@FUZZ
@given(data=st.data())
def test_any_change_of_the_study_is_refused_or_accepted(data: st.DataObject, place: Path) -> None:
    content = yaml.safe_load(STUDY)
    for _ in range(data.draw(st.integers(1, 3))):
        spot = content
        while True:
            key = data.draw(
                st.sampled_from(sorted(spot, key=str))
                if isinstance(spot, dict)
                else st.integers(0, len(spot) - 1)
            )
            if not isinstance(spot[key], (dict, list)) or not spot[key] or data.draw(st.booleans()):
                break
            spot = spot[key]
        spot[key] = data.draw(CONTENT)
        if not isinstance(content, dict) or not all(content.values()):
            break
    _put(place / "inputs" / "study.yaml", yaml.safe_dump(content, allow_unicode=True))
    assert main(["check", "inputs/survey.csv", "inputs/study.yaml"]) in (0, 2)


@FUZZ
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(
                ["1", "5", "3", "", "6", "Often", "nevr", "-99", '"', ",", "\n", "é", "=1+1", "\t"]
            ),
            max_size=11,
        ),
        max_size=25,
    ),
    header=st.permutations(["ID", *ITEMS]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_survey_is_refused_or_accepted(
    rows: list[list[str]], header: list[str], delimiter: str, place: Path
) -> None:
    text = "\n".join(delimiter.join(row) for row in [header, *rows])
    _put(place / "inputs" / "survey.csv", text)
    assert main(["check", "inputs/survey.csv", "inputs/study.yaml"]) in (0, 2)


@FUZZ
@given(content=st.binary(max_size=400))
def test_any_bytes_are_refused(content: bytes, place: Path) -> None:
    _put(place / "inputs" / "survey.csv", content)
    assert main(["check", "inputs/survey.csv", "inputs/study.yaml"]) == 2
    _put(place / "inputs" / "survey.csv", GOOD)
    _put(place / "inputs" / "study.yaml", content)
    assert main(["check", "inputs/survey.csv", "inputs/study.yaml"]) == 2


def test_names_stay_inside_build() -> None:
    for name in ("..", "a/../b", "a\\b", "~", "%2e%2e", "a\n", "ａ"):
        with pytest.raises(ParameterError):
            check_name(name)


@pytest.mark.parametrize("name", [n for n, (change, _) in STUDIES.items() if isinstance(change(STUDY), str)])
def test_every_message_about_a_study_is_said_in_its_language(name: str, tmp_path: Path) -> None:
    """No line of a report is the same in both languages: one that is stands in the code without a translation."""
    _put(tmp_path / "survey.csv", GOOD)
    _put(tmp_path / "study.yaml", str(STUDIES[name][0](STUDY)) + "labels: es\n")
    report = check(tmp_path / "survey.csv", tmp_path / "study.yaml")
    model = {f"  {line}" for line in report.model.splitlines()}
    english, spanish = (replace(report, language=x).text().splitlines() for x in ("en", "es"))
    assert len(english) == len(spanish)
    for one, other in zip(english, spanish, strict=True):
        same_words = one in model or not one or one == "1 error" or "distancias de Mahalanobis" in one
        assert same_words or one != other, one


def test_a_run_refuses_in_the_studys_language(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = place / "inputs" / "study.yaml"
    _put(study, STUDY.replace("- M -> Y", "- M -> Yy") + "labels: es\n")
    assert main(["run", "inputs/survey.csv", "inputs/study.yaml"]) == 2
    assert "nombra un constructo desconocido, 'Yy'; ¿quiso decir 'Y'?" in capsys.readouterr().err
    _put(study, STUDY + "labels: es\npls: {predict_folds: 5000}\n")
    assert main(["run", "inputs/survey.csv", "inputs/study.yaml"]) == 2
    assert "60 filas para 5000 particiones" in capsys.readouterr().err
