"""Made-up articles for the tests of the audit."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd

from tableaudit.printed import from_values, load_published

ROOT = Path(__file__).parents[1]
MADE_UP = Path(__file__).parent / "data" / "audit"


def _maker():
    spec = importlib.util.spec_from_file_location("make_articles", MADE_UP / "make_articles.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = _maker()


def changed(tmp_path, changes, drop=()):
    """Load the clean article with some cells printed otherwise."""
    lines = (MADE_UP / "clean_values.csv").read_text(encoding="utf-8").splitlines()
    out = []
    for line in lines:
        fields = line.split(",")
        if fields[1] in changes:
            fields[5] = changes[fields[1]]
        if fields[1] not in drop:
            out.append(",".join(fields))
    path = tmp_path / "changed_values.csv"
    path.write_text("\n".join(out) + "\n", encoding="utf-8")
    return load_published(path)


def article(*rows):
    """Printed cells c0, c1, … of lines ``statistic row column printed``; a dot is an empty name."""
    split = [["" if part == "." else part for part in row.split()] for row in rows]
    columns = ["table", "cell", "statistic", "row", "column", "printed", "note"]
    return from_values(
        pd.DataFrame([["1", f"c{i}", *r, ""] for i, r in enumerate(split)], columns=columns), "made"
    )


def one(checks, name):
    """Return the only check of that name."""
    (found,) = [c for c in checks if c.check == name]
    return found
