"""Screen raw answers by stated rules: who is kept, what is set missing, and a log of every decision.

The raw survey is never changed; the result is a new table of numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveypls.answers import plain
from surveypls.careless import longest_run, mahalanobis, response_variability
from surveypls.extraction import Array
from surveypls.missing import McarTest, em, little_mcar
from surveypls.study import CleaningSettings, Language, Study
from surveypls.survey import RawSurvey
from surveypls.survey_file import SurveyError

Mask = NDArray[np.bool_]

#: Rule → (name in English, in Spanish, reference).
RULES: dict[str, tuple[str, str, str]] = {
    "received": ("received", "recibidos", ""),
    "blank": ("blank form", "formulario en blanco", "AAPOR (2023)"),
    "consent": ("no consent", "sin consentimiento", "AAPOR (2023)"),
    "duplicate_id": ("same id sent again", "mismo identificador repetido", "Kuriakose & Robbins (2016)"),
    "duplicate_answers": (
        "same answers sent again",
        "mismas respuestas repetidas",
        "Kuriakose & Robbins (2016)",
    ),
    "out_of_scale": ("answer off the scale", "respuesta fuera de la escala", "Van den Broeck et al. (2005)"),
    "completion": ("unfinished form", "formulario sin terminar", "AAPOR (2023)"),
    "longstring": ("long run of one answer", "racha larga de una respuesta", "Johnson (2005)"),
    "irv": ("answers hardly vary", "respuestas casi sin variación", "Dunn et al. (2018)"),
    "person_missing": (
        "too many analysed items missing",
        "faltan demasiados ítems analizados",
        "Hair et al. (2022)",
    ),
    "outlier": ("multivariate outlier", "caso atípico multivariado", "Tabachnick & Fidell (2019)"),
    "missing": ("missing answer (listwise)", "respuesta faltante (por lista)", "Little & Rubin (2019)"),
    "imputed": ("missing answer filled in", "respuesta faltante completada", "Little & Rubin (2019)"),
}
_LOG = ["row", "respondent", "rule", "action", "item", "found", "what", "reference"]
_ACTIONS = {
    "dropped": ("dropped", "descartado"),
    "set missing": ("set missing", "tratado como faltante"),
    "reported": ("reported, kept", "señalado, conservado"),
    "imputed": ("filled in", "completado"),
}


@dataclass(frozen=True, slots=True)
class CleaningResult:
    """What screening kept, and why.

    Attributes
    ----------
    responses : DataFrame (respondents × the study's items)
        Complete numbers, reversed items turned round; the index, ``respondent``, is the id.
    instrument : DataFrame (respondents × all items found)
        The same respondents on the whole instrument, NaN where missing; nothing is imputed here.
    log : DataFrame
        One row a decision: ``row`` (in the file), ``respondent, rule, action`` ("dropped", "set missing", "reported"
        or "imputed"), ``item, found, what, reference``.
    flow : DataFrame
        One row a rule in the order applied: ``rule, label, parameter, rows_in, dropped, flagged, rows_kept,
        reference``.  ``flagged`` counts the respondents that the rule reported without dropping them.
    missing : DataFrame
        The analysed items before the missing-data policy: ``item, n, missing, share, reported``; ``reported`` says
        that the share is above ``max_item_missing``.
    respondents : DataFrame
        Every submission: ``row, respondent, kept, dropped_by, completion, longstring, irv, mahalanobis, p_value``.
        The last two are given for the complete rows that reached that rule.
    spellings : DataFrame
        Every text found in an answer: ``found, kind`` ("answer", "missing" or "unreadable"), ``answer, count``.
    mcar : McarTest or None
        Little's test on the rows before the missing-data policy; None, with a note, where it cannot be computed.
    settings : CleaningSettings
    notes : tuple of str
    """

    responses: pd.DataFrame
    instrument: pd.DataFrame
    log: pd.DataFrame
    flow: pd.DataFrame
    missing: pd.DataFrame
    respondents: pd.DataFrame
    spellings: pd.DataFrame
    mcar: McarTest | None
    settings: CleaningSettings
    notes: tuple[str, ...]


def clean(raw: RawSurvey, study: Study, *, labels: Language = "en") -> CleaningResult:
    """Screen a raw survey by the rules of ``study.cleaning``.

    The order is: blank forms, consent, duplicates (the first is kept), answers off the scale (set missing),
    completion, longest run, response variability, missing analysed items, outliers, missing-data
    policy.  A row is dropped by the first rule that it breaks.  Run and variability are taken on the
    answers as given, before reversed items are turned round, over the whole instrument in the order asked.

    Parameters
    ----------
    raw : RawSurvey
        From :func:`surveypls.survey.read_survey`; not changed.
    study : Study
    labels : {"en", "es"}
        Language of ``flow.label`` and ``log.what``.

    Returns
    -------
    CleaningResult

    Raises
    ------
    SurveyError
        If no respondent is left, or the missing-data policy cannot be applied.
    """
    screen = _Screen(raw, study, labels)
    rules = study.cleaning
    given = screen.as_given
    answered = ~np.isnan(given)
    empty = ~screen.filled.any(axis=1)
    asked = raw.respondents["consent"]
    refused = np.zeros(len(empty), dtype=bool)
    if study.survey.consent is not None:
        accepted = {plain(answer) for answer in study.survey.consent.accept}
        refused = ~asked.map(plain).isin(accepted).to_numpy(dtype=bool)
    # Who refused and answered nothing is a refusal; who left the consent question out as well, a blank form.
    refused &= ~(empty & (asked == "").to_numpy(dtype=bool))
    screen.drop(
        "blank", empty & ~refused, lambda i: _say(labels, "no item is answered", "ningún ítem contestado")
    )
    if study.survey.consent is not None:
        screen.drop(
            "consent",
            refused,
            lambda i: _say(
                labels,
                "answered {!r} to the consent question",
                "contestó {!r} a la pregunta de consentimiento",
            ).format(asked.iloc[i]),
            parameter=", ".join(study.survey.consent.accept),
        )
    if rules.drop_duplicates:
        screen.duplicates(rules.min_duplicate_items)
    screen.report_unreadable()
    if rules.min_completion is not None:
        completion = answered.mean(axis=1)
        screen.drop(
            "completion",
            completion < rules.min_completion,
            lambda i: _say(labels, "answered {:.0%} of {} items", "contestó {:.0%} de {} ítems").format(
                completion[i], given.shape[1]
            ),
            parameter=f">= {rules.min_completion:g}",
        )
    if rules.max_longstring is not None:
        run = longest_run(given)
        screen.drop(
            "longstring",
            run > rules.max_longstring,
            lambda i: _say(
                labels, "the same answer {} times in a row", "la misma respuesta {} veces seguidas"
            ).format(run[i]),
            parameter=f"<= {rules.max_longstring}",
        )
    if rules.min_irv is not None:
        irv = response_variability(given)
        screen.drop(
            "irv",
            irv < rules.min_irv,
            lambda i: _say(
                labels,
                "standard deviation of the answers {:.2f}",
                "desviación estándar de las respuestas {:.2f}",
            ).format(irv[i]),
            parameter=f">= {rules.min_irv:g}",
        )
    analysed = screen.analysed
    gaps = np.isnan(analysed)
    if rules.max_person_missing is not None:
        share = gaps.mean(axis=1)
        screen.drop(
            "person_missing",
            share > rules.max_person_missing,
            lambda i: _say(
                labels, "{:.0%} of the analysed items missing", "falta el {:.0%} de los ítems analizados"
            ).format(share[i]),
            parameter=f"<= {rules.max_person_missing:g}",
        )
    screen.require_rows()
    screen.outliers(rules)
    missing = _missing_table(analysed[screen.kept], study.items, rules)
    mcar = screen.mcar()
    completed = screen.apply_policy(rules)
    screen.require_rows()
    return screen.result(completed, missing, mcar)


def _say(labels: Language, english: str, spanish: str) -> str:
    return spanish if labels == "es" else english


def _missing_table(analysed: Array, items: tuple[str, ...], rules: CleaningSettings) -> pd.DataFrame:
    gone = np.isnan(analysed)
    share = gone.mean(axis=0)
    limit = rules.max_item_missing
    return pd.DataFrame(
        {
            "item": list(items),
            "n": (~gone).sum(axis=0),
            "missing": gone.sum(axis=0),
            "share": share,
            "reported": np.zeros(len(items), dtype=bool) if limit is None else share > limit,
        }
    )


class _Screen:
    """The state of one screening: which rows are still in, the log and the flow so far."""

    def __init__(self, raw: RawSurvey, study: Study, labels: Language) -> None:
        self.raw, self.study, self.labels = raw, study, labels
        texts = raw.answers.to_numpy(dtype=object)
        readings = {text: raw.scale.read(text) for text in dict.fromkeys(texts.ravel())}
        kinds = np.array([[readings[t][0] for t in row] for row in texts], dtype=object)
        self.readings, self.texts = readings, texts
        self.filled: Mask = kinds != "missing"
        self.unreadable: Mask = kinds == "unreadable"
        self.as_given: Array = np.array(
            [[np.nan if readings[t][1] is None else float(readings[t][1]) for t in row] for row in texts]
        )
        self.items = list(raw.answers.columns)
        turned = [self.items.index(i) for i in raw.reversed_items]
        self.values = self.as_given.copy()
        self.values[:, turned] = raw.scale.values[0] + raw.scale.values[-1] - self.values[:, turned]
        self.analysed = self.values[:, [self.items.index(i) for i in study.items]]
        n = len(texts)
        self.kept: Mask = np.ones(n, dtype=bool)
        self.dropped_by = np.full(n, "", dtype=object)
        self.distance = np.full(n, np.nan)
        self.p_value = np.full(n, np.nan)
        self.log: list[dict[str, object]] = []
        self.flow: list[dict[str, object]] = []
        self.notes: list[str] = []
        self._step("received", "", n, 0, 0)

    def _step(self, rule: str, parameter: str, rows_in: int, dropped: int, flagged: int) -> None:
        english, spanish, reference = RULES[rule]
        self.flow.append(
            {
                "rule": rule,
                "label": _say(self.labels, english, spanish),
                "parameter": parameter,
                "rows_in": rows_in,
                "dropped": dropped,
                "flagged": flagged,
                "rows_kept": rows_in - dropped,
                "reference": reference,
            }
        )

    def _note(self, row: int, rule: str, action: str, what: str, *, item: str = "", found: str = "") -> None:
        self.log.append(
            {
                "row": int(self.raw.answers.index[row]),
                "respondent": str(self.raw.respondents["respondent"].iloc[row]),
                "rule": rule,
                "action": action,
                "item": item,
                "found": found,
                "what": f"{_say(self.labels, *_ACTIONS[action])}: {what}",
                "reference": RULES[rule][2],
            }
        )

    def drop(self, rule: str, broken: Mask, what: Callable[[int], str], *, parameter: str = "") -> None:
        """Drop the rows, still in, that break a rule."""
        before = int(self.kept.sum())
        out = np.flatnonzero(broken & self.kept)
        for i in out:
            self._note(int(i), rule, "dropped", what(int(i)))
        self.kept[out] = False
        self.dropped_by[out] = rule
        self._step(rule, parameter, before, len(out), 0)

    def duplicates(self, min_items: int) -> None:
        """Drop later submissions with an id, or with all the answers, of an earlier one that is still in."""
        named = self.raw.respondents["respondent"].map(plain)
        rows = [str(r) for r in self.raw.answers.index]
        first = self._first_of({i: named.iloc[i] for i in np.flatnonzero(self.kept)})
        if self.study.survey.respondent is not None:
            self.drop(
                "duplicate_id",
                np.array([i in first for i in range(len(rows))], dtype=bool),
                lambda i: _say(self.labels, "same id as row {}", "mismo identificador que la fila {}").format(
                    rows[first[i]]
                ),
            )
        answered = (~np.isnan(self.as_given)).sum(axis=1)
        # Few answers, or one answer throughout, can well be alike by chance; straight-lining has its own rule.
        varied = np.array([len(set(row[~np.isnan(row)])) > 1 for row in self.as_given])
        eligible = np.flatnonzero(self.kept & (answered >= min_items) & varied)
        again = self._first_of({i: tuple(np.nan_to_num(self.as_given[i], nan=-1e9)) for i in eligible})
        self.drop(
            "duplicate_answers",
            np.array([i in again for i in range(len(rows))], dtype=bool),
            lambda i: _say(self.labels, "same answers as row {}", "mismas respuestas que la fila {}").format(
                rows[again[i]]
            ),
            parameter=f">= {min_items}",
        )

    @staticmethod
    def _first_of(keys: dict[int, object]) -> dict[int, int]:
        """Map each repeated row to the first row with its key."""
        seen: dict[object, int] = {}
        return {i: seen[key] for i, key in keys.items() if seen.setdefault(key, i) != i}

    def report_unreadable(self) -> None:
        """Log each answer off the scale; it already counts as missing."""
        where = np.argwhere(self.unreadable & self.kept[:, None])
        for i, j in where:
            found = str(self.texts[i, j]).strip()
            self._note(
                int(i),
                "out_of_scale",
                "set missing",
                _say(self.labels, "{!r} is not on the scale", "{!r} no está en la escala").format(found),
                item=self.items[j],
                found=found,
            )
        rows = int(self.kept.sum())
        self._step("out_of_scale", "", rows, 0, len({int(i) for i, _ in where}))

    def require_rows(self) -> None:
        """Raise SurveyError if nobody is left."""
        if not self.kept.any():
            steps = ", ".join(f"{s['label']} {s['dropped']}" for s in self.flow if s["dropped"])
            raise SurveyError(self.raw.source, [f"no respondent is left after screening: {steps}"])

    def outliers(self, rules: CleaningSettings) -> None:
        """Report, or drop if asked, complete rows far from the rest."""
        if rules.mahalanobis_p is None:
            return
        rows = np.flatnonzero(self.kept & ~np.isnan(self.analysed).any(axis=1))
        far = np.zeros(len(self.kept), dtype=bool)
        try:
            self.distance[rows], self.p_value[rows] = mahalanobis(self.analysed[rows])
        except ValueError as error:
            self.notes.append(str(error))
        else:
            far[rows] = self.p_value[rows] < rules.mahalanobis_p
        before, parameter = int(self.kept.sum()), f"p < {rules.mahalanobis_p:g}"

        def what(i: int) -> str:
            return f"D² = {self.distance[i]:.1f}, p = {self.p_value[i]:.2g}"

        if rules.drop_outliers:
            self.drop("outlier", far, what, parameter=parameter)
            return
        for i in np.flatnonzero(far):
            self._note(int(i), "outlier", "reported", what(int(i)))
        self._step("outlier", parameter, before, 0, int(far.sum()))

    def mcar(self) -> McarTest | None:
        """Little's test on the analysed items of the rows still in."""
        rows = self.analysed[self.kept]
        if not np.isnan(rows).any():
            return None
        try:
            return little_mcar(rows)
        except ValueError as error:
            self.notes.append(str(error))
            return None

    def apply_policy(self, rules: CleaningSettings) -> Array:
        """Drop or complete the rows with missing analysed answers; return all rows, completed where asked."""
        gone = np.isnan(self.analysed)
        incomplete = gone.any(axis=1)
        items = self.study.items

        def which(i: int) -> str:
            return ", ".join(item for item, g in zip(items, gone[i], strict=True) if g)

        if rules.missing == "listwise":
            self.drop("missing", incomplete, which, parameter="listwise")
            return self.analysed
        kept = np.flatnonzero(self.kept)
        completed = self.analysed.copy()
        try:
            if rules.missing == "mean":
                empty = np.flatnonzero(gone[kept].all(axis=0))
                if empty.size:
                    raise ValueError(f"nobody answered {items[int(empty[0])]}")
                completed[kept] = np.where(
                    gone[kept], np.nanmean(self.analysed[kept], axis=0), self.analysed[kept]
                )
            else:
                found = em(self.analysed[kept])
                if not found.converged:
                    self.notes.append("EM did not converge; the completed answers are from its last step")
                low, high = self.raw.scale.values[0], self.raw.scale.values[-1]
                completed[kept] = np.where(
                    gone[kept], np.clip(found.completed, low, high), self.analysed[kept]
                )
        except ValueError as error:
            raise SurveyError(self.raw.source, [f"cleaning.missing {rules.missing!r}: {error}"]) from None
        for i, j in np.argwhere(gone & self.kept[:, None]):
            self._note(int(i), "imputed", "imputed", f"{rules.missing}: {completed[i, j]:.3f}", item=items[j])
        self._step("imputed", rules.missing, len(kept), 0, int(incomplete[kept].sum()))
        return completed

    def result(self, completed: Array, missing: pd.DataFrame, mcar: McarTest | None) -> CleaningResult:
        """Label everything."""
        names = self._unique_names()
        index = pd.Index([names[i] for i in np.flatnonzero(self.kept)], name="respondent")
        counts = pd.Series(self.texts.ravel()).str.strip().value_counts()
        readings = {text: self.raw.scale.read(text) for text in counts.index}
        spellings = pd.DataFrame(
            [(t, *readings[t], int(c)) for t, c in counts.items()],
            columns=["found", "kind", "answer", "count"],
        ).astype({"answer": "Int64"})
        return CleaningResult(
            responses=pd.DataFrame(completed[self.kept], index=index, columns=list(self.study.items)),
            instrument=pd.DataFrame(self.values[self.kept], index=index, columns=self.items),
            log=pd.DataFrame(self.log, columns=_LOG),
            flow=pd.DataFrame(self.flow),
            missing=missing,
            respondents=pd.DataFrame(
                {
                    "row": self.raw.answers.index.to_numpy(),
                    "respondent": names,
                    "kept": self.kept,
                    "dropped_by": self.dropped_by,
                    "completion": (~np.isnan(self.as_given)).mean(axis=1),
                    "longstring": longest_run(self.as_given),
                    "irv": response_variability(self.as_given),
                    "mahalanobis": self.distance,
                    "p_value": self.p_value,
                }
            ),
            spellings=spellings.sort_values(
                ["kind", "answer", "count", "found"], ascending=[True, True, False, True]
            ).reset_index(drop=True),
            mcar=mcar,
            settings=self.study.cleaning,
            notes=tuple(self.notes),
        )

    def _unique_names(self) -> list[str]:
        """Name kept respondents by id; where kept ids repeat, by id and row."""
        ids = [str(i) for i in self.raw.respondents["respondent"]]
        kept = [i for i, k in zip(ids, self.kept, strict=True) if k]
        rows = self.raw.answers.index
        return [f"{i} (row {r})" if kept.count(i) > 1 else i for i, r in zip(ids, rows, strict=True)]
