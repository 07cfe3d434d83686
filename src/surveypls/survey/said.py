"""Sentences that are written once, in English, and can be said in the study's language where they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tabletext.catalogue import N_, translate
from tabletext.language import Language

#: How :func:`plsem.names.nearest` begins.
_NEAR = re.compile(rf"; ({N_('did you mean')}|{N_('valid names:')}) (.*?)\??")


class Said(str):
    """An English sentence that remembers what it was made of.

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
        filled = {name: _in(value, "en") for name, value in fields.items()}
        self = super().__new__(cls, template.format(**filled) if fields else template)
        self.template, self.fields = template, fields
        return self

    def into(self, language: Language) -> str:
        """Say it in a language."""
        text = translate(self.template, language)
        return text.format(**{k: _in(v, language) for k, v in self.fields.items()}) if self.fields else text


def into(text: str, language: Language) -> str:
    """Say a text in a language, as far as it knows how."""
    return text.into(language) if isinstance(text, Said) else text


def _in(value: Any, language: Language) -> Any:
    if isinstance(value, Said):
        return value.into(language)
    if isinstance(value, str):
        near = _NEAR.fullmatch(value)
        if near is None or language == "en":
            return value
        end = "?" if near[1] == "did you mean" else ""
        return f"; {translate(near[1], language)} {near[2]}{end}"
    if isinstance(value, Sequence):
        return ", ".join(str(_in(v, language)) for v in value)
    return value
