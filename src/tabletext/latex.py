"""A table as LaTeX: booktabs, title above and note below as APA 7 asks."""

from __future__ import annotations

import re

from tabletext import layout
from tabletext.tabular import Table

LONG_TABLE_LINES = 44
LINE = 92.0
SHRINK = 1.4

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"$\sim$",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": r"\textbar{}",
    '"': "''",
    "\n": " ",
    "\r": " ",
    "\t": " ",
    "\u00a0": "~",
    "\u202f": r"\,",
    "−": "$-$",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
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
    "ρ": r"$\rho$",
    "χ": r"$\chi$",
    "Δ": r"$\Delta$",
}
_SUBSCRIPTS = re.compile(r"ρ([AC])(?![A-Za-z])")
_SUBSCRIPT_MARK = "\ue000"


def escape(text: str) -> str:
    """Return text with every character that LaTeX reads as a command written out."""
    marked = _SUBSCRIPTS.sub(lambda m: _SUBSCRIPT_MARK + m[1], text)
    out = []
    letters = iter(marked)
    for c in letters:
        out.append(rf"$\rho_{{{next(letters)}}}$" if c == _SUBSCRIPT_MARK else _SPECIAL.get(c, c))
    return "".join(out)


def to_tex(table: Table, *, label: str) -> str:
    r"""Return a LaTeX fragment to ``\input`` into a document.

    Parameters
    ----------
    table : Table
    label : str
        Target of ``\ref``.

    Notes
    -----
    The preamble needs ``\usepackage{amssymb,array,booktabs,graphicx,longtable}``; the fragment says
    so in its first line.  Tables of more than 44 lines become a ``longtable``; other wide ones are
    scaled to the line.  The number is LaTeX's own.
    """
    rows = table.cells()
    natural = sum(n for _, n in layout.needs(table, rows))
    # A table wider than the line is scaled down; text that would make it tiny is broken first.
    widths = layout.column_widths(table, rows, min(natural, SHRINK * LINE))
    long = layout.lines(rows, widths) > LONG_TABLE_LINES
    if long:
        widths = layout.column_widths(table, rows, LINE)
    wide = natural > LINE
    spec = _column_spec(table, rows, widths)
    head = _heading(table, widths)
    body = [" & ".join(escape(text) for text in row) + r" \\" for row in rows]
    caption = rf"\caption{{{escape(table.title)}}}\label{{{label}}}"
    note = rf"\textit{{{table.note_word}}} {escape(table.full_note)}" if table.full_note else ""
    lines = [r"% needs \usepackage{amssymb,array,booktabs,graphicx,longtable}"]
    if long:
        size = r"\footnotesize" if wide else r"\small"
        lines += [rf"\begingroup{size}\setlength{{\tabcolsep}}{{4pt}}"]
        lines += [rf"\begin{{longtable}}{{{spec}}}", caption + r" \\", r"\toprule", *head]
        lines += [r"\midrule", r"\endfirsthead", r"\toprule", *head, r"\midrule", r"\endhead"]
        lines += [r"\bottomrule", r"\endfoot", *body, r"\end{longtable}"]
        lines += [rf"\noindent {note}\par"] * bool(note) + [r"\endgroup"]
    else:
        tabular = [rf"\begin{{tabular}}{{{spec}}}", r"\toprule", *head, r"\midrule", *body]
        tabular += [r"\bottomrule", r"\end{tabular}"]
        if wide:
            # Shrunk where it is too wide, never enlarged.
            shrink = r"\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi"
            tabular = [r"\sbox0{%", *tabular[:-1], tabular[-1] + "}" + shrink]
        lines += [r"\begin{table}[htbp]", r"\centering", caption, r"\small", *tabular]
        lines += [
            "",
            rf"\smallskip\begin{{minipage}}{{\linewidth}}\footnotesize {note}\end{{minipage}}",
        ] * bool(note)
        lines += [r"\end{table}"]
    return "\n".join(lines) + "\n"


def _column_spec(table: Table, rows: list[list[str]], widths: list[float]) -> str:
    """Return l and r columns, and p columns where a text does not get its natural width."""
    out = []
    for column, width, (_, natural) in zip(table.columns, widths, layout.needs(table, rows), strict=True):
        if not column.numeric and width < natural:
            out.append(rf">{{\raggedright\arraybackslash}}p{{{0.85 * width / LINE:.2f}\linewidth}}")
        else:
            out.append("r" if column.numeric else "l")
    return "".join(out)


def _heading(table: Table, widths: list[float]) -> list[str]:
    lines = []
    if table.grouped:
        cells, rules, at = [], [], 0
        for group, span in table.spans():
            text = _stacked(group, sum(widths[at : at + span]))
            cells.append(rf"\multicolumn{{{span}}}{{c}}{{{text}}}" if group else "")
            if group:
                rules.append(rf"\cmidrule(lr){{{at + 1}-{at + span}}}")
            at += span
        lines += [" & ".join(cells) + r" \\", " ".join(rules)]
    lines.append(
        " & ".join(
            _stacked(c.heading, w, left=not c.numeric) for c, w in zip(table.columns, widths, strict=True)
        )
        + r" \\"
    )
    return lines


def _stacked(text: str, width: float, *, left: bool = False) -> str:
    """Return a heading, on several lines where it is wider than its columns."""
    lines = layout.wrap(text, width - layout.GAP)
    if len(lines) < 2:
        return escape(text)
    side = "l" if left else "c"
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}" + r"\\".join(map(escape, lines)) + r"\end{tabular}"
