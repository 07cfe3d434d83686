"""Sentences about simulations, which rest on no survey."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surveypls.tables.coverage import interval_name, quantity_name
from tabletext.display import ENGLISH, Display


def coverage_sentence(simulated: pd.DataFrame, *, nominal: float = 0.95, display: Display = ENGLISH) -> str:
    """Say how many intervals reach the nominal level within Monte Carlo error, and where they fall short.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`plsem.coverage.coverage` returns it.
    nominal : float
    display : Display
        Language, decimal sign and notice.
    """
    n = simulated["n_samples"].to_numpy()
    error = np.sqrt(nominal * (1.0 - nominal) / n)
    near = int((np.abs(simulated["coverage"] - nominal) <= 2.0 * error).sum())
    worst = simulated.iloc[int(np.argmin(simulated["coverage"].to_numpy()))]
    return display(
        "{near} of {all} coverages lie within two Monte Carlo standard errors ({error}) of the nominal "
        "{level}. The lowest is {worst}: {quantity}, {interval} interval, n = {size}.",
        near=near,
        all=len(simulated),
        level=display.percent(nominal),
        error=display.number(float(error.max())),
        worst=display.percent(float(worst["coverage"]), digits=1),
        interval=interval_name(str(worst["interval"]), display),
        quantity=quantity_name(worst["statistic"], worst["row"], worst["column"], display=display),
        size=int(worst["n_observations"]),
    )
