"""Choose the whole numbers behind a survey: how often each answer occurs, and the items' sums of products.

All correlations of n whole-number answers follow from the answers' counts and from the sums of products of
pairs of items, and every PLS estimate follows from the correlations.  So the printed figures are met
here, among whole numbers, before there are any respondents; :mod:`surveysynth.arrangement` then finds the
respondents.

Two steps.  Within a construct, draw counts and products near a matrix that meets the targets and keep what
meets the construct's own figures for some weights.  Between constructs, hold those weights fixed: the
fixed point of Mode A, the construct correlations and the HTMT are then *linear* in the remaining
products, and :mod:`surveysynth.lattice` solves for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveysynth.answer_blocks import SHARES, BlockCandidates, block_candidates, moments
from surveysynth.lattice import near_vectors, reduce_basis
from surveysynth.targets import CalibrationError, Target, block_pairs, cross_pairs, jacobian, unpacked

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AnswerSums:
    """Counts and sums of products that meet the targets.

    Attributes
    ----------
    counts : (p, c) array of int
        Respondents who give each answer 1 … c to each item.
    products : (p, p) array of int
        Sums over respondents of the products of two items' answers.
    packed : (p(p-1)/2,) array
        The correlations that follow.
    worst : float
        Largest distance from a printed figure, in half boxes.
    """

    counts: IntArray
    products: IntArray
    packed: FloatArray
    worst: float


def _equations(
    target: Target, whole: FloatArray, blocks: Sequence[FloatArray], weights: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Linear equations ``A x = b`` for the correlations x between constructs, with the weights held fixed.

    They say that the weights are a fixed point of Mode A with path weighting, that the scores correlate as in the
    whole matrix, and that each HTMT among the targets is met.
    """
    model = target.model
    p, k = model.n_items, len(model.constructs)
    estimate = target.estimate(whole[:, None])
    c, paths = estimate.construct_correlations[0], estimate.path_coefficients[0]
    inner = np.zeros((k, k))
    for source, end in model.paths:
        inner[end, source] = paths[source, end]
        inner[source, end] = c[source, end]
    place = np.zeros((p, p), dtype=np.int64)
    upper = np.triu_indices(p, 1)
    place[upper] = np.arange(len(upper[0]))
    place += place.T
    cross = cross_pairs(model)
    rows: list[FloatArray] = []
    right: list[float] = []

    def add(coefficients: FloatArray, value: float) -> None:
        row = np.zeros(len(upper[0]))
        np.add.at(row, place[np.nonzero(coefficients)], coefficients[np.nonzero(coefficients)])
        rows.append(row[cross])
        right.append(value)

    for a in range(k):
        length = float((inner[a] * c[a]).sum() / (weights[a] @ weights[a]))
        for item, weight in zip(model.blocks[a], weights[a], strict=True):
            coefficients = np.zeros((p, p))
            for b in np.flatnonzero(inner[a]).tolist():
                coefficients[item, list(model.blocks[b])] += inner[a, b] * weights[b]
            add(coefficients, length * float(weight))
    for a in range(k):
        for b in range(a + 1, k):
            area = np.ix_(model.blocks[a], model.blocks[b])
            coefficients = np.zeros((p, p))
            coefficients[area] = np.outer(weights[a], weights[b])
            add(coefficients, float(c[a, b]))
            htmt = target.value("htmt", model.constructs[a], model.constructs[b])
            if np.isfinite(htmt):
                coefficients = np.zeros((p, p))
                coefficients[area] = 1 / (len(weights[a]) * len(weights[b]))
                add(coefficients, htmt * float(np.sqrt(blocks[a].mean() * blocks[b].mean())))
    return np.array(rows), np.array(right)


def choose_sums(
    target: Target,
    whole: FloatArray,
    n: int,
    *,
    rng: np.random.Generator,
    loading_range: tuple[float, float] = (0.0, float("inf")),
    shares: Sequence[float] = SHARES,
    limit: float = 0.95,
    rounds: int = 12,
    n_samples: int = 60_000,
    softness: float = 0.15,
    temperature: float = 1.0,
    min_eigenvalue: float = 0.02,
) -> AnswerSums:
    """Choose counts and sums of products of n respondents that meet every target.

    Parameters
    ----------
    target : Target
    whole : (p(p-1)/2,) array
        A correlation matrix that meets the targets, from :func:`surveysynth.targets.meeting_matrix`.
    n : int
        Respondents.
    rng : Generator
    loading_range : (float, float)
        Smallest and largest one-factor loading of an item within its construct.
    shares : sequence of float
        Shares of the answers about which the counts are drawn.
    limit : float
        Largest distance from a printed figure, in half boxes.
    rounds : int
        Pairings of the constructs' candidates tried.
    n_samples : int
        Lattice vectors drawn in each round.
    softness : float
        Half boxes that one unit step of a product is held to cost: keeps the steps small.
    temperature : float
        Of the draws, in squared half boxes.
    min_eigenvalue : float
        Of the correlation matrix.

    Returns
    -------
    AnswerSums

    Raises
    ------
    CalibrationError
        If no round meets the targets.
    """
    model = target.model
    within, cross = block_pairs(model), cross_pairs(model)
    weights = target.estimate(whole[:, None]).outer_weights[0]
    found = [
        block_candidates(
            target, k, whole[pairs], weights[list(b)], n,
            noise=0.001 if len(b) == 2 else 0.004 if len(b) == 3 else 0.008,
            loading_range=loading_range, shares=shares, rng=rng,
        )
        for k, (pairs, b) in enumerate(zip(within, model.blocks, strict=True))
    ]  # fmt: skip
    exact = [s not in ("srmr", "d_uls", "d_g", "nfi") for s in target.labels["statistic"]]
    best = np.inf
    for choice in _pairings(target, whole, found, rounds, rng):
        parts = [block.correlations[c] for block, c in zip(found, choice, strict=True)]
        used = [block.weights[c] for block, c in zip(found, choice, strict=True)]
        counts = np.concatenate([block.counts[c] for block, c in zip(found, choice, strict=True)])
        mean, sd = moments(counts)
        i, j = np.triu_indices(model.n_items, 1)
        base, scale = n * mean[i] * mean[j], n * sd[i] * sd[j]
        a, b = _equations(target, whole, parts, used)
        x = whole[cross] - np.linalg.pinv(a, rcond=1e-9) @ (a @ whole[cross] - b)
        start = whole.copy()
        for pairs, part in zip(within, parts, strict=True):
            start[pairs] = part
        start[cross] = x

        def packed(between: FloatArray, start: FloatArray = start) -> FloatArray:
            full = np.tile(start[:, None], (1, between.shape[1]))
            full[cross] = between
            return full

        def errors(between: FloatArray, start: FloatArray = start) -> FloatArray:
            return target.errors(packed(between, start))

        slope = jacobian(errors, x)[exact]
        response = slope @ np.linalg.pinv(a, rcond=1e-9)
        unit = (response @ a) / scale[cross]
        basis = np.vstack([unit, softness * np.eye(len(cross))]).T
        reduced, transform = reduce_basis(basis)
        whole_numbers = np.round(base[cross] + scale[cross] * x)
        nearest = (whole_numbers - base[cross]) / scale[cross]
        rest = response @ (a @ nearest - b) + target.errors(start[:, None])[exact, 0]
        wanted = -np.concatenate([rest, np.zeros(len(cross))])
        drawn = near_vectors(reduced, wanted, n_samples=n_samples, temperature=temperature, rng=rng)
        steps = drawn @ transform
        linear = ((rest[:, None] + unit @ steps.T) ** 2).sum(axis=0)
        order = np.argsort(linear, kind="stable")[:4000]
        between = (whole_numbers + steps[order] - base[cross]).T / scale[cross][:, None]
        worst = np.abs(target.errors(packed(between))).max(axis=0)
        for at in np.argsort(np.nan_to_num(worst, nan=np.inf), kind="stable")[:20]:
            best = min(best, float(worst[at]))
            if not worst[at] <= limit:
                break
            full = packed(between[:, [at]])[:, 0]
            if np.linalg.eigvalsh(unpacked(full, model.n_items))[0] >= min_eigenvalue:
                products = unpacked(full, model.n_items) * np.outer(sd, sd) + np.outer(mean, mean)
                whole_products = np.round(n * products).astype(np.int64)
                return AnswerSums(counts, whole_products, full, float(worst[at]))
    raise CalibrationError(
        f"n = {n}: no whole numbers meet all targets in {rounds} rounds; the nearest are {best:.2f} half boxes off"
    )


def _pairings(
    target: Target, whole: FloatArray, found: Sequence[BlockCandidates], rounds: int, rng: np.random.Generator
) -> list[list[int]]:
    """Return the combinations of candidates whose weights fit together with least change of the matrix."""
    cross = cross_pairs(target.model)
    tried = []
    for _ in range(200):
        choice = [int(rng.integers(len(block.worst), size=2).min()) for block in found]
        parts = [block.correlations[c] for block, c in zip(found, choice, strict=True)]
        used = [block.weights[c] for block, c in zip(found, choice, strict=True)]
        a, b = _equations(target, whole, parts, used)
        move = np.linalg.pinv(a, rcond=1e-9) @ (a @ whole[cross] - b)
        off = max(float(block.worst[c]) for block, c in zip(found, choice, strict=True))
        tried.append((float(np.abs(move).max()) + 0.05 * max(off - 0.7, 0.0), choice))
    tried.sort(key=lambda pair: pair[0])
    return [choice for _, choice in tried[:rounds]]
