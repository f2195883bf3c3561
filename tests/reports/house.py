"""``Reports`` over a real store of a small city, with whoever does the jobs put in by the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from dashboard.reports.appeals import appeals_of
from dashboard.reports.archive import DRAFT, Entry
from dashboard.reports.jobs import Job, Tell
from dashboard.reports.office_settings import Office
from dashboard.reports.opening import create_report_tables
from dashboard.reports.snapshot import Asked, Cut
from dashboard.reports.store import add, entry_of
from dashboard.reports.workflow import Reports, Room
from dashboard.reports.works import Works
from dashboard.security.audit import create_audit_table, read_audit
from dashboard.security.caller import Caller
from dashboard.store.engine import writing
from tests.check.cities import City, city_at, raws
from tests.domain.happenings import at, event
from tests.reports.shelf import entry, numbers, words

OCTOBER = Asked("month", "2026-10")
NOW = at(60 * 24 * 25)
"""6 November 2026, 08:00."""
REAL = 1_800_000_000_000


@dataclass
class House:
    """``jobs`` are those that were asked for; nothing does them."""

    town: City
    directory: Path
    office: Office = field(default_factory=Office)
    now: int = NOW
    jobs: list[Job] = field(default_factory=list)
    works: Works = field(default_factory=Works)

    def reports(self) -> Reports:
        return Reports(Room(
            self.town.store.engine, lambda: self.town.base, "Asia/Shanghai", lambda: self.now, lambda: REAL,
            self.directory, lambda: self.office, self._note, self.works,
        ))  # fmt: skip

    def _note(self, job: Job, tell: Tell) -> str:
        self.jobs.append(job)
        return job.report or "made"

    def put(self, id_: str = "report-october", state: str = DRAFT, asked: Asked = OCTOBER, **more: object) -> Entry:
        """A report that is in the archive already; its numbers are invented, its cut-off is the city's."""
        with self.town.store.read() as connection:
            cut = Cut(self.town.store.last_seq(connection), self.now)
        snapshot = msgspec.structs.replace(numbers(asked), cut=cut)
        made = entry(snapshot, id_, state, **more)
        with writing(self.town.store.engine) as connection:
            add(connection, made, snapshot, words(snapshot), [])
        return made

    def entry(self, id_: str = "report-october") -> Entry:
        with self.town.store.engine.connect() as connection:
            found = entry_of(connection, id_)
        assert found is not None
        return found

    def audit(self) -> list[tuple[str, str, str]]:
        """Who did what with which result, oldest first."""
        return [(row.who, row.action, row.result) for row in reversed(read_audit(self.town.store.engine))]

    def lodged(self) -> int:
        return len(appeals_of(self.town.store.engine, "report-october"))


@contextmanager
def house(url: str, directory: Path) -> Iterator[House]:
    """The city has case C1 of unit u1 in the west (late), C2 of unit u2 in the east (in time, reworked, rated)."""
    with city_at(url, NOW) as town:
        create_report_tables(town.store.engine)
        create_audit_table(town.store.engine)
        late = [event("accepted", 0, region="r2", category="natural", title="井盖"), event("dispatched", 5, unit="u1")]
        town.send(raws(1, [*late, event("handled", 1000), event("closed", 1010)]))
        fine = [event("accepted", 1, region="m1", category="natural"), event("dispatched", 5, unit="u2")]
        again = [event("handled", 30), event("checked", 40, passed=False), event("handled", 50), event("closed", 60)]
        town.send(raws(2, [*fine, *again, event("rated", 70, score=1)]))
        yield House(town, directory)


def demo() -> Caller:
    from dashboard.security.caller import DEMO

    return DEMO
