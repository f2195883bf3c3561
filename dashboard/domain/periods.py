"""Local calendar days and months of the configured time zone, as small integers.

A *day* is ``YYYYMMDD`` and a *month* ``YYYYMM``, both plain ints: they sort, they read well in SQL and they are keys of
the tallies. Instants are epoch milliseconds, UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True)
class LocalDays:
    """Turns instants into local days and back. Days may have 23 or 25 hours where the zone keeps summer time."""

    zone: str = "Asia/Shanghai"
    _offsets: dict[int, int | None] = field(default_factory=dict, repr=False, compare=False)
    _days: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def day(self, at: int) -> int:
        """Local day ``YYYYMMDD`` of an instant."""
        number = (at + self.offset(at)) // DAY
        found = self._days.get(number)
        if found is None:
            found = self._days[number] = as_day(date(1970, 1, 1) + timedelta(number))
        return found

    def month(self, at: int) -> int:
        """Local month ``YYYYMM`` of an instant."""
        return self.day(at) // 100

    def offset(self, at: int) -> int:
        """UTC offset in milliseconds in force at an instant."""
        number = at // DAY
        if number not in self._offsets:
            first, last = self._looked_up(number * DAY), self._looked_up((number + 1) * DAY - 1)
            self._offsets[number] = first if first == last else None
        found = self._offsets[number]
        return self._looked_up(at) if found is None else found

    def _looked_up(self, at: int) -> int:
        """The offset as the time zone database has it; at about 2 µs worth a cache for days that do not change it."""
        local = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(self.zone))
        return int((local.utcoffset() or timedelta()).total_seconds() * 1000)

    def minute_of_day(self, at: int) -> int:
        """Minutes since local midnight by the wall clock, 0..1439."""
        return (at + self.offset(at)) // MINUTE % 1440

    def start(self, day: int) -> int:
        """First instant of a local day."""
        local = datetime.combine(as_date(day), datetime.min.time(), ZoneInfo(self.zone))
        return int(local.timestamp() * 1000)

    def local(self, at: int) -> datetime:
        """The instant as an aware datetime of the zone."""
        return datetime.fromtimestamp(at / 1000, ZoneInfo(self.zone))


def as_day(value: date) -> int:
    """A date as ``YYYYMMDD``."""
    return value.year * 10_000 + value.month * 100 + value.day


def as_date(day: int) -> date:
    """``YYYYMMDD`` as a date; ValueError if there is no such day."""
    return date(day // 10_000, day // 100 % 100, day % 100)


def plus_days(day: int, days: int) -> int:
    """The day that many days later (or earlier)."""
    return as_day(as_date(day) + timedelta(days=days))


def plus_months(month: int, months: int) -> int:
    """The month that many months later (or earlier)."""
    count = month // 100 * 12 + month % 100 - 1 + months
    return count // 12 * 100 + count % 12 + 1


def first_day(month: int) -> int:
    """First day of a month."""
    return month * 100 + 1


def last_day(month: int) -> int:
    """Last day of a month."""
    return plus_days(first_day(plus_months(month, 1)), -1)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole local days, both ends included, with the text it was asked by."""

    first: int
    last: int
    text: str

    def days(self) -> Iterator[int]:
        """Every day of the span."""
        first, last = as_date(self.first).toordinal(), as_date(self.last).toordinal()
        return (as_day(date.fromordinal(number)) for number in range(first, last + 1))

    def months(self) -> list[int]:
        """The months that the span touches."""
        months = [self.first // 100]
        while months[-1] < self.last // 100:
            months.append(plus_months(months[-1], 1))
        return months

    def holds(self, month: int) -> bool:
        """Whether the whole month lies in the span."""
        return self.first <= first_day(month) and self.last >= last_day(month)

    def whole_months(self) -> list[int]:
        """The months the span consists of, or an empty list where it is not made of whole months."""
        if self.first % 100 != 1 or self.last != last_day(self.last // 100):
            return []
        return self.months()


def month_period(month: int) -> Period:
    """A whole month."""
    return Period(first_day(month), last_day(month), f"{month // 100:04d}-{month % 100:02d}")


def parse_period(text: str) -> Period:
    """Read ``2026-10-17``, ``2026-10``, ``2026-Q4``, ``2026`` or ``from..to`` (each end any of these).

    Raises ValueError naming the text where it is none of them.
    """
    if ".." in text:
        left, right = text.split("..", 1)
        first, last = parse_period(left).first, parse_period(right).last
    else:
        first, last = _span(text)
    if last < first:
        raise ValueError(f"period {text!r} ends before it begins")
    return Period(first, last, text)


def _span(text: str) -> tuple[int, int]:
    parts = text.split("-")
    try:
        if len(parts) == 3:
            day = as_day(date(int(parts[0]), int(parts[1]), int(parts[2])))
            return day, day
        if len(parts) == 2 and parts[1].upper().startswith("Q"):
            quarter = int(parts[1][1:])
            if not 1 <= quarter <= 4:
                raise ValueError
            month = int(parts[0]) * 100 + quarter * 3 - 2
            return first_day(month), last_day(plus_months(month, 2))
        if len(parts) == 2:
            month = int(parts[0]) * 100 + int(parts[1])
            return as_day(as_date(first_day(month))), last_day(month)
        if len(parts) == 1 and len(text) == 4:
            return int(text) * 10_000 + 101, int(text) * 10_000 + 1231
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a period: use 2026-10-17, 2026-10, 2026-Q4, 2026 or from..to")
