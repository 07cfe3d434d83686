"""What is said of a study file that cannot be read: the line, what is wrong there, and the place by its name."""

from __future__ import annotations

import pytest

from surveypls.study.definition import StudyError, parse_study
from surveypls.study.paths import not_readable
from surveypls.study.strict_yaml import StrictYamlError, load_yaml

BELOW = "what belongs together begins one below the other"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1\n", "not valid YAML, line 2: begins with a tab; use spaces, not tabs"),
        # lines that are not one below the other
        (
            "a:\n  b: 1\n c: 2\n",
            f"not valid YAML, line 3: c is indented by 1 space, b (line 2) by 2; {BELOW}",
        ),
        ("a: 1\n  b: 2\n", f"not valid YAML, line 2: b is indented by 2 spaces, a (line 1) by 0; {BELOW}"),
        (
            "a: [1,\n 2]\n  b: 1\n",
            f"not valid YAML, line 3: b is indented by 2 spaces, a (line 1) by 0; {BELOW}",
        ),
        (
            "a:\n  - b: 1\n    c: 2\n   d: 3\n",
            f"not valid YAML, line 4: d is indented by 3 spaces, c (line 3) by 4; {BELOW}",
        ),
        (
            "a: 'it'\n  b: \"x: y\"\n",
            f"not valid YAML, line 2: b is indented by 2 spaces, a (line 1) by 0; {BELOW}",
        ),
        (
            f"a:\n  b: 1\n   # c\n\n  {'x' * 40}\n c\n",
            f"not valid YAML, line 6: 'c' is indented by 1 space, {'x' * 30!r} (line 5) by 2; {BELOW}",
        ),
        # a colon without a space, or one in a text
        ("a:[1]\nb: 2\n", "not valid YAML, line 1: put a space after the colon, 'a: [1]'"),
        ("b: 1\na:[1]\n", "not valid YAML, line 2: put a space after the colon, 'a: [1]'"),
        (
            "a: b: c\n",
            'not valid YAML, line 1: a colon stands in the text; put quotation marks around it, a: "…"',
        ),
        (
            "x:\n  - a: b:\n",
            'not valid YAML, line 2: a colon stands in the text; put quotation marks around it, a: "…"',
        ),
        # anything else is said as the reader of YAML says it
        ("a: [1\n", "line 2, column 1: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        (
            "a: |\n  x: [\n y: 2\nb: {\n",
            "line 3, column 2: not valid YAML: expected <block end>, but found '<block mapping start>'",
        ),
        # parts of YAML that are not accepted
        ("a: 1\nb: 2\na: 3\n", "line 3: key 'a' stands twice"),
        ("a: &x 1\nb: *x\n", "line 2: YAML aliases (*name) are not accepted; write it out"),
        ("a: 1\nb: {<<: {c: 1}}\n", "line 2: YAML merges (<<) are not accepted; write it out"),
        ("a: " + "[" * 40 + "]" * 40, "line 1: nested too deeply to be a study file"),
    ],
)
def test_a_text_that_is_no_study_file_is_told_with_its_line(text, said):
    with pytest.raises(StrictYamlError) as error:
        load_yaml(text)
    assert str(error.value) == said


def test_plain_yaml_is_read_and_yes_and_no_are_texts():
    assert load_yaml("a: yes\nb: [no, on, true, False]\nc: 1e-3\n1: x\n") == {
        "a": "yes",
        "b": ["no", "on", True, False],
        "c": "1e-3",
        1: "x",
    }
    assert load_yaml("a: " + "[" * 39 + "]" * 39) is not None


NAME = "expected a name: letters A–Z without accents or ñ, digits, '_' and '.', not beginning with a digit"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("hypotheses:\n  - {id: H1, path: A -> B}\n  - {path: A -> B}", ["hypotheses.entry 2.id: missing"]),
        (
            "hypotheses:\n  - {id: H1, path: A -> B, sign: up}",
            ["hypotheses.H1.sign: expected 'positive' or 'negative' (found 'up')"],
        ),
        (
            "hypotheses:\n  - {id: 5, path: A -> B}",
            ["hypotheses.entry 1.id: expected text; put quotation marks around it (found 5)"],
        ),
        ("hypotheses: [x]", ["hypotheses.entry 1: expected keys with values (found 'x')"]),
        ("pls: {schem: path}", ["pls.schem: unknown key; did you mean 'scheme'?"]),
        (
            "survey: {consent: {colum: x, accept: [Y]}}",
            ["survey.consent.column: missing", "survey.consent.colum: unknown key; did you mean 'column'?"],
        ),
        (
            "survey: {reversed_items: [a1 a2]}",
            ["survey.reversed_items.0: one name a place, separated by commas: [a1, a2] (found 'a1 a2')"],
        ),
        (
            "survey: {reversed_items: ['a1 - a2; b1']}",
            [
                "survey.reversed_items.0: one name a place, separated by commas: [a1, a2, b1] (found 'a1 - a2; b1')"
            ],
        ),
        ("survey: {reversed_items: ['a 1']}", [f"survey.reversed_items.0: {NAME} (found 'a 1')"]),
        ("survey: {reversed_items: ['x!']}", [f"survey.reversed_items.0: {NAME} (found 'x!')"]),
        (f"pls: {{tolerance: {'x' * 58}}}", [f"pls.tolerance: expected a number (found {'x' * 58!r})"]),
        (f"pls: {{tolerance: {'x' * 59}}}", [f"pls.tolerance: expected a number (found '{'x' * 56}...)"]),
        ("bootstrap: 5", ["bootstrap: expected keys with values (found 5)"]),
        ("constructs2: 4", ["constructs2: unknown key; did you mean 'constructs'?"]),
    ],
)
def test_what_is_wrong_in_a_study_file_is_told_by_its_place(more, said):
    with pytest.raises(StudyError) as error:
        parse_study("id: t\ntitle: t\nconstructs: {A: [a1, a2], B: [b1]}\npaths: [A -> B]\n" + more)
    assert [str(p) for p in error.value.problems] == said


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ([], ""),
        (["b.csv", "a.CSV", "c.txt"], "; there are 'a.CSV', 'b.csv'"),
        ([f"{c}.csv" for c in "abcdef"], "; there are 'a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv'"),
        (
            [f"{c}.csv" for c in "abcdefg"],
            "; there are 'a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv', …",
        ),
        (["my_survey_2024.csv"], "; did you mean 'my_survey_2024.csv'?"),
    ],
)
def test_a_file_that_is_not_there_is_looked_for_in_its_folder(there, said, tmp_path):
    for name in there:
        (tmp_path / name).touch()
    (tmp_path / "folder.csv").mkdir()
    found = not_readable(tmp_path / "my_survey_of_2024.csv", FileNotFoundError(), (".csv",))
    assert found == f"cannot be read: no such file in {str(tmp_path)!r}{said}"


def test_what_else_keeps_a_file_from_being_read(tmp_path):
    gone = tmp_path / "none"
    assert not_readable(tmp_path, OSError(), ()) == "cannot be read: it is a folder, expected a file"
    assert (
        not_readable(gone / "a", FileNotFoundError(), ())
        == f"cannot be read: there is no folder {str(gone)!r}"
    )
    assert not_readable(gone, PermissionError(13, "no"), ()).startswith(
        "cannot be read: no; if it is open in"
    )
    assert not_readable(gone, OSError(5, "worn out"), ()) == "cannot be read: worn out"
