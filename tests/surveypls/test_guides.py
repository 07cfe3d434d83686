"""The guides to a survey of one's own: their examples are read, their lists are whole, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveypls.study.definition import CleaningSettings, parse_study
from surveypls.study.strict_yaml import load_yaml

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = ("own_survey.md", "own_survey.es.md")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_examples_make_a_study(guide: str) -> None:
    text = (DOCS / guide).read_text(encoding="utf-8")
    content: dict[str, object] = {"id": "a", "title": "b"}
    lavaan: dict[str, object] = dict(content)
    for block in re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL):
        (lavaan if "model:" in block else content).update(load_yaml(block))
    import yaml

    study = parse_study(yaml.safe_dump(content, allow_unicode=True))
    assert study.survey.consent is not None
    assert study.hypotheses[0].sign == "positive"
    assert parse_study(yaml.safe_dump(lavaan, allow_unicode=True)).path_pairs == study.path_pairs


@pytest.mark.parametrize("guide", GUIDES)
def test_the_list_of_screening_rules_is_whole(guide: str) -> None:
    text = (DOCS / guide).read_text(encoding="utf-8")
    for name, field in CleaningSettings.model_fields.items():
        row = re.search(rf"^\| `{name}` \| (.*?) \|", text, flags=re.MULTILINE)
        assert row is not None, name
        default = {None: "null", True: "true", False: "false"}.get(field.default, str(field.default))
        off = field.default is None and name != "min_duplicate_items"
        assert (row[1] in ("off", "no se aplica")) if off else row[1] == f"`{default}`", name


def test_both_guides_show_the_same_commands() -> None:
    english, spanish = ((DOCS / g).read_text(encoding="utf-8") for g in GUIDES)
    wanted = r"^make (?:setup|new|check|mine)\b"
    assert re.findall(wanted, english, re.MULTILINE) == re.findall(wanted, spanish, re.MULTILINE)
    assert (
        len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", spanish, re.MULTILINE)) == 6
    )
