"""The raw form: its mess is cleaned away and leaves exactly the answers that were put in."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plsem.efa.pruning import prune
from surveypls.compendium.synthesis import study_form, study_model, study_target
from surveypls.study.definition import load_study
from surveypls.survey.codebook import load_codebook
from surveypls.survey.reading import read_survey
from surveypls.survey.screening import clean
from surveysynth import survey as synthetic
from surveysynth.calibration import cell_table
from surveysynth.raw_form import SyntheticError, instrument, raw_form, skewed
from tableaudit.printed import load_published

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study():
    return load_study(ROOT / "study.yaml")


@pytest.fixture(scope="module")
def codebook():
    return load_codebook(ROOT / "data/codebook.csv")


@pytest.fixture(scope="module")
def cleaned(study):
    raw = read_survey(ROOT / "data/raw/survey.csv", study, ROOT / "data/codebook.csv")
    return clean(raw, study)


@pytest.fixture(scope="module")
def kept(cleaned, study):
    """The committed survey's answers to the retained items."""
    published = load_published(ROOT / study.published)
    items = list(study_model(study, published).items)
    return cleaned.responses[items].astype(int)


@pytest.fixture(scope="module")
def form(kept, study, codebook):
    return raw_form(kept.reset_index(drop=True), study_form(study, ROOT), seed=5)


def test_committed_survey_keeps_the_calibrated_respondents(cleaned):
    assert len(cleaned.responses) == synthetic.RESPONDENTS
    assert not cleaned.responses.isna().any().any()


@pytest.mark.slow
def test_committed_survey_gives_every_target(kept, study):
    target = study_target(study, load_published(ROOT / study.published))
    cells = cell_table(target, kept)
    assert len(cells) > 30
    assert cells["inside"].all(), cells[~cells["inside"]]


def test_committed_survey_is_pruned_to_the_printed_items(cleaned, kept, study):
    found = prune(cleaned.responses[list(study.items)], **study.pruning)
    assert set(found.retained) == set(kept.columns)
    assert len(found.trace) == len(study.items) - len(kept.columns)
    assert (found.trace["action"] == "dropped").all()


def test_committed_items_are_pruned_clearly_and_have_marginals_of_their_own(cleaned, kept, study):
    trace = prune(cleaned.responses[list(study.items)].astype(int), **study.pruning).trace
    assert (trace["threshold"] - trace["value"] >= 0.05).all()
    pruned = cleaned.responses[[i for i in study.items if i not in kept.columns]]
    shares = {tuple(pruned[i].value_counts().reindex(range(1, 6), fill_value=0)) for i in pruned}
    assert len(shares) >= 8


def test_committed_answers_are_skewed_to_always(kept):
    share = (kept == 5).to_numpy().mean()
    assert 0.40 < share < 0.62
    assert kept.to_numpy().min() >= 1
    assert (kept.nunique() >= 4).all()


def test_checksums_match_the_committed_survey():
    folder = ROOT / "data/raw"
    text = (folder / "SHA256SUMS").read_text()
    assert text == synthetic.checksums(folder)
    digest, name = text.split()
    assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_cleaning_a_new_form_returns_the_answers(form, kept, study, codebook, tmp_path):
    path = tmp_path / "new.csv"
    path.write_bytes(synthetic.to_csv(form))
    responses = clean(read_survey(path, study, codebook), study).responses
    got = sorted(map(tuple, responses[list(kept.columns)].astype(int).to_numpy().tolist()))
    assert got == sorted(map(tuple, kept.to_numpy().tolist()))
    assert set(prune(responses[list(study.items)], **study.pruning).retained) == set(kept.columns)


def test_form_holds_the_mess_that_cleaning_must_meet(form, kept, study):
    answers = form.iloc[:, 3:]
    labels = set(study.survey.scale)
    filled = pd.Series(answers.to_numpy().ravel()).dropna()
    assert len(form) > len(kept) + 10
    assert answers.isna().all(axis=1).sum() == 2
    assert form[study.survey.respondent].duplicated(keep=False).sum() >= 4
    assert (form[study.survey.consent.column] == "No").sum() == 2
    spelled = {v for v in filled if v.strip().rstrip(".").lower() in {x.lower() for x in labels}} - labels
    assert len(spelled) >= 4
    assert filled.isin(["1", "2", "3", "4", "5"]).any()
    assert filled.isin(["6", "Muchas veces"]).any()
    assert (answers.nunique(axis=1) == 1).any()


@pytest.mark.slow
def test_same_seed_same_bytes_other_seed_other_bytes(form, kept, study, codebook):
    answers = kept.reset_index(drop=True)
    assert synthetic.to_csv(raw_form(answers, study_form(study, ROOT), seed=5)) == synthetic.to_csv(form)
    assert synthetic.to_csv(raw_form(answers, study_form(study, ROOT), seed=6)) != synthetic.to_csv(form)


def test_csv_reads_back_as_written(form):
    back = pd.read_csv(io.BytesIO(synthetic.to_csv(form)), dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(back, form.fillna(""), check_dtype=False)


def test_times_rise_and_blank_rows_have_none(form, study):
    times = form[study.survey.time]
    assert ((times == "") == form.iloc[:, 3].isna()).all()
    given = pd.to_datetime(times[times != ""], format="%d/%m/%Y %H:%M:%S")
    assert given.is_monotonic_increasing


def test_without_mess_only_the_respondents(kept, study, codebook):
    plain = raw_form(kept.reset_index(drop=True), study_form(study, ROOT), seed=1, mess=False)
    assert len(plain) == len(kept)
    assert set(plain.iloc[:, 3:].to_numpy().ravel()) <= set(study.survey.scale)


def test_answers_that_pruning_would_drop_are_refused(kept, study, codebook, monkeypatch):
    monkeypatch.setattr("surveysynth.raw_form.MAX_TRIES", 3)
    shuffled = kept.reset_index(drop=True).copy()
    rng = np.random.default_rng(0)
    shuffled["RC3"] = rng.permutation(shuffled["RC3"].to_numpy())
    with pytest.raises(SyntheticError, match=r"no draw of the other items"):
        instrument(shuffled, study_form(study, ROOT), seed=1)


def test_unknown_item_names_the_nearest(kept, study, codebook):
    with pytest.raises(SyntheticError, match=r"INFRATICS22.*INFRATICS2"):
        instrument(kept.rename(columns={"INFRATICS2": "INFRATICS22"}), study_form(study, ROOT), seed=1)


@pytest.mark.parametrize("n", [10, 46, 101])
def test_skewed_gives_the_shares_in_order(n):
    latent = np.random.default_rng(n).normal(size=n)
    shares = (0.1, 0.2, 0.3, 0.2, 0.2)
    answers = skewed(latent, shares)
    counts = np.bincount(answers, minlength=6)[1:]
    assert np.abs(counts - n * np.array(shares)).max() <= 1
    assert (np.diff(answers[np.argsort(latent)]) >= 0).all()
