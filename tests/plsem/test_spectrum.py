"""Half the sum of squared logarithms of eigenvalues, without eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest

from plsem import spectrum


def with_eigenvalues(logs, seed=0):
    """Symmetric matrices (p, p, B) whose eigenvalues have the logarithms (p, B)."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(logs.shape[1], len(logs), len(logs))))[0]
    return np.moveaxis(np.einsum("bij,bj,bkj->bik", turn, np.exp(logs.T), turn), 0, -1).copy()


@pytest.mark.parametrize("p", [1, 2, 3, 11, 16, 17, 40])
@pytest.mark.parametrize("spread", [0.0, 0.05, 0.5, 1.5])
def test_it_is_the_sum_of_squared_logarithms(p, spread):
    logs = spread * np.random.default_rng(p).normal(size=(p, 30))
    found = spectrum.half_log_squares(with_eigenvalues(logs))
    np.testing.assert_allclose(found, (logs**2).sum(axis=0) / 2, rtol=1e-11, atol=5e-13)


def test_eigenvalues_far_out_are_lapacks():
    logs = np.array([[-12.0, -6.5, 5.9, 0.0], [0.3, 0.1, -5.9, 0.0], [0.0, 6.5, 1.0, 9.0]])
    found = spectrum.half_log_squares(with_eigenvalues(logs))
    np.testing.assert_allclose(found, (logs**2).sum(axis=0) / 2, rtol=1e-8)


def test_matrices_without_logarithms_are_missing_and_leave_their_neighbours_alone():
    sound = with_eigenvalues(np.random.default_rng(1).normal(size=(5, 3)))
    mixed = sound.copy()
    mixed[..., 1] -= 3.0 * np.eye(5)
    alone = spectrum.half_log_squares(sound[..., :1].copy())
    broken = sound.copy()
    broken[0, 0, 1] = np.nan
    for matrices in (mixed, broken):
        found = spectrum.half_log_squares(matrices)
        assert np.isnan(found).tolist() == [False, True, False]
        assert found[0] == alone[0]


def test_the_tridiagonal_form_has_the_same_eigenvalues_also_where_it_is_reached_already():
    matrices = with_eigenvalues(np.random.default_rng(2).normal(size=(6, 4)))
    matrices[..., 3] = np.diag(np.arange(1.0, 7.0))
    diagonal, squares = spectrum.tridiagonal(matrices.copy())
    for b in range(4):
        beside = np.sqrt(squares[:, b])
        form = np.diag(diagonal[:, b]) + np.diag(beside, 1) + np.diag(beside, -1)
        expected = np.linalg.eigvalsh(matrices[..., b])
        np.testing.assert_allclose(np.linalg.eigvalsh(form), expected, atol=1e-12)
