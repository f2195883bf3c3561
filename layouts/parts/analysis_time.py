"""When cases come in and how the rate develops: trend with target, weekday by hour, weekdays."""

from dash.development.base_component import Component

from dashboard.queries.drill_answers import Breakdown, TrendPoint
from layouts.address import Address
from layouts.figures import bars, heat, trend_line
from layouts.figures.bars import Item
from layouts.i18n import say, text
from layouts.parts.chart import Chart, Column, Line, chart
from layouts.parts.filters import weekday
from layouts.parts.numerals import count, percent
from layouts.parts.region_view import RegionView

WEEK = tuple("1234567")
UNFINISHED = 0.01
"""From this share of cases with time left on, the rate of a day is drawn as not final."""


def trend_chart(address: Address, view: RegionView, found: Breakdown) -> Component:
    """On-time rate by day or month against its target, above the cases accepted; a click chooses the day."""
    lang, target = address.language, view.targets.on_time * 100
    points = [_point(address, point) for point in found.trend]
    lowest = min([target, *(point.rate for point in points if point.rate is not None)])
    lines = [
        Line(
            (_written(point.day), count(point.accepted), count(point.on_time), count(point.due), drawn.text), drawn.href
        )
        for point, drawn in zip(found.trend, points, strict=True)
    ]
    columns = (
        Column(text(lang, "region.trend.day"), False), Column(text(lang, "region.step.accepted")),
        Column(text(lang, "region.trend.on_time")), Column(text(lang, "region.trend.due")),
        Column(f"{text(lang, 'trend.on_time')} %"),
    )  # fmt: skip
    legend = (
        ("swatch-line", text(lang, "trend.on_time")), ("swatch-dash", say(lang, "region.target", target=f"{target:g}")),
        ("swatch-grey", text(lang, "region.trend.accepted")),
    )  # fmt: skip
    figure = trend_line.figure(points, target, max(0.0, lowest - max(0.5, (100 - lowest) * 0.15)))
    note = text(lang, "region.trend.unfinished") if any(point.unfinished for point in points) else ""
    what = Chart("trend", text(lang, "region.trend"), figure, 230, columns, lines, note, clickable=True, legend=legend)
    return chart(lang, what, "" if points else text(lang, "region.no_cases"))


def _point(address: Address, point: TrendPoint) -> trend_line.Point:
    rate = None if not point.due else point.on_time / point.due * 100
    words = (
        f"{point.day % 10_000 // 100}-{point.day % 100:02d}"
        if point.day > 999_999
        else f"{point.day // 100}-{point.day % 100:02d}"
    )
    share = percent(point.on_time, point.due)
    unfinished = point.pending > UNFINISHED * (point.due + point.pending)
    href = address.to(period=_written(point.day)).href
    return trend_line.Point(words, rate, share, point.accepted, href, unfinished)


def _written(day: int) -> str:
    """A day ``YYYYMMDD`` or month ``YYYYMM`` as a period of the address."""
    if day > 999_999:
        return f"{day // 10_000}-{day // 100 % 100:02d}-{day % 100:02d}"
    return f"{day // 100}-{day % 100:02d}"


def heat_chart(address: Address, found: Breakdown) -> Component:
    """Acceptances by weekday and hour; a click narrows the page to both, again takes them away."""
    lang = address.language
    days = [weekday(lang, day) for day in WEEK]
    hrefs = _hour_hrefs(address)
    lines = [Line((words, *(count(n) for n in row))) for words, row in zip(days, found.heat, strict=True)]
    columns = (Column(text(lang, "region.by.weekday"), False), *(Column(f"{hour:02d}") for hour in range(24)))
    what = Chart(
        "heat", text(lang, "region.heat"), heat.figure(found.heat, days, hrefs), 230, columns, lines,
        text(lang, "region.heat.note"), clickable=True,
    )  # fmt: skip
    return chart(lang, what, "" if any(map(any, found.heat)) else text(lang, "region.no_cases"))


def _hour_hrefs(address: Address) -> list[list[str]]:
    """Addresses of 7 x 24 hours out of one: 168 made one by one take 3 ms of each page."""
    one = address.to(weekday="DAY", hour="HOUR").href
    days = [one.replace("weekday=DAY", f"weekday={day}") for day in WEEK]
    hrefs = [[of_day.replace("hour=HOUR", f"hour={hour:02d}") for hour in range(24)] for of_day in days]
    if address.weekday and address.hour:
        hrefs[int(address.weekday) - 1][int(address.hour)] = address.to(weekday="", hour="").href
    return hrefs


def weekday_chart(address: Address, found: Breakdown) -> Component:
    """Acceptances by weekday; a click narrows the page to one."""
    lang = address.language
    items = [
        Item(weekday(lang, bar.key), bar.n, count(bar.n), _weekday_href(address, bar.key), bar.key == address.weekday)
        for bar in found.weekdays
    ]
    lines = [Line((item.words, count(item.n)), item.href) for item in items]
    columns = (Column(text(lang, "region.by.weekday"), False), Column(text(lang, "unit.cases")))
    what = Chart("weekday", text(lang, "region.weekdays"), bars.standing(items), 200, columns, lines, clickable=True)
    return chart(lang, what, "" if any(bar.n for bar in found.weekdays) else text(lang, "region.no_cases"))


def _weekday_href(address: Address, day: str) -> str:
    return address.to(weekday="" if address.weekday == day else day).href
