"""Put given answers into the raw form of an exported survey, with all that cleaning has to remove.

The answers to the retained items come from the calibration (:mod:`surveysynth.calibration`) and are
never changed here.  Around them this module writes what the article does not report: the pruned items, the items of
no analysed construct, and the rows and spellings that real exports hold.  Everything is drawn from
one seed, and nothing names a real place or person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plsem.efa.pruning import prune
from plsem.efa.rules import PruningSettings
from plsem.names import nearest

#: Shares of the answers 1 to 5 about which each item that the calibration leaves free draws its own: skewed,
#: as such surveys are.  The concentration is that of a Dirichlet distribution.
SHARES = ((0.06, 0.09, 0.16, 0.24, 0.45), (0.04, 0.06, 0.14, 0.31, 0.45), (0.10, 0.13, 0.22, 0.25, 0.30))
CONCENTRATION = 40.0
#: Largest absolute correlation of a pruned item with its construct's items, and largest weight of their mean in it.
MAX_PRUNED_CORRELATION = 0.30
MAX_PRUNED_WEIGHT = 0.30
#: An item is pruned only clearly: the figure that its rule reads is this far from the rule's threshold.
CLEARLY = 0.05
MAX_TRIES = 400
#: Other spellings of a label that a form's export can hold; each is read as the label itself.
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.lower,
    str.upper,
    lambda label: label + " ",
    lambda label: " " + label,
    lambda label: label.replace(" ", "  "),
    lambda label: label.lower() + ".",
)
#: Answers that are not on the scale.
OFF_SCALE = ("6", "Muchas veces", "0", "?")

IntArray = NDArray[np.int64]
StrArray = NDArray[np.object_]


class SyntheticError(RuntimeError):
    """The survey cannot be made as asked; the message says which rule it would break."""


@dataclass(frozen=True)
class Form:
    """The form whose export is written, and the rules that its answers must pass.

    Attributes
    ----------
    blocks : mapping of str to sequence of str
        Construct → candidate items.
    codebook : DataFrame
        Columns ``item`` and ``header``, one row an item in the instrument's order.
    scale : mapping of str to int
        Answer → number.
    respondent, time, consent : str
        Headings of the ids, the times and the consent question.
    accept : str
        The answer that gives consent.
    missing_codes : sequence of str
        Cells that mean no answer.
    modes : mapping of str to str
        Construct → ``"A"`` or ``"B"``; empty: all ``"A"``.
    pruning : PruningSettings
        The rules that prune the items which the calibration leaves free.
    max_longstring : int or None
        Longest run of one answer that screening lets pass.
    min_irv : float or None
        Least standard deviation of one person's answers that screening lets pass.
    seed : int
        Seed of parallel analysis, where that finds the number of factors.
    """

    blocks: Mapping[str, Sequence[str]]
    codebook: pd.DataFrame
    scale: Mapping[str, int]
    respondent: str
    time: str
    consent: str
    accept: str
    missing_codes: Sequence[str] = ("",)
    modes: Mapping[str, str] = field(default_factory=dict)
    pruning: PruningSettings = field(default_factory=PruningSettings)
    max_longstring: int | None = None
    min_irv: float | None = None
    seed: int = 1

    @property
    def items(self) -> list[str]:
        """Every candidate item, construct by construct."""
        return [i for block in self.blocks.values() for i in block]


def skewed(latent: NDArray[np.float64], shares: Sequence[float]) -> IntArray:
    """Cut a column of any continuous scores into answers 1, 2, … with the given shares.

    Parameters
    ----------
    latent : (n,) array
        Scores; only their order matters.
    shares : sequence of float
        Share of each answer, lowest first.

    Returns
    -------
    (n,) array of int
    """
    ranks = (np.argsort(np.argsort(latent, kind="stable"), kind="stable") + 0.5) / len(latent)
    return 1 + np.searchsorted(np.cumsum(shares)[:-1], ranks, side="right").astype(np.int64)


def pruned_items(answers: pd.DataFrame, form: Form, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw answers to the candidate items that were not retained, so that the form's own rules prune them.

    Parameters
    ----------
    answers : DataFrame (n, retained items)
        Integer answers; unchanged in the result.
    form : Form
        Its items that are no column of ``answers`` are drawn.
    rng : Generator

    Returns
    -------
    DataFrame (n, all candidate items)
        :func:`plsem.efa.pruning.prune` under ``form.pruning`` retains exactly the columns of ``answers``, and
        every item dropped misses its rule's threshold by 0.05 or more.

    Raises
    ------
    SyntheticError
        If no draw does so: then the given answers themselves break a rule of ``form.pruning``.
    """
    retained = [i for i in form.items if i in answers.columns]
    missing = [i for i in form.items if i not in answers.columns]
    standard = (answers - answers.mean()) / answers.std(ddof=0)
    owner = {item: name for name, block in form.blocks.items() for item in block}
    last: tuple[str, ...] = ()
    for _ in range(MAX_TRIES):
        drawn = answers.copy()
        for item in missing:
            block = [i for i in form.blocks[owner[item]] if i in retained]
            drawn[item] = _loosely_related(standard[block].to_numpy(dtype=float), rng)
        found = prune(drawn[form.items], form.blocks, form.pruning, modes=form.modes, seed=form.seed)
        last, trace = found.retained, found.trace
        # Nothing may stay only because its construct is at its smallest number of items.
        dropped = (trace["action"] == "dropped").all()
        if last == tuple(retained) and dropped and (trace["threshold"] - trace["value"] >= CLEARLY).all():
            return drawn[form.items]
    wrong = sorted(set(last) ^ set(retained))
    raise SyntheticError(
        f"no draw of the other items in {MAX_TRIES} makes the pruning rules retain exactly {', '.join(retained)}; "
        + (f"the last one differs in {', '.join(wrong)}" if wrong else "the last one does so only narrowly")
    )


def _own_shares(rng: np.random.Generator) -> Sequence[float]:
    shares: list[float] = rng.dirichlet(
        CONCENTRATION * np.asarray(SHARES[rng.integers(len(SHARES))])
    ).tolist()
    return shares


def _loosely_related(block: NDArray[np.float64], rng: np.random.Generator) -> IntArray:
    """One item that hardly correlates with a block's items, redrawn until none correlates clearly."""
    n = len(block)
    while True:
        latent = rng.uniform(0.0, MAX_PRUNED_WEIGHT) * block.mean(axis=1) + rng.normal(size=n)
        item = skewed(latent, _own_shares(rng))
        related = np.corrcoef(np.column_stack([block, item]), rowvar=False)[-1, :-1]
        if np.abs(related).max() < MAX_PRUNED_CORRELATION:
            return item


def other_items(n: int, items: Sequence[str], *, themes: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw answers to the items of no analysed construct: a few themes unrelated to the model."""
    scores = rng.normal(size=(n, themes)) + 0.5 * rng.normal(size=(n, 1))
    columns = {}
    for position, item in enumerate(items):
        theme = position * themes // max(len(items), 1)
        latent = 0.7 * scores[:, theme] + rng.normal(scale=0.8, size=n)
        columns[item] = skewed(latent, _own_shares(rng))
    return pd.DataFrame(columns, index=range(n))


def instrument(answers: pd.DataFrame, form: Form, *, seed: int) -> pd.DataFrame:
    """Complete the retained items' answers to the whole instrument, in the codebook's order.

    Parameters
    ----------
    answers : DataFrame (n, retained items)
        Integer answers on the form's scale.
    form : Form
        The codebook's column ``item`` lists the instrument.
    seed : int

    Returns
    -------
    DataFrame (n, all items of the codebook)
        Every respondent passes the screening rules of the form and no two answer alike.

    Raises
    ------
    SyntheticError
        If a respondent would be screened out whatever the other items are.
    """
    unknown = [c for c in answers.columns if c not in form.items]
    if unknown:
        raise SyntheticError(f"no item {unknown[0]!r} in the form{nearest(unknown[0], form.items)}")
    first, second = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    analysed = pruned_items(answers.reset_index(drop=True), form, rng=first)
    order = [str(i) for i in form.codebook["item"]]
    rest = [i for i in order if i not in analysed.columns]
    for _ in range(MAX_TRIES):
        whole = pd.concat([analysed, other_items(len(analysed), rest, themes=4, rng=second)], axis=1)[order]
        if not _screened(whole, form).any():
            return whole
    bad = ", ".join(str(i + 1) for i in np.flatnonzero(_screened(whole, form)))
    raise SyntheticError(
        f"respondent(s) {bad} would be screened out by the rules whatever the other items are"
    )


def _screened(whole: pd.DataFrame, form: Form) -> NDArray[np.bool_]:
    values = whole.to_numpy(dtype=float)
    bad = whole.duplicated().to_numpy(copy=True)
    # The instrument may be screened on the analysed items alone: both must pass.
    for part in (values, whole[form.items].to_numpy(dtype=float)):
        if form.max_longstring is not None:
            bad |= _longest_run(part) > form.max_longstring
        if form.min_irv is not None:
            bad |= part.std(axis=1, ddof=0) < form.min_irv
    return bad


def _longest_run(values: NDArray[np.float64]) -> IntArray:
    run = np.ones(len(values), dtype=np.int64)
    longest = run.copy()
    for j in range(1, values.shape[1]):
        run = np.where(values[:, j] == values[:, j - 1], run + 1, 1)
        longest = np.maximum(longest, run)
    return longest


def raw_form(answers: pd.DataFrame, form: Form, *, seed: int, mess: bool = True) -> pd.DataFrame:
    """Write answers as a form would export them: text labels, times, ids, consent and, around them, the mess.

    Parameters
    ----------
    answers : DataFrame (n, retained items)
        Integer answers of the respondents that cleaning must keep.
    form : Form
    seed : int
        Seed of everything drawn here.
    mess : bool
        Add the rows and spellings that cleaning must deal with.

    Returns
    -------
    DataFrame of str
        One row a submission, in order of time.  Cleaning under the same rules keeps exactly the
        respondents of ``answers``: the rows added are resubmissions, blank rows, refusals, unfinished
        forms, straight-liners and forms with an analysed item missing or off the scale.
    """
    seeds = np.random.SeedSequence(seed).spawn(3)
    whole = instrument(answers, form, seed=int(seeds[0].generate_state(1)[0]))
    rng = np.random.default_rng(seeds[1])
    labels = {value: label for label, value in form.scale.items()}
    headers = [str(h) for h in form.codebook["header"]]
    body = np.array([[labels[int(v)] for v in row] for row in whole.to_numpy()], dtype=object)
    accept, refuse = form.accept, "No"
    rows = [(accept, row) for row in body]
    if mess:
        analysed = whole.columns.isin(form.items)
        _respell(body, form.scale, rng)
        _spoil_other_items(body, ~analysed, form.missing_codes, rng)
        extra = _extra_rows(whole, analysed, labels, rng)
        rows += [(accept, row) for row in extra]
    order = rng.permutation(len(rows))
    folios = [f"F{number:03d}" for number in range(1, len(rows) + 1)]
    table = pd.DataFrame([rows[i][1] for i in order], columns=headers)
    table.insert(0, form.consent, [rows[i][0] for i in order])
    table.insert(0, form.respondent, folios)
    table.insert(0, form.time, "")
    if mess:
        table = _resubmit(table, rng)
        table = _blank_and_refused(table, refuse, form.consent, rng)
    table[form.time] = _times(len(table), table[headers[0]].notna().to_numpy(), rng)
    return table.reset_index(drop=True)


def _respell(body: StrArray, scale: Mapping[str, int], rng: np.random.Generator) -> None:
    """Write some answers in another spelling, or as the number; their meaning stays."""
    for row, column in zip(
        rng.integers(body.shape[0], size=60), rng.integers(body.shape[1], size=60), strict=True
    ):
        label = body[row, column]
        if label in scale:
            choice = rng.integers(len(SPELLINGS) + 1)
            body[row, column] = str(scale[label]) if choice == len(SPELLINGS) else SPELLINGS[choice](label)


def _spoil_other_items(
    body: StrArray, free: NDArray[np.bool_], missing: Sequence[str], rng: np.random.Generator
) -> None:
    """Leave gaps and off-scale answers in items that no analysis uses, at most two a respondent."""
    columns = np.flatnonzero(free)
    codes = [*[missing[0]] * 4, *missing[1:], *OFF_SCALE]
    for row in rng.permutation(np.repeat(np.arange(len(body)), 2))[: len(body) // 2]:
        body[row, rng.choice(columns)] = codes[rng.integers(len(codes))]


def _extra_rows(
    whole: pd.DataFrame, analysed: NDArray[np.bool_], labels: Mapping[int, str], rng: np.random.Generator
) -> list[StrArray]:
    """Make respondents that cleaning must drop: unfinished, straight-lining, an analysed item missing."""
    p = whole.shape[1]
    columns = np.flatnonzero(analysed)
    # Drawn column by column, so that the marginals stay and no respondent is repeated.
    pool = np.column_stack([rng.choice(whole.iloc[:, j].to_numpy(), size=9) for j in range(p)])
    rows = [np.array([labels[int(v)] for v in row], dtype=object) for row in pool]
    for row, answered in zip(rows[:3], (7, 22, 41), strict=True):
        row[answered:] = ""
    top, middle = labels[max(labels)], labels[sorted(labels)[len(labels) // 2]]
    rows[3][:] = top
    rows[4][:] = middle
    rows[4][[3, p - 5]] = top
    for row, spoilt in zip(rows[5:], ("", "No sé", *OFF_SCALE[:2]), strict=True):
        row[rng.choice(columns)] = spoilt
    return rows


def _resubmit(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Send three forms twice: under the same id, under a new id, and under the same id after a correction."""
    folio, answers = table.columns[1], table.columns[3:]
    complete = np.flatnonzero((table[answers] != "").all(axis=1) & (table[answers].nunique(axis=1) > 3))
    complete = complete[complete < len(table) - 12]
    same, renamed, corrected = (table.iloc[[i]].copy() for i in rng.choice(complete, size=3, replace=False))
    renamed[folio] = f"F{len(table) + 1:03d}"
    header = answers[int(rng.integers(10))]
    corrected[header] = np.where(corrected[header] == "Siempre", "Casi siempre", "Siempre")
    pieces = [table]
    for again in (same, renamed, corrected):
        pieces.append(again.set_index(again.index + 6 + rng.random()))
    return pd.concat(pieces).sort_index(kind="stable").reset_index(drop=True)


def _blank_and_refused(
    table: pd.DataFrame, refuse: str, consent: str, rng: np.random.Generator
) -> pd.DataFrame:
    """Add two refusals, which end the form at its first page, and two rows with nothing in them."""
    last = int(table.iloc[:, 1].str[1:].astype(int).max())
    refused = pd.DataFrame("", index=rng.integers(5, len(table) - 5, size=2) + 0.5, columns=table.columns)
    refused[consent] = refuse
    refused[table.columns[1]] = [f"F{last + 1 + i:03d}" for i in range(2)]
    blank = pd.DataFrame(
        np.nan, index=rng.integers(5, len(table) - 5, size=2) + 0.25, columns=table.columns, dtype=object
    )
    return pd.concat([table, refused, blank]).sort_index(kind="stable").reset_index(drop=True)


def _times(n: int, sent: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
    """Draw times of submission in working hours of an invented March, none for blank rows."""
    minutes = np.sort(rng.choice(26 * 600, size=n, replace=False))
    start = pd.Timestamp("2024-03-04 09:00:00")
    seconds = rng.integers(60, size=n)
    return [
        (start + pd.Timedelta(days=int(m // 600), minutes=int(m % 600), seconds=int(s))).strftime(
            "%d/%m/%Y %H:%M:%S"
        )
        if given
        else ""
        for m, s, given in zip(minutes, seconds, sent, strict=True)
    ]
