"""What was freed goes back to the machine, also where something allocated later keeps the end of the heap."""

from threading import Thread

import psutil

from dashboard.memory import give_back

PIECES, SIZE = 40_000, 4_000


def test_freed_memory_goes_back() -> None:
    held: list[bytearray | None] = []
    worker = Thread(target=lambda: held.extend(bytearray(SIZE) for _ in range(PIECES)))
    worker.start()
    worker.join()
    last = held[-1]
    process = psutil.Process()
    full = process.memory_info().rss
    held.clear()
    give_back()
    assert last and full - process.memory_info().rss > 0.8 * PIECES * SIZE
