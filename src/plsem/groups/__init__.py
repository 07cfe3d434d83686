"""Groups of respondents: whether constructs mean the same in them (MICOM), and which results differ.

:func:`compare` is the door.
"""

from plsem.groups.comparison import compare
from plsem.groups.result import GroupComparison

__all__ = ["GroupComparison", "compare"]
