"""A process of its own over a database that is there: ``python -m tests.reports.apart URL DIR ACT NOW REAL``.

``look`` is what a scheduler does when it looks once; ``make``, ``freeze`` and ``issue`` do that with October's report.
Says ``begun`` once it is about to act.
"""

import signal
import sys
from pathlib import Path

import msgspec

from dashboard.base_data.loading import load_base_data
from dashboard.domain.periods import LocalDays
from dashboard.domain.ranking import DEFAULT
from dashboard.extract import Extract
from dashboard.reports import store
from dashboard.reports.beside import end_in_order
from dashboard.reports.facts_view import Books
from dashboard.reports.files.fonts import find_fonts
from dashboard.reports.jobs import MAKE, Job
from dashboard.reports.making import Maker
from dashboard.reports.office_settings import Office
from dashboard.reports.schedule import Scheduler
from dashboard.reports.workflow import Reports, Room
from dashboard.reports.works import WorkFailed, Works
from dashboard.store import Store
from tests.check.cities import SETTINGS
from tests.reports.frozen import MONTH
from tests.reports.office import CENTER, RULES, page

OFFICE = Office(formats=("json", "html"), appeal_days=0)


def main(url: str, directory: Path, act: str, now: int, real: int) -> None:
    signal.signal(signal.SIGTERM, end_in_order)
    lane = Store(url)
    settings = msgspec.structs.replace(SETTINGS, rules=RULES)
    base = load_base_data(lane.engine, settings)
    extract = Extract(lane, lambda: base, LocalDays())
    books = Books(lane.engine, lambda: base, settings, lambda: now, extract, {DEFAULT.key: DEFAULT})
    maker, works = Maker(books, directory, lambda: OFFICE, find_fonts, page), Works()
    print("begun", flush=True)
    if act == "look":
        room = Room(lane.engine, lambda: base, settings.zone, lambda: now, lambda: real, directory, lambda: OFFICE,
                    maker, works)  # fmt: skip
        reports = Reports(room)
        Scheduler(lane, lambda: base, settings.zone, lambda: now, lambda: real, lambda: OFFICE, reports.made,
                  reports.due).look()  # fmt: skip
        while works.run_one():
            pass
        print(*(f"{work.state} {work.report or work.key}" for work in works.seen()), sep="\n", flush=True)
        return
    try:
        print("done", maker(_job(lane, act, now, real), lambda share: None), flush=True)
    except WorkFailed as problem:
        print("failed", problem.key, problem, flush=True)


def _job(lane: Store, act: str, now: int, real: int) -> Job:
    with lane.engine.connect() as connection:
        entry = store.find(connection, MONTH)
    report = entry.id if entry is not None and act != MAKE else ""
    return Job(act, MONTH, CENTER, now, real, report=report)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
