"""Periods as people choose them: today, this month, last month, quarter, year, or two dates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dash import dcc
from dash.development.base_component import Component

from dashboard.domain.periods import parse_period, plus_months
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.menu import menu

NAMED = ("today", "month", "last_month", "quarter", "year")


def named_periods(now: int, zone: str) -> dict[str, str]:
    """Period texts by name at an instant (epoch ms) of a zone, written out so that a shared link keeps its meaning."""
    day = datetime.fromtimestamp(now / 1000, ZoneInfo(zone))
    before = plus_months(day.year * 100 + day.month, -1)
    return {
        "today": f"{day:%Y-%m-%d}",
        "month": f"{day:%Y-%m}",
        "last_month": f"{before // 100}-{before % 100:02d}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
    }


def chosen(period: str, now: int, zone: str) -> str:
    """The name of a period text: one of ``NAMED``, or ``custom``; empty means the running month."""
    if not period:
        return "month"
    names = {written: name for name, written in reversed(named_periods(now, zone).items())}
    return names.get(period, "custom")


def period_words(lang: Lang, period: str, now: int, zone: str) -> str:
    """How a heading names the period: its word, or the text of the address."""
    name = chosen(period, now, zone)
    return period.replace("..", " – ") if name == "custom" else text(lang, f"region.period.{name}")


def period_choice(address: Address, now: int, zone: str) -> Component:
    """Links of the named periods and a form for two dates. The one in force is no link."""
    lang, current = address.language, chosen(address.period, now, zone)
    buttons = [
        _button(text(lang, f"region.period.{name}"), address.to(period=period).href, name == current)
        for name, period in named_periods(now, zone).items()
    ]
    custom = menu(
        period_words(lang, address.period, now, zone) if current == "custom" else text(lang, "region.period.custom"),
        [_form(address, now, zone)],
        name="period",
        on=current == "custom",
        hint=text(lang, "region.period"),
    )
    return html.Div(
        [html.Span(text(lang, "region.period"), className="filter-label"), *buttons, custom],
        className="filter-group",
        role="group",
        **{"aria-label": text(lang, "region.period")},
    )


def _button(words: str, href: str, on: bool) -> Component:
    if on:
        return html.Span(words, className="button on", **{"aria-current": "true"})
    return html.Link(words, href=href, className="button")


def _form(address: Address, now: int, zone: str) -> Component:
    span = parse_period(address.period or named_periods(now, zone)["month"])
    kept = [
        dcc.Input(type="hidden", name=name, value=value, id=f"period-keep-{name}")
        for name, value in address.to(period="").parameters
    ]
    lang = address.language
    return html.Form(
        [
            *kept,
            _date(lang, "from", span.first),
            _date(lang, "to", span.last),
            html.Button(text(lang, "region.period.show"), type="submit", className="button"),
            html.P(say(lang, "region.period.format"), className="note"),
        ],
        action=address.path,
        method="get",
        className="period-form",
    )


def _date(lang: Lang, name: str, day: int) -> Component:
    box = dcc.Input(
        type="text",
        name=name,
        id=f"period-{name}",
        value=f"{day // 10_000}-{day // 100 % 100:02d}-{day % 100:02d}",
        pattern=r"\d{4}-\d{2}-\d{2}",
        required=True,
        maxLength=10,
        className="date-box",
    )
    return html.Label([html.Span(text(lang, f"region.period.{name}")), box], htmlFor=f"period-{name}")
