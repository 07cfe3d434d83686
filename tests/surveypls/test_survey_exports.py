"""Known answers in the dress of many exports: the same rows, items, scales and estimates come back, or a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from export_cases import AGREE, ITEMS, KNOWN, OFTEN, Grid, digits, known, new, read, right, told, words, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plsem.estimator import fit
from plsem.model import Model
from surveypls.study.definition import Study, load_study
from surveypls.survey.check import check
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import CleaningResult


def estimate(study: Study, cleaned: CleaningResult) -> np.ndarray:
    model = Model(study.blocks(), study.path_pairs)
    found = fit(cleaned.responses, model)
    return np.concatenate([np.ravel(found.path_coefficients), np.ravel(found.outer_weights)])


# tools -----------------------------------------------------------------------------------------------
def google(body: Grid) -> Grid:
    head = ["Timestamp", *(f"How much do you agree? [{i}. It is so]" for i in ITEMS), "Your age", "Comments"]
    return [
        head,
        *([f"3/4/2025 9:{k % 60:02}:{k // 60:02}", *row, str(18 + k % 50), ""] for k, row in enumerate(body)),
    ]


def microsoft(body: Grid) -> Grid:
    head = ["ID", "Start time", "Completion time", "Email", "Name", *(f"{i}. It is so" for i in ITEMS)]
    return [head, *([str(k + 1), f"3/4/25 9:{k % 60:02}", f"3/4/25 10:{k % 60:02}", "anonymous", "", *row]
                    for k, row in enumerate(body))]  # fmt: skip


def qualtrics(body: Grid) -> Grid:
    codes = [
        "StartDate",
        "EndDate",
        "Status",
        "Progress",
        "Finished",
        "ResponseId",
        "DistributionChannel",
        *ITEMS,
    ]
    texts = [
        "Start Date",
        "End Date",
        "Response Type",
        "Progress",
        "Finished",
        "Response ID",
        "Distribution Channel",
    ]
    texts += [f"How much do you agree? - It is so, {i}" for i in ITEMS]
    ids = [f'{{"ImportId":"{c}"}}' for c in codes]
    fixed = ["IP Address", "100", "True"]
    rows = [
        [
            f"2025-03-04 09:{k % 60:02}:00",
            f"2025-03-04 10:{k % 60:02}:00",
            *fixed,
            f"R_{k:03}",
            "anonymous",
            *row,
        ]
        for k, row in enumerate(body)
    ]
    return [codes, texts, ids, *rows]


def surveymonkey(body: Grid) -> Grid:
    top = [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "How much do you agree?",
        *[""] * 7,
        "What is your gender?",
    ]
    below = ["", "", "", *(f"Statement {i}" for i in ITEMS), "Response"]
    return [
        top,
        below,
        *([str(9000 + k), "17", "03/04/2025 09:00", *row, "FM"[k % 2]] for k, row in enumerate(body)),
    ]


def limesurvey(body: Grid) -> Grid:
    parts = [f"grp{i[0]}[SQ00{i[1]}]" for i in ITEMS]
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", *parts]
    return [
        head,
        *([str(k), "2025-03-04 09:00:00", "3", "en", str(77000 + k), *row] for k, row in enumerate(body)),
    ]


def kobo(body: Grid) -> Grid:
    names = [f"utaut_{i[0].lower()}/{i.lower()}" for i in ITEMS]
    rows = [["start", "end", *names, "__version__", "_id", "_uuid", "_submission_time", "_index"]]
    for k, row in enumerate(body):
        coded = [c.lower().replace(" ", "_") for c in row]
        after = ["vX", str(500 + k), f"u-{k}", "2025-03-04T09:10:00", str(k + 1)]
        rows.append(["2025-03-04T09:00:00", "2025-03-04T09:09:00", *coded, *after])
    return rows


def redcap(body: Grid) -> Grid:
    head = [
        "record_id",
        "redcap_survey_identifier",
        "form_timestamp",
        *(i.lower() for i in ITEMS),
        "form_complete",
    ]
    return [head, *([str(k + 1), "", "2025-03-04 09:00", *row, "2"] for k, row in enumerate(body))]


TOOLS = {f.__name__: f for f in (google, microsoft, qualtrics, surveymonkey, limesurvey, kobo, redcap)}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("labels", [AGREE, OFTEN], ids=["agree", "often"])
def test_form_tools(tool: str, labels: list[str], tmp_path: Path) -> None:
    survey = write(tmp_path, TOOLS[tool](words(labels)), ";" if tool == "kobo" else ",")
    made, _ = new(survey)
    study = right(survey)
    assert study.survey.respondent or study.survey.time
    used = {study.survey.respondent, study.survey.time, *(i.heading for i in _headings(survey))}
    unused = [h for h in _header(survey) if h not in used]
    said = "\n".join(made.left_out)
    assert all(repr(h) in said for h in unused), (unused, said)
    if tool == "qualtrics":
        assert "row 2: question texts" in said
        assert "row 3: import ids" in said
        assert "It is so, A1" in survey.with_name("s_codebook.csv").read_text()


def _headings(survey: Path) -> Any:
    raw = read_survey(survey, load_study(survey.with_suffix(".yaml")), _book(survey))
    return raw.columns[raw.columns["role"] == "item"].itertuples()


def _book(survey: Path) -> Path | None:
    book = survey.with_name("s_codebook.csv")
    return book if book.exists() else None


def _header(survey: Path) -> list[str]:
    from surveypls.survey.files import read_table

    return list(read_table(survey).header)


def test_previews_are_left_out_by_name_and_told(tmp_path: Path) -> None:
    rows = qualtrics(words(AGREE))
    for k in (5, 9):
        rows[k][2] = "Survey Preview"
    survey = write(tmp_path, rows)
    made, text = new(survey)
    assert any("2 rows are previews or tests" in u for u in made.unsure)
    study, cleaned = read(survey)
    assert study.survey.exclude == {"Status": ("Survey Preview",)}
    assert len(cleaned.responses) == 118
    assert cleaned.log["row"].tolist()[:4] == [2, 3, 6, 10]
    survey.with_suffix(".yaml").write_text(text.replace("  exclude:", "  # exclude:"), encoding="utf-8")
    assert any("exclude: {Status: [Survey Preview]}" in w for w in told(survey).warnings)


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_files_of_statistical_packages(ending: str, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame(KNOWN.astype(float), columns=ITEMS)
    frame.insert(0, "id", [f"P{i}" for i in range(len(frame))])
    frame.loc[3, "A1"] = 9
    path = tmp_path / f"s.{ending}"
    labels = {i: dict(enumerate(AGREE, 1)) for i in ITEMS}
    titles = {"id": "Person", **{i: f"It is so, {i}" for i in ITEMS}}
    if ending == "sav":
        for found in labels.values():
            found[9] = "Refused"
        pyreadstat.write_sav(
            frame, str(path), column_labels=titles, variable_value_labels=labels,
            missing_ranges={i: [9] for i in ITEMS},
        )  # fmt: skip
    else:
        frame.loc[3, "A1"] = np.nan
        pyreadstat.write_dta(frame, str(path), column_labels=titles, variable_value_labels=labels)
    made, _ = new(path)
    study, cleaned = read(path)
    np.testing.assert_array_equal(cleaned.responses.to_numpy(), np.delete(KNOWN, 3, axis=0))
    assert cleaned.log["row"].tolist() == [5]
    assert study.survey.respondent == "id"
    assert "It is so, A1" in path.with_name("s_codebook.csv").read_text()
    if ending == "sav":
        assert any("missing 9 (Refused)' ×1" in u for u in made.unsure)
        assert any("'missing 9 (Refused)' ×1 in 1 items" in f for f in told(path).facts)


def test_the_sheet_that_is_read_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"  # type: ignore[union-attr]
    page = book.create_sheet("Form Responses 1")
    for row in [ITEMS, *KNOWN.tolist()]:
        page.append(row)
    survey = tmp_path / "s.xlsx"
    book.save(survey)
    made, text = new(survey)
    assert "  sheet: Form Responses 1\n" in text
    assert any("'Form Responses 1', which was read" in t for t in made.left_out)
    right(survey)
    assert "Of the workbook's sheets 'Form Responses 1' was read." in told(survey).facts


# scales ----------------------------------------------------------------------------------------------
LANGUAGES = {
    code: line.split(" | ")
    for code, line in {
        "es": "Muy en desacuerdo | En desacuerdo | Ni de acuerdo ni en desacuerdo | De acuerdo | Muy de acuerdo",
        "pt": "Discordo totalmente | Discordo | Não concordo nem discordo | Concordo | Concordo totalmente",
        "fr": "Pas du tout d'accord | Pas d'accord | Neutre | D'accord | Tout à fait d'accord",
        "de": "Stimme gar nicht zu | Stimme eher nicht zu | Teils/teils | Stimme eher zu | Stimme voll zu",
        "it": "Totalmente in disaccordo | In disaccordo | Neutrale | D'accordo | Totalmente d'accordo",
        "ca": "Totalment en desacord | En desacord | Ni d'acord ni en desacord | D'acord | Totalment d'acord",
    }.items()
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_scales_in_seven_languages(language: str, tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *words(LANGUAGES[language])])
    new(survey)
    assert list(right(survey).survey.scale) == LANGUAGES[language]


@pytest.mark.parametrize(
    "labels",
    [
        [f"{v} - {t}" for v, t in enumerate(AGREE, 1)],
        [f"{t} ({v})" for v, t in enumerate(AGREE, 1)],
        [f"{v} ({t})" for v, t in enumerate(AGREE, 1)],
        ["1 - Strongly disagree", "2", "3", "4", "5 - Strongly agree"],
        ["Strongly disagree", "2", "3", "4", "Strongly agree"],
        ["Nada", "2", "3", "4", "Totalmente"],
    ],
)
def test_numbers_with_words(labels: list[str], tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *words(labels)])
    made, _ = new(survey)
    right(survey)
    if "2" in labels and "1 - Strongly disagree" not in labels:
        assert any(f"is {labels[0]!r} the lowest and {labels[-1]!r} the highest" in u for u in made.unsure)


def test_words_of_an_unknown_scale_stand_in_order_and_without_numbers(tmp_path: Path) -> None:
    strange = ["zub", "mip", "tor", "wex", "gal"]  # lowest first
    survey = write(tmp_path, [ITEMS, *words(strange)])
    made, text = new(survey)
    scale = text[text.index("  scale:") : text.index("  missing_codes")]
    order = [line.strip().rstrip(":") for line in scale.splitlines()[1:]]
    assert order in (strange, strange[::-1])
    assert any("or the other way round" in u for u in made.unsure)
    assert "no number for" in "\n".join(told(survey).errors)


def test_each_construct_has_its_own_scale(tmp_path: Path) -> None:
    body = [a[:4] + b[4:] for a, b in zip(words(AGREE), words(OFTEN), strict=True)]
    survey = write(tmp_path, [ITEMS, *body])
    made, _ = new(survey)
    study = right(survey)
    assert list(study.scale_of("A2")) == AGREE
    assert list(study.scale_of("B2")) == OFTEN
    assert any("is another scale" in u for u in made.unsure)


def test_ranges_of_numbers_are_those_of_each_item(tmp_path: Path) -> None:
    answers = np.column_stack([KNOWN[:, :4], known(top=7)[:, 4:]])
    survey = write(tmp_path, [ITEMS, *digits(answers)])
    new(survey)
    study = right(survey, answers)
    assert study.scale_ends[1] == {i: 5 if i[0] == "A" else 7 for i in ITEMS}
    text = survey.with_suffix(".yaml").read_text().replace("reversed_items: []", "reversed_items: [B2]")
    survey.with_suffix(".yaml").write_text(text, encoding="utf-8")
    _, cleaned = read(survey)
    np.testing.assert_array_equal(cleaned.responses["B2"], 8 - answers[:, 5])


def test_zero_based_and_sliders(tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *digits(KNOWN - 1)])
    new(survey)
    assert right(survey, KNOWN - 1).survey.scale == {str(v): v for v in range(5)}
    rng = np.random.default_rng(3)
    slid = np.clip(20 * KNOWN - rng.integers(0, 20, KNOWN.shape), 0, 100)
    survey = write(tmp_path, [ITEMS, *digits(slid)])
    _, text = new(survey)
    assert "  scale: 0-100\n" in text
    assert right(survey, slid).scale_ends[1]["A1"] == 100


@pytest.mark.parametrize(("n", "asked"), [(30, True), (2, False)])
def test_numbers_beyond_a_gap_are_asked_about_or_listed(n: int, asked: bool, tmp_path: Path) -> None:
    body = digits()
    for k in range(n):
        body[3 * k][k % 8] = "9"
    survey = write(tmp_path, [ITEMS, *body])
    made, text = new(survey)
    if asked:
        assert any(f"9 was given {n} times and nobody answered 6–8" in u for u in made.unsure)
        assert "no number for '9'" in "\n".join(told(survey).errors)
        text = text.replace('    "9":\n', "").replace('missing_codes: ["",', 'missing_codes: ["", "9",')
        survey.with_suffix(".yaml").write_text(text, encoding="utf-8")
        assert any(f"'9' ×{n} in 8 items" in f for f in told(survey).facts)
    else:
        assert any("'9' ×2, on no scale (A1 row 2, A2 row 5)" in t for t in made.left_out)
    _, cleaned = read(survey)
    assert len(cleaned.responses) == 120 - n
    wrong = text.replace("missing_codes:", "codes:") if not asked else ""
    assert not wrong or "'9' ×2" in "\n".join(told(survey).warnings)


def test_a_scale_whose_steps_nobody_used_is_asked_about_by_check(tmp_path: Path) -> None:
    body = digits()
    for k in range(30):
        body[k][k % 8] = "9"
    survey = write(tmp_path, [ITEMS, *body])
    _, text = new(survey)
    told_scale = text[text.index("  scale:") : text.index("  missing_codes")]
    survey.with_suffix(".yaml").write_text(text.replace(told_scale, "  scale: 1-9\n"), encoding="utf-8")
    said = "\n".join(told(survey).warnings)
    assert "nobody answered 6, 7, 8" in said
    assert "30 answered 9" in said


@pytest.mark.parametrize(
    ("labels", "word"),
    [
        (["None", "Little", "Some", "Much", "All"], ""),
        (["None", "Mild", "Moderate", "Severe", "Very severe"], ""),
        (["Strongly disagree", "Disagree", "Don't know", "Agree", "Strongly agree"], "Don't know"),
        (["NA", "PA", "A", "FA", "TA"], "NA"),
    ],
)
def test_words_that_may_mean_no_answer_are_read_or_asked_about(
    labels: list[str], word: str, tmp_path: Path
) -> None:
    survey = write(tmp_path, [ITEMS, *words(labels)])
    made, _ = new(survey)
    if not word:
        right(survey)
        return
    n = sum(row.count(word) for row in words(labels))
    assert any(f"{word!r} ×{n}: is it an answer of the scale, or no answer?" in u for u in made.unsure)
    assert repr(word) in "\n".join(told(survey).errors)


def test_a_code_that_is_also_an_answer_says_that_it_is_a_default(tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *words(["NA", "PA", "A", "FA", "TA"])])
    _, text = new(survey)
    scale = text[text.index("  scale:") : text.index("  reversed_items")]
    survey.with_suffix(".yaml").write_text(
        text.replace(scale, "  scale: {NA: 1, PA: 2, A: 3, FA: 4, TA: 5}\n"), encoding="utf-8"
    )
    (said,) = told(survey).errors
    assert "'NA' means no answer unless the study file says otherwise" in said
    assert 'missing_codes: ["", "N/A"' in said


# cells, rows, columns ------------------------------------------------------------------------------------
def test_one_stray_cell_costs_no_item(tmp_path: Path) -> None:
    body = digits()
    body[3][0], body[5][5], body[8][2], body[9][7] = "4 o 5", "55", "01-feb", "0"
    survey = write(tmp_path, [ITEMS, *body])
    made, _ = new(survey)
    study, cleaned = read(survey)
    assert study.items == tuple(ITEMS)
    assert study.survey.scale == {str(v): v for v in range(1, 6)}
    said = "\n".join(made.left_out)
    for place in (
        "'4 o 5' ×1, on no scale (A1 row 5)",
        "'55' ×1",
        "'0' ×1",
        "a spreadsheet made a date of '1-2'",
    ):
        assert place in said
    assert cleaned.log[cleaned.log["rule"] == "out_of_scale"]["row"].tolist() == [5, 7, 10, 11]
    assert len(cleaned.responses) == 116


@pytest.mark.parametrize("foot", ["Mean", "Promedio", "Total responses: 120", "Fuente: encuesta propia"])
def test_footers_are_told_and_cost_no_item(foot: str, tmp_path: Path) -> None:
    survey = write(tmp_path, [ITEMS, *digits(), [""] * 8, [foot, *[""] * 7]])
    made, _ = new(survey)
    right(survey)
    assert any("row 123: a footer" in t for t in made.left_out)
    means = [f"{m:.2f}" for m in KNOWN.mean(axis=0)]
    survey = write(tmp_path, [ITEMS, *digits(), means])
    new(survey)
    right(survey)


def test_people_who_answer_alike_are_kept(tmp_path: Path) -> None:
    answers = np.clip(known(300), 4, 5)
    rows = [["record_id", "Timestamp", *ITEMS, "age"]]
    rows += [
        [str(k), f"2025-03-04 {k // 60:02}:{k % 60:02}:00", *row, str(20 + k % 9)]
        for k, row in enumerate(digits(answers))
    ]
    survey = write(tmp_path, [*rows, rows[7]])
    made, _ = new(survey)
    _, cleaned = read(survey)
    assert len(cleaned.responses) == 300
    assert cleaned.log[cleaned.log["action"] == "dropped"]["row"].tolist() == [302]
    assert any("'age': about the person" in t for t in made.left_out)


def test_demographics_totals_and_ids_are_no_constructs(tmp_path: Path) -> None:
    rows = [["ID", "Gender", "Education", *ITEMS, "A_total", "Mean", "Grand", "City"]]
    for k, row in enumerate(KNOWN):
        mean = f"{row[4:].mean():.2f}"
        rows.append(
            [
                f"P{k}",
                str(1 + k % 2),
                str(1 + k % 5),
                *map(str, row),
                str(row[:4].sum()),
                mean,
                str(row.sum()),
                "Ensenada",
            ]
        )
    survey = write(tmp_path, rows)
    made, _ = new(survey)
    right(survey)
    said = "\n".join(made.left_out)
    assert "'A_total': it follows from A1 + A2 + A3 + A4 in every row" in said or "'A_total': numbers" in said
    for heading in ("Gender", "Education", "A_total", "Mean", "Grand", "City"):
        assert repr(heading) in said


def test_an_item_that_follows_from_others_is_named_and_the_rest_runs(tmp_path: Path) -> None:
    answers = np.column_stack([KNOWN, KNOWN[:, 0] + KNOWN[:, 1] - KNOWN[:, 2] + 4])
    survey = write(tmp_path, [[*ITEMS, "A5"], *digits(answers)])
    (tmp_path / "s.yaml").write_text(
        "id: s\ntitle: s\nsurvey: {scale: 1-13}\nefa: {prune: false}\nconstructs:\n"
        "  A: [A1, A2, A3, A4, A5]\n  B: [B1, B2, B3, B4]\npaths: [A -> B]\n"
    )
    report = told(survey)
    assert report.errors == ()
    said = "\n".join(report.warnings)
    assert "item A5 follows from others in every row, A5 = A1 + A2 − A3" in said
    assert "exact fit, d_G, NFI and χ² are left blank: one of these items is a combination" in said


def test_controls_and_groups_are_passed_on(tmp_path: Path) -> None:
    rows = [["ID", "Edad", "Sexo", *ITEMS]]
    rows += [[f"P{k}", str(20 + k % 40), "MH"[k % 2], *row] for k, row in enumerate(digits())]
    rows[4][1] = ""
    survey = write(tmp_path, rows)
    _, text = new(survey)
    more = "controls:\n  AGE: Edad\n  SEX: {column: Sexo, codes: {M: 0, H: 1}}\n"
    more += "groups: {column: Sexo, compare: [M, H]}\n"
    survey.with_suffix(".yaml").write_text(text + more, encoding="utf-8")
    _, cleaned = read(survey)
    assert cleaned.observed.columns.tolist() == ["AGE", "SEX", "group"]
    assert len(cleaned.observed) == len(cleaned.responses) == 119
    assert cleaned.observed.loc["P1"].tolist() == [21.0, 1.0, "H"]
    assert cleaned.log["what"].tolist() == ["dropped: AGE"]
    survey.with_suffix(".yaml").write_text(text + more.replace("H: 1", "X: 1"), encoding="utf-8")
    assert "controls.SEX: 'H' ×60 in column 'Sexo' have no number" in "\n".join(told(survey).errors)


def test_new_and_check_speak_the_studys_language(tmp_path: Path) -> None:
    head = ["Marca temporal", *(f"{i}. Me gusta cómo es esta aplicación" for i in ITEMS), "¿Cuál es su edad?"]
    labels = LANGUAGES["es"]
    rows = [[f"2025-03-04 9:{k % 60:02}:{k // 60:02}", *row, "33"] for k, row in enumerate(words(labels))]
    survey = write(tmp_path, [head, *rows])
    made, text = new(survey)
    said = made.advice("x")
    assert "Por confirmar en" in said
    assert "Quedó fuera, y por qué:" in said
    assert "sobre la persona" in said
    assert "# por confirmar" in text
    report = told(survey).text()
    assert "Listo para correr." in report
    assert "registros" in report


# any dress ---------------------------------------------------------------------------------------------
@st.composite
def dressed(draw: Any) -> tuple[Grid, str, str, list[str]]:
    """Known answers in a random export: tool, labels, further rows and columns, stray cells, encoding."""
    labels = draw(
        st.sampled_from(
            [None, AGREE, OFTEN, *LANGUAGES.values(), ["low", "lowish", "middling", "good", "top"]]
        )
    )
    body = digits() if labels is None else words(labels)
    case = draw(st.sampled_from([str, str.upper, str.lower]))
    body = [[case(c) for c in row] for row in body]
    placed = {}  # a later one may take the cell of an earlier one
    for _ in range(draw(st.integers(0, 5))):
        row, column = draw(st.integers(0, 119)), draw(st.integers(0, 7))
        body[row][column] = draw(st.sampled_from(["", "NA", "-99", "4 o 5", "x", "99", "9", "no sé", "55"]))
        placed[row, column] = body[row][column]
    stray = list(placed.values())
    tool = draw(st.sampled_from([None, *TOOLS.values()]))
    grid = [ITEMS, *body] if tool is None else tool(body)
    if draw(st.booleans()):
        grid = [*grid, [draw(st.sampled_from(["Mean", "Total", "Promedio"])), *[""] * (len(grid[0]) - 1)]]
    if tool is None and draw(st.booleans()):  # columns that are no items stand among them
        place = draw(st.integers(0, 8))
        rng = np.random.default_rng(3)
        more = {
            "Age": rng.integers(18, 66, 120).astype(str),
            "Town": rng.choice(["Ensenada", "Tijuana", "Mexicali"], 120),
            "A_total": KNOWN[:, :4].sum(axis=1).astype(str),
        }
        if labels is not None:
            del more["A_total"]
        columns = [[name, *values] for name, values in more.items()]
        foot = [""] * len(columns)
        extra = list(zip(*columns, strict=True))
        grid = [
            [*row[:place], *(extra[k] if k < len(extra) else foot), *row[place:]]
            for k, row in enumerate(grid)
        ]
        if place == 0:  # a footer is known by its first cell
            grid = grid[:121]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    there = {cell for row in grid for cell in row}
    return grid, draw(st.sampled_from([",", ";", "\t"])), encoding, [t for t in stray if t in there]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dressed())
def test_any_dress_gives_the_same_estimates_or_a_question(
    tmp_path: Path, export: tuple[Grid, str, str, list[str]]
) -> None:
    grid, delimiter, encoding, stray = export
    survey = write(tmp_path, grid, delimiter, encoding)
    made, text = new(survey)
    # never silence: what was put in stands in the file or in what new says
    said = "\n".join([text, made.advice()])
    assert not [cell for cell in stray if cell and cell not in said]
    if "A_total" in grid[0]:
        assert "'A_total': it follows from A1 + A2 + A3 + A4 in every row" in said or stray
    study_file = survey.with_suffix(".yaml")
    survey_part = text[text.index("survey:") : text.index("cleaning:")]
    if any(line.startswith("    ") and line.endswith(":") for line in survey_part.splitlines()):
        assert any("give each answer its number" in u or "is it an answer" in u for u in made.unsure)
        assert "no number for" in "\n".join(check(survey, study_file).errors)
        return
    study, cleaned = read(survey)
    assert [len(b) for b in study.blocks().values()] == [4, 4]
    rows = cleaned.respondents
    kept = rows["kept"].to_numpy()
    assert len(rows) == 120
    gone = rows.loc[~kept, "row"].tolist()
    assert set(gone) <= set(cleaned.log["row"])
    np.testing.assert_array_equal(cleaned.responses[list(study.items)].to_numpy(), KNOWN[kept])
    plain = pd.DataFrame(KNOWN[kept], columns=list(study.items))
    found = fit(plain, Model(study.blocks(), study.path_pairs))
    same = np.concatenate([np.ravel(found.path_coefficients), np.ravel(found.outer_weights)])
    np.testing.assert_allclose(estimate(study, cleaned), same, atol=1e-12)
