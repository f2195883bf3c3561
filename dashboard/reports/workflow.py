"""Reports as one caller may see and move them: draft → appeals → frozen → issued. The way in from pages and API."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Engine, func, select

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import RegionTree
from dashboard.reports import appeals as book
from dashboard.reports import asking, hearing, store
from dashboard.reports.acting import SCHEDULE, Actor
from dashboard.reports.appeals import Appeal, Grounds
from dashboard.reports.archive import (
    APPEALS,
    DRAFT,
    FROZEN,
    ISSUED,
    Entry,
    Listed,
    Wanted,
    file_of,
    formats_of,
    hears_appeals,
    latest_issued,
    listed,
    sees_report,
)
from dashboard.reports.checks import Fault
from dashboard.reports.comparison import Comparison, compared
from dashboard.reports.document import Document
from dashboard.reports.jobs import CORRECT, FREEZE, ISSUE, MAKE, Doing, Job, Tell
from dashboard.reports.office import Office
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked, Cut
from dashboard.reports.works import Work, Works
from dashboard.security.caller import Caller
from dashboard.security.scope import OutOfScope, sees_region
from dashboard.store.engine import writing
from dashboard.store.schema import event

RANKED = frozenset({"month", "quarter", "year"})
"""Kinds whose rankings can be appealed against before they are frozen."""
OPEN = "appeals"
REVISE = "revise"


@dataclass(frozen=True)
class Room:
    """What a process gives its reports. ``now`` is the clock of the data directory, ``real`` the machine's (epoch ms),
    ``office`` the settings as they stand, ``doing`` does what takes long."""

    engine: Engine
    base: Callable[[], BaseData]
    zone: str
    now: Callable[[], int]
    real: Callable[[], int]
    directory: Path
    office: Callable[[], Office]
    doing: Doing
    works: Works


class Reports:
    """One for a process; thread-safe. Every method holds the scope predicate.

    A report outside of what a caller may see does not exist for the caller: ``ReportRefused`` with the key ``missing``.
    ``OutOfScope`` where a region or right is asked for that is not the caller's.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._days = LocalDays(room.zone)

    def page(self, caller: Caller, wanted: Wanted, cursor: str = "") -> Listed:
        """A page of the archive, newest first."""
        tree, public = self._room.base().tree, self._room.office().public
        found = store.entries(self._room.engine)
        return listed(found, wanted, lambda entry: _sees(tree, caller, entry, public), cursor)

    def one(self, caller: Caller, id_: str) -> Entry:
        """One report without its numbers."""
        with self._room.engine.connect() as connection:
            found = store.entry_of(connection, id_)
        if found is None or not _sees(self._room.base().tree, caller, found, self._room.office().public):
            raise ReportRefused(f"there is no report {id_!r}", "missing", "id")
        return found

    def document(self, caller: Caller, id_: str) -> Document:
        """What a report says; to those who are heard on it before its issue, their own rows alone."""
        entry, tree = self.one(caller, id_), self._room.base().tree
        with self._room.engine.connect() as connection:
            document = store.document_of(connection, entry.id)
            if self.sees_all(caller, entry):
                return self._dated(entry, document)
            return hearing.own_part(document, store.snapshot_of(connection, entry.id), tree, caller)

    def sees_all(self, caller: Caller, entry: Entry) -> bool:
        """Whether a caller reads a whole report; one that does not is heard on it and reads its own rows."""
        return sees_report(self._room.base().tree, caller, entry, self._room.office().public)

    def faults(self, caller: Caller, id_: str) -> list[Fault] | None:
        """What the last check of a report found: none where all fits; None for those who do not make reports."""
        entry = self.one(caller, id_)
        if not self._makes(caller, entry):
            return None
        with self._room.engine.connect() as connection:
            return msgspec.convert(store.faults_of(connection, entry.id), list[Fault])

    def acts(self, caller: Caller, entry: Entry) -> list[str]:
        """What the caller may do with a report now, of ``appeals correct freeze issue revise``."""
        return self._possible(entry) if self._makes(caller, entry) else []

    def ask(self, caller: Caller, asked: Asked, address: str) -> Work:
        """Have a draft made; a draft of the same that nobody has taken further is made anew.

        ``ReportRefused`` where the question is wrong or its report is taken further already.
        """
        region = asked.region or caller.region
        if not self._may_make(caller, region):
            raise OutOfScope(f"{caller.name} does not make reports of {region or 'the city'}")
        office, today = self._room.office(), self._days.day(self._room.now())
        given = {"levels": asked.levels or office.levels, "model": asked.model or office.model, "region": region}
        question = asking.checked(msgspec.structs.replace(asked, **given), self._room.base().tree, today)
        self._is_open(question)
        return self._have_done(MAKE, caller, question, address)

    def due(self, asked: Asked) -> Work:
        """Have the draft of a period made that the schedule says is due; one that is there is left as it is."""
        return self._have_done(MAKE, SCHEDULE, asked, "", once=True)

    def made(self, asked: Asked) -> bool:
        """Whether a question has its report, in whatever state."""
        with self._room.engine.connect() as connection:
            return store.find(connection, asked) is not None

    def act(self, caller: Caller, id_: str, act: str, address: str) -> Work:
        """Take a report further. ``ReportRefused`` where that is not possible now."""
        entry = self.one(caller, id_)
        if not self._makes(caller, entry):
            raise OutOfScope(f"{caller.name} does not take reports further", "act")
        if act not in self._possible(entry):
            raise self._not_now(entry, act)
        if act == OPEN:
            return self._opened(entry, Actor(caller, self._room.now(), self._room.real(), address))
        kind = MAKE if act == REVISE else act
        return self._have_done(kind, caller, entry.asked, address, entry.id)

    def works(self, caller: Caller) -> list[Work]:
        """What is being made or was made lately, newest first, for regions whose reports the caller makes."""
        return [work for work in self._room.works.seen() if self._may_make(caller, work.asked.region)]

    def appeals(self, caller: Caller, id_: str) -> list[Appeal]:
        """The appeals against a report that the caller may know of."""
        entry = self.one(caller, id_)
        return book.shown_to(self._room.base().tree, caller, book.appeals_of(self._room.engine, entry.id))

    def lodge(self, caller: Caller, id_: str, grounds: Grounds, address: str) -> Appeal:
        """Appeal against a case of a report. ``ReportRefused`` outside of the time for appeals, ``AppealRefused``."""
        entry = self.one(caller, id_)
        with writing(self._room.engine) as connection:
            actor = Actor(caller, self._room.now(), self._room.real(), address)
            return hearing.lodge(connection, entry, grounds, actor, self._room.base(), self._days)

    def decide(self, caller: Caller, id_: str, appeal_id: str, accepted: bool, why: str, address: str) -> Appeal:
        """Accept or reject an appeal, once; an accepted one is followed by a correction of the numbers."""
        entry = self.one(caller, id_)
        if not self._makes(caller, entry):
            raise OutOfScope(f"{caller.name} does not decide on appeals", "right")
        actor = Actor(caller, self._room.now(), self._room.real(), address)
        with writing(self._room.engine) as connection:
            hearing.open_entry(connection, entry.id)
            found = book.decide(connection, appeal_id, entry.id, accepted, why, actor)
        if accepted:
            self._have_done(CORRECT, caller, entry.asked, address, entry.id)
        return found

    def file(self, caller: Caller, id_: str, format_: str, address: str) -> Path:
        """A file of an issued report; every download is written down."""
        entry = self.one(caller, id_)
        path = file_of(self._room.directory, entry.id, format_) if entry.state == ISSUED else None
        if path is None:
            raise ReportRefused(f"report {id_!r} has no file of the kind {format_!r}", "files", "format")
        if not caller.may("export"):
            raise OutOfScope(f"{caller.name} does not take files along", "right")
        with writing(self._room.engine) as connection:
            actor = Actor(caller, self._room.now(), self._room.real(), address)
            actor.note(connection, "export", f"report {entry.id}", format=format_)
        return path

    def formats(self, caller: Caller, entry: Entry) -> list[str]:
        """The formats in which the caller may take a report along; none before its issue."""
        found = entry.state == ISSUED and caller.may("export")
        return formats_of(self._room.directory, entry.id) if found else []

    def compare(self, caller: Caller, id_a: str, id_b: str) -> Comparison:
        """Two reports of one kind beside each other, the earlier period first."""
        first, second = self._whole(caller, id_a), self._whole(caller, id_b)
        with self._room.engine.connect() as connection:
            a, b = ((entry, store.snapshot_of(connection, entry.id)) for entry in (first, second))
        return compared(a, b)

    def latest(self, region: str = "") -> Entry | None:
        """The month's report that was issued last: what the wall's rotation links to."""
        return latest_issued(store.entries(self._room.engine), region)

    def _whole(self, caller: Caller, id_: str) -> Entry:
        entry = self.one(caller, id_)
        if not self.sees_all(caller, entry):
            raise ReportRefused(f"report {id_!r} is not issued yet", "missing", "id")
        return entry

    def _makes(self, caller: Caller, entry: Entry) -> bool:
        return self._may_make(caller, entry.asked.region)

    def _may_make(self, caller: Caller, region: str) -> bool:
        if not caller.may("reports") or caller.unit:
            return False
        return sees_region(self._room.base().tree, caller, region) if region else not caller.region

    def _dated(self, entry: Entry, document: Document) -> Document:
        day = self._days.day(entry.issued) if entry.issued else 0
        return msgspec.structs.replace(document, issued=day)

    def _is_open(self, asked: Asked) -> None:
        with self._room.engine.connect() as connection:
            found = store.find(connection, asked)
        if found is not None and found.state != DRAFT:
            raise ReportRefused(f"the report {found.id} of {asked.period} is {found.state} already", "exists", found.id)

    def _not_now(self, entry: Entry, act: str) -> ReportRefused:
        if act in (OPEN, FREEZE) and (found := self._found(entry)):
            return ReportRefused(f"{len(found)} figures do not fit, {found[0]['where']} for one", "faults", "act")
        return ReportRefused(f"a report that is {entry.state} cannot be taken to {act!r} now", "state", "act")

    def _found(self, entry: Entry) -> list[dict[str, str]]:
        """What the last check found."""
        with self._room.engine.connect() as connection:
            return store.faults_of(connection, entry.id)

    def _possible(self, entry: Entry) -> list[str]:
        """Nobody is heard on figures that do not fit, and they are not frozen: a draft is made anew, one whose appeals
        are heard counted anew."""
        if entry.state in (DRAFT, APPEALS) and self._found(entry):
            return [CORRECT] if entry.state == APPEALS else []
        if entry.state == DRAFT:
            return [OPEN] if entry.asked.kind in RANKED and self._room.office().appeal_days else [FREEZE]
        if entry.state == APPEALS:
            return self._heard(entry)
        if entry.state == FROZEN:
            return [ISSUE]
        with self._room.engine.connect() as connection:
            return [] if store.find(connection, entry.asked, entry.id) else [REVISE]

    def _heard(self, entry: Entry) -> list[str]:
        found = book.appeals_of(self._room.engine, entry.id)
        if len(book.corrections(found)) != entry.corrected:
            return [CORRECT]
        waiting = any(one.state == book.LODGED for one in found)
        return [] if waiting or self._room.now() < entry.until else [FREEZE]

    def _opened(self, entry: Entry, actor: Actor) -> Work:
        """Appeals begin at once: nothing about it takes long."""
        until = hearing.end_of_hearing(self._room.base(), self._days, actor.now, self._room.office().appeal_days)
        hearing.begin(self._room.engine, entry, until, actor)
        return Work("", OPEN, entry.asked, actor.caller.name, "done", 1.0, entry.id)

    def _have_done(
        self, act: str, caller: Caller, asked: Asked, address: str, report: str = "", once: bool = False
    ) -> Work:
        def do(tell: Tell) -> str:
            """Clock and cut-off are those of the moment at which the work begins, not of the asking."""
            cut = self._cut() if act == MAKE else None
            job = Job(act, asked, caller, self._room.now(), self._room.real(), address, report, cut, once)
            return self._room.doing(job, tell)

        return self._room.works.ask(act, asked, caller.name, do, report)

    def _cut(self) -> Cut:
        with self._room.engine.connect() as connection:
            return Cut(int(connection.scalar(select(func.max(event.c.seq))) or 0), self._room.now())


def _sees(tree: RegionTree, caller: Caller, entry: Entry, public: bool) -> bool:
    return sees_report(tree, caller, entry, public) or hears_appeals(tree, caller, entry)
