"""The wall's charts: series that the browser code pushes into stores become the figures' arrays, in the browser."""

from dash import ClientsideFunction, Dash, Input, Output, State

from layouts import ids


def register(app: Dash) -> None:
    """Wire each series to its figure; no request leaves the page."""
    for name, series, graph in (
        ("daily", ids.DAILY_SERIES, ids.DAILY_GRAPH),
        ("hours", ids.HOURS_SERIES, ids.HOURS_GRAPH),
        ("on_time", ids.TREND_SERIES, ids.ON_TIME_GRAPH),
        ("satisfaction", ids.TREND_SERIES, ids.SATISFACTION_GRAPH),
    ):
        app.clientside_callback(
            ClientsideFunction("wall", name),
            Output(graph, "figure"),
            Input(series, "data"),
            State(graph, "figure"),
            prevent_initial_call=True,
        )
