"""A model as text in lavaan's notation: ``RC =~ RC2 + RC3``, ``SERV <~ S1 + S2``, ``RC ~ INFRATICS``.

Only what a PLS path model has can be said: ``=~`` reflective measurement (Mode A), ``<~`` a construct formed
by its items (Mode B), ``~`` paths.  Constructs in the place of items make a second-order construct, and
``Y ~ X*M`` or ``Y ~ X + M + X:M`` an interaction.  This module knows text alone;
:class:`plsem.model.Model` checks the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plsem.names import Said

__all__ = ["ModelTextError", "parse_model", "write_model"]

OPERATORS = {"=~": "A", "<~": "B", "~": ""}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_PRODUCT = re.compile(rf"{_NAME.pattern}(\s*[*:]\s*{_NAME.pattern})+")
_OPERATOR = re.compile(r":=|~~|=~|<~|~|==|<-|->|[<>=]")
_REFUSED = {
    "~~": Said("covariances are not part of a PLS model"),
    ":=": Said("indirect and total effects are computed by themselves"),
    "==": Said("constraints are not part of a PLS model"),
    "->": Said("write the target first, TARGET ~ SOURCE"),
    "<-": Said("write TARGET ~ SOURCE"),
}
_EXPECTED = Said("expected CONSTRUCT =~ ITEM + ITEM, CONSTRUCT <~ ITEM + ITEM or TARGET ~ SOURCE + SOURCE")
MAX_MODEL_CHARACTERS = 100_000


class ModelTextError(ValueError):
    """The model text cannot be read; ``problems`` holds one entry for each line at fault."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse_model(text: str) -> dict[str, Any]:
    """Read a model text.

    Parameters
    ----------
    text : str
        Statements, one a line or separated by ``;``.  A line that ends with ``+`` or an operator, or
        is followed by one that begins with ``+``, goes on.  ``#`` and ``!`` begin a comment.  Several
        targets share their sources in ``Y + Z ~ X``; two statements about one construct add up.

    Returns
    -------
    dict
        ``{"constructs": {name: {"items": [...], "mode": "A" or "B"}}, "paths": ["SOURCE -> TARGET", ...]}``
        as in a study file, in the order of the text.  Where there are any, also ``"higher_order"``: {name:
        {"components": [...], "mode": ...}}, and ``"products"``: {"X*M": ["X", "M"]}, whose paths stand among
        the others.

    Raises
    ------
    ModelTextError
        For a statement that cannot be read, or a construct both ``=~`` and ``<~``; all at once, by line.

    Notes
    -----
    In R: ``cSEM::parseModel``, ``lavaan::lavaanify``.

    References
    ----------
    Rosseel, Y. (2012). lavaan: an R package for structural equation modeling. Journal of Statistical
    Software 48(2) (the notation); ``<~`` as in cSEM and lavaan for composites.

    Examples
    --------
    >>> found = parse_model("X =~ x1 + x2; Y <~ y1 + y2; Y ~ X")
    >>> found["constructs"]["Y"], found["paths"]
    ({'items': ['y1', 'y2'], 'mode': 'B'}, ['X -> Y'])
    """
    if len(text) > MAX_MODEL_CHARACTERS:
        raise ModelTextError(
            Said("longer than {most:,} characters; this is not a model", most=MAX_MODEL_CHARACTERS)
        )
    constructs: dict[str, dict[str, Any]] = {}
    paths: list[str] = []
    products: dict[str, list[str]] = {}
    problems: list[str] = []
    for line, statement in _statements(text):
        try:
            left, operator, right = _split(statement)
            if operator == "~":
                sources = _sources(right, products, statement)
                paths += [f"{source} -> {target}" for target in left for source in sources]
                continue
            if len(left) > 1:
                raise ModelTextError(
                    Said(
                        "one construct stands before {operator}, found {names}",
                        operator=operator,
                        names=", ".join(map(repr, left)),
                    )
                )
            known = constructs.setdefault(left[0], {"items": [], "mode": OPERATORS[operator]})
            if known["mode"] != OPERATORS[operator]:
                raise ModelTextError(
                    Said("construct {construct!r} is measured by =~ and by <~; choose one", construct=left[0])
                )
            known["items"] += right
        except ModelTextError as error:
            problems.append(Said("line {line}: {error}", line=line, error=error.problems[0]))
    if not problems and not constructs:
        problems.append(Said("no measurement; {expected}", expected=_EXPECTED))
    if not problems and not paths:
        problems.append(Said("no path; expected TARGET ~ SOURCE + SOURCE"))
    problems += _unknown_factors(products, constructs)
    higher, mixed = _second_order(constructs)
    if problems or mixed:
        raise ModelTextError(*problems, *mixed)
    found: dict[str, Any] = {
        "constructs": {name: body for name, body in constructs.items() if name not in higher},
        "paths": list(dict.fromkeys(paths)) if products else paths,
    }
    return found | ({"higher_order": higher} if higher else {}) | ({"products": products} if products else {})


def _sources(terms: Sequence[str], products: dict[str, list[str]], statement: str) -> list[str]:
    """Return the sources that terms stand for, and note their products: X*M is X + M + X:M."""
    sources: list[str] = []
    for term in terms:
        factors = [part.strip() for part in re.split(r"[*:]", term)]
        if len(factors) == 1:
            sources.append(term)
            continue
        if len(factors) > 2:
            raise ModelTextError(
                Said(
                    "{statement}: {term!r}: a product of three constructs is not offered; enter the "
                    "three products of two",
                    statement=_short(statement),
                    term=term,
                )
            )
        known = next((n for n, f in products.items() if sorted(f) == sorted(factors)), None)
        name = known or "*".join(factors)
        products[name] = products.get(name, factors)
        sources += [*(factors if "*" in term else ()), name]
    return list(dict.fromkeys(sources))


def _unknown_factors(products: Mapping[str, Sequence[str]], constructs: Mapping[str, Any]) -> list[str]:
    return [
        Said(
            "{name!r}: {factor!r} is no construct; fixed or labelled coefficients are not part of a PLS model",
            name=name,
            factor=factor,
        )
        for name, factors in products.items()
        for factor in dict.fromkeys(factors)
        if factor not in constructs
    ]


def _second_order(constructs: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return the constructs whose items are constructs, and what is wrong with those that mix both."""
    higher: dict[str, Any] = {}
    problems: list[str] = []
    for name, body in constructs.items():
        parts = [item for item in body["items"] if item in constructs and item != name]
        if parts and len(parts) == len(body["items"]):
            higher[name] = {"components": parts, "mode": body["mode"]}
        elif parts:
            problems.append(
                Said(
                    "{name} is measured by constructs ({names}) and by items; a second-order construct "
                    "has constructs only: give the items a construct of their own",
                    name=name,
                    names=", ".join(parts),
                )
            )
    return higher, problems


def write_model(
    blocks: Mapping[str, Sequence[str]],
    paths: Iterable[tuple[str, str]],
    modes: Mapping[str, str],
    *,
    products: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Write a model as text that :func:`parse_model` reads back; paths are gathered by target.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        Construct → items.
    paths : iterable of (str, str)
        (source, target).
    modes : mapping of str to str
        Construct → ``"A"`` or ``"B"``.
    products : mapping of str to (str, str), optional
        Product → its factors; written ``X:M`` whatever its name.

    Returns
    -------
    str

    Examples
    --------
    >>> print(write_model({"X": ["x1", "x2"], "Y": ["y1"]}, [("X", "Y")], {"X": "A", "Y": "A"}))
    X =~ x1 + x2
    Y =~ y1
    Y ~ X
    <BLANKLINE>
    """
    written = {name: ":".join(factors) for name, factors in (products or {}).items()}
    sources: dict[str, list[str]] = {}
    for source, target in paths:
        sources.setdefault(target, []).append(written.get(source, source))
    width = max((len(name) for name in blocks), default=0)
    sign = {mode: operator for operator, mode in OPERATORS.items()}
    lines = [f"{name:<{width}} {sign[modes[name]]} {' + '.join(items)}" for name, items in blocks.items()]
    lines += [f"{target:<{width}} ~ {' + '.join(found)}" for target, found in sources.items()]
    return "\n".join(lines) + "\n"


def _statements(text: str) -> list[tuple[int, str]]:
    """Join continued lines and drop comments; each statement with the line on which it begins."""
    found: list[tuple[int, str]] = []
    goes_on = False
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.split(r"[#!]", raw, maxsplit=1)[0]
        for part in line.split(";"):
            piece = part.strip()
            if not piece:
                continue
            if found and (goes_on or piece.startswith("+")):
                found[-1] = (found[-1][0], f"{found[-1][1]} {piece}")
            else:
                found.append((number, piece))
            goes_on = piece.endswith(("+", "~"))
        if ";" in line:
            goes_on = False
    return found


def _split(statement: str) -> tuple[list[str], str, list[str]]:
    operators = _OPERATOR.findall(statement)
    if len(operators) != 1 or operators[0] not in OPERATORS:
        refused = next((_REFUSED[o] for o in operators if o in _REFUSED), None)
        if refused is None:
            what = (
                Said("no operator" if not operators else "several statements") if len(operators) != 1 else ""
            )
            refused = Said("{what}, {expected}", what=what, expected=_EXPECTED) if what else _EXPECTED
        raise ModelTextError(Said("{file}: {line}", file=_short(statement), line=refused))
    left, right = statement.split(operators[0])
    terms = _names(right, statement, products=operators[0] == "~")
    return _names(left, statement), operators[0], terms


def _names(side: str, statement: str, *, products: bool = False) -> list[str]:
    names = [part.strip() for part in side.split("+")]
    for name in names:
        if _NAME.fullmatch(name) or (products and _PRODUCT.fullmatch(name)):
            continue
        if not name:
            reason = Said("a name is missing; {expected}", expected=_EXPECTED)
        elif "*" in name:
            reason = Said(
                "{name!r}: fixed or labelled coefficients are not part of a PLS model; write the name alone",
                name=name,
            )
        elif ":" in name:
            reason = Said(
                "{name!r}: an interaction stands on the right of ~ and has two constructs, TARGET ~ X:M",
                name=name,
            )
        elif re.search(r"\s|,", name):
            reason = Said("{name!r}: names are joined by +", name=name)
        else:
            reason = Said(
                "{name!r} is not a name: letters, digits, '_' and '.', not beginning with a digit", name=name
            )
        raise ModelTextError(Said("{file}: {line}", file=_short(statement), line=reason))
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ModelTextError(
            Said("{statement}: {names} stands twice", statement=_short(statement), names=", ".join(twice))
        )
    return names


def _short(statement: str) -> str:
    return repr(statement if len(statement) <= 60 else statement[:57] + "...")
