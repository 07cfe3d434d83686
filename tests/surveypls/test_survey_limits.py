"""Limits in the reading of unknown survey files, each tried on both sides with counts made by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from surveypls.survey import forms, scale_numbers
from surveypls.survey.answers import Scale
from surveypls.survey.answers_check import _unused_steps
from surveypls.survey.scale_found import FoundScale
from surveypls.survey.scale_guess import guess_scales


def column(counts):
    return [str(v) for v, n in counts.items() for _ in range(n)]


def table(*columns):
    return [list(row) for row in zip(*map(column, columns), strict=True)]


@pytest.mark.parametrize(
    ("counts", "core"),
    [
        ({}, []),
        ({1: 10, 2: 10, 3: 10, 9: 1}, [1, 2, 3]),
        ({1: 45, 2: 45, 9: 10}, [1, 2, 9]),  # a tenth beyond a gap belongs to the scale
        ({1: 46, 2: 45, 9: 9}, [1, 2]),
        ({1: 1, 3: 50, 4: 50}, [1, 3, 4]),  # a rare answer below the others does, too
        ({0: 1, 3: 50, 4: 50}, [3, 4]),
        ({0: 1, 1: 300, 2: 300, 3: 300}, [1, 2, 3]),  # a lonely 0 does not
        ({0: 1, 1: 300, 2: 300}, [0, 1, 2]),
        ({1: 300, 2: 300, 3: 300, 4: 300, 5: 300, 6: 1}, [1, 2, 3, 4, 5]),
        ({1: 300, 2: 300, 3: 300, 4: 300, 5: 1}, [1, 2, 3, 4, 5]),
    ],
)
def test_the_run_of_numbers_that_is_a_scale(counts, core):
    assert scale_numbers._core(counts) == core


@pytest.mark.parametrize(("given", "beside", "lonely"), [(5, 900, False), (4, 81, True), (4, 80, False)])
def test_a_number_is_lonely_below_one_in_200_and_below_a_twentieth_of_its_neighbour(given, beside, lonely):
    assert scale_numbers._lonely({0: given, 1: beside}, 0, 1, 1000) is lonely


@pytest.mark.parametrize(
    ("n_columns", "values", "is_scale"),
    [
        (1, {3: 5, 4: 5}, False),
        (2, {3: 5, 4: 5}, True),
        (2, {0: 5, 1: 5}, False),
        (2, {1: 5, 2: 5}, False),
        (1, {3: 5, 4: 5, 5: 5}, True),
        (1, dict.fromkeys(range(11), 5), True),
        (1, dict.fromkeys(range(1, 12), 5), False),
    ],
)
def test_few_numbers_are_a_scale_only_where_columns_share_them(n_columns, values, is_scale):
    numeric = {j: Counter(values) for j in range(n_columns)}
    left = {}
    scales = scale_numbers.number_scales(table(*[values] * n_columns), numeric, ["Q"] * n_columns, left)
    assert [s.columns for s in scales] == ([tuple(range(n_columns))] if is_scale else [])
    assert set(left) == (set() if is_scale else set(range(n_columns)))


def test_what_is_left_out_says_which_numbers_were_given():
    left = {}
    values = {3: 5, 4: 6}
    assert scale_numbers.number_scales(table(values), {0: Counter(values)}, [""], left) == []
    assert left[0] == "only 2 different numbers (3 ×5, 4 ×6)"
    many = dict.fromkeys(range(1, 13), 1)
    scale_numbers.number_scales(table(many), {0: Counter(many)}, [""], left)
    assert left[0] == "numbers from 1 to 12, not a scale of at most 11 answers"


@pytest.mark.parametrize(("highest", "slider"), [(100, True), (101, False)])
def test_columns_of_one_question_with_many_numbers_up_to_100_are_sliders(highest, slider):
    values = dict.fromkeys((*range(12), highest), 1)
    left = {}
    scales = scale_numbers.number_scales(
        table(values, values), {j: Counter(values) for j in (0, 1)}, ["Q", "Q"], left
    )
    assert [list(s.scale.values()) for s in scales] == ([list(range(101))] if slider else [])
    assert bool(left) is not slider


@pytest.mark.parametrize(("n_rows", "found"), [(8, {2: (0, 1)}), (7, {})])
def test_a_total_is_told_from_five_rows_more_than_columns(n_rows, found):
    pairs = [(1, 2), (2, 1), (3, 3), (4, 1), (5, 2), (1, 5), (2, 4), (3, 1)][:n_rows]
    rows = [[str(a), str(b), str(a + b)] for a, b in pairs]
    numeric = {j: Counter(int(r[j]) for r in rows) for j in range(3)}
    totals = scale_numbers.totals(rows, numeric)
    assert {j: tuple(sorted(parts)) for j, (parts, _) in totals.items()} == found


def asked(low, top, pooled, odd=None):
    found = FoundScale((0,), {str(v): v for v in range(low, top + 1)})
    scale_numbers._ask_of_numbers(found, low, top, Counter(pooled), Counter(odd or {}))
    return found


@pytest.mark.parametrize(
    ("pooled", "unused"),
    [({1: 3, 2: 3, 3: 3, 5: 3}, "4"), ({1: 3, 5: 3}, "2, 3, 4"), ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, None)],
)
def test_steps_that_nobody_ticked_are_asked_for(pooled, unused):
    said = [f"nobody answered {unused}, but answers below and above were given: is 1 to 5 the scale?"]
    assert asked(1, 5, pooled).questions == (said if unused else [])


@pytest.mark.parametrize(
    ("low", "top", "question"), [(1, 10, True), (0, 10, False), (1, 7, False), (1, 6, True)]
)
def test_unusual_ends_are_asked_for(low, top, question):
    said = f"the answers run from {low} to {top}: is that the whole scale?"
    assert asked(low, top, dict.fromkeys(range(low, top + 1), 4)).questions == ([said] if question else [])


@pytest.mark.parametrize(
    ("value", "n", "said"),
    [
        (9, 3, "9 was given 3 times and nobody answered 6–8"),
        (7, 4, "7 was given 4 times and nobody answered 6"),
        (6, 3, "6 was given 3 times"),
        (9, 2, None),
    ],
)
def test_numbers_beyond_the_scale_are_asked_for_from_three_on(value, n, said):
    found = asked(1, 5, dict.fromkeys(range(1, 6), 4), {value: n})
    assert [q.partition(":")[0] for q in found.questions] == ([said] if said else [])
    assert found.sure is (said is None)
    assert (str(value) in found.scale) is (said is not None)


def ended(*columns):
    rows = table(*columns)
    left = {}
    counts = {j: Counter(r[j] for r in rows) for j in range(len(columns))}
    return scale_numbers.end_scales(rows, counts, left), left


def test_two_words_stand_at_the_ends_of_their_numbers():
    first = {"dismal": 4, 2: 4, 3: 4, 4: 4, "superb": 4}
    # each word is judged by the numbers that its respondents gave in the other column
    other = {2: 6, 3: 8, 4: 6}
    (scale,), left = ended(first, other)
    assert scale.scale == {"dismal": 1, "2": 2, "3": 3, "4": 4, "superb": 5}
    assert not left


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ({"dismal": 4, "fine": 4, 2: 2, 3: 2, "superb": 4}, {2: 8, 3: 8}),  # three words
        ({"dismal": 4, 2: 4, "superb": 4}, {2: 12}),  # one number
        ({"dismal": 4, 3: 4, 4: 4, "superb": 4}, {3: 8, 4: 8}),  # no number beside the lowest
    ],
)
def test_words_and_numbers_on_no_known_scale(first, other):
    scales, left = ended(first, other)
    assert scales == []
    assert set(left.values()) == {"numbers and words together, on no known scale"}


def test_two_numbers_between_two_words_are_a_scale():
    (scale,), _ = ended({"dismal": 4, 2: 4, 3: 4, "superb": 4}, {2: 8, 3: 8})
    assert scale.scale == {"dismal": 1, "2": 2, "3": 3, "superb": 4}


def test_words_that_may_mean_no_answer_do_not_count_against_a_column_of_numbers():
    doubtful = next(w for w in ("neutral", "undecided", "unsure") if scale_numbers.is_either(w))
    rows = [[str(1 + i % 5)] for i in range(80)] + [[doubtful]] * 20
    scales, _ = guess_scales(rows, [""])
    assert {"1", "2", "3", "4", "5"} <= set(scales[0].scale)


@pytest.mark.parametrize(
    ("header", "below", "spans"),
    [
        (["Q", "", ""], ["a", "b", "c"], True),
        (["Q", "", "R"], ["a", "b", "c"], False),
        (["", "", "R"], ["a", "b", "c"], False),  # the first heading may be missing
        (["Q", "", ""], ["a", "b", "4"], False),
        (["Q", "", ""], ["a", "b", " "], False),
    ],
)
def test_headings_span_two_columns_or_more(header, below, spans):
    assert forms.spans(header, below) is spans


@pytest.mark.parametrize(
    ("cells", "n_broken_above", "is_footer"),
    [
        (["3.5", "2.5", "4"], 0, True),
        (["3.5", "2.5", ""], 0, False),  # two numbers
        (["3.5", "2.5", "4", "1"], 0, False),  # half of them broken
        (["3.5", "2.5", "4.5", "1"], 0, True),
        (["3.5", "2.5", "4"], 1, False),  # one above in twenty
    ],
)
def test_means_without_a_name_at_the_foot(cells, n_broken_above, is_footer):
    above = [["1.5" if i < n_broken_above else "1"] for i in range(20)]
    rows = [(i, row) for i, row in enumerate(above + [["1"]] * forms.LONGEST_FOOTER)]
    assert forms._unnamed_footer(cells, rows) is is_footer


def test_unused_steps_of_an_items_scale():
    scale = Scale((1, 2, 3, 4, 5), {str(v): v for v in range(1, 6)}, frozenset())
    assert list(_unused_steps(scale, ["a1"], Counter())) == []
    assert list(_unused_steps(scale, ["a1"], Counter({2.0: 3, 3.0: 2}))) == []
    (said,) = _unused_steps(scale, ["a1"], Counter({1.0: 3, 2.0: 1, 5.0: 2}))
    assert said.startswith("survey.scale: nobody answered 3, 4 of a1, and 2 answered 5: ")


@pytest.mark.parametrize(
    ("own", "other", "columns", "top"),
    [
        (4, 5, (1, 2), 5),  # nobody ticked the highest answer, which more columns have
        (3, 5, (1, 2), 5),
        (3, 5, (2, 2), 3),  # as many columns, not more
        (5, 6, (1, 2), 6),
        (9, 10, (1, 2), 10),
        (5, 7, (1, 2), 5),  # 5 is itself a usual top
        (3, 6, (1, 2), 3),  # 6 is none
        (3, 4, (1, 2), 4),
        (7, 5, (1, 2), 7),
    ],
)
def test_a_construct_has_the_highest_answer_that_more_columns_used(own, other, columns, top):
    stems = ["A"] * columns[0] + ["B"] * columns[1]
    counts = [dict.fromkeys(range(1, (own if s == "A" else other) + 1), 5) for s in stems]
    longest = max(own, other) * 5
    rows = [
        list(row) for row in zip(*(column(c) + [""] * (longest - 5 * len(c)) for c in counts), strict=True)
    ]
    scales = scale_numbers.number_scales(rows, dict(enumerate(map(Counter, counts))), stems, {})
    (found,) = (s for s in scales if 0 in s.columns)
    assert max(v for v in found.scale.values() if v is not None) == top


def test_a_word_alone_is_judged_by_the_middle_of_the_numbers():
    first = {"dismal": 4, 2: 4, 3: 4, 4: 4}
    (scale,), _ = ended(first, {2: 5, 3: 5, 4: 6})
    assert scale.scale == {"dismal": 1, "2": 2, "3": 3, "4": 4}
    (scale,), _ = ended(first, {4: 5, 3: 5, 2: 6})
    assert scale.scale == {"2": 2, "3": 3, "4": 4, "dismal": 5}
