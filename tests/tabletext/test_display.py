"""One object for language, decimal sign and notice: words, numbers, and texts that a study gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plsem.resampling import intervals
from tabletext.codes import CODES, coded
from tabletext.display import Display, scale_word, stars

ENGLISH, SPAIN, MEXICO = Display(), Display("es"), Display("es", decimal="point")


def test_unknown_languages_signs_and_codes_are_named():
    with pytest.raises(ValueError, match="language: unknown 'de'"):
        Display("de")
    with pytest.raises(ValueError, match="decimal: unknown 'coma'; did you mean 'comma'"):
        Display("es", decimal="coma")
    with pytest.raises(KeyError, match=r"no word 'path_coeficient'; did you mean 'path_coefficient'\?"):
        coded("path_coeficient")


def test_a_text_is_translated_and_its_fields_filled_in():
    assert SPAIN(coded("path_coefficient")) == "Coeficiente de trayectoria"
    assert SPAIN("power {value}", value=SPAIN.number(0.85, digits=2)) == "potencia 0,85"
    assert ENGLISH("a text without an entry {x}", x=1) == "a text without an entry 1"
    assert SPAIN("a text without an entry, {x} or 0.5", x="1.5") == "a text without an entry, 1.5 or 0,5"
    assert "htmt" in CODES and "htm" not in CODES


@pytest.mark.parametrize(
    ("value", "options", "english", "spanish"),
    [
        (0.7415, {}, "0.742", "0,742"),
        (-0.05, {"digits": 2}, "−0.05", "−0,05"),
        (-0.0004, {}, "0.000", "0,000"),
        (0.3, {"plus": True, "digits": 1}, "+0.3", "+0,3"),
        (0.0, {"plus": True}, "0.000", "0,000"),
        (12.0, {"digits": 0}, "12", "12"),
        (float("nan"), {}, "–", "–"),
        (float("inf"), {}, "∞", "∞"),
        (float("-inf"), {}, "−∞", "−∞"),
        (None, {}, "–", "–"),
    ],
)
def test_numbers(value, options, english, spanish):
    assert ENGLISH.number(value, **options) == english == MEXICO.number(value, **options)
    assert SPAIN.number(value, **options) == spanish


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_a_written_number_is_the_rounded_number(value, digits):
    for display, sign in ((ENGLISH, "."), (SPAIN, ","), (MEXICO, ".")):
        text = display.number(value, digits=digits)
        assert float(text.replace("−", "-").replace(sign, ".")) == float(f"{value:.{digits}f}")
        assert (sign in text) == (digits > 0)


def test_counts_percentages_levels_settings_and_p():
    assert ENGLISH.count(10_000) == MEXICO.count(10_000) == "10,000" and SPAIN.count(10_000) == "10.000"
    assert SPAIN.count(-12.4) == "−12" and SPAIN.count(float("nan")) == "–"
    assert ENGLISH.percent(0.955, digits=1) == "95.5%" and SPAIN.percent(0.95) == "95\N{NO-BREAK SPACE}%"
    assert MEXICO.percent(-0.25) == "−25%" and ENGLISH.percent(None) == "–"
    assert ENGLISH.level(0.995) == "99.5%" and SPAIN.level(0.9) == "90\N{NO-BREAK SPACE}%"
    assert ENGLISH.plain(1e-7) == "0.0000001" and SPAIN.plain(0.05) == "0,05" and ENGLISH.plain(0) == "0"
    assert SPAIN.p(0.0004) == "< 0,001" and ENGLISH.p(0.15) == "0.150" and ENGLISH.p(np.nan) == "–"


@pytest.mark.parametrize("p", [0.0, 0.0009, 0.001, 0.0099, 0.01, 0.049, 0.05, 0.5, 1.0, float("nan")])
def test_stars_are_those_of_the_bootstrap(p):
    assert stars(p) == str(intervals.stars(p))
    assert len(stars(p)) == sum(p < level for level in (0.05, 0.01, 0.001))


def test_the_note_explains_the_stars():
    assert ENGLISH.stars_note == "*** p < 0.001, ** p < 0.01, * p < 0.05"
    assert SPAIN.stars_note == "*** p < 0,001, ** p < 0,01, * p < 0,05"


def test_one_thing_or_several():
    one, many = "{count} row", "{count} rows"
    assert ENGLISH.plural(one, many, 1) == "1 row" and ENGLISH.plural(one, many, 1200) == "1,200 rows"


def test_names_are_joined_as_a_sentence_does():
    assert ENGLISH.listed(["a", "b", "c"]) == "a, b and c" and SPAIN.listed(["a", "b"]) == "a y b"
    assert ENGLISH.listed(["a"]) == "a" and ENGLISH.listed([]) == ""


def test_usual_answers_are_translated_and_others_left():
    assert scale_word(" casi NUNCA", ENGLISH) == "Almost never" and scale_word("Always", SPAIN) == "Siempre"
    assert scale_word("A bit", SPAIN) == "A bit"


def test_texts_that_a_study_gives():
    assert SPAIN.text(lambda language: f"in {language}") == "in es"
    assert SPAIN.text({"en": "a"}) == "a" and ENGLISH.text({"en": "", "es": ""}, default="d") == "d"
    assert SPAIN.text("same") == "same" and ENGLISH.text(None, default="d") == "d"
    assert ENGLISH.text("", default="d") == "d"


def test_spanish_numbers_take_the_sign_that_the_study_names():
    assert SPAIN.number(1234.5, digits=1) == "1234,5" and MEXICO.number(1234.5, digits=1) == "1234.5"
    assert MEXICO.number(1234.5, digits=1, group=True) == "1,234.5"
    assert SPAIN.decimals("entre 0.5 y 1. Fin.") == "entre 0,5 y 1. Fin."
    assert MEXICO.decimals("entre 0.5 y 1. Fin.") == "entre 0.5 y 1. Fin."
    assert ENGLISH.decimals("0.5") == "0.5"
    assert SPAIN.p(0.0004) == "< 0,001" and MEXICO.p(0.0004) == "< 0.001"


def test_p_behind_its_letter_and_intervals_keep_the_language_s_signs():
    assert ENGLISH.compared(0.0204) == "= 0.020" and SPAIN.compared(0.0004) == "< 0,001"
    assert ENGLISH.interval(-0.5, 0.25, digits=2) == MEXICO.interval(-0.5, 0.25, digits=2) == "[−0.50, 0.25]"
    assert SPAIN.interval(-0.5, 0.25, digits=2) == "[−0,50; 0,25]"


def test_without_notice_only_the_notice_goes():
    with_notice = Display("es", decimal="point", notice="n")
    assert with_notice.without_notice() == MEXICO and with_notice != MEXICO
