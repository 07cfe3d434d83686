"""The catalogue: every text of the code in Spanish, none that the code has no more, and nothing lost in between."""

import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from tabletext.catalogue import marked_texts, notebook_texts, renewed, spanish, translate_plural, used
from tabletext.codes import CODES, coded


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(given):
    return (given,) if isinstance(given, str) else tuple(given)


def figures(text):
    # Thousands are set apart by a comma, a point or a space.
    plain = re.sub(r"(?<=\d)[,. \u202f](?=000\b)", "", re.sub(r"\{\w*\}", "", text))
    return [found.replace(",", ".") for found in re.findall(r"\d+(?:[.,]\d+)*", plain)]


def test_every_text_of_the_code_is_translated_and_no_entry_is_unused():
    _, missing, unused = renewed(spanish())
    assert len(used()) > 500
    assert missing == []
    assert unused == []


def test_the_file_is_as_the_tool_writes_it():
    from importlib import resources

    from tabletext import catalogue

    written = catalogue.written(renewed(spanish())[0])
    assert resources.files("tabletext").joinpath(catalogue.FILE).read_bytes() == written


def test_both_languages_have_the_same_fields():
    for message in spanish():
        if not message.id or "\n" in str(message.id):
            continue
        for english, said in zip(forms(message.id), forms(message.string), strict=True):
            assert fields(english) == fields(said), english


def test_both_languages_have_the_same_figures():
    for message in spanish():
        if not message.id:
            continue
        for english, said in zip(forms(message.id), forms(message.string), strict=True):
            found = [sorted(figures(t)) for t in (english, said)]
            assert found[0] == found[1], english


def test_codes_name_the_nearest():
    for text in CODES.values():
        assert spanish().get(text) is not None, text
    with pytest.raises(KeyError, match="did you mean 'cross_loading'"):
        coded("cross_loadin")


def test_texts_are_found_where_they_are_shown_or_named():
    source = """
    display("a")
    self.display("b" if x else "c", context="table")
    self.say("d"), other.say("not this")
    N_({"key": "e", "more": ("f", "g")})
    display.plural("h", "hs", 2), display(text), f("not this")
    """
    found = [text for text, _ in marked_texts("\n".join(line.strip() for line in source.splitlines()))]
    assert sorted(found) == [
        ("a", "", ""), ("b", "", "table"), ("c", "", "table"), ("d", "", ""), ("e", "", ""), ("f", "", ""),
        ("g", "", ""), ("h", "hs", ""),
    ]  # fmt: skip


def test_what_is_missing_and_unused_is_found(monkeypatch):
    monkeypatch.setattr(
        "tabletext.catalogue.used", lambda: {("new", "", ""): "a.py:1", ("old", "", ""): "b.py:2"}
    )
    before = Catalog(locale="es")
    before.add("old", "viejo")
    before.add("a text that stands nowhere", "x")
    new, missing, unused = renewed(before)
    assert missing == ["a.py:1: new"]
    assert unused == ["a text that stands nowhere"]
    assert {m.id: m.string for m in new if m.id} == {"new": "", "old": "viejo"}


def test_notebook_texts(tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text(
        '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# T\\n", "x"]},'
        '{"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["a: int = 1  # remark"]},'
        '{"cell_type": "code", "metadata": {}, "source": ["a = 1  # no"]}]}'
    )
    assert list(notebook_texts(path)) == ["# T\nx", "remark"]


def test_plural_forms():
    assert translate_plural("**{count}** close", "**{count}** close", 2, "es") == "**{count}** cercanas"
    assert translate_plural("**{count}** differs", "**{count}** differ", 2, "en") == "**{count}** differ"
