"""An invented town of two districts and four streets, some with names of forty characters, and what happens there."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

LONG_ZH = "国家级经济技术开发区与高新技术产业园区以及综合保税物流园区联合管理委员会直属新区"
LONG_EN = "Economic and Technological Joint Development Zone"
STREET_ZH = "国家级经济技术开发区与高新技术产业园区以及综合保税物流园区联合管理委员会第一街道"
STREET_EN = "First Subdistrict of the Joint Development Zone"
REGIONS = [
    ("41", "测试市", "Testville", "city", "", (113.0, 27.7, 113.2, 27.9)),
    ("4101", "东城区", "East District", "district", "41", (113.1, 27.7, 113.2, 27.9)),
    ("4102", LONG_ZH, LONG_EN, "district", "41", (113.0, 27.7, 113.1, 27.9)),
    ("410101", "一街道", "First Street", "street", "4101", (113.1, 27.8, 113.2, 27.9)),
    ("410102", "二街道", "Second Street", "street", "4101", (113.1, 27.7, 113.2, 27.8)),
    ("410201", STREET_ZH, STREET_EN, "street", "4102", (113.0, 27.8, 113.1, 27.9)),
    ("410202", "空街道", "Quiet Street", "street", "4102", (113.0, 27.7, 113.1, 27.8)),
]
WORKERS = 8
BEGIN = time.time()
METRES_PER_DEGREE = 111_195.08
CONFIG = """city_zh = "测试市"
city_en = "Testville"
ranking_minutes = 1
[rules]
min_due = 1
[sources.positions]
ok = 4
lost = 8
zh = "人员定位"
en = "Positions"
[sources.cases]
ok = 600
lost = 1200
zh = "案件流转"
en = "Case flow"
"""

OFFICE = """[schedule]
kinds = []
"""
"""No report is made but those that a journey asks for."""


def write_town(folder: Path) -> dict[str, Path]:
    """The town's files by kind of import."""
    folder.mkdir(parents=True)
    found = {"regions": folder / "regions.geojson", "workers": folder / "workers.csv"}
    features = [_feature(*region) for region in REGIONS]
    found["regions"].write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    rows = [f"W{n},网格员{n},{'410101' if n % 2 else '410202'}" for n in range(1, WORKERS + 1)]
    found["workers"].write_text("\n".join(["id,name,region", *rows]), encoding="utf-8")
    return found


def _feature(
    code: str, name: str, name_en: str, level: str, parent: str, box: tuple[float, float, float, float]
) -> dict[str, object]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    properties = {"code": code, "name": name, "name_en": name_en, "level": level, "parent": parent or None}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def at(seconds_ago: float) -> str:
    """An instant of the wall clock as the API takes it."""
    return datetime.fromtimestamp(time.time() - seconds_ago, UTC).isoformat()


def event(case: str, kind: str, ago: float, **data: object) -> dict[str, object]:
    """A step of a case, ``ago`` seconds before now."""
    return {"specversion": "1.0", "id": f"{case}-{kind}", "source": "/town", "type": f"case.{kind}", "subject": case,
            "time": at(ago), "data": data}  # fmt: skip


def accepted(case: str, ago: float = 1, region: str = "410101", **data: object) -> dict[str, object]:
    """The first step of a case."""
    return event(case, "accepted", ago, **{"region": region, "category": "01", "title": "井盖松动", **data})


def past() -> list[dict[str, object]]:
    """Three cases in each of three streets, all closed in time, all rated well."""
    found = []
    for street in ("410101", "410102", "410201"):
        for n in range(3):
            case = f"P{street}{n}"
            found += [accepted(case, 60, street, due=at(20)), event(case, "handled", 50), event(case, "closed", 40),
                      event(case, "rated", 30, score=4)]  # fmt: skip
    return found


def fixes(ago: float = 0) -> list[dict[str, object]]:
    """One fix of every worker, side by side; all walk north at 2 m/s since this module was loaded."""
    lat = 27.85 + 2 * (time.time() - ago - BEGIN) / METRES_PER_DEGREE
    people = range(1, WORKERS + 1)
    return [{"worker_id": f"W{n}", "time": at(ago), "lon": 113.15 + n / 1000, "lat": lat} for n in people]
