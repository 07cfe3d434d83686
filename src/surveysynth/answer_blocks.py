"""Candidates for one construct of a calibrated survey: counts of answers and sums of products, whole numbers.

With whole-number answers a correlation moves in steps of about ``1 / (n s_i s_j)``, which is wide beside a
rounding box.  For a construct of three items only the counts, and with them means and standard deviations, can
bring three correlations to where they must be, so many counts are drawn and the fitting ones kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveysynth.targets import CalibrationError, Target, jacobian, spearman_loadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Shares of the answers 1 … 5 about which the counts are drawn: half "always", as in the surveys of this kind.
SHARES = (0.05, 0.07, 0.14, 0.24, 0.50)
CONCENTRATION = 50.0
#: An item's share of the highest answer may lie so far below and above that of the shares given.
TOP_ROOM = (0.10, 0.12)
MIN_SD = 0.8
_KEPT = 50
_DRAWS = 300_000


@dataclass(frozen=True, slots=True)
class BlockCandidates:
    """Candidates for one construct, the best first: counts (m, p, c), correlations (m, q), weights (m, p)."""

    counts: IntArray
    correlations: FloatArray
    weights: FloatArray
    worst: FloatArray


def moments(counts: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return means and standard deviations (divisor n) of items with the given counts of each answer."""
    values = np.arange(1, counts.shape[-1] + 1)
    n = counts.sum(axis=-1)
    mean = counts @ values / n
    return mean, np.sqrt(counts @ values**2 / n - mean**2)


def _draw_counts(
    n: int, size: tuple[int, ...], shares: Sequence[float], rng: np.random.Generator
) -> IntArray:
    """Draw counts of n answers about the shares; every answer occurs, the highest takes the rest."""
    drawn = rng.dirichlet(CONCENTRATION * np.asarray(shares), size=size)
    counts = np.maximum(np.floor(drawn * n).astype(np.int64), 1)
    counts[..., -1] += n - counts.sum(axis=-1)
    return counts


def _block_cells(target: Target, k: int) -> list[tuple[str, str, float, float]]:
    """Return the targets of one construct alone: statistic, item, centre, half."""
    name = target.model.constructs[k]
    own = {"outer_loading", "ave", "sqrt_ave", "cronbach_alpha", "rho_a", "rho_c"}
    rows = []
    for label, centre, half in zip(
        target.labels.itertuples(index=False, name=None), target.centre, target.half, strict=True
    ):
        statistic, row, column = label
        if statistic in own and name in (row, column):
            rows.append((statistic, row, float(centre), float(half)))
    return rows


def _block_errors(
    cells: list[tuple[str, str, float, float]], items: Sequence[str], r: FloatArray, w: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Distances (cells, B) of one construct's figures, given correlations (q, B) and weights (p, B).

    Also the weights, scaled to a score of variance 1.  Formulas as in :mod:`plsem.measurement`.
    """
    p = len(items)
    i, j = np.triu_indices(p, 1)
    w = w / np.sqrt((w**2).sum(axis=0) + 2 * (r * w[i] * w[j]).sum(axis=0))
    if not cells:
        return np.zeros((1, r.shape[1])), w
    loadings = w.copy()
    for a, b, row in zip(i, j, r, strict=True):
        loadings[a] += row * w[b]
        loadings[b] += row * w[a]
    length = (w**2).sum(axis=0)
    mean = r.mean(axis=0)
    ave = (loadings**2).mean(axis=0)
    square_of_sum = loadings.sum(axis=0) ** 2
    known = {
        "ave": ave,
        "sqrt_ave": np.sqrt(ave),
        "cronbach_alpha": p * mean / (1 + (p - 1) * mean),
        "rho_a": length**2 * (1 - length) / (length**2 - (w**4).sum(axis=0)),
        "rho_c": square_of_sum / (square_of_sum + p - p * ave),
    } | dict(zip(items, loadings, strict=True))
    values = np.stack([known[item if s == "outer_loading" else s] for s, item, _, _ in cells])
    centre, half = (np.array([c[x] for c in cells])[:, None] for x in (2, 3))
    return (values - centre) / half, w


def block_candidates(
    target: Target,
    k: int,
    packed: FloatArray,
    weights: FloatArray,
    n: int,
    *,
    noise: float,
    loading_range: tuple[float, float],
    shares: Sequence[float],
    rng: np.random.Generator,
) -> BlockCandidates:
    """Draw counts and products of one construct's items and keep those that meet its figures for some weights.

    Parameters
    ----------
    target : Target
    k : int
        The construct's position.
    packed, weights : (q,), (p,) arrays
        The block's correlations and weights in a matrix that meets the targets.
    n : int
        Respondents.
    noise : float
        Standard deviation of the drawn correlations about ``packed``.
    loading_range : (float, float)
        Smallest and largest one-factor loading.
    shares : sequence of float
        Shares of the answers about which the counts are drawn.
    rng : Generator

    Returns
    -------
    BlockCandidates

    Raises
    ------
    CalibrationError
        If none keeps the loadings in range.
    """
    model = target.model
    items = [model.items[i] for i in model.blocks[k]]
    p = len(items)
    cells = _block_cells(target, k)
    i, j = np.triu_indices(p, 1)
    q = len(i)
    counts = _draw_counts(n, (_DRAWS, p), shares, rng)
    mean, sd = moments(counts)
    top = counts[..., -1] / n
    lowest, highest = shares[-1] - TOP_ROOM[0], shares[-1] + TOP_ROOM[1]
    usual = ((top > lowest) & (top < highest) & (sd > MIN_SD)).all(axis=1)
    counts, mean, sd = counts[usual], mean[usual], sd[usual]
    base, scale = n * mean[:, i] * mean[:, j], n * sd[:, i] * sd[:, j]
    wished = packed + noise * rng.normal(size=(len(counts), q))
    r = ((np.round(base + scale * wished) - base) / scale).T

    def errors(both: FloatArray) -> FloatArray:
        return _block_errors(cells, items, both[:q], both[q:])[0]

    # Weights can adapt: only what they cannot mend counts.
    slope = jacobian(errors, np.concatenate([packed, weights]))
    by_r, by_w = slope[:, :q], slope[:, q:]
    rest = np.eye(len(slope)) - by_w @ np.linalg.pinv(by_w, rcond=1e-6)
    at = errors(np.concatenate([packed, weights])[:, None])
    linear = rest @ (at + by_r @ (r - packed[:, None]))
    chosen = np.argsort((linear**2).sum(axis=0), kind="stable")[:3000]
    r, counts = r[:, chosen], counts[chosen]
    w = _best_weights(cells, items, r, np.tile(weights[:, None], (1, len(chosen))))
    worst = np.abs(_block_errors(cells, items, r, w)[0]).max(axis=0)
    if p > 2:
        loadings = spearman_loadings(r)
        worst = np.where(
            (loadings.min(axis=0) < loading_range[0]) | (loadings.max(axis=0) > loading_range[1]),
            np.inf,
            worst,
        )
    order = np.argsort(worst, kind="stable")[:_KEPT]
    if not np.isfinite(worst[order[0]]):
        raise CalibrationError(
            f"{model.constructs[k]}: no counts of {n} answers keep every one-factor loading within {loading_range}"
        )
    return BlockCandidates(counts[order], r[:, order].T, w[:, order].T, worst[order])


def _best_weights(
    cells: list[tuple[str, str, float, float]], items: Sequence[str], r: FloatArray, w: FloatArray
) -> FloatArray:
    """Weights (p, B) that bring a construct's figures nearest, by Gauss–Newton."""
    step = 1e-6
    for _ in range(6):
        error, w = _block_errors(cells, items, r, w)
        slopes = []
        for a in range(len(items)):
            up, down = w.copy(), w.copy()
            up[a] += step
            down[a] -= step
            slopes.append(
                (_block_errors(cells, items, r, up)[0] - _block_errors(cells, items, r, down)[0]) / (2 * step)
            )
        slope = np.stack(slopes, axis=-1).transpose(1, 0, 2)
        # The scale of the weights is free, so the slope has a null direction.
        move = np.linalg.pinv(slope, rcond=1e-4) @ error.T[:, :, None]
        w = w - move[:, :, 0].T
    return _block_errors(cells, items, r, w)[1]
