"""Which earlier span a period is compared with, and up to which instant both are counted. Pure.

A period that is over is set beside the one before (环比) and the one a year before (同比), both as they stand now. A
running one is counted to the end of yesterday and the earlier one to the end of the same day of it, so that both
cohorts have had equally long; a shorter month ends at its last day. Today is counted to now, the earlier day to the
same time of day. On the first day of a longer period there is nothing to compare yet.
"""

from dataclasses import dataclass
from typing import Literal

from dashboard.domain.periods import DAY, LocalDays, Period, first_day, last_day, plus_days, plus_months

Kind = Literal["before", "year"]


@dataclass(frozen=True)
class Span:
    """Local days ``first`` .. ``last``; ``until`` is the instant that counts them (exclusive), None: as they stand now.

    ``whole`` says that the span ends with a day, so that counters of days are those at the instant.
    """

    first: int
    last: int
    until: int | None = None
    whole: bool = True

    @property
    def text(self) -> str:
        """As a period of an address."""
        if self.first % 100 == 1 and self.last == last_day(self.first // 100):
            return _text(self.first)[:-3]
        return _text(self.first) if self.first == self.last else f"{_text(self.first)}..{_text(self.last)}"

    @property
    def period(self) -> Period:
        """The days as a period."""
        return Period(self.first, self.last, self.text)


@dataclass(frozen=True)
class Pair:
    """A span and the earlier one beside it."""

    kind: Kind
    now: Span
    then: Span

    @property
    def to_date_of_month(self) -> bool:
        """Whether both spans are months up to the end of a day: what the stored ends of days hold."""
        return all(
            span.until is not None and span.whole and span.first % 100 == 1 and span.first // 100 == span.last // 100
            for span in (self.now, self.then)
        )


def pairs(period: Period, now: int, days: LocalDays) -> list[Pair]:
    """What a period is compared with at an instant; empty where it has not begun or has no full day yet."""
    today = days.day(now)
    if period.first > today:
        return []
    kinds: tuple[Kind, ...] = ("before", "year")
    if period.last < today:
        return [Pair(kind, Span(period.first, period.last), _earlier(period, kind)) for kind in kinds]
    if period.first == period.last:
        return [
            Pair(kind, _so_far(today, now, days), _so_far(earlier_day(period, today, kind), now, days))
            for kind in kinds
        ]
    yesterday = plus_days(today, -1)
    if yesterday < period.first:
        return []
    own = _to_end_of(period.first, yesterday, days)
    return [
        Pair(kind, own, _to_end_of(earlier_day(period, period.first, kind), earlier_day(period, yesterday, kind), days))
        for kind in kinds
    ]


def _earlier(period: Period, kind: Kind) -> Span:
    months = period.whole_months()
    first = earlier_day(period, period.first, kind)
    if months:
        return Span(first, last_day(plus_months(first // 100, len(months) - 1)))
    return Span(first, earlier_day(period, period.last, kind))


def earlier_day(period: Period, day: int, kind: Kind) -> int:
    """The day of the earlier period that stands for a day of this one."""
    if kind == "year":
        return _months_back(day, 12)
    months = period.whole_months()
    return _months_back(day, len(months)) if months else plus_days(day, -sum(1 for _ in period.days()))


def _months_back(day: int, months: int) -> int:
    month = plus_months(day // 100, -months)
    return min(first_day(month) + day % 100 - 1, last_day(month))


def _to_end_of(first: int, last: int, days: LocalDays) -> Span:
    return Span(first, last, days.start(plus_days(last, 1)))


def _so_far(day: int, now: int, days: LocalDays) -> Span:
    start = days.start(day)
    return Span(day, day, min(start + (now - days.start(days.day(now))), start + DAY), whole=False)


def _text(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
