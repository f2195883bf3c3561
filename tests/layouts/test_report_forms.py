"""Forms and files about reports over HTTP: what each role may do, where a form leads, how files come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from flask import Flask, g
from werkzeug.test import TestResponse

from callbacks.pages import Visit
from callbacks.report_link import report_link
from callbacks.reports import HTML_POLICY, register_reports
from dashboard.queries import desk as queries
from dashboard.reports.appeals import ACCEPTED, LODGED, Appeal, appeals_of
from dashboard.reports.archive import APPEALS, DRAFT, FORMATS, ISSUED
from dashboard.reports.snapshot import Asked
from dashboard.security.caller import Caller
from layouts.address import REGION, Address
from layouts.parts.shell import Frame
from tests.reports.house import OCTOBER, House, house
from tests.reports.shelf import caller

ID = "report-october"
CENTER, WEST = caller("center"), caller("street", "s2")
OTHERS = [caller("leader"), caller("unit", unit="u1"), caller("street", "s1"), caller("center", "d2")]
"""None of them makes reports of the whole city."""
GROUNDS = {"case": "C1", "change": "on_time", "reason": "延期已批准", "evidence": "审批单"}


@dataclass
class Desk:
    """A server with the addresses of reports alone; ``who`` asks."""

    home: House
    server: Flask
    who: Caller = CENTER
    refused: list[str] = field(default_factory=list)

    def get(self, path: str) -> TestResponse:
        return self.server.test_client().get(path)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.server.test_client().post(path, data=fields)

    def led(self, path: str, **fields: str) -> tuple[str, dict[str, str]]:
        """Path and parameters of the page a form leads to."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        place = urlsplit(answer.location)
        return place.path, dict(parse_qsl(place.query))

    def asked(self) -> list[tuple[str, str, str]]:
        """What was put into the queue, newest first: act, period, who."""
        return [(work.act, work.asked.period, work.who) for work in self.home.works.seen()]

    def stored(self) -> list[Appeal]:
        return appeals_of(self.home.town.store.engine, ID)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with house(f"sqlite:///{tmp_path / 'yiping.db'}", tmp_path) as home:
        server = Flask("reports")
        made = Desk(home, server)
        register_reports(server, home.reports(), lambda caller, path: made.refused.append(f"{caller.name} {path}"))
        server.before_request(lambda: setattr(g, "caller", made.who))
        yield made


@pytest.fixture
def heard(desk: Desk) -> Desk:
    """Appeals are heard."""
    desk.home.put()
    assert desk.led("/report/act", id=ID, act="appeals") == ("/report", {"id": ID, "said": "opened"})
    return desk


def test_a_draft_is_asked_for_and_the_archive_says_so(desk: Desk) -> None:
    led = desk.led("/reports/make", kind="month", period="2026-10", levels="district,street", lang="en")
    assert led == ("/reports", {"said": "asked", "lang": "en"})
    assert desk.asked() == [("make", "2026-10", "center")]
    assert desk.home.works.seen()[0].asked.levels == ("district", "street")


def test_a_notice_is_asked_for_with_its_filters(desk: Desk) -> None:
    days = {"from": "2026-10-01", "to": "2026-10-20"}
    desk.led("/reports/make", kind="notice", category="natural", region="s2", **days)
    asked = desk.home.works.seen()[0].asked
    assert (asked.period, asked.region, asked.filters) == ("2026-10-01..2026-10-20", "s2", {"category": "natural"})


@pytest.mark.parametrize(("fields", "said"), [
    ({"kind": "month", "period": "2999-01"}, "no.future"), ({"kind": "month", "period": "nonsense"}, "no.period"),
    ({"kind": "excerpt", "period": "2020-01"}, "no.region"), ({"kind": "poem", "period": "2020-01"}, "no.period"),
    ({"kind": "notice", "from": "2020-02-02", "to": "2020-01-01"}, "no.period"),
    ({"kind": "month", "period": "2026-10", "category": "natural"}, "no.filter"),
])  # fmt: skip
def test_a_wrong_question_leads_back_to_its_form_with_the_reason(desk: Desk, fields: dict[str, str], said: str) -> None:
    path, query = desk.led("/reports/make", **fields)
    assert (path, query["view"], query["kind"], query["said"]) == ("/reports", "make", fields["kind"], said)
    assert desk.asked() == []


@pytest.mark.parametrize("other", OTHERS, ids=lambda one: one.name)
def test_who_makes_no_reports_of_the_city_asks_for_none_and_takes_none_further(desk: Desk, other: Caller) -> None:
    desk.home.put(state=ISSUED)
    desk.who = other
    assert desk.post("/reports/make", kind="month", period="2026-10", region="c").status_code == 403
    assert desk.post("/report/act", id=ID, act="revise").status_code == 403
    assert desk.asked() == [] and len(desk.refused) == 2


def test_what_cannot_be_done_now_is_said(desk: Desk) -> None:
    desk.home.put()
    assert desk.led("/report/act", id=ID, act="issue")[1]["said"] == "no.state"
    assert desk.led("/report/act", id="nothing", act="freeze")[1]["said"] == "no.missing"
    assert desk.home.entry().state == DRAFT


def test_an_appeal_is_lodged_by_who_is_judged_and_decided_by_the_office(heard: Desk) -> None:
    heard.who = WEST
    assert heard.led("/report/appeal", id=ID, **GROUNDS) == ("/report", {"id": ID, "said": "lodged"})
    assert heard.led("/report/appeal", id=ID, **GROUNDS)[1]["said"] == "no.again"
    appeal = heard.stored()[0]
    assert (appeal.by, appeal.reason, appeal.state) == (WEST.name, "延期已批准", LODGED)
    decide = {"id": ID, "appeal": appeal.id}
    assert heard.post("/report/decide", **decide, verdict="accept", why="属实").status_code == 403
    heard.who = CENTER
    assert heard.led("/report/decide", **decide, verdict="", why="属实")[1]["said"] == "no.words"
    assert heard.led("/report/decide", **decide, verdict="reject", why=" ")[1]["said"] == "no.words"
    assert heard.led("/report/decide", **decide, verdict="accept", why="属实")[1]["said"] == "accepted"
    assert heard.led("/report/decide", **decide, verdict="reject", why="不属实")[1]["said"] == "no.decided"
    assert heard.stored()[0].state == ACCEPTED and heard.asked() == [("correct", "2026-10", "center")]


@pytest.mark.parametrize(("changes", "said"), [
    ({"case": "C2"}, "no.missing"), ({"case": "nothing"}, "no.missing"), ({"evidence": " "}, "no.words"),
    ({"change": "everything"}, "no.change"), ({"change": "rework"}, "no.change"), ({"id": "nothing"}, "no.missing"),
])  # fmt: skip
def test_an_appeal_that_cannot_be_lodged_is_not_stored(heard: Desk, changes: dict[str, str], said: str) -> None:
    heard.who = WEST
    assert heard.led("/report/appeal", **({"id": ID} | GROUNDS | changes))[1]["said"] == said
    assert heard.stored() == []


def test_who_is_not_judged_lodges_nothing(heard: Desk) -> None:
    for other in (CENTER, caller("leader"), caller("street", "s1"), caller("unit", unit="u2")):
        heard.who = other
        assert heard.led("/report/appeal", id=ID, **GROUNDS)[1]["said"] == "no.missing", other.name
    assert heard.stored() == []


def _files(desk: Desk, state: str = ISSUED) -> None:
    desk.home.put(state=state)
    folder = desk.home.directory / "reports" / ID
    folder.mkdir(parents=True)
    for kind in FORMATS:
        (folder / f"关于10月的通报.{kind}").write_bytes(b"content")


def test_files_of_an_issued_report_are_safe_to_open_and_named(desk: Desk) -> None:
    _files(desk)
    for other in (CENTER, *OTHERS):
        desk.who = other
        for kind in FORMATS:
            answer = desk.get(f"/report/{ID}.{kind}")
            assert (answer.status_code, answer.data) == (200, b"content"), (other.name, kind)
            how = "inline" if kind == "html" else "attachment"
            told = answer.headers["Content-Disposition"]
            assert told == (
                f'{how}; filename="report-{ID}.{kind}"; '
                f"filename*=UTF-8''%E5%85%B3%E4%BA%8E10%E6%9C%88%E7%9A%84%E9%80%9A%E6%8A%A5.{kind}"
            )
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("sandbox") and "allow-same-origin" not in policy
            assert (policy == HTML_POLICY) == (kind == "html") and answer.headers["Cache-Control"] == "no-store"
    assert sum(action == "export" for _, action, _ in desk.home.audit()) == len(FORMATS) * (1 + len(OTHERS))


@pytest.mark.parametrize("state", [DRAFT, APPEALS])
def test_what_is_not_issued_has_no_files(desk: Desk, state: str) -> None:
    _files(desk, state)
    assert [desk.get(f"/report/{ID}.{kind}").status_code for kind in FORMATS] == [404] * len(FORMATS)


def test_where_reports_do_not_circulate_others_get_no_file(desk: Desk) -> None:
    _files(desk)
    desk.home.office = msgspec.structs.replace(desk.home.office, public=False)
    for other in (caller("center", "d2"), caller("street", "s1"), caller("unit", unit="u1")):
        desk.who = other
        assert desk.get(f"/report/{ID}.pdf").status_code == 404, other.name


def test_who_may_not_take_files_along_gets_none(desk: Desk) -> None:
    _files(desk)
    desk.who = Caller("reader", "leader", frozenset({"read"}))
    assert desk.get(f"/report/{ID}.pdf").status_code == 403
    assert desk.refused and desk.refused[0].startswith(f"reader /report/{ID}.pdf")


def test_a_short_address_leads_to_the_report_that_was_issued_last(desk: Desk) -> None:
    assert desk.get("/reports/latest?lang=en").location == "/reports?lang=en"
    desk.home.put()
    assert desk.get("/reports/latest").location == "/reports"
    desk.home.put("report-september", ISSUED, msgspec.structs.replace(OCTOBER, period="2026-09"))
    for who in (CENTER, WEST):
        desk.who = who
        assert desk.get("/reports/latest").location == "/report?id=report-september"


def test_figures_of_a_closed_period_lead_to_the_report_about_them(desk: Desk) -> None:
    desk.home.put(state=ISSUED)
    desk.home.put("report-west", ISSUED, msgspec.structs.replace(OCTOBER, region="d2"))
    desk.home.put("report-notice", ISSUED, Asked("notice", "2026-10", filters={"category": "natural"}))

    def led(address: Address, region: str) -> str:
        at_desk = queries.Desk(CENTER, cast(queries.Parts, None))
        link = report_link(Visit(address, at_desk, Frame(CENTER, {}), desk.home.reports()), region)
        return link.href if link else ""

    october = Address(REGION, period="2026-10")
    assert led(october, "c") == led(october, "d1") == f"/report?id={ID}"
    assert led(october, "d2") == "/report?id=report-west"
    assert led(october.to(period="2026-09"), "c") == led(october.to(period=""), "c") == ""
    assert led(october.to(category="natural"), "c") == ""


@pytest.mark.parametrize("path", ["..%2F..%2Fyiping.db", "x.db", "%00.pdf", ".pdf", f"{ID}.exe", f"{ID}.PDF"])
def test_nothing_but_an_id_and_a_format_is_asked_for(desk: Desk, path: str) -> None:
    _files(desk)
    assert desk.get(f"/report/{path}").status_code == 404
