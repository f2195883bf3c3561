from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from dashboard.reports import appeals as book
from dashboard.reports.appeals import AppealRefused, Grounds
from dashboard.reports.archive import APPEALS, DRAFT, FROZEN
from dashboard.reports.office_settings import Office
from dashboard.reports.refused import ReportRefused
from dashboard.security.caller import Caller
from dashboard.security.scope import OutOfScope
from tests.domain.happenings import at
from tests.reports.house import House, house
from tests.reports.shelf import caller

ID = "report-october"
CENTER = caller("center")
WEST, EAST = caller("street", "s2"), caller("street", "s1")
UNIT = caller("unit", unit="u1")
LATE = Grounds("C1", "on_time", "延期已批准，见附件", "延期审批单〔2026〕3号")


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as found:
        yield found


@pytest.fixture
def heard(home: House) -> House:
    """Appeals are heard."""
    home.put()
    home.reports().act(CENTER, ID, "appeals", "10.0.0.1")
    return home


def refused(key: str, act: object) -> None:
    assert callable(act)
    with pytest.raises((AppealRefused, ReportRefused)) as problem:
        act()
    assert problem.value.key == key


def test_appeals_end_after_so_many_work_days(home: House) -> None:
    """6 November 2026 is a Friday: three work days are Monday to Wednesday, to the end of that day."""
    home.put()
    work = home.reports().act(CENTER, ID, "appeals", "10.0.0.1")
    entry = home.entry()
    assert (work.state, entry.state) == ("done", APPEALS)
    assert entry.until == at(60 * 24 * 31 - 8 * 60)
    assert home.audit() == [("center", "report.appeals", "ok")]


@pytest.mark.parametrize(("who", "case"), [(WEST, "C1"), (UNIT, "C1"), (EAST, "C2"), (caller("unit", unit="u2"), "C2")])
def test_who_is_judged_appeals_against_the_own_cases(heard: House, who: Caller, case: str) -> None:
    change = "on_time" if case == "C1" else "rework"
    found = heard.reports().lodge(who, ID, Grounds(case, change, "理由", "证据"), "10.0.0.2")
    assert (found.case, found.by, found.state) == (case, who.name, book.LODGED)
    assert found.counts == ({"late": -1, "on_time": 1} if case == "C1" else {"reworked": -1})
    assert heard.audit()[-1] == (who.name, "appeal.lodged", "ok")


@pytest.mark.parametrize(
    ("who", "case"),
    [(WEST, "C2"), (EAST, "C1"), (UNIT, "C2"), (caller("street"), "C1"), (caller("leader"), "C1"), (CENTER, "C1"),
     (caller("unit"), "C1"), (WEST, "C9"), (WEST, "")],
)  # fmt: skip
def test_nobody_appeals_against_other_cases(heard: House, who: Caller, case: str) -> None:
    refused("missing", lambda: heard.reports().lodge(who, ID, Grounds(case, "on_time", "理由", "证据"), ""))
    assert heard.lodged() == 0


@pytest.mark.parametrize(
    ("grounds", "key"),
    [
        (Grounds("C1", "on_time", " ", "证据"), "words"),
        (Grounds("C1", "on_time", "理由", ""), "words"),
        (Grounds("C1", "bribe", "理由", "证据"), "change"),
        (Grounds("C1", "rework", "理由", "证据"), "change"),  # it was not reworked: nothing to change
    ],
)
def test_grounds_are_needed_and_must_fit(heard: House, grounds: Grounds, key: str) -> None:
    refused(key, lambda: heard.reports().lodge(WEST, ID, grounds, ""))


def test_long_and_hostile_grounds_are_kept_as_text(heard: House) -> None:
    text = "=HYPERLINK(1)\0<script>" + "字" * 9000
    found = heard.reports().lodge(WEST, ID, Grounds("C1", "on_time", text, "证据"), "")
    assert len(found.reason) == book.LONGEST and "\0" not in found.reason


def test_the_same_is_not_lodged_twice_but_again_after_a_rejection(heard: House) -> None:
    reports = heard.reports()
    first = reports.lodge(WEST, ID, LATE, "")
    refused("again", lambda: reports.lodge(UNIT, ID, LATE, ""))
    reports.decide(CENTER, ID, first.id, False, "审批单已过期", "")
    assert reports.lodge(UNIT, ID, LATE, "").id != first.id


def test_the_time_for_appeals_has_a_beginning_and_an_end(home: House) -> None:
    home.put()
    reports = home.reports()
    refused("missing", lambda: reports.lodge(WEST, ID, LATE, ""))
    reports.act(CENTER, ID, "appeals", "")
    home.now = home.entry().until
    refused("late", lambda: reports.lodge(WEST, ID, LATE, ""))
    home.now -= 1
    reports.lodge(WEST, ID, LATE, "")


def test_an_accepted_appeal_has_the_numbers_corrected(heard: House) -> None:
    reports = heard.reports()
    found = reports.lodge(WEST, ID, LATE, "")
    decided = reports.decide(CENTER, ID, found.id, True, "情况属实", "10.0.0.3")
    assert (decided.state, decided.decided_by, decided.why) == (book.ACCEPTED, "center", "情况属实")
    assert heard.works.run_one()
    assert [(job.act, job.report) for job in heard.jobs] == [("correct", ID)]
    corrections = book.corrections(reports.appeals(CENTER, ID))
    assert [(one.case, one.region, one.changes) for one in corrections] == [("C1", "r2", {"late": -1, "on_time": 1})]
    assert heard.audit()[-1] == ("center", "appeal.decided", "ok")
    assert reports.acts(CENTER, heard.entry()) == ["correct"]


def test_who_decides(heard: House) -> None:
    reports = heard.reports()
    found = reports.lodge(WEST, ID, LATE, "")
    for who in (WEST, UNIT, caller("leader"), caller("center", "d1")):
        with pytest.raises((OutOfScope, ReportRefused)):
            reports.decide(who, ID, found.id, True, "情况属实", "")
    refused("words", lambda: reports.decide(CENTER, ID, found.id, True, " ", ""))
    refused("missing", lambda: reports.decide(CENTER, ID, "no-such", True, "情况属实", ""))
    own = Caller(WEST.name, "center", CENTER.rights)
    refused("own", lambda: reports.decide(own, ID, found.id, True, "情况属实", ""))
    assert reports.appeals(CENTER, ID)[0].state == book.LODGED


def test_an_appeal_belongs_to_its_report(heard: House) -> None:
    found = heard.reports().lodge(WEST, ID, LATE, "")
    heard.put("report-september", APPEALS, asked=type(heard.entry().asked)("month", "2026-09"), until=heard.now + 1)
    refused("missing", lambda: heard.reports().decide(CENTER, "report-september", found.id, True, "情况属实", ""))


def test_of_two_who_decide_at_once_the_second_is_told(heard: House) -> None:
    reports, barrier = heard.reports(), Barrier(2)
    found, told = reports.lodge(WEST, ID, LATE, ""), list[str]()

    def decide(name: str, accepted: bool) -> None:
        barrier.wait()
        try:
            reports.decide(caller("center", name=name), ID, found.id, accepted, "看过了", "")
        except AppealRefused as problem:
            told.append(problem.key)

    threads = [Thread(target=decide, args=one) for one in (("甲", True), ("乙", False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["decided"]
    assert [action for _, action, _ in heard.audit()].count("appeal.decided") == 1


def test_appeals_are_seen_by_whose_case_it_is(heard: House) -> None:
    reports = heard.reports()
    reports.lodge(WEST, ID, Grounds("C1", "on_time", "找王芳13812345678核实", "证据"), "")
    seen = {name: len(reports.appeals(who, ID)) for name, who in (
        ("center", CENTER), ("west", WEST), ("east", EAST), ("u1", UNIT), ("u2", caller("unit", unit="u2")),
        ("leader", caller("leader")),
    )}  # fmt: skip
    assert seen == {"center": 1, "west": 1, "east": 0, "u1": 1, "u2": 0, "leader": 1}
    assert "13812345678" in reports.appeals(CENTER, ID)[0].reason
    [masked] = reports.appeals(caller("leader"), ID)
    assert "13812345678" not in masked.reason and masked.by != WEST.name


def test_before_the_issue_those_who_are_judged_see_their_own_rows_alone(heard: House) -> None:
    """The invented ranking has no region of this city: nothing is left of it for anybody who is judged."""
    reports = heard.reports()
    assert reports.document(CENTER, ID).sections
    for who in (WEST, UNIT):
        shown = reports.document(who, ID)
        assert (shown.sections, shown.annexes, shown.opening) == ([], [], [])
        assert not reports.sees_all(who, heard.entry()) and reports.sees_all(CENTER, heard.entry())
        assert reports.faults(who, ID) is None
        assert reports.acts(who, heard.entry()) == []


def test_freezing_waits_for_the_end_and_for_every_decision(heard: House) -> None:
    reports = heard.reports()
    found = reports.lodge(WEST, ID, LATE, "")
    assert reports.acts(CENTER, heard.entry()) == []
    heard.now = heard.entry().until
    assert reports.acts(CENTER, heard.entry()) == []
    refused("state", lambda: reports.act(CENTER, ID, "freeze", ""))
    reports.decide(CENTER, ID, found.id, False, "不属实", "")
    assert reports.acts(CENTER, heard.entry()) == ["freeze"]


def test_without_days_for_appeals_a_draft_is_frozen_at_once(home: House) -> None:
    home.office = Office(appeal_days=0)
    entry = home.put()
    assert home.reports().acts(CENTER, entry) == ["freeze"]
    assert home.reports().acts(CENTER, home.put("report-week", DRAFT, type(entry.asked)("week", "x"))) == ["freeze"]
    assert home.reports().acts(CENTER, home.put("report-frozen", FROZEN, type(entry.asked)("month", "2026-09"))) == [
        "issue"
    ]


def test_two_who_open_appeals(home: House) -> None:
    home.put()
    reports, entry = home.reports(), home.entry()
    reports.act(CENTER, ID, "appeals", "")
    refused("second", lambda: reports._opened(entry, _actor(home)))


def _actor(home: House) -> object:
    from dashboard.reports.acting import Actor

    return Actor(CENTER, home.now, 1)
