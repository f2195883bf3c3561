from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.reports.archive import APPEALS, DRAFT, ISSUED
from dashboard.reports.jobs import Job, Tell
from dashboard.reports.office_settings import Office
from dashboard.reports.opening import create_report_tables
from dashboard.reports.snapshot import Asked
from dashboard.reports.store import add
from dashboard.reports.workflow import Reports, Room
from dashboard.reports.works import Works
from dashboard.store.engine import writing
from tests.api.doors import NOW, TODAY, Door, client, door
from tests.reports.shelf import entry, numbers, words

STATES = {"2026-08": ISSUED, "2026-09": APPEALS, "2026-07": DRAFT}


def nobody(job: Job, tell: Tell) -> str:
    raise AssertionError(job)


@contextmanager
def archive(directory: Path, public: bool = True) -> Iterator[Door]:
    with door(directory) as plain:
        engine = plain.city.store.engine
        room = Room(engine, lambda: plain.city.base, "Asia/Shanghai", lambda: NOW, lambda: TODAY, directory,
                    lambda: Office(public=public), nobody, Works())  # fmt: skip
        services = replace(plain.services, reports=Reports(room))
        create_report_tables(engine)
        for place, (period, state) in enumerate(STATES.items()):
            snapshot = numbers(Asked("month", period))
            made = entry(snapshot, f"report-{period}", state, made=NOW + place, title=f"关于{period}的通报")
            with writing(engine) as connection:
                add(connection, made, snapshot, words(snapshot), [])
        yield Door(client(services), plain.city, services)


def listed(at_door: Door, key: dict[str, str], query: str = "") -> list[str]:
    answer = at_door.client.get(f"/api/v1/reports{query}", headers=key)
    assert answer.status_code == 200, answer.json
    return [one["asked"]["period"] for one in answer.json["entries"]]


def test_the_archive_within_scope(tmp_path: Path) -> None:
    """A key of the whole city hears about appeals; a draft is for those who make reports."""
    with archive(tmp_path) as at_door:
        key = at_door.key("read")
        assert listed(at_door, key) == ["2026-09", "2026-08"]
        assert listed(at_door, key, "?period=2026-08") == ["2026-08"]
        assert listed(at_door, key, "?state=issued&kind=month&words=通报") == ["2026-08"]
        assert listed(at_door, key, "?kind=week") == []
        assert listed(at_door, at_door.key("read", region="d1")) == ["2026-09", "2026-08"]


def test_where_reports_do_not_circulate_a_bound_key_sees_none_of_the_city(tmp_path: Path) -> None:
    with archive(tmp_path, public=False) as at_door:
        assert listed(at_door, at_door.key("read", region="d1")) == ["2026-09"]
        assert listed(at_door, at_door.key("read")) == ["2026-09", "2026-08"]


def test_a_report_says_what_it_says(tmp_path: Path) -> None:
    with archive(tmp_path) as at_door:
        key = at_door.key("read")
        found = at_door.client.get("/api/v1/reports/report-2026-08", headers=key)
        assert found.status_code == 200
        assert found.json["title"] == ["关于2026年9月工作运行情况的通报"]
        assert found.json["sections"][0]["blocks"][1]["rows"]


@pytest.mark.parametrize("name", ["report-2026-07", "report-2026-01", "x", "..%2Fyiping.db", "%00"])
def test_what_a_caller_may_not_see_does_not_exist(tmp_path: Path, name: str) -> None:
    with archive(tmp_path) as at_door:
        found = at_door.client.get(f"/api/v1/reports/{name}", headers=at_door.key("read"))
        assert found.status_code == 404
        assert at_door.client.get("/api/v1/reports", headers={}).status_code == 401


def test_without_reports_in_the_process_it_says_so(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        assert at_door.client.get("/api/v1/reports", headers=at_door.key("read")).status_code == 503


def test_a_wrong_question_is_refused(tmp_path: Path) -> None:
    with archive(tmp_path) as at_door:
        key = at_door.key("read")
        assert at_door.client.get("/api/v1/reports?kind=secret", headers=key).status_code == 400
        assert at_door.client.get("/api/v1/reports?cursor=nobody", headers=key).status_code == 200
