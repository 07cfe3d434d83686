"""Whether every address inside the site leads somewhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """Collects the addresses that a page names, loads, and has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        self.anchors.add(named.get("id", ""))
        if tag == "a" and "href" in named:
            self.links.add(named["href"])
        elif tag == "link" and named.get("rel") not in {"search", "index", "next", "prev", "canonical"}:
            self.loads.add(named.get("href", ""))
        elif "src" in named:
            self.loads.add(named["src"])


def problems(site: Path) -> list[str]:
    """Return what is wrong, one line each.

    Parameters
    ----------
    site : Path
        Folder of finished pages.
    """
    pages: dict[Path, _Page] = {}
    for path in sorted(p for p in site.rglob("*.html") if "_static" not in p.parts):
        pages[path] = _Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    found = []
    for path, page in pages.items():
        name = path.relative_to(site)
        found += [f"{name}: loads {a}" for a in sorted(page.loads) if urlsplit(a).netloc]
        for address in sorted(page.links | page.loads):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not place.is_file():
                found.append(f"{name}: no file for {address}")
            elif (
                parts.fragment
                and place in pages
                and unquote(parts.fragment) not in pages[place].anchors | {"top"}
            ):
                found.append(f"{name}: no place for {address}")
    return found
