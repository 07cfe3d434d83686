"""Room 5, inference: resamples' moments in one matrix product, intervals, tests, exact fit, coverage.

Begin with :mod:`plsem.resampling.bootstrap`; the statistics are passed to it as a function.
"""
