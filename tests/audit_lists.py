"""Audits of articles of every form, as lists of all that was checked, found and left open (``kept_lists``)."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
from audit_cases import MADE_UP
from audit_sets import changed, published, rounded, with_inference, with_raw_alpha, without_controls
from kept_lists import keep

from tableaudit.audit import audit
from tableaudit.boxes import Interval
from tableaudit.cell_states import states
from tableaudit.printed import Published, from_values, load_published
from tableaudit.report import as_json, as_text, page
from tableaudit.report_files import as_html

#: Figures at and about the limits: intervals that end at zero, p of exactly 0.05, estimates on an interval's end.
LIMITS = """
sample_size model . 100
path_coefficient A Y 0.300
standard_error A Y 0.150
t_statistic A Y 2.000
p_value A Y 0.050
ci_lower A Y 0.000
ci_upper A Y 0.600
decision A Y rejected
path_coefficient B Y -0.200
standard_error B Y 0.050
t_statistic B Y -4.000
p_value B Y <0.001
ci_lower B Y -0.300
ci_upper B Y -0.100
decision B Y accepted
path_coefficient C Y 0.120
standard_error C Y 0.110
t_statistic C Y 1.091
p_value C Y 0.139
ci_lower C Y 0.130
ci_upper C Y 0.560
decision C Y accepted
path_coefficient A B 0.400
t_statistic A B 3.100
p_value A B 0.004
path_coefficient A C 0.500
decision A C accepted
ci_lower A C 0.010
ci_upper A C 1.400
standard_error A C 0.055
inner_vif A Y 1.500
inner_vif B Y 1.300
inner_vif C Y 1.400
f_squared A Y 0.100
f_squared B Y 0.050
f_squared C Y 0.020
r_squared . Y 0.250
adjusted_r_squared . Y 0.227
r_squared . B 0.160
adjusted_r_squared . B 0.151
q_squared . Y 0.000
indirect_effect A Y 0.060
indirect_effect.t_statistic A Y 1.300
indirect_effect.p_value A Y 0.194
total_effect A Y 0.280
specific_indirect_effect A->B->Y Y -0.080
specific_indirect_effect A->C->Y Y 0.060
construct_correlation A Y 0.280
construct_correlation A B 0.400
construct_correlation A C 0.500
construct_correlation B C 0.300
construct_correlation B Y -0.050
htmt A B 0.850
htmt A C 0.900
htmt B C 0.910
htmt A Y 0.100
sqrt_ave A A 0.707
ave A . 0.500
sqrt_ave B B 0.400
outer_loading a1 A 0.708
outer_loading a2 A 0.700
outer_loading a3 A 0.713
outer_loading b1 B 0.400
outer_loading b2 B -0.300
outer_loading c1 C 1.000
outer_loading y1 Y 0.900
outer_loading y2 Y 0.500
cronbach_alpha A . 0.500
cronbach_alpha Y . 0.550
composite_reliability A . 0.750
composite_reliability Y . 0.700
ave Y . 0.530
rho_a A . 0.610
cross_loading a1 B 0.720
cross_loading a1 A 0.708
efa_loading a1 A 0.708
efa_loading a2 A 0.700
efa_loading a3 A 0.713
outer_vif a1 A 1.200
outer_vif a2 A 5.000
outer_weight a1 A 0.400
outer_loading.t_statistic a1 A 8.100
outer_loading.p_value a1 A 0.000
srmr model . 0.080
nfi model . 0.900
n_items_retained A items 4
n_items A items 3
htmt_diagonal A A 0.000
"""
#: No sample size is printed; one adjusted R² has no sample size at all, or two have none together.
SIZES = """
path_coefficient A Y 0.400
path_coefficient B Y 0.200
path_coefficient A Z 0.300
r_squared . Y 0.300
adjusted_r_squared . Y 0.271
r_squared . Z 0.090
adjusted_r_squared . Z 0.071
t_statistic A Y 2.086
t_statistic B Y 1.325
t_statistic A Z 2.528
p_value A Y 0.050
p_value B Y 0.200
p_value A Z 0.020
"""
NO_SIZE = SIZES.replace("0.071", "0.089").replace("0.271", "0.299")
ONE_SIDED = (
    SIZES.replace("Y 0.050", "Y 0.019").replace("Y 0.200\nt", "Y 0.093\nt").replace("Z 0.020", "Z 0.006")
)
MODERATED = """
sample_size model . 200
path_coefficient X Y 0.300
path_coefficient M Y 0.200
path_coefficient X*M Y -0.150
moderator X*M . 1
r_squared . Y 0.180
f_squared X*M Y 0.030
f_squared X Y 0.105
inner_vif X Y 1.040
inner_vif M Y 1.040
inner_vif X*M Y 1.010
construct_correlation X M 0.200
construct_correlation X Y 0.340
construct_correlation M Y 0.260
"""


#: What the file says of its own conventions; figures that agree under these and not under the usual ones.
STATED = """
meta estimator . PLSc
meta tails . 1
meta cronbach_alpha . raw
meta composite_reliability . rho_a
meta complete_paths . no
meta n . 80
meta significance . 0.10
meta interval_level . 0.90
path_coefficient A Y 0.300
standard_error A Y 0.160
t_statistic A Y 1.875
p_value A Y 0.032
ci_lower A Y 0.037
ci_upper A Y 0.563
decision A Y accepted
path_coefficient B Y 0.200
t_statistic B Y 1.200
p_value B Y 0.117
decision B Y rejected
r_squared . Y 0.700
inner_vif A Y 2.000
inner_vif B Y 1.900
construct_correlation A B 0.300
construct_correlation A Y 0.360
construct_correlation B Y 0.290
outer_loading a1 A 0.700
outer_loading a2 A 0.800
outer_loading b1 B 0.600
outer_loading b2 B 0.700
outer_loading b3 B 0.800
composite_reliability A . 0.720
composite_reliability B . 0.750
cronbach_alpha A . 0.715
cronbach_alpha B . 0.740
ave A . 0.565
ave B . 0.497
"""
#: Predictors and routes that are not printed: R², VIF and effects are larger than the printed paths give.
HIDDEN = """
path_coefficient A Y 0.300
path_coefficient B Y 0.200
path_coefficient A Z 0.400
path_coefficient B Z 0.100
path_coefficient Y Z 0.300
r_squared . Y 0.450
r_squared . Z 0.600
inner_vif A Y 1.900
inner_vif B Y 1.900
inner_vif A Z 2.200
inner_vif B Z 2.100
inner_vif Y Z 1.800
construct_correlation A B 0.200
construct_correlation A Y 0.340
construct_correlation B Y 0.260
construct_correlation A Z 0.530
construct_correlation B Z 0.260
construct_correlation Y Z 0.450
indirect_effect A Z 0.210
indirect_effect B Z 0.160
total_effect A Z 0.610
total_effect B Z 0.260
adjusted_r_squared . Y 0.440
"""
#: R² that are adjusted ones, f² of models that are estimated again, one predictor of one target.
ADJUSTED = """
sample_size model . 50
path_coefficient A Y 0.500
path_coefficient B Z 0.400
path_coefficient A W 0.300
path_coefficient B W 0.200
construct_correlation A B 0.100
construct_correlation A W 0.320
construct_correlation B W 0.230
r_squared . Y 0.234
r_squared . Z 0.142
r_squared . W 0.105
f_squared A Y 0.300
f_squared B Z 0.150
f_squared A W 0.150
f_squared B W 0.090
inner_vif A W 1.010
inner_vif B W 1.010
"""
#: alpha near rho_C in every block, and figures that composites do not give: a common-factor model.
FACTORS = """
outer_loading a1 A 0.700
outer_loading a2 A 0.700
outer_loading a3 A 0.720
outer_loading b1 B 0.800
outer_loading b2 B 0.790
outer_loading b3 B 0.800
cronbach_alpha A . 0.750
cronbach_alpha B . 0.840
composite_reliability A . 0.749
composite_reliability B . 0.839
ave A . 0.500
ave B . 0.634
sqrt_ave A A 0.707
sqrt_ave B B 0.796
construct_correlation A B 0.850
htmt A B 0.850
path_coefficient A B 0.850
r_squared . B 0.700
outer_vif a1 A 1.500
"""


def _made(text: str) -> Published:
    import pandas as pd

    rows = []
    for i, line in enumerate(text.strip().splitlines()):
        statistic, row, column, printed = line.split()
        row, column = ("" if name == "." else name for name in (row, column))
        rows.append(("1", f"c{i}", statistic, row, column, printed, ""))
    columns = ["table", "cell", "statistic", "row", "column", "printed", "note"]
    return from_values(pd.DataFrame(rows, columns=columns, dtype=str), "made by hand")


def _digit(statistic: str, which: int, place: int) -> Published:
    values = rounded("sim3x11")
    at = values.index[values["statistic"] == statistic][which]
    return published(changed(values, at, place, np.random.default_rng(1)))


ARTICLES: dict[str, Callable[[], Published]] = {
    "planted": lambda: load_published(MADE_UP / "planted_values.csv"),
    "limits": lambda: _made(LIMITS),
    "sizes": lambda: _made(SIZES),
    "no_size": lambda: _made(NO_SIZE),
    "one_sided": lambda: _made(ONE_SIDED),
    "two_tails": lambda: published(with_inference(rounded("sim3x11"), tails=2)),
    "consistent": lambda: published(rounded("sim3x11", consistent=True)),
    "raw_alpha": lambda: published(with_raw_alpha(rounded("sim3x11", decimals=2), "sim3x11")),
    "without_controls": lambda: published(without_controls(rounded("sim3x11"), "sim3x11")),
    "stated": lambda: _made(STATED),
    "hidden": lambda: _made(HIDDEN),
    "adjusted": lambda: _made(ADJUSTED),
    "factors": lambda: _made(FACTORS),
    "moderated": lambda: _made(MODERATED),
    "a_path": lambda: _digit("path_coefficient", 0, 1),
}


def _interval(allowed: Interval | None) -> str:
    return "" if allowed is None else f"[{allowed.lower:.7g}; {allowed.upper:.7g}]"


def listed(article: Published) -> list[str]:
    """Return all that an audit says of an article."""
    report = audit(article)
    lines = [
        " | ".join(
            (
                *(c.check, c.kind, c.about, c.cell, c.printed, _interval(c.allowed), c.verdict, str(c.grade)),
                *(c.detail.en, " ".join(c.cells), "; ".join(u.en for u in c.unless), str(c.when)),
            )
        )
        for c in report.checks
    ]
    lines += [f"read: {name}: {', '.join(options)}" for name, options in report.readings.items()]
    lines += [
        f"reading: {r.dimension} {r.option} {r.stated} {r.fits}/{r.total} {r.default_fits} {' '.join(r.cells)}"
        for r in report.chosen.found
    ]
    for f in report.findings:
        about = (f.grade, f.check, " ".join(f.cells), _interval(f.allowed), f.suggestion, str(f.others))
        lines.append("finding: " + " | ".join(about))
        lines += [f"  {c.en}" for c in f.calculations]
    lines += as_text(report, "en", rules=True).splitlines()
    for row in states(article, report).drop(columns="under_es").itertuples(index=False):
        lines.append("state: " + " | ".join(f"{v:.7g}" if isinstance(v, float) else str(v) for v in row))
    return lines


def shown() -> list[str]:
    """Return one report in every form that is text, in Spanish."""
    report = audit(_made(LIMITS), significance=0.10, scan=False)
    web = as_html(page(report, "es", rules=True), "es").splitlines()
    data = json.dumps(as_json(report, "es"), ensure_ascii=False, indent=1).splitlines()
    return [*as_text(report, "es").splitlines(), *web, *data]


def main() -> None:
    """Keep the list of every audit."""
    for name, article in ARTICLES.items():
        keep("audits", name, listed(article()))
    keep("audits", "forms_of_the_report", shown())
