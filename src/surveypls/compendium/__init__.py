"""Room 12, the compendium: folders, contracts between notebooks, running them, the front pages.

A notebook needs only :func:`open_project`.
"""
