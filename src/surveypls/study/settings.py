"""The settings of a study, section by section, with their defaults and limits.

Each field's docstring is what an editor shows beside the key, by way of the JSON schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from plsem.composition import HigherOrderMethod, ProductMethod
from plsem.efa.rules import Correlation, Extraction, NumberRule, PruningSettings, Rotation, Scope
from plsem.names import Said
from plsem.resampling.intervals import DEFAULT_INTERVAL
from tabletext.language import Language

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=60)]
Source = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*(\*[A-Za-z_][A-Za-z0-9_.]*)?$", max_length=121)
]
Share = Annotated[float, Field(ge=0, le=1)]
Label = Annotated[str, Field(max_length=2000)]

#: Characters that no spreadsheet, document or XML file can hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Settings(BaseModel):
    """What all sections share: immutable, no unknown keys, finite numbers."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Text(Settings):
    """A short text in English and Spanish; one language alone stands for both."""

    en: Label = ""
    """English."""
    es: Label = ""
    """Spanish."""

    @model_validator(mode="before")
    @classmethod
    def _one_text_for_both(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"en": value, "es": value}
        return value

    @field_validator("en", "es")
    @classmethod
    def _printable(cls, value: str) -> str:
        found = _CONTROL.search(value)
        if found:
            raise ValueError(
                Said("holds the control character {found!r}, which cannot be printed", found=found[0])
            )
        return value

    def __call__(self, language: Language) -> str:
        """Return the text in that language, or in the other where it has only one."""
        first, second = (self.es, self.en) if language == "es" else (self.en, self.es)
        return first or second


class Consent(Settings):
    """The survey's consent question and the answers that count as consent."""

    column: str
    """Heading of the consent question."""
    accept: tuple[str, ...] = Field(min_length=1)
    """Answers that count as consent."""


#: Answers of a scale, one each: a slider from 0 to 1000 is the longest.
ScaleLabels = Annotated[
    dict[str, Annotated[int, Field(ge=-1000, le=1000)]], Field(min_length=2, max_length=1001)
]
_RANGE = re.compile(r"\s*(-?\d{1,4})\s*(?:-|–|to|\.\.|…)\s*(-?\d{1,4})\s*")


def scale_labels(value: Any) -> Any:
    """Return a scale as it is written, ``{Never: 1, …}`` or ``1-7``, as label → number.

    Raises
    ------
    ValueError
        If an answer has no number.
    """
    if isinstance(value, str) and (match := _RANGE.fullmatch(value)):
        low, high = int(match[1]), int(match[2])
        return {str(v): v for v in range(low, min(high, low + 1001) + 1)}
    if not isinstance(value, Mapping):
        return value
    bare = [str(k) for k, v in value.items() if v is None]
    if bare:
        raise ValueError(
            Said(
                "no number for {names}; write 1 for the lowest answer, 2 for the next, and so on; what "
                "is no answer at all is moved to survey.missing_codes",
                names=", ".join(map(repr, bare)),
            )
        )
    return {str(k): v for k, v in value.items()}


def _two_ends(scale: dict[str, int]) -> dict[str, int]:
    if len(set(scale.values())) < 2:
        raise ValueError(
            Said(
                "expected at least two different numbers, found {numbers}",
                numbers=str(sorted(set(scale.values()))),
            )
        )
    return scale


class SurveySettings(Settings):
    """How the raw export is written."""

    codebook: str | None = None
    """CSV with one row an item: item, header (its heading), reversed, text_en, text_es; from this file's folder."""
    sheet: str | None = None
    """Sheet of a workbook that holds the answers; the first one with rows where it is left out."""
    scale: ScaleLabels = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
    """Answer → number, lowest first, or the ends of a scale of numbers, 1-7; a number in the survey counts as it is."""
    scales: dict[Name, ScaleLabels] = {}
    """Construct or item → its own scale, where it is not answered on the one above."""
    missing_codes: tuple[str, ...] = ("", "NA", "N/A", "#N/A", "NaN", "-99", "-9", "999")
    """Cells that mean no answer."""
    respondent: str | None = None
    """Heading of the respondents' ids."""
    time: str | None = None
    """Heading of the time of submission."""
    consent: Consent | None = None
    """The consent question; rows without consent are dropped."""
    exclude: dict[str, tuple[str, ...]] = {}
    """Heading → answers: rows with one of them are left out, such as tests and previews of the form."""
    reversed_items: tuple[Name, ...] = ()
    """Items that ask the opposite of their construct, to be turned round."""

    @field_validator("scale", mode="before")
    @classmethod
    def _labels_as_text(cls, value: Any) -> Any:
        return scale_labels(value)

    @field_validator("scales", mode="before")
    @classmethod
    def _each_scale_as_text(cls, value: Any) -> Any:
        return {str(k): scale_labels(v) for k, v in value.items()} if isinstance(value, Mapping) else value

    @field_validator("scale")
    @classmethod
    def _scale_has_two_ends(cls, scale: dict[str, int]) -> dict[str, int]:
        return _two_ends(scale)

    @field_validator("scales")
    @classmethod
    def _scales_have_two_ends(cls, scales: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
        return {name: _two_ends(scale) for name, scale in scales.items()}

    @field_validator("exclude", mode="before")
    @classmethod
    def _excluded_as_text(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {str(k): tuple(map(str, v if isinstance(v, (list, tuple)) else [v])) for k, v in value.items()}

    @field_validator("missing_codes", mode="before")
    @classmethod
    def _codes_as_text(cls, value: Any) -> Any:
        return (
            tuple("" if v is None else str(v) for v in value) if isinstance(value, (list, tuple)) else value
        )


class Control(Settings):
    """An observed column that enters the model as it is: numbers, or categories that the file gives numbers."""

    column: str
    """Heading of the column."""
    codes: dict[str, float] | None = Field(default=None, min_length=2, max_length=100)
    """Category → number; left out, the column holds numbers."""

    @model_validator(mode="before")
    @classmethod
    def _heading_alone(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @field_validator("codes", mode="before")
    @classmethod
    def _categories_as_text(cls, value: Any) -> Any:
        return {str(k): v for k, v in value.items()} if isinstance(value, Mapping) else value


class Groups(Settings):
    """The column that says which group a respondent belongs to."""

    column: str
    """Heading of the column."""
    compare: tuple[str, ...] = ()
    """The groups to compare, as they stand in the column; all that occur where it is left out."""

    @field_validator("compare", mode="before")
    @classmethod
    def _groups_as_text(cls, value: Any) -> Any:
        return tuple(map(str, value)) if isinstance(value, (list, tuple)) else value


class Necessity(Settings):
    """Constructs whose necessary conditions are looked for."""

    targets: tuple[Name, ...] = ()
    """The outcomes; left out, every construct that no path leaves."""
    level: float = Field(default=80, gt=0, le=100)
    """Level of the outcome, in per cent of its observed range, that the table says what it needs for."""

    @model_validator(mode="before")
    @classmethod
    def _targets_alone(cls, value: Any) -> Any:
        if value is True:
            return {}
        if isinstance(value, (str, list, tuple)):
            return {"targets": [value] if isinstance(value, str) else value}
        if not isinstance(value, Mapping):
            raise ValueError(
                Said("expected true, an outcome or a list of outcomes, found {value!r}", value=value)
            )
        return value


class CleaningSettings(Settings):
    """Screening rules, in the order in which they are applied; null switches a rule off.

    Completion, longest run and response variability are taken over the whole instrument; the
    other shares over the items of the study's constructs.
    """

    drop_duplicates: bool = True
    """Drop a row that agrees with an earlier one in its id, its time and every other column."""
    drop_same_id: bool = False
    """Drop a later row with an id that an earlier one has, whatever else differs; otherwise such rows are reported."""
    drop_same_answers: bool = False
    """Drop a later row with all the answers of an earlier one; otherwise such rows are reported."""
    min_duplicate_items: int | None = Field(default=None, ge=1, le=100_000)
    """The same answers count as such only from this many answers on; null: from 20 on, or from all of them where
    fewer items are asked, and never below 10."""
    min_completion: Share | None = 0.8
    """Share of the whole instrument that must be answered."""
    max_longstring: int | None = Field(default=None, ge=2, le=100_000)
    """Longest run of one answer (Johnson 2005)."""
    min_irv: float | None = Field(default=None, ge=0, le=1000)
    """Least standard deviation of one person's answers (Dunn et al. 2018)."""
    max_person_missing: Share | None = 0.15
    """Share of the analysed items that a person may leave out (Hair et al. 2022)."""
    max_item_missing: Share | None = 0.2
    """Items with a larger share of missing answers are reported."""
    mahalanobis_p: float | None = Field(default=0.001, gt=0, lt=1)
    """Rows less probable than this by their Mahalanobis distance are reported."""
    drop_outliers: bool = False
    """Drop those rows."""
    missing: Literal["listwise", "mean", "em"] = "listwise"
    """What becomes of rows with gaps: left out, filled with the item's mean, or by expectation–maximisation."""


class EfaSettings(Settings):
    """Exploratory factor analysis and the rules by which it prunes items; null switches a rule off.

    With scope "per_construct" each construct's items are factored alone, with one factor, and
    ``n_factors`` and ``rotation`` only serve the description of all items together.
    """

    prune: bool = PruningSettings.prune
    """Drop items that break a rule below; false keeps every item."""
    scope: Scope = PruningSettings.scope
    """Factor each construct's items alone, or all items together."""
    correlation: Correlation = PruningSettings.correlation
    """Correlations that are factored."""
    n_factors: NumberRule | Annotated[int, Field(ge=1, le=500)] = PruningSettings.n_factors
    """Number of factors of a joint solution, or the rule that finds it."""
    extraction: Extraction = PruningSettings.extraction
    """Method of extraction."""
    rotation: Rotation = PruningSettings.rotation
    """Rotation of a joint solution."""
    kaiser_normalization: bool = PruningSettings.kaiser_normalization
    """Rotate with Kaiser's normalisation."""
    min_msa: Share | None = PruningSettings.min_msa
    """Least measure of sampling adequacy (Kaiser 1974)."""
    min_loading: Share | None = PruningSettings.min_loading
    """Least loading on the own factor (Hair et al. 2022)."""
    min_cross_loading_gap: Share | None = PruningSettings.min_cross_loading_gap
    """Least distance of the own loading from the largest other one."""
    min_communality: Share | None = PruningSettings.min_communality
    """Least communality."""
    min_items: int = Field(default=PruningSettings.min_items, ge=1, le=500)
    """No construct falls below this many items."""
    n_parallel: int = Field(default=PruningSettings.n_parallel, ge=20, le=1_000_000)
    """Random data sets of parallel analysis."""

    @property
    def settings(self) -> PruningSettings:
        """The same, as :func:`plsem.efa.pruning.prune` takes them."""
        return PruningSettings(**self.model_dump())


class PlsSettings(Settings):
    """The estimator's settings, with SmartPLS 4's defaults."""

    scheme: Literal["path", "factor", "centroid"] = "path"
    """Inner weighting scheme."""
    consistent: bool = False
    """Consistent PLS (Dijkstra & Henseler 2015)."""
    higher_order: HigherOrderMethod = "two_stage"
    """How second-order constructs are estimated (Sarstedt et al. 2019)."""
    products: ProductMethod = "two_stage"
    """How moderating and quadratic effects are estimated."""
    tolerance: float = Field(default=1e-7, gt=0, le=1e-2)
    """Stop when no outer weight changes by more."""
    max_iterations: int = Field(default=300, ge=1, le=100_000)
    """Iterations at most."""
    predict_folds: int = Field(default=10, ge=2, le=100_000)
    """Folds of PLSpredict."""
    predict_repetitions: int = Field(default=10, ge=1, le=1000)
    """Repetitions of PLSpredict."""


class BootstrapSettings(Settings):
    """Resampling and inference."""

    n_resamples: int = Field(default=10_000, ge=100, le=10_000_000)
    """Bootstrap resamples."""
    n_permutations: int = Field(default=5_000, ge=100, le=1_000_000)
    """Permutations, where groups are compared or necessary conditions tested."""
    confidence_level: float = Field(default=0.95, gt=0.5, lt=1)
    """Coverage of the intervals."""
    interval: Literal["percentile", "basic", "bc", "bca"] = DEFAULT_INTERVAL
    """Kind of interval."""
    alternative: Literal["two-sided", "one-sided"] = "two-sided"
    """Two-sided or one-sided p-values."""
    sign_changes: Literal["none", "individual", "construct"] = "none"
    """What is done where a resample's signs are turned round."""
    max_failed: Share = 0.10
    """Share of resamples without a solution above which there is no result."""
    keep_inadmissible: bool = False
    """Keep resamples whose PLSc solution no data can have, instead of leaving them out."""
    significance: float = Field(default=0.05, gt=0, lt=0.5)
    """A path below this p-value is called significant."""

    @property
    def resampling(self) -> dict[str, Any]:
        """The options of :func:`plsem.resampling.bootstrap.bootstrap` among them."""
        return self.model_dump(include={"n_resamples", "sign_changes", "max_failed", "keep_inadmissible"})
