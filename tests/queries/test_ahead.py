"""Months counted ahead."""

import logging
from pathlib import Path
from threading import Event
from unittest.mock import patch

import pytest
from sqlalchemy.exc import OperationalError

from dashboard.queries.ahead import LookAhead
from dashboard.queries.drill import Drill
from dashboard.queries.selection import Selection
from tests.check.cities import raws
from tests.domain.happenings import at, event
from tests.queries.drilling import Drilled, drilled

NOW = at(20_000)


def ahead(town: Drilled) -> LookAhead:
    return LookAhead(town.extract, town.queries, lambda: town.town.base)


def test_what_was_counted_ahead_is_what_would_be_counted_then(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as town, patch("dashboard.queries.ahead.BETWEEN", 0):
        town.send(raws(1, [event("accepted", 0), event("closed", 30), event("rated", 40, score=4)]))
        town.sync()
        plain = [answers(town.drill, region) for region in ("c", "d1", "s1")]
        ahead(town).run(Event())
        with patch("dashboard.queries.cohort_sums._passed", side_effect=AssertionError("counted again")):
            town.drill.breakdown(Selection("d1", "2026-10"))
        assert [answers(town.drill, region) for region in ("c", "d1", "s1")] == plain
        town.send(raws(2, [event("accepted", 10)]))
        town.sync()
        assert town.drill.breakdown(Selection("c", "2026")).funnel[0].n == 2


def test_a_database_that_is_away_costs_only_what_was_to_be_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = OperationalError("select", {}, Exception("gone"))
    with drilled(tmp_path, NOW) as town, patch("dashboard.queries.ahead.BETWEEN", 0):
        town.send(raws(1, [event("accepted", 0)]))
        town.sync()
        with patch.object(town.queries, "handling_ahead", side_effect=away), caplog.at_level(logging.WARNING):
            ahead(town).run(Event())
        with patch("dashboard.queries.cohort_sums._passed", side_effect=AssertionError("counted again")):
            town.drill.breakdown(Selection("c", "2026-10"))
    assert "month 202610 was not counted ahead" in caplog.text


def answers(drill: Drill, region: str) -> tuple[object, ...]:
    asked = Selection(region, "2026")
    return drill.kpis(asked).figures, drill.compared(asked), drill.children(asked).rows, drill.breakdown(asked)
