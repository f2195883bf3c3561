"""The unit of a wall PC: its own command, under a screen in memory, comes to the wall once the server is there."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from tests.browser.test_wait_page import PIXEL
from tests.roles.units import FOLDER, ROOT
from tests.servers import free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not all(map(shutil.which, ("xinit", "Xvfb", "chromium"))), reason="apt: xinit xvfb chromium"),
]
SERVER, BROWSER = ":0 vt7", "/usr/bin/chromium"
"""What the unit says of the screen and of the program on it."""


class Server(BaseHTTPRequestHandler):
    """The program, as far as a wall PC asks before it is there."""

    wall = Event()

    def do_GET(self) -> None:
        picture = self.path.startswith("/_favicon.ico")
        self.send_response(200)
        self.send_header("Content-Type", "image/gif" if picture else "text/html")
        self.end_headers()
        self.wfile.write(PIXEL if picture else b"<title>wall</title>")
        if self.path == "/wall":
            self.wall.set()

    def log_message(self, *_: object) -> None:
        pass


def command(port: int, screen: int, home: Path) -> list[str]:
    """What ``ExecStart`` runs; ``WALL`` is the setting of the unit, and Xvfb stands for the graphics card.

    Chromium keeps its files with the test, and has no sandbox: tests may run as root, whom it would refuse.
    """
    text = (FOLDER / "yiping-wall.service").read_text(encoding="utf-8").replace("/opt/yiping", str(ROOT))
    (line,) = (line for line in text.splitlines() if line.startswith("ExecStart="))
    assert SERVER in line and "Environment=WALL=" in text
    line = line.replace(BROWSER, f"{BROWSER} --no-sandbox --user-data-dir={home}")
    line = line.removeprefix("ExecStart=").replace("${WALL}", f"http://127.0.0.1:{port}/wall")
    return shlex.split(line.replace(SERVER, f"/usr/bin/Xvfb :{screen} -screen 0 1920x1080x24"))


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    words = command(port, 100 + port % 1000, tmp_path)
    environment = {**os.environ, "HOME": str(tmp_path)}
    process = subprocess.Popen(words, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    yield process, port
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def test_the_unit_of_a_wall_pc_comes_to_the_wall_and_ends_with_its_browser(
    started: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = started
    assert not Server.wall.wait(2), "nobody listens yet: the page waits"
    assert process.poll() is None
    with ThreadingHTTPServer(("127.0.0.1", port), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert Server.wall.wait(60)
        server.shutdown()
    browser = [one for one in psutil.Process(process.pid).children(recursive=True) if one.name() == "chromium"]
    assert browser
    for one in browser:
        one.kill()
    assert process.wait(30) is not None, "xinit ends, so that systemd starts it again"
