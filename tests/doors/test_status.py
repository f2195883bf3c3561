"""The page of the installation: who may open it, what stands in it, and what is done to refused messages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio

from dashboard.hub.screens import Health, Screen
from dashboard.operations.presence import Presence
from data_sources.spool import SpoolSource
from tests.doors.opened import House, Visitor, opened, served

BROKEN = """{"specversion": "1.0", "id": "q1", "source": "/x",
 "type": "case.accepted", "subject": "K1", "time": "2026-10-17T09:12:00+08:00",
 "data": {"region": "nowhere", "category": "02", "title": "<b>王为民</b>"}}""".encode()
ROLES = {"admin": 200, "center": 200, "leader": 403, "street": 403, "unit": 403, "auditor": 403}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as made:
        made.city.submit([BROKEN, b"no json"])
        yield made


def text(visitor: Visitor, path: str = "/status") -> str:
    return visitor.get(path).get_data(as_text=True)


def waiting(house: House) -> dict[str, int]:
    return house.city.store.quarantine_counts()


@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_who_may_open_it(house: House, role: str, status: int) -> None:
    visitor = house.signed_in(role, "A" if role == "street" else "")
    assert visitor.get("/status").status_code == status
    assert ("/status" in text(visitor, "/account")) == (status == 200)
    assert house.visitor().get("/status").status_code == 303


@pytest.mark.parametrize(("lang", "word"), [("zh-CN", "被拒收的消息"), ("en", "Refused messages")])
def test_what_stands_in_it(house: House, lang: str, word: str) -> None:
    pages = [Screen("s1", "指挥大厅", "wall", "", house.watch.at - 3_600_000, house.watch.at - 9_000,
                    Health("build-7", 58.4, 41_000_000, 900, 31, 3))]
    Presence(house.doorman.engine, "sockets", 8061, "build-7", lambda: pages, house.watch.now).tell()
    Presence(house.doorman.engine, "web", 8051, now=lambda: house.watch.at - 180_000).tell()
    page = text(house.signed_in("center"), f"/status?lang={lang}")
    assert ("已失联 3 分钟" if lang == "zh-CN" else "gone: nothing heard for 3 min") in page
    for shown in (word, "指挥大厅", "build-7", "39.1 MB", ">58<", "9 秒" if lang == "zh-CN" else "9 s"):
        assert shown in page, shown
    assert 'http-equiv="refresh"' in page and "unknown" not in re.sub("<[^>]*>", "", page)


def test_those_who_run_accounts_see_no_message(house: House) -> None:
    """三员分立: the state of things, no case."""
    page = text(house.signed_in("admin"), "/status?show=1")
    assert "拒收的消息" not in page and "K1" not in page and "王为民" not in page
    assert house.signed_in("admin").post("/status/drop", "/status", id="1").status_code == 403


def test_a_message_is_shown_as_it_came_and_as_text(house: House) -> None:
    center = house.signed_in("center")
    number = re.search(r"show=(\d+)[^>]*>(?:(?!</tr>).)*?", text(center, "/status?reason=unknown_region"))
    assert number
    page = text(center, f"/status?show={number[1]}")
    assert "&lt;b&gt;王为民&lt;/b&gt;" in page and "<b>王" not in page
    assert 'http-equiv="refresh"' not in page, "nobody reads a page that goes away"


def test_in_a_district_nobody_sees_messages_of_the_city(house: House) -> None:
    page = text(house.signed_in("center", "A"))
    assert "数据来源" in page and "拒收的消息" not in page


def test_a_message_is_handed_in_again(house: House) -> None:
    center, before = house.signed_in("center"), waiting(house)
    (one,) = re.findall(r'name="id" value="(\d+)"><input type="hidden" name="reason" value="unknown_region"',
                        text(center, "/status?reason=unknown_region"))[:1]
    done = center.post("/status/replay", "/status", id=one, reason="unknown_region")
    assert done.status_code == 303 and "n=1" in done.location
    assert waiting(house).get("unknown_region", 0) == before["unknown_region"] - 1
    (batch,) = SpoolSource(house.doorman.engine, house.city.clock.now).drain()
    house.city.submit(batch.events)
    assert waiting(house) == before, "its region is still unknown, so it is back"
    assert [row.subject for row in house.log("quarantine.replayed")] == ["1"]


def test_messages_are_dropped_and_the_log_says_which(house: House) -> None:
    center = house.signed_in("center")
    ids = sorted(set(re.findall(r'name="id" value="(\d+)"', text(center))))
    center.post("/status/drop", "/status", id=ids)
    assert waiting(house) == {}
    (row,) = house.log("quarantine.dropped")
    assert row.subject == str(len(ids)) and set(row.detail.split()) == set(ids)


def test_without_the_token_of_the_form_nothing_is_done(house: House) -> None:
    center, before = house.signed_in("center"), waiting(house)
    assert center.client.post("/status/drop", data={"id": "1"}).status_code == 400
    assert waiting(house) == before


def test_a_wall_that_tells_of_itself_is_seen(tmp_path: Path) -> None:
    with served(tmp_path) as house:
        center = house.signed_in("center")
        screen = socketio.Client(websocket_extra_options={"origin": house.url})
        cookie = "; ".join(f"{one.key}={one.value}" for one in center.client._cookies.values())
        screen.connect(house.url, transports=["websocket"], headers={"Cookie": cookie})
        answer = screen.call("subscribe", {"region": ""})
        assert "error" not in answer, answer
        screen.emit("health", {"build": "b1", "frame_rate": 60, "heap": 5, "nodes": 6, "uptime": 7, "faults": 8})
        screen.call("subscribe", {"region": ""})
        (told,) = house.hub.screen_states()
        assert told.health == Health("b1", 60, 5, 6, 7, 8) and told.role == "center"
        screen.disconnect()


def test_a_wall_pc_can_see_that_the_program_answers(house: House) -> None:
    """``docs/deployment/wait.html`` asks for this picture before anybody has signed in."""
    answer = house.visitor().get("/_favicon.ico")
    assert answer.status_code == 200 and answer.mimetype.startswith("image/")
