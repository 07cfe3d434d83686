"""Names of constructs that differ between an article's tables, and their likely matches."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from tableaudit.printed import STATISTICS, Published

SURE = 0.84  # names at least so alike are taken as one construct


def plain_name(name: str) -> str:
    """Return a name without accents, case, spaces, numbers of hypotheses and signs."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(ch for ch in text if not unicodedata.combining(ch)).lower()
    return re.sub(r"[^a-z0-9]+", "", text)


def likeness(a: str, b: str) -> float:
    """Return how likely two names mean one construct, from 0 to 1: equal, initials, beginning, near spelling.

    Parameters
    ----------
    a, b : str
    """
    x, y = plain_name(a), plain_name(b)
    if not x or not y:
        return 0.0
    if x == y:
        return 1.0
    short, long_ = (a, b) if len(x) <= len(y) else (b, a)
    inside = re.search(r"\(([^)]+)\)", long_)
    if inside and plain_name(inside[1]) == plain_name(short):
        return 0.98
    words = [w for w in re.split(r"[^0-9A-Za-zÀ-ÿ]+", long_) if w]
    initials = "".join(plain_name(w)[:1] for w in words)
    s = plain_name(short)
    small = "".join(plain_name(w)[:1] for w in words if len(w) > 3)
    if len(s) > 1 and s in (initials, small):
        return 0.95
    if plain_name(long_).startswith(s) and len(s) >= 2:
        return 0.85
    if len(s) <= 4 and _in_order(s, plain_name(long_)):
        return 0.6
    if len(s) <= 4 and s[0] == plain_name(long_)[0]:
        return 0.5
    return 0.8 * difflib.SequenceMatcher(None, x, y).ratio()


def _in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return letters[0] == word[0] and all(ch in rest for ch in letters)


def matches(names: Iterable[str], known: Iterable[str], *, least: float = 0.5) -> dict[str, str]:
    """Match names to known ones, each used once, the likeliest pairs first.

    Parameters
    ----------
    names, known : iterable of str
    least : float
        Pairs that are less alike stay unmatched.

    Returns
    -------
    dict of str to str
    """
    pairs = sorted(((likeness(a, b), a, b) for a in names for b in known), key=lambda p: (-p[0], p[1], p[2]))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for value, a, b in pairs:
        if value >= least and a not in found and b not in taken:
            found[a] = b
            taken.add(b)
    return found


def strangers(published: Published) -> list[tuple[str, str]]:
    """Return constructs that only some kinds of table name, with the likely other name ("" where none).

    A construct with loadings that no other table names is suspicious, and one of other tables that has none.
    """
    measured = list(published.items)
    if not measured:
        return []
    elsewhere: dict[str, None] = {}
    for cell in published:
        if cell.statistic.partition(".")[0] in (
            "outer_loading",
            "outer_weight",
            "outer_vif",
            "cross_loading",
        ):
            continue
        kinds = STATISTICS[cell.statistic]
        for name, kind in zip((cell.row, cell.column), kinds, strict=True):
            if name and kind in ("construct", "source", "target"):
                elsewhere.setdefault(name)
    structural = {
        n
        for c in published
        if c.statistic in ("path_coefficient", "construct_correlation", "htmt", "sqrt_ave")
        for n in (c.row, c.column)
    }
    alone = [n for n in measured if structural and n not in structural]
    unmeasured = [n for n in elsewhere if n not in measured]
    likely = matches(alone, unmeasured)
    return [(n, likely.get(n, "")) for n in alone if likely.get(n)]
