"""Numbers, headings and names as articles print them, and what each is taken for, by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from tableaudit.headings import role_of, statistic_of
from tableaudit.names import likeness, matches, plain_name, strangers
from tableaudit.numbers import LONGEST, clean, is_blank, parse_printed
from tableaudit.printed import PublishedError, from_values
from tableaudit.tables_in import read_article
from tableaudit.understand import understand

INF = math.inf


@pytest.mark.parametrize(
    ("text", "statistic", "value", "decimals", "low", "high"),
    [
        ("- 0.12", "", -0.12, 2, -0.125, -0.115),
        ("+0.12", "", 0.12, 2, 0.115, 0.125),
        ("0·73", "", 0.73, 2, 0.725, 0.735),
        ("·73", "", 0.73, 2, 0.725, 0.735),
        ("0.73ᵃ", "", 0.73, 2, 0.725, 0.735),
        ("0.73 b", "", 0.73, 2, 0.725, 0.735),
        ("0.73i", "", None, 0, 0, 0),
        ("(2.31)", "", 2.31, 2, 2.305, 2.315),
        ("0.10 n.s.", "", 0.10, 2, 0.095, 0.105),
        ("0.10 (ns)", "", 0.10, 2, 0.095, 0.105),
        ("5.61E-06", "", 5.61e-06, 8, 5.605e-06, 5.615e-06),
        ("5.6 x 10^-2", "", 0.056, 3, 0.0555, 0.0565),
        ("45 %", "", 0.45, 2, 0.445, 0.455),
        ("45.5%", "", 0.455, 3, 0.4545, 0.4555),
        ("1e2", "", 100.0, 0, 50.0, 150.0),
        ("0.70–0.80", "", 0.75, 2, 0.695, 0.805),
        ("[0.7; 0.80]", "", 0.7275, 2, 0.65, 0.805),
        ("0.7 to 0.8", "", 0.75, 1, 0.65, 0.85),
        ("> 0.7", "", 0.7, 1, 0.7, INF),
        ("≥.70", "", 0.70, 2, 0.70, INF),
        ("≤.70", "", 0.70, 2, -INF, 0.70),
        ("= 0.70", "", 0.70, 2, 0.695, 0.705),
        ("t = 2.31", "", 2.31, 2, 2.305, 2.315),
        ("R2=0.25", "", 0.25, 2, 0.245, 0.255),
        ("p<0.001", "p_value", 0.001, 3, 0.0, 0.001),
        ("> 0.05", "p_value", 0.05, 2, 0.05, 1.0),
        ("1.000", "p_value", 1.0, 3, 0.9995, 1.0),
        ("0.00", "p_value", 0.0, 2, 0.0, 0.005),
        ("1.2", "p_value", 1.2, 1, 1.15, 1.25),
        ("***", "p_value", 0.001, 3, 0.0, 0.001),
        ("0***", "indirect_effect.p_value", 0.001, 3, 0.0, 0.001),
        ("****", "p_value", 0.001, 3, 0.0, 0.001),
        ("**", "p_value", 0.01, 3, 0.0, 0.01),
        ("*", "p_value", 0.05, 3, 0.0, 0.05),
        ("***", "t_statistic", None, 0, 0, 0),
        ("n.s.", "t_statistic", None, 0, 0, 0),
        ("n = 45", "sample_size", 45, 0, 45, 45),
        ("1e101", "", None, 0, 0, 0),
        ("0." + "1" * (LONGEST - 1), "", None, 0, 0, 0),
    ],
)  # fmt: skip
def test_a_printed_number_stands_for_an_interval(text, statistic, value, decimals, low, high):
    if value is None:
        with pytest.raises(ValueError, match=r"expected a number such as 0\.738"):
            parse_printed(text, statistic)
        return
    found, places, box = parse_printed(text, statistic)
    assert found == pytest.approx(value, rel=1e-12) and places == decimals
    assert (box.lower, box.upper) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


def test_a_p_that_is_not_significant_has_no_value():
    value, decimals, box = parse_printed("n.s.", "p_value")
    assert math.isnan(value) and decimals == 0 and (box.lower, box.upper) == (0.05, 1.0)


def test_the_longest_text_that_is_read():
    longest = "0." + "1" * (LONGEST - 2)
    assert parse_printed(longest)[1] == LONGEST - 2
    assert parse_printed("1e-100")[0] == 1e-100


@pytest.mark.parametrize("text", ["", "-", "–", "—", "/", "...", "n/a", "N.A.", "nd", "None", "(–)", " "])
def test_what_says_that_nothing_is_printed(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["*", "–*", "0", "ns", "a"])
def test_what_is_no_blank(text):
    assert not is_blank(text)


def test_marks_and_stars_are_taken_off():
    assert clean("0.25**†") == ("0.25", 2)
    assert clean("−0,25 ∗") == ("-0,25", 1)
    assert clean("0.25<sup>a</sup>") == ("0.25", 0)
    assert clean("***") == ("", 3)


@pytest.mark.parametrize(
    ("heading", "statistic"),
    [
        ("Outer loadings", "outer_loading"), ("Carga factorial", "outer_loading"), ("λ", "outer_loading"),
        ("Outer weights", "outer_weight"), ("Pesos", "outer_weight"), ("VIF", "vif"), ("Outer VIF", "outer_vif"),
        ("Cronbach's alpha", "cronbach_alpha"), ("α", "cronbach_alpha"), ("Alfa", "cronbach_alpha"),
        ("rho_A", "rho_a"), ("ρA", "rho_a"), ("Dijkstra–Henseler's ρ", "rho_a"), ("rho_c", "rho_c"),
        ("CR", "composite_reliability"), ("C.R.", "composite_reliability"), ("IFC", "composite_reliability"),
        ("Fiabilidad compuesta", "composite_reliability"), ("AVE", "ave"), ("VME", "ave"), ("√AVE", "sqrt_ave"),
        ("Average variance extracted (AVE)", "ave"), ("Square root of AVE", "sqrt_ave"),
        ("Raíz cuadrada de la AVE", "sqrt_ave"), ("R²", "r_squared"), ("R Square", "r_squared"),
        ("R² adj.", "adjusted_r_squared"), ("Adjusted R-squared", "adjusted_r_squared"),
        ("R² ajustado", "adjusted_r_squared"), ("Q²", "q_squared"), ("Q²predict", "q_squared_predict"),
        ("f²", "f_squared"), ("Effect size", "f_squared"), ("Tamaño del efecto", "f_squared"),
        ("β", "path_coefficient"), ("Std. Beta", "path_coefficient"), ("Path coefficient", "path_coefficient"),
        ("Original sample (O)", "path_coefficient"), ("Coeficientes de trayectoria", "path_coefficient"),
        ("Direct effect", "path_coefficient"), ("Indirect effect", "indirect_effect"),
        ("Specific indirect effects", "specific_indirect_effect"), ("Efecto indirecto", "indirect_effect"),
        ("Total effect", "total_effect"), ("Sample mean (M)", "mean_of_resamples"),
        ("Standard deviation (STDEV)", "standard_error"), ("SE", "standard_error"),
        ("Error estándar", "standard_error"),
        ("T statistics (|O/STDEV|)", "t_statistic"), ("t-value", "t_statistic"), ("Valor t", "t_statistic"),
        ("P values", "p_value"), ("p", "p_value"), ("Sig.", "p_value"), ("Valor p", "p_value"),
        ("95% CI", "ci"), ("Intervalo de confianza", "ci"), ("2.5%", "ci_lower"), ("97,5 %", "ci_upper"),
        ("LLCI", "ci_lower"), ("ULCI", "ci_upper"), ("5.0%", "ci_lower"), ("95.0%", "ci_upper"),
        ("Decision", "decision"), ("Supported?", "decision"), ("Resultado", "decision"), ("n", "sample_size"),
        ("HTMT", "htmt"), ("SRMR", "srmr"), ("NFI", "nfi"), ("d_ULS", "d_uls"), ("d_G", "d_g"), ("Mean", "item_mean"),
        ("Number of items", "n_items_retained"), ("", None), ("Question", None),
        ("beta " + "x" * 55, "path_coefficient"),
        ("beta " + "x" * 56, None),
    ],
)  # fmt: skip
def test_a_heading_names_a_statistic(heading, statistic):
    assert statistic_of(heading) == statistic


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Item", "item"), ("Reactivos", "item"), ("Código", "item"), ("Latent variable", "construct"),
        ("Constructo", "construct"), ("Endogenous construct", "construct"), ("Path", "path"), ("Relación", "path"),
        ("Hypothesis", "hypothesis"), ("H", "hypothesis"), ("From", "source"), ("Independent variable", "source"),
        ("To", "target"), ("Hacia", "target"), ("Item wording", None), ("Loading", None),
    ],
)  # fmt: skip
def test_a_heading_names_what_stands_below(heading, role):
    assert role_of(heading) == role


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Trust", "TRUST", 1.0),
        ("Confianza", "confiánza", 1.0),
        ("", "Trust", 0.0),
        ("RC", "Customer relationship (RC)", 0.98),
        ("PU", "Perceived usefulness", 0.95),
        ("IU", "Intention of use and so on", 0.6),
        ("TQ", "Technical to quality", 0.95),
        ("Tr", "Trust", 0.85),
        ("Trus", "Trust", 0.85),
        ("TST", "Trust", 0.6),
        ("TQX", "Trust", 0.5),
        ("T", "Trust", 0.6),
        ("Quality", "Qualify", 0.8 * 12 / 14),
        ("Loyal", "Other", 0.8 * 2 / 10),
    ],
)
def test_how_like_two_names_are(one, other, expected):
    assert likeness(one, other) == pytest.approx(expected)
    assert likeness(other, one) == pytest.approx(expected)


def test_names_are_matched_once_each_the_likeliest_first():
    assert plain_name("H1: Confianza (á)") == "h1confianzaa"
    assert matches(["Tr", "Trust"], ["Trust", "Truth"]) == {"Trust": "Trust", "Tr": "Truth"}
    assert matches(["TQX"], ["Trust"]) == {"TQX": "Trust"}
    assert matches(["TQX"], ["Trust"], least=0.51) == {}


ARTICLE = """Table 1
| Construct | Item | Loading | AVE |
|---|---|---|---|
| Perceived usefulness | U1 | 0.81 | 0.67 |
| Perceived usefulness | U2 | 0.84 | 0.67 |
| Trust in firms | T1 | 0.79 | 0.66 |
| Trust in firms | T2 | 0.79 | 0.66 |
| Loyalty | L1 | 0.79 | 0.66 |
| Loyalty | L2 | 0.79 | 0.66 |

Table 2
| Path | β | t |
|---|---|---|
| PU -> Loyalty | 0.45 | 4.5 |
| Loyality -> PU | 0.12 | 1.5 |
| TSF -> Loyalty | 0.31 | 3.1 |
| PU -> TSF -> Loyalty | 0.10 | 2.0 |

Table 3
| Path | β |
|---|---|
| PU -> Loyalty | 0.45 |
| Trust (firms) | – |
"""


def test_one_construct_has_one_name_and_each_cell_its_own(tmp_path):
    path = tmp_path / "article.md"
    path.write_text(ARTICLE, encoding="utf-8")
    read = read_article(path)
    cells = [[c.id, c.row, c.column, c.printed] for c in read.published()]
    assert cells[:2] == [
        ["T1.U1.Perceived_usefulness.outer_loading", "U1", "Perceived usefulness", "0.81"],
        ["T1.Perceived_usefulness.ave", "Perceived usefulness", "", "0.67"],
    ]
    route = "Perceived_usefulness_TSF_Loyalty"
    assert cells[9:] == [
        ["T2.Perceived_usefulness.Loyalty.path_coefficient", "Perceived usefulness", "Loyalty", "0.45"],
        ["T2.Perceived_usefulness.Loyalty.t_statistic", "Perceived usefulness", "Loyalty", "4.5"],
        ["T2.Loyality.Perceived_usefulness.path_coefficient", "Loyality", "Perceived usefulness", "0.12"],
        ["T2.Loyality.Perceived_usefulness.t_statistic", "Loyality", "Perceived usefulness", "1.5"],
        ["T2.TSF.Loyalty.path_coefficient", "TSF", "Loyalty", "0.31"],
        ["T2.TSF.Loyalty.t_statistic", "TSF", "Loyalty", "3.1"],
        [f"T2.{route}.specific_indirect_effect", "Perceived usefulness -> TSF -> Loyalty", "", "0.10"],
        [f"T2.{route}.specific_indirect_effect.t_statistic", "Perceived usefulness -> TSF -> Loyalty", "", "2.0"],
        ["T3.Perceived_usefulness.Loyalty.path_coefficient", "Perceived usefulness", "Loyalty", "0.45"],
    ]  # fmt: skip
    assert [n.en for n in read.notes] == [
        "'PU' is read as 'Perceived usefulness'",
        "is 'TSF' the same construct as 'Trust in firms'? They are kept apart",
    ]
    assert strangers(read.published()) == [("Trust in firms", "TSF")]
    assert not read.is_long and read.source == "article.md"
    english = "What was understood (correct it in this form and audit it again):"
    assert read.shown().splitlines()[0] == english and read.shown().splitlines()[-1].startswith("! is 'TSF'")
    assert read.section().heading == english[:-1] and read.section().lines == read.csv().rstrip()
    assert read.section("es").paragraphs == (
        "'PU' se lee como 'Perceived usefulness'",
        "¿es 'TSF' el mismo constructo que 'Trust in firms'? Se mantienen separados",
    )


def test_no_table_is_nothing_understood():
    assert understand([]).rows == []


@pytest.mark.parametrize(
    ("key", "printed", "said"),
    [
        ("interval_level", "90", "interval_level is a number between 0 and 1, found '90'"),
        ("interval_level", "1", "interval_level is a number between 0 and 1, found '1'"),
        ("significance", "0", "significance is a number between 0 and 1, found '0'"),
        ("n", "0", "n is a number above 0, found '0'"),
        ("n", "many", "n is a number above 0, found 'many'"),
        ("tails", "3", "tails is one of 1, 2, found '3'"),
        ("tail", "1", "unknown meta key 'tail'; did you mean 'tails'?"),
    ],
)
def test_what_a_file_says_of_its_conventions_is_checked(key, printed, said):
    rows = [("1", "m", "meta", key, "", printed)]
    columns = ["table", "cell", "statistic", "row", "column", "printed"]
    with pytest.raises(PublishedError) as error:
        from_values(pd.DataFrame(rows, columns=columns), "x")
    assert said in str(error.value)
    good = {"interval_level": "0.90", "significance": "0.10", "n": "1", "tails": "2", "tail": "1"}[key]
    rows = [("1", "m", "meta", key.replace("tail", "tails").replace("ss", "s"), "", good)]
    rows.append(("1", "b", "path_coefficient", "A", "B", "0.5"))
    assert from_values(pd.DataFrame(rows, columns=columns), "x").meta == {rows[0][3]: good}
