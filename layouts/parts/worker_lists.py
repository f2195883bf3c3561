"""Under the line of a worker's day: cells of the own grid, steps of cases, what this page does about privacy."""

from dash.development.base_component import Component

from dashboard.queries.worker_answers import Cell, WorkerDay
from layouts import html
from layouts.address import CASE, Address
from layouts.i18n import Lang, messages, say, text
from layouts.parts.card import card
from layouts.parts.names import case_places
from layouts.parts.numerals import MISSING, decimal
from layouts.parts.worker_figures import seen
from layouts.parts.worker_words import clock, day_text


def coverage_card(lang: Lang, day: WorkerDay) -> Component:
    """Every cell of the own grid with a word, not a colour, for whether it was visited."""
    rows = [html.Li([html.Span(cell.name), _visited(lang, cell, seen(day))]) for cell in day.cells]
    body = html.Ul(rows, className="worker-cells") if rows else html.P(text(lang, "worker.no_border"), className="soft")
    return card(text(lang, "worker.cells"), body, note=text(lang, "worker.cells.note"), name="cells")


def _visited(lang: Lang, cell: Cell, known: bool) -> Component:
    if not known:
        return html.Span(MISSING, className="soft")
    words = text(lang, "worker.visited" if cell.visited else "worker.not_visited")
    return html.Span(words, className="soft" if cell.visited else "warn")


def touched_card(address: Address, day: WorkerDay, zone: str) -> Component:
    """Steps of cases in order of time, each with a link to its case."""
    lang = address.language
    heads = [html.Th(text(lang, f"worker.case.{name}"), scope="col") for name in ("time", "step", "title", "place")]
    rows = [
        html.Tr([
            html.Td(clock(step.time, zone)), html.Td(step_words(lang, step.type)),
            html.Td(html.Link(step.case.title or step.case.id, href=address.plain(CASE, id=step.case.id).href)),
            html.Td(" ".join(case_places(lang, step.case)[-2:]), className="soft"),
        ])
        for step in day.touched
    ]  # fmt: skip
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table worker-touched")
    none = html.P(text(lang, "worker.case.none"), className="soft")
    body = html.Div(table, className="table-scroll") if rows else none
    cases = len({step.case.id for step in day.touched})
    return card(text(lang, "worker.touched"), body, note=say(lang, "worker.touched.note", n=cases), name="touched")


def step_words(lang: Lang, type_: str) -> str:
    """What the worker did: words of this page, of the shared list of steps, or the type itself."""
    known = messages(lang)
    return next((text(lang, key) for key in (f"worker.did.{type_}", f"step.{type_}") if key in known), type_)


def privacy_card(lang: Lang, day: WorkerDay, looked: str) -> Component:
    """The four promises of the page; ``looked`` says who looks, when and why."""
    masked = "*" in day.name
    notes = (
        ("names", text(lang, "worker.note.names.masked" if masked else "worker.note.names.clear")),
        ("duty", say(lang, "worker.note.duty.words", first=day_text(lang, day.first_day))),
        ("home", _home(lang, day)),
        ("logged", looked),
    )
    columns = [
        html.Div([html.H3(text(lang, f"worker.note.{name}")), html.P(words)], className=f"privacy-{name}")
        for name, words in notes
    ]
    return html.Section(columns, className="card worker-privacy", **{"aria-label": text(lang, "worker.privacy")})


def _home(lang: Lang, day: WorkerDay) -> str:
    if not day.hidden:
        return text(lang, "worker.note.home.none")
    return say(lang, "worker.note.home.hidden", metres=decimal(day.hidden, 0))
