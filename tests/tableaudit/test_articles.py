"""Whole articles in every file format: the figures of estimated public models, printed as journals print them."""

from __future__ import annotations

import docx
import openpyxl
import pytest
from audit_sets import rounded, with_inference

from tableaudit.audit import audit
from tableaudit.cli import main
from tableaudit.numbers import parse_printed
from tableaudit.printed import load_published
from tableaudit.tables_in import read_article

ENGLISH = {
    "loadings": ("Table 2. Measurement model", "Construct", "Item", "Outer loading", "Cronbach's α", "rho_A"),
    "more": ("Composite reliability (rho_c)", "AVE"),
    "validity": "Table 3. Fornell-Larcker criterion (below the diagonal) and HTMT (above)",
    "paths": (
        "Table 4. Hypotheses",
        "Hypothesis",
        "Relationship",
        "β",
        "SE",
        "t-value",
        "p-value",
        "f²",
        "VIF",
    ),
    "r2": ("Table 5. Explained variance", "Endogenous construct", "R²", "Adjusted R²"),
}
SPANISH = {
    "loadings": (
        "Tabla 2. Modelo de medida",
        "Constructo",
        "Indicador",
        "Carga externa",
        "Alfa de Cronbach",
        "rho_A",
    ),
    "more": ("Fiabilidad compuesta (rho_c)", "AVE"),
    "validity": "Tabla 3. Criterio de Fornell-Larcker (debajo de la diagonal) y HTMT (arriba)",
    "paths": (
        *("Tabla 4. Contraste de hipótesis", "Hipótesis", "Relación", "Coeficiente", "Error estándar"),
        *("Valor t", "Valor p", "f²", "VIF"),
    ),
    "r2": ("Tabla 5. Varianza explicada", "Constructo endógeno", "R²", "R² ajustado"),
}
FORMATS = ("docx", "html", "md", "txt", "tex", "xlsx")


def article(values, words, comma):
    """Lay the figures out as tables: (caption, rows of text); None stands for a merged cell."""
    at = {(r.statistic, r.row, r.column): r.printed for r in values.itertuples()}

    def look(statistic, row, column=""):
        text = at.get((statistic, row, column)) or at.get((statistic, column, row)) or "–"
        return text.replace(".", ",") if comma else text

    loads = [k for k in at if k[0] == "outer_loading"]
    names = list(dict.fromkeys(c for _, _, c in loads))
    caption, *head = words["loadings"]
    rows = [[*head, *words["more"]]]
    for name in names:
        for i, (_, item, _) in enumerate(k for k in loads if k[2] == name):
            own = [look(s, name) for s in ("cronbach_alpha", "rho_a", "composite_reliability", "ave")]
            rows.append(
                [
                    name if i == 0 else None,
                    item,
                    look("outer_loading", item, name),
                    *(own if i == 0 else [None] * 4),
                ]
            )
    validity = [["", *names]]
    for i, a in enumerate(names):
        row = [a]
        for j, b in enumerate(names):
            row.append(look("construct_correlation" if j < i else "sqrt_ave" if i == j else "htmt", a, b))
        validity.append(row)
    title, *head = words["paths"]
    paths = [head]
    for i, (_, a, b) in enumerate(k for k in at if k[0] == "path_coefficient"):
        p = at["p_value", a, b]
        small = p == "0.000"
        stars = "***" if small else "*" if float(p) < 0.05 else ""
        p = "< .001" if small and not comma else "< 0,001" if small else look("p_value", a, b)
        beta = look("path_coefficient", a, b).replace("-", "−") + stars
        rest = (
            look("standard_error", a, b),
            look("t_statistic", a, b),
            p,
            look("f_squared", a, b),
            look("inner_vif", a, b),
        )
        paths.append([f"H{i + 1}", f"{a} → {b}", beta, *rest])
    title2, *head = words["r2"]
    targets = list(dict.fromkeys(k[2] for k in at if k[0] == "path_coefficient"))
    r2 = [head, *([t, look("r_squared", "", t), look("adjusted_r_squared", "", t)] for t in targets)]
    return [(caption, rows), (words["validity"], validity), (title, paths), (title2, r2)]


def write_docx(path, tables):
    document = docx.Document()
    for caption, rows in tables:
        document.add_paragraph(caption)
        grid = document.add_table(len(rows), len(rows[0]))
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                if text is None:  # merged with the cell above
                    grid.cell(i - 1, j).merge(grid.cell(i, j))
                else:
                    grid.cell(i, j).text = text
    document.save(path)


def write_html(path, tables):
    parts = []
    for caption, rows in tables:
        parts.append(f"<table><caption>{caption}</caption>")
        for i, row in enumerate(rows):
            cells = []
            for j, text in enumerate(row):
                if text is None:
                    continue
                span = 1
                while i + span < len(rows) and rows[i + span][j] is None:
                    span += 1
                starred = text.rstrip("*")
                sup = f"<sup>{text[len(starred) :]}</sup>" if starred != text else ""
                shown = starred.replace("<", "&lt;")
                cells.append(f"<td rowspan='{span}'>{shown}{sup}</td>")
            parts.append(f"<tr>{''.join(cells)}</tr>")
        parts.append("</table>")
    path.write_text("<html><body>" + "".join(parts) + "</body></html>", encoding="utf-8")


def write_md(path, tables):
    lines = []
    for caption, rows in tables:
        lines += [caption, ""]
        for i, row in enumerate(rows):
            lines.append("| " + " | ".join(text or "" for text in row) + " |")
            if i == 0:
                lines.append("|" + "---|" * len(row))
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def write_txt(path, tables):
    lines = []
    for caption, rows in tables:
        lines += [caption, *("\t".join(text or "" for text in row) for row in rows), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_tex(path, tables):
    lines = []
    signs = (
        ("→", r"$\rightarrow$"),
        ("β", r"$\beta$"),
        ("R²", "$R^2$"),
        ("f²", "$f^2$"),
        ("−", "$-$"),
        ("<", "$<$"),
    )
    for caption, rows in tables:
        lines += [
            r"\begin{table}",
            rf"\caption{{{caption}}}",
            rf"\begin{{tabular}}{{{'l' * len(rows[0])}}}",
            r"\toprule",
        ]
        for i, row in enumerate(rows):
            text = " & ".join((t or "").replace("_", r"\_").replace("***", "$^{***}$") for t in row) + r" \\"
            for sign, command in signs:
                text = text.replace(sign, command)
            lines += [text, *([r"\midrule"] if i == 0 else [])]
        lines += [r"\bottomrule", r"\end{tabular}", r"\end{table}", ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_xlsx(path, tables):
    book = openpyxl.Workbook()
    for number, (caption, rows) in enumerate(tables):
        sheet = book.active if number == 0 else book.create_sheet(f"Table {number}")
        sheet.append([caption])
        for row in rows:
            sheet.append([text or "" for text in row])
        for j in range(1, len(rows[0]) + 1):
            start = 2
            for i in range(3, len(rows) + 3):
                merged = i <= len(rows) + 1 and rows[i - 2][j - 1] is None
                if not merged:
                    if i - start > 1:
                        sheet.merge_cells(start_row=start, end_row=i - 1, start_column=j, end_column=j)
                    start = i
    book.save(path)


WRITERS = {f: globals()[f"write_{f}"] for f in FORMATS}


def figures(table):
    """Statistic and the two names in any order → the printed box; stars and signs aside."""
    found = {}
    for r in table.itertuples():
        if r.statistic in ("decision", "sample_size", "indirect_effect", "total_effect"):
            continue
        statistic = {"rho_c": "composite_reliability"}.get(r.statistic, r.statistic)
        key = (statistic, *sorted((r.row, r.column)))
        box = parse_printed(r.printed, r.statistic)[2]
        found[key] = (box.lower, box.upper)
    return found


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("model_id", "words", "comma"), [("sim3x11", ENGLISH, False), ("corp_rep_simple", SPANISH, True)]
)
def test_every_figure_of_an_article_is_read_and_the_changed_one_is_named(
    tmp_path, capsys, kind, model_id, words, comma
):
    values = with_inference(rounded(model_id), tails=2)
    path = tmp_path / f"paper.{kind}"
    WRITERS[kind](path, article(values, words, comma))
    read = read_article(path)
    known = figures(values)
    found = figures(read.values)
    single = {
        c for c in values["column"] if sum(values["column"][values["statistic"] == "outer_loading"] == c) == 1
    }
    assert not [k for k in found if k not in known and not (set(k) & single)]
    for key, box in known.items():
        small = key[0] == "p_value" and box[0] <= 0
        assert found[key] == pytest.approx((0, 0.001) if small else box), key
    assert audit(read.published(), scan=False).contradictions == ()
    long = tmp_path / "understood.csv"
    assert main([str(path), "--no-scan", "--values", str(long), "--lang", "es" if comma else "en"]) == 0
    again = load_published(long)
    assert [(c.id, c.printed) for c in again] == [(c.id, c.printed) for c in read.published()]
    capsys.readouterr()
    at = values.index[values["statistic"] == "ave"][0]
    wrong = values.copy()
    wrong.loc[at, "printed"] = f"{float(values.loc[at, 'printed']) - 0.2:.3f}"
    WRITERS[kind](path, article(wrong, words, comma))
    report = audit(read_article(path).published(), scan=False)
    assert report.exit_status == 3
    assert report.published[report.contradictions[0].cell].statistic == "ave"
