"""Hundreds of screens at once on one push process: all of them come back together, and some of them stop reading.

``YIPING_CROWD`` screens (250) and ``YIPING_STALL`` seconds (5); ``scripts/faults`` takes a thousand and ten minutes.
"""

import asyncio
import os
from itertools import count
from time import monotonic

import numpy as np
import psutil
import pytest

from tests.roles.cluster import Cluster, Role, event
from tests.roles.crowd import Screen, alive, aside, ended, once

pytestmark = [pytest.mark.redis, pytest.mark.postgres]
CROWD, STALL = int(os.environ.get("YIPING_CROWD", "250")), float(os.environ.get("YIPING_STALL", "5"))
STALLED = 50
BACK, GROWTH = 15.0, 20e6
"""Seconds until all are back; bytes that stalled screens may take."""
NUMBERS = count(10_000)


def told(cluster: Cluster) -> float:
    """Send a case; when it was taken."""
    answer = cluster.writer().ask("/api/v1/events", [event(next(NUMBERS))], cluster.key)
    assert answer is not None and answer.status_code == 202, answer and answer.text
    return monotonic()


def late(screens: list[Screen], since: float) -> list[float]:
    """Seconds after which each screen heard."""
    return [max(0.0, (screen.told_at or 0.0) - since) for screen in screens]


async def storm(cluster: Cluster) -> tuple[float, float, list[float], int]:
    screens = [Screen(cluster.sockets.port, cluster.key) for _ in range(CROWD)]
    tasks = alive(screens)
    await once(lambda: all(one.board_at is not None for one in screens), "every board", 180)
    await aside(cluster.sockets.kill)
    for one in screens:
        one.board_at = None
    began = monotonic()
    await aside(cluster.sockets.start)
    await aside(cluster.sockets.ready)
    ready = monotonic() - began
    back = await once(lambda: all(one.board_at is not None for one in screens), "every board again", 180)
    for one in screens:
        one.told_at = None
    since = await aside(lambda: told(cluster))
    await once(lambda: all(one.told_at is not None for one in screens), "the change on every screen")
    await ended(tasks)
    return ready, back, late(screens, since), sum(one.refused for one in screens)


def test_all_screens_come_back_at_once(cluster: Cluster) -> None:
    ready, back, waits, refused = asyncio.run(storm(cluster))
    slow = np.quantile(waits, 0.99)
    print(f"ready {ready:.1f} s after the start, {CROWD} screens back {back:.1f} s later; push p99 {slow:.2f} s")
    assert back < BACK and refused == 0
    assert cluster.web.status() == 200


def memory(role: Role) -> int:
    assert role.process is not None
    first = psutil.Process(role.process.pid)
    return sum(one.memory_info().rss for one in (first, *first.children(recursive=True)))


async def stalled(cluster: Cluster) -> tuple[int, float, int]:
    good = Screen(cluster.sockets.port, cluster.key)
    bad = [Screen(cluster.sockets.port, cluster.key) for _ in range(STALLED)]
    tasks = alive([good])
    for one in bad:
        await one.connect()
    await once(lambda: good.board_at is not None, "the board")
    before, waits, cuts, end = memory(cluster.sockets), [], 0, monotonic() + STALL
    while monotonic() < end:
        good.told_at = None
        since = await aside(lambda: told(cluster))
        await once(lambda: good.told_at is not None, "the change on the good screen")
        waits += late([good], since)
        cuts += await reopened(bad)
        await asyncio.sleep(0.3)
    grown = memory(cluster.sockets) - before
    for one in bad:
        one.leave()
    await ended(tasks)
    return grown, float(np.max(waits)), cuts


async def reopened(screens: list[Screen]) -> int:
    """Screens that were cut come back, and stand still again; how many."""
    for screen in screens:
        screen.still_answers()
    gone = [screen for screen in screens if screen.cut]
    for screen in gone:
        await screen.connect()
    return len(gone)


def test_screens_that_do_not_read_take_no_memory_and_hold_nobody_up(cluster: Cluster) -> None:
    grown, longest, cuts = asyncio.run(stalled(cluster))
    print(f"{STALLED} stalled screens, {STALL:.0f} s: {grown / 1e6:+.1f} MB, others wait {longest:.2f} s, {cuts} cut")
    assert grown < GROWTH
    assert longest < 5
    assert cuts or STALL < 40
