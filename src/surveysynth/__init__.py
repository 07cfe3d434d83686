"""Room 7, the synthetic survey: the search for answers that give the printed cells, and what follows from it.

Begin with :mod:`surveysynth.survey` (the file in ``data/raw``) and
:mod:`surveysynth.calibration` (the search).
"""
