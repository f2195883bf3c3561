"""The program as a person starts it: a process of its own, asked over HTTP."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dashboard.store import open_store

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    def __init__(self, port: int, process: subprocess.Popen[str], key: str = "") -> None:
        self.port, self.process, self.key = port, process, key

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        if self.key:
            request.add_header("Authorization", f"Bearer {self.key}")
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _content(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, _content(refusal)

    def ready(self) -> bool:
        try:
            return self.ask("/readyz")[0] == 200
        except OSError:
            return False


def _content(answer: Any) -> Any:
    text = answer.read().decode()
    return json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text


@contextmanager
def running(directory: Path, *words: str, seconds: float = 60) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, str(ROOT / "app.py"), "run", "--port", str(port), "--data", str(directory), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        found = Running(port, process)
        try:
            until(found.ready, seconds, process)
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def until(true: Any, seconds: float, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + seconds
    while not true():
        if process.poll() is not None:
            pytest.fail(f"the program ended: {process.communicate()[0][-3000:]}")
        assert time.monotonic() < end, "not in time"
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "app.py"), *words], capture_output=True, text=True, timeout=120)


REGIONS = "code,name,level,parent\n41,测试市,city,\n4101,东区,district,41\n410101,一街道,street,4101\n"


def accepted(number: int) -> dict[str, object]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    data = {"region": "410101", "category": "01", "title": "井盖松动", "channel": "hotline"}
    return {"specversion": "1.0", "id": f"e{number}", "source": "/test", "type": "case.accepted",
            "subject": f"C{number}", "time": at, "data": data}  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "live", "--no-simulator") as found:
        found.key = (tmp_path / "live" / "api-key").read_text().strip()
        yield found


def test_an_empty_system_is_ready_and_counts_what_it_is_told(empty: Running, tmp_path: Path) -> None:
    directory = tmp_path / "live"
    assert stat.S_IMODE((directory / "api-key").stat().st_mode) == 0o600

    (tmp_path / "regions.csv").write_text(REGIONS, encoding="utf-8")
    imported = command("import", "regions", str(tmp_path / "regions.csv"), "--data", str(directory))
    assert imported.returncode == 0, imported.stdout + imported.stderr
    until(lambda: empty.ask("/api/v1/snapshot")[1].get("meta", {}).get("region") == "41", 5, empty.process)

    status, receipt = empty.ask("/api/v1/events", [accepted(1), accepted(2), accepted(1)])
    assert (status, receipt["accepted"], receipt["duplicate"]) == (202, 2, 1)
    board = lambda: empty.ask("/api/v1/snapshot?region=4101")[1]["tiles"]["accepted"]["value"]  # noqa: E731
    until(lambda: board() == 2, 5, empty.process)

    assert command("check", "--data", str(directory)).returncode == 0


def test_metrics_open_with_a_bearer_key_and_not_without(empty: Running) -> None:
    status, text = empty.ask("/metrics")
    assert status == 200 and "# TYPE" in text
    empty.key = ""
    assert empty.ask("/metrics")[0] == 401


def test_outside_the_demo_nothing_is_open_to_a_stranger(empty: Running) -> None:
    key, empty.key = empty.key, ""
    assert empty.ask("/api/v1/snapshot")[0] == 401
    assert empty.ask("/api/v1/events", accepted(1))[0] == 401
    for path in ("/wall", "/region", "/healthzfoo", "/_dash-layout", "/export/cases.csv"):
        assert "登录" in empty.ask(path)[1] or empty.ask(path)[0] == 401
    assert empty.ask("/wall", Cookie=f"yiping_key={key}; yiping_session={key}; yiping_device={key}")[1].count("登录")
    assert empty.ask("/healthz")[0] == 200


def test_what_was_answered_202_survives_kill_9(tmp_path: Path) -> None:
    event = accepted(7)
    directory = tmp_path / "live"
    with running(directory, "--no-simulator") as first:
        first.key = (directory / "api-key").read_text().strip()
        (tmp_path / "regions.csv").write_text(REGIONS, encoding="utf-8")
        command("import", "regions", str(tmp_path / "regions.csv"), "--data", str(directory))
        until(lambda: first.ask("/api/v1/snapshot")[1].get("meta", {}).get("region") == "41", 5, first.process)
        assert first.ask("/api/v1/events", event)[1]["accepted"] == 1
        first.process.kill()
    with running(directory, "--no-simulator") as again:
        again.key = (directory / "api-key").read_text().strip()
        assert again.ask("/api/v1/events", event)[1]["duplicate"] == 1
        assert again.ask("/api/v1/cases")[1]["cases"][0]["id"] == "C7"


def test_a_directory_in_use_is_said_in_one_line(empty: Running, tmp_path: Path) -> None:
    second = command("run", "--no-simulator", "--port", str(free_port()), "--data", str(tmp_path / "live"))
    assert second.returncode == 1
    assert "in use" in second.stderr and "Traceback" not in second.stderr
    assert empty.ready()


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = command("run", "--no-simulator", "--port", port, "--data", str(tmp_path))
    assert ended.returncode == 1
    assert port in ended.stderr and "--port" in ended.stderr and "Traceback" not in ended.stderr


def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("due_soon = 3\n")
    ended = command("run", "--no-simulator", "--port", str(free_port()), "--data", str(tmp_path))
    assert ended.returncode == 1
    assert "config.toml" in ended.stderr and "due_soon" in ended.stderr and "Traceback" not in ended.stderr


def test_a_directory_of_another_city_is_not_mixed_up(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'yiping.db'}")
    store.set_state("simulator", "erqi:1:0123456789ab")
    store.close()
    ended = command("run", "--city", "erqi", "--port", str(free_port()), "--data", str(tmp_path))
    assert ended.returncode == 1
    assert "erqi:1:0123456789ab" in ended.stderr and "--data" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ended = command("run", "--no-simulator", "--port", str(free_port()), "--data", str(tmp_path))
    assert ended.returncode == 1 and "Traceback" not in ended.stderr


def test_a_data_folder_that_is_a_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = command("run", "--no-simulator", "--port", str(free_port()), "--data", str(tmp_path / "file"))
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
