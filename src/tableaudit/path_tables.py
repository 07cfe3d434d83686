"""Tables of paths and effects, a row each, as printed cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tableaudit.headings import plain_heading, role_of, statistics_in
from tableaudit.numbers import is_blank, is_figure
from tableaudit.printed import INFERENCE, STATISTICS
from tableaudit.understood import Understood

_ARROW = re.compile(r"\s*(?:[-–—−=]*\s?>|[→⇒⇾⟶⟹\u2794-\u27be\uf0e0])\s*")
_BACK = re.compile(r"\s*(?:<\s?[-–—−=]+|[←⇐⟵])\s*")
_TO = re.compile(r"\s+(?:to|on|a|sobre|en|hacia|em|para|auf|nach)\s+|\s+[–-]\s+")
_HYPOTHESIS = re.compile(r"^\(?H\s?\d+[a-z]?\)?(?:\s*[:.)–-]\s*|\s+|$)", re.IGNORECASE)
#: An interval's end: a dash after a figure, alone between spaces or without, parts the two and is no sign.
_END = re.compile(r"(?:(?<!\d)[-–−]|(?<!\d)(?<!\d\s)[-–−]\s?)?\d*[.,]?\d+")
EFFECTS = ("path_coefficient", "indirect_effect", "specific_indirect_effect", "total_effect")


def paths_in(body: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row names a path by an arrow."""
    return any(_path_of(cell) for row in body for cell in row[:3])


def _path_of(text: str) -> tuple[str, ...] | None:
    """Return the constructs of a path or route, or None where the text names none."""
    plain = _HYPOTHESIS.sub("", text.strip())
    parts = _BACK.split(plain)[::-1] if _BACK.search(plain) else _ARROW.split(plain)
    stops = [s.strip(" ()") for s in parts if s.strip(" ()")]
    if len(stops) >= 2 and not any(is_figure(s) for s in stops):
        return tuple(stops)
    return None


def read_effects(
    title: str,
    header: Sequence[str],
    kinds: Sequence[str | None],
    body: Sequence[Sequence[str]],
    out: Understood,
) -> None:
    """Read a table with a path or route in each row."""
    roles = {role_of(h): j for j, h in enumerate(header) if role_of(h)}
    filled = [any(is_figure(row[j]) for row in body) for j in range(len(kinds))]
    kinds = [k if f or k not in EFFECTS else None for k, f in zip(kinds, filled, strict=True)]
    base = _base_of(title, kinds)
    source = ""
    for row in body:
        stops = next((p for c in row[:4] if (p := _path_of(c))), None)
        if stops is None and "source" in roles and "target" in roles:
            source = row[roles["source"]] or source  # a merged cell
            ends = source, row[roles["target"]]
            stops = ends if all(ends) else None
        if stops is None:
            texts = [c for c in row[:3] if c and not is_figure(c)]
            heading = _section(texts[0]) if texts else None
            if heading:
                base = heading
            elif sum(is_figure(c) for c in row) > (0 if "path" in roles else 1):
                pairs = (_TO.split(_HYPOTHESIS.sub("", c)) for c in texts)
                stops = next((tuple(map(str.strip, p)) for p in pairs if len(p) == 2 and all(p)), None)
            if stops is None:
                continue
        current = base
        if len(stops) > 2 and base in ("path_coefficient", "indirect_effect"):
            current = "specific_indirect_effect"
        names = (" -> ".join(stops), "") if current == "specific_indirect_effect" else (stops[0], stops[-1])
        _effect_row(row, kinds, current, names, stops, out)


def _base_of(title: str, kinds: Sequence[str | None]) -> str:
    named = [k for k in kinds if k in EFFECTS]
    of_title = _effect_in(title)
    if of_title and len(named) <= 1:
        return of_title
    return named[0] if named else "path_coefficient"


def _effect_in(text: str) -> str | None:
    """Return the kind of indirect or total effect that a title or a line within a table names."""
    found = statistics_in(text)
    if "specific_indirect_effect" in found:
        return "specific_indirect_effect"
    if re.search(r"indire[ck]?t", plain_heading(text)):
        return "indirect_effect"
    return "total_effect" if "total_effect" in found else None


def _section(text: str) -> str | None:
    found = _effect_in(text)
    if found == "specific_indirect_effect":
        return "indirect_effect"
    return found or (
        "path_coefficient"
        if re.search(r"dire[ck]?t\w* (effe[ck]t|path)|(efectos?|efeitos?) dire", plain_heading(text))
        else None
    )


def _effect_row(
    row: Sequence[str],
    kinds: Sequence[str | None],
    base: str,
    names: tuple[str, str],
    stops: Sequence[str],
    out: Understood,
) -> None:
    prefix = "" if base == "path_coefficient" else f"{base}."
    estimated = False
    for j, kind in enumerate(kinds):
        text = row[j]
        if kind is None or is_blank(text):
            continue
        if kind in EFFECTS:
            statistic = (
                kind if kind != "path_coefficient" and not estimated else (base if not estimated else kind)
            )
            if kind != base and kind in ("indirect_effect", "total_effect") and len(stops) == 2:
                statistic = kind
            out.add(statistic, *names, text)
            estimated = True
        elif kind in INFERENCE:
            if f"{prefix}{kind}" in STATISTICS:
                out.add(f"{prefix}{kind}", *names, text)
        elif kind == "ci":
            ends = _END.findall(text.replace("%", ""))
            if len(ends) == 2:
                out.add(f"{prefix}ci_lower", *names, ends[0])
                out.add(f"{prefix}ci_upper", *names, ends[1])
        elif len(stops) == 2 and kind in ("f_squared", "vif", "outer_vif"):
            out.add("f_squared" if kind == "f_squared" else "inner_vif", stops[0], stops[1], text)
        elif (
            len(stops) == 2
            and kind in ("r_squared", "adjusted_r_squared")
            and not any(s == kind and c == stops[1] and t == out.table for t, s, _, c, _ in out.rows)
        ):
            out.add(kind, "", stops[1], text)
