from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.explain import changed, closing, difference, earned, gone_well, term_rank, without
from dashboard.domain.indicators import Figures
from dashboard.domain.ranking import DEFAULT, Model, Term, score
from dashboard.domain.tallies import COUNTERS


def known(**counts: int) -> Figures:
    return Figures(dict.fromkeys((*COUNTERS, "overdue_cohort", "satisfied", "extended"), 0) | counts)


UNIT = known(
    handled_due=97, overdue_cohort=3, on_time=90, late=7, closed_due=95, ever_handled=97, reworked=4, ever_closed=95,
    reopened=2, rated=40, satisfied=38, rated_1=2, rated_3=38,
)  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> Model:
    def term(place: int) -> Term:
        weight = Fraction(draw(st.integers(1, 400)), draw(st.sampled_from([1, 3, 7, 10])))
        floor = Fraction(draw(st.integers(0, 9)), 10)
        full = draw(st.sampled_from([Fraction(1), (floor + 1) / 2])) if floor else Fraction(1)
        return Term(f"t{place}", weight, (f"n{place}",), (f"d{place}",), draw(st.booleans()), (), floor, full)

    return Model("m", "1", "", "", tuple(term(place) for place in range(draw(st.integers(1, 8)))), ("d0",))


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    counts: dict[str, int] = {}
    for place in range(8):
        d = draw(st.one_of(st.just(0), st.integers(1, 5_000)))
        counts |= {f"d{place}": d, f"n{place}": draw(st.one_of(st.just(0), st.just(d), st.integers(0, d)))}
    return Figures(counts)


@given(models(), figures())
def test_parts_sum_to_the_score_as_it_is_printed(model: Model, unit: Figures) -> None:
    parts, total = earned(unit, model), score(unit, model)
    assert sum(part.points for part in parts) == (total or 0)
    assert sum(part.weight for part in parts) == (0 if total is None else 10_000)
    assert all(0 <= part.points <= part.weight for part in parts)


@given(models(), figures())
def test_each_part_is_what_it_earned_to_a_few_hundredths(model: Model, unit: Figures) -> None:
    from dashboard.domain.ranking import parts as exact

    for part, meant in zip(earned(unit, model), exact(unit, model), strict=True):
        assert part.points == pytest.approx(meant.points * 100, abs=len(model.terms) + 1)


def test_a_part_without_a_denominator_weighs_nothing_and_the_others_more() -> None:
    parts = {part.term.key: part for part in earned(changed(UNIT, {"rated": -40, "satisfied": -38}), DEFAULT)}
    assert parts["satisfaction"].missing and parts["satisfaction"].weight == 0
    assert parts["on_time"].weight == round(45 / 85 * 10_000)


def test_what_earns_all_or_nothing_is_printed_so() -> None:
    parts = {part.term.key: part for part in earned(changed(UNIT, {"reopened": -2, "satisfied": -38}), DEFAULT)}
    assert parts["reopen"].points == parts["reopen"].weight == 500
    assert parts["satisfaction"].points == 0


# A case as if it had gone well; weights 45 on time, 20 closure, 15 rework, 5 reopening, 15 satisfaction.


def cost(ways: list[str], **more: object) -> float | None:
    return difference(UNIT, changed(UNIT, gone_well(ways, **more)), DEFAULT)  # type: ignore[arg-type]


def test_a_late_case_costs_its_share_of_on_time() -> None:
    assert cost(["late"]) == pytest.approx(-45 / 100)


def test_an_overdue_case_costs_on_time_and_closure_and_leaves_more_good_cases_out() -> None:
    before = 15 * (1 - 4 / 97) + 5 * (1 - 2 / 95)
    after = 15 * (1 - 4 / 98) + 5 * (1 - 2 / 96)
    assert cost(["overdue"], ever_handled=False, ever_closed=False) == pytest.approx(-0.65 + before - after)


def test_rework_reopening_and_ratings_cost_their_shares() -> None:
    assert cost(["rework"]) == pytest.approx(-15 / 97)
    assert cost(["reopened"]) == pytest.approx(-5 / 95)
    assert cost(["unsatisfied"], ratings={1: 2}) == pytest.approx(-15 * 2 / 40)


def test_a_case_with_two_troubles_costs_both() -> None:
    assert cost(["late", "rework"]) == pytest.approx(-0.45 - 15 / 97)


def test_one_more_handled_late_is_closure_alone() -> None:
    after = changed(UNIT, closing(True, True, on_time=False, overdue=True))
    assert difference(after, UNIT, DEFAULT) == pytest.approx(20 / 100)


def test_without_a_part_its_cases_are_gone() -> None:
    part = known(handled_due=10, on_time=5, late=5, closed_due=10, ever_handled=10, ever_closed=10)
    rest = without(UNIT, part)
    assert (rest.counts["handled_due"], rest.counts["on_time"], rest.counts["rated"]) == (87, 85, 40)


def test_the_place_in_one_term_alone() -> None:
    term = DEFAULT.terms[0]
    peers = [changed(UNIT, {"on_time": step}) for step in (0, 5, 5, -5)] + [known()]
    assert term_rank(term, UNIT, peers) == 3
    assert term_rank(term, known(), peers) is None
