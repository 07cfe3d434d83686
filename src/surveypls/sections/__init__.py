"""The optional sections: what is reported only of studies that ask for it, a module each.

A module holds all that its section needs: what is computed, its tables, its sentence and its figures.
:mod:`surveypls.compendium.notebook_text` writes its cells, :mod:`surveypls.compendium.outputs` takes its tables and
figures, and the paper reads what its cells hand on.
"""

from __future__ import annotations

from surveypls.sections import (
    competing,
    conditional,
    controls,
    groups,
    higher_order,
    mediation,
    method_bias,
    moderation,
    necessity,
    redundancy,
    robustness,
    stages,
)
from surveypls.sections.section import Section
from surveypls.study.definition import Study

#: In the order in which they are shown.
SECTIONS: tuple[Section, ...] = (
    stages.ESTIMATED,
    higher_order.SECTION,
    redundancy.SECTION,
    mediation.SECTION,
    moderation.SECTION,
    conditional.SECTION,
    controls.SECTION,
    stages.LEFT_OUT,
    groups.SECTION,
    method_bias.SECTION,
    competing.SECTION,
    necessity.SECTION,
    robustness.SECTION,
)


def of(study: Study) -> tuple[Section, ...]:
    """Return the sections that a study has; the re-run of published tables has none."""
    return tuple(s for s in SECTIONS if study.published is None and s.applies(study))


def called(key: str) -> Section:
    """Return the section of a key."""
    return next(section for section in SECTIONS if section.key == key)
