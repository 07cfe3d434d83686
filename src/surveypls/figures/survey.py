"""Figures of the survey itself: the answers, the missing answers, the cleaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle

from plsem.names import nearest
from surveypls.figures.style import (
    BLUE,
    BOX,
    ELLIPSE,
    GREY,
    INK,
    LIGHT,
    NORMAL,
    ORANGE,
    SMALL,
    WIDTH,
    FigureError,
    add_notice,
    blank_page,
    check_frame,
    line_height,
    new_figure,
    number_axis,
    row_axis,
    styled,
    text_width,
    wrap,
    write_foot,
)
from surveypls.survey.log import rule_name
from tabletext.codes import CODES, coded
from tabletext.display import ENGLISH, Display, scale_word

_DIVERGING = LinearSegmentedColormap.from_list(
    "answers", ["#c05a12", "#f0b27a", "#dcdcdc", "#8fbcdd", "#0b3c6f"]
)


#: Most frequent patterns of missing answers that are drawn.
MOST_PATTERNS = 15
_REQUIRED = ("completion", "longstring", "irv", "person_missing")  # their limit is what a kept row has


@styled
def response_bars(
    responses: pd.DataFrame,
    scale: Mapping[str, int],
    *,
    scales: Mapping[str, Mapping[str, int]] | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    item_labels: Mapping[str, Any] | None = None,
    construct_labels: Mapping[str, Any] | None = None,
    display: Display = ENGLISH,
) -> tuple[Figure, pd.DataFrame]:
    """Draw each item's answers as a stacked bar that diverges from the scale's middle.

    Parameters
    ----------
    responses : DataFrame, (n, items)
        The answers as numbers, NaN where missing.
    scale : mapping
        Answer label → number, as in the study file; usual labels are translated.  A scale of more than 11 answers, a
        slider, is drawn in tenths.
    scales : mapping, optional
        Item → its own scale, where it is not answered on ``scale``; each panel then has its own legend.
    blocks : mapping, optional
        Construct → items: one panel each; default: all columns in one.
    item_labels, construct_labels : mapping, optional
        Item → wording, construct → label: text, ``{"en", "es"}`` or a study's ``Text``.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``construct, item, label, value, answer, count, n, share`` (of the item's n answers) and the bar's
        ``left`` end (share; 0 is the scale's middle).

    Raises
    ------
    FigureError
        If there are no answers, a block names an unknown item, or an answer is not on the scale.
    """
    answers = check_frame(responses, (), "response_bars", names=())
    groups = {"": list(answers.columns)} if blocks is None else {c: list(b) for c, b in blocks.items() if b}
    if not groups or len(set(scale.values())) < 2:
        raise FigureError("response_bars: expected at least one item and a scale of two or more answers")
    steps: dict[str, list[_Step]] = {}
    rows = []
    for construct, block in groups.items():
        for item in block:
            if item not in answers.columns:
                raise FigureError(
                    f"response_bars: no item {item!r}{nearest(item, map(str, answers.columns))}"
                )
            steps[item] = _steps((scales or {}).get(item, scale), display)
            given = answers[item].dropna()
            counts = np.array(
                [((given >= s.low) & (given <= s.high)).sum() for s in steps[item]], dtype=float
            )
            if counts.sum() < len(given):
                values = [s.low for s in steps[item]]
                strange = given[~given.isin(values)].min()
                raise FigureError(
                    f"response_bars: {item} has the answer {strange:g}, expected one of {values}"
                )
            n = counts.sum()
            shares = counts / n if n else counts
            middle = (len(counts) - 1) / 2
            below = sum(s * min(1.0, max(0.0, middle - i + 0.5)) for i, s in enumerate(shares))
            starts = np.concatenate([[0.0], np.cumsum(shares)[:-1]]) - below
            label = display.text((item_labels or {}).get(item))
            for step, c, s, start in zip(steps[item], counts, shares, starts, strict=True):
                rows.append((construct, item, label, step.value, step.name, int(c), int(n), s, start))
    data = pd.DataFrame(
        rows, columns=["construct", "item", "label", "value", "answer", "count", "n", "share", "left"]
    )

    room = 2.5
    several = len({tuple(found) for found in steps.values()}) > 1
    heights = [len(block) + 0.6 for block in groups.values()]
    figure = new_figure(0.27 * sum(heights) + 0.9)
    axes = figure.subplots(len(groups), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    low, high = data["left"].min(), (data["left"] + data["share"]).max()
    for ax, (construct, block) in zip(axes, groups.items(), strict=True):
        part = data[data["construct"] == construct]
        for i, item in enumerate(block):
            bars = part.loc[part["item"] == item, ["left", "share"]].to_numpy(dtype=float)
            for (left, share), colour in zip(bars, _colours(steps[item]), strict=True):
                _segment(ax, i, left, share, colour, display)
        wordings = [display.text((item_labels or {}).get(item)) for item in block]
        shown = [f"{item} · {text}" if text else item for item, text in zip(block, wordings, strict=True)]
        row_axis(ax, shown, room=room, size=SMALL + 0.5)
        ax.axvline(0, color=INK, linewidth=0.6, zorder=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlim(low - 0.02, high + 0.02)
        if construct:
            ax.set_title(display.text((construct_labels or {}).get(construct), default=construct))
        if several:
            ax.legend(
                handles=_handles(steps[block[0]]), loc="upper left", bbox_to_anchor=(1, 1), handlelength=1.0
            )
    axes[-1].xaxis.set_major_formatter(lambda x, _: display.number(abs(100 * x), digits=0))
    axes[-1].set_xlabel(display("Share of answers (%)"))
    n_low, n_high = int(data["n"].min()), int(data["n"].max())
    count = display.count(n_low) if n_low == n_high else f"{display.count(n_low)}–{display.count(n_high)}"
    if not several:
        found = next(iter(steps.values()))
        one_row = sum(text_width(step.name, NORMAL) + 0.35 for step in found) <= WIDTH - 0.3
        figure.legend(
            handles=_handles(found),
            loc="outside upper center",
            ncols=len(found) if one_row else -(-len(found) // 2),
            handlelength=1.0,
            columnspacing=1.2,
        )
    add_notice(figure, display("n = {count}", count=count), display.notice)
    return figure, data


class _Step(NamedTuple):
    """A segment of a bar: the number it is listed by, its name, the answers from low to high."""

    value: float
    name: str
    low: float
    high: float


def _steps(scale: Mapping[str, int], display: Display) -> list[_Step]:
    values = sorted(set(scale.values()))
    if len(values) <= 11:
        names = {v: scale_word(label, display) for label, v in reversed(list(scale.items()))}
        return [_Step(v, names[v], v, v) for v in values]
    cuts = np.linspace(values[0], values[-1], 11)
    return [
        _Step(low, f"{low:g}–{high:g}", low if low == cuts[0] else np.nextafter(low, np.inf), high)
        for low, high in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    ]


def _colours(steps: Sequence[_Step]) -> Any:
    return _DIVERGING(np.linspace(0, 1, len(steps)))


def _handles(steps: Sequence[_Step]) -> list[Patch]:
    return [Patch(facecolor=c, label=s.name) for c, s in zip(_colours(steps), steps, strict=True)]


def _segment(ax: Axes, y: int, left: float, share: float, colour: Any, display: Display) -> None:
    if share <= 0:
        return
    ax.barh(y, share, left=left, height=0.78, color=colour, edgecolor="white", linewidth=0.4)
    if share >= 0.07:
        dark = float(np.dot(colour[:3], (0.299, 0.587, 0.114))) < 0.55
        text = display.number(100 * share, digits=0)
        ax.text(
            left + share / 2, y, text, ha="center", va="center_baseline", fontsize=SMALL - 0.5,
            color="white" if dark else INK,
        )  # fmt: skip


@styled
def missing_answers(
    responses: pd.DataFrame, *, limit: float | None = None, display: Display = ENGLISH
) -> tuple[Figure, pd.DataFrame]:
    """Draw each item's share of missing answers, and which items are missing together.

    Parameters
    ----------
    responses : DataFrame, (n, items)
        NaN where missing.
    limit : float, optional
        Share above which items are reported; drawn as a line.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        For each item ``item, n, missing, share`` and, for each pattern drawn, a column ``pattern_k`` with
        the number of respondents where the item belongs to the pattern, else 0.
    """
    answers = check_frame(responses, (), "missing_answers", names=())
    if answers.shape[1] == 0:
        raise FigureError("missing_answers: nothing to draw, the table has no columns")
    gone = answers.isna()
    data = pd.DataFrame(
        {
            "item": [str(c) for c in answers.columns],
            "n": len(answers),
            "missing": gone.sum().to_numpy(),
            "share": gone.mean().to_numpy(),
        }
    )
    incomplete = gone[gone.any(axis=1)]
    patterns, counts = np.unique(incomplete.to_numpy(dtype=bool), axis=0, return_counts=True)
    order = sorted(range(len(counts)), key=lambda i: (-int(counts[i]), *(~patterns[i]).tolist()))
    for k, i in enumerate(order[:MOST_PATTERNS], start=1):
        data[f"pattern_{k}"] = np.where(patterns[i], int(counts[i]), 0)
    drawn = [c for c in data.columns if c.startswith("pattern_")]

    figure = new_figure(0.165 * len(data) + 1.25)
    bars, grid = figure.subplots(1, 2, sharey=True, width_ratios=[1.0, 1.3])
    bars.barh(data.index, 100 * data["share"], color=BLUE, height=0.7)
    row_axis(bars, data["item"].tolist(), size=SMALL + 0.5)
    for y, share in enumerate(data["share"]):
        if share > 0:
            text = display.number(100 * share, digits=1)
            bars.text(100 * share, y, f" {text}", va="center_baseline", fontsize=SMALL)
    longest = 100 * max(data["share"].max(), limit or 0.0)
    bars.set_xlim(0, 1.25 * longest if longest else 1)
    if limit is not None:
        bars.axvline(100 * limit, color=ORANGE, linestyle="--", linewidth=1.0)
        note = display("reported above {value}", value=display.percent(limit))
        bars.text(100 * limit, -0.75, note, color=ORANGE, fontsize=SMALL, ha="right", va="bottom")
    number_axis(bars.xaxis, display)
    bars.set_xlabel(display("Missing answers (%)"))
    for k, name in enumerate(drawn):
        for y in np.flatnonzero(data[name].to_numpy()).tolist():
            grid.add_patch(Rectangle((k - 0.4, y - 0.38), 0.8, 0.76, facecolor=BLUE, edgecolor="none"))
        grid.text(k, -0.75, display.count(int(data[name].max())), ha="center", va="bottom", fontsize=SMALL)
    for y in range(len(data)):
        grid.axhline(y, color=LIGHT, linewidth=0.5, zorder=0)
    grid.set_xlim(-0.6, max(len(drawn), 8) - 0.4)
    grid.set_xticks([])
    grid.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        grid.spines[side].set_visible(False)
    empty = (
        display("No answer is missing") if not drawn else display("Respondents by pattern of missing answers")
    )
    grid.set_xlabel(empty)
    whole_rows = display(
        "{complete} of {n} respondents answered every item",
        complete=display.count(len(answers) - len(incomplete)),
        n=display.count(len(answers)),
    )
    add_notice(figure, whole_rows + ".", display.notice)
    return figure, data


@styled
def cleaning_flow(flow: pd.DataFrame, *, display: Display = ENGLISH) -> tuple[Figure, pd.DataFrame]:
    """Draw how many rows came in, what each rule dropped, and how many were kept.

    Parameters
    ----------
    flow : DataFrame
        One row a rule, in the order applied: ``rule, rows_in, dropped, rows_kept`` and, where there are,
        ``flagged`` (rows reported, not dropped) and ``parameter`` (the rule's limit).  The rules of
        :data:`surveypls.survey.log.RULES` are named in the language.
    display : Display
        Language, decimal sign and notice.

    Returns
    -------
    figure : Figure
    data : DataFrame
        ``rule, text, rows_in, dropped, rows_kept`` (and ``flagged``) as drawn.

    Raises
    ------
    FigureError
        If rows kept are not rows in less rows dropped, or one rule does not begin where the last ended.
    """
    steps = check_frame(flow, ("rule", "rows_in", "dropped", "rows_kept"), "cleaning_flow", names=("rule",))
    kept = steps["rows_in"] - steps["dropped"]
    if (kept != steps["rows_kept"]).any() or (steps["rows_in"].iloc[1:].to_numpy() != kept.iloc[:-1]).any():
        raise FigureError(
            "cleaning_flow: rows_kept must be rows_in less dropped, and the next rule's rows_in"
        )
    steps = steps[steps["rule"] != "received"] if len(steps) > 1 else steps
    texts = [_rule_text(row, display) for row in steps.to_dict("records")]
    data = steps[["rule"]].assign(text=texts)
    for name in ("rows_in", "dropped", "rows_kept", "flagged"):
        if name in steps.columns:
            data[name] = steps[name].astype(int)

    notes = wrap(display.notice, WIDTH - 0.25, SMALL) if display.notice else []
    foot = 0.14 + line_height(SMALL) * len(notes)
    side_x, side_w, main_w = 2.75, WIDTH - 2.85, 2.0
    wrapped = [wrap(text[:1].upper() + text[1:], side_w - 1.15, NORMAL) for text in texts]
    heights = [max(0.3, len(lines) * line_height(NORMAL) + 0.12) for lines in wrapped]
    gap = 0.14
    total = foot + 0.1 + 2 * 0.36 + sum(heights) + gap * (len(heights) + 1)
    figure, ax = blank_page(WIDTH, total)
    middle = 0.35 + main_w / 2

    def box(x: float, y: float, w: float, h: float, colour: str) -> None:
        shape = "round,pad=0,rounding_size=0.05"
        ax.add_patch(FancyBboxPatch((x, y), w, h, boxstyle=shape, facecolor=colour, edgecolor=GREY))

    def main_box(y: float, text: str) -> None:
        box(0.35, y, main_w, 0.36, ELLIPSE)
        ax.text(middle, y + 0.18, text, ha="center", va="center", fontsize=NORMAL, weight="bold")

    top = total - 0.05 - 0.36
    first = display("{count} rows received", count=display.count(int(data["rows_in"].iloc[0])))
    main_box(top, first)
    y = top
    for lines, h, row in zip(wrapped, heights, data.to_dict("records"), strict=True):
        y -= gap + h
        centre = y + h / 2
        ax.annotate(
            "", (side_x, centre), (middle, centre), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 0.8}
        )
        box(side_x, y, side_w, h, BOX if row["dropped"] else "white")
        ax.text(side_x + 0.1, centre, "\n".join(lines), ha="left", va="center", fontsize=NORMAL)
        outcome = _outcome(row, display)
        ax.text(
            side_x + side_w - 0.1, centre, outcome, ha="right", va="center", fontsize=NORMAL, weight="bold"
        )
        left = display.count(row["rows_kept"])
        ax.text(middle - 0.12, centre, left, ha="right", va="center", fontsize=NORMAL, color="#555555")
    bottom = y - gap - 0.36
    ax.annotate(
        "", (middle, bottom + 0.36), (middle, top), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.1}
    )
    last = display("{count} rows kept", count=display.count(int(data["rows_kept"].iloc[-1])))
    main_box(bottom, last)
    write_foot(ax, notes, (0.1, 0.05))
    return figure, data


def _rule_text(row: Mapping[Any, Any], display: Display) -> str:
    """Name a rule in the language, with its limit."""
    text = rule_name(str(row["rule"]), display)
    limit = str(row.get("parameter", "") or "").replace(">=", "≥").replace("<=", "≤")
    limit = display.decimals(limit)
    if row["rule"] in _REQUIRED and limit not in ("", "nan"):
        return f"{text} ({display('kept if {limit}', limit=limit)})"
    if row["rule"] == "outlier" and limit not in ("", "nan"):
        return f"{text} ({limit})"
    if f"policy.{limit}" in CODES and row["rule"] == "imputed":
        return f"{text} ({display(coded(f'policy.{limit}'))})"
    return text


def _outcome(row: Mapping[Any, Any], display: Display) -> str:
    """Say what a rule did: rows dropped, else rows that it touched."""
    if row["dropped"] or not row.get("flagged"):
        return display.number(-row["dropped"], digits=0)
    key = {"imputed": "rows_imputed", "out_of_scale": "rows_blanked"}.get(row["rule"], "rows_flagged")
    return display(coded(key), count=display.count(row["flagged"]))
