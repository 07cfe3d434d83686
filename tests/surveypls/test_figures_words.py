"""Measured text, and how quantities are called in figures."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from surveypls.figures.style import quantity_label, shorten, text_width, wrap

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
