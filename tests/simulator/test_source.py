"""The simulator behaves as any source: paced by a clock, resumed after a failure, silent on its hotline at times."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from threading import Event

import numpy as np
import orjson
import pytest

from dashboard.domain.base import BaseData, Workers
from dashboard.domain.events import WorkerEvent, parse
from dashboard.domain.frames import Keyframe, encode
from dashboard.domain.plane import UNSEEN, Plane
from dashboard.domain.regions import RegionTree
from dashboard.ingest.batch import Batch
from data_sources.simulator.city import City, build_city
from data_sources.simulator.day_clock import midnight
from data_sources.simulator.live import live_source
from data_sources.simulator.scales import SCALES
from data_sources.simulator.source import SimulatorSource, positions_of, silent_since
from data_sources.simulator.stream import CaseStream

MINUTE = 60_000
START = midnight(20261019) * 1000
NOW = START + 34 * 60 * MINUTE


class SteppingClock:
    """Moves on by a step whenever somebody looks."""

    speed = 1e12

    def __init__(self, start: int, step: int = 500) -> None:
        self.time, self.step = start, step

    def now(self) -> int:
        self.time += self.step
        return self.time


def until(source: SimulatorSource, clock: SteppingClock, end: int) -> Iterator[Batch]:
    stop = Event()
    for batch in source.batches(stop):
        yield batch
        if clock.time >= end:
            stop.set()


def ids(batches: list[Batch]) -> list[str]:
    return [orjson.loads(raw)["id"] for batch in batches for raw in batch.events]


def expected(city: City, after: int, before: int) -> set[str]:
    return {orjson.loads(raw)["id"] for _, raw, _ in CaseStream(city).between(after, before)}


def test_batches_carry_the_names_of_the_systems_they_stand_for(small: City) -> None:
    clock = SteppingClock(NOW)
    batches = list(until(SimulatorSource(small, clock, since=NOW), clock, NOW + 30 * MINUTE))
    assert {batch.source for batch in batches} == {"cases", "hotline", "video", "positions"}
    assert all(batch.received > NOW for batch in batches)
    assert all(batch.fixes is not None for batch in batches if batch.source == "positions")


def test_every_event_is_delivered_when_its_time_has_come(small: City) -> None:
    clock = SteppingClock(NOW)
    source = SimulatorSource(small, clock, since=NOW)
    batches = list(until(source, clock, NOW + 90 * MINUTE))
    assert expected(small, NOW, NOW + 80 * MINUTE) <= set(ids(batches))
    assert all(
        orjson.loads(raw)["time"] <= iso_of(batch.received) for batch in batches for raw in batch.events
    )


def iso_of(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, timezone(timedelta(hours=8))).isoformat(timespec="milliseconds")


def test_a_source_opened_anew_delivers_what_was_not_acknowledged(small: City) -> None:
    clock = SteppingClock(NOW, 60_000)
    source = SimulatorSource(small, clock, since=NOW)
    broken = source.batches(Event())
    lost = next(batch for batch in broken if batch.events)
    broken.close()
    again = list(until(source, clock, clock.time + 20 * MINUTE))
    assert set(ids([lost])) <= set(ids(again))


def test_a_restart_overlaps_with_what_came_before(small: City) -> None:
    clock = SteppingClock(NOW + 60 * MINUTE)
    batches = list(until(SimulatorSource(small, clock, since=NOW), clock, NOW + 61 * MINUTE))
    assert expected(small, NOW - 5 * MINUTE, NOW + 50 * MINUTE) <= set(ids(batches))


def test_the_hotline_falls_silent_and_tells_everything_afterwards(small: City) -> None:
    begins = next(at for at in range(NOW, NOW + 180 * MINUTE, 1000) if silent_since(small, at) is not None)
    ends = next(at for at in range(begins, begins + 10 * MINUTE, 1000) if silent_since(small, at) is None)
    assert 170 < (ends - begins) / 1000 < 301
    clock = SteppingClock(begins - 10 * MINUTE)
    batches = list(until(SimulatorSource(small, clock, since=clock.time), clock, ends + 5 * MINUTE))
    assert not [b for b in batches if b.source == "hotline" and begins + 1000 < b.received < ends]
    assert [b for b in batches if b.source == "cases" and begins + 1000 < b.received < ends]
    assert expected(small, begins - 9 * MINUTE, ends) <= set(ids(batches))


def test_a_quiet_source_gives_signs_of_life(small: City) -> None:
    clock = SteppingClock(START + 3 * 60 * MINUTE)
    batches = list(until(SimulatorSource(small, clock, since=clock.time), clock, clock.time + 3 * MINUTE))
    video = [batch.received for batch in batches if batch.source == "video"]
    assert max(b - a for a, b in pairwise(video)) <= 8_000


@pytest.fixture(scope="module")
def checking_in() -> City:
    scale = replace(
        SCALES["zhangjiakou"], counts=(("district", 2), ("street", 6), ("community", 30), ("grid", 90)), workers=150
    )
    return build_city(scale, 3)


def test_workers_check_in_and_out_of_their_shifts(checking_in: City) -> None:
    raws = [raw for _, raw, _ in CaseStream(checking_in).between(START, START + 24 * 60 * MINUTE)]
    assert sum(isinstance(parse(raw), WorkerEvent) for raw in raws) == 294
    events = [orjson.loads(raw) for raw in raws]
    kinds = [event["type"] for event in events if event["type"].startswith("worker.")]
    assert kinds.count("worker.checked_in") == kinds.count("worker.checked_out") == 147
    assert len({event["id"] for event in events}) == len(events)


def test_history_holds_check_ins_of_its_last_day_only(checking_in: City) -> None:
    history = CaseStream(checking_in).history(START - 3 * 24 * 60 * MINUTE, NOW)
    days = {orjson.loads(raw)["time"][:10] for _, events in history for _, raw, _ in events if b"worker.checked" in raw}
    assert days == {"2026-10-20"}


def test_a_live_source_goes_on_from_the_last_keyframe(small: City) -> None:
    ids = tuple(worker.id for worker in small.workers)
    base = BaseData(1, RegionTree(()), workers=Workers(ids=ids))
    plane = Plane(small.scale.lon, small.scale.lat)
    walked = positions_of(small)
    fixes = walked.between(NOW - 60 * MINUTE, NOW)
    x, y = (np.full(len(ids), UNSEEN, np.int32) for _ in range(2))
    number = [ids.index(worker) for worker in fixes.worker]
    x[number], y[number] = plane.metres(fixes.lon, fixes.lat)
    none = np.zeros(len(ids), np.uint8)
    seen = encode(Keyframe(7, NOW, 1, x, y, none, none))
    source = live_source(small, SteppingClock(NOW), base, plane, seen, 20261001)
    everybody = np.arange(len(ids))
    before, after = walked.walkers.places(everybody), source.positions.walkers.places(everybody)
    shown = x != UNSEEN
    assert 150 < shown.sum() <= len(ids)
    assert np.hypot(*(before - after)[shown].T).max() < 15
