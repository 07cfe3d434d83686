"""Every table of the compendium, in one place: what notebooks and the paper call.

Each function returns a :class:`~surveypls.tabular.Table` (numbers kept, marks, title, note) and takes the keywords
``labels`` ("en" or "es") and ``notice`` (the synthetic-data notice).  :func:`surveypls.export.export`
writes one.

========================================  =====================================================
article's Tables 1–6                      :mod:`surveypls.article_tables`
measurement model, as journals ask        :mod:`surveypls.measurement_tables`
structural model, as journals ask         :mod:`surveypls.structural_tables`
screening, items, pruning                 :mod:`surveypls.process_tables`
printed against recomputed, audit         :mod:`surveypls.audit_tables`
thresholds                                :mod:`surveypls.thresholds`
========================================  =====================================================
"""

from surveypls.article_tables import (
    table_1_operationalisation,
    table_2_reflective_measurement,
    table_3_fornell_larcker,
    table_4_htmt,
    table_5_paths,
    table_6_model_quality,
)
from surveypls.audit_tables import audit_table, comparison_table, statement_table, verdict_table
from surveypls.measurement_tables import cross_loading_table, htmt_table, item_table, reliability_table
from surveypls.process_tables import cleaning_table, frame_table, item_statistics_table, pruning_table
from surveypls.structural_tables import (
    cvpat_table,
    effects_table,
    explained_table,
    fit_table,
    path_table,
    prediction_table,
)
from surveypls.tabular import Column, Table, from_frame
from surveypls.thresholds import threshold_table

__all__ = [
    "Column",
    "Table",
    "audit_table",
    "cleaning_table",
    "comparison_table",
    "cross_loading_table",
    "cvpat_table",
    "effects_table",
    "explained_table",
    "fit_table",
    "frame_table",
    "from_frame",
    "htmt_table",
    "item_statistics_table",
    "item_table",
    "path_table",
    "prediction_table",
    "pruning_table",
    "reliability_table",
    "statement_table",
    "table_1_operationalisation",
    "table_2_reflective_measurement",
    "table_3_fornell_larcker",
    "table_4_htmt",
    "table_5_paths",
    "table_6_model_quality",
    "threshold_table",
    "verdict_table",
]
