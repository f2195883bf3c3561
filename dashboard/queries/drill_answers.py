"""Records of the drill-down: what the region page shows beside the indicators. Instants are epoch ms UTC."""

import msgspec

from dashboard.queries.answers import AsOf, Figure, Place


class Passed(msgspec.Struct, frozen=True):
    """One step of the stage funnel: how many cases of the cohort have reached it (``accepted dispatched handled
    closed rated``)."""

    stage: str
    n: int


class StageTime(msgspec.Struct, frozen=True):
    """Clock time a stage took in minutes, over the ``n`` cases of the cohort that went through it; None for none.

    ``stage``: ``accepting`` (reported to accepted), ``dispatching`` (to dispatched), ``handling`` (to handled),
    ``checking`` (to closed).
    """

    stage: str
    n: int
    median: float | None
    p90: float | None


class LevelFunnel(msgspec.Struct, frozen=True):
    """Escalation by level: ``here`` cases of the cohort were never reported above ``level`` and ``handled`` of them are
    handled; ``reached`` came to the level or began there. 就地办结率 of a level = ``handled`` / ``reached``."""

    level: str
    reached: int
    here: int
    handled: int


class Bar(msgspec.Struct, frozen=True):
    """A number by a key: a category, a channel, ``00``..``23``, a weekday ``1``..``7``. Empty key: not told."""

    key: str
    name: str
    name_en: str
    n: int


class TrendPoint(msgspec.Struct, frozen=True):
    """One local day (or month, ``YYYYMM``) of acceptance: cohort counts as they stand now; ``pending`` cases wait with
    time left, so that the rate of the others is not the last word."""

    day: int
    accepted: int
    closed: int
    due: int
    on_time: int
    pending: int = 0


class Breakdown(msgspec.Struct, frozen=True):
    """How the cases accepted in the period came in, where they stand and how long they took.

    ``heat`` has 7 rows (Monday first) of 24 counts by local hour of acceptance. ``live`` is false where the figures
    are as of ``as_of`` and a live tile may already be ahead of them.
    """

    as_of: AsOf
    funnel: list[Passed]
    times: list[StageTime]
    levels: list[LevelFunnel]
    channels: list[Bar]
    categories: list[Bar]
    hours: list[Bar]
    weekdays: list[Bar]
    heat: list[list[int]]
    trend: list[TrendPoint]


class Compared(msgspec.Struct, frozen=True):
    """An indicator beside an earlier period at equal age. ``now`` and ``then`` are values, None where unknown.

    ``points`` is true for rates: their difference is in 百分点. ``kind`` is ``before`` (环比) or ``year`` (同比).
    """

    key: str
    kind: str
    period: str
    now: float | None
    then: float | None
    points: bool


class ChildRow(msgspec.Struct, frozen=True):
    """All figures of one region directly below the selected one."""

    place: Place
    figures: list[Figure]

    def value(self, key: str) -> float | None:
        """An indicator's value by its key."""
        return next((figure.value for figure in self.figures if figure.key == key), None)


class Children(msgspec.Struct, frozen=True):
    """Regions directly below the selected one, in tree order."""

    level: str
    as_of: AsOf
    rows: list[ChildRow]


class CaseLine(msgspec.Struct, frozen=True):
    """One case of a list, with names instead of codes where they are known. Personal data stands in it only where
    citizens wrote it into the title (``case_lines.lines_for``).

    ``stage`` is ``domain.case.Stage``; ``places`` are region names from street to leaf. English names stand in the last
    three fields, the Chinese ones where there are none.
    """

    id: str
    title: str
    state: str
    stage: int
    region: str
    places: list[str]
    category: str
    category_name: str
    channel: str
    unit: str
    unit_name: str
    accepted_at: int | None
    handled_at: int | None
    closed_at: int | None
    deadline: int | None
    overdue: bool
    suspended: bool
    supervised: bool
    score: int | None
    places_en: list[str] = []
    category_en: str = ""
    unit_en: str = ""


class CaseLines(msgspec.Struct, frozen=True):
    """A page of cases; ``total`` counts the whole list, ``next`` is the cursor of the following page or None."""

    rows: list[CaseLine]
    total: int
    next: str | None
    as_of: AsOf


MOST_HITS = 12
"""What a search finds at once."""
TOLD_EVENTS = 200_000
"""Events in which addresses, phones and names of citizens are looked for, the newest ones: a third of a second on a
laptop's disk; older cases are found by title and id."""


class Hit(msgspec.Struct, frozen=True):
    """Something found by its name: ``kind`` is ``region``, ``case`` or ``worker`` (masked as the caller may see
    them)."""

    kind: str
    id: str
    title: str
    note: str
