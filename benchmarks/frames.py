"""One frame of all workers, made once for every viewer, against a Scattermap figure made for each.

    python benchmarks/frames.py [--workers 90317] [--quick]

Targets: at most 2 bytes a moved worker on the wire, at most 10 ms to make, half of 90,317 workers moved.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import plotly.graph_objects as go

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.position_city import Walk, city
from dashboard.domain.frames import MOVING, FrameState, Keyframe, cut, decode, difference, encode


def timed(act: Callable[[], object], times: int) -> float:
    """Median milliseconds of process time."""
    found = []
    for _ in range(times):
        start = time.process_time()
        act()
        found.append((time.process_time() - start) * 1000)
    return float(np.median(found))


def figure(lon, lat, texts) -> str:
    trace = go.Scattermap(
        lon=lon, lat=lat, mode="markers", text=texts, customdata=np.arange(len(lon)),
        marker={"size": 6, "color": np.where(np.arange(len(lon)) % 2, "#3aa0ff", "#9aa6b2")},
    )  # fmt: skip
    return go.Figure(trace).to_json()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=90_317)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    options = parser.parse_args()
    times, n = (3, options.workers) if options.quick else (15, options.workers)
    plane = city(n, 100)[1]
    walk = Walk(n)
    x, y = plane.metres(*walk.step())
    lon, lat = walk.step()
    moved = walk.random.random(n) < 0.5
    next_x, next_y = (np.where(moved, new, old) for new, old in zip(plane.metres(lon, lat), (x, y), strict=True))
    state = np.full(n, MOVING, np.uint8)
    known = FrameState()
    known.apply(Keyframe(1, 0, 1, x, y, state, np.zeros(n, np.uint8)))

    data = encode(difference(known, next_x, next_y, state, 2, 1000))
    frame = decode(data)
    key = encode(known.keyframe())
    moved_count = len(frame.moved)
    make = timed(lambda: encode(difference(known, next_x, next_y, state, 2, 1000)), times)
    print(f"{n} workers, {moved_count} moved")
    print(f"delta:    {len(data):>9} bytes = {len(data) / moved_count:.2f} a moved worker; made in {make:.2f} ms")
    print(f"keyframe: {len(key):>9} bytes; made in {timed(lambda: encode(known.keyframe()), times):.2f} ms")
    print(f"decoded in {timed(lambda: decode(data), times):.2f} ms; a tenth cut out and encoded in "
          f"{timed(lambda: encode(cut(frame, 0, n // 10)), times):.2f} ms")  # fmt: skip
    texts = [f"worker {slot}" for slot in range(n)]
    plain = figure(lon, lat, texts)
    plain_ms = timed(lambda: figure(lon, lat, texts), 3)
    print(f"Scattermap figure, for each viewer: {len(plain)} bytes, {plain_ms:.1f} ms")
    print(f"ratio: {len(plain) / len(data):.0f} times the bytes, {plain_ms / make:.0f} times the time for one viewer, "
          f"{50 * plain_ms / make:.0f} for 50")  # fmt: skip
    within = len(data) <= 2 * moved_count and make <= 10
    print("within the targets" if within else "NOT within the targets")


if __name__ == "__main__":
    main()
