"""Item names and constructs, read off headings: question codes, grids, groups, paths of form tools."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveypls.study.checks import RESERVED
from surveypls.survey.answers import in_brackets, name_key

_CODE = re.compile(
    r"([A-Za-z][A-Za-z_]*?[_.\- ]?\d+[a-z]?|[A-Za-z]+\d+[_.\-]\d+|[A-Za-z]+\d+[A-Za-z]+\d+|"
    r"\d{1,2}\.\d{1,2}(?=[\s.:)\-–—]+\D))"
    r"(?:[\s.:)\-–—]+(\D.*))?",
    re.DOTALL,
)
_STEM = re.compile(r"(.*?)[_.\- ]*(\d+)[a-z]?")
#: LimeSurvey: a question's code, its part's code in brackets, and perhaps the text.
_PART = re.compile(r"([A-Za-z]\w*)\[(\w+)\](?:[.:\s]+(.+))?", re.ASCII | re.DOTALL)
#: KoboToolbox and ODK: groups before the question's own name.
_PATH = re.compile(r"[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)+|[A-Za-z]\w*-[A-Za-z]\w*(?:-[A-Za-z]\w*)*", re.ASCII)
_LAST_CODE = re.compile(r"\D.*\s([A-Za-z]{1,10}[_.\-]?\d{1,3})\.?", re.DOTALL)
_CODE_BEHIND = re.compile(r"\D.*\s\(([A-Za-z]{1,10}[_.\-]?\d{1,3})\)", re.DOTALL)
#: KoboToolbox by labels: groups' names, or a question's, before what is asked.
_LABELS = re.compile(r"(.+)/((?![a-z]).+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """A column that is an item: its name, construct, heading and wording."""

    name: str
    construct: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says: the item's code and construct, empty where it has none, its grid, and its wording."""

    code: str
    construct: str
    grid: str
    text: str


def read_headings(headings: Sequence[str]) -> list[Heading]:
    """Read every heading of a file; codes that repeat under several questions take the question's."""
    parts = [_PART.fullmatch(h.strip()) for h in headings]
    inner = Counter(m[2] for m in parts if m)
    folders = Counter(_folder(h) for h in headings)
    labels = [_LABELS.fullmatch(h.strip()) for h in headings]
    groups = Counter(m[1] for m in labels if m)
    grids: dict[str, list[int]] = {}
    found: list[Heading] = []
    for j, heading in enumerate(headings):
        part, row, label = parts[j], in_brackets(heading), labels[j]
        if part:
            own = _CODE.fullmatch(part[2])
            text = (in_brackets(part[3]) or part[3] if part[3] else part[2]).strip()
            if own and inner[part[2]] == 1 and not re.fullmatch(r"SQ\d+", part[2]):
                found.append(Heading(part[2], stem(part[2]), "", text))
            else:
                number = re.sub(r"^\D*0*(?=\d)", "", part[2])
                found.append(Heading(f"{part[1]}_{number}", part[1], "", text))
            continue
        folder = _folder(heading)
        last = heading.strip()
        if folder and ("/" in heading or folders[folder] > 1):
            last = re.split(r"[/-]", heading.strip())[-1]
        question = "" if row is None else heading[: heading.rindex("[")].strip()
        if label and not folder and row is None and groups[label[1]] > 1:
            question, row = label[1], label[2]
        behind = _CODE_BEHIND.fullmatch(heading.strip())
        match = _CODE.fullmatch(behind[1] if behind else (row or last).strip())
        if match:
            code = as_name(match[1])
            found.append(Heading(code, stem(code), "", (match[2] or row or heading).strip()))
        elif last != heading.strip():
            found.append(Heading(as_name(last), as_name(re.split(r"[/-]", heading.strip())[-2]), "", heading))
        elif row is not None:
            grids.setdefault(question, []).append(j)
            found.append(Heading("", "", question, row))
        else:
            found.append(Heading("", "", "", re.sub(r"^\d+[.)\s]+", "", heading).strip()))
    for places in grids.values():
        codes = [_LAST_CODE.fullmatch(found[j].text.strip()) for j in places]
        if all(codes) and len({m[1] for m in codes if m}) == len(places):
            for j, m in zip(places, codes, strict=True):
                code = as_name(m[1]) if m else ""
                found[j] = Heading(code, stem(code), "", found[j].text)
    return found


def _folder(heading: str) -> str:
    text = heading.strip()
    return re.split(r"[/-]", text)[-2] if _PATH.fullmatch(text) else ""


def named_items(headings: Sequence[str], titles: Sequence[str], chosen: Sequence[int]) -> list[Item]:
    """Give each chosen column an item name, a construct and its wording, no name twice."""
    read = read_headings(headings)
    numbers: dict[str, int] = {}
    grids = {g: f"C{n}" for n, g in enumerate(dict.fromkeys(read[j].grid for j in chosen if read[j].grid), 1)}
    used: set[str] = set()
    items = []
    for j in chosen:
        heading, got = headings[j], read[j]
        plain_name = re.fullmatch(r"[A-Za-z_]\w*", heading, flags=re.ASCII)
        if got.code:
            name, construct = got.code, got.construct
        elif got.grid:
            construct = grids[got.grid]
            numbers[construct] = numbers.get(construct, 0) + 1
            name = f"{construct}_{numbers[construct]}"
        elif plain_name:
            name = construct = as_name(heading)
        else:
            construct = "X"
            numbers["X"] = numbers.get("X", 0) + 1
            name = f"X{numbers['X']}"
        if name_key(name) in used or name in RESERVED:
            name = f"{name}_{j + 1}"
        used.add(name_key(name))
        title = titles[j] if titles else ""
        text = title.rpartition(" - ")[2] if title and title != heading else got.text
        items.append(Item(name, construct, heading, text))
    sizes = Counter(i.construct for i in items)
    # a construct and an item share a name only where the construct is that item
    return [
        i
        if i.name not in sizes or (i.name == i.construct and sizes[i.name] == 1)
        else replace(i, name=f"{i.name}_item")
        for i in items
    ]


def stem(code: str) -> str:
    """Return what the codes of one construct share: ``"RC"`` of ``"RC_1"``."""
    match = _STEM.fullmatch(code)
    return as_name(match[1]) if match and match[1] else code


def as_name(text: str) -> str:
    """Make a text a name of the study file."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text.strip()).strip("_")[:50]
    if name.lower() in ("true", "false", "null"):  # YAML would not read these as text
        return f"{name}_"
    return name if re.match(r"[A-Za-z_]", name) else f"X{name}"
