"""Whether a changed figure can be found at all: a brute-force search for data that would print it.

Independent of the audit: every printed statistic is computed forwards by own code, and a point is sought that prints
every figure, the changed one included; then no reader of the tables could tell.  First from a loading for each item
and a correlation for each pair of constructs (what these cannot print, nothing can), then over the whole correlation
matrix of the items, where the estimator itself must confirm what is found.  A change that no start comes to terms
with counts as one that can be found in principle.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from plsem.model import Model
from tableaudit.matrix_search import statistics_of_matrices  # the batched estimator, not the audit

FORWARD = (
    *("outer_loading", "ave", "sqrt_ave", "composite_reliability", "construct_correlation"),
    *("path_coefficient", "r_squared", "f_squared", "inner_vif", "indirect_effect", "total_effect"),
    "adjusted_r_squared",
)


#: Half a unit, and 1 % of it: what is rounded twice may stand on the edge of both its boxes.
HALF = 0.505


class Forward:
    """Printed figures as functions of loadings and construct correlations."""

    def __init__(self, values: pd.DataFrame, n: float) -> None:
        self.values = values.reset_index(drop=True)
        loads = values[values["statistic"] == "outer_loading"]
        self.items = list(dict.fromkeys(zip(loads["row"], loads["column"], strict=True)))
        pairs = values[values["statistic"] == "construct_correlation"]
        self.pairs = list(zip(pairs["row"], pairs["column"], strict=True))
        paths = values[values["statistic"] == "path_coefficient"]
        self.paths = list(zip(paths["row"], paths["column"], strict=True))
        names = [name for pair in (*self.pairs, *self.paths) for name in pair]
        self.names = list(dict.fromkeys([*names, *(c for _, c in self.items)]))
        self.n = n

    def start(self) -> np.ndarray:
        """Return the printed loadings and correlations."""
        both = self.values[self.values["statistic"].isin(["outer_loading", "construct_correlation"])]
        printed = {(r.statistic, r.row, r.column): float(r.printed) for r in both.itertuples()}
        first = [printed["outer_loading", *item] for item in self.items]
        return np.array([*first, *(printed["construct_correlation", *pair] for pair in self.pairs)])

    def figures(self, x: np.ndarray) -> dict[tuple[str, str, str], float]:
        """Compute every figure."""
        k = len(self.items)
        loads: dict[str, list[float]] = {}
        out: dict[tuple[str, str, str], float] = {}
        for (item, construct), value in zip(self.items, x[:k], strict=True):
            loads.setdefault(construct, []).append(value)
            out["outer_loading", item, construct] = value
        at = {name: i for i, name in enumerate(self.names)}
        r = np.eye(len(self.names))
        for (a, b), value in zip(self.pairs, x[k:], strict=True):
            r[at[a], at[b]] = r[at[b], at[a]] = value
            out["construct_correlation", a, b] = value
        for construct, values in loads.items():
            lam = np.array(values)
            ave = float(np.mean(lam**2))
            total = float(lam.sum()) ** 2
            out["ave", construct, ""] = ave
            out["sqrt_ave", construct, construct] = ave**0.5
            out["composite_reliability", construct, ""] = total / (total + float(np.sum(1 - lam**2)))
        beta = np.zeros_like(r)
        for target in dict.fromkeys(t for _, t in self.paths):
            sources = [s for s, t in self.paths if t == target]
            j = [at[s] for s in sources]
            inverse = np.linalg.inv(r[np.ix_(j, j)])
            b = inverse @ r[j, at[target]]
            r2 = float(b @ r[j, at[target]])
            out["r_squared", "", target] = r2
            out["adjusted_r_squared", "", target] = 1 - (1 - r2) * (self.n - 1) / (self.n - len(j) - 1)
            for i, source in enumerate(sources):
                beta[at[source], at[target]] = b[i]
                out["path_coefficient", source, target] = float(b[i])
                out["inner_vif", source, target] = float(inverse[i, i])
                out["f_squared", source, target] = float(b[i] ** 2 / inverse[i, i] / (1 - r2))
        total_effects, power = np.zeros_like(beta), beta.copy()
        for _ in self.names:
            total_effects += power
            power = power @ beta
        for a in self.names:
            for b_ in self.names:
                out["total_effect", a, b_] = float(total_effects[at[a], at[b_]])
                out["indirect_effect", a, b_] = float((total_effects - beta)[at[a], at[b_]])
        return out

    def attainable(self, rows: pd.DataFrame, *, seed: int = 1, starts: int = 4) -> bool:
        """Tell whether a point prints every given figure (statistic, row, column, printed)."""
        keys = list(zip(rows["statistic"], rows["row"], rows["column"], strict=True))
        text = rows["printed"].tolist()
        centre = np.array([float(t) for t in text])
        half = np.array([HALF * 10.0 ** -len(t.partition(".")[2]) for t in text])

        def outside(x: np.ndarray) -> np.ndarray:
            found = self.figures(x)
            miss = np.array([found[k] for k in keys]) - centre
            return np.sign(miss) * np.maximum(np.abs(miss) / half - 0.98, 0.0)

        rng = np.random.default_rng(seed)
        base = self.start()
        for start in range(starts):
            x = base + (0.0 if start == 0 else 4e-4) * rng.normal(size=base.size)
            if start == 1:
                changed = dict(zip(keys, centre, strict=True))
                own = [("outer_loading", *i) for i in self.items] + [
                    ("construct_correlation", *p) for p in self.pairs
                ]
                x = np.array([changed.get(k, v) for k, v in zip(own, base, strict=True)])
            if self._descend(outside, x):
                return True
        return False

    @staticmethod
    def _descend(outside, x: np.ndarray) -> bool:
        damping = 1e-6
        miss = outside(x)
        for _ in range(25):
            if np.max(np.abs(miss)) < 0.0205:
                return True
            step = 1e-6
            slope = np.stack([(outside(x + step * e) - miss) / step for e in np.eye(x.size)], axis=1)
            while damping < 1e8:
                normal = slope.T @ slope + damping * np.eye(x.size) * (1 + np.diag(slope.T @ slope).mean())
                moved = x - np.linalg.solve(normal, slope.T @ miss)
                trial = outside(moved)
                if float(trial @ trial) < float(miss @ miss):
                    gain = 1 - float(trial @ trial) / float(miss @ miss)
                    x, miss, damping = moved, trial, damping / 10
                    break
                damping *= 10
            else:
                return False
            if gain < 1e-6:
                return bool(np.max(np.abs(miss)) < 0.0205)
        return bool(np.max(np.abs(miss)) < 0.0205)


class FromItems:
    r"""Every statistic as a function of the items' correlations and the weights, written out anew.

    Unknown are the correlation matrix :math:`R = V V'` (rows of a triangular V of length 1) and the outer weights
    w; that w are the Mode A weights of R under path weighting are equations beside the printed boxes,
    :math:`w_k' R_{kk} w_k = 1` and :math:`\mathrm{cov}(x_k, \tilde y_k) \propto w_k`.  Levenberg-Marquardt solves
    them from the true point, from a matrix that has the changed figures with the true weights, with the figures moved
    from their true values by stages, and from matrices with seeded weights.  What it ends with counts only if the
    estimator, given that matrix, prints every figure.
    """

    def __init__(self, model: Model, rows: pd.DataFrame, matrix: np.ndarray, n: float) -> None:
        self.model, self.n = model, n
        self.p, self.k = len(model.items), model.n_constructs
        self.at = {name: j for j, name in enumerate(model.constructs)}
        self.slices = [np.flatnonzero(np.asarray(model.construct_of) == j) for j in range(self.k)]
        self.block = np.eye(self.k)[np.asarray(model.construct_of)]  # (p, k)
        self.paths = [(int(s), int(t)) for s, t in model.paths]
        self.sources = [[s for s, t in self.paths if t == j] for j in range(self.k)]
        self.tril = np.tril_indices(self.p)
        self.sums = np.stack([np.outer(own, own).ravel() for own in self.block.T])
        self.pairs = [(a, b) for a in range(self.k) for b in range(a + 1)]
        shares = []
        for a, b in self.pairs:
            cells = np.outer(self.block[:, a], self.block[:, b])
            if a == b and cells.sum() > 1:
                cells = cells - np.diag(np.diag(cells))
            shares.append(cells.ravel() / cells.sum())
        self.shares = np.stack(shares)
        self.keys = list(zip(rows["statistic"], rows["row"], rows["column"], strict=True))
        self.printed = np.array([float(t) for t in rows["printed"]])
        self.matrix = matrix + 1e-9 * np.eye(self.p)
        labels, weights = statistics_of_matrices(model, ("outer_weight",), matrix[None])
        position = {name: i for i, name in enumerate(model.items)}
        self.weights = np.zeros(self.p)
        for row, value in zip(labels["row"], weights[0], strict=True):
            self.weights[position[row]] = value

    def moments(self, r: np.ndarray, w: np.ndarray) -> np.ndarray:
        """What the figures depend on: correlations with scores, weights, sums and mean sizes of blocks."""
        sizes = self.shares @ np.abs(r).ravel()
        return np.concatenate([(r @ (w[:, None] * self.block)).ravel(), w, self.sums @ r.ravel(), sizes])

    def slopes(self, by: np.ndarray, v: np.ndarray, r: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Turn derivatives by the moments, (q, .), into those by V (along its unit rows) and w."""
        p, k, q = self.p, self.k, len(by)
        scores = by[:, : p * k].reshape(q, p, k)
        own = np.einsum("qik,jk->qij", scores, self.block)
        rest = by[:, p * k + p :]
        by_r = own * w + (rest[:, :k] @ self.sums + (rest[:, k:] @ self.shares) * np.sign(r).ravel()).reshape(
            q, p, p
        )
        by_v = (by_r + by_r.transpose(0, 2, 1)) @ v
        by_v -= np.sum(by_v * v, axis=2, keepdims=True) * v
        by_w = np.einsum("qij,ij->qj", own, r) + by[:, p * k : p * k + p]
        return np.hstack([by_v[:, self.tril[0], self.tril[1]], by_w])

    def figures(self, moments: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Every figure of a batch, in the order of the keys, and the misses of the fixed point (B, p)."""
        p, k = self.p, self.k
        scores = moments[:, : p * k].reshape(-1, p, k)
        w = moments[:, p * k : p * k + p]
        sums = moments[:, p * k + p : p * k + p + k]
        sizes = moments[:, p * k + p + k :]
        c = (w[:, :, None] * self.block).transpose(0, 2, 1) @ scores
        inner = np.zeros_like(c)
        beta = np.zeros_like(c)
        r2 = np.zeros(c.shape[:2])
        vif: dict[tuple[int, int], np.ndarray] = {}
        for s, t in self.paths:
            inner[:, t, s] = c[:, t, s]
        for t, sources in enumerate(self.sources):
            if not sources:
                continue
            inverse = np.linalg.inv(c[:, sources][:, :, sources])
            b = np.einsum("bij,bj->bi", inverse, c[:, sources, t])
            r2[:, t] = np.sum(b * c[:, sources, t], axis=1)
            for i, s in enumerate(sources):
                beta[:, s, t] = inner[:, s, t] = b[:, i]
                vif[s, t] = inverse[:, i, i]
        z = np.sum((scores @ inner) * self.block, axis=2)  # of each item with its construct's inner proxy
        miss = np.zeros_like(w)
        loads = np.sum(scores * self.block, axis=2)
        for rows in self.slices:
            own, pull = w[:, rows], z[:, rows]
            along = np.sum(own * pull, axis=1, keepdims=True) / np.sum(own * own, axis=1, keepdims=True)
            miss[:, rows] = pull / along - own
        for j, rows in enumerate(self.slices):
            miss[:, rows[0]] += c[:, j, j] - 1.0  # the residual along w is free for the scale
        total = beta.copy()
        power = beta
        for _ in range(self.k):
            power = power @ beta
            total = total + power
        mean = {}
        for (a, b_), value in zip(self.pairs, sizes.T, strict=True):
            mean[a, b_] = mean[b_, a] = value
        out = []
        items = {name: i for i, name in enumerate(self.model.items)}
        for statistic, row, column in self.keys:
            a, b_ = self.at.get(row, -1), self.at.get(column, -1)
            rows = self.slices[a] if a >= 0 else np.zeros(0, dtype=int)
            m = len(rows)
            if statistic == "outer_loading":
                value = loads[:, items[row]]
            elif statistic in ("ave", "sqrt_ave"):
                value = np.mean(loads[:, rows] ** 2, axis=1)
                value = np.sqrt(value) if statistic == "sqrt_ave" else value
            elif statistic == "composite_reliability":
                s = loads[:, rows].sum(1) ** 2
                value = s / (s + np.sum(1 - loads[:, rows] ** 2, axis=1))
            elif statistic == "cronbach_alpha":
                value = m / (m - 1) * (1 - m / sums[:, a])
            elif statistic == "rho_a":
                own = w[:, rows]
                q = np.sum(own**2, axis=1)
                inside = c[:, a, a] - q
                value = q**2 * inside / (q**2 - np.sum(own**4, axis=1))
            elif statistic == "htmt":
                value = mean[a, b_] / np.sqrt(mean[a, a] * mean[b_, b_])
            elif statistic == "construct_correlation":
                value = c[:, a, b_]
            elif statistic == "path_coefficient":
                value = beta[:, a, b_]
            elif statistic == "total_effect":
                value = total[:, a, b_]
            elif statistic == "indirect_effect":
                value = total[:, a, b_] - beta[:, a, b_]
            elif statistic == "inner_vif":
                value = vif[a, b_]
            elif statistic == "f_squared":
                value = beta[:, a, b_] ** 2 / vif[a, b_] / (1 - r2[:, b_])
            else:
                free = self.n - len(self.sources[b_]) - 1
                value = r2[:, b_] if statistic == "r_squared" else 1 - (1 - r2[:, b_]) * (self.n - 1) / free
            out.append(value)
        return out, miss

    def attainable(self, rows: pd.DataFrame, *, seed: int = 1, starts: int = 2) -> bool:
        """Tell whether a matrix was found that prints every given figure (the constructor's, some changed)."""
        text = rows["printed"].tolist()
        goal = np.array([float(t) for t in text])
        half = np.array([HALF * 10.0 ** -len(t.partition(".")[2]) for t in text])
        rng = np.random.default_rng(seed)
        root = np.linalg.cholesky(self.matrix)
        start = np.concatenate([root[self.tril], self.weights])
        for x in (start, self._with_weights(self.weights, goal)):
            x = self._descend(x, goal, half, 100)
            if self._proved(x, goal, half):
                return True
        x = start
        for share in np.linspace(0.125, 1.0, 8):  # by stages
            x = self._descend(x, self.printed + share * (goal - self.printed), half, 30)
        if self._proved(x, goal, half):
            return True
        for _ in range(starts):
            turned = np.log(np.abs(self.weights)) + 0.3 * rng.normal(size=self.p)
            x = self._with_weights(self._scaled(np.exp(turned)), goal, 600)
            if self._proved(self._descend(x, goal, half, 60), goal, half):
                return True
        return False

    def _scaled(self, w: np.ndarray) -> np.ndarray:
        """Scale weights so that w'λ is 1 in each block."""
        loads = np.sum((self.matrix @ (self.weights[:, None] * self.block)) * self.block, axis=1)
        return w / (self.block @ (self.block.T @ (w * loads)))

    def _with_weights(self, w: np.ndarray, goal: np.ndarray, steps: int = 1500) -> np.ndarray:
        """Seek a matrix with given weights: a semidefinite feasibility problem, all conditions linear in R.

        By the method of Douglas and Rachford, between the matrices that meet the linear conditions (the goals' alphas,
        HTMT, and the true loadings, construct correlations and inner proxies) and the semidefinite ones.
        """
        r = self.matrix
        spread = w[:, None] * self.block
        true = self.moments(r, self.weights)
        loads = np.sum(true[: self.p * self.k].reshape(self.p, self.k) * self.block, axis=1)
        c = (self.weights[:, None] * self.block).T @ r @ (self.weights[:, None] * self.block)
        inner = np.zeros_like(c)
        for s, t in self.paths:
            inner[t, s] = c[t, s]
        for t, sources in enumerate(self.sources):
            if sources:
                inner[sources, t] = np.linalg.solve(c[np.ix_(sources, sources)], c[sources, t])
        within = {a: true[-len(self.pairs) :][i] for i, (a, b) in enumerate(self.pairs) if a == b}
        wanted = {k: v for k, v in zip(self.keys, goal, strict=True) if k[0] in ("cronbach_alpha", "htmt")}
        rows, right = [], []

        def ask(matrix: np.ndarray, value: float) -> None:
            rows.append((0.5 * (matrix + matrix.T)).ravel())
            right.append(value)

        unit = np.eye(self.p)
        for i in range(self.p):
            j = int(np.argmax(self.block[i]))
            ask(np.outer(unit[i], unit[i]), 1.0)
            ask(np.outer(unit[i], spread[:, j]), loads[i])
            pull = spread @ inner[:, j]
            if inner[:, j].any():
                along = float(inner[:, j] @ c[:, j]) / float(w[self.slices[j]] @ w[self.slices[j]])
                ask(np.outer(unit[i], pull), along * w[i])
        for a, b in self.pairs:
            if a != b:
                ask(np.outer(spread[:, a], spread[:, b]), c[a, b])
        for (statistic, row, _), value in wanted.items():
            if statistic == "cronbach_alpha":
                a, m = self.at[row], len(self.slices[self.at[row]])
                within[a] = (m / (1 - value * (m - 1) / m) - m) / (m * (m - 1))
                ask(self.sums[a].reshape(self.p, self.p), m + within[a] * m * (m - 1))
        for (statistic, row, column), value in wanted.items():
            if statistic == "htmt":
                a, b = max(self.at[row], self.at[column]), min(self.at[row], self.at[column])
                share = self.shares[self.pairs.index((a, b))] * np.sign(r).ravel()
                ask(share.reshape(self.p, self.p), value * np.sqrt(within[a] * within[b]))
        left, sizes, basis = np.linalg.svd(np.array(rows), full_matrices=False)
        kept = sizes > 1e-9 * sizes[0]
        basis, level = basis[kept], (left.T @ np.array(right))[kept] / sizes[kept]
        z = r.ravel().copy()
        for _ in range(steps):
            flat = z - basis.T @ (basis @ z - level)
            values, vectors = np.linalg.eigh((2 * flat - z).reshape(self.p, self.p))
            cone = (vectors * np.maximum(values, 1e-7)) @ vectors.T
            if np.max(np.abs(cone.ravel() - flat)) < 1e-7:
                break
            z += cone.ravel() - flat
        return np.concatenate([np.linalg.cholesky(cone + 1e-9 * unit)[self.tril], w])

    def _root(self, x: np.ndarray) -> np.ndarray:
        root = np.zeros((self.p, self.p))
        root[self.tril] = x[: -self.p]
        return root / np.linalg.norm(root, axis=1, keepdims=True)

    def _descend(self, x: np.ndarray, goal: np.ndarray, half: np.ndarray, steps: int) -> np.ndarray:
        def outside(moments: np.ndarray) -> np.ndarray:
            found, miss = self.figures(moments)
            gap = (np.stack(found, axis=1) - goal) / half
            gap = np.sign(gap) * np.maximum(np.abs(gap) - 0.95, 0.0)
            return np.hstack([gap, miss / 2e-4])

        def at(x: np.ndarray) -> np.ndarray:
            root = self._root(x)
            return self.moments(root @ root.T, x[-self.p :])

        damping, step = 1e-3, 1e-7
        x = np.concatenate([self._root(x)[self.tril], x[-self.p :]])
        here = at(x)
        miss = outside(here[None])[0]
        slow = 0
        for _ in range(steps):
            if np.max(np.abs(miss)) <= 0.051 or not np.isfinite(miss).all():
                break
            by = (outside(here + step * np.eye(here.size)) - miss).T / step
            v = self._root(x)
            slope = self.slopes(by, v, v @ v.T, x[-self.p :])
            normal = slope @ slope.T
            before = miss @ miss
            for _ in range(8):
                lam = damping * max(1e-9, float(np.trace(normal)) / len(normal))
                moved = x - slope.T @ np.linalg.solve(normal + lam * np.eye(len(normal)), miss)
                there = at(moved)
                trial = outside(there[None])[0]
                if np.isfinite(trial).all() and trial @ trial < before:
                    x = np.concatenate([self._root(moved)[self.tril], moved[-self.p :]])
                    here, miss, damping = there, trial, max(damping / 10, 1e-10)
                    break
                damping *= 10
            else:
                break
            slow = slow + 1 if miss @ miss > 0.99 * before else 0
            if slow == 10:
                break
        return x

    def _proved(self, x: np.ndarray, goal: np.ndarray, half: np.ndarray) -> bool:
        """Ask the estimator itself."""
        matrix = (self._root(x) @ self._root(x).T)[None]
        names = tuple(dict.fromkeys("rho_c" if k == "composite_reliability" else k for k, _, _ in self.keys))
        names = tuple(k for k in names if k != "adjusted_r_squared")
        labels, found = statistics_of_matrices(self.model, (*names, "r_squared"), matrix)
        names_ = labels[["statistic", "row", "column"]].itertuples(index=False, name=None)
        at = dict(zip(names_, found[0], strict=True))
        for (statistic, row, column), centre, width in zip(self.keys, goal, half, strict=True):
            name = {"composite_reliability": "rho_c", "adjusted_r_squared": "r_squared"}.get(
                statistic, statistic
            )
            value = next(
                at[k] for k in ((name, row, column), (name, column, row), (name, "", column)) if k in at
            )
            if statistic == "adjusted_r_squared":
                value = 1 - (1 - value) * (self.n - 1) / (self.n - len(self.sources[self.at[column]]) - 1)
            if not abs(value - centre) <= width:
                return False
        return True
