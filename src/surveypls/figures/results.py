"""Figures of the estimates: HTMT, bootstrap, paths, importance and performance."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from plsem.resampling.result import BootstrapResult, Key
from plsem.thresholds import threshold
from surveypls.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    NORMAL,
    ORANGE,
    SKY,
    SMALL,
    WIDTH,
    FigureError,
    add_notice,
    check_frame,
    new_figure,
    number_axis,
    quantity_label,
    row_axis,
    shorten,
    styled,
    text_width,
    with_columns,
)
from tabletext.catalogue import N_
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display, stars

FloatArray = NDArray[np.float64]


@styled
def htmt_bars(
    summary: pd.DataFrame,
    *,
    bounds: pd.DataFrame | None = None,
    confidence_level: float | None = 0.95,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw the HTMT of each pair of constructs, what bounds it, and the limits that it is held against.

    With ``bounds``, discriminant validity is judged by inference: the one-sided upper bound of each pair is
    drawn from its estimate, beside the limit 1 that it must stay below (Henseler, Ringle & Sarstedt, 2015;
    Ringle, Sarstedt, Sinkovics & Sinkovics, 2023).  The conventional limits of the estimate itself, those of
    ``thresholds.csv``, are drawn thinner.

    Parameters
    ----------
    summary : DataFrame
        ``statistic, row, column`` and ``original`` (or ``value``); ``lower, upper`` where there are.
    bounds : DataFrame, optional
        ``statistic, row, column, upper``: the one-sided upper bound of each pair (rows for several limits
        repeat it), as :meth:`plsem.resampling.result.BootstrapResult.against` returns them.
    confidence_level : float or None
        Of the bound, or of the intervals; named under the figure.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, value`` and ``bound``, or ``lower, upper`` where there are no bounds.

    Raises
    ------
    FigureError
        If no row is about HTMT, or a pair has no bound.
    """
    data = _rows(summary, ["htmt"], "htmt_bars").drop(columns="p_value")
    if bounds is not None:
        data = data.drop(columns=["lower", "upper"]).assign(bound=_upper_bounds(bounds, data))
    figure = new_figure((0.36 if len(data) <= 10 else 0.2) * len(data) + 1.45)
    ax = figure.subplots()
    pairs = [f"{a} – {b}" for a, b in zip(data["row"], data["column"], strict=True)]
    y = np.arange(len(data))
    sns.barplot(
        x=data["value"].to_numpy(), y=pairs, width=0.5, color=SKY, edgecolor=BLUE, saturation=1, ax=ax
    )
    ends = ["value", "bound"] if bounds is not None else ["lower", "upper"]
    whiskers = data[ends].notna().all(axis=1).to_numpy()
    from_, to = (data[end].to_numpy(dtype=float)[whiskers] for end in ends)
    ax.hlines(y[whiskers], from_, to, color=INK, linewidth=1.2)
    for end in (from_, to)[int(bounds is not None) :]:
        ax.plot(end, y[whiskers], "|", color=INK, markersize=7)
    row_axis(ax, pairs)
    limit = threshold("htmt")
    drawn = [
        (limit.acceptable, "--", 0.9, N_("{value} (conceptually distinct constructs)")),
        (limit.borderline, ":", 0.9, N_("{value} (conceptually similar constructs)")),
        (1.0 if bounds is not None else None, "-", 1.6, N_("{value} (limit of the upper bound)")),
    ]
    for at, style, width, text in drawn:
        if at is not None:
            label = display(text, value=display.plain(at) if at == 1 else display.number(at, digits=2))
            ax.axvline(at, color=ORANGE, linestyle=style, linewidth=width, label=label)
    ax.axvline(0, color=GREY, linewidth=0.7)
    last = float(np.nanmax([1.0, *data.select_dtypes("number").max()]))
    columns = [("value", display(coded("htmt")))]
    if bounds is not None:
        columns.append(("bound", display("Bound")))
    edge = text_width("0.000", NORMAL) + 0.16
    for k, (key, head) in enumerate(columns):
        for i, value in [(-0.75, head), *enumerate(data[key])]:
            text = value if isinstance(value, str) else display.number(value)
            heavy = isinstance(value, str) or (key == "bound" and value >= 1)
            ax.annotate(
                text,
                (1.0, i),
                (72 * (0.1 + edge * (k + 1)), 0),
                xycoords=ax.get_yaxis_transform(),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontsize=NORMAL,
                weight="bold" if heavy else "normal",
            )
    ax.set_xlim(min(0.0, float(np.nanmin([0.0, *data.select_dtypes("number").min()]))), last * 1.03)
    number_axis(ax.xaxis, display)
    ax.set(xlabel=display(coded("htmt")), ylabel="")
    figure.legend(loc="outside upper center", ncols=2)
    note = _interval_note(confidence_level, display) if whiskers.any() else None
    if bounds is not None and confidence_level is not None:
        note = display(
            "━ up to the one-sided upper bound ({level}); in bold where it reaches 1.",
            level=display.level(confidence_level),
        )
    add_notice(figure, note, display.notice)
    return figure, data


def _upper_bounds(bounds: pd.DataFrame, data: pd.DataFrame) -> list[float]:
    """Return the upper bound of each row, whichever way round a pair's names stand."""
    found = check_frame(bounds, ("statistic", "row", "column", "upper"), "htmt_bars: bounds")
    known = {
        (s, frozenset((r, c))): float(u)
        for s, r, c, u in found[["statistic", "row", "column", "upper"]].itertuples(index=False)
    }
    wanted = list(data[["statistic", "row", "column"]].itertuples(index=False, name=None))
    for s, r, c in wanted:
        if (s, frozenset((r, c))) not in known:
            raise FigureError(f"htmt_bars: no bound of the {s} of {r} and {c}")
    return [known[s, frozenset((r, c))] for s, r, c in wanted]


@styled
def forest(
    summary: pd.DataFrame,
    *,
    statistics: str | Sequence[str] = "path_coefficient",
    hypotheses: Iterable[Any] = (),
    only_hypotheses: bool = False,
    confidence_level: float | None = 0.95,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw estimates with their intervals, one row each: hypotheses first, one panel a statistic.

    Parameters
    ----------
    summary : DataFrame
        Bootstrap summary: ``statistic, row, column, original, lower, upper`` and, where there is one,
        ``p_value``.
    statistics : str or sequence of str
        Which statistics, in order; those without a row are left out.
    hypotheses : iterable of Hypothesis
        Their ``id`` stands before the path they are about.
    only_hypotheses : bool
        Leave out what no hypothesis is about; without hypotheses the path coefficients are shown.
    confidence_level : float or None
        Named under the figure.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, value, lower, upper, p_value, hypothesis, text``.
    """
    wanted = [statistics] if isinstance(statistics, str) else list(statistics)
    data = _rows(summary, wanted, "forest")
    ids = {h.quantity: h.id for h in hypotheses}
    data["hypothesis"] = [
        ids.get(key, "") for key in data[["statistic", "row", "column"]].itertuples(index=False, name=None)
    ]
    if only_hypotheses:
        stated = data["hypothesis"] != ""
        data = data[stated if stated.any() else data["statistic"] == "path_coefficient"].reset_index(
            drop=True
        )
    data["text"] = [_estimate_text(row, display) for row in data.to_dict("records")]
    place = {s: i for i, s in enumerate(wanted)}
    order = data.assign(_s=data["statistic"].map(place), _h=data["hypothesis"] == "")
    data = data.loc[order.sort_values(["_s", "_h"], kind="stable").index].reset_index(drop=True)

    panels = [s for s in wanted if (data["statistic"] == s).any()]
    heights = [int((data["statistic"] == s).sum()) + 0.8 for s in panels]
    figure = new_figure((0.3 if len(data) <= 12 else 0.19) * sum(heights) + 0.25 * len(panels) + 0.5)
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for ax, s in zip(axes, panels, strict=True):
        part = data[data["statistic"] == s].reset_index(drop=True)
        _forest_panel(ax, part, display)
        ax.set_title(display(coded(s)))
    number_axis(axes[-1].xaxis, display)
    note = f"● {display('interval excludes 0')}; ○ {display('interval includes 0')}."
    level = _interval_note(confidence_level, display)
    p_note = f"{display.stars_note}." if data["p_value"].notna().any() else None
    add_notice(figure, " ".join(t for t in (level, note, p_note) if t), display.notice)
    return figure, data


def _forest_panel(ax: Axes, part: pd.DataFrame, display: Display) -> None:
    ax.axvline(0, color=GREY, linewidth=0.8)
    for i, row in enumerate(part.to_dict("records")):
        clear = row["lower"] > 0 or row["upper"] < 0
        ax.plot([row["lower"], row["upper"]], [i, i], color=BLUE, linewidth=1.6, solid_capstyle="butt")
        ax.plot([row["lower"], row["upper"]], [i, i], "|", color=BLUE, markersize=6)
        ax.plot(row["value"], i, "o", color=BLUE, markerfacecolor=BLUE if clear else "white", markersize=6)
        place = ax.get_yaxis_transform()
        ax.text(1.01, i, row["text"], transform=place, va="center_baseline", fontsize=SMALL + 0.5)
    names = [
        f"{h}  {quantity_label('', r, c)}".strip()
        for h, r, c in part[["hypothesis", "row", "column"]].itertuples(index=False)
    ]
    row_axis(ax, names)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)


def _estimate_text(row: Mapping[Any, Any], display: Display) -> str:
    text = f"{display.number(row['value'])}{stars(row['p_value'])}"
    if np.isfinite(row["lower"]) and np.isfinite(row["upper"]):
        text += f" {display.interval(row['lower'], row['upper'])}"
    if np.isfinite(row["p_value"]):
        text += f"  p {display.compared(row['p_value'])}"
    return text


@styled
def bootstrap_densities(
    result: BootstrapResult | pd.DataFrame,
    summary: pd.DataFrame,
    *,
    quantities: Sequence[Key] | None = None,
    confidence_level: float | None = 0.95,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw the density of each quantity's resampled values, with its estimate and interval.

    Parameters
    ----------
    result : BootstrapResult or DataFrame
        The draws; as a DataFrame: ``statistic, row, column, value``, one row a resample.
    summary : DataFrame
        ``statistic, row, column, original, lower, upper``.
    quantities : sequence of (statistic, row, column), optional
        Default: all path coefficients, at most 12.
    confidence_level : float or None
        Named under the figure.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, element`` ("density", "estimate", "lower", "upper"), ``x, density``.
    """
    known = _rows(summary, None, "bootstrap_densities")
    keys = list(known[["statistic", "row", "column"]].itertuples(index=False, name=None))
    chosen = [k for k in keys if k[0] == "path_coefficient"][:12] if quantities is None else list(quantities)
    if not chosen:
        raise FigureError("bootstrap_densities: nothing to draw, no path coefficient in the summary")
    columns = 1 if len(chosen) == 1 else 2 if len(chosen) <= 4 else 3
    n_rows = -(-len(chosen) // columns)
    figure = new_figure(1.55 * n_rows + 0.55)
    axes = figure.subplots(n_rows, columns, squeeze=False)
    parts = []
    resamples = 0
    for ax, key in itertools.zip_longest(axes.ravel(), chosen):
        if key is None:
            ax.set_axis_off()
            continue
        if key not in keys:
            raise FigureError(f"bootstrap_densities: {key} is not in the summary")
        draws = _draws(result, key)
        resamples = max(resamples, len(draws))
        ends = known[["value", "lower", "upper"]].to_numpy(dtype=float)[keys.index(key)].tolist()
        part = _density_panel(ax, draws, ends, display)
        for place, (column, value) in enumerate(zip(("statistic", "row", "column"), key, strict=True)):
            part.insert(place, column, value)
        parts.append(part)
        name = "" if key[0] == "path_coefficient" else display(coded(key[0]))
        title = quantity_label(name, *key[1:], statistic=key[0], display=display)
        ax.set_title(shorten(title, (WIDTH - 0.6) / columns, NORMAL + 0.5, bold=True))
    data = pd.concat(parts, ignore_index=True)
    count = display("{count} resamples", count=display.count(resamples))
    level = _interval_note(confidence_level, display)
    note = f"{count[:1].upper()}{count[1:]}. │ {display('original sample')}. {level or ''}"
    add_notice(figure, note.strip(), display.notice)
    return figure, data


def _density_panel(ax: Axes, draws: FloatArray, ends: Sequence[float], display: Display) -> pd.DataFrame:
    """Draw one density (Gaussian kernel, Scott's bandwidth), return it with its marks: ``element, x, density``."""
    sns.kdeplot(x=draws, gridsize=200, cut=2, color=BLUE, linewidth=1.0, ax=ax)
    x, density = (np.asarray(values, dtype=float) for values in ax.lines[0].get_data())
    estimate, lower, upper = ends
    ax.fill_between(x, density, color=LIGHT, linewidth=0)
    ax.fill_between(x, density, where=((x >= lower) & (x <= upper)).tolist(), color=SKY, linewidth=0)
    at = np.interp(ends, x, density)
    ax.plot([estimate] * 2, [0, at[0]], color=INK, linewidth=1.2)
    if x.min() <= 0 <= x.max():
        ax.axvline(0, color=ORANGE, linestyle="--", linewidth=0.9)
    foot = -0.07 * density.max()
    ax.plot([lower, upper], [foot, foot], color=INK, linewidth=2.0, solid_capstyle="butt")
    ax.set(ylim=(2 * foot, None), yticks=[], ylabel="")
    ax.spines["left"].set_visible(False)
    number_axis(ax.xaxis, display)
    elements = ["density"] * len(x) + ["estimate", "lower", "upper"]
    return pd.DataFrame({"element": elements, "x": np.append(x, ends), "density": np.append(density, at)})


def _draws(result: BootstrapResult | pd.DataFrame, key: Key) -> FloatArray:
    if isinstance(result, pd.DataFrame):
        frame = check_frame(result, ("statistic", "row", "column", "value"), "bootstrap_densities: draws")
        mine = (frame["statistic"] == key[0]) & (frame["row"] == key[1]) & (frame["column"] == key[2])
        draws: FloatArray = frame.loc[mine, "value"].to_numpy(dtype=np.float64)
    else:
        draws = result.draws_of(*key)
    draws = draws[np.isfinite(draws)]
    if len(draws) < 2 or np.ptp(draws) == 0:
        raise FigureError(f"bootstrap_densities: the draws of {key} do not vary, there is no density")
    return draws


def _rows(frame: pd.DataFrame, statistics: Sequence[str] | None, what: str) -> pd.DataFrame:
    """Return ``statistic, row, column, value, lower, upper, p_value`` of the rows to draw."""
    source = frame
    if isinstance(frame, pd.DataFrame) and "value" not in frame.columns and "original" in frame.columns:
        source = frame.rename(columns={"original": "value"})
    found = check_frame(source, ("statistic", "row", "column", "value"), what)
    found = with_columns(found, ("lower", "upper", "p_value"), np.nan)
    found = found[["statistic", "row", "column", "value", "lower", "upper", "p_value"]]
    if statistics is not None:
        found = found[found["statistic"].isin(statistics)].reset_index(drop=True)
        if found.empty:
            raise FigureError(f"{what}: nothing to draw, no row has the statistic {' or '.join(statistics)}")
    return found


def _interval_note(confidence_level: float | None, display: Display) -> str | None:
    if confidence_level is None:
        return None
    return f"━ {display('{level} interval', level=display.percent(confidence_level))}."
