"""How articles print numbers: one grammar, and the interval that each text stands for."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from plsem.quantities import COUNTS
from tableaudit.boxes import Interval

__all__ = ["parse_printed"]

STAR_BOUNDS = {1: 0.05, 2: 0.01, 3: 0.001}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_MARKS = "*∗⁎＊†‡§¶"
_BLANK = re.compile(r"^(?:-+|/|\.+|n\.?/?a\.?|n\.?d\.?|none|nan|\(-+\))?$", re.IGNORECASE)
_NOT_SIGNIFICANT = re.compile(r"^n\.?\s?s\.?$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\(?\s*(?:p|n|t|z|df|ρ|α|β|λ|r|R2|f2|VIF|AVE|CR|HTMT|SRMR)\s*(?:-?value)?\s*(?=[=<>≤≥])", re.IGNORECASE
)
_NUMBER = re.compile(
    r"^(?P<bound>[<>≤≥]=?|=)?\s*(?P<sign>[-+]?)\s*(?P<digits>\d*[.,]?\d+|\d+[.,])"
    r"(?:\s*(?:[eE]|[x×]\s*10\^?)\s*(?P<power>[-+]?\s*\d+))?\s*(?P<percent>%?)$"
)
_COUNT = re.compile(r"^(?:n\s*=\s*)?(?P<digits>\d+|\d{1,3}(?P<mark>[,.'’ ])\d{3}((?P=mark)\d{3})*)$", re.I)
_RANGE = re.compile(
    r"^[\[({]?\s*(?P<low>[-+]?\s*[\d.,]+)\s*(?:;|,\s+|\bto\b|\ba\b|/|-)\s*(?P<high>[-+]?\s*[\d.,]+)\s*[\])}]?$"
)


def clean(text: str) -> tuple[str, int]:
    """Return a printed text with one kind of dash and point and without marks, and how many stars it had.

    Superscript letters are footnotes and go; a middle dot between digits is a decimal point.
    """
    kept = []
    for ch in text.strip():
        if ch in "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻªº¹²³⁴⁵⁶⁷⁸⁹⁰":
            continue
        kept.append(" " if unicodedata.category(ch) == "Zs" else ch)
    out = "".join(kept).translate(_DASHES).replace("’", "'")
    out = re.sub(r"(?<=\d)\s*[·∙⋅•]\s*(?=\d)", ".", out)
    out = re.sub(r"^\s*[·∙⋅•](?=\d)", ".", out)
    out = re.sub(r"<sup>.*?</sup>", "", out)
    stars = sum(out.count(m) for m in "*∗⁎＊")
    out = "".join(ch for ch in out if ch not in _MARKS).strip()
    out = re.sub(r"(?<=\d)\s*\(?n\.?\s?s\.?\)?$", "", out, flags=re.IGNORECASE)
    out = re.sub(r"(?<=\d)\s?[a-h]$", "", out)  # a footnote's letter
    return out.strip(), stars


def is_blank(text: str) -> bool:
    """Tell whether a text says that nothing is printed: empty, a dash, "n/a"."""
    plain, stars = clean(text)
    return stars == 0 and bool(_BLANK.match(plain))


def is_figure(text: str) -> bool:
    """Tell whether a text is a printed number, a p in stars included."""
    if not any(clean(text)):
        return False
    try:
        parse_printed(text)
    except ValueError:
        return False
    return True


#: Characters of a printed figure, and its power of ten: beyond it there is nothing to compute with.
LONGEST = 100


def parse_printed(text: str, statistic: str = "") -> tuple[float, int, Interval]:
    """Read a printed number: its value, its decimals and the box it stands for.

    Parameters
    ----------
    text : str
        For instance ``0.738``, ``.80``, ``0,738``, ``–0.12``, ``- 0.12``, ``0·73``, ``1.325*``, ``0.73ᵃ``, ``(2.31)``,
        ``<0.001``, ``p<0.001``, ``5.61E-06``, ``45 %``, ``0.70–0.80``; a count may have its thousands set apart, as in
        ``1,250``, ``1.250`` or ``1 250``, and ``n =`` before it.
    statistic : str
        Counts are whole and exact.  A p-value is between 0 and 1; ``0***`` or ``***`` in its place stands for a
        p below 0.001, ``**`` 0.01, ``*`` 0.05, ``n.s.`` for one of at least 0.05.

    Returns
    -------
    value : float
    decimals : int
    box : Interval

    Raises
    ------
    ValueError
        If the text is not such a number.

    Examples
    --------
    >>> parse_printed("0,738")[:2]
    (0.738, 3)
    """
    if len(text) > LONGEST:
        raise ValueError(f"expected a number such as 0.738 or <0.001, found {len(text)} characters")
    plain, stars = clean(text)
    kind = statistic.rpartition(".")[2]
    if kind in COUNTS:
        return _count(plain, text)
    is_p = kind == "p_value"
    if is_p and _NOT_SIGNIFICANT.match(plain):
        return np.nan, 0, Interval(STAR_BOUNDS[1], 1.0)
    if is_p and stars and plain in ("", "0"):
        bound = STAR_BOUNDS[min(stars, 3)]
        return bound, 3, Interval(0.0, bound)
    plain = _LABEL.sub("", plain)
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    match = _NUMBER.match(plain)
    bottom, top = (0.0, 1.0) if is_p else (-np.inf, np.inf)
    if match is None:
        between = _RANGE.match(plain)
        if between is None:
            raise ValueError(f"expected a number such as 0.738 or <0.001, found {text!r}")
        ends = [parse_printed(between[part].replace(" ", ""), statistic) for part in ("low", "high")]
        box = ends[0][2].hull(ends[1][2])
        return box.middle, max(e[1] for e in ends), box
    digits = match["digits"].replace(",", ".")
    power = int((match["power"] or "0").replace(" ", "")) - (2 if match["percent"] else 0)
    if abs(power) > LONGEST:
        raise ValueError(f"expected a number such as 0.738 or <0.001, found {text!r}")
    decimals = len(digits.partition(".")[2]) - power
    value = float(digits) * 10.0**power * (-1.0 if match["sign"] == "-" else 1.0)
    value = round(value, max(decimals, 0) + 3)
    half = 0.5 * 10.0**-decimals
    if match["bound"] and match["bound"] != "=":
        below = match["bound"][0] in "<≤"
        return value, max(decimals, 0), Interval(bottom, value) if below else Interval(value, top)
    low, high = max(value - half, bottom), min(value + half, top)
    if low > high:  # a p-value above 1: its own box, which the check of ranges finds
        low, high = value - half, value + half
    return value, max(decimals, 0), Interval(low, high)


def _count(plain: str, text: str) -> tuple[float, int, Interval]:
    count = _COUNT.match(plain)
    if count is None:
        raise ValueError(f"expected a whole number such as 45 or 1,250, found {text!r}")
    value = float(re.sub(r"\D", "", count["digits"]))
    return value, 0, Interval.point(value)
