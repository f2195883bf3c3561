"""Slots of the light pages in a page of their own: the browser code over the invented city, without Dash."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.serving import make_server

from dashboard.domain.plane import Plane
from tests.layouts.fixture_server import create
from tests.layouts.invented_city import build

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:"
)
TIME = 1_790_000_000_000
MINUTE = 60_000
SHEETS = ("tokens", "leader", "leader_live")
HREF = "/page?period=2026-10&region=CODE"
ROWS = "".join(f'<tr data-stop="{n}"><td>{n}</td></tr>' for n in (1, 2))


def slot(part: str, options: dict[str, Any], name: str = "slot") -> str:
    return f'<div id="{name}" data-part="{part}" data-options="{escape(json.dumps(options))}"></div>'


def page(*content: str, lang: str = "zh-CN") -> str:
    sheets = "".join(f'<link rel="stylesheet" href="/assets/{name}.css">' for name in SHEETS)
    root = f'<div id="leader" class="leader" data-theme="light" data-lang="{lang}" data-region="" data-csrf="token">'
    script = '<script src="/assets/dist/wall.js"></script>'
    return f"<!DOCTYPE html><html><head>{sheets}</head><body>{root}{''.join(content)}</div>{script}</body></html>"


def map_options(**more: Any) -> dict[str, Any]:
    return {"region": "", "level": "city", "shade": None, "layers": [], "href": HREF, "labels": {}} | more


def track_options(plane: Plane, x: float, y: float) -> dict[str, Any]:
    """An hour's walk around a place in metres, with a gap in the middle and two stops."""
    times = [TIME + n * MINUTE for n in (*range(21), *range(40, 61))]
    lon, lat = plane.degrees([x + 40 * n for n in range(42)], [y + 25 * (n % 7) for n in range(42)])
    stops = [
        {"number": 1, "begin": times[4], "end": times[20], "lon": float(lon[4]), "lat": float(lat[4])},
        {"number": 2, "begin": times[30], "end": times[41], "lon": float(lon[30]), "lat": float(lat[30])},
    ]
    spans = [{"state": "gap", "begin": times[20], "end": times[21], "stop": None}]
    return {"worker": "W1", "time": times, "lon": lon.tolist(), "lat": lat.tolist(), "stops": stops, "spans": spans,
            "cells": [], "region": "", "zone": 480}  # fmt: skip


class Site:
    """The served pages. ``pages`` holds what ``/page`` answers by the name in ``?show=``."""

    def __init__(self, url: str, city_map: dict[str, Any]) -> None:
        self.url, self.map = url, city_map
        self.pages: dict[str, str] = {}
        self.exported: list[tuple[str | None, Any]] = []
        self.export_status = 200

    @property
    def plane(self) -> Plane:
        return Plane(self.map["plane"]["lon"], self.map["plane"]["lat"])

    def children(self) -> list[dict[str, Any]]:
        root = self.map["regions"][0]["code"]
        return [region for region in self.map["regions"] if region["parent"] == root and region["rings"]]


def _layers(site: Site, app: Flask) -> None:
    @app.get("/api/v1/layers")
    def listed() -> Response:
        label = {"zh": "建筑物", "en": "Buildings"}
        rows = [{"name": "buildings", "label": label, "kind": "polygons", "count": 1, "has_height": True},
                {"name": "cameras", "label": {"zh": "视频监控", "en": "Cameras"}, "kind": "points", "count": 3,
                 "has_height": False}]  # fmt: skip
        return Response(orjson.dumps(rows), mimetype="application/json")

    @app.get("/api/v1/layers/<name>")
    def layer(name: str) -> Response:
        x, y = site.children()[0]["label"]
        lon, lat = (value.tolist() for value in site.plane.degrees([x, x + 200, x + 200, x], [y, y, y + 200, y + 200]))
        ring = [list(place) for place in zip(lon, lat, strict=True)]
        house = {"type": "Feature", "properties": {"height": 60},
                 "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}  # fmt: skip
        metric = {"name": name, "label": {"zh": "视频监控"}, "kind": "points", "region": "", "version": 1,
                  "count": 3, "shown": 3, "form": "all", "points": [x, y, x + 500, y, x, y + 500]}  # fmt: skip
        body = {"type": "FeatureCollection", "features": [house]} if request.args.get("crs") else metric
        return Response(orjson.dumps(body), mimetype="application/json")


@contextmanager
def served() -> Iterator[Site]:
    app, _, _ = create()
    site = Site("", build().map)
    _layers(site, app)

    @app.get("/page")
    def shown() -> Response:
        return Response(site.pages[request.args.get("show", "")], headers={"Content-Security-Policy": POLICY})

    @app.post("/export/png")
    def export() -> Response:
        site.exported.append((request.headers.get("X-CSRF-Token"), request.get_json()))
        body = orjson.dumps({"lines": ["范围: 南关"], "watermark": "who · when · 0001"})
        return Response(body, site.export_status, mimetype="application/json")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
