"""Figures of the estimates: HTMT, bootstrap, paths, importance and performance."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from plsem.resampling.result import BootstrapResult
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
)
from tabletext.codes import coded
from tabletext.display import ENGLISH, Display, stars

Key = tuple[str, str, str]
FloatArray = NDArray[np.float64]
HTMT_STRICT, HTMT_LIBERAL = 0.85, 0.90  # Henseler, Ringle & Sarstedt (2015)


@styled
def htmt_bars(
    summary: pd.DataFrame,
    *,
    statistic: str = "htmt",
    confidence_level: float | None = 0.95,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw the HTMT of each pair of constructs with its interval and the two usual limits.

    Parameters
    ----------
    summary : DataFrame
        ``statistic, row, column`` and ``original`` (or ``value``); ``lower, upper`` where there are.
    statistic : {"htmt", "htmt2"}
        Which rows are drawn.
    confidence_level : float or None
        Named under the figure where there are intervals.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``statistic, row, column, value, lower, upper``.
    """
    data = _rows(summary, [statistic], "htmt_bars")
    figure = new_figure((0.36 if len(data) <= 10 else 0.2) * len(data) + 1.25)
    ax = figure.subplots()
    y = np.arange(len(data))
    ax.barh(y, data["value"], height=0.5, color=SKY, edgecolor=BLUE)
    whiskers = data["lower"].notna() & data["upper"].notna()
    ax.hlines(y[whiskers], data["lower"][whiskers], data["upper"][whiskers], color=INK, linewidth=1.2)
    for end in ("lower", "upper"):
        ax.plot(data[end][whiskers], y[whiskers], "|", color=INK, markersize=7)
    row_axis(ax, [f"{a} – {b}" for a, b in zip(data["row"], data["column"], strict=True)])
    for limit, style, key in ((HTMT_STRICT, "--", "htmt_strict"), (HTMT_LIBERAL, ":", "htmt_liberal")):
        text = display(coded(key), value=display.number(limit, digits=2))
        ax.axvline(limit, color=ORANGE, linestyle=style, linewidth=1.2, label=text)
    ax.axvline(0, color=GREY, linewidth=0.7)
    last = float(np.nanmax([1.0, data["value"].max(), data["upper"].max()]))
    for i, value in enumerate(data["value"]):
        ax.text(
            last * 1.04,
            i,
            display.number(value),
            ha="left",
            va="center_baseline",
            fontsize=NORMAL,
        )
    ax.set_xlim(min(0.0, float(np.nanmin([0.0, data["lower"].min()]))), last * 1.12)
    number_axis(ax.xaxis, display)
    ax.set_xlabel(display(coded(statistic)))
    figure.legend(loc="outside upper center", ncols=2)
    note = _interval_note(confidence_level, display) if whiskers.any() else None
    add_notice(figure, note, display.notice)
    return figure, data


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
        ax.text(
            1.01,
            i,
            row["text"],
            transform=ax.get_yaxis_transform(),
            va="center_baseline",
            fontsize=SMALL + 0.5,
        )
    names = [
        f"{h}  {quantity_label('', r, c)}".strip()
        for h, r, c in part[["hypothesis", "row", "column"]].itertuples(index=False)
    ]
    row_axis(ax, names)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)


def _estimate_text(row: Mapping[Any, Any], display: Display) -> str:
    comma = "," if display.decimal_sign == "." else ";"
    text = f"{display.number(row['value'])}{stars(row['p_value'])}"
    if np.isfinite(row["lower"]) and np.isfinite(row["upper"]):
        text += f" [{display.number(row['lower'])}{comma} {display.number(row['upper'])}]"
    if np.isfinite(row["p_value"]):
        p = display.p(row["p_value"])
        text += f"  p {p}" if p.startswith("<") else f"  p = {p}"
    return text


@styled
def bootstrap_densities(
    result: BootstrapResult | pd.DataFrame,
    summary: pd.DataFrame,
    *,
    quantities: Sequence[Key] | None = None,
    confidence_level: float | None = 0.95,
    n_points: int = 200,
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
    n_points : int
        Points of each density (Gaussian kernel, Scott's bandwidth).
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
    rows: list[tuple[str, str, str, str, float, float]] = []
    resamples = 0
    for key in chosen:
        if key not in keys:
            raise FigureError(f"bootstrap_densities: {key} is not in the summary")
        draws = _draws(result, key)
        resamples = max(resamples, len(draws))
        ends = known[["value", "lower", "upper"]].to_numpy(dtype=float)[keys.index(key)].tolist()
        x, density = _density(draws, n_points)
        rows += [(*key, "density", a, b) for a, b in zip(x.tolist(), density.tolist(), strict=True)]
        marks = zip(("estimate", "lower", "upper"), ends, strict=True)
        rows += [(*key, name, value, float(np.interp(value, x, density))) for name, value in marks]
    data = pd.DataFrame(rows, columns=["statistic", "row", "column", "element", "x", "density"])

    columns = 1 if len(chosen) == 1 else 2 if len(chosen) <= 4 else 3
    n_rows = -(-len(chosen) // columns)
    figure = new_figure(1.55 * n_rows + 0.55)
    axes = figure.subplots(n_rows, columns, squeeze=False)
    for ax, key in itertools.zip_longest(axes.ravel(), chosen):
        if key is None:
            ax.set_axis_off()
            continue
        part = data[(data["statistic"] == key[0]) & (data["row"] == key[1]) & (data["column"] == key[2])]
        _density_panel(ax, part, display)
        name = "" if key[0] == "path_coefficient" else display(coded(key[0]))
        title = quantity_label(name, *key[1:], statistic=key[0])
        ax.set_title(shorten(title, (WIDTH - 0.6) / columns, NORMAL + 0.5, bold=True))
    count = display(
        "{count} resamples",
        count=display.count(resamples),
    )
    level = _interval_note(confidence_level, display)
    note = f"{count[:1].upper()}{count[1:]}. │ {display('original sample')}. {level or ''}"
    add_notice(figure, note.strip(), display.notice)
    return figure, data


def _density_panel(ax: Axes, part: pd.DataFrame, display: Display) -> None:
    curve = part[part["element"] == "density"]
    at = {e: (x, d) for e, x, d in part[["element", "x", "density"]].itertuples(index=False)}
    inside = (curve["x"] >= at["lower"][0]) & (curve["x"] <= at["upper"][0])
    ax.fill_between(curve["x"], curve["density"], color=LIGHT, linewidth=0)
    ax.fill_between(curve["x"], curve["density"], where=inside.tolist(), color=SKY, linewidth=0)
    ax.plot(curve["x"], curve["density"], color=BLUE, linewidth=1.0)
    ax.plot([at["estimate"][0]] * 2, [0, at["estimate"][1]], color=INK, linewidth=1.2)
    if curve["x"].min() <= 0 <= curve["x"].max():
        ax.axvline(0, color=ORANGE, linestyle="--", linewidth=0.9)
    foot = -0.07 * curve["density"].max()
    ax.plot([at["lower"][0], at["upper"][0]], [foot, foot], color=INK, linewidth=2.0, solid_capstyle="butt")
    ax.set_ylim(2 * foot, None)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    number_axis(ax.xaxis, display)


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


def _density(draws: FloatArray, n_points: int) -> tuple[FloatArray, FloatArray]:
    """Gaussian kernel density on the range of the draws; many draws are binned finely first."""
    kernel_width = draws.std(ddof=1) * len(draws) ** -0.2
    x = np.linspace(draws.min() - 2 * kernel_width, draws.max() + 2 * kernel_width, n_points)
    if len(draws) <= 1000:
        return x, np.asarray(gaussian_kde(draws)(x), dtype=float)
    counts, edges = np.histogram(draws, bins=400)
    centres = (edges[1:] + edges[:-1]) / 2
    standard = (x[:, None] - centres[None, :]) / kernel_width
    density = np.exp(-0.5 * standard**2) @ counts
    return x, np.asarray(density / (len(draws) * kernel_width * np.sqrt(2 * np.pi)))


def _rows(frame: pd.DataFrame, statistics: Sequence[str] | None, what: str) -> pd.DataFrame:
    """Return ``statistic, row, column, value, lower, upper, p_value`` of the rows to draw."""
    source = frame
    if isinstance(frame, pd.DataFrame) and "value" not in frame.columns and "original" in frame.columns:
        source = frame.rename(columns={"original": "value"})
    found = check_frame(source, ("statistic", "row", "column", "value"), what)
    for name in ("lower", "upper", "p_value"):
        if name not in found.columns:
            found[name] = np.nan
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
