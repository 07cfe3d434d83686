"""Room 9, the figures: all of them, and how to save them.

Every drawing function takes tables or results and the keyword ``display``
(:class:`tabletext.display.Display`: language, decimal sign, and the notice that is written small under
the figure), and returns the figure and a DataFrame of exactly what is drawn.  :func:`save` writes both.
"""

from __future__ import annotations

from surveypls.figures.audit import attainable_intervals, ensemble_intervals, power_curve
from surveypls.figures.choices import specification_curve
from surveypls.figures.coverage import coverage_figure, interval_kinds
from surveypls.figures.efa import correlation_map, loading_map, scree
from surveypls.figures.facsimile import facsimile
from surveypls.figures.files import render, save
from surveypls.figures.groups import group_forest
from surveypls.figures.importance import importance_map
from surveypls.figures.over_n import significant_share, t_bands
from surveypls.figures.path_diagram import path_diagram
from surveypls.figures.results import bootstrap_densities, forest, htmt_bars
from surveypls.figures.scores import ceiling_scatter, score_scatter, simple_slopes
from surveypls.figures.style import FigureError
from surveypls.figures.survey import cleaning_flow, missing_answers, response_bars
