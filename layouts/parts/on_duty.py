"""Workers on duty: counts by state and a list with the way to a worker's day."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.queries.answers import WorkerRecord
from dashboard.security.caller import Caller
from layouts import html
from layouts.address import WORKER, Address
from layouts.i18n import Lang, messages, say, text
from layouts.parts.card import card
from layouts.parts.numerals import count
from layouts.parts.region_view import RegionView

LISTED = 50
ALL = "workers"
ORDER = ("moving", "still", "silent")


def on_duty_card(address: Address, view: RegionView, caller: Caller) -> Component:
    """The first workers in order of state, all of them where the address asks for it; days need a right."""
    lang = address.language
    present = [worker for worker in view.on_duty if worker.state in ORDER]
    ordered = sorted(present, key=lambda worker: (ORDER.index(worker.state or ""), worker.id))
    shown = ordered if address.view == ALL else ordered[:LISTED]
    body = (
        [_table(address, view, shown, caller)]
        if shown
        else [html.P(text(lang, "tile.empty.workers"), className="soft")]
    )
    more = [_more(address, len(ordered), _total(view))] if len(shown) < len(ordered) else []
    note = [html.Span(text(lang, "region.ignores"))] if address.selection.filtered else []
    hint = text(lang, "region.on_duty.purpose" if caller.may("tracks") else "region.on_duty.closed")
    return card(
        text(lang, "region.on_duty"),
        _counts(lang, view),
        *body,
        *more,
        html.P(hint, className="note"),
        note=note,
        name="on-duty",
    )


def _counts(lang: Lang, view: RegionView) -> Component:
    parts = [
        html.Span([_mark(state), f"{text(lang, f'map.{state}')} ", html.B(count(view.present(state)))])
        for state in ORDER
    ]
    first = html.Span([f"{text(lang, 'region.on_duty.total')} ", html.B(count(_total(view)))])
    return html.Div([first, *parts], className="state-counts")


def _total(view: RegionView) -> int | None:
    known = [view.present(state) for state in ORDER]
    return None if None in known else sum(n or 0 for n in known)


def _mark(state: str) -> Component:
    return html.Span(className=f"sign sign-{state}", **{"aria-hidden": "true"})


def _table(address: Address, view: RegionView, workers: Sequence[WorkerRecord], caller: Caller) -> Component:
    lang = address.language
    heads = [html.Th(text(lang, f"region.on_duty.{name}")) for name in ("name", "role", "state", "region")]
    rows = [_row(address, view, worker, caller) for worker in workers]
    return html.Div(
        html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table"),
        className="table-scroll worker-list",
    )


def _row(address: Address, view: RegionView, worker: WorkerRecord, caller: Caller) -> Component:
    lang, state = address.language, worker.state
    day = address.plain(WORKER, id=worker.id)
    name = html.Link(worker.name or worker.id, href=day.href) if caller.may("tracks") else worker.name or worker.id
    known = [_mark(state), text(lang, f"map.{state}")] if state else []
    home = html.Link(view.places.get(worker.region, worker.region), href=address.to(region=worker.region, view="").href)
    return html.Tr(
        [html.Td(name), html.Td(_role(lang, worker.role)), html.Td(known, className="worker-state"), html.Td(home)]
    )


def _role(lang: Lang, role: str) -> str:
    return text(lang, f"region.role.{role}") if f"region.role.{role}" in messages(lang) else role


def _more(address: Address, listed: int, total: int | None) -> Component:
    """The way to the whole list; where it does not hold everybody, it does not say so."""
    whole = total is None or listed >= total
    words = say(address.language, f"region.on_duty.{'all' if whole else 'first'}", n=count(listed))
    return html.P(html.Link(words, href=address.to(view=ALL).href), className="more")
