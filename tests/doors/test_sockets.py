"""Who watches, over real sockets: cookies decide, forged origins do not, and signing out cuts the line."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket
from socketio.exceptions import ConnectionError

from dashboard.config import Settings
from dashboard.security.accounts import change_account
from dashboard.security.doorman import DEVICE, SESSION
from dashboard.security.keys import create_key, revoke_key
from tests.doors.opened import House, Visitor, served
from tests.hub.served import Page
from tests.ingest.city import NOON, accepted


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with served(tmp_path) as made:
        yield made


class Screen(Page):
    """A page that shows cookies when it connects."""

    def __init__(self, house: House, headers: dict[str, str]) -> None:
        self.headers = headers
        super().__init__(house.port)

    def connect(self) -> None:
        url = f"http://127.0.0.1:{self.port}"
        self.client.connect(url, transports=["websocket"], headers=self.headers, wait_timeout=5)


def cookies(visitor: Visitor, *names: str) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={visitor.cookie(name)}" for name in names or (SESSION,))}


def paired(house: House, region: str = "") -> Visitor:
    wall, admin = house.visitor(), house.signed_in("admin")
    wall.post("/pair")
    code = wall.get("/pair").get_data(as_text=True).split('登记码">')[1].split("<")[0]
    assert admin.post("/admin/devices", code=code, name="指挥大厅", region=region).status_code == 303
    assert wall.get("/pair").location == "/wall"
    return wall


def test_a_stranger_gets_no_socket(house: House) -> None:
    for headers in ({}, {"Cookie": f"{SESSION}=made-up"}, {"Authorization": "Bearer made-up"}):
        with pytest.raises(ConnectionError):
            Screen(house, headers)


@pytest.mark.parametrize("role", ["unit", "auditor", "admin"])
def test_who_may_see_no_wall_gets_no_socket(house: House, role: str) -> None:
    with pytest.raises(ConnectionError):
        Screen(house, cookies(house.signed_in(role)))


def test_a_wall_may_stand_for_its_region_alone(house: House) -> None:
    wall = paired(house, "A")
    screen = Screen(house, cookies(wall, DEVICE))
    assert screen.subscribe()["board"]["meta"]["region"] == "A"
    assert screen.subscribe("B") == {"error": "forbidden", "detail": "B"}
    assert screen.subscribe("C") == {"error": "forbidden", "detail": "C"}
    assert wall.get("/api/v1/snapshot").json["meta"]["region"] == "A"
    assert wall.get("/api/v1/snapshot?region=B").status_code == 403
    assert wall.get("/api/v1/cases").status_code == 403
    assert wall.get("/region").status_code == 403
    screen.close()


def log_out(house: House, visitor: Visitor) -> None:
    assert visitor.post("/logout", "/account").status_code == 303


def end_session(house: House, visitor: Visitor) -> None:
    house.signed_in("admin").post("/admin/sessions/end", "/admin/sessions", id=session_of(house, visitor))


def session_of(house: House, visitor: Visitor) -> str:
    return next(row.subject for row in house.log("login") if row.who == visitor.name)


def move_account(house: House, visitor: Visitor) -> None:
    change_account(house.doorman.engine, house.watch.now, visitor.name, region="B")


def idle_too_long(house: House, visitor: Visitor) -> None:
    house.watch.pass_seconds(3600)


@pytest.mark.parametrize("end", [log_out, end_session, move_account, idle_too_long])
def test_whose_session_ended_is_cut_within_five_seconds(house: House, end: Callable[[House, Visitor], None]) -> None:
    admin = house.person("admin") if end is end_session else ""
    visitor = house.signed_in("leader")
    assert_cut(house, cookies(visitor), lambda: end(house, visitor))
    assert admin or visitor.get("/account").status_code == 303


def test_a_revoked_wall_is_cut_within_five_seconds(house: House) -> None:
    wall = paired(house)
    id_ = house.log("device.paired")[0].subject
    assert id_ == "指挥大厅"
    admin = house.signed_in("admin")
    listed = admin.get("/admin/devices").get_data(as_text=True)
    device = listed.split('name="id" value="')[1].split('"')[0]
    assert_cut(house, cookies(wall, DEVICE), lambda: admin.post("/admin/devices/revoke", "/admin/devices", id=device))
    assert wall.get("/wall").status_code == 303
    assert wall.get("/api/v1/snapshot").status_code == 401


def test_a_revoked_key_is_cut_within_five_seconds(house: House) -> None:
    key = create_key(house.doorman.engine, "screen", ["read"])
    header = {"Authorization": f"Bearer {key}"}
    assert_cut(house, header, lambda: revoke_key(house.doorman.engine, "screen"))


def assert_cut(house: House, headers: dict[str, str], end: Callable[[], Any]) -> None:
    """After ``end`` the line is closed in time, nothing comes any more, and the same cookies open no other."""
    watched = Screen(house, cookies(house.signed_in("center")))
    gone = Screen(house, headers)
    gone.subscribe()
    watched.subscribe()
    began = time.monotonic()
    end()
    gone.wait(lambda page: not page.client.connected)
    assert time.monotonic() - began < 5
    heard = (gone.deltas, gone.frames, gone.pulses)
    house.city.submit([accepted("K1", NOON, "A111")])
    house.city.tick(NOON + 1000)
    if watched.client.connected:
        watched.wait(lambda page: page.deltas > 0 or not page.client.connected)
    assert (gone.deltas, gone.frames, gone.pulses) == heard
    with pytest.raises(ConnectionError):
        Screen(house, headers)
    watched.close()


EVIL = "https://evil.example"


def opens(house: House, visitor: Visitor, origin: str, *headers: str, host: str | None = None) -> bool:
    """Whether a browser's page of an origin gets a connection and is let in. The names are those of the protocols."""
    line = f"ws://127.0.0.1:{house.port}/socket.io/?EIO=4&transport=websocket"
    cookie = f"{SESSION}={visitor.cookie(SESSION)}"
    try:
        socket = websocket.create_connection(
            line, timeout=5, origin=origin, header=list(headers), cookie=cookie, host=host
        )  # fmt: skip
    except websocket.WebSocketBadStatusException:
        return False
    try:
        assert socket.recv().startswith("0{")
        socket.send("40")
        return str(socket.recv()).startswith("40{")
    finally:
        socket.shutdown()


@pytest.mark.parametrize(
    ("origin", "headers", "host"),
    [
        (EVIL, [], None),
        (EVIL, ["X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https"], None),
        (EVIL, ["Forwarded: host=evil.example;proto=https"], None),
        (EVIL, [], "evil.example"),
        ("null", [], None),
        ("http://127.0.0.1:1", [], None),
        ("http://127.0.0.1.evil.example", [], None),
    ],
)
def test_a_forged_origin_opens_no_socket(house: House, origin: str, headers: list[str], host: str | None) -> None:
    visitor = house.signed_in("leader")
    assert opens(house, visitor, house.url)
    assert not opens(house, visitor, origin, *headers, host=host)


def test_only_configured_origins_open_sockets(tmp_path: Path) -> None:
    with served(tmp_path, settings=Settings(origins=("https://city.example",))) as house:
        visitor = house.signed_in("leader")
        assert opens(house, visitor, "https://city.example")
        assert not opens(house, visitor, house.url)


def test_the_http_part_of_sockets_has_the_headers_too(house: House) -> None:
    answer = requests.get(f"{house.url}/socket.io/?EIO=4&transport=polling", timeout=5)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Werkzeug" not in answer.headers.get("Server", "") and "Python" not in answer.headers.get("Server", "")


def test_the_demo_is_open_on_the_machine_and_by_its_own_name_alone(tmp_path: Path) -> None:
    with served(tmp_path, demo=True) as house:
        screen = Screen(house, {})
        assert "board" in screen.subscribe()
        screen.close()
        with pytest.raises(ConnectionError):
            Screen(house, {"Host": "evil.example"})
