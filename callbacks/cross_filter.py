"""A click into a chart or a line of the regions' table goes to the address that its mark carries."""

from dash import ALL, ClientsideFunction, Dash, Input, Output

from layouts.parts.chart import CROSS
from layouts.parts.children_table import GRID

LOCATION = "_pages_location"
"""The address that Dash's own router follows."""


def register(app: Dash) -> None:
    """One function in the browser; no request leaves the page but the one for the page it leads to."""
    app.clientside_callback(
        ClientsideFunction("leader", "go"),
        Output(LOCATION, "href"),
        Input({"type": CROSS, "name": ALL}, "clickData"),
        Input({"type": GRID, "name": ALL}, "cellClicked"),
        prevent_initial_call=True,
    )
