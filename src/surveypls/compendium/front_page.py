"""What the front page says of the results: the verdicts in the READMEs and the CODECHECK manifest.

Both are rewritten by ``make reproduce`` from the contracts, so that no number in them is typed by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import yaml

from surveypls.compendium.project import write_atomically
from surveypls.errors import CompendiumError
from tabletext.language import Language

_BLOCK = re.compile(r"(<!-- verdicts: begin -->\n).*?(<!-- verdicts: end -->)", flags=re.DOTALL)
_VERDICTS = ("equal", "close", "differ", "impossible", "not recomputed")
_HEADINGS = {
    "en": ("Article's table", "printed", "✓ equal", "~ close", "✗ differ", "✗ impossible", "All"),
    "es": (
        "Tabla del artículo",
        "impresas",
        "✓ iguales",
        "~ cercanas",
        "✗ difieren",
        "✗ imposibles",
        "Todas",
    ),
}
_OUTPUTS = ("data/derived", "figures", "tables", "paper")


def verdict_table(comparison: pd.DataFrame, labels: Language) -> str:
    """Return the verdicts on the printed figures as a Markdown table, one row a printed table.

    Parameters
    ----------
    comparison : DataFrame
        Columns table and verdict, as :func:`tableaudit.comparison.compare` returns them.
    labels : {"en", "es"}
    """
    first, printed, *kinds, everything = _HEADINGS[labels]
    counts = pd.crosstab(comparison["table"].astype(str), comparison["verdict"]).reindex(
        columns=list(_VERDICTS), fill_value=0
    )
    if int(counts["not recomputed"].sum()):
        raise CompendiumError("a printed figure was not recomputed; see data/derived/05_verdicts.csv")
    rows = [(name, *map(int, row)) for name, row in zip(counts.index, counts.to_numpy()[:, :4], strict=True)]
    rows.append((everything, *map(int, counts.to_numpy()[:, :4].sum(axis=0))))
    lines = [
        f"| {first} | {printed} | {' | '.join(kinds)} |",
        "|---|" + "---:|" * 5,
        *(f"| {name} | {sum(cells)} | {' | '.join(map(str, cells))} |" for name, *cells in rows),
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
    pages: dict[str, Language] = {"README.md": "en", "README.es.md": "es"}
    changed = []
    for name, labels in pages.items():
        text = (root / name).read_text(encoding="utf-8")
        table = verdict_table(comparison, labels)
        blocks = list(_BLOCK.finditer(text))
        if len(blocks) != 1:
            raise CompendiumError(f"{name}: expected one block between 'verdicts: begin' and 'verdicts: end'")
        (block,) = blocks
        fresh = text[: block.start()] + block[1] + table + block[2] + text[block.end() :]
        if write_atomically(root / name, fresh.encode("utf-8")):
            changed.append(name)
    if write_atomically(root / "codecheck.yml", codecheck(root).encode("utf-8")):
        changed.append("codecheck.yml")
    return changed


def outputs(root: Path) -> list[str]:
    """Return every file that a reproduction writes, from the root, in order."""
    files = [p for folder in _OUTPUTS for p in (root / folder).rglob("*") if p.is_file()]
    files += list((root / "notebooks").glob("*.ipynb"))
    return sorted(str(p.relative_to(root)) for p in files if not p.name.startswith((".", "README")))


def codecheck(root: Path) -> str:
    """Return the CODECHECK manifest (https://codecheck.org.uk/spec/config/1.0/) of all outputs."""
    content = {
        "version": "https://codecheck.org.uk/spec/config/1.0/",
        "paper": {
            "title": "A published PLS-SEM survey study of rural firms in the Valle de Guadalupe, re-run in notebooks",
            "authors": [{"name": "The surveypls developers"}],
        },
        "summary": "make reproduce rebuilds every file below from data/raw/survey.csv (synthetic, calibrated to the "
        "article's printed tables).",
        "manifest": [{"file": name, "comment": _comment(name)} for name in outputs(root)],
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _comment(name: str) -> str:
    folder, stem = name.split("/")[0], Path(name).stem
    number = re.match(r"(?:fig_|table_)?(S?\d)", stem)
    maker = f"notebook {number[1]}" if number and folder in ("figures", "tables", "data") else folder
    article = re.match(r"table_([1-6])_[a-z]", stem)
    return f"the article's Table {article[1]}, recomputed" if article else maker
