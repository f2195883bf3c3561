"""One running program with two districts and an account of every role and scope."""

from collections.abc import Iterator
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import create_engine

from dashboard.addresses import database_address
from dashboard.config import load_settings
from dashboard.security.accounts import create_account
from dashboard.security.caller import ROLES
from dashboard.security.clock import real_now
from dashboard.security.keys import create_key
from scripts.build_frontend import build
from tests.matrix import place
from tests.matrix.people import PASSWORD, Person
from tests.program import Program

PEOPLE = tuple(role for role in ROLES if role != "wall")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The running program with all of its cases in the extract."""
    build()
    folder = tmp_path_factory.mktemp("matrix")
    running = Program(folder / "data", "--no-simulator")
    running.directory.mkdir()
    (running.directory / "config.toml").write_text('city_zh = "测试市"\n[rules]\nmin_due = 1\n', encoding="utf-8")
    running.start()
    try:
        for kind, path in place.write_files(folder / "files").items():
            running.read_file(kind, path)
        _until(lambda: _workers(running) == place.workers_in(""))
        assert running.send("/api/v1/events", place.events())["rejected"] == []
        assert running.send("/api/v1/positions", place.fixes())["rejected"] == []
        _until(lambda: place.stored_cases(running.directory / "yiping.db") == place.cases_in(""))
        yield running
    finally:
        running.stop()


def _workers(running: Program) -> int:
    """Workers of the live state, which learns of base data after whoever judges events by it."""
    return int(running.ask("/api/v1/snapshot")[1].get("tiles", {}).get("workers", {}).get("total", 0))


def _until(true: object, seconds: float = 20) -> None:
    end, pause = monotonic() + seconds, Event()
    while not true():  # type: ignore[operator]
        assert monotonic() < end, "the city does not come through"
        pause.wait(0.2)


@pytest.fixture(scope="session")
def people(program: Program) -> dict[tuple[str, str], Person]:
    """Somebody of every role and scope, signed in; ``key`` is an API key that may read, ``crew`` one of a unit."""
    settings = load_settings(program.directory)
    engine = create_engine(database_address(settings, program.directory))
    found: dict[tuple[str, str], Person] = {}
    for scope in place.SCOPES:
        for role in PEOPLE:
            name = f"{role}-{scope or 'all'}"
            unit = "U1" if role == "unit" else ""
            create_account(engine, real_now, name, role, PASSWORD, region=scope, unit=unit)
            found[role, scope] = Person(program.url, role, scope, name)
            found[role, scope].sign_in()
        for role, unit in (("key", ""), ("crew", "U1")):
            key = create_key(engine, f"{role}-{scope or 'all'}", ("read",), scope, unit=unit)
            found[role, scope] = Person(program.url, role, scope, key=key)
    engine.dispose()
    return found
