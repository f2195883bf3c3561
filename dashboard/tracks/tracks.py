"""The history of positions: one folder of Parquet files for each local day, fed from slabs, read by worker and day.

A file is never changed: compaction and merging write a new one under the next number and delete what went into it only
when the new one is on the disk. A crash in between leaves fixes twice, and reading counts each (worker, instant) once.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.track import SCALE, Track, joined
from dashboard.tracks.files import SUFFIX, TrackReader, read_track, remove_unfinished, rows_of, write_track

log = logging.getLogger(__name__)

AT_ONCE = 4_000_000
"""Fixes compacted in one pass, to bound memory."""
LARGEST = 8_000_000
"""Fixes in a merged file, about."""
FILES_OF_TODAY = 8
"""A day that still grows is merged when it has this many files; one that ended, when it has two."""
_HALF_HOUR = 1_800_000


class StoredSlab(Protocol):
    """Fixes of one commit, not yet in a file."""

    @property
    def id(self) -> int:
        """Grows with every commit."""
        ...

    @property
    def track(self) -> Track:
        """The fixes, in order of arrival."""
        ...


class SlabStore(Protocol):
    """Where fixes are until they are in files."""

    def received_before(self, at: int, limit: int, upto: int) -> Sequence[StoredSlab]:
        """The oldest slabs up to an id that were received before an instant, about ``limit`` fixes together."""
        ...

    def between(self, first: int, last: int) -> Sequence[StoredSlab]:
        """Slabs that hold fixes of a span."""
        ...

    def delete(self, slabs: Sequence[Any]) -> None:
        """Forget slabs that ``received_before`` gave."""
        ...

    def key_of(self, worker: str) -> int | None:
        """Key of a worker id."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerDay:
    """One worker's fixes of one day in order of time: epoch ms, degrees WGS-84."""

    time: list[int]
    lon: list[float]
    lat: list[float]

    def __len__(self) -> int:
        return len(self.time)


class Tracks:
    """Reading is thread-safe; ``compact``, ``merge`` and ``drop_before`` are one caller's, in one process.

    Every other process opens it with ``reads_only``: the unfinished files of the one that writes are not its to remove.
    """

    def __init__(self, folder: Path, slabs: SlabStore, days: LocalDays, reads_only: bool = False) -> None:
        self._folder, self._slabs, self._days = folder, slabs, days
        self._reader = TrackReader()
        folder.mkdir(parents=True, exist_ok=True)
        if not reads_only:
            remove_unfinished(folder)

    def track_of(self, worker: str, day: int) -> WorkerDay:
        """A worker's fixes of a local day, empty where there are none."""
        key = self._slabs.key_of(worker)
        track = joined([]) if key is None else self.worker_day(key, day)
        return WorkerDay(track.time.tolist(), (track.lon / SCALE).tolist(), (track.lat / SCALE).tolist())

    def worker_day(self, key: int, day: int) -> Track:
        """The same by worker key. Slabs are read before files: compaction moves fixes the other way round."""
        first, end = self._days.start(day), self._days.start(plus_days(day, 1))
        fresh = [_of_worker(slab.track, key, first, end) for slab in self._slabs.between(first, end - 1)]
        return joined([*self._filed(key, day), *fresh]).in_order()

    def _filed(self, key: int, day: int) -> list[Track]:
        while True:
            try:
                return [self._reader.read(path, key) for path in self.files(day)]
            except FileNotFoundError:
                continue  # merged meanwhile: its fixes are in a newer file, which the next listing shows

    def files(self, day: int) -> list[Path]:
        """Files of a local day, oldest first."""
        return sorted((self._folder / str(day)).glob(f"*{SUFFIX}"))

    def days(self) -> list[int]:
        """Local days that have files."""
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdigit())

    def compact(self, before: int, upto: int) -> int:
        """Move the slabs up to an id that were received before an instant into files; the number of fixes moved."""
        moved = 0
        while slabs := self._slabs.received_before(before, AT_ONCE, upto):
            track = joined([slab.track for slab in slabs])
            day_of = self._local_days(track.time)
            for day in np.unique(day_of).tolist():
                self._write(day, track.take(day_of == day).in_order())
            self._slabs.delete(slabs)
            moved += len(track)
        return moved

    def merge(self, today: int) -> int:
        """Join small files of a day into larger ones; the number of files that went into others."""
        return sum(self._tried(day, FILES_OF_TODAY if day >= today else 2) for day in self.days())

    def drop_before(self, day: int) -> int:
        """Delete the files of days before one; the number of days dropped."""
        old = [known for known in self.days() if known < day]
        for known in old:
            shutil.rmtree(self._folder / str(known))
        return len(old)

    def _tried(self, day: int, fewest: int) -> int:
        try:
            return self._merge(day, fewest)
        except ValueError as problem:  # Arrow's word for a damaged file: no other day's trouble, and nobody's to delete
            log.warning("files of %s stay as they are: %s", day, problem)
            return 0

    def _merge(self, day: int, fewest: int) -> int:
        sizes = sorted((rows_of(path), path) for path in self.files(day))
        total = np.cumsum([rows for rows, _ in sizes])
        chosen = [path for _, path in sizes[: int(np.searchsorted(total, LARGEST, "right"))]]
        if len(chosen) < fewest:
            return 0
        self._write(day, joined([read_track(path) for path in chosen]).in_order())
        for path in chosen:
            path.unlink()
        return len(chosen)

    def _write(self, day: int, track: Track) -> None:
        number = max((int(path.stem) for path in self.files(day) if path.stem.isdecimal()), default=0) + 1
        write_track(self._folder / str(day) / f"{number:08}{SUFFIX}", track)

    def _local_days(self, time: NDArray[np.int64]) -> NDArray[np.int64]:
        spans, of = np.unique(time // _HALF_HOUR, return_inverse=True)
        return np.array([self._days.day(int(span) * _HALF_HOUR) for span in spans], np.int64)[of]


def _of_worker(track: Track, key: int, first: int, end: int) -> Track:
    rows = np.flatnonzero(track.key == key)
    time = track.time[rows]
    return track.take(rows[(time >= first) & (time < end)])
