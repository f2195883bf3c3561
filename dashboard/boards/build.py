"""The board of a scope, as ``docs/board.md`` describes it. A new panel is one file and one line here."""

from collections.abc import Callable
from typing import Any

from dashboard.boards.districts import districts
from dashboard.boards.events import events
from dashboard.boards.map import map_
from dashboard.boards.meta import meta
from dashboard.boards.overdue import overdue
from dashboard.boards.patch import Board
from dashboard.boards.rankings import ranking
from dashboard.boards.scope import Scope, scope_of
from dashboard.boards.sources import sources
from dashboard.boards.stock import stock
from dashboard.boards.ticker import ticker
from dashboard.boards.tiles import tiles
from dashboard.replica.replica import Replica

PANELS: tuple[tuple[str, Callable[[Scope], Any]], ...] = (
    ("meta", meta),
    ("tiles", tiles),
    ("ranking", ranking),
    ("districts", districts),
    ("overdue", overdue),
    ("ticker", ticker),
    ("events", events),
    ("stock", stock),
    ("map", map_),
    ("sources", sources),
)


def build(replica: Replica, region: str) -> Board:
    """The board of a region code (empty: the whole city) as of one moment; ``UnknownRegion`` where there is none.

    Plain JSON: str keys, and nothing of it is changed later, so that it can be kept and compared.
    """
    with replica.reading() as state:
        scope = scope_of(state, region)
        replica.watch(scope.code)
        return {key: panel(scope) for key, panel in PANELS}
