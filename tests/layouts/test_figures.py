import json
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs_version

from layouts.figures import bars, daily, hours, trend, wall_figures
from layouts.figures.light import drawn
from layouts.figures.template import template


def test_daily_bars_start_at_nothing_and_label_outside() -> None:
    figure = daily.figure(["1日", "2日"], [3, 5])
    assert list(figure.data[0].y) == [3, 5]
    assert figure.layout.yaxis.rangemode == "tozero"
    assert figure.data[0].constraintext == "none"


def test_hours_are_all_there_even_without_cases() -> None:
    figure = hours.figure()
    assert len(figure.data[0].x) == 24
    assert list(figure.data[0].y) == [0] * 24


def test_a_day_without_cases_is_a_gap_and_the_target_is_dashed() -> None:
    figure = trend.figure(["1", "2", "3"], [98.1, None, 99.0], 98.0)
    assert figure.data[0].connectgaps is False
    assert list(figure.data[1].y) == [98.0] * 3
    assert figure.data[1].line.dash == "dash"


def test_the_page_gets_figures_without_data_as_json() -> None:
    figures = wall_figures()
    assert set(figures) == {"daily-graph", "hours-graph", "on-time-graph", "satisfaction-graph"}
    assert all("data" in figure and "template" in figure["layout"] for figure in figures.values())


def test_a_light_chart_is_what_plotly_makes_of_the_template_and_its_layout() -> None:
    """The template is laid under a chart as plain JSON, made once: nothing of it is lost on the way."""
    bars = go.Bar(x=[1, 2], y=["a", "b"], orientation="h")
    made = drawn(bars, height=120, xaxis={"visible": False})
    slowly = go.Figure([bars]).update_layout(template=template("light"))
    looks = [json.loads(figure.to_json())["layout"]["template"] for figure in (made, slowly)]
    assert looks[0] == looks[1] and looks[0]["layout"]["font"]
    assert made.layout.height == 120 and made.layout.xaxis.visible is False and made.layout.hovermode is False


def test_what_people_call_a_category_is_no_markup_of_a_chart() -> None:
    """Plotly makes links of ``<a href>`` in any text."""
    items = [bars.Item('<a href="https://evil.example">x</a> & <b>y</b>', 1, "1")]
    for figure, axis in ((bars.lying(items), "y"), (bars.standing(items), "x")):
        (shown,) = figure.data[0][axis]
        assert "<" not in shown and ">" not in shown and shown.startswith("&lt;a href") and "&amp; &lt;b" in shown


def test_the_browser_has_the_plotly_that_python_writes_for() -> None:
    package = json.loads((Path(__file__).parents[2] / "frontend" / "package.json").read_text(encoding="utf-8"))
    assert package["dependencies"]["plotly.js-cartesian-dist-min"] == get_plotlyjs_version()
