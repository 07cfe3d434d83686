"""The languages and decimal signs that a run can have."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "es"]
DecimalSign = Literal["comma", "point"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
