"""Asking for a report: first its kind, then a form with the fields of that kind."""

from dataclasses import dataclass, field

from dash.development.base_component import Component

from dashboard.domain.periods import as_date, parse_period, plus_days
from dashboard.reports.archive import KINDS
from dashboard.reports.asking import last_complete
from layouts import html
from layouts.address import REPORTS, Address
from layouts.i18n import Lang, text
from layouts.parts.card import card
from layouts.parts.filters import Choices
from layouts.parts.names import level_name
from layouts.parts.report_forms import Options, form, hidden, line, selection
from layouts.parts.report_words import kind_words, period_words, said_words

MAKE_PATH = f"{REPORTS}/make"
MAKE = "make"
"""The address' ``view`` of the form."""
LEVELS = ("district", "street", "community")
OFFERED = {"month": 12, "excerpt": 12, "week": 12, "quarter": 8, "year": 4}
"""Periods a form offers, newest first."""


@dataclass(frozen=True)
class Making:
    """What a caller may ask for: (code, name) of the regions whose reports he or she makes (``city``: the whole city
    too), of its streets, and what narrows a 专项通报; ``today`` is the local
    day (YYYYMMDD) of the data directory's clock."""

    today: int
    regions: Options = ()
    streets: Options = ()
    city: bool = False
    choices: Choices = field(default_factory=Choices)


def make_button(address: Address) -> Component:
    """The way to the form."""
    target = Address(REPORTS, view=MAKE, lang=address.lang)
    return html.Link(text(address.language, "reports.make"), href=target.href, className="button on")


def make_card(address: Address, token: str, making: Making) -> Component:
    """The form for ``address.kind``, a month without one, under links to the other kinds."""
    lang, kind = address.language, address.kind if address.kind in KINDS else KINDS[0]
    fields = [*_FIELDS.get(kind, _whole)(lang, kind, making)]
    go = html.Button(text(lang, "reports.make.go"), type="submit", className="button on")
    body = form(
        MAKE_PATH, token, hidden("kind", kind, MAKE), *fields, html.Div(go, className="field act"), name=MAKE,
        address=address,
    )  # fmt: skip
    hints = [html.P(text(lang, f"reports.make.{kind}.note"), className="note"),
             html.P(text(lang, "reports.make.note"), className="note")]  # fmt: skip
    words = said_words(lang, address.said)
    told = [html.P(words, className="report-said crit", role="alert")] if words else []
    return card(kind_words(lang, kind), _kinds(address, kind), *told, body, *hints, name="make")


def _kinds(address: Address, chosen: str) -> Component:
    lang = address.language
    links = [
        html.Span(kind_words(lang, kind), className="button on", **{"aria-current": "true"}) if kind == chosen
        else html.Link(kind_words(lang, kind), href=address.to(kind=kind).href, className="button")
        for kind in KINDS
    ]  # fmt: skip
    label = text(lang, "reports.make.kind")
    return html.Div(
        [html.Span(label, className="filter-label"), *links], className="filter-group report-kinds", role="group",
        **{"aria-label": label},
    )  # fmt: skip


def _whole(lang: Lang, kind: str, making: Making) -> list[Component]:
    return [_periods(lang, kind, making), _region(lang, making), _levels(lang)]


def _excerpt(lang: Lang, kind: str, making: Making) -> list[Component]:
    street = selection("region", text(lang, "reports.make.street"), making.streets, MAKE)
    return [_periods(lang, kind, making), street]


def _notice(lang: Lang, kind: str, making: Making) -> list[Component]:
    first, last = last_complete("month", making.today), as_date(plus_days(making.today, -1))
    days = [
        line("from", text(lang, "reports.make.from"), MAKE, f"{first}-01", "2026-10-01", needed=True),
        line("to", text(lang, "reports.make.to"), MAKE, f"{last}", "2026-10-31", needed=True),
    ]
    return [*days, _region(lang, making), *_filters(lang, making.choices)]


_FIELDS = {"excerpt": _excerpt, "notice": _notice}


def _periods(lang: Lang, kind: str, making: Making) -> Component:
    periods = recent_periods(kind, making.today, OFFERED[kind])
    options = [(period, period_words(lang, period)) for period in periods]
    return selection("period", text(lang, "reports.make.period"), options, MAKE)


def _region(lang: Lang, making: Making) -> Component:
    everywhere = [("", text(lang, "reports.city"))] if making.city else []
    return selection("region", text(lang, "reports.make.region"), [*everywhere, *making.regions], MAKE)


def _levels(lang: Lang) -> Component:
    """Down to which level units are ranked: all levels above it are ranked too."""
    between = text(lang, "reports.make.and")
    depths = [LEVELS[: n + 1] for n in range(len(LEVELS))]
    options = [(",".join(some), between.join(level_name(lang, one) for one in some)) for some in depths]
    return selection("levels", text(lang, "reports.make.levels"), options, MAKE, options[-1][0])


def _filters(lang: Lang, choices: Choices) -> list[Component]:
    """What narrows the cases of a 专项通报."""
    named = {"category": choices.categories, "channel": choices.channels, "unit": choices.units}
    return [
        selection(key, text(lang, f"region.by.{key}"), [("", text(lang, "reports.find.all")), *options], MAKE)
        for key, options in named.items()
        if options
    ]


def recent_periods(kind: str, today: int, count: int) -> list[str]:
    """The last complete periods of a kind before a local day (YYYYMMDD), newest first."""
    found: list[str] = []
    while len(found) < count:
        found.append(last_complete(kind, today))
        today = parse_period(found[-1]).first
    return found
