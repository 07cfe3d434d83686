"""Room 2, the survey: read a form's raw export, screen it by named rules, fill or drop gaps, keep the log.

Begin with :mod:`surveypls.survey.reading` and :mod:`surveypls.survey.screening`.
"""
