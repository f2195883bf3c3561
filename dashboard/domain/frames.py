"""Frames: where all workers are, as bytes that are made once and sent to every viewer.

The byte layout stands in ``docs/architecture.md`` (Frame); ``frontend/`` reads the same bytes. A keyframe says
everything about ``n`` slots, a delta only what changed since the slab it names. Positions are whole metres of the
city's plane; a worker who is not to be drawn (never seen, off duty) stands at ``UNSEEN``.
"""

import math
import struct
import zlib
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.plane import UNSEEN

OFF, MOVING, STILL, SILENT = range(4)
"""States of a worker as a frame carries them."""

Metres = NDArray[np.int32]
Slots = NDArray[np.intp]
Bytes = NDArray[np.uint8]
Steps = NDArray[np.int8]

_HEADER = struct.Struct("<2sBBIdIIIIII")
_MAGIC, _KEYFRAME, _DELTA, _DEFLATED = b"YP", 1, 2, 1
_SMALLEST_DEFLATED = 64


class FrameError(ValueError):
    """Bytes that are no frame, or a frame that does not fit the state it was applied to."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Everything about ``len(x)`` slots at ``slab``; ``time`` is epoch ms, ``version`` that of the base data."""

    slab: int
    time: int
    version: int
    x: Metres
    y: Metres
    state: Bytes
    heading: Bytes

    @property
    def n(self) -> int:
        """Number of slots."""
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed from slab ``base`` to ``slab``: steps of up to 127 m, absolute jumps, states. Slots ascend."""

    slab: int
    time: int
    version: int
    n: int
    base: int
    moved: Slots
    dx: Steps
    dy: Steps
    jumped: Slots
    x: Metres
    y: Metres
    changed: Slots
    state: Bytes


Frame = Keyframe | Delta


def _headings() -> NDArray[np.uint8]:
    step = np.arange(-128, 128)
    angle = np.arctan2(step[None, :], step[:, None]) % (2 * np.pi)
    heading = (1 + np.floor(angle / (2 * np.pi) * 255)).astype(np.uint8)
    heading[128, 128] = 0
    return heading


HEADINGS = _headings()
"""Heading byte of a step, by ``[dx + 128, dy + 128]``."""


@dataclass
class FrameState:
    """All slots as some reader knows them; two states at the same slab are equal wherever they are."""

    x: Metres = field(default_factory=lambda: np.zeros(0, np.int32))
    y: Metres = field(default_factory=lambda: np.zeros(0, np.int32))
    state: Bytes = field(default_factory=lambda: np.zeros(0, np.uint8))
    heading: Bytes = field(default_factory=lambda: np.zeros(0, np.uint8))
    slab: int = 0
    time: int = 0
    version: int = 0

    def __len__(self) -> int:
        return len(self.x)

    def apply(self, frame: Frame) -> Slots:
        """Take a frame over, say which slots it touched; ``FrameError`` where a delta does not build on this slab."""
        touched = self._replace(frame) if isinstance(frame, Keyframe) else self._advance(frame)
        self.slab, self.time, self.version = frame.slab, frame.time, frame.version
        return touched

    def keyframe(self, first: int = 0, last: int | None = None) -> Keyframe:
        """The slots ``first .. last - 1`` as a keyframe of their own."""
        part = slice(first, last)
        metres = self.x[part].copy(), self.y[part].copy()
        return Keyframe(self.slab, self.time, self.version, *metres, self.state[part].copy(), self.heading[part].copy())

    def _replace(self, frame: Keyframe) -> Slots:
        self.x, self.y = frame.x.copy(), frame.y.copy()
        self.state, self.heading = frame.state.copy(), frame.heading.copy()
        return np.arange(frame.n)

    def _advance(self, frame: Delta) -> Slots:
        if (frame.base, frame.n, frame.version) != (self.slab, len(self), self.version):
            raise FrameError(f"delta from slab {frame.base} of {frame.n} workers, known: {self.slab} of {len(self)}")
        self.x[frame.moved] += frame.dx
        self.y[frame.moved] += frame.dy
        self.heading[frame.moved] = HEADINGS[frame.dx.astype(np.intp) + 128, frame.dy.astype(np.intp) + 128]
        self.x[frame.jumped], self.y[frame.jumped] = frame.x, frame.y
        self.heading[frame.jumped] = 0
        self.state[frame.changed] = frame.state
        return np.unique(np.concatenate([frame.moved, frame.jumped, frame.changed]))


def difference(known: FrameState, x: Metres, y: Metres, state: Bytes, slab: int, time: int) -> Delta:
    """The delta that takes ``known`` to the given columns (same slots)."""
    dx, dy = x.astype(np.int64) - known.x, y.astype(np.int64) - known.y
    differs = (dx != 0) | (dy != 0)
    near = (np.abs(dx) < 128) & (np.abs(dy) < 128) & (x != UNSEEN) & (known.x != UNSEEN)
    moved, jumped = np.flatnonzero(differs & near), np.flatnonzero(differs & ~near)
    changed = np.flatnonzero(state != known.state)
    steps = dx[moved].astype(np.int8), dy[moved].astype(np.int8)
    jumps = x[jumped], y[jumped]
    return Delta(
        slab, time, known.version, len(x), known.slab, moved, *steps, jumped, *jumps, changed, state[changed]
    )


def cut(frame: Frame, first: int, last: int) -> Frame:
    """The part of a frame about slots ``first .. last - 1``, numbered from 0."""
    if isinstance(frame, Keyframe):
        part = slice(first, last)
        metres = frame.x[part], frame.y[part]
        return Keyframe(frame.slab, frame.time, frame.version, *metres, frame.state[part], frame.heading[part])
    m, j, c = (slice(*np.searchsorted(slots, (first, last))) for slots in (frame.moved, frame.jumped, frame.changed))
    return Delta(
        frame.slab, frame.time, frame.version, last - first, frame.base,
        frame.moved[m] - first, frame.dx[m], frame.dy[m],
        frame.jumped[j] - first, frame.x[j], frame.y[j],
        frame.changed[c] - first, frame.state[c],
    )


def encode(frame: Frame, deflate: bool = True) -> bytes:
    """A frame as bytes; the body is deflated where that makes it smaller."""
    kind, counts, body = _keyframe_body(frame) if isinstance(frame, Keyframe) else _delta_body(frame)
    packed = _deflate(body) if deflate and len(body) > _SMALLEST_DEFLATED else body
    flags = _DEFLATED if len(packed) < len(body) else 0
    head = _HEADER.pack(_MAGIC, kind, flags, frame.slab, float(frame.time), frame.n, *counts, frame.version)
    return head + (packed if flags else body)


def _keyframe_body(frame: Keyframe) -> tuple[int, tuple[int, ...], bytes]:
    columns = (frame.x.astype("<i4"), frame.y.astype("<i4"), frame.state, frame.heading)
    return _KEYFRAME, (0, 0, 0, 0), b"".join(column.tobytes() for column in columns)


def _delta_body(frame: Delta) -> tuple[int, tuple[int, ...], bytes]:
    moved = np.zeros(frame.n, np.bool_)
    moved[frame.moved] = True
    columns = (
        np.packbits(moved, bitorder="little"), frame.dx, frame.dy,
        frame.jumped.astype("<u4"), frame.x.astype("<i4"), frame.y.astype("<i4"),
        frame.changed.astype("<u4"), frame.state,
    )
    counts = (len(frame.moved), len(frame.jumped), len(frame.changed), frame.base)
    return _DELTA, counts, b"".join(column.tobytes() for column in columns)


def _deflate(body: bytes) -> bytes:
    """Entropy coding and runs only: steps of workers repeat no strings, and looking for some costs thrice as much."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
    return packer.compress(body) + packer.flush()


class _Head(NamedTuple):
    magic: bytes
    kind: int
    flags: int
    slab: int
    time: float
    n: int
    moved: int
    jumped: int
    changes: int
    base: int
    version: int


def decode(data: bytes) -> Frame:
    """Bytes as a frame; ``FrameError`` where they are none."""
    try:
        head = _Head(*_HEADER.unpack_from(data))
        body = data[_HEADER.size :]
        if head.flags & _DEFLATED:
            body = zlib.decompress(body, -15)
    except (struct.error, zlib.error) as problem:
        raise FrameError(f"not a frame: {problem}") from problem
    if head.magic != _MAGIC or head.kind not in (_KEYFRAME, _DELTA) or not math.isfinite(head.time):
        raise FrameError(f"not a frame: it begins with {data[:4]!r}")
    columns = _Columns(body)
    frame = _read_keyframe(head, columns) if head.kind == _KEYFRAME else _read_delta(head, columns)
    columns.end()
    return frame


class _Columns:
    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def take(self, kind: str, count: int) -> NDArray[np.generic]:
        size = np.dtype(kind).itemsize * count
        if self._at + size > len(self._body):
            raise FrameError("the frame ends too early")
        column = np.frombuffer(self._body, kind, count, self._at)
        self._at += size
        return column

    def slots(self, count: int) -> Slots:
        return self.take("<u4", count).astype(np.intp)

    def metres(self, count: int) -> Metres:
        return self.take("<i4", count).astype(np.int32)

    def bytes(self, count: int) -> Bytes:
        return self.take("u1", count).astype(np.uint8)

    def steps(self, count: int) -> Steps:
        return self.take("i1", count).astype(np.int8)

    def end(self) -> None:
        if self._at != len(self._body):
            raise FrameError(f"{len(self._body) - self._at} bytes after the end of the frame")


def _read_keyframe(head: _Head, columns: _Columns) -> Keyframe:
    metres = columns.metres(head.n), columns.metres(head.n)
    return Keyframe(head.slab, int(head.time), head.version, *metres, columns.bytes(head.n), columns.bytes(head.n))


def _read_delta(head: _Head, columns: _Columns) -> Delta:
    bits = np.unpackbits(columns.bytes((head.n + 7) // 8), count=head.n, bitorder="little")
    moved = np.flatnonzero(bits)
    if len(moved) != head.moved:
        raise FrameError(f"{head.moved} workers moved, the bitmap says {len(moved)}")
    steps = columns.steps(head.moved), columns.steps(head.moved)
    jumped, x, y = columns.slots(head.jumped), columns.metres(head.jumped), columns.metres(head.jumped)
    changed, state = columns.slots(head.changes), columns.bytes(head.changes)
    if max(jumped.max(initial=-1), changed.max(initial=-1)) >= head.n:
        raise FrameError("a slot beyond the number of workers")
    about = head.slab, int(head.time), head.version, head.n, head.base
    return Delta(*about, moved, *steps, jumped, x, y, changed, state)
