"""The whole lane against a model that takes one fix after another, in plain Python."""

import math
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.frames import FrameState, decode
from dashboard.domain.plane import UNSEEN
from tests.positions.city import NOW, PLANE, Lane, batch

WORKERS = ("a", "b", "c", "d", "nobody")
MINUTE = 60_000


@dataclass
class Worker:
    newest: tuple | None = None
    doubt: tuple | None = None
    doubts: int = 0
    until: float = -math.inf
    samples: dict = field(default_factory=dict)

    def take(self, fix):
        """The outcome of one fix (time, x, y)."""
        if self.newest and fix[0] <= self.newest[0]:
            return "duplicate" if fix[0] == self.newest[0] else "late"
        if self.newest and not follows(fix, self.newest):
            self.doubts = self.doubts + 1 if self.doubts and follows(fix, self.doubt) else 1
            self.doubt = fix
            if self.doubts < 3:
                return "jump"
        self.doubts = 0
        self.accept(fix)
        return "accepted"

    def accept(self, fix):
        time, x, y = fix
        far = [t for t, a, b in self.samples.values() if time - t <= 5 * MINUTE and math.hypot(a - x, b - y) >= 50]
        self.until = max(max(far, default=-math.inf) + 6 * MINUTE, min(self.until, time + MINUTE))
        self.samples[time // 15_000] = fix
        self.newest = fix

    def state(self, now):
        if self.newest is None or now - self.newest[0] >= 10 * MINUTE:
            return 3
        return 1 if now < self.until else 2


def follows(fix, before):
    after = fix[0] - before[0]
    return after > 0 and math.hypot(fix[1] - before[1], fix[2] - before[2]) <= max(after / 1000 * 60, 50)


seconds = st.integers(-900, 900).map(lambda second: second // 3 * 1000)
place = st.sampled_from([-4000, -60, -40, 0, 30, 45, 70, 4000, 9000])
sent = st.lists(st.lists(st.tuples(st.sampled_from(WORKERS), seconds, place, place), max_size=25), max_size=6)


@settings(max_examples=150)
@given(sent, st.integers(0, 4))
def test_any_batches_in_any_order(tmp_path_factory, batches, restart_after):
    directory = tmp_path_factory.mktemp("oracle")
    lane, slow, stored = Lane(directory), {worker: Worker() for worker in WORKERS}, []
    reader, now = FrameState(), NOW + 900_000
    for number, rows in enumerate(batches):
        receipt = lane.lane.submit(batch(*rows, after=900_000))
        outcomes = [outcome(slow, row) for row in rows]
        stored += [row[0] for row, found in zip(rows, outcomes, strict=True) if found in ("accepted", "late")]
        assert receipt.accepted == outcomes.count("accepted") + outcomes.count("late")
        assert receipt.duplicate == outcomes.count("duplicate")
        refused = [(i, found) for i, found in enumerate(outcomes) if found in ("jump", "unknown_worker")]
        assert [(item.index, item.reason) for item in receipt.rejected] == refused
        now += 7_000
        lane.lane.tick(now)
        if number == restart_after:
            lane.close()
            lane = restarted(lane, directory, slow)
            lane.lane.tick(now)
    for entry in lane.told():
        frame = decode(entry.frame)
        if entry.keyframe or frame.base == reader.slab:
            reader.apply(frame)
    expected = [slow[worker] for worker in "abcd"]
    if batches:
        assert list(reader.state) == [worker.state(now) for worker in expected]
        assert reader.x.tolist() == [UNSEEN if worker.newest is None else worker.newest[1] for worker in expected]
    assert [key for key, _ in lane.stored()] == [WORKERS.index(worker) + 1 for worker in stored]
    lane.close()


def outcome(slow, row):
    worker, after, x, y = row
    return "unknown_worker" if worker == "nobody" else slow[worker].take((NOW + after, x, y))


def restarted(lane, directory, slow):
    """A new process: doubts about a newest fix are the only thing that is not kept."""
    for worker in slow.values():
        worker.doubts = 0
    return Lane(directory)


def test_the_model_and_the_lane_speak_of_the_same_metres():
    assert [int(v) for v in PLANE.metres(*PLANE.degrees(4000, -60))] == [4000, -60]
