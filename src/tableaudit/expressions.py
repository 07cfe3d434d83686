"""A small language of claims about printed cells, evaluated over their rounding boxes.

An expression is made of numbers, ``+ - * /``, comparisons, ``and or not``, and

- ``T6.srmr``: a printed cell by its name (``cell("…")`` where the name is not made of words and dots);
- ``outer_loading``: every printed cell of a statistic; ``outer_loading["RC"]``: those of a construct, item
  or target; ``path_coefficient["INFRATICS", "FI"]``: those of a row and column, pairs in either order;
- ``fornell_larcker``: √AVE minus the correlation for each printed correlation;
  ``higher_order_constructs``: the number of constructs on a path that are measured by no item;
- ``all any min max sum mean count abs sqrt``, ``same_digits(a, b)`` (row by row the same text),
  ``printed("sample_size")``, ``defined(htmt_diagonal)``, ``reading(composite_reliability)``;
- ``not_printed("…")``: names what the statement rests on and no table has: it cannot be told.

``cell == 0.90`` asks whether 0.90 rounds to what is printed.  The verdict is ``holds``, ``fails``, or
``cannot be told`` where the rounding, or what is not printed, decides.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plsem.names import nearest
from tableaudit.boxes import Interval
from tableaudit.printed import STATISTICS, UNDEFINED, Cell, Published
from tableaudit.rules import fornell_larcker

MAX_LENGTH = 500
_DERIVED = ("fornell_larcker", "higher_order_constructs")
_FUNCTIONS = (
    *("all", "any", "min", "max", "sum", "mean", "count", "abs", "sqrt", "cell"),
    *("same_digits", "printed", "defined", "reading", "not_printed"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A value under evaluation: an interval, a text, or a truth, with the cells that it came from.

    ``rounded`` is False for an interval of counts, whose inside is not what rounds to a printed number.
    """

    value: Interval | str | bool | None
    cells: tuple[Cell, ...] = ()
    rounded: bool = True


@dataclass(slots=True)
class _Scope:
    published: Published
    readings: Mapping[str, Sequence[str]]
    decisive: dict[str, Cell] = field(default_factory=dict)


def evaluate(
    expression: str, published: Published, *, readings: Mapping[str, Sequence[str]] | None = None
) -> tuple[bool | None, str]:
    """Evaluate one expression.

    Returns
    -------
    truth : bool or None
    found : str
        The cells that decide it, as ``name = printed``; of ``all(…)`` those that break it, where some do.

    Raises
    ------
    ValueError
        If the expression is too long, is not in the language or is not a yes-or-no question.
    KeyError
        If it names a cell or a statistic that does not exist.
    """
    if len(expression) > MAX_LENGTH:
        raise ValueError(f"expression longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"not an expression: {expression!r}") from None
    scope = _Scope(published, readings or {})
    result = _single(_evaluate(tree, scope))
    if not (result.value is None or isinstance(result.value, bool)):
        raise ValueError(f"not a yes-or-no question: {expression!r}")
    cells = list(scope.decisive.values())
    shown = [f"{c.id} = {c.printed}" for c in cells[:4]]
    if len(cells) > 4:
        shown.append(f"and {len(cells) - 4} more")
    return result.value, ", ".join(shown)


_Value = Item | list[Item]


def _evaluate(node: ast.expr, scope: _Scope) -> _Value:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float, str)):
            raise ValueError(f"not a number or text: {node.value!r}")
        return Item(node.value if isinstance(node.value, str) else Interval.point(float(node.value)))
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _named(_dotted(node), scope)
    if isinstance(node, ast.Subscript):
        return _subscript(node, scope)
    if isinstance(node, ast.BoolOp):
        return _connect(node, scope)
    if isinstance(node, ast.UnaryOp):
        return _unary(node, scope)
    if isinstance(node, ast.BinOp):
        return _arithmetic(node, scope)
    if isinstance(node, ast.Compare):
        return _comparison(node, scope)
    if isinstance(node, ast.Call):
        return _call(node, scope)
    raise ValueError(f"not in the language of statements: {ast.unparse(node)}")


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    raise ValueError(f"not a name: {ast.unparse(node)}")


def _named(name: str, scope: _Scope) -> _Value:
    if name == "fornell_larcker":
        return [Item(margin, (cell, root)) for cell, root, margin in fornell_larcker(scope.published)]
    if name == "higher_order_constructs":
        measured = scope.published.items
        ends = {end for path in scope.published.paths for end in path}
        return Item(Interval.point(float(sum(end not in measured for end in ends))))
    if name in STATISTICS:
        return [_of_cell(c) for c in scope.published.select(name)]
    if any(c.id == name for c in scope.published):
        return _of_cell(scope.published[name])
    valid = [*(c.id for c in scope.published), *STATISTICS, *_DERIVED]
    raise KeyError(f"no printed cell or statistic {name!r}{nearest(name, valid)}")


def _of_cell(cell: Cell) -> Item:
    return Item(cell.box if cell.is_number else cell.printed, (cell,))


def _subscript(node: ast.Subscript, scope: _Scope) -> _Value:
    name = _dotted(node.value)
    if name not in STATISTICS:
        raise KeyError(f"no statistic {name!r}{nearest(name, STATISTICS)}")
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    keys = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
    if len(keys) != len(parts) or len(keys) > 2:
        raise ValueError(f"expected one or two names in quotes, found {ast.unparse(node)}")
    if len(keys) == 2:
        found = scope.published.select(name, *keys)
    else:
        found = [c for c in scope.published.select(name) if keys[0] in (c.row, c.column)]
    if not found:
        raise KeyError(f"nothing is printed for {ast.unparse(node)}")
    return [_of_cell(c) for c in found]


def _connect(node: ast.BoolOp, scope: _Scope) -> Item:
    truths = [_truth(_single(_evaluate(value, scope))) for value in node.values]
    if isinstance(node.op, ast.And):
        return Item(_all(truths))
    return Item(_not(_all([_not(t) for t in truths])))


def _unary(node: ast.UnaryOp, scope: _Scope) -> _Value:
    value = _evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return Item(_not(_truth(_single(value))))
    if isinstance(node.op, ast.USub):
        return _map(lambda x: -x, value)
    raise ValueError(f"not in the language of statements: {ast.unparse(node)}")


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Interval, Interval], Interval]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _arithmetic(node: ast.BinOp, scope: _Scope) -> _Value:
    operation = _ARITHMETIC.get(type(node.op))
    if operation is None:
        raise ValueError(f"not in the language of statements: {ast.unparse(node)}")
    left, right = _evaluate(node.left, scope), _evaluate(node.right, scope)
    pairs = _pairs(left, right, node)
    out = [Item(operation(_number(a), _number(b)), a.cells + b.cells) for a, b in pairs]
    return out if isinstance(left, list) or isinstance(right, list) else out[0]


def _comparison(node: ast.Compare, scope: _Scope) -> _Value:
    values = [_evaluate(v, scope) for v in (node.left, *node.comparators)]
    results: list[_Value] = []
    for operator, left, right in zip(node.ops, values[:-1], values[1:], strict=True):
        out = [Item(_compare(operator, a, b, node), a.cells + b.cells) for a, b in _pairs(left, right, node)]
        vector = isinstance(left, list) or isinstance(right, list)
        if len(out) == 1:
            _decide(scope, out)
        results.append(out if vector else out[0])
    if len(results) == 1:
        return results[0]
    if any(isinstance(r, list) for r in results):
        length = max(len(r) for r in results if isinstance(r, list))
        rows = [r if isinstance(r, list) else [r] * length for r in results]
        columns = zip(*rows, strict=True)
        return [Item(_all([_truth(i) for i in column]), column[0].cells) for column in columns]
    return Item(_all([_truth(_single(r)) for r in results]))


def _compare(operator: ast.cmpop, a: Item, b: Item, node: ast.expr) -> bool | None:
    if isinstance(a.value, str) or isinstance(b.value, str):
        if not (isinstance(a.value, str) and isinstance(b.value, str)):
            raise ValueError(f"a number is compared with a text in {ast.unparse(node)}")
        if isinstance(operator, (ast.Eq, ast.NotEq)):
            return (a.value == b.value) == isinstance(operator, ast.Eq)
        raise ValueError(f"texts are compared with == or != only, in {ast.unparse(node)}")
    x, y = _number(a), _number(b)
    if isinstance(operator, (ast.Eq, ast.NotEq)):
        same = _same_number(x, y) if a.rounded and b.rounded else _same_count(x, y)
        return same if isinstance(operator, ast.Eq) else _not(same)
    if isinstance(operator, (ast.Lt, ast.LtE)):
        return x.less(y, strict=isinstance(operator, ast.Lt))
    if isinstance(operator, (ast.Gt, ast.GtE)):
        return y.less(x, strict=isinstance(operator, ast.Gt))
    raise ValueError(f"not in the language of statements: {ast.unparse(node)}")


def _same_number(x: Interval, y: Interval) -> bool | None:
    if x.width == 0 or y.width == 0:
        point, box = (x, y) if x.width == 0 else (y, x)
        return box.contains(point.lower)
    return x.equal(y)


def _same_count(x: Interval, y: Interval) -> bool | None:
    return False if x.intersect(y) is None else (True if x.width == y.width == 0 else None)


def _call(node: ast.Call, scope: _Scope) -> _Value:
    name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
    if name not in _FUNCTIONS or node.keywords:
        raise ValueError(f"no function {name!r}{nearest(name, _FUNCTIONS)}")
    if name in ("cell", "printed", "not_printed"):
        return _by_text(name, node, scope)
    if name in ("defined", "reading"):
        return _about_statistic(name, node, scope)
    arguments = [_evaluate(a, scope) for a in node.args]
    if name == "same_digits":
        if len(arguments) != 2:
            raise ValueError("same_digits takes two lists of cells")
        return Item(_same_digits(arguments[0], arguments[1], scope))
    items = [i for a in arguments for i in (a if isinstance(a, list) else [a])]
    if not items:
        raise ValueError(f"{name} of nothing: no such cell is printed")
    if name in ("all", "any"):
        return _quantified(name, items, scope)
    if name == "count":
        truths = [_truth(i) for i in items]
        low, high = sum(t is True for t in truths), sum(t is not False for t in truths)
        _decide(scope, [i for i in items if i.value is True])
        return Item(Interval(low, high), rounded=False)
    return _summary(name, items, arguments)


def _summary(name: str, items: list[Item], arguments: list[_Value]) -> _Value:
    if name in ("abs", "sqrt"):
        return _map(Interval.absolute if name == "abs" else Interval.sqrt, arguments[0])
    boxes = [_number(i) for i in items]
    if name in ("min", "max"):
        pick = min if name == "min" else max
        value = Interval(pick(b.lower for b in boxes), pick(b.upper for b in boxes))
        chosen = pick(items, key=lambda i: _number(i).middle)
        return Item(value, chosen.cells)
    value = Interval(math.fsum(b.lower for b in boxes), math.fsum(b.upper for b in boxes))
    if name == "mean":
        value = value * (1 / len(boxes))
    return Item(value, tuple(c for i in items for c in i.cells))


def _quantified(name: str, items: list[Item], scope: _Scope) -> Item:
    truths = [_truth(i) for i in items]
    result = _all(truths) if name == "all" else _not(_all([_not(t) for t in truths]))
    telling = [i for i, t in zip(items, truths, strict=True) if t == result]
    _decide(scope, telling)
    return Item(result)


def _by_text(name: str, node: ast.Call, scope: _Scope) -> Item:
    argument = node.args[0] if len(node.args) == 1 else None
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        raise ValueError(f"{name} takes one text in quotes")
    if name == "cell":
        return _of_cell(scope.published[argument.value])
    if name == "not_printed":
        return Item(None)
    found = scope.published.select(argument.value)
    _decide(scope, [_of_cell(c) for c in found])
    return Item(bool(found))


def _about_statistic(name: str, node: ast.Call, scope: _Scope) -> Item:
    statistic = _dotted(node.args[0]) if len(node.args) == 1 else ""
    if statistic not in STATISTICS:
        raise KeyError(f"no statistic {statistic!r}{nearest(statistic, STATISTICS)}")
    _decide(scope, [_of_cell(c) for c in scope.published.select(statistic)])
    if name == "defined":
        return Item(statistic not in UNDEFINED)
    return Item(next(iter(scope.readings.get(statistic, (statistic,)))))


def _same_digits(first: _Value, second: _Value, scope: _Scope) -> bool:
    a, b = (v if isinstance(v, list) else [v] for v in (first, second))
    texts = [{c.row: c for i in side for c in i.cells} for side in (a, b)]
    if len(a) == len(b) == 1:
        pairs = [(a[0].cells[0], b[0].cells[0])]
    else:
        pairs = [(texts[0][row], texts[1][row]) for row in texts[0] if row in texts[1]]
    if not pairs:
        raise ValueError("same_digits: the two lists have no row in common")
    different = [pair for pair in pairs if pair[0].printed != pair[1].printed]
    _decide(scope, [_of_cell(c) for pair in (different or pairs) for c in pair])
    return not different


def _decide(scope: _Scope, items: Sequence[Item]) -> None:
    for item in items:
        for cell in item.cells:
            scope.decisive.setdefault(cell.id, cell)


def _pairs(left: _Value, right: _Value, node: ast.expr) -> list[tuple[Item, Item]]:
    if isinstance(left, list) and isinstance(right, list):
        if len(right) == 1:
            right = right * len(left)
        if len(left) == 1:
            left = left * len(right)
        if len(left) != len(right):
            raise ValueError(f"{len(left)} cells against {len(right)} in {ast.unparse(node)}")
        return list(zip(left, right, strict=True))
    if isinstance(left, list):
        return [(a, right) for a in left if isinstance(right, Item)]
    if isinstance(right, list):
        return [(left, b) for b in right]
    return [(left, right)]


def _map(function: Callable[[Interval], Any], value: _Value) -> _Value:
    if isinstance(value, list):
        return [Item(function(_number(i)), i.cells) for i in value]
    return Item(function(_number(value)), value.cells)


def _single(value: _Value) -> Item:
    if isinstance(value, list):
        if len(value) != 1:
            raise ValueError(f"{len(value)} cells where one is needed; use all(…) or any(…)")
        return value[0]
    return value


def _number(item: Item) -> Interval:
    if not isinstance(item.value, Interval):
        raise ValueError(f"not a number: {item.value!r}")
    return item.value


def _truth(item: Item) -> bool | None:
    if item.value is None or isinstance(item.value, bool):
        return item.value
    raise ValueError("a number or text where a comparison is needed")


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _all(truths: Sequence[bool | None]) -> bool | None:
    if any(t is False for t in truths):
        return False
    return None if any(t is None for t in truths) else True
