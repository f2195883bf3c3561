from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.periods import MINUTE, LocalDays
from dashboard.domain.work_time import WorkClock

SHANGHAI = LocalDays()
DUTY = ((510, 720), (840, 1050))
# The 2026 National Day holiday (1-7 October) with its make-up days 20 September and 10 October.
DECREED = {20260920: True, 20261010: True} | dict.fromkeys(range(20261001, 20261008), False)
CLOCK = WorkClock(SHANGHAI, DUTY, DECREED)
SUMMER_TIME = WorkClock(LocalDays("America/New_York"), ((0, 240), (540, 1020)))
CLOCKS = {
    "office": CLOCK,
    "summer time": SUMMER_TIME,
    "whole day": WorkClock(SHANGHAI, ((0, 1440),)),
    "one minute": WorkClock(SHANGHAI, ((600, 601),)),
}
NAMES = st.sampled_from(list(CLOCKS))
INSTANTS = st.integers(1_577_836_800_000, 1_861_920_000_000)  # 2020 to 2028
SPANS = st.integers(0, 60 * 24 * 60 * MINUTE)


def instant(text: str, zone: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-10-12 08:30", 60, "2026-10-12 09:30"),
        ("2026-10-12 07:00", 60, "2026-10-12 09:30"),  # before duty
        ("2026-10-12 11:30", 60, "2026-10-12 14:30"),  # over the noon break
        ("2026-10-12 12:30", 30, "2026-10-12 14:30"),  # from inside it
        ("2026-10-12 16:30", 60, "2026-10-12 17:30"),  # ends with the day, not at the next morning
        ("2026-10-16 17:00", 60, "2026-10-17 09:00"),  # a Friday evening; 17 October is a Saturday, see below
        ("2026-09-30 17:00", 60, "2026-10-08 09:00"),  # over the National Day holiday
        ("2026-10-09 17:00", 60, "2026-10-10 09:00"),  # the Saturday worked in exchange
        ("2026-12-31 17:00", 60, "2027-01-01 09:00"),  # over the year's end
    ],
)
def test_work_minutes_by_hand(start: str, minutes: int, end: str) -> None:
    clock = WorkClock(SHANGHAI, DUTY, {**DECREED, 20261017: True})
    assert clock.add(instant(start), minutes) == instant(end)
    assert clock.between(instant(start), instant(end)) == minutes


def test_weekends_do_not_count_unless_decreed() -> None:
    assert CLOCK.add(instant("2026-10-16 17:00"), 60) == instant("2026-10-19 09:00")
    assert CLOCK.works(20261010) and not CLOCK.works(20261017) and not CLOCK.works(20261001)


def test_duty_hours_are_wall_clock_hours_on_the_day_of_the_time_change() -> None:
    # New York, Monday after 8 March 2026; the Sunday of the change itself does not work.
    clock = WorkClock(LocalDays("America/New_York"), ((60, 240),), {20260308: True})
    # 01:00 to 04:00 by the wall is two hours, for the clocks jump from 02:00 to 03:00.
    zone = "America/New_York"
    assert clock.between(instant("2026-03-08 00:00", zone), instant("2026-03-08 12:00", zone)) == 120


@pytest.mark.parametrize("hours", [(), ((700, 600),), ((0, 100), (50, 200)), ((-5, 10),), ((0, 1441),)])
def test_duty_hours_that_make_no_clock_are_refused(hours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="duty hours"):
        WorkClock(SHANGHAI, hours)


@given(NAMES, INSTANTS, SPANS)
def test_span_is_the_inverse_of_after(name: str, start: int, span: int) -> None:
    clock = CLOCKS[name]
    end = clock.after(start, span)
    assert end >= start
    assert clock.span(start, end) == span
    assert span == 0 or clock.span(start, end - 1) == span - 1  # the first such instant


@given(NAMES, INSTANTS, INSTANTS, SPANS)
def test_a_later_start_never_ends_earlier(name: str, one: int, other: int, span: int) -> None:
    clock = CLOCKS[name]
    assert clock.after(min(one, other), span) <= clock.after(max(one, other), span)


@given(NAMES, INSTANTS, SPANS, SPANS)
def test_spans_add(name: str, start: int, one: int, other: int) -> None:
    clock = CLOCKS[name]
    assert clock.after(clock.after(start, one), other) == clock.after(start, one + other)


@given(NAMES, INSTANTS, INSTANTS, INSTANTS)
def test_work_time_adds_over_instants(name: str, a: int, b: int, c: int) -> None:
    clock = CLOCKS[name]
    assert clock.span(a, b) + clock.span(b, c) == clock.span(a, c)
    assert clock.span(a, b) == -clock.span(b, a)
    assert abs(clock.span(a, b)) <= abs(b - a)
