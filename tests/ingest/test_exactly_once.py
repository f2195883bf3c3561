"""Every event counts once, whatever is sent twice and wherever it breaks."""

import threading

import pytest

from dashboard.domain.changes import BaseChanged, Changes
from dashboard.domain.tallies import COLUMN
from dashboard.feed import START, FeedError
from dashboard.store import StoreError
from tests.ingest.city import DAY, GRIDS, HOUR, MINUTE, NOON, accepted, event, life
from tests.ingest.lane import Lane, figures, merged


def counted(on: Lane, column: str, region: str = "C", period: int = 202610) -> int:
    [row] = on.store.tallies([period], [region])
    return row.counts[COLUMN[column]]


def test_a_case_counts_in_its_region_and_all_above(on_both: Lane) -> None:
    receipt = on_both.send(*life("1", NOON, "A111"), *life("2", NOON, "B111")[:2])
    assert (receipt.accepted, receipt.duplicate, receipt.rejected, receipt.seq) == (9, 0, (), 9)
    for region, value in (("C", 2), ("A", 1), ("A1", 1), ("A11", 1), ("A111", 1), ("B111", 1)):
        assert counted(on_both, "accepted", region) == value
    assert counted(on_both, "closed") == 1
    assert counted(on_both, "rated_4", "A", 20261017) == 1
    assert on_both.store.tallies([202610], ["A112"]) == []
    assert on_both.store.tallies([20261017], ["A11", "A111"]) == []


def test_the_same_batch_again_changes_nothing(on_both: Lane) -> None:
    batch = life("1", NOON) + life("2", NOON, "B111")
    on_both.send(*batch)
    before = figures(on_both.store)
    again = on_both.send(*batch)
    assert (again.accepted, again.duplicate) == (0, 14)
    assert figures(on_both.store) == before
    assert on_both.store.last_seq() == 14


def test_the_same_event_twice_in_one_batch(on: Lane) -> None:
    one = accepted("1", NOON)
    receipt = on.send(one, one, bytes(bytearray(one)))
    assert (receipt.accepted, receipt.duplicate, on.store.last_seq()) == (1, 2, 1)


def test_other_spacing_is_the_same_event(on: Lane) -> None:
    on.send(accepted("1", NOON))
    assert on.send(accepted("1", NOON).replace(b", ", b" ,\n")).duplicate == 1


def test_other_content_under_the_same_id_is_a_conflict_and_the_first_wins(on_both: Lane) -> None:
    on_both.send(accepted("1", NOON, "A111"))
    receipt = on_both.send(accepted("1", NOON, "B111"))
    assert [rejection.reason for rejection in receipt.rejected] == ["conflict"]
    assert on_both.store.cases(["1"])[0].region == "A111"
    assert on_both.store.quarantine_counts() == {"conflict": 1}


@pytest.mark.parametrize("step", ["written", "committed"])
def test_a_break_around_the_commit_loses_and_doubles_nothing(on_both: Lane, step: str) -> None:
    on_both.send(*life("1", NOON)[:3])

    def broken(reached: str) -> None:
        if reached == step:
            raise StoreError("pulled the plug")

    on_both.reach = broken
    with pytest.raises(StoreError):
        on_both.send(*life("1", NOON)[3:], *life("2", NOON))
    on_both.reach = lambda reached: None
    receipt = on_both.send(*life("1", NOON)[3:], *life("2", NOON))
    assert receipt.accepted + receipt.duplicate == 11
    found = figures(on_both.store)
    assert on_both.store.last_seq() == 14
    assert found["tallies"]["C", 202610][COLUMN["closed"]] == 2
    assert found["tallies"]["C", 202610][COLUMN["accepted_flow"]] == 2


def test_a_new_process_continues_where_the_last_one_stopped(on_both: Lane) -> None:
    batch = life("1", NOON)
    for raw in batch:
        on_both.send(raw)
        on_both.restart()
    stepwise = figures(on_both.store)
    assert stepwise["tallies"]["C", 202610][COLUMN["closed"]] == 1
    assert stepwise["tallies"]["C", 202610][COLUMN["on_time"]] == 1
    assert [row.seq for row in on_both.store.events_of(["1"])] == [1, 2, 3, 4, 5, 6, 7]


def test_another_writer_is_noticed(on_both: Lane) -> None:
    """Two ingests on one database stand for two processes, such as an import while the system runs."""
    other = Lane(on_both.url)
    for number, raw in enumerate(life("1", NOON)):
        (on_both, other)[number % 2].send(raw)
    other.send(*life("2", NOON))
    on_both.send(*life("3", NOON))
    other.close()
    assert on_both.store.last_seq() == 21
    assert counted(on_both, "closed_flow") == 3
    assert counted(on_both, "accepted", "A111") == 3


def test_what_is_told_is_what_is_stored(on_both: Lane) -> None:
    for number in range(6):
        on_both.send(*life(str(number), NOON + number * DAY, GRIDS[number % 4])[: number + 2])
    told = on_both.told()
    assert [(entry.first, entry.last) for entry in told] == [(1, 2), (3, 5), (6, 9), (10, 14), (15, 20), (21, 27)]
    stored = on_both.store.changes_since(0)
    assert merged(told) == merged([stored])
    assert [step.seq for entry in told for step in entry.steps] == list(range(1, 28))
    assert {case.seq for case in stored.cases} == {entry.last for entry in told}


def test_changes_since_any_number_reach_the_same_state(on: Lane) -> None:
    for number in range(5):
        on.send(*life(str(number % 3), NOON + number * HOUR)[:3], event("urged", "0", NOON + number))
    told = on.told()
    whole = merged(told)
    for seq in range(on.store.last_seq() + 1):
        known = [entry for entry in told if entry.last <= seq]
        cursor = known[-1].last if known else 0
        missed = []
        while (more := on.store.changes_since(cursor, 2)).first <= more.last:
            missed.append(more)
            cursor = more.last
        assert merged([*known, *missed]) == whole


def test_of_a_large_transaction_only_the_number_is_told(on: Lane) -> None:
    on.send(*life("1", NOON))
    on.send(*(accepted(f"c{number}", NOON) for number in range(2000)))
    on.send(accepted("last", NOON))
    told = [(entry.first, entry.last, len(entry.cases)) for entry in on.told()]
    assert told == [(1, 7, 1), (2008, 2007, 0), (2008, 2008, 1)]


def test_a_batch_without_news_is_not_told(on: Lane) -> None:
    on.send(accepted("1", NOON))
    on.send(accepted("1", NOON))
    on.send(b"garbage")
    assert len(on.told()) == 1


def test_a_silent_feed_does_not_unmake_a_commit(on: Lane) -> None:
    def away(*_: object) -> None:
        raise FeedError("away")

    on.feed.append = away  # type: ignore[method-assign]
    assert on.send(accepted("1", NOON)).accepted == 1
    assert on.store.last_seq() == 1


def test_many_threads_share_commits(on_both: Lane) -> None:
    receipts = []

    def work(writer: int) -> None:
        for number in range(25):
            receipts.append(on_both.send(*life(f"{writer}-{number}", NOON + number * MINUTE, GRIDS[writer % 4])[:3]))

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(receipt.accepted for receipt in receipts) == 600
    assert on_both.store.last_seq() == 600
    told = on_both.told()
    assert [entry.first for entry in told] == [1, *(entry.last + 1 for entry in told[:-1])]
    assert len(told) < 200
    assert merged(told) == merged([on_both.store.changes_since(0)])


def test_a_long_batch_is_cut_and_answered_whole(on: Lane) -> None:
    raws = [event("urged", f"{number}", NOON, region="A111", category="0203") for number in range(12_001)]
    receipt = on.send(*raws, raws[0])
    assert (receipt.accepted, receipt.duplicate, receipt.seq) == (12_001, 1, 12_001)


def test_one_event_that_breaks_the_program_is_set_aside(on: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.ingest import case_group

    real = case_group.apply

    def fragile(case, event, context):  # type: ignore[no-untyped-def]
        if event.case == "13":
            raise RuntimeError("bad luck")
        return real(case, event, context)

    monkeypatch.setattr(case_group, "apply", fragile)
    receipt = on.send(*[accepted(str(number), NOON) for number in range(40)])
    assert receipt.accepted == 39
    assert [(rejection.index, rejection.reason) for rejection in receipt.rejected] == [(13, "internal_error")]
    assert on.store.quarantine_counts() == {"internal_error": 1}
    assert counted(on, "accepted") == 39


def test_base_data_is_read_again(on: Lane) -> None:
    from tests.ingest.city import base_data

    on.base = base_data(7)
    on.ingest.base_changed()
    assert on.ingest.base.version == 7
    assert [entry for _, entry in on.feed.read(START, 0)] == [BaseChanged(7)]
    assert not [entry for _, entry in on.feed.read(START, 0) if isinstance(entry, Changes)]
