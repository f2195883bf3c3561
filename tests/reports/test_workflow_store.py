from collections.abc import Iterator
from threading import Barrier, Thread

import msgspec
import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from dashboard.reports import store
from dashboard.reports.archive import APPEALS, DRAFT, FROZEN, ISSUED, Entry
from dashboard.reports.snapshot import Asked, digest
from dashboard.store.engine import open_engine, writing
from tests.reports.shelf import MADE, SEPTEMBER, entry, numbers, words


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    store.create_report_table(engine)
    store.create_report_table(engine)
    yield engine
    engine.dispose()


def put(engine: Engine, *, asked: Asked = SEPTEMBER, **more: object) -> Entry:
    snapshot = numbers(asked)
    made = entry(snapshot, **more)  # type: ignore[arg-type]
    with writing(engine) as connection:
        store.add(connection, made, snapshot, words(snapshot), [{"where": "表1", "what": "不符"}])
    return made


def moved(engine: Engine, known: Entry, **changes: object) -> bool:
    with writing(engine) as connection:
        return store.change(connection, msgspec.structs.replace(known, **changes), known)


def test_what_is_stored_is_read_again(engine: Engine) -> None:
    made = put(engine)
    with engine.connect() as connection:
        assert store.entry_of(connection, made.id) == made
        assert store.snapshot_of(connection, made.id) == numbers()
        assert store.document_of(connection, made.id) == words(numbers())
        assert store.faults_of(connection, made.id) == [{"where": "表1", "what": "不符"}]
        assert store.entry_of(connection, "nobody") is None
        with pytest.raises(KeyError):
            store.snapshot_of(connection, "nobody")


def test_the_archive_is_newest_first(engine: Engine) -> None:
    put(engine, asked=Asked("month", "2026-08"), id_="report-old", made=MADE - 1)
    put(engine, id_="report-new")
    assert [one.id for one in store.entries(engine)] == ["report-new", "report-old"]


def test_a_question_has_one_report_and_an_issued_one_one_revision(engine: Engine) -> None:
    first = put(engine)
    with pytest.raises(IntegrityError):
        put(engine, id_="report-two")
    other_levels = msgspec.structs.replace(SEPTEMBER, levels=("street",), model="patrol")
    with pytest.raises(IntegrityError):
        put(engine, asked=other_levels, id_="report-two")
    revision = put(engine, id_="report-two", of=first.id)
    with pytest.raises(IntegrityError):
        put(engine, id_="report-three", of=first.id)
    put(engine, asked=Asked("month", "2026-09", "99"), id_="report-four")
    with engine.connect() as connection:
        assert store.find(connection, other_levels) == first
        assert store.find(connection, SEPTEMBER, first.id) == revision
        assert store.find(connection, Asked("month", "2026-10")) is None


def test_of_two_who_change_the_same_one_is_told(engine: Engine) -> None:
    made = put(engine)
    assert moved(engine, made, state=APPEALS, until=5)
    assert not moved(engine, made, state=FROZEN)
    with engine.connect() as connection:
        found = store.entry_of(connection, made.id)
    assert found is not None and (found.state, found.until) == (APPEALS, 5)


def test_two_at_once_and_one_report(engine: Engine) -> None:
    barrier, refused = Barrier(4), list[Exception]()

    def race(number: int) -> None:
        barrier.wait()
        try:
            put(engine, id_=f"report-{number}")
        except IntegrityError as problem:
            refused.append(problem)

    threads = [Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(store.entries(engine)), len(refused)) == (1, 3)


@pytest.mark.parametrize("name", ["hash", "snapshot", "document", "cut_seq", "asked", "title", "of", "made_by"])
def test_nothing_of_a_frozen_report_is_written_again(engine: Engine, name: str) -> None:
    made = put(engine, state=FROZEN)
    value = {"cut_seq": 1, "snapshot": b"x", "document": b"x"}.get(name, "x")
    with pytest.raises(DBAPIError, match="does not change"), writing(engine) as connection:
        connection.execute(update(store.report).where(store.report.c.id == made.id).values({name: value}))
    with engine.connect() as connection:
        assert store.snapshot_of(connection, made.id) == numbers()


@pytest.mark.parametrize("state", [DRAFT, APPEALS])
def test_a_frozen_report_does_not_go_back(engine: Engine, state: str) -> None:
    made = put(engine, state=FROZEN)
    with pytest.raises(DBAPIError, match="does not change"):
        moved(engine, made, state=state)


def test_a_frozen_report_is_issued_once_and_then_stands(engine: Engine) -> None:
    made = put(engine, state=FROZEN)
    assert moved(engine, made, state=ISSUED, issued=9, issued_by="李")
    issued = msgspec.structs.replace(made, state=ISSUED, issued=9, issued_by="李")
    with pytest.raises(DBAPIError, match="does not change"):
        moved(engine, issued, issued_by="王")
    with pytest.raises(DBAPIError, match="does not change"), writing(engine) as connection:
        connection.execute(delete(store.report))
    assert store.entries(engine) == [issued]


def test_numbers_that_do_not_fit_their_hash_are_refused(engine: Engine) -> None:
    made = put(engine)
    other = put(engine, asked=Asked("month", "2026-08"), id_="report-two")
    with writing(engine) as connection:
        blob = connection.execute(store.report.select().where(store.report.c.id == other.id)).mappings().one()
        connection.execute(
            update(store.report).where(store.report.c.id == made.id).values(snapshot=blob["snapshot"])
        )
    with engine.connect() as connection, pytest.raises(store.ReportBroken, match="do not fit their hash"):
        store.snapshot_of(connection, made.id)
    with writing(engine) as connection:
        connection.execute(update(store.report).where(store.report.c.id == made.id).values(snapshot=b"zlib?"))
    with engine.connect() as connection, pytest.raises(store.ReportBroken):
        store.snapshot_of(connection, made.id)


def test_the_hash_is_over_the_numbers_alone(engine: Engine) -> None:
    made = put(engine)
    with engine.connect() as connection:
        assert digest(store.snapshot_of(connection, made.id)) == made.hash
