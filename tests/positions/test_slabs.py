"""What the position lane stores, on SQLite and on PostgreSQL."""

import numpy as np
import pytest

from dashboard.domain.track import Track, joined
from dashboard.store.slabs import LaneState, Slabs
from dashboard.store.store import Store


@pytest.fixture
def slabs(database_url):
    store = Store(database_url)
    yield Slabs(store.engine)
    store.close()


def track(*times, key=7):
    lon, lat = (np.full(len(times), degrees, np.int32) for degrees in (-5, 2**31 - 1))
    return Track(np.full(len(times), key, np.uint32), np.array(times, np.int64), lon, lat)


def times(found):
    return [slab.track.time.tolist() for slab in found]


def test_slabs_come_back_in_the_order_they_were_stored(slabs):
    ids = [slabs.append(track(*given), received) for given, received in (((50, 60), 1), ((10,), 2), ((70, 20), 3))]
    assert ids == sorted(ids) and slabs.last() == ids[-1]
    assert times(slabs.after(0)) == [[50, 60], [10], [70, 20]]
    assert times(slabs.after(ids[0])) == [[10], [70, 20]]
    assert times(slabs.between(15, 55)) == [[50, 60], [70, 20]]
    found = slabs.after(0)[0].track
    assert (found.key.tolist(), found.lon.tolist(), found.lat.tolist()) == ([7, 7], [-5, -5], [2**31 - 1] * 2)


def test_the_oldest_received_come_first_up_to_a_limit(slabs):
    ids = [slabs.append(track(*range(n)), received) for n, received in ((3, 10), (3, 20), (3, 30), (3, 99))]
    assert [slab.id for slab in slabs.received_before(50, 4, ids[-1])] == ids[:2]
    assert [slab.id for slab in slabs.received_before(50, 100, ids[1])] == ids[:2]
    assert [slab.id for slab in slabs.received_before(50, 100, ids[-1])] == ids[:3]
    assert slabs.received_before(5, 100, ids[-1]) == []


def test_a_deleted_slab_never_lends_its_number(slabs):
    last = [slabs.append(track(time), 1) for time in (1, 2)][-1]
    slabs.delete(slabs.after(0))
    slabs.delete([])
    assert slabs.last() == 0 and slabs.append(track(3), 1) > last


def test_many_small_slabs_become_one_in_their_order(slabs):
    first = slabs.append(track(5), 1)
    ids = [slabs.append(track(time), time) for time in (30, 10, 20, 40, 60, 50, 80, 70)]
    later = slabs.append(track(90), 1)
    slabs.join(first, ids[-2])
    assert len(slabs.after(0)) == 10, "too few to be worth it"
    slabs.join(first, ids[-1])
    assert [slab.id for slab in slabs.after(0)] == [first, ids[-1], later]
    assert times(slabs.after(0)) == [[5], [30, 10, 20, 40, 60, 50, 80, 70], [90]]
    assert times(slabs.between(65, 65)) == [[30, 10, 20, 40, 60, 50, 80, 70]]
    assert [slab.id for slab in slabs.received_before(80, 100, later)] == [first, later]


def test_a_slab_that_grew_after_it_was_read_is_not_deleted(slabs):
    ids = [slabs.append(track(time), 1) for time in range(8)]
    read = slabs.after(0)
    slabs.join(0, ids[-1])
    slabs.delete(read)
    assert times(slabs.after(0)) == [list(range(8))]


def test_slabs_of_old_days_are_forgotten_whole(slabs):
    slabs.append(track(10, 20), 1)
    slabs.append(track(10, 30), 1)
    slabs.delete_before(25)
    assert times(slabs.after(0)) == [[10, 30]]


def test_a_worker_keeps_his_key_for_ever(slabs):
    assert slabs.keys_of(["b", "a"]).tolist() == [2, 1]
    assert slabs.keys_of(["c", "a", "b", "a"]).tolist() == [3, 1, 2, 1]
    assert slabs.keys_of([]).tolist() == []
    assert (slabs.key_of("c"), slabs.key_of("nobody")) == (3, None)


def test_the_state_of_the_lane_is_replaced(slabs):
    assert slabs.load() is None
    slabs.save(LaneState(5, 9, joined([])))
    slabs.save(LaneState(6, 10, track(1, 2)))
    found = slabs.load()
    assert (found.slab, found.upto, found.newest.time.tolist()) == (6, 10, [1, 2])
