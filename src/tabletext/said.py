"""Say a sentence that was written once, in English, in the language of those who read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from plsem.names import N_, Said
from tabletext.catalogue import translate
from tabletext.language import Language

__all__ = ["Said", "into", "recognised"]

#: How :func:`plsem.names.nearest` begins.
_NEAR = re.compile(rf"; ({N_('did you mean')}|{N_('valid names:')}) (.*?)\??")


def into(text: str, language: Language) -> str:
    """Say a text in a language, as far as it knows how.

    Parameters
    ----------
    text : str
        A :class:`plsem.names.Said`; any other text stays as it is.
    language : {"en", "es"}
        The language.

    Examples
    --------
    >>> into(Said("{n} rows are left after screening.", n=5), "en")
    '5 rows are left after screening.'
    """
    if not isinstance(text, Said) or language == "en":
        return str(text)
    said = translate(text.template, language)
    return said.format(**{k: _in(v, language) for k, v in text.fields.items()}) if text.fields else said


def say(language: Language, text: str, /, **fields: Any) -> str:
    """Say a sentence of the code in a language, its fields filled in."""
    return into(Said(text, **fields), language)


def recognised(text: str, *templates: str) -> str:
    """Return the :class:`plsem.names.Said` that a text was, where it was read from a file.

    Parameters
    ----------
    text : str
        A sentence in English.
    *templates : str
        What it may have been made of.

    Examples
    --------
    >>> recognised("5 rows are left after screening.", "{n} rows are left after screening.").fields
    {'n': '5'}
    """
    for template in templates:
        parts = re.split(r"\{(\w+)\}", template)
        pattern = "".join(f"(?P<{p}>.*)" if k % 2 else re.escape(p) for k, p in enumerate(parts))
        if match := re.fullmatch(pattern, text):
            return Said(template, **match.groupdict())
    return text


def _in(value: Any, language: Language) -> Any:
    if isinstance(value, Said):
        return into(value, language)
    if isinstance(value, str):
        near = _NEAR.fullmatch(value)
        if near is None:
            return value
        end = "?" if near[1] == "did you mean" else ""
        return f"; {translate(near[1], language)} {near[2]}{end}"
    if isinstance(value, Sequence):
        return ", ".join(str(_in(v, language)) for v in value)
    return value
