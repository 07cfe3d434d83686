"""Room 4, the PLS engine: the batched estimator and every statistic of the two models.

Begin with :mod:`plsem.model` and :mod:`plsem.estimator`; then
:mod:`~plsem.measurement`, :mod:`~plsem.structural`, :mod:`~plsem.model_fit`,
:mod:`~plsem.prediction`, :mod:`~plsem.admissibility`, :mod:`~plsem.importance`.
Everything is a function of the items' correlation matrices, a whole batch at once.
"""
