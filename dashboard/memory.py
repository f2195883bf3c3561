"""Freed memory goes back to the machine: glibc keeps what threads freed in arenas of their own, and it adds up.

Measured: a server right after its first start held 556 MB, of which 333 MB were free inside of malloc's arenas.
"""

import atexit
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

EVERY = 60.0
"""Seconds between two times."""
THRESHOLDS = (20_000, 20, 20)
"""Of the collector. A page makes some 8,000 containers that reference counting frees: with Python's 700 it was looked
through eleven times a page, 9 of its 140 ms, and now and then with all base data for 300 ms."""


def give_back() -> None:
    """Return free pages of all arenas (``malloc_trim(3)``); nothing where the C library is another one."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def collect() -> None:
    """Free what is garbage first, Arrow's too where it is loaded: between two steps that each hold a lot."""
    gc.collect()
    if arrow := sys.modules.get("pyarrow"):
        arrow.default_memory_pool().release_unused()
    give_back()


@contextmanager
def loading() -> Iterator[None]:
    """While modules load nothing becomes garbage, and they stay: looking through them costs 0.3 s at a start, and again
    0.1 s each time something is collected."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.unfreeze)  # at the end DuckDB's binding counts what is left


def start_giving_back(stop: Event) -> None:
    """Do so every minute until stopped, in a thread of its own; what has been loaded by the first time stays."""
    gc.set_threshold(*THRESHOLDS)
    Thread(target=_run, args=(stop,), name="memory", daemon=True).start()


def _run(stop: Event) -> None:
    settled = False
    while not stop.wait(EVERY):
        if not settled:
            gc.freeze()
            settled = True
        give_back()
