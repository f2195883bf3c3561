"""How the days of a report are said: 2026年9月, 8月, 上年同期, 9月30日24时."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.domain.periods import LocalDays, Period, as_date, as_day, plus_months
from dashboard.queries.drill_spans import earlier_day
from dashboard.reports.snapshot import Snapshot

QUARTERS = "一二三四"


@dataclass(frozen=True)
class PeriodWords:
    """``full`` with the year, ``short`` without it; ``before`` names the period before (环比), ``year`` the same one a
    year earlier (同比; empty for a year, which has only one before it). ``issue`` is its number within its year."""

    full: str
    short: str
    before: str
    year: str
    issue: int


def period_words(snapshot: Snapshot) -> PeriodWords:
    """The words for a snapshot's period."""
    period = Period(snapshot.first, snapshot.last, snapshot.asked.period)
    months = period.whole_months()
    year, first = divmod(snapshot.first // 100, 100)
    if len(months) == 1:
        return PeriodWords(f"{year}年{first}月", f"{first}月", _month_before(months[0]), "上年同期", first)
    if len(months) == 3 and first % 3 == 1:
        return _quarter(year, first // 3)
    if len(months) == 12 and first == 1:
        return PeriodWords(f"{year}年", f"{year}年", f"{year - 1}年", "", 1)
    return _span(period)


def _month_before(month: int) -> str:
    before = plus_months(month, -1)
    return f"{before % 100}月" if before // 100 == month // 100 else f"{before // 100}年{before % 100}月"


def _quarter(year: int, place: int) -> PeriodWords:
    short = f"第{QUARTERS[place]}季度"
    before = f"第{QUARTERS[place - 1]}季度" if place else f"{year - 1}年第四季度"
    return PeriodWords(f"{year}年{short}", short, before, "上年同期", place + 1)


def _span(period: Period) -> PeriodWords:
    week = as_date(period.last) - as_date(period.first) == timedelta(6)
    then = Period(earlier_day(period, period.first, "before"), earlier_day(period, period.last, "before"), "")
    short, before = days_words(period.first, period.last), days_words(then.first, then.last)
    issue = as_date(period.last).isocalendar().week
    return PeriodWords(f"{period.first // 10_000}年{short}", short, "上周" if week else before, "上年同期", issue)


def days_words(first: int, last: int) -> str:
    """9月21日, 9月21日至27日, 9月28日至10月4日; the year of the end where it is another one."""
    begin = f"{first // 100 % 100}月{first % 100}日"
    if first == last:
        return begin
    year = f"{last // 10_000}年" if first // 10_000 != last // 10_000 else ""
    month = f"{last // 100 % 100}月" if year or first // 100 != last // 100 else ""
    return f"{begin}至{year}{month}{last % 100}日"


def spans(days: list[int]) -> list[tuple[int, int]]:
    """Days in a row as (first, last)."""
    found: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if found and as_day(as_date(found[-1][1]) + timedelta(1)) == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def listed_days(days: list[int]) -> str:
    """9月12日、18日至20日: days in a row as spans, the month told once."""
    words, month = [], 0
    for first, last in spans(days):
        word = days_words(first, last)
        words.append(word.split("月", 1)[1] if first // 100 == month else word)
        month = last // 100
    return "、".join(words)


def moment_words(at: int, zone: str, year: bool = False) -> str:
    """An instant as 9月30日24时 or 10月3日8:30; with the year where asked for."""
    days = LocalDays(zone)
    local = days.local(at)
    midnight = (local.hour, local.minute) == (0, 0)
    day = days.day(at - 1) if midnight else days.day(at)
    date = f"{day // 10_000}年" * year + f"{day // 100 % 100}月{day % 100}日"
    if midnight:
        return f"{date}24时"
    return f"{date}{local.hour}时" if not local.minute else f"{date}{local.hour}:{local.minute:02d}"
