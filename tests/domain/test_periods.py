from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.periods import (
    HOUR,
    LocalDays,
    as_date,
    as_day,
    first_day,
    last_day,
    parse_period,
    plus_days,
    plus_months,
)

NAMES = ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
ZONES = st.sampled_from(NAMES)
INSTANTS = st.integers(0, 4_102_444_800_000)
DAYS = st.dates().filter(lambda day: 1971 <= day.year <= 2100).map(as_day)
CLOCKS = {zone: LocalDays(zone) for zone in NAMES}


@given(ZONES, INSTANTS)
def test_days_agree_with_the_time_zone_database(zone: str, at: int) -> None:
    local = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone))
    days = CLOCKS[zone]
    assert days.day(at) == as_day(local.date())
    assert days.month(at) == local.year * 100 + local.month
    assert days.minute_of_day(at) == local.hour * 60 + local.minute


@given(ZONES, DAYS)
def test_a_day_starts_with_its_first_instant(zone: str, day: int) -> None:
    days = CLOCKS[zone]
    assert days.day(days.start(day)) == day
    assert days.day(days.start(day) - 1) == plus_days(day, -1)


def test_a_day_may_have_23_hours() -> None:
    days = CLOCKS["America/New_York"]
    assert days.start(20260309) - days.start(20260308) == 23 * HOUR


@given(DAYS, st.integers(-1000, 1000))
def test_days_and_months_add_and_subtract(day: int, count: int) -> None:
    assert plus_days(plus_days(day, count), -count) == day
    month = day // 100
    assert plus_months(plus_months(month, count % 50), -(count % 50)) == month
    assert first_day(month) <= day <= last_day(month)


@pytest.mark.parametrize(
    ("text", "first", "last", "months"),
    [
        ("2026-10-17", 20261017, 20261017, []),
        ("2026-10", 20261001, 20261031, [202610]),
        ("2026-02", 20260201, 20260228, [202602]),
        ("2026-Q4", 20261001, 20261231, [202610, 202611, 202612]),
        ("2026-q1", 20260101, 20260331, [202601, 202602, 202603]),
        ("2026", 20260101, 20261231, [202600 + month for month in range(1, 13)]),
        ("2026-09-28..2026-10-03", 20260928, 20261003, []),
        ("2026-11..2027-01", 20261101, 20270131, [202611, 202612, 202701]),
        ("2026-10-01..2026-10", 20261001, 20261031, [202610]),
    ],
)
def test_periods_of_the_contract(text: str, first: int, last: int, months: list[int]) -> None:
    period = parse_period(text)
    assert (period.first, period.last, period.text) == (first, last, text)
    assert period.whole_months() == months
    days = list(period.days())
    assert (days[0], days[-1]) == (first, last)
    assert len(days) == (as_date(last) - as_date(first)).days + 1


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-13", "2026-00", "2026-02-30", "2026-Q5", "2026-Q", "26", "2026-1-1-1", "2026-10..",
        "2026-11..2026-10", "99999-01", "-1-01", "2026-Q4-1",
    ],
)
def test_what_is_no_period_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        parse_period(text)
