"""The front pages: their verdicts and the manifest come from the contracts; their links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from surveypls.compendium import CompendiumError, front_page
from tableaudit.printed import load_published

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.es.md", "docs/architecture.md", "docs/own_survey.md", "data/README.md")


def test_counts_by_table() -> None:
    comparison = pd.DataFrame(
        {"table": [1, 1, 2], "verdict": ["equal", "impossible", "close"], "printed": ["0.1"] * 3}
    )
    lines = front_page.verdict_table(comparison, "en").splitlines()
    assert lines[2] == "| 1 | 2 | 1 | 0 | 0 | 1 |"
    assert lines[3] == "| 2 | 1 | 0 | 1 | 0 | 0 |"
    assert lines[4] == "| All | 3 | 1 | 1 | 0 | 1 |"
    assert "imposibles" in front_page.verdict_table(comparison, "es")


def test_a_figure_that_was_not_recomputed_is_no_verdict() -> None:
    comparison = pd.DataFrame({"table": [1], "verdict": ["not recomputed"]})
    with pytest.raises(CompendiumError, match="not recomputed"):
        front_page.verdict_table(comparison, "en")


def test_refresh_rewrites_only_the_block(tmp_path: Path) -> None:
    derived = tmp_path / "data" / "derived"
    derived.mkdir(parents=True)
    shutil.copy(ROOT / "data/derived/05_verdicts.csv", derived)
    for name in ("README.md", "README.es.md"):
        (tmp_path / name).write_text("a\n<!-- verdicts: begin -->\nold\n<!-- verdicts: end -->\nb\n")
    (tmp_path / "notebooks").mkdir()
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
    assert front_page.verdict_table(comparison, "en") in (ROOT / "README.md").read_text(encoding="utf-8")
    assert front_page.verdict_table(comparison, "es") in (ROOT / "README.es.md").read_text(encoding="utf-8")


def test_the_manifest_lists_every_output() -> None:
    content = yaml.safe_load((ROOT / "codecheck.yml").read_text(encoding="utf-8"))
    assert [entry["file"] for entry in content["manifest"]] == front_page.outputs(ROOT)
    assert all((ROOT / entry["file"]).is_file() for entry in content["manifest"])


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
