"""The guides to a survey of one's own: their examples are read, their lists are whole, in both languages."""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from surveypls.study.definition import parse_study
from surveypls.study.settings import CleaningSettings
from surveypls.study.strict_yaml import load_yaml
from surveypls.survey.check import check
from surveypls.survey.scaffold import scaffold
from tabletext.catalogue import spanish

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: And the same page with .es before its ending.
TWINS = ("docs/definitions.md", "docs/audit_identities.md", "docs/tutorial.md", "data/published/README.md")
GUIDES = ("own_survey.md", "own_survey.es.md")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_examples_make_a_study(guide: str) -> None:
    text = (DOCS / guide).read_text(encoding="utf-8")
    content: dict[str, object] = {"id": "a", "title": "b"}
    lavaan: dict[str, object] = dict(content)
    blocks = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    (staged,) = [block for block in blocks if "components:" in block]
    alone = parse_study(f"id: a\ntitle: b\n{staged}")
    assert alone.model().composed and alone.hypotheses[0].via == ("SAT",)
    for block in blocks:
        if block == staged:
            continue
        for key, value in load_yaml(block).items():
            where = lavaan if "model:" in block else content
            known = where.get(key)
            where[key] = {**known, **value} if isinstance(known, dict) else value
    import yaml

    study = parse_study(yaml.safe_dump(content, allow_unicode=True))
    assert study.survey.consent is not None
    assert study.survey.exclude
    assert list(study.controls) and study.groups is not None
    ends = study.scale_ends
    assert (ends[0]["X7"], ends[1]["X7"], ends[1]["X4"], ends[1]["X1"]) == (0, 10, 7, 5)
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
    titles = [re.findall(r"^## (\d)", text, re.MULTILINE) for text in (english, spanish)]
    assert titles[0] == titles[1] == list("12345678")
    for command in ("new", "check", "run"):
        assert all(f"`uv run surveypls {command} " in text for text in (english, spanish))


@pytest.mark.parametrize(
    ("guide", "name", "survey"),
    [
        ("own_survey.md", "answers", "examples/library_app/survey.csv"),
        ("own_survey.es.md", "respuestas", "data/raw/survey.csv"),
    ],
)
def test_what_new_prints_is_what_the_guide_shows(guide: str, name: str, survey: str, tmp_path: Path) -> None:
    copy = shutil.copy(DOCS.parent / survey, tmp_path / f"{name}.csv")
    said = scaffold(copy).advice().replace(f"{tmp_path}/", "")
    assert said.strip().startswith(shown_in(guide)[0].strip())


def shown_in(guide: str) -> list[str]:
    """What a guide shows of printed text, in its order: of ``new``, then of ``check``."""
    return re.findall(r"```text\n(.*?)```", (DOCS / guide).read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize(("guide", "language"), list(zip(GUIDES, ("en", "es"), strict=True)))
def test_what_check_prints_is_what_the_guide_shows(guide: str, language: str, tmp_path: Path) -> None:
    for path in (DOCS.parent / "examples" / "library_app").glob("*.*"):
        shutil.copy(path, tmp_path)
    study = tmp_path / "study.yaml"
    text = re.sub(r"^labels:.*$", "", study.read_text(encoding="utf-8"), flags=re.MULTILINE)
    study.write_text(f"{text}\nlabels: {language}\n", encoding="utf-8")
    report = check(tmp_path / "survey.csv", study)
    assert report.text().strip() == shown_in(guide)[1].strip()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_message_of_the_guide_is_one_of_the_code(guide: str) -> None:
    """Each answer to a message quotes it as it stands in the code, or in the catalogue."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    said = [str(m.string) for m in spanish() if m.string] if guide.endswith("es.md") else []
    for path in (DOCS.parent / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.append(node.value)
    everything = "\n".join(said)
    part = text[text.index("## 6.") : text.index("## 7.")]
    quoted = re.findall(r"^\| `(.*?)` \|", part, re.MULTILINE)
    assert len(quoted) > 12
    for message in quoted:
        size = min(14, max(map(len, re.split(r"'[^']*'|[:;…]", message))) - 2)
        assert any(message[i : i + size] in everything for i in range(len(message) - size + 1)), message


def _facts(page: Path) -> dict[str, Counter[str]]:
    """Return what a translation leaves as it is: code, formulas, figures, headings and rows of tables."""
    text = page.read_text(encoding="utf-8")
    plain = re.sub(r"```.*?```|`[^`\n]+`|\$[^$\n]+\$|\]\([^)]*\)", "", text, flags=re.DOTALL)
    return {
        "code": Counter(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)),
        "formulas": Counter(re.findall(r"\$[^$\n]+\$", text)),
        "figures": Counter(re.findall(r"\d[\d.,]*\d|\d", plain)),
        "headings": Counter(re.findall(r"^#+ ", text, flags=re.MULTILINE)),
        "rows": Counter(line.count("|") for line in text.splitlines() if line.startswith("|")),
    }


@pytest.mark.parametrize("name", TWINS)
def test_a_page_and_its_translation_say_the_same(name: str) -> None:
    english, translated = (_facts((ROOT / name).with_suffix(ending)) for ending in (".md", ".es.md"))
    assert sum(english["code"].values()) + sum(english["figures"].values()) > 10
    assert translated == english
