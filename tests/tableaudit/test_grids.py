"""Tables out of files, each form with the rows that stand in it, written by hand."""

from __future__ import annotations

import docx
import openpyxl
import pytest

from tableaudit.grids import read_grids
from tableaudit.printed import PublishedError

HTML = """<html><head><style>td {color: red}</style><script>var a = "<td>no</td>";</script></head><body>
<h2>A heading above</h2><p></p>
<table><tr><th>Path<th>β</tr>
<tr><td rowspan="3">A<br>B</td><td>0.1</td></tr><tr><td>0.2</td></tr><tr><td>0.3</td></tr>
<tr><td colspan="2">wide &lt;.05</td></tr></table>
<p>Text between</p>
<table><caption>Its own <b>caption</b></caption><tr><td rowspan=2 colspan=2>X</td><td>1</td><td rowspan="2">R</td></tr>
<tr><td>2</td></tr><tr><td>a</td><td>b</td><td>c</td><td>d</td></tr></table>
<table><tr><td rowspan="0">p</td><td colspan="900">q</td></tr><tr><td>r</td><td><p>s</p> t</td></tr></table>
<table><tr><td>one row only</td><td>1</td></tr></table>
</body></html>
"""
TEX = r"""
\begin{table}\caption{Effects \emph{of} $f^2$}\label{t}
\begin{tabular}{l|c@{}r} % a comment & with a cell
\toprule
\multicolumn{2}{c}{\textbf{Wide \& bold}} & $p$ \\ \cmidrule(lr){1-2}
A\_1 $\rightarrow$ B & 0.25$^{**}$ & \textless .001 \\[2pt]
\multirow{2}{*}{C~D} & --0.1 & 45\,\% \tabularnewline \hline
 & $\beta$ & $\betas$ \\
\bottomrule
\end{tabular}\end{table}
Text.
\begin{longtable}[c]{ll}
a & b \\
c & d \\
\end{longtable}
\caption{Below}
"""
MARKDOWN = """# Table 1. **Loadings**

| Item | **Loading** |
|:---|---:|
| T1 &lt; | *0.81* |
| | 0.84 |

a | b
--|--
c | d
A sentence with nothing | 1 bar is a table of one row.

Below
"""
PASTED = """Table 1. Loadings
Item\tLoading
T1\t0.81

Table 2. Paths of the model
Path   beta    p
A -> B   0.25   <0.01
and what goes on
Table 3. Single spaces
A -> B 0.25** (2.10) –
C and D 0.10 n.s.
only 0.5
0.1 0.2
"""
ONE_SPACE = """Table 1. Measurement model
Construct Item Loading Cronbach's alpha Composite reliability AVE
X X1 0.853 0.832 0.882 0.600
X2 0.686
Note: n = 120. Source: own elaboration.

Table 2. Structural model
Hypothesis Path β t-value 95% CI Decision
H1 X -> M 0.448*** 13.585 [0.387, 0.517] Supported
H2 M -> Y 0.222 < 0.1 [-0.138; 0.311] Not supported

Table 3. HTMT
PE FC
PE
FC 0.525
"""
IN_PLACE = """Table 1. T of the paths (|O/STDEV|)
                      β       T statistics (|O/STDEV|)    Decision
  A -> B              0.25                   3.10         Yes
  C -> B                                     2.10
"""
SEMICOLONS = "Item;Carga;AVE\nT1;0,81;0,67\nT2;0,84;\n"
FOUND = {
    "one_space.txt": (
        ONE_SPACE,
        [
            (
                "Table 1. Measurement model",
                [
                    ("Construct", "Item", "Loading", "Cronbach's alpha", "Composite reliability", "AVE"),
                    ("X", "X1", "0.853", "0.832", "0.882", "0.600"),
                    ("", "X2", "0.686", "", "", ""),
                ],
            ),
            (
                "Table 2. Structural model",
                [
                    ("Hypothesis", "Path", "β", "t-value", "95% CI", "Decision"),
                    ("H1", "X -> M", "0.448***", "13.585", "[0.387;0.517]", "Supported"),
                    ("H2", "M -> Y", "0.222", "<0.1", "[-0.138;0.311]", "Not supported"),
                ],
            ),
        ],
    ),
    "in_place.txt": (
        IN_PLACE,
        [
            (
                "Table 1. T of the paths (|O/STDEV|)",
                [
                    ("", "β", "T statistics (|O/STDEV|)", "Decision"),
                    ("A -> B", "0.25", "3.10", "Yes"),
                    ("C -> B", "", "2.10", ""),
                ],
            )
        ],
    ),
    "semicolons.csv": (SEMICOLONS, [("", [("Item", "Carga", "AVE"), ("T1", "0,81", "0,67"), ("T2", "0,84", "")])]),
    "page.html": (
        HTML,
        [
            (
                "A heading above",
                [("Path", "β"), ("A B", "0.1"), ("A B", "0.2"), ("A B", "0.3"), ("wide <.05", "wide <.05")],
            ),
            ("Its own caption", [("X", "X", "1", "R"), ("X", "X", "2", "R"), ("a", "b", "c", "d")]),
            ("", [("p", "q"), ("r", "s t")]),
        ],
    ),
    "paper.tex": (
        TEX,
        [
            (
                "Effects of f²",
                [
                    ("Wide & bold", "Wide & bold", "p"),
                    ("A_1 → B", "0.25**", "< .001"),
                    ("C D", "–0.1", "45 %"),
                    ("", "β", ""),
                ],
            ),
            ("Below", [("a", "b"), ("c", "d")]),
        ],
    ),
    "notes.md": (
        MARKDOWN,
        [
            ("Table 1. **Loadings", [("Item", "Loading"), ("T1 <", "0.81"), ("", "0.84")]),
            ("", [("a", "b"), ("c", "d"), ("A sentence with nothing", "1 bar is a table of one row.")]),
        ],
    ),
    "pasted.txt": (
        PASTED,
        [
            ("Table 1. Loadings", [("Item", "Loading"), ("T1", "0.81")]),
            (
                "Table 2. Paths of the model",
                [("Path", "beta", "p"), ("A -> B", "0.25", "<0.01"), ("and what goes on", "", "")],
            ),
            (
                "Table 3. Single spaces",
                [
                    ("A -> B", "0.25**", "(2.10)", "–"),
                    ("C and D", "0.10", "n.s.", ""),
                    ("only", "0.5", "", ""),
                    ("0.1", "0.2", "", ""),
                ],
            ),
        ],
    ),
    "bars.txt": (
        "Loadings\n| a | b | c |\n|---|---|---|\n| d | e | f |\n",
        [("Loadings", [("a", "b", "c"), ("d", "e", "f")])],
    ),
    "points.csv": (
        "Table 1. Loadings,,\nItem,Loading,\nT1,0.81,\nT2,0.84,\n,,\nPath,β,p\nA -> B,0.25,0.01\n",
        [
            ("Table 1. Loadings", [("Item", "Loading"), ("T1", "0.81"), ("T2", "0.84")]),
            ("", [("Path", "β", "p"), ("A -> B", "0.25", "0.01")]),
        ],
    ),
    "commas.csv": ("Item;Loading\nT1;0,81\nT2;0,84\n", [("", [("Item", "Loading"), ("T1", "0,81"), ("T2", "0,84")])]),
    "tabs.tsv": ("Item\tLoading\nT1\t0,81\n", [("", [("Item", "Loading"), ("T1", "0,81")])]),
}  # fmt: skip


def grids(path):
    return [(g.title, list(g.rows)) for g in read_grids(path)]


@pytest.mark.parametrize("name", FOUND)
def test_tables_of_a_text(tmp_path, name):
    text, expected = FOUND[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    assert grids(path) == expected


def test_a_workbook_s_cells_stand_as_it_shows_them(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "First"
    rows = [
        ["Reliability of the scales used"],
        ["Item", "Loading", "Share", "N", None],
        ["T1", 0.8125, 0.455, 12, None],
        ["T1", 0.25, 1, True, None],
        [],
        ["Short title"],
        ["Path", "β", "p", "wide", "x"],
        ["A", 1e-05, 0.1 + 0.2, 3, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet["B3"].number_format = "0.00"
    sheet["C3"].number_format = "0.0%"
    sheet["D3"].number_format = "0"
    sheet["B4"].number_format = "#,##0.000"
    sheet["B8"].number_format = "0.00E+00"
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("D7:E7")
    book.create_sheet("Second").append(["alone"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert grids(path) == [
        (
            "Reliability of the scales used",
            [("Item", "Loading", "Share", "N"), ("T1", "0.81", "45.5%", "12"), ("T1", "0.250", "1", "True")],
        ),
        (
            "First",
            [("Short title", "", "", "", ""), ("Path", "β", "p", "wide", "wide"), ("A", "1e-05", "0.3", "3", "")],
        ),
    ]  # fmt: skip


def test_a_document_s_tables_have_the_paragraph_above_as_title(tmp_path):
    document = docx.Document()
    document.add_paragraph("Table 1. Loadings")
    document.add_paragraph("")
    for cells in ([["Item", "λ"], ["T1", "0.81"]], [["a", "b"], ["c", "d"]]):
        grid = document.add_table(2, 2)
        for i, row in enumerate(cells):
            for j, text in enumerate(row):
                grid.cell(i, j).text = text
    path = tmp_path / "paper.docx"
    document.save(path)
    assert grids(path) == [
        ("Table 1. Loadings", [("Item", "λ"), ("T1", "0.81")]),
        ("", [("a", "b"), ("c", "d")]),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"x", r"a.pdf: expected one of \.xlsx, \.docx"),
        ("a.csv", b"a,b\n\xff,1\n", r"a.csv: not UTF-8 text \(byte 4\)"),
        ("a.xlsx", b"no workbook", r"a.xlsx: not a readable .xlsx file \(BadZipFile\)"),
        ("a.md", b"no table", r"a.md: no table found in it"),
        ("a.csv", b"one\ntwo\n", r"a.csv: no table found in it"),
    ],
)
def test_a_file_without_tables_is_named(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PublishedError, match=said):
        read_grids(path)
    with pytest.raises(PublishedError, match="cannot be read: No such file"):
        read_grids(tmp_path / "missing.md")


def test_a_file_as_large_as_the_limit_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.md"
    path.write_text("|a|b|\n|c|d|\n")
    monkeypatch.setattr("tableaudit.grids.MAX_BYTES", 12)
    assert grids(path) == [("", [("a", "b"), ("c", "d")])]
    monkeypatch.setattr("tableaudit.grids.MAX_BYTES", 11)
    with pytest.raises(PublishedError, match="larger than 11 bytes"):
        read_grids(path)
