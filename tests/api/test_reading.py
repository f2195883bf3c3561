import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.boards.scope import UnknownRegion
from dashboard.security.accounts import create_account
from dashboard.security.audit import read_audit
from dashboard.security.clock import real_now
from dashboard.security.doorman import SESSION, Doorman, Login
from tests.api.doors import TODAY, Vitals, door, some_cases
from tests.domain.happenings import at


def test_kpis_as_json_and_csv(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        some_cases(at_door.city)
        key = at_door.key("read")
        answer = at_door.client.get("/api/v1/kpis?region=c&period=2026-10", headers=key).json
        table = at_door.client.get("/api/v1/kpis?region=c&period=2026-10&format=csv", headers=key)
        accepted = at_door.client.get("/api/v1/kpis?region=c", headers=key | {"Accept": "text/csv"})
    figures = {figure["key"]: figure for figure in answer["figures"]}
    assert figures["on_time_rate"] | {"name": "", "name_en": "", "version": ""} == {
        "key": "on_time_rate", "name": "", "name_en": "", "basis": "cohort", "unit": "share", "version": "",
        "value": 0.5, "numerator": 1, "denominator": 2,
    }  # fmt: skip
    assert answer["equation"] == {"carried": 0, "accepted": 2, "reopened": 0, "closed": 1, "voided": 0, "open": 1}
    assert answer["beside"]["unaccepted"] == 1
    assert table.content_type == accepted.content_type == "text/csv; charset=utf-8"
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")))}
    assert (rows["on_time_rate"]["numerator"], rows["on_time_rate"]["denominator"]) == ("1", "2")


def test_a_title_that_is_a_formula_cannot_run_in_a_spreadsheet(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        some_cases(at_door.city)
        answer = at_door.client.get("/api/v1/cases?format=csv", headers=at_door.key("read"))
    titles = [row["title"] for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))]
    assert titles == ["'=1+1", ""]


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/api/v1/kpis?period=yesterday", 400, "period"),
        ("/api/v1/kpis?region=nowhere", 404, "region"),
        ("/api/v1/kpis?colour=red", 400, "query"),
        ("/api/v1/kpis?region=c&region=d1", 400, "region"),
        ("/api/v1/kpis?as_of=99", 400, "as_of"),
        ("/api/v1/kpis?as_of=tomorrow", 400, "as_of"),
        ("/api/v1/ranking?level=planet", 404, "level"),
        ("/api/v1/ranking?model=luck", 404, "model"),
        ("/api/v1/cases?cursor=%21%21", 400, "cursor"),
        ("/api/v1/cases?limit=0", 400, "query"),
        ("/api/v1/cases?limit=many", 400, "query"),
        ("/api/v1/cases/none", 404, "id"),
        ("/api/v1/workers/W9/track?date=2026-10-12", 404, "id"),
        ("/api/v1/workers/W1/track", 400, "query"),
        ("/api/v1/workers/W1/track?date=2026-02-31", 400, "date"),
        ("/api/v1/nothing", 404, ""),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, path: str, status: int, where: str) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.get(path, headers=at_door.key("read"))
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json.get("where", "") == where


@pytest.mark.parametrize(
    "path",
    [
        "//api/v1/kpis",
        "/api//v1/kpis",
        "/api%2Fv1/kpis",
        "/api/v1/./kpis",
        "/api/v1/%6bpis",
        "/x/../api/v1/kpis",
        "/api/v1/kpis/",
    ],
)
def test_there_is_one_spelling_of_an_address(tmp_path: Path, path: str) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.get(path, headers=at_door.key("read"), environ_overrides={"REQUEST_URI": path})
    assert answer.status_code == 404


def test_a_page_that_takes_every_path_takes_none_of_the_api(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        app = at_door.client.application
        app.add_url_rule("/<path:path>", "page", lambda path: "a page")
        answers = {path: at_door.client.get(path).status_code for path in ("/wall", "/api/v1/none", "/api/v1/kpis")}
        wrong = at_door.client.delete("/api/v1/kpis")
    assert answers == {"/wall": 200, "/api/v1/none": 404, "/api/v1/kpis": 401}
    assert (wrong.status_code, wrong.content_type) == (405, "application/problem+json")


def test_case_ids_may_be_chinese(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.get("/api/v1/cases/案件一", headers=at_door.key("read"))
    assert (answer.status_code, answer.json["where"]) == (404, "id")


def test_a_look_at_a_track_is_written_down(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        path = "/api/v1/workers/W1/track?date=2026-10-12&purpose=核查"
        answer = at_door.client.get(path, headers=at_door.key("read"))
        unstated = at_door.client.get("/api/v1/workers/W1/track?date=2026-10-12", headers=at_door.key("read", "write"))
        looks = read_audit(at_door.city.store.engine)
    shown = {"worker": "W1", "day": 20261012, "time": [at(60)], "lon": [113.02], "lat": [34.0]}
    assert answer.json == unstated.json == shown, "neither where the day began nor what lies outside of it"
    assert [(look.who, look.role, look.action, look.subject, look.at, look.detail) for look in reversed(looks)] == [
        ("read", "key", "worker.track", "W1", TODAY, '{"day":20261012,"purpose":"核查"}'),
        ("read-write", "key", "worker.track", "W1", TODAY, '{"day":20261012,"purpose":"by API key"}'),
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [("date=2026-10-12", 400), ("date=2026-10-12&purpose=%20", 400), ("date=2026-10-12&purpose=核查", 200),
     ("date=2026-07-01&purpose=核查", 404), ("date=2026-10-14&purpose=核查", 404)],
)  # fmt: skip
def test_a_person_says_what_for(tmp_path: Path, query: str, status: int) -> None:
    with door(tmp_path) as at_door:
        create_account(at_door.city.store.engine, real_now, "zhou", "leader", "correct horse battery")
        login = Doorman(at_door.city.store.engine).login("zhou", "correct horse battery", "", "")
        assert isinstance(login, Login)
        at_door.client.set_cookie(SESSION, login.token)
        assert at_door.client.get(f"/api/v1/workers/W1/track?{query}").status_code == status


def test_case_timeline(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        some_cases(at_door.city)
        found = at_door.client.get("/api/v1/cases/C1", headers=at_door.key("read")).json
    assert [step["type"] for step in found["events"]] == ["case.accepted", "case.closed", "case.rated"]
    assert (found["case"]["state"], found["case"]["score"]) == ("closed", 3)


def test_map_is_tagged_with_the_version_of_base_data(tmp_path: Path) -> None:
    with door(tmp_path, map_document=lambda region: {"version": 1, "regions": []}) as at_door:
        key = at_door.key("read")
        first = at_door.client.get("/api/v1/map?region=c", headers=key)
        again = at_door.client.get("/api/v1/map?region=c", headers=key | {"If-None-Match": first.headers["ETag"]})
    assert first.json == {"version": 1, "regions": []}
    assert (again.status_code, again.data) == (304, b"")


def test_snapshot(tmp_path: Path) -> None:
    with door(tmp_path, snapshot=lambda region: {"meta": {"region": region}}) as at_door:
        key = at_door.key("read")
        assert at_door.client.get("/api/v1/snapshot?region=d1", headers=key).json == {"meta": {"region": "d1"}}


def test_snapshot_of_a_region_that_the_live_state_has_yet_to_learn(tmp_path: Path) -> None:
    def behind(region: str) -> dict[str, object]:
        raise UnknownRegion(region)

    with door(tmp_path, snapshot=behind) as at_door:
        found = at_door.client.get("/api/v1/snapshot?region=d1", headers=at_door.key("read"))
    assert (found.status_code, found.headers["Retry-After"]) == (503, "1")


def test_quarantine_counts_and_samples(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        at_door.city.send([b"not json"])
        found = at_door.client.get("/api/v1/quarantine", headers=at_door.key("read", "personal")).json
    assert found["counts"] == {"malformed": 1}
    assert found["samples"][0]["raw"] == "not json"


def test_ready_without_any_data(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        assert at_door.client.get("/healthz").json == {"status": "ok", "checks": {}, "warnings": []}
        assert at_door.client.get("/readyz").status_code == 200


def test_a_warning_is_told_but_does_not_make_it_unready(tmp_path: Path) -> None:
    with door(tmp_path, vitals=lambda: Vitals(tick_age=0.1, warnings=["坐标系可能错配"])) as at_door:
        answer = at_door.client.get("/readyz")
    assert answer.status_code == 200 and answer.json["warnings"] == ["坐标系可能错配"]


def test_not_ready_without_a_clock_or_ingest(tmp_path: Path) -> None:
    with door(tmp_path, vitals=lambda: Vitals(tick_age=99.0, ingest_alive=False)) as at_door:
        answer = at_door.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "ok", "ingest": "not running", "tick": "last one 99 s ago"}


def test_metrics(tmp_path: Path) -> None:
    def vitals() -> Vitals:
        return Vitals(7, 3, 1.0, True, 2, 5, at_door.city.ingest.sources.states())

    with door(tmp_path, vitals=vitals) as at_door:
        some_cases(at_door.city)
        at_door.city.send([b"not json"])
        answer = at_door.client.get("/metrics", headers=at_door.key("read"))
    assert answer.content_type.startswith("text/plain")
    lines = answer.text.splitlines()
    assert "yiping_seq 7.0" in lines
    assert "yiping_screens 5.0" in lines
    assert 'yiping_quarantined{reason="malformed"} 1.0' in lines
    assert 'yiping_items_total{lane="cases",result="accepted",source="test"} 5.0' in lines
    assert 'yiping_rejected_total{lane="cases",reason="malformed",source="test"} 1.0' in lines


def test_a_store_that_is_down_is_503_for_readers(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        key = at_door.key("read")
        with at_door.city.store.write() as connection:
            connection.execute(text("ALTER TABLE tally RENAME TO tally_away"))
        answer = at_door.client.get("/api/v1/kpis?region=c", headers=key)
    assert answer.status_code == 503
