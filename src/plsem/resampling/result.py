"""What a bootstrap gives back: draws, settings and failures, and the tables made from them."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.names import Said, nearest
from plsem.quantities import about
from plsem.resampling import intervals
from plsem.resampling.intervals import DEFAULT_INTERVAL, Alternative, Interval, QuantileMethod
from plsem.thresholds import threshold

__all__ = ["BootstrapResult"]

FloatArray = NDArray[np.float64]
#: Statistic, row and column of a quantity.
Key = tuple[str, str, str]

REASONS: tuple[str, ...] = ("zero variance", "singular", "not converged", "inadmissible")
"""Why a resample can fail: an item does not vary in it; a block or regression has no unique solution; the
iteration limit was reached; the solution is one that no data can have (PLSc)."""

_CHUNK_BYTES = 2**20  # of draws summarised at once: what stays in a cache
_SUMMARY_COLUMNS = (
    "original",
    "mean",
    "bias",
    "standard_deviation",
    "t_statistic",
    "p_value",
    "lower",
    "upper",
    "n_draws",
)


@dataclass(frozen=True, slots=True, repr=False)
class BootstrapResult:
    """Draws of every quantity, and the inference from them.

    Parameters
    ----------
    labels : DataFrame
        Columns ``statistic``, ``row``, ``column``; one row a quantity.
    original : ndarray, (q,)
        The estimates from the sample itself.
    draws : ndarray, (B, q)
        The estimates from the resamples, in the order drawn; NaN in the rows of failed resamples and
        where a resample does not define a quantity.
    jackknife : ndarray, (m, q), or None
        The estimates without row (or group of rows) i.
    jackknife_rows : ndarray, (m,), or None
        Rows that each jackknife value is computed from.
    status : ndarray of int8, (B,)
        0: used; k: failed for the reason ``REASONS[k − 1]``.
    turned : ndarray of bool, (B,)
        Used resamples in which the loadings of some construct lie nearer to the sample's with the other
        sign.  Many of them blur every signed figure unless ``sign_changes`` is ``"construct"``.
    n_observations : int
        Rows of the sample, and of each resample.
    seed : int or None
        None where resample indices were given.
    settings : mapping
        Everything else that the draws depend on.
    """

    labels: pd.DataFrame
    original: FloatArray
    draws: NDArray[np.floating[Any]]
    jackknife: FloatArray | None
    jackknife_rows: FloatArray | None
    status: NDArray[np.int8]
    turned: NDArray[np.bool_]
    n_observations: int
    seed: int | None
    settings: Mapping[str, Any]

    @property
    def n_resamples(self) -> int:
        """Resamples drawn, the failed ones included."""
        return int(self.draws.shape[0])

    @property
    def n_failed(self) -> int:
        """Resamples left out of every figure."""
        count = int(np.count_nonzero(self.status))
        return count - (self.n_inadmissible if self.settings.get("keep_inadmissible") else 0)

    @property
    def n_inadmissible(self) -> int:
        """Resamples with a solution that no data can have."""
        return int(np.count_nonzero(self.status == REASONS.index("inadmissible") + 1))

    @property
    def n_turned(self) -> int:
        """Used resamples in which some construct points the other way than in the sample."""
        return int(np.count_nonzero(self.turned))

    @property
    def failures(self) -> pd.DataFrame:
        """Failed resamples by reason: columns ``reason``, ``count``, ``share``; all reasons are listed."""
        count = np.bincount(self.status, minlength=len(REASONS) + 1)[1:]
        return pd.DataFrame({"reason": REASONS, "count": count, "share": count / self.n_resamples})

    @property
    def accelerations(self) -> FloatArray | None:
        """BCa acceleration of each quantity, (q,); None without a jackknife."""
        if self.jackknife is None:
            return None
        return intervals.acceleration(self.jackknife.T, remaining=self.jackknife_rows)

    def draws_of(self, statistic: str, row: str = "", column: str = "") -> FloatArray:
        """Return the draws of one quantity, (B,), failed resamples as NaN.

        Parameters
        ----------
        statistic, row, column : str

        Returns
        -------
        ndarray, (B,)

        Raises
        ------
        KeyError
            If there is no such quantity; the message names the nearest one.
        """
        return np.asarray(self.draws[:, self._position(statistic, row, column)], dtype=np.float64)

    def _position(self, statistic: str, row: str, column: str) -> int:
        of_it = self._chosen(statistic)
        ends = self.labels[["row", "column"]].to_numpy()[of_it].tolist()
        if [row, column] not in ends:
            places = [f"{r}, {c}" for r, c in ends]
            raise KeyError(f"no {statistic} ({row}, {column}){nearest(f'{row}, {column}', places)}")
        return int(of_it[ends.index([row, column])])

    def summary(
        self,
        *,
        statistic: str | list[str] | None = None,
        interval: Interval = DEFAULT_INTERVAL,
        confidence_level: float = 0.95,
        alternative: Alternative = "two-sided",
        degrees_of_freedom: float | None = None,
        quantile_method: QuantileMethod = "linear",
    ) -> pd.DataFrame:
        """Estimate, bias, standard error, test and interval of every quantity.

        Parameters
        ----------
        statistic : str or list of str, optional
            Only these statistics; default all.
        interval, confidence_level, alternative, quantile_method
            See :func:`plsem.resampling.intervals.interval_bounds`.
        degrees_of_freedom : float, optional
            Of the t distribution that p is taken from.  Default: the resamples used, minus 1 (the usual
            convention in PLS-SEM); infinity gives the normal distribution.

        Returns
        -------
        DataFrame
            Columns ``statistic``, ``row``, ``column``, ``original``, ``mean``, ``bias`` (mean −
            original), ``standard_deviation`` (over B − 1), ``t_statistic`` (|original| / standard
            deviation), ``p_value``, ``lower``, ``upper`` and ``n_draws`` (draws in which the quantity is
            defined).  A quantity that does not vary has no t and no p.

        Raises
        ------
        KeyError
            For a statistic that was not drawn.
        ValueError
            For an unknown option, or ``"bca"`` without a jackknife.
        """
        chosen = self._chosen(statistic)
        accelerations = self.accelerations
        parts = []
        step = max(1, _CHUNK_BYTES // (8 * max(1, self.n_resamples)))
        for start in range(0, len(chosen), step):
            take = chosen[start : start + step]
            draws = np.ascontiguousarray(self.draws[:, take].T, dtype=np.float64)
            original = self.original[take]
            average, deviation, count = intervals.mean_and_deviation(draws)
            df = np.maximum(count - 1.0, 1.0) if degrees_of_freedom is None else degrees_of_freedom
            lower, upper = intervals.interval_bounds(
                draws,
                original,
                interval=interval,
                confidence_level=confidence_level,
                alternative=alternative,
                accelerations=None if accelerations is None else accelerations[take],
                method=quantile_method,
            )
            with np.errstate(invalid="ignore", divide="ignore"):
                t = np.where(deviation > 0, np.abs(original) / deviation, np.nan)
            p = intervals.p_value(original, deviation, degrees_of_freedom=df, alternative=alternative)
            parts.append(
                [original, average, average - original, deviation, t, p, lower, upper, count.astype(int)]
            )
        table = self.labels.iloc[chosen].reset_index(drop=True)
        for name, values in zip(_SUMMARY_COLUMNS, zip(*parts, strict=True), strict=True):
            table[name] = np.concatenate(values)
        return table

    def derived(
        self, labels: Sequence[Key], keys: Sequence[Key], function: Callable[[FloatArray], FloatArray]
    ) -> BootstrapResult:
        """Return the bootstrap of figures that follow from drawn ones, such as the difference of two paths.

        Parameters
        ----------
        labels : sequence of (str, str, str)
            Statistic, row and column of each of the m new figures.
        keys : sequence of (str, str, str)
            The k drawn quantities that they follow from.
        function : callable
            Takes their values, ``(..., k)``, and gives the figures, ``(..., m)``.

        Returns
        -------
        BootstrapResult
            Of the same resamples; its :meth:`summary` gives the inference.

        Raises
        ------
        KeyError
            For a quantity that was not drawn; the message names the nearest.

        Examples
        --------
        >>> import numpy as np, pandas as pd, plsem
        >>> x, z, e = np.random.default_rng(1).normal(size=(3, 200))
        >>> data = pd.DataFrame({"x": x, "z": z, "y": 0.6 * x + 0.2 * z + 0.7 * e})
        >>> model = plsem.Model.from_text("X =~ x; Z =~ z; Y =~ y; Y ~ X + Z")
        >>> boot = plsem.bootstrap(data, model, seed=1, n_resamples=500)
        >>> paths = [("path_coefficient", "X", "Y"), ("path_coefficient", "Z", "Y")]
        >>> gap = boot.derived([("difference", "X", "Z")], paths, lambda b: b[..., :1] - b[..., 1:])
        >>> gap.summary()[["original", "lower", "upper"]].round(1).iloc[0].tolist()
        [0.6, 0.5, 0.8]
        """
        places = [self._position(*key) for key in keys]
        return replace(
            self,
            labels=pd.DataFrame(list(labels), columns=["statistic", "row", "column"]),
            original=function(self.original[places]),
            draws=function(np.asarray(self.draws[:, places], dtype=np.float64)),
            jackknife=None if self.jackknife is None else function(self.jackknife[:, places]),
        )

    def _chosen(self, statistic: str | list[str] | None) -> NDArray[np.intp]:
        names = self.labels["statistic"].to_numpy()
        if statistic is None:
            return np.arange(len(names))
        wanted = [statistic] if isinstance(statistic, str) else list(statistic)
        for name in wanted:
            if name not in names:
                raise KeyError(f"no statistic {name!r} was drawn{nearest(name, dict.fromkeys(names))}")
        return np.flatnonzero(np.isin(names, wanted))

    def smartpls(self, statistic: str | list[str] = "path_coefficient", **options: Any) -> pd.DataFrame:
        """Return the summary under SmartPLS's column names, one row a quantity such as ``X -> Y``.

        Parameters
        ----------
        statistic : str or list of str
        **options
            Those of :meth:`summary`.

        Returns
        -------
        DataFrame
            ``Original sample (O)``, ``Sample mean (M)``, ``Standard deviation (STDEV)``, ``T statistics
            (|O/STDEV|)``, ``P values``, and the two bounds of the interval, named by their percentages.
        """
        table = self.summary(statistic=statistic, **options)
        alternative = options.get("alternative", "two-sided")
        tail = (1.0 - options.get("confidence_level", 0.95)) / (2.0 if alternative == "two-sided" else 1.0)
        low, high = (f"{100 * share:.10g}%" for share in (tail, 1.0 - tail))
        names = {
            "original": "Original sample (O)",
            "mean": "Sample mean (M)",
            "standard_deviation": "Standard deviation (STDEV)",
            "t_statistic": "T statistics (|O/STDEV|)",
            "p_value": "P values",
            "lower": low,
            "upper": high,
        }
        shown = table[list(names)].rename(columns=names)
        several = len(set(table["statistic"])) > 1
        shown.index = pd.Index([_quantity_name(*key, several) for key in _keys(table)])
        return shown

    def against(
        self,
        thresholds: Sequence[float] | None = None,
        *,
        statistic: str = "htmt",
        interval: Interval = DEFAULT_INTERVAL,
        confidence_level: float = 0.95,
    ) -> pd.DataFrame:
        """Test whether quantities lie below thresholds: their one-sided upper bounds against each.

        Henseler, Ringle & Sarstedt (2015) hold discriminant validity established where the HTMT's
        interval excludes the threshold.

        Parameters
        ----------
        thresholds : sequence of float, optional
            Default: HTMT's three conventions in ``thresholds.csv`` (distinct constructs, constructs close
            in meaning, and 1).
        statistic : str
        interval, confidence_level
            Of the one-sided upper bound (95 %: the upper end of a two-sided 90 % interval).

        Returns
        -------
        DataFrame
            Columns ``statistic``, ``row``, ``column``, ``original``, ``upper``, ``threshold``,
            ``below`` (whether the upper bound is).
        """
        table = self.summary(
            statistic=statistic, interval=interval, confidence_level=confidence_level, alternative="less"
        )
        kept = table[["statistic", "row", "column", "original", "upper"]]
        thresholds = _htmt_limits() if thresholds is None else thresholds
        long = pd.concat([kept.assign(threshold=t) for t in thresholds]).sort_index(kind="stable")
        return long.assign(below=long["upper"] < long["threshold"]).reset_index(drop=True)

    def describe(self) -> str:
        """Say in one or two sentences what was drawn and what failed."""
        source = "given indices" if self.seed is None else f"seed {self.seed}"
        text = (
            f"{self.n_resamples:,} bootstrap resamples of {self.n_observations:,} respondents ({source}), "
            f"{len(self.labels)} quantities. "
        )
        text += f"Left out: {self.failures_text()}." if self.n_failed else "No resample was left out."
        if self.n_turned:
            done = (
                "were turned round"
                if self.settings.get("sign_changes") in ("construct", "tenenhaus")
                else "were left so"
            )
            text += f" In {self.n_turned:,} a construct points the other way than in the sample; they {done}."
        if self.settings.get("keep_inadmissible") and self.n_inadmissible:
            text += f" Kept although inadmissible: {self.n_inadmissible:,}."
        return text

    def failures_text(self) -> Said:
        """Return the resamples left out, by reason: ``"3 zero variance, 1 not converged"``."""
        kept = ("inadmissible",) if self.settings.get("keep_inadmissible") else ()
        counts = zip(self.failures["reason"], self.failures["count"], strict=True)
        listed = [
            Said("{count:,} {reason}", count=count, reason=Said(reason))
            for reason, count in counts
            if count and reason not in kept
        ]
        return Said("{listed}", listed=listed)

    def __repr__(self) -> str:
        return f"{self.describe()}\n\n{self._shown().to_string(float_format=lambda v: f'{v:.3f}')}"

    def _repr_html_(self) -> str:
        table = self._shown().to_html(float_format=lambda v: f"{v:.3f}", border=0)
        return f"<p>{html.escape(self.describe())}</p>\n{table}"

    def _shown(self) -> pd.DataFrame:
        """Return the table that the result shows itself by: the paths, or whatever was drawn first."""
        names = set(self.labels["statistic"])
        statistic = "path_coefficient" if "path_coefficient" in names else self.labels["statistic"].iloc[0]
        return self.smartpls(statistic)


def _htmt_limits() -> tuple[float, ...]:
    line, bound = threshold("htmt"), threshold("htmt_bound")
    return tuple(v for v in (line.acceptable, line.borderline, bound.acceptable) if v is not None)


def _keys(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(table[["statistic", "row", "column"]].itertuples(index=False, name=None))


def _quantity_name(statistic: str, row: str, column: str, with_statistic: bool) -> str:
    joined = about(statistic, row, column)
    return f"{statistic} {joined}".strip() if with_statistic or not joined else joined
