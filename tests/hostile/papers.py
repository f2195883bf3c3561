"""Reports of the hostile city, made, appealed against and issued through the forms of their pages."""

import re
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from zoneinfo import ZoneInfo

from tests.hostile import place
from tests.hostile.corpus import LONG, VECTORS
from tests.matrix.people import Person

SECONDS = 120


def notices(center: Person) -> tuple[str, str]:
    """Ids of a notice of all cases, issued with its file, and of a draft about one category."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    days = {"kind": "notice", "from": str(today - timedelta(days=1)), "to": str(today), "levels": "district,street"}
    return _issued(center, days), _made(center, {**days, "category": "01"})


def heard_month(center: Person, street: Person) -> str:
    """The id of last month's report with two appeals, one of them rejected, in words of an attacker."""
    asked = {"kind": "month", "period": f"{place.last_month():%Y-%m}", "levels": "district,street"}
    id_ = _made(center, asked)
    _act(center, id_, "appeals")
    for case, change in ((place.OLD[0], "on_time"), (place.OLD[1], "not_ours")):
        grounds = {"id": id_, "case": case, "change": change, "reason": LONG, "evidence": VECTORS[4]}
        _sent(street, "/report/appeal", grounds)
    appeals = re.findall(r"decide-([\w-]{16})", center.click("/report", f"?id={id_}").text)
    _sent(center, "/report/decide", {"id": id_, "appeal": appeals[0], "verdict": "reject", "why": LONG})
    return id_


def _issued(center: Person, asked: dict[str, str]) -> str:
    id_ = _made(center, asked)
    for act, state in (("freeze", "frozen"), ("issue", "issued")):
        _act(center, id_, act)
        _wait_for(center, state, {id_})
    return id_


def _made(center: Person, asked: dict[str, str]) -> str:
    known = {one["id"] for one in _list(center)}
    _sent(center, "/reports/make", asked)
    return _wait_for(center, "draft", set(), known)


def _act(center: Person, id_: str, act: str) -> None:
    _sent(center, "/report/act", {"id": id_, "act": act})


def _sent(person: Person, path: str, form: dict[str, str]) -> None:
    answer = person.post(path, form)
    assert answer.status_code == 303, answer.text[:500]
    assert "said=no." not in answer.headers["Location"], answer.headers["Location"]


def _list(person: Person) -> list[dict[str, str]]:
    found: list[dict[str, str]] = person.get("/api/v1/reports").json()["entries"]
    return found


def _wait_for(person: Person, state: str, among: set[str], besides: set[str] | None = None) -> str:
    """The id of the report that has come so far."""
    end, pause = monotonic() + SECONDS, Event()
    while True:
        found = {one["id"] for one in _list(person) if one["state"] == state} - (besides or set())
        if found & (among or found):
            return min(found & (among or found))
        assert monotonic() < end, (state, person.click("/reports").text[-3000:])
        pause.wait(0.2)
