"""Names and words: the nearest valid name for an error message, and texts marked for translation."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest valid name, or the list of valid names."""
    options = [str(v) for v in valid]
    lowered = {v.lower(): v for v in reversed(options)}
    close = difflib.get_close_matches(str(name).lower()[:200], lowered, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {lowered[close[0]]!r}?"
    listed = ", ".join(options[:12]) + (", …" if len(options) > 12 else "")
    return f"; valid names: {listed}" if options else ""


def N_(text: T, context: str = "") -> T:
    """Mark a text, or the texts in a dict's values or a sequence, for the catalogue of translations.

    They are shown elsewhere; ``context`` tells two meanings of one English word apart.
    """
    return text
