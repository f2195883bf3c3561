"""Real servers on free ports for tests: Redis, PostgreSQL 15, mosquitto of Debian, gone with the session."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
import redis
from sqlalchemy import create_engine

POSTGRES = Path("/usr/lib/postgresql/15/bin")
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", seconds: float = 20.0) -> None:
    """Return once something accepts on the port; fail if the process ends or nothing does in time."""
    pause = Event()
    for _ in range(int(seconds * 50)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            raise RuntimeError(f"server ended with {process.returncode}")
        pause.wait(0.02)
    raise TimeoutError(f"nothing listens on {port}")


class Relay:
    """A way over TCP to a local server that can be cut: what is open or new is closed until it is healed.

    It can also be cut in one direction alone: what is sent there is held, as by a network that repeats it, until it is
    healed; what nobody tells of either end is not closed.
    """

    def __init__(self, target: int) -> None:
        self._target, self._whole = target, True
        self._asks, self._answers = Event(), Event()
        self._asks.set()
        self._answers.set()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._whole = False
        for one in list(self._open):
            _end(one)

    def hold_asks(self) -> None:
        """Nothing reaches the server; its answers come."""
        self._asks.clear()

    def hold_answers(self) -> None:
        """Everything reaches the server; nothing comes back."""
        self._answers.clear()

    def heal(self) -> None:
        self._whole = True
        self._asks.set()
        self._answers.set()

    def close(self) -> None:
        _end(self._listener)
        self.cut()
        self.heal()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._whole:
                    self._join(near, socket.create_connection(("127.0.0.1", self._target)))
                else:
                    near.close()

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        self._open |= {near, far}
        for one, other, free in ((near, far, self._asks), (far, near, self._answers)):
            Thread(target=self._pump, args=(one, other, free), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, free: Event) -> None:
        with suppress(OSError):
            while block := source.recv(65536):
                free.wait()
                sink.sendall(block)
        free.wait()
        for one in (source, sink):
            self._open.discard(one)
            _end(one)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class RedisServer:
    """A redis-server that can be killed and started again on the same port and directory."""

    def __init__(self, directory: Path, *words: str) -> None:
        self.directory, self.port, self._words = directory, free_port(), words
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory),
                   "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--daemonize", "no", *self._words]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def redis_server(directory: Path) -> Iterator[RedisServer]:
    """A running Redis with its files in ``directory``."""
    server = RedisServer(directory)
    try:
        yield server
    finally:
        server.kill()


SLOTS = 16_384


class RedisCluster:
    """Redis Cluster of three nodes, a third of the slots on each; any of them can be killed and started again."""

    def __init__(self, directory: Path) -> None:
        self.nodes: list[RedisServer] = []
        self._clients: list[redis.Redis] = []
        for number in range(3):
            (directory / str(number)).mkdir()
            bus = str(free_port())
            words = ("--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000",
                     "--cluster-require-full-coverage", "no")  # fmt: skip
            self.nodes.append(RedisServer(directory / str(number), *words))
            self._clients.append(redis.Redis.from_url(self.nodes[-1].url))
            first, last = (SLOTS * place // 3 for place in (number, number + 1))
            self._clients[-1].execute_command("CLUSTER ADDSLOTSRANGE", first, last - 1)
            self._clients[0].execute_command("CLUSTER MEET", "127.0.0.1", self.nodes[-1].port, bus)
        self._wait_whole()

    @property
    def url(self) -> str:
        return f"redis+cluster://127.0.0.1:{self.nodes[0].port}"

    def _wait_whole(self) -> None:
        pause = Event()
        for _ in range(500):
            told = [client.execute_command("CLUSTER INFO") for client in self._clients]
            if all(one["cluster_state"] == "ok" and one["cluster_known_nodes"] == "3" for one in told):
                return
            pause.wait(0.05)
        raise TimeoutError("the nodes do not become a cluster")

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()


class MosquittoServer:
    """An MQTT broker that can be killed and started again on the same port; it saves once a second."""

    def __init__(self, directory: Path, *lines: str) -> None:
        self.directory, self.port, self._lines = directory, free_port(), lines
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        lines = [f"listener {self.port} 127.0.0.1", *(self._lines or ["allow_anonymous true"]), "persistence true",
                 f"persistence_location {self.directory}/", "autosave_interval 1",
                 "max_inflight_messages 0", "max_queued_messages 0", *(["user root"] if os.geteuid() == 0 else [])]
        configuration = self.directory / "mosquitto.conf"
        configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [MOSQUITTO or "mosquitto", "-c", str(configuration)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """In order: everything is saved."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)


class PostgresServer:
    """A PostgreSQL with its default durability that can be stopped hard and started again on the same port."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.data, self.port = directory, directory / "data", free_port()
        initdb = [str(POSTGRES / "initdb"), "-D", str(self.data), "-A", "trust", "-U", "postgres", "-E", "UTF8",
                  "--no-sync", "--locale=C.UTF-8"]
        subprocess.run(_as_postgres(initdb), check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        command = [str(POSTGRES / "postgres"), "-D", str(self.data), "-p", str(self.port), "-k", str(self.directory),
                   "-h", "127.0.0.1"]
        self.process = subprocess.Popen(
            _as_postgres(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        wait_for_port(self.port, self.process)
        _wait_ready(self.port)

    def stop(self) -> None:
        """As if it had crashed: no checkpoint, connections cut."""
        assert self.process is not None
        stop = [str(POSTGRES / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop"]
        subprocess.run(_as_postgres(stop), check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        self.process.wait(20)

    def promote(self) -> None:
        """A standby becomes the one that writes."""
        promote = [str(POSTGRES / "pg_ctl"), "-D", str(self.data), "-w", "promote"]
        subprocess.run(_as_postgres(promote), check=True, stdout=subprocess.DEVNULL, cwd="/")


class PostgresStandby(PostgresServer):
    """A copy of a running one that follows it, as ``docs/deployment.md`` makes it."""

    def __init__(self, directory: Path, primary: PostgresServer) -> None:
        self.directory, self.data, self.port = directory, directory / "data", free_port()
        source = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "--checkpoint=fast", "--no-sync"]
        copy = [str(POSTGRES / "pg_basebackup"), "-R", "-C", "-S", "yiping", "-D", str(self.data), *source]
        subprocess.run(_as_postgres(copy), check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.process = None
        self.start()


@contextmanager
def running_postgres(primary: PostgresServer | None = None) -> Iterator[PostgresServer]:
    """A running PostgreSQL whose files are gone afterwards; one that follows ``primary`` where that is given."""
    directory = Path(tempfile.mkdtemp(prefix="yiping-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, "postgres", "postgres")
        server = PostgresServer(directory) if primary is None else PostgresStandby(directory, primary)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[str]:
    """The SQLAlchemy URL of a running PostgreSQL."""
    with running_postgres() as server:
        yield server.url


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _wait_ready(port: int) -> None:
    pause = Event()
    for _ in range(500):
        ready = subprocess.run([str(POSTGRES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)], check=False)
        if ready.returncode == 0:
            return
        pause.wait(0.02)
    raise TimeoutError("PostgreSQL does not become ready")


def have_redis() -> bool:
    return shutil.which("redis-server") is not None


def have_postgres() -> bool:
    return (POSTGRES / "postgres").exists() and (os.geteuid() != 0 or shutil.which("runuser") is not None)


@pytest.fixture(scope="session")
def redis_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if not have_redis():
        pytest.skip("no redis-server on this machine")
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    if not have_redis():
        pytest.skip("no redis-server on this machine")
    cluster = RedisCluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.kill()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MosquittoServer]:
    """An MQTT broker of this test alone: sessions outlive connections."""
    if MOSQUITTO is None:
        pytest.skip("no mosquitto on this machine")
    directory = tmp_path / "mosquitto"
    directory.mkdir()
    server = MosquittoServer(directory)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if not have_postgres():
        pytest.skip("no PostgreSQL 15 on this machine")
    with postgres_server() as url:
        yield url


def emptied(url: str) -> str:
    """The same database without any tables."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'case.db'}"
    return emptied(request.getfixturevalue("postgres_url"))
