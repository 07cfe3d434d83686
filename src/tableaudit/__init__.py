"""Room 6, the printed article: rounding boxes, comparison, audit, what the printed cells allow.

Begin with :mod:`tableaudit.printed`, :mod:`~tableaudit.comparison` and
:mod:`~tableaudit.audit`.  None of it needs responses, except the comparison.
"""
