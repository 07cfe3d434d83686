"""Groups of respondents: whether constructs mean the same in them (MICOM), and which results differ.

:func:`compare` is the door; :func:`group_sizes` says beforehand which groups it would refuse.
"""

from plsem.groups.comparison import compare
from plsem.groups.result import GroupComparison
from plsem.groups.split import group_sizes

__all__ = ["GroupComparison", "compare", "group_sizes"]
