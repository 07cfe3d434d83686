"""Models with second-order constructs and products, and their reference figures."""

from __future__ import annotations

import json
from functools import cache

import pandas as pd
from pls_reference import FOLDER, data

from plsem.composition import HigherOrder, Product
from plsem.estimator import fit
from plsem.model import Model
from plsem.solution import Estimate

TIGHT = {"tolerance": 1e-13, "max_iterations": 5000}

BLOCKS = {
    "COMP": ["comp_1", "comp_2", "comp_3"],
    "LIKE": ["like_1", "like_2", "like_3"],
    "CUSA": ["cusa"],
    "SC": ["switch_1", "switch_2", "switch_3", "switch_4"],
    "CUSL": ["cusl_1", "cusl_2", "cusl_3"],
}


@cache
def reference(name: str) -> dict:
    return json.loads((FOLDER / "composed" / f"{name}.json").read_text(encoding="utf-8"))


def blocks(constructs: dict) -> dict[str, list[str]]:
    listed = {c: body["items"] if isinstance(body, dict) else body for c, body in constructs.items()}
    return {c: [items] if isinstance(items, str) else items for c, items in listed.items()}


def data_of(name: str) -> pd.DataFrame:
    return data("corp_rep" if "corp_rep" in name else "mobi")


@cache
def second_order(name: str, method: str) -> tuple[Model, Estimate]:
    spec = reference("higher_order")[name]
    order = spec["higher_order"]
    model = Model(
        blocks(spec["constructs"]),
        [tuple(pair) for pair in spec["paths"]],
        modes={c: body["mode"] for c, body in spec["constructs"].items()},
        higher_order={order["name"]: HigherOrder(tuple(order["components"]), order["mode"], method)},
    )
    return model, fit(data_of(name), model, **TIGHT)


@cache
def moderated(name: str, method: str) -> tuple[Model, Estimate, str]:
    spec = reference("moderation")[name]
    product = f"{spec['iv']}*{spec['moderator']}"
    model = Model(
        blocks(spec["constructs"]),
        [*(tuple(pair) for pair in spec["main_paths"]), (product, spec["dependent"])],
        products={product: Product(spec["iv"], spec["moderator"], method)},
    )
    return model, fit(data_of(name), model, **TIGHT), product


def matrix(cells: dict) -> pd.DataFrame:
    return pd.DataFrame(cells["values"], index=cells["rows"], columns=cells["cols"], dtype=float)


def paths_of(estimate: Estimate) -> pd.DataFrame:
    names = list(estimate.model.constructs)
    return pd.DataFrame(estimate.path_coefficients, index=names, columns=names)


def both(order: str | None, product: str, mode: str = "A") -> Model:
    """Return a model of corp_rep with two products, and a second-order construct unless there is none."""
    multiplied = ("LIKE" if order is None else "REPU", "CUSA")
    reputation = ("COMP", "LIKE") if order is None else ("REPU",)
    paths = [(s, t) for s in reputation for t in ("CUSA", "CUSL")] + [("CUSA", "CUSL"), ("SC", "CUSL")]
    return Model(
        BLOCKS,
        [*paths, *((f"{factor}*SC", "CUSL") for factor in multiplied)],
        higher_order={} if order is None else {"REPU": HigherOrder(("COMP", "LIKE"), mode, order)},
        products={f"{factor}*SC": Product(factor, "SC", product) for factor in multiplied},
    )
