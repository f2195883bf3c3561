from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.indicators import Figures
from dashboard.domain.ranking import DEFAULT, Below, Model, Term, outcome_model, parts, rank, score


def unit(
    due: int = 100,
    on_time: int = 100,
    closed: int = 100,
    reworked: int = 0,
    reopened: int = 0,
    rated: int = 0,
    satisfied: int = 0,
) -> Figures:
    """A unit whose cases are all handled; what is not on time is late."""
    return Figures(
        {
            "handled_due": due, "overdue_cohort": 0, "on_time": on_time, "closed_due": closed, "ever_handled": due,
            "reworked": reworked, "ever_closed": closed, "reopened": reopened, "rated": rated, "satisfied": satisfied,
        }
    )  # fmt: skip


# Default score: 45 on time + 20 closure + 15 (1 - rework) + 5 (1 - reopening) + 15 satisfaction.


def test_the_default_score_by_hand() -> None:
    known = unit(due=120, on_time=108, closed=115, reworked=6, reopened=3, rated=10, satisfied=9)
    exact = 45 * 108 / 120 + 20 * 115 / 120 + 15 * (1 - 6 / 120) + 5 * (1 - 3 / 115) + 15 * 0.9
    assert score(known) == round(exact * 100)
    assert sum(part.points for part in parts(known)) == pytest.approx(exact)


def test_missing_parts_are_re_weighted() -> None:
    assert score(unit(due=100, on_time=50, closed=100)) == round((22.5 + 20 + 15 + 5) / 85 * 10_000)
    nothing = next(part for part in parts(unit()) if part.key == "satisfaction")
    assert (nothing.n, nothing.d, nothing.points) == (0, 0, 0.0)


def test_no_part_makes_no_score() -> None:
    assert score(unit(due=0, on_time=0, closed=0)) is None


def test_a_count_that_is_not_known_is_an_error_not_a_missing_part() -> None:
    with pytest.raises(ValueError, match="closed_due"):
        score(Figures({"on_time": 1, "handled_due": 1, "overdue_cohort": 0}))


_units = st.builds(
    lambda due, late, left, rework, rated, bad: unit(
        due, max(0, due - late), max(0, due - left), min(rework, due), 0, rated, max(0, rated - bad)
    ),
    st.integers(1, 300),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 40),
    st.integers(0, 5),
)


@given(_units)
def test_two_decimals_rounded_half_up(known: Figures) -> None:
    shares = [(term, *_share(term, known)) for term in DEFAULT.terms]
    total = sum(term.weight for term, _, d in shares if d)
    exact = sum((term.weight * Fraction(n, d) for term, n, d in shares if d), Fraction(0)) * 100 / total
    digits = Decimal(exact.numerator) / Decimal(exact.denominator)
    assert score(known) == int(digits.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


def _share(term: Term, known: Figures) -> tuple[int, int]:
    n, d = known.total(term.numerator), known.total(term.denominator)
    assert n is not None and d is not None
    return (d - n if term.inverted else n), d


def test_a_half_is_rounded_up() -> None:
    model = Model("m", "1", "", "", (Term("only", Fraction(1), ("n",), ("d",)),), due=("d",))
    assert score(Figures({"n": 1, "d": 20_000}), model) == 1
    assert score(Figures({"n": 19_999, "d": 20_000}), model) == 10_000


# Equal scores: on time, then rework, then due_to_close; still equal share the rank.


def test_competition_ranking_with_ties() -> None:
    table = rank([("d", unit(on_time=90)), ("b", unit()), ("c", unit(on_time=95)), ("a", unit(on_time=95))])
    assert [(row.code, row.rank, row.tied) for row in table.rows] == [
        ("b", 1, False), ("a", 2, True), ("c", 2, True), ("d", 4, False),
    ]  # fmt: skip


def test_equal_scores_are_told_apart_by_on_time_then_rework_then_cases_due() -> None:
    closure_only = outcome_model({"closure": 1}, "m", "1", "", "")
    units = [
        ("fewer due", unit(due=100, on_time=90, closed=50)),
        ("more due", unit(due=200, on_time=180, closed=100)),
        ("more rework", unit(due=300, on_time=270, closed=150, reworked=9)),
        ("less on time", unit(due=400, on_time=300, closed=200)),
    ]
    table = rank(reversed(units), closure_only)
    assert [row.code for row in table.rows] == ["more due", "fewer due", "more rework", "less on time"]
    assert [(row.rank, row.tied) for row in table.rows] == [(1, False), (2, False), (3, False), (4, False)]


# Fewer than 30 cases due: listed below the line, unranked; 30-99: small sample.


def test_the_line_and_small_samples() -> None:
    sizes = {"a": 0, "b": 29, "c": 30, "d": 99, "e": 100}
    table = rank((code, unit(due, due, due)) for code, due in sizes.items())
    assert table.below == (Below("a", 0, "none"), Below("b", 29, "few"))
    assert {row.code: row.small for row in table.rows} == {"c": True, "d": True, "e": False}


def test_22_of_22_do_not_beat_4144_of_4226() -> None:
    table = rank([("high-tech", unit(22, 22, 22)), ("big", unit(4226, 4144, 4226))])
    assert [row.code for row in table.rows] == ["big"]


@pytest.mark.parametrize(
    ("on_time", "median"), [([], None), ([100], 100.0), ([100, 50], 86.77), ([100, 100, 50], 100.0)]
)
def test_median_of_the_scores(on_time: list[int], median: float | None) -> None:
    table = rank((str(place), unit(on_time=n)) for place, n in enumerate(on_time))
    assert table.median == median


@given(st.lists(_units, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_units_does_not_matter(units: list[Figures], random: object) -> None:
    named = [(f"u{place:02d}", known) for place, known in enumerate(units)]
    shuffled = list(named)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    table = rank(named)
    assert rank(shuffled) == table
    assert [row.hundredths for row in table.rows] == sorted((row.hundredths for row in table.rows), reverse=True)
    for place, row in enumerate(table.rows, 1):
        assert row.rank <= place
        assert row.tied == (sum(other.rank == row.rank for other in table.rows) > 1)


def test_weights_are_checked() -> None:
    for weights in ({}, {"on_time": 0}, {"on_time": -1, "closure": 2}, {"check_ins": 10}):
        with pytest.raises(ValueError, match="weights of score"):
            outcome_model(weights, "m", "1", "", "")
    assert [term.weight for term in outcome_model({"on_time": 12.5}, "m", "1", "", "").terms] == [Fraction(25, 2)]


# Four formulas found in the wild, over the same month: worked by hand from their published descriptions.

MONTH = Figures(
    {
        "filed": 125, "should_handle": 125, "handled": 120, "on_time": 108, "overdue": 3, "should_close": 123,
        "closed": 115, "reworked": 6, "extended": 5,
    }
)  # fmt: skip


def term(weight: int, numerator: str, denominator: str, inverted: bool = False) -> Term:
    return Term(numerator, Fraction(weight), (numerator,), (denominator,), inverted)


FILED_BANDS = ((50, 100), (100, 90), (200, 75), (500, 60), (1000, 40))
FORMULAS = {
    "eGova": ((
        term(60, "on_time", "should_handle"), term(30, "closed", "should_close"), term(10, "reworked", "handled", True),
    ), 8939),
    "Unicom": ((
        Term("filed", Fraction(10), ("filed",), bands=FILED_BANDS), term(30, "closed", "should_close"),
        term(30, "on_time", "should_handle"), term(30, "reworked", "should_close", True),
    ), 9001),
    "Jinniu": ((
        term(30, "handled", "should_handle"), term(20, "on_time", "should_handle"),
        term(20, "reworked", "should_close", True), term(20, "overdue", "should_handle", True),
        term(10, "extended", "should_handle", True),
    ), 9422),
    "casic": ((
        term(40, "handled", "should_handle"), term(40, "on_time", "handled"),
        term(10, "overdue", "should_handle", True), term(10, "reworked", "handled", True),
    ), 9366),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_found_in_the_wild_are_models_too(name: str) -> None:
    terms, hundredths = FORMULAS[name]
    assert score(MONTH, Model(name, "1", name, name, terms, due=("should_close",))) == hundredths


def test_a_count_above_the_last_band_earns_nothing() -> None:
    model = Model("m", "1", "", "", (Term("filed", Fraction(1), ("filed",), bands=((2, 100), (4, 50))),))
    assert [score(Figures({"filed": n}), model) for n in (0, 2, 3, 5)] == [10_000, 10_000, 5_000, 0]
