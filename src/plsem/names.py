"""Names, options and words: the nearest valid name, the refusal of wrong values, texts marked for translation."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest valid name, or the list of valid names.

    Examples
    --------
    >>> nearest("rho_C", ["rho_a", "rho_c"]), nearest("path", ["htmt", "path_coefficient"])
    ("; did you mean 'rho_c'?", "; did you mean 'path_coefficient'?")
    """
    options = [str(v) for v in valid]
    if close := _closest(name, options):
        return f"; did you mean {close!r}?"
    return f"; valid names: {few(options, 12)}" if options else ""


def _closest(name: str, options: Sequence[str]) -> str | None:
    """Return the option that is spelled most alike, else the first that begins so; None where there is none."""
    lowered = {v.lower(): v for v in reversed(options)}
    asked = str(name).lower()[:200]
    close = difflib.get_close_matches(asked, lowered, n=1, cutoff=0.6)
    if not close and len(asked) > 2:
        close = [option.lower() for option in options if option.lower().startswith(asked)]
    return lowered[close[0]] if close else None


def few(names: Sequence[object], most: int) -> str:
    """List the first of many names, with ``…`` for those that are left out."""
    return ", ".join(map(str, names[:most])) + (", …" if len(names) > most else "")


def N_(text: T, context: str = "") -> T:
    """Mark a text, or the texts in a dict's values or a sequence, for the catalogue of translations.

    They are shown elsewhere; ``context`` tells two meanings of one English word apart.
    """
    return text


class Said(str):
    """An English sentence that remembers what it was made of, so that it can be said in another language.

    Parameters
    ----------
    template : str
        The text as it stands in the catalogue, with ``{name}`` for each field.
    **fields
        What the names stand for; another :class:`Said`, or a list of them, is said in the same language.

    Examples
    --------
    >>> Said("{n} rows are left after screening.", n=5)
    '5 rows are left after screening.'
    """

    template: str
    fields: dict[str, Any]

    def __new__(cls, template: str, /, **fields: Any) -> Said:
        """Write the sentence in English."""
        filled = {k: ", ".join(map(str, v)) if isinstance(v, (list, tuple)) else v for k, v in fields.items()}
        self = super().__new__(cls, template.format(**filled) if fields else template)
        self.template, self.fields = template, fields
        return self


def check_choice(what: str, value: object, valid: tuple[str, ...]) -> None:
    """Raise ValueError naming the nearest valid choice if ``value`` is not one of ``valid``."""
    if value not in valid:
        near = nearest(str(value), valid) if _closest(str(value), valid) else ""
        raise ValueError(f"{what}: found {value!r}, expected one of {', '.join(valid)}{near}")


def check_flag(what: str, value: object) -> None:
    """Raise ValueError unless ``value`` is True or False."""
    if not isinstance(value, bool) and type(value).__name__ != "bool":  # NumPy's bool is one too
        raise ValueError(f"{what}: expected True or False, found {value!r}")


def check_whole(what: str, value: object, least: int) -> None:
    """Raise ValueError unless ``value`` is a whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{what}: expected a whole number of at least {least}, found {value!r}")


def check_share(what: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a number strictly between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < 1:
        raise ValueError(f"{what}: expected a share between 0 and 1 (such as 0.05 or 0.95), found {value!r}")


def _check_model(name: str, model: object, order: tuple[str, ...]) -> None:
    from plsem.model import Model

    if isinstance(model, str):
        raise TypeError(f"{name}: model: expected a Model, found text; Model.from_text(text) reads it")
    if not isinstance(model, Model):
        found = type(model).__name__
        raise TypeError(
            f"{name}: model: expected a Model, found a {found}; the order is {order[0]}, {order[1]}"
        )


def named_options(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function name the nearest option where it is given one that it does not know, and want a Model.

    Its signature stays as it is for help and completion.

    Examples
    --------
    >>> @named_options
    ... def draw(*, width: int = 1) -> None: ...
    >>> draw(widht=2)
    Traceback (most recent call last):
    TypeError: draw: no option 'widht'; did you mean 'width'?
    """
    signature = inspect.signature(function)
    parameters = signature.parameters
    options = [n for n, p in parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY]

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name in kwargs:
            if name not in parameters:
                raise TypeError(f"{function.__name__}: no option {name!r}{nearest(name, options)}")
        if "model" in parameters:
            model = signature.bind_partial(*args, **kwargs).arguments.get("model")
            if model is not None:
                _check_model(function.__name__, model, tuple(parameters))
        return function(*args, **kwargs)

    return checked
