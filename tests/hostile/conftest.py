"""One running program over a city of hostile words, with hostile names for everybody who works in it."""

from collections.abc import Iterator
from threading import Event
from time import monotonic

import pytest
import requests
from sqlalchemy import create_engine

from dashboard.addresses import database_address
from dashboard.config import load_settings
from dashboard.security.accounts import create_account
from dashboard.security.audit import AuditRow, write_audit
from dashboard.security.clock import real_now
from dashboard.security.keys import create_key
from scripts.build_frontend import build
from tests.hostile import papers, place
from tests.hostile.corpus import LONG, VECTORS, word
from tests.matrix.people import PASSWORD, Person
from tests.program import Program

ROLES = ("center", "leader", "auditor", "admin")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The running program with all of its cases."""
    build()
    folder = tmp_path_factory.mktemp("hostile")
    running = Program(folder / "data", "--no-simulator")
    running.directory.mkdir()
    (running.directory / "config.toml").write_text("[rules]\nmin_due = 1\n", encoding="utf-8")
    (running.directory / "reports.toml").write_text(place.OFFICE, encoding="utf-8")
    running.start()
    try:
        for kind, path in place.write_files(folder / "files").items():
            running.read_file(kind, path)
        _until(lambda: _workers(running) == place.WORKERS)
        assert running.send("/api/v1/events", place.events())["rejected"] == []
        assert running.send("/api/v1/positions", place.fixes())["rejected"] == []
        for event in place.refused():
            headers = {"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
            assert requests.post(f"{running.url}/api/v1/events", event, headers=headers, timeout=10).status_code < 500
        _until(lambda: place.stored_cases(running.directory / "yiping.db") == place.CASES)
        yield running
    finally:
        running.stop()


def _workers(running: Program) -> int:
    """Workers of the live state, which learns of base data after whoever judges events by it."""
    return int(running.ask("/api/v1/snapshot")[1].get("tiles", {}).get("workers", {}).get("total", 0))


def _until(true: object, seconds: float = 30) -> None:
    end, pause = monotonic() + seconds, Event()
    while not true():  # type: ignore[operator]
        assert monotonic() < end, "the city does not come through"
        pause.wait(0.2)


@pytest.fixture(scope="session")
def people(program: Program) -> dict[str, Person]:
    """Somebody of every role whose browser and display name are hostile, keys, and a log full of hostile rows."""
    engine = create_engine(database_address(load_settings(program.directory), program.directory))
    found: dict[str, Person] = {}
    for number, role in enumerate(ROLES):
        create_account(engine, real_now, f"the-{role}", role, PASSWORD, display=word(number))
        found[role] = Person(program.url, role, "", f"the-{role}")
        found[role].web.headers["User-Agent"] = word(number + 9).encode("latin-1", "ignore").decode("latin-1").strip()
        found[role].sign_in()
    for number, text in enumerate(VECTORS):
        create_key(engine, f"{number}{text}"[:90], ("read",))
        write_audit(engine, AuditRow(real_now(), text[:60], text[:60], text, LONG if not number else text, text[:20]))
        create_account(engine, real_now, f"p{number}", "leader", None, display=text)
    create_account(engine, real_now, "the-street", "street", PASSWORD, region=place.LEAVES[0], display=word(8))
    found["street"] = Person(program.url, "street", place.LEAVES[0], "the-street")
    found["street"].sign_in()
    engine.dispose()
    found["wall"] = _paired(program, found["admin"])
    return found


@pytest.fixture(scope="session")
def reports(people: dict[str, Person]) -> dict[str, str]:
    """Ids of an issued notice, of a draft of another one and of the month that is heard."""
    center, month = people["center"], f"{place.last_month():%Y-%m}"
    _until(lambda: place.OLD[-1] in center.click("/cases", f"?period={month}").text)
    notice, draft = papers.notices(center)
    return {"NOTICE": notice, "DRAFT": draft, "MONTH": papers.heard_month(center, people["street"])}


def _paired(program: Program, admin: Person) -> Person:
    """A wall whose label and browser are hostile."""
    wall = Person(program.url, "wall", "")
    wall.web.headers["User-Agent"] = word(4)
    token = wall.get("/pair").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert wall.web.post(f"{program.url}/pair", {"csrf_token": token}, headers={"Origin": program.url}).ok
    code = wall.get("/pair").text.split('class="code"')[1].split(">")[1].split("<")[0]
    told = admin.post("/admin/devices", {"code": code, "name": word(3), "region": ""})
    assert told.status_code == 303, told.text
    assert wall.get("/pair").headers["Location"] == "/wall"
    return wall
