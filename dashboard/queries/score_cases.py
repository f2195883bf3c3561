"""Single cases behind a score: what went wrong with which, what is still open, what was extended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text
from sqlalchemy import case as when

from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import DAY
from dashboard.queries.borders import Borders
from dashboard.store import schema

_case = schema.case.c
_unpack = msgspec.msgpack.Decoder(Case).decode
WAYS = ("late", "overdue", "rework", "reopened")
"""What may have gone wrong with the handling of a case."""
RATED_WITHIN = 366 * DAY
"""How long before the period a case may have been accepted whose bad rating in the period is looked for."""


@dataclass(frozen=True)
class Cohort:
    """Which cases: those that lay in a region when they were accepted, within ``span`` (instants, end excluded)."""

    borders: Borders
    region: str
    span: tuple[int, int]
    unit: str = ""

    def where(self, since: int | None = None) -> list[ColumnElement[bool]]:
        """Conditions on a case; ``since`` reaches further back than the span."""
        first = self.span[0] if since is None else since
        found = [_case.accepted_at >= first, _case.accepted_at < self.span[1], _case.voided_at.is_(None)]
        own = [_case.unit == self.unit] if self.unit else []
        return [*found, self.borders.inside_sql(self.region), *own]


@dataclass
class Trouble:
    """A case with what went wrong (``late overdue rework reopened unsatisfied``).

    ``lateness`` is in ms past the deadline, ``ratings`` its unsatisfied ratings of the period (score -> how many).
    """

    id: str
    ways: list[str] = field(default_factory=list)
    lateness: int = 0
    ever_handled: bool = True
    ever_closed: bool = True
    ratings: dict[int, int] = field(default_factory=dict)


def troubles(connection: Connection, cohort: Cohort, now: int, satisfied_score: int) -> list[Trouble]:
    """Every case that cost its region something in the period, in no order."""
    found = {trouble.id: trouble for trouble in _handling(connection, cohort, now)}
    for case_id, ratings in _unsatisfied(connection, cohort, satisfied_score):
        trouble = found.setdefault(case_id, Trouble(case_id))
        trouble.ways.append("unsatisfied")
        trouble.ratings = ratings
    return list(found.values())


def _overdue(now: int) -> ColumnElement[bool]:
    waiting = and_(_case.handled_at.is_(None), _case.suspended_at.is_(None), _case.closed_at.is_(None))
    return and_(waiting, _case.deadline < now)


def _handling(connection: Connection, cohort: Cohort, now: int) -> Iterator[Trouble]:
    late, overdue = _case.handled_at > _case.deadline, _overdue(now)
    rework, reopened = _case.reworked == 1, and_(_case.reopened == 1, _case.ever_closed == 1)
    flags = [when((flag, 1), else_=0) for flag in (late, overdue, rework, reopened)]
    lateness = func.coalesce(_case.handled_at, now) - func.coalesce(_case.deadline, now)
    query = select(_case.id, lateness, _case.ever_handled, _case.ever_closed, *flags)
    for row in connection.execute(query.where(*cohort.where(), or_(late, overdue, rework, reopened))):
        ways = [way for way, flag in zip(WAYS, row[4:], strict=True) if flag]
        yield Trouble(row[0], ways, max(int(row[1]), 0), bool(row[2]), bool(row[3]))


def _unsatisfied(connection: Connection, cohort: Cohort, satisfied_score: int) -> Iterator[tuple[str, dict[int, int]]]:
    """Ratings are kept by closing, so an earlier one of a reopened case counts beside the last."""
    first, end = cohort.span
    rated = or_(_case.score < satisfied_score, and_(_case.score.is_not(None), _case.reopened == 1))
    query = select(_case.id, _case.fold).where(*cohort.where(first - RATED_WITHIN), rated, _case.last_at >= first)
    for case_id, fold in connection.execute(query):
        bad: dict[int, int] = {}
        for _, at, score in _unpack(fold).ratings:
            if first <= at < end and score < satisfied_score:
                bad[score] = bad.get(score, 0) + 1
        if bad:
            yield case_id, bad


@dataclass(frozen=True)
class Unfinished:
    """``n`` open cases with a deadline that stand alike: ``overdue``, ``in_time`` (not due yet) or ``handled``."""

    state: str
    ever_handled: bool
    ever_closed: bool
    n: int


def unfinished(connection: Connection, cohort: Cohort, now: int) -> list[Unfinished]:
    """Open cases that can still change the score, suspended and limitless ones left out."""
    state: ColumnElement[Any] = when(
        (_case.handled_at.is_not(None), "handled"), (_case.deadline < now, "overdue"), else_="in_time"
    )
    columns = (state, _case.ever_handled, _case.ever_closed)
    moving = or_(_case.handled_at.is_not(None), _case.suspended_at.is_(None))
    conditions = (*cohort.where(), _case.deadline.is_not(None), moving)
    query = select(*columns, func.count()).where(text(schema.OPEN), *conditions)
    rows = connection.execute(query.group_by(*columns))
    return [Unfinished(row[0], bool(row[1]), bool(row[2]), int(row[3])) for row in rows]


def extended_by_region(
    connection: Connection, borders: Borders, level: int, span: tuple[int, int], unit: str = ""
) -> Mapping[str, int]:
    """Cases accepted within ``span`` that were extended, by region code of a level; regions without one are absent."""
    event, epoch = schema.event.c, borders.epoch_sql()
    extended = exists().where(event.case_id == _case.id, event.type == "case.extended")
    within = [_case.accepted_at >= span[0], _case.accepted_at < span[1], _case.voided_at.is_(None)]
    own = [_case.unit == unit] if unit else []
    query = select(_case.region, epoch, func.count()).where(*within, *own, extended).group_by(_case.region, epoch)
    latest, levels, found = borders.tree.latest, borders.tree.level, dict[str, int]()
    for region, number, n in connection.execute(query):
        codes = borders.above(region, number)
        above = next((code for code in codes if levels[latest[code]] == level), None)
        if above is not None:
            found[above] = found.get(above, 0) + int(n)
    return found
