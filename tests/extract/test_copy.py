from pathlib import Path
from threading import Event, Thread

from dashboard.extract import Extract
from dashboard.extract.file import copy_file
from tests.check.cities import city, raws
from tests.domain.happenings import at, event
from tests.extract.test_extract import DAYS, extract_of

COPIES = 25


def test_a_copy_holds_what_was_committed_last_while_the_extract_grows(tmp_path: Path) -> None:
    path = tmp_path / "extract.duckdb"
    with city(tmp_path, at(40_000)) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract, stop = extract_of(town, path), Event()
        extract.refresh()

        def grow() -> None:
            number = 1
            while not stop.is_set():
                number += 1
                town.send(raws(number, [event("accepted", number)]))
                extract.refresh()

        growing = Thread(target=grow)
        growing.start()
        seen = []
        for number in range(COPIES):
            copy = tmp_path / f"copy-{number}.duckdb"
            assert copy_file(path, copy)
            taken = Extract(town.store, lambda: town.base, DAYS, copy)
            with taken.reading() as view:
                assert view.rows("SELECT count(*) FROM cases") == [(view.seq,)]
                seen.append(view.seq)
            taken.close()
        stop.set()
        growing.join()
        assert seen == sorted(seen) and seen[-1] > seen[0]
        extract.close()


def test_a_copy_catches_up_by_itself(tmp_path: Path) -> None:
    path, copy = tmp_path / "extract.duckdb", tmp_path / "copy.duckdb"
    with city(tmp_path, at(40_000)) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town, path)
        extract.refresh()
        copy_file(path, copy)
        town.send(raws(2, [event("accepted", 3)]))
        taken = Extract(town.store, lambda: town.base, DAYS, copy)
        assert (taken.ready, taken.seq, taken.refresh()) == (True, 1, 2)
        taken.close()
        extract.close()


def test_without_an_extract_there_is_nothing_to_copy(tmp_path: Path) -> None:
    assert not copy_file(tmp_path / "extract.duckdb", tmp_path / "copy.duckdb")
