"""How a cell reads in print, in both languages."""

import math

import pandas as pd
import pytest

from tabletext.display import Display
from tabletext.tabular import Column, Table, format_cell, from_frame, hide_repeats


def shown(value, kind="number", language="en", **options):
    decimals = options.pop("decimals", None)
    return format_cell(value, Column("x", "X", kind, decimals=decimals), Display(language), **options)


@pytest.mark.parametrize(
    ("value", "kind", "english", "spanish"),
    [
        (0.3074, "unit", "0.307", "0,307"),
        (-0.3074, "unit", "−0.307", "−0,307"),
        (1.2236, "number", "1.224", "1,224"),
        (1234.5, "number", "1234.500", "1234,500"),
        (-0.0001, "unit", "0.000", "0,000"),
        (0.0, "p", "< 0.001", "< 0,001"),
        (0.00099, "p", "< 0.001", "< 0,001"),
        (0.001, "p", "0.001", "0,001"),
        (0.04999, "p", "0.050", "0,050"),
        (12345.0, "count", "12,345", "12.345"),
        (-7, "count", "−7", "−7"),
        (0.1234, "percent", "12.3%", "12,3\u00a0%"),
        (math.nan, "number", "–", "–"),
        (None, "p", "–", "–"),
        (math.inf, "number", "∞", "∞"),
        (-math.inf, "number", "−∞", "−∞"),
        (None, "text", "", ""),
        ("=1+1", "text", "=1+1", "=1+1"),
        ("0.80", "printed", "0.80", "0,80"),
        ("-.5", "printed", "−.5", "−,5"),
        ("rejected", "printed", "rejected", "rejected"),
    ],
)
def test_cell_in_both_languages(value, kind, english, spanish):
    assert shown(value, kind) == english
    assert shown(value, kind, "es") == spanish


def test_unknown_kind_and_missing_column_are_refused():
    with pytest.raises(ValueError, match="unknown kind 'ratio'"):
        Column("x", "X", "ratio")
    with pytest.raises(ValueError, match=r"columns \['b'\] are not in the frame"):
        Table(pd.DataFrame({"a": [1]}), (Column("b", "B"),))
    with pytest.raises(ValueError, match="keys repeat"):
        Table(pd.DataFrame({"a": [1]}), (Column("a", "A"), Column("a", "B")))


def example(language="en", **changes):
    frame = pd.DataFrame({"name": ["A & <b>", "A & <b>", "C"], "x": [0.5, 0.25, math.nan], "n": [1, 2, 3]})
    columns = (
        Column("name", "Name", "text"),
        Column("x", "X", "unit", "Both"),
        Column("n", "N", "count", "Both"),
    )
    fields = {
        "title": "A title",
        "number": "3",
        "note": "A note.",
        "display": Display(language, notice="Synthetic."),
        "marks": {(0, "x"): " ✓"},
        "hidden": hide_repeats(frame, "name", ["name"]),
        **changes,
    }
    return Table(frame, columns, **fields)


def test_hidden_cells_are_empty_in_print_and_kept_in_the_numbers():
    table = example()
    assert table.cells() == [["A & <b>", "0.500 ✓", "1"], ["", "0.250", "2"], ["C", "–", "3"]]
    numbers = table.numeric()
    assert numbers["name"].tolist() == ["A & <b>", "A & <b>", "C"]
    assert numbers["x_mark"].tolist() == ["✓", "", ""]
    assert list(numbers) == ["name", "x", "x_mark", "n"]
    assert list(table.as_text()) == ["Name", "Both: X", "Both: N"]


def test_html_is_escaped_spans_groups_and_repeats_byte_for_byte():
    html = example().to_html()
    assert html == example().to_html()
    assert "A &amp; &lt;b&gt;" in html
    assert "<b>" not in html
    assert 'colspan="2"' in html
    assert "<strong>Table 3</strong>. <em>A title</em>" in html
    assert "<em>Note.</em> A note. Synthetic." in html
    assert "id=" not in html
    assert "<strong>Tabla 3</strong>" in example("es").to_html()


def test_text_form_holds_title_cells_and_notice():
    lines = repr(example()).splitlines()
    assert lines[0] == "Table 3. A title"
    assert lines[-1] == "Note. A note. Synthetic."
    assert len(lines) == 6


def test_spans_join_only_neighbours_of_the_same_group():
    columns = [Column(k, k, group=g) for k, g in zip("abcde", ["", "g", "g", "", "g"], strict=True)]
    table = Table(pd.DataFrame([[1.0] * 5], columns=list("abcde")), tuple(columns))
    assert table.spans() == [("", 1), ("g", 2), ("", 1), ("g", 1)]


def test_kinds_of_a_plain_frame_follow_its_types():
    frame = pd.DataFrame({"k": ["a"], "n": [3], "x": [0.5], "p_value": [0.0], "flag": [True]})
    kinds = {c.key: c.kind for c in from_frame(frame).columns}
    assert kinds == {"k": "text", "n": "count", "x": "number", "p_value": "p", "flag": "text"}
    indexed = from_frame(frame.set_index("k"))
    assert next(c.key for c in indexed.columns) == "k"
    assert [c.key for c in from_frame(frame[["x"]]).columns] == ["x"]
