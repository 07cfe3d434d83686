"""The figures of what holds: each cell's state, n, the analyst's choices, necessary conditions, moderation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from figure_cases import (
    CEILINGS,
    CELLS,
    DRAWINGS,
    LINES,
    SCORES,
    SHARES,
    SLOPES,
    T,
)
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from surveypls import figures
from surveypls.figures import FigureError
from surveypls.figures.facsimile import _COLOURS
from tableaudit.cell_states import STATES
from tabletext.display import Display

SPANISH = Display("es")


def written(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(Text) if t.get_text().strip()]


# the facsimile ------------------------------------------------------------------------------------


def test_the_facsimile_places_cells_as_the_article_does():
    _, data = DRAWINGS["facsimile"]()
    places = list(zip(data["table"], data["line"], data["heading"], strict=True))
    assert places == [
        ("1", "FI1", "Items"),  # what is about a construct stands beside its first item
        ("1", "FI1", "EFA λ"),
        ("1", "FI1", "α"),
        ("1", "FI2", "EFA λ"),
        ("4", "FI", "FI"),
        ("4", "RC", "FI"),
        ("5", "X → FI", "β"),
        ("5", "X → FI", "Decision"),
        ("6", "X → FI", "R²"),
        ("6", "Model", "SRMR"),
    ]


def test_every_cell_has_its_colour_and_its_sign_beside_it():
    figure, data = DRAWINGS["facsimile"]()
    (ax,) = figure.axes
    boxes = [p for p in ax.patches if isinstance(p, Rectangle)]
    cells, swatches = boxes[: len(data)], boxes[len(data) :]
    signs = {(round(x, 3), round(y, 3)): t.get_text() for t in ax.texts for x, y in [t.get_position()]}
    for state, box in zip(data["state"], cells, strict=True):
        sign = STATES[state][0]
        assert to_hex(box.get_facecolor()) == _COLOURS[state]
        beside = [
            text
            for (x, y), text in signs.items()
            if box.get_x() <= x <= box.get_x() + box.get_width()
            and box.get_y() <= y <= box.get_y() + box.get_height()
        ]
        assert sign in beside
    assert len(swatches) == data["state"].nunique() == len(STATES)
    assert len({sign for sign, *_ in STATES.values()}) == len(STATES)


def test_the_legend_counts_the_states_and_intervals_stand_below_open_values():
    figure, data = DRAWINGS["facsimile"](display=SPANISH)
    shown = written(figure)
    assert "se sigue de las demás celdas impresas (3)" in shown
    assert "contradicha, salvo si sigue otra definición (1)" in shown
    assert "[0,730; 0,750]" in shown and "[0,8001; 0,8004]" in shown  # one more digit where ends would agree
    assert "rechazada" in shown and "-0,307" in shown and "Tabla 1. Ítems" in shown and "Tabla 4" in shown
    assert data["state"].value_counts()["follows"] == 3


def test_the_facsimile_is_readable_on_a_phone():
    figure, _ = DRAWINGS["facsimile"]()
    per_point = 390 / (72 * figure.get_figwidth())  # pixels
    sizes = [t.get_fontsize() * per_point for t in figure.findobj(Text) if t.get_text().strip()]
    assert min(sizes) > 6.5 and np.median(sizes) > 8


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda c: c.assign(state="folows"), "state 'folows'; did you mean 'follows'"),
        (lambda c: c.drop(columns="state"), "no column 'state'"),
        (lambda c: pd.concat([c, c]), "table 1 has two cells for FI1, Items"),
    ],
)
def test_wrong_cells_are_named(spoil, message):
    with pytest.raises(FigureError, match=message):
        figures.facsimile(spoil(CELLS))


# n ------------------------------------------------------------------------------------------------


def test_shares_have_wilsons_interval():
    figure, data = DRAWINGS["significant_share"]()
    assert data[["hypothesis", "n"]].to_numpy().tolist() == [["H1", 45], ["H1", 100], ["H2", 45], ["H2", 100]]
    z = 1.959963984540054
    for row in data.to_dict("records"):
        m, p = row["surveys"], row["share"]
        middle = (p + z**2 / (2 * m)) / (1 + z**2 / m)
        half = z * math.sqrt(p * (1 - p) / m + z**2 / (4 * m**2)) / (1 + z**2 / m)
        assert row["lower"] == pytest.approx(middle - half, abs=1e-12)
        assert row["upper"] == pytest.approx(middle + half, abs=1e-12)
    lines = [tuple(line.get_ydata()) for line in figure.axes[0].lines]
    assert (0.0, 1.0) in lines and (1.0, 1.0) in lines
    for wrong in (SHARES.assign(significant=20), SHARES.assign(significant=0.5)):
        with pytest.raises(FigureError, match="0 ≤ significant ≤ surveys"):
            figures.significant_share(wrong)
    with pytest.raises(FigureError, match="n without surveys"):
        figures.significant_share(SHARES.assign(significant=0, surveys=0))


def test_t_bands_are_the_quantiles_and_the_printed_t_a_line():
    figure, data = DRAWINGS["t_bands"]()
    first = data.iloc[0]
    values = T.loc[(T["hypothesis"] == "H1") & (T["n"] == 20), "t"]
    expected = values.quantile([0, 0.05, 0.5, 0.95, 1]).tolist()
    assert first[["minimum", "lower", "median", "upper", "maximum"]].tolist() == pytest.approx(expected)
    assert data["n"].tolist() == [20, 45, 100] * 2 and data["printed"].tolist() == [1.325] * 3 + [2.528] * 3
    for ax, t in zip(figure.axes, (1.325, 2.528), strict=True):
        across = [line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1]
        assert across == [t, 1.96]
        low, high = ax.get_ylim()
        assert low <= t <= high
    with pytest.raises(FigureError, match="no surveys for 'H3'; there are H1, H2"):
        figures.t_bands(T, {"H3": 1.0})


# scores -------------------------------------------------------------------------------------------


def test_scores_have_the_least_squares_line_and_its_band():
    figure, data = DRAWINGS["score_scatter"]()
    part = data[data["source"] == "X"]
    assert part["respondent"].tolist() == [1, 2, 3, 4]  # the fifth has no score of X
    slope, constant = np.polyfit(part["x"], part["y"], 1)
    assert part["fitted"].to_numpy() == pytest.approx(constant + slope * part["x"])
    from scipy.stats import linregress
    from scipy.stats import t as student

    fit = linregress(part["x"], part["y"])
    x = part["x"].to_numpy()
    residual = part["y"] - part["fitted"]
    error = math.sqrt((residual**2).sum() / 2) * np.sqrt(
        1 / 4 + (x - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    )
    assert part["upper"].to_numpy() == pytest.approx(part["fitted"] + student.ppf(0.975, 2) * error)
    assert any(f"r = {fit.rvalue:.3f}, n = 4" == text for text in written(figure))
    with pytest.raises(FigureError, match="no scores of 'Z'"):
        figures.score_scatter(SCORES, [("X", "Z")])
    with pytest.raises(FigureError, match="three respondents that differ"):
        figures.score_scatter(SCORES.assign(X=1.0), [("X", "Y")])


def test_ceilings_are_drawn_through_their_corners():
    figure, data = DRAWINGS["ceiling_scatter"](display=SPANISH)
    assert data["element"].value_counts().to_dict() == {"ce_fdh": 5, "score": 4, "cr_fdh": 2}
    drawn = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    corners = CEILINGS.loc[CEILINGS["ceiling"] == "ce_fdh", ["x", "y"]].to_numpy().tolist()
    assert drawn["CE-FDH: d = 0,214"] == corners and "CR-FDH" in drawn
    with pytest.raises(FigureError, match="ceiling 'cefdh'; did you mean 'ce_fdh'"):
        figures.ceiling_scatter(SCORES, CEILINGS.assign(ceiling="cefdh"), source="X", target="Y")


def test_simple_slopes_mark_where_significance_ends():
    figure, data = DRAWINGS["simple_slopes"]()
    boundary = data[data["element"] == "boundary"]
    assert boundary["x"].tolist() == pytest.approx([3.0, 7.0])  # 0.3 − 0.1 m and 0.7 − 0.1 m cross 0
    assert boundary["y"].tolist() == pytest.approx([0.2, -0.2])
    left, right = figure.axes
    assert [line.get_label() for line in left.lines] == ["M: −1 SD", "M: 0 SD", "M: +1 SD"]
    assert data["element"].value_counts()[["line", "slope"]].tolist() == [6, 14]
    regions = [
        c.get_paths()[0].get_extents() for c in right.collections if c.get_hatch() and len(c.get_paths())
    ]
    assert [(round(r.x0, 6), round(r.x1, 6)) for r in regions[:2]] == [(-3.0, 3.0), (7.0, 10.0)]
    flat = SLOPES.assign(lower=-1.0, upper=1.0)
    none = figures.simple_slopes(LINES, flat)[1]
    assert not (none["element"] == "boundary").any()


def test_simple_slopes_draw_a_row_for_each_moderated_path():
    square = SLOPES.assign(moderator="X", lower=0.1, upper=1.0)
    curve = LINES[LINES["level"] == 0].assign(moderator="X")
    figure, data = figures.simple_slopes(pd.concat([LINES, curve]), pd.concat([SLOPES, square]))
    assert len(figure.axes) == 4
    assert [ax.get_xlabel() for ax in figure.axes] == ["X", "M", "X", "X"]
    legends = [
        [text.get_text() for text in ax.get_legend().get_texts()] for ax in figure.axes if ax.get_legend()
    ]
    # A quadratic effect has one line, at no level; its slope is significant throughout.
    assert [len(texts) for texts in legends] == [3, 2, 1]
    assert data[data["element"] == "boundary"]["moderator"].unique().tolist() == ["M"]
