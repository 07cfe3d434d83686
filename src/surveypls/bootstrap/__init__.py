"""Room 5, inference: resamples' moments in one matrix product, intervals, tests, exact fit, coverage.

Begin with :mod:`surveypls.bootstrap.resampling`; the statistics are passed to it as a function.
"""
