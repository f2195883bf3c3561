"""Fields of the forms about reports; all of them are sent without any script and carry the caller's token."""

from collections.abc import Sequence

from dash import dcc
from dash.development.base_component import Component

from dashboard.reports.appeals import LONGEST
from layouts import html
from layouts.address import Address

Options = Sequence[tuple[str, str]]
LINE = 200
"""Characters of a field of one line."""


def hidden(name: str, value: str, form: str) -> Component:
    """A field nobody sees; ``form`` keeps the ids of one page apart."""
    return dcc.Input(id=f"{form}-{name.replace('_', '-')}", name=name, type="hidden", value=value)


def selection(name: str, label: str, options: Options, form: str, chosen: str = "") -> Component:
    """A labelled choice of one."""
    given = [html.Option(words, value=value, selected=value == chosen) for value, words in options]
    return _field(label, f"{form}-{name}", html.Select(given, id=f"{form}-{name}", name=name))


def line(name: str, label: str, form: str, value: str = "", hint: str = "", *, needed: bool = False) -> Component:
    """A labelled line of text."""
    field = dcc.Input(
        id=f"{form}-{name}", name=name, type="text", value=value, placeholder=hint, maxLength=LINE, autoComplete="off",
        required=needed,
    )  # fmt: skip
    return _field(label, f"{form}-{name}", field)


def lines(name: str, label: str, form: str, hint: str = "") -> Component:
    """A labelled field for several lines, which must be filled."""
    field = html.Textarea(id=f"{form}-{name}", name=name, placeholder=hint, maxLength=LONGEST, rows=3, required=True)
    return _field(label, f"{form}-{name}", field, "field wide")


def tick(name: str, words: str, form: str) -> Component:
    """A box that must be ticked before the form is sent."""
    box = dcc.Input(id=f"{form}-{name}", name=name, type="checkbox", value="1", required=True)
    return html.Label([box, html.Span(words)], htmlFor=f"{form}-{name}", className="tick")


def _field(label: str, id_: str, field: Component, classes: str = "field") -> Component:
    return html.Div([html.Label(label, htmlFor=id_), field], className=classes)


def form(action: str, token: str, *fields: Component, name: str, address: Address) -> Component:
    """A form that changes something: POST with the token, and the page's language to answer in."""
    kept = [hidden("csrf_token", token, name), hidden("lang", address.lang, name)]
    return html.Form([*kept, *fields], action=action, method="post", className=f"report-form form-{name}")
