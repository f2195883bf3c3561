"""What takes long, done: drafts frozen from the books, corrections, the checks, the files of the issue.

Nothing here is seen by anybody before its transaction ends, so a process that is killed half-way leaves no half report:
numbers and audit row are written together, files appear by one rename before the report is called issued.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dashboard.domain.periods import LocalDays
from dashboard.memory import collect
from dashboard.reports import appeals as book
from dashboard.reports import store
from dashboard.reports.archive import APPEALS, DRAFT, FOLDER, FROZEN, ISSUED, Entry
from dashboard.reports.checks import Fault, faults
from dashboard.reports.claims import claimed
from dashboard.reports.content import compose
from dashboard.reports.document import Document
from dashboard.reports.files.fonts import Fonts, FontsMissingError
from dashboard.reports.files.writing import Writer, write_files
from dashboard.reports.freezing import Books, close_period, freeze
from dashboard.reports.jobs import CORRECT, FREEZE, ISSUE, MAKE, Job, Tell
from dashboard.reports.office import Office, OfficeError
from dashboard.reports.recount import Beside, recount
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked, Correction, Cut, Snapshot
from dashboard.reports.veiling import veiled
from dashboard.reports.works import WorkFailed
from dashboard.store.engine import writing

EARLIER = 3
"""Issued reports whose figures are looked at again."""
LEDGER = "events"
"""``DIR/reports/events`` keeps the parsed events between two recounts."""
SECOND = "somebody else has taken this report further"


@dataclass(frozen=True)
class Maker:
    """Does jobs in this process. ``office`` and ``fonts`` are read when they are needed, ``html`` writes the page."""

    books: Books
    directory: Path
    office: Callable[[], Office]
    fonts: Callable[[], Fonts]
    html: Writer

    def __call__(self, job: Job, tell: Tell) -> str:
        """Do a job and return the id of its report; ``WorkFailed`` says why it cannot be done."""
        key = job.report or f"{MAKE} {store.question_of(job.asked)}"
        try:
            with claimed(self.books.engine, key):
                return _ACTS[job.act](self, job, tell)
        except ReportRefused as problem:
            raise WorkFailed(str(problem), problem.key) from problem
        except (OfficeError, FontsMissingError) as problem:
            raise WorkFailed(str(problem), "office" if isinstance(problem, OfficeError) else "fonts") from problem
        except store.ReportBroken as problem:
            raise WorkFailed(str(problem), "broken") from problem
        except OSError as problem:
            raise WorkFailed(f"the files cannot be written: {problem}", "files") from problem

    def make(self, job: Job, tell: Tell) -> str:
        """Freeze a period and keep it as a draft: a new one, or anew over the draft of the same question."""
        self.fonts()
        with self.books.engine.connect() as connection:
            known = store.find(connection, job.asked, job.report)
        if known is not None and job.once:
            return known.id
        if known is not None and known.state != DRAFT:
            raise ReportRefused(f"the report of {job.asked.period} is {known.state} already", "exists", known.id)
        cut = job.cut or close_period(self.books)
        snapshot = self.frozen(job, job.report, cut, (), lambda share: tell(share * 0.7))
        document = compose(snapshot, self.office(), draft=True)
        found = self.checked(document, snapshot, job.report, lambda share: tell(0.7 + share * 0.3))
        entry = _entry(job, snapshot, document, known.id if known else secrets.token_urlsafe(16))
        with writing(self.books.engine) as connection:
            _keep(connection, entry, known, snapshot, document, found)
            _note(job, connection, "report.made", entry, faults=len(found), again=known is not None)
        return entry.id

    def correct(self, job: Job, tell: Tell) -> str:
        """Count a report whose appeals are heard anew at its own cut-off, with the accepted appeals in it."""
        entry = self._entry_in(job, APPEALS)
        corrections = book.corrections(book.appeals_of(self.books.engine, entry.id))
        snapshot = self.frozen(job, entry.of, entry.cut, corrections, lambda share: tell(share * 0.7))
        document = compose(snapshot, self.office(), draft=True)
        found = self.checked(document, snapshot, entry.of, lambda share: tell(0.7 + share * 0.3))
        after = msgspec.structs.replace(entry, hash=document.hash, corrected=len(corrections))
        with writing(self.books.engine) as connection:
            more = {"snapshot": snapshot, "document": document, "faults": found}
            _changed(store.change(connection, after, entry, **more))
            applied = [one.appeal for one in corrections]
            _note(job, connection, "report.corrected", after, before=entry.hash, appeals=applied, faults=len(found))
        return entry.id

    def freeze(self, job: Job, tell: Tell) -> str:
        """Close a report: from now on its numbers and words stand. Blocked where a check finds anything."""
        entry = self._entry_in(job, DRAFT, APPEALS)
        with self.books.engine.connect() as connection:
            snapshot = store.snapshot_of(connection, entry.id)
        document = compose(snapshot, self.office(), draft=False)
        self._pass(job, entry, self.checked(document, snapshot, entry.of, tell))
        after = _headed(msgspec.structs.replace(entry, state=FROZEN, frozen=job.now), document)
        with writing(self.books.engine) as connection:
            _all_heard(connection, entry, job.now)
            _changed(store.change(connection, after, entry, document=document, faults=[]))
            _note(job, connection, "report.frozen", after)
        return entry.id

    def issue(self, job: Job, tell: Tell) -> str:
        """Write the files of a frozen report and call it issued. Blocked where a check finds anything."""
        entry = self._entry_in(job, FROZEN)
        with self.books.engine.connect() as connection:
            snapshot, stored = store.snapshot_of(connection, entry.id), store.document_of(connection, entry.id)
        document = msgspec.structs.replace(stored, issued=LocalDays(self.books.settings.zone).day(job.now))
        self._pass(job, entry, self.checked(document, snapshot, entry.of, lambda share: tell(share * 0.5)))
        paths = self._written(entry, document, snapshot, lambda share: tell(0.5 + share * 0.5))
        after = msgspec.structs.replace(entry, state=ISSUED, issued=job.now, issued_by=job.caller.name)
        with writing(self.books.engine) as connection:
            _changed(store.change(connection, after, entry))
            _note(job, connection, "report.issued", after, files=_sums(paths))
        return entry.id

    def frozen(self, job: Job, of: str, cut: Cut, corrections: Sequence[Correction], tell: Tell) -> Snapshot:
        """The numbers of what is asked at a cut-off, without anybody's name or number in a title."""
        office, earlier = self.office(), self._earlier(job.asked, of, cut)
        snapshot = freeze(
            self.books, job.asked, cut, office.freeze, corrections=corrections, issued=earlier, groups=office.groups,
            tell=tell,
        )  # fmt: skip
        found = store.settled(veiled(self.books.engine, snapshot))
        collect()
        return found

    def checked(self, document: Document, snapshot: Snapshot, of: str, tell: Tell) -> list[Fault]:
        """Everything that does not fit: text, tables and charts with the numbers, the numbers with the events."""
        found = faults(document, snapshot)
        tell(0.2)
        issued = self._earlier(snapshot.asked, of, snapshot.cut)
        beside = Beside(self.directory / FOLDER / LEDGER, self.office().groups, issued)
        return [*found, *recount(self.books, snapshot, beside, lambda share: tell(0.2 + share * 0.8))]

    def _earlier(self, asked: Asked, of: str, cut: Cut) -> list[Snapshot]:
        """Of each earlier period the report of this kind and region that was issued last before a cut-off, and the one
        that is revised."""
        by_period: dict[str, Entry] = {}
        for one in store.entries(self.books.engine):
            same = (one.asked.kind, one.asked.region) == (asked.kind, asked.region)
            fits = one.asked.period < asked.period or one.id == of
            if one.state == ISSUED and one.issued <= cut.time and same and fits and not asked.filters:
                last = by_period.setdefault(one.asked.period, one)
                by_period[one.asked.period] = max(last, one, key=lambda entry: entry.issued)
        wanted = sorted(by_period, reverse=True)[:EARLIER]
        with self.books.engine.connect() as connection:
            return [store.snapshot_of(connection, by_period[period].id) for period in wanted]

    def _entry_in(self, job: Job, *states: str) -> Entry:
        with self.books.engine.connect() as connection:
            found = store.entry_of(connection, job.report)
        if found is None or found.state not in states:
            raise ReportRefused(SECOND, "second", "id")
        return found

    def _pass(self, job: Job, entry: Entry, found: list[Fault]) -> None:
        """``ReportRefused`` with the first place where something does not fit; all of them are kept for the page."""
        if not found:
            return
        with writing(self.books.engine) as connection:
            if entry.state != FROZEN:
                store.change(connection, entry, entry, faults=found)
            _note(job, connection, f"report.{job.act}", entry, "refused", faults=msgspec.to_builtins(found[:20]))
        raise ReportRefused(f"{len(found)} figures do not fit; {found[0].where}: {found[0].what}", "faults", "id")

    def _written(self, entry: Entry, document: Document, snapshot: Snapshot, tell: Tell) -> Mapping[str, Path]:
        """The files in their folder; what a crash before the issue left there was never shown to anybody."""
        folder = self.directory / FOLDER / entry.id
        shutil.rmtree(folder, ignore_errors=True)
        collect()  # what the recount held need not stand beside the files
        return write_files(
            document, snapshot, folder, self.fonts(), self.html, formats=self.office().formats, tell=tell
        )


_ACTS: Mapping[str, Callable[[Maker, Job, Tell], str]] = {
    MAKE: Maker.make, CORRECT: Maker.correct, FREEZE: Maker.freeze, ISSUE: Maker.issue,
}  # fmt: skip


def _headed(entry: Entry, document: Document) -> Entry:
    return msgspec.structs.replace(entry, title="".join(document.title), number=document.number)


def _entry(job: Job, snapshot: Snapshot, document: Document, id_: str) -> Entry:
    made = Entry(id_, job.asked, DRAFT, job.now, job.caller.name, snapshot.cut, document.hash, of=job.report)
    return _headed(made, document)


def _keep(
    connection: Connection, entry: Entry, known: Entry | None, snapshot: Snapshot, document: Document,
    found: Sequence[Fault],
) -> None:  # fmt: skip
    if known is not None:
        _changed(store.change(connection, entry, known, snapshot=snapshot, document=document, faults=found))
        return
    try:
        store.add(connection, entry, snapshot, document, found)
    except IntegrityError as problem:
        raise ReportRefused(SECOND, "second", "id") from problem


def _changed(written: bool) -> None:
    if not written:
        raise ReportRefused(SECOND, "second", "id")


def _all_heard(connection: Connection, entry: Entry, now: int) -> None:
    """``ReportRefused`` while the time for appeals runs, one waits for a decision or is not in the numbers yet."""
    accepted = len(book.corrections(book.appeals_in(connection, entry.id)))
    if now < entry.until or book.undecided(connection, entry.id) or accepted != entry.corrected:
        raise ReportRefused("appeals are not settled yet", "appeals", "id")


def _note(job: Job, connection: Connection, action: str, entry: Entry, result: str = "ok", **more: object) -> None:
    told = {"kind": entry.asked.kind, "period": entry.asked.period, "region": entry.asked.region, "hash": entry.hash}
    job.actor.note(connection, action, entry.id, result, **told, **more)


def _sums(paths: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, by format."""
    return {format_: hashlib.sha256(path.read_bytes()).hexdigest() for format_, path in paths.items()}
