"""The clock of doors: real time, because sessions and audit rows are facts of this world, not of a simulated city."""

import time
from collections.abc import Callable

Now = Callable[[], int]
"""The present, epoch ms UTC."""

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def real_now() -> int:
    """The machine's clock, epoch ms UTC."""
    return time.time_ns() // 1_000_000
