"""Models in stages (second-order constructs, products): how they were estimated, and what they do not give."""

from __future__ import annotations

from surveypls.sections.section import END, ESTIMATE, Section
from surveypls.study.definition import Study
from surveypls.study.terms import arrows
from tabletext.catalogue import N_
from tabletext.display import Display

#: How second-order constructs are estimated → what was done.
SECOND_ORDER = N_(
    {
        "two_stage": "Of {names}: in a first stage the components stand in the place of the second-order construct, on "
        "all its paths; in the second their scores are its indicators, and every other construct keeps its items "
        "(disjoint two-stage approach).",
        "embedded": "Of {names}: in a first stage all items of the components measure the second-order construct once "
        "more; in the second the components' scores are its indicators, and every other construct is one score "
        "(embedded two-stage approach).",
        "repeated": "Of {names}: in one stage, all items of the components measure the second-order construct once "
        "more (repeated indicators).",
    }
)
#: How products are estimated → what was done.
PRODUCTS = N_(
    {
        "two_stage": "Of {names}: the scores of the model without products are multiplied, respondent by respondent, "
        "and the product of the two, standardised, is a single item of the next stage (two-stage approach).",
        "product_indicator": "Of {names}: all products of the standardised items of the two constructs are the items "
        "of the product (product indicators).",
        "orthogonal": "Of {names}: the products of the standardised items of the two constructs, after regression on "
        "all these items, are the items of the product (orthogonalising approach).",
    }
)


def _estimated(study: Study, *, display: Display) -> str:
    """Say how the second-order constructs and the products were estimated, and how scores enter."""
    said = []
    if study.higher_order:
        said.append(display(SECOND_ORDER[study.pls.higher_order], names=display.listed(study.higher_order)))
    if study.products:
        said.append(
            display(
                PRODUCTS[study.pls.products], names=display.listed(arrows(name) for name in study.products)
            )
        )
    said.append(
        display(
            "Resamples and folds estimate every stage anew, so that intervals and predictions hold the uncertainty of "
            "the scores as well."
        )
    )
    return " ".join(said)


def _without(study: Study, *, display: Display) -> str:
    """Say what a model in stages does not give, and the way round."""
    round_it = display(
        "For both, run a study without {names}: a copy of the study file in which they are left out.",
        names=display.listed([*study.higher_order, *(arrows(name) for name in study.products)]),
    )
    benchmark = display("The linear benchmark of the prediction regresses on items alone, without products.")
    return f"{round_it} {benchmark}" if study.products else round_it


ESTIMATED = Section(
    key="stages",
    applies=lambda study: study.in_stages,
    prose=N_(
        "## Estimated in stages\n\nThe model holds constructs that no item measures by itself. In the path diagram "
        "thin arrows join a second-order construct to its components, as they join a construct to its items; an arrow "
        "that ends on another arrow is a moderator's."
    ),
    tables={},
    sentence=_estimated,
    after=ESTIMATE,
)
LEFT_OUT = Section(
    key="not_in_stages",
    applies=lambda study: study.in_stages,
    prose=N_(
        "## What this model does not give\n\nAn importance–performance map rescales construct scores to their items' "
        "scale, and a test of exact fit needs the items' correlations that the model implies. Scores of components and "
        "products have no scale of answers, and a model in stages implies no correlations of items: neither is given."
    ),
    tables={},
    sentence=_without,
    after=END,
    replaces=END,
)
