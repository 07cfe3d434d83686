"""The language of statements: three-valued, over boxes, and closed to anything else."""

import pytest

from tableaudit.expressions import MAX_LENGTH, evaluate
from tableaudit.printed import load_published
from tableaudit.statements import check_statements

VALUES = """table,cell,statistic,row,column,printed
1,l1,outer_loading,x1,A,0.80
1,l2,outer_loading,x2,A,0.70
1,l3,outer_loading,y1,B,0.90
1,e1,efa_loading,x1,A,0.80
1,e2,efa_loading,x2,A,0.71
1,e3,efa_loading,y1,B,0.90
2,T.ave,ave,A,,0.565
2,T.root,sqrt_ave,A,A,0.752
2,odd-name,ave,B,,0.810
3,r,construct_correlation,B,A,0.75
4,p,path_coefficient,B,A,0.75
4,d,decision,B,A,accepted
4,pv,p_value,B,A,<0.001
5,s,srmr,model,,0.09
"""


@pytest.fixture(scope="module")
def article(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "x_values.csv"
    path.write_text(VALUES, encoding="utf-8")
    return load_published(path)


@pytest.mark.parametrize(
    ("expression", "truth"),
    [
        ("s == 0.09", True),
        ("s == 0.090", True),
        ("s == 0.9", False),
        ("s != 0.9", True),
        ("s < 0.10", True),
        ("s <= 0.09", None),  # 0.09 stands for 0.085 to 0.095
        ("s > 0.0951", False),
        ("l1 > l2", True),
        ("l1 == l3", False),
        ("r == p", None),  # the same digits, perhaps not the same number
        ("0.5 < l2 < 0.75", True),
        ("0.5 < l2 < 0.70", None),
        ("all(outer_loading > 0.6)", True),
        ("all(outer_loading > 0.7)", None),
        ("all(outer_loading > 0.75)", False),
        ("any(outer_loading > 0.85)", True),
        ("any(outer_loading > 0.95)", False),
        ("count(outer_loading > 0.75) == 2", True),
        ("count(outer_loading > 0.70) == 2", None),  # 2 or 3
        ("count(outer_loading > 0.70) == 1", False),
        ('all(outer_loading["A"] < 0.85)', True),
        ('outer_loading["y1"] > 0.85', True),
        ('construct_correlation["A", "B"] == 0.75', True),
        ("min(outer_loading) == 0.70", True),
        ("max(outer_loading) - min(outer_loading) > 0.18", True),
        ("max(outer_loading) - min(outer_loading) > 0.2", None),
        ("sum(outer_loading) == 2.4", True),
        ("mean(outer_loading) == 0.9", False),
        ("0.6 < mean(outer_loading) < 1", True),
        ("sqrt(T.ave) == 0.752", False),  # it is 0.75133 to 0.751997
        ("sqrt(T.ave) == 0.7515", True),
        ("abs(-l1) == 0.80", True),
        ("l1 * l1 + l2 * l2 < 2", True),
        ("l1 / l2 > 1.2", False),
        ("T.root > sqrt(T.ave)", None),
        ('cell("odd-name") == 0.81', True),
        ('d == "accepted"', True),
        ('d != "accepted"', False),
        ('d == "rejected" or l1 > 0.5', True),
        ('not (d == "rejected")', True),
        ("pv < 0.05", True),
        ("pv > 0.01", False),
        ("pv < 0.0001", None),
        ("same_digits(efa_loading, outer_loading)", False),
        ("same_digits(l1, e1)", True),
        ("same_digits(r, p)", True),
        ("fornell_larcker > 0", None),
        ("fornell_larcker > -0.02", True),
        ("higher_order_constructs == 0", True),
        ('printed("sample_size")', False),
        ('printed("ave")', True),
        ("defined(htmt_diagonal)", False),
        ("defined(ave)", True),
        ('not_printed("item correlations")', None),
        ('not_printed("x") or l1 > 0.5', True),
        ('not_printed("x") and l1 > 0.9', False),
        ('reading(composite_reliability) == "rho_a"', True),
        ('reading(ave) == "ave"', True),
        ("all(0.5 < outer_loading < 0.95)", True),
        ("all(0.75 < outer_loading < 0.95)", False),
        ("all(0.5 < outer_loading < 0.85)", False),
        ("any(0.85 < outer_loading < 0.95)", True),
        ("all(outer_loading == efa_loading)", None),  # 0.70 and 0.71 may both be 0.705
        ("all(efa_loading > outer_loading - 0.02)", True),
        ("mean(outer_loading) == 0.8", True),
        ("sum(outer_loading) > 2.38", True),  # 2.385 to 2.415
        ("sum(outer_loading) > 2.39", None),
        ("sum(outer_loading) < 2.42", True),
        ("max(outer_loading) == 0.90", True),
        ("max(outer_loading) == 0.80", False),
        ("min(outer_loading) == 0.80", False),
        ("l1 - l2 < 0.12", True),  # 0.09 to 0.11
        ("l1 - l2 > 0.08", True),
        ("l1 - l2 > 0.10", None),
        ("l1 / l2 > 1.12", True),  # 1.1277 to 1.1583
        ("l1 / l2 < 1.16", True),
        ("-l1 < -0.79", True),
        ("not (l1 > 0.81)", True),
        ('construct_correlation["A"] == 0.75', True),
        ('d == "accepted" and l1 > 0.5', True),
        ('d == "accepted" and l1 > 0.9', False),
        ("r == 0.7499", True),
        ("0.7499 == r", True),
        ("r == 0.7551", False),
        ("count(outer_loading > 0.70) <= 3", True),
        ("count(outer_loading > 0.70) < 2", False),
        ("count(outer_loading > 0.75) != 3", True),
        ("count(outer_loading > 0.75) == count(efa_loading > 0.75)", True),
        ("count(outer_loading > 0.70) == count(outer_loading > 0.70)", None),
        ("s == 0.09" + " " * (MAX_LENGTH - 9), True),
    ],
)
def test_truth(article, expression, truth):
    assert evaluate(expression, article, readings={"composite_reliability": ("rho_a",)})[0] is truth


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("all(outer_loading > 0.75)", "l2 = 0.70"),
        ("any(outer_loading > 0.85)", "l3 = 0.90"),
        ("s == 0.9", "s = 0.09"),
        ("same_digits(efa_loading, outer_loading)", "e2 = 0.71, l2 = 0.70"),
        ("count(outer_loading > 0.75) == 2", "l1 = 0.80, l3 = 0.90"),
        ("min(outer_loading) == 0.70", "l2 = 0.70"),
        ("max(outer_loading) == 0.90", "l3 = 0.90"),
        ("all(outer_loading > 0.5)", "l1 = 0.80, l2 = 0.70, l3 = 0.90"),
        ("any(outer_loading > 0.95)", "l1 = 0.80, l2 = 0.70, l3 = 0.90"),
        ("all(ave > 0) and r > 0 and p > 0", "T.ave = 0.565, odd-name = 0.810, r = 0.75, p = 0.75"),
        (
            "all(ave > 0) and r > 0 and p > 0 and s > 0",
            "T.ave = 0.565, odd-name = 0.810, r = 0.75, p = 0.75, and 1 more",
        ),
        ("all(outer_loading + efa_loading > 0)", "l1 = 0.80, e1 = 0.80, l2 = 0.70, e2 = 0.71, and 2 more"),
    ],
)
def test_the_deciding_cells_are_named(article, expression, found):
    assert evaluate(expression, article)[1] == found


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "not an expression"),
        ("l1 >", "not an expression"),
        ("l1", "not a yes-or-no question"),
        ("outer_loading > 0.5", "3 cells where one is needed"),
        ("l1 > 'high'", "a number is compared with a text"),
        ("d > 'accepted'", "texts are compared with"),
        ("l1 ** 2 > 0", "not in the language"),
        ("l1 in (1, 2)", "not in the language"),
        ("[x for x in outer_loading] == 1", "not in the language"),
        ("open('x')", "no function 'open'"),
        ("__import__('os').system('x')", "no function"),
        ("l1.__class__ == 1", "no printed cell"),
        ("minn(outer_loading) > 0", "no function 'minn'; did you mean 'min'"),
        ("outer_loading['Z'] > 0", "nothing is printed"),
        ("outer_loding['A'] > 0", "did you mean 'outer_loading'"),
        ("outer_loading[0] > 0", "expected one or two names in quotes"),
        ("T.avee > 0", "did you mean 'T.ave'"),
        ("all(htmt < 1)", "all of nothing"),
        ("all(outer_loading > ave)", "3 cells against 2"),
        ("not l1", "a number or text where a comparison is needed"),
        ("not_printed(l1)", "one text in quotes"),
        ("True", "not a number or text"),
        ('path_coefficient["A", "B"] > 0', "nothing is printed"),
        ('outer_loading["x1", "A", "B"] > 0', "expected one or two names in quotes"),
        ('outer_loading["x1", 1] > 0', "expected one or two names in quotes"),
        ("same_digits(l1)", "same_digits takes two lists"),
        ("same_digits(outer_loading, ave)", "no row in common"),
        ('printed("ave", "srmr") > 0', "one text in quotes"),
        ("defined(ave, srmr)", "no statistic ''"),
        ("+l1 > 0", "not in the language"),
        ("all(outer_loading > 0, default=1)", "no function 'all'"),
        ("s == 0.09" + " " * (MAX_LENGTH - 8), f"longer than {MAX_LENGTH}"),
        ("l1 > 0 and " * 60 + "l1 > 0", f"longer than {MAX_LENGTH}"),
    ],
)
def test_what_is_not_in_the_language_is_refused(article, expression, message):
    with pytest.raises((ValueError, KeyError)) as error:
        evaluate(expression, article)
    assert message in str(error.value)


def test_constructs_that_no_item_measures(tmp_path):
    path = tmp_path / "x_values.csv"
    path.write_text(VALUES + "4,q,path_coefficient,H,A,0.20\n", encoding="utf-8")
    assert evaluate("higher_order_constructs == 1", load_published(path)) == (True, "")


def test_statements_in_either_language(tmp_path):
    (tmp_path / "x_values.csv").write_text(VALUES, encoding="utf-8")
    (tmp_path / "x_statements.csv").write_text(
        "id,where,text_es,expression,note_en\nS1,aquí,SRMR es 0.9,s == 0.9,a tenth\n", encoding="utf-8"
    )
    statements = check_statements(load_published(tmp_path / "x_values.csv"))
    assert statements[0].text_en == statements[0].text_es == "SRMR es 0.9"
    assert statements[0].verdict == "fails"
    assert (statements[0].id, statements[0].found, statements[0].note_en) == ("S1", "s = 0.09", "a tenth")
