"""Room 4, the PLS engine: the batched estimator and every statistic of the two models.

Begin with :mod:`surveypls.pls.model` and :mod:`surveypls.pls.estimator`; then
:mod:`~surveypls.pls.measurement`, :mod:`~surveypls.pls.structural`, :mod:`~surveypls.pls.fit`,
:mod:`~surveypls.pls.prediction`, :mod:`~surveypls.pls.admissibility`, :mod:`~surveypls.pls.importance`.
Everything is a function of the items' correlation matrices, a whole batch at once.
"""
