"""What goes out when, by a told clock and without a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from dashboard.domain.changes import Entry
from dashboard.domain.frames import FrameState, decode
from dashboard.hub.composer import Composer
from dashboard.hub.wire import Prepared
from tests.ingest.city import NOON, accepted
from tests.replica.world import World, world


class Outbox:
    """Keeps what would go out, read back from the wire."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Any]] = []
        self.cuts: list[str] = []

    def send(self, sid: str, message: Prepared) -> None:
        wire = bytes(message.encode())
        text = wire[wire.index(b"4") :]
        if text.startswith(b"42"):
            name, payload = orjson.loads(text[2:])
            self.sent.append((sid, name, payload))
        else:
            self.sent.append((sid, "frame", decode(wire[wire.index(b"YP") :])))

    def cut(self, sid: str) -> None:
        self.cuts.append(sid)

    def take(self, name: str, sid: str = "s") -> list[Any]:
        found = [payload for to, kind, payload in self.sent if (to, kind) == (sid, name)]
        self.sent = [row for row in self.sent if (row[0], row[1]) != (sid, name)]
        return found


class Desk:
    """A composer over a small city."""

    def __init__(self, city: World) -> None:
        self.city, self.outbox = city, Outbox()
        self.composer = Composer(city.replica, self.outbox, "e")
        city.replica.listen(self._tell)
        self.now = 100.0

    def _tell(self, entry: Entry) -> None:
        self.composer.tell(entry)

    def subscribe(self, region: str = "", sid: str = "s", positions: bool = False) -> dict[str, Any]:
        answer = self.composer.subscribe(sid, region, positions, self.now)
        slab = decode(answer["keyframe"]).slab if answer["keyframe"] else 0
        self.composer.got(sid, answer["edition"], slab)
        return answer

    def accept(self, case: str) -> None:
        self.city.submit([accepted(case, NOON)])
        self.city.flow()

    def turn(self, seconds: float = 0.0) -> float:
        self.now += seconds
        return self.composer.turn(self.now) - self.now


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with world(tmp_path) as city:
        yield Desk(city)


def test_the_first_change_goes_out_at_once_then_four_a_second(desk: Desk) -> None:
    desk.subscribe()
    desk.now += 10
    desk.accept("K1")
    desk.turn()
    assert [delta["patch"]["tiles"]["open"]["value"] for delta in desk.outbox.take("delta")] == [1]
    desk.accept("K2")
    assert desk.turn(0.1) == pytest.approx(0.15)
    desk.accept("K3")
    desk.turn(0.1)
    assert desk.outbox.take("delta") == []
    desk.turn(0.06)
    assert [delta["patch"]["tiles"]["open"]["value"] for delta in desk.outbox.take("delta")] == [3]


def test_time_alone_makes_two_boards_a_second_and_holds_up_no_case(desk: Desk) -> None:
    desk.subscribe()
    desk.turn(10)
    desk.city.tick(NOON + 1000)
    desk.city.flow()
    desk.turn()
    assert desk.outbox.take("delta")
    desk.city.tick(NOON + 2000)
    desk.city.flow()
    assert desk.turn(0.1) == pytest.approx(0.4)
    desk.accept("K1")
    desk.turn(0.16)
    assert [delta["patch"]["tiles"]["open"]["value"] for delta in desk.outbox.take("delta")] == [1]


def test_nothing_is_built_while_nobody_looks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.subscribe()
    desk.composer.leave("s")
    monkeypatch.setattr("dashboard.hub.composer.build", None)
    desk.accept("K1")
    desk.turn(10)
    assert desk.composer.viewers == 0


def test_a_change_elsewhere_waits_for_the_tick(desk: Desk) -> None:
    for region in ("", "A", "A1", "B"):
        desk.subscribe(region, sid=region)
    desk.turn(1)
    desk.outbox.sent.clear()
    desk.city.submit([accepted("K1", NOON, "A111")])
    desk.city.flow()
    desk.turn(1)
    assert {sid for sid, name, _ in desk.outbox.sent if name == "delta"} == {"", "A", "A1"}
    desk.city.tick(NOON + 1000)
    desk.city.flow()
    desk.turn(1)
    assert desk.outbox.take("delta", "B")


def test_a_delta_is_made_once_for_all_its_viewers(desk: Desk) -> None:
    messages: list[Prepared] = []
    desk.outbox.send = lambda sid, message: messages.append(message)  # type: ignore[method-assign]
    for sid in ("a", "b", "c"):
        desk.subscribe(sid=sid)
    desk.turn()
    messages.clear()
    desk.accept("K1")
    desk.turn(1)
    assert len(messages) == 3 and len({id(message) for message in messages}) == 1


def test_nothing_goes_out_before_the_first_acknowledgement(desk: Desk) -> None:
    answer = desk.composer.subscribe("s", "", True, desk.now)
    desk.city.stand(1, [0] * 8, [0] * 8, [1] * 8)
    desk.accept("K1")
    desk.turn(6)
    assert desk.outbox.sent == []
    desk.composer.got("s", answer["edition"], 0)
    desk.turn()
    assert [name for _, name, _ in desk.outbox.sent] == ["delta", "frame"]


def test_frames_left_out_are_made_good_by_a_keyframe(desk: Desk) -> None:
    desk.city.stand(1, [0] * 8, [0] * 8, [1] * 8)
    desk.city.flow()
    workers = FrameState()
    workers.apply(decode(desk.subscribe("A", positions=True)["keyframe"]))
    for slab in range(2, 7):
        desk.city.stand(slab, [slab] * 8, [0] * 8, [1] * 8)
        desk.city.flow()
        desk.turn(1)
    frames = desk.outbox.take("frame")
    assert [frame.slab for frame in frames] == [2, 3]
    desk.composer.got("s", 1, 3)
    desk.turn()
    frames += desk.outbox.take("frame")
    for frame in frames:
        workers.apply(frame)
    assert [frame.slab for frame in frames] == [2, 3, 6] and set(workers.x.tolist()) == {6}


def test_pulses_tell_each_viewer_what_it_was_sent(desk: Desk) -> None:
    desk.subscribe()
    desk.turn()
    assert [pulse["edition"] for pulse in desk.outbox.take("pulse")] == [1]
    desk.accept("K1")
    desk.turn(5)
    assert [pulse["edition"] for pulse in desk.outbox.take("pulse")] == [2]
    desk.turn(4.9)
    assert desk.outbox.take("pulse") == []


def test_fifteen_silent_seconds_end_a_connection(desk: Desk) -> None:
    desk.subscribe(sid="good")
    desk.subscribe()
    desk.accept("K1")
    desk.turn(1)
    desk.composer.got("good", 2, 0)
    desk.turn(15)
    assert desk.outbox.cuts == []
    desk.turn(0.1)
    assert desk.outbox.cuts == ["s"] and desk.composer.viewers == 1


def test_viewers_of_a_region_that_is_gone_are_cut(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.boards.scope import UnknownRegion

    desk.subscribe("A")

    def gone(*_: object) -> None:
        raise UnknownRegion("A")

    monkeypatch.setattr("dashboard.hub.composer.build", gone)
    desk.accept("K1")
    desk.turn(1)
    assert desk.outbox.cuts == ["s"]


def test_a_board_that_fails_leaves_the_others_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.boards.build import build

    desk.subscribe("A", "a")
    desk.subscribe("B", "b")

    def broken(replica: Any, region: str) -> Any:
        if region == "A":
            raise ZeroDivisionError
        return build(replica, region)

    monkeypatch.setattr("dashboard.hub.composer.build", broken)
    desk.city.tick(NOON + 1000)
    desk.city.flow()
    desk.turn(1)
    assert desk.outbox.take("delta", "a") == [] and len(desk.outbox.take("delta", "b")) == 1
