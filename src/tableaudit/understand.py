"""From tables as articles print them to one row for each printed cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tableaudit.details import Detail, Word, say
from tableaudit.grids import Grid
from tableaudit.headings import plain_heading, role_of, statistic_of, statistics_in
from tableaudit.names import SURE, matches, plain_name
from tableaudit.numbers import clean, is_blank, is_figure, parse_printed
from tableaudit.path_tables import EFFECTS, paths_in, read_effects
from tableaudit.understood import Understood

_PER_CONSTRUCT = (
    *("cronbach_alpha", "rho_a", "rho_c", "composite_reliability", "ave", "sqrt_ave"),
    *("r_squared", "adjusted_r_squared", "q_squared", "n_items_retained"),
)
_PER_ITEM = ("outer_loading", "outer_weight", "outer_vif", "item_mean")
_FIT = ("srmr", "nfi", "d_uls", "d_g")
#: What a matrix whose figures lead from its rows to its columns may hold, as its title says.
_DIRECTED = ("f_squared", "vif", "total_effect", "path_coefficient")
_NUMBERED = re.compile(r"^(?:[\[(]?(\d+)(?:[\]).]+\s*|\s+))(?=\S)")
_CODE = r"[A-Za-z]{1,8}[_.-]?\d{1,3}[a-z]?"
#: An item's code before its wording, or behind it in brackets.
_CODED = re.compile(rf"^({_CODE})\s*[:.)–-]\s+\S|[(\[]({_CODE})[)\]]$")
_PAIR = re.compile(r"^([^\s(\[]+)\s*[(\[]([^()\[\]]+)[)\]]$")
COLUMNS = ("table", "cell", "statistic", "row", "column", "printed", "note")


def understand(grids: Sequence[Grid]) -> Understood:
    """Read tables.

    Parameters
    ----------
    grids : sequence of Grid

    Returns
    -------
    Understood
        Every figure whose statistic and names were recognised; a table that was not is remarked on.
    """
    out = Understood()
    for number, grid in enumerate(grids, start=1):
        out.table = _label(grid.title, number)
        before = len(out.rows)
        _read(grid, out)
        if len(out.rows) == before:
            shown = grid.title or " | ".join(grid.rows[0][:5])
            out.notes.append(say("table {} was not understood: {}", out.table, shown[:80]))
    if not any(statistic == "outer_loading" for _, statistic, *_ in out.rows):
        _own_loadings(out)
    return out


def _own_loadings(out: Understood) -> None:
    """Where no other loadings are printed take each item's largest cross-loading for its loading."""
    largest: dict[str, tuple[float, int]] = {}
    for i, (_, statistic, item, _, printed) in enumerate(out.rows):
        if statistic == "cross_loading":
            largest[item] = max(largest.get(item, (0.0, i)), (abs(parse_printed(printed)[0]), i))
    for _, i in largest.values():
        table, _, item, construct, printed = out.rows[i]
        out.rows[i] = (table, "outer_loading", item, construct, printed)
    if largest:
        out.notes.append(Detail("the largest cross-loading of each item is read as its loading"))


def _label(title: str, number: int) -> str:
    found = re.match(r"(?i)\s*(?:table|tabla|cuadro|tabelle|tabela|tab\.)\s*([A-Z]?\d+[a-z]?)", title)
    return found[1] if found else str(number)


def _read(grid: Grid, out: Understood) -> None:
    fit = [row for row in grid.rows if statistic_of(row[0]) in _FIT]
    for row in fit:
        figure = next((c for c in row[1:] if is_figure(c)), "")
        out.add(str(statistic_of(row[0])), "model", "", figure)
    rest = tuple(row for row in grid.rows if row not in fit)
    if fit and len(rest) <= max(2, len(fit)):
        return
    header, body = _header(_apart(_upright(Grid(grid.title, rest)), out))
    title = plain_heading(grid.title)
    kinds = _kinds(header)
    if _is_matrix(header, body) or (_directed(title) and not any(kinds) and not paths_in(body)):
        _read_matrix(title, header, body, out)
        return
    if sum(k is not None for k in kinds) == 0:
        if _numbers_in(body) and header:
            _read_cross_loadings(title, header, body, out)
        return
    of_paths = any(role_of(h) == "path" for h in header) and not any(k in _PER_ITEM for k in kinds)
    if any(k in EFFECTS for k in kinds) or of_paths or paths_in(body):
        read_effects(title, header, kinds, body, out)
        return
    _read_measurement(header, kinds, body, out)


def _kinds(header: Sequence[str]) -> list[str | None]:
    """Return what each heading names; short ones among more that are unknown are names of constructs, such as FC."""
    kinds = [statistic_of(h) for h in header]
    known = [h for h, k in zip(header, kinds, strict=True) if k]
    unknown = [h for h, k in zip(header, kinds, strict=True) if h and not k and not role_of(h)]
    short = max(map(len, known), default=0) <= 3 and max(map(len, unknown), default=0) <= 6
    names = short and len(known) <= len(unknown) and "ave" not in kinds
    return [None] * len(kinds) if names else kinds


def _upright(grid: Grid) -> Grid:
    """Turn a table whose rows are statistics and whose columns are constructs."""
    named = [statistic_of(row[0]) in _PER_CONSTRUCT for row in grid.rows[1:]]
    if sum(named) < max(2, 0.6 * len(named)) or any(_kinds(grid.rows[0][1:])):
        return grid
    return Grid(grid.title, tuple(zip(*grid.rows, strict=True)))


def _apart(grid: Grid, out: Understood) -> Grid:
    """Give a second figure in brackets, as in ``0.45 (3.21)``, a column of its own."""
    rows = [list(row) for row in grid.rows]
    for j in reversed(range(len(rows[0]))):
        pairs = {
            i: m
            for i, row in enumerate(rows)
            if (m := _PAIR.match(row[j])) and all(map(is_figure, m.groups()))
        }
        if len(pairs) < 2:
            continue
        heads = {i: rows[i][j] for i in range(min(pairs)) if rows[i][j]}
        said = {
            i: m
            for i, text in heads.items()
            if (m := re.match(r"(.*?)\s*[(\[](.+)[)\]]", text)) and statistic_of(m[2])
        }
        if not said:
            out.notes.append(say("table {}: the figures in brackets are left out", out.table))
        for i, row in enumerate(rows):
            both = pairs.get(i) or said.get(i)
            row[j : j + 1] = both.groups() if both else (row[j], "")
    return Grid(grid.title, tuple(map(tuple, rows)))


def _header(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """Return one heading for each column, of one or two rows, and the rows below."""
    rows = [list(r) for r in grid.rows]
    best, depth = 0, 0
    for i, row in enumerate(rows[:4]):
        score = sum(statistic_of(c) is not None or role_of(c) is not None for c in row)
        figures = sum(is_figure(c) for c in row)
        if score > best and figures <= 1 + sum(bool(re.fullmatch(r"\d+[.,]?\d*\s*%", c)) for c in row):
            best, depth = score, i
    if best == 0:
        for i, row in enumerate(rows[:3]):
            numbers = [re.sub(r"\W", "", c) for c in row if is_figure(c)]
            if numbers == [str(k) for k in range(1, len(numbers) + 1)]:  # none, or the constructs' numbers
                depth = i
                break
    header = rows[depth]
    start = depth + 1
    if start < len(rows):
        second = rows[start]
        if (
            not any(is_figure(c) for c in second if not c.endswith("%"))
            and sum(statistic_of(c) is not None for c in second) > 1
        ):
            header = [b if statistic_of(b) else (a or b) for a, b in zip(header, second, strict=True)]
            start += 1
    if depth > 0:
        above = rows[depth - 1]
        header = [h or a for h, a in zip(header, above, strict=True)]
    return header, rows[start:]


def _numbers_in(rows: Iterable[Sequence[str]], least: int = 4) -> bool:
    return sum(is_figure(c) for row in rows for c in row) >= least


# matrices of constructs


def _is_matrix(header: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    names = _named_rows(body)
    return (
        len(names) > 1
        and len(_columns_of(header, names)) >= max(2, 0.6 * len(names))
        and _numbers_in(body, 1)
    )


def _named_rows(body: Sequence[Sequence[str]]) -> list[str]:
    return [next((c for c in row if c and not is_figure(c)), "") for row in body]


def _columns_of(header: Sequence[str], names: Sequence[str]) -> dict[int, str]:
    """Return which row each column bears the name, the number or the abbreviation of."""
    known: dict[str, str] = {}
    for name in filter(None, names):
        number = _NUMBERED.match(name)
        known |= {plain_name(_NUMBERED.sub("", name)): name, **({number[1]: name} if number else {})}
    found = {
        j: known[plain_name(_NUMBERED.sub("", h))]
        for j, h in enumerate(header)
        if plain_name(_NUMBERED.sub("", h)) in known
    }
    rest = {h: j for j, h in enumerate(header) if h and j not in found and not role_of(h)}
    likely = matches(
        rest, [n for n in known.values() if n not in found.values() and not n[-1].isdigit()], least=SURE
    )
    return found | {rest[h]: n for h, n in likely.items() if statistic_of(h) is None or len(h) <= 3}


def _read_matrix(title: str, header: Sequence[str], body: Sequence[Sequence[str]], out: Understood) -> None:
    rows = _named_rows(body)
    found = _columns_of(header, rows)
    at = {
        j: _NUMBERED.sub("", found.get(j, h))
        for j, h in enumerate(header)
        if j in found or (h and statistic_of(h) is None and role_of(h) is None)
    }
    rows = [_NUMBERED.sub("", n) for n in rows]
    order = {name: i for i, name in enumerate(dict.fromkeys((*at.values(), *filter(None, rows))))}
    cells = {
        (n, at[j]): row[j]
        for n, row in zip(rows, body, strict=True)
        if n
        for j in at
        if not is_blank(row[j]) and is_figure(row[j])
    }
    other = {j: statistic_of(h) for j, h in enumerate(header) if j not in at}
    for n, row in zip(rows, body, strict=True):
        for j, statistic in other.items():
            if n and statistic in _PER_CONSTRUCT:
                out.add(statistic, n, _second(statistic, n), row[j])
    directed = _directed(title)
    if directed is None:
        _symmetric(title, cells, order, out)
        return
    for (a, b), text in cells.items():
        if a != b:
            out.add(directed, a, b, text)


def _directed(title: str) -> str | None:
    if re.search(r"correl|fornell|larcker|heterot|htmt", title):
        return None
    found = statistics_in(title)
    return next(("inner_vif" if name == "vif" else name for name in _DIRECTED if name in found), None)


def _symmetric(title: str, cells: dict[tuple[str, str], str], order: dict[str, int], out: Understood) -> None:
    below = {k: v for k, v in cells.items() if order[k[0]] > order[k[1]]}
    above = {k: v for k, v in cells.items() if order[k[0]] < order[k[1]]}
    diagonal = {k: v for k, v in cells.items() if k[0] == k[1]}
    is_htmt = bool(re.search(r"htmt|heterotrait", title))
    mentions_fornell = bool(re.search(r"fornell|larcker|correl", title))
    same = above and below and all(below.get((b, a)) == v for (a, b), v in above.items())
    if is_htmt and not (mentions_fornell and below and above and not same):
        for (a, b), text in (below or above).items():
            out.add("htmt", a, b, text)
        if not (below and above) or same:
            above = {}
        for (a, _), text in diagonal.items():
            if clean(text)[0] not in ("1", "1.0", "1.00", "1.000"):
                out.add("htmt_diagonal", a, a, text)
        return
    values = {clean(v)[0].replace(",", ".") for v in diagonal.values()}
    ones = values and all(re.fullmatch(r"1(\.0+)?", v) for v in values)
    squared = bool(re.search(r"squared corr|correlaciones al cuadrado", title))
    if not ones:
        for (a, _), text in diagonal.items():
            out.add(*(("ave", a, "") if squared else ("sqrt_ave", a, a)), text)
    lower, upper = ("construct_correlation", "htmt")
    if re.search(r"htmt[^.;,]*(below|lower|under|debajo|inferior)", title):
        lower, upper = upper, lower
    if not below:
        lower, below, above = "construct_correlation", above, {}
    if squared:
        out.notes.append(say("table {}: squared correlations are left out", out.table))
        return
    for (a, b), text in below.items():
        out.add(lower, a, b, text)
    if above and not same:
        for (a, b), text in above.items():
            out.add(upper, b, a, text)
        if not is_htmt:
            out.notes.append(
                say("table {}: the figures above the diagonal are read as {}", out.table, Word(upper))
            )


def _second(statistic: str, name: str) -> str:
    return name if statistic == "sqrt_ave" else "items" if statistic == "n_items_retained" else ""


# loadings and reliabilities


def _read_measurement(
    header: Sequence[str], kinds: Sequence[str | None], body: Sequence[Sequence[str]], out: Understood
) -> None:
    texts = [j for j, k in enumerate(kinds) if k is None or role_of(header[j]) in ("item", "construct")]
    roles = {role_of(header[j]): j for j in reversed(texts) if role_of(header[j])}
    per_item = [k for k in kinds if k in _PER_ITEM or k == "vif"]
    named = [j for j in texts if sum(bool(row[j]) and not is_figure(row[j]) for row in body) > 0]
    construct_at = roles.get("construct", named[0] if named else 0)
    item_at = roles.get("item")
    if item_at is None and per_item:
        rest = [j for j in named if j != construct_at]
        short = [j for j in rest if max(len(row[j]) for row in body) <= 12]
        item_at = (short or rest or [construct_at])[0]
    elif not per_item:
        item_at = None
    construct = opened = ""
    for row in body:
        figures = [
            j for j, k in enumerate(kinds) if k is not None and j not in (item_at,) and is_figure(row[j])
        ]
        name = row[construct_at]
        if item_at == construct_at:
            # one column names both: a row without a loading opens a construct
            loads = any(kinds[j] in _PER_ITEM or kinds[j] == "vif" for j in figures)
            if name and not loads:
                opened = name
                _reliabilities(row, kinds, opened, out)
                continue
            item = _coded(name)
            construct = opened or _prefix(item)
        else:
            construct = name or construct
            item = _coded(row[item_at]) if item_at is not None else ""
        if not construct:
            construct = _prefix(item)
        if item and item_at is not None:
            for j in figures:
                kind = "outer_vif" if kinds[j] == "vif" else kinds[j]
                if kind in _PER_ITEM:
                    out.add(str(kind), item, construct, row[j])
        _reliabilities(row, kinds, construct, out)


def _coded(item: str) -> str:
    """Return the code of an item that is printed with its wording."""
    found = _CODED.search(item)
    return found[1] or found[2] if found else item


def _prefix(item: str) -> str:
    found = re.match(r"([A-Za-zÀ-ÿ_]+?)[\s_.-]?\d+", item)
    return found[1] if found else item


def _reliabilities(row: Sequence[str], kinds: Sequence[str | None], construct: str, out: Understood) -> None:
    known = {(s, r) for t, s, r, c, p in out.rows if t == out.table}
    for j, kind in enumerate(kinds):
        if kind in _PER_CONSTRUCT and j < len(row) and construct and is_figure(row[j]):
            target = kind in ("r_squared", "adjusted_r_squared", "q_squared")
            name, second = ("", construct) if target else (construct, _second(str(kind), construct))
            if (kind, name) in known and not target:
                continue  # a merged or repeated cell says the same again
            out.add(str(kind), name, second, row[j])


def _read_cross_loadings(
    title: str, header: Sequence[str], body: Sequence[Sequence[str]], out: Understood
) -> None:
    names = [_coded(n) for n in _named_rows(body)]
    at = [j for j, h in enumerate(header) if h and any(is_figure(row[j]) for row in body)]
    if len(at) < 2 or len(set(names)) < len(names):
        return
    cells = [
        (n, header[j], row[j]) for n, row in zip(names, body, strict=True) for j in at if is_figure(row[j])
    ]
    small = sum(abs(parse_printed(text)[0]) <= 1 for *_, text in cells)
    if small < 0.9 * len(cells):  # counts, ages, shares in percent: no loadings
        return
    # one figure in a row is about the item's own construct
    own = "outer_weight" if "outer_weight" in statistics_in(title) else "outer_loading"
    statistic = own if len(cells) == len({name for name, *_ in cells}) else "cross_loading"
    for name, heading, text in cells:
        out.add(statistic, name, heading, text)
