import json

import plotly.utils
import pytest
from dash import dcc
from dash import html as checked

from layouts.html import quick

STYLED = {"className": "num", "id": "a", "style": {"height": 3}}
GIVEN = {
    checked.Div: {**STYLED, "data-x": "1", "aria-label": "words", "tabIndex": 0},
    checked.Td: {"colSpan": 2},
    checked.Button: {"type": "submit", "data-y": ""},
    dcc.Link: {**STYLED, "href": "/region"},
}


@pytest.mark.parametrize("kind", GIVEN, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("children", [None, "words", [checked.B("1"), "2"]], ids=["none", "text", "list"])
def test_a_quick_element_is_the_one_that_dash_makes(kind: type, children: object) -> None:
    given = GIVEN[kind]
    ours, theirs = quick(kind(**given))(children, **given), kind(children, **given)
    encoder = plotly.utils.PlotlyJSONEncoder
    as_json = [json.loads(json.dumps(one, cls=encoder)) for one in (ours, theirs)]
    assert as_json[0] == as_json[1]
    assert isinstance(ours, kind)


def test_children_may_be_set_later() -> None:
    ours = quick(checked.Div())([checked.B("1")])
    ours.children = []
    assert ours.to_plotly_json()["props"]["children"] == []
    assert quick(checked.Div())("other").children == "other"
