"""Boards of the invented city in every state that the wall knows; the figures add up as the design's do."""

import math
from typing import Any

from tests.layouts.invented_city import DISTRICTS, LONG_EN, LONG_ZH, City

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
TITLES = [
    ("污水管网堵塞外溢", "区住建局"),
    ("楼道飞线充电隐患", "区消防救援大队"),
    ("违建彩钢棚未拆除", "区城管局"),
    ("路面塌陷围挡破损", "区市政中心"),
    ("占道经营", "街道执法中队"),
    ("积水未排", "区市政中心"),
]
STEPS = [
    ("case.closed", 5, "井盖松动"),
    ("case.dispatched", 2, "暴露垃圾"),
    ("case.handled", 4, "电动车占盲道"),
    ("case.accepted", 1, "工地扬尘"),
    ("case.filed", 3, "邻里纠纷调解"),
]
SOURCES = [
    ("positions", "positions", "人员定位", "Positions", 15, 75, 2),
    ("cases", "cases", "案件流转", "Case flow", 10, 50, 1),
    ("indicators", "indicators", "指标计算", "Indicators", 300, 1500, 128),
    ("stock", "stock", "人房数据", "Residents", 86400, 432000, 42000),
    ("hotline", "cases", "12345 热线", "12345 hotline", 60, 300, 192),
    ("video", "cases", "视频智能识别", "Video recognition", 15, 75, 8),
]


def place(city: City, i: int) -> dict[str, str]:
    street = city.streets[i % len(city.streets)]
    district = DISTRICTS[int(street["parent"][2:])]
    return {"zh": f"{district[0]} {street['name']}", "en": f"{district[1]} {street['name_en']}"}


def sources(now: int, ages: dict[str, float | None], errors: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for name, lane, zh, en, ok, lost, usual in SOURCES:
        age = ages.get(name, usual)
        time = None if age is None else now - int(age * 1000)
        found.append(
            {
                "name": name,
                "lane": lane,
                "label": {"zh": zh, "en": en},
                "event_time": time,
                "arrived": time,
                "ok": ok,
                "lost": lost,
                "error": errors.get(name, ""),
                "retry_at": now + 12_000 if name in errors or (age or 0) > lost else None,
                "tries": 6 if (age or 0) > lost else 0,
                "waited": 0,
            }
        )
    return found


def tiles(now: int, scale: int) -> dict[str, Any]:
    def day(k: int, share: float) -> list[Any]:
        return [20260920 + k, round(270 * share), 270]

    spark = [day(k, 0.985 + 0.008 * math.sin(k * 1.7) + 0.004 * math.sin(k * 0.7)) for k in range(30)]
    compare = {"now": {"n": 8111, "d": 8216}, "then": {"n": 7986, "d": 8115}, "day": 20261020, "then_day": 20260920}
    good = [day(k, 0.993 + 0.004 * math.sin(k * 2.1)) for k in range(30)]
    back = {"now": {"n": 5865, "d": 5906}, "then": {"n": 5700, "d": 5737}, "day": 20261020, "then_day": 20260920}
    online = [
        [now - (60 - k) * 10 * MINUTE, round(3180 * scale * min(1, k / 12) - (600 * scale if k in (30, 31, 32) else 0))]
        for k in range(61)
    ]
    return {
        "workers": {
            "online": 3127 * scale,
            "on_duty": 3213 * scale,
            "total": 3390 * scale,
            "moving": 1549 * scale,
            "still": 1578 * scale,
            "silent": 86 * scale,
            "off": 177 * scale,
            "target": 0.95,
            "spark": online,
        },
        "accepted": {
            "value": 412 * scale,
            "closed": 437 * scale,
            "yesterday": 388 * scale,
            "spark": [[k * 30, round(11.5 * k + 30 * math.sin(k / 5)) * scale] for k in range(36)],
            "reference": [[k * 30, round(11 * k + 24 * math.sin(k / 6)) * scale] for k in range(36)],
        },
        "open": {
            "value": 321 * scale,
            "pending": 18 * scale,
            "handling": 231 * scale,
            "verifying": 72 * scale,
            "suspended": 0,
        },
        "on_time": {"n": 8111, "d": 8216, "target": 0.98, "compare": compare, "spark": spark},
        "overdue": {
            "value": 26 * scale,
            "supervised": 6 * scale,
            "open": 321 * scale,
            "yesterday": 29 * scale,
            "spark": [[now - (30 - k) * HOUR, 44 - k // 2 + (k * 7) % 5] for k in range(31)],
            "last_closed": now - 2 * HOUR,
        },
        "satisfaction": {"n": 5865, "d": 5906, "target": 0.99, "compare": back, "spark": good},
    }


def ranking(city: City, now: int, turn: int) -> dict[str, Any]:
    rows = []
    for i, street in enumerate(city.streets):
        score = round(99.07 - 38 * (i / len(city.streets)) ** 1.6 + 0.3 * math.sin(i * 3 + turn), 2)
        rows.append(
            {
                "code": street["code"],
                "name": {"zh": street["name"], "en": street["name_en"]},
                "score": score,
                "due": 40 + i,
                "small": i % 17 == 5,
                "parent": {
                    "zh": DISTRICTS[int(street["parent"][2:])][0],
                    "en": DISTRICTS[int(street["parent"][2:])][1],
                },
                "overdue": 0 if i < 60 else 1 + i % 2,
                "tied": False,
                "change": [0, 2, 0, -2, 2, None, -7, 1][i % 8],
            }
        )
    rows.sort(key=lambda row: -row["score"])
    for rank, row in enumerate(rows, 1):
        row["rank"] = rank
    at = now - now % (5 * MINUTE)
    median = rows[len(rows) // 2]["score"] if rows else None
    return {
        "period": "2026-10",
        "computed": at,
        "next": at + 5 * MINUTE,
        "level": "street",
        "model": {"key": "outcomes", "version": "1", "name": {"zh": "办理结果", "en": "Outcomes"}},
        "median": median,
        "rows": rows,
        "below": [],
    }


def overdue(city: City, now: int, long: bool) -> dict[str, Any]:
    def row(i: int, supervised: bool, deadline: int) -> dict[str, Any]:
        title, unit = TITLES[i % len(TITLES)]
        return {
            "id": f"c{i}",
            "title": title * (4 if long else 1),
            "place": place(city, i * 7),
            "unit": unit,
            "supervised": supervised,
            "deadline": deadline,
        }

    late = [76, 49, 30, 22.2, 20, 18, 9, 5, 3, 1, 0.5]
    rows = [row(i, i < 6, now - int(h * HOUR)) for i, h in enumerate(late)]
    soon = [row(4, False, now + 462_000), row(5, False, now + 23 * MINUTE + 30_000), row(10, False, now + HOUR)]
    return {"total": 26, "rows": rows, "soon_total": 19, "soon": [dict(r, id=f"s{i}") for i, r in enumerate(soon)]}


def events(city: City, scale: int) -> dict[str, Any]:
    counts = [270, 292, 312, 305, 318, 330, 345, 422, 495, 512, 402, 398, 520, 536, 528, 500, 456, 390, 478, 412]
    names = [
        ("市容环境", "Streetscape", 2146, 2238),
        ("街面秩序", "Street order", 1873, 1826),
        ("民生服务", "Public services", 1402, 1313),
        ("公共设施", "Public facilities", 1118, 1140),
        ("安全隐患", "Safety hazards", 867, 778),
        ("矛盾纠纷", "Disputes", 512, 552),
        ("其他", "Other", 296, 294),
    ]
    return {
        "equation": {
            "carried": 297 * scale,
            "accepted": 8214 * scale,
            "reopened": 0,
            "closed": 8190 * scale,
            "voided": 0,
            "open": 321 * scale,
        },
        "daily": [[20261001 + i, n * scale] for i, n in enumerate(counts)],
        "holidays": [20261001 + i for i in range(7)],
        "categories": [
            {"code": str(i), "name": {"zh": zh, "en": en}, "n": n * scale, "before": b * scale}
            for i, (zh, en, n, b) in enumerate(names)
        ],
        "channels": [
            {"key": k, "n": n * scale}
            for k, n in (("patrol", 5024), ("public", 1386), ("hotline", 1127), ("video", 677))
        ],
        "hours": [
            round(30 + 560 * math.exp(-((h - 10) ** 2) / 8) + 480 * math.exp(-((h - 16) ** 2) / 7)) * scale
            for h in range(24)
        ],
    }


def stock(now: int) -> dict[str, Any]:
    rates = [982, 987, 985, 980, 979, 971, 976, 979, 980]
    accuracy = [
        {"code": f"43{i:02d}", "name": {"zh": zh, "en": en}, "n": rates[i], "d": 1000}
        for i, (zh, en) in enumerate(DISTRICTS)
    ]
    tasks = [
        ("elderly", "独居、空巢老人", "Elderly living alone", 12486, 13020),
        ("rented", "出租房屋核查", "Rented houses checked", 18730, 21400),
        ("gas", "燃气安全入户", "Gas safety visits", 41260, 46800),
    ]
    return {
        "updated": now - now % DAY - 2 * HOUR,
        "persons": {
            "value": 2_147_000,
            "parts": [{"key": "registered", "value": 1_682_000}, {"key": "floating", "value": 465_000}],
        },
        "houses": {
            "value": 1_330_000,
            "parts": [
                {"key": "owner", "value": 864_000},
                {"key": "rented", "value": 241_000},
                {"key": "business", "value": 133_000},
                {"key": "vacant", "value": 92_000},
            ],
        },
        "accuracy": {"n": 8829, "d": 9000, "target": 0.98, "rows": accuracy},
        "tasks": [{"key": k, "name": {"zh": zh, "en": en}, "n": n, "d": d} for k, zh, en, n, d in tasks],
    }


def district_rows(scale: int) -> dict[str, Any]:
    figures = [
        ("4", 0, 90.18, 408, 813, 31, 5),
        ("2", -1, 91.55, 116, 253, 31, 3),
        ("1", 1, 93.18, 179, 342, 35, 0),
        ("6", 0, 87.06, 194, 394, 55, 4),
        ("5", 3, 87.51, 190, 369, 47, 3),
        ("9", 0, 80.66, 130, 286, 43, 6),
        ("7", -2, 86.81, 122, 260, 35, 3),
        ("3", 0, 90.27, 120, 226, 20, 1),
        ("8", -1, 86.65, 90, 184, 24, 1),
    ]
    rows = [
        {
            "code": f"43{i:02d}",
            "name": {"zh": DISTRICTS[i][0], "en": DISTRICTS[i][1]},
            "rank": int(r),
            "change": c,
            "score": s,
            "moving": m * scale,
            "online": o * scale,
            "open": p * scale,
            "overdue": v * scale,
        }
        for i, (r, c, s, m, o, p, v) in enumerate(figures)
    ]
    rows.sort(key=lambda row: row["rank"])
    return {
        "level": "district",
        "rows": rows,
        "total": {"moving": 1549 * scale, "online": 3127 * scale, "open": 321 * scale, "overdue": 26 * scale},
    }


def cases(city: City) -> dict[str, Any]:
    kinds = ["overdue"] * 20 + ["supervised"] * 6 + ["soon"] * 19
    marks = {f"m{i}": [*city.streets[(i * 13) % len(city.streets)]["label"], kind] for i, kind in enumerate(kinds)}
    marks["m45"] = marks["m0"]
    return marks


def board(city: City, now: int, scenario: str = "", tick: int = 0) -> dict[str, Any]:
    """One board. ``scenario``: "" normal, delayed, lost, empty, error, long, big, none (no stock figures)."""
    scale = 290 if scenario == "big" else 1
    labels = {row["code"]: row["online"] for row in district_rows(scale)["rows"]}
    steps = [
        {
            "seq": 1000 + tick - k,
            "time": now - (k * 14 + 4) * 1000,
            "type": t,
            "stage": s,
            "title": title,
            "place": place(city, tick - k),
        }
        for k in range(12)
        for t, s, title in [STEPS[(tick - k) % len(STEPS)]]
    ]
    ages: dict[str, float | None] = {
        "delayed": {"positions": 48.0, "cases": 31.0},
        "lost": {"positions": 157.0},
        "all": {"positions": 157.0, "cases": 300.0},
    }.get(scenario, {})  # type: ignore[assignment]
    title = {"zh": "宁川市网格化治理", "en": "Ningchuan grid governance"}
    built: dict[str, Any] = {
        "meta": {
            "region": "43",
            "name": {"zh": "宁川市", "en": "Ningchuan"},
            "level": "city",
            "root": True,
            "demo": True,
            "title": title,
            "counts": [["district", 9], ["street", 105], ["grid", 3261]],
            "zone_minutes": 480,
            "time": now,
            "seq": 1000 + tick,
            "version": 1,
            "speed": 1.0,
        },
        "tiles": tiles(now, scale),
        "ranking": ranking(city, now, tick // 240),
        "districts": district_rows(scale),
        "overdue": overdue(city, now, scenario == "long"),
        "ticker": {"rows": steps},
        "events": events(city, scale),
        "stock": None if scenario == "none" else stock(now),
        "map": {
            "labels": labels,
            "cases": cases(city),
            "off_hours": False,
            "workers": 3390 * scale,
            "seen": 3213 * scale,
        },
        "sources": sources(
            now, ages, {"cases": "连接被拒绝", "positions": "接口无响应"} if scenario == "error" else {}
        ),
    }
    if scenario == "empty":
        _empty(built, now)
    if scenario == "error":
        _failed(built)
    if scenario == "long":
        _long(built)
    return built


def _failed(built: dict[str, Any]) -> None:
    built["tiles"]["workers"].update(online=None, on_duty=None, moving=None, still=None, silent=None)
    built["tiles"]["accepted"].update(value=None, closed=None)


def _long(built: dict[str, Any]) -> None:
    for rows in (built["ranking"]["rows"], built["districts"]["rows"]):
        for row in rows:
            row["name"] = {"zh": LONG_ZH, "en": LONG_EN}
    for row in built["ticker"]["rows"]:
        row["title"] *= 5
    built["meta"]["title"] = {
        "zh": "宁川市城乡社区网格化综合治理服务指挥调度中心",
        "en": "Ningchuan Municipal Centre for Integrated Grid Governance, Command and Services",
    }


def _empty(built: dict[str, Any], now: int) -> None:
    zero = {"n": 0, "d": 0, "compare": None, "spark": []}
    built["tiles"]["workers"].update(online=0, on_duty=0, total=0, moving=0, still=0, silent=0, off=0, spark=[])
    built["tiles"]["accepted"].update(value=0, closed=0, yesterday=0, spark=[], reference=[])
    built["tiles"]["open"].update(value=0, pending=0, handling=0, verifying=0, suspended=0)
    built["tiles"]["overdue"].update(value=0, supervised=0, open=0, yesterday=0, spark=[])
    built["tiles"]["on_time"].update(zero)
    built["tiles"]["satisfaction"].update(zero)
    built["ranking"].update(rows=[], median=None)
    built["overdue"].update(total=0, rows=[], soon_total=0, soon=[])
    built["ticker"]["rows"] = []
    built["events"] = {
        "equation": dict.fromkeys(("carried", "accepted", "reopened", "closed", "voided", "open"), 0),
        "daily": [[20261020, 0]],
        "holidays": [],
        "categories": [],
        "channels": [],
        "hours": [0] * 24,
    }
    built["stock"] = None
    built["districts"].update(rows=[], total={"moving": 0, "online": 0, "open": 0, "overdue": 0})
    built["map"].update(labels={}, cases={}, off_hours=True, seen=0)
