import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.histogram import histogram
from dashboard.domain.indicators import BY_KEY, INDICATORS, PRESENCE, Figures, evaluate, figures
from dashboard.domain.stocks import STOCKS, Stock
from dashboard.domain.tallies import COLUMN, COUNTERS, WIDTH

CONTRACT_KEYS = {
    "accepted", "filed", "closed", "due_to_close", "no_deadline", "closure_rate", "closed_share", "on_time_rate",
    "closed_late", "overdue_open", "due_soon", "rework_rate", "reopen_rate", "satisfaction", "handling_hours", "open",
    "suspended", "supervised", "workers_online", "moving", "still", "silent", "workers_here",
}  # fmt: skip


def tally(**counts: int) -> list[int]:
    row = [0] * WIDTH
    for name, n in counts.items():
        row[COLUMN[name]] = n
    return row


def value(key: str, known: Figures) -> tuple[float | None, int | None, int | None]:
    figure = evaluate(BY_KEY[key], known)
    assert (figure.key, figure.basis, figure.version) == (key, BY_KEY[key].basis, BY_KEY[key].version)
    return figure.value, figure.n, figure.d


def test_every_indicator_of_the_contract_is_defined_once() -> None:
    keys = [indicator.key for indicator in INDICATORS]
    assert set(keys) >= CONTRACT_KEYS
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.key)
def test_a_definition_is_complete(indicator) -> None:  # type: ignore[no-untyped-def]
    assert indicator.zh and indicator.en and indicator.definition_zh and indicator.definition_en and indicator.source
    names = {*COUNTERS, *STOCKS, *PRESENCE, "satisfied", "overdue_cohort"}
    assert {*indicator.numerator, *indicator.denominator} <= names
    assert (indicator.share is None) == bool(indicator.numerator)


def test_names_of_counts_are_unambiguous() -> None:
    assert len({*COUNTERS, *STOCKS, *PRESENCE}) == len(COUNTERS) + len(STOCKS) + len(PRESENCE)


def test_rates_by_hand() -> None:
    known = figures(
        tally(
            accepted=130, handled_due=120, on_time=108, late=12, closed_due=115, closed=118, ever_handled=125,
            reworked=5, ever_closed=120, reopened=3, rated=10, rated_4=4, rated_3=3, rated_2=2, rated_1=1,
        ),
        overdue_cohort=3,
    )  # fmt: skip
    assert value("due_to_close", known) == (123, 123, None)
    assert value("closure_rate", known) == (115 / 123, 115, 123)
    assert value("on_time_rate", known) == (108 / 123, 108, 123)
    assert value("closed_share", known) == (118 / 130, 118, 130)
    assert value("closed_late", known) == (12, 12, None)
    assert value("rework_rate", known) == (5 / 125, 5, 125)
    assert value("reopen_rate", known) == (3 / 120, 3, 120)
    assert value("satisfaction", known) == (0.9, 9, 10)


def test_the_satisfaction_threshold_is_configurable() -> None:
    row = tally(rated=10, rated_4=4, rated_3=3, rated_2=2, rated_1=1)
    assert value("satisfaction", figures(row, satisfied_score=3)) == (0.7, 7, 10)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_on_time_late_and_overdue_make_what_is_due(on_time: int, late: int, overdue: int) -> None:
    known = figures(tally(on_time=on_time, late=late, handled_due=on_time + late), overdue_cohort=overdue)
    due = value("due_to_close", known)[1]
    assert due == on_time + (value("closed_late", known)[1] or 0) + overdue
    assert value("on_time_rate", known)[0] == (on_time / due if due else None)


@pytest.mark.parametrize("indicator", [one for one in INDICATORS if one.denominator], ids=lambda one: one.key)
def test_a_rate_over_nothing_is_null(indicator) -> None:  # type: ignore[no-untyped-def]
    figure = evaluate(indicator, figures(tally(), overdue_cohort=0))
    assert (figure.value, figure.n, figure.d) == (None, 0, 0)


def test_what_is_not_known_is_null_and_not_zero() -> None:
    known = figures(tally(on_time=5, handled_due=5))
    assert value("on_time_rate", known) == (None, 5, None)
    assert value("overdue_open", known) == (None, None, None)
    assert value("workers_online", figures(tally(), presence={"moving": 3})) == (None, None, None)


def test_stocks_and_presence() -> None:
    stock = Stock(open=9, suspended=1, supervised=2, overdue=3, due_soon=4)
    known = figures(tally(), stock=stock, presence={"moving": 5, "still": 6, "silent": 7})
    cases, workers = "open suspended supervised overdue_open due_soon", "workers_online moving still silent"
    assert [value(key, known)[0] for key in cases.split()] == [9, 1, 2, 3, 4]
    assert [value(key, known)[0] for key in workers.split()] == [11, 5, 6, 7]


def test_handling_hours_come_from_bins_with_the_number_of_durations() -> None:
    known = figures(tally(), natural=histogram([60, 120, 6000]), work=histogram([30, 60]))
    hours, n, d = value("handling_hours", known)
    assert hours == pytest.approx(2, rel=0.01)
    assert (n, d) == (None, 3)
    assert value("handling_hours_p90", known)[0] == pytest.approx(100, rel=0.01)
    assert value("work_hours", known)[0] == pytest.approx(0.5, rel=0.01)
    assert value("handling_hours", figures(tally())) == (None, None, 0)
