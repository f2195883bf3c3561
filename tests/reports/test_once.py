"""Once and only once, whoever works at the same time and whoever is killed: real processes over real databases."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, inspect

from dashboard.reports import store
from dashboard.reports.archive import FROZEN, ISSUED
from dashboard.reports.claims import PREFIX, claimed
from dashboard.reports.refused import ReportRefused
from dashboard.security.audit import read_audit
from dashboard.security.audit_chain import verify_chain
from dashboard.store.engine import open_engine
from dashboard.store.lease import lease
from tests.reports.office import REAL, AtWork, office

ROOT = Path(__file__).resolve().parents[2]
WHEN = 1_793_930_400_000
"""2026-11-06 10:00 in Shanghai."""


@pytest.fixture
def work(database_url: str, tmp_path: Path) -> Iterator[AtWork]:
    with office(database_url, tmp_path) as found:
        yield found


def started(work: AtWork, act: str) -> "subprocess.Popen[str]":
    url = work.frozen.books.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-m", "tests.reports.apart", url, str(work.directory), act, str(WHEN), str(REAL)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> list[str]:
    text, _ = process.communicate(timeout=180)
    assert process.returncode == 0, text
    return [line for line in text.splitlines()[1:] if line]


def actions(engine: Engine) -> list[str]:
    return [row.action for row in read_audit(engine)[::-1] if row.result == "ok"]


def test_two_schedulers_at_once_make_one_report(work: AtWork) -> None:
    engine = work.frozen.books.engine
    processes = [started(work, "look") for _ in range(2)]
    told = [line for process in processes for line in said(process)]
    [entry] = store.entries(engine)
    assert entry.made_by == "schedule" and f"done {entry.id}" in told
    assert set(told) <= {f"done {entry.id}", "failed second"}
    assert said(started(work, "look")) == []
    assert actions(engine) == ["report.made"]


def test_schedulers_in_threads(work: AtWork) -> None:
    from dashboard.reports.schedule import Scheduler

    books, reports = work.frozen.books, work.reports()
    looks = [
        Scheduler(work.frozen.town.store, books.base, books.settings.zone, lambda: WHEN, lambda: REAL,
                  lambda: work.office, reports.made, reports.due)
        for _ in range(3)
    ]  # fmt: skip
    threads = [Thread(target=one.look) for one in looks]
    threads += [Thread(target=lambda: [work.works.run_one(1) for _ in range(3)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.entries(books.engine)) == 1
    assert actions(books.engine) == ["report.made"]


def test_killed_again_and_again_while_it_is_made_and_issued(work: AtWork) -> None:
    engine, chance = work.frozen.books.engine, random.Random(7)
    for act in ("make", "freeze", "issue"):
        for _ in range(3):
            process = started(work, act)
            assert process.stdout is not None and process.stdout.readline() == "begun\n"
            Event().wait(chance.uniform(0.0, 1.2))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            run_out(engine)
            check_nothing_is_half_done(work)
        said(started(work, act))
    [entry] = store.entries(engine)
    assert entry.state == ISSUED
    assert {path.suffix for path in (work.directory / "reports" / entry.id).iterdir()} == {".json", ".html"}
    assert [act for act in actions(engine) if act in ("report.frozen", "report.issued")] == [
        "report.frozen", "report.issued",
    ]  # fmt: skip
    assert verify_chain(engine) is None


def check_nothing_is_half_done(work: AtWork) -> None:
    """One report at most, whole; whole files or none; nothing is issued without its files."""
    entries = store.entries(work.frozen.books.engine)
    assert len(entries) <= 1
    for entry in entries:
        assert work.snapshot(entry.id).asked.period == "2026-10"
        folder = work.directory / "reports" / entry.id
        there = {path.suffix: path.stat().st_size for path in folder.iterdir()} if folder.exists() else {}
        assert there == {} or (set(there) == {".json", ".html"} and all(there.values()))
        assert there or entry.state != ISSUED
        assert entry.state == ISSUED or work.reports().one is not None
    shown = [one for one in entries if one.state in (FROZEN, ISSUED)]
    assert all(one.frozen for one in shown)


def test_a_claim_is_held_by_one_and_given_back(database_url: str) -> None:
    engine, long = open_engine(database_url), "make " + "month 2026-10 " * 20
    with claimed(engine, long):
        with pytest.raises(ReportRefused), claimed(engine, long):
            raise AssertionError
        with claimed(engine, "b"):
            pass
    with pytest.raises(OSError), claimed(engine, long):
        raise OSError
    with claimed(engine, long):
        pass
    engine.dispose()


def test_who_is_told_to_end_gives_its_claim_back_at_once(work: AtWork) -> None:
    engine = work.frozen.books.engine
    process = started(work, "make")
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    while process.poll() is None and not claims(engine):
        Event().wait(0.01)
    process.terminate()
    process.communicate(timeout=60)
    assert claims(engine) == []
    said(started(work, "make"))
    assert actions(engine)[-1] == "report.made"


def claims(engine: Engine) -> list[str]:
    """Names of what is claimed."""
    if not inspect(engine).has_table("lease"):
        return []
    with engine.connect() as connection:
        return [row.name for row in connection.execute(lease.select()) if row.name.startswith(PREFIX)]


def run_out(engine: Engine) -> None:
    """Let the terms of all claims be over."""
    with engine.begin() as connection:
        connection.execute(lease.update().values(until=0))
