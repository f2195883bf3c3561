"""Every question as one caller may ask it: the only way from pages, exports and searches to what is stored."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import msgspec
from sqlalchemy import Engine

from dashboard.base_data.layers import LayerLine
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.extract import Extract
from dashboard.queries.answers import AsOf, Kpis, WorkerRecord
from dashboard.queries.case_answers import CaseView
from dashboard.queries.case_lines import finds_titles, line_for, lines_for
from dashboard.queries.case_views import CaseViews
from dashboard.queries.drill import Drill
from dashboard.queries.drill_answers import MOST_HITS, Breakdown, CaseLines, Children, Compared, Hit
from dashboard.queries.queries import Queries
from dashboard.queries.score_answers import Explanation, League
from dashboard.queries.scores import Scores
from dashboard.queries.selection import Selection
from dashboard.queries.worker_answers import WorkerDay
from dashboard.queries.worker_days import Person, WorkerDays
from dashboard.queries.worker_looks import Look, granted
from dashboard.security.caller import Caller
from dashboard.security.masking import mask_name
from dashboard.security.scope import OutOfScope, bounded, sees_region

ON_DUTY = ("moving", "still", "silent")


@dataclass(frozen=True)
class Parts:
    """What answers, unscoped or given the caller; one set for a process.

    ``now`` is the clock of the data directory, ``wall_clock`` real time (epoch ms), ``states`` the presence of every
    worker in slot order, empty before the first frame.
    """

    engine: Engine

    base: Callable[[], BaseData]
    settings: Settings
    now: Callable[[], int]
    wall_clock: Callable[[], int]
    layers: Callable[[str], Sequence[LayerLine]]
    states: Callable[[], Sequence[str]]
    queries: Queries
    drill: Drill
    extract: Extract
    cases: CaseViews
    workers: WorkerDays
    scores: Scores


class Desk:
    """Bounds a question to the caller's region and unit, then asks.

    Every method raises ``security.scope.UnknownRegion`` or ``OutOfScope`` for a region, ``queries.errors.Refused`` for
    a bad period, ``OutOfScope`` where the caller lacks the right.
    """

    def __init__(self, caller: Caller, parts: Parts) -> None:
        self.caller, self._parts = caller, parts

    @property
    def settings(self) -> Settings:
        """What the office decided: targets, rules, zone."""
        return self._parts.settings

    def now(self) -> int:
        """The present of the data directory, epoch ms."""
        return self._parts.now()

    def wall_clock(self) -> int:
        """Real time, by which looks are granted and written down, epoch ms."""
        return self._parts.wall_clock()

    def as_of(self) -> AsOf:
        """The present cut-off."""
        return self._parts.queries.as_of()

    def one_moment(self) -> AbstractContextManager[None]:
        """What is asked inside by this thread stands side by side: it is of one moment."""
        return self._parts.drill.one_moment()

    def channels(self) -> list[str]:
        """Keys of the ways in that cases have come by; the same for everybody."""
        return self._parts.extract.channels

    def layers(self, region: str = "") -> list[LayerLine]:
        """Map layers of which something lies in a region."""
        return [line for line in self._parts.layers(self.region(region)) if line.count]

    def way(self, region: str, english: bool = False) -> list[tuple[str, str]]:
        """(code, name) from the top of what the caller may see down to a region."""
        tree = self.base.tree
        chain = [tree.regions[node] for node in reversed(tree.chain(tree.latest[region]))]
        return [(one.code, one.called(english)) for one in chain if sees_region(tree, self.caller, one.code)]

    @property
    def base(self) -> BaseData:
        """Base data in force: names of regions, categories, units. Nothing in it is personal but the workers."""
        return self._parts.base()

    def region(self, asked: str = "") -> str:
        """The region to answer for; the caller's own where none is asked for."""
        self._needs("read")
        return bounded(self.base.tree, self.caller, asked)

    def running_month(self) -> str:
        """The month of the present."""
        return self._parts.queries.running_month()

    def kpis(self, selection: Selection) -> Kpis:
        """All indicators."""
        return self._parts.drill.kpis(self._own(selection))

    def compared(self, selection: Selection) -> list[Compared]:
        """The indicators beside earlier periods."""
        return self._parts.drill.compared(self._own(selection))

    def children(self, selection: Selection) -> Children:
        """All indicators of the regions directly below."""
        return self._parts.drill.children(self._own(selection))

    def breakdown(self, selection: Selection) -> Breakdown:
        """How the cases came in, where they stand, how long they took."""
        return self._parts.drill.breakdown(self._own(selection))

    def case_lines(
        self, selection: Selection, sort: str = "", cursor: str = "", limit: int = 50, q: str = ""
    ) -> CaseLines:
        """A page of cases."""
        titles = finds_titles(self.caller, q)
        found = self._parts.drill.case_lines(self._own(selection), "", sort, cursor, limit, q, titles)
        return msgspec.structs.replace(found, rows=lines_for(self.caller, found.rows))

    def search(self, q: str, limit: int = MOST_HITS) -> list[Hit]:
        """Regions, cases and workers by their names."""
        self._needs("read")
        return self._parts.drill.search(q, self.caller, limit)

    def case(self, case_id: str) -> CaseView | None:
        """One case with its record; None also where the caller may not know that it exists."""
        self._needs("read")
        return self._parts.cases.view(case_id, self.caller)

    def workers(self, region: str = "") -> list[WorkerRecord]:
        """Workers of a region with their presence; names masked for those who may not read them."""
        self._whole()
        code = self.region(region)
        tree, people, states = self.base.tree, self.base.workers, self._parts.states()
        node = tree.latest[code]
        first = people.inside(tree, node).start
        found = self._parts.queries.workers(code).workers
        return [
            msgspec.structs.replace(
                worker,
                name=worker.name if self.caller.may("personal") else mask_name(worker.name),
                state=states[slot] if slot < len(states) else None,
            )
            for slot, worker in enumerate(found, first)
        ]

    def on_duty(self, region: str = "", limit: int = 0) -> list[WorkerRecord]:
        """Workers of a region who should be at work, moving ones first, then still and silent ones; 0 = no limit."""
        present = [worker for worker in self.workers(region) if worker.state in ON_DUTY]
        present.sort(key=lambda worker: (ON_DUTY.index(worker.state or ""), worker.id))
        return present[:limit] if limit else present

    def person(self, worker: str) -> Person:
        """Who a worker is, without any position."""
        self._needs("tracks")
        return self._parts.workers.person(worker, self.caller)

    def look(self, worker: str) -> Look | None:
        """The purpose under which the caller may look at a worker's days now; None where one must be given."""
        self._needs("tracks")
        return granted(self._parts.engine, self.caller, worker, self._parts.wall_clock())

    def worker_day(self, worker: str, date: str, purpose: str) -> WorkerDay:
        """One worker's day; the look is written to the audit log first."""
        self._needs("tracks")
        return self._parts.workers.day(worker, date, self.caller, purpose)

    def league(self, level: str = "", period: str = "", under: str = "", model: str = "", age: int = 0) -> League:
        """Units of a level in order, among those the caller may see; up to ``age`` ms old."""
        self._whole()
        return self._parts.scores.league(level, period, self.region(under), model, self.caller, age)

    def explain(self, region: str, period: str = "", model: str = "") -> Explanation:
        """Why a unit has its score."""
        self._whole()
        found = self._parts.scores.explain(self.region(region), period, model, self.caller)
        cases = [msgspec.structs.replace(one, case=line_for(self.caller, one.case)) for one in found.cases]
        return msgspec.structs.replace(found, cases=cases)

    def _own(self, selection: Selection) -> Selection:
        unit = self.caller.unit or selection.unit
        if self.caller.unit and selection.unit not in ("", self.caller.unit):
            raise OutOfScope(f"{self.caller.name} sees the cases of its own unit only", "unit")
        period = selection.period or self.running_month()
        return msgspec.structs.replace(selection, region=self.region(selection.region), period=period, unit=unit)

    def _whole(self) -> None:
        """What counts the cases of all handling units is closed to callers who see those of their own."""
        if self.caller.unit:
            raise OutOfScope(f"{self.caller.name} sees cases of unit {self.caller.unit}, not figures of all", "unit")

    def _needs(self, right: str) -> None:
        if not self.caller.may(right):
            raise OutOfScope(f"{self.caller.name} lacks the right {right}", "right")
