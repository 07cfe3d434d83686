"""PLS-SEM from arrays, tables or correlation matrices: estimate, bootstrap, predict.

>>> import numpy as np, pandas as pd, plsem
>>> factor, noise = np.random.default_rng(1).normal(size=200), np.random.default_rng(2).normal(size=(200, 4))
>>> data = pd.DataFrame(factor[:, None] + noise, columns=["x1", "x2", "y1", "y2"])
>>> model = plsem.Model({"X": ["x1", "x2"], "Y": ["y1", "y2"]}, paths=[("X", "Y")])
>>> plsem.fit(data, model).summary(statistic="r_squared").round(2)
   statistic row column  value
0  r_squared          Y   0.32
>>> boot = plsem.bootstrap(data, model, seed=1, n_resamples=500)
>>> bool(boot.summary(statistic="path_coefficient")["p_value"][0] < 0.001)
True

:mod:`plsem.quantities` lists every statistic, :mod:`plsem.thresholds` the conventions that judge them;
:mod:`plsem.measurement`, :mod:`plsem.structural` and :mod:`plsem.model_fit` compute them for whole batches
of correlation matrices.  :mod:`plsem.efa` is exploratory factor analysis.  Second-order constructs and
products of constructs (moderation, quadratic effects) are part of a :class:`Model`;
:mod:`plsem.slopes`, :mod:`plsem.mediation`, :mod:`plsem.conditional`,
:mod:`plsem.redundancy` and :mod:`plsem.controls` make their tables.
:mod:`plsem.groups` compares groups of respondents, :mod:`plsem.method_bias`, :mod:`plsem.selection`,
:mod:`plsem.necessity`, :mod:`plsem.endogeneity` and :mod:`plsem.nonlinearity` answer what reviewers ask.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plsem.admissibility import report as report
    from plsem.composition import HigherOrder as HigherOrder
    from plsem.composition import Product as Product
    from plsem.estimator import estimate as estimate
    from plsem.estimator import fit as fit
    from plsem.estimator import scores as scores
    from plsem.inputs import DataError as DataError
    from plsem.model import Model as Model
    from plsem.model import ModelError as ModelError
    from plsem.prediction import Prediction as Prediction
    from plsem.prediction import cvpat as cvpat
    from plsem.prediction import predict as predict
    from plsem.resampling.bootstrap import BootstrapError as BootstrapError
    from plsem.resampling.bootstrap import bootstrap as bootstrap
    from plsem.resampling.exact_fit import exact_fit_test as exact_fit_test
    from plsem.resampling.result import BootstrapResult as BootstrapResult
    from plsem.solution import Estimate as Estimate

#: Name → the module that holds it; loaded at first use, so that ``import plsem`` costs nothing.
_HOMES = {
    "BootstrapError": "plsem.resampling.bootstrap",
    "BootstrapResult": "plsem.resampling.result",
    "DataError": "plsem.inputs",
    "Estimate": "plsem.estimator",
    "HigherOrder": "plsem.composition",
    "Model": "plsem.model",
    "ModelError": "plsem.model",
    "Prediction": "plsem.prediction",
    "Product": "plsem.composition",
    "bootstrap": "plsem.resampling.bootstrap",
    "cvpat": "plsem.prediction",
    "estimate": "plsem.estimator",
    "exact_fit_test": "plsem.resampling.exact_fit",
    "fit": "plsem.estimator",
    "predict": "plsem.prediction",
    "report": "plsem.admissibility",
    "scores": "plsem.estimator",
}
_ROOMS = frozenset(
    {
        "conditional",
        "controls",
        "efa",
        "endogeneity",
        "groups",
        "measurement",
        "mediation",
        "method_bias",
        "model_fit",
        "necessity",
        "nonlinearity",
        "quantities",
        "redundancy",
        "selection",
        "slopes",
        "structural",
        "thresholds",
    }
)

_HETEROGENEITY = (
    "unobserved heterogeneity is not searched for, because segments need hundreds of rows to be found and to be "
    "found again. Groups that were observed: plsem.groups.compare. SmartPLS has FIMIX-PLS and PLS-POS"
)
#: Names that a user may look for → why they are not there, and where to go.
_REFUSED = {
    "fimix": _HETEROGENEITY,
    "fimix_pls": _HETEROGENEITY,
    "pos": _HETEROGENEITY,
    "pls_pos": _HETEROGENEITY,
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in _ROOMS:
        value = importlib.import_module(f"plsem.{name}")
    elif name.lower() in _REFUSED:
        raise AttributeError(f"plsem has no {name!r}: {_REFUSED[name.lower()]}")
    else:
        from plsem.names import nearest

        raise AttributeError(f"plsem has no {name!r}{nearest(name, [*_HOMES, *_ROOMS])}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_ROOMS})
