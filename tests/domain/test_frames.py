import math
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import frames as f
from dashboard.domain.plane import UNSEEN


def walk(random, n, x, y, state):
    """One step of a made-up crowd: most stand, many walk, few jump, appear or vanish."""
    x, y, state = x.copy(), y.copy(), state.copy()
    step = random.random(n)
    seen = x != UNSEEN
    for column in (x, y):
        walks = seen & (step < 0.5)
        column[walks] += random.integers(-128, 128, walks.sum()).astype(np.int32)
    for chosen in (step > 0.97,):
        x[chosen], y[chosen] = random.integers(-90_000, 90_000, (2, chosen.sum()))
    gone = step > 0.99
    x[gone] = y[gone] = UNSEEN
    turns = random.random(n) < 0.1
    state[turns] = random.integers(0, 4, turns.sum())
    return x, y, state


def start(n, version=7):
    known = f.FrameState(version=version)
    unseen = np.full(n, UNSEEN, np.int32)
    known.apply(f.Keyframe(1, 1000, version, unseen, unseen, np.zeros(n, np.uint8), np.zeros(n, np.uint8)))
    return known


def same(a, b):
    return all((getattr(a, c) == getattr(b, c)).all() for c in ("x", "y", "state", "heading"))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 300), st.integers(1, 6), st.data())
def test_deltas_over_the_wire_and_their_slices_follow_the_truth(seed, n, steps, data):
    random = np.random.default_rng(seed)
    first = data.draw(st.integers(0, n))
    last = data.draw(st.integers(first, n))
    known, part = start(n), f.FrameState()
    part.apply(f.decode(f.encode(known.keyframe(first, last))))
    x, y, state = known.x, known.y, known.state
    for slab in range(2, 2 + steps):
        before = known.keyframe()
        x, y, state = walk(random, n, x, y, state)
        delta = f.difference(known, x, y, state, slab, slab * 1000)
        touched = known.apply(f.decode(f.encode(delta)))
        part.apply(f.decode(f.encode(f.cut(delta, first, last))))
        assert (known.x == x).all() and (known.y == y).all() and (known.state == state).all()
        changed = (before.x != x) | (before.y != y) | (before.state != state)
        assert (touched == np.flatnonzero(changed)).all()
    assert (part.slab, part.time, part.version) == (known.slab, known.time, known.version)
    assert same(part, known.keyframe(first, last))


def test_layout_of_a_delta_byte_for_byte():
    known = start(11)
    known.apply(f.difference(known, *columns(11, {0: (5, 5), 9: (0, 0)}), slab=2, time=2000))
    x, y, state = columns(11, {0: (4, 7), 9: (1000, -3)})
    state[3] = f.SILENT
    data = f.encode(f.difference(known, x, y, state, slab=3, time=1_790_000_000_123), deflate=False)
    assert data[:4] == b"YP\x02\x00"
    assert struct.unpack("<IdIIIIII", data[4:40]) == (3, 1_790_000_000_123.0, 11, 1, 1, 1, 2, 7)
    bitmap, steps, jump = b"\x01\x00", struct.pack("<bb", -1, 2), struct.pack("<Iii", 9, 1000, -3)
    assert data[40:] == bitmap + steps + jump + b"\x03\0\0\0\x03"


def test_layout_of_a_keyframe_byte_for_byte():
    known = start(2)
    known.apply(f.difference(known, *columns(2, {1: (-70, 80)}), slab=2, time=5))
    data = f.encode(known.keyframe(), deflate=False)
    assert data[:4] == b"YP\x01\x00"
    assert struct.unpack("<IdIIIIII", data[4:40]) == (2, 5.0, 2, 0, 0, 0, 0, 7)
    assert data[40:] == struct.pack("<4i4B", UNSEEN, -70, UNSEEN, 80, 0, 0, 0, 0)


def test_a_deflated_body_is_raw_deflate():
    known = start(500)
    data = f.encode(known.keyframe())
    assert data[3] == 1
    assert zlib.decompress(data[40:], -15) == f.encode(known.keyframe(), deflate=False)[40:]


def columns(n, seen):
    x = y = np.full(n, UNSEEN, np.int32)
    x, y = x.copy(), y.copy()
    for slot, (east, north) in seen.items():
        x[slot], y[slot] = east, north
    return x, y, np.zeros(n, np.uint8)


@given(st.integers(-127, 127), st.integers(-127, 127))
def test_heading_is_the_angle_counter_clockwise_from_east(dx, dy):
    known = start(1)
    known.apply(f.difference(known, *columns(1, {0: (0, 0)}), slab=2, time=2))
    assert known.heading[0] == 0
    known.apply(f.difference(known, *columns(1, {0: (dx, dy)}), slab=3, time=3))
    angle = math.atan2(dy, dx) % (2 * math.pi)
    assert known.heading[0] == (0 if dx == dy == 0 else 1 + math.floor(angle / (2 * math.pi) * 255))


def test_a_jump_forgets_the_heading_and_unseen_is_reached_by_a_jump():
    known = start(1)
    for slab, place in enumerate([(0, 0), (3, 0)], 2):
        known.apply(f.difference(known, *columns(1, {0: place}), slab=slab, time=slab))
    assert known.heading[0] == 1
    gone = f.difference(known, *columns(1, {}), slab=4, time=4)
    assert list(gone.jumped) == [0] and len(gone.moved) == 0
    known.apply(gone)
    assert (known.x[0], known.heading[0]) == (UNSEEN, 0)


def test_extreme_metres_never_pass_for_a_step():
    known = start(1)
    far = 2**31 - 1
    known.apply(f.difference(known, *columns(1, {0: (far, -far)}), slab=2, time=2))
    known.apply(f.difference(known, *columns(1, {0: (-far, far)}), slab=3, time=3))
    assert (known.x[0], known.y[0]) == (-far, far)


def test_a_delta_for_another_slab_is_refused():
    known, other = start(3), start(3)
    other.slab = 5
    with pytest.raises(f.FrameError, match="slab 5"):
        known.apply(f.difference(other, *columns(3, {}), slab=6, time=6))


@pytest.mark.parametrize("cut_at", [0, 3, 39, 41, -1])
def test_broken_bytes_are_refused(cut_at):
    known = start(20)
    data = f.encode(f.difference(known, *columns(20, {4: (1, 1)}), slab=2, time=2), deflate=False)
    with pytest.raises(f.FrameError):
        f.decode(data[:cut_at])


@settings(max_examples=200)
@given(st.binary(min_size=0, max_size=80))
def test_noise_is_refused_or_decoded_never_a_crash(noise):
    for data in (noise, b"YP\x02\x00" + noise, b"YP\x01\x00" + noise, b"YP\x02\x01" + noise):
        try:
            f.decode(data)
        except f.FrameError:
            continue


def test_two_bytes_a_moved_worker():
    random = np.random.default_rng(1)
    n = 90_317
    known = start(n)
    x, y = random.integers(-40_000, 40_000, (2, n)).astype(np.int32)
    known.apply(f.difference(known, x, y, np.ones(n, np.uint8), slab=2, time=2))
    moved = random.random(n) < 0.5
    angle, pace = random.random(n) * 2 * np.pi, random.normal(12, 3, n)
    x[moved] += np.rint(pace * np.cos(angle)).astype(np.int32)[moved]
    y[moved] += np.rint(pace * np.sin(angle)).astype(np.int32)[moved]
    data = f.encode(f.difference(known, x, y, np.ones(n, np.uint8), slab=3, time=3))
    assert len(data) <= 2 * moved.sum()
