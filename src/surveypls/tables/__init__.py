"""The tables: every table in one place, what notebooks and the paper call.

Each function returns a :class:`~tabletext.tabular.Table` (numbers kept, marks, title, note) and
takes the keyword ``display`` (:class:`tabletext.display.Display`: language, decimal sign, notice).
:func:`tabletext.export.export` writes one.

========================================  =====================================================
article's Tables 1–6                      :mod:`surveypls.tables.article`
measurement model, as journals ask        :mod:`surveypls.tables.measurement`
structural model, as journals ask         :mod:`surveypls.tables.structural`
screening, items, pruning                 :mod:`surveypls.tables.process`
the cleaning log                          :mod:`surveypls.tables.survey`
the factor analysis                       :mod:`surveypls.tables.efa`
what a decision hangs on                  :mod:`surveypls.tables.choices`
every combination of choices              :mod:`surveypls.tables.multiverse`
printed against recomputed, audit         :mod:`surveypls.tables.audit`
whether the estimate can be read          :mod:`surveypls.tables.admissibility`
thresholds                                :mod:`surveypls.tables.thresholds`
sample sizes                              :mod:`surveypls.tables.sizes`
intervals, and their simulated coverage   :mod:`surveypls.tables.coverage`
========================================  =====================================================
"""

from surveypls.tables.admissibility import admissibility_table
from surveypls.tables.article import (
    table_1_operationalisation,
    table_2_reflective_measurement,
    table_3_fornell_larcker,
    table_4_htmt,
    table_5_paths,
    table_6_model_quality,
)
from surveypls.tables.audit import (
    audit_table,
    comparison_table,
    contradicted_table,
    state_table,
    statement_table,
    tested,
)
from surveypls.tables.choices import choices_over_n_table, choices_table, other_sign_table
from surveypls.tables.coverage import coverage_table, intervals_table
from surveypls.tables.efa import (
    adequacy_table,
    factor_number_table,
    scale_reliability_table,
    scaling_table,
    sensitivity_table,
)
from surveypls.tables.measurement import cross_loading_table, item_table, reliability_table
from surveypls.tables.multiverse import (
    choice_effects_table,
    choice_words,
    left_out_table,
    multiverse_table,
    over_surveys_table,
)
from surveypls.tables.process import cleaning_table, frame_table, item_statistics_table, pruning_table
from surveypls.tables.sizes import (
    implied_size_table,
    plausible_sizes_table,
    required_size_table,
    standard_error_sizes_table,
)
from surveypls.tables.structural import (
    cvpat_table,
    effects_table,
    fit_table,
    path_table,
    prediction_table,
)
from surveypls.tables.survey import cleaning_log_table
from surveypls.tables.thresholds import threshold_table
