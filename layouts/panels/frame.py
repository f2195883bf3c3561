"""What every panel has: a title, a note on the right, a mark of its state, a body that the browser code fills."""

from dash.development.base_component import Component

from layouts import html, ids


def heading(panel: str, title: str, note: str = "") -> Component:
    """Title line of a panel. The state mark stays empty while the panel is as it should be."""
    return html.Header(
        [
            html.H2(title, id=ids.part(panel, "title"), className="panel-title"),
            html.Span(note, id=ids.part(panel, "note"), className="panel-note"),
            html.Span(id=ids.part(panel, "state"), className="panel-state", hidden=True),
        ],
        className="panel-head",
    )


def blocks(count: int) -> list[Component]:
    """Grey rows that stand in for a list until its first data; they appear after 300 ms."""
    return [html.Div(className="block-row", **{"aria-hidden": "true"}) for _ in range(count)]


def panel(name: str, *children: Component, waiting: int = 0) -> Component:
    """A panel in its first state, loading. The body is filled once and then only changed by the browser code."""
    waits = html.Div(blocks(waiting), className="panel-waiting")
    return html.Section([*children, waits], id=name, className=f"panel panel-{name}", **{"data-state": "loading"})
