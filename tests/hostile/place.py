"""A city in which every word that somebody could choose is a hostile one."""

import csv
import json
import sqlite3
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.hostile.corpus import LONG, VECTORS, turned, word

STREETS = {"4101": ("410101", "410102"), "4102": ("410201", "410202")}
LEAVES = [street for streets in STREETS.values() for street in streets]
BOXES = {
    "41": (113.0, 27.7, 113.2, 27.9), "4101": (113.1, 27.7, 113.2, 27.9), "4102": (113.0, 27.7, 113.1, 27.9),
    "410101": (113.1, 27.8, 113.2, 27.9), "410102": (113.1, 27.7, 113.2, 27.8),
    "410201": (113.0, 27.8, 113.1, 27.9), "410202": (113.0, 27.7, 113.1, 27.8),
}  # fmt: skip
LEVELS = {2: "city", 4: "district", 6: "street"}
WORKERS = 8
OLD = ("OLD1", "OLD2", "OLD3")
"""Cases of last month, all of one street, closed late."""
CASES = len(VECTORS) + len(OLD)
CATEGORIES, UNITS = 6, 6
OFFICE = """formats = ["html"]
[schedule]
kinds = []
"""
"""Reports are made when asked for, as the pages that a browser opens; ``tests/reports`` looks at the other files."""


def write_files(folder: Path) -> dict[str, Path]:
    """The city's files by kind of import."""
    folder.mkdir(parents=True)
    regions = [_feature(code, n) for n, code in enumerate(BOXES)]
    points = [_point(n) for n in range(12)]
    return {
        "regions": _geojson(folder / "regions.geojson", regions),
        "units": _table(folder / "units.csv", "code,name,name_en", [
            (f"U{n}", word(n + 5), word(n + 6)) for n in range(UNITS)]),
        "categories": _table(folder / "categories.csv", "code,name,name_en,limit_minutes", [
            (f"0{n}", word(n + 27), word(n + 28), "60") for n in range(CATEGORIES)]),
        "workers": _table(folder / "workers.csv", "id,name,region,role,phone", [
            (worker(n), word(n + 4), LEAVES[n % 4], word(n + 9), word(n + 3)) for n in range(WORKERS)]),
        "layer": _geojson(folder / "stations.geojson", points),
    }  # fmt: skip


def worker(number: int) -> str:
    """The id of a worker."""
    return "W1" if not number else f"W{number}{word(number)}"[:60]


def _table(path: Path, head: str, rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])
    return path


def _geojson(path: Path, features: list[dict[str, object]]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def _feature(code: str, number: int) -> dict[str, object]:
    west, south, east, north = BOXES[code]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    properties = {"code": code, "level": LEVELS[len(code)], "parent": code[:-2] or None,
                  "name": f"{code}{word(number + 27)}", "name_en": f"{code}{word(number + 4)}"}  # fmt: skip
    if len(code) == 2:
        properties["parent"] = None
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _point(number: int) -> dict[str, object]:
    west, south, _, _ = BOXES[LEAVES[number % 4]]
    geometry = {"type": "Point", "coordinates": [west + 0.05, south + 0.02 + number / 1000]}
    return {"type": "Feature", "properties": {"id": str(number), "name": word(number + 3)}, "geometry": geometry}


def case_id(number: int) -> str:
    """Ids of cases are hostile too."""
    return f"C{number}" if number % 2 else f"C{number}{word(number, 40)}"


def at(ago: float) -> str:
    """An instant ``ago`` seconds before now."""
    return datetime.fromtimestamp(time.time() - ago, UTC).isoformat()


def events() -> list[dict[str, object]]:
    """A case for each vector, which stands in every field of it."""
    old = [event for number, case in enumerate(OLD) for event in _old(number, case)]
    return old + [event for number in range(len(VECTORS)) for event in _case(number)]


def last_month() -> date:
    """The middle of the month before this one."""
    return (date.today().replace(day=1) - timedelta(days=1)).replace(day=15)


def _old(number: int, case: str) -> list[dict[str, object]]:
    """One step, the last, a day after the case was due."""
    ago = (datetime.now() - datetime.combine(last_month(), datetime.min.time())).total_seconds()
    first = {
        "region": LEAVES[0], "category": "01", "channel": word(number, 64), "title": turned(number + 4),
        "due": at(ago - 3600), "unit": "U1",
    }  # fmt: skip
    steps = (("accepted", 0.0, first), ("handled", 86_400.0, {}), ("closed", 90_000.0, {"reason": turned(number)}))
    return [_step(case, f"{case}-{kind}", "old", kind, ago - later, data) for kind, later, data in steps]


def _step(case: str, id_: str, source: str, kind: str, ago: float, data: object) -> dict[str, object]:
    return {"specversion": "1.0", "id": id_, "source": source, "type": f"case.{kind}", "subject": case,
            "time": at(ago), "data": data}  # fmt: skip


def _case(number: int) -> list[dict[str, object]]:
    west, south, _, _ = BOXES[LEAVES[number % 4]]
    own = number % 3
    first: dict[str, object] = {
        "region": LEAVES[number % 4], "lon": west + 0.03 + number / 10_000, "lat": south + 0.03,
        "category": f"0{number % CATEGORIES}" if own else word(number), "due": at(60 if number % 2 else -3600),
        "channel": word(number + 1, 64) if own else "hotline", "urgency": word(number + 2), "kind": word(number + 3),
        "title": turned(number), "reporter": word(number + 4), "phone": word(number + 5), "actor": word(number + 6),
        "address": turned(number + 7), "text": LONG if number == 1 else turned(number + 8),
        "tags": [word(number + 9, 60), word(number + 10, 60)], "photos": [{word(number): turned(number)}],
    }  # fmt: skip
    unit = f"U{number % UNITS}" if own else word(number + 11, 60)
    by: dict[str, object] = {"unit": unit, "actor": "W1" if number % 2 else word(number), "reason": turned(number + 12)}
    steps = [("accepted", 900, first), ("dispatched", 800, by), ("extended", 700, {**by, "due": at(-1800)})]
    steps += [("suspended", 600, by), ("resumed", 500, by), ("supervised", 400, by), ("urged", 300, by)]
    if number % 2:
        steps += [("handled", 200, by), ("closed", 150, by), ("rated", 100, {**by, "score": 1})]
    return [
        _step(case_id(number), f"{number}-{kind}{word(number, 60)}", word(number + 13, 100), kind, ago, data)
        for kind, ago, data in steps
    ]


def refused() -> list[bytes]:
    """What no event can be, with hostile words where it could be shown."""
    odd: list[dict[str, str]] = [{"type": text, "source": text, "subject": text} for text in VECTORS]
    odd += [
        {"type": "case.accepted", "source": "s", "id": "n", "subject": text, "time": at(9)}
        for text in ("a\0b", "\udfff")
    ]
    return [json.dumps({"specversion": "1.0", **one}).encode() for one in odd] + [b"\x00\xff<script>"]


def fixes() -> list[dict[str, object]]:
    """A walk of every worker."""
    found = []
    for number in range(WORKERS):
        west, south, _, _ = BOXES[LEAVES[number % 4]]
        for minute in range(20):
            found.append({"worker_id": worker(number), "time": at(1200 - 60 * minute), "lat": south + 0.05,
                          "lon": west + 0.02 + minute / 1000})  # fmt: skip
    return found


def stored_cases(database: Path) -> int:
    """How many cases the program has stored."""
    with sqlite3.connect(database) as connection:
        return int(connection.execute('SELECT count(*) FROM "case" WHERE accepted_at IS NOT NULL').fetchone()[0])
