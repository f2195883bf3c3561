"""A page is sent as Dash itself would write it."""

import json
import subprocess
import sys

import orjson
from dash import dcc, html
from plotly.io.json import to_json_plotly

from layouts.parts.frozen import frozen
from layouts.parts.sent import sent
from tests.program import ROOT


def made() -> html.Div:
    """What stays a component (a graph, an id that a callback looks for) beside what is frozen."""
    graph = dcc.Graph(id={"type": "cross", "name": "n"}, figure={"data": [{"x": [1, None], "y": ["<b>", "二"]}]})
    watched = html.Button("go", id={"type": "b", "name": "x"}, n_clicks=0, **{"aria-label": "t", "data-part": "p"})
    return html.Div([html.P(["a", html.B(3)]), graph, watched], id="k", style={"height": 4}, hidden=False)


def test_it_is_the_json_that_dash_writes() -> None:
    assert json.loads(orjson.dumps([sent(made())]))[0] == json.loads(to_json_plotly(frozen(made())))


def test_what_plotly_looks_for_among_loaded_modules_is_loaded_before_dash_answers_and_not_at_the_start() -> None:
    """DuckDB would load it in the middle of an answer, in another thread; screens that come back do not wait for it."""
    told = """
import sys, flask
from callbacks.application import create_pages
server = flask.Flask("pages")
create_pages(server)
client, loaded = server.test_client(), lambda: "pandas" in sys.modules
print(loaded(), client.get("/healthz").status_code, loaded(), client.get(sys.argv[1]).status_code, loaded())
"""
    for path in ("/wall", "/_dash-layout"):
        done = subprocess.run([sys.executable, "-c", told, path], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout.split() == ["False", "200", "False", "200", "True"], done.stderr
