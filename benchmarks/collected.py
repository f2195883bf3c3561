"""The program, with a full garbage collection whenever SIGUSR1 comes: ``python -m benchmarks.collected run …``.

What the process holds afterwards is held by something; what waits for the collector's next turn is not counted.
"""

import gc
import signal
import sys
from types import FrameType

from app import main


def collect(_signal: int, _frame: FrameType | None) -> None:
    """Everything that is held by itself alone."""
    gc.collect()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, collect)
    sys.exit(main())
