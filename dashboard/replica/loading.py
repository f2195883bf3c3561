"""The state of a fresh process: everything the store holds of the present."""

from collections.abc import Sequence
from math import isfinite

from dashboard.base_data.loading import read_metrics
from dashboard.base_data.rows import MetricRow
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.periods import first_day, last_day, plus_days, plus_months
from dashboard.replica.history import day_end_counts
from dashboard.replica.reads import cases_passed_since, recent_steps
from dashboard.replica.state import MOMENT_WINDOW, SPARK_DAYS, Metrics, State
from dashboard.replica.watched import STEPS, Watched
from dashboard.store.store import Store

_LAST_TICK = "tick"


def last_tick(store: Store) -> int:
    """When the clock last ticked (epoch ms); 0 in a new data directory."""
    return int(store.get_state(_LAST_TICK) or 0)


def load_state(store: Store, base: BaseData, settings: Settings, time: int) -> State:
    """The state at ``store.last_seq()`` as of ``time`` (epoch ms) under base data.

    What is committed while it reads may be in it already; the feed brings it once more, which changes nothing.
    """
    seq = store.last_seq()
    state = State(base, settings, seq, time, latest_metrics(store))
    state.tallies.put(store.tallies(_periods(state)))
    state.open.put(store.open_cases())
    state.passages.put(cases_passed_since(store, state.days.start(state.yesterday)))
    load_day_ends(state, store)
    load_moments(state, store)
    return state


def _periods(state: State) -> list[int]:
    """Running months and days; the next ones too, where events run ahead of the clock by a little."""
    days = [plus_days(state.today, back) for back in range(-SPARK_DAYS, 2)]
    return [state.last_month, state.month, plus_months(state.month, 1), *days]


def latest_metrics(store: Store) -> Metrics:
    """The newest figure of each metric, by region."""
    latest: dict[str, dict[str, MetricRow]] = {}
    for row in filter(lambda row: isfinite(row.value), read_metrics(store.engine)):
        latest.setdefault(row.region, {})[row.metric] = row
    return latest


def load_day_ends(state: State, store: Store) -> None:
    """Read the midnights that comparisons need and that are not known yet."""
    for day in state.compared_days():
        if day not in state.day_ends:
            counts = day_end_counts(day, store.day_end(day), state.base.tree)
            if counts is not None:
                state.day_ends[day] = counts


def load_moments(state: State, store: Store) -> None:
    """Read the moments written since the newest known one."""
    first = state.time - MOMENT_WINDOW if state.moments.last is None else state.moments.last + 1
    state.moments.add(store.moments(first, state.time))


def load_watched(state: State, store: Store, code: str) -> Watched:
    """The newest steps and the inflow of two months of one region (empty code: everything)."""
    tree = state.base.tree
    node = tree.latest.get(code, 0)
    inside: Sequence[str] = [region.code for region in tree.regions[tree.inside(node)]] if len(tree) else []
    watched = Watched(code, None if node == 0 else frozenset(inside))
    watched.add_steps(recent_steps(store, None if node == 0 else inside, STEPS))
    first, last = first_day(state.last_month), last_day(state.month)
    watched.put_inflow(store.inflow(first, last, [code]))
    return watched
