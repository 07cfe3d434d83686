"""Remake the synthetic survey of ``data/raw``: calibrated answers in the raw form of an exported survey.

The survey gives every printed cell that any data can give, at its printed digits, and the t of H1 within
the bootstrap's Monte-Carlo error.  Left free, and so at natural values: what contradicts other cells
whatever the data (alpha of RC), what follows from no ordinary sample of this size (t of H2, both
p-values), and the first table's "EFA" loadings, which repeat the PLS loadings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from plsem.model import Model
from surveysynth.calibration import Calibration, SamplingTarget, calibrate
from surveysynth.raw_form import Form, SyntheticError, raw_form
from surveysynth.targets import Target, target_of
from tableaudit.audit import audit
from tableaudit.printed import Published

__all__ = [
    "RESPONDENTS",
    "calibrated",
    "checksums",
    "printed_model",
    "printed_target",
    "synthesize",
    "to_csv",
]

#: Respondents that cleaning keeps, unless another number is asked for.  The article does not print its own; 45 is a
#: choice: about the smallest at which surveys of whole numbers are found at all, and small enough that t of H1 can be
#: brought down to the printed one (supplement S2).  H1's decision in the survey follows from it, and is not the
#: article's.
RESPONDENTS = 45
#: Room above the least loading and below 1 for an item's loading on its construct's one factor.
LOADING_MARGIN = 0.003
MAX_LOADING = 0.99


def printed_model(
    published: Published,
    blocks: Mapping[str, Sequence[str]],
    paths: Iterable[tuple[str, str]],
    modes: Mapping[str, str] | None = None,
) -> Model:
    """Return the model of the printed items.

    Parameters
    ----------
    published : Published
        The printed figures; their loadings say which items.
    blocks : mapping of str to sequence of str
        Construct → candidate items, in the order wanted.
    paths : iterable of (str, str)
        (source, target).
    modes : mapping of str to str, optional
        Construct → ``"A"`` (default) or ``"B"``.

    Raises
    ------
    SyntheticError
        If no loading of a construct is printed.
    """
    items = published.items
    kept = {c: tuple(i for i in block if i in items.get(c, ())) for c, block in blocks.items()}
    empty = [c for c, block in kept.items() if not block]
    if empty:
        raise SyntheticError(f"{published.source} prints no loadings of {', '.join(empty)}")
    return Model(kept, paths, modes=modes)


def printed_target(published: Published, model: Model, *, significance: float = 0.05) -> Target:
    """Return the printed cells that a survey is to give: all but those that the audit finds impossible.

    The audit also says how a printed composite reliability can be read at all.
    """
    found = audit(published, significance=significance)
    return target_of(published, model, free=found.impossible, readings=found.readings)


def calibrated(
    published: Published,
    target: Target,
    *,
    n: int = RESPONDENTS,
    seed: int,
    sampled: tuple[str, str] | None = None,
    min_loading: float | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Calibration:
    """Make answers to the retained items that give the printed cells.

    Parameters
    ----------
    published, target
        The printed figures, and those among them that are aimed at (:func:`printed_target`).
    n : int
        Respondents.
    seed : int
    sampled : (str, str), optional
        The path, (source, target), whose printed t the survey's sampling error is brought to.
    min_loading : float, optional
        The pruning rule's least loading, which every retained item clears.
    checkpoint, progress
        See :func:`surveysynth.calibration.calibrate`.

    Returns
    -------
    Calibration
    """
    cells = published.select("t_statistic", *sampled) if sampled is not None else []
    sampling = SamplingTarget(*sampled, t_statistic=float(cells[0].value)) if sampled and cells else None
    low = min_loading + LOADING_MARGIN if min_loading is not None else 0.0
    return calibrate(
        target,
        n=n,
        seed=seed,
        sampling=sampling,
        loading_range=(low, MAX_LOADING),
        checkpoint=checkpoint,
        progress=progress,
    )


def synthesize(
    published: Published,
    target: Target,
    form: Form,
    *,
    seed: int,
    n: int = RESPONDENTS,
    sampled: tuple[str, str] | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """Make a survey, in the raw form of an export, that gives printed tables.

    Parameters
    ----------
    published, target, seed, n, sampled, checkpoint, progress
        See :func:`calibrated`; the raw form is drawn from the same seed.
    form : Form
        The form whose export is written.

    Returns
    -------
    bytes
        A UTF-8 CSV file; the same for the same arguments on one platform.

    Raises
    ------
    SyntheticError
        If the form's own rules would not keep what was made.
    CalibrationError
        If the targets are not met.
    """
    found = calibrated(
        published,
        target,
        n=n,
        seed=seed,
        sampled=sampled,
        min_loading=form.pruning.min_loading,
        checkpoint=checkpoint,
        progress=progress,
    )
    return to_csv(raw_form(found.answers, form, seed=seed))


def to_csv(table: pd.DataFrame) -> bytes:
    """Write a raw form as the bytes of a UTF-8 CSV file, the same on every platform."""
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")


def checksums(folder: Path) -> str:
    """Return the SHA-256 sums of a folder's CSV files, in the form that ``sha256sum -c`` reads."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.csv"))
    )
