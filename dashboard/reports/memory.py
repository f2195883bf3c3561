"""What one step of a report no longer needs is given back before the next one takes its own."""

import ctypes
import gc
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Free what is garbage and hand free memory to the system: glibc keeps what many small pieces leave behind."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    _trimmer()(0)


@cache
def _trimmer() -> Callable[[int], int]:
    """``malloc_trim`` of the C library, where it has one."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return lambda kept: 0
    return found
