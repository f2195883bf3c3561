"""``app.py report``: a draft now, with its files, whether the system runs or not; and the other end of ``beside``."""

import signal
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import msgspec

from dashboard.domain.periods import LocalDays
from dashboard.ingest.clock import LAST_TICK
from dashboard.ingest.opening import Place
from dashboard.memory import loading
from dashboard.reports import store
from dashboard.reports.acting import OFFICE
from dashboard.reports.archive import DRAFT, FOLDER, ISSUED, Entry
from dashboard.reports.arguments import asked_of
from dashboard.reports.asking import checked
from dashboard.reports.beside import end_in_order, serve_job
from dashboard.reports.copy_of_process import in_a_copy
from dashboard.reports.document import Document
from dashboard.reports.files.fonts import Fonts, FontsMissingError, find_fonts
from dashboard.reports.files.writing import Writer, write_files
from dashboard.reports.jobs import MAKE, Job, Tell
from dashboard.reports.office import Office, OfficeError, office_of
from dashboard.reports.opening import create_report_tables
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked, Snapshot, check_code
from dashboard.reports.works import WorkFailed
from dashboard.security.clock import real_now

DRAFTS = "drafts"
"""``DIR/reports/drafts/ID``: files of drafts that nobody gave a folder for."""
SHOWN = 50


def report_command(options: Namespace, place: Place, html: Writer, said: TextIO = sys.stderr) -> int:
    """Run the command; 0: the files are written, 1: they are not, with the reason in one line.

    ``options`` has the fields of ``arguments.add_report_arguments``. Under ``--work`` a job comes on standard input.
    """
    create_report_tables(place.store.engine)
    if options.work:
        return serve_job(sys.stdin.buffer, sys.stdout.buffer, lambda job, tell: _worked(place, html, job, tell))
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        return _Desk(place, html, said).run(options)
    except (ReportRefused, WorkFailed, OfficeError, FontsMissingError, store.ReportBroken) as problem:
        print(f"report: {problem}", file=said)
    except OSError as problem:
        print(f"report: the files cannot be written: {problem}", file=said)
    return 1


def _worked(place: Place, html: Writer, job: Job, tell: Tell) -> str:
    """A job done with what counts and recounts, which is loaded here: whoever only writes files needs none of it."""
    with loading():
        from dashboard.reports.books import open_books
        from dashboard.reports.making import Maker

    fonts = partial(fonts_of, place)
    try:
        with open_books(place.directory, place.settings, place.store, place.base, lambda: job.now) as books:
            return Maker(books, place.directory, lambda: office_of(place.directory), fonts, html)(job, tell)
    except OSError as problem:
        raise WorkFailed(f"the report cannot be made: {problem}", "files") from problem


def fonts_of(place: Place) -> Fonts:
    """The fonts of the system and of ``DIR/fonts``; ``FontsMissingError``."""
    own = place.directory / "fonts"
    return find_fonts([own] if own.is_dir() else [])


def now_of(place: Place) -> int:
    """The present of a data directory: its last tick, and where its time is the world's not before the machine's."""
    tick = int(place.store.get_state(LAST_TICK) or 0)
    return tick if place.settings.demo and tick else max(tick, real_now())


class _Desk:
    """One run at the keyboard."""

    def __init__(self, place: Place, html: Writer, said: TextIO) -> None:
        self._place, self._html, self._said = place, html, said
        self._engine = place.store.engine
        self._days = LocalDays(place.settings.zone)

    def run(self, options: Namespace) -> int:
        now, office = now_of(self._place), office_of(self._place.directory)
        today = self._days.day(now)
        asked = checked(asked_of(options, office, today), self._place.base().tree, today)
        entry = self._found(asked) or self._made(asked, now)
        with self._engine.connect() as connection:
            document, snapshot = store.document_of(connection, entry.id), store.snapshot_of(connection, entry.id)
            faults = store.faults_of(connection, entry.id)
        if faults:
            return self._blocked(faults)
        folder = options.out or self._place.directory / FOLDER / DRAFTS / entry.id
        self._written(self._dated(entry, document), snapshot, office, folder)
        return 0

    def _found(self, asked: Asked) -> Entry | None:
        """The report of a question that has gone further than a draft: it is not made again."""
        with self._engine.connect() as connection:
            found = store.find(connection, asked)
        if found is None or found.state == DRAFT:
            return None
        print(f"the report of {asked.period} is {found.state}: its own numbers are written", file=self._said)
        return found

    def _made(self, asked: Asked, now: int) -> Entry:
        """Made in a copy of this process, which goes before the files are written: both need much."""
        job = Job(MAKE, asked, OFFICE, now, real_now())
        tell = self._progress(f"{asked.kind} {asked.period}")
        self._engine.dispose()
        id_ = in_a_copy(lambda: _worked(self._place, self._html, job, tell))
        with self._engine.connect() as connection:
            found = store.entry_of(connection, id_)
        assert found is not None
        return found

    def _dated(self, entry: Entry, document: Document) -> Document:
        day = self._days.day(entry.issued) if entry.state == ISSUED else 0
        return msgspec.structs.replace(document, issued=day)

    def _blocked(self, faults: list[dict[str, str]]) -> int:
        for one in faults[:SHOWN]:
            print(f"{one['where']}: {one['what']}", file=self._said)
        print(f"report: {len(faults)} figures do not fit; no file is written", file=self._said)
        return 1

    def _written(self, document: Document, snapshot: Snapshot, office: Office, folder: Path) -> None:
        """The files into a folder whose other contents stay; each appears whole."""
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".report.", dir=folder) as made:
            paths = write_files(
                document, snapshot, Path(made) / "files", fonts_of(self._place), self._html,
                formats=office.formats, tell=self._progress("files"),
            )  # fmt: skip
            for path in paths.values():
                print(path.replace(folder / path.name), file=sys.stdout)
        print(f"check code {check_code(document.hash)}, as of event {snapshot.cut.seq}", file=self._said)

    def _progress(self, what: str) -> Tell:
        """A line that moves at a terminal, a line for the end elsewhere."""

        def tell(share: float) -> None:
            if self._said.isatty() or share >= 1.0:
                print(f"  {what} {share:4.0%}", end="\n" if share >= 1.0 else "\r", file=self._said, flush=True)

        return tell
