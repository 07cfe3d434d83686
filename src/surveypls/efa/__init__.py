"""Room 3, exploratory factor analysis: adequacy, number of factors, extraction, rotation, item pruning.

Begin with :mod:`surveypls.efa.solution` (one analysis) and :mod:`surveypls.efa.pruning` (dropping items).
"""
