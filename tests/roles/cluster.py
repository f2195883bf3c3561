"""Roles as processes over one PostgreSQL and one Redis, by the units of ``docs/deployment``."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import requests

from tests.roles.units import ROOT, start_line
from tests.servers import free_port

PATIENCE = 90.0
ORIGIN = "https://grid.example.gov.cn"


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Wait for something to hold; the seconds it took."""
    begin, pause = time.monotonic(), Event()
    while not holds():
        assert time.monotonic() - begin < seconds, f"{what} did not come within {seconds} s"
        pause.wait(0.05)
    return time.monotonic() - begin


class Role:
    """One ``app.py`` role of a data directory on a port of its own; its words are in ``DIR/PORT.log``."""

    def __init__(self, directory: Path, *words: str, tree: Path = ROOT) -> None:
        self.directory, self.words, self.tree, self.port = directory, words, tree, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / f"{self.port}.log"

    def start(self) -> None:
        command = start_line(self.words, self.directory, self.port)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, cwd=self.tree, start_new_session=True
            )

    def ask(self, path: str, body: object = None, key: str = "") -> requests.Response | None:
        """The answer, None where nobody answers yet."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            if body is None:
                return requests.get(self.url + path, headers=headers, timeout=5)
            return requests.post(self.url + path, headers=headers, json=body, timeout=5)
        except (requests.ConnectionError, requests.Timeout):
            return None

    def status(self, path: str = "/readyz") -> int:
        """0 where nobody listens."""
        answer = self.ask(path)
        return 0 if answer is None else answer.status_code

    def ready(self) -> "Role":
        until(lambda: self.status() == 200 or self._ended(), f"{self.words[0]} on {self.port}")
        return self

    def _ended(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return False

    def kill(self) -> None:
        """The supervisor and its worker at once, as a machine that goes away."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, sign: signal.Signals) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, sign)

    def _signal(self, sign: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self._send(sign)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self.process.wait()


class Cluster:
    """A directory with settings, one process of each role that reads, and those that could write."""

    web: Role
    sockets: Role
    scheduler: Role

    def __init__(self, directory: Path, database: str, feed: str) -> None:
        self.directory, self.database = directory, database
        self.ingests: list[Role] = []
        directory.mkdir()
        settings = f'database = "{database}"\nfeed = "{feed}"\ntrusted_proxies = 1\norigins = ["{ORIGIN}"]\n'
        (directory / "config.toml").write_text(settings, encoding="utf-8")

    def begin(self) -> None:
        """One role of each kind, all ready."""
        writer = self.another()
        self.web, self.sockets = Role(self.directory, "web"), Role(self.directory, "web", "--sockets")
        self.scheduler = Role(self.directory, "scheduler")
        for role in (writer, self.web, self.sockets, self.scheduler):
            role.ready()

    def another(self) -> Role:
        """One more process that could write."""
        self.ingests.append(Role(self.directory, "ingest"))
        return self.ingests[-1]

    def spare(self) -> Role:
        """A process that could write, and stands by."""
        found = self.another()
        until(lambda: found.status("/healthz") == 200, "the spare one")
        return found

    def writer(self) -> Role:
        """The process that writes."""
        (found,) = (role for role in self.ingests if role.status() == 200)
        return found

    def end(self) -> None:
        others = (vars(self).get(name) for name in ("web", "sockets", "scheduler"))
        for role in (*self.ingests, *others):
            if role is not None:
                role.kill()

    @property
    def key(self) -> str:
        return (self.directory / "api-key").read_text().strip()

    def shown(self) -> int:
        """How many cases the pages tell of."""
        answer = self.web.ask("/api/v1/kpis?region=41&period=2026-10", key=self.key)
        assert answer is not None and answer.status_code == 200, answer and answer.text
        (accepted,) = (one for one in answer.json()["figures"] if one["key"] == "accepted")
        return int(accepted["value"])

    def read_file(self, kind: str, path: Path) -> None:
        """``app.py import``."""
        place = ["--data", str(self.directory)]
        subprocess.run([sys.executable, str(ROOT / "app.py"), "import", kind, str(path), *place], check=True)


def event(number: int) -> dict[str, object]:
    """The acceptance of a case of a town."""
    data = {"region": "410101", "category": "01", "title": f"案件{number}"}
    return {
        "specversion": "1.0", "id": f"e-{number}", "source": "/test", "type": "case.accepted", "subject": f"K{number}",
        "time": "2026-10-17T09:12:00+08:00", "data": data,
    }  # fmt: skip
