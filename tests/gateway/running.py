"""A gateway as a process over a data directory and a Redis, and a client that keeps its connection."""

import http.client
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

from dashboard.security.keys import create_key
from dashboard.store import open_store
from tests.roles.units import ROOT, start_line
from tests.servers import free_port, wait_for_port


class Gateway:
    """``app.py gateway``; ``settings`` are lines of ``[gateway]`` beside the address of Redis."""

    def __init__(self, directory: Path, redis: str, *settings: str, more: str = "") -> None:
        self.directory, self.port = directory, free_port()
        directory.mkdir(exist_ok=True)
        text = "\n".join(["[gateway]", f'redis = "{redis}"', *settings, more])
        (directory / "config.toml").write_text(text + "\n", encoding="utf-8")
        store = open_store(f"sqlite:///{directory / 'yiping.db'}")
        self.key = create_key(store.engine, "phones", ("write",))
        self.reader = create_key(store.engine, "reader", ("read",))
        store.close()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """By the unit of ``docs/deployment``."""
        command = start_line(("gateway",), self.directory, self.port)
        with (self.directory / "log").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, cwd=ROOT)
        wait_for_port(self.port, self.process, 90)

    def stop(self) -> int:
        """SIGTERM; the process's exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL."""
        return self._end(signal.SIGKILL)

    def _end(self, number: int) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(30)

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json", key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Status, JSON and headers of an answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Authorization": f"Bearer {self.key if key is None else key}", "Content-Type": kind, **(headers or {})}
        line.request(method, path, body or None, sent)
        answer = line.getresponse()
        text = answer.read()
        line.close()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, json.loads(text) if names.get("content-type", "").endswith("json") else text, names
