"""What became of every fix: as ingest counted it and as it is stored, and what a server held meanwhile."""

import re
from collections import Counter
from pathlib import Path
from threading import Event, Thread

import psutil
from sqlalchemy import create_engine, func, select

from dashboard.store.slab_schema import slab
from dashboard.tracks.files import SUFFIX, rows_of

ITEMS = re.compile(r'^yiping_items(?:_total)?\{(?=[^}]*lane="positions")[^}]*result="(\w+)"[^}]*\} (\S+)$', re.M)


def counted(metrics: str) -> Counter[str]:
    """Fixes by result since ingest started, of the text of ``/metrics``; late ones are accepted ones."""
    found: Counter[str] = Counter()
    for result, n in ITEMS.findall(metrics):
        found[result] += int(float(n))
    return found


def kept(database: str, tracks: Path) -> int:
    """Fixes that are stored: in slabs and in files. Ingest must stand, since it moves them from one to the other."""
    engine = create_engine(database)
    with engine.connect() as connection:
        slabs = int(connection.scalar(select(func.sum(slab.c.fixes))) or 0)
    engine.dispose()
    return slabs + sum(rows_of(path) for path in tracks.glob(f"*/*{SUFFIX}"))


def held(pid: int) -> float:
    """Megabytes of its own (USS) of a process with its children."""
    root = psutil.Process(pid)
    return float(sum(one.memory_full_info().uss for one in [root, *root.children(recursive=True)]) / 1e6)


class Peak:
    """The most that a process held, looked at every second until ``stop``."""

    def __init__(self, pid: int) -> None:
        self.most, self._pid, self._stop = held(pid), pid, Event()
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Megabytes."""
        self._stop.set()
        self._thread.join()
        return self.most

    def _look(self) -> None:
        while not self._stop.wait(1):
            self.most = max(self.most, held(self._pid))
