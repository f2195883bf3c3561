from dataclasses import replace
from threading import Barrier, Thread

import numpy as np
import pytest
from sqlalchemy import event

from dashboard.config import Rules, Settings
from dashboard.domain.base import Shifts
from dashboard.domain.coordinates import from_wgs84
from dashboard.domain.fixes import Fixes
from dashboard.domain.frames import MOVING, OFF, SILENT, STILL, FrameState, decode
from dashboard.domain.plane import UNSEEN, Plane
from dashboard.feed import FeedError
from dashboard.feed.memory import MemoryFeed
from dashboard.ingest.batch import Batch, Rejection
from tests.positions.city import EAST, NOW, PLANE, WEST, Lane, base_data, batch, fixes

SECOND, MINUTE = 1000, 60_000


@pytest.fixture
def lane(tmp_path):
    found = Lane(tmp_path)
    yield found
    found.close()


def reader(lane):
    """What a reader of the feed knows after everything that was told."""
    state = FrameState()
    for entry in lane.told():
        frame = decode(entry.frame)
        if entry.keyframe or frame.base == state.slab:
            state.apply(frame)
    return state


def test_a_fix_is_stored_counted_and_shown_in_the_next_frame(lane):
    receipt = lane.lane.submit(batch(("b", 0, 120, -40)))
    assert (receipt.accepted, receipt.duplicate, receipt.rejected) == (1, 0, ())
    assert lane.stored() == [(2, 0)]
    lane.lane.tick(NOW)
    state = reader(lane)
    assert list(state.state) == [SILENT, STILL, SILENT, SILENT]
    assert (state.x[1], state.y[1], state.x[0]) == (120, -40, UNSEEN)
    assert (state.time, state.version) == (NOW, 1)


def test_every_fix_of_a_batch_gets_its_reason(lane):
    given = fixes(("a", 0, 0, 0), ("a", 0, 0, 0), ("nobody", 0, 0, 0), ("b", 6 * MINUTE, 0, 0), ("a", 1000, 9000, 0))
    lon = np.append(given.lon, [np.nan, 0.0, 27.8])
    lat = np.append(given.lat, [27.8, 0.0, 113.1])
    more = Fixes(np.append(given.worker, ["c"] * 3), np.append(given.time, [NOW] * 3), lon, lat)
    receipt = lane.lane.submit(Batch("gateway", NOW, fixes=more))
    assert (receipt.accepted, receipt.duplicate) == (1, 1)
    reasons = {2: "unknown_worker", 3: "future", 4: "jump", 5: "nan", 6: "zero_zero", 7: "swapped"}
    assert receipt.rejected == tuple(Rejection(index, reason) for index, reason in reasons.items())
    state = lane.lane._sources.states()[0]
    assert (state.name, state.lane, state.event_time) == ("gateway", "positions", NOW)
    assert (state.accepted, state.duplicate) == (1, 1)
    assert state.rejected == dict.fromkeys(reasons.values(), 1)


def test_a_late_fix_goes_to_the_history_and_leaves_the_dot(lane):
    lane.lane.submit(batch(("a", 0, 10, 10)))
    receipt = lane.lane.submit(batch(("a", -5000, 0, 0), ("a", -9000, 2, 2)))
    assert receipt.accepted == 2 and lane.lane.totals["late"] == 2
    assert lane.stored() == [(1, 0), (1, -5000), (1, -9000)]
    lane.lane.tick(NOW)
    assert (reader(lane).x[0], reader(lane).y[0]) == (10, 10)


def test_off_duty_fixes_are_counted_and_never_stored(tmp_path):
    everyday, forever = 0b1111111, 99_991_231
    minute = NOW // MINUTE % 1440 + 480
    columns = ([0], [everyday], [False], [(minute + 60) % 1440], [(minute + 120) % 1440], [0], [forever])
    kinds = (np.int32, np.uint8, np.bool_, np.int16, np.int16, np.int32, np.int32)
    shifts = Shifts(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))
    lane = Lane(tmp_path, base_data(shifts=shifts))
    receipt = lane.lane.submit(batch(("a", 0, 0, 0), ("b", 0, 0, 0)))
    assert receipt.accepted == 1
    assert receipt.rejected == (Rejection(0, "off_duty"),)
    assert lane.stored() == [(2, 0)]
    lane.lane.tick(NOW)
    assert list(reader(lane).state) == [OFF, STILL, SILENT, SILENT]
    lane.lane.submit(Batch("t", NOW + 70 * MINUTE, fixes=fixes(("a", 70 * MINUTE, 5, 5))))
    lane.lane.tick(NOW + 70 * MINUTE)
    assert (reader(lane).state[0], reader(lane).x[0]) == (STILL, 5)
    lane.lane.tick(NOW + 130 * MINUTE)
    assert (reader(lane).state[0], reader(lane).x[0]) == (OFF, UNSEEN)
    lane.close()


def test_counts_by_home_and_by_place(lane):
    lane.lane.submit(batch(("a", 0, 500, 0), ("a", 10_000, 560, 0), ("c", 0, -500, 0), ("d", 0, 500, 0)))
    home = lane.lane.presence_counts(NOW + 10_000)
    assert home.dtype == np.int32
    assert [list(home[n]) for n in (0, EAST, WEST)] == [[4, 1, 2, 1], [2, 1, 0, 1], [2, 0, 2, 0]]
    here = lane.lane.here_counts(NOW + 10_000)
    assert [list(here[n]) for n in (0, EAST, WEST)] == [[3, 1, 2, 0], [2, 1, 1, 0], [1, 0, 1, 0]]


def test_a_reader_follows_frames_and_one_who_missed_some_waits_for_the_keyframe(lane):
    for second in range(35):
        lane.lane.submit(batch(("a", second * SECOND, second * 10, 0), after=second * SECOND))
        lane.lane.tick(NOW + second * SECOND)
    told = lane.told()
    assert [entry.keyframe for entry in told].count(True) == 2
    follower, late = FrameState(), FrameState()
    for entry in told:
        follower.apply(decode(entry.frame))
    for entry in told[-5:]:
        frame = decode(entry.frame)
        if entry.keyframe or late.slab == frame.base:
            late.apply(frame)
    assert (follower.x == late.x).all() and follower.x[0] == 340
    assert follower.slab == late.slab == lane.lane.slab
    assert follower.state[0] == MOVING


def test_nothing_is_taken_where_the_commit_fails(lane):
    def broken(*_):
        raise OSError("disk full")

    event.listen(lane.store.engine, "commit", broken)
    with pytest.raises(OSError, match="disk full"):
        lane.lane.submit(batch(("a", 0, 10, 10)))
    event.remove(lane.store.engine, "commit", broken)
    assert lane.lane.submit(batch(("a", 0, 10, 10))).accepted == 1
    assert lane.stored() == [(1, 0)]


def test_all_who_wait_share_a_commit_and_get_their_own_receipts(lane):
    commits = []
    event.listen(lane.store.engine, "commit", lambda connection: commits.append(1))
    receipts, start = {}, Barrier(8)

    def send(number):
        start.wait(10)
        rows = [("abcd"[number % 4], 1000 * number, number, 0)] + [("nobody", 0, 0, 0)] * number
        receipts[number] = lane.lane.submit(batch(*rows))

    threads = [Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [receipts[number].accepted for number in range(8)] == [1] * 8
    assert [len(receipts[number].rejected) for number in range(8)] == list(range(8))
    assert len(lane.stored()) == 8
    assert len(commits) <= 8


def test_a_new_start_knows_what_was_known(tmp_path):
    first = Lane(tmp_path)
    for minute in range(30):
        rows = [(worker, minute * MINUTE, minute * 40, 7) for worker in "abc"]
        first.lane.submit(batch(*rows, after=minute * MINUTE))
        if minute == 20:
            first.lane.save()
    first.lane.submit(batch(("b", 29 * MINUTE - 5000, 0, 0), after=29 * MINUTE))
    now = NOW + 29 * MINUTE
    first.lane.tick(now)
    first.close()
    again = Lane(tmp_path)
    assert (again.lane.presence_counts(now) == first.lane.presence_counts(now)).all()
    again.lane.tick(now)
    old, new = reader(first), reader(again)
    assert (old.x == new.x).all() and (old.state == new.state).all()
    assert new.slab > old.slab
    assert again.lane.submit(batch(("a", 29 * MINUTE, 0, 0), after=29 * MINUTE)).duplicate == 1
    again.close()


def test_single_fixes_are_joined_with_every_keyframe(lane):
    for second in range(31):
        lane.lane.submit(batch(("a", second * SECOND, 0, second), after=second * SECOND))
        lane.lane.tick(NOW + second * SECOND)
    assert [len(slab.track) for slab in lane.lane._slabs.after(0)] == [1, 30]
    assert lane.stored() == [(1, second * SECOND) for second in range(31)]


def test_new_base_data_keeps_workers_by_their_id(lane):
    lane.lane.submit(batch(("a", 0, 500, 20), ("d", 0, -300, 0)))
    lane.lane.tick(NOW)
    plane = Plane(113.11, 27.8)
    lane.lane.base_changed(base_data(("new", "d", "a"), (EAST, EAST, WEST), version=2), plane)
    lane.lane.tick(NOW + 1000)
    state = reader(lane)
    assert (len(state), state.version) == (3, 2)
    east = PLANE.metres(113.11, 27.8)[0]
    assert abs(state.x[2] - (500 - east)) <= 1 and state.y[2] == 20
    assert list(state.state) == [SILENT, STILL, STILL]
    assert lane.lane.submit(batch(("b", 0, 0, 0), ("new", 0, 0, 0))).accepted == 1
    assert lane.stored()[-1] == (5, 0)


def test_slots_and_other_coordinate_systems_are_taken_as_they_are(lane):
    lon, lat = PLANE.degrees([0, 10], [0, 10])
    slots = Fixes(np.array([2, 9], np.int32), np.array([NOW, NOW]), lon, lat, slots=True)
    assert [r.reason for r in lane.lane.submit(Batch("packed", NOW, fixes=slots)).rejected] == ["unknown_worker"]
    shifted = fixes(("a", 0, 0, 0), crs="gcj02")
    lane.lane.submit(Batch("amap", NOW, fixes=shifted))
    lane.lane.tick(NOW)
    assert 300 < abs(reader(lane).x[0]) < 700
    with pytest.raises(ValueError, match="mars"):
        lane.lane.submit(Batch("t", NOW, fixes=fixes(("a", 0, 0, 0), crs="mars")))


def test_a_device_stands_for_the_worker_who_carries_it(tmp_path):
    base = base_data()
    workers = replace(base.workers, devices={"356938035643809": 2, "b": 3})
    lane = Lane(tmp_path, replace(base, workers=workers))
    rows = (("356938035643809", 0, 0, 0), ("b", 0, 0, 0), ("356938035643800", 0, 0, 0))
    assert [one.reason for one in lane.lane.submit(batch(*rows)).rejected] == ["unknown_worker"]
    assert sorted(lane.stored()) == [(2, 0), (3, 0)]


def test_unknown_workers_can_be_kept_for_the_history(tmp_path):
    lane = Lane(tmp_path, settings=Settings(rules=Rules(unknown_workers="keep")))
    assert lane.lane.submit(batch(("stranger", 0, 0, 0), ("a", 0, 0, 0))).accepted == 2
    assert lane.stored() == [(5, 0), (1, 0)]
    assert lane.lane._slabs.key_of("stranger") == 5
    lane.close()


class DeafFeed(MemoryFeed):
    deaf = True

    def append(self, entry, topic="changes"):
        if self.deaf:
            raise FeedError("away")
        super().append(entry, topic)


def test_after_the_feed_was_away_everything_is_told(tmp_path):
    lane = Lane(tmp_path, feed=DeafFeed())
    lane.lane.submit(batch(("a", 0, 10, 10)))
    assert lane.lane.tick(NOW) is None
    lane.feed.deaf = False
    assert lane.lane.tick(NOW + 1000).keyframe
    assert reader(lane).x[0] == 10
    lane.close()


def test_a_wrong_coordinate_system_is_told(tmp_path, caplog):
    ids = [f"w{number:03}" for number in range(80)]
    lane = Lane(tmp_path, base_data(ids, [EAST] * 40 + [WEST] * 40))
    near = [(id_, 0, (250 if slot < 40 else -250) + slot % 40, slot) for slot, id_ in enumerate(ids)]
    given = fixes(*near)
    shifted = from_wgs84(given.lon, given.lat, "gcj02")
    lane.lane.submit(Batch("phones", NOW, fixes=Fixes(given.worker, given.time, *shifted)))
    lane.lane.tick(NOW)
    assert (lane.lane.suspicion.crs, lane.lane.suspicion.of) == ("gcj02", "dots")
    warned = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warned == [str(lane.lane.suspicion)]
    lane.close()


def test_an_empty_system_takes_batches_and_ticks(tmp_path):
    lane = Lane(tmp_path, base_data((), ()))
    assert lane.lane.submit(batch(("a", 0, 0, 0))).accepted == 0
    assert lane.lane.tick(NOW).keyframe
    assert lane.lane.presence_counts(NOW).shape == (3, 4)
    lane.close()
