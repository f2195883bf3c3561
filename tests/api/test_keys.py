import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.api.entrance import Entrance
from dashboard.api.policy import EntrancePolicy
from dashboard.security.doorman import Doorman
from dashboard.security.keys import create_key, ensure_first_key, find_key, revoke_key
from dashboard.store import Store
from tests.api.doors import client, door, some_cases
from tests.check.cities import raws
from tests.domain.happenings import event


@pytest.fixture
def store(tmp_path: Path):
    found = Store(f"sqlite:///{tmp_path / 'yiping.db'}")
    yield found
    found.close()


def test_only_the_hash_of_a_key_is_stored(store: Store, tmp_path: Path) -> None:
    key = create_key(store.engine, "gateway", ["write"], "d1")
    caller = find_key(store.engine, key)
    assert caller is not None
    assert (caller.name, caller.rights, caller.region) == ("gateway", {"write"}, "d1")
    store.close()
    assert key.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_revoked_key_opens_nothing(store: Store) -> None:
    key = create_key(store.engine, "gone", ["read"])
    assert revoke_key(store.engine, "gone")
    assert find_key(store.engine, key) is None


def test_the_first_key_is_written_once_and_for_the_owner_only(store: Store, tmp_path: Path) -> None:
    path = ensure_first_key(tmp_path, store.engine)
    text = path.read_text()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert ensure_first_key(tmp_path, store.engine).read_text() == text
    caller = find_key(store.engine, text.strip())
    assert caller is not None and {"read", "write", "personal"} <= caller.rights and caller.region == ""


def test_a_key_file_of_another_database_is_replaced(store: Store, tmp_path: Path) -> None:
    (tmp_path / "api-key").write_text("yp_of_another\n")
    assert find_key(store.engine, ensure_first_key(tmp_path, store.engine).read_text().strip()) is not None


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("Basic abc", 401), ("Bearer", 401), ("Bearer yp_wrong", 401)],
)
def test_without_a_key_nobody_comes_in(tmp_path: Path, header: str | None, status: int) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.get("/api/v1/kpis", headers={"Authorization": header} if header else {})
    assert answer.status_code == status
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_scopes(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        reader, writer = at_door.key("read"), at_door.key("write")
        assert at_door.client.post("/api/v1/events", data=b"{}", headers=reader).status_code == 403
        assert at_door.client.get("/api/v1/kpis", headers=writer).status_code == 403


def test_a_key_bound_to_a_region_sees_only_that_region(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        some_cases(at_door.city)
        key, get = at_door.key("read", region="d1"), at_door.client.get
        assert [row["id"] for row in get("/api/v1/cases", headers=key).json["cases"]] == ["C1"]
        assert get("/api/v1/kpis?period=2026-10", headers=key).json["region"]["code"] == "d1"
        assert get("/api/v1/kpis?region=d2", headers=key).status_code == 403
        assert get("/api/v1/ranking?under=c&period=2026-10", headers=key).status_code == 403
        assert [row["code"] for row in get("/api/v1/ranking?period=2026-10", headers=key).json["rows"]] == ["s1"]
        assert get("/api/v1/cases/C2", headers=key).status_code == 404
        assert get("/api/v1/workers", headers=key).json["workers"] == []
        assert get("/api/v1/workers/W2/track?date=2026-10-12", headers=key).status_code == 404
        assert get("/api/v1/quarantine", headers=key).status_code == 403
        assert get("/metrics", headers=key).status_code == 403


def test_a_key_bound_to_a_unit_sees_its_cases_and_no_figures_of_all(tmp_path: Path) -> None:
    with door(tmp_path, snapshot=lambda region: {"meta": {"region": region}}) as at_door:
        at_door.city.send(raws(1, [event("accepted", 0, category="natural", unit="u1")]))
        at_door.city.send(raws(2, [event("accepted", 0, category="natural", unit="u2")]))
        text = create_key(at_door.city.store.engine, "crew", ["read"], unit="u1")
        key, get = {"Authorization": f"Bearer {text}"}, at_door.client.get
        assert [row["id"] for row in get("/api/v1/cases", headers=key).json["cases"]] == ["C1"]
        assert [row["id"] for row in get("/api/v1/cases?unit=u1", headers=key).json["cases"]] == ["C1"]
        assert get("/api/v1/cases?unit=u2", headers=key).status_code == 403
        assert get("/api/v1/cases/C1", headers=key).status_code == 200
        assert get("/api/v1/cases/C2", headers=key).status_code == 404
        closed = ("kpis", "ranking", "workers", "workers/W1/track?date=2026-10-12", "snapshot", "quarantine")
        for path in ("/metrics", *(f"/api/v1/{name}" for name in closed)):
            assert get(path, headers=key).status_code == 403


@pytest.mark.parametrize(
    ("remote", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8050", 200),
        ("127.0.0.1", "localhost", 200),
        ("::1", "[::1]:8050", 200),
        ("192.168.1.9", "127.0.0.1:8050", 403),
        ("127.0.0.1", "evil.example", 403),
        ("127.0.0.1", "127.0.0.1.evil.example", 403),
    ],
)
def test_the_demo_answers_only_to_its_own_machine(tmp_path: Path, remote: str, host: str, status: int) -> None:
    with door(tmp_path) as at_door:
        entrance = Entrance(Doorman(at_door.city.store.engine), demo=True)
        demo = client(replace(at_door.services, policy=EntrancePolicy(entrance)))
        answer = demo.get("/api/v1/kpis", environ_base={"REMOTE_ADDR": remote}, headers={"Host": host})
        assert answer.status_code == status
        assert demo.post("/api/v1/events", data=b"{}", headers={"Host": "localhost"}).status_code == 403
