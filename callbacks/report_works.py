"""What is being made now, asked again by the page that shows it; a report that has moved on is shown anew."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update
from flask import g

from callbacks.cross_filter import LOCATION
from callbacks.report_pages import WORKS_SHOWN, names, works_of
from dashboard.queries.desk import Desk
from dashboard.reports.workflow import Reports
from dashboard.security.caller import Caller
from layouts.address import REPORT, parse_address
from layouts.parts.frozen import ATTRIBUTE
from layouts.parts.report_words import report_address
from layouts.parts.report_works import ONWARD, PULSE, WORKS, as_data, running


def register_works(app: Dash, known: Reports, desk: Callable[[Caller], Desk]) -> None:
    """Add the callback; the process' own pages alone ask it, as the caller of the request."""

    def look(ticks: Sequence[int | None], path: str | None, query: str | None) -> tuple[Any, ...]:
        return _looked(known, desk, len(ticks), path or "", query or "")

    app.callback(
        Output({"type": WORKS, "name": ALL}, ATTRIBUTE),
        Output({"type": PULSE, "name": ALL}, "disabled"),
        Output({"type": ONWARD, "name": ALL}, "href"),
        Input({"type": PULSE, "name": ALL}, "n_intervals"),
        State(LOCATION, "pathname"),
        State(LOCATION, "search"),
        prevent_initial_call=True,
    )(look)


def _looked(
    known: Reports, desk: Callable[[Caller], Desk], places: int, path: str, query: str
) -> tuple[list[str], list[bool], list[object]]:
    """New lines for each place (a page has one), whether to stop asking, and where to go on to."""
    caller: Caller = g.caller
    address = parse_address(path, query)
    alone = address.path == REPORT
    works = known.works(caller)
    mine = works_of(known, caller, address.id) if alone else works[:WORKS_SHOWN]
    lines = as_data(address, mine, names(desk(caller), address.language))
    over = not running(mine)
    href = report_address(address, address.id).to(said="done").href if alone and not mine else no_update
    return [lines] * places, [over] * places, [href] * places
