"""What the region page is drawn from: answers of a desk, and what the page must know to name and judge them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.config import Targets
from dashboard.queries.answers import Figure, Kpis, WorkerRecord
from dashboard.queries.drill_answers import Breakdown, CaseLine, CaseLines, Children, Compared
from dashboard.queries.score_answers import League, LeagueRow
from layouts.parts.filters import Choices


@dataclass(frozen=True)
class RegionView:
    """Answers for one region, period and filters, as one caller may see them.

    ``breakdown`` None: the columnar extract is being prepared, ``prepared`` is how far (0..1). ``league`` ranks the
    children of the region; ``peers`` holds the region itself among its like, None where the caller may not see them.
    ``crumbs`` are (code, name) from the caller's top to the region. ``layers`` are (name, label) of map layers.
    ``counts`` are (level, number of regions below), ``workers`` the grid workers assigned to the region.
    ``places`` says where the regions of the workers on duty lie. ``lines`` are cases of the selection, open ones where
    it names no state, ``supervised`` the first open ones under supervision. ``now`` is epoch ms, ``zone`` the
    configured time zone.
    ``live``: the figures are those of the running period without filters, which the browser code keeps current.
    """

    kpis: Kpis
    compared: Sequence[Compared]
    children: Children
    breakdown: Breakdown | None
    lines: CaseLines
    league: League | None
    on_duty: Sequence[WorkerRecord]
    choices: Choices
    crumbs: Sequence[tuple[str, str]]
    layers: Sequence[tuple[str, str]]
    now: int
    zone: str
    live: bool
    targets: Targets = field(default_factory=Targets)
    prepared: float | None = None
    peers: League | None = None
    counts: Sequence[tuple[str, int]] = ()
    supervised: Sequence[CaseLine] = ()
    workers: int | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    def figure(self, key: str) -> Figure | None:
        """An indicator of the region by its key."""
        return next((figure for figure in self.kpis.figures if figure.key == key), None)

    def value(self, key: str) -> float | None:
        """An indicator's value, None where it is not known."""
        found = self.figure(key)
        return None if found is None else found.value

    def change(self, key: str, kind: str) -> Compared | None:
        """An indicator beside an earlier period: ``kind`` is ``before`` or ``year``."""
        return next((one for one in self.compared if one.key == key and one.kind == kind), None)

    def present(self, state: str) -> int | None:
        """Workers on duty who are ``moving``, ``still`` or ``silent``; filters do not reach workers."""
        known = self.value(state)
        if known is not None:
            return int(known)
        return sum(worker.state == state for worker in self.on_duty) if self.on_duty else None

    @property
    def standing(self) -> LeagueRow | None:
        """The region's own line among its like."""
        rows = self.peers.rows if self.peers is not None else []
        return next((row for row in rows if row.place.code == self.kpis.region.code), None)
