"""Everything about reports that one process runs: the archive, the queue, the schedule."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine

from dashboard.ingest.opening import Place
from dashboard.reports.appeals import create_appeal_table
from dashboard.reports.beside import Beside
from dashboard.reports.logo import KINDS
from dashboard.reports.office import FILE, Office, OfficeError, office_of
from dashboard.reports.schedule import Scheduler
from dashboard.reports.store import create_report_table
from dashboard.reports.workflow import Reports, Room
from dashboard.reports.works import Works
from dashboard.security.clock import real_now
from dashboard.security.tables import create_security_tables

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reporting:
    """``reports`` is what pages and API ask; ``works`` and ``scheduler`` run once they are started."""

    reports: Reports
    works: Works
    scheduler: Scheduler
    beside: Beside

    def start(self, stop: Event, scheduled: bool = True) -> None:
        """Begin to work, and to follow the schedule where this process is to."""
        self.works.start()
        if scheduled:
            Thread(target=self.scheduler.run, args=(stop,), name="report schedule", daemon=True).start()

    def close(self) -> None:
        """End the work in hand, which leaves nothing half done."""
        self.works.stop(0)
        self.beside.stop()
        self.works.stop()


@dataclass
class Remembered:
    """The office's settings, read again only when a file of theirs changed. For those who look and wait.

    Wrong settings take nobody's pages away: the last ones that were right stand, and where there are none yet, the
    defaults with reports kept to their regions. Whoever makes a report is told what is wrong.
    """

    directory: Path
    _seen: object = None
    _office: Office = field(default_factory=lambda: Office(public=False))

    def __call__(self) -> Office:
        """The settings as they stand."""
        seen = [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in self._files()]
        if seen != self._seen:
            try:
                self._office = office_of(self.directory)
            except (OfficeError, ValueError) as problem:
                log.warning("the settings of reports are not used: %s", problem)
            self._seen = seen
        return self._office

    def _files(self) -> list[Path]:
        files = [self.directory / name for name in (FILE, "config.toml")]
        pictures = [path for kind in KINDS for path in sorted(self.directory.glob(f"*{kind}"))]
        return [path for path in (*files, *sorted(self.directory.glob("models/*.toml")), *pictures) if path.exists()]


def create_report_tables(engine: Engine) -> None:
    """Create what does not exist: reports, appeals, and the audit log that all of them are written into."""
    create_security_tables(engine)
    create_report_table(engine)
    create_appeal_table(engine)


def open_reporting(place: Place, now: Callable[[], int], command: Sequence[str]) -> Reporting:
    """The reports of a data directory under its clock; ``command`` does a job (``beside``). Not yet started."""
    create_report_tables(place.store.engine)
    works, beside, zone = Works(), Beside(command), place.settings.zone
    room = Room(
        place.store.engine, place.base, zone, now, real_now, place.directory, Remembered(place.directory),
        beside, works,
    )  # fmt: skip
    reports = Reports(room)
    scheduler = Scheduler(place.store, place.base, zone, now, real_now, room.office, reports.made, reports.due)
    return Reporting(reports, works, scheduler, beside)
