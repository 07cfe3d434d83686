"""The audit's sentences in Spanish: none is left in English, and both languages give the same numbers."""

import math
import re

from audit_cases import MADE_UP, MAKER, ROOT, changed

from plsem.thresholds import THRESHOLDS
from surveypls.tables import audit_table
from tableaudit.audit import audit, audit_file
from tableaudit.boxes import Interval
from tableaudit.details import show
from tabletext.display import Display


def variants(tmp_path):
    """Articles that between them bring every check and every kind of detail."""
    yield audit_file(ROOT / "data" / "published")
    yield audit_file(MADE_UP / "planted_values.csv")
    no_size = {"1.model.sample_size"}
    no_p = {f"5.{a}.{b}.p_value" for a, b in MAKER.PATHS}
    for changes, drop in (
        ({"6.TRUST.PERF.f_squared": "0.160", "1.SKILL.n_items": "2", "6.LEAD.TRUST.inner_vif": "0.900"}, ()),
        ({"2.LEAD3.LEAD.outer_loading": "0.471", "3.SKILL.TRUST": "-0.870"}, no_size),
        ({"6.TRUST.adjusted_r_squared": "0.999", "5.LEAD.TRUST.ci_lower": "0.633"}, no_size),
        ({"5.LEAD.TRUST.ci_lower": "0.430", "3.SKILL.TRUST": "1.000"}, no_p),
        (
            {
                "5.LEAD.TRUST.path_coefficient": "0.500",
                "3.TRUST.LEAD": "0.600",
                "6.TRUST.r_squared": "0.010",
                "2.LEAD.ave": "-0.5",
            },
            (),
        ),
        ({"5.LEAD.TRUST.p_value": "0.004", "5.LEAD.TRUST.t_statistic": "2.900"}, ()),
        ({"6.LEAD.TRUST.f_squared": "0.02"}, ()),
    ):
        yield audit(changed(tmp_path, changes, drop=drop), scan=False)


def words_of(text):
    plain = re.sub(r"\S*\w\.\w\S*|\S*_\S*", " ", text)
    # signs in calculations are the same in both languages
    return {w.lower() for w in re.findall(r"[^\W\d_]+", plain) if not re.search(r"[²⁴α-ωΑ-Ω]", w)}


def numbers_of(text):
    text = re.sub(r"(?<=\d)[,\N{NARROW NO-BREAK SPACE}](?=\d{3})", "", text)
    return sorted(re.findall(r"\d+(?:\.\d+)?|∞", re.sub(r"\S*[A-Za-z]\w*\.\w\S*", " ", text)))


def test_every_detail_is_in_both_languages_with_the_same_numbers(tmp_path):
    named = set().union(*(words_of(t.source) for t in THRESHOLDS.values())) - {"and", "sizes"}
    symbols = {
        "p",
        "t",
        "n",
        "r",
        "r²",
        "f²",
        "β",
        "ave",
        "√ave",
        "bca",
        "htmt",
        "pls",
        "vif",
        "α",
        "λ",
        "ρa",
        "ρc",
    }
    made_up = {name.lower() for name in MAKER.BLOCKS} | {"fi", "infratics", "rc"}
    shared = (
        named
        | symbols
        | made_up
        | {"student", "normal", "error", "no", "diagonal", "tatham", "total", "a", "proxy"}
    )
    seen = set()
    for report in variants(tmp_path):
        for c in report.checks:
            english, spanish = words_of(c.detail.en), words_of(c.detail.es)
            assert english & spanish <= shared, c.detail.es
            assert numbers_of(c.detail.en) == numbers_of(c.detail.es), c.detail.es
            seen.add(re.sub(r"[\d.,\[\]∞ -]+", " ", c.detail.en))
        for kinds in (None, ("identity",)):
            shown = [
                audit_table(report.table(), display=Display(language), kinds=kinds).frame
                for language in ("en", "es")
            ]
            assert list(shown[0].columns) == list(shown[1].columns)
            for _, row in shown[1].iterrows():
                assert not words_of(row["check"]) & {
                    "the",
                    "from",
                    "of",
                    "is",
                    "are",
                    "in",
                    "not",
                    "with",
                    "by",
                }
                assert not words_of(str(row["printed"])) & {"loadings", "correlations", "pairs", "of", "and"}
                assert not re.search(r"(?<![\w.])\d+\.\d+(?![\w.])", row["detail"]), row["detail"]
    for start in (
        "with their rounding the other figures do not bound it",
        "sample sizes",
        "no sample size from",
    ):
        assert any(text.startswith(start) for text in seen), start
    assert len(seen) > 20


def test_an_interval_is_written_with_four_decimals_and_a_semicolon_in_spanish():
    shown = show(Interval(-0.12344, math.inf))
    assert (shown.text("en"), shown.text("es")) == ("[-0.1234, ∞]", "[-0.1234; ∞]")
    assert (show(Interval(0, 1), 0).text("en"), show(Interval(0, 1), 0).text("es")) == ("[0, 1]", "[0; 1]")
