"""How a run's figures, tables and sentences read: language, decimal sign and notice in one object.

>>> from tabletext.display import Display
>>> english, spanish = Display(), Display("es", decimal="point")
>>> spanish("{count} rows received", count=spanish.count(12345))
'12,345 registros recibidos'
>>> english.number(-0.0941), english.percent(0.95), english.p(0.0002)
('−0.094', '95%', '< 0.001')
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent

from plsem.names import nearest
from plsem.resampling import intervals
from tabletext.catalogue import N_, translate, translate_plural
from tabletext.language import LANGUAGES, DecimalSign, Language

MISSING = "–"
STAR_LEVELS = (0.05, 0.01, 0.001)
#: A text for both languages, one for each, or a study's own pair, which is called with the language.
Texts = str | Mapping[str, str] | Callable[[Any], str] | None


@dataclass(frozen=True)
class Display:
    """The language, decimal sign and notice of what is shown.

    Parameters
    ----------
    language : {"en", "es"}
        The language.
    decimal : {"comma", "point"}
        Decimal sign of Spanish texts: a comma as in Spain (locale es_ES), a point as in Mexico (es_MX).
        English always has the point.
    notice : str
        What every figure and table says of its data, such as that they are synthetic; "" for nothing.

    Raises
    ------
    ValueError
        For another language or decimal sign; the nearest is named.
    """

    language: Language = "en"
    decimal: DecimalSign = "comma"
    notice: str = ""

    def __post_init__(self) -> None:
        for name, valid in (("language", LANGUAGES), ("decimal", ("comma", "point"))):
            value = getattr(self, name)
            if value not in valid:
                raise ValueError(f"{name}: unknown {value!r}{nearest(str(value), valid)}")

    @cached_property
    def locale(self) -> Locale:
        """Babel's locale: en, es_ES with a decimal comma, es_MX with a point."""
        if self.language == "en":
            return Locale("en")
        return Locale("es", "ES" if self.decimal == "comma" else "MX")

    def without_notice(self) -> Display:
        """Return the same without a notice, for what rests on no data."""
        return replace(self, notice="")

    # words ---------------------------------------------------------------------------------------
    def __call__(self, text: str, /, *, context: str | None = None, **fields: Any) -> str:
        """Return a text of the code in this language, with its fields filled in.

        Parameters
        ----------
        text : str
            English, as it stands in the code, with ``{name}`` for each field.
        context : str, optional
            Tells two meanings of one English word apart.
        **fields
            What the names stand for, already written for this language.
        """
        found = self.decimals(translate(text, self.language, context=context))
        return found.format(**fields) if fields else found

    def plural(self, one: str, many: str, count: float, /, **fields: Any) -> str:
        """Return the text for one thing or for several; ``{count}`` is filled in."""
        text = self.decimals(translate_plural(one, many, count, self.language))
        return text.format(**{"count": self.count(count), **fields})

    def text(self, given: Texts, *, default: str = "") -> str:
        """Return in this language a text that a study gives for one language or for both."""
        if given is None:
            return default
        if isinstance(given, str):
            return given or default
        if callable(given):
            return given(self.language) or default
        return given.get(self.language) or next((t for t in given.values() if t), default)

    def listed(self, names: Iterable[str], word: str = "and") -> str:
        """Join names as a sentence does: "a, b and c" or "a, b y c" ("a e i")."""
        items = [str(name) for name in names]
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self(word)} {items[-1]}"

    # numbers -------------------------------------------------------------------------------------
    @property
    def decimal_sign(self) -> str:
        """The decimal sign, "." or ","."""
        return str(self.locale.number_symbols["latn"]["decimal"])

    def decimals(self, text: str) -> str:
        """Return text with the decimal points between its digits written as the language writes them."""
        if self.decimal_sign == ".":
            return text
        return re.sub(r"(?:(?<=[\d−\- ])|^)\.(?=\d)", self.decimal_sign, text)

    def number(self, value: float | None, *, digits: int = 3, plus: bool = False, group: bool = False) -> str:
        """Write a number with a fixed count of decimals.

        Parameters
        ----------
        value : float or None
            Nothing and NaN become an en dash, infinities ∞ with their sign.
        digits : int
            Decimals.
        plus : bool
            Write the sign of positive values too.
        group : bool
            Set thousands apart.

        Returns
        -------
        str
            With a true minus sign; never "minus zero".
        """
        if value is None or math.isnan(value):
            return MISSING
        if math.isinf(value):
            return "−∞" if value < 0 else "∞"
        rounded = Decimal(f"{abs(value):.{digits}f}")
        whole = "#,##0" if group else "0"
        pattern = f"{whole}.{'0' * digits}" if digits else whole
        text: str = format_decimal(rounded, format=pattern, locale=self.locale)
        if rounded:
            text = ("−" if value < 0 else "+" if plus else "") + text
        return text

    def count(self, value: float | None) -> str:
        """Write a count, its thousands set apart."""
        return self.number(value, digits=0, group=True)

    def plain(self, value: float) -> str:
        """Write a setting such as 0.05 or 1e-07 with the digits that it has, and no others."""
        return self.decimals(f"{value:.12f}".rstrip("0").rstrip(".")) if value else "0"

    def figure(self, value: float) -> str:
        """Write a threshold or a limit: a whole number as such, others with two decimals or the three they have."""
        whole = float(value).is_integer()
        return self.number(value, digits=0 if whole else 2 if f"{value:.3f}".endswith("0") else 3)

    def percent(self, share: float | None, *, digits: int = 0) -> str:
        """Write a share (0 to 1) as a percentage."""
        if share is None or not math.isfinite(share):
            return MISSING
        shown = Decimal(f"{abs(100 * share):.{digits}f}")
        pattern = self.locale.percent_formats[None].pattern
        mask = re.sub(r"#,##0(\.#+)?", "0" + (f".{'0' * digits}" if digits else ""), pattern)
        text: str = format_percent(shown / 100, format=mask, locale=self.locale)
        return f"−{text}" if share < 0 and shown else text

    def level(self, level: float) -> str:
        """Write a confidence level with the digits that it has: "95%", "99.5%"."""
        places = len(f"{100 * level:.10g}".partition(".")[2])
        return self.percent(level, digits=places)

    def p(self, p: float | None, *, digits: int = 3) -> str:
        """Write a p value: exact to ``digits`` decimals, or "< 0.001" below that."""
        if p is None or not math.isfinite(p):
            return MISSING
        least = 10.0**-digits
        return f"< {self.number(least, digits=digits)}" if p < least else self.number(p, digits=digits)

    def compared(self, p: float) -> str:
        """Write a p value as it stands behind its letter: "= 0.020" or "< 0.001"."""
        text = self.p(p)
        return text if text.startswith("<") else f"= {text}"

    def interval(self, lower: float, upper: float, *, digits: int = 3) -> str:
        """Write an interval in brackets, its ends apart from a decimal comma."""
        ends = (self.number(end, digits=digits) for end in (lower, upper))
        return f"[{('; ' if self.decimal_sign == ',' else ', ').join(ends)}]"

    @property
    def stars_note(self) -> str:
        """The note that explains the stars."""
        p05, p01, p001 = (self.plain(level) for level in STAR_LEVELS)
        return self("*** p < {p001}, ** p < {p01}, * p < {p05}", p05=p05, p01=p01, p001=p001)


ENGLISH = Display()


def stars(p: float | None) -> str:
    """Return ``***``, ``**``, ``*`` or nothing for p below 0.001, 0.01, 0.05 (nothing for NaN)."""
    return "" if p is None else str(intervals.stars(p, levels=STAR_LEVELS))


#: Answer categories of usual scales, by which a form's answers are shown in the other language.
SCALE_WORDS = (
    N_("Never"),
    N_("Almost never"),
    N_("Rarely"),
    N_("Sometimes"),
    N_("Often"),
    N_("Frequently"),
    N_("Almost always"),
    N_("Always"),
    N_("Strongly disagree"),
    N_("Disagree"),
    N_("Somewhat disagree"),
    N_("Neither agree nor disagree"),
    N_("Neutral"),
    N_("Somewhat agree"),
    N_("Agree"),
    N_("Strongly agree"),
    N_("Very dissatisfied"),
    N_("Dissatisfied"),
    N_("Satisfied"),
    N_("Very satisfied"),
    N_("Yes"),
    N_("No"),
)


def scale_word(label: str, display: Display) -> str:
    """Return an answer category in a language where it is a usual one, else as the form has it."""
    wanted = label.strip().casefold()
    for word in SCALE_WORDS:
        if wanted in (word.casefold(), translate(word, "es").casefold()):
            return translate(word, display.language)
    return label
