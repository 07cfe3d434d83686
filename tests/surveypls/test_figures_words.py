"""The dictionary, the writing of numbers, and measured text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plsem.resampling import intervals
from surveypls.figures.style import quantity_label, shorten, text_width, wrap
from surveypls.study.definition import Text
from tabletext import words as words_module
from tabletext.tabular import Column, format_cell
from tabletext.words import (
    decimals_in,
    has_word,
    number,
    p_text,
    percent,
    scale_word,
    spanish_decimals,
    stars,
    stars_note,
    text_in,
    whole,
    words,
)


def test_both_languages_have_every_word_and_the_same_placeholders():
    for key, (english, spanish) in words_module._WORDS.items():
        assert english and spanish, key
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", spanish)), key


def test_unknown_words_and_languages_are_named():
    assert words("path_coefficient", "es") == "Coeficiente de trayectoria"
    assert words("threshold", "es", value="0,85") == "umbral 0,85"
    assert has_word("htmt") and not has_word("htm")
    with pytest.raises(KeyError, match=r"no word 'path_coeficient'; did you mean 'path_coefficient'\?"):
        words("path_coeficient", "en")
    with pytest.raises(ValueError, match="found 'de'"):
        words("htmt", "de")


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
        (float("inf"), {}, "–", "–"),
        (None, {}, "–", "–"),
    ],
)
def test_numbers(value, options, english, spanish):
    assert number(value, "en", **options) == english
    assert number(value, "es", **options) == spanish


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_a_written_number_is_the_rounded_number(value, digits):
    for language, sign in (("en", "."), ("es", ",")):
        text = number(value, language, digits=digits)
        assert float(text.replace("−", "-").replace(sign, ".")) == float(f"{value:.{digits}f}")
        assert (sign in text) == (digits > 0)


def test_counts_percentages_and_p():
    assert whole(10_000, "en") == "10\N{NARROW NO-BREAK SPACE}000" and whole(-12.4, "es") == "−12"
    assert whole(float("nan"), "es") == "–"
    assert percent(0.955, "en", digits=1) == "95.5%" and percent(0.95, "es") == "95\N{NO-BREAK SPACE}%"
    assert p_text(0.0004, "es") == "< 0,001" and p_text(0.15, "en") == "0.150" and p_text(np.nan, "en") == "–"


@pytest.mark.parametrize("p", [0.0, 0.0009, 0.001, 0.0099, 0.01, 0.049, 0.05, 0.5, 1.0, float("nan")])
def test_stars_are_those_of_the_bootstrap(p):
    assert stars(p) == str(intervals.stars(p))
    assert len(stars(p)) == sum(p < level for level in (0.05, 0.01, 0.001))


def test_the_note_explains_the_stars():
    assert stars_note("en") == "*** p < 0.001, ** p < 0.01, * p < 0.05"
    assert stars_note("es") == "*** p < 0,001, ** p < 0,01, * p < 0,05"


def test_usual_answers_are_translated_and_others_left():
    assert scale_word(" casi NUNCA", "en") == "Almost never" and scale_word("Always", "es") == "Siempre"
    assert scale_word("A bit", "es") == "A bit"


def test_texts_in_a_language():
    assert text_in(Text(en="a", es="b"), "es") == "b"
    assert text_in({"en": "a"}, "es") == "a" and text_in({"en": "", "es": ""}, "en", default="d") == "d"
    assert text_in("same", "es") == "same" and text_in(None, "en", default="d") == "d"
    assert text_in("", "en", default="d") == "d"


letters = st.text("abcdefgh iklmnoñWM", min_size=0, max_size=120)


@settings(deadline=None, max_examples=60, derandomize=True, database=None)
@given(letters, st.floats(0.3, 3.0))
def test_wrapped_lines_fit_and_keep_the_words(text, room):
    lines = wrap(text, room, 7)
    assert all(text_width(line, 7) <= room for line in lines)
    if all(text_width(word, 7) <= room for word in text.split()):
        assert " ".join(lines).split() == text.split()
    short = wrap(text, room, 7, max_lines=2)
    assert len(short) <= 2 and all(text_width(line, 7) <= room for line in short)
    assert short == lines or short[-1].endswith("…")


def test_shortened_names_keep_beginning_and_end():
    short = shorten("A_VERY_LONG_ITEM_NAME_OF_THE_SURVEY_12", 1.0, 7)
    assert text_width(short, 7) <= 1.0 and short.startswith("A_VE") and short.endswith("12") and "…" in short
    assert shorten("FI2", 1.0, 7) == "FI2"


def test_quantities_are_named_by_what_they_are_about():
    assert quantity_label("β", "X", "Y", statistic="path_coefficient") == "β X → Y"
    assert quantity_label("HTMT", "X", "Y", statistic="htmt") == "HTMT X – Y"
    assert quantity_label("λ", "x1", "X", statistic="outer_loading") == "λ x1"
    assert quantity_label("R²", "X", "Y", statistic="r_squared") == "R² Y"
    assert quantity_label("√AVE", "X", "X", statistic="sqrt_ave") == "√AVE X"
    assert quantity_label("SRMR", "model", "", statistic="srmr") == "SRMR"
    assert quantity_label("AVE", "X", "", statistic="ave") == "AVE X"


def test_spanish_numbers_take_the_sign_that_the_study_names():
    assert number(1234.5, "es", digits=1) == "1234,5"
    with spanish_decimals("point"):
        assert number(1234.5, "es", digits=1) == "1234.5"
        assert decimals_in("entre 0.5 y 1. Fin.", "es") == "entre 0.5 y 1. Fin."
        with spanish_decimals("comma"):
            assert p_text(0.0004, "es") == "< 0,001"
        assert format_cell(0.25, Column("x", "x", "unit"), "es", leading_zero=False) == ".250"
    assert decimals_in("entre 0.5 y 1. Fin.", "es") == "entre 0,5 y 1. Fin."
    assert decimals_in("0.5", "en") == "0.5"
