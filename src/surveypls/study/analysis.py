"""The analysis of a study's retained items: model, estimate, resamples and what follows from them, once.

Notebooks 3 and 4, supplement S3 and whoever wants the numbers call :meth:`Project.analyse`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import pandas as pd

from plsem.choices import by_choice, under_sign_rules
from plsem.estimator import fit, scores
from plsem.importance import importance_performance
from plsem.model import Model
from plsem.prediction import Prediction, cvpat, predict
from plsem.quantities import OF_MEASUREMENT, quantities
from plsem.resampling.bootstrap import bootstrap
from plsem.resampling.double import double_bootstrap, side_by_side
from plsem.resampling.exact_fit import exact_fit_test
from plsem.resampling.result import BootstrapResult
from plsem.solution import Estimate
from surveypls.study.definition import Study

#: What the intervals of the double bootstrap are made of.
INTERVALS_OF = ("path_coefficient", "indirect_effect", "htmt")
NO_EXACT_FIT = ("statistic", "row", "column", "original", "transformed", "95%", "99%", "p_value", "n_draws")
NO_IMPORTANCE = ("target", "level", "name", "construct", "importance", "performance")


@dataclass(frozen=True)
class Analysis:
    """A study's model on its respondents; what takes long is computed when it is first asked for.

    Attributes
    ----------
    study : Study
        Settings and names.
    responses : DataFrame (n, items)
        Complete numeric answers to the retained items.
    model : Model
        The retained items, the study's paths and its control variables.
    table : DataFrame
        All that was handed on of the respondents: also global items and observed columns.
    kept : dict of str to Any
        What optional sections computed (:class:`surveypls.sections.section.Part`).
    """

    study: Study
    responses: pd.DataFrame
    model: Model
    table: pd.DataFrame
    kept: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study, responses: pd.DataFrame, retained: pd.DataFrame) -> Analysis:
        """Take the retained items (column ``item``) of a study's responses."""
        model = study.model(retained["item"])
        return cls(study, responses[list(model.items)], model, responses)

    @property
    def blocks(self) -> dict[str, tuple[str, ...]]:
        """Construct → items that are analysed."""
        return self.study.blocks(self.model.items)

    @cached_property
    def estimate(self) -> Estimate:
        """The PLS estimate."""
        return fit(self.responses, self.model, **self.study.estimator)

    @cached_property
    def resampled(self) -> BootstrapResult:
        """Every statistic in every bootstrap resample; the seed is the study's."""
        settings, estimator = self.study.bootstrap.resampling, self.study.estimator
        return bootstrap(
            self.responses, self.model, quantities, seed=self.study.seed, **settings, **estimator
        )

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every statistic with standard error, t, p and interval, in long form."""
        return self.resampled.summary(**self.inference, alternative=self.study.bootstrap.alternative)

    @property
    def measurement(self) -> pd.DataFrame:
        """The summary's statistics of the measurement model."""
        return self.summary[self.summary["statistic"].isin(OF_MEASUREMENT)]

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """HTMT's one-sided upper bounds against its limits."""
        return self.resampled.against(**self.inference)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Each path's, indirect effect's and HTMT's interval by one bootstrap and by the double one.

        See :func:`plsem.resampling.double.side_by_side`; 1,000 resamples of each of 1,000.
        """
        chosen = partial(quantities, include=INTERVALS_OF)
        settings, options = self.study.bootstrap.resampling, self.study.fit_options
        single = bootstrap(
            self.responses, self.model, chosen, seed=self.study.seed, jackknife=True, **settings, **options
        )
        shared = {key: settings[key] for key in ("sign_changes", "max_failed")}
        doubled = double_bootstrap(
            self.responses, self.model, chosen, seed=self.study.seed, **shared, **options
        )
        found = side_by_side(single, doubled, confidence_level=self.study.bootstrap.confidence_level)
        return found.sort_values(
            "statistic", key=lambda names: names.map(INTERVALS_OF.index), kind="stable", ignore_index=True
        )

    @property
    def inference(self) -> dict[str, Any]:
        """Kind and level of the study's intervals."""
        settings = self.study.bootstrap
        return {"interval": settings.interval, "confidence_level": settings.confidence_level}

    @cached_property
    def choices(self) -> pd.DataFrame:
        """What the test of each hypothesis about a path says under each of the analyst's choices.

        Column hypothesis, and those of :func:`plsem.choices.by_choice`.
        """
        settings = self.study.bootstrap
        options = {key: value for key, value in settings.resampling.items() if key != "sign_changes"}
        results = under_sign_rules(
            self.responses,
            self.model,
            ["path_coefficient"],
            estimator=self.study.estimator,
            seed=self.study.seed,
            **options,
        )
        table = by_choice(results, significance=settings.significance)
        names = {h.quantity[1:]: h.id for h in self.study.claims if h.effect == "direct"}
        keys = table[["row", "column"]].itertuples(index=False, name=None)
        table.insert(0, "hypothesis", [names.get(key, "") for key in keys])
        return table[table["hypothesis"] != ""].reset_index(drop=True)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The respondents' standardised construct scores."""
        return pd.DataFrame(
            scores(self.responses, self.estimate),
            index=self.responses.index,
            columns=list(self.estimate.model.constructs),
        )

    @property
    def paths_of_constructs(self) -> list[tuple[str, str]]:
        """The study's paths from one construct to another: without those of products and control variables."""
        own = [pair for pair in self.study.path_pairs if pair[0] not in self.study.products]
        return [pair for pair in self.model.path_names if pair in own]

    def of_constructs(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the figures that are not about control variables, which measure no construct."""
        return frame[~frame[["row", "column"]].isin(list(self.study.controls)).any(axis=1)]

    @cached_property
    def exact_fit(self) -> pd.DataFrame:
        """Distances of observed and implied correlations, with those of resamples of transformed data."""
        settings = self.study.bootstrap
        if self.model.composed:  # such a model implies no correlations of items
            return pd.DataFrame(columns=list(NO_EXACT_FIT))
        return exact_fit_test(
            self.responses,
            self.model,
            seed=self.study.seed,
            n_resamples=settings.n_resamples,
            max_failed=settings.max_failed,
            **self.study.fit_options,
        ).summary()

    @cached_property
    def predicted(self) -> Prediction:
        """Out-of-sample prediction of the endogenous items."""
        settings = self.study.pls
        return predict(
            self.responses,
            self.model,
            seed=self.study.seed,
            scheme=settings.scheme,
            folds=settings.predict_folds,
            repetitions=settings.predict_repetitions,
        )

    @cached_property
    def predictive_ability(self) -> dict[str, pd.DataFrame]:
        """CVPAT against the training means ("average") and the linear benchmark ("lm")."""
        return {benchmark: cvpat(self.predicted, benchmark) for benchmark in ("average", "lm")}

    @property
    def scale_ends(self) -> tuple[dict[str, float], dict[str, float]]:
        """The lowest and the highest answer of each item's scale; of a control, of those that were observed."""
        lowest, highest = self.study.scale_ends
        for name in self.study.controls:
            lowest[name], highest[name] = float(self.table[name].min()), float(self.table[name].max())
        return lowest, highest

    @cached_property
    def importance(self) -> pd.DataFrame:
        """Importance and performance of each predictor of each outcome; of none for a model in stages."""
        if self.model.composed:
            return pd.DataFrame(columns=list(NO_IMPORTANCE))
        lowest, highest = self.scale_ends
        return importance_performance(self.responses, self.estimate, minimum=lowest, maximum=highest)
