"""Everything about reports that one process runs: the archive, the queue, the schedule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from sqlalchemy import Engine

from dashboard.ingest.opening import Place
from dashboard.reports.appeals import create_appeal_table
from dashboard.reports.beside import Beside
from dashboard.reports.claims import create_claim_table
from dashboard.reports.office import office_of
from dashboard.reports.schedule import Scheduler
from dashboard.reports.store import create_report_table
from dashboard.reports.workflow import Reports, Room
from dashboard.reports.works import Works
from dashboard.security.clock import real_now


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


def create_report_tables(engine: Engine) -> None:
    """Create what does not exist: reports, appeals, claims."""
    create_report_table(engine)
    create_appeal_table(engine)
    create_claim_table(engine)


def open_reporting(place: Place, now: Callable[[], int], command: Sequence[str]) -> Reporting:
    """The reports of a data directory under its clock; ``command`` does a job (``beside``). Not yet started."""
    create_report_tables(place.store.engine)
    works, beside, zone = Works(), Beside(command), place.settings.zone
    room = Room(
        place.store.engine, place.base, zone, now, real_now, place.directory, lambda: office_of(place.directory),
        beside, works,
    )  # fmt: skip
    reports = Reports(room)
    scheduler = Scheduler(place.store, place.base, zone, now, real_now, room.office, reports.made, reports.due)
    return Reporting(reports, works, scheduler, beside)
