"""The wall's charts: figures that Python builds go to the browser code, which lays the board's numbers in."""

from dash import ClientsideFunction, Dash, Input, Output

from layouts import ids


def register(app: Dash) -> None:
    """Hand the figures over once; no request leaves the page."""
    app.clientside_callback(
        ClientsideFunction("wall", "figures"), Output(ids.FIGURES_TAKEN, "data"), Input(ids.FIGURES, "data")
    )
