"""Cards: titled boxes that hold everything on a page; messages that stand in for what cannot be shown."""

from collections.abc import Sequence

from dash.development.base_component import Component

from layouts import html


def card(
    title: str, *children: Component, note: str | Sequence[Component] = "", name: str = "", tone: str = ""
) -> Component:
    """A box with a title line; ``note`` stands at its right end, ``name`` becomes part of the class."""
    aside = [html.Div(note, className="card-note")] if note else []
    head = html.Header([html.H2(title), *aside], className="card-head")
    classes = " ".join(["card", *([f"card-{name}"] if name else []), *([f"tone-{tone}"] if tone else [])])
    return html.Section([head, *children], className=classes)


def awaited(notice: Component) -> Component:
    """A notice that the extract is being prepared; the browser code asks for it and opens the page anew."""
    return html.Div(notice, **{"data-part": "prepared"})


def message(title: str, words: str = "", *links: Component, tone: str = "") -> Component:
    """What a page or a card says instead of its content: nothing found, no permission, being prepared."""
    lines = [html.P(words)] if words else []
    classes = f"message tone-{tone}" if tone else "message"
    return html.Div([html.B(title), *lines, *links], className=classes, role="status")
