"""The Dash application on a Flask server: the wall, and the pages it is given."""

from collections.abc import Mapping
from pathlib import Path

import dash
import dash_ag_grid
from dash import Dash
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from callbacks import cross_filter, wall
from callbacks.build import early_script
from callbacks.pages import Page, Site, register_pages
from layouts.pages import wall as wall_page

ASSETS = Path(__file__).parent.parent / "assets"
WALL_PATH = "/wall"
UNDRAWN = ("/healthz", "/readyz", "/metrics", "/api/")
"""Addresses that are answered without Dash, for machines that ask while a process starts."""
INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
<head>{%metas%}{early}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def register(app: Dash) -> None:
    """Register every page's callbacks; all of them run in the browser."""
    wall.register(app)
    cross_filter.register(app)


def _grid_on_demand() -> None:
    """Let pages name the grid's script (1.3 MB) without loading it: those that show a grid do (``leader/grid.ts``).

    A script of a type that no browser runs is not asked for; its address is the one that Dash would have taken.
    """
    dash_ag_grid._js_dist[0]["attributes"] = {"id": "grid-script", "type": "text/plain"}


def _root() -> Response:
    return redirect(WALL_PATH)


def _pandas_whole() -> None:
    """Wait until pandas is loaded before Dash answers, index pages too: Plotly's writer looks it up among the loaded
    modules each time.

    DuckDB loads it in the thread that first reads an array, and an answer in that half second would find half of it and
    be a 500. Not at the start, where it would keep screens that come back waiting for 0.3 s.
    """
    if not request.path.startswith(UNDRAWN):
        import pandas  # noqa: F401


def create_pages(
    server: Flask, title: str = "一屏统览", site: Site | None = None, pages: Mapping[str, Page] | None = None
) -> Dash:
    """The wall and ``pages`` on ``server``. Every option that an environment variable could change is set here."""
    server.add_url_rule("/", "root", _root)
    server.before_request(_pandas_whole)
    _grid_on_demand()
    app = Dash(
        "yiping",
        server=server,
        assets_folder=str(ASSETS),
        assets_url_path="assets",
        include_assets_files=True,
        assets_path_ignore=["^lazy$"],
        serve_locally=True,
        use_pages=True,
        pages_folder="",
        include_pages_meta=False,
        requests_pathname_prefix="/",
        routes_pathname_prefix="/",
        compress=False,
        index_string=INDEX.replace("{early}", early_script()),
        suppress_callback_exceptions=False,
        prevent_initial_callbacks=False,
        show_undo_redo=False,
        title=title,
        update_title="",
        enable_mcp=False,
        health_endpoint=None,
        add_log_handler=False,
    )
    dash.register_page("wall", path=WALL_PATH, title=title, layout=wall_page.layout)
    if site is not None:
        register_pages(site, pages or {})
    app.layout = dash.page_container
    register(app)
    return app
