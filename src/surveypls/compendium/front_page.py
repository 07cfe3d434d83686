"""What the front page says of the results: the verdicts in the READMEs and the CODECHECK manifest.

Both are rewritten by ``make reproduce`` from the contracts, so that no number in them is typed by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import yaml

from surveypls.compendium.outputs import PICTURES, SHEETS, article_table, notebook_of
from surveypls.errors import CompendiumError
from surveypls.study.definition import Study, load_study
from tabletext.catalogue import N_
from tabletext.display import Display
from tabletext.language import Language
from tabletext.storage import write_atomically

_BLOCK = re.compile(r"(<!-- verdicts: begin -->\n).*?(<!-- verdicts: end -->)", flags=re.DOTALL)
#: Verdict → what heads its column.
_VERDICTS = {
    "equal": N_("✓ equal"),
    "close": N_("~ close"),
    "differ": N_("✗ differ"),
    "impossible": N_("✗ impossible"),
}
PAGES: dict[str, Language] = {"README.md": "en", "README.es.md": "es"}
#: The article's one figure, redrawn.
ARTICLE_FIGURE = "fig_4_1_path_diagram"


def verdict_table(comparison: pd.DataFrame, display: Display) -> str:
    """Return the verdicts on the printed figures as a Markdown table, one row a printed table.

    Parameters
    ----------
    comparison : DataFrame
        Columns table and verdict, as :func:`tableaudit.comparison.compare` returns them.
    display : Display
        The page's language.
    """
    if (comparison["verdict"] == "not recomputed").any():
        raise CompendiumError("a printed figure was not recomputed; see data/derived/05_verdicts.csv")
    counts = pd.crosstab(comparison["table"].astype(str), comparison["verdict"])
    counts = counts.reindex(columns=list(_VERDICTS), fill_value=0)
    numbers = [[int(count) for count in row] for row in counts.to_numpy()]
    rows = dict(zip(map(str, counts.index), numbers, strict=True))
    rows[display("All")] = [sum(column) for column in zip(*numbers, strict=True)]
    headings = [display("Article's table"), display("printed"), *map(display, _VERDICTS.values())]
    lines = [
        f"| {' | '.join(headings)} |",
        "|---|" + "---:|" * (len(headings) - 1),
        *(f"| {name} | {sum(cells)} | {' | '.join(map(str, cells))} |" for name, cells in rows.items()),
    ]
    return "\n".join(lines) + "\n"


def refresh(root: Path) -> list[str]:
    """Rewrite the verdict tables of the READMEs and ``codecheck.yml``; return the files that changed.

    Without verdicts (a study with no printed values) there is nothing to rewrite.
    """
    verdicts = root / "data" / "derived" / "05_verdicts.csv"
    if not verdicts.is_file():
        return []
    comparison = pd.read_csv(verdicts)
    study = load_study(root / "study.yaml")
    changed = []
    for name, language in PAGES.items():
        text = (root / name).read_text(encoding="utf-8")
        table = verdict_table(comparison, study.display(language))
        blocks = list(_BLOCK.finditer(text))
        if len(blocks) != 1:
            raise CompendiumError(f"{name}: expected one block between 'verdicts: begin' and 'verdicts: end'")
        (block,) = blocks
        fresh = text[: block.start()] + block[1] + table + block[2] + text[block.end() :]
        if write_atomically(root / name, fresh.encode("utf-8")):
            changed.append(name)
    if write_atomically(root / "codecheck.yml", codecheck(study).encode("utf-8")):
        changed.append("codecheck.yml")
    return changed


def codecheck(study: Study) -> str:
    """Return the CODECHECK manifest (https://codecheck.org.uk/spec/config/1.0/).

    It lists what the article has: its tables and figure, recomputed, and the paper about them.
    """
    entries = [
        {
            "file": f"tables/{stem}.csv",
            "comment": f"the article's Table {article_table(stem)}, recomputed in notebook {notebook_of(stem)}",
        }
        for stem in sorted(filter(article_table, SHEETS), key=lambda stem: article_table(stem) or 0)
    ]
    assert ARTICLE_FIGURE in PICTURES
    entries.append(
        {
            "file": f"figures/{ARTICLE_FIGURE}.svg",
            "comment": f"the article's Figure 1, recomputed in notebook {notebook_of(ARTICLE_FIGURE)}",
        }
    )
    entries += [
        {
            "file": f"paper/paper_{language}.pdf",
            "comment": "the paper, made from the contracts of all notebooks",
        }
        for language in ("en", "es")
    ]
    content = {
        "version": "https://codecheck.org.uk/spec/config/1.0/",
        "paper": {"title": study.title("en"), "authors": [{"name": "The surveypls developers"}]},
        "summary": "make reproduce rebuilds every file below from data/raw/survey.csv (synthetic, calibrated to the "
        "article's printed tables).",
        "manifest": entries,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
