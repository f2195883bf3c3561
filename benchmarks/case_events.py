"""Case events stored exactly once, every indicator of every region kept live, against the plain way in the same run.

    python benchmarks/case_events.py [--events 100000] [--postgres URL | --start-postgres] [--profile]

The stream has about seven events a case over a city of Zhuzhou's scale (9 districts, 105 streets, 600 communities,
3,261 grids), in order of time, as it would come from a case platform that delivers in batches. The plain way is one ORM
object added and committed for each event, and a pandas recount of the month's figures of all regions after it.
"""

import argparse
import cProfile
import json
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import BigInteger, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboard.config import Settings
from dashboard.domain.base import BaseData, Category
from dashboard.domain.regions import Region, RegionTree
from dashboard.feed import MemoryFeed
from dashboard.ingest.batch import Batch
from dashboard.ingest.case_writer import CaseWriter
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.store import open_store

START = 1_790_784_000_000  # 2026-09-30T16:00Z, the first of October in Shanghai
MINUTE = 60_000
CASE = (("reported", 0), ("accepted", 4), ("filed", 9), ("dispatched", 15), ("handled", 300), ("checked", 330),
        ("closed", 345), ("rated", 900))  # fmt: skip


def city() -> BaseData:
    """Regions of Zhuzhou's numbers with invented codes."""
    regions = [Region("4302", "city", 0)]
    districts = [Region(f"4302{n:02d}", f"d{n}", 1, "4302") for n in range(9)]
    streets = [Region(f"{districts[n % 9].code}{n:03d}", f"s{n}", 2, districts[n % 9].code) for n in range(105)]
    communities = [Region(f"{streets[n % 105].code}{n:03d}", f"c{n}", 3, streets[n % 105].code) for n in range(600)]
    grids = [Region(f"{communities[n % 600].code}{n:04d}", f"g{n}", 4, communities[n % 600].code) for n in range(3261)]
    tree = RegionTree([*regions, *districts, *streets, *communities, *grids])
    return BaseData(1, tree, categories={category.code: category for category in _categories()})


def _categories() -> Iterator[Category]:
    for main in range(12):
        yield Category(f"{main:02d}", f"k{main}")
        for number in range(8):
            yield Category(f"{main:02d}{number:02d}", f"k{number}", f"{main:02d}", limit_minutes=1440, clock="work")


def stream(events: int, base: BaseData, seed: int = 1) -> list[bytes]:
    """That many raw events in order of time; one rating in three, so seven a case on average."""
    chance = random.Random(seed)
    grids = [region.code for region in base.tree.regions if region.level == 4]
    made: list[tuple[int, bytes]] = []
    number = 0
    while len(made) < events * 1.05:
        number += 1
        start = START + int(chance.random() * 25 * 1440) * MINUTE
        made += _case(f"YH{number:08d}", start, chance.choice(grids), chance)
    made.sort()
    return [raw for _, raw in made[:events]]


def _case(name: str, start: int, region: str, chance: random.Random) -> Iterator[tuple[int, bytes]]:
    for kind, after in CASE:
        if kind == "rated" and chance.random() < 0.67:
            continue
        at = start + int(after * MINUTE * (0.5 + chance.random()))
        yield at, json.dumps(_event(name, kind, at, region, chance), ensure_ascii=False).encode()


def _event(name: str, kind: str, at: int, region: str, chance: random.Random) -> dict[str, object]:
    data: dict[str, object] = {"actor": "W0001"}
    if kind == "reported":
        data |= {"region": region, "lon": 113.1 + chance.random(), "lat": 27.8 + chance.random()}
        data |= {"category": f"{chance.randrange(12):02d}{chance.randrange(8):02d}", "urgency": "normal"}
        data |= {"channel": chance.choice(("hotline", "grid", "app")), "title": "楼道飞线充电"}
    if kind == "dispatched":
        data["unit"] = "区城管执法大队"
    if kind == "checked":
        data["passed"] = chance.random() < 0.9
    if kind == "rated":
        data["score"] = chance.choice((4, 4, 4, 3, 2, 1))
    when = datetime.fromtimestamp(at / 1000, UTC).isoformat()
    event = {"specversion": "1.0", "id": f"{name}-{kind}", "source": "/case-platform", "type": f"case.{kind}"}
    return {**event, "subject": name, "time": when, "data": data}


def store_all(url: str, raws: list[bytes], base: BaseData, size: int) -> tuple[float, float]:
    """Seconds (wall, CPU) until everything is acknowledged; checks that each event was stored once."""
    store, clock = open_store(url), ToldClock(START + 60 * 1440 * MINUTE)
    ingest = Ingest(store, MemoryFeed(), Settings(), clock, lambda: base)
    began, cpu = time.perf_counter(), time.process_time()
    accepted = 0
    for first in range(0, len(raws), size):
        accepted += ingest.submit(Batch("cases", clock.now(), raws[first : first + size])).accepted
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    again = ingest.submit(Batch("cases", clock.now(), raws[:size]))
    assert (accepted, store.last_seq(), again.duplicate) == (len(raws), len(raws), min(size, len(raws)))
    ingest.close()
    store.close()
    return wall, used


class Plain(DeclarativeBase):
    """Tables of the plain way."""


class PlainEvent(Plain):
    """One event as an object."""

    __tablename__ = "plain_event"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(index=True)
    region: Mapped[str]
    type: Mapped[str]
    time: Mapped[int] = mapped_column(BigInteger)


def plain(url: str, raws: list[bytes], recount: bool) -> float:
    """Seconds for the plain way, with or without the recount after each event."""
    engine = create_engine(url)
    Plain.metadata.drop_all(engine)
    Plain.metadata.create_all(engine)
    began = time.perf_counter()
    for raw in raws:
        body = json.loads(raw)
        with Session(engine) as session:
            when = int(datetime.fromisoformat(body["time"]).timestamp() * 1000)
            region = body["data"].get("region", "")
            session.add(PlainEvent(id=body["id"], case_id=body["subject"], region=region, type=body["type"], time=when))
            session.commit()
        if recount:
            frame = pd.read_sql("SELECT case_id, region, type FROM plain_event", engine)
            wide = frame.pivot_table(index="case_id", columns="type", aggfunc="size", fill_value=0)
            wide["street"] = frame[frame.region != ""].set_index("case_id").region.str[:9]
            wide.groupby("street").sum()
    took = time.perf_counter() - began
    engine.dispose()
    return took


def report(name: str, events: int, wall: float, cpu: float, plain_rate: float, recount_rate: float) -> None:
    rate = events / wall
    print(f"{name:<11} {rate:>9,.0f} events/s  {wall / events * 1e6:6.1f} us each  {cpu / events * 1e6:6.1f} us CPU   "
          f"plain add+commit {plain_rate:>6,.0f}/s ({rate / plain_rate:,.0f}x)   "
          f"with pandas recount {recount_rate:>6,.1f}/s ({rate / recount_rate:,.0f}x)")


def measure(name: str, url: str, plain_url: str, raws: list[bytes], base: BaseData, size: int) -> None:
    wall, cpu = store_all(url, raws, base, size)
    few = raws[:300]
    added, recounted = (len(few) / plain(plain_url, few, recount) for recount in (False, True))
    report(name, len(raws), wall, cpu, added, recounted)


def profiled(work: Callable[[], object]) -> None:
    """Where the writer thread spends its time."""
    profile, write = cProfile.Profile(), CaseWriter.commit
    CaseWriter.commit = lambda writer, items: profile.runcall(write, writer, items)  # type: ignore[method-assign]
    work()
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=5_000)
    parser.add_argument("--postgres", default="", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--start-postgres", action="store_true", help="start a PostgreSQL 15 of Debian's package")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    base = city()
    raws = stream(options.events, base)
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="yiping-bench-"))
        sqlite = f"sqlite:///{directory}/case.db"
        if options.profile:
            profiled(lambda: store_all(sqlite, raws, base, options.batch))
            return
        measure("SQLite", sqlite, f"sqlite:///{directory}/plain.db", raws, base, options.batch)
        if options.start_postgres:
            from tests.servers import postgres_server

            options.postgres = stack.enter_context(postgres_server())
        if options.postgres:
            measure("PostgreSQL", options.postgres, options.postgres, raws, base, options.batch)


if __name__ == "__main__":
    main()
