"""The audit of any article's printed PLS-SEM tables: what they say about each other, whatever the data were.

Begin with :func:`tableaudit.audit.audit_file`; :func:`tableaudit.cell_states.states` gives the state of each printed
figure, :mod:`tableaudit.comparison` sets printed figures beside recomputed ones.
"""
