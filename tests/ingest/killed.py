"""A process that stores case events and says what was acknowledged; ``test_kill`` kills it at any moment.

    python -m tests.ingest.killed URL CASES BATCH
"""

import sys

from tests.ingest.city import GRIDS, MINUTE, NOON, life
from tests.ingest.lane import lane


def events(cases: int) -> list[bytes]:
    """Seven events of each case, mixed as they would come."""
    lives = [life(str(number), NOON + number * MINUTE, GRIDS[number % 4]) for number in range(cases)]
    return [step[index] for index in range(7) for step in lives]


def main(url: str, cases: int, size: int) -> None:
    """Deliver everything from the beginning, batch by batch, naming each batch once it is acknowledged."""
    raws = events(cases)
    with lane(url) as made:
        print("ready", flush=True)
        for start in range(0, len(raws), size):
            made.send(*raws[start : start + size])
            print(start, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
