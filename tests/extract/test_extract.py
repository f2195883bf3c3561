import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import duckdb
import msgspec
import pytest

from dashboard.domain.contributions import contributions
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import Region, RegionTree
from dashboard.domain.tallies import COHORT, COUNTERS
from dashboard.extract import Extract, NotReady
from dashboard.extract.columns import key_of, top_of
from dashboard.extract.reading import counted_by
from dashboard.ingest.case_cache import unpack
from dashboard.store import schema
from tests.check.cities import City, city, raws
from tests.domain.happenings import at, event, folded

NOW = at(40_000)
DAYS = LocalDays()


def extract_of(town: City, path: Path | None = None) -> Extract:
    return Extract(town.store, lambda: town.base, DAYS, path)


def ids(extract: Extract) -> list[str]:
    with extract.reading() as view:
        return [row[0] for row in view.rows("SELECT id FROM cases ORDER BY id")]


def test_counters_of_each_case_are_its_contributions(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        told = [event("accepted", 0, category="natural"), event("handled", 30), event("checked", 40, passed=False)]
        town.send(raws(1, [*told, event("handled", 2000), event("closed", 2010), event("rated", 2020, score=3)]))
        town.send(raws(2, [event("accepted", 5), event("cancelled", 6)]))
        extract = extract_of(town)
        extract.refresh()
        with town.store.read() as connection:
            cases = [
                unpack(row[0]) for row in connection.execute(schema.case.select().with_only_columns(schema.case.c.fold))
            ]
        with extract.reading() as view:
            for case in cases:
                wanted = {(COUNTERS[column], day): n for (day, column), n in contributions(case, DAYS).items()}
                found: dict[tuple[str, int], int] = {}
                for name in COUNTERS:
                    table, day = ("cases", "day") if name in COHORT else ("flows", "on_day")
                    rows = view.rows(
                        f"SELECT {day}, {name} FROM {table} WHERE key = ? AND {name} > 0", (key_of(case.id),)
                    )
                    found |= {(name, on): n for on, n in rows}
                assert found == wanted
        extract.close()


def test_a_changed_case_replaces_its_rows(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town)
        assert extract.refresh() == 1
        town.send(raws(1, [event("handled", 10), event("closed", 20)]))
        town.send(raws(2, [event("accepted", 3)]))
        assert extract.refresh() == 4 == extract.seq
        with extract.reading() as view:
            assert view.rows("SELECT id, closed FROM cases ORDER BY id") == [("C1", 1), ("C2", 0)]
            assert view.rows("SELECT sum(accepted_flow), sum(closed_flow) FROM flows") == [(2, 1)]
        extract.close()


def test_a_reader_sees_one_moment_while_cases_are_added(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town)
        extract.refresh()
        with extract.reading() as view:
            town.send(raws(2, [event("accepted", 1)]))
            extract.refresh()
            assert (view.seq, view.rows("SELECT count(*) FROM cases")) == (1, [(1,)])
        assert ids(extract) == ["C1", "C2"]
        extract.close()


def test_a_file_is_opened_again_without_reading_the_cases(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0, category="natural")]))
        first = extract_of(town, tmp_path / "x" / "extract.duckdb")
        assert not first.ready
        first.refresh()
        first.close()
        town.send(raws(2, [event("accepted", 1, category="work")]))
        again = extract_of(town, tmp_path / "x" / "extract.duckdb")
        assert (again.ready, again.seq, ids(again)) == (True, 1, ["C1"])
        again.refresh()
        with again.reading() as view:
            found = view.rows("SELECT category FROM cases ORDER BY id")
            assert [view.words.text(number) for (number,) in found] == ["natural", "work"]
        again.close()


def test_another_database_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "extract.duckdb"
    for name, stream in (("a", [event("accepted", 0), event("closed", 9)]), ("b", [event("accepted", 5, 7)] * 1)):
        directory = tmp_path / name
        directory.mkdir()
        with city(directory, NOW) as town:
            town.send(raws(1 if name == "a" else 2, stream))
            extract = extract_of(town, path)
            extract.refresh()
            assert ids(extract) == ["C1" if name == "a" else "C2"]
            extract.close()


def test_a_broken_file_is_built_again(tmp_path: Path) -> None:
    path = tmp_path / "extract.duckdb"
    path.write_bytes(b"no database" * 1000)
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town, path)
        with pytest.raises(NotReady):
            ids(extract)
        extract.refresh()
        assert ids(extract) == ["C1"]
        extract.close()


def test_a_page_that_asks_while_a_broken_file_is_thrown_away_is_told_to_wait(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town, tmp_path / "extract.duckdb")
        extract.refresh()
        with pytest.raises(NotReady), extract.reading() as view:
            extract._start_over()
            view.rows("SELECT id FROM cases")
        extract.refresh()
        assert ids(extract) == ["C1"]
        extract.close()


def test_new_borders_build_it_again_and_new_workers_do_not(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town)
        extract.refresh()
        with town.store.read() as connection:
            before = counted_by(connection)
        with town.store.write() as connection:
            kept = msgspec.json.decode(before) | {"version": 99}
            town.store.set_state("counted_by", msgspec.json.encode(kept).decode(), connection)
        extract.refresh()
        with extract.reading() as view:
            assert view.rows("SELECT l2 FROM cases") == [(view.places.number["s1"],)]
        moved = Region("m1", "社区", 3, "s2")
        regions = [moved if region.code == "m1" else region for region in town.base.tree.regions]
        town.base = replace(town.base, tree=RegionTree(regions))
        extract.refresh()
        with extract.reading() as view:
            assert view.rows("SELECT l2 FROM cases") == [(view.places.number["s2"],)]
        extract.close()


def test_the_thread_keeps_it_up_until_it_is_stopped(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract, stop = extract_of(town), Event()
        thread = Thread(target=extract.run, args=(stop, 0.01))
        thread.start()
        try:
            assert _reaches(extract, 1)
            town.send(raws(2, [event("accepted", 0)]))
            assert _reaches(extract, 2)
        finally:
            stop.set()
            thread.join(10)
        assert not thread.is_alive()
        extract.close()


def _reaches(extract: Extract, seq: int) -> bool:
    waited = Event()
    for _ in range(1000):
        if extract.seq >= seq:
            return True
        waited.wait(0.01)
    return False


def test_a_file_of_another_process_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "extract.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(path)!r}); print('held', flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with city(tmp_path, NOW) as town:
            town.send(raws(1, [event("accepted", 0)]))
            extract = extract_of(town, path)
            extract.refresh()
            assert ids(extract) == ["C1"]
            extract.close()
    finally:
        holder.communicate(b"\n", timeout=10)
    assert duckdb.connect(str(path)).execute("SELECT 1").fetchall() == [(1,)]


_KILLED = """
import sys
from dataclasses import replace
from pathlib import Path
import dashboard.extract.extract as module
from tests.extract.test_extract import NOW, extract_of
from tests.check.cities import city
written = module.Extract._put
def put(self, rows, state):
    written(self, rows, state)
    print("written", flush=True)
    input()
module.Extract._put = put
with city(Path(sys.argv[1]), NOW) as town:
    extract_of(town, Path(sys.argv[2])).refresh()
"""


def test_killed_while_it_was_built_it_is_built_again(tmp_path: Path) -> None:
    path, home = tmp_path / "extract.duckdb", tmp_path / "home"
    home.mkdir()
    with city(home, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
    command = [sys.executable, "-c", _KILLED, str(home), str(path)]
    builder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert builder.stdout is not None and builder.stdout.readline() == b"written\n"
    os.kill(builder.pid, signal.SIGKILL)
    builder.wait(10)
    with city(home, NOW) as town:
        extract = extract_of(town, path)
        assert not extract.ready
        extract.refresh()
        assert ids(extract) == ["C1"]
        extract.close()


@pytest.mark.parametrize(
    ("level", "top"), [("district", 1), ("2", 2), ("", 3), ("elsewhere", 3), ("microgrid", 4), ("9", 3)]
)
def test_the_highest_level_of_an_escalated_case(level: str, top: int) -> None:
    case = folded(event("accepted", 0), event("escalated", 5, 0, level=level))
    assert top_of(case, 4) == top
    assert top_of(folded(event("accepted", 0)), 4) == 4
