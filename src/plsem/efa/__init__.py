"""Room 3, exploratory factor analysis: adequacy, number of factors, extraction, rotation, item pruning.

Begin with :mod:`plsem.efa.solution` (one analysis) and :mod:`plsem.efa.pruning` (dropping items).
"""
