"""The time for appeals: how long it lasts, what those who are judged see of a report, what they may object to."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.regions import RegionTree
from dashboard.domain.work_time import WorkClock
from dashboard.queries.refolding import context_of
from dashboard.reports import appeals as book
from dashboard.reports import store
from dashboard.reports.acting import Actor
from dashboard.reports.appeal_changes import changes, counted
from dashboard.reports.appeals import Appeal, AppealRefused, Grounds
from dashboard.reports.archive import APPEALS, Entry
from dashboard.reports.asking import period_of
from dashboard.reports.document import Annex, Document, Section, Table
from dashboard.reports.facts_view import past_case
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Snapshot
from dashboard.security.caller import Caller
from dashboard.security.scope import lies_in, sees_case
from dashboard.store.engine import writing

CODE = "code"
"""The column of a table that says whose row it is: a region, a unit or a case."""


def end_of_hearing(base: BaseData, days: LocalDays, now: int, work_days: int) -> int:
    """The end of the last of so many work days after today (epoch ms): the day of the beginning does not count."""
    clock, day = WorkClock(days, base.duty_hours, base.workdays), days.day(now)
    for _ in range(work_days):
        day = plus_days(day, 1)
        while not clock.works(day):
            day = plus_days(day, 1)
    return days.start(plus_days(day, 1))


def begin(engine: Engine, entry: Entry, until: int, actor: Actor) -> None:
    """Open a draft for appeals until an instant; of two people the second hears that it is open."""
    with writing(engine) as connection:
        open_ = msgspec.structs.replace(entry, state=APPEALS, until=until)
        if not store.change(connection, open_, entry):
            raise ReportRefused("somebody else has taken this report further", "second", "id")
        actor.note(connection, "report.appeals", entry.id, until=until, hash=entry.hash)


def open_entry(connection: Connection, id_: str) -> Entry:
    """A report whose appeals are heard, as it stands inside a transaction; ``ReportRefused`` where they are not."""
    found = store.entry_of(connection, id_)
    if found is None or found.state != APPEALS:
        raise ReportRefused(f"no appeals are heard about report {id_!r}", "appeals", "id")
    return found


def lodge(
    connection: Connection, entry: Entry, grounds: Grounds, actor: Actor, base: BaseData, days: LocalDays
) -> Appeal:
    """Store an appeal, given inside a transaction of ``writing``. ``ReportRefused`` outside of the time for appeals;
    ``AppealRefused``: ``missing`` also for a case that is not the caller's to appeal against."""
    entry, given = open_entry(connection, entry.id), book.fit(grounds)
    if actor.now >= entry.until:
        raise ReportRefused("the time for appeals is over", "late", "id")
    case = past_case(connection, given.case, context_of(base, days), entry.cut.seq)
    if case is None or not book.may_lodge(base.tree, actor.caller, case.region, case.unit):
        raise AppealRefused("missing")
    if not lies_in(base.tree, entry.asked.region, case.region):
        raise AppealRefused("missing")
    counts = changes(given.change, counted(case, days, period_of(entry.asked), entry.cut.time))
    told = Appeal(
        "", entry.id, given.case, case.region, case.unit, given.change, counts, given.reason, given.evidence,
        actor.caller.name, actor.caller.role, actor.now,
    )  # fmt: skip
    return book.lodge(connection, told, actor)


def own_part(document: Document, snapshot: Snapshot, tree: RegionTree, caller: Caller) -> Document:
    """What of a report that is not issued yet those may see who are heard on it: its head and their own rows."""
    lines = (line for listed in snapshot.lists.values() for line in listed)
    cases = {line.id for line in lines if sees_case(tree, caller, line.region, line.unit)}

    def mine(code: str) -> bool:
        return code in cases or (code == caller.unit if caller.unit else _known_inside(tree, caller, code))

    sections = [_cut(section, mine) for section in document.sections]
    annexes = [_cut(annex, mine) for annex in document.annexes]
    return msgspec.structs.replace(
        document, opening=[], sections=[one for one in sections if one.blocks],
        annexes=[one for one in annexes if one.blocks],
    )  # fmt: skip


def _known_inside(tree: RegionTree, caller: Caller, code: str) -> bool:
    return tree.node(code) is not None and lies_in(tree, caller.region, code)


Part = TypeVar("Part", Section, Annex)


def _cut(part: Part, mine: Callable[[str], bool]) -> Part:
    """A part with nothing but the tables' own rows; texts and charts are about all."""
    tables = [_own_rows(block, mine) for block in part.blocks if isinstance(block, Table)]
    return msgspec.structs.replace(part, blocks=[table for table in tables if table.rows])


def _own_rows(table: Table, mine: Callable[[str], bool]) -> Table:
    place = next((n for n, column in enumerate(table.columns) if column.key == CODE), None)
    rows = [] if place is None else [row for row in table.rows if mine(str(row[place]))]
    return msgspec.structs.replace(table, rows=rows)
