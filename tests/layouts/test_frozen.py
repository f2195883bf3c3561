"""What is frozen keeps its elements, and what Dash must know stays a component."""

import json
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from layouts.parts.frozen import ATTRIBUTE, frozen


def data_of(component: Component) -> list[Any]:
    found: list[Any] = json.loads(getattr(component, ATTRIBUTE))
    return found


def components(component: Any) -> int:
    return 1 + sum(1 for _ in component._traverse() if isinstance(_, Component))


def test_a_table_becomes_data_with_its_attributes() -> None:
    cell = html.Td("占道经营", className="num", colSpan=2, **{"data-region": "4101", "aria-label": "事件"})
    table = frozen(html.Div(html.Table(html.Tbody([html.Tr([cell, html.Td(3)])])), className="card"))
    expected = ["td", {"class": "num", "colspan": "2", "data-region": "4101", "aria-label": "事件"}, "占道经营"]
    assert data_of(table) == [["table", {}, ["tbody", {}, ["tr", {}, expected, ["td", {}, "3"]]]]]
    assert table.className == "card" and components(table) == 1


def test_links_and_fields_become_their_elements() -> None:
    link = dcc.Link(html.Span("二七区"), href="/region?region=4101", className="name")
    field = dcc.Input(name="q", type="search", value="井盖", maxLength=100)
    found = data_of(frozen(html.Div([link, field])))
    assert found[0] == ["a", {"href": "/region?region=4101", "class": "name", "data-soft": ""}, ["span", {}, "二七区"]]
    assert found[1] == ["input", {"name": "q", "type": "search", "value": "井盖", "maxlength": "100"}]


def test_flags_are_set_or_absent_and_styles_are_text() -> None:
    found = data_of(frozen(html.Div([html.Details(open=True), html.P(hidden=False, style={"marginLeft": "4px"})])))
    assert found == [["details", {"open": ""}], ["p", {"style": "margin-left:4px"}]]


def test_charts_and_what_callbacks_look_for_stay_components() -> None:
    graph = dcc.Graph(id={"type": "cross", "name": "hours"})
    watched = html.Div([html.Span("a"), html.Span("b")], id={"type": "watched", "name": "x"})
    page = frozen(html.Div([html.Section([html.H2("a"), html.P("b")]), html.Section([graph, watched])]))
    plain, alive = page.children
    assert data_of(plain) == [["h2", {}, "a"], ["p", {}, "b"]]
    assert alive.children[0] is graph and alive.children[1].id == {"type": "watched", "name": "x"}


def test_text_stays_text() -> None:
    evil = '<img src=x onerror=alert(1)>"\u2028</script>'
    assert data_of(frozen(html.Div([html.P(evil), html.P("b")])))[0] == ["p", {}, evil]
