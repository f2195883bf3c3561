"""A region view with the figures of the design's district, for tests of the page and for looking at it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.domain.indicators import INDICATORS
from dashboard.queries.answers import AsOf, Equation, Figure, Kpis, Place, WorkerRecord
from dashboard.queries.drill_answers import (
    Bar,
    Breakdown,
    CaseLine,
    CaseLines,
    Children,
    ChildRow,
    Compared,
    LevelFunnel,
    Passed,
    StageTime,
    TrendPoint,
)
from dashboard.queries.score_answers import League, LeagueRow, ModelInfo
from layouts.pages.region import Choices, RegionView

ZONE = "Asia/Shanghai"
NOW = int(datetime(2026, 10, 20, 17, 52, 8, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
AS_OF = AsOf(1_234_567, NOW)
HERE = Place("430201", "雁湖区", "Yanhu", "district", "4302")
STREETS = [
    Place(f"43020100{n}", name, "", "street", "430201") for n, name in enumerate(("雁东镇", "滨湖街道", "站前街道"))
]
SHARES = {
    "on_time_rate": (2102, 2122),
    "closure_rate": (2117, 2122),
    "closed_share": (2117, 2120),
    "satisfaction": (1448, 1457),
    "rework_rate": (31, 2117),
    "reopen_rate": (3, 2117),
}
COUNTS = {
    "accepted": 2120,
    "closed": 2117,
    "open": 31,
    "overdue_open": 5,
    "due_soon": 10,
    "supervised": 1,
    "suspended": 2,
    "workers_online": 813,
    "moving": 408,
    "still": 405,
    "silent": 20,
}


def figures(**known: float | None) -> list[Figure]:
    """Every indicator of the district; ``known`` replaces values, None makes one unknown."""
    return [_figure(one, known) for one in INDICATORS]


def _figure(one: Any, known: dict[str, float | None]) -> Figure:
    n, d = SHARES.get(one.key, (None, None))
    value = n / d if n is not None and d else COUNTS.get(one.key, 1.5 if one.unit == "hours" else 3)
    value = known.get(one.key, value)
    counted = n if one.unit == "share" else None if one.unit == "hours" else value
    return Figure(one.key, one.zh, one.en, one.basis, one.unit, one.version, value, counted, d)


def case(number: int, **known: Any) -> CaseLine:
    line = CaseLine(
        f"YH20261017-{number:04d}",
        "楼道飞线充电隐患",
        "open",
        2,
        "430201002001",
        ["站前街道", "站北社区"],
        "05",
        "安全隐患",
        "patrol",
        "u1",
        "区消防救援大队",
        NOW - 86_400_000,
        None,
        None,
        NOW - 3_600_000,
        True,
        False,
        True,
        None,
    )
    return CaseLine(**({name: getattr(line, name) for name in CaseLine.__struct_fields__} | known))


MODEL = ModelInfo("outcomes", "1", "办理结果", "Outcomes")


def row(place: Place, rank: int | None, **known: Any) -> LeagueRow:
    line = LeagueRow(
        place, None, rank, False, False, "", None, None, 1, 90.18, 2122, 0.99, 0.99, 0.01, 0.0, 0.99, 1457, 2
    )
    return LeagueRow(**({name: getattr(line, name) for name in LeagueRow.__struct_fields__} | known))


def league(level: str, rows: list[LeagueRow]) -> League:
    return League(level, "2026-10", "4302", MODEL, [MODEL], 30, 100, 89.5, AS_OF, rows)


BREAKDOWN = Breakdown(
    AS_OF,
    [
        Passed("accepted", 2120),
        Passed("dispatched", 2116),
        Passed("handled", 2117),
        Passed("closed", 2089),
        Passed("rated", 1457),
    ],
    [
        StageTime("accepting", 2120, 3.0, 18.0),
        StageTime("handling", 2117, 190.0, 1310.0),
        StageTime("checking", 0, None, None),
    ],
    [LevelFunnel("grid", 1520, 1203, 1201), LevelFunnel("district", 0, 0, 0)],
    [Bar("patrol", "", "", 1204), Bar("hotline", "", "", 511), Bar("", "", "", 12)],
    [Bar("01", "市容环境", "City appearance", 640), Bar("02", "街面秩序", "Street order", 498)],
    [Bar(f"{hour:02d}", "", "", hour) for hour in range(24)],
    [Bar(str(day), "", "", 100 + day) for day in range(1, 8)],
    [[day * hour for hour in range(24)] for day in range(7)],
    [TrendPoint(20261001, 90, 88, 90, 89), TrendPoint(20261002, 4, 0, 0, 0)],
)

VIEW = RegionView(
    kpis=Kpis(HERE, "2026-10", 20261001, 20261020, AS_OF, figures(), {}, Equation(28, 2120, 3, 2117, 3, 31)),
    compared=[
        Compared("on_time_rate", "before", "2026-09", 0.99057, 0.9931, True),
        Compared("accepted", "before", "2026-09", 2120, 2033, False),
        Compared("on_time_rate", "year", "2025-10", 0.99057, None, True),
    ],
    children=Children("street", AS_OF, [ChildRow(place, figures(open=float(n))) for n, place in enumerate(STREETS)]),
    breakdown=BREAKDOWN,
    lines=CaseLines([case(1), case(2, supervised=False)], 31, None, AS_OF),
    league=league("street", [row(place, n + 1) for n, place in enumerate(STREETS)]),
    on_duty=[
        WorkerRecord(
            f"W{n:03d}", "刘**", "grid_worker", STREETS[0].code, ("moving", "still", "silent", "off")[n % 4], None, None
        )
        for n in range(80)
    ],
    choices=Choices(
        [("01", "市容环境"), ("0101", "暴露垃圾"), ("02", "街面秩序")],
        [("patrol", "网格员上报")],
        [("u1", "区消防救援大队")],
    ),
    crumbs=[("4302", "宁川市"), ("430201", "雁湖区")],
    layers=[("police", "警务网格"), ("stations", "驿站")],
    now=NOW,
    zone=ZONE,
    live=True,
    peers=league("district", [row(HERE, 4), row(Place("430202", "北屏区", "", "district", "4302"), 1)]),
    counts=[("street", 17), ("community", 175)],
    workers=880,
    places={STREETS[0].code: "雁东镇"},
)


def view(**known: Any) -> RegionView:
    """The view with some answers replaced."""
    return replace(VIEW, **known)
