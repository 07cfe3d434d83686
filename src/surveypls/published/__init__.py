"""Room 6, the printed article: rounding boxes, comparison, audit, what the printed cells allow.

Begin with :mod:`surveypls.published.printed`, :mod:`~surveypls.published.comparison` and
:mod:`~surveypls.published.audit`.  None of it needs responses, except the comparison.
"""
