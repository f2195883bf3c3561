"""One scope as its viewers get it: every message is made once for all of them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from dashboard.boards.patch import Board, diff
from dashboard.domain.frames import Frame, cut, encode
from dashboard.hub.window import Window
from dashboard.hub.wire import Prepared, event
from dashboard.replica.state import State


@dataclass(eq=False)
class Viewer:
    """A connected page: what it watches, what it has, what it has not acknowledged.

    ``settled`` once it has acknowledged anything since it subscribed.
    """

    sid: str
    channel: "Channel"
    positions: bool
    board: Board
    edition: int
    slab: int
    settled: bool = False
    boards: Window = field(default_factory=Window)
    frames: Window = field(default_factory=Window)

    def waiting(self, now: float) -> float:
        """Seconds since the oldest message it has not acknowledged."""
        return max(self.boards.waiting(now), self.frames.waiting(now))


class Channel:
    """A scope's newest board under its edition number, and its viewers. ``changed``: its board is to be built again;
    ``urgent``: something happened here, not only time passed; ``built``: the second its board was last built."""

    def __init__(self, epoch: str, region: str) -> None:
        self.epoch, self.region = epoch, region
        self.board: Board = {}
        self.edition = 0
        self.viewers: dict[str, Viewer] = {}
        self.changed = self.urgent = False
        self.built = -math.inf
        self._snapshot: orjson.Fragment | None = None
        self._deltas: dict[int, Prepared] = {}
        self._keyframe: tuple[int, bytes] | None = None

    def publish(self, board: Board) -> bool:
        """Take a newly built board as the next edition; says whether it differs."""
        if self.edition and board == self.board:
            return False
        self.board, self.edition = board, self.edition + 1
        self._snapshot = None
        self._deltas.clear()
        return True

    def snapshot(self) -> orjson.Fragment:
        """The board as JSON."""
        if self._snapshot is None:
            self._snapshot = orjson.Fragment(orjson.dumps(self.board))
        return self._snapshot

    def delta(self, viewer: Viewer) -> Prepared:
        """The message that takes a viewer's board to the newest one."""
        found = self._deltas.get(viewer.edition)
        if found is None:
            found = self._deltas[viewer.edition] = event("delta", self._difference(viewer))
        return found

    def _difference(self, viewer: Viewer) -> dict[str, Any]:
        meta = self.board["meta"]
        return {
            "epoch": self.epoch,
            "from": viewer.edition,
            "to": self.edition,
            "seq": meta["seq"],
            "time": meta["time"],
            "patch": diff(viewer.board, self.board),
        }

    def keyframe(self, state: State) -> bytes | None:
        """All workers of the scope, None before the first frame that fits the base data."""
        slots = self._slots(state, state.workers.version)
        if slots is None or len(state.workers) != len(state.base.workers):
            return None
        if self._keyframe is None or self._keyframe[0] != state.workers.slab:
            encoded = encode(state.workers.keyframe(slots.start, slots.stop))
            self._keyframe = (state.workers.slab, encoded)
        return self._keyframe[1]

    def part(self, state: State, frame: Frame, whole: bytes) -> bytes | None:
        """A frame of the whole city cut to the scope; None where it belongs to other base data."""
        slots = self._slots(state, frame.version)
        n = len(state.base.workers)
        if slots is None or frame.n != n:
            return None
        return whole if slots == slice(0, n) else encode(cut(frame, slots.start, slots.stop))

    def _slots(self, state: State, version: int) -> slice | None:
        node = state.base.tree.latest.get(self.region)
        if node is None or version != state.base.version:
            return None
        return state.base.workers.inside(state.base.tree, node)

    def watching_positions(self) -> Iterable[Viewer]:
        """Viewers that want frames."""
        return [viewer for viewer in self.viewers.values() if viewer.positions]

