"""Two districts whose rows can be told apart by their words: 甲 is 4101, 乙 is 4102; nobody may see the other's."""

import json
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

REGIONS = [
    ("41", "测试市", "city", "", (113.0, 27.7, 113.2, 27.9)),
    ("4101", "甲区", "district", "41", (113.1, 27.7, 113.2, 27.9)),
    ("4102", "乙区", "district", "41", (113.0, 27.7, 113.1, 27.9)),
    ("410101", "甲一街道", "street", "4101", (113.1, 27.8, 113.2, 27.9)),
    ("410102", "甲二街道", "street", "4101", (113.1, 27.7, 113.2, 27.8)),
    ("410201", "乙一街道", "street", "4102", (113.0, 27.8, 113.1, 27.9)),
    ("410202", "乙二街道", "street", "4102", (113.0, 27.7, 113.1, 27.8)),
]
CASES = {"410101": 7, "410102": 5, "410201": 13, "410202": 17}
"""How many cases each street has: every sum of some of them is a different number."""
WORKERS = {"410101": 2, "410102": 3, "410201": 4, "410202": 6}
UNITS = {"410101": "U1", "410102": "U2", "410201": "U3", "410202": "U4"}
PERSON, PHONE = "欧阳锋", "13812345678"
SCOPES = ("", "4101", "410101")


def inside(scope: str, street: str) -> bool:
    """Whether a street lies in a scope: codes of this city begin with those of what they lie in."""
    return street.startswith(scope)


def forbidden(scope: str) -> list[str]:
    """Words that an answer within a scope must not hold: codes, names, cases, workers and units of elsewhere."""
    outside = [street for street in CASES if not inside(scope, street)]
    words = list(outside)
    words += [name for code, name, *_ in REGIONS if not code.startswith(scope) and not scope.startswith(code)]
    words += [f"案{street}-" for street in outside] + [f"W{street}-" for street in outside]
    words += [f"U{UNITS[street][1:]}单位" for street in outside]
    return words


def name_of(scope: str) -> str:
    """The name of the region that a scope is."""
    return next(name for code, name, *_ in REGIONS if code == (scope or "41"))


def cases_in(scope: str) -> int:
    """Cases accepted in a scope."""
    return sum(n for street, n in CASES.items() if inside(scope, street))


def workers_in(scope: str) -> int:
    """Workers of a scope."""
    return sum(n for street, n in WORKERS.items() if inside(scope, street))


def streets_in(scope: str) -> int:
    """Streets of a scope: each has one station."""
    return sum(inside(scope, street) for street in CASES)


def case_id(street: str, number: int = 0) -> str:
    """A case of a street."""
    return f"案{street}-{number}"


def worker_id(street: str, number: int = 0) -> str:
    """A worker of a street."""
    return f"W{street}-{number}"


def write_files(folder: Path) -> dict[str, Path]:
    """The city's files by kind of import."""
    folder.mkdir(parents=True)
    regions = folder / "regions.geojson"
    features = [_feature(*region) for region in REGIONS]
    regions.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    workers, units = folder / "workers.csv", folder / "units.csv"
    people = [f"{worker_id(s, n)},{PERSON}{s}{n},{s},{PHONE}" for s, count in WORKERS.items() for n in range(count)]
    workers.write_text("\n".join(["id,name,region,phone", *people]), encoding="utf-8")
    units.write_text("\n".join(["code,name,region", *(f"{u},{u}单位,{s}" for s, u in UNITS.items())]), encoding="utf-8")
    stations = folder / "stations.geojson"
    points = [{"type": "Feature", "properties": {"id": s, "name": f"{s}驿站"},
               "geometry": {"type": "Point", "coordinates": middle(s)}} for s in CASES]  # fmt: skip
    stations.write_text(json.dumps({"type": "FeatureCollection", "features": points}), encoding="utf-8")
    return {"regions": regions, "workers": workers, "units": units, "layer": stations}


def _feature(code: str, name: str, level: str, parent: str, box: tuple[float, ...]) -> dict[str, object]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    properties = {"code": code, "name": name, "level": level, "parent": parent or None}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def middle(street: str) -> tuple[float, float]:
    """The middle of a street, lon and lat."""
    west, south, east, north = next(box for code, *_, box in REGIONS if code == street)
    return (west + east) / 2, (south + north) / 2


def _at(seconds_ago: float) -> str:
    return datetime.fromtimestamp(time.time() - seconds_ago, UTC).isoformat()


def events() -> list[dict[str, object]]:
    """Every case accepted, dispatched to the unit of its street; each second one closed and rated."""
    found = []
    for street, count in CASES.items():
        for n in range(count):
            found += _case(street, n)
    return found


def _case(street: str, n: int) -> list[dict[str, object]]:
    lon, lat = middle(street)
    name = case_id(street, n)
    first: dict[str, object] = {
        "region": street, "lon": lon + n / 10_000, "lat": lat, "category": "01", "channel": "hotline",
        "title": f"{name}井盖{PHONE}", "due": _at(-3600), "reporter": PERSON, "phone": PHONE,
        "text": f"{PERSON}来电{PHONE}", "address": "人民路88号3单元",
    }  # fmt: skip
    by: dict[str, object] = {"unit": UNITS[street]}
    steps: list[tuple[str, float, dict[str, object]]] = [("accepted", 50, first), ("dispatched", 40, by)]
    if n % 2:
        steps += [("handled", 30, by), ("closed", 20, {}), ("rated", 10, {"score": 4})]
    return [
        {"specversion": "1.0", "id": f"{name}-{kind}", "source": "/matrix", "type": f"case.{kind}", "subject": name,
         "time": _at(ago), "data": data} for kind, ago, data in steps
    ]  # fmt: skip


def pushed() -> list[dict[str, object]]:
    """A case more in two streets, already overdue so that boards name it."""
    return [
        {"specversion": "1.0", "id": f"{street}-new", "source": "/matrix", "type": "case.accepted",
         "subject": f"案{street}-new", "time": _at(3),
         "data": {"region": street, "category": "01", "title": f"案{street}-new", "due": _at(1)}}
        for street in ("410201", "410101")
    ]  # fmt: skip


def today() -> str:
    """The local day of the city."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def fixes() -> list[dict[str, object]]:
    """One fix of every worker in the middle of the own street."""
    return [
        {"worker_id": worker_id(street, n), "time": _at(5), "lon": lon + n / 1000, "lat": lat}
        for street, count in WORKERS.items()
        for lon, lat in [middle(street)]
        for n in range(count)
    ]


def stored_cases(database: Path) -> int:
    """How many cases the program has stored."""
    with sqlite3.connect(database) as connection:
        return int(connection.execute('SELECT count(*) FROM "case" WHERE accepted_at IS NOT NULL').fetchone()[0])
