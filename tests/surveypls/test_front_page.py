"""The front pages: their verdicts and the manifest come from the contracts; their links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from surveypls.compendium import CompendiumError, front_page
from surveypls.compendium.outputs import PICTURES, SHEETS, article_table, notebook_of
from tableaudit.printed import load_published
from tabletext.display import Display

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.es.md", "docs/architecture.md", "docs/own_survey.md", "data/README.md")


def test_counts_by_table() -> None:
    comparison = pd.DataFrame(
        {"table": [1, 1, 2], "verdict": ["equal", "impossible", "close"], "printed": ["0.1"] * 3}
    )
    lines = front_page.verdict_table(comparison, Display()).splitlines()
    assert lines[2] == "| 1 | 2 | 1 | 0 | 0 | 1 |"
    assert lines[3] == "| 2 | 1 | 0 | 1 | 0 | 0 |"
    assert lines[4] == "| All | 3 | 1 | 1 | 0 | 1 |"
    assert "imposibles" in front_page.verdict_table(comparison, Display("es", "point"))


def test_a_figure_that_was_not_recomputed_is_no_verdict() -> None:
    comparison = pd.DataFrame({"table": [1], "verdict": ["not recomputed"]})
    with pytest.raises(CompendiumError, match="not recomputed"):
        front_page.verdict_table(comparison, Display())


def test_refresh_rewrites_only_the_block(tmp_path: Path) -> None:
    derived = tmp_path / "data" / "derived"
    derived.mkdir(parents=True)
    shutil.copy(ROOT / "data/derived/05_verdicts.csv", derived)
    for name in ("README.md", "README.es.md"):
        (tmp_path / name).write_text("a\n<!-- verdicts: begin -->\nold\n<!-- verdicts: end -->\nb\n")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "study.yaml", tmp_path)
    assert front_page.refresh(tmp_path) == ["README.md", "README.es.md", "codecheck.yml"]
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("a\n<!-- verdicts: begin -->\n| Article's table")
    assert text.endswith("<!-- verdicts: end -->\nb\n")
    assert "old" not in text
    assert front_page.refresh(tmp_path) == []
    (tmp_path / "README.md").write_text("no block")
    with pytest.raises(CompendiumError, match="expected one block"):
        front_page.refresh(tmp_path)


def test_committed_pages_say_what_the_contracts_say() -> None:
    comparison = pd.read_csv(ROOT / "data/derived/05_verdicts.csv")
    printed = load_published(ROOT / "data" / "published")
    assert len(comparison) == len(list(printed)) == 62
    assert front_page.verdict_table(comparison, Display()) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert front_page.verdict_table(comparison, Display("es", "point")) in (ROOT / "README.es.md").read_text(
        encoding="utf-8"
    )


def test_the_manifest_lists_what_the_article_has_and_the_paper() -> None:
    content = yaml.safe_load((ROOT / "codecheck.yml").read_text(encoding="utf-8"))
    files = [entry["file"] for entry in content["manifest"]]
    assert [re.findall(r"table_(\d)", name) for name in files[:6]] == [[str(k)] for k in range(1, 7)]
    assert files[6:] == ["figures/fig_4_1_path_diagram.svg", "paper/paper_en.pdf", "paper/paper_es.pdf"]
    assert all((ROOT / name).is_file() for name in files)
    notebooks = [re.findall(r"notebook (\d\d)", entry["comment"]) for entry in content["manifest"][:7]]
    assert notebooks == [["02"], ["03"], ["03"], ["03"], ["04"], ["04"], ["04"]]


def test_each_output_is_shown_by_the_notebook_of_its_number() -> None:
    shown: dict[str, str] = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for stem in re.findall(r'project\.show\(\\"(\w+)\\"', path.read_text(encoding="utf-8")):
            assert stem not in shown, f"{stem} is shown twice"
            shown[stem] = path.name.partition("_")[0]
    assert shown == {stem: notebook_of(stem) for stem in (*PICTURES, *SHEETS)}
    assert [article_table(stem) for stem in ("table_6_model_quality", "table_4_1_paths")] == [6, None]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("page", ["README.md", "README.es.md", "data/README.md"])
def test_pages_say_that_the_survey_is_synthetic(page: str) -> None:
    assert re.search(r"synthetic|sintétic", (ROOT / page).read_text(encoding="utf-8"))


def test_every_table_and_figure_carries_the_notice() -> None:
    tables = [p for p in (ROOT / "tables").glob("*.csv") if not _without_data(p)]
    assert tables
    for path in tables:
        assert "data_note" in path.read_text(encoding="utf-8").splitlines()[0], path.name
    for path in (ROOT / "figures").glob("*.svg"):
        assert path.stat().st_size > 0


def _without_data(path: Path) -> bool:
    """Tables of the article alone, which use no responses."""
    return bool(re.search(r"_(contradictions|statements)|table_S1_|threshold", path.stem))
