"""``kill -9`` in the middle of the stream loses nothing that was acknowledged and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from dashboard.domain.tallies import COLUMN
from tests.ingest.killed import events
from tests.ingest.lane import figures, lane

CASES, BATCH, KILLS = 300, 15, int(os.environ.get("YIPING_KILLS", "5"))
ROOT = Path(__file__).parents[2]


def started(url: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.ingest.killed", url, str(CASES), str(BATCH)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def killed_after(process: "subprocess.Popen[str]", lines: int) -> list[int]:
    """Starts of the batches that were acknowledged before the process was killed."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    acknowledged = [int(process.stdout.readline()) for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    process.wait()
    process.stdout.close()
    return acknowledged


def test_killed_again_and_again(database_url: str) -> None:
    chance = random.Random(20261017)
    raws = events(CASES)
    for _ in range(KILLS):
        acknowledged = killed_after(started(database_url), chance.randrange(1, 40))
        with lane(database_url) as made:
            stored = {row.raw for row in made.store.events_of({str(number) for number in range(CASES)})}
        promised = {raw.decode() for start in acknowledged for raw in raws[start : start + BATCH]}
        assert promised <= stored
    with lane(database_url) as made:
        receipt = made.send(*raws)
        assert receipt.accepted + receipt.duplicate == made.store.last_seq() == len(raws)
        found = figures(made.store)
        numbers = [row.seq for row in made.store.events_of(found["cases"])]
    assert numbers == list(range(1, len(raws) + 1))
    city = found["tallies"]["C", 202610]
    assert [city[COLUMN[name]] for name in ("accepted", "closed_flow", "rated_4")] == [CASES] * 3
    assert sum(n for *_, n in found["histogram"]) == CASES * 2 * 5


def test_what_was_killed_equals_what_was_not(tmp_path: Path) -> None:
    killed, whole = (f"sqlite:///{tmp_path / name}.db" for name in ("killed", "whole"))
    killed_after(started(killed), 7)
    with lane(killed) as one, lane(whole) as other:
        one.send(*events(CASES))
        other.send(*events(CASES))
        assert figures(one.store) == figures(other.store)
