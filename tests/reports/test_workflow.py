import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import msgspec
import pytest
from sqlalchemy import text

from dashboard.reports import making, store
from dashboard.reports.appeals import Grounds
from dashboard.reports.archive import APPEALS, DRAFT, FROZEN, ISSUED, Entry, Wanted
from dashboard.reports.jobs import FREEZE, ISSUE, MAKE, Job
from dashboard.reports.office_settings import Office
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked
from dashboard.reports.works import WorkFailed
from dashboard.security.audit_chain import verify_chain
from dashboard.security.scope import OutOfScope
from dashboard.store.engine import writing
from tests.domain.happenings import event
from tests.reports.frozen import MONTH
from tests.reports.office import CENTER, AtWork, office
from tests.reports.shelf import caller

WEST = caller("street", "s2")


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with office(f"sqlite:///{tmp_path / 'yiping.db'}", tmp_path) as found:
        yield found


@pytest.fixture
def on_both(database_url: str, tmp_path: Path) -> Iterator[AtWork]:
    with office(database_url, tmp_path) as found:
        yield found


def issued(work: AtWork) -> Entry:
    return work.act(work.settled(work.made()), "issue")


def job(work: AtWork, act: str, entry: Entry) -> Job:
    return Job(act, entry.asked, CENTER, work.frozen.books.now(), work.real, report=entry.id)


def files(work: AtWork, entry: Entry) -> dict[str, bytes]:
    return {path.suffix[1:]: path.read_bytes() for path in (work.directory / "reports" / entry.id).iterdir()}


def ranks(work: AtWork, entry: Entry) -> dict[str, int | None]:
    return {row.place.code: row.rank for row in work.snapshot(entry.id).leagues["street"].rows}


def test_from_draft_to_issue(on_both: AtWork) -> None:
    work = on_both
    work.office = Office()
    draft = work.made()
    assert (draft.state, draft.made_by, draft.asked.period) == (DRAFT, "center", "2026-10")
    assert work.reports().faults(CENTER, draft.id) == []
    frozen = work.settled(draft)
    assert (frozen.state, frozen.hash) == (FROZEN, draft.hash)
    done = work.act(frozen, "issue")
    assert (done.state, done.issued_by, done.issued) == (ISSUED, "center", work.frozen.books.now())
    assert set(files(work, done)) == {"docx", "pdf", "xlsx", "html", "json"}
    assert not [path for path in (work.directory / "reports").iterdir() if path.name.startswith(".")]
    told = [(row.action, row.subject, row.result) for row in work.audit()]
    acts = ["report.made", "report.appeals", "report.frozen", "report.issued"]
    assert told == [(act, draft.id, "ok") for act in acts]
    assert verify_chain(work.frozen.books.engine) is None


def test_the_audit_log_holds_who_when_and_what_files(work: AtWork) -> None:
    entry = issued(work)
    row = work.audit()[-1]
    detail = json.loads(row.detail)
    assert (row.who, row.role, row.address, row.at) == ("center", "center", "10.0.0.1", work.real)
    assert detail["hash"] == entry.hash
    assert detail["files"] == {kind: hashlib.sha256(data).hexdigest() for kind, data in files(work, entry).items()}


def test_rendered_again_only_the_day_of_the_issue_differs(work: AtWork) -> None:
    entry = issued(work)
    first = files(work, entry)
    with work.frozen.books.engine.connect() as connection:
        document = store.document_of(connection, entry.id)
    maker, snapshot = work.maker(), work.snapshot(entry.id)

    def written(day: int) -> dict[str, bytes]:
        dated = msgspec.structs.replace(document, issued=day)
        paths = making.write_files(
            dated, snapshot, work.directory / "again", maker.fonts(), maker.html, formats=work.office.formats
        )
        return {kind: path.read_bytes() for kind, path in paths.items()}

    day = work.reports().document(CENTER, entry.id).issued
    work.frozen.send(20, [event("accepted", 2000, region="m1")])
    assert written(day) == first
    assert written(day + 1) != first


def test_an_accepted_appeal_changes_the_rank(on_both: AtWork) -> None:
    work = on_both
    draft = work.made()
    entry, reports = work.act(draft, "appeals"), work.reports()
    assert ranks(work, entry) == {"s1": 1, "s2": 2}
    for case in ("C4", "C5"):
        found = reports.lodge(WEST, entry.id, Grounds(case, "on_time", "延期已批准", "审批单"), "10.0.0.2")
        reports.decide(CENTER, entry.id, found.id, True, "情况属实", "10.0.0.1")
    while work.works.run_one():
        pass
    corrected = work.entry(entry.id)
    assert (corrected.state, corrected.corrected, corrected.cut) == (APPEALS, 2, draft.cut)
    assert corrected.hash != draft.hash
    assert ranks(work, corrected) == {"s1": 2, "s2": 1}
    assert [one.case for one in work.snapshot(entry.id).corrections] == ["C4", "C5"]
    assert reports.faults(CENTER, entry.id) == []
    row = next(row for row in work.audit() if row.action == "report.corrected")
    assert json.loads(row.detail)["before"] == draft.hash
    work.frozen.town.clock.tell(entry.until)
    done = work.act(work.act(corrected, "freeze"), "issue")
    assert ranks(work, done) == {"s1": 2, "s2": 1}


def test_freezing_before_a_correction_is_in_the_numbers_is_refused(work: AtWork) -> None:
    entry, reports = work.act(work.made(), "appeals"), work.reports()
    found = reports.lodge(WEST, entry.id, Grounds("C4", "on_time", "延期已批准", "审批单"), "")
    reports.decide(CENTER, entry.id, found.id, True, "情况属实", "")
    work.frozen.town.clock.tell(entry.until)
    with pytest.raises(WorkFailed, match="not settled") as problem:
        work.do(job(work, FREEZE, entry), lambda share: None)
    assert problem.value.key == "appeals"
    assert work.entry(entry.id).state == APPEALS


def test_an_event_that_was_slipped_in_blocks_the_freezing_and_says_where(on_both: AtWork) -> None:
    work = on_both
    entry = work.act(work.made(), "appeals")
    work.frozen.town.clock.tell(entry.until)
    with writing(work.frozen.books.engine) as connection:
        connection.execute(text("DELETE FROM event WHERE case_id = 'C1' AND type IN ('case.handled', 'case.closed')"))
    asked = work.reports().act(CENTER, entry.id, "freeze", "")
    while work.works.run_one():
        pass
    failed = next(one for one in work.works.seen() if one.id == asked.id)
    assert (failed.state, failed.key) == ("failed", "faults")
    found = work.reports().faults(CENTER, entry.id)
    assert found and "s1" in " ".join(one.where for one in found) + " ".join(one.what for one in found)
    assert (work.entry(entry.id).state, work.audit()[-1].action, work.audit()[-1].result) == (
        APPEALS, "report.freeze", "refused",
    )  # fmt: skip
    assert work.reports().acts(CENTER, entry) == ["correct"]
    with pytest.raises(ReportRefused, match="do not fit") as problem:
        work.reports().act(CENTER, entry.id, "freeze", "")
    assert problem.value.key == "faults"


@pytest.mark.parametrize(("asked", "act"), [(MONTH, "appeals"), (Asked("week", "2026-10-05..2026-10-11"), "freeze")])
def test_a_draft_that_does_not_fit_goes_no_further_until_it_is_made_anew(work: AtWork, asked: Asked, act: str) -> None:
    chosen = "case_id = 'C1' AND type IN ('case.handled', 'case.closed')"
    with writing(work.frozen.books.engine) as connection:
        connection.execute(text(f"CREATE TABLE aside AS SELECT * FROM event WHERE {chosen}"))
        connection.execute(text(f"DELETE FROM event WHERE {chosen}"))
    entry, reports = work.made(asked), work.reports()
    assert reports.faults(CENTER, entry.id) and reports.acts(CENTER, entry) == []
    with pytest.raises(ReportRefused, match="do not fit") as problem:
        reports.act(CENTER, entry.id, act, "")
    assert problem.value.key == "faults" and work.entry(entry.id).state == "draft"
    with writing(work.frozen.books.engine) as connection:
        connection.execute(text("INSERT INTO event SELECT * FROM aside"))
    again = work.made(asked)
    assert again.id == entry.id and reports.faults(CENTER, entry.id) == [] and reports.acts(CENTER, again) == [act]


def test_a_number_that_is_not_its_snapshots_blocks_the_issue(on_both: AtWork) -> None:
    """Somebody who writes to the database past the guards is found out before anything is issued."""
    work = on_both
    entry = work.settled(work.made())
    with work.frozen.books.engine.connect() as connection:
        document = store.document_of(connection, entry.id)
    forged = msgspec.json.decode(
        msgspec.json.encode(document).replace(b'"text":"8"', b'"text":"9"'), type=type(document)
    )
    assert forged != document
    with writing(work.frozen.books.engine) as connection:
        for name in ("report_UPDATE",):
            on = "" if connection.dialect.name == "sqlite" else " ON report"
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        store.change(connection, entry, entry, document=forged)
    with pytest.raises(WorkFailed, match="do not fit") as problem:
        work.do(job(work, ISSUE, entry), lambda share: None)
    assert problem.value.key == "faults"
    assert work.entry(entry.id).state == FROZEN
    assert not (work.directory / "reports" / entry.id).exists()
    assert (work.audit()[-1].action, work.audit()[-1].result) == ("report.issue", "refused")


def test_what_came_later_stands_as_a_restatement_in_the_next_report(work: AtWork) -> None:
    first = issued(work)
    work.frozen.send(30, [event("accepted", 100, region="m1", category="free"), event("closed", 200)])
    work.frozen.town.clock.tell(work.frozen.books.now() + 31 * 86_400_000)
    following = work.made(Asked("month", "2026-11"))
    restated = {one.key: (one.then.value, one.now.value) for one in work.snapshot(following.id).restated}
    assert restated["total.accepted"] == (9, 10)
    assert work.snapshot(first.id).fact("total.accepted").value == 9


def test_a_revision_is_a_new_draft_of_the_issued_one(on_both: AtWork) -> None:
    work = on_both
    first = issued(work)
    work.frozen.send(30, [event("accepted", 100, region="m1", category="free"), event("closed", 200)])
    reports = work.reports()
    assert reports.acts(CENTER, first) == ["revise"]
    revision = work.act(first, "revise")
    assert (revision.of, revision.state, revision.asked) == (first.id, DRAFT, first.asked)
    assert work.snapshot(revision.id).fact("total.accepted").value == 10
    assert reports.acts(CENTER, first) == []
    assert work.entry(first.id) == first
    with pytest.raises(ReportRefused, match="is issued already"):
        reports.ask(CENTER, MONTH, "")


def test_a_draft_that_is_asked_for_again_is_made_anew_over_the_same_id(work: AtWork) -> None:
    first = work.made()
    work.frozen.send(30, [event("accepted", 100, region="m1", category="free")])
    again = work.made(msgspec.structs.replace(MONTH, levels=("street",)))
    assert (again.id, again.state) == (first.id, DRAFT)
    assert (again.hash != first.hash, again.cut.seq) == (True, first.cut.seq + 1)
    assert len(work.reports().page(CENTER, Wanted()).entries) == 1


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (Asked("month", "2026-11"), "future"),
        (Asked("month", "2027-01"), "future"),
        (Asked("month", "2026-13"), "period"),
        (Asked("month", "2026-Q3"), "period"),
        (Asked("week", "2026-10-20..2026-10-26"), "period"),
        (Asked("poem", "2026-10"), "period"),
        (Asked("month", "2026-10", "nowhere"), "region"),
        (Asked("excerpt", "2026-10", "d1"), "region"),
        (Asked("month", "2026-10", "", ("planet",)), "level"),
        (Asked("month", "2026-10", "", (), "", {"category": "work"}), "filter"),
        (Asked("notice", "2026-10", "", (), "", {"password": "x"}), "filter"),
    ],
)
def test_a_wrong_question_is_refused_at_once(work: AtWork, asked: Asked, key: str) -> None:
    with pytest.raises(ReportRefused) as problem:
        work.reports().ask(CENTER, asked, "")
    assert problem.value.key == key
    assert work.works.seen() == []


@pytest.mark.parametrize(
    "asked",
    [
        Asked("month", "2026-08"),  # nothing at all
        Asked("month", "2026-10", "d1"),
        Asked("week", "2026-10-12..2026-10-18"),
        Asked("quarter", "2026-Q3"),
        Asked("year", "2025"),
        Asked("excerpt", "2026-10", "s2"),
        Asked("notice", "2026-10-01..2026-10-31", "", (), "", {"category": "free"}),
    ],
)
def test_every_kind_is_made_without_a_fault(work: AtWork, asked: Asked) -> None:
    entry = work.made(asked)
    assert work.reports().faults(CENTER, entry.id) == []
    assert entry.asked.period == asked.period and entry.title


def test_nobody_is_named_in_a_report(work: AtWork) -> None:
    entry = issued(work)
    stored = msgspec.json.encode(work.snapshot(entry.id)).decode()
    assert "王**" in stored
    for secret in ("王小芳", "13812345678"):
        assert secret not in stored
        assert all(secret.encode() not in data for data in files(work, entry).values())


def test_who_makes_reports_and_of_what(work: AtWork) -> None:
    reports = work.reports()
    for role in ("leader", "street", "unit", "auditor", "admin", "wall"):
        with pytest.raises(OutOfScope):
            reports.ask(caller(role), MONTH, "")
    east = caller("center", "d1")
    with pytest.raises(OutOfScope):
        reports.ask(east, msgspec.structs.replace(MONTH, region="d2"), "")
    with pytest.raises(OutOfScope):
        reports.ask(caller("center", unit="u1"), MONTH, "")
    own = work.made(MONTH, east)
    assert own.asked.region == "d1"
    city = work.made()
    assert [one.id for one in reports.page(east, Wanted()).entries] == [own.id]
    assert reports.works(east) and {one.asked.region for one in reports.works(east)} == {"d1"}
    with pytest.raises(ReportRefused):
        reports.act(east, city.id, "appeals", "")
    with pytest.raises(OutOfScope):
        work.act(work.act(city, "appeals"), "correct", caller("leader"))


def test_files_are_for_those_who_may_take_them_along(work: AtWork) -> None:
    entry, reports = issued(work), work.reports()
    path = reports.file(caller("leader"), entry.id, "json", "10.0.0.9")
    assert path.parent == work.directory / "reports" / entry.id
    row = work.audit()[-1]
    assert (row.who, row.action, row.subject, row.address) == ("leader", "export", f"report {entry.id}", "10.0.0.9")
    for kind in ("exe", "", "../json"):
        with pytest.raises(ReportRefused):
            reports.file(CENTER, entry.id, kind, "")
    for role in ("auditor", "admin", "wall"):
        with pytest.raises(ReportRefused):
            reports.file(caller(role), entry.id, "json", "")
    draft = work.made(Asked("month", "2026-09"))
    with pytest.raises(ReportRefused):
        reports.file(CENTER, draft.id, "json", "")


def test_an_office_that_keeps_its_reports_to_the_region(work: AtWork) -> None:
    entry = issued(work)
    work.office = Office(public=False)
    with pytest.raises(ReportRefused):
        work.reports().one(WEST, entry.id)
    work.office = Office(public=True)
    assert work.reports().one(WEST, entry.id) == entry
    assert work.reports().latest() == entry and work.reports().latest("d1") is None


def test_two_months_beside_each_other(work: AtWork) -> None:
    first, second = work.made(Asked("month", "2026-09")), work.made()
    found = work.reports().compare(CENTER, second.id, first.id)
    assert (found.earlier.id, found.later.id) == (first.id, second.id)
    with pytest.raises(ReportRefused):
        work.reports().compare(WEST, second.id, first.id)


def test_four_at_once_make_one_report(on_both: AtWork) -> None:
    work = on_both
    barrier, said = Barrier(4), list[str]()

    def make(number: int) -> None:
        asked = Job(MAKE, MONTH, caller("center", name=f"{number}"), work.frozen.books.now(), work.real)
        barrier.wait()
        try:
            said.append(work.do(asked, lambda share: None))
        except WorkFailed as problem:
            said.append(problem.key)

    threads = [Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = store.entries(work.frozen.books.engine)
    assert len(entries) == 1
    assert set(said) <= {entries[0].id, "second"} and entries[0].id in said


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of that size at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_no_file_and_the_report_frozen(work: AtWork) -> None:
    work.office = Office()
    entry, folder = work.settled(work.made()), work.directory / "reports"
    with small_disk(folder, "64k"):
        with pytest.raises(WorkFailed, match="No space left") as problem:
            work.do(job(work, ISSUE, entry), lambda share: None)
        assert (problem.value.key, work.entry(entry.id).state) == ("files", FROZEN)
        assert [path for path in folder.rglob("*") if "关于" in path.name or path.name.startswith(".")] == []
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
        assert work.act(entry, "issue").state == ISSUED
        assert set(files(work, entry)) == {"docx", "pdf", "xlsx", "html", "json"}


def test_without_fonts_no_draft_is_begun(work: AtWork) -> None:
    from dashboard.reports.files.fonts import find_fonts

    maker = replace(work.maker(), fonts=lambda: find_fonts((), system=False))
    with pytest.raises(WorkFailed, match="fonts-noto-cjk") as problem:
        maker(Job("make", MONTH, CENTER, work.frozen.books.now(), work.real), lambda share: None)
    assert problem.value.key == "fonts"
