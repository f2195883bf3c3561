"""Workers walk on streets of their own region, at a human speed, in their shifts, and are lost now and then."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from dashboard.domain.fixes import Fixes
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import midnight
from data_sources.simulator.source import positions_of

MINUTE = 60_000
EVENING = midnight(20261020) * 1000 + (17 * 60 + 50) * MINUTE


@pytest.fixture(scope="module")
def last_hour(zhuzhou: City) -> Fixes:
    return positions_of(zhuzhou).between(EVENING - 60 * MINUTE, EVENING)


def columns(city: City, fixes: Fixes) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Worker numbers and metres."""
    number = {worker.id: n for n, worker in enumerate(city.workers)}
    workers = np.array([number[worker] for worker in fixes.worker])
    return workers, city.plane.to_metres(np.column_stack((fixes.lon, fixes.lat)))


def test_fixes_lie_in_the_worker_s_own_region(zhuzhou: City, last_hour: Fixes) -> None:
    workers, metres = columns(zhuzhou, last_hour)
    shapes = positions_of(zhuzhou).walkers.streets.shape[workers]
    assert shapely.dwithin(shapes, shapely.points(metres), 15).mean() > 0.999
    assert shapely.contains_xy(shapes, metres).mean() > 0.97


def test_nobody_is_faster_than_a_bicycle(zhuzhou: City, last_hour: Fixes) -> None:
    workers, metres = columns(zhuzhou, last_hour)
    order = np.lexsort((last_hour.time, workers))
    same = np.diff(workers[order]) == 0
    seconds = np.diff(last_hour.time[order])[same] / 1000
    speed = np.hypot(*np.diff(metres[order], axis=0)[same].T) / seconds
    assert np.percentile(speed, 99.9) < 8
    assert seconds.min() == 10


def test_about_half_move_and_few_are_silent_before_six(zhuzhou: City, last_hour: Fixes) -> None:
    workers, metres = columns(zhuzhou, last_hour)
    duty = positions_of(zhuzhou).duty.at(EVENING / 1000)
    count = len(zhuzhou.workers)
    new, old, seen = np.full((count, 2), np.nan), np.full((count, 2), np.nan), np.zeros(count)
    new[workers], seen[workers] = metres, last_hour.time
    before = last_hour.time <= EVENING - 5 * MINUTE
    old[workers[before]] = metres[before]
    online = duty & (seen > EVENING - 10 * MINUTE)
    moved = np.hypot(*(new - old).T) >= 50
    assert duty.sum() == 3213
    assert 0.96 < online.sum() / duty.sum() < 0.985
    assert 0.42 < moved[online].mean() < 0.58


def test_only_workers_on_duty_send(zhuzhou: City) -> None:
    positions = positions_of(zhuzhou)
    noon = positions.between(EVENING - 300 * MINUTE, EVENING - 299 * MINUTE)
    workers, _ = columns(zhuzhou, noon)
    assert set(workers.tolist()) <= set(np.flatnonzero(positions.duty.at(EVENING / 1000 - 300 * 60)).tolist())
    assert 0 < len(noon) < 1000


def test_the_weekend_is_quieter_and_the_night_watch_small(zhuzhou: City) -> None:
    duty = positions_of(zhuzhou).duty
    saturday = midnight(20261017) + 10 * 3600
    assert 150 < duty.at(saturday).sum() < 600
    assert duty.at(midnight(20261020) + 3 * 3600).sum() == 68


def test_one_fix_in_ten_seconds_evenly_spread(small: City) -> None:
    fixes = positions_of(small).between(EVENING, EVENING + 60_000)
    per_second = np.unique(fixes.time, return_counts=True)[1]
    assert len(per_second) == 60
    assert per_second.max() <= len(small.workers) / 10
    assert (np.diff(fixes.time) >= 0).all()


def test_the_same_calls_give_the_same_fixes(small: City) -> None:
    one, same = (positions_of(small).between(EVENING, EVENING + 30_000) for _ in range(2))
    assert one.worker.tolist() == same.worker.tolist()
    np.testing.assert_array_equal(one.lon, same.lon)


def test_a_new_stream_goes_on_from_where_workers_were_seen(zhuzhou: City, last_hour: Fixes) -> None:
    workers, _ = columns(zhuzhou, last_hour)
    seen = np.full((len(zhuzhou.workers), 2), np.nan)
    seen[workers] = np.column_stack((last_hour.lon, last_hour.lat))
    positions = positions_of(zhuzhou)
    positions.resume(["stranger", *positions.ids.tolist()], np.append(np.nan, seen[:, 0]), np.append(1.0, seen[:, 1]))
    number, now = columns(zhuzhou, positions.between(EVENING, EVENING + 10_000))
    jump = np.hypot(*(now - zhuzhou.plane.to_metres(seen[number])).T)
    assert np.nanpercentile(jump, 90) < 20
    assert (jump > 600).sum() == 0


def test_a_stream_in_pieces_misses_no_fix(small: City) -> None:
    whole, pieces = positions_of(small), positions_of(small)
    edges = [EVENING + n for n in (0, 500, 1500, 1501, 9_000, 30_000)]
    parts = [pieces.between(a, b) for a, b in pairwise(edges)]
    everything = whole.between(EVENING, EVENING + 30_000)
    assert np.concatenate([part.time for part in parts]).tolist() == everything.time.tolist()
    assert np.concatenate([part.worker for part in parts]).tolist() == everything.worker.tolist()
