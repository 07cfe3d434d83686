"""The field's conventions, applied to printed cells with their rounding, and coincidences worth a look.

A rule that fails is a finding about the study, not a contradiction in its tables.  The limits are those of
:mod:`plsem.thresholds`, the one table of thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator

from plsem.thresholds import THRESHOLDS, Threshold
from tableaudit.boxes import Interval
from tableaudit.checks import Check, arrow, judged
from tableaudit.details import Detail, listed, say
from tableaudit.inference import quantile_chance, student_quantiles
from tableaudit.printed import Cell, Published

# Hair, Anderson, Tatham and Black (1998): the sample size from which a factor loading is significant
# (5 % level, power 80 %).
LOADING_SAMPLE_SIZES = (
    (0.30, 350),
    (0.35, 250),
    (0.40, 200),
    (0.45, 150),
    (0.50, 120),
    (0.55, 100),
    (0.60, 85),
    (0.65, 70),
    (0.70, 60),
    (0.75, 50),
)
_READ_AS = {"composite_reliability": "rho_c"}


def loading_sample_size(loading: float) -> int | None:
    """Sample size from which a loading of that size is significant, or None below the table's smallest.

    Hair, Anderson, Tatham and Black (1998), 5 % level and 80 % power.
    """
    sizes = [n for size, n in LOADING_SAMPLE_SIZES if size <= abs(loading)]
    return sizes[-1] if sizes else None


def rule_checks(published: Published) -> Iterator[Check]:
    """Yield every rule for the printed cells that it speaks of, and the coincidences."""
    for cell in published:
        rule = THRESHOLDS.get(_READ_AS.get(cell.statistic, cell.statistic))
        if rule is None or cell.statistic in ("efa_loading", "p_value", "cross_loading"):
            continue
        yield _against(cell, rule)
    yield from _fornell_larcker_checks(published)
    yield from _same_digits(published)
    yield from _quantiles(published)


def _against(cell: Cell, rule: Threshold) -> Check:
    box = cell.box.absolute() if cell.statistic == "outer_loading" else cell.box
    truth = _within(rule, box, rule.acceptable)
    side = Detail(rule.direction)
    detail = say(
        "{} {} ({})",
        side,
        f"{rule.acceptable:g}",
        Detail(rule.source),
    )
    if truth is False and rule.borderline is not None:
        near = _within(rule, box, rule.borderline)
        reach = Detail("beyond") if near is False else Detail("within")
        detail += say("; {} the tolerated {}", reach, f"{rule.borderline:g}")
    if cell.statistic == "outer_loading" and truth is False:
        n = loading_sample_size(cell.value)
        if n is not None:
            detail += say(
                "; a loading of this size needs n of about {} (Hair, Anderson, Tatham and Black 1998)",
                n,
            )
    if truth is None:
        detail += say("; the printed {} stands for {}", cell.printed, cell.box)
    about = arrow((cell.row, cell.column)) if cell.statistic == "f_squared" else cell.row
    if cell.statistic in ("htmt", "htmt2"):
        about = f"{cell.row} and {cell.column}"
    if cell.statistic == "r_squared":
        about = cell.column
    return judged(
        cell, f"{cell.statistic} {rule.direction} {rule.acceptable:g}", about, truth, detail, kind="rule"
    )


def _within(rule: Threshold, box: Interval, limit: float) -> bool | None:
    """Tell whether the whole box is on the right side of a limit."""
    if rule.direction in ("at least", "above"):
        return Interval.point(limit).less(box, strict=rule.direction == "above")
    return box.less(limit, strict=rule.direction == "below")


def fornell_larcker(published: Published) -> list[tuple[Cell, Cell, Interval]]:
    """Return correlation cell, cell of the smaller √AVE (or AVE), and √AVE − |correlation| as an interval.

    One entry for each printed correlation of two constructs (Fornell & Larcker 1981).
    """
    roots: dict[str, tuple[Cell, Interval]] = {}
    for construct in published.constructs:
        found = published.select("sqrt_ave", construct)
        plain = [c for c in published.select("ave", construct) if c.box.upper >= 0]
        if found:
            roots[construct] = (found[0], found[0].box)
        elif plain:
            roots[construct] = (plain[0], plain[0].box.sqrt())
    margins = []
    for cell in published.select("construct_correlation"):
        sides = [roots[name] for name in (cell.row, cell.column) if name in roots]
        if sides and cell.row != cell.column:
            root, box = min(sides, key=lambda side: side[1].lower)
            margins.append((cell, root, box - cell.box.absolute()))
    return margins


def _fornell_larcker_checks(published: Published) -> Iterator[Check]:
    for cell, root, margin in fornell_larcker(published):
        yield judged(
            cell,
            "√AVE above the correlation (Fornell-Larcker)",
            f"{cell.row} and {cell.column}",
            Interval.point(0).less(margin),
            say("√AVE {} is above it by {}", root.id, margin),
            [root],
            kind="rule",
        )


def _same_digits(published: Published) -> Iterator[Check]:
    pairs = [
        (efa, pls)
        for efa in published.select("efa_loading")
        for pls in published.select("outer_loading", efa.row, efa.column)
    ]
    if len(pairs) < 3:
        return
    same = [efa for efa, pls in pairs if efa.printed == pls.printed]
    alike = len(same) == len(pairs)
    detail = say(
        "{} of {} EFA loadings are the PLS loadings digit for digit",
        len(same),
        len(pairs),
    )
    if alike:
        detail += Detail(
            "; two methods do not give the same digits, so one table repeats the other",
        )
    yield judged(
        f"{len(pairs)} pairs",
        "EFA loadings are not the PLS loadings",
        "items",
        not alike,
        detail,
        (c for pair in pairs for c in pair),
        kind="coincidence",
    )


def _quantiles(published: Published) -> Iterator[Check]:
    cells = published.select("t_statistic")
    if len(cells) < 2:
        return
    found = student_quantiles(published)
    if found:
        df, probabilities = found[0]
        shown = [f"{c.printed} ({p:g})" for c, p in zip(cells, probabilities, strict=True)]
        quantiles = listed(shown)
        chance = quantile_chance(published)
        detail = say(
            "all are quantiles of Student's t with {} degrees of freedom: {}; about {}% of t values near these "
            "would be, for some degrees of freedom; a coincidence or not, the tables do not say",
            df,
            quantiles,
            f"{100 * chance:.2g}",
        )
    else:
        detail = Detail(
            "no degrees of freedom have all printed t among their tabled quantiles",
        )
    yield judged(
        ", ".join(c.printed for c in cells),
        "printed t are not tabled quantiles",
        "t statistics",
        not found,
        detail,
        cells,
        kind="coincidence",
    )
