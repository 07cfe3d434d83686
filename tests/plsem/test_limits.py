"""Small parts of the statistics package, with values worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from plsem.efa import items
from plsem.efa.adequacy import _leading
from plsem.efa.rotation import _varimax


def test_shares_at_the_ends_of_the_scale():
    data = pd.DataFrame({"a": [1, 1, 2, 5, 5, 5, 4, np.nan]})
    row = items.item_statistics(data, (1, 5)).iloc[0]
    assert (row["n"], row["missing"]) == (7, 1)
    assert row["floor"] == pytest.approx(2 / 7)
    assert row["ceiling"] == pytest.approx(3 / 7)


def test_varimax_by_hand():
    # squares [[.36, 0], [0, .64]] less the column means .18 and .32
    value, gradient = _varimax(np.array([[0.6, 0.0], [0.0, 0.8]]))
    assert value == pytest.approx(-(2 * 0.18**2 + 2 * 0.32**2) / 4)
    np.testing.assert_allclose(gradient, [[-0.6 * 0.18, 0.0], [0.0, -0.8 * 0.32]])


@pytest.mark.parametrize(("above", "n"), [([True, True], 2), ([True, False, True], 1), ([False, True], 0)])
def test_the_leading_eigenvalues_end_at_the_first_that_is_not_above(above, n):
    assert _leading(np.array(above)) == n
