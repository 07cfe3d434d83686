"""The audit's command line: ``python -m tableaudit FILE``, and what ``surveypls audit`` forwards to.

Exit codes: 0 done, 1 our fault, 2 the user's input, 3 figures that cannot all be right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plsem.names import nearest

if TYPE_CHECKING:
    from tableaudit.audit import AuditReport

FORMATS = ("text", "json", "html", "docx")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the audit's options to a parser."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="CSV of printed values, or tables as articles print them: .xlsx .docx .html .tex .md .txt .csv",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="form of the report (text)")
    parser.add_argument("--lang", choices=("en", "es"), default="en", help="language of the report (en)")
    parser.add_argument("--rules", action="store_true", help="also rules of the field that are not met")
    parser.add_argument("--no-scan", action="store_true", help="do not scan small blocks exhaustively")
    parser.add_argument(
        "--significance", type=float, default=None, help="level of the article's decisions (0.05)"
    )
    parser.add_argument("-o", "--output", type=Path, default=None, help="file to write the report to")
    parser.add_argument(
        "--values", type=Path, default=None, help="file to write what was understood to, as a long CSV"
    )


def run(options: argparse.Namespace, further: Callable[[AuditReport], AuditReport] | None = None) -> int:
    """Audit a file and write the report.

    Parameters
    ----------
    options : Namespace
        As :func:`add_options` defines them.
    further : callable, optional
        Adds to the report before it is written.

    Returns
    -------
    int
        The exit code.
    """
    if not options.file.exists():  # told before anything heavy is imported
        folder = options.file.parent
        there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return _fail(f"{options.file}: cannot be read: no such file{nearest(options.file.name, there)}")

    from tableaudit.audit import audit
    from tableaudit.printed import PublishedError
    from tableaudit.report import as_json, as_text, page
    from tableaudit.tables_in import read_article

    if options.significance is not None and not 0 < options.significance < 1:
        return _fail(f"--significance {options.significance:g}: expected a number between 0 and 1")
    if options.format == "docx" and options.output is None:
        return _fail("--format docx needs a file to write to: --output report.docx")
    try:
        article = read_article(options.file)
        published = article.published()
        if options.values is not None:
            options.values.write_text(article.csv(), encoding="utf-8")
        # what was understood comes before what was found, so that it can be corrected and audited again
        if not article.is_long and options.format == "text":
            print(article.shown(options.lang), end="\n\n")
        progress = _progress if sys.stderr.isatty() else None
        report = audit(
            published, significance=options.significance, scan=not options.no_scan, progress=progress
        )
        if further is not None:
            report = further(report)
    except PublishedError as error:
        return _fail(str(error))
    if options.format == "json":
        data = as_json(report, options.lang, rules=options.rules)
        if not article.is_long:
            data["understood"] = {
                "values": article.csv(),
                "notes": [n.text(options.lang) for n in article.notes],
            }
        content: str | bytes = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    elif options.format == "text":
        content = as_text(report, options.lang, rules=options.rules) + "\n"
    else:
        from tableaudit.report_files import as_docx, as_html

        made = page(report, options.lang, rules=options.rules)
        if not article.is_long:
            made = replace(made, sections=(*made.sections, article.section(options.lang)))
        content = as_html(made, options.lang) if options.format == "html" else as_docx(made)
    if options.output is None:
        sys.stdout.write(content if isinstance(content, str) else content.decode("utf-8"))
    else:
        try:
            options.output.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        except OSError as error:
            return _fail(f"{options.output}: cannot be written: {error.strerror}")
    return report.exit_status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="tableaudit", description="Check what an article's printed PLS-SEM tables say about each other."
    )
    add_options(parser)
    return run(parser.parse_args(arguments))


def _progress(construct: str) -> None:
    print(f"scanning {construct} …", file=sys.stderr, flush=True)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2
