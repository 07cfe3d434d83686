r"""What the loadings of a PLS composite leave for alpha, rho_A and HTMT, for blocks of any size.

Items are :math:`x_i = \lambda_i y + e_i` with the score :math:`y = \sum w_i x_i`, so the residuals balance,
:math:`\sum w_i e_i = 0`, and with positive weights

.. math:: \left|\sum_i e_i\right| \le \min_j \sum_i |1 - w_i / w_j|\, s_i, \qquad s_i = \sqrt{1 - \lambda_i^2},

which limits :math:`1'R1 = S^2 + |\sum e_i|^2` and with it standardised alpha from above; from below
:math:`1'R1 \ge S^2`.  rho_A depends on the weights alone.

Mode A makes the items' covariances with the inner proxy z proportional to the weights, so each item correlates with z
by :math:`\rho w_i / w'w`, where :math:`\rho` is the correlation of y with z.  The part of z at right angles to y then
has the share :math:`h_i = \rho (w_i / w'w - \lambda_i) / \sqrt{1 - \rho^2}` of residual i, no larger than
:math:`s_i`: a strong neighbour keeps the weights near the loadings.  The sum of the residuals is :math:`\sum h_i` along
that part, and the bound above, with :math:`\sqrt{s_i^2 - h_i^2}` for :math:`s_i`, at right angles to it.

HTMT times the root of both (standardised) alphas is the correlation of the two sums of items.  The angle
between a sum and its score follows from :math:`\cos\theta = S / \sqrt{1'R1}`; so the angle between the sums
differs from that between the scores by at most :math:`\theta_i + \theta_j`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tableaudit.boxes import Interval

FloatArray = NDArray[np.float64]
MARGIN = 0.006  # beyond what the numerical search over weights found
SPREAD = 2.5  # largest ratio of standard deviations among items on one answer scale
_SAMPLES = 6_000
_ROUNDS = 5


def rho_a_of_weights(w: FloatArray) -> FloatArray:
    r"""Return :math:`\rho_A = (w'w)^2 (1 - w'w) / ((w'w)^2 - \sum w^4)`, rows of w with :math:`w'Rw = 1`."""
    q = np.sum(w**2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(q**2 * (1 - q) / (q**2 - np.sum(w**4, axis=1)))


def _excess(w: FloatArray, s: FloatArray) -> FloatArray:
    """Bound the length of the sum of residuals of lengths s (B, m) that the weights balance."""
    ratio = np.abs(1 - w[:, None, :] / w[:, :, None])
    return np.asarray(np.min(np.einsum("bij,bj->bi", ratio, s), axis=1))


def _closes(w: FloatArray, s: FloatArray, longest: float) -> NDArray[np.bool_]:
    """Tell whether residuals can balance and sum to no more than a length: no side of a polygon exceeds the rest."""
    sides = np.abs(1 - w[:, None, :] / w[:, :, None]) * s
    return np.asarray(np.all(2 * sides.max(axis=2) <= sides.sum(axis=2) + longest, axis=1))


def _shares(w: FloatArray, lam: FloatArray, rho: float) -> FloatArray:
    """Return h, the part of each residual along what y leaves of the inner proxy."""
    return np.asarray(rho / math.sqrt(1 - rho**2) * (w / np.sum(w**2, axis=1, keepdims=True) - lam))


def _alpha(total: FloatArray, m: int) -> FloatArray:
    return np.asarray(m / (m - 1) * (1 - m / total))


@lru_cache(maxsize=512)
def weight_ranges(
    loadings: tuple[float, ...],
    rho_a: tuple[float, float] | None,
    proxy: tuple[float, float] | None = None,
    longest: float | None = None,
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Ranges of rho_A and alpha over positive weights, by a seeded search that narrows on each end.

    Parameters
    ----------
    loadings : tuple of float
        All positive.
    rho_a : (float, float), optional
        Box of the printed rho_A, which limits the weights for alpha.
    proxy : (float, float), optional
        Least and largest correlation of the score with its inner proxy.
    longest : float, optional
        Largest length of the sum of the residuals, as alpha has it.

    Returns
    -------
    ((lowest rho_A, highest rho_A), (lowest alpha, highest alpha)), or None where no weights give the printed rho_A.
    """
    lam = np.array(loadings)
    m = len(lam)
    s = np.sqrt(np.maximum(1 - lam**2, 1e-12))
    rng = np.random.default_rng(20)
    # two items whose residuals balance, and next to nothing of the others: a corner that no draw comes near
    pairs = np.array([[1.0 if k in pair else 1e-6 for k in range(m)] for pair in combinations(range(m), 2)])

    def usable(raw: FloatArray) -> FloatArray:
        w = raw / (raw @ lam)[:, None]
        pull = w * s
        kept = np.max(pull, axis=1) <= 0.5 * np.sum(pull, axis=1) + 1e-12
        if proxy is not None:
            kept &= np.all(np.abs(_shares(w, lam, proxy[0])) <= s, axis=1)
        if longest is not None:
            kept &= _closes(w, s, longest)
            if proxy is not None:
                kept &= np.abs(_shares(w, lam, proxy[0]).sum(axis=1)) <= longest
        return np.asarray(w[kept])

    def search(score: str) -> float | None:
        raw = rng.dirichlet(np.ones(m), _SAMPLES) / s
        raw = np.concatenate([raw, np.ones((1, m)), (1 / s)[None], lam[None], pairs / s])
        best: float | None = None
        kept = usable(raw)
        for round_ in range(_ROUNDS):
            if not len(kept):
                return None
            value, miss = _score(kept, lam, s, score, rho_a, proxy)
            exact = miss <= 1e-9
            if exact.any():
                top = float(value[exact].max())
                best = top if best is None else max(best, top)
            order = np.argsort(-(value - 200 * miss), kind="stable")[:40]
            elite = kept[order]
            width = 0.5 ** (round_ + 1)
            around = np.repeat(elite, 60, axis=0)
            moved = around * np.exp(width * rng.normal(size=around.shape))
            kept = np.concatenate([elite, usable(moved)])
        return best

    ends = [search(score) for score in ("-rho_a", "rho_a", "-alpha", "alpha")]
    low, high, bottom, top = ends
    if low is None or high is None or bottom is None or top is None:
        return None
    return (-low, high), (-bottom, top)


def _score(
    w: FloatArray,
    lam: FloatArray,
    s: FloatArray,
    score: str,
    rho_a: tuple[float, float] | None,
    proxy: tuple[float, float] | None,
) -> tuple[FloatArray, FloatArray]:
    reached = rho_a_of_weights(w)
    miss = np.zeros(len(w))
    sign = -1.0 if score.startswith("-") else 1.0
    if score.endswith("alpha"):
        if rho_a is not None:
            miss = np.maximum(0.0, np.maximum(rho_a[0] - reached, reached - rho_a[1]))
        value = _alpha(lam.sum() ** 2 + _sum_of_residuals(w, lam, s, sign, proxy), len(lam))
    else:
        value = reached
    value = sign * value
    return np.where(np.isfinite(value), value, -np.inf), np.where(np.isfinite(miss), miss, np.inf)


def _sum_of_residuals(
    w: FloatArray, lam: FloatArray, s: FloatArray, sign: float, proxy: tuple[float, float] | None
) -> FloatArray:
    """Bound the squared length of the sum of residuals, from below (sign −1) or above."""
    if proxy is None:
        return np.zeros(len(w)) if sign < 0 else _excess(w, np.tile(s, (len(w), 1))) ** 2
    if sign < 0:
        return np.asarray(_shares(w, lam, proxy[0]).sum(axis=1) ** 2)
    tops = []
    for rho in proxy:
        h = _shares(w, lam, rho)
        tops.append(h.sum(axis=1) ** 2 + _excess(w, np.sqrt(np.maximum(s**2 - h**2, 0.0))) ** 2)
    plain = _excess(w, np.tile(s, (len(w), 1))) ** 2
    return np.asarray(np.minimum(plain, np.max(tops, axis=0)))


def rounding(loadings: Sequence[Interval], *, of_weights: bool) -> float:
    """Return by how much the rounding of loadings may change rho_A (``of_weights``) or alpha, 0 where negligible."""
    ends = np.array([[b.lower for b in loadings], [b.upper for b in loadings]]).clip(-1, 1)
    value = _alpha(ends.sum(axis=1) ** 2, len(loadings))
    if of_weights:
        r = np.zeros((2, 1))
        if len(loadings) == 2:  # the residuals are opposite, so the loadings alone give the weights
            r = np.prod(ends, axis=1, keepdims=True) - np.sqrt(np.prod(1 - ends**2, axis=1, keepdims=True))
        w = ends - r * ends[:, ::-1]
        value = rho_a_of_weights(w / np.sum(w * ends, axis=1, keepdims=True))
    change = float(np.ptp(value)) / 2
    return change if change >= MARGIN / 3 else 0.0


def _middles(loadings: Sequence[Interval]) -> tuple[float, ...] | None:
    """Return the loadings of a block whose weights are all positive, else None."""
    found = tuple(b.middle for b in loadings)
    return found if len(found) > 1 and min(found) >= 0.4 and max(found) < 0.9995 else None


def alpha_bounds(
    loadings: Sequence[Interval], rho_a: Interval | None, proxy: tuple[float, float] | None = None
) -> Interval | None:
    """Bounds of standardised alpha beside the loadings (and rho_A) of a composite.

    Parameters
    ----------
    loadings : sequence of Interval
    rho_a : Interval, optional
    proxy : (float, float), optional
        Least and largest correlation of the score with its inner proxy.

    Returns
    -------
    Interval or None
        None where the loadings are not all at least 0.4 (weights may then be negative), or no positive weights
        give rho_A.
    """
    middles = _middles(loadings)
    if middles is None:
        return None
    m = len(middles)
    total = sum(b.lower for b in loadings)
    low = m / (m - 1) * (1 - m / total**2)
    box = None if rho_a is None else (rho_a.lower - 0.002, rho_a.upper + 0.002)
    found = weight_ranges(middles, box, proxy)
    if found is None:
        return None
    margin = MARGIN + rounding(loadings, of_weights=False)
    return Interval(max(low, found[1][0] - margin), max(found[1][1] + margin, low))


def rho_a_bounds(
    loadings: Sequence[Interval],
    proxy: tuple[float, float] | None = None,
    alpha: Interval | None = None,
) -> Interval | None:
    """Bounds of rho_A beside the loadings (and standardised alpha) of a composite with positive weights.

    Parameters
    ----------
    loadings : sequence of Interval
    proxy : (float, float), optional
        Least and largest correlation of the score with its inner proxy.
    alpha : Interval, optional

    Returns
    -------
    Interval or None
        None as for :func:`alpha_bounds`.
    """
    middles = _middles(loadings)
    if middles is None:
        return None
    longest = None
    if alpha is not None and alpha.upper < 1:
        m = len(middles)
        most = m / (1 - alpha.upper * (m - 1) / m) - sum(b.lower for b in loadings) ** 2
        longest = math.sqrt(max(most, 0.0))
    found = weight_ranges(middles, None, proxy, longest)
    if found is None:
        return None
    margin = MARGIN + rounding(loadings, of_weights=True)
    return Interval(found[0][0] - margin, found[0][1] + margin)


def raw_alpha_range(standardised: Interval, m: int) -> Interval:
    r"""Range that raw alpha has for a standardised one, items' standard deviations within ``SPREAD``.

    With equal item correlations r, raw alpha is :math:`\frac{m}{m-1}(1 - 1/(1 - r + h m r))`, h the squared mean
    of the standard deviations over their mean square, smallest where half of them are the largest; upwards,
    a larger spread on the items that correlate most raises it by no more than about what it can take away.
    """
    share = 0.25 * (1 + SPREAD) ** 2 / (0.5 * (1 + SPREAD**2))

    def lowered(alpha: float) -> float:
        if alpha <= 0:
            return alpha
        r = alpha / (m - (m - 1) * alpha)
        return m / (m - 1) * (1 - 1 / (1 - r + share * m * r))

    fall = standardised.lower - lowered(standardised.lower)
    return Interval(standardised.lower - fall, min(standardised.upper + 0.5 * fall, 1.0))


def htmt_bounds(
    r: Interval, alphas: Sequence[Interval], sums: Sequence[Interval], squares: Sequence[Interval]
) -> Interval | None:
    """Bounds of HTMT by the scores' correlation, both alphas, and the sums of loadings.

    Parameters
    ----------
    r : Interval
        Correlation of the scores, its size.
    alphas : two Interval
        Standardised alphas.
    sums : two Interval
        1'R1 of each block.
    squares : two Interval
        Squared sum of the loadings of each block.

    Returns
    -------
    Interval or None
        None where an alpha is not positive.  The upper bound supposes that no item correlation has the other sign.
    """
    if any(a.lower <= 0.05 for a in alphas):
        return None
    turn = 0.0
    for room, square in zip(sums, squares, strict=True):
        cosine = math.sqrt(min(1.0, max(0.0, square.lower / room.upper)))
        turn += math.acos(cosine)
    angle = Interval(math.acos(min(1.0, r.upper)), math.acos(max(-1.0, min(1.0, r.lower))))
    wide = Interval(max(0.0, angle.lower - turn), min(math.pi, angle.upper + turn))
    low, high = math.cos(wide.upper), math.cos(wide.lower)
    roots = [math.sqrt(alphas[0].lower * alphas[1].lower), math.sqrt(alphas[0].upper * alphas[1].upper)]
    ends = [low / roots[1] if low > 0 else low / roots[0], high / roots[0]]
    return Interval(min(ends), max(ends))
