"""Whether a changed figure can be found at all: a brute-force search for data that would print it.

Independent of the audit: from a loading for each item and a correlation for each pair of constructs every other
printed statistic is computed forwards (own code below), and the boxes of the printed figures are sought by
Levenberg-Marquardt from the true model and from seeded starts around it.  Where a point is found that prints
every figure, changed one included, no reader of the tables could tell; a change that no start comes to terms
with counts as one that can be found in principle.  Alpha, rho_A and HTMT are sought in the same way over the
whole correlation matrix of the items, with the estimator itself as the forward computation.
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
        half = np.array([0.5 * 10.0 ** -len(t.partition(".")[2]) for t in text])

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
            if np.max(np.abs(miss)) < 0.02:
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
                return bool(np.max(np.abs(miss)) < 0.02)
        return bool(np.max(np.abs(miss)) < 0.02)


class FromItems:
    """Every statistic as a function of the items' correlations, by the estimator itself."""

    def __init__(self, model: Model, rows: pd.DataFrame, matrix: np.ndarray) -> None:
        self.model = model
        self.matrix = matrix
        wanted = {"composite_reliability": "rho_c"}
        names = [wanted.get(s, s) for s in rows["statistic"]]
        self.include = tuple(dict.fromkeys(names))
        labels, _ = statistics_of_matrices(model, self.include, matrix[None])
        at = {
            k: i
            for i, k in enumerate(labels[["statistic", "row", "column"]].itertuples(index=False, name=None))
        }
        self.positions = []
        for name, row, column in zip(names, rows["row"], rows["column"], strict=True):
            options = [(name, row, column), (name, column, row), (name, "", column)]
            self.positions.append(next(at[o] for o in options if o in at))

    def attainable(self, rows: pd.DataFrame, *, steps: int = 40) -> bool:
        """Tell whether some correlation matrix near the true one prints every given figure."""
        text = rows["printed"].tolist()
        centre = np.array([float(t) for t in text])
        half = np.array([0.5 * 10.0 ** -len(t.partition(".")[2]) for t in text])
        values, vectors = np.linalg.eigh(self.matrix)
        v = vectors * np.sqrt(np.maximum(values, 1e-9))
        p = len(v)
        upper = np.tril_indices(p)

        def rooted(flat: np.ndarray) -> np.ndarray:
            out = np.zeros((len(flat), p, p))
            out[:, upper[0], upper[1]] = flat
            out /= np.linalg.norm(out, axis=2, keepdims=True)
            return out @ out.transpose(0, 2, 1)

        x = np.linalg.cholesky(self.matrix + 1e-9 * np.eye(p))[upper]

        def outside(flat: np.ndarray) -> np.ndarray:
            found = statistics_of_matrices(self.model, self.include, rooted(flat))[1][:, self.positions]
            miss = found - centre
            miss = np.where(np.isfinite(miss), miss, 1.0)
            return np.sign(miss) * np.maximum(np.abs(miss) / half - 0.9, 0.0)

        del v
        damping, step = 1e-4, 1e-6
        miss = outside(x[None])[0]
        for _ in range(steps):
            if np.max(np.abs(miss)) <= 0.1:
                return True
            slope = (outside(x + step * np.eye(x.size)) - miss).T / step
            improved = False
            for _ in range(8):
                normal = slope @ slope.T
                lam = damping * (1 + np.trace(normal) / len(normal))
                moved = x - slope.T @ np.linalg.solve(normal + lam * np.eye(len(normal)), miss)
                trial = outside(moved[None])[0]
                if trial @ trial < miss @ miss:
                    x, miss, damping, improved = moved, trial, damping / 10, True
                    break
                damping *= 10
            if not improved:
                return False
        return bool(np.max(np.abs(miss)) <= 0.1)
