"""The count of lines leaves out what is not code."""

from __future__ import annotations

from count_lines import code_lines

MODULE = '''"""A docstring
of two lines."""

import math  # counted once


# a comment
def area(
    radius,
):
    """One line."""
    text = """two
    lines"""
    "a string alone is prose, too"
    return math.pi * radius**2, text
'''


def test_code_is_counted_and_prose_is_not() -> None:
    assert code_lines(MODULE) == 1 + 3 + 2 + 1
    assert code_lines("") == 0
    assert code_lines("x = 1; y = 2\n\n# end\n") == 1
