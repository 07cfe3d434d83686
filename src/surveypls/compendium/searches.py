"""The long searches whose results are kept: what each makes, how, about how long it takes, and what differs now.

A notebook reads what is kept and makes it anew when asked to; ``surveypls searches`` makes all of them.  A search goes
through :func:`plsem.resampling.parallel.run_tasks`, so that one that was stopped goes on where it was, and its numbers
are the same whatever the workers.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from plsem.names import nearest
from plsem.resampling.parallel import progress_bar
from surveypls.compendium.project import Project
from surveypls.compendium.record import checksum, packages
from surveypls.compendium.simulations import double_coverage, simulated_power, single_coverage
from surveypls.compendium.synthesis import REAL_MATRICES, study_ensemble, study_target
from surveypls.errors import ParameterError
from tableaudit.attainable import attainable_intervals
from tableaudit.conventions_search import PRECISION
from tabletext.storage import write_atomically

#: Packages whose change makes what is stored worthless.
PACKAGES = ("plsem", "tableaudit", "surveysynth")
STORE = "tasks"


@dataclass(frozen=True)
class Search:
    """A long search.

    Attributes
    ----------
    contracts : mapping
        What it makes, in ``data/derived``, with the columns that name a row.
    what : str
    minutes : int
        Of one processor, about.
    size, part : int
        How much of ``unit`` is kept, and how much a trial makes.
    unit : str
    make : callable
        ``make(project, size, n_jobs=…, store=…, progress=…)`` gives each contract's table.
    pooled : bool
        Whether a part's figures are not rows of the whole's; the first part is then kept under a name of its own,
        with ``_first``.
    compared : tuple of str
        The columns in which a remake can differ; none named: all.
    """

    contracts: Mapping[str, tuple[str, ...]]
    what: str
    minutes: int
    size: int
    part: int
    unit: str
    make: Callable[..., dict[str, pd.DataFrame]]
    pooled: bool = False
    compared: tuple[str, ...] = ()


def _witnesses(project: Project, size: int, **how: Any) -> dict[str, pd.DataFrame]:
    audited, kept = project.audit(), project.read("S1_witnesses")
    found = attainable_intervals(
        project.printed(),  # type: ignore[arg-type]  # audit() has refused a study without
        readings=audited.readings,
        exclude=audited.impossible,
        statistics=list(dict.fromkeys(kept["statistic"]))[:size],
        seed=project.study.seed,
        n_sweeps=1,
        start_from=kept,
        **how,
    )
    return {"S1_witnesses": found.witnesses}


def _ensemble(project: Project, size: int, **how: Any) -> dict[str, pd.DataFrame]:
    target = study_target(project.study, project.printed())  # type: ignore[arg-type]
    attainable, real = project.read("S1_attainable"), min(size, REAL_MATRICES)
    made = study_ensemble(project.study, target, attainable, size, n_real=real, **how)
    return {"S2_ensemble": made.figures, "S2_answers": made.answers}


def _power(project: Project, size: int, **how: Any) -> dict[str, pd.DataFrame]:
    return {"S3_power": simulated_power(project.analyse(), size, **how)}


def _single(project: Project, size: int, **how: Any) -> dict[str, pd.DataFrame]:
    return {"S4_coverage": single_coverage(size, seed=project.study.seed, **how)}


def _double(project: Project, size: int, **how: Any) -> dict[str, pd.DataFrame]:
    return {"S4_double": double_coverage(size, seed=project.study.seed, **how)}


_FIGURE = ("statistic", "row", "column")
_COVERED = ("population", "statistic", "n_observations", "interval")
#: Name → search; a new one is one entry here.
SEARCHES: Mapping[str, Search] = {
    "witnesses": Search(
        {"S1_witnesses": (*_FIGURE, "end")},
        "matrices at the ends of what the printed tables allow, searched on from the kept ones",
        20, 99, 1, "statistics", _witnesses, compared=("value",),  # other matrices may attain the same end
    ),
    "ensemble": Search(
        {"S2_ensemble": ("data", "matrix", "n", *_FIGURE), "S2_answers": ("matrix",)},
        "other surveys that give the printed tables",
        20, 33, 1, "matrices", _ensemble,
    ),
    "power": Search(
        {"S3_power": ("population", "n", "source", "target")},
        "power over the sample size",
        6, 400, 10, "samples of each size and population", _power, pooled=True,
    ),
    "coverage": Search(
        {"S4_coverage": _COVERED},
        "coverage of the intervals of one bootstrap",
        10, 2000, 2, "samples of each size and population", _single, pooled=True,
    ),
    "calibrated": Search(
        {"S4_double": ("answers", *_COVERED)},
        "coverage and width of the intervals of the double bootstrap",
        25, 500, 2, "samples of each size, population and kind of answers", _double, pooled=True,
    ),
}  # fmt: skip


def find(name: str) -> Search:
    """Return a search by its name; ParameterError for an unknown one."""
    if name not in SEARCHES:
        raise ParameterError(f"no search {name!r}{nearest(name, SEARCHES)}")
    return SEARCHES[name]


def remake(
    project: Project,
    name: str,
    size: int | None = None,
    *,
    quick: bool = False,
    n_jobs: int = 1,
    stream: TextIO | None = None,
) -> list[str]:
    """Make a search anew and write its contracts to the project's output.

    Parameters
    ----------
    project : Project
    name : str
        Of :data:`SEARCHES`.
    size : int, optional
        How much of it; default: as much as is kept.
    quick : bool
        Only its first part.
    n_jobs : int
        Workers, with joblib's current backend.
    stream : text stream, optional
        Where progress is shown (default: standard output).

    Returns
    -------
    list of str
        The contracts written.
    """
    search, shown, store = find(name), stream or sys.stdout, _store(project)

    def made_of(amount: int) -> dict[str, pd.DataFrame]:
        bar = progress_bar(name, stream=shown, every=2.0)
        return search.make(project, amount, n_jobs=n_jobs, store=store, progress=bar)

    made = {} if quick and search.pooled else made_of(search.part if quick else size or search.size)
    if search.pooled:
        made |= {f"{contract}_first": part for contract, part in made_of(search.part).items()}
    for contract, frame in made.items():
        project.write(contract, frame)
    return list(made)


def _store(project: Project) -> Path:
    """Return the folder where finished tasks are kept: they hold for this code and these versions only."""
    files = (
        p
        for package in PACKAGES
        for p in (project.root / "src" / package).rglob("*")
        if p.suffix in (".py", ".csv")
    )
    parts = [*(checksum(path) for path in sorted(files)), *sorted(packages().items())]
    name = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
    return project.root / "build" / "searches" / STORE / name


@dataclass(frozen=True)
class Difference:
    """A contract made anew beside the kept one, row by row; ``left`` counts kept rows that were not made."""

    contract: str
    rows: int
    changed: int
    new: int
    left: int
    largest: float
    columns: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether all that was made is as it is kept."""
        return not (self.changed or self.new or self.columns)

    def __str__(self) -> str:
        """Say it on one line."""
        told = [f"{self.rows:,} rows made"]
        told.append(
            "all as kept" if self.same else f"{self.changed:,} differ, {self.new:,} are not among the kept"
        )
        if self.changed:
            told.append(f"largest difference of a number {self.largest:.3g}")
        if self.left:
            told.append(f"{self.left:,} kept rows not made")
        if self.columns:
            told.append(f"not in both: column {', '.join(self.columns)}")
        return f"{self.contract}.csv: {'; '.join(told)}"


def difference(made: Path, kept: Path, key: Iterable[str], compared: Iterable[str] = ()) -> Difference:
    """Hold a contract made anew against the kept one.

    Parameters
    ----------
    made, kept : path
        The files; where the second is missing, every row is new.
    key : iterable of str
        The columns that name a row; rows of the same name are taken in order.
    compared : iterable of str
        Of the others, those that count; none named: all.  Numbers differ where they are more than
        :data:`tableaudit.conventions_search.PRECISION` apart.
    """
    names = list(key)
    new = pd.read_csv(made, dtype=str, keep_default_na=False)
    old = pd.read_csv(kept, dtype=str, keep_default_na=False) if kept.is_file() else new.iloc[:0]
    common = [c for c in tuple(compared) or new.columns if c in old.columns and c not in names]
    columns = tuple(sorted(set(new.columns) ^ set(old.columns)))
    new, old = (table.assign(**{"#": table.groupby(names).cumcount()}) for table in (new, old))
    both = new.merge(old, on=[*names, "#"], suffixes=("", " kept"), how="inner")
    numbers, differs = [0.0], pd.Series(False, index=both.index)
    for name in common:
        text, texts = both[name], both[f"{name} kept"]
        apart = (pd.to_numeric(text, "coerce") - pd.to_numeric(texts, "coerce")).abs()
        differs |= (text != texts) & ~(apart <= PRECISION)
        numbers.append(apart.max())
    return Difference(
        contract=made.stem,
        rows=len(new),
        changed=int(differs.sum()),
        new=len(new) - len(both),
        left=len(old) - len(both),
        largest=float(pd.Series(numbers).max()),
        columns=columns,
    )


def run(
    project: Project,
    names: Iterable[str] = (),
    *,
    quick: bool = False,
    keep: bool = False,
    n_jobs: int = 1,
    stream: TextIO | None = None,
) -> list[Difference]:
    """Make searches anew, say what differs from what is kept, and put it there where asked.

    Parameters
    ----------
    project : Project
        Its output is where the new results go; the kept ones are its root's.
    names : iterable of str
        Of :data:`SEARCHES`; none: all.
    quick, n_jobs, stream
        See :func:`remake`.
    keep : bool
        Replace the kept files by those that are not the same.

    Raises
    ------
    ParameterError
        For an unknown name, or a part that is to be kept.
    """
    if quick and keep:
        raise ParameterError("a part of a search cannot be kept in the place of the whole")
    shown, found = stream or sys.stdout, []
    for name, search in [(name, find(name)) for name in (tuple(names) or SEARCHES)]:
        size = search.part if quick else search.size
        shown.write(f"{name}: {search.what}; {size} {search.unit}")
        shown.write("\n" if quick else f"; about {search.minutes} processor minutes\n")
        for contract in remake(project, name, quick=quick, n_jobs=n_jobs, stream=shown):
            key = search.contracts[contract.removesuffix("_first")]
            made, kept = (f / "data" / "derived" / f"{contract}.csv" for f in (project.output, project.root))
            told = difference(made, kept, key, search.compared)
            shown.write(f"  {told}\n")
            if keep and not told.same:
                write_atomically(kept, made.read_bytes())
                shown.write("  kept\n")
            found.append(told)
    return found
