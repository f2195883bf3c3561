"""The row of figures: value, fraction, comparison, target, definition; and the equation that lets anyone check them."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.queries.drill_answers import Compared
from dashboard.queries.score_answers import League, LeagueRow
from layouts import html
from layouts.address import CASES, SCORE, Address
from layouts.i18n import Lang, say, text
from layouts.parts.cut_off import cut_off
from layouts.parts.definition import definition
from layouts.parts.filters import compared_with
from layouts.parts.league import reason_words
from layouts.parts.numerals import MINUS, count, decimal, figure_text, rounded
from layouts.parts.periods import chosen
from layouts.parts.region_view import RegionView

UNITS = {"cases": "unit.cases", "share": "unit.percent", "people": "unit.persons", "hours": "region.unit.hours"}


STATES = ("moving", "still", "silent")


def tiles(address: Address, view: RegionView) -> Component:
    """All tiles in reading order, and the equation under them."""
    row = [
        *([_rank(address, view)] if view.standing is not None else []),
        _accepted(address, view),
        _rate(address, view, "on_time_rate", "region.of_due.on_time", view.targets.on_time),
        _rate(address, view, "closure_rate", "region.of_due.closed"),
        _open(address, view),
        _overdue(address, view),
        _rate(address, view, "satisfaction", "region.of_rated", view.targets.satisfaction),
        _workers(address, view),
    ]
    return html.Section([html.Div(row, className="kpis"), equation(address.language, view)], className="card figures")


def live(view: RegionView, key: str, words: str, tone: str = "") -> Component:
    """A number that the browser code keeps current while the page shows the running period."""
    return html.B(words, className=tone or None, **({"data-live": key} if view.live else {}))


def toned(view: RegionView, key: str, tone: str) -> str:
    """A status colour for a number that is not 0."""
    return tone if view.value(key) else ""


def _tile(
    address: Address,
    view: RegionView,
    key: str,
    label: str,
    value: Component,
    unit: str,
    lines: Sequence[Component],
    tone: str = "",
    ignores: bool = False,
) -> Component:
    lang, figure = address.language, view.figure(key)
    note = text(lang, "region.ignores") if ignores and address.selection.filtered else ""
    more = [definition(lang, figure, view.kpis.as_of, view.zone, note)] if figure is not None else []
    aside = [html.Div(note, className="kpi-line note")] if note else []
    return html.Section(
        [
            html.H3(label, className="kpi-label"),
            html.Div([value, html.Span(unit, className="kpi-unit")], className="kpi-main"),
            *(html.Div(line, className="kpi-line") for line in lines),
            *aside,
            *more,
        ],
        className=f"kpi kpi-{key} {tone}".strip(),
    )


def _value(words: Component | str) -> Component:
    return html.Span(words, className="kpi-value")


def _rank(address: Address, view: RegionView) -> Component:
    lang, row = address.language, view.standing
    assert row is not None and view.peers is not None
    score = address.plain(SCORE, region=row.place.code)
    tied = [html.Span(text(lang, "ranking.tied"), className="soft")] if row.tied else []
    value = html.Span([count(row.rank), *tied])
    lines: list[Component] = [
        html.Span([html.Link(text(lang, "region.score"), href=score.href), " ", html.B(decimal(row.score, 2))]),
        html.Span(_rank_note(lang, row, view.peers), className="soft"),
    ]
    if row.small and row.rank is not None:
        lines.append(html.Span(text(lang, "ranking.small"), className="soft"))
    label = say(lang, "region.rank", level=text(lang, f"level.{row.place.level}"))
    return _tile(address, view, "rank", label, _value(value), _ranked(row, view.peers), lines)


def _ranked(row: LeagueRow, peers: League) -> str:
    """Among how many the place is; nothing beside a dash."""
    return "" if row.rank is None else f"/ {count(sum(one.rank is not None for one in peers.rows))}"


def _rank_note(lang: Lang, row: LeagueRow, peers: League) -> str:
    return _rank_change(lang, row.change) if row.rank is not None else reason_words(lang, row, peers)


def _rank_change(lang: Lang, change: int | None) -> str:
    if change is None:
        return text(lang, "region.rank.unknown")
    if not change:
        return text(lang, "region.rank.same")
    return say(lang, "region.rank.change", arrow="▲" if change > 0 else "▼", n=abs(change))


def _accepted(address: Address, view: RegionView) -> Component:
    lang = address.language
    period = chosen(address.period, view.now, view.zone)
    words = count(view.value("accepted"))
    value = live(view, "accepted_today", words) if period == "today" else html.Span(words)
    label = text(lang, f"region.accepted.{period}")
    lines = [
        html.Span(
            [f"{text(lang, 'region.closed')} ", html.B(count(view.value("closed"))), f" {text(lang, 'unit.cases')}"]
        )
    ]
    return _tile(
        address,
        view,
        "accepted",
        label,
        _value(value),
        text(lang, "unit.cases"),
        [*lines, _change(address, view, "accepted")],
    )


def _rate(address: Address, view: RegionView, key: str, fraction: str, target: float | None = None) -> Component:
    lang, figure = address.language, view.figure(key)
    n, d = (None, None) if figure is None else (figure.numerator, figure.denominator)
    lines: list[Component] = [html.Span(say(lang, fraction, n=count(n), d=count(d))), _change(address, view, key)]
    if target is not None:
        lines.append(judged(lang, None if figure is None else figure.value, target))
    return _tile(address, view, key, text(lang, f"region.tile.{key}"), _value(figure_text(figure)), "%", lines)


def judged(lang: Lang, value: float | None, target: float) -> Component:
    """Target and whether it is met: a grey tick, or an amber diamond; nothing is judged without a value."""
    words = say(lang, "region.target", target=f"{target * 100:g}")
    if value is None:
        return html.Span(words, className="soft")
    met = value >= target
    mark = html.Span(text(lang, "region.met" if met else "region.missed"), className="soft" if met else "warn")
    return html.Span([f"{words} ", mark])


def _open(address: Address, view: RegionView) -> Component:
    lang = address.language
    soon = live(view, "due_soon", count(view.value("due_soon")))
    waiting = live(view, "suspended", count(view.value("suspended")))
    value = _value(live(view, "open", count(view.value("open"))))
    lines = [
        html.Span([f"{text(lang, 'region.due_soon')} ", soon, f" {text(lang, 'unit.cases')}"]),
        html.Span([f"{text(lang, 'region.suspended')} ", waiting, f" {text(lang, 'unit.cases')}"]),
    ]
    return _tile(address, view, "open", text(lang, "region.tile.open"), value, text(lang, "unit.cases"), lines)


def _overdue(address: Address, view: RegionView) -> Component:
    lang, late = address.language, view.value("overdue_open")
    supervised = live(view, "supervised", count(view.value("supervised")), toned(view, "supervised", "dub"))
    value = _value(live(view, "overdue", count(late)))
    cases = address.to(path=CASES, state="overdue")
    lines: list[Component] = [
        html.Span([f"{text(lang, 'region.supervised')} ", supervised, f" {text(lang, 'unit.cases')}"]),
        html.Link(text(lang, "region.see"), href=cases.href) if late else html.Span(text(lang, "tile.empty.overdue")),
    ]
    return _tile(
        address,
        view,
        "overdue_open",
        text(lang, "region.tile.overdue_open"),
        value,
        text(lang, "unit.cases"),
        lines,
        "tone-crit" if late else "",
    )


def _workers(address: Address, view: RegionView) -> Component:
    lang = address.language
    moving, still, silent = (view.present(state) for state in STATES)
    online = None if moving is None or still is None else moving + still
    on_duty = None if online is None or silent is None else online + silent
    value = _value(live(view, "online", count(online)))
    lines: list[Component] = [_states(lang, view)]
    if on_duty and online is not None:
        lines.append(judged(lang, online / on_duty, view.targets.online))
    label = text(lang, "region.tile.workers_online")
    return _tile(address, view, "workers_online", label, value, f"/ {count(on_duty)}", lines, ignores=True)


def _states(lang: Lang, view: RegionView) -> Component:
    parts: list[Component | str] = []
    for state in STATES:
        tone = "move" if state == "moving" else ""
        number = live(view, state, count(view.present(state)), tone)
        parts += [html.Span([f"{text(lang, f'map.{state}')} ", number], className="whole"), " "]
    return html.Span(parts)


def _change(address: Address, view: RegionView, key: str) -> Component:
    kind = compared_with(address)
    return html.Span(change_words(address.language, view.change(key, kind), kind), className="soft")


def change_words(lang: Lang, found: Compared | None, kind: str) -> str:
    """环比 or 同比 in words: a difference of rates in percentage points, of counts in cases; arrows judge nothing."""
    name = text(lang, f"region.compare.{kind}")
    if found is None or found.now is None or found.then is None:
        return say(lang, "region.change.none", name=name)
    difference = rounded((found.now - found.then) * (100 if found.points else 1), 2 if found.points else 0)
    if not difference:
        return say(lang, "region.change.same", name=name)
    size = decimal(abs(difference), 2 if found.points else 0)
    key = "region.change.points" if found.points else "region.change.count"
    return say(lang, key, name=name, arrow="▲" if difference > 0 else "▼", n=size)


def equation(lang: Lang, view: RegionView) -> Component:
    """结转 + 受理 + 重办 = 办结 + 作废 + 在办 of the period, and what the rates divide by."""
    terms = view.kpis.equation
    left = _sum(lang, carried=terms.carried, accepted=terms.accepted, reopened=terms.reopened)
    right = _sum(lang, closed=terms.closed, voided=terms.voided, open=terms.open)
    span = say(lang, "region.span", first=_day(view.kpis.first), last=_day(view.kpis.last))
    return html.Div(
        [
            html.Span(span, className="soft"),
            html.Span([*left, html.Span(" = ", className="soft"), *right], className="balance"),
            html.Span(text(lang, "region.due_is"), className="soft due-is"),
            cut_off(lang, view.kpis.as_of, view.zone),
        ],
        className="figures-foot",
    )


def _sum(lang: Lang, **terms: int) -> list[Component | str]:
    parts: list[Component | str] = []
    for name, n in terms.items():
        parts += [html.Span(" + ", className="soft")] if parts else []
        parts += [f"{text(lang, f'region.term.{name}')} ", html.B(count(n) if n >= 0 else f"{MINUS}{count(-n)}")]
    return parts


def _day(day: int) -> str:
    return f"{day // 10_000}-{day // 100 % 100:02d}-{day % 100:02d}"
