"""Who gets what and when: boards built for watched scopes only, sent as differences, slow viewers merged or cut."""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import RLock
from time import sleep
from typing import Any, Protocol

from dashboard.boards.build import build
from dashboard.boards.patch import Board
from dashboard.boards.scope import UnknownRegion
from dashboard.domain.changes import Changes, Entry, Positions
from dashboard.domain.frames import Frame, Keyframe, decode
from dashboard.hub.channel import Channel, Viewer
from dashboard.hub.wire import Prepared, binary_event, event
from dashboard.replica.replica import Replica
from dashboard.replica.state import State

_log = logging.getLogger(__name__)
BOARDS = 16
"""Boards built in one turn, about 20 ms: hundreds of regions may be watched, and what happens in one must not wait."""


@dataclass(frozen=True)
class Limits:
    """Seconds of real time between boards, between boards where something happened, between pulses, and how long a
    message may stay unacknowledged. A tick a second makes a board; what happens right after it must not wait as long as
    the next tick may: with one limit for both, half of what a case took to a wall was this wait."""

    board: float = 0.5
    urgent: float = 0.25
    pulse: float = 5.0
    patience: float = 15.0


class Transport(Protocol):
    """How messages reach viewers."""

    def send(self, sid: str, message: Prepared) -> None:
        """Queue a message; never waits for the client."""
        ...

    def cut(self, sid: str) -> None:
        """End a connection now."""
        ...


class Composer:
    """All channels and viewers. Thread-safe; ``turn`` does everything that is due, one thread calls it.

    Only ``turn`` sends, and to a viewer that just subscribed only after its first acknowledgement: so nothing can come
    between the two parts of the subscription's answer, which Socket.IO sends on another thread.
    """

    def __init__(self, replica: Replica, transport: Transport, epoch: str, limits: Limits | None = None) -> None:
        self._replica, self._transport, self._epoch = replica, transport, epoch
        self._limits = limits or Limits()
        self._lock, self._building = RLock(), RLock()
        self._channels: dict[str, Channel] = {}
        self._viewers: dict[str, Viewer] = {}
        self._frames: deque[bytes] = deque(maxlen=64)
        self._next_pulse = 0.0

    @property
    def viewers(self) -> int:
        """How many pages are connected and subscribed."""
        return len(self._viewers)

    def tell(self, entry: Entry) -> None:
        """The replica took an entry over."""
        with self._lock:
            if isinstance(entry, Positions):
                if self._viewers:
                    self._frames.append(entry.frame)
                return
        touched = self._touched(entry)
        with self._lock:
            for channel in self._channels.values():
                happened = touched is not None and channel.region in touched
                channel.urgent = channel.urgent or happened
                channel.changed = channel.changed or touched is None or happened

    def _touched(self, entry: Entry) -> set[str] | None:
        """Regions around what changed, None for all; the next tick, within a second, brings whatever else changed."""
        if not isinstance(entry, Changes):
            return None
        codes = {row.region for rows in (entry.cases, entry.tallies, entry.inflow, entry.steps) for row in rows}
        with self._replica.reading() as state:
            tree = state.base.tree
            nodes = {node for code in codes if len(tree) for node in tree.chain(tree.latest.get(code, 0))}
            return {tree.regions[node].code for node in nodes} or None

    def subscribe(self, sid: str, region: str, positions: bool, now: float) -> dict[str, Any]:
        """The snapshot a viewer starts from; ``UnknownRegion`` where there is none. Replaces its earlier one."""
        channel = self._open(region, now)
        with self._replica.reading() as state, self._lock:
            keyframe = channel.keyframe(state) if positions else None
            slab = state.workers.slab if keyframe else 0
            viewer = Viewer(sid, channel, positions, channel.board, channel.edition, slab)
            viewer.boards.close(channel.edition, now)
            if positions:
                viewer.frames.close(slab, now)
            self.leave(sid)
            self._viewers[sid] = channel.viewers[sid] = viewer
            self._channels[channel.region] = channel
            snapshot = channel.snapshot()
        return {"epoch": self._epoch, "edition": viewer.edition, "board": snapshot, "keyframe": keyframe}

    def got(self, sid: str, edition: int, slab: int) -> bool:
        """A viewer handled everything up to these numbers; says whether something may wait for it."""
        with self._lock:
            viewer = self._viewers.get(sid)
            if viewer is None:
                return False
            viewer.settled = True
            shut = viewer.boards.got(edition), viewer.frames.got(slab)
            return any(shut)

    def leave(self, sid: str) -> None:
        """A viewer is gone; a channel without viewers is no longer built."""
        with self._lock:
            viewer = self._viewers.pop(sid, None)
            if viewer is None:
                return
            viewer.channel.viewers.pop(sid, None)
            if not viewer.channel.viewers:
                self._channels.pop(viewer.channel.region, None)

    def turn(self, now: float) -> float:
        """Build, send, pulse and cut whatever is due at ``now`` (seconds); the second at which to call again."""
        self._build_changed(now)
        with self._replica.reading() as state, self._lock:
            for frame in self._taken_frames():
                self._send_frame(state, frame, now)
            for viewer in list(self._viewers.values()):
                self._send_board(viewer, now)
                self._catch_up(state, viewer, now)
                self._check(viewer, now)
            self._pulse(state.workers.slab, state.time, now)
            waiting = [self._due(channel) for channel in self._channels.values() if channel.changed]
        return min([*waiting, self._next_pulse])

    def _open(self, region: str, now: float) -> Channel:
        """The channel of a region with a board; many subscribers at once wait for one build."""
        with self._building:
            with self._replica.reading() as state:
                code = region or (state.base.tree.regions[0].code if len(state.base.tree) else "")
            with self._lock:
                found = self._channels.get(code)
            if found is not None:
                return found
            channel = Channel(self._epoch, code)
            channel.publish(build(self._replica, code))
            channel.built = now
            return channel

    def _build_changed(self, now: float) -> None:
        """A few boards, those first where something happened, then those that waited longest; the rest next turn."""
        with self._lock:
            due = [channel for channel in self._channels.values() if channel.changed and self._due(channel) <= now]
            due.sort(key=lambda channel: (not channel.urgent, channel.built))
        for channel in due[:BOARDS]:
            channel.changed = channel.urgent = False
            channel.built = now
            self._build(channel)
            self._send_boards(channel, now)
            sleep(0)  # under gevent nobody else is heard while a board is built

    def _due(self, channel: Channel) -> float:
        limits = self._limits
        return channel.built + (min(limits.urgent, limits.board) if channel.urgent else limits.board)

    def _build(self, channel: Channel) -> None:
        try:
            board: Board = build(self._replica, channel.region)
        except UnknownRegion:
            _log.info("region %s is gone, its viewers are cut", channel.region)
            self._cut_all(list(channel.viewers.values()))
            return
        except Exception:
            _log.exception("the board of %s cannot be built", channel.region)
            return
        with self._lock:
            channel.publish(board)

    def _send_boards(self, channel: Channel, now: float) -> None:
        with self._lock:
            for viewer in list(channel.viewers.values()):
                self._send_board(viewer, now)

    def _send_board(self, viewer: Viewer, now: float) -> None:
        channel = viewer.channel
        if viewer.edition == channel.edition or not viewer.boards.open:
            return
        self._transport.send(viewer.sid, channel.delta(viewer))
        viewer.board, viewer.edition = channel.board, channel.edition
        viewer.boards.send(viewer.edition, now)

    def _taken_frames(self) -> Iterable[bytes]:
        while self._frames:
            yield self._frames.popleft()

    def _send_frame(self, state: State, whole: bytes, now: float) -> None:
        """A frame to everyone it follows on from; the others catch up by a keyframe."""
        frame = decode(whole)
        for channel in list(self._channels.values()):
            ready = [viewer for viewer in channel.watching_positions() if self._follows(viewer, frame)]
            part = channel.part(state, frame, whole) if ready else None
            if part is not None:
                self._send_positions(ready, binary_event("frame", part), frame.slab, now)

    @staticmethod
    def _follows(viewer: Viewer, frame: Frame) -> bool:
        if not viewer.frames.open:
            return False
        return frame.slab > viewer.slab if isinstance(frame, Keyframe) else 0 < viewer.slab == frame.base

    def _send_positions(self, viewers: Iterable[Viewer], message: Prepared, slab: int, now: float) -> None:
        for viewer in viewers:
            self._transport.send(viewer.sid, message)
            viewer.slab = slab
            viewer.frames.send(slab, now)

    def _catch_up(self, state: State, viewer: Viewer, now: float) -> None:
        if not viewer.positions or not viewer.frames.open or viewer.slab >= state.workers.slab:
            return
        keyframe = viewer.channel.keyframe(state)
        if keyframe is not None:
            self._send_positions([viewer], binary_event("frame", keyframe), state.workers.slab, now)

    def _check(self, viewer: Viewer, now: float) -> None:
        if viewer.waiting(now) > self._limits.patience:
            _log.info("viewer %s acknowledged nothing for %.0f s, cut", viewer.sid, viewer.waiting(now))
            self._cut_all([viewer])

    def _cut_all(self, viewers: Iterable[Viewer]) -> None:
        for viewer in viewers:
            self.leave(viewer.sid)
            self._transport.cut(viewer.sid)

    def _pulse(self, slab: int, time: int, now: float) -> None:
        if now < self._next_pulse:
            return
        self._next_pulse = now + self._limits.pulse
        made: dict[tuple[int, int], Prepared] = {}
        for viewer in [viewer for viewer in self._viewers.values() if viewer.settled]:
            has = (viewer.edition, viewer.slab)
            if has not in made:
                payload = {"epoch": self._epoch, "edition": has[0], "slab": has[1], "time": time}
                made[has] = event("pulse", payload)
            self._transport.send(viewer.sid, made[has])

