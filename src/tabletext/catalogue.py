"""The one gettext catalogue of Spanish: English stands in the code where it is used.

A text is marked for the catalogue by the function that shows it (:class:`tabletext.display.Display`) or by
``N_`` where it is only named; ``python -m tabletext.catalogue`` lists what is untranslated or unused.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from plsem.names import N_

__all__ = ["FILE", "N_", "spanish", "translate", "translate_plural"]

FILE = "locale/es/LC_MESSAGES/messages.po"


@lru_cache(maxsize=1)
def spanish() -> Catalog:
    """Read the Spanish catalogue, once."""
    with resources.files("tabletext").joinpath(FILE).open("rb") as file:
        return read_po(file, locale="es")


def translate(text: str, language: str, *, context: str | None = None) -> str:
    """Return a text of the code in a language.

    Parameters
    ----------
    text : str
        English, as it stands in the code.
    language : {"en", "es"}
        The language.
    context : str, optional
        Tells two meanings of one English word apart.

    Returns
    -------
    str
        The English text itself where the catalogue has no entry (a test finds such texts).
    """
    if language == "en" or not text:
        return text
    message = spanish().get(text, context)
    if message is None or not message.string:
        return text
    return message.string if isinstance(message.string, str) else str(message.string[0])


def translate_plural(one: str, many: str, count: float, language: str) -> str:
    """Return the form for one thing or for several; Spanish has its own two where the catalogue has a pair."""
    english = one if count == 1 else many
    if language == "en":
        return english
    message = spanish().get(one)
    if message is not None and isinstance(message.string, (tuple, list)) and all(message.string):
        return str(message.string[int(count != 1)])
    return translate(english, language)
