"""A worker's day for the tests of its page: the one of the design brief."""

from dashboard.domain.periods import MINUTE, LocalDays
from dashboard.queries.answers import AsOf
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.worker_answers import Cell, Span, Stop, Touched, WorkerDay

DAY = 20261020
MIDNIGHT = LocalDays().start(DAY)
STOPS = (("08:52", "09:10"), ("09:41", "10:13"), ("11:02", "11:26"), ("14:05", "14:46"), ("14:52", "15:28"),
         ("17:12", "17:43"))  # fmt: skip
OTHERS = (("moving", "08:28", "08:52"), ("moving", "09:10", "09:41"), ("moving", "10:13", "11:02"),
          ("moving", "11:26", "12:00"), ("off", "12:00", "13:30"), ("moving", "13:30", "14:05"),
          ("moving", "14:46", "14:52"), ("moving", "15:28", "15:58"), ("gap", "15:58", "16:14"),
          ("moving", "16:14", "17:12"), ("moving", "17:43", "17:52"))  # fmt: skip
STEPS = (("case.accepted", "09:15"), ("case.accepted", "10:35"), ("case.checked", "14:20"), ("case.handled", "16:40"))


def at(clock: str) -> int:
    hour, minute = clock.split(":")
    return MIDNIGHT + (int(hour) * 60 + int(minute)) * MINUTE


def case_line(number: int, title: str = "楼道飞线充电") -> CaseLine:
    """A case in the worker's grid."""
    return CaseLine(
        f"NC{DAY}-{number:04d}", title, "open", 2, "r1", ["苗圃路街道", "苗圃社区", "第3网格"], "0203", "安全隐患",
        "grid", "u1", "区消防救援大队", at("09:15"), None, None, at("17:00"), False, False, False, None,
    )  # fmt: skip


def worker_day(**changes: object) -> WorkerDay:
    """The day of the brief; ``changes`` replace fields."""
    stays = [Span("stop", at(begin), at(end), number) for number, (begin, end) in enumerate(STOPS, 1)]
    spans = sorted([*stays, *(Span(state, at(a), at(b)) for state, a, b in OTHERS)], key=lambda span: span.begin)
    times = [at("08:40") + 30_000 * n for n in range(800)]
    fields: dict[str, object] = {
        "as_of": AsOf(7, at("17:52")), "id": "W00317", "name": "李**", "phone": "138****2207", "role": "专职网格员",
        "state": "moving",
        "crumbs": [("c", "宁川市"), ("d", "雁湖区"), ("s", "苗圃路街道"), ("m", "苗圃社区"), ("r1", "第3网格")],
        "day": DAY, "first_day": 20260722, "last_day": DAY, "time": times,
        "lon": [112.42 + 0.00001 * (n % 160) for n in range(800)],
        "lat": [27.95 + 0.00001 * (n // 8) for n in range(800)],
        "hidden": 50.0, "shifts": [(at("08:28"), at("12:00")), (at("13:30"), at("17:52"))], "spans": spans,
        "stops": [
            Stop(n, at(a), at(b), 112.42 + n / 3000, 27.95, f"r1{n}", f"第3网格 · 微网格{n}")
            for n, (a, b) in enumerate(STOPS, 1)
        ],
        "cells": [Cell(f"r1{n}", f"微网格{n}", n < 7) for n in range(1, 8)], "distance": 2512.0, "moving": 276.0,
        "still": 182.0, "gap": 16.0, "gaps": 1, "inside": 441.0, "outside": 17.0,
        "touched": [Touched(at(when), type_, case_line(n)) for n, (type_, when) in enumerate(STEPS, 1)],
    }  # fmt: skip
    return WorkerDay(**(fields | changes))  # type: ignore[arg-type]
