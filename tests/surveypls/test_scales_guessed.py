"""Which columns are items, and on which scale: each rule of the guess met exactly and just missed."""

from __future__ import annotations

from itertools import zip_longest

import pytest

from surveypls.survey.known_scales import is_neutral, rank, worded_order
from surveypls.survey.scale_found import value_of
from surveypls.survey.scale_guess import guess_scales

OFTEN = ("Never", "Rarely", "Sometimes", "Often", "Always")
STRANGE = ("zub", "mip", "tor", "wex", "gal")
AGREE_4 = ("Totalmente en desacuerdo", "En desacuerdo", "De acuerdo", "Totalmente de acuerdo")


def guess(*columns, stems=None, declared=()):
    """What is guessed of columns, each given as answer → how often; the answers stand in that order."""
    cells = [[str(text) for text, n in counts.items() for _ in range(n)] for counts in columns]
    rows = list(zip_longest(*cells, fillvalue=""))
    names = [f"Q{j}" for j in range(len(cells))]
    return guess_scales(rows, stems or [""] * len(cells), names, declared=declared)


def each(words, n=10):
    return dict.fromkeys(words, n)


# words ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("strays", "known"), [(5, True), (6, False)])
def test_a_known_scale_holds_95_in_100_answers(strays, known):
    (scale,), _ = guess(each(OFTEN), each(OFTEN) | {"Always": 10 - strays, "Zub": strays})
    assert (scale.scale == {word: n for n, word in enumerate(OFTEN, 1)}) is known
    assert scale.sure is known
    assert scale.stray == ([("Zub", 45 + k, 1) for k in range(strays)] if known else [])


@pytest.mark.parametrize(("rarely", "known"), [(3, True), (2, False)])
def test_a_scale_is_known_by_two_of_its_answers_given_three_times(rarely, known):
    (scale,), _ = guess({"Often": 60, "Rarely": rarely, "Always": 2}, {"Often": 60})
    assert scale.sure is known
    assert list(scale.scale.values()) == ([1, 2, 3, 4, 5] if known else [None] * 3)


def test_of_two_scales_that_hold_as_much_the_shorter_one_is_meant():
    (scale,), _ = guess(each(("Poor", "Fair", "Good", "Excellent")), each(("Fair", "Good", "Excellent")))
    assert list(scale.scale) == ["Poor", "Fair", "Good", "Excellent"]
    (scale,), _ = guess(each(("Poor", "Fair", "Good", "Very good", "Excellent")), each(("Fair", "Good")))
    assert list(scale.scale) == ["Poor", "Fair", "Good", "Very good", "Excellent"]


def test_one_stray_answer_in_300_does_not_make_a_longer_scale_likelier():
    # "Very good" belongs to the scale of five, but 1 of 301 answers is 0.3 %
    four = each(("Poor", "Fair", "Good", "Excellent"), 60)
    (scale,), _ = guess(four, {"Poor": 30, "Good": 30, "Very good": 1})
    assert list(scale.scale) == ["Poor", "Fair", "Good", "Excellent"]
    (scale,), _ = guess(four, {"Poor": 30, "Good": 30, "Very good": 3})
    assert list(scale.scale) == ["Poor", "Fair", "Good", "Very good", "Excellent"]


def test_words_of_strength_order_what_no_list_has():
    words = ("Muy en desacuerdo", "Algo en desacuerdo", "Algo de acuerdo", "Muy de acuerdo")
    (scale,), _ = guess(each(words[::-1]), each(words))
    assert scale.scale == {word: n for n, word in enumerate(words, 1)}
    # what was said twice is no step of it
    rare = {"Mayormente de acuerdo": 2}
    (scale,), _ = guess(each(words, 20) | rare, each(words, 20))
    assert list(scale.scale) == list(words)
    assert [text for text, _, _ in scale.stray] == ["Mayormente de acuerdo"] * 2


def test_each_answer_stands_in_its_commonest_spelling():
    (scale,), _ = guess(each(OFTEN) | {"NEVER": 12, "rarely ": 4}, each(OFTEN) | {"Never": 0})
    assert list(scale.scale) == ["NEVER", *OFTEN[1:]]


def test_columns_answered_yes_or_no_do_not_hide_a_scale_that_fewer_share():
    scales, left = guess(*[{"Sí": 30, "No": 20}] * 3, each(STRANGE), each(STRANGE))
    assert [s.columns for s in scales] == [(3, 4)]
    assert left == dict.fromkeys(range(3), "only 2 different answers ('Sí', 'No')")


def test_numbers_among_words_are_places_on_the_scale():
    (scale,), _ = guess(each(OFTEN), each(OFTEN) | {"3": 3})
    assert scale.questions == [
        "numbers among the words, ×3, are read as places on the scale: is 1 its lowest answer?"
    ]
    assert guess(each(OFTEN), each(OFTEN) | {"3": 2})[0][0].questions == []


@pytest.mark.parametrize(
    ("words", "joins"),
    [
        (("zub", "mip", "new", "old"), True),  # half of its answers are the others'
        (("zub", "new", "old"), False),
        (("gal",), True),
    ],
)
def test_a_column_joins_those_with_half_of_its_answers(words, joins):
    scales, left = guess(each(STRANGE), each(STRANGE), each(words))
    assert [s.columns for s in scales] == [(0, 1, 2) if joins else (0, 1)]
    assert list(left) == ([] if joins else [2])


@pytest.mark.parametrize(("n", "shared"), [(11, True), (12, False)])
def test_a_scale_of_words_has_eleven_answers_at_most(n, shared):
    words = [f"{a}{b}" for a in "ab" for b in "bcdfgh"][:n]
    scales, left = guess(each(words), each(words))
    assert [s.columns for s in scales] == ([(0, 1)] if shared else [])
    wide = "12 different texts: an open question, or something else"
    assert left == ({} if shared else dict.fromkeys((0, 1), wide))


def test_a_column_that_would_make_too_many_answers_stays_out():
    eight = [f"a{b}" for b in "bcdfghjk"]
    scales, left = guess(each(eight), each(eight), each([*eight[:4], "new", "old", "odd", "nay"]))
    assert [s.columns for s in scales] == [(0, 1)]
    assert list(left) == [2]


def test_answers_alone_are_shown_by_their_first_30_letters():
    long = "x" * 40
    _, left = guess({long: 5, "b": 4})
    assert f"2 different answers ({'x' * 30!r}, 'b')" in left[0]


@pytest.mark.parametrize(("words", "is_scale"), [(OFTEN[:3], True), (OFTEN[:2], False)])
def test_one_column_alone_is_an_item_by_three_answers_of_a_known_scale(words, is_scale):
    scales, left = guess(each(words))
    assert [s.columns for s in scales] == ([(0,)] if is_scale else [])
    assert bool(left) is not is_scale
    assert guess(each(STRANGE))[0] == []


@pytest.mark.parametrize(("n", "joins"), [(3, True), (2, False)])
def test_an_answer_counts_above_two_in_100(n, joins):
    words = each(STRANGE, 20)
    (scale,), _ = guess(words, words | {"zub": 20 - n, "new": n})
    assert ("new" in scale.scale) is joins
    assert [text for text, _, _ in scale.stray] == ([] if joins else ["new"] * n)


@pytest.mark.parametrize(
    ("words", "word", "n", "asked"),
    [
        (AGREE_4, "No sé", 4, True),  # 4 of 200 answers are 2 %
        (AGREE_4, "No sé", 3, False),
        (AGREE_4, "NA", 20, False),
        (OFTEN, "Don't know", 20, False),  # a scale that has a middle
    ],
)
def test_a_word_that_may_be_the_middle_of_an_even_scale_is_asked_about(words, word, n, asked):
    counts = each(words, 98 // len(words))
    top = {words[-1]: 100 - n // 2 - sum(list(counts.values())[:-1])}
    (scale,), _ = guess(counts | top | {word: n // 2}, counts | top | {word: n - n // 2})
    assert scale.sure is not asked
    assert scale.missing == ({} if asked else {word: n})
    if not asked:
        assert scale.scale == {w: v for v, w in enumerate(words, 1)}
        assert scale.questions == []
        return
    assert list(scale.scale.items()) == [
        *((w, v) for v, w in enumerate(words[:2], 1)),
        (word, None),
        *((w, v) for v, w in enumerate(words[2:], 3)),
    ]
    assert scale.questions == [
        f"{word!r} ×{n}: is it an answer of the scale, or no answer? Give it a number under scale, or move it to "
        "missing_codes; as the middle of the scale it is number 3, and each answer above it one more"
    ]


def test_a_word_of_the_scale_that_may_mean_no_answer_is_told_with_its_number():
    words = ("Nada", "Poco", "Regular", "Mucho", "Muchísimo")
    (scale,), _ = guess(each(words), each(words))
    assert scale.questions == [
        "'Nada' ×20 is read as an answer, number 1 of the scale; if it means no answer, move it to missing_codes"
    ]
    (scale,), _ = guess(each(words[1:]), each(words[1:]))
    asked = ["nobody answered Nada; is the scale Nada, Poco, Regular, Mucho, Muchísimo?"]
    assert (list(scale.scale), scale.questions) == (list(words), asked)


def test_numbers_within_words_are_their_numbers():
    words = ["zub (3)", "mip (1)", "tor (2)"]
    (scale,), _ = guess(each(words), each(words))
    assert list(scale.scale.items()) == [("mip (1)", 1), ("tor (2)", 2), ("zub (3)", 3)]
    assert scale.sure


def paired(*pairs):
    """Two columns of these answers, pair by pair, each so many times."""
    return [list(pair) for *pair, n in pairs for _ in range(n)]


CHAIN = [
    ("b", "b", 9),
    ("b", "d", 5),
    ("d", "d", 9),
    ("d", "a", 5),
    ("a", "a", 9),
    ("a", "c", 5),
    ("c", "c", 8),
]


def test_unknown_words_stand_in_the_order_of_their_correlations_the_rarer_end_first():
    # neighbours are given together: b – d – a – c; c was given 21 times, b 23 times
    (scale,), _ = guess_scales(paired(*CHAIN), ["Q", "Q"])
    assert list(scale.scale.items()) == [(w, None) for w in "cadb"]
    assert scale.questions == [
        "give each answer its number, 1 for the lowest, and add those that nobody chose; the answers' own "
        "correlations put them in the order c, a, d, b, or the other way round"
    ]
    # of two constructs the answers have no order, and stay as they were found
    (scale,), _ = guess_scales(paired(*CHAIN), ["Q", "R"])
    assert list(scale.scale) == ["b", "d", "a", "c"]


def test_of_two_ends_given_as_often_the_first_in_the_alphabet_stands_first():
    even = [*CHAIN[:-1], ("c", "c", 9)]
    (scale,), _ = guess_scales(paired(*even), ["Q", "Q"])
    assert list(scale.scale) == ["b", "d", "a", "c"]


def test_empty_cells_say_nothing_of_the_order():
    rows = paired(*CHAIN, ("b", "", 30), ("", "c", 40))
    (scale,), _ = guess_scales(rows, ["Q", "Q"])
    assert list(scale.scale) == ["b", "d", "a", "c"]


# numbers --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("strays", "numeric"), [(10, True), (11, False)])
def test_nine_cells_in_ten_are_whole_numbers(strays, numeric):
    texts = [f"said {k}" for k in "abcdefghijk"[:strays]]
    scales, left = guess(each(range(1, 6), 20) | {5: 20 - strays} | each(texts, 1))
    if numeric:
        assert scales[0].scale == {str(v): v for v in range(1, 6)}
        assert [text for text, _, _ in scales[0].stray] == texts
        assert left == {}
    else:
        assert scales == []
        assert left == {0: "16 different texts: an open question, or something else"}


def test_sliders_of_one_question_may_have_decimals():
    cells = {f"{v}.5": 5 for v in range(0, 100, 5)}
    scales, left = guess(cells, cells, stems=["Q", "Q"])
    assert [list(s.scale.values()) for s in scales] == [list(range(101))]
    assert scales[0].stray == [] and left == {}
    low = {f"{v}.5": 5 for v in range(12)}  # none above eleven
    assert set(guess(low, low, stems=["Q", "Q"])[1].values()) == {
        "numbers with decimals, not answers of a scale"
    }
    assert set(guess(cells, cells)[1].values()) == {"numbers with decimals, not answers of a scale"}


def test_a_slider_takes_what_lies_between_its_ends():
    whole = each(range(0, 100, 5))
    cells = whole | {"0.5": 1, "100.0": 1, "100.5": 1}
    (scale,), _ = guess(whole, cells, stems=["Q"] * 2)
    assert [text for text, _, _ in scale.stray] == ["100.5"]


def test_a_column_of_cells_that_mean_no_answer_has_none():
    assert guess({"": 5, "N/A": 3, "x": 0}) == ([], {0: "no answers"})


@pytest.mark.parametrize("code", [66, 77, 88, 97, 98, 99, 888, 997, 998, 999, 9998, 9999, -1])
def test_a_number_that_statisticians_write_for_no_answer_is_taken_for_one(code):
    counts = each(range(1, 6), 20) | {code: 4}
    (scale,), _ = guess(counts)
    assert scale.scale == {str(v): v for v in range(1, 6)}
    assert (scale.missing, scale.questions) == ({str(code): 4}, [])


@pytest.mark.parametrize("value", [65, 67, 76, 78, 87, 89, 96, 100, 887, 889, 996, 1000, 9997])
def test_other_numbers_far_off_are_asked_about(value):
    (scale,), _ = guess(each(range(1, 6), 20) | {value: 4})
    assert scale.scale[str(value)] is None
    assert scale.missing == {}


def test_what_the_file_declares_missing_is_no_answer():
    counts = each(OFTEN) | {"Refused": 30}
    (scale,), _ = guess(counts, counts, declared=["REFUSED"])
    assert scale.missing == {"Refused": 60}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4),
        ("4,0", 4),
        ("-3", -3),
        ("9999", 9999),
        ("12345", None),
        ("4.5", None),
        ("4 - Often", 4),
        ("Often (4)", 4),
        ("1000 - all", 1000),
        ("-1000 - none", -1000),
        ("1001 - all", None),
        ("4 - 2 weeks", None),
    ],
)
def test_the_number_that_a_cell_stands_for(text, value):
    assert value_of(text) == value


# words of strength -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("Muy fuertemente de acuerdo", 6),
        ("very strongly disagree", -6),
        ("Totalmente en desacuerdo", -5),
        ("I strongly agree", 5),
        ("extremely unlikely", -5),
        ("Muy satisfecho/a", 4),
        ("Mostly disagree", -4),
        ("De acuerdo", 3),
        ("Quite likely", 3),
        ("Insatisfecha", -3),
        ("Moderadamente de acuerdo", 2),
        ("Moderately agree", 2),
        ("Algo en desacuerdo", -1),
        ("Slightly dissatisfied", -1),
        ("Ni de acuerdo ni en desacuerdo", 0),
        ("Neutral", 0),
        ("Zub de acuerdo", None),
        ("De acuerdo con todo", None),
        ("Siempre", None),
    ],
)
def test_where_an_answer_stands_by_its_words(label, place):
    assert rank(label) == place


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        (["Agree", "Disagree"], ["Disagree", "Agree"]),
        (["agree", "Neutral", "disagree", "slightly agree"], None),
        (["Slightly agree", "Disagree"], ["Disagree", "Slightly disagree", "Slightly agree", "Agree"]),
        (["Agree", "Neutral"], None),  # one side alone
        (["Agree", "Unlikely"], None),  # two families
        (["Agree", "Zub", "Disagree"], None),
        (["Totally agree", "Strongly agree", "Disagree"], None),  # of one strength
    ],
)
def test_answers_in_the_order_of_their_strength(labels, order):
    found = worded_order(labels)
    if labels[0] == "agree":  # what nobody chose is added as it is written: in small letters
        assert found == ["disagree", "slightly disagree", "Neutral", "slightly agree", "agree"]
    else:
        assert found == order


@pytest.mark.parametrize(
    ("label", "middle"), [("NEUTRAL", True), ("Neither agree nor disagree", True), ("Agree", False)]
)
def test_the_middle_of_a_scale(label, middle):
    assert is_neutral(label) is middle
