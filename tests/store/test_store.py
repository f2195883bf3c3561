"""One contract for the store on both engines."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from dashboard.domain.changes import CaseRow, Inflow, Step, TallyRow
from dashboard.domain.tallies import WIDTH
from dashboard.store import DayEnd, EventRow, HistogramRow, Moment, Quarantined, Store, Stored, StoreError, open_store
from dashboard.store.schema import STOCKS
from dashboard.store.store import QUARANTINE_DROPPED
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def event(seq: int, case: str = "a", raw: str = "{}") -> EventRow:
    return EventRow(seq, seq.to_bytes(16, "big"), case, 1000 + seq, "case.accepted", 2000, "R", raw)


def counts(first: int) -> list[int]:
    return list(range(first, first + WIDTH))


def write(store: Store, stored: Stored) -> None:
    with store.write() as connection:
        store.put(connection, stored)


FULL = CaseRow(
    "a", 2, "R", 3, "0203", "hotline", "u", "题'\"%s?", "event", "normal", "x,y", 113.5, -27.25, 1, 2, 3, 4, 5, None,
    None, 9, None, None, 10, 4, 2, "city", True, False, True, False, False, 61, 60,
)  # fmt: skip


def test_a_new_database_is_empty(store: Store) -> None:
    assert store.last_seq() == 0
    assert store.open_cases() == []
    changes = store.changes_since(0)
    assert (changes.first, changes.last, changes.cases) == (1, 0, [])


def test_everything_of_a_transaction_comes_back(store: Store) -> None:
    tally, inflow = TallyRow("R", 202610, counts(0)), Inflow("R", 20261001, "hour", "09", 3)
    write(store, Stored(2, [event(1), event(2)], [FULL], [b"fold"], [tally], [inflow]))
    changes = store.changes_since(0)
    assert (changes.first, changes.last) == (1, 2)
    assert changes.cases == [FULL]
    assert changes.tallies == [tally]
    assert changes.inflow == [inflow]
    assert changes.steps == [Step(n, 1000 + n, "case.accepted", "a", FULL.title, "R") for n in (1, 2)]
    assert store.cases(["a", "nobody"]) == [FULL]
    assert store.events_of(["a"]) == [event(1), event(2)]
    assert store.inflow(20261001, 20261001) == [inflow]
    assert store.tallies([202610], ["R", "S"]) == [tally]


def test_rows_are_set_not_added(store: Store) -> None:
    for seq, fold in ((1, b"1"), (2, b"2")):
        tally, inflow = TallyRow("R", 202610, counts(5 * seq)), Inflow("R", 1, "k", "x", seq)
        write(store, Stored(seq, [event(seq)], [FULL], [fold], [tally], [inflow]))
    assert store.tallies([202610]) == [TallyRow("R", 202610, counts(10))]
    assert store.inflow(0, 9) == [Inflow("R", 1, "k", "x", 2)]
    with store.read() as connection:
        assert store.folds(["a"], connection) == {"a": b"2"}


def test_histograms_are_added(store: Store) -> None:
    for seq in (1, 2):
        write(store, Stored(seq, [event(seq)], histogram=[HistogramRow("R", 202610, "work", 7, 2)]))
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT bin, n FROM histogram").all() == [(7, 4)]


def test_changes_since_is_cut_and_continued(store: Store) -> None:
    for seq in range(1, 6):
        write(store, Stored(seq, [event(seq, str(seq))], [CaseRow(str(seq), seq, "R")], [b""]))
    first = store.changes_since(0, 3)
    rest = store.changes_since(first.last, 3)
    assert [case.id for case in first.cases + rest.cases] == ["1", "2", "3", "4", "5"]
    assert (rest.first, rest.last, store.changes_since(5).last) == (4, 5, 5)


def test_an_identity_is_stored_once(store: Store) -> None:
    write(store, Stored(1, [event(1)]))
    again = EventRow(2, event(1).uid, "a", 1, "t", 1, "", "{}")
    with pytest.raises(IntegrityError):
        write(store, Stored(2, [again]))
    assert store.last_seq() == 1


def test_a_broken_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        store.put(connection, Stored(1, [event(1)], [FULL], [b""]))
        raise ZeroDivisionError
    assert (store.last_seq(), store.cases(["a"])) == (0, [])


def test_known_identities_of_many(store: Store) -> None:
    write(store, Stored(1200, [event(n, raw=f'{{"n":{n}}}') for n in range(1, 1201)]))
    with store.read() as connection:
        found = store.known_uids([n.to_bytes(16, "big") for n in range(600, 2000)], connection)
    assert len(found) == 601
    assert found[(600).to_bytes(16, "big")] == '{"n":600}'


def test_open_cases_are_those_accepted_and_neither_closed_nor_void(store: Store) -> None:
    rows = [
        CaseRow("a", accepted_at=1), CaseRow("b"), CaseRow("c", accepted_at=1, closed_at=2),
        CaseRow("d", accepted_at=1, voided_at=2),
    ]  # fmt: skip
    write(store, Stored(1, [event(1)], rows, [b"A", b"B", b"C", b"D"]))
    assert [case.id for case in store.open_cases()] == ["a"]
    with store.read() as connection:
        assert store.open_folds(connection) == [b"A"]


def test_quarantine_keeps_the_same_refusal_once(store: Store) -> None:
    one = Quarantined(b"1" * 16, 5, "cases", "future", "60 minutes ahead", "a", b"\xff\0{")
    write(store, Stored(0, quarantined=[one, one]))
    write(store, Stored(0, quarantined=[one, Quarantined(b"2" * 16, 5, "cases", "malformed", "", "", b"x")]))
    assert store.quarantine_counts() == {"future": 1, "malformed": 1}
    assert store.quarantined(reason="future") == [one]
    with store.read() as connection:
        [(number, kept)] = store.waiting(connection, ["future"], ["a"])
        assert store.waiting_cases(connection, ["future"]) == {"a"}
    assert kept == one
    write(store, Stored(0, released=[number]))
    assert store.quarantine_counts() == {"malformed": 1}


def test_moments_come_back_with_their_regions(store: Store) -> None:
    moments = [Moment(100 * n, n // 2, ("R", "S"), np.arange(18, dtype=np.int32).reshape(2, 9) * n) for n in (1, 2, 3)]
    with store.write() as connection:
        for moment in moments:
            store.put_moment(connection, moment)
    found = store.moments(200, 300)
    assert [(moment.time, moment.version, moment.codes) for moment in found] == [
        (200, 1, ("R", "S")), (300, 1, ("R", "S"))
    ]  # fmt: skip
    assert found[0].of("S") == dict(zip(STOCKS, range(18, 36, 2), strict=True))
    assert found[0].of("T") is None
    near = {instant: store.nearest_moment(instant, 60) for instant in (0, 149, 150, 151, 290, 400)}
    times = {instant: one.time for instant, one in near.items() if one is not None}
    assert times == {149: 100, 150: 100, 151: 200, 290: 300}, "of two as near the earlier"


def test_day_ends_are_replaced(store: Store) -> None:
    with store.write() as connection:
        store.put_day_end(connection, [DayEnd(20261001, "R", counts(0), 4), DayEnd(20261001, "S", counts(1), 0)])
        store.put_day_end(connection, [DayEnd(20261001, "R", counts(2), 5)])
    assert store.day_end(20261001, ["R"]) == [DayEnd(20261001, "R", counts(2), 5)]
    assert len(store.day_end(20261001)) == 2


def test_month_to_date_adds_days_only(store: Store) -> None:
    rows = [TallyRow("R", 20261001, counts(0)), TallyRow("R", 20261002, counts(10)), TallyRow("R", 20261003, counts(1)),
            TallyRow("R", 202610, counts(7))]  # fmt: skip
    write(store, Stored(1, [event(1)], tallies=rows))
    with store.read() as connection:
        assert store.month_to_date(connection, 20261001, 20261002) == {"R": [10 + 2 * n for n in range(WIDTH)]}


def test_state_is_kept(store: Store) -> None:
    assert store.get_state("tick") is None
    store.set_state("tick", "1")
    store.set_state("tick", "2")
    assert store.get_state("tick") == "2"


def test_opening_again_keeps_everything(database_url: str) -> None:
    for _ in range(2):
        store = open_store(database_url)
        if store.last_seq() == 0:
            write(store, Stored(1, [event(1)]))
        assert store.last_seq() == 1
        store.close()


def test_writers_exclude_each_other(database_url: str) -> None:
    """Two stores stand for two processes: numbers read inside the transaction are never taken twice."""
    stores = [open_store(database_url) for _ in range(2)]

    def work(store: Store) -> None:
        for _ in range(20):
            with store.write() as connection:
                seq = store.last_seq(connection) + 1
                store.put(connection, Stored(seq, [event(seq)]))

    threads = [threading.Thread(target=work, args=(store,)) for store in stores for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.seq for row in stores[0].events_of(["a"])] == list(range(1, 81))
    for store in stores:
        store.close()


def test_a_reader_is_not_stopped_by_a_writer(store: Store) -> None:
    with store.write() as connection:
        store.put(connection, Stored(1, [event(1)]))
        assert store.last_seq() == 0
    assert store.last_seq() == 1


def test_sqlite_commits_reach_the_disk(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_memory_databases_are_refused() -> None:
    with pytest.raises(StoreError, match="file"):
        open_store("sqlite://")


def test_a_directory_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot open database"):
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'a.db'}")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"hello" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path / 'a.db'}")


def test_a_read_only_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    sqlite3.connect(path).close()
    with pytest.raises(StoreError, match=r"read-?only"):
        open_store(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(StoreError, match="cannot open database"):
        open_store("postgresql+psycopg://nobody@127.0.0.1:1/none")


def test_a_held_lock_is_refused_before_a_sender_loses_patience(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'lock.db'}").engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


def test_the_quarantine_keeps_the_newest_and_counts_what_it_drops(store: Store) -> None:
    store.quarantine_rows = 30
    for number in range(100):
        row = Quarantined(number.to_bytes(16, "big"), number, "cases", "malformed", "", "", b"x")
        write(store, Stored(0, quarantined=[row, row]))
    kept = [row.received for row in store.quarantined(limit=1000)]
    dropped = int(store.get_state(QUARANTINE_DROPPED) or 0)
    assert kept == list(range(99, 99 - len(kept), -1)), "the newest, without a hole"
    assert 30 <= len(kept) <= 34 and dropped == 100 - len(kept)
