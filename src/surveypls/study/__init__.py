"""Room 1, the study: what a study file may say, read and checked.  Knows nothing of data.

``load_study`` reads ``study.yaml`` into an immutable :class:`Study`; everything else reads the study.
:mod:`plsem.thresholds` has the conventions that statistics are judged by, whatever the study.
"""
