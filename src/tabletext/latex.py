"""A table as LaTeX by pandoc: booktabs, title above and note below as APA 7 asks."""

from __future__ import annotations

import html
import re

from tabletext import layout
from tabletext.tabular import Table, to_plain_html

LINE = 92.0
#: Signs that a document without Unicode fonts has in mathematics only.
SIGNS = {
    "−": "$-$",
    "✓": r"$\checkmark$",
    "✗": r"$\times$",
    "×": r"$\times$",
    "→": r"$\rightarrow$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "≠": r"$\neq$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "²": r"$^{2}$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "λ": r"$\lambda$",
    "ρA": r"$\rho_{A}$",
    "ρC": r"$\rho_{C}$",
    "ρ": r"$\rho$",
    "χ": r"$\chi$",
    "Δ": r"$\Delta$",
    "\u202f": r"\,",
    '"': "''",  # babel's Spanish gives the straight one a meaning
}
_SIGN = re.compile(r"ρ[AC](?![A-Za-z])|[" + "".join(s for s in SIGNS if len(s) == 1) + "]")


def to_tex(table: Table, *, label: str) -> str:
    r"""Return a LaTeX fragment to ``\input`` into a document.

    Parameters
    ----------
    table : Table
    label : str
        Target of ``\ref``.

    Notes
    -----
    The preamble needs ``\usepackage{amssymb,array,booktabs,calc,longtable}``; the fragment says so in its
    first line.  Headings are repeated on each page; the columns of a table that is wider than the line get
    shares of it, and their text is broken.  The number is LaTeX's own.
    """
    import pypandoc

    rows = table.cells()
    wide = sum(n for _, n in layout.needs(table, rows)) > LINE
    widths = [w / LINE for w in layout.column_widths(table, rows, LINE)] if wide else []
    lines = [*to_plain_html(table, html.escape(table.title), widths=widths, name=label), "</table>"]
    if table.full_note:
        lines.append(f"<p><em>{table.note_word}</em> {html.escape(table.full_note)}</p>")
    made = pypandoc.convert_text(
        "\n".join(lines), "latex", format="html-auto_identifiers", extra_args=["--wrap=none"]
    ).replace("\r\n", "\n")
    # A star at the beginning of a row would be an option of the line break before it.
    made = re.sub(r"(?m)^\*", "{*}", _SIGN.sub(lambda found: SIGNS[found[0]], made))
    if table.grouped:
        rules = _span_rules(table)
        made = re.sub(r"(?s)(\\toprule\\noalign\{\}\n.*?\\\\\n)", lambda row: f"{row[1]}{rules}\n", made)
    size = r"\footnotesize" if wide else r"\small"
    packages = r"% needs \usepackage{amssymb,array,booktabs,calc,longtable}"
    return "\n".join(
        [packages, rf"\begingroup{size}\setlength{{\tabcolsep}}{{4pt}}", made.strip(), r"\endgroup", ""]
    )


def _span_rules(table: Table) -> str:
    """Return the rules under the headings that span columns."""
    rules, at = [], 1
    for group, span in table.spans():
        if group:
            rules.append(rf"\cmidrule(lr){{{at}-{at + span - 1}}}")
        at += span
    return " ".join(rules)
