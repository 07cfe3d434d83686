"""Tables of sample sizes: where a printed t is ordinary, and what enough power takes."""

from __future__ import annotations

import pandas as pd

from surveypls.tables.process import frame_table
from tabletext.display import ENGLISH, Display
from tabletext.tabular import Table


def standard_error_sizes_table(sizes: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """List the sizes that β, t and fixed weights imply.

    Parameters
    ----------
    sizes : DataFrame
        As :func:`tableaudit.implied_size.standard_error_sizes` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    return frame_table(
        sizes,
        title=display("Sample size from β, t and fixed weights"),
        headings={
            "source": display("From"),
            "target": display("To"),
            "standard_error": display("Standard error β / t"),
            "n": "n",
            "n_lower": display("n, at least"),
            "n_upper": display("n, at most"),
        },
        display=display,
    )


def implied_size_table(simulated: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """List the bootstrap t of samples with the printed estimates, size by size.

    Parameters
    ----------
    simulated : DataFrame
        As :func:`tableaudit.implied_size.simulate_t` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    return frame_table(
        simulated,
        title=display("Bootstrap t of samples with the printed estimates"),
        headings={
            "source": display("From"),
            "target": display("To"),
            "printed_t": display("Printed t"),
            "t_median": display("Median t"),
            "t_lower": display("t, 2.5%"),
            "t_upper": display("t, 97.5%"),
            "standard_error": display("Standard error"),
            "fixed_weights_error": display("With fixed weights"),
            "share_below": display("Share at or below the printed t"),
            "plausible": display("Within"),
            "failed": display("Share of resamples without a solution"),
            "t_lower_se": display("Monte Carlo error of 2.5%"),
            "t_median_se": display("Monte Carlo error of the median"),
            "t_upper_se": display("Monte Carlo error of 97.5%"),
            "share_below_se": display("Monte Carlo error of the share"),
            "samples": display("Samples"),
        },
        display=display,
    )


def plausible_sizes_table(sizes: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """List the sizes at which each printed t, and all together, are among the t that samples give.

    Parameters
    ----------
    sizes : DataFrame
        As :func:`tableaudit.implied_size.plausible_sizes` returns it.
    display : Display
        Language, decimal sign and notice.
    """
    worded = sizes.assign(
        source=sizes["source"].replace("", display("all paths")),
        sizes=sizes["sizes"].replace("none", display("none")),
    )
    return frame_table(
        worded,
        title=display("Sizes at which the printed t is within the middle 95%"),
        headings={
            "source": display("From"),
            "target": display("To"),
            "printed_t": display("Printed t"),
            "sizes": display("Sizes tried"),
        },
        display=display,
    )


def required_size_table(needed: pd.DataFrame, *, display: Display = ENGLISH) -> Table:
    """List the sample size that shows each path in four of five samples.

    Parameters
    ----------
    needed : DataFrame
        Columns population, source, target, power, n, lower, upper, extrapolated, as
        :func:`plsem.power.required_n` returns them.
    display : Display
        Language, decimal sign and notice.
    """
    return frame_table(
        needed,
        kinds={"n": "count"},
        decimals={"power": 2, "lower": 1, "upper": 1},
        title=display("Sample size for 80% power"),
        headings={
            "population": display("Population"),
            "source": display("From"),
            "target": display("To"),
            "power": display("Power"),
            "n": "n",
            "lower": display("n, at least"),
            "upper": display("n, at most"),
            "extrapolated": display("Outside the grid"),
        },
        note=display("At least and at most: 95% interval of the simulation's own (Monte Carlo) error."),
        display=display,
    )
