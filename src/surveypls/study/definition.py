"""Read and check ``study.yaml``: the constructs, items, paths, hypotheses, labels and settings.

This module knows nothing of data or of estimation.  Everything that a run can be told stands in
one validated, immutable :class:`Study`; the notebooks read it, and nothing else reads the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator, model_validator

from plsem.composition import HigherOrder, Product
from plsem.controls import with_controls
from plsem.model import Model
from plsem.names import Said, nearest
from surveypls.study.checks import model_problems, with_model_text
from surveypls.study.choices import MultiverseSettings
from surveypls.study.paths import STUDIES, not_readable
from surveypls.study.settings import (
    BootstrapSettings,
    CleaningSettings,
    Control,
    EfaSettings,
    Groups,
    Name,
    Necessity,
    PlsSettings,
    Settings,
    SurveySettings,
    Text,
)
from surveypls.study.strict_yaml import StrictYamlError, load_yaml
from surveypls.study.terms import Construct, Hypothesis, Path
from surveypls.study.words import ProblemsError, explain
from tabletext.display import Display
from tabletext.language import DecimalSign, Language
from tabletext.said import into, say

MAX_STUDY_BYTES = 1_000_000
#: What the column of groups is called in the cleaned data.
GROUP = "group"
#: And the marker variable's.
MARKER = "marker"
#: What a table of competing models calls the one whose paths stand under ``paths``.
OWN_PATHS = "paths"


class StudyError(ValueError):
    """The study file cannot be used; the message lists every problem found.

    Attributes
    ----------
    problems : tuple of str
        Each problem with its place, without the file's name.
    language : {"en", "es"}
        The language that the file asks for; the message is in it.
    """

    def __init__(self, source: str, problems: Iterable[str], language: Language = "en") -> None:
        self.source, self.problems, self.language = source, tuple(problems), language
        said = [into(p, language) for p in self.problems]
        many = say(language, "{n} problems", n=len(said))
        super().__init__(f"{source}: " + (said[0] if len(said) == 1 else "\n  - ".join([many, *said])))

    def __reduce__(self) -> tuple[type[StudyError], tuple[str, tuple[str, ...], Language]]:
        return type(self), (self.source, self.problems, self.language)


class Study(Settings):
    """One study: what was asked, what is modelled, and how it is analysed.

    A file may give ``model``, a text in lavaan's notation (:mod:`surveypls.study.model_text`), in the place of
    ``paths`` and of the constructs' items and modes; ``constructs`` then only adds labels and sign items.
    """

    id: Name
    """Short name of the study."""
    title: Text
    """Title of the study."""
    question: Text = Text()
    """The research question, one sentence."""
    synthetic: Text | None = None
    """For made-up data: a notice that stands in every notebook, figure and table."""
    labels: Language = "en"
    """Language of figures and tables."""
    decimal: DecimalSign = "comma"
    """Decimal sign of Spanish texts: a comma, or a point as in Mexico.  English has the point."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """One seed fixes every random draw."""
    published: str | None = None
    """Folder of an article's printed values to compare with; leave it out without one."""
    reference: Text = Text()
    """The article in full, as a list of references gives it; leave it out where it is not known."""
    survey: SurveySettings = SurveySettings()
    """How the raw export is written."""
    cleaning: CleaningSettings = CleaningSettings()
    """Screening rules."""
    controls: dict[Name, Control] = Field(default={}, max_length=100)
    """Control variables: name → heading of a numeric column, or {column, codes: {category: number}}."""
    groups: Groups | None = None
    """The column of groups to compare: {column, compare: [A, B]}."""
    method_bias: bool = False
    """Whether signs of common method bias are reported: full collinearity, Harman's single factor."""
    marker: str | None = None
    """Heading of a marker variable, a numeric column that theory connects with no construct; asks for method_bias."""
    compare: dict[Name, Annotated[tuple[Path, ...], Field(min_length=1, max_length=1000)]] = Field(
        default={}, max_length=20
    )
    """Competing structural models: name → its paths, SOURCE -> TARGET."""
    necessity: Necessity | None = None
    """Necessary conditions: true for those of every last outcome, or the outcomes, [A, B]."""
    robustness: bool = False
    """Whether each path is tested for nonlinearity and its predictor for endogeneity."""
    constructs: tuple[Construct, ...] = Field(min_length=1, max_length=100)
    """Construct → its items."""
    paths: tuple[Path, ...] = Field(min_length=1, max_length=1000)
    """SOURCE -> TARGET, one a line."""
    hypotheses: tuple[Hypothesis, ...] = Field(default=(), max_length=1000)
    """What is tested."""
    efa: EfaSettings = EfaSettings()
    """Exploratory factor analysis and item pruning."""
    pls: PlsSettings = PlsSettings()
    """The estimator."""
    bootstrap: BootstrapSettings = BootstrapSettings()
    """Resampling and inference."""
    multiverse: MultiverseSettings | None = None
    """Try every defensible combination of choices as well: true, or {n_resamples, screening, items, …}."""

    @model_validator(mode="before")
    @classmethod
    def _model_as_text(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "model" not in value:
            return value
        return with_model_text(value)

    @field_validator("multiverse", mode="before")
    @classmethod
    def _all_choices_or_none(cls, value: Any) -> Any:
        return {True: {}, False: None}[value] if isinstance(value, bool) else value

    @field_validator("constructs", mode="before")
    @classmethod
    def _constructs_by_name(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return [
                {"name": str(name), **(body if isinstance(body, Mapping) else {"items": body})}
                for name, body in value.items()
            ]
        return value

    @field_validator("necessity", mode="before")
    @classmethod
    def _none_asked(cls, value: Any) -> Any:
        return None if value is False else value

    @model_validator(mode="after")
    def _model_holds_together(self) -> Study:
        problems = list(model_problems(self))
        if problems:
            raise ProblemsError(problems)
        return self

    def display(self, language: Language | None = None) -> Display:
        """Return how the study's figures and tables read: language, decimal sign and the notice on made-up data."""
        chosen = language or self.labels
        return Display(chosen, self.decimal, self.synthetic(chosen) if self.synthetic else "")

    @property
    def construct_names(self) -> tuple[str, ...]:
        """The constructs' names, in the file's order."""
        return tuple(c.name for c in self.constructs)

    @property
    def items(self) -> tuple[str, ...]:
        """Every item asked, construct by construct: the candidates, and the global items beside them."""
        return tuple(item for c in self.constructs for item in c.asked)

    def scale_of(self, item: str) -> dict[str, int]:
        """Return the answers of an item's scale: its own, its construct's, or that of the survey."""
        own = self.survey.scales
        construct = next((c.name for c in self.constructs if item in c.asked), "")
        return own.get(item) or own.get(construct) or self.survey.scale

    @property
    def claims(self) -> tuple[Hypothesis, ...]:
        """The hypotheses, or one for each path (P1, P2, …) where none is stated."""
        return self.hypotheses or tuple(
            Hypothesis(id=f"P{place}", path=path) for place, path in enumerate(self.paths, 1)
        )

    @property
    def scale_ends(self) -> tuple[dict[str, float], dict[str, float]]:
        """The lowest and the highest answer of each item's scale, item → number."""
        ends = {item: self.scale_of(item).values() for item in self.items}
        return {i: float(min(v)) for i, v in ends.items()}, {i: float(max(v)) for i, v in ends.items()}

    @property
    def observed(self) -> dict[str, str]:
        """Name → heading of the columns beside the items that are passed on: controls, groups and marker."""
        found = {name: control.column for name, control in self.controls.items()}
        found |= {} if self.groups is None else {GROUP: self.groups.column}
        return found if self.marker is None else {**found, MARKER: self.marker}

    @property
    def factored_items(self) -> tuple[str, ...]:
        """The candidate items that a factor analysis can take: of Mode A constructs of several items."""
        return tuple(i for c in self.constructs if c.factored for i in c.items)

    @property
    def construct_labels(self) -> dict[str, Text]:
        """Construct → its label in both languages, the name where it has none."""
        return {c.name: Text(en=c.label("en") or c.name, es=c.label("es") or c.name) for c in self.constructs}

    @property
    def modes(self) -> dict[str, str]:
        """Construct with items → ``"A"`` or ``"B"``."""
        return {c.name: c.mode for c in self.constructs if not c.components}

    @property
    def higher_order(self) -> dict[str, HigherOrder]:
        """Second-order construct → its components, mode and method."""
        method = self.pls.higher_order
        return {c.name: HigherOrder(c.components, c.mode, method) for c in self.constructs if c.components}

    @property
    def products(self) -> dict[str, Product]:
        """Product → its factors and method, as paths name it: ``"X*M"``."""
        return self.products_in(self.paths)

    def products_in(self, paths: Iterable[Path]) -> dict[str, Product]:
        """Return the products that some paths name."""
        named = {p.source: p.source.split("*") for p in paths if "*" in p.source}
        return {name: Product(first, second, self.pls.products) for name, (first, second) in named.items()}

    @property
    def in_stages(self) -> bool:
        """Whether the model is estimated in stages: it has second-order constructs or products."""
        return bool(self.higher_order or self.products)

    @property
    def global_items(self) -> dict[str, str]:
        """Formed construct → the item that asks about the whole of it."""
        return {c.name: c.global_item for c in self.constructs if c.global_item is not None}

    def model(self, items: Iterable[str] | None = None, *, controls: bool = True) -> Model:
        """Return the model of the retained items (default all), with the control variables unless told."""
        plain = Model(
            self.blocks(items),
            self.path_pairs,
            modes=self.modes,
            higher_order=self.higher_order,
            products=self.products,
        )
        return with_controls(plain, list(self.controls)) if controls and self.controls else plain

    def parts_of(self, paths: Sequence[Path], items: Iterable[str] | None = None) -> dict[str, Any]:
        """Return what a model of some paths is made of, as :class:`plsem.model.Model` takes it."""
        there = {end for p in paths for end in (*p.source.split("*"), p.target)}
        orders = {c: order for c, order in self.higher_order.items() if c in there}
        there |= {part for order in orders.values() for part in order.components}
        return {
            "blocks": {c: block for c, block in self.blocks(items).items() if c in there},
            "paths": [(p.source, p.target) for p in paths],
            "modes": {c: mode for c, mode in self.modes.items() if c in there},
            "higher_order": orders,
            "products": self.products_in(paths),
        }

    def competing(self, items: Iterable[str] | None = None) -> dict[str, Model]:
        """Return the study's own model and those to compare it with; each has the constructs on its paths only."""
        found = {OWN_PATHS: self.model(items)}
        for name, paths in self.compare.items():
            plain = Model(**self.parts_of(paths, items))
            found[name] = with_controls(plain, list(self.controls)) if self.controls else plain
        return found

    @property
    def estimator(self) -> dict[str, Any]:
        """The estimator's options, as :func:`plsem.estimator.estimate` takes them."""
        signs = {c.name: c.sign_item for c in self.constructs if c.sign_item is not None}
        return {
            "scheme": self.pls.scheme,
            "tolerance": self.pls.tolerance,
            "max_iterations": self.pls.max_iterations,
            "consistent": self.pls.consistent,
            "sign_items": signs or None,
        }

    @property
    def pruning(self) -> dict[str, Any]:
        """Blocks, rules, modes and seed, as :func:`plsem.efa.pruning.prune` takes them."""
        return {
            "blocks": self.blocks(),
            "settings": self.efa.settings,
            "modes": self.modes,
            "seed": self.seed,
        }

    @property
    def fit_options(self) -> dict[str, Any]:
        """The estimator's options without the sign items, which do not change fit."""
        return {name: value for name, value in self.estimator.items() if name != "sign_items"}

    @property
    def path_pairs(self) -> tuple[tuple[str, str], ...]:
        """The paths as (source, target) names."""
        return tuple((p.source, p.target) for p in self.paths)

    @property
    def conditions(self) -> dict[str, tuple[str, ...]]:
        """Outcome → the predecessors that are looked at as its necessary conditions; products are none."""
        if self.necessity is None:
            return {}
        sources = {s for s, _ in self.path_pairs}
        last = dict.fromkeys(t for _, t in self.path_pairs if t not in sources)
        asked = self.necessity.targets or tuple(last)
        return {t: tuple(s for s, end in self.path_pairs if end == t and "*" not in s) for t in asked}

    def get(self, name: str) -> Construct:
        """Return the construct of that name; KeyError names the nearest one."""
        for c in self.constructs:
            if c.name == name:
                return c
        raise KeyError(f"no construct {name!r}{nearest(name, self.construct_names)}")

    def construct_of(self, item: str) -> str:
        """Return the name of the construct that an item belongs to."""
        for c in self.constructs:
            if item in c.asked:
                return c.name
        raise KeyError(f"no item {item!r}{nearest(item, self.items)}")

    def blocks(self, items: Iterable[str] | None = None) -> dict[str, tuple[str, ...]]:
        """Return construct with items → these, restricted to ``items`` (the retained ones) where given."""
        kept = set(self.items if items is None else items)
        return {c.name: tuple(i for i in c.items if i in kept) for c in self.constructs if c.items}

    def label(self, name: str, language: Language) -> str:
        """Return the label of a construct or product; its name where it has none, as control variables have not."""
        labels = {c.name: c.label(language) for c in self.constructs}
        return " × ".join(labels.get(part) or part for part in name.split("*"))


def load_study(path: FilePath | str) -> Study:
    """Read a study file and check it.

    Parameters
    ----------
    path : path
        A YAML file; its keys are the fields of :class:`Study`, or ``model`` for constructs and paths.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        If the file is missing, is not YAML, or breaks a rule.  The message lists all problems,
        each with its place in the file and, for a misspelled name, the nearest valid one.

    Examples
    --------
    >>> study = load_study("examples/library_app/study.yaml")
    >>> sorted(study.model().constructs)
    ['EASE', 'REC', 'SAT', 'SERV', 'USE']
    """
    path = FilePath(path)
    try:
        if path.stat().st_size > MAX_STUDY_BYTES:
            raise StudyError(
                path.name,
                [Said("larger than {most:,} bytes; this is not a study file", most=MAX_STUDY_BYTES)],
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(path.name, [Said("not UTF-8 text (byte {place})", place=error.start)]) from None
    except StudyError:
        raise
    except OSError as error:
        raise StudyError(path.name, [not_readable(path, error, STUDIES)]) from None
    except ValueError as error:  # a name that no file can have
        raise StudyError(path.name, [Said("cannot be read: {error}", error=str(error))]) from None
    return parse_study(text, source=path.name)


def parse_study(text: str, *, source: str = "study.yaml") -> Study:
    """Check a study given as YAML text; see :func:`load_study`."""
    try:
        content = load_yaml(text)
    except StrictYamlError as error:
        raise StudyError(source, [error.args[0]], language_in(text)) from None
    if not isinstance(content, dict):
        kind = Said("nothing") if content is None else Said("one {kind}", kind=type(content).__name__)
        raise StudyError(
            source, [Said("expected keys such as 'constructs:' and 'paths:', found {kind}", kind=kind)]
        )
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        problems = explain(error, content, Study)
        blocked = {str(e["loc"][0]) if e["loc"] else "" for e in error.errors()}
        raise StudyError(source, problems + _hidden_problems(content, blocked), language_in(text)) from None


def language_in(text: str) -> Language:
    """Read the language off a study file that may not be in order."""
    return "es" if re.search(r"^labels:\s*['\"]?es\b", text, re.MULTILINE) else "en"


def _hidden_problems(content: Mapping[str, Any], blocked: set[str]) -> list[str]:
    """Check the model where other faults kept that from being done."""
    if blocked & {"", "constructs", "paths", "model"}:
        return []
    wanted = {"constructs", "paths", "model", "hypotheses"} - blocked
    bare = {"id": "study", "title": "study"} | {k: v for k, v in content.items() if k in wanted}
    try:
        Study.model_validate(bare)
    except ValidationError as error:
        return [p for p in explain(error, bare, Study) if not p.startswith(("id:", "title:"))]
    return []
