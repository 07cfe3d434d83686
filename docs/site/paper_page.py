"""The paper as a page of the site: its links lead to the site's notebooks, and what notebooks made has an anchor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from urllib.parse import unquote

_BLOCK = re.compile(
    r'(?P<tag><div class="table"|<figure)(?P<rest>>(?:(?!<div class="table"|<figure).)*?)'
    r'<a class="source" href="\.\./notebooks/(?:es/)?(?P<book>\w+)\.ipynb#(?P<heading>[^"]*)">',
    flags=re.DOTALL,
)


def paper_page(text: str, places: Sequence[dict[str, str]]) -> tuple[str, set[str]]:
    """Return the body of the paper with its links changed, and the stems that have an anchor in it.

    Parameters
    ----------
    text : str
        The self-contained HTML file.
    places : sequence of dict
        ``notebook``, ``heading``, ``stem`` and ``title`` of each output.

    Notes
    -----
    The paper names notebook and heading of what it shows. Where several tables or figures stand under one heading the
    title decides; where that does not either, the link leads to the first of them and no anchor is set.
    """
    body = text[text.index("<h1>") : text.index("</body>")]
    anchored: set[str] = set()

    def changed(match: re.Match[str]) -> str:
        heading = unescape(unquote(match["heading"]))
        kind = "fig" if match["tag"] == "<figure" else "table"
        under = [p for p in places if (p["notebook"], p["heading"]) == (match["book"], heading)]
        if not under:
            raise SystemExit(f"paper: no output under the heading {heading!r} of {match['book']}.ipynb")
        own = [p for p in under if p["stem"].startswith(kind)]
        if len(own) > 1:
            own = [p for p in own if p["title"] and f"<em>{p['title']}</em>" in match["rest"]]
        new = len(own) == 1 and own[0]["stem"] not in anchored
        if new:
            anchored.add(own[0]["stem"])
        stem = (own or under)[0]["stem"]
        anchor = f' id="{stem}"' if new else ""
        return f'{match["tag"]}{anchor}{match["rest"]}<a class="source" href="notebooks/{match["book"]}.html#{stem}">'

    return _BLOCK.sub(changed, body), anchored
