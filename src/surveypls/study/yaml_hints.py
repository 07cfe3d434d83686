"""Say in plain words why a text is not YAML: tabs, lines that are not one below the other, a colon without a space."""

from __future__ import annotations

import re

from plsem.names import Said

_KEY = re.compile(r"(?:- +)?([^\s#:\[\]{}\"'][^:\[\]{}]*?|\"[^\"]*\"):(?:\s|$)")
#: Opens or closes a list or mapping written in brackets, quotations left out.
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'")


def hint(text: str, line: int | None) -> str | None:
    """Return what to mend, with its line; None where it is none of the common slips.

    Parameters
    ----------
    text : str
        A text that was refused.
    line : int or None
        The line, counted from 0, at which YAML's reader stopped.
    """
    lines = text.splitlines()
    if line is not None and line < len(lines) and re.match(r" *\t", lines[line]):
        return Said("line {number}: begins with a tab; use spaces, not tabs", number=line + 1)
    found = _crooked(lines)
    if found:
        return found
    for number in (line, None if line is None else line - 1):
        if number is not None and 0 <= number < len(lines):
            bare = re.match(r"\s*(?:- +)?([\w.]+):([\[{].*)", lines[number])
            if bare:
                return Said(
                    "line {number}: put a space after the colon, '{key}: {value}'",
                    number=number + 1,
                    key=bare[1],
                    value=bare[2],
                )
    if line is not None and line < len(lines):
        inner = re.fullmatch(r"\s*(?:- +)?([\w.]+):\s+([^\"'\[{].*:\s.*|[^\"'\[{].*:)", lines[line])
        if inner:
            return Said(
                'line {number}: a colon stands in the text; put quotation marks around it, {key}: "…"',
                number=line + 1,
                key=inner[1],
            )
    return None


def _crooked(lines: list[str]) -> str | None:
    """Find the first line that is not below its neighbours: its own indentation and that of the line above it."""
    open_at: list[tuple[int, str, int]] = []  # indentation, name, line number
    depth, goes_deeper, block = 0, True, -1
    for number, written in enumerate(lines, 1):
        content = re.sub(r"(^|\s)#.*$", "", _QUOTED.sub("''", written)).rstrip()
        if not content.strip():
            continue
        indent = len(content) - len(content.lstrip(" "))
        if block >= 0 and indent > block:
            continue
        block = -1
        if depth == 0:
            name = _name(written)
            above = None
            while open_at and open_at[-1][0] > indent:
                above = open_at.pop()
            if not open_at or open_at[-1][0] < indent:
                if above is not None or not goes_deeper:
                    other = above or open_at[-1]
                    return Said(
                        "line {number}: {name} is indented by {spaces}, {other} (line {line}) by "
                        "{depth}; what belongs together begins one below the other",
                        number=number,
                        name=name,
                        spaces=_spaces(indent),
                        other=other[1],
                        line=other[2],
                        depth=other[0],
                    )
                open_at.append((indent, name, number))
            else:
                open_at[-1] = (indent, name, number)
        depth += len(re.findall(r"[\[{]", content)) - len(re.findall(r"[\]}]", content))
        if depth < 0:
            return None
        # A list may stand right below its key, or deeper; a key may follow a dash.
        goes_deeper = content.endswith(":") or re.match(r"\s*- +[\w.]+:", content) is not None
        if re.search(r":\s*[|>][-+]?$", content):
            block = indent
    return None


def _name(written: str) -> str:
    stripped = written.strip()
    key = _KEY.match(stripped)
    return key[1] if key and not stripped.startswith("- ") else repr(stripped[:30])


def _spaces(n: int) -> str:
    return Said("{n} space" if n == 1 else "{n} spaces", n=n)
