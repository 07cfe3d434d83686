"""A table as an Excel workbook or a Word document, with the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import xlsxwriter
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt

from tabletext import layout
from tabletext.display import Display
from tabletext.tabular import Column, Table, as_number, format_cell, is_missing

FIXED_DATE = datetime(2000, 1, 1)
_ZIP_STAMP = (1980, 1, 1, 0, 0, 0)
_ILLEGAL_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FONT = "Times New Roman"
_PORTRAIT_CHARACTERS, _LANDSCAPE_CHARACTERS = 98.0, 142.0
_WIDEST = 62.0
_ROW = 15.0
_INCHES = 6.5 / _PORTRAIT_CHARACTERS


def to_xlsx(table: Table, stem: str = "table") -> bytes:
    """Return a workbook of one sheet: title, headings, figures as numbers, note.

    Text is written as text whatever it begins with, so nothing in it is run as a formula.  Marks
    and ``< 0.001`` are number formats; the cell below keeps the number, to 12 significant digits.
    """
    buffer = io.BytesIO()
    # With these options off a cell's text can only ever be text.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": clean(table.title), "author": "", "created": FIXED_DATE})
    sheet = book.add_worksheet(_sheet_name(stem))
    sheet.hide_gridlines(2)
    _fill_sheet(book, sheet, table)
    book.close()
    return restamp(buffer.getvalue())


def _sheet_name(stem: str) -> str:
    name = re.sub(r"[\[\]:*?/\\']", "_", stem)[:31]
    # Excel keeps this sheet name for itself.
    return name if name and name.lower() != "history" else "table"


def _fill_sheet(book: Any, sheet: Any, table: Table) -> None:
    base: dict[str, Any] = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
    last = max(len(table.columns) - 1, 0)
    printed = table.cells()
    widths = [min(w, _WIDEST) for w in layout.column_widths(table, printed, 10_000)]
    row = 0
    for text, face in ((table.caption_word, "bold"), (table.title, "italic")):
        if text:
            sheet.write_string(row, 0, clean(text), book.add_format(base | {face: True}))
            row += 1
    first = row
    if table.grouped:
        at = 0
        sheet.set_row(row, _ROW * layout.group_lines(table, widths))
        for group, width in table.spans():
            span = book.add_format(
                base | {"top": 1, "align": "center", "text_wrap": True, "bottom": 1 if group else 0}
            )
            if width > 1:
                sheet.merge_range(row, at, row, at + width - 1, clean(group), span)
            else:
                sheet.write_string(row, at, clean(group), span)
            at += width
        row += 1
    sheet.set_row(row, _ROW * layout.heading_lines(table, widths))
    for j, column in enumerate(table.columns):
        top: dict[str, Any] = {} if table.grouped else {"top": 1}
        align = "right" if column.numeric else "left"
        indent = 1 if j and not column.numeric else 0
        heading = {"bold": True, "bottom": 1, "valign": "bottom", "align": align, "indent": indent}
        style = base | top | heading | {"text_wrap": True}
        sheet.write_string(row, j, clean(column.heading), book.add_format(style))
    row += 1
    sheet.freeze_panes(row, 0)
    for i in range(len(printed)):
        sheet.set_row(row, _ROW * layout.lines([printed[i]], widths))
        rule: dict[str, Any] = {"bottom": 1} if i == len(printed) - 1 else {}
        for j, column in enumerate(table.columns):
            _write_cell(book, sheet, row, j, table, i, table.column_at(i, column), {**base, **rule})
        row += 1
    for j in range(len(widths)):
        sheet.set_column(j, j, widths[j] + 1)
    if table.full_note:
        note = book.add_format({**base, "font_size": 10, "text_wrap": True})
        text = clean(f"{table.note_word} {table.full_note}")
        if last:
            sheet.merge_range(row, 0, row, last, text, note)
        else:
            sheet.write_string(row, 0, text, note)
        sheet.set_row(row, _ROW * (1 + int(len(text) / max(sum(widths), 20))))
        row += 1
    sheet.print_area(0, 0, row - 1, last)
    sheet.repeat_rows(first, first)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if len(table.columns) > 7:
        sheet.set_landscape()


def _write_cell(
    book: Any, sheet: Any, row: int, j: int, table: Table, i: int, column: Column, style: dict[str, Any]
) -> None:
    value = table.frame[column.key].iloc[i]
    mark = table.marks.get((i, column.key), "")
    align: dict[str, Any] = {"align": "right"}
    if not column.numeric:
        align = {"align": "left", "text_wrap": True, "indent": 1 if j else 0}
    if (i, column.key) in table.hidden:
        sheet.write_blank(row, j, None, book.add_format(style))
        return
    number = None if column.kind == "text" or is_missing(value) else as_number(value)
    if number is None or '"' in mark:
        text = clean(format_cell(value, column, table.display) + mark)
        sheet.write_string(row, j, text, book.add_format({**style, **align}))
        return
    shape = _number_format(column, value, table.display, mark)
    # Twelve digits: no more than every processor agrees on.
    sheet.write_number(
        row, j, float(f"{number:.12g}"), book.add_format({**style, **align, "num_format": shape})
    )


def _number_format(column: Column, value: Any, display: Display, mark: str) -> str:
    places = column.places
    if column.kind == "printed" and isinstance(value, str):
        places = len(value.partition(".")[2])
    tail = f'"{mark}"' if mark else ""
    if column.kind == "count":
        return "#,##0" + tail
    digits = "0." + "0" * places if places else "0"
    if column.kind == "percent":
        return digits + "%" + tail
    if column.kind == "p":
        least = f"{10**-places:.{places}f}"
        shown = display.decimals(least)
        return f'[<{least}]"< {shown}"{tail};{digits}{tail}'
    return digits + tail


def to_docx(table: Table, stem: str = "table") -> bytes:
    """Return a Word document with the table in APA 7 form.

    Number in bold, title in italics above; three horizontal rules and no vertical ones; the note
    below.  Wide tables stand on a landscape page; heading rows repeat on each page.
    """
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = clean(table.title), "", ""
    properties.created = properties.modified = FIXED_DATE
    properties.last_modified_by, properties.revision = "", 1
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(11)
    _set_language(normal, table)
    printed = table.cells()
    section = document.sections[0]
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(1)
    least = sum(m for m, _ in layout.needs(table, printed))
    natural = sum(n for _, n in layout.needs(table, printed))
    room = _PORTRAIT_CHARACTERS
    if least > room or natural > 1.6 * room:
        room = _LANDSCAPE_CHARACTERS
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    widths = layout.column_widths(table, printed, room)
    for text, bold in ((table.caption_word, True), (table.title, False)):
        if text:
            paragraph = document.add_paragraph()
            run = paragraph.add_run(clean(text))
            run.bold, run.italic = bold, not bold
            paragraph.paragraph_format.space_after = Pt(4)
            paragraph.paragraph_format.keep_with_next = True
    _fill_word_table(document, table, printed, widths)
    if table.full_note:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        for text, italic in ((table.note_word + " ", True), (clean(table.full_note), False)):
            run = paragraph.add_run(text)
            run.italic, run.font.size = italic, Pt(9)
    buffer = io.BytesIO()
    document.save(buffer)
    return restamp(buffer.getvalue())


def _set_language(style: Any, table: Table) -> None:
    language = OxmlElement("w:lang")
    language.set(
        qn("w:val"),
        "en-GB" if table.display.language == "en" else str(table.display.locale).replace("_", "-"),
    )
    style.element.get_or_add_rPr().append(language)


def _fill_word_table(document: Any, table: Table, printed: list[list[str]], widths: list[float]) -> None:
    n_head = 2 if table.grouped else 1
    grid = document.add_table(rows=n_head + len(printed), cols=len(table.columns))
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    _cell_margins(grid, twips=80)
    cells = [list(r.cells) for r in grid.rows]
    for j, width in enumerate(widths):
        inches = Inches(width * _INCHES)
        grid.columns[j].width = inches
        for row_cells in cells:
            row_cells[j].width = inches
    if table.grouped:
        at = 0
        for group, width in table.spans():
            cell = cells[0][at] if width == 1 else cells[0][at].merge(cells[0][at + width - 1])
            _word_cell(cell, group, WD_ALIGN_PARAGRAPH.CENTER)
            if group:
                _rule(cell, "bottom")
            at += width
    for j, column in enumerate(table.columns):
        side = WD_ALIGN_PARAGRAPH.RIGHT if column.numeric else WD_ALIGN_PARAGRAPH.LEFT
        _word_cell(cells[n_head - 1][j], column.heading, side)
        for i, row in enumerate(printed):
            _word_cell(cells[n_head + i][j], row[j], side)
    for cell in grid.rows[0].cells:
        _rule(cell, "top")
    for cell in cells[n_head - 1]:
        _rule(cell, "bottom")
    for cell in cells[-1]:
        _rule(cell, "bottom")
    for row in grid.rows[:n_head]:
        _row_property(row, "w:tblHeader")
    for row in grid.rows:
        _row_property(row, "w:cantSplit")


def _cell_margins(grid: Any, *, twips: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for edge in ("left", "right"):
        side = OxmlElement(f"w:{edge}")
        side.set(qn("w:w"), str(twips))
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    properties = grid._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    # The schema wants the margins before the look.
    properties.insert(len(properties) if look is None else properties.index(look), margins)


def _word_cell(cell: Any, text: str, side: Any) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.space_before = Pt(1)
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(9)


def _rule(cell: Any, edge: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    line = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    # The schema wants top before bottom.
    borders.insert(0 if edge == "top" else len(borders), line)


def _row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def clean(text: str) -> str:
    """Return text without the control characters that XML cannot hold."""
    return _ILLEGAL_XML.sub("", text)


def restamp(content: bytes) -> bytes:
    """Return the same zip archive with fixed dates and attributes, entries in their order."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, date_time=_ZIP_STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            new.writestr(info, old.read(entry.filename))
    return out.getvalue()
