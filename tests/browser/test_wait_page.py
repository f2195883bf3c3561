"""A wall PC that is on before its server: the page of ``docs/deployment`` waits and goes on by itself.

Answers carry the program's own headers, which decide whether a file may load anything of it.
"""

import base64
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser

from dashboard.api.headers import fixed_headers
from tests.chromium import browser
from tests.servers import free_port

__all__ = ["browser"]
pytestmark = pytest.mark.browser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deployment" / "wait.html"
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")


class Server(BaseHTTPRequestHandler):
    """A proxy whose program is away at first, then the program, with its headers."""

    away = True
    asked = Event()

    def do_GET(self) -> None:
        picture = self.path.startswith("/_favicon.ico")
        body = b"<h1>502</h1>" if self.away else PIXEL if picture else b"<title>wall</title>"
        self.send_response(502 if self.away else 200)
        self.send_header("Content-Type", "image/gif" if picture and not self.away else "text/html")
        for header in () if self.away else fixed_headers(self.path.partition("?")[0]):
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)
        self.asked.set()

    def log_message(self, *_: object) -> None:
        pass


def test_it_waits_for_the_server_and_not_only_for_its_proxy(browser: Browser) -> None:
    port = free_port()
    with browser.new_context() as context:
        page, asked = context.new_page(), []
        page.on("requestfailed", lambda request: asked.append(request.url))
        page.goto(f"{PAGE.as_uri()}?to=http://127.0.0.1:{port}/wall")
        page.wait_for_function("document.getElementById('since').textContent >= '2'")
        assert asked and "127.0.0.1" in page.inner_text("#place"), "nobody listens"

        Server.away = True
        server = HTTPServer(("127.0.0.1", port), Server)
        Thread(target=server.serve_forever, daemon=True).start()
        assert Server.asked.wait(30)
        assert page.url.startswith("file:"), "the proxy alone is not the wall"
        Server.away = False
        page.wait_for_url(f"http://127.0.0.1:{port}/wall")
        assert page.title() == "wall"
        server.shutdown()
        server.server_close()
