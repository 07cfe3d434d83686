"""Remake the synthetic survey of ``data/raw``: calibrated answers in the raw form of an exported survey.

The survey gives every printed cell that any data can give, at its printed digits, and the t of H1 within
the bootstrap's Monte-Carlo error.  Left free, and so at natural values: what contradicts other cells
whatever the data (alpha of RC), what follows from no ordinary sample of this size (t of H2, both
p-values), and the first table's "EFA" loadings, which repeat the PLS loadings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from surveypls.pls.model import PlsModel
from surveypls.published.audit import audit
from surveypls.published.printed import Published, load_published
from surveypls.study.definition import Study
from surveypls.survey.codebook import load_codebook
from surveypls.synthetic.calibration import Calibration, SamplingTarget, calibrate
from surveypls.synthetic.raw_form import SyntheticError, raw_form
from surveypls.synthetic.targets import Target, target_of

__all__ = ["RESPONDENTS", "SyntheticError", "calibrated", "checksums", "study_target", "synthesize", "to_csv"]

#: Respondents that cleaning keeps.
RESPONDENTS = 45
#: The hypothesis whose printed t the survey's sampling error is brought to.
SAMPLED = "H1"
#: Room above ``efa.min_loading`` and below 1 for an item's loading on its construct's one factor.
LOADING_MARGIN = 0.003
MAX_LOADING = 0.99


def study_model(study: Study, published: Published) -> PlsModel:
    """Return the model of the printed items, constructs in the study's order."""
    items = published.items
    blocks = {c: tuple(i for i in study.get(c).items if i in items.get(c, ())) for c in study.construct_names}
    empty = [c for c, block in blocks.items() if not block]
    if empty:
        raise SyntheticError(f"{published.source} prints no loadings of {', '.join(empty)}")
    return PlsModel.from_blocks(blocks, study.path_pairs, modes=study.modes)


def study_target(study: Study, published: Published) -> Target:
    """Return the printed cells that the survey is to give: all but those that the audit finds impossible.

    The audit also says how a printed composite reliability can be read at all.
    """
    found = audit(published, significance=study.bootstrap.significance)
    return target_of(published, study_model(study, published), free=found.impossible, readings=found.readings)


def calibrated(
    study: Study,
    published: Published,
    *,
    n: int = RESPONDENTS,
    seed: int | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Calibration:
    """Make answers to the retained items that give the printed cells.

    Parameters
    ----------
    study, published
        The model's settings and the printed figures.
    n : int
        Respondents.
    seed : int, optional
        Default: the study's.
    checkpoint, progress
        See :func:`surveypls.synthetic.calibration.calibrate`.

    Returns
    -------
    Calibration
    """
    sampling = None
    path = next(((h.path.source, h.path.target) for h in study.hypotheses if h.id == SAMPLED), None)
    if path is not None:
        cells = published.select("t_statistic", *path)
        if cells:
            sampling = SamplingTarget(*path, t_statistic=float(cells[0].value))
    low = study.efa.min_loading + LOADING_MARGIN if study.efa.min_loading is not None else 0.0
    return calibrate(
        study_target(study, published),
        n=n,
        seed=study.seed if seed is None else seed,
        sampling=sampling,
        loading_range=(low, MAX_LOADING),
        checkpoint=checkpoint,
        progress=progress,
    )


def synthesize(
    study: Study,
    *,
    root: Path,
    n: int = RESPONDENTS,
    seed: int | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """Remake the survey as it stands in ``data/raw/survey.csv``.

    Parameters
    ----------
    study : Study
        Needs ``published``, ``survey.codebook`` and the columns of a raw form.
    root : path
        The folder that the study's paths start from.
    n, seed, checkpoint, progress
        See :func:`calibrated`; the raw form is drawn from the same seed.

    Returns
    -------
    bytes
        A UTF-8 CSV file; the same for the same arguments on one platform.

    Raises
    ------
    SyntheticError
        If the study names no printed values or no codebook, or its own rules would not keep what was made.
    CalibrationError
        If the targets are not met.
    """
    if study.published is None or study.survey.codebook is None:
        raise SyntheticError("the study must name its printed values (published) and survey.codebook")
    published = load_published(root / study.published)
    codebook = load_codebook(root / study.survey.codebook)
    found = calibrated(study, published, n=n, seed=seed, checkpoint=checkpoint, progress=progress)
    form = raw_form(found.answers, study, codebook, seed=study.seed if seed is None else seed)
    return to_csv(form)


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
