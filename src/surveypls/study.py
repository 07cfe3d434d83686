"""Read and check ``study.yaml``: the constructs, items, paths, hypotheses, labels and settings.

This module knows nothing of data or of estimation.  Everything that a run can be told stands in
one validated, immutable :class:`Study`; the notebooks read it, and nothing else reads the file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from surveypls.model_text import ModelTextError, parse_model

Language = Literal["en", "es"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=60)]


class StudyError(ValueError):
    """The study file cannot be used; the message lists every problem found."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest valid name, or the list of valid names."""
    options = [str(v) for v in valid]
    lowered = {v.lower(): v for v in reversed(options)}
    close = difflib.get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {lowered[close[0]]!r}?"
    listed = ", ".join(options[:12]) + (", …" if len(options) > 12 else "")
    return f"; valid names: {listed}" if options else ""


class _Settings(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Text(_Settings):
    """A short text in English and Spanish; one language alone stands for both."""

    en: str = ""
    es: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_text_for_both(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"en": value, "es": value}
        return value

    def __call__(self, language: Language) -> str:
        """Return the text in that language, or in the other where it has only one."""
        first, second = (self.es, self.en) if language == "es" else (self.en, self.es)
        return first or second


class Construct(_Settings):
    """A latent variable and its candidate items (before any pruning)."""

    name: Name
    items: tuple[Name, ...] = Field(min_length=1)
    label: Text = Text()
    mode: Literal["A", "B"] = "A"
    sign_item: Name | None = None

    @field_validator("items")
    @classmethod
    def _items_once(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({i for i in items if items.count(i) > 1})
        if twice:
            raise ValueError(f"item listed twice: {', '.join(twice)}")
        return items

    @model_validator(mode="after")
    def _sign_item_belongs(self) -> Construct:
        if self.sign_item is not None and self.sign_item not in self.items:
            raise ValueError(
                f"sign_item {self.sign_item!r} is not one of the construct's items"
                + nearest(self.sign_item, self.items)
            )
        return self


class Path(_Settings):
    """A directed structural path, written ``SOURCE -> TARGET``."""

    source: Name
    target: Name

    @model_validator(mode="before")
    @classmethod
    def _parse_arrow(cls, value: Any) -> Any:
        if isinstance(value, str):
            parts = [part.strip() for part in value.split("->")]
            if len(parts) != 2 or not all(parts):
                raise ValueError(f"a path is written 'SOURCE -> TARGET', found {value!r}")
            return {"source": parts[0], "target": parts[1]}
        return value

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


class Hypothesis(_Settings):
    """A hypothesis about one path (or, for a mediation, about one total indirect effect)."""

    id: str = Field(min_length=1, max_length=20)
    path: Path
    effect: Literal["direct", "indirect", "total"] = "direct"
    statement: Text = Text()


class Consent(_Settings):
    """The survey's consent question and the answers that count as consent."""

    column: str
    accept: tuple[str, ...] = Field(min_length=1)


class SurveySettings(_Settings):
    """How the raw export is written."""

    codebook: str | None = None
    scale: dict[str, int] = Field(
        default={"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}, min_length=2, max_length=11
    )
    missing_codes: tuple[str, ...] = ("", "NA", "N/A", "#N/A", "NaN", "-99", "-9", "999")
    respondent: str | None = None
    time: str | None = None
    consent: Consent | None = None
    reversed_items: tuple[Name, ...] = ()

    @field_validator("scale", mode="before")
    @classmethod
    def _labels_as_text(cls, value: Any) -> Any:
        return {str(k): v for k, v in value.items()} if isinstance(value, Mapping) else value

    @field_validator("missing_codes", mode="before")
    @classmethod
    def _codes_as_text(cls, value: Any) -> Any:
        return tuple(str(v) for v in value) if isinstance(value, (list, tuple)) else value


class CleaningSettings(_Settings):
    """Screening rules, in the order in which they are applied; None switches a rule off.

    Completion, longest run and response variability are taken over the whole instrument; the
    other shares over the items of the study's constructs.
    """

    drop_duplicates: bool = True
    min_duplicate_items: int = Field(default=20, ge=1)
    min_completion: float | None = Field(default=0.8, ge=0, le=1)
    max_longstring: int | None = Field(default=None, ge=2)
    min_irv: float | None = Field(default=None, ge=0)
    max_person_missing: float | None = Field(default=0.15, ge=0, le=1)
    max_item_missing: float | None = Field(default=0.2, ge=0, le=1)
    mahalanobis_p: float | None = Field(default=0.001, gt=0, lt=1)
    drop_outliers: bool = False
    missing: Literal["listwise", "mean", "em"] = "listwise"


class EfaSettings(_Settings):
    """Exploratory factor analysis and the rules by which it prunes items; None switches a rule off.

    With scope "per_construct" each construct's items are factored alone, with one factor, and
    ``n_factors`` and ``rotation`` only serve the description of all items together.
    """

    prune: bool = True
    scope: Literal["per_construct", "joint"] = "per_construct"
    correlation: Literal["pearson", "polychoric"] = "pearson"
    n_factors: Literal["constructs", "parallel", "kaiser", "map"] | Annotated[int, Field(ge=1)] = "constructs"
    extraction: Literal["minres", "principal_axis", "ml"] = "minres"
    rotation: Literal["none", "varimax", "oblimin"] = "oblimin"
    kaiser_normalization: bool = True
    min_msa: float | None = Field(default=0.50, ge=0, le=1)
    min_loading: float | None = Field(default=0.40, ge=0, le=1)
    min_cross_loading_gap: float | None = Field(default=None, ge=0, le=1)
    min_communality: float | None = Field(default=None, ge=0, le=1)
    min_items: int = Field(default=3, ge=1)
    n_parallel: int = Field(default=1000, ge=20, le=1_000_000)


class PlsSettings(_Settings):
    """The estimator's settings, with SmartPLS 4's defaults."""

    scheme: Literal["path", "factor", "centroid"] = "path"
    consistent: bool = False
    tolerance: float = Field(default=1e-7, gt=0, le=1e-2)
    max_iterations: int = Field(default=300, ge=1, le=100_000)
    predict_folds: int = Field(default=10, ge=2)
    predict_repetitions: int = Field(default=10, ge=1, le=1000)


class BootstrapSettings(_Settings):
    """Resampling and inference."""

    n_resamples: int = Field(default=10_000, ge=100, le=10_000_000)
    confidence_level: float = Field(default=0.95, gt=0.5, lt=1)
    interval: Literal["percentile", "basic", "bc", "bca"] = "bca"
    alternative: Literal["two-sided", "one-sided"] = "two-sided"
    sign_changes: Literal["none", "individual", "construct"] = "none"
    significance: float = Field(default=0.05, gt=0, lt=0.5)


class Study(_Settings):
    """One study: what was asked, what is modelled, and how it is analysed."""

    id: Name
    title: Text
    question: Text = Text()
    synthetic: Text | None = None
    labels: Language = "en"
    seed: int = Field(default=1, ge=0, lt=2**63)
    published: str | None = None
    survey: SurveySettings = SurveySettings()
    cleaning: CleaningSettings = CleaningSettings()
    constructs: tuple[Construct, ...] = Field(min_length=1)
    paths: tuple[Path, ...] = Field(min_length=1)
    hypotheses: tuple[Hypothesis, ...] = ()
    efa: EfaSettings = EfaSettings()
    pls: PlsSettings = PlsSettings()
    bootstrap: BootstrapSettings = BootstrapSettings()

    @field_validator("constructs", mode="before")
    @classmethod
    def _constructs_by_name(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return [
                {"name": str(name), **(body if isinstance(body, Mapping) else {"items": body})}
                for name, body in value.items()
            ]
        return value

    @model_validator(mode="after")
    def _model_holds_together(self) -> Study:
        problems = list(_model_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def construct_names(self) -> tuple[str, ...]:
        """The constructs' names, in the file's order."""
        return tuple(c.name for c in self.constructs)

    @property
    def items(self) -> tuple[str, ...]:
        """Every candidate item, construct by construct."""
        return tuple(item for c in self.constructs for item in c.items)

    @property
    def scale_ends(self) -> tuple[int, int]:
        """The lowest and the highest answer of the scale."""
        values = self.survey.scale.values()
        return min(values), max(values)

    @property
    def factored_items(self) -> tuple[str, ...]:
        """The candidate items that a factor analysis can take: of Mode A constructs of several items."""
        return tuple(i for c in self.constructs if c.mode == "A" and len(c.items) > 1 for i in c.items)

    @property
    def construct_labels(self) -> dict[str, Text]:
        """Construct → its label in both languages, the name where it has none."""
        return {c.name: Text(en=c.label("en") or c.name, es=c.label("es") or c.name) for c in self.constructs}

    @property
    def modes(self) -> dict[str, str]:
        """Construct → ``"A"`` or ``"B"``."""
        return {c.name: c.mode for c in self.constructs}

    @property
    def estimator(self) -> dict[str, Any]:
        """The estimator's options, as :func:`surveypls.pls.estimate` takes them."""
        signs = {c.name: c.sign_item for c in self.constructs if c.sign_item is not None}
        return {
            "scheme": self.pls.scheme,
            "tolerance": self.pls.tolerance,
            "max_iterations": self.pls.max_iterations,
            "consistent": self.pls.consistent,
            "sign_items": signs or None,
        }

    @property
    def fit_options(self) -> dict[str, Any]:
        """The estimator's options without the sign items, which do not change fit."""
        return {name: value for name, value in self.estimator.items() if name != "sign_items"}

    @property
    def path_pairs(self) -> tuple[tuple[str, str], ...]:
        """The paths as (source, target) names."""
        return tuple((p.source, p.target) for p in self.paths)

    def get(self, name: str) -> Construct:
        """Return the construct of that name; KeyError names the nearest one."""
        for c in self.constructs:
            if c.name == name:
                return c
        raise KeyError(f"no construct {name!r}{nearest(name, self.construct_names)}")

    def construct_of(self, item: str) -> str:
        """Return the name of the construct that an item belongs to."""
        for c in self.constructs:
            if item in c.items:
                return c.name
        raise KeyError(f"no item {item!r}{nearest(item, self.items)}")

    def blocks(self, items: Iterable[str] | None = None) -> dict[str, tuple[str, ...]]:
        """Return construct → items, restricted to ``items`` (the retained ones) where given."""
        kept = set(self.items if items is None else items)
        return {c.name: tuple(i for i in c.items if i in kept) for c in self.constructs}

    def label(self, construct: str, language: Language) -> str:
        """Return a construct's label, or its name where it has none."""
        return self.get(construct).label(language) or construct


def _model_problems(study: Study) -> Iterable[str]:
    names = list(study.construct_names)
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"construct {name!r} is defined twice"
    owner: dict[str, str] = {}
    for c in study.constructs:
        for item in c.items:
            if item in owner and owner[item] != c.name:
                yield f"item {item!r} stands in two constructs, {owner[item]} and {c.name}"
            owner[item] = c.name
    for name in sorted(set(names) & set(owner)):
        if study.get(name).items != (name,):
            yield f"{name!r} names both a construct and an item"
    seen: set[tuple[str, str]] = set()
    for path in study.paths:
        for end in (path.source, path.target):
            if end not in names:
                yield f"path '{path}' names an unknown construct {end!r}{nearest(end, names)}"
        if path.source == path.target:
            yield f"path '{path}' leads from a construct to itself"
        if (path.source, path.target) in seen:
            yield f"path '{path}' is listed twice"
        seen.add((path.source, path.target))
    for name in names:
        if not any(name in pair for pair in seen):
            yield f"construct {name!r} is on no path"
    cycle = _cycle(names, seen)
    if cycle:
        yield "the paths form a cycle, " + " -> ".join(cycle) + "; PLS needs a recursive model"
    for h in study.hypotheses:
        pair = (h.path.source, h.path.target)
        if h.effect == "direct" and pair not in seen:
            yield f"hypothesis {h.id}: no path '{h.path}'{nearest(str(h.path), map(str, study.paths))}"
        for end in pair:
            if end not in names:
                yield f"hypothesis {h.id}: unknown construct {end!r}{nearest(end, names)}"
    ids = [h.id for h in study.hypotheses]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield f"hypothesis {twice!r} is listed twice"
    for item in study.survey.reversed_items:
        if item not in owner:
            yield f"survey.reversed_items: unknown item {item!r}{nearest(item, owner)}"


def _cycle(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return one cycle of the directed graph as a closed walk, or an empty list."""
    following: dict[str, list[str]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    done: set[str] = set()

    def visit(node: str, trail: list[str]) -> list[str]:
        if node in trail:
            return [*trail[trail.index(node) :], node]
        if node in done:
            return []
        for nxt in following.get(node, []):
            found = visit(nxt, [*trail, node])
            if found:
                return found
        done.add(node)
        return []

    for name in names:
        found = visit(name, [])
        if found:
            return found
    return []


class _StrictLoader(yaml.SafeLoader):
    """YAML without aliases (which can grow without bound) and without repeated keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise StudyError(f"line {mark.line + 1}: YAML aliases (*name) are not accepted; write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float, bool)):
                line = key_node.start_mark.line + 1
                raise StudyError(f"line {line}: a key must be plain text, found {key!r}")
            if key in keys:
                raise StudyError(f"line {key_node.start_mark.line + 1}: key {key!r} stands twice")
            keys.add(key)
        return super().construct_mapping(node, deep=deep)


MAX_STUDY_BYTES = 1_000_000


def load_study(path: FilePath | str) -> Study:
    """Read a study file and check it.

    Parameters
    ----------
    path : path
        A YAML file; its keys are the fields of :class:`Study`.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        If the file is missing, is not YAML, or breaks a rule.  The message lists all problems,
        each with its place in the file and, for a misspelled name, the nearest valid one.
    """
    path = FilePath(path)
    try:
        if path.stat().st_size > MAX_STUDY_BYTES:
            raise StudyError(f"{path.name}: larger than {MAX_STUDY_BYTES:,} bytes; this is not a study file")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{path.name}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise StudyError(f"{path.name}: cannot be read: {error.strerror}") from None
    return parse_study(text, source=path.name)


def parse_study(text: str, *, source: str = "study.yaml") -> Study:
    """Check a study given as YAML text; see :func:`load_study`."""
    try:
        content = yaml.load(text, Loader=_StrictLoader)
    except StudyError as error:
        raise StudyError(f"{source}: {error}") from None
    except RecursionError:
        raise StudyError(f"{source}: nested too deeply to be a study file") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise StudyError(f"{source}:{where} is not valid YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(content, dict):
        kind = type(content).__name__
        raise StudyError(f"{source}: expected keys such as 'constructs:' and 'paths:', found {kind}")
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        lines = [f"  - {_place(e['loc'])}: {_plain(e, content)}" for e in error.errors()]
        raise StudyError(f"{source}: {len(lines)} problem(s)\n" + "\n".join(lines)) from None


def _place(loc: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in loc) or "study"


def _plain(error: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    message = re.sub(r"^Value error, ", "", str(error["msg"]))
    if error["type"] == "extra_forbidden":
        return "unknown key" + nearest(str(error["loc"][-1]), _valid_keys(error["loc"]))
    if error["type"] == "missing":
        return "missing"
    if error["type"] == "value_error":
        return message
    found = repr(error.get("input"))
    return f"{message} (found {found if len(found) <= 60 else found[:57] + '...'})"


def _valid_keys(loc: tuple[Any, ...]) -> list[str]:
    model: Any = Study
    for part in loc[:-1]:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        if field is None:
            return []
        model = next(
            (
                t
                for t in (field.annotation, *getattr(field.annotation, "__args__", ()))
                if isinstance(t, type) and issubclass(t, BaseModel)
            ),
            None,
        )
        if model is None:
            return []
    return list(model.model_fields)
