"""A directory with any number of cases over three years, filled past the ingest: rows, tallies and histograms by the
product's own counting, of more than a million as copies of that million. A filled directory is kept and used again."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import ceil, log
from pathlib import Path

from shapely import box

from benchmarks.case_events import city
from dashboard.base_data import apply_rows, base_version, load_base_data
from dashboard.base_data.rows import RegionRow
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.tallies import COLUMN, COUNTERS
from dashboard.ingest.case_cache import pack
from dashboard.ingest.clock import LAST_TICK
from dashboard.ingest.projections import Projections
from dashboard.ingest.rules import Rules
from dashboard.store import DayEnd, EventRow, Store, Stored, open_store, schema
from dashboard.store.rows import CASE_COLUMNS

NOW = 1_792_486_328_000  # 2026-10-20 17:52:08 in Shanghai
HOUR, DAY = 3_600_000, 86_400_000
SPAN = 1_096 * DAY
CHUNK = 20_000
COUNTED = 1_000_000
"""Cases that are counted one by one (five minutes); what is above it multiplies them."""
CHANNELS = ("grid", "hotline", "app", "video", "patrol", "")
TITLES = ("楼道飞线充电", "占道经营", "井盖缺失", "暴露垃圾", "违规停车", "邻里噪声纠纷", "消防通道堵塞", "路灯不亮")


def filled(directory: Path, cases: int) -> tuple[Store, BaseData]:
    """The store of a directory with that many cases; what is there already is used as it is."""
    directory.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{directory / 'yiping.db'}")
    if store.get_state("filled") not in (None, str(cases)) or (store.last_seq() and not store.get_state("filled")):
        raise SystemExit(f"{directory} holds something else: choose another --data")
    if not base_version(store.engine):
        _settle(store, city())
    base = load_base_data(store.engine, Settings())
    if store.get_state("filled") is None:
        counted = min(cases, COUNTED)
        _fill(store, base, counted)
        _multiply(store, counted, cases // counted)
        _fill_day_ends(store, Settings())
        store.set_state(LAST_TICK, str(NOW))
        store.set_state("filled", str(cases))
    return store, base


def _settle(store: Store, base: BaseData) -> None:
    """Store the base data, with squares as borders: a page draws a map of them."""
    tree, boxes = base.tree, {0: (113.0, 27.7, 113.6, 28.3)}
    for node in range(len(tree.regions)):
        below = tree.children(node)
        boxes |= dict(zip(below, _squares(boxes[node], len(below)), strict=True))
    rows = [RegionRow(region, box(*boxes[node]).wkb) for node, region in enumerate(tree.regions)]
    apply_rows(store.engine, "regions", rows)
    apply_rows(store.engine, "categories", list(base.categories.values()))


def _squares(around: tuple[float, ...], count: int) -> list[tuple[float, ...]]:
    """So many boxes side by side and above each other in one."""
    west, south, east, north = around
    side = ceil(count**0.5)
    wide, high = (east - west) / max(side, 1), (north - south) / max(side, 1)
    corners = [(west + wide * (n % side), south + high * (n // side)) for n in range(count)]
    return [(x, y, x + wide, y + high) for x, y in corners]


def _fill(store: Store, base: BaseData, cases: int) -> None:
    started, done = time.monotonic(), 0
    stream = _cases(base, cases, random.Random(1))
    projections = Projections(Rules.of(base, LocalDays(Settings().zone)))
    while chunk := list(islice(stream, CHUNK)):
        done += len(chunk)
        event = EventRow(done, done.to_bytes(16), chunk[-1].id, NOW, "case.urged", NOW, "", "{}")
        for case in chunk:
            projections.count(None, case)
        with store.write() as connection:
            changed = projections.settle(store, connection)
            rows, folds = [case.row(done) for case in chunk], [pack(case) for case in chunk]
            tallies, inflow = changed.tallies, changed.inflow
            store.put(connection, Stored(done, [event], rows, folds, tallies, inflow, changed.histogram))
        print(f"filled {done:,} in {time.monotonic() - started:.0f} s", flush=True)


def _multiply(store: Store, cases: int, times: int) -> None:
    """Make the stored cases so many times as many, by SQL: each copy has ids, numbers and a fold of its own."""
    columns = ",".join(f'"{name}"' for name in CASE_COLUMNS if name not in ("id", "seq"))
    with store.write() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.create_function("renamed", 3, lambda fold, old, new: fold.replace(old.encode(), new.encode()))
        for step in range(cases, cases * times, cases):
            named = f"printf('YH%09d', CAST(substr(id, 3) AS INTEGER) + {step})"
            source = f'FROM "case" WHERE seq <= {cases}'
            raw.execute(
                f'INSERT INTO "case" (id, seq, {columns}, fold) '
                f"SELECT {named}, seq + {step}, {columns}, renamed(fold, id, {named}) {source}"
            )
            raw.execute(
                "INSERT INTO event SELECT seq + :n, CAST(printf('%016d', seq + :n) AS BLOB), case_id, time, type, "
                "received, region, raw FROM event WHERE seq <= :cases", {"n": step, "cases": cases},
            )  # fmt: skip
            print(f"copied to {step + cases:,}", flush=True)
        for table in (schema.tally, schema.inflow, schema.histogram):
            numbers = [column for column in table.c if column.name in (*COUNTERS, "n")]
            connection.execute(table.update().values({column: column * times for column in numbers}))


def _fill_day_ends(store: Store, settings: Settings) -> None:
    today = LocalDays(settings.zone).day(NOW)
    for day in (plus_days(today, -1), plus_days(today, -31)):
        with store.write() as connection:
            counts = store.month_to_date(connection, day // 100 * 100 + 1, day)
            store.put_day_end(connection, [DayEnd(day, code, numbers, 7) for code, numbers in counts.items()])


def _cases(base: BaseData, count: int, chance: random.Random) -> Iterator[Case]:
    grids = [region.code for region in base.tree.regions if region.level == 4]
    categories = [category.code for category in base.categories.values() if category.parent]
    for number in range(count):
        at = NOW - SPAN + SPAN * number // count
        yield _case(f"YH{number:09d}", at, chance, grids, categories)


def _case(name: str, at: int, chance: random.Random, grids: Sequence[str], categories: Sequence[str]) -> Case:
    draw = chance.random
    case = Case(
        name, (at, 0, "bench", name), chance.choice(grids), chance.choice(categories),
        CHANNELS[int(draw() ** 2 * len(CHANNELS))], f"u{int(draw() * 60):03d}", chance.choice(TITLES), "event",
        lon=113.0 + draw() / 5, lat=27.8 + draw() / 5, reported_at=at - int(draw() * HOUR), accepted_at=at,
        filed_at=at, dispatched_at=at + int(draw() * HOUR), deadline=at + DAY,
    )  # fmt: skip
    flows = [(at, COLUMN["accepted_flow"]), (at, COLUMN["filed_flow"])]
    if draw() < 0.01:
        case.voided_at = at + HOUR
        flows.append((case.voided_at, COLUMN["voided_flow"]))
    elif draw() > 0.003:
        _handle(case, at + int(-log(1 - draw()) * 9 * HOUR), draw, flows)
    if draw() < 0.03:
        case.escalated, case.level = True, "street"
    case.flows = tuple(flows)
    return case


def _handle(case: Case, handled: int, draw: Callable[[], float], flows: list[tuple[int, int]]) -> None:
    if handled > NOW:
        return
    accepted = case.accepted_at or 0
    case.handled_at, case.ever_handled = handled, True
    case.work_minutes = (handled - accepted) * 2 // 5 // 60_000
    flows.append((handled, COLUMN["handled_flow"]))
    if draw() < 0.05:
        case.failed_check = True
        flows.append((handled, COLUMN["failed_check_flow"]))
    closed = handled + int(draw() * 3 * HOUR)
    if closed > NOW:
        return
    case.closed_at, case.closings, case.reopened = closed, 1, draw() < 0.02
    flows.append((closed, COLUMN["closed_flow"]))
    if draw() < 0.33 and closed + HOUR < NOW:
        case.ratings = ((1, closed + HOUR, 1 + int(draw() ** 0.3 * 4)),)
