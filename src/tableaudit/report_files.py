"""The one-page report as HTML and DOCX."""

from __future__ import annotations

import html
import io

import docx
from docx.shared import Pt

from tableaudit.report import Page
from tabletext.office import restamp

__all__ = ["as_docx", "as_html"]

_STYLE = (
    "body{font:15px/1.45 Georgia,serif;max-width:48em;margin:2em auto;padding:0 1em;color:#222;"
    "overflow-wrap:anywhere}pre{overflow-x:auto;font-size:.8em;overflow-wrap:normal;max-height:30em}"
    "@media print{pre{max-height:none;white-space:pre-wrap}}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin:1.4em 0 .3em}ol{padding-left:1.4em}li{margin:.5em 0}"
    ".grade{font-variant:small-caps;color:#8a3b12}p.below{margin:.15em 0;color:#444;font-size:.93em}"
)


def as_html(page: Page, language: str = "en") -> str:
    """Write the report as one HTML file that needs nothing else.

    Parameters
    ----------
    page : Page
        Of :func:`tableaudit.report.page`.
    language : {"en", "es"}

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> from tableaudit.audit import audit
    >>> from tableaudit.report import page
    >>> as_html(page(audit(published)))[:15]
    '<!DOCTYPE html>'
    """
    parts = [
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(page.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{html.escape(page.title)}</h1>",
    ]
    for section in page.sections:
        parts.append(f"<h2>{html.escape(section.heading)}</h2>")
        if section.paragraphs:
            parts.append("<ul>" + "".join(f"<li>{html.escape(p)}</li>" for p in section.paragraphs) + "</ul>")
        graded = all(entry.grade for entry in section.entries)
        if section.entries and not graded:
            for entry in section.entries:
                items = "".join(f"<li>{html.escape(t)}</li>" for t in entry.below)
                parts.append(f"<p>{html.escape(entry.sentence)}</p>" + (f"<ul>{items}</ul>" if items else ""))
        elif section.entries:
            parts.append("<ol>")
            for entry in section.entries:
                below = "".join(f'<p class="below">{html.escape(t)}</p>' for t in entry.below)
                parts.append(
                    f"<li>{html.escape(entry.sentence)} "
                    f'<span class="grade">({html.escape(entry.grade)})</span>{below}</li>'
                )
            parts.append("</ol>")
        if section.lines:
            parts.append(f"<pre>{html.escape(section.lines)}</pre>")
    return "\n".join([*parts, "</body></html>", ""])


def as_docx(page: Page) -> bytes:
    """Write the report as a DOCX file; the same report gives the same bytes.

    Parameters
    ----------
    page : Page
        Of :func:`tableaudit.report.page`.

    Returns
    -------
    bytes

    Examples
    --------
    >>> import pandas as pd
    >>> from tableaudit.printed import from_values
    >>> columns = ["table", "cell", "statistic", "row", "column", "printed"]
    >>> rows = [("1", "beta", "path_coefficient", "X", "Y", "0.500"), ("1", "R2", "r_squared", "X", "Y", "0.360"),
    ...         ("1", "t", "t_statistic", "X", "Y", "2.101"), ("1", "p", "p_value", "X", "Y", "0.036")]
    >>> published = from_values(pd.DataFrame(rows, columns=columns), "example")
    >>> from tableaudit.audit import audit
    >>> from tableaudit.report import page
    >>> as_docx(page(audit(published)))[:2]
    b'PK'
    """
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(10)
    document.add_heading(page.title, level=1)
    for section in page.sections:
        document.add_heading(section.heading, level=2)
        for text in section.paragraphs:
            document.add_paragraph(text, style="List Bullet")
        for number, entry in enumerate(section.entries, start=1):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{number}. {entry.sentence} " if entry.grade else entry.sentence)
            if entry.grade:
                paragraph.add_run(f"({entry.grade})").italic = True
            for text in entry.below:
                below = document.add_paragraph(text)
                below.paragraph_format.left_indent = Pt(18)
                below.paragraph_format.space_after = Pt(2)
        if section.lines:
            run = document.add_paragraph().add_run(section.lines)
            run.font.name, run.font.size = "Courier New", Pt(7)
    properties = document.core_properties
    properties.author, properties.title = "", page.title
    buffer = io.BytesIO()
    document.save(buffer)
    return restamp(buffer.getvalue())
