"""The program as a process that can be killed and started again on the same port and data directory."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

from dashboard.security.accounts import create_account, find_account
from dashboard.security.clock import real_now
from dashboard.security.devices import approve, ask_to_pair, claim
from dashboard.security.doorman import DEVICE, SESSION
from dashboard.security.sessions import open_session
from dashboard.store.engine import open_engine
from data_sources.imports.command import add_import_arguments, import_command
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent


class Program:
    """``app.py run`` over one data directory; the output is kept in ``DIR.log``."""

    entry: Sequence[str] = (str(ROOT / "app.py"),)
    """What Python runs: the program's own file, or a module that runs it."""

    def __init__(self, directory: Path, *words: str) -> None:
        self.directory, self.words, self.port = directory, words, free_port()
        self.key = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory.with_suffix(".log")

    def start(self, seconds: float = 90) -> None:
        """Return once the program is ready; ``AssertionError`` with its last words where it ends or takes too long."""
        place = ["--port", str(self.port), "--data", str(self.directory)]
        command = [sys.executable, *self.entry, "run", *place]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen([*command, *self.words], stdout=output, stderr=subprocess.STDOUT)
        end, pause = time.monotonic() + seconds, Event()
        while not self.ready():
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()[-3000:]
            pause.wait(0.1)
        key = self.directory / "api-key"
        self.key = key.read_text().strip() if key.exists() else ""

    def wall_cookie(self) -> dict[str, str]:
        """The cookie of a wall display that an administrator let in, as Playwright takes it."""
        engine = open_engine(self.database)
        asked = ask_to_pair(engine, real_now)
        assert approve(engine, real_now, asked.code, "", "test wall", "test")
        token = claim(engine, real_now, asked.secret)
        engine.dispose()
        return {"name": DEVICE, "value": token or "", "url": self.url}

    def session_cookie(self, role: str, region: str = "") -> dict[str, str]:
        """The cookie of a person who has signed in, as Playwright takes it."""
        engine, name = open_engine(self.database), f"test-{role}{region}"
        person = find_account(engine, name) or create_account(engine, real_now, name, role, region=region)
        token = open_session(engine, real_now, person)
        engine.dispose()
        return {"name": SESSION, "value": token, "url": self.url}

    @property
    def database(self) -> str:
        return f"sqlite:///{self.directory / 'yiping.db'}"

    def kill(self) -> None:
        """As a power cut: SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As a person does it: SIGTERM, and SIGKILL after half a minute."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(sign)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def ready(self) -> bool:
        try:
            return self.ask("/readyz")[0] == 200
        except OSError:
            return False

    def ask(self, path: str, body: object = None) -> tuple[int, Any]:
        """Status and content of GET, or of POST where there is a body."""
        request = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self.key:
            request.add_header("Authorization", f"Bearer {self.key}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _content(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, _content(refusal)

    def get(self, path: str) -> Any:
        """Content of an address that must answer 200."""
        status, content = self.ask(path)
        assert status == 200, (status, content)
        return content

    def send(self, path: str, body: object) -> Any:
        """Receipt of what must be taken."""
        status, receipt = self.ask(path, body)
        assert status == 202, (status, receipt)
        return receipt

    def read_file(self, kind: str, path: Path) -> None:
        """What ``app.py import KIND FILE`` does beside the running program, without the seconds a process needs."""
        parser, told = ArgumentParser(), StringIO()
        add_import_arguments(parser)
        arguments = parser.parse_args([kind, str(path)])
        arguments.data = self.directory
        assert import_command(arguments, told) == 0, told.getvalue()


def _content(answer: Any) -> Any:
    text = answer.read().decode()
    return json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text
