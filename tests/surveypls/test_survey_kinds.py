"""Kinds of export, of scale and of mistake that researchers have; what is right of each was worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from export_cases import AGREE, ITEMS, KNOWN, OFTEN, Grid, digits, new, read, right, told, words, write

from surveypls.study.definition import load_study
from surveypls.study.settings import SurveySettings
from surveypls.survey.answers import Scale
from surveypls.survey.check import CheckReport, check
from surveypls.survey.files import read_table
from surveypls.survey.scaffold import ScaffoldError, scaffold

FRENCH = ["Pas du tout d’accord", "Plutôt pas d’accord", "Plutôt d’accord", "Tout à fait d’accord"]


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    del book["Sheet"]
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


def said(survey: Path) -> str:
    """All that ``new`` tells: the proposed study file, what to confirm, what was left out."""
    made, text = new(survey)
    return text + made.advice()


# headings -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("padded", [True, False])
def test_a_title_above_the_headings_is_told_and_passed_over(padded: bool, tmp_path: Path) -> None:
    rest = [""] * 7 if padded else []
    survey = write(tmp_path, [["Survey of 2024", *rest], [""] * 8, ITEMS, *digits()])
    assert "row 1: above the headings, 'Survey of 2024'" in said(survey)
    right(survey)
    assert read_table(survey).row_numbers[:2] == (4, 5)
    assert "Row 1 is no answer: above the headings, 'Survey of 2024'." in told(survey).facts


def test_a_title_above_no_headings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="are the headings in another row"):
        read_table(write(tmp_path, [["Survey of 2024"], *digits()]))


def test_titles_and_groups_in_merged_cells_stand_above_the_headings(tmp_path: Path) -> None:
    groups: list[object] = [None, "Ease", None, None, None, "Trust"]
    heading = ["Folio", *(f"It is so, {i}" for i in ITEMS)]
    rows = [["Survey of 2024"], groups, heading, *([k, *r] for k, r in enumerate(words(AGREE), 1))]
    survey = workbook(tmp_path, Answers=rows)
    new(survey)
    study = right(survey)
    assert study.survey.respondent == "Folio"
    assert list(study.blocks()) == ["A", "B"]
    assert read_table(survey).header[1] == "Ease [It is so, A1]"


def test_the_last_question_may_span_columns_that_few_filled(tmp_path: Path) -> None:
    above = ["Respondent ID", "Please rate", *[""] * 7, "Your role?"]
    below = ["", *(f"It is so, {i}" for i in ITEMS), "Response", "Other (please specify)"]
    rows = [[str(k), *row, "Nurse", "driver" if k == 9 else ""] for k, row in enumerate(digits())]
    survey = write(tmp_path, [above, below, *rows])
    made, _ = new(survey)
    assert "'Your role? [Other (please specify)]'" in made.advice()
    study, cleaned = read(survey)
    np.testing.assert_array_equal(cleaned.responses[list(study.items)].to_numpy(), KNOWN)


def test_an_unquoted_comma_spans_no_columns(tmp_path: Path) -> None:
    rows = [["id", *ITEMS], *([str(k), *row] for k, row in enumerate(words(AGREE)))]
    rows[1][3:3] = ["so", "so"]
    with pytest.raises(ValueError, match="row 2: 11 cells under 9 headings"):
        read_table(write(tmp_path, rows))


def test_notes_beside_the_first_answers_are_no_headings(tmp_path: Path) -> None:
    rows = [[*row, *(["mind", "this"] if k == 0 else ["", ""]), str(k)] for k, row in enumerate(words(AGREE))]
    survey = write(tmp_path, [[*ITEMS, "", "", "id"], *rows])
    new(survey)
    right(survey)


def test_the_answers_stand_on_the_longest_sheet(tmp_path: Path) -> None:
    about: list[list[object]] = [["Variables"], *([i, "It is so", "1-5"] for i in ITEMS)]
    survey = workbook(tmp_path, About=about, Answers=[list(ITEMS), *KNOWN.tolist()])
    assert "'Answers', which was read" in said(survey)
    right(survey)
    waves = workbook(tmp_path, T1=[list(ITEMS), *KNOWN.tolist()], T2=[list(ITEMS), *KNOWN[::-1].tolist()])
    assert read_table(waves).sheet == "T1"


def test_decimal_commas_do_not_separate_cells(tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *([f"{c},0" for c in row] for row in digits())], ";")
    new(survey)
    right(survey)


@pytest.mark.parametrize(
    "headings",
    [
        [f"Section A/{'Ease' if i[0] == 'A' else 'Trust'}/It is so and/or not, {i[1]}" for i in ITEMS],
        [f"It is so ({i})" for i in ITEMS],
        [f"{1 + 'AB'.index(i[0])}.{i[1]} It is so, {i}" for i in ITEMS],
    ],
    ids=["groups by label", "code behind", "numbered sections"],
)
def test_constructs_are_read_off_headings(headings: list[str], tmp_path: Path) -> None:
    survey = write(tmp_path, [headings, *digits()])
    new(survey)
    right(survey)


def test_a_slash_within_a_word_makes_no_construct(tmp_path: Path) -> None:
    headings = [
        f"El/la docente {what}" for what in ("explica", "escucha", "ayuda", "llega", "va", "ve", "oye", "lee")
    ]
    survey = write(tmp_path, [headings, *digits()])
    made, _ = new(survey)
    assert "X (8)" in made.advice()


def test_a_test_of_attention_a_wave_and_trial_rows_are_no_items_and_named(tmp_path: Path) -> None:
    head = ["Nombre", "Wave", *ITEMS[:2], "Please select 'Agree' here", *ITEMS[2:]]
    rows = [
        [f"Ana {k}" if k else "PRUEBA", str(1 + k % 2), *row[:2], "Agree", *row[2:]]
        for k, row in enumerate(words(AGREE))
    ]
    survey = write(tmp_path, [head, *rows])
    told_of = said(survey)
    for text in (
        "\"Please select 'Agree' here\": asks for a certain answer, a test of attention",
        "'Wave': waves? analyse one at a time",
        'exclude: {"Nombre": ["PRUEBA"]}',
    ):
        assert text in told_of
    study, cleaned = read(survey)
    assert study.items == tuple(ITEMS)
    np.testing.assert_array_equal(cleaned.responses.to_numpy(), KNOWN[1:])


def test_a_ranking_is_no_construct(tmp_path: Path) -> None:
    ranks = [np.random.default_rng(k).permutation(4) + 1 for k in range(120)]
    rows = [[*row, *map(str, ranks[k])] for k, row in enumerate(digits())]
    survey = write(tmp_path, [[*ITEMS, *(f"R{k}" for k in range(1, 5))], *rows])
    assert "columns 'R1', 'R2', 'R3', 'R4': a ranking, or parts of a whole" in said(survey)
    right(survey)


def test_a_note_in_the_last_row_is_no_person(tmp_path: Path) -> None:
    rows = [[str(k), *row] for k, row in enumerate(digits())]
    survey = write(tmp_path, [["id", *ITEMS], *rows, ["Made by us from the survey", *[""] * 8]])
    assert "row 122: a footer, 'Made by us from the survey'" in said(survey)
    assert len(read_table(survey).rows) == 120


@pytest.mark.parametrize(
    ("asks", "yes", "no"),
    [
        ("Termo de consentimento", "Li e concordo em participar", "Não concordo"),
        ("Consentement éclairé", "J’accepte", "Je refuse"),
        ("Einwilligung", "Ja, ich stimme zu", "Nein"),
        ("Consenso informato", "Acconsento", "Non acconsento"),
    ],
)
def test_consent_in_other_languages(asks: str, yes: str, no: str, tmp_path: Path) -> None:
    rows = [[no if k == 3 else yes, *row] for k, row in enumerate(digits())]
    survey = write(tmp_path, [[asks, *ITEMS], *rows])
    new(survey)
    _, cleaned = read(survey)
    np.testing.assert_array_equal(cleaned.responses.to_numpy(), np.delete(KNOWN, 3, axis=0))


# scales -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shift", [3, 4])
def test_scales_with_numbers_below_zero(shift: int, tmp_path: Path) -> None:
    answers = KNOWN - shift  # -2 to 2, or -3 to 1 where nobody gave the highest two
    survey = write(tmp_path, [ITEMS, *digits(answers)])
    assert f"the answers run from {1 - shift} to {5 - shift}: is that the whole scale?" in said(survey)
    right(survey, answers)


def test_a_few_numbers_below_zero_are_codes(tmp_path: Path) -> None:
    body = digits(KNOWN - 1)
    for k in range(8):
        body[k][k] = "-1" if k % 2 else "-2"
    survey = write(tmp_path, [ITEMS, *body])
    assert "words taken for no answer: '-2' ×4, '-1' ×4" in said(survey)
    _, cleaned = read(survey)
    np.testing.assert_array_equal(cleaned.responses.to_numpy(), KNOWN[8:] - 1)


def test_a_scale_may_begin_above_ten(tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *digits(KNOWN + 10)])
    assert "the answers run from 11 to 15: is that the whole scale?" in said(survey)
    assert right(survey, KNOWN + 10).scale_ends[1]["A1"] == 15


def test_a_zero_below_one_to_five_is_asked_about(tmp_path: Path) -> None:
    body = digits()
    for k in range(30):
        body[k][k % 8] = "0"
    survey = write(tmp_path, [ITEMS, *body])
    assert "0 was given 30 times: is it an answer, or does it mean no answer?" in said(survey)
    assert told(survey).errors[0].startswith("s.yaml: survey.scale: no number for '0'")


def test_half_steps_are_asked_about_and_read_by_their_place(tmp_path: Path) -> None:
    halves = 1 + (KNOWN - 1) / 2  # 1, 1.5, 2, 2.5, 3
    survey = write(tmp_path, [ITEMS, *([f"{v:g}" for v in row] for row in halves)])
    made, text = new(survey)
    assert "numbers with decimals: give each answer its place, 1 for the lowest" in made.advice()
    assert "no number for '1', '1.5', '2', '2.5', '3'" in told(survey).errors[0]
    for place, label in enumerate(("1", "1.5", "2", "2.5", "3"), 1):
        text = text.replace(f'    "{label}":\n', f'    "{label}": {place}\n')
    survey.with_suffix(".yaml").write_text(text, encoding="utf-8")
    right(survey)


def test_a_number_means_the_label_that_it_is() -> None:
    scale = Scale.of(SurveySettings(scale={"0": 1, "1": 2, "2": 3}))
    assert [scale.read(t) for t in ("0", "1.0", "2,0", "3")] == [
        ("answer", 1),
        ("answer", 2),
        ("answer", 3),
        ("unreadable", None),
    ]
    plain_numbers = Scale.of(SurveySettings(scale={"Never": 1, "Often": 2, "Always": 3}))
    assert [plain_numbers.read(t) for t in ("3", "'3", '="3"', "２")] == [("answer", v) for v in (3, 3, 3, 2)]


def test_a_few_halves_are_no_end_of_the_scale(tmp_path: Path) -> None:
    body = digits()
    for k in range(25):
        body[k][k % 8] = "3.5"
    survey = write(tmp_path, [ITEMS, *body])
    assert 'scale: {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}' in said(survey)
    assert "'3.5' ×25 in 8 items is not on the scale. Write" in "\n".join(told(survey).errors)


@pytest.mark.parametrize("word", ["x", "S/D", "?", "-"])
def test_a_few_words_among_whole_numbers_are_no_end_of_the_scale(word: str, tmp_path: Path) -> None:
    body = digits()
    for k in range(4):
        body[10 * k][0] = word
    survey = write(tmp_path, [ITEMS, *body])
    told_of = said(survey)
    assert 'scale: {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}' in told_of
    assert f"{word!r} ×4" in told_of
    _, cleaned = read(survey)
    np.testing.assert_array_equal(cleaned.responses.to_numpy(), np.delete(KNOWN, [0, 10, 20, 30], axis=0))


@pytest.mark.parametrize(
    ("label", "told_of"),
    [
        ("6 - Not applicable", "words taken for no answer: '6 - Not applicable' ×20"),
        ("0 (no answer)", "words taken for no answer: '0 (no answer)' ×20"),
        ("9 - Don't know", "9 - Don't know was given 20 times and nobody answered 6–8"),
    ],
)
def test_a_number_that_says_that_it_is_no_answer_is_none(label: str, told_of: str, tmp_path: Path) -> None:
    body = words([f"{v} - {t}" for v, t in enumerate(AGREE, 1)])
    for k in range(20):
        body[k][k % 8] = label
    survey = write(tmp_path, [ITEMS, *body])
    assert told_of in said(survey)
    if label[0] != "9":
        _, cleaned = read(survey)
        np.testing.assert_array_equal(cleaned.responses.to_numpy(), KNOWN[20:])


def test_sliders_under_sentences(tmp_path: Path) -> None:
    slid = np.clip(20 * KNOWN - np.random.default_rng(3).integers(0, 20, KNOWN.shape), 0, 100)
    survey = write(tmp_path, [[f"It is so in way {'abcdefgh'[k]}" for k in range(8)], *digits(slid)])
    told_of = said(survey)
    assert "  scale: 0-100\n" in told_of
    assert "a slider: is 0 to 100 the whole scale?" in told_of


def test_typographic_apostrophes_are_apostrophes(tmp_path: Path) -> None:
    answers = np.clip(KNOWN, 1, 4)
    survey = write(tmp_path, [ITEMS, *words(FRENCH, answers)])
    new(survey)
    assert list(right(survey, answers).survey.scale) == FRENCH


def test_steps_of_a_known_scale_that_nobody_gave_are_asked_about(tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *words(OFTEN, np.clip(KNOWN, 2, 5))])
    assert "nobody answered Never; is the scale Never, Rarely, Sometimes, Often, Always?" in said(survey)
    right(survey, np.clip(KNOWN, 2, 5))


def test_two_versions_of_a_form_are_read_and_asked_about(tmp_path: Path) -> None:
    for first, n in ((90, 240), (60, 480)):
        survey = write(tmp_path, [ITEMS, *words(AGREE)[:first], *digits()[first:]])
        assert f"numbers among the words, ×{n}, are read as places on the scale" in said(survey)
        right(survey)


def test_questions_answered_yes_or_no_hide_no_scale(tmp_path: Path) -> None:
    rows = [[*row, *(["Yes", "No"][(k + j) % 2] for j in range(12))] for k, row in enumerate(words(OFTEN))]
    survey = write(tmp_path, [[*ITEMS, *(f"D{j}" for j in range(1, 13))], *rows])
    assert "'D10', 'D12': only 2 different answers ('No', 'Yes')" in said(survey)
    assert list(right(survey).survey.scale) == OFTEN


def test_ranges_that_a_spreadsheet_made_dates_are_told(tmp_path: Path) -> None:
    body = words(["0", "01-feb", "03-may", "06-oct", "More than 10"])
    survey = write(tmp_path, [ITEMS, *body])
    told_of = said(survey)
    assert (
        "a spreadsheet made dates of answers: '01-feb': '1-2', '03-may': '3-5', '06-oct': '6-10'" in told_of
    )
    assert "'0'" in told(survey).errors[0]


def test_where_nothing_is_an_item_each_column_has_its_reason(tmp_path: Path) -> None:
    rows: Grid = [["Age", "Answer"], *([str(20 + k), f"text {k}"] for k in range(40))]
    with pytest.raises(
        ScaffoldError, match=r"column 'Age': about the person.*column 'Answer': 40 different texts"
    ):
        scaffold(write(tmp_path, rows))


# mistakes in the study file ------------------------------------------------------------------------------
def checked(folder: Path, old: str, mended: str, scale: list[str] = AGREE) -> CheckReport:
    rows = [[*row, str(20 + k % 9), "MX"] for k, row in enumerate(words(scale))]
    survey = write(folder, [[*ITEMS, "Age", "Country"], *rows])
    _, text = new(survey)
    assert old in text
    survey.with_suffix(".yaml").write_text(text.replace(old, mended, 1), encoding="utf-8")
    return check(survey, survey.with_suffix(".yaml"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("controls: {AGE: Agee}", "s.yaml: controls.AGE: no column headed 'Agee'; did you mean 'Age'?"),
        (
            "groups: {column: Contry}",
            "s.yaml: groups.column: no column headed 'Contry'; did you mean 'Country'?",
        ),
        ("marker: Agge", "s.yaml: marker: no column headed 'Agge'; did you mean 'Age'?"),
    ],
)
def test_a_misspelt_column_is_named_by_its_key(more: str, message: str, tmp_path: Path) -> None:
    assert checked(tmp_path, "constructs:", f"{more}\nconstructs:").errors[0] == message


def test_answers_to_leave_out_that_nobody_gave_are_told(tmp_path: Path) -> None:
    report = checked(tmp_path, "  reversed_items", "  exclude: {Country: [Mexico]}\n  reversed_items")
    message = "survey.exclude: nobody answered 'Mexico' in column 'Country'; given: 'MX'"
    assert f"s.yaml: {message}" in report.warnings
    consent = "  consent: {column: Country, accept: ['Yes', 'MX']}\n  reversed_items"
    assert not any("nobody answered" in w for w in checked(tmp_path, "  reversed_items", consent).warnings)
    consent = consent.replace(", 'MX'", "")
    assert any(
        "survey.consent.accept: nobody answered 'Yes'" in w
        for w in checked(tmp_path, "  reversed_items", consent).warnings
    )


def test_numbers_that_fall_or_skip_are_asked_about(tmp_path: Path) -> None:
    fallen = checked(tmp_path, "id: s", "id: s", [f"{v} = {t}" for v, t in enumerate(AGREE[::-1], 1)])
    assert any("the highest number is the lowest answer: 1 = Strongly agree: 1" in w for w in fallen.warnings)
    skipped = checked(tmp_path, "Disagree: 2", "Disagree: 1")
    assert any("survey.scale: no answer has the number 2; is that meant?" in w for w in skipped.warnings)
    sound = checked(tmp_path, "id: s", "id: s")
    assert not any("survey.scale" in w for w in sound.warnings)


def test_waves_are_no_forms_sent_twice(tmp_path: Path) -> None:
    rows = [[str(k % 60), *row] for k, row in enumerate(digits())]
    survey = write(tmp_path, [["record_id", *ITEMS], *rows])
    new(survey)
    assert load_study(survey.with_suffix(".yaml")).survey.respondent == "record_id"
    (line,) = [w for w in told(survey).warnings if "same id" in w]
    assert "60 rows, kept" in line and "if they are waves, analyse one at a time (survey.exclude)" in line


def test_a_proposal_in_spanish_has_no_english_remark(tmp_path: Path) -> None:
    head = [f"{i}. Me gusta cómo es esta aplicación" for i in ITEMS]
    survey = write(tmp_path, [head, *words(["Nunca", "Casi nunca", "A veces", "Casi siempre", "Siempre"])])
    _, text = new(survey)
    assert "# A petición; quite el # al principio de una línea:" in text
    assert "# ¿difieren las trayectorias entre grupos?" in text


def test_who_gives_one_answer_throughout_is_named_and_kept(tmp_path: Path) -> None:
    body = words(AGREE)
    body[4] = ["Agree"] * 8
    survey = write(tmp_path, [ITEMS, *body])
    new(survey)
    alike = [k + 2 for k, row in enumerate(body) if len(set(row)) == 1]
    (line,) = [fact for fact in told(survey).facts if "one answer to everything" in fact]
    assert 6 in alike and line.startswith(f"{len(alike)} of them give one answer to everything (rows ")
    assert len(read(survey)[1].responses) == 120


def test_a_known_scale_numbered_downwards_is_asked_about(tmp_path: Path) -> None:
    fallen = checked(tmp_path, "id: s", "id: s", [f"{v} - {t}" for v, t in enumerate(OFTEN[::-1], 1)])
    assert any("the highest number is the lowest answer: 1 - Always: 1" in w for w in fallen.warnings)
