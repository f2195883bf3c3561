"""An office at work: ``Reports`` over a real store, its jobs done by a real ``Maker`` in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from dashboard.config import Rules
from dashboard.reports.archive import Entry
from dashboard.reports.document import Document
from dashboard.reports.files.fonts import find_fonts
from dashboard.reports.files.printed import Printed
from dashboard.reports.jobs import Job, Tell
from dashboard.reports.making import Maker
from dashboard.reports.office_settings import Office
from dashboard.reports.opening import create_report_tables
from dashboard.reports.snapshot import Asked, Snapshot
from dashboard.reports.store import entry_of, snapshot_of
from dashboard.reports.workflow import Reports, Room
from dashboard.reports.works import Work, Works
from dashboard.security.audit import AuditRecord, create_audit_table, read_audit
from dashboard.security.caller import Caller
from tests.domain.happenings import event
from tests.reports.frozen import MONTH, Frozen, frozen_at
from tests.reports.shelf import caller

CENTER = caller("center")
RULES = Rules(min_due=2, small_sample=3)
REAL = 1_800_000_000_000


def page(document: Document, snapshot: Snapshot, whole: Printed) -> bytes:
    """A page of a few words: what writes the real one lies above the core."""
    return f"<!doctype html><title>{document.code} {document.issued}</title>".encode()


@dataclass
class AtWork:
    """``real`` is the machine's clock; the data directory's is that of the city."""

    frozen: Frozen
    directory: Path
    office: Office = field(default_factory=lambda: Office(formats=("json", "html")))
    works: Works = field(default_factory=Works)
    real: int = REAL

    def maker(self) -> Maker:
        return Maker(self.frozen.books, self.directory, lambda: self.office, find_fonts, page)

    def do(self, job: Job, tell: Tell) -> str:
        maker = self.maker()
        return replace(maker, books=replace(maker.books, now=lambda: job.now))(job, tell)

    def reports(self) -> Reports:
        books = self.frozen.books
        return Reports(Room(
            books.engine, books.base, books.settings.zone, books.now, lambda: self.real, self.directory,
            lambda: self.office, self.do, self.works,
        ))  # fmt: skip

    def done(self, work: Work) -> Work:
        """The work after it was done, which must have come to something."""
        while self.works.run_one():
            pass
        found = next((one for one in self.works.seen() if one.id == work.id), work)
        assert found.state == "done", found
        return found

    def made(self, asked: Asked = MONTH, who: Caller = CENTER) -> Entry:
        return self.entry(self.done(self.reports().ask(who, asked, "10.0.0.1")).report)

    def act(self, entry: Entry, act: str, who: Caller = CENTER) -> Entry:
        return self.entry(self.done(self.reports().act(who, entry.id, act, "10.0.0.1")).report)

    def settled(self, entry: Entry) -> Entry:
        """Through the time for appeals to its end, and frozen."""
        entry = self.act(entry, "appeals")
        self.frozen.town.clock.tell(entry.until)
        return self.act(entry, "freeze")

    def entry(self, id_: str) -> Entry:
        with self.frozen.books.engine.connect() as connection:
            found = entry_of(connection, id_)
        assert found is not None
        return found

    def snapshot(self, id_: str) -> Snapshot:
        with self.frozen.books.engine.connect() as connection:
            return snapshot_of(connection, id_)

    def audit(self) -> list[AuditRecord]:
        """What was written down, oldest first."""
        return read_audit(self.frozen.books.engine)[::-1]


@contextmanager
def office(url: str, directory: Path) -> Iterator[AtWork]:
    """Four cases in each of two streets: one of s1 is late, two of s2 are; one that is
    supervised in s2 names a person."""
    with frozen_at(url, rules=RULES) as found:
        engine = found.books.engine
        create_report_tables(engine)
        create_audit_table(engine)
        for number in range(8):
            street, unit = ("m1", "u1") if number < 4 else ("r2", "u2")
            late = number in (0, 4, 5)
            told = [event("accepted", number, region=street, category="natural", title=f"案{number}"),
                    event("dispatched", number + 5, unit=unit)]  # fmt: skip
            found.send(number, [*told, event("handled", 1000 if late else 60), event("closed", 1010 if late else 70)])
        person = {"title": "王小芳家门口垃圾13812345678", "reporter": "王小芳"}
        found.send(9, [event("accepted", 9, region="r2", category="free", **person), event("supervised", 10)])
        yield AtWork(found, directory)
