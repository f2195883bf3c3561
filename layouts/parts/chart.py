"""A chart as the pages show it: title, note, Plotly graph, and the same numbers as a table with links."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, text

CROSS = "cross"
"""Type of the ids of graphs whose marks carry an address; a click goes there."""


@dataclass(frozen=True)
class Column:
    """A column of a chart's table: its words and whether it holds numbers."""

    words: str
    number: bool = True


@dataclass(frozen=True)
class Line:
    """A line of a chart's table; the first cell leads to ``href`` where there is one."""

    cells: Sequence[str]
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """``name`` is its id on the page, ``height`` px. ``clickable``: its marks carry addresses as customdata."""

    name: str
    title: str
    figure: Any
    height: int
    columns: Sequence[Column]
    lines: Sequence[Line] = field(default_factory=list)
    note: str = ""
    clickable: bool = False
    legend: Sequence[tuple[str, str]] = ()


def chart(lang: Lang, what: Chart, empty: str = "") -> Component:
    """A figure of a page; ``empty`` is said instead where there is nothing to draw."""
    head = [
        html.H3(what.title, id=f"chart-{what.name}"),
        *([html.Span(what.note, className="note")] if what.note else []),
    ]
    legend = [
        html.Span([html.Span(className=f"swatch {swatch}", **{"aria-hidden": "true"}), words])
        for swatch, words in what.legend
    ]
    body = [html.P(empty, className="chart-empty soft")] if empty else [_graph(what), table(lang, what)]
    if not empty:
        head.append(picture(f"figure-{what.name}", what.title))
    aside = [html.Div(legend, className="chart-legend")] if legend and not empty else []
    return html.Figure(
        [html.Div(head, className="chart-head"), *aside, *body],
        id=f"figure-{what.name}",
        className=f"chart chart-{what.name}",
        role="group",
        **{"aria-labelledby": f"chart-{what.name}"},
    )


def _graph(what: Chart) -> Component:
    config = {
        "displayModeBar": False,
        "responsive": True,
        "staticPlot": not what.clickable,
        "doubleClick": False,
        "showTips": False,
    }
    graph = dcc.Graph(
        id={"type": CROSS if what.clickable else "chart", "name": what.name},
        figure=what.figure,
        config=config,
        responsive=True,
        style={"height": what.height},
        className="chart-graph clickable" if what.clickable else "chart-graph",
    )
    return html.Div(graph, **{"aria-hidden": "true"})


def table(lang: Lang, what: Chart) -> Component:
    """The chart's numbers, closed at first."""
    heads = [html.Th(column.words, className="num" if column.number else None) for column in what.columns]
    rows = [html.Tr([_cell(what, line, place) for place in range(len(line.cells))]) for line in what.lines]
    grid = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    return html.Details(
        [html.Summary(text(lang, "region.table")), html.Div(grid, className="table-scroll")], className="as-table"
    )


def _cell(what: Chart, line: Line, place: int) -> Component:
    words = line.cells[place]
    inside = html.Link(words, href=line.href) if line.href and not place else words
    return html.Td(inside, className="num" if what.columns[place].number else None)


def exports(address: Address, what: str) -> list[Component]:
    """Links to the same answer as files, with the page's own parameters."""
    return [
        html.A(
            f"{text(address.language, 'region.export')} {kind.upper()}",
            href=address.to(path=f"/export/{what}.{kind}").href,
            download="",
        )
        for kind in ("csv", "xlsx")
    ]


def picture(target: str, title: str) -> Component:
    """A slot for the button that saves the element of an id as PNG."""
    options = json.dumps({"target": target, "name": title, "title": title}, ensure_ascii=False)
    return html.Span(className="png-slot", **{"data-part": "png", "data-options": options})
