"""A small city and events in it, made by hand for tests."""

import json
from datetime import UTC, datetime
from typing import Any

from dashboard.config import Settings
from dashboard.domain.base import BaseData, Category
from dashboard.domain.regions import Region, RegionTree

NOON = 1_792_209_600_000
"""2026-10-17 12:00 in Shanghai (04:00 UTC), a Saturday."""
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

REGIONS = (
    Region("C", "市", 0),
    Region("A", "甲区", 1, "C"), Region("B", "乙区", 1, "C"),
    Region("A1", "甲一街道", 2, "A"), Region("A2", "甲二街道", 2, "A"), Region("B1", "乙一街道", 2, "B"),
    Region("A11", "甲一一社区", 3, "A1"), Region("A21", "甲二一社区", 3, "A2"), Region("B11", "乙一一社区", 3, "B1"),
    Region("A111", "一格", 4, "A11"), Region("A112", "二格", 4, "A11"), Region("A211", "三格", 4, "A21"),
    Region("B111", "四格", 4, "B11"),
)  # fmt: skip
GRIDS = ("A111", "A112", "A211", "B111")
CATEGORIES = {
    "02": Category("02", "市容环境"),
    "0203": Category("0203", "飞线充电", "02", limit_minutes=240, clock="natural"),
}
SETTINGS = Settings()


def base_data(version: int = 1) -> BaseData:
    return BaseData(version, RegionTree(REGIONS), categories=CATEGORIES)


def instant(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()


def event(kind: str, case: str, at: int, number: str | None = None, **data: Any) -> bytes:
    """A CloudEvent; its id follows from case, kind and time unless it is given."""
    body = {
        "specversion": "1.0", "id": number or f"{case}/{kind}/{at}", "source": "/test", "type": f"case.{kind}",
        "subject": case, "time": instant(at), "data": data,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False).encode()


def accepted(case: str, at: int, region: str = "A111", **data: Any) -> bytes:
    return event("accepted", case, at, region=region, category="0203", title=f"题 {case}", channel="hotline", **data)


def life(case: str, at: int, region: str = "A111") -> list[bytes]:
    """Seven events of a case that goes well."""
    return [
        event("reported", case, at, region=region, category="0203", title=f"题 {case}", channel="hotline"),
        event("accepted", case, at + 5 * MINUTE),
        event("filed", case, at + 8 * MINUTE),
        event("dispatched", case, at + 10 * MINUTE, unit="城管"),
        event("handled", case, at + 70 * MINUTE),
        event("closed", case, at + 90 * MINUTE),
        event("rated", case, at + 95 * MINUTE, score=4),
    ]
