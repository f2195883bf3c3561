"""Scores and ranks of the recount are those of the ranking, ties and missing parts included."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.indicators import Figures
from dashboard.domain.ranking import DEFAULT, Model, rank, score
from dashboard.queries.score_models import SHIPPED, load_models
from dashboard.reports.facts_leagues import terms_of
from dashboard.reports.recount_scores import rank_order, rates, score_of

MODELS = (DEFAULT, *load_models(SHIPPED).values())
NAMES = (
    "accepted", "handled_due", "overdue_cohort", "on_time", "late", "closed_due", "closed", "handled", "ever_handled",
    "reworked", "ever_closed", "reopened", "satisfied", "rated", "rated_1", "rated_2", "rated_3", "rated_4", "extended",
    "no_deadline", "escalated", "closed_first", "voided", "accepted_flow", "filed_flow", "closed_flow",
    "reopened_flow", "voided_flow", "handled_flow", "failed_check_flow", "returned_flow",
)  # fmt: skip
_counts = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
@given(units=st.lists(_counts, min_size=1, max_size=7))
def test_scores_and_ranks_are_those_of_the_ranking(model: Model, units: list[Mapping[str, int]]) -> None:
    known = {f"u{n}": counts for n, counts in enumerate(units)}
    terms, figures = terms_of(model), {code: Figures(counts) for code, counts in known.items()}
    scores = {code: score_of(terms, counts) for code, counts in known.items()}
    assert scores == {code: score(found, model) for code, found in figures.items()}
    told = {row.code: (row.rank, row.tied, row.score) for row in rank(figures.items(), model, 2).rows}
    kept = {code: found for code, found in scores.items() if found is not None}
    assert rank_order(kept, known, 2, model.due) == told


def test_rates_of_one_street_by_hand() -> None:
    counts = dict.fromkeys(NAMES, 0) | {"handled_due": 120, "overdue_cohort": 3, "on_time": 108, "closed_due": 115,
                                        "ever_handled": 120, "reworked": 6}  # fmt: skip
    found = rates(counts)
    assert (found["on_time_rate"], found["closure_rate"]) == ((108, 123), (115, 123))
    assert (found["rework_rate"], found["satisfaction"]) == ((6, 120), (0, 0))
