import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.events import CaseEvent
from dashboard.domain.periods import LocalDays, parse_period
from dashboard.queries.borders import Borders
from dashboard.queries.cases import CaseFilters
from dashboard.queries.counting import held
from dashboard.queries.kept import Kept
from dashboard.queries.kpis import Rules, stored, stored_below, stored_cohort
from dashboard.queries.open_stock import FEW
from dashboard.queries.queries import Queries
from dashboard.queries.refolding import Refolded, add_up, counted_cases, past_cases
from dashboard.store.clock_tables import Moment
from dashboard.store.schema import STOCKS
from tests.check.cities import REGIONS, SETTINGS, City, city, raws
from tests.domain.happenings import at, event, streams

NOW = at(20_000)
PERIODS = ("2026-10", "2026-Q4", "2026", "2026-10-14", "2026-10-13..2026-10-20", "2026-09", "2026-10..2026-11")


def queries_of(town: City) -> Queries:
    return Queries(town.store, lambda: town.base, SETTINGS, town.clock.now)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(10), min_size=1, max_size=4), st.integers(0, 25_000), st.sampled_from([0, FEW]))
def test_stored_figures_are_those_of_folding_everything_again(
    told: Sequence[list[CaseEvent]], minute: int, few: int
) -> None:
    """Open cases counted by SQL, and, as in regions with more parts than ``few``, from columns."""
    days, rules = LocalDays(), Rules(120, 2)
    with (
        tempfile.TemporaryDirectory() as directory,
        city(Path(directory), at(40_000)) as town,
        patch("dashboard.queries.open_stock.FEW", few),
    ):
        town.send(raw for number, stream in enumerate(told) for raw in raws(number, stream))
        borders = Borders(town.base.tree, days)
        remembered = Kept.within(town.base.tree, days)
        with town.store.read() as connection:
            for region in {region.code: region for region in REGIONS}.values():
                folded = past_cases(connection, town.base, borders, region.code, town.store.last_seq(connection))
                counted = list(counted_cases(connection, borders, region.code))
                for period in map(parse_period, PERIODS):
                    kept = add_up(counted, days, period, at(minute), rules.due_soon)
                    want = add_up(folded, days, period, at(minute), rules.due_soon)
                    assert _plain(kept) == _plain(want), (region.code, period)
                    if held(period, region.level):
                        have = stored(connection, remembered, region.code, period, at(minute), rules)
                        assert _plain(have) == _plain(want), (region.code, period)
                        late = stored_cohort(connection, remembered, region.code, period, at(minute), rules)
                        assert late.counts["overdue_cohort"] == want.cohort_overdue
                        below = stored_below(connection, remembered, [region.code], period, at(minute), rules)
                        assert below.get(region.code, Refolded()).stock == want.stock


def _plain(known: Refolded) -> dict[str, object]:
    return vars(known) | {"counts": known.counts.tolist()}


def test_columns_of_open_cases_follow_the_events(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town, patch("dashboard.queries.open_stock.FEW", 0):
        queries = queries_of(town)
        assert overdue(queries, "d1") == 0
        town.send(raws(1, [event("accepted", 0, category="natural")]))
        assert overdue(queries, "d1") == 1
        town.send(raws(1, [event("closed", 30)]))
        assert overdue(queries, "d1") == 0


def overdue(queries: Queries, region: str) -> object:
    return {f.key: f.value for f in queries.kpis(region, "2026-10").figures}["overdue_open"]


def test_figures_of_any_level_and_part_of_a_month(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0, category="natural"), event("closed", 30)]))
        town.send(raws(2, [event("accepted", 1440, category="natural")]))
        queries = queries_of(town)
        for region in ("c", "d1", "s1", "m1", "r1"):
            day = queries.kpis(region, "2026-10-12")
            figures = {figure.key: figure for figure in day.figures}
            assert (figures["accepted"].value, figures["closed"].value) == (1, 1)
            assert (figures["due_to_close"].value, figures["on_time_rate"].value) == (1, 1.0)
            assert figures["handling_hours"].value == pytest.approx(0.5, rel=0.01)
            assert figures["overdue_open"].value == 1


def test_the_equation_carries_over(tmp_path: Path) -> None:
    with city(tmp_path, at(60_000)) as town:
        town.send(raws(1, [event("accepted", 0), event("closed", 30_000)]))
        town.send(raws(2, [event("accepted", 10), event("cancelled", 31_000)]))
        town.send(raws(3, [event("accepted", 29_000)]))
        october, november = (queries_of(town).kpis("c", month).equation for month in ("2026-10", "2026-11"))
    assert msgspec.structs.astuple(october) == (0, 2, 0, 0, 0, 2)
    assert msgspec.structs.astuple(november) == (2, 1, 0, 1, 1, 1)
    assert october.holds and november.holds


def test_a_past_cut_off_knows_nothing_of_what_came_later(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0, category="natural")]))
        town.send(raws(1, [event("closed", 30)]))
        queries = queries_of(town)
        then, now = queries.kpis("c", "2026-10", "1"), queries.kpis("c", "2026-10")
        morning = queries.kpis("c", "2026-10", "1@2026-10-12T09:00:00+08:00")
    assert (then.equation.open, now.equation.open) == (1, 0)
    assert (then.as_of.seq, then.as_of.time) == (1, NOW)
    assert {f.key: f.value for f in then.figures}["overdue_open"] == 1
    assert {f.key: f.value for f in morning.figures}["overdue_open"] == 0


def test_a_border_that_moved_leaves_old_cases_where_they_were(tmp_path: Path) -> None:
    before, after = 0, 5 * 1440
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", before, category="natural")]))
        town.send(raws(2, [event("accepted", after, category="natural")]))
        queries = queries_of(town)
        found = {code: queries.kpis(code, "2026-10").figures for code in ("s1", "s2", "d1", "c")}
        listed = {code: [case.id for case in queries.cases(CaseFilters(code)).cases] for code in ("s1", "s2")}
    late = {code: {f.key: f.value for f in figures}["overdue_open"] for code, figures in found.items()}
    assert late == {"s1": 1, "s2": 1, "d1": 1, "c": 2}
    assert listed == {"s1": ["C1"], "s2": ["C2"]}


def test_without_a_live_state_presence_is_that_of_the_newest_moment(tmp_path: Path) -> None:
    codes = ("c", "d1")
    counts = np.arange(2 * len(STOCKS), dtype=np.int32).reshape(2, -1)
    with city(tmp_path, NOW) as town:
        with town.store.write() as connection:
            town.store.put_moment(connection, Moment(NOW - 60_000, 1, codes, counts))
        queries = queries_of(town)
        found = {code: {f.key: f.value for f in queries.kpis(code, "2026-10").figures} for code in ("c", "d1", "s1")}
        town.clock.tell(NOW + 3_600_000)
        later = {f.key: f.value for f in queries.kpis("c", "2026-10").figures}
    moving, still = STOCKS.index("moving"), STOCKS.index("still")
    assert found["d1"]["workers_online"] == counts[1, moving] + counts[1, still]
    assert found["s1"]["workers_online"] is None
    assert later["workers_online"] is None


def test_presence_is_taken_from_the_live_state(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        queries = Queries(
            town.store,
            lambda: town.base,
            SETTINGS,
            town.clock.now,
            presence={"c": {"moving": 3, "still": 4, "silent": 1}}.get,
        )
        known, unknown = queries.kpis("c", "2026-10"), queries.kpis("d1", "2026-10")
    assert {f.key: f.value for f in known.figures}["workers_online"] == 7
    assert {f.key: f.value for f in unknown.figures}["workers_online"] is None


def test_ranking_orders_units_and_keeps_small_ones_below_the_line(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        for number in range(40):
            late = 30 if number else 700
            town.send(raws(number, [event("accepted", 0, region="r2", category="natural"), event("closed", late)]))
        town.send(raws(99, [event("accepted", 0, category="natural")]))
        found = queries_of(town).ranking("street", "2026-10")
        part = queries_of(town).ranking("grid", "2026-10-12")
    assert [(row.rank, row.code, row.due_to_close, row.overdue) for row in found.rows] == [
        (1, "s2", 40, 0),
        (None, "s1", 1, 1),
    ]
    assert found.rows[0].on_time_rate == 39 / 40
    assert [(row.rank, row.code, row.due_to_close) for row in part.rows] == [(1, "r2", 40), (None, "r1", 1)]
